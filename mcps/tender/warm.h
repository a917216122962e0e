/* warm - do all there is to do once, before the first document comes */
#ifndef TENDER_WARM_H
#define TENDER_WARM_H

/*
 * warm_up - read a small document of our own, and throw the answer away
 *
 * Each document is read by a child that is forked from the server. What libraries set up at their first use (tables of
 * fonts, digests, names of functions) is then there already, once for all children.
 */
void warm_up(void);

#endif

/* reqid - ids of requirements that stay the same when the document is amended */
#ifndef TENDER_REQID_H
#define TENDER_REQID_H

#include <jansson.h>

/*
 * reqid_assign - give each requirement of the array an id of its own
 * An id that the document itself prints stays. One that was made by counting is replaced: "R-" and eight digits of a
 * hash of the text, so that it does not change when others come or go. Where several have the same id, each gets four
 * digits of a hash of its text and section behind it.
 */
void reqid_assign(json_t *requirements);

#endif

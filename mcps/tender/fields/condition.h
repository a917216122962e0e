/* condition - sentences that say who may make an offer and who may not */
#ifndef TENDER_CONDITION_H
#define TENDER_CONDITION_H

#include <stdbool.h>

/* What stands over a sentence: nothing, a heading about bidders, or one of nothing but conditions. */
enum head { HEAD_NONE, HEAD_GENERAL, HEAD_SURE };

/* condition_text - "Trade register: The bidder is …": the part of a sentence behind its label, or all of it */
const char *condition_text(const char *sentence);

/* condition_score - how sure it is that text is a condition under such a head, from 0 (it is none) to 100 */
int condition_score(const char *text, enum head head);

/* condition_is_point - "4.5 All data are kept in the country.": nothing else, where nothing but conditions stands */
bool condition_is_point(const char *text);

/* condition_is_sure - it has the words of a condition, wherever it stands */
bool condition_is_sure(const char *text);

/* condition_is_proof - it names a proof or a state of a bidder; condition_is_about - or a topic of conditions */
bool condition_is_proof(const char *text);
bool condition_is_about(const char *text);

/* condition_is_procedure - it says how bids are made and judged; condition_is_none - or names a form or a field */
bool condition_is_procedure(const char *text);
bool condition_is_none(const char *text);

bool condition_names_bidder(const char *text);

void condition_preload(void);

#endif

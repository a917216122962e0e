/* role - what a date is the date of, by the words that stand with it */
#ifndef TENDER_ROLE_H
#define TENDER_ROLE_H

#include "base/util.h"

enum role { ROLE_SUBMISSION, ROLE_OPENING, ROLE_PARTICIPATION, ROLE_QUESTIONS, ROLE_ISSUE, ROLE_BINDING, N_ROLES };

/* role_score - how sure words make it, 0 to 100, that a date with them has the role; 0 when they speak of another one
 */
int role_score(enum role r, const char *words);

/* role_label - likewise for words that are the label of a date, or stand in the cell beside it */
int role_label(enum role r, const char *label);

/* role_never - words speak of a date that has another role, whatever else they say */
bool role_never(enum role r, const char *words);

/* role_behind - what follows a date in its sentence gives it another role: "bis zum 9. Juli … gebunden" */
bool role_behind(enum role r, const char *behind);

/* role_preload - compile the patterns */
void role_preload(void);

#endif

/* list - answers that are lists: each entry finds its label, or none */
#ifndef TENDER_EVAL_LIST_H
#define TENDER_EVAL_LIST_H

#include "score.h"

/* How entries of one list are compared. */
struct list_kind {
	const char *field;
	const char *items; /* key of the list inside the field's object, NULL when the field is the list */
	const char *keys;  /* what is shown of an entry */
	/* How near an answer comes to a label, 0 to 1; both as list_entry sees them */
	double (*near)(const json_t *label, const json_t *answer);
	double enough; /* so near that they say the same */
	bool paged;    /* and stand on the same page */
};

extern const struct list_kind list_cpv, list_lots, list_criteria, list_eligibility, list_documents, list_conflicts,
	list_requirements, list_eligibility_sample, list_requirements_sample;

/*
 * list_judge - hold a list against its labels
 * field   the row that the verdicts go to
 * labels, answers  the field as it is labelled and answered, NULL or null for nothing
 * sample  the labels are not all there are: an answer without a label is neither right nor wrong
 * Of matched entries, level and category are judged where the label has them.
 */
void list_judge(struct score *s, const struct list_kind *kind, const char *field, const json_t *labels,
		const json_t *answers, bool sample);

#endif

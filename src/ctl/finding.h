/* finding - what fsck may find, what it found, and how that is told */
#ifndef FS0711_CTL_FINDING_H
#define FS0711_CTL_FINDING_H

#include "platform/platform.h"

/* In the order in which they are repaired: each repair may rely on those before it. */
enum fault {
	FAULT_DATABASE,
	FAULT_INDEX,
	FAULT_DUPLICATE_ID,
	FAULT_NO_ENGAGEMENT,
	FAULT_OTHER_ENGAGEMENT,
	FAULT_NO_TASK,
	FAULT_NO_TASK_DROP,
	FAULT_NO_FOLDER,
	FAULT_CORRUPT,
	FAULT_LOST,
	FAULT_SIZE,
	FAULT_NO_RESULT,
	FAULT_TRASH,
	FAULT_ENTRY,
	FAULT_ENDPOINT,
	FAULT_BOOKMARK,
	FAULT_MODEL,
	FAULT_LEASE,
	FAULT_NO_TASK_LOG,
	FAULT_DELIVERY,
	FAULT_NO_MODEL,
	FAULT_NO_FOLDER_DROP,
	FAULT_STAGING,
	FAULT_ORPHAN,
	FAULT_STRANGER,
	N_FAULTS
};

enum fault_outcome { OUTCOME_FOUND, OUTCOME_REPAIRED, OUTCOME_LEFT };

struct finding {
	enum fault fault;
	enum fault_outcome outcome;
	char *which, *text;
	const struct table *table; /* of the row, where there is one */
	int64_t row;
	char sha[SHA256_HEX_BYTES]; /* or "" */
};

struct fault_row {
	const char *word;
	bool minor;         /* does no harm: what a process that was killed left behind */
	const char *advice; /* what a person does about it */
	/* repair - may find that there is nothing to do any more. 0, also when it cannot help, or -errno; NULL: cannot
	 */
	int (*repair)(struct platform *p, const struct finding *f, struct err *e);
};
extern const struct fault_row fault_rows[N_FAULTS];

/* By value; all zeroes is none. */
struct findings {
	struct finding *at;
	size_t n;
};

void findings_release(struct findings *f);
/* findings_add - which in a few words, text as a sentence about it. The finding is good until the next is added */
struct finding *findings_add(struct findings *f, enum fault fault, char *which, const char *text, ...)
	PRINTF_LIKE(4, 5);
/* findings_has - true when the same was found, so that two lists can be compared */
bool findings_has(const struct findings *f, const struct finding *x);
/* findings_count - those that are not repaired; minor_too false: only those that do harm */
size_t findings_count(const struct findings *f, bool minor_too);

/* finding_print - one line: word, which, what, what to do. finding_json - the same as an object, a new reference */
void finding_print(const struct finding *x);
json_t *finding_json(const struct finding *x);

#endif

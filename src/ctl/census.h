/* census - the rows of one snapshot that belong together, in memory */
#ifndef FS0711_CTL_CENSUS_H
#define FS0711_CTL_CENSUS_H

#include "ctl/finding.h"
#include "ctl/shaset.h"

/* Rows in the order of their row ids. */
struct rowset {
	const struct table *table;
	char *at;
	size_t n, cap;
};

struct census {
	struct rowset engagement, task, document, drop, endpoint, bookmark, model;
	int64_t *event; /* row ids in their order */
	size_t n_events, cap_events;
	int64_t next_row;    /* the first that was never given out */
	struct shaset bytes; /* what documents and entries name; the number is for who uses it, 0 at first */
	bool whole;          /* false when a table could not be read to its end */
};

/* census_take - fill c and add what is wrong within the rows to f. 0 or -errno */
int census_take(struct store *st, struct census *c, struct findings *f, struct err *e);
void census_release(struct census *c);

/* rowset_get - the i-th row; rowset_find - the one with that row id, or NULL */
const void *rowset_get(const struct rowset *s, size_t i);
const void *rowset_find(const struct rowset *s, int64_t row_id);

/* census_task_name - "NAME@ENGAGEMENT" of a task, or words where it is not there; the caller's to free */
char *census_task_name(const struct census *c, int64_t task_row);

#endif

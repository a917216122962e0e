/* condition_table - the column of a table in which each cell is a condition: "Subject | Minimum standard | Proof" */
#ifndef TENDER_CONDITION_TABLE_H
#define TENDER_CONDITION_TABLE_H

#include "tender/doc/doc.h"

struct condition_column {
	double x0, x1;      /* its edges */
	double left, right; /* those of the text around it: a page may have two columns */
};

enum condition_head {
	CONDITION_NO_HEAD,
	CONDITION_HEAD_GENERAL, /* "Criterion", "Anforderung": of whom, what stands above must say */
	CONDITION_HEAD_SURE,    /* "Minimum standard", "Eignungskriterium" */
};

/*
 * condition_table_head - is line k the head of such a column, with other heads beside it?
 * out  the column, set unless the answer is CONDITION_NO_HEAD
 */
enum condition_head condition_table_head(const struct page *p, int k, struct condition_column *out);

/*
 * condition_table_each - use each cell of the column under y
 * use    gets a cell and its quote ("upper line … lower line" where other cells stand between), borrowed for the call
 * at_foot  out: the table may go on over the page
 * Returns where the table ends on the page.
 */
double condition_table_each(const struct page *p, double y, const struct condition_column *c, bool *at_foot,
			    void (*use)(void *arg, const struct page *p, const char *cell, const char *quote),
			    void *arg);

void condition_table_preload(void);

#endif

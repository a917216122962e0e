/* sql - the text of every query and of what is done with a single row; parameters are $1, $2, … in every engine */
#ifndef FS0711_STORE_SQL_H
#define FS0711_STORE_SQL_H

#include "store/field.h"
#include "store/query.h"

enum query_kind {
	QUERY_ROWS, /* text is what follows SELECT … FROM table */
	QUERY_INT,  /* one column of one row */
	QUERY_EXEC, /* changes rows */
};

struct sql_query {
	enum query_kind kind;
	const struct table *table; /* QUERY_ROWS */
	size_t n_args;
	const char *text;
};

extern const struct sql_query sql_queries[N_QUERIES];

enum row_verb { ROW_INSERT, ROW_UPDATE, ROW_DELETE, ROW_GET, ROW_ALL, N_ROW_VERBS };

/* sql_query_text - the whole statement, the caller's to free */
char *sql_query_text(enum query q);
/*
 * sql_row_text - the statement for one row, or for all in their order (ROW_ALL); the caller's to free
 * $1 is the row id; the fields follow from $2 in their order (ROW_INSERT, ROW_UPDATE)
 */
char *sql_row_text(const struct table *t, enum row_verb verb);

#endif

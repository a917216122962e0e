/* clause_parts - what the files that read clauses share: the place in the document up to which it is read */
#ifndef TENDER_CLAUSE_PARTS_H
#define TENDER_CLAUSE_PARTS_H

#include "clause.h"
#include "tender/doc/table.h"

#define MOST_STEMS 3 /* lists in lists */

/* What a list's items begin with: only items of one kind follow each other in it. */
struct style {
	gunichar sign; /* the bullet, 'a' for a letter, '1' for a number, 0 for neither */
	int dots;      /* in the number */
};

/* A paragraph or an item, put together from the blocks over which it runs. */
struct para {
	GString *text;
	char *id;
	const struct page *page, *more;
	size_t cut; /* where the text of page more begins */
	bool item;
	struct style style;
};

struct stem {
	char *text, *id;
	struct style of;   /* the item that it is itself */
	struct style list; /* its items; not known before the first */
	bool of_item, begun;
};

struct reading {
	GPtrArray *out;
	char *section, *heads;
	struct para para;
	struct stem stems[MOST_STEMS];
	int n_stems;
	bool waiting; /* the last stem is itself a clause when no item follows */
	const struct page *page;
	double gutter;
	bool *seen; /* blocks of the page that a row has taken */
	int last_file;
};

/* clause_emit - add a clause of that text and number (NULL for none): the list's, or NULL when it is empty */
struct clause *clause_emit(struct reading *r, enum clause_kind kind, const char *text, const char *id);
/* clause_begin - a new paragraph or item; the one before ends. marker  "" for none */
void clause_begin(struct reading *r, const char *text, const char *marker, bool item);
/* clause_close - the paragraph ends; clause_end_lists - and so do the lists that it is in */
void clause_close(struct reading *r);
void clause_end_lists(struct reading *r);
/* clause_id - the number that a marker shows, the caller's; NULL for a bullet or a bare number */
char *clause_id(const char *marker);
/* clause_row - what a row of a table says */
void clause_row(struct reading *r, const struct row *row);

#endif

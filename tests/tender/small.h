/* small - documents of a few lines, and what a field reads from them */
#ifndef TESTS_TENDER_SMALL_H
#define TESTS_TENDER_SMALL_H

#include "tender/fields/fields.h"

/*
 * small_doc - paragraphs, a line each; " | " parts the cells of a row, "- " begins an item, "# " is set large and "= "
 * larger than ordinary text, "\f" alone begins a page; the caller's
 */
struct doc *small_doc(const char *text);

/* small_shown - keys of a fact or of each entry of a list: "a, b; c, d"; "null" for none; the caller's */
char *small_shown(const json_t *fact, const char *const *keys);

/* small_field - what field answers to such a document, its keys (parted by spaces) shown; the caller's */
char *small_field(json_t *(*field)(const struct doc *d), const char *text, const char *keys);

struct small_case {
	const char *text, *want;
};

/* small_wrong - of how many cases the field shows something else; each is told on stderr */
int small_wrong(json_t *(*field)(const struct doc *d), const char *keys, const struct small_case *cases, size_t n);
#define SMALL_WRONG(field, keys, cases) small_wrong(field, keys, cases, N_ELEMS(cases))

#endif

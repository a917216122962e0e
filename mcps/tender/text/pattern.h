/* pattern - tables of regular expressions that stand for something */
#ifndef TENDER_PATTERN_H
#define TENDER_PATTERN_H

#include <glib.h>

#include "base/util.h"

struct matcher;

/*
 * A row of a table. Letters match in both cases, ^ and $ only the ends; compiled at its first use or by
 * pattern_compile, which the server calls before it forks.
 */
struct pattern {
	const char *text; /* PCRE, UTF-8 */
	int score;        /* what a match is worth; each table says of what */
	const char *word; /* what it stands for, where the table has such words */
	struct matcher *matcher;
};

void pattern_compile(struct pattern *table, size_t n);

/* pattern_match - does p match in s */
bool pattern_match(struct pattern *p, const char *s);

/* pattern_best - the matching row with the highest score, NULL for none; the first of equals */
struct pattern *pattern_best(struct pattern *table, size_t n, const char *s);
#define PATTERN_BEST(table, s)  pattern_best(table, N_ELEMS(table), s)
#define PATTERN_SCORE(table, s) pattern_score(PATTERN_BEST(table, s))

static inline int pattern_score(const struct pattern *p)
{
	return p ? p->score : 0;
}

/* pattern_find - the first match of p in s behind byte at; NULL for none. The caller calls g_match_info_free */
GMatchInfo *pattern_find(struct pattern *p, const char *s, int at);

/* pattern_split - the pieces of s between matches; the caller's (g_strfreev) */
gchar **pattern_split(struct pattern *p, const char *s);

#endif

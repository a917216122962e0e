#include "requirements.h"

#include <math.h>
#include <stdlib.h>

#include "tender/fields/fact.h"
#include "judge.h"
#include "tender/text/text.h"
#include "parties.h"
#include "wording.h"

#define MOST_REQUIREMENTS 4000
#define MOST_TEXT         2000 /* bytes: longer ones are not sentences */
#define LEAST_SURE        0.45 /* about half of the F-measure that is reached: it is highest there */

void requirements_preload(void)
{
	wording_preload();
}

struct reading {
	const struct doc *doc;
	json_t *list;
	GHashTable *ids; /* how often each was given */
	double sum;      /* of the probabilities */
};

/* The text as the pages have it; NULL when it does not stand there. */
static char *verbatim(const struct clause *c)
{
	auto_free char *head = NULL, *tail = NULL, *one = NULL, *other = NULL;

	if (!c->more) {
		auto_free char *row = c->whole ? text_clean(c->whole) : NULL, *clean = text_clean(c->text);
		char *found = row ? fact_verbatim(c->page, row) : NULL;

		if (found)
			return found;

		return fact_verbatim(c->page, clean);
	}
	head = g_strndup(c->text, c->cut);
	tail = text_clean(c->text + c->cut);
	one = text_clean(head);
	other = fact_verbatim(c->more, tail);
	g_free(head);
	head = fact_verbatim(c->page, one);
	return head && other ? g_strdup_printf("%s%s%s", head, util_ends(c->text, " ") ? "" : " ", other) : NULL;
}

char *requirements_id(const char *text)
{
	auto_free char *plain = text_plain(text, NULL);
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (const char *at = plain; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	return g_strdup_printf("R-%06x", (hash ^ hash >> 24) & 0xFFFFFF);
}

/* Sentences of one clause share its number: the second is "B1/2". */
static char *unique_id(struct reading *r, const struct clause *c)
{
	auto_free char *id = c->id ? g_strdup(c->id) : requirements_id(c->text);
	int n = GPOINTER_TO_INT(g_hash_table_lookup(r->ids, id)) + 1;

	g_hash_table_insert(r->ids, g_strdup(id), GINT_TO_POINTER(n));
	return n == 1 ? g_strdup(id) : g_strdup_printf("%s/%d", id, n);
}

static void add(struct reading *r, const struct clause *c, const struct verdict *v)
{
	auto_free char *text = verbatim(c), *id = NULL;
	json_t *item;

	if (!text || json_array_size(r->list) >= MOST_REQUIREMENTS)
		return;
	id = unique_id(r, c);
	item = json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:i}", "id", id, "text", text, "level",
			 judge_level_name(v->level), "category", judge_category_name(v->category), "page",
			 c->page->number, "section", c->section ? json_string(c->section) : json_null(), "confidence",
			 (int)lround(100 * v->binds));
	if (r->doc->files->len > 1)
		json_object_set_new(item, "file", json_string(doc_file(r->doc, (unsigned)c->page->file)->name));
	json_array_append_new(r->list, item);
	r->sum += v->binds;
}

static bool can_bind(const struct clause *c)
{
	return strlen(c->text) <= MOST_TEXT && text_words(c->text) >= (c->kind == CLAUSE_SENTENCE ? 3 : 1);
}

static void read_clauses(struct reading *r, const GPtrArray *clauses)
{
	GHashTable *parties = parties_find(clauses);
	struct verdict *verdicts = g_new0(struct verdict, clauses->len);
	const char **sections = g_new(const char *, clauses->len);

	for (unsigned i = 0; i < clauses->len; i++) {
		const struct clause *c = clauses->pdata[i];

		sections[i] = c->section;
		if (can_bind(c))
			verdicts[i] = judge_clause(c, parties);
	}
	judge_blend(verdicts, sections, clauses->len);
	for (unsigned i = 0; i < clauses->len; i++) {
		if (verdicts[i].binds >= LEAST_SURE)
			add(r, clauses->pdata[i], &verdicts[i]);
	}
	g_free(sections);
	g_free(verdicts);
	g_hash_table_unref(parties);
}

/* The share of pages that could be read bounds what can have been found; long documents hide more in tables. */
static int coverage_of(const struct reading *r)
{
	size_t n = json_array_size(r->list);
	unsigned n_read = 0, n_pages = r->doc->pages->len;
	int coverage = 88;

	for (unsigned i = 0; i < r->doc->pages->len; i++)
		n_read += doc_page(r->doc, i)->readable;
	for (unsigned i = 0; i < r->doc->files->len; i++)
		n_pages += (unsigned)MAX(doc_file(r->doc, i)->n_pages - doc_file(r->doc, i)->pages_read, 0);
	if (n == 0 || n_read == 0)
		return 25;
	if (r->sum < 0.8 * (double)n)
		coverage -= 10;
	if (n < 5)
		coverage -= 15;
	coverage -= n_pages > 40 ? 12 : n_pages > 15 ? 8 : n_pages > 6 ? 4 : 0;
	return coverage * (int)n_read / (int)n_pages;
}

json_t *requirements_find(const struct doc *d, int *coverage)
{
	struct reading r = { .doc = d,
			     .list = json_array(),
			     .ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
	GPtrArray *clauses = clause_list(d);

	read_clauses(&r, clauses);
	*coverage = coverage_of(&r);
	g_ptr_array_unref(clauses);
	g_hash_table_unref(r.ids);
	return r.list;
}

/*
 * fit - weigh the features of clauses by labelled ones, and write mcps/tender/require/weights.c; make.sh beside this
 * runs it
 *
 *   fit [-o WEIGHTS.c] [-t] [-f fit|report] [-l LABELS.json DOCUMENTS] [-w WEIGHT] [-n TIMES] [-b SHARE]
 *       [SENTENCES.tsv...]
 *   fit -d DOCUMENT...
 *
 *   -l  documents whose requirements are all labelled (the form of tests/tender/docs), of one half with -f
 *   -w  what an example of the following files counts, of 1
 *   -n  what a row that binds nobody counts of that: documents have more of them than files that are written by hand
 *   -b  what a row of the following files counts of its weight to tell whether a clause binds, of 1
 *   -t  do not fit: say how right the weights that are built in are on these examples
 *   -d  print the clauses of documents as rows of such a file, to be labelled by hand
 *
 * A row of SENTENCES.tsv: binds (1, 0), level, category, kind
 * (sentence, item, row), heading, stem, text; "-" for none.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "learn.h"
#include "tender/read/reader.h"
#include "tender/require/parties.h"
#include "tests/tender/eval/fold.h"
#include "tests/tender/eval/words.h"

#define SAME_TEXT 0.8

static const char *const kinds[N_CLAUSE_KINDS] = { "sentence", "item", "row" };

struct options {
	const char *out, *labels;
	enum fold fold;
	double weight, none, binding;
	bool test;
};

static struct doc *read_document(const char *path)
{
	struct reader r = { .doc = doc_new() };
	struct err e = ERR_INIT;

	if (reader_read(&r, path, &e) != FAULT_NONE)
		fprintf(stderr, "fit: %s: %s\n", path, e.text);
	doc_finish(r.doc);
	return r.doc;
}

static const char *or_none(const char *text)
{
	return text && *text ? text : "-";
}

static void dump(const char *path)
{
	struct doc *d = read_document(path);
	GPtrArray *clauses = clause_list(d);

	for (unsigned i = 0; i < clauses->len; i++) {
		const struct clause *c = clauses->pdata[i];

		printf("?\t%s\t-\t%s\t%s\t%s\t%s\n", or_none(c->level), kinds[c->kind], or_none(c->section),
		       or_none(c->stem), c->text);
	}
	g_ptr_array_unref(clauses);
	doc_free(d);
}

static bool same(const json_t *label, const char *text)
{
	GArray *got = words_split(text);
	GArray *want = words_split(json_string_value(json_object_get(label, "text")));
	json_t *one;
	size_t i;
	bool is = words_overlap(want, got) >= SAME_TEXT;

	json_array_foreach (json_object_get(label, "accept"), i, one) {
		GArray *other = words_split(json_string_value(one));

		is = is || words_overlap(other, got) >= SAME_TEXT;
		g_array_unref(other);
	}
	g_array_unref(want);
	g_array_unref(got);
	return is;
}

static const json_t *label_of(const json_t *labels, const struct clause *c)
{
	json_t *one;
	size_t i;

	json_array_foreach (labels, i, one) {
		if (same(one, c->text) || (c->whole && same(one, c->whole)))
			return one;
	}
	return NULL;
}

static const char *word_of(const json_t *label, const char *key)
{
	const char *word = json_string_value(json_object_get(label, key));

	return word ? word : "-";
}

static void take_document(struct learner *l, int number, const struct options *o, const json_t *label,
			  const char *folder)
{
	const char *name = json_string_value(json_object_get(label, "file"));
	auto_free char *path = xasprintf("%s/%s", folder, name);
	struct doc *d = read_document(path);
	GPtrArray *clauses = clause_list(d);
	GHashTable *parties = parties_find(clauses);

	for (unsigned i = 0; i < clauses->len; i++) {
		const struct clause *c = clauses->pdata[i];
		const json_t *its = label_of(json_object_get(label, "requirements"), c);

		learner_add(l, number, c, parties,
			    (struct label){ its != NULL, judge_level_find(word_of(its, "level")),
					    judge_category_find(word_of(its, "category")), o->weight, 1 });
	}
	g_hash_table_unref(parties);
	g_ptr_array_unref(clauses);
	doc_free(d);
}

static int take_labels(struct learner *l, const struct options *o, const char *folder)
{
	json_t *all = json_load_file(o->labels, 0, NULL), *label;
	size_t i;

	if (!all) {
		fprintf(stderr, "fit: %s could not be read\n", o->labels);
		return -EINVAL;
	}
	json_array_foreach (all, i, label) {
		if (o->fold == N_FOLDS || fold_of_label(label) == o->fold)
			take_document(l, (int)i + 1, o, label, folder);
	}
	json_decref(all);
	return 0;
}

static char *given(char *cell)
{
	return streq(cell, "-") ? NULL : cell;
}

static void take_row(struct learner *l, const struct options *o, char **cells)
{
	struct clause c = { .text = cells[6], .section = given(cells[4]), .stem = given(cells[5]) };
	bool binds = cells[0][0] == '1';

	while (c.kind + 1 < N_CLAUSE_KINDS && !streq(kinds[c.kind], cells[3]))
		c.kind++;
	learner_add(l, 0, &c, NULL,
		    (struct label){ binds, judge_level_find(cells[1]), judge_category_find(cells[2]),
				    o->weight * (binds ? 1 : o->none), o->binding });
}

static int take_sentences(struct learner *l, const struct options *o, const char *path)
{
	char *text = NULL;
	gchar **lines;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		fprintf(stderr, "fit: %s could not be read\n", path);
		return -EINVAL;
	}
	lines = g_strsplit(text, "\n", -1);
	for (gchar **line = lines; *line; line++) {
		gchar **cells = g_strsplit(*line, "\t", 7);

		if (g_strv_length(cells) == 7 && cells[0][0] != '?' && cells[6][0])
			take_row(l, o, cells);
		g_strfreev(cells);
	}
	g_strfreev(lines);
	g_free(text);
	return 0;
}

static int finish(struct learner *l, const struct options *o)
{
	int rc;

	if (o->test) {
		learner_test(l, stdout);
		return 0;
	}
	learner_fit(l);
	rc = o->out ? learner_write(l, o->out) : 0;
	if (rc < 0)
		fprintf(stderr, "fit: %s could not be written\n", o->out);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o = { .fold = N_FOLDS, .weight = 1, .none = 1, .binding = 1 };
	struct learner *l = learner_new();
	int rc = 0, opt;

	while (rc == 0 && (opt = getopt(argc, argv, "-d:o:f:l:w:n:b:t")) != -1) {
		switch (opt) {
		case 'd': dump(optarg); break;
		case 'o': o.out = optarg; break;
		case 'f': o.fold = fold_find(optarg); break;
		case 'w': o.weight = g_ascii_strtod(optarg, NULL); break;
		case 'n': o.none = g_ascii_strtod(optarg, NULL); break;
		case 'b': o.binding = g_ascii_strtod(optarg, NULL); break;
		case 't': o.test = true; break;
		case 'l':
			o.labels = optarg;
			rc = optind < argc ? take_labels(l, &o, argv[optind++]) : -EINVAL;
			break;
		case 1: rc = take_sentences(l, &o, optarg); break;
		default: rc = -EINVAL;
		}
	}
	if (rc == 0)
		rc = finish(l, &o);
	learner_free(l);
	return rc < 0;
}

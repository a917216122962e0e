/*
 * eval - hold what TENDER answered against labels; scripts/eval-tender runs it
 *
 *   eval [OPTION...] LABELS.json... ANSWERS
 *
 * ANSWERS is a folder with the server's answer to tools/call for each document, NAME.json for the document NAME.
 *   --list            print the names of the documents that are meant, and nothing else
 *   --fold FOLD       only the documents of this half, fit or report
 *   --only TEXT       only documents with this text in their name
 *   --misses FIELD    also list each miss of this field; all for every field
 *   --pool FILE       write a line for each answer that was judged and has a confidence: field, confidence, 1 when
 * right
 *   --floors FILE     end with 1 when a figure is worse than its floor there
 *   --reached FILE    write the figures in the form of the floors
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "fold.h"
#include "report.h"

#define USAGE                                                                                                      \
	"usage: %s [--list] [--fold fit|report] [--only TEXT] [--misses FIELD|all] [--pool FILE] [--floors FILE] " \
	"[--reached FILE] LABELS.json... ANSWERS\n"

struct options {
	const char *only, *misses, *pool, *floors, *reached;
	enum fold fold; /* N_FOLDS for all */
	bool list;
};

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "list", no_argument, NULL, 'l' },          { "fold", required_argument, NULL, 'f' },
		{ "only", required_argument, NULL, 'o' },    { "misses", required_argument, NULL, 'm' },
		{ "pool", required_argument, NULL, 'p' },    { "floors", required_argument, NULL, 'b' },
		{ "reached", required_argument, NULL, 'r' }, { NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (opt) {
		case 'l': o->list = true; break;
		case 'f':
			o->fold = fold_find(optarg);
			if (o->fold == N_FOLDS)
				return false;
			break;
		case 'o': o->only = optarg; break;
		case 'm': o->misses = optarg; break;
		case 'p': o->pool = optarg; break;
		case 'b': o->floors = optarg; break;
		case 'r': o->reached = optarg; break;
		default: return false;
		}
	}
	return argc - optind >= (o->list ? 1 : 2);
}

static json_t *load(const char *path)
{
	json_error_t e;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &e);

	if (!json)
		fprintf(stderr, "eval: %s, line %d: %s\n", path, e.line, e.text);
	return json;
}

static bool is_meant(const struct options *o, const json_t *label)
{
	const char *name = json_string_value(json_object_get(label, "file"));

	return name && (!o->only || strstr(name, o->only)) && (o->fold == N_FOLDS || fold_of_label(label) == o->fold);
}

static void judge(struct score *s, const json_t *label, const char *answers)
{
	const char *name = json_string_value(json_object_get(label, "file"));
	auto_free char *path = xasprintf("%s/%s.json", answers, name);
	json_t *answer = json_load_file(path, JSON_DISABLE_EOF_CHECK, NULL);

	score_document(s, label, answer);
	json_decref(answer);
}

static int write_pool(const char *path, const struct score *s)
{
	FILE *out = fopen(path, "w");

	if (out)
		report_pool(s, out);
	if (!out || fclose(out) != 0) {
		fprintf(stderr, "eval: %s could not be written\n", path);
		return 2;
	}
	return 0;
}

static int finish(const struct options *o, const struct score *s)
{
	json_t *floors = o->floors ? load(o->floors) : NULL, *reached = report_figures(s);
	int rc = 0;

	if (o->misses)
		report_misses(s, o->misses, stdout);
	report_tables(s, stdout);
	if (o->pool)
		rc = write_pool(o->pool, s);
	if (o->reached && json_dump_file(reached, o->reached, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) < 0) {
		fprintf(stderr, "eval: %s could not be written\n", o->reached);
		rc = 2;
	}
	if (o->floors)
		rc = !floors ? 2 : report_floors(s, floors, stdout) > 0 ? 1 : rc;
	json_decref(floors);
	json_decref(reached);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o = { .fold = N_FOLDS };
	struct score *s = score_new();
	json_t *all = json_array(), *label;
	int rc = 0, last;
	size_t i;

	if (!read_options(argc, argv, &o)) {
		fprintf(stderr, USAGE, argv[0]);
		return 2;
	}
	last = o.list ? argc : argc - 1;
	for (int k = optind; k < last; k++) {
		json_t *part = load(argv[k]);

		rc = !part || json_array_extend(all, part) < 0 ? 2 : rc;
		json_decref(part);
	}
	json_array_foreach (all, i, label) {
		if (!is_meant(&o, label))
			continue;
		if (o.list)
			printf("%s\n", json_string_value(json_object_get(label, "file")));
		else
			judge(s, label, argv[argc - 1]);
	}
	if (rc == 0 && !o.list)
		rc = finish(&o, s);
	score_free(s);
	json_decref(all);
	return rc;
}

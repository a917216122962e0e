/* 0711ctl: what has no place in the tree */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "platform/party.h"
#include "platform/platform.h"
#include "platform/trash.h"

static int no_engine(void *ud UNUSED, const char *mcp, const char *tool UNUSED, const char **tool_out UNUSED,
		     const char **version_out UNUSED, struct err *e)
{
	return err_set(e, -ENOENT, "MCP '%s' is not asked for here", mcp);
}

static int no_check(void *ud UNUSED, const char *mcp UNUSED, const char *tool UNUSED, const json_t *result UNUSED,
		    struct err *e UNUSED)
{
	return 0;
}

struct trashed {
	int64_t row, engagement_row;
	char name[NAME_BYTES];
};

struct all {
	struct trashed *item;
	size_t n;
};

static int collect(void *row, void *ud)
{
	const struct task_listing *t = row;
	struct all *all = ud;
	struct trashed *x;

	all->item = xrealloc(all->item, (all->n + 1) * sizeof(*all->item));
	x = &all->item[all->n++];
	x->row = t->row_id;
	x->engagement_row = t->engagement_row;
	snprintf(x->name, sizeof(x->name), "%s", t->name);
	return 0;
}

/* "NAME@ENGAGEMENT", as .trash/ shows it. */
static bool is_named(struct platform *p, const struct trashed *t, char **names, int n)
{
	auto_free char *shown = NULL;
	union party g;

	if (n == 0)
		return true;
	if (party_get(p, PARTY_ENGAGEMENT, t->engagement_row, &g, NULL) < 0)
		return false;
	shown = xasprintf("%s@%s", t->name, g.engagement.name);
	party_release(PARTY_ENGAGEMENT, &g);
	for (int i = 0; i < n; i++)
		if (streq(shown, names[i]))
			return true;
	return false;
}

static int purge(struct platform *p, char **names, int n, struct err *e)
{
	struct all all = { NULL, 0 };
	int rc = task_each_trashed(p, 0, collect, &all, e), purged = 0;

	for (size_t i = 0; rc == 0 && i < all.n; i++) {
		if (!is_named(p, &all.item[i], names, n))
			continue;
		rc = trash_purge(p, all.item[i].row, e);
		purged += rc == 0;
	}
	free(all.item);
	if (rc == 0 && n > purged)
		rc = err_set(e, -ENOENT, "%d of the %d tasks named are not in .trash", n - purged, n);
	printf("%d task%s purged\n", purged, purged == 1 ? "" : "s");
	return rc;
}

static const struct verb {
	const char *word, *arguments, *help;
	int (*run)(struct platform *p, char **arg, int n, struct err *e);
} verbs[] = {
	{ "purge", "SOURCE [NAME@ENGAGEMENT...]", "remove tasks in .trash for ever: those named, or all", purge },
};

static void help(void)
{
	printf("usage: 0711ctl VERB SOURCE [ARGUMENTS]\n\nWhat is written needs SOURCE not to be mounted.\n\n");
	for (size_t i = 0; i < N_ELEMS(verbs); i++)
		printf("  %s %s\n      %s\n", verbs[i].word, verbs[i].arguments, verbs[i].help);
	printf("\n  -V, --version   print the version\n  -h, --help      print this text\n");
}

static const struct verb *find_verb(const char *word)
{
	for (size_t i = 0; i < N_ELEMS(verbs); i++)
		if (streq(verbs[i].word, word))
			return &verbs[i];
	return NULL;
}

static int run_verb(const struct verb *verb, char **arg, int n, struct err *e)
{
	struct platform_options po = { .source = arg[0], .engines = { NULL, no_engine, no_check } };
	auto_free char *database = xasprintf("%s/platform.db", arg[0]);
	struct platform *p = NULL;
	int rc;

	if (access(database, F_OK) < 0)
		return err_set(e, -ENOENT, "'%s' holds no platform: there is no platform.db in it", arg[0]);
	rc = platform_open(&po, &p, e);
	if (rc == 0)
		rc = verb->run(p, arg + 1, n - 1, e);
	platform_close(p);
	return rc;
}

int main(int argc, char **argv)
{
	const struct verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;
	struct err e = ERR_INIT;

	log_open("0711ctl", LOG_LEVEL_WARN, false, false);
	if (argc > 1 && (streq(argv[1], "-V") || streq(argv[1], "--version"))) {
		printf("0711ctl %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (argc > 1 && (streq(argv[1], "-h") || streq(argv[1], "--help"))) {
		help();
		return 0;
	}
	if (!verb || argc < 3) {
		log_error("usage: 0711ctl VERB SOURCE [ARGUMENTS]; 0711ctl --help lists the verbs");
		return 2;
	}
	if (run_verb(verb, argv + 2, argc - 2, &e) < 0) {
		log_error("%s", e.text);
		return 1;
	}
	return 0;
}

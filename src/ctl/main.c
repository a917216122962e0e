/* 0711ctl: what has no place in the tree */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "ctl/verb.h"

enum takes { TAKES_JSON = 1, TAKES_REPAIR = 2 };

static const struct verb {
	const char *word, *arguments, *help;
	int min_args, max_args; /* SOURCE counts */
	unsigned takes;
	int (*run)(const struct ctl_call *c, struct err *e);
} verbs[] = {
	{ "doctor", "[--json] [SOURCE]", "say what this system can do, and how to mend what it lacks", 0, 1, TAKES_JSON,
	  doctor_run },
	{ "dump", "SOURCE [FILE|-]", "write the whole platform into one archive, also while it is mounted", 1, 2, 0,
	  dump_run },
	{ "fsck", "[--json] [--repair] SOURCE",
	  "look for what is lost or wrong, also while it is mounted; unmounted, repair it", 1, 1,
	  TAKES_JSON | TAKES_REPAIR, fsck_run },
	{ "load", "SOURCE [FILE|-]", "make the platform of an archive anew, in a source that has none", 1, 2, 0,
	  load_run },
	{ "purge", "SOURCE [NAME@ENGAGEMENT...]", "remove tasks in .trash for ever: those named, or all", 1, 1 << 20, 0,
	  purge_run },
};

static void help(void)
{
	printf("usage: 0711ctl VERB SOURCE [ARGUMENTS]\n\n"
	       "What changes SOURCE needs it not to be mounted.\n\n");
	for (size_t i = 0; i < N_ELEMS(verbs); i++)
		printf("  %s %s\n      %s\n", verbs[i].word, verbs[i].arguments, verbs[i].help);
	printf("\n  -V, --version   print the version\n  -h, --help      print this text\n"
	       "\nThe manual page 0711ctl(1) says more.\n");
}

static const struct verb *find_verb(const char *word)
{
	for (size_t i = 0; i < N_ELEMS(verbs); i++)
		if (streq(verbs[i].word, word))
			return &verbs[i];
	return NULL;
}

bool ctl_is_platform(const char *source)
{
	auto_free char *database = xasprintf("%s/platform.db", source);

	return access(database, F_OK) == 0;
}

int ctl_no_platform(const char *source, struct err *e)
{
	return err_set(e, -ENOENT, "'%s' holds no platform: there is no platform.db in it", source);
}

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

int ctl_open(const char *source, struct platform **out, struct err *e)
{
	struct platform_options po = { .source = source, .no_vault = true, .engines = { NULL, no_engine, no_check } };

	return ctl_is_platform(source) ? platform_open(&po, out, e) : ctl_no_platform(source, e);
}

/* Options may stand anywhere behind the verb; "-" is an argument, and so is all behind "--". */
static int parse_options(const struct verb *v, char **argv, int argc, struct ctl_call *c, struct err *e)
{
	bool operands_only = false;

	c->arg = xcalloc((size_t)argc + 1, sizeof(*c->arg));
	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];

		if (operands_only || word[0] != '-' || !word[1])
			c->arg[c->n_args++] = argv[i];
		else if (streq(word, "--"))
			operands_only = true;
		else if (streq(word, "--json") && v->takes & TAKES_JSON)
			c->json = true;
		else if (streq(word, "--repair") && v->takes & TAKES_REPAIR)
			c->repair = true;
		else
			return err_set(e, -EINVAL, "'%s' does not know '%s'; it takes: %s", v->word, word,
				       v->arguments);
	}
	if (c->n_args < v->min_args || c->n_args > v->max_args)
		return err_set(e, -EINVAL, "usage: 0711ctl %s %s", v->word, v->arguments);
	return 0;
}

static int run_verb(const struct verb *v, char **argv, int argc)
{
	struct err e = ERR_INIT;
	struct ctl_call c = { 0 };
	int status = parse_options(v, argv, argc, &c, &e) < 0 ? CTL_USAGE : CTL_OK;
	char **all = c.arg;

	if (status == CTL_OK && c.n_args > 0) {
		c.source = *c.arg++;
		c.n_args--;
	}
	if (status == CTL_OK)
		status = v->run(&c, &e);
	free(all);
	if (status == CTL_USAGE || status == CTL_FAILED)
		log_error("%s", e.text);
	if (fflush(stdout) != 0 && status != CTL_FAILED) {
		log_error("cannot write to standard output: %s", strerror(errno));
		status = CTL_FAILED;
	}
	return status;
}

int main(int argc, char **argv)
{
	const struct verb *v = argc > 1 ? find_verb(argv[1]) : NULL;

	log_open("0711ctl", LOG_LEVEL_WARN, false, false);
	if (argc > 1 && (streq(argv[1], "-V") || streq(argv[1], "--version"))) {
		printf("0711ctl %s\n", PACKAGE_VERSION);
		return CTL_OK;
	}
	if (argc > 1 && (streq(argv[1], "-h") || streq(argv[1], "--help"))) {
		help();
		return CTL_OK;
	}
	if (!v) {
		log_error("usage: 0711ctl VERB SOURCE [ARGUMENTS]; 0711ctl --help lists the verbs");
		return CTL_USAGE;
	}
	return run_verb(v, argv + 2, argc - 2);
}

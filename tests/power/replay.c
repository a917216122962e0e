/*
 * replay - make and look at what power cuts leave of a source, from a log of what was done to it
 *
 *     replay LOG ROOT SOURCE whole       make everything, as if no power was ever cut
 *     replay LOG ROOT SOURCE cut N       make the N-th state, and print what was acknowledged, "KEY = VALUE"
 *     replay LOG ROOT SOURCE check CTL   make each state in turn and look at it; CTL is 0711ctl
 *     replay LOG ROOT SOURCE lie CTL     the same of a disk that syncs nothing, to see that it is noticed
 *
 * ROOT is a directory, emptied before each state; SOURCE a path below it. The top directory of the log has the inode
 * number FS0711_POWER_TOP. FS0711_POWER_STATES (600) is the number of states, FS0711_POWER_SEED (1) decides where the
 * power is cut and what survives. A state is checked so: 0711ctl fsck finds no harm; the platform opens, and has all
 * that was acknowledged; 0711ctl fsck finds no harm again.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "ctl/verb.h"
#include "tests/power/disk.h"
#include "tests/power/expect.h"

struct cut {
	size_t record; /* it and what follows did not happen */
	unsigned seed;
	enum disk_rule rule;
};

struct replay {
	struct log log;
	const char *root, *source, *ctl;
	struct cut *cuts;
	size_t n_cuts;
	bool lies;
	struct expect expect;
};

static uint64_t number_of(const char *variable, uint64_t fallback)
{
	const char *text = getenv(variable);

	return text && *text ? strtoull(text, NULL, 10) : fallback;
}

static int by_record(const void *a, const void *b)
{
	const struct cut *x = a, *y = b;

	return (x->record > y->record) - (x->record < y->record);
}

/* What is about to be synced is what most may happen to: half of the cuts are there, others anywhere and at the end. */
static void plan_cuts(struct replay *r)
{
	unsigned seed = (unsigned)number_of("FS0711_POWER_SEED", 1);
	auto_free size_t *sync = xcalloc(r->log.n + 1, sizeof(*sync));
	size_t n_syncs = 0;

	for (size_t i = 0; i < r->log.n; i++)
		if (r->log.at[i].op == LOG_SYNC)
			sync[n_syncs++] = i;
	r->n_cuts = number_of("FS0711_POWER_STATES", 600);
	r->cuts = xcalloc(r->n_cuts + 1, sizeof(*r->cuts));
	for (size_t i = 0; i < r->n_cuts; i++) {
		struct cut *c = &r->cuts[i];

		if (i % 8 == 0)
			c->record = r->log.n;
		else if (i % 2 && n_syncs)
			c->record = sync[(size_t)rand_r(&seed) % n_syncs] + (size_t)rand_r(&seed) % 2;
		else
			c->record = (size_t)rand_r(&seed) % (r->log.n + 1);
		c->seed = (unsigned)rand_r(&seed);
		c->rule = (enum disk_rule)((size_t)rand_r(&seed) % N_DISK_RULES);
	}
	qsort(r->cuts, r->n_cuts, sizeof(*r->cuts), by_record);
}

static void empty_root(const struct replay *r)
{
	if (io_remove_tree(AT_FDCWD, r->root) < 0 || mkdir(r->root, 0700) < 0)
		err(2, "cannot empty \"%s\"", r->root);
}

static int run_fsck(const struct replay *r, struct err *e)
{
	char *const argv[] = { (char *)(uintptr_t)r->ctl, "fsck", (char *)(uintptr_t)r->source, NULL };
	posix_spawn_file_actions_t quiet;
	int status = 0;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	errno = posix_spawn(&pid, r->ctl, &quiet, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&quiet);
	if (errno || waitpid(pid, &status, 0) < 0)
		err(2, "cannot run \"%s\"", r->ctl);
	if (WIFEXITED(status) && (WEXITSTATUS(status) == CTL_OK || WEXITSTATUS(status) == CTL_MINOR))
		return 0;
	return err_set(e, -EUCLEAN, "0711ctl fsck finds harm (status %d)", status);
}

static int no_engine(void *ud UNUSED, const char *mcp, const char *tool UNUSED, const char **tool_out UNUSED,
		     const char **version_out UNUSED, struct err *e)
{
	return err_set(e, -ENOENT, "'%s' is not asked for here", mcp);
}

/* As 0711fs opens it: whatever is there, also nothing. */
static int check_platform(const struct replay *r, struct err *e)
{
	struct platform_options o = { .source = r->source, .engines = { .resolve = no_engine } };
	struct platform *p;
	int rc = platform_open(&o, &p, e);

	if (rc < 0)
		return err_add(e, rc, "it does not open");
	rc = platform_recover(p, e);
	if (rc == 0)
		rc = expect_check(&r->expect, p, e);
	platform_close(p);
	return rc;
}

/* Before anything was acknowledged there may be no platform yet. */
static int check_state(const struct replay *r, struct err *e)
{
	int rc = r->expect.any ? run_fsck(r, e) : 0;

	if (rc == 0)
		rc = check_platform(r, e);
	if (rc == 0 && run_fsck(r, e) < 0)
		rc = err_add(e, -EUCLEAN, "after it was opened");
	return rc;
}

static bool look_at(const struct replay *r, struct disk *d, size_t n)
{
	struct cut *c = &r->cuts[n];
	struct err e = ERR_INIT;
	unsigned seed = c->seed;

	empty_root(r);
	disk_cut(d, c->rule, &seed, r->root);
	if (!r->ctl || check_state(r, &e) == 0)
		return true;
	printf("state %zu: cut before record %zu of %zu, %s: %s\n", n, c->record, r->log.n, disk_rule_words[c->rule],
	       e.text);
	return false;
}

static void apply(struct replay *r, struct disk *d, const struct log_record *record)
{
	if (record->op == LOG_MARK)
		expect_mark(&r->expect, record->name);
	else if (record->op != LOG_SYNC || !r->lies)
		disk_apply(d, record);
}

/* The states from first to last; how many are not as they must be. */
static size_t play(struct replay *r, size_t first, size_t last)
{
	struct disk *d = disk_new(number_of("FS0711_POWER_TOP", 1));
	size_t n = 0, bad = 0;

	for (size_t i = 0; i <= r->log.n && n <= last; i++) {
		for (; n < r->n_cuts && n <= last && r->cuts[n].record == i; n++)
			bad += n >= first && !look_at(r, d, n);
		if (i < r->log.n && n <= last)
			apply(r, d, &r->log.at[i]);
	}
	disk_free(d);
	return bad;
}

static void make_whole(struct replay *r)
{
	struct disk *d = disk_new(number_of("FS0711_POWER_TOP", 1));

	for (size_t i = 0; i < r->log.n; i++)
		apply(r, d, &r->log.at[i]);
	empty_root(r);
	disk_write(d, r->root);
	disk_free(d);
}

/* What is certain, for who looks through a mount. */
static void print_expected(const struct expect *x)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->at[i].last && x->at[i].n_begun == 0)
			printf("%s = %s\n", x->at[i].key, x->at[i].last);
}

static bool make_cut(struct replay *r, size_t n)
{
	plan_cuts(r);
	if (n >= r->n_cuts)
		errx(2, "there are %zu states, the first is 0", r->n_cuts);
	play(r, n, n);
	print_expected(&r->expect);
	return true;
}

static bool check_all(struct replay *r)
{
	size_t bad;

	plan_cuts(r);
	bad = play(r, 0, r->n_cuts - 1);
	printf("%zu records, %zu states, %zu bad; FS0711_POWER_SEED=%" PRIu64 "\n", r->log.n, r->n_cuts, bad,
	       number_of("FS0711_POWER_SEED", 1));
	return bad == 0;
}

int main(int argc, char **argv)
{
	struct replay r = { .root = argv[2], .source = argv[3] };
	bool good = true;

	if (argc < 5 || (argc < 6 && !streq(argv[4], "whole")))
		errx(2, "usage: replay LOG ROOT SOURCE whole|cut N|check CTL|lie CTL");
	r.log = log_read(argv[1]);
	if (streq(argv[4], "whole")) {
		make_whole(&r);
	} else if (streq(argv[4], "cut")) {
		good = make_cut(&r, strtoull(argv[5], NULL, 10));
	} else {
		r.ctl = argv[5];
		r.lies = streq(argv[4], "lie");
		good = check_all(&r);
	}
	expect_release(&r.expect);
	free(r.cuts);
	log_free(&r.log);
	return good ? 0 : 1;
}

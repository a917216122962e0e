/*
 * fill - a platform with work that is done: rows, events and documents as the daemon writes them, but at once
 *
 *     fill SOURCE TASKS BIG_MIB
 *
 * SOURCE, which no daemon has, gets TASKS completed tasks "t00000" … in the engagement "default", each with a result of
 * 4 KiB; 100 tasks "r00000" … that wait for a review in "reviews"; and in "drops" a task "big", whose input "big" has
 * BIG_MIB. The setting `workers` becomes 1.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform/document.h"
#include "platform/party.h"
#include "platform/settings.h"
#include "platform/task.h"
#include "tests/bench/timing.h"

#define RESULT_BYTES 4096
#define N_REVIEWS    100
#define BATCH        500 /* tasks in one transaction */

static const struct actor who = { 0, "bench" };

struct batch {
	struct platform *p;
	const char *prefix;
	int64_t engagement_row;
	enum task_state end;
	size_t first, n;
	char sha256[BATCH][SHA256_HEX_BYTES];
	int64_t size;
};

static int resolve(void *ud UNUSED, const char *mcp UNUSED, const char *tool UNUSED, const char **tool_out,
		   const char **version_out, struct err *e UNUSED)
{
	*tool_out = "parse_rfp";
	*version_out = "1.0";
	return 0;
}

static int check_output(void *ud UNUSED, const char *mcp UNUSED, const char *tool UNUSED, const json_t *result UNUSED,
			struct err *e UNUSED)
{
	return 0;
}

static int add_task(struct tx *tx, struct batch *b, size_t i, struct err *e)
{
	struct task t = { .engagement_row = b->engagement_row,
			  .name = xasprintf("%s%05zu", b->prefix, b->first + i),
			  .mcp = xstrdup("TENDER"),
			  .tool = xstrdup("parse_rfp"),
			  .mcp_version = xstrdup("1.0"),
			  .created_by = xstrdup(who.name),
			  .priority = PRIORITY_MEDIUM };
	int rc = task_begin(tx, &t, e);
	auto_free char *input = xasprintf("%s.pdf", t.name);

	if (rc == 0)
		rc = document_add(tx, t.row_id, DOCUMENT_INPUT, 0, input, b->sha256[i], b->size, t.created_at, 0, e);
	if (rc == 0 && b->end != TASK_TODO)
		rc = task_move(tx, &t, TASK_IN_PROGRESS, MOVER_WORKER, e);
	if (rc == 0 && b->end != TASK_TODO)
		rc = document_add(tx, t.row_id, DOCUMENT_RESULT, 0, "result.json", b->sha256[i], b->size, t.started_at,
				  1, e);
	t.ai_confidence = 90;
	if (rc == 0 && b->end != TASK_TODO)
		rc = task_move(tx, &t, b->end, MOVER_WORKER, e);
	task_release(&t);
	return rc;
}

static int add_batch(struct tx *tx, void *arg, struct err *e)
{
	struct batch *b = arg;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < b->n; i++)
		rc = add_task(tx, b, i, e);
	return rc;
}

static int add_tasks(struct batch *b, size_t n, struct err *e)
{
	char text[RESULT_BYTES];
	int rc = 0;

	memset(text, ' ', sizeof(text));
	b->size = sizeof(text);
	for (b->first = 0; rc == 0 && b->first < n; b->first += b->n) {
		b->n = n - b->first < BATCH ? n - b->first : BATCH;
		for (size_t i = 0; rc == 0 && i < b->n; i++) {
			int len = snprintf(text, sizeof(text), "{\"task\": \"%s%zu\"}", b->prefix, b->first + i);

			text[len] = ' ';
			rc = blob_put(b->p->blobs, text, sizeof(text), b->sha256[i], e);
		}
		if (rc == 0)
			rc = store_write(b->p->store, add_batch, b, e);
	}
	return rc;
}

static int engagement(struct platform *p, const char *name, int64_t *row, struct err *e)
{
	union party x;
	int rc = party_find(p, PARTY_ENGAGEMENT, name, &x, e);

	if (rc < 0)
		return party_create(p, PARTY_ENGAGEMENT, name, &who, row, e);
	*row = x.engagement.row_id;
	party_release(PARTY_ENGAGEMENT, &x);
	return 0;
}

struct big {
	int64_t engagement_row, size;
	char sha256[SHA256_HEX_BYTES];
};

/* Completed without a result, so that no worker looks at it. */
static int add_big(struct tx *tx, void *arg, struct err *e)
{
	const struct big *b = arg;
	struct task t = { .engagement_row = b->engagement_row, .name = xstrdup("big"), .priority = PRIORITY_LOW };
	int rc = task_begin(tx, &t, e);

	if (rc == 0)
		rc = document_add(tx, t.row_id, DOCUMENT_INPUT, 0, "big", b->sha256, b->size, t.created_at, 0, e);
	if (rc == 0)
		rc = task_move(tx, &t, TASK_FAILED, MOVER_WORKER, e);
	task_release(&t);
	return rc;
}

static int add_big_task(struct platform *p, size_t mib, struct err *e)
{
	auto_free char *chunk = xcalloc(1, 1 << 20);
	struct big b;
	struct stage *s;
	int rc = engagement(p, "drops", &b.engagement_row, e);

	if (rc == 0)
		rc = stage_new(p->blobs, &s, e);
	if (rc < 0)
		return rc;
	for (size_t m = 0; rc == 0 && m < mib; m++)
		rc = stage_write(s, chunk, 1 << 20, (int64_t)m << 20);
	if (rc == 0)
		rc = stage_seal(s, b.sha256, &b.size, e);
	if (rc == 0)
		rc = store_write(p->store, add_big, &b, e);
	stage_free(s);
	return rc;
}

static int fill(struct platform *p, size_t n, size_t mib, struct err *e)
{
	struct batch *b = xcalloc(1, sizeof(*b));
	int rc;

	*b = (struct batch){ .p = p, .prefix = "t", .end = TASK_COMPLETED };
	rc = engagement(p, "default", &b->engagement_row, e);
	if (rc == 0)
		rc = add_tasks(b, n, e);
	b->prefix = "r";
	b->end = TASK_NEEDS_REVIEW;
	if (rc == 0)
		rc = engagement(p, "reviews", &b->engagement_row, e);
	if (rc == 0)
		rc = add_tasks(b, N_REVIEWS, e);
	if (rc == 0)
		rc = add_big_task(p, mib, e);
	if (rc == 0)
		rc = settings_put(p, SETTING_WORKERS, "1", e);
	free(b);
	return rc;
}

int main(int argc, char **argv)
{
	struct platform_options o = { .engines = { NULL, resolve, check_output } };
	struct err e = ERR_INIT;
	struct platform *p;
	int64_t n, mib;

	if (argc != 4 || util_int(argv[2], &n) < 0 || util_int(argv[3], &mib) < 0)
		timing_die("usage: fill SOURCE TASKS BIG_MIB");
	o.source = argv[1];
	if (platform_open(&o, &p, &e) < 0)
		timing_die("%s", e.text);
	if (fill(p, (size_t)n, (size_t)mib, &e) < 0)
		timing_die("%s", e.text);
	platform_close(p);
	return 0;
}

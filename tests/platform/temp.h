/*
 * temp - a platform in a directory of its own for each test, with engines that are only names
 *
 * TENDER has parse_rfp and summarize, ECHO has echo; the first is the default. anna and ben are who acts.
 */
#ifndef FS0711_TESTS_PLATFORM_TEMP_H
#define FS0711_TESTS_PLATFORM_TEMP_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/io.h"
#include "platform/document.h"
#include "platform/event.h"
#include "platform/inbox.h"
#include "platform/party.h"
#include "platform/platform.h"
#include "platform/record.h"
#include "platform/settings.h"
#include "platform/task.h"
#include "platform/work.h"
#include "tests/test.h"

static char temp_dir[64];
static struct platform *p;
static const char *engine_version = "1.0";
static const struct actor anna = { 1000, "anna" }, ben UNUSED = { 1001, "ben" };
static const struct inbox root_box UNUSED;

#define IN_PLATFORM(test) cmocka_unit_test_setup_teardown(test, temp_open, temp_close)

static inline int temp_resolve(void *ud UNUSED, const char *mcp, const char *tool, const char **tool_out,
			       const char **version_out, struct err *e)
{
	static const char *const tools[][2] = { { "TENDER", "parse_rfp" },
						{ "TENDER", "summarize" },
						{ "ECHO", "echo" } };

	for (size_t i = 0; i < N_ELEMS(tools); i++) {
		if (streq(tools[i][0], mcp) && (!tool || streq(tools[i][1], tool))) {
			*tool_out = tools[i][1];
			*version_out = engine_version;
			return 0;
		}
	}
	return err_set(e, -ENOENT, "there is no engine '%s'", mcp);
}

static inline int temp_check(void *ud UNUSED, const char *mcp UNUSED, const char *tool UNUSED, const json_t *result,
			     struct err *e)
{
	return json_is_string(json_object_get(result, "title")) ? 0 : err_set(e, -EINVAL, "'/title' is missing");
}

static inline int temp_reopen(void)
{
	struct platform_options o = { .source = temp_dir, .engines = { NULL, temp_resolve, temp_check } };
	struct err e = ERR_INIT;

	if (platform_open(&o, &p, &e) == 0)
		return 0;
	print_error("%s\n", e.text);
	return -1;
}

static inline int temp_open(void **state UNUSED)
{
	snprintf(temp_dir, sizeof(temp_dir), "/tmp/platform-test.XXXXXX");
	engine_version = "1.0";
	return mkdtemp(temp_dir) ? temp_reopen() : -1;
}

static inline int temp_close(void **state UNUSED)
{
	platform_close(p);
	return io_remove_tree(AT_FDCWD, temp_dir);
}

/* expect - rc is wanted, and the sentence holds the words (NULL: any) */
static inline void expect(int rc, int wanted, const struct err *e, const char *words)
{
	if (rc != wanted)
		fail_msg("%s instead of %s: %s", rc ? err_name(rc) : "0", wanted ? err_name(wanted) : "0", e->text);
	if (words && !strstr(e->text, words))
		fail_msg("'%s' does not hold '%s'", e->text, words);
}

static inline void expect_ok(int rc, const struct err *e)
{
	expect(rc, 0, e, NULL);
}

/* A file with everything that can be said of it; what is 0 here has its usual value. */
struct dropped {
	const struct inbox *box;
	int64_t parent_row;
	const char *name, *text;
	const struct actor *who;
	int64_t quiet_ms;
	const struct attachment *attachment;
	size_t n_attachments;
};

static inline int drop_full(const struct dropped *d, struct acceptance *out, struct err *e)
{
	char sha256[SHA256_HEX_BYTES];
	struct arrival a = { .box = d->box ? d->box : &root_box,
			     .row_id = store_reserve(p->store, NULL),
			     .task_row = store_reserve(p->store, NULL),
			     .parent_row = d->parent_row,
			     .name = d->name,
			     .sha256 = sha256,
			     .size = (int64_t)strlen(d->text),
			     .modified_at = 1000,
			     .quiet_ms = d->quiet_ms,
			     .attachment = d->attachment,
			     .n_attachments = d->n_attachments };
	json_t *request = NULL;
	int rc;

	if (a.row_id < 0 || a.task_row < 0)
		return err_set(e, -EIO, "no row is free");
	rc = blob_put(p->blobs, d->text, strlen(d->text), sha256, e);
	if (rc < 0)
		return rc;
	if (util_ends(d->name, ".json") && a.size)
		rc = record_parse(d->text, strlen(d->text), &request, e);
	a.request = request;
	if (rc == 0)
		rc = inbox_accept(p, &a, d->who ? d->who : &anna, out, e);
	blob_unpin(p->blobs, sha256);
	json_decref(request);
	return rc;
}

/* drop_as - the same, which must be taken in; its task */
static inline int64_t drop_as(const struct dropped *d)
{
	struct acceptance out = { 0, 0 };
	struct err e = ERR_INIT;

	expect_ok(drop_full(d, &out, &e), &e);
	return out.task_row;
}

/* drop - a file into tasks/inbox by anna; its task */
static inline int64_t drop(const char *name, const char *text)
{
	return drop_as(&(struct dropped){ .name = name, .text = text });
}

/* get - the task as it is stored; the texts live until the next call for the same slot of 8 */
static inline const struct task *get(int64_t task_row)
{
	static struct task slot[8];
	static unsigned next;
	struct task *t = &slot[next++ % N_ELEMS(slot)];
	struct err e = ERR_INIT;

	task_release(t);
	if (task_row)
		expect_ok(task_get(p, task_row, t, &e), &e);
	return t;
}

static inline void expect_state(int64_t task_row, enum task_state state)
{
	assert_string_equal(task_state_words[get(task_row)->state], task_state_words[state]);
}

/* told - the types of a task's events (0: of all), one after the other; good until the next call */
static inline const char *told(int64_t task_row)
{
	static struct buf types;
	auto_buf lines = BUF_INIT;
	int64_t after = 0;
	struct err e = ERR_INIT;
	char *line, *rest;

	if (event_lines(p, &(struct event_span){ .task_row = task_row }, &after, &lines, &e) < 0)
		fail_msg("%s", e.text);
	buf_clear(&types);
	for (rest = lines.data; rest && (line = strsep(&rest, "\n")) && *line;) {
		json_t *event = json_loads(line, 0, NULL);

		assert_non_null(event);
		buf_printf(&types, "%s%s", types.len ? " " : "", json_string_value(json_object_get(event, "type")));
		json_decref(event);
	}
	return buf_str(&types);
}

/* claim - the next task, which must be there */
static inline void claim(struct work *w)
{
	struct err e = ERR_INIT;

	expect(work_claim(p, w, &e), 1, &e, NULL);
}

/* claim_none - there is nothing to do */
static inline void claim_none(void)
{
	struct err e = ERR_INIT;
	struct work w;

	expect(work_claim(p, &w, &e), 0, &e, NULL);
}

/* hand_in - a result of that confidence, with one output; releases the work */
static inline int hand_in(struct work *w, const char *result, struct err *e)
{
	const struct work_output output = { "summary.md", "# Summary\n", 10 };
	json_t *doc = json_loads(result, 0, NULL);
	struct outcome o = { .result = doc, .output = &output, .n_outputs = 1, .tokens = 7 };
	int rc = work_succeed(p, w, &o, e);

	json_decref(doc);
	work_release(w);
	return rc;
}

/* finish - claim the next task and hand in that result */
static inline int64_t finish(const char *result)
{
	struct err e = ERR_INIT;
	struct work w;
	int64_t row;

	claim(&w);
	row = w.task.row_id;
	expect_ok(hand_in(&w, result, &e), &e);
	return row;
}

static inline int list_document(void *row, void *ud)
{
	const struct document *d = row;

	buf_printf(ud, "%s%s", ((struct buf *)ud)->len ? " " : "", d->name);
	return 0;
}

/* names - the documents of a task in a role and folder; good until the next call */
static inline const char *names(int64_t task_row, enum document_role role, int64_t parent_row)
{
	static struct buf list;
	struct err e = ERR_INIT;

	buf_clear(&list);
	expect_ok(document_each(p, task_row, role, parent_row, list_document, &list, &e), &e);
	return buf_str(&list);
}

static unsigned temp_files;

static inline int count_file(const char *path UNUSED, const struct stat *sb UNUSED, int type, struct FTW *at UNUSED)
{
	temp_files += type == FTW_F;
	return 0;
}

/* n_blobs - how many documents' bytes are kept */
static inline unsigned n_blobs(void)
{
	auto_free char *dir = xasprintf("%s/blobs", store_dir(p->store));

	temp_files = 0;
	assert_int_equal(nftw(dir, count_file, 8, FTW_PHYS), 0);
	return temp_files;
}

static inline int64_t default_engagement(void)
{
	struct err e = ERR_INIT;
	union party x;
	int64_t row;

	expect_ok(party_find(p, PARTY_ENGAGEMENT, "default", &x, &e), &e);
	row = x.engagement.row_id;
	party_release(PARTY_ENGAGEMENT, &x);
	return row;
}

/* put - a field of an engagement */
static inline void set_engagement(int64_t row, const char *field, const char *text)
{
	struct err e = ERR_INIT;

	expect_ok(party_set(p, PARTY_ENGAGEMENT, row, field_find(&engagement_table, field), text, &anna, &e), &e);
}

static inline int64_t new_engagement(const char *name)
{
	struct err e = ERR_INIT;
	int64_t row;

	expect_ok(party_create(p, PARTY_ENGAGEMENT, name, &anna, &row, &e), &e);
	return row;
}

static inline void set(enum setting_id id, const char *text)
{
	struct err e = ERR_INIT;

	expect_ok(settings_put(p, id, text, &e), &e);
}

#endif

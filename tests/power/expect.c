#include "tests/power/expect.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>

#include "platform/document.h"
#include "platform/inbox.h"
#include "platform/party.h"
#include "platform/settings.h"
#include "platform/task.h"

#define BYTES_MAX (64 << 20)

static struct expectation *find_key(struct expect *x, const char *key, size_t len)
{
	for (size_t i = 0; i < x->n; i++)
		if (strncmp(x->at[i].key, key, len) == 0 && !x->at[i].key[len])
			return &x->at[i];
	x->at = xrealloc(x->at, (x->n + 1) * sizeof(*x->at));
	x->at[x->n] = (struct expectation){ .key = xstrndup(key, len) };
	return &x->at[x->n++];
}

static void forget_begun(struct expectation *k)
{
	for (size_t i = 0; i < k->n_begun; i++)
		free(k->begun[i]);
	free(k->begun);
	k->begun = NULL;
	k->n_begun = 0;
}

void expect_mark(struct expect *x, const char *text)
{
	bool done = util_starts(text, "done ");
	const char *key = text + (done ? strlen("done ") : strlen("begin ")), *value = strstr(key, " = ");
	struct expectation *k;

	if ((!done && !util_starts(text, "begin ")) || !value)
		errx(2, "\"%s\" is no mark", text);
	k = find_key(x, key, (size_t)(value - key));
	value += strlen(" = ");
	if (done) {
		free(k->last);
		k->last = xstrdup(value);
		forget_begun(k);
		x->any = true;
		return;
	}
	k->begun = xrealloc(k->begun, (k->n_begun + 1) * sizeof(*k->begun));
	k->begun[k->n_begun++] = xstrdup(value);
}

void expect_release(struct expect *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->at[i].key);
		free(x->at[i].last);
		forget_begun(&x->at[i]);
	}
	free(x->at);
	*x = (struct expect){ 0 };
}

/* The SHA-256 of the bytes that are kept under that name, whatever the name says. */
static int hash_blob(struct platform *p, const char *sha, struct buf *out, struct err *e)
{
	auto_free char *bytes = NULL;
	struct sha256 *h = sha256_new();
	char got[SHA256_HEX_BYTES];
	size_t len = 0;
	int rc = blob_read(p->blobs, sha, BYTES_MAX, &bytes, &len, e);

	sha256_update(h, bytes, len);
	sha256_finish(h, got);
	if (rc == 0)
		buf_addstr(out, got);
	return rc;
}

static int find_task(struct platform *p, const char *path, struct task *out, struct err *e)
{
	auto_free char *engagement = xstrdup(path);
	char *name = strchr(engagement, '/');
	union party x;
	int rc;

	if (!name)
		errx(2, "\"%s\" is no ENGAGEMENT/TASK", path);
	*name++ = '\0';
	*out = (struct task){ 0 };
	rc = party_find(p, PARTY_ENGAGEMENT, engagement, &x, e);
	if (rc < 0)
		return rc;
	rc = task_find(p, x.engagement.row_id, name, out, e);
	party_release(PARTY_ENGAGEMENT, &x);
	return rc;
}

/* Each puts a value behind out, or answers -ENOENT. word is what follows the key's first word, more what follows that
 */
static int document_value(struct platform *p, const char *task, const char *name, struct buf *out, struct err *e)
{
	struct task t;
	struct document d = { 0 };
	int rc = find_task(p, task, &t, e);

	if (rc == 0)
		rc = *name ? document_find(p, t.row_id, DOCUMENT_INPUT, 0, name, &d, e)
			   : document_latest(p, t.row_id, DOCUMENT_RESULT, &d, e);
	if (rc == 0)
		rc = hash_blob(p, d.sha256, out, e) < 0 ? -EIO : 0; /* lost bytes are no missing document */
	row_release(&document_table, &d);
	task_release(&t);
	return rc;
}

static int state_value(struct platform *p, const char *task, const char *more UNUSED, struct buf *out, struct err *e)
{
	struct task t;
	int rc = find_task(p, task, &t, e);

	if (rc == 0)
		buf_addstr(out, task_state_words[t.state]);
	task_release(&t);
	return rc;
}

static int review_value(struct platform *p, const char *task, const char *more UNUSED, struct buf *out, struct err *e)
{
	struct task t;
	int rc = find_task(p, task, &t, e);

	if (rc == 0 && t.review)
		buf_addstr(out, t.review);
	task_release(&t);
	return rc;
}

static int title_value(struct platform *p, const char *task, const char *more UNUSED, struct buf *out, struct err *e)
{
	struct task t;
	int rc = find_task(p, task, &t, e);

	if (rc == 0 && t.title)
		buf_addstr(out, t.title);
	task_release(&t);
	return rc;
}

static int entry_value(struct platform *p, const char *path, const char *more UNUSED, struct buf *out, struct err *e)
{
	auto_free char *copy = xstrdup(path);
	char *rest = copy, *name = strsep(&rest, "/");
	struct drop d;
	int rc = inbox_find(p, 0, 0, name, &d, e);

	while (rc == 0 && rest) {
		int64_t folder = d.row_id;

		row_release(&drop_table, &d);
		name = strsep(&rest, "/");
		rc = inbox_find(p, 0, folder, name, &d, e);
	}
	if (rc == 0 && d.is_dir)
		buf_addstr(out, "folder");
	else if (rc == 0)
		rc = hash_blob(p, d.sha256, out, e) < 0 ? -EIO : 0;
	row_release(&drop_table, &d);
	return rc;
}

static int setting_value(struct platform *p, const char *name, const char *more UNUSED, struct buf *out, struct err *e)
{
	int id = settings_find(name);
	auto_free char *text = id < 0 ? NULL : settings_text(p, (enum setting_id)id);

	if (!text)
		return err_set(e, -EINVAL, "there is no setting '%s'", name);
	buf_addstr(out, text);
	return 0;
}

static int engagement_value(struct platform *p, const char *name, const char *more UNUSED, struct buf *out,
			    struct err *e)
{
	union party x;
	int rc = party_find(p, PARTY_ENGAGEMENT, name, &x, e);

	if (rc < 0)
		return rc;
	buf_addstr(out, x.engagement.title ? x.engagement.title : "untitled");
	party_release(PARTY_ENGAGEMENT, &x);
	return 0;
}

static const struct {
	const char *word;
	int (*value)(struct platform *p, const char *word, const char *more, struct buf *out, struct err *e);
} kinds[] = {
	{ "engagement", engagement_value }, { "entry", entry_value },   { "input", document_value },
	{ "result", document_value },       { "review", review_value }, { "setting", setting_value },
	{ "state", state_value },           { "title", title_value },
};

static int find_value(struct platform *p, const char *key, struct buf *out, struct err *e)
{
	auto_free char *copy = xstrdup(key);
	char *rest = copy, *kind = strsep(&rest, " "), *word = strsep(&rest, " ");
	int rc = -ENOSYS;

	for (size_t i = 0; i < N_ELEMS(kinds); i++)
		if (word && streq(kinds[i].word, kind))
			rc = kinds[i].value(p, word, rest ? rest : "", out, e);
	if (rc == -ENOSYS)
		errx(2, "\"%s\" is no key of a mark", key);
	return rc == -ENOENT ? 0 : rc;
}

static bool allowed(const struct expectation *k, const char *value)
{
	for (size_t i = 0; i < k->n_begun; i++)
		if (streq(k->begun[i], value))
			return true;
	return streq(k->last, value);
}

int expect_check(const struct expect *x, struct platform *p, struct err *e)
{
	for (size_t i = 0; i < x->n; i++) {
		auto_buf value = BUF_INIT;
		const struct expectation *k = &x->at[i];
		int rc = k->last ? find_value(p, k->key, &value, e) : 0;

		if (rc < 0)
			return err_add(e, rc, "%s", k->key);
		if (k->last && !allowed(k, buf_str(&value)))
			return err_set(e, -ENOENT, "%s is \"%s\", acknowledged was \"%s\"", k->key, buf_str(&value),
				       k->last);
	}
	return 0;
}

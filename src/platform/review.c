#include "platform/review.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/document.h"
#include "platform/record.h"

struct decision {
	struct platform *p;
	int64_t task_row;
	const struct actor *who;
	enum task_state to;
	const char *comment;
	const char *engine; /* run: "MCP/TOOL" */
	const char *sha256; /* correct */
	int64_t size;
};

static int put(struct decision *d, store_fn *fn, struct err *e)
{
	return store_write(d->p->store, fn, d, e);
}

/* A task of that row that is not in the trash. */
static int get(struct tx *tx, const struct decision *d, struct task *t, struct err *e)
{
	int rc = row_get(tx, &task_table, d->task_row, t, e);

	if (rc == 0 && t->trashed_at) {
		rc = err_set(e, -EPERM, "task '%s' is in .trash: move it back first", t->name);
		task_release(t);
	}
	return rc;
}

static int decide(struct tx *tx, void *arg, struct err *e)
{
	struct decision *d = arg;
	struct task t;
	int rc = get(tx, d, &t, e);

	if (rc < 0)
		return rc;
	row_set_text(&t.reviewed_by, d->who->name);
	row_set_text(&t.review, *d->comment ? d->comment : NULL);
	t.reviewed_at = clock_now_ms();
	t.requires_review = false;
	if (d->to == TASK_FAILED) {
		free(t.error_message);
		t.error_message = xasprintf("rejected by %s%s%s", d->who->name, *d->comment ? ": " : "", d->comment);
	}
	if (t.state != TASK_NEEDS_REVIEW)
		rc = err_set(e, t.state == TASK_IN_PROGRESS ? -EBUSY : -EPERM,
			     "task '%s' is '%s': only a task in needs_review can be %s", t.name,
			     task_state_words[t.state], d->to == TASK_FAILED ? "rejected" : "approved");
	if (rc == 0)
		rc = task_take_result(tx, d->p->blobs, &t, e);
	if (rc == 0)
		rc = task_move(tx, &t, d->to, MOVER_PERSON, e);
	if (rc == 0)
		rc = task_tell(tx, &t, "task.reviewed", e);
	task_release(&t);
	return rc;
}

int review_approve(struct platform *p, int64_t task_row, const char *comment, const struct actor *who, struct err *e)
{
	struct decision d = { .p = p, .task_row = task_row, .who = who, .to = TASK_COMPLETED, .comment = comment };

	return put(&d, decide, e);
}

int review_reject(struct platform *p, int64_t task_row, const char *reason, const struct actor *who, struct err *e)
{
	struct decision d = { .p = p, .task_row = task_row, .who = who, .to = TASK_FAILED, .comment = reason };

	return put(&d, decide, e);
}

static int add_correction(struct tx *tx, const struct decision *d, int64_t task_row, int64_t version, struct err *e)
{
	struct document doc = { .task_row = task_row,
				.role = DOCUMENT_RESULT,
				.name = (char *)"result.json",
				.sha256 = (char *)d->sha256,
				.size = d->size,
				.version = version,
				.modified_at = clock_now_ms(),
				.author = (char *)d->who->name };
	int rc = row_insert(tx, &document_table, &doc, e);

	if (rc == 0)
		tx_change(tx, CHANGE_DOCUMENT, task_row, doc.row_id, doc.role, 0, doc.name);
	return rc;
}

static int correct(struct tx *tx, void *arg, struct err *e)
{
	struct decision *d = arg;
	struct document last;
	struct task t;
	int rc = get(tx, d, &t, e);

	if (rc < 0)
		return rc;
	if (t.state != TASK_NEEDS_REVIEW)
		rc = err_set(e, -EPERM, "task '%s' is '%s': a result is corrected while it is in needs_review", t.name,
			     task_state_words[t.state]);
	if (rc == 0)
		rc = row_find(tx, Q_DOCUMENT_LATEST,
			      ARGS(V_INT(t.row_id), V_TEXT(document_role_words[DOCUMENT_RESULT])), &last, e);
	if (rc == 0) {
		rc = add_correction(tx, d, t.row_id, last.version + 1, e);
		row_release(&document_table, &last);
	}
	row_set_text(&t.reviewed_by, d->who->name);
	if (rc == 0)
		rc = task_save(tx, &t, e);
	if (rc == 0)
		rc = task_tell(tx, &t, "task.updated", e);
	task_release(&t);
	return rc;
}

static int check_result(struct platform *p, int64_t task_row, const char *text, size_t len, struct err *e)
{
	json_t *doc = NULL;
	struct task t;
	int rc = task_get(p, task_row, &t, e);

	if (rc < 0)
		return rc;
	rc = record_parse(text, len, &doc, e);
	if (rc == 0)
		rc = p->engines.check_output(p->engines.ud, t.mcp, t.tool, doc, e);
	json_decref(doc);
	task_release(&t);
	return rc;
}

int review_correct(struct platform *p, int64_t task_row, const char *text, size_t len, const struct actor *who,
		   struct err *e)
{
	struct decision d = { .p = p, .task_row = task_row, .who = who, .size = (int64_t)len };
	char sha256[SHA256_HEX_BYTES];
	int rc = check_result(p, task_row, text, len, e);

	if (rc == 0)
		rc = blob_put(p->blobs, text, len, sha256, e);
	if (rc < 0)
		return rc;
	d.sha256 = sha256;
	rc = put(&d, correct, e);
	blob_unpin(p->blobs, sha256);
	if (rc < 0)
		document_forget(p, sha256);
	return rc;
}

static int set_engine(struct platform *p, struct task *t, const char *engine, struct err *e)
{
	auto_free char *mcp = xstrdup(engine);
	char *slash = strchr(mcp, '/');
	const char *tool, *version;
	int rc;

	if (slash)
		*slash++ = '\0';
	rc = p->engines.resolve(p->engines.ud, mcp, slash, &tool, &version, e) < 0 ? -EINVAL : 0;
	if (rc == 0) {
		row_set_text(&t->mcp, mcp);
		row_set_text(&t->tool, tool);
		row_set_text(&t->mcp_version, version);
	}
	return rc;
}

static int retry(struct tx *tx, void *arg, struct err *e)
{
	struct decision *d = arg;
	struct task t;
	int rc = get(tx, d, &t, e);

	if (rc < 0)
		return rc;
	if (d->engine)
		rc = set_engine(d->p, &t, d->engine, e);
	t.fresh = true;
	t.attempts = 0;
	t.not_before = 0;
	t.ai_confidence = INT_NULL;
	t.ai_handled = AI_NO;
	t.requires_review = false;
	t.progress = 0;
	t.reviewed_at = 0;
	row_set_text(&t.progress_text, NULL);
	row_set_text(&t.error_message, NULL);
	row_set_text(&t.answered_from, NULL);
	row_set_text(&t.review, NULL);
	row_set_text(&t.reviewed_by, NULL);
	if (rc == 0)
		rc = task_move(tx, &t, TASK_TODO, MOVER_PERSON, e);
	if (rc == 0)
		rc = task_tell(tx, &t, "task.retried", e);
	task_release(&t);
	return rc;
}

int review_retry(struct platform *p, int64_t task_row, const struct actor *who, struct err *e)
{
	return put(&(struct decision){ .p = p, .task_row = task_row, .who = who }, retry, e);
}

/* As retry, with another engine: "MCP" or "MCP/TOOL". -EINVAL when there is none */
static int review_run(struct platform *p, int64_t task_row, const char *engine, const struct actor *who, struct err *e)
{
	return put(&(struct decision){ .p = p, .task_row = task_row, .who = who, .engine = engine }, retry, e);
}

static int cancel(struct tx *tx, void *arg, struct err *e)
{
	struct decision *d = arg;
	struct task t;
	int rc = get(tx, d, &t, e);

	if (rc < 0)
		return rc;
	rc = task_move(tx, &t, TASK_CANCELLED, MOVER_PERSON, e);
	task_release(&t);
	return rc;
}

int review_cancel(struct platform *p, int64_t task_row, const struct actor *who, struct err *e)
{
	return put(&(struct decision){ .p = p, .task_row = task_row, .who = who }, cancel, e);
}

int review_move(struct platform *p, int64_t task_row, enum task_state to, const struct actor *who, struct err *e)
{
	switch (to) {
	case TASK_COMPLETED: return review_approve(p, task_row, "", who, e);
	case TASK_FAILED: return review_reject(p, task_row, "", who, e);
	case TASK_TODO: return review_retry(p, task_row, who, e);
	case TASK_CANCELLED: return review_cancel(p, task_row, who, e);
	default:
		return err_set(e, -EPERM, "no task is moved to '%s' by hand: it gets there by itself",
			       task_state_words[to]);
	}
}

/* The words of a line and who acts on them. The rest of the line is the argument. */
struct verb {
	const char *word, *argument; /* argument: what the sentence calls it when it is missing, NULL when optional */
	int (*act)(struct platform *p, int64_t task_row, const char *argument, const struct actor *who, struct err *e);
};

static int act_retry(struct platform *p, int64_t task_row, const char *argument UNUSED, const struct actor *who,
		     struct err *e)
{
	return review_retry(p, task_row, who, e);
}

static int act_cancel(struct platform *p, int64_t task_row, const char *argument UNUSED, const struct actor *who,
		      struct err *e)
{
	return review_cancel(p, task_row, who, e);
}

static const struct verb decisions[] = { { "approve", NULL, review_approve }, { "reject", NULL, review_reject } };
static const struct verb commands[] = { { "cancel", NULL, act_cancel },
					{ "retry", NULL, act_retry },
					{ "run", "MCP or MCP/TOOL", review_run } };

static int act(const struct verb *verbs, size_t n, struct platform *p, int64_t task_row, const char *line,
	       const struct actor *who, struct err *e)
{
	size_t len = strcspn(line, " \t");
	const char *argument = line + len + strspn(line + len, " \t");
	auto_buf known = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		if (strlen(verbs[i].word) == len && strncmp(verbs[i].word, line, len) == 0) {
			if (verbs[i].argument && !*argument)
				return err_set(e, -EINVAL, "'%s' needs %s", verbs[i].word, verbs[i].argument);
			return verbs[i].act(p, task_row, argument, who, e);
		}
		buf_printf(&known, "%s%s", i ? ", " : "", verbs[i].word);
	}
	return err_set(e, -EINVAL, "'%.80s' is not known here; known are: %s", line, buf_str(&known));
}

int review_line(struct platform *p, int64_t task_row, const char *line, const struct actor *who, struct err *e)
{
	return act(decisions, N_ELEMS(decisions), p, task_row, line, who, e);
}

int review_command(struct platform *p, int64_t task_row, const char *line, const struct actor *who, struct err *e)
{
	return act(commands, N_ELEMS(commands), p, task_row, line, who, e);
}

void review_show(const struct task *t, struct buf *out)
{
	char time[CLOCK_TEXT_BYTES];

	if (t->state == TASK_NEEDS_REVIEW)
		buf_printf(out, "waiting: %s\n", t->review ? t->review : "an expert decides");
	else if (t->reviewed_at)
		buf_printf(out, "%s by %s at %s%s%s\n", t->state == TASK_FAILED ? "rejected" : "approved",
			   t->reviewed_by ? t->reviewed_by : "?", clock_format(t->reviewed_at, time),
			   t->review ? ": " : "", t->review ? t->review : "");
	else
		buf_addstr(out, "none\n");
}

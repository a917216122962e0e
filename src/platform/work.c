#include "platform/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonmem.h"
#include "platform/document.h"
#include "platform/event.h"
#include "platform/hold.h"
#include "platform/live.h"
#include "platform/record.h"
#include "platform/settings.h"

#define RECLAIMED_MAX   256
#define FULL_CONFIDENCE 90

struct claim {
	struct platform *p;
	struct work *out;
	int64_t now;
	bool settled; /* a task was settled without an engine: look again */
};

struct rows {
	int64_t row[RECLAIMED_MAX];
	size_t n;
};

static int add_row(void *row, void *ud)
{
	const struct task *t = row;
	struct rows *r = ud;

	r->row[r->n++] = t->row_id;
	return 0;
}

/* What ends the process that works on it must not do so for ever. */
static int take_back(struct tx *tx, struct claim *c, struct task *t, struct err *e)
{
	if (t->attempts < settings_int(c->p, SETTING_TASK_ATTEMPTS))
		return task_move(tx, t, TASK_TODO, MOVER_WORKER, e);
	free(t->error_message);
	t->error_message = xasprintf("attempt %jd ended without an outcome, as its worker on '%s' stopped or hung: see "
				     "the log of that host, then write retry into ctl",
				     (intmax_t)t->attempts, t->lease_host ? t->lease_host : "?");
	return task_move(tx, t, TASK_FAILED, MOVER_WORKER, e);
}

/* Tasks whose lease ended: their worker is gone. */
static int reclaim(struct tx *tx, struct claim *c, struct err *e)
{
	struct rows r = { .n = 0 };
	int rc = row_each(tx, Q_TASKS_LEASE_ENDED, ARGS(V_INT(c->now), V_INT(RECLAIMED_MAX)), add_row, &r, e);

	for (size_t i = 0; rc == 0 && i < r.n; i++) {
		struct task t;

		rc = row_get(tx, &task_table, r.row[i], &t, e);
		if (rc == 0)
			rc = take_back(tx, c, &t, e);
		task_release(&t);
	}
	return rc;
}

static int add_document(void *row, void *ud)
{
	const struct document *d = row;
	struct work *w = ud;
	struct work_document *doc;

	if (d->role != DOCUMENT_INPUT || d->is_dir)
		return 0;
	w->document = xrealloc(w->document, (w->n_documents + 1) * sizeof(*w->document));
	doc = &w->document[w->n_documents++];
	doc->name = xstrdup(d->name);
	snprintf(doc->sha256, sizeof(doc->sha256), "%s", d->sha256);
	return d->size == 0 ? 1 : 0;
}

/* NULL when memory is gone: without its arguments a task would be another one. */
static json_t *arguments_of(const struct task *t)
{
	unsigned lacks = jsonmem_lacks();
	json_t *data = t->input_data ? json_loads(t->input_data, 0, NULL) : NULL;

	if (jsonmem_lacks() != lacks) {
		json_decref(data); /* read, but perhaps without all of it */
		return NULL;
	}
	if (!json_is_object(data)) {
		json_decref(data);
		data = json_object();
	}
	/* it is among the documents; a list tells their order too */
	if (!json_is_array(json_object_get(data, "file_path")))
		json_object_del(data, "file_path");
	return data;
}

/* The result that decides: its confidence against the threshold of the engagement. */
static int decide(struct tx *tx, struct platform *p, struct task *t, int64_t confidence, struct err *e)
{
	struct engagement g;
	int rc = row_get(tx, &engagement_table, t->engagement_row, &g, e);
	int64_t threshold = rc == 0 && g.review_threshold != INT_NULL ? g.review_threshold : 80;

	if (rc < 0)
		return rc;
	row_release(&engagement_table, &g);
	t->ai_confidence = confidence;
	t->ai_handled = confidence >= FULL_CONFIDENCE ? AI_FULL : AI_PARTIAL;
	t->requires_review = confidence == INT_NULL || confidence < threshold;
	row_set_text(&t->error_message, NULL);
	row_set_text(&t->reviewed_by, NULL);
	t->progress = 100;
	row_set_text(&t->progress_text, NULL);
	free(t->review);
	t->review = confidence == INT_NULL ? xstrdup("the engine gave no confidence")
		    : t->requires_review   ? xasprintf("confidence %jd is below the engagement's threshold of %jd",
						       (intmax_t)confidence, (intmax_t)threshold)
					   : NULL;
	rc = task_take_result(tx, p->blobs, t, e);
	return rc < 0 ? rc : task_move(tx, t, t->requires_review ? TASK_NEEDS_REVIEW : TASK_COMPLETED, MOVER_WORKER, e);
}

struct adopt {
	struct tx *tx;
	struct err *e;
	int64_t task_row, best;
};

static int find_best(void *row, void *ud)
{
	const struct document *d = row;
	struct adopt *a = ud;

	if (d->role == DOCUMENT_RESULT && !d->author && d->version > a->best)
		a->best = d->version;
	return 0;
}

static int adopt_document(void *row, void *ud)
{
	const struct document *d = row;
	struct adopt *a = ud;

	if (d->role == DOCUMENT_RESULT ? d->version != a->best : d->role != DOCUMENT_OUTPUT)
		return 0;
	return document_add(a->tx, a->task_row, d->role, 0, d->name, d->sha256, d->size, d->modified_at,
			    d->role == DOCUMENT_RESULT ? 1 : 0, a->e);
}

/* The newest answer of the engine itself: its confidence and output are the twin's. Corrections are of that task alone.
 */
static int adopt_answer(struct tx *tx, struct platform *p, struct task *t, const struct task *twin, struct err *e)
{
	struct adopt a = { tx, e, t->row_id, 0 };
	int rc = task_move(tx, t, TASK_IN_PROGRESS, MOVER_WORKER, e);

	if (rc == 0)
		rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(V_INT(twin->row_id)), find_best, &a, e);
	if (rc == 0)
		rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(V_INT(twin->row_id)), adopt_document, &a, e);
	row_set_text(&t->answered_from, twin->id);
	return rc < 0 ? rc : decide(tx, p, t, twin->ai_confidence, e);
}

static int find_answer(struct tx *tx, const struct task *t, struct task *twin, struct err *e)
{
	if (t->fresh || !t->input_key || !*t->input_key)
		return -ENOENT;
	return row_find(tx, Q_TASK_ANSWERED_TWIN,
			ARGS(V_INT(t->engagement_row), V_TEXT(t->input_key), V_TEXT(t->mcp), V_TEXT(t->tool),
			     V_TEXT(t->mcp_version), V_TEXT(t->input_data ? t->input_data : ""), V_INT(t->row_id)),
			twin, e);
}

static int fail_empty(struct tx *tx, struct task *t, const char *name, struct err *e)
{
	free(t->error_message);
	t->error_message = xasprintf("document '%s' is empty: drop it again with its content", name);
	return task_move(tx, t, TASK_FAILED, MOVER_WORKER, e);
}

static int begin(struct tx *tx, struct claim *c, struct task *t, struct err *e)
{
	t->attempts++;
	t->fence++;
	t->progress = 0;
	row_set_text(&t->progress_text, NULL);
	row_set_text(&t->error_message, NULL);
	row_set_text(&t->answered_from, NULL);
	row_set_text(&t->lease_host, c->p->host);
	t->lease_until = c->now + settings_int(c->p, SETTING_LEASE) * 1000;
	return task_move(tx, t, TASK_IN_PROGRESS, MOVER_WORKER, e);
}

static int claim_task(struct tx *tx, struct claim *c, int64_t row, struct err *e)
{
	struct work *w = c->out;
	const char *tool, *version;
	struct task twin;
	int rc = row_get(tx, &task_table, row, &w->task, e);

	if (rc < 0)
		return rc;
	if (c->p->engines.resolve(c->p->engines.ud, w->task.mcp, w->task.tool, &tool, &version, NULL) == 0)
		row_set_text(&w->task.mcp_version, version);
	rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(V_INT(row)), add_document, w, e);
	if (rc == 1) {
		c->settled = true;
		return fail_empty(tx, &w->task, w->document[w->n_documents - 1].name, e);
	}
	if (rc < 0)
		return rc;
	rc = find_answer(tx, &w->task, &twin, e);
	if (rc == 0) {
		c->settled = true;
		rc = adopt_answer(tx, c->p, &w->task, &twin, e);
		task_release(&twin);
		return rc;
	}
	if (rc != -ENOENT)
		return rc;
	w->arguments = arguments_of(&w->task);
	rc = w->arguments ? begin(tx, c, &w->task, e)
			  : err_set(e, -ENOMEM, "no memory for the arguments of task '%s'", w->task.name);
	return rc < 0 ? rc : 1;
}

struct ready {
	struct platform *p;
	int64_t row; /* 0 for none */
	size_t n_held;
};

/* What is held does not count: its writer wakes the workers when it goes. */
static int take_free(void *row, void *ud)
{
	const struct task *t = row;
	struct ready *r = ud;

	if (hold_has(r->p, t->row_id)) {
		r->n_held++;
		return 0;
	}
	r->row = t->row_id;
	return 1;
}

/* The most urgent task whose time has come and that is not held. */
static int find_ready(struct tx *tx, struct platform *p, int64_t now, int64_t *row, struct err *e)
{
	struct ready r;
	size_t most;
	int rc;

	do { /* again when all of them were held meanwhile */
		most = hold_count(p) + 1;
		r = (struct ready){ .p = p };
		rc = row_each(tx, Q_TASKS_READY, ARGS(V_INT(now), V_INT((int64_t)most)), take_free, &r, e);
	} while (rc == 0 && r.n_held == most);
	*row = r.row;
	return rc < 0 ? rc : 0;
}

static int claim(struct tx *tx, void *arg, struct err *e)
{
	struct claim *c = arg;
	int64_t row = 0;
	int rc;

	work_release(c->out);
	c->settled = false;
	c->now = clock_now_ms();
	rc = reclaim(tx, c, e);
	if (rc == 0)
		rc = find_ready(tx, c->p, c->now, &row, e);
	return rc == 0 && row ? claim_task(tx, c, row, e) : rc;
}

struct look {
	struct platform *p;
	int64_t now, next; /* when the next one is ready, 0 for never */
	bool found;
};

static int find_any(void *row UNUSED, void *ud)
{
	*(bool *)ud = true;
	return 0;
}

/* Reading first keeps an idle worker from writing. */
static int look(struct tx *tx, void *arg, struct err *e)
{
	struct look *l = arg;
	int64_t row = 0;
	int rc;

	l->next = 0;
	l->found = false;
	rc = row_each(tx, Q_TASKS_LEASE_ENDED, ARGS(V_INT(l->now), V_INT(1)), find_any, &l->found, e);
	if (rc == 0 && !l->found)
		rc = find_ready(tx, l->p, l->now, &row, e);
	l->found = l->found || row;
	if (rc == 0 && !l->found)
		rc = row_int(tx, Q_TASK_NEXT_READY, ARGS(V_INT(l->now)), &l->next, e);
	return rc;
}

static int look_for_work(struct platform *p, struct look *l, struct err *e)
{
	*l = (struct look){ .p = p, .now = clock_now_ms() };
	return store_read(p->store, look, l, e);
}

int64_t work_wait_ms(struct platform *p)
{
	struct look l;
	int rc = look_for_work(p, &l, NULL);

	if (rc < 0)
		return rc == -1 ? -EIO : rc;
	if (l.found)
		return 0;
	return !l.next ? -1 : l.next > l.now ? l.next - l.now : 0;
}

int work_claim(struct platform *p, struct work *out, struct err *e)
{
	struct claim c = { .p = p, .out = out };
	struct look l;
	int rc;

	*out = (struct work){ 0 };
	do {
		work_release(out); /* what was settled on the way */
		rc = look_for_work(p, &l, e);
		if (rc < 0 || !l.found)
			return rc;
		rc = store_write(p->store, claim, &c, e);
	} while (rc == 0 && c.settled);
	if (rc > 0)
		live_begin(p, out->task.row_id, out->task.fence);
	else
		work_release(out);
	return rc;
}

void work_release(struct work *w)
{
	for (size_t i = 0; i < w->n_documents; i++)
		free(w->document[i].name);
	free(w->document);
	json_decref(w->arguments);
	task_release(&w->task);
	*w = (struct work){ 0 };
}

struct stored {
	char sha256[SHA256_HEX_BYTES];
	int64_t size;
};

struct finish {
	struct platform *p;
	const struct work *w;
	const struct outcome *o;
	struct stored result, *output;
	const char *sentence; /* failure */
	enum work_fault fault;
	bool giveback;
	char (*gone)[SHA256_HEX_BYTES]; /* hashes of outputs that were replaced */
	size_t n_gone;
	struct tx *tx;
};

/* The task as it is now, if this worker still owns it. */
static int own(struct tx *tx, const struct work *w, struct task *t, struct err *e)
{
	int rc = row_get(tx, &task_table, w->task.row_id, t, e);

	if (rc == 0 && (t->state != TASK_IN_PROGRESS || t->fence != w->task.fence)) {
		task_release(t);
		rc = err_set(e, -ESTALE, "task '%s' was taken from this worker", w->task.name);
	}
	return rc;
}

bool work_owned(struct platform *p, const struct work *w)
{
	struct task t;
	bool owned =
		task_get(p, w->task.row_id, &t, NULL) == 0 && t.state == TASK_IN_PROGRESS && t.fence == w->task.fence;

	task_release(&t);
	return owned;
}

/* The new outputs may have other names: who saw this one sees it go. */
static int note_gone(void *row, void *ud)
{
	const struct document *d = row;
	struct finish *f = ud;

	tx_change(f->tx, CHANGE_DOCUMENT, d->task_row, d->row_id, d->role, CHANGE_NONE, d->name);
	f->gone = xrealloc(f->gone, (f->n_gone + 1) * sizeof(*f->gone));
	snprintf(f->gone[f->n_gone++], SHA256_HEX_BYTES, "%s", d->sha256);
	return 0;
}

static int replace_outputs(struct tx *tx, struct finish *f, struct err *e)
{
	int64_t row = f->w->task.row_id;
	const char *role = document_role_words[DOCUMENT_OUTPUT];
	int rc;

	f->tx = tx;
	rc = row_each(tx, Q_DOCUMENTS_OF, ARGS(V_INT(row), V_TEXT(role), V_INT(0)), note_gone, f, e);
	if (rc == 0)
		rc = row_exec(tx, Q_DOCUMENTS_DELETE, ARGS(V_INT(row), V_TEXT(role)), e);
	for (size_t i = 0; rc >= 0 && i < f->o->n_outputs; i++)
		rc = document_add(tx, row, DOCUMENT_OUTPUT, 0, f->o->output[i].name, f->output[i].sha256,
				  f->output[i].size, clock_now_ms(), 0, e);
	return rc < 0 ? rc : 0;
}

static int add_result(struct tx *tx, int64_t task_row, const struct stored *s, struct err *e)
{
	struct document last;
	int64_t version = 1;
	int rc = row_find(tx, Q_DOCUMENT_LATEST, ARGS(V_INT(task_row), V_TEXT(document_role_words[DOCUMENT_RESULT])),
			  &last, e);

	if (rc == 0) {
		version = last.version + 1;
		row_release(&document_table, &last);
	}
	if (rc < 0 && rc != -ENOENT)
		return rc;
	return document_add(tx, task_row, DOCUMENT_RESULT, 0, "result.json", s->sha256, s->size, clock_now_ms(),
			    version, e);
}

static int64_t confidence_of(const json_t *result)
{
	const json_t *c = json_object_get(result, "confidence");
	double n = json_number_value(c);

	return json_is_number(c) && n >= 0 && n <= 100 ? (int64_t)n : INT_NULL;
}

static void add_usage(struct task *t, const struct work *w)
{
	t->tokens_used += w->tokens;
	t->model_seconds_used += (double)w->model_ms / 1000;
}

static int succeed(struct tx *tx, void *arg, struct err *e)
{
	struct finish *f = arg;
	struct task t;
	int rc;

	f->n_gone = 0;
	rc = own(tx, f->w, &t, e);
	if (rc < 0)
		return rc;
	rc = live_store(f->p, tx, &t, e);
	if (rc == 0)
		rc = add_result(tx, t.row_id, &f->result, e);
	if (rc == 0)
		rc = replace_outputs(tx, f, e);
	add_usage(&t, f->w);
	t.tokens_used += f->o->tokens;
	t.fresh = false;
	if (rc == 0)
		rc = decide(tx, f->p, &t, confidence_of(f->o->result), e);
	task_release(&t);
	return rc;
}

/* The result's bytes come first, then those of its outputs. */
static int store_outcome(struct finish *f, struct blob_put *put, struct err *e)
{
	auto_buf text = BUF_INIT;
	size_t n = f->o->n_outputs;
	int rc;

	record_dump(f->o->result, &text);
	if (text.failed)
		return -ENOMEM;
	put[0] = (struct blob_put){ .bytes = text.data, .len = text.len };
	for (size_t i = 0; i < n; i++)
		put[i + 1] = (struct blob_put){ .bytes = f->o->output[i].bytes, .len = f->o->output[i].len };
	rc = blob_put_all(f->p->blobs, put, n + 1, e);
	for (size_t i = 0; i <= n; i++) {
		struct stored *s = i ? &f->output[i - 1] : &f->result;

		s->size = (int64_t)put[i].len;
		if (put[i].rc == 0)
			memcpy(s->sha256, put[i].sha, sizeof(s->sha256));
	}
	return rc;
}

/* The pin of bytes that no row may name, when the outcome did not count. */
static void let_go(struct platform *p, const char *sha256, bool counts)
{
	blob_unpin(p->blobs, sha256);
	if (!counts)
		document_forget(p, sha256);
}

int work_succeed(struct platform *p, const struct work *w, const struct outcome *o, struct err *e)
{
	struct finish f = { .p = p, .w = w, .o = o, .output = xcalloc(o->n_outputs, sizeof(*f.output)) };
	struct blob_put *put = xcalloc(o->n_outputs + 1, sizeof(*put));
	int rc = store_outcome(&f, put, e);

	if (rc == 0)
		rc = store_write(p->store, succeed, &f, e);
	for (size_t i = 0; i <= o->n_outputs; i++)
		if (*put[i].sha && put[i].rc == 0)
			let_go(p, put[i].sha, rc == 0);
	for (size_t i = 0; rc == 0 && i < f.n_gone; i++)
		document_forget(p, f.gone[i]);
	free(put);
	free(f.output);
	free(f.gone);
	if (rc == 0 || rc == -ESTALE)
		live_end(p, w->task.row_id, w->task.fence);
	return rc;
}

static int64_t retry_delay_ms(struct platform *p, int64_t attempts)
{
	int64_t delay = settings_int(p, SETTING_RETRY_DELAY);

	for (int64_t i = 1; i < attempts && delay < 3600000; i++)
		delay *= 2;
	return delay;
}

static int tell_engine_failed(struct tx *tx, const struct task *t, const char *sentence, struct err *e)
{
	return event_emit(tx, "mcp.failed", t->row_id, t->engagement_row,
			  json_pack("{s:s, s:s, s:s, s:s}", "mcp_id", t->mcp, "task_id", t->id, "status", "failed",
				    "error_message", sentence),
			  e);
}

static int fail(struct tx *tx, void *arg, struct err *e)
{
	struct finish *f = arg;
	struct task t;
	int rc = own(tx, f->w, &t, e);

	if (rc < 0)
		return rc;
	rc = live_store(f->p, tx, &t, e);
	row_set_text(&t.error_message, f->sentence);
	add_usage(&t, f->w);
	if (f->giveback)
		t.attempts--;
	t.not_before = f->giveback ? 0 : clock_now_ms() + retry_delay_ms(f->p, t.attempts);
	if (rc == 0)
		rc = task_move(tx, &t,
			       f->giveback || (f->fault != WORK_FAULT_STAYS &&
					       t.attempts < settings_int(f->p, SETTING_TASK_ATTEMPTS))
				       ? TASK_TODO
				       : TASK_FAILED,
			       MOVER_WORKER, e);
	if (rc == 0 && f->fault == WORK_FAULT_ENGINE)
		rc = tell_engine_failed(tx, &t, f->sentence, e);
	task_release(&t);
	return rc;
}

static int hand_in_failure(struct finish *f, struct err *e)
{
	int rc = store_write(f->p->store, fail, f, e);

	if (rc == 0 || rc == -ESTALE)
		live_end(f->p, f->w->task.row_id, f->w->task.fence);
	return rc;
}

int work_fail(struct platform *p, const struct work *w, const char *sentence, enum work_fault fault, struct err *e)
{
	return hand_in_failure(&(struct finish){ .p = p, .w = w, .sentence = sentence, .fault = fault }, e);
}

int work_giveback(struct platform *p, const struct work *w, struct err *e)
{
	return hand_in_failure(&(struct finish){ .p = p, .w = w, .giveback = true }, e);
}

void work_abandon(struct platform *p, const struct work *w)
{
	live_end(p, w->task.row_id, w->task.fence);
}

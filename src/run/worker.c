#include "run/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/log.h"
#include "platform/delivery.h"
#include "platform/model.h"
#include "platform/event.h"
#include "platform/settings.h"
#include "platform/trash.h"
#include "platform/work.h"

#define LOOK_AGAIN_MS  30000 /* leases of other hosts may have ended */
#define KEEP_EVERY_MS  1000
#define SWEEP_EVERY_MS 3600000
#define FAULT_PAUSE_MS 1000 /* the store fails: do not spin */

/* A task that this process works on. */
struct running {
	int64_t task_row, fence;
	struct mcp_cancel *cancel;
	struct running *next;
};

struct workers {
	struct platform *p;
	struct mcp_host *host;
	const struct mcp_catalog *catalog;
	const struct worker_models *models;
	pthread_mutex_t lock;
	pthread_cond_t wake, keep;
	unsigned kicks; /* changes that may have made work, not looked at yet */
	bool stopping;
	struct running *running;
	size_t n_busy, n;
	pthread_t keeper;
	pthread_t thread[];
};

static void enter(struct workers *w, struct running *r)
{
	pthread_mutex_lock(&w->lock);
	r->next = w->running;
	w->running = r;
	w->n_busy++;
	if (w->stopping)
		mcp_cancel_raise(r->cancel);
	pthread_cond_signal(&w->keep);
	pthread_mutex_unlock(&w->lock);
}

static void leave(struct workers *w, struct running *r)
{
	struct running **at = &w->running;

	pthread_mutex_lock(&w->lock);
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	w->n_busy--;
	pthread_mutex_unlock(&w->lock);
}

/* What callbacks of a call get. */
struct telling {
	struct platform *p;
	struct work *work;
	const struct mcp_manifest *mcp;
	const struct worker_models *models;
	struct mcp_cancel *cancel;
	void *gate;
};

static void on_progress(void *ud, double percent, const char *message)
{
	struct telling *t = ud;

	work_progress(t->p, t->work, percent < 0 ? -1 : (int)percent, message);
}

static void on_log(void *ud, const char *level, const char *line)
{
	struct telling *t = ud;
	auto_free char *text = xasprintf("%s: %s", level, line);

	work_log(t->p, t->work, text);
}

static int open_models(void *ud, const char *path, struct err *e)
{
	struct telling *t = ud;
	auto_free char *whom = xasprintf("task '%s'", t->work->task.name);
	int rc = t->models->open(t->models->ud, t->mcp, path, whom, t->cancel, &t->gate, e);

	return rc < 0 ? err_add(e, rc, "the models of MCP '%s'", t->mcp->id) : rc;
}

static void close_models(void *ud)
{
	struct telling *t = ud;
	struct worker_usage u = { 0 };

	t->models->close(t->models->ud, t->gate, &u);
	t->work->tokens += u.tokens;
	t->work->model_ms += u.ms;
	if (u.requests == 0)
		return;
	auto_free char *line =
		xasprintf("info: models answered %" PRIu64 " of %" PRIu64 " requests, %" PRId64 " tokens in %.1f s",
			  u.requests - u.failures, u.requests, u.tokens, (double)u.ms / 1000);

	work_log(t->p, t->work, line);
}

/* True when the tool takes documents and cannot do without. */
static bool needs_document(const struct mcp_manifest *m, const char *tool)
{
	const json_t *schema = json_object_get(manifest_tool(m, tool), "inputSchema");
	json_t *key;
	size_t i;

	json_array_foreach (json_object_get(schema, "required"), i, key)
		if (m->input_key && json_is_string(key) && streq(json_string_value(key), m->input_key))
			return true;
	return false;
}

static int call_engine(struct workers *w, struct work *work, struct running *r, struct mcp_result *out, struct err *e)
{
	struct telling t = { .p = w->p,
			     .work = work,
			     .mcp = catalog_find(w->catalog, work->task.mcp),
			     .models = w->models,
			     .cancel = r->cancel };
	auto_free char *paths = xmalloc(work->n_documents * PATH_MAX);
	auto_free struct mcp_document *docs = xcalloc(work->n_documents, sizeof(*docs));
	struct mcp_call call = { .mcp = t.mcp,
				 .tool = work->task.tool,
				 .arguments = work->arguments,
				 .documents = docs,
				 .n_documents = work->n_documents,
				 .timeout_ms = settings_int(w->p, SETTING_TASK_TIMEOUT) * 1000,
				 .cancel = r->cancel,
				 .on_progress = on_progress,
				 .on_log = on_log,
				 .open_models = w->models ? open_models : NULL,
				 .close_models = close_models,
				 .ud = &t };

	if (!call.mcp)
		return err_set(e, -ENOENT, "MCP '%s' is not installed on this host", work->task.mcp);
	if (work->n_documents == 0 && needs_document(call.mcp, call.tool))
		return err_set(e, -EINVAL, "MCP '%s' works on documents: name one in the request's data.file_path",
			       work->task.mcp);
	for (size_t i = 0; i < work->n_documents; i++) {
		docs[i].name = work->document[i].name;
		docs[i].path = blob_path(w->p->blobs, work->document[i].sha256, paths + i * PATH_MAX);
	}
	return mcp_host_call(w->host, &call, out, e);
}

static int hand_in(struct workers *w, const struct work *work, const struct mcp_result *result, struct err *e)
{
	auto_free struct work_output *output = xcalloc(result->n_outputs, sizeof(*output));
	json_t *usage = json_object_get(result->meta, "usage");
	struct outcome o = { .result = result->structured,
			     .output = output,
			     .n_outputs = result->n_outputs,
			     .tokens = json_integer_value(json_object_get(usage, "tokens")) };

	for (size_t i = 0; i < result->n_outputs; i++)
		output[i] = (struct work_output){ result->outputs[i].name, result->outputs[i].bytes,
						  result->outputs[i].len };
	return work_succeed(w->p, work, &o, e);
}

static bool is_full(int rc)
{
	return rc == -ENOSPC || rc == -EDQUOT;
}

/*
 * What may pass: a server that died or did not start, a disk that could not take the result. A document that takes too
 * long would do so again.
 */
static enum work_fault fault_of(int rc, const struct mcp_result *result)
{
	if (rc == -ECONNRESET || rc == -ECHILD)
		return WORK_FAULT_ENGINE;
	if (rc == -EIO || (rc == -EREMOTEIO && json_is_true(json_object_get(result->meta, "retry"))))
		return WORK_FAULT_PASSES;
	return WORK_FAULT_STAYS;
}

static int finish(struct workers *w, const struct work *work, int rc, const struct mcp_result *result, bool stopping,
		  struct err *e)
{
	struct err none = ERR_INIT;

	if (rc == -ECANCELED && stopping)
		return work_giveback(w->p, work, &none);
	if (rc == 0 && !result->structured)
		return work_fail(w->p, work, "the engine gave no structured result", WORK_FAULT_STAYS, &none);
	if (rc == 0) {
		rc = hand_in(w, work, result, e);
		if (rc == 0 || rc == -ESTALE || is_full(rc))
			return rc;
	}
	return work_fail(w->p, work, rc == -EREMOTEIO && result->text ? result->text : e->text, fault_of(rc, result),
			 &none);
}

static bool is_stopping(struct workers *w)
{
	bool stopping;

	pthread_mutex_lock(&w->lock);
	stopping = w->stopping;
	pthread_mutex_unlock(&w->lock);
	return stopping;
}

static void pause_worker(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	if (!w->stopping)
		cond_wait_until(&w->wake, &w->lock, clock_mono_ms() + FAULT_PAUSE_MS);
	pthread_mutex_unlock(&w->lock);
}

/* A full disk is no reason to throw away what was worked out: it waits for room, in memory. */
static int finish_when_room(struct workers *w, const struct work *work, int called, const struct mcp_result *result,
			    struct err *e)
{
	int rc = finish(w, work, called, result, is_stopping(w), e);

	if (is_full(rc))
		log_warn("task '%s': its outcome waits until the disk has room", work->task.name);
	while (is_full(rc) && !is_stopping(w)) {
		pause_worker(w);
		rc = finish(w, work, called, result, false, e);
	}
	return rc;
}

static void do_work(struct workers *w, struct work *work)
{
	struct running r = { .task_row = work->task.row_id, .fence = work->task.fence, .cancel = mcp_cancel_new() };
	struct mcp_result result = { 0 };
	struct err e = ERR_INIT;
	int rc;

	enter(w, &r);
	if (!work_owned(w->p, work)) /* taken away before the change feed could tell r */
		mcp_cancel_raise(r.cancel);
	rc = call_engine(w, work, &r, &result, &e);
	rc = finish_when_room(w, work, rc, &result, &e);
	leave(w, &r);
	if (rc == -ESTALE)
		log_debug("task '%s': its outcome is not wanted any more", work->task.name);
	else if (rc < 0)
		log_error("task '%s': its outcome could not be stored (%s); its lease will end", work->task.name,
			  err_name(rc));
	if (rc < 0)
		work_abandon(w->p, work);
	mcp_result_release(&result);
	mcp_cancel_free(r.cancel);
}

/* Until there may be work: a kick, or the time at which a task in todo becomes ready. */
static void wait_for_work(struct workers *w)
{
	int64_t ms = work_wait_ms(w->p);

	if (ms < 0 || ms > LOOK_AGAIN_MS)
		ms = LOOK_AGAIN_MS;
	pthread_mutex_lock(&w->lock);
	if (!w->kicks && !w->stopping && ms > 0)
		cond_wait_until(&w->wake, &w->lock, clock_mono_ms() + ms);
	if (w->kicks)
		w->kicks--;
	pthread_mutex_unlock(&w->lock);
}

static void *worker_run(void *arg)
{
	struct workers *w = arg;
	bool told = false;

	while (!is_stopping(w)) {
		struct err e = ERR_INIT;
		struct work work;
		int rc = work_claim(w->p, &work, &e);

		if (rc < 0 && !told)
			log_error("no task can be claimed: %s", e.text);
		told = rc < 0;
		if (rc > 0) {
			do_work(w, &work);
			work_release(&work);
		} else if (rc == 0) {
			wait_for_work(w);
		} else {
			pause_worker(w);
		}
	}
	return NULL;
}

/* Progress, log lines and leases once a second while there is work; what is too old once an hour. */
static void *keeper_run(void *arg)
{
	struct workers *w = arg;
	int64_t next_sweep = 0;
	bool told = false;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		int64_t now = clock_mono_ms();
		struct err e = ERR_INIT;
		bool busy = w->n_busy > 0;
		int rc = 0;

		pthread_mutex_unlock(&w->lock);
		if (busy)
			rc = work_keep(w->p, &e);
		if (rc == 0 && now >= next_sweep) {
			rc = trash_sweep(w->p, &e);
			if (rc >= 0)
				rc = event_sweep(w->p, &e);
			if (rc >= 0)
				rc = delivery_sweep(w->p, &e);
			if (rc >= 0)
				rc = model_sweep(w->p, &e);
			next_sweep = now + SWEEP_EVERY_MS;
		}
		if (rc < 0 && !told)
			log_error("housekeeping failed: %s", e.text);
		told = rc < 0;
		pthread_mutex_lock(&w->lock);
		if (!w->stopping)
			cond_wait_until(&w->keep, &w->lock,
					clock_mono_ms() + (w->n_busy ? KEEP_EVERY_MS : SWEEP_EVERY_MS));
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void take_away(struct workers *w, int64_t task_row)
{
	for (struct running *r = w->running; r; r = r->next)
		if (r->task_row == task_row)
			mcp_cancel_raise(r->cancel);
}

void workers_changes(struct workers *w, const struct change *c, size_t n)
{
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < n; i++) {
		bool todo = c[i].kind == CHANGE_TASK && c[i].now == TASK_TODO;
		bool moved = c[i].kind == CHANGE_TASK && c[i].now != CHANGE_NONE && c[i].now != c[i].was;

		if (moved && c[i].was == TASK_IN_PROGRESS) /* another name is no other state: the work goes on */
			take_away(w, c[i].row);
		if ((todo || c[i].kind == CHANGE_LIVE) && w->kicks < w->n) {
			w->kicks++;
			pthread_cond_signal(&w->wake);
		}
	}
	pthread_mutex_unlock(&w->lock);
}

/* True when one more works. */
static bool start_worker(struct workers *w)
{
	bool started;

	pthread_mutex_lock(&w->lock);
	started = pthread_create(&w->thread[w->n], NULL, worker_run, w) == 0;
	w->n += started;
	pthread_mutex_unlock(&w->lock);
	return started;
}

int workers_start(struct platform *p, struct mcp_host *host, const struct mcp_catalog *catalog,
		  const struct worker_models *models, size_t n, struct workers **out, struct err *e)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct workers *w;
	size_t want = n ? n : cores > 0 ? (size_t)cores : 1;

	w = xcalloc(1, sizeof(*w) + want * sizeof(w->thread[0]));
	w->p = p;
	w->host = host;
	w->catalog = catalog;
	w->models = models;
	pthread_mutex_init(&w->lock, NULL);
	cond_init(&w->wake);
	cond_init(&w->keep);
	*out = w; /* before there are threads: what they change comes back by workers_changes */
	if (pthread_create(&w->keeper, NULL, keeper_run, w) != 0) {
		*out = NULL;
		free(w);
		return err_set(e, -EAGAIN, "no thread for the housekeeping");
	}
	while (w->n < want && start_worker(w))
		;
	if (w->n == 0) {
		*out = NULL;
		workers_stop(w);
		return err_set(e, -EAGAIN, "no thread for a worker");
	}
	return 0;
}

void workers_stop(struct workers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	for (struct running *r = w->running; r; r = r->next)
		mcp_cancel_raise(r->cancel);
	pthread_cond_broadcast(&w->wake);
	pthread_cond_broadcast(&w->keep);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->n; i++)
		pthread_join(w->thread[i], NULL);
	pthread_join(w->keeper, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->keep);
	free(w);
}

json_t *workers_health(struct workers *w)
{
	json_t *health;

	pthread_mutex_lock(&w->lock);
	health = json_pack("{s:s, s:i, s:i}", "state", "ok", "threads", (int)w->n, "busy", (int)w->n_busy);
	pthread_mutex_unlock(&w->lock);
	return health;
}

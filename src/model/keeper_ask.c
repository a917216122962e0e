/* Requests: who may enter a model, who waits, and what a person orders through ctl. */
#include "model/keeper_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/crypto.h"
#include "base/log.h"
#include "platform/model.h"
#include "platform/party.h"

#define VERB_MS 2000 /* a verb waits so long for its end */

/* What a request in a model needs until it leaves; the spec may change meanwhile. */
struct permit {
	char *served_as, *authorization;
	struct call_place remote;
};

struct want *want_add(struct kept *m, const char *for_whom, bool enters)
{
	struct keeper *k = m->keeper;
	struct want *w = xcalloc(1, sizeof(*w));

	*w = (struct want){ .model = m, .number = ++k->next_number, .enters = enters };
	snprintf(w->for_whom, sizeof(w->for_whom), "%s", for_whom);
	*k->last_want = w;
	k->last_want = &w->next;
	return w;
}

void want_end(struct keeper *k, struct want *w, int rc, const struct err *why)
{
	struct want **at = &k->wants;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (!*at)
		k->last_want = at;
	w->done = true;
	w->rc = rc;
	if (rc < 0)
		w->why = *why;
	if (w->detached)
		free(w);
	else
		pthread_cond_broadcast(&k->changed);
}

struct want *want_first(const struct kept *m)
{
	struct want *w = m->keeper->wants;

	while (w && w->model != m)
		w = w->next;
	return w;
}

static bool is_coming(const struct kept *m)
{
	return m->move == MOVE_LOAD || m->move == MOVE_WAKE;
}

static bool takes_requests(const struct kept *m, uint64_t number)
{
	if (m->gone || m->in_use >= (unsigned)m->spec.parallel)
		return false;
	if (m->state == MODEL_REMOTE)
		return true;
	/* a load that has come so far is only being written down */
	return m->state == MODEL_RESIDENT && (!m->move || is_coming(m)) && !m->outdated &&
	       (!m->drained_by || number < m->drained_by || number <= m->batch);
}

static void note_use(struct kept *m)
{
	m->in_use++;
	m->last_used_ms = clock_mono_ms();
	m->memory.last_used_at = clock_now_ms();
	m->memory.requests++;
	m->dirty = true;
}

static bool is_there(const struct kept *m)
{
	return m->state == MODEL_REMOTE || m->state == MODEL_RESIDENT;
}

void want_grant(struct keeper *k)
{
	for (struct want *w = k->wants, *next; w; w = next) {
		struct kept *m = w->model;

		next = w->next;
		if (!w->enters && is_there(m)) {
			want_end(k, w, 0, NULL);
		} else if (w->enters && takes_requests(m, w->number)) {
			note_use(m);
			want_end(k, w, 0, NULL);
		}
	}
}

void want_fail(struct kept *m, int rc, const struct err *why)
{
	for (struct want *w; (w = want_first(m));)
		want_end(m->keeper, w, rc, why);
}

static unsigned count_waiting(const struct kept *m)
{
	unsigned n = 0;

	for (const struct want *w = m->keeper->wants; w; w = w->next)
		n += w->model == m && w->enters;
	return n;
}

static void wake_waiters(void *ud)
{
	struct keeper *k = ud;

	pthread_mutex_lock(&k->lock);
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
}

/* Takes w from the list when its time is over or nobody wants it any more. With the lock. */
static int wait_for(struct keeper *k, struct want *w, int64_t until_ms, struct mcp_cancel *cancel, struct err *e)
{
	struct kept *m = w->model;

	while (!w->done) {
		bool given_up = true;

		if (mcp_cancel_raised(cancel))
			want_end(k, w, err_set(e, -ECANCELED, "the request for '%s' was cancelled", m->spec.name), e);
		else if (cond_wait_until(&k->changed, &k->lock, until_ms) == ETIMEDOUT && !w->done)
			want_end(k, w,
				 err_set(e, -ETIMEDOUT, "the model '%s' was not free within %jd seconds: it is %s%s%s",
					 m->spec.name, (intmax_t)m->spec.max_wait_s, model_state_words[m->state],
					 *m->reason ? ", " : "", m->reason),
				 e);
		else
			given_up = false;
		if (given_up && m->state == MODEL_UNLOADED && !m->move && !want_first(m))
			keeper_say(m, MODEL_UNLOADED, "%s", ""); /* nobody waits for room any more */
	}
	if (w->rc < 0 && e)
		*e = w->why;
	return w->rc;
}

/* In the order in which they came: who comes while others wait stands behind them. */
static int get_place(struct keeper *k, struct kept *m, const char *for_whom, struct mcp_cancel *cancel, struct err *e)
{
	int64_t until = clock_mono_ms() + m->spec.max_wait_s * 1000;
	unsigned n = count_waiting(m);
	struct want *w;
	int rc;

	if (k->stopping)
		return err_set(e, -ECANCELED, "the mount is ending");
	if (n == 0 && takes_requests(m, UINT64_MAX)) {
		note_use(m);
		return 0;
	}
	if (n >=
	    (unsigned)m->spec.queue + (m->state == MODEL_RESIDENT && !m->drained_by ? 0 : (unsigned)m->spec.parallel))
		return err_set(e, -EBUSY, "%u requests wait for the model '%s' already", n, m->spec.name);
	w = want_add(m, for_whom, true);
	keeper_kick(k);
	rc = wait_for(k, w, until, cancel, e);
	free(w);
	return rc;
}

static char *without_last_slash(const char *url)
{
	size_t len = strlen(url);

	while (len && url[len - 1] == '/')
		len--;
	return xstrndup(url, len);
}

/* The key is read without the lock: it lies in the store. */
static int make_permit(struct keeper *k, const struct model *spec, struct permit **out, struct err *e)
{
	struct permit *permit = xcalloc(1, sizeof(*permit));
	auto_free char *key = NULL;
	int rc = spec->runner == RUNNER_REMOTE ? model_key(k->p, spec, &key, e) : 0;

	*out = permit;
	permit->served_as = xstrdup(spec->served_as ? spec->served_as : spec->name);
	if (spec->runner == RUNNER_REMOTE)
		permit->remote.url = without_last_slash(spec->url);
	if (key) {
		permit->authorization = xasprintf("Authorization: Bearer %s", key);
		crypto_wipe(key, strlen(key));
	}
	return rc;
}

static void free_permit(struct permit *permit)
{
	if (!permit)
		return;
	if (permit->authorization)
		crypto_wipe(permit->authorization, strlen(permit->authorization));
	free(permit->authorization);
	free(permit->served_as);
	free(permit->remote.url);
	free(permit);
}

int keeper_enter(struct keeper *k, const char *model, const char *for_whom, struct mcp_cancel *cancel,
		 struct keeper_use *out, struct err *e)
{
	struct err own = ERR_INIT, *why = e ? e : &own;
	int64_t began = clock_mono_ms();
	struct model spec = { 0 };
	struct kept *m;
	int rc;

	*out = (struct keeper_use){ .model = NULL };
	mcp_cancel_watch(cancel, wake_waiters, k);
	pthread_mutex_lock(&k->lock);
	keeper_wait_fresh(k);
	m = keeper_find(k, model);
	rc = m ? model_ready(&m->spec, why)
	       : err_set(why, -ENOENT, "there is no model '%s'; models/ has those there are", model);
	if (m && rc < 0)
		rc = err_add(why, -ENOTSUP, "the model '%s'", model);
	else if (m)
		rc = get_place(k, m, for_whom, cancel, why);
	if (m && rc == 0) {
		out->model = m;
		out->waited_ms = clock_mono_ms() - began;
		out->place = m->server ? inference_place(m->server) : NULL;
		rc = row_copy(&model_table, &spec, &m->spec);
	}
	pthread_mutex_unlock(&k->lock);
	mcp_cancel_watch(cancel, NULL, NULL);
	if (rc == 0)
		rc = make_permit(k, &spec, &out->permit, why);
	row_release(&model_table, &spec);
	if (rc < 0) {
		if (out->model)
			keeper_leave(k, out, 0, KEEPER_ANSWERED);
		return rc;
	}
	out->served_as = out->permit->served_as;
	out->authorization = out->permit->authorization;
	if (!out->place)
		out->place = &out->permit->remote;
	return 0;
}

bool keeper_offers(struct keeper *k, const char *model)
{
	const struct kept *m;
	bool offers;

	pthread_mutex_lock(&k->lock);
	keeper_wait_fresh(k);
	m = keeper_find(k, model);
	offers = m && model_ready(&m->spec, NULL) == 0;
	pthread_mutex_unlock(&k->lock);
	return offers;
}

void keeper_leave(struct keeper *k, struct keeper_use *use, int64_t tokens, enum keeper_end end)
{
	struct kept *m = use->model;
	bool broken = end == KEEPER_BROKEN;

	pthread_mutex_lock(&k->lock);
	m->in_use--;
	if (m->refused && !m->in_use)
		keeper_say(m, m->state, "%s", "");
	if (m->state == MODEL_REMOTE)
		keeper_say(m, MODEL_REMOTE, "%s", broken ? "it could not be reached, or broke off" : "");
	m->last_used_ms = clock_mono_ms();
	m->memory.last_used_at = clock_now_ms();
	m->memory.tokens += tokens;
	m->memory.failures += broken;
	m->doubted = m->doubted || (end == KEEPER_SILENT && m->server);
	m->dirty = true;
	if (k->wants || m->outdated || m->gone || m->state == MODEL_FAILED || m->spec.keep_alive_s != INT_NULL ||
	    broken || m->doubted)
		keeper_kick(k);
	want_grant(k);
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
	free_permit(use->permit);
	*use = (struct keeper_use){ .model = NULL };
}

/* --- what a person orders --- */

const char *const keeper_verb_words[] = {
	[KEEPER_LOAD] = "load",   [KEEPER_UNLOAD] = "unload", [KEEPER_PIN] = "pin",   [KEEPER_UNPIN] = "unpin",
	[KEEPER_SLEEP] = "sleep", [KEEPER_WAKE] = "wake",     [N_KEEPER_VERBS] = NULL
};

/* What cannot be done at once is refused here; a request of an MCP would wait. */
static int may_load(struct kept *m, struct err *e)
{
	struct keeper *k = m->keeper;
	struct plan plan;
	int rc = 0;

	if (is_there(m) || is_coming(m))
		return 0;
	if (m->move)
		return err_set(e, -EBUSY, "the model '%s' is being unloaded", m->spec.name);
	keeper_measure(k);
	if (m->gone)
		return err_set(e, -ENOENT, "the model is gone");
	keeper_plan(k, m, &plan, e);
	if (plan.result == PLAN_NEVER)
		rc = plan.rc;
	else if (plan.result == PLAN_WAIT && plan.n_evict)
		rc = -EBUSY;
	else
		m->retry_ms = 0;
	plan_release(&plan);
	return rc;
}

/* With the lock: the end of what was begun, or 0 when it takes longer. */
static int load_now(struct kept *m, struct err *e)
{
	struct keeper *k = m->keeper;
	int64_t until = clock_mono_ms() + VERB_MS;
	struct want *w;
	int rc = model_ready(&m->spec, e) < 0 ? err_add(e, -ENOTSUP, "the model '%s'", m->spec.name) : may_load(m, e);

	if (rc < 0 || is_there(m))
		return rc;
	w = want_add(m, "ctl", false);
	keeper_kick(k);
	while (!w->done && cond_wait_until(&k->changed, &k->lock, until) != ETIMEDOUT)
		;
	if (!w->done) {
		w->detached = true;
		return 0;
	}
	rc = w->rc;
	if (rc < 0)
		*e = w->why;
	free(w);
	return rc;
}

/* Until the move is over or well under way. */
static int move_now(struct kept *m, enum move move, const char *why, struct err *e)
{
	int64_t until = clock_mono_ms() + VERB_MS;

	keeper_move(m, move, "", why);
	if (m->move != move)
		return err_set(e, -EAGAIN, "no thread to be had for the model '%s'", m->spec.name);
	while (m->move == move && cond_wait_until(&m->keeper->changed, &m->keeper->lock, until) != ETIMEDOUT)
		;
	if (!m->move && m->state == MODEL_RESIDENT)
		return err_set(e, -EIO, "%s", m->reason);
	return 0;
}

/* What keeps a resident model where it is. */
static int may_leave(const struct kept *m, struct err *e)
{
	if (m->spec.pinned)
		return err_set(e, -EBUSY, "the model '%s' is pinned: write unpin first", m->spec.name);
	if (m->in_use)
		return err_set(e, -EBUSY, "the model '%s' is in use: it answers %u request%s", m->spec.name, m->in_use,
			       m->in_use == 1 ? "" : "s");
	if (m->move)
		return err_set(e, -EBUSY, "the model '%s' is %s now", m->spec.name, model_state_words[m->state]);
	return 0;
}

static int unload_now(struct kept *m, struct err *e)
{
	int rc;

	if (!m->spec.pinned && m->move == MOVE_LOAD) {
		mcp_cancel_raise(m->cancel);
		return 0;
	}
	if (!m->spec.pinned && (!m->server || m->move == MOVE_UNLOAD))
		return 0;
	rc = may_leave(m, e);
	return rc < 0 ? rc : move_now(m, MOVE_UNLOAD, "unloaded by ctl", e);
}

static int sleep_now(struct kept *m, struct err *e)
{
	int rc;

	if (!keeper_may_sleep(m))
		return err_set(e, -ENOTSUP, "the spec of '%s' names no sleep and wake", m->spec.name);
	if (m->state == MODEL_ASLEEP)
		return 0;
	if (m->state != MODEL_RESIDENT)
		return err_set(e, -EBUSY, "the model '%s' is %s, not resident", m->spec.name,
			       model_state_words[m->state]);
	rc = may_leave(m, e);
	return rc < 0 ? rc : move_now(m, MOVE_SLEEP, "put to sleep by ctl", e);
}

static int wake_now(struct kept *m, struct err *e)
{
	if (m->state != MODEL_ASLEEP && m->state != MODEL_RESIDENT)
		return err_set(e, -EBUSY, "the model '%s' is %s, not asleep", m->spec.name,
			       model_state_words[m->state]);
	return load_now(m, e);
}

/* Kept in the spec, so that it lasts; the change feed brings it back here. */
static int set_pinned(struct keeper *k, int64_t row_id, bool pinned, struct err *e)
{
	struct actor who;

	actor_of(k->p, getuid(), &who);
	return party_set(k->p, PARTY_MODEL, row_id, field_find(&model_table, "pinned"), pinned ? "true" : "false", &who,
			 e);
}

/* What is on its way elsewhere is waited for, but not a load: that may take minutes, and can be cut short. */
static void wait_still(struct kept *m)
{
	int64_t until = clock_mono_ms() + VERB_MS;

	while (m->move && (m->move != MOVE_LOAD || is_there(m)) &&
	       cond_wait_until(&m->keeper->changed, &m->keeper->lock, until) != ETIMEDOUT)
		;
}

static int obey(struct kept *m, int (*now)(struct kept *, struct err *), struct err *e)
{
	int rc;

	m->watched++;
	wait_still(m);
	if (m->refused)
		keeper_say(m, m->state, "%s", "");
	rc = m->gone ? err_set(e, -ENOENT, "the model is gone") : now(m, e);
	if (rc < 0 && !m->move && m->state != MODEL_FAILED) { /* what made it fail says more */
		keeper_say(m, m->state, "%s", e->text);
		m->refused = true;
	}
	m->watched--;
	return rc;
}

int keeper_do(struct keeper *k, int64_t row_id, enum keeper_verb verb, struct err *e)
{
	static int (*const now[N_KEEPER_VERBS])(struct kept *, struct err *) = {
		[KEEPER_LOAD] = load_now,
		[KEEPER_UNLOAD] = unload_now,
		[KEEPER_SLEEP] = sleep_now,
		[KEEPER_WAKE] = wake_now,
	};
	struct kept *m;
	int rc;

	if (!now[verb])
		return set_pinned(k, row_id, verb == KEEPER_PIN, e);
	pthread_mutex_lock(&k->lock);
	keeper_wait_fresh(k);
	m = keeper_find_row(k, row_id);
	if (!m)
		rc = err_set(e, -ENOENT, "the model is gone");
	else if (m->spec.runner == RUNNER_REMOTE)
		rc = err_set(e, -ENOTSUP, "the model '%s' is remote: there is nothing to load here", m->spec.name);
	else
		rc = obey(m, now[verb], e);
	pthread_mutex_unlock(&k->lock);
	return rc;
}

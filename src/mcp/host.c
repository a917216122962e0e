#include "mcp/host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "mcp/schema.h"
#include "mcp/session.h"
#include "mcp/text.h"

#define FIRST_PAUSE_MS 200 /* before the second start in a row; it doubles */
#define MAX_PAUSE_MS   30000

#ifndef __has_feature
#define __has_feature(x) 0
#endif

/* One run of a server. Freed by whoever leaves it last once it is no longer the server's. */
struct run {
	struct mcp_session *session;
	unsigned users;
	bool counted; /* its end is already one of the server's failures */
};

/* One server, by id; lives as long as the host. All but the first four fields are under the host's lock. */
struct server {
	struct server *next;
	struct mcp_host *host;
	char *id, *dir; /* dir: run_dir/mcp/ID */
	char *in_dir;
	char *tmp_dir;
	char *version;
	struct run *run;          /* NULL: off */
	struct mcp_cancel *start; /* somebody is in session_open, and this ends it */
	unsigned failures;        /* in a row: starts that failed, runs that died */
	int64_t next_start_ms;
	uint64_t calls, errors, starts, noise; /* noise: of runs that are over */
	char last_error[400];
};

struct mcp_host {
	struct spawner *spawner;
	char *dir; /* run_dir/mcp */
	bool view; /* servers have a file system of their own */
	mcp_line_fn *on_line;
	void *ud;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	bool closing;
	uint64_t next_call;
	struct server *servers;
};

static struct server *find_server(struct mcp_host *h, const char *id)
{
	for (struct server *s = h->servers; s; s = s->next)
		if (streq(s->id, id))
			return s;
	return NULL;
}

/* --- a server's directories --- */

static int make_dir(const char *path, mode_t mode, struct err *e)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return err_errno(e, "make the directory '%s'", path);
	/* the umask may have taken what the sandbox's user needs */
	return chmod(path, mode) < 0 ? err_errno(e, "set the mode of '%s'", path) : 0;
}

static struct server *add_server(struct mcp_host *h, const struct mcp_manifest *m)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->host = h;
	s->id = xstrdup(m->id);
	s->dir = xasprintf("%s/%s", h->dir, m->id);
	s->in_dir = xasprintf("%s/in", s->dir);
	s->tmp_dir = xasprintf("%s/tmp", s->dir);
	s->next = h->servers;
	h->servers = s;
	return s;
}

static int make_dirs(const struct server *s, struct err *e)
{
	int rc = make_dir(s->dir, 0755, e);

	if (rc == 0)
		rc = make_dir(s->in_dir, 0755, e);
	if (rc == 0)
		rc = make_dir(s->tmp_dir, 0700, e);
	return rc;
}

/* --- starting --- */

static void on_server_line(void *ud, const char *level, const char *line)
{
	const struct server *s = ud;

	if (s->host->on_line)
		s->host->on_line(s->host->ud, s->id, level, line);
	else
		log_debug("%s: %s: %s", s->id, level, line);
}

static size_t count_strings(char **strings)
{
	size_t n = 0;

	while (strings[n])
		n++;
	return n;
}

/* Nothing of our own environment: what a server needs and what its manifest declares, which comes last and wins. */
static const char **make_env(const struct server *s, const struct mcp_manifest *m, char **tmp)
{
	size_t n = 0;
	const char **env = xcalloc(count_strings(m->env) + 8, sizeof(*env));

	*tmp = xasprintf("TMPDIR=%s", s->host->view ? "/tmp" : s->tmp_dir);
	env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
	env[n++] = "HOME=/";
	env[n++] = "LANG=C.UTF-8";
	env[n++] = *tmp;
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
	/* the search for leaks traces the process, which the sandbox refuses */
	env[n++] = "ASAN_OPTIONS=detect_leaks=0";
#endif
	for (char **one = m->env; *one; one++)
		env[n++] = *one;
	return env;
}

static int start_session(struct server *s, const struct mcp_manifest *m, struct mcp_cancel *cancel,
			 struct mcp_session **out, struct err *e)
{
	const char *dirs[] = { m->dir, NULL };
	auto_free char *tmp = NULL;
	auto_free const char **env = make_env(s, m, &tmp);
	struct session_conf conf = {
		.spawner = s->host->spawner,
		.name = m->id,
		.spawn = { .argv = (const char *const *)m->argv,
			   .env = env,
			   .sandbox = { .dirs = dirs,
					.in_dir = s->in_dir,
					.tmp_dir = s->tmp_dir,
					.limits = m->limits } },
		.timeouts = m->timeouts,
		.on_line = on_server_line,
		.ud = s,
	};

	return session_open(&conf, cancel, out, e);
}

static int64_t pause_ms(unsigned failures)
{
	/* a first death may be one document's fault */
	if (failures < 2)
		return 0;
	return failures > 9 ? MAX_PAUSE_MS : (int64_t)FIRST_PAUSE_MS << (failures - 2);
}

/* With the lock. */
static void count_failure(struct server *s, const char *why)
{
	s->failures++;
	s->next_start_ms = clock_mono_ms() + pause_ms(s->failures);
	snprintf(s->last_error, sizeof(s->last_error), "%s", why);
	text_clean(s->last_error);
	log_warn("%s: %s", s->id, s->last_error);
}

/* With the lock: forget the run; close it unless somebody still uses it. Leaves the lock while it closes. */
static void drop_run(struct server *s)
{
	struct run *run = s->run;
	struct session_info info;

	if (!run)
		return;
	session_info(run->session, &info);
	s->noise += info.noise;
	s->run = NULL;
	if (run->users > 0)
		return;
	pthread_mutex_unlock(&s->host->lock);
	session_close(run->session);
	free(run);
	pthread_mutex_lock(&s->host->lock);
}

static void wake_host(void *ud)
{
	struct mcp_host *h = ud;

	pthread_mutex_lock(&h->lock);
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

static void pass_cancel(void *start)
{
	mcp_cancel_raise(start);
}

/* Without the lock. The start ends when its caller is cancelled, and when the host closes (which raises s->start). */
static int start_cancellable(struct server *s, const struct mcp_call *call, struct mcp_session **out, struct err *e)
{
	int rc;

	mcp_cancel_watch(call->cancel, pass_cancel, s->start);
	if (mcp_cancel_raised(call->cancel))
		mcp_cancel_raise(s->start);
	rc = start_session(s, call->mcp, s->start, out, e);
	mcp_cancel_watch(call->cancel, wake_host, s->host);
	return rc;
}

/* With the lock, which it leaves meanwhile: start the server. */
static int start(struct server *s, const struct mcp_call *call, struct err *e)
{
	struct mcp_host *h = s->host;
	struct mcp_session *session = NULL;
	int rc;

	s->start = mcp_cancel_new();
	pthread_mutex_unlock(&h->lock);
	rc = make_dirs(s, e);
	if (rc == 0)
		rc = start_cancellable(s, call, &session, e);
	pthread_mutex_lock(&h->lock);
	mcp_cancel_free(steal(s->start));
	pthread_cond_broadcast(&h->changed);
	if (rc == -ECANCELED)
		return rc;
	if (rc < 0) {
		count_failure(s, e->text);
		return -ECHILD;
	}
	s->starts++;
	free(s->version);
	s->version = xstrdup(call->mcp->version);
	s->run = xcalloc(1, sizeof(*s->run));
	s->run->session = session;
	return 0;
}

/* --- waiting for a server --- */

static void wait_changed(struct mcp_host *h, int64_t until_ms)
{
	struct timespec until = { .tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000 };

	pthread_cond_timedwait(&h->changed, &h->lock, &until);
}

/* With the lock: the run if it can take a call; one that has ended is dropped, and counted if that was no wish of ours.
 */
static struct run *usable_run(struct server *s, const struct mcp_manifest *m)
{
	struct session_info info;

	if (!s->run)
		return NULL;
	session_info(s->run->session, &info);
	if (info.alive && streq(s->version, m->version))
		return s->run;
	if (!info.alive && !info.idle && !s->run->counted)
		count_failure(s, info.ended);
	drop_run(s);
	return NULL;
}

/* With the lock. Waits out another's start and the pause after failures; 0 when the caller may look again. */
static int wait_turn(struct server *s, const struct mcp_call *call, int64_t until_ms, struct err *e)
{
	struct mcp_host *h = s->host;
	int64_t now = clock_mono_ms();

	if (h->closing || mcp_cancel_raised(call->cancel))
		return err_set(e, -ECANCELED, "the call was cancelled before it began");
	if (now >= until_ms)
		return err_set(e, -ETIMEDOUT, "the server '%s' did not start in time: %.300s", s->id,
			       s->last_error[0] ? s->last_error : "others are waiting for it too");
	if (s->start)
		wait_changed(h, until_ms);
	else if (now < s->next_start_ms)
		wait_changed(h, s->next_start_ms < until_ms ? s->next_start_ms : until_ms);
	else
		return start(s, call, e);
	return 0;
}

static int acquire(struct server *s, const struct mcp_call *call, int64_t until_ms, struct run **out, struct err *e)
{
	struct mcp_host *h = s->host;
	struct run *run;
	int rc = 0;

	mcp_cancel_watch(call->cancel, wake_host, h);
	pthread_mutex_lock(&h->lock);
	while (!(run = usable_run(s, call->mcp)) && rc == 0)
		rc = wait_turn(s, call, until_ms, e);
	if (run && h->closing)
		rc = err_set(e, -ECANCELED, "the host is closing");
	else if (run)
		run->users++;
	*out = run;
	pthread_mutex_unlock(&h->lock);
	mcp_cancel_watch(call->cancel, NULL, NULL);
	return rc;
}

static void release(struct server *s, struct run *run, int rc, const struct err *e)
{
	struct mcp_host *h = s->host;
	bool last;

	pthread_mutex_lock(&h->lock);
	if (rc == 0)
		s->failures = 0;
	if (rc == -ECONNRESET && !run->counted) {
		run->counted = true;
		count_failure(s, e->text);
	}
	last = --run->users == 0 && s->run != run;
	pthread_mutex_unlock(&h->lock);
	if (last) {
		session_close(run->session);
		free(run);
	}
}

/* --- one call --- */

/* The tool's documents as its schema wants them: an array of paths, or the one path. */
static int add_paths(json_t *arguments, const struct mcp_call *call, const json_t *tool, const json_t *paths,
		     struct err *e)
{
	const char *key = call->mcp->input_key;
	const json_t *wanted =
		json_object_get(json_object_get(json_object_get(tool, "inputSchema"), "properties"), key);
	const char *type = json_string_value(json_object_get(wanted, "type"));

	if (!key)
		return err_set(e, -EINVAL, "'%s' takes no documents", call->mcp->id);
	if (!type || !streq(type, "string"))
		return json_object_set(arguments, key, (json_t *)paths) < 0 ? -ENOMEM : 0;
	if (json_array_size(paths) != 1)
		return err_set(e, -EINVAL, "'%s' takes one document at a time, there are %zu", call->mcp->id,
			       json_array_size(paths));
	return json_object_set(arguments, key, json_array_get(paths, 0)) < 0 ? -ENOMEM : 0;
}

static int check_arguments(const json_t *arguments, const json_t *tool, struct err *e)
{
	size_t size = json_dumpb(arguments, NULL, 0, JSON_COMPACT);
	int rc;

	if (size == 0 || size > MCP_MAX_ARGUMENT_BYTES)
		return err_set(e, -E2BIG, "the arguments have %zu bytes, %u are allowed", size, MCP_MAX_ARGUMENT_BYTES);
	rc = schema_check(json_object_get(tool, "inputSchema"), arguments, e);
	return rc < 0 ? err_add(e, rc, "the arguments of '%s'", json_string_value(json_object_get(tool, "name"))) : 0;
}

static int check_result(const struct mcp_result *r, const json_t *tool, struct err *e)
{
	const char *name = json_string_value(json_object_get(tool, "name"));
	const json_t *schema = json_object_get(tool, "outputSchema");
	int rc;

	if (r->is_error)
		return err_set(e, -EREMOTEIO, "%.400s", r->text[0] ? r->text : "the tool failed without a reason");
	if (!schema)
		return 0;
	if (!r->structured)
		return err_set(e, -EPROTO, "the tool '%s' gave no structured answer, but its schema promises one",
			       name);
	rc = schema_check(schema, r->structured, e);
	return rc < 0 ? err_add(e, -EPROTO, "the answer of '%s' does not fit its own schema", name) : 0;
}

/* Ask, and ask again when the server had stopped before the question was sent. */
static int ask(struct server *s, const struct mcp_call *call, const json_t *tool, json_t *arguments, int64_t until_ms,
	       json_t **answer, struct err *e)
{
	int rc = -ESHUTDOWN;

	while (rc == -ESHUTDOWN) {
		struct run *run;
		struct session_request r = {
			.method = "tools/call",
			.cancel = call->cancel,
			.on_progress = call->on_progress,
			.on_log = call->on_log,
			.ud = call->ud,
		};

		rc = acquire(s, call, until_ms, &run, e);
		if (rc < 0)
			return rc;
		r.params = json_pack("{s:O, s:O}", "name", json_object_get(tool, "name"), "arguments", arguments);
		r.timeout_ms = until_ms - clock_mono_ms();
		if (r.timeout_ms < 1)
			r.timeout_ms = 1;
		rc = session_request(run->session, &r, answer, e);
		release(s, run, rc, e);
	}
	return rc;
}

static int call_tool(struct server *s, const struct mcp_call *call, const json_t *tool, json_t *arguments,
		     struct mcp_result *out, struct err *e)
{
	int64_t timeout_ms = call->timeout_ms > 0 ? call->timeout_ms : call->mcp->timeouts.call_ms;
	json_t *answer = NULL;
	int rc = check_arguments(arguments, tool, e);

	if (rc == 0)
		rc = ask(s, call, tool, arguments, clock_mono_ms() + timeout_ms, &answer, e);
	if (rc == 0)
		rc = result_parse(answer, out, e);
	json_decref(answer);
	if (rc < 0)
		return rc;
	rc = check_result(out, tool, e);
	if (rc < 0 && rc != -EREMOTEIO)
		mcp_result_release(out);
	return rc;
}

static int call_with_documents(struct server *s, const struct mcp_call *call, const json_t *tool, const char *call_name,
			       struct mcp_result *out, struct err *e)
{
	json_t *arguments = call->arguments ? json_copy((json_t *)call->arguments) : json_object(), *paths = NULL;
	int rc = 0;

	if (!json_is_object(arguments))
		rc = err_set(e, -EINVAL, "the arguments must be a JSON object");
	if (rc == 0 && call->n_documents > 0) {
		rc = make_dirs(s, e);
		if (rc == 0)
			rc = inbox_put(s->in_dir, call_name, s->host->view ? SANDBOX_IN : s->in_dir, s->host->view,
				       call->documents, call->n_documents, &paths, e);
		if (rc == 0)
			rc = add_paths(arguments, call, tool, paths, e);
	}
	if (rc == 0)
		rc = call_tool(s, call, tool, arguments, out, e);
	if (paths)
		inbox_remove(s->in_dir, call_name);
	json_decref(paths);
	json_decref(arguments);
	return rc;
}

int mcp_host_call(struct mcp_host *h, const struct mcp_call *call, struct mcp_result *out, struct err *e)
{
	const json_t *tool = manifest_tool(call->mcp, call->tool);
	struct err own = ERR_INIT, *why = e ? e : &own;
	struct server *s;
	char name[32];
	int rc;

	*out = (struct mcp_result){ .structured = NULL };
	if (!tool)
		return err_set(why, -ENOENT, "'%s' has no tool '%s'", call->mcp->id,
			       call->tool ? call->tool : "(default)");
	pthread_mutex_lock(&h->lock);
	s = find_server(h, call->mcp->id);
	if (!s)
		s = add_server(h, call->mcp);
	s->calls++;
	snprintf(name, sizeof(name), "%llu", (unsigned long long)h->next_call++);
	pthread_mutex_unlock(&h->lock);
	rc = call_with_documents(s, call, tool, name, out, why);
	if (rc < 0) {
		text_clean(why->text);
		pthread_mutex_lock(&h->lock);
		s->errors++;
		pthread_mutex_unlock(&h->lock);
	}
	return rc;
}

/* --- the host itself --- */

int mcp_host_open(struct spawner *spawner, const char *run_dir, mcp_line_fn *on_line, void *ud, struct mcp_host **out,
		  struct err *e)
{
	struct mcp_host *h = xcalloc(1, sizeof(*h));
	auto_free char *base = realpath(run_dir, NULL);
	pthread_condattr_t attr;
	int rc;

	h->dir = xasprintf("%s/mcp", base ? base : run_dir);
	rc = io_remove_tree(AT_FDCWD, h->dir);
	if (rc < 0)
		err_set(e, rc, "empty the directory '%s': %s", h->dir, strerror(-rc));
	else
		rc = make_dir(h->dir, 0755, e);
	if (rc < 0) {
		free(h->dir);
		free(h);
		return rc;
	}
	h->spawner = spawner;
	h->view = spawner_layers(spawner)->view;
	h->on_line = on_line;
	h->ud = ud;
	h->next_call = 1;
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->changed, &attr);
	pthread_condattr_destroy(&attr);
	*out = h;
	return 0;
}

void mcp_host_cancel_all(struct mcp_host *h)
{
	pthread_mutex_lock(&h->lock);
	h->closing = true;
	pthread_cond_broadcast(&h->changed);
	for (struct server *s = h->servers; s; s = s->next) {
		if (s->start)
			mcp_cancel_raise(s->start);
		if (s->run)
			session_cancel_all(s->run->session);
	}
	pthread_mutex_unlock(&h->lock);
}

void mcp_host_stop(struct mcp_host *h, const char *id)
{
	struct server *s;

	pthread_mutex_lock(&h->lock);
	s = find_server(h, id);
	if (s && s->run) {
		s->run->counted = true;
		if (s->run->users > 0)
			session_stop(s->run->session);
		drop_run(s);
	}
	pthread_mutex_unlock(&h->lock);
}

static void free_server(struct server *s)
{
	if (s->run) {
		session_close(s->run->session);
		free(s->run);
	}
	free(s->id);
	free(s->dir);
	free(s->in_dir);
	free(s->tmp_dir);
	free(s->version);
	free(s);
}

void mcp_host_close(struct mcp_host *h)
{
	if (!h)
		return;
	mcp_host_cancel_all(h);
	/* all at once, so that the graces of many servers do not add up */
	for (struct server *s = h->servers; s; s = s->next)
		if (s->run)
			session_stop(s->run->session);
	while (h->servers) {
		struct server *s = h->servers;

		h->servers = s->next;
		free_server(s);
	}
	io_remove_tree(AT_FDCWD, h->dir);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h->dir);
	free(h);
}

/* --- status --- */

static const char *state_of(const struct server *s, const struct session_info *info)
{
	if (s->start)
		return "starting";
	if (info->alive)
		return "ready";
	return s->failures > 0 ? "failed" : "off";
}

/* With the lock. */
static json_t *server_status(struct server *s)
{
	struct session_info info = { .alive = false };
	char since[CLOCK_TEXT_BYTES];
	bool alive;

	if (s->run)
		session_info(s->run->session, &info);
	alive = info.alive;
	return json_pack("{s:s, s:o, s:s?, s:s?, s:s?, s:I, s:I, s:I, s:I, s:s?, s:I}", "state", state_of(s, &info),
			 "pid", alive ? json_integer(info.pid) : json_null(), "version", s->version, "protocol",
			 alive ? info.protocol : NULL, "since", alive ? clock_format(info.since_ms, since) : NULL,
			 "in_flight", (json_int_t)info.in_flight, "calls", (json_int_t)s->calls, "errors",
			 (json_int_t)s->errors, "restarts", (json_int_t)(s->starts ? s->starts - 1 : 0), "last_error",
			 s->last_error[0] ? s->last_error : NULL, "stdout_noise", (json_int_t)(s->noise + info.noise));
}

json_t *mcp_host_status(struct mcp_host *h, const char *id)
{
	struct server never = { .id = NULL };
	json_t *status = NULL;

	pthread_mutex_lock(&h->lock);
	if (id) {
		struct server *s = find_server(h, id);

		status = server_status(s ? s : &never);
	} else {
		status = json_object();
		for (struct server *s = h->servers; s; s = s->next)
			json_object_set_new(status, s->id, server_status(s));
	}
	pthread_mutex_unlock(&h->lock);
	return status;
}

#include "mcp/host_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/io.h"
#include "mcp/schema.h"
#include "mcp/text.h"

static struct server *find_server(struct mcp_host *h, const char *id)
{
	for (struct server *s = h->servers; s; s = s->next)
		if (streq(s->id, id))
			return s;
	return NULL;
}

static struct server *add_server(struct mcp_host *h, const char *id)
{
	struct server *s = server_new(h, id);

	s->next = h->servers;
	h->servers = s;
	return s;
}

int host_make_dir(const char *path, mode_t mode, struct err *e)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return err_errno(e, "make the directory '%s'", path);
	/* the umask may have taken what the sandbox's user needs */
	return chmod(path, mode) < 0 ? err_errno(e, "set the mode of '%s'", path) : 0;
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

static int64_t time_for(const struct mcp_call *call)
{
	const struct mcp_timeouts *t = &call->mcp->timeouts;
	int64_t ms = call->timeout_ms > 0 ? call->timeout_ms : t->call_ms;

	return t->call_max_ms > 0 && ms > t->call_max_ms ? t->call_max_ms : ms;
}

/* A call on its way. */
struct way {
	struct server *server;
	const struct mcp_call *call;
	const json_t *tool;
	json_t *arguments;
	const char *name; /* of its directory in the server's inbox */
	json_t *meta;     /* "_meta" of the request, or NULL */
};

static json_t *make_params(const struct way *w)
{
	json_t *params = json_pack("{s:O, s:O}", "name", json_object_get(w->tool, "name"), "arguments", w->arguments);

	/* a copy: the session adds to it, and a question may be asked twice */
	if (w->meta)
		json_object_set_new(params, "_meta", json_copy(w->meta));
	return params;
}

/* Ask, and ask again when the server had stopped before the question was sent. */
static int ask(const struct way *w, int64_t until_ms, json_t **answer, struct err *e)
{
	const struct mcp_call *call = w->call;
	struct server *s = w->server;
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

		rc = server_acquire(s, call, until_ms, &run, e);
		if (rc < 0)
			return rc;
		r.params = make_params(w);
		r.limit_ms = time_for(call);
		r.timeout_ms = until_ms - clock_mono_ms();
		if (r.timeout_ms < 1)
			r.timeout_ms = 1;
		rc = session_request(run->session, &r, answer, e);
		server_release(s, run, rc, e);
	}
	return rc;
}

static int call_tool(const struct way *w, struct mcp_result *out, struct err *e)
{
	json_t *answer = NULL;
	int rc = check_arguments(w->arguments, w->tool, e);

	if (rc == 0)
		rc = ask(w, clock_mono_ms() + time_for(w->call), &answer, e);
	if (rc == 0)
		rc = result_parse(answer, out, e);
	json_decref(answer);
	if (rc < 0)
		return rc;
	rc = check_result(out, w->tool, e);
	if (rc < 0 && rc != -EREMOTEIO)
		mcp_result_release(out);
	return rc;
}

static const char *seen_inbox(const struct server *s)
{
	return s->host->view ? SANDBOX_IN : s->in_dir;
}

/* 1 when the call has models, and its request says where. */
static int open_models(struct way *w, struct err *e)
{
	auto_free char *path = xasprintf("%s/%s/" INBOX_SOCKET, w->server->in_dir, w->name);
	auto_free char *inside = xasprintf("%s/%s/" INBOX_SOCKET, seen_inbox(w->server), w->name);
	int rc = w->call->open_models(w->call->ud, path, e);

	if (rc > 0)
		w->meta = json_pack("{s:s}", "0711/models", inside);
	return rc;
}

static int call_with_inbox(struct way *w, struct mcp_result *out, struct err *e)
{
	const struct mcp_call *call = w->call;
	struct server *s = w->server;
	json_t *paths = NULL;
	int rc = server_make_dirs(s, e), models = 0;

	if (rc == 0)
		rc = inbox_put(s->in_dir, w->name, seen_inbox(s), s->host->view, call->documents, call->n_documents,
			       &paths, e);
	if (rc < 0)
		return rc;
	if (call->n_documents > 0)
		rc = add_paths(w->arguments, call, w->tool, paths, e);
	if (rc == 0 && call->mcp->models[0] && call->open_models)
		rc = models = open_models(w, e);
	if (rc >= 0)
		rc = call_tool(w, out, e);
	if (models > 0)
		call->close_models(call->ud);
	inbox_clear(s->in_dir, w->name);
	json_decref(w->meta);
	json_decref(paths);
	return rc;
}

static int run_call(struct way *w, struct mcp_result *out, struct err *e)
{
	const struct mcp_call *call = w->call;
	bool inbox = call->n_documents > 0 || (call->mcp->models[0] && call->open_models);
	int rc;

	w->arguments = call->arguments ? json_copy((json_t *)call->arguments) : json_object();
	if (!json_is_object(w->arguments))
		rc = err_set(e, -EINVAL, "the arguments must be a JSON object");
	else
		rc = inbox ? call_with_inbox(w, out, e) : call_tool(w, out, e);
	json_decref(w->arguments);
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
		s = add_server(h, call->mcp->id);
	s->calls++;
	snprintf(name, sizeof(name), "%llu", (unsigned long long)h->next_call++);
	pthread_mutex_unlock(&h->lock);
	rc = run_call(&(struct way){ .server = s, .call = call, .tool = tool, .name = name }, out, why);
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
	int rc;

	h->dir = xasprintf("%s/mcp", base ? base : run_dir);
	rc = io_remove_tree(AT_FDCWD, h->dir);
	if (rc < 0)
		err_set(e, rc, "empty the directory '%s': %s", h->dir, strerror(-rc));
	else
		rc = host_make_dir(h->dir, 0755, e);
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
	cond_init(&h->changed);
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
	if (s)
		server_stop(s);
	pthread_mutex_unlock(&h->lock);
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
		server_free(s);
	}
	io_remove_tree(AT_FDCWD, h->dir);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h->dir);
	free(h);
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

/* The methods that the server answers: a row each. */
#include "sdk/session.h"

#include <stdlib.h>

static const char *const versions[] = { "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05" };

/* A request as its handler sees it; all borrowed. id is NULL in a notification. */
struct request {
	const json_t *id;
	const json_t *params; /* an object, or NULL */
};

static const char *agree_version(const char *asked)
{
	for (size_t i = 0; asked && i < N_ELEMS(versions); i++) {
		if (streq(asked, versions[i]))
			return versions[i];
	}
	return versions[0];
}

static void answer_initialize(struct session *s, const struct request *r)
{
	const struct manifest *m = &s->manifest;
	const char *asked = json_string_value(json_object_get(r->params, "protocolVersion"));

	wire_reply(&s->wire, r->id,
		   json_pack("{s:s, s:{s:{}, s:{}}, s:{s:s, s:s, s:s}, s:s}", "protocolVersion", agree_version(asked),
			     "capabilities", "tools", "logging", "serverInfo", "name", m->id, "title", m->title,
			     "version", m->version, "instructions", m->description));
}

static void answer_ping(struct session *s, const struct request *r)
{
	wire_reply(&s->wire, r->id, json_object());
}

static void answer_tools_list(struct session *s, const struct request *r)
{
	json_t *cursor = json_object_get(r->params, "cursor");

	/* All tools fit one page, so no cursor was ever handed out. */
	if (cursor && !json_is_null(cursor))
		wire_refuse(&s->wire, r->id, WIRE_PARAMS, "there is no page behind the first: leave 'cursor' out");
	else
		wire_reply(&s->wire, r->id, json_pack("{s:O}", "tools", s->manifest.tools));
}

static const struct tool *find_tool(const struct server *sv, const char *name)
{
	for (size_t i = 0; i < sv->n_tools; i++) {
		if (streq(sv->tools[i].name, name))
			return &sv->tools[i];
	}
	return NULL;
}

static void answer_tools_call(struct session *s, const struct request *r)
{
	const char *name = json_string_value(json_object_get(r->params, "name"));
	json_t *args = json_object_get(r->params, "arguments");
	const struct tool *tool = name ? find_tool(s->server, name) : NULL;

	if (!name)
		wire_refuse(&s->wire, r->id, WIRE_PARAMS, "tools/call needs the name of a tool in 'name'");
	else if (!tool)
		wire_refuse(&s->wire, r->id, WIRE_PARAMS, "there is no tool '%.64s' here: see tools/list", name);
	else if (args && !json_is_object(args) && !json_is_null(args))
		wire_refuse(&s->wire, r->id, WIRE_PARAMS, "'arguments' must be an object");
	else if (job_find(s, r->id))
		wire_refuse(&s->wire, r->id, WIRE_INVALID, "a call with this id is running already");
	else
		job_add(s, tool, r->id, json_is_object(args) ? json_incref(args) : json_object(),
			json_object_get(r->params, "_meta"));
}

static void answer_set_level(struct session *s, const struct request *r)
{
	const char *level = json_string_value(json_object_get(r->params, "level"));
	int i = level ? job_level(level) : -1;

	if (i < 0) {
		wire_refuse(&s->wire, r->id, WIRE_PARAMS,
			    "'level' must be one of debug, info, notice, warning, error, "
			    "critical, alert, emergency");
		return;
	}
	s->log_level = i;
	wire_reply(&s->wire, r->id, json_object());
}

static void take_cancelled(struct session *s, const struct request *r)
{
	struct job *j = job_find(s, json_object_get(r->params, "requestId"));

	if (j)
		job_cancel(s, j);
}

static void take_nothing(struct session *s UNUSED, const struct request *r UNUSED)
{
}

static const struct method {
	const char *name;
	bool notification;
	void (*handle)(struct session *s, const struct request *r);
} methods[] = {
	{ "initialize", false, answer_initialize },          { "ping", false, answer_ping },
	{ "tools/list", false, answer_tools_list },          { "tools/call", false, answer_tools_call },
	{ "logging/setLevel", false, answer_set_level },     { "notifications/initialized", true, take_nothing },
	{ "notifications/cancelled", true, take_cancelled },
};

static const struct method *method_find(const char *name, bool notification)
{
	for (size_t i = 0; i < N_ELEMS(methods); i++) {
		if (methods[i].notification == notification && streq(methods[i].name, name))
			return &methods[i];
	}
	return NULL;
}

static bool id_valid(const json_t *id)
{
	return json_is_string(id) || json_is_integer(id);
}

static void dispatch_one(struct session *s, const json_t *message)
{
	const json_t *id = json_object_get(message, "id");
	const char *version = json_string_value(json_object_get(message, "jsonrpc"));
	const char *name = json_string_value(json_object_get(message, "method"));
	json_t *params = json_object_get(message, "params");
	struct request r = { id, params };
	const struct method *m;

	if (!name && id && (json_object_get(message, "result") || json_object_get(message, "error")))
		return; /* an answer; nothing was asked */
	if (!version || !streq(version, "2.0") || !name || (id && !id_valid(id))) {
		wire_refuse(&s->wire, id_valid(id) ? id : NULL, WIRE_INVALID, "this is no JSON-RPC 2.0 request");
		return;
	}
	m = method_find(name, !id);
	if (params && !json_is_object(params)) {
		if (id)
			wire_refuse(&s->wire, id, WIRE_PARAMS, "'params' must be an object");
	} else if (m) {
		m->handle(s, &r);
	} else if (id) {
		wire_refuse(&s->wire, id, WIRE_NO_METHOD, "the method '%.64s' is not known here", name);
	}
}

void method_dispatch(struct session *s, const char *line, size_t len)
{
	json_error_t bad;
	json_t *message = json_loadb(line, len, 0, &bad), *one;
	size_t i;

	if (!message) {
		if (len > 0 && strspn(line, " \t\r") < len)
			wire_refuse(&s->wire, NULL, WIRE_PARSE, "this line is no JSON: %s, at byte %d", bad.text,
				    bad.position);
		return;
	}
	if (json_is_array(message) && json_array_size(message) > 0) {
		json_array_foreach (message, i, one)
			dispatch_one(s, one);
	} else {
		dispatch_one(s, message);
	}
	json_decref(message);
}

void method_too_long(struct session *s)
{
	wire_refuse(&s->wire, NULL, WIRE_INVALID, "a line may have %u bytes at most; this one was dropped",
		    WIRE_LINE_BYTES);
}

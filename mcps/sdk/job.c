/* The calls of a session: queued, running in their children, answered. */
#include "sdk/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#define MAX_CHILDREN 16

static const char *const levels[] = { "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency" };

int job_level(const char *level)
{
	for (size_t i = 0; i < N_ELEMS(levels); i++) {
		if (streq(levels[i], level))
			return (int)i;
	}
	return -1;
}

void job_add(struct session *s, const struct tool *tool, const json_t *id, json_t *args, const json_t *meta)
{
	struct job *j = xcalloc(1, sizeof(*j)), **end = &s->jobs;
	const json_t *token = json_object_get(meta, "progressToken");

	j->tool = tool;
	j->id = json_deep_copy(id);
	j->args = args;
	if (json_is_string(token) || json_is_integer(token))
		j->token = json_deep_copy(token);
	j->gate = xstrdup(json_string_value(json_object_get(meta, "0711/models")));
	j->progress = -1;
	j->child.fd = j->child.log_fd = -1;
	while (*end)
		end = &(*end)->next;
	*end = j;
	s->n_jobs++;
}

struct job *job_find(struct session *s, const json_t *id)
{
	struct job *j = s->jobs;

	while (j && !json_equal(j->id, id))
		j = j->next;
	return j;
}

static void job_remove(struct session *s, struct job *j)
{
	struct job **at = &s->jobs;

	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	s->n_jobs--;
	child_stop(&j->child, NULL);
	json_decref(j->id);
	json_decref(j->args);
	json_decref(j->token);
	json_decref(j->result);
	free(j->gate);
	free(j);
}

void job_cancel(struct session *s, struct job *j)
{
	job_remove(s, j);
}

static json_t *error_result(const char *kind, bool retry, const char *text)
{
	return json_pack("{s:[{s:s, s:s}], s:b, s:{s:s, s:b}}", "content", "type", "text", "text", text, "isError", 1,
			 "_meta", "kind", kind, "retry", retry);
}

void job_start_waiting(struct session *s)
{
	size_t max = s->server->max_children ? s->server->max_children : MAX_CHILDREN, n = 0;
	struct job *j, *next;

	for (j = s->jobs; j && n < max; j = next, n++) {
		struct err e = ERR_INIT;

		next = j->next;
		if (j->child.pid || child_start(&j->child, j->tool, j->args, j->gate, &e) == 0)
			continue;
		wire_refuse(&s->wire, j->id, WIRE_INTERNAL, "the call could not start: %s", e.text);
		job_remove(s, j);
	}
}

static void pass_progress(struct session *s, struct job *j, json_t *message)
{
	double done = json_number_value(json_object_get(message, "progress"));
	json_t *params, *total = json_object_get(message, "total"), *text = json_object_get(message, "message");

	if (!j->token || !(done > j->progress))
		return;
	j->progress = done;
	params = json_pack("{s:O, s:f}", "progressToken", j->token, "progress", done);
	if (json_is_number(total))
		json_object_set(params, "total", total);
	if (json_is_string(text))
		json_object_set(params, "message", text);
	wire_notify(&s->wire, "notifications/progress", params);
}

static void pass_log(struct session *s, struct job *j, json_t *message)
{
	const char *level = json_string_value(json_object_get(message, "level"));
	int i = level ? job_level(level) : -1;
	json_t *params;

	if (i < s->log_level)
		return;
	params = json_pack("{s:s, s:s, s:O}", "level", levels[i], "logger", j->tool->name, "data",
			   json_object_get(message, "data"));
	if (j->token) /* a client with several calls could not tell whose line it is */
		json_object_set_new(params, "_meta", json_pack("{s:O}", "progressToken", j->token));
	wire_notify(&s->wire, "notifications/message", params);
}

struct hearing {
	struct session *s;
	struct job *j;
};

/* The child may be in the hands of its document: what it says is passed on only in the forms that were agreed. */
static void hear(void *arg, json_t *message)
{
	struct hearing *h = arg;
	json_t *result = json_object_get(message, "result");

	if (h->j->result)
		return;
	if (json_is_object(result) && json_is_array(json_object_get(result, "content")))
		h->j->result = json_incref(result);
	else if (json_is_number(json_object_get(message, "progress")))
		pass_progress(h->s, h->j, message);
	else if (json_is_string(json_object_get(message, "data")))
		pass_log(h->s, h->j, message);
}

static json_t *end_result(const struct child_end *end)
{
	json_t *result = error_result(end->kind, streq(end->kind, "crash") || streq(end->kind, "exit"), end->text);
	json_t *meta = json_object_get(result, "_meta");

	if (end->signal)
		json_object_set_new(meta, "signal", json_integer(end->signal));
	else
		json_object_set_new(meta, "status", json_integer(end->status));
	return result;
}

static json_t *outcome(struct job *j, int rc)
{
	struct child_end end;

	child_stop(&j->child, &end);
	if (rc == -EMSGSIZE)
		return error_result("too_large", false,
				    "The answer is larger than it may be: split the document and try again.");
	if (rc == -EPROTO)
		return error_result("protocol", false, "The reader of the document gave no proper answer.");
	if (!streq(end.kind, "ok"))
		return end_result(&end);
	if (!j->result)
		return error_result("protocol", true, "The reader of the document ended without an answer: try again.");
	return steal(j->result);
}

void job_read(struct session *s, struct job *j)
{
	struct hearing h = { s, j };
	int rc = child_read(&j->child, hear, &h);

	if (rc == 1 || rc == -EAGAIN)
		return;
	wire_reply(&s->wire, j->id, outcome(j, rc));
	job_remove(s, j);
}

int job_expire(struct session *s)
{
	int64_t now_ms = clock_mono_ms(), least_ms = -1;
	struct job *j, *next;

	for (j = s->jobs; j; j = next) {
		int64_t left_ms = j->child.stop_at_ms - now_ms;

		next = j->next;
		if (!j->child.pid || !j->child.stop_at_ms)
			continue;
		if (left_ms <= 0) {
			j->child.expired = true;
			wire_reply(&s->wire, j->id, outcome(j, 0));
			job_remove(s, j);
		} else if (least_ms < 0 || left_ms < least_ms) {
			least_ms = left_ms;
		}
	}
	return (int)(least_ms > 60000 ? 60000 : least_ms);
}

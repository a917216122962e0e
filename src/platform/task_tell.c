/* What events tell of a task. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/event.h"
#include "platform/task.h"

#define RESULT_FILE_MAX (64 << 10) /* larger ones are not looked into, on the one thread that writes */
#define OUTPUT_MAX      (16 << 10) /* with the rest of the event it stays below the 20 KB that receivers were promised */

static void add_outcome(json_t *data, const struct task *t)
{
	char time[CLOCK_TEXT_BYTES];

	json_object_set_new(data, "output_data", t->told_output ? json_incref(t->told_output) : json_null());
	json_object_set_new(data, "output_path", t->told_path ? json_string(t->told_path) : json_null());
	json_object_set_new(data, "answered_from", t->answered_from ? json_string(t->answered_from) : json_null());

	json_object_set_new(data, "ai_handled",
			    json_string(t->ai_handled == AI_FULL      ? "full"
					: t->ai_handled == AI_PARTIAL ? "partial"
								      : "no"));
	json_object_set_new(data, "ai_confidence",
			    t->ai_confidence == INT_NULL ? json_null() : json_integer(t->ai_confidence));
	json_object_set_new(data, "requires_review", json_boolean(t->requires_review));
	json_object_set_new(data, "completed_at",
			    t->completed_at ? json_string(clock_format(t->completed_at, time)) : json_null());
}

static void add_start(json_t *data, const struct task *t)
{
	json_object_set_new(data, "mcp_id", json_string(t->mcp));
	json_object_set_new(data, "priority", json_string(priority_words[t->priority]));
	json_object_set_new(data, "attempts", json_integer(t->attempts));
}

static void add_review(json_t *data, const struct task *t)
{
	add_outcome(data, t);
	json_object_set_new(data, "reason", t->review ? json_string(t->review) : json_null());
}

static void add_error(json_t *data, const struct task *t)
{
	json_object_set_new(data, "error_message", t->error_message ? json_string(t->error_message) : json_null());
}

static void add_lost_attempt(json_t *data, const struct task *t)
{
	add_start(data, t);
	add_error(data, t);
}

static void add_decision(json_t *data, const struct task *t)
{
	json_object_set_new(data, "reviewed_by", t->reviewed_by ? json_string(t->reviewed_by) : json_null());
	json_object_set_new(data, "review", t->review ? json_string(t->review) : json_null());
}

static void add_nothing(json_t *data UNUSED, const struct task *t UNUSED)
{
}

static const struct {
	const char *type;
	void (*add)(json_t *data, const struct task *t);
} told[] = {
	{ "task.created", add_start },     { "task.started", add_start }, { "task.needs_review", add_review },
	{ "task.completed", add_outcome }, { "task.failed", add_error },  { "task.cancelled", add_nothing },
	{ "task.reviewed", add_decision }, { "task.updated", add_start }, { "task.removed", add_nothing },
	{ "task.restored", add_nothing },  { "task.retried", add_start }, { "task.interrupted", add_lost_attempt },
};

int task_tell(struct tx *tx, const struct task *t, const char *type, struct err *e)
{
	json_t *data = json_pack("{s:s, s:s, s:s?, s:s?, s:s, s:s?, s:s}", "task_id", t->id, "engagement_id",
				 t->engagement_id, "expert_id", t->expert_id, "customer_id", t->customer_id, "name",
				 t->name, "title", t->title, "status", task_state_words[t->state]);

	for (size_t i = 0; i < N_ELEMS(told); i++)
		if (streq(told[i].type, type))
			told[i].add(data, t);
	return event_emit(tx, type, t->row_id, t->engagement_row, data, e);
}

static int find_path(struct tx *tx, struct task *t, struct err *e)
{
	struct engagement g;
	int rc = row_get(tx, &engagement_table, t->engagement_row, &g, e);

	if (rc < 0)
		return rc;
	free(t->told_path);
	t->told_path = xasprintf("engagements/%s/tasks/%s/result.json", g.name, t->name);
	row_release(&engagement_table, &g);
	return 0;
}

/* The result when it is small; what cannot be read is told by its path only. */
static json_t *read_small(struct blobs *blobs, const struct document *d)
{
	auto_free char *text = NULL, *compact = NULL;
	json_t *doc = NULL;
	size_t len;

	if (d->size > RESULT_FILE_MAX || blob_read(blobs, d->sha256, RESULT_FILE_MAX, &text, &len, NULL) < 0)
		return NULL;
	doc = json_loadb(text, len, 0, NULL);
	compact = doc ? json_dumps(doc, JSON_COMPACT) : NULL;
	if (compact && strlen(compact) <= OUTPUT_MAX)
		return doc;
	json_decref(doc);
	return NULL;
}

int task_take_result(struct tx *tx, struct blobs *blobs, struct task *t, struct err *e)
{
	struct document d;
	int rc = row_find(tx, Q_DOCUMENT_LATEST, ARGS(V_INT(t->row_id), V_TEXT(document_role_words[DOCUMENT_RESULT])),
			  &d, e);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	json_decref(t->told_output);
	t->told_output = read_small(blobs, &d);
	row_release(&document_table, &d);
	return find_path(tx, t, e);
}

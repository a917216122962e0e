#include "platform/event.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "platform/settings.h"

#define SWEEP_AT_ONCE 1000

#define TASK    "task_id engagement_id expert_id customer_id name title status"
#define START   TASK " mcp_id priority attempts"
#define OUTCOME TASK " ai_handled ai_confidence requires_review completed_at output_data output_path answered_from"

const struct event_type event_types[] = {
	{ "task.created", START, false },
	{ "task.started", START, false },
	{ "task.needs_review", OUTCOME " reason", false },
	{ "task.completed", OUTCOME, false },
	{ "task.failed", TASK " error_message", false },
	{ "task.cancelled", TASK, false },
	{ "task.reviewed", TASK " reviewed_by review", false },
	{ "task.updated", START, false },
	{ "task.retried", START, false },
	{ "task.interrupted", START " error_message", false },
	{ "task.removed", TASK, false },
	{ "task.restored", TASK, false },
	{ "engagement.created", "engagement_id name expert_id customer_id review_threshold", false },
	{ "engagement.updated", "engagement_id name expert_id customer_id review_threshold", false },
	{ "setting.changed", "name value is_default", false },
	{ "mcp.installed", "installation_id engagement_id mcp_id status", true },
	{ "mcp.updated", "installation_id engagement_id mcp_id status version", true },
	{ "mcp.removed", "installation_id engagement_id mcp_id status", true },
	{ "mcp.failed", "mcp_id task_id status error_message", false },
	{ "model.updated", "model_name runner memory_gb devices pinned former_name", false },
	{ "model.removed", "model_name", false },
	{ "model.loaded", "model_name memory_gb device load_seconds", false },
	{ "model.evicted", "model_name memory_gb device reason wanted_by", false },
	{ "model.unloaded", "model_name memory_gb device reason", false },
	{ "model.failed", "model_name device error_message", false },
	{ "webhook.updated", "endpoint url enabled state", false },
	{ "webhook.disabled", "endpoint url state reason", false },
	{ "webhook.removed", "endpoint state", false },
	{ NULL, NULL, false },
};

const struct event_type *event_type_find(const char *name)
{
	const struct event_type *t = event_types;

	while (t->name && !streq(t->name, name))
		t++;
	return t->name ? t : NULL;
}

int event_put(struct tx *tx, const char *type, int64_t task_row, int64_t engagement_row, const char *data,
	      struct err *e)
{
	char id[ID_BYTES];
	struct event ev = { .type = (char *)type,
			    .id = (char *)id_new(id),
			    .task_row = task_row,
			    .engagement_row = engagement_row,
			    .created_at = clock_now_ms(),
			    .data = (char *)data };
	int rc;

	if (!event_type_find(type))
		return err_set(e, -EINVAL, "'%s' is no type of event", type);
	rc = row_insert(tx, &event_table, &ev, e);
	if (rc == 0)
		tx_change(tx, CHANGE_EVENT, ev.row_id, task_row, 0, 0, NULL);
	return rc;
}

int event_emit(struct tx *tx, const char *type, int64_t task_row, int64_t engagement_row, json_t *data, struct err *e)
{
	auto_free char *text = json_dumps(data, JSON_COMPACT);

	json_decref(data);
	return text ? event_put(tx, type, task_row, engagement_row, text, e)
		    : err_set(e, -ENOMEM, "no memory for an event");
}

void event_line(const struct event *ev, struct buf *out)
{
	char time[CLOCK_TEXT_BYTES];

	buf_printf(out, "{\"id\":\"%s\",\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":%s}\n", ev->id, ev->type,
		   clock_format(ev->created_at, time), ev->data);
}

struct lines {
	const struct event_span *span;
	int64_t after, last;
	int n;
	size_t start;
	struct buf *out;
};

static int add_line(void *row, void *ud)
{
	struct lines *l = ud;
	const struct event *ev = row;

	event_line(ev, l->out);
	l->last = ev->row_id;
	l->n++;
	return 0;
}

static int read_lines(struct tx *tx, void *arg, struct err *e)
{
	struct lines *l = arg;
	const struct event_span *s = l->span;
	struct val after = V_INT(l->after), limit = V_INT(s->limit ? s->limit : INT64_MAX);

	l->n = 0;
	l->last = l->after;
	l->out->len = l->start;
	if (s->task_row)
		return row_each(tx, Q_EVENTS_OF_TASK, ARGS(V_INT(s->task_row), after, limit), add_line, l, e);
	if (s->to_ms)
		return row_each(tx, Q_EVENTS_BETWEEN, ARGS(V_INT(s->from_ms), V_INT(s->to_ms), after, limit), add_line,
				l, e);
	if (s->from_ms)
		return row_each(tx, Q_EVENTS_FROM, ARGS(V_INT(s->from_ms), after, limit), add_line, l, e);
	return row_each(tx, Q_EVENTS_SINCE, ARGS(after, limit), add_line, l, e);
}

int event_lines(struct platform *p, const struct event_span *span, int64_t *after, struct buf *out, struct err *e)
{
	struct lines l = { .span = span, .after = *after, .start = out->len, .out = out };
	int rc = store_read(p->store, read_lines, &l, e);

	if (rc < 0)
		return rc;
	*after = l.last;
	return l.n;
}

/* A question that yields one number, or the row of one event. */
struct number {
	enum query query;
	struct val arg;
	int64_t n;
};

static int read_number(struct tx *tx, void *arg, struct err *e)
{
	struct number *x = arg;

	return row_int(tx, x->query, &x->arg, &x->n, e);
}

static int64_t ask_number(struct platform *p, enum query query, struct val arg, struct err *e)
{
	struct number x = { query, arg, 0 };
	int rc = store_read(p->store, read_number, &x, e);

	return rc < 0 ? rc : x.n;
}

int64_t event_last(struct platform *p, struct err *e)
{
	return ask_number(p, Q_EVENT_LAST, V_INT(0), e);
}

int64_t event_from(struct platform *p, int64_t time_ms, struct err *e)
{
	return ask_number(p, Q_EVENT_FROM, V_INT(time_ms), e);
}

int64_t event_before(struct platform *p, int64_t time_ms, struct err *e)
{
	return ask_number(p, Q_EVENT_BEFORE, V_INT(time_ms), e);
}

static int read_row(struct tx *tx, void *arg, struct err *e)
{
	struct number *x = arg;
	struct event ev;
	int rc = row_find(tx, x->query, &x->arg, &ev, e);

	if (rc == 0) {
		x->n = ev.row_id;
		row_release(&event_table, &ev);
	}
	return rc;
}

int64_t event_find(struct platform *p, const char *id, struct err *e)
{
	struct number x = { Q_EVENT_BY_ID, V_TEXT(id), 0 };
	int rc = store_read(p->store, read_row, &x, e);

	return rc < 0 ? rc : x.n;
}

static int delete_old(struct tx *tx, void *arg, struct err *e)
{
	const int64_t *before = arg;

	return row_exec(tx, Q_EVENTS_DELETE, ARGS(V_INT(*before), V_INT(SWEEP_AT_ONCE)), e);
}

int event_sweep(struct platform *p, struct err *e)
{
	/* Whole days: the lines of a day that is over stay as they are until they go. */
	int64_t before = (clock_now_ms() / CLOCK_DAY_MS - settings_int(p, SETTING_EVENT_DAYS)) * CLOCK_DAY_MS;
	int n, all = 0;

	do {
		n = store_write(p->store, delete_old, &before, e);
		all += n > 0 ? n : 0;
	} while (n == SWEEP_AT_ONCE);
	return n < 0 ? n : all;
}

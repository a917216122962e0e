#include "platform/event.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"

int event_emit(struct tx *tx, const char *type, int64_t task_row, int64_t engagement_row, json_t *data, struct err *e)
{
	auto_free char *text = json_dumps(data, JSON_COMPACT);
	char id[ID_BYTES];
	struct event ev = { .type = (char *)type,
			    .id = (char *)id_new(id),
			    .task_row = task_row,
			    .engagement_row = engagement_row,
			    .created_at = clock_now_ms(),
			    .data = text };
	int rc;

	json_decref(data);
	if (!text)
		return err_set(e, -ENOMEM, "no memory for an event");
	rc = row_insert(tx, &event_table, &ev, e);
	if (rc == 0)
		tx_change(tx, CHANGE_EVENT, ev.row_id, task_row, 0, 0, NULL);
	return rc;
}

void event_line(const struct event *ev, struct buf *out)
{
	char time[CLOCK_TEXT_BYTES];

	buf_printf(out, "{\"id\":\"%s\",\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":%s}\n", ev->id, ev->type,
		   clock_format(ev->created_at, time), ev->data);
}

struct lines {
	int64_t task_row, from_ms, after, last;
	int limit, n;
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
	int64_t limit = l->limit ? l->limit : INT64_MAX;

	l->n = 0;
	l->last = l->after;
	l->out->len = l->start;
	if (l->task_row)
		return row_each(tx, Q_EVENTS_OF_TASK, ARGS(V_INT(l->task_row), V_INT(l->after), V_INT(limit)), add_line,
				l, e);
	if (l->from_ms)
		return row_each(tx, Q_EVENTS_FROM, ARGS(V_INT(l->from_ms), V_INT(l->after), V_INT(limit)), add_line, l,
				e);
	return row_each(tx, Q_EVENTS_SINCE, ARGS(V_INT(l->after), V_INT(limit)), add_line, l, e);
}

int event_lines(struct platform *p, int64_t task_row, int64_t from_ms, int64_t *after, int limit, struct buf *out,
		struct err *e)
{
	struct lines l = {
		.task_row = task_row, .from_ms = from_ms, .after = *after, .limit = limit, .start = out->len, .out = out
	};
	int rc = store_read(p->store, read_lines, &l, e);

	if (rc < 0)
		return rc;
	*after = l.last;
	return l.n;
}

static int read_last(struct tx *tx, void *arg, struct err *e)
{
	return row_int(tx, Q_EVENT_LAST, NULL, arg, e);
}

int64_t event_last(struct platform *p, struct err *e)
{
	int64_t row = 0;
	int rc = store_read(p->store, read_last, &row, e);

	return rc < 0 ? rc : row;
}

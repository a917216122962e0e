#include "platform/model.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/event.h"
#include "platform/party.h"
#include "platform/sealed.h"
#include "platform/settings.h"

#define SWEEP_AT_ONCE 1000

int model_end(struct tx *tx, int64_t row_id, struct err *e)
{
	int rc = row_exec(tx, Q_MODEL_MEMORIES_DELETE, ARGS(V_INT(row_id)), e);

	if (rc >= 0)
		rc = row_exec(tx, Q_MODEL_STEPS_DELETE, ARGS(V_INT(row_id)), e);
	return rc < 0 ? rc : 0;
}

struct each {
	int (*fn)(void *model, void *ud);
	void *ud;
};

static int read_each(struct tx *tx, void *arg, struct err *e)
{
	struct each *x = arg;

	return row_each(tx, Q_MODELS_ALL, NULL, x->fn, x->ud, e);
}

int model_each(struct platform *p, int (*fn)(void *model, void *ud), void *ud, struct err *e)
{
	return store_read(p->store, read_each, &(struct each){ fn, ud }, e);
}

static struct sealed_place key_of(const struct model *m)
{
	return (struct sealed_place){ "model", m->id, m->name, "key" };
}

struct putting {
	struct platform *p;
	const char *line;
};

static int put_key(struct tx *tx UNUSED, union party *x, void *arg, struct err *e)
{
	const struct putting *put = arg;
	struct sealed_place at = key_of(&x->model);

	return sealed_put(put->p, &at, *put->line ? put->line : NULL, &x->model.key, e);
}

int model_put_key(struct platform *p, int64_t row_id, const char *line, const struct actor *who, struct err *e)
{
	if (strlen(line) > MODEL_KEY_BYTES)
		return err_set(e, -EFBIG, "the key can have at most %d bytes", MODEL_KEY_BYTES);
	for (const char *c = line; *c; c++) /* it is sent as a header */
		if (*c <= ' ' || *c >= 0x7f)
			return err_set(e, -EINVAL,
				       "the key has a space, a control character or one outside of ASCII in it");
	return party_alter(p, PARTY_MODEL, row_id, put_key, &(struct putting){ p, line }, who, e);
}

int model_key(struct platform *p, const struct model *m, char **out, struct err *e)
{
	struct sealed_place at = key_of(m);

	return sealed_open(p, &at, m->key, out, e);
}

struct memory_call {
	const char *host;
	int64_t model_row;
	struct model_memory *memory;
};

static int read_memory(struct tx *tx, void *arg, struct err *e)
{
	struct memory_call *c = arg;
	int rc = row_find(tx, Q_MODEL_MEMORY_OF, ARGS(V_INT(c->model_row), V_TEXT(c->host)), c->memory, e);

	return rc == -ENOENT ? 0 : rc;
}

int model_memory_get(struct platform *p, int64_t row_id, struct model_memory *out, struct err *e)
{
	*out = (struct model_memory){ 0 };
	return store_read(p->store, read_memory, &(struct memory_call){ p->host, row_id, out }, e);
}

static int put_memory(struct tx *tx, const struct memory_call *c, struct err *e)
{
	struct model_memory *m = c->memory, known;
	int rc = row_find(tx, Q_MODEL_MEMORY_OF, ARGS(V_INT(c->model_row), V_TEXT(c->host)), &known, e);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	m->model_row = c->model_row;
	m->row_id = known.row_id; /* 0 where there is none */
	row_set_text(&m->host, c->host);
	row_release(&model_memory_table, &known);
	return rc == 0 ? row_update(tx, &model_memory_table, m, e) : row_insert(tx, &model_memory_table, m, e);
}

struct telling {
	struct platform *p;
	const struct model_news *news;
	struct model_memory *memory;
};

static json_t *gigabytes(int64_t bytes)
{
	int64_t megabytes = (bytes + 500000) / 1000000;

	return bytes > 0 ? json_real((double)megabytes / 1e3) : json_null();
}

/* What it holds, held when it was resident last, or is thought to need. */
static json_t *size_of(const struct telling *t, const struct model *m)
{
	return gigabytes(t->news->bytes > 0              ? t->news->bytes
			 : t->memory->measured_bytes > 0 ? t->memory->measured_bytes
							 : m->memory_bytes);
}

static json_t *loaded_data(const struct telling *t, const struct model *m)
{
	return json_pack("{s:s, s:o, s:s?, s:f}", "model_name", m->name, "memory_gb", size_of(t, m), "device",
			 t->news->device, "load_seconds", (double)t->news->load_ms / 1e3);
}

static json_t *evicted_data(const struct telling *t, const struct model *m)
{
	return json_pack("{s:s, s:o, s:s?, s:s?, s:s?}", "model_name", m->name, "memory_gb", size_of(t, m), "device",
			 t->news->device, "reason", t->news->reason, "wanted_by", t->news->wanted);
}

static json_t *unloaded_data(const struct telling *t, const struct model *m)
{
	return json_pack("{s:s, s:o, s:s?, s:s?}", "model_name", m->name, "memory_gb", size_of(t, m), "device",
			 t->news->device, "reason", t->news->reason);
}

static json_t *failed_data(const struct telling *t, const struct model *m)
{
	return json_pack("{s:s, s:s?, s:s?}", "model_name", m->name, "device", t->news->device, "error_message",
			 t->news->reason);
}

static const struct {
	const char *type;
	json_t *(*data)(const struct telling *t, const struct model *m);
} events[] = {
	{ "model.loaded", loaded_data },
	{ "model.evicted", evicted_data },
	{ "model.unloaded", unloaded_data },
	{ "model.failed", failed_data },
};

/* With as many digits as were meant: 7.1, not what is nearest to it. */
static int emit(struct tx *tx, const char *type, json_t *data, struct err *e)
{
	auto_free char *text = json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(12));

	json_decref(data);
	return text ? event_put(tx, type, 0, 0, text, e) : err_set(e, -ENOMEM, "no memory for an event");
}

int model_updated(struct tx *tx, const struct model *m, const char *former, struct err *e)
{
	json_t *devices = m->devices ? json_loads(m->devices, 0, NULL) : NULL;

	return emit(tx, "model.updated",
		    json_pack("{s:s, s:s, s:o, s:o, s:b, s:s?}", "model_name", m->name, "runner",
			      model_runner_words[m->runner], "memory_gb", gigabytes(m->memory_bytes), "devices",
			      devices ? devices : json_array(), "pinned", m->pinned, "former_name", former),
		    e);
}

int model_removed(struct tx *tx, const struct model *m, struct err *e)
{
	return emit(tx, "model.removed", json_pack("{s:s}", "model_name", m->name), e);
}

static int emit_news(struct tx *tx, const struct telling *t, const struct model *m, struct err *e)
{
	for (size_t i = 0; t->news->event && i < N_ELEMS(events); i++)
		if (streq(events[i].type, t->news->event))
			return emit(tx, t->news->event, events[i].data(t, m), e);
	return t->news->event ? err_set(e, -EINVAL, "'%s' is no event of a model", t->news->event) : 0;
}

static int add_step(struct tx *tx, const struct telling *t, struct err *e)
{
	const struct model_news *n = t->news;
	struct model_step step = { .model_row = n->model_row,
				   .host = t->p->host,
				   .state = field_word(model_state_words, n->state),
				   .device = (char *)n->device,
				   .reason = (char *)n->reason,
				   .wanted = (char *)n->wanted,
				   .bytes = n->bytes,
				   .created_at = clock_now_ms() };

	if (step.state < 0)
		return err_set(e, -EINVAL, "'%s' is no state of a model", n->state);
	return row_insert(tx, &model_step_table, &step, e);
}

static int tell(struct tx *tx, void *arg, struct err *e)
{
	const struct telling *t = arg;
	int64_t row = t->news->model_row;
	struct model m;
	int rc = row_get(tx, &model_table, row, &m, e);

	if (rc == 0)
		rc = put_memory(tx, &(struct memory_call){ t->p->host, row, t->memory }, e);
	if (rc == 0)
		rc = add_step(tx, t, e);
	if (rc == 0)
		rc = emit_news(tx, t, &m, e);
	if (rc == 0)
		tx_change(tx, CHANGE_MODEL, row, 0, 0, 0, m.name);
	row_release(&model_table, &m);
	return rc;
}

int model_tell(struct platform *p, const struct model_news *n, struct model_memory *memory, struct err *e)
{
	return store_write(p->store, tell, &(struct telling){ p, n, memory }, e);
}

static int touch(struct tx *tx, void *arg, struct err *e)
{
	const struct memory_call *c = arg;
	struct model m;
	int rc = row_get(tx, &model_table, c->model_row, &m, e);

	row_release(&model_table, &m);
	return rc < 0 ? rc : put_memory(tx, c, e);
}

int model_touch(struct platform *p, int64_t model_row, struct model_memory *memory, struct err *e)
{
	return store_write(p->store, touch, &(struct memory_call){ p->host, model_row, memory }, e);
}

struct history {
	int64_t model_row, most;
	struct buf *out;
	size_t start;
};

static int add_line(void *row, void *ud)
{
	const struct model_step *s = row;
	struct history *h = ud;
	char time[CLOCK_TEXT_BYTES];
	json_t *o = json_pack("{s:s, s:s, s:s, s:s?, s:I, s:s?, s:s?}", "time", clock_format(s->created_at, time),
			      "host", s->host, "state", model_state_words[s->state], "device", s->device, "bytes",
			      (json_int_t)s->bytes, "reason", s->reason, "wanted", s->wanted);
	auto_free char *line = json_dumps(o, JSON_COMPACT);

	json_decref(o);
	if (line)
		buf_printf(h->out, "%s\n", line);
	else
		h->out->failed = true;
	return 0;
}

static int read_history(struct tx *tx, void *arg, struct err *e)
{
	struct history *h = arg;

	h->out->len = h->start;
	return row_each(tx, Q_MODEL_STEPS_OF, ARGS(V_INT(h->model_row), V_INT(h->most)), add_line, h, e);
}

int model_history(struct platform *p, int64_t row_id, int most, struct buf *out, struct err *e)
{
	return store_read(p->store, read_history, &(struct history){ row_id, most, out, out->len }, e);
}

static int delete_old(struct tx *tx, void *arg, struct err *e)
{
	const int64_t *before = arg;

	return row_exec(tx, Q_MODEL_STEPS_DELETE_OLD, ARGS(V_INT(*before), V_INT(SWEEP_AT_ONCE)), e);
}

int model_sweep(struct platform *p, struct err *e)
{
	int64_t before = clock_now_ms() - settings_int(p, SETTING_EVENT_DAYS) * CLOCK_DAY_MS;
	int n, all = 0;

	do {
		n = store_write(p->store, delete_old, &before, e);
		all += n > 0 ? n : 0;
	} while (n == SWEEP_AT_ONCE);
	return n < 0 ? n : all;
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t model_median_ms(const char *load_times)
{
	json_t *list = load_times ? json_loads(load_times, 0, NULL) : NULL;
	size_t n = json_array_size(list);
	auto_free int64_t *ms = xcalloc(n ? n : 1, sizeof(*ms));

	for (size_t i = 0; i < n; i++)
		ms[i] = json_integer_value(json_array_get(list, i));
	qsort(ms, n, sizeof(*ms), compare_times);
	json_decref(list);
	return n ? n % 2 ? ms[n / 2] : (ms[n / 2 - 1] + ms[n / 2]) / 2 : 0;
}

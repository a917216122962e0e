/* models/: what is kept of each model, what it is doing and why. Its spec is a record as others are (node_party.c) */
#include "platform/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonmem.h"
#include "base/name.h"
#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/party.h"
#include "platform/record.h"

#define HISTORY_MOST 1000
#define NAMES_LEAST  20 /* columns of models/status */
#define NOBODY_KEEPS "no models are kept by this process"

static json_t *bytes_or_null(int64_t bytes)
{
	return bytes > 0 ? json_integer(bytes) : json_null();
}

static json_t *seconds_or_null(int64_t ms)
{
	return ms > 0 ? json_real((double)ms / 1000) : json_null();
}

/* What the store knows of a model that nobody keeps. */
static json_t *kept_by_nobody(const struct model *m, const struct model_memory *mem, const char *reason)
{
	char time[CLOCK_TEXT_BYTES];

	return json_pack("{s:s, s:s?, s:n, s:{s:o, s:o, s:i}, s:b, s:i, s:i, s:s?, s:I, s:{s:o, s:o}, s:s}", "state",
			 model_state_words[MODEL_UNLOADED], "reason", reason, "device", "memory", "estimated",
			 bytes_or_null(m->memory_bytes), "measured", bytes_or_null(mem->measured_bytes), "held", 0,
			 "pinned", m->pinned, "in_use", 0, "waiting", 0, "last_used",
			 mem->last_used_at ? clock_format(mem->last_used_at, time) : NULL, "loads",
			 (json_int_t)mem->loads, "load_seconds", "last", seconds_or_null(mem->load_ms), "median",
			 seconds_or_null(model_median_ms(mem->load_times)), "temperature", "cold");
}

int model_now(struct fs *fs, int64_t row, json_t **out, struct err *e)
{
	const struct fs_host *host = &fs->o.host;
	unsigned lacks = jsonmem_lacks();
	struct model_memory mem;
	union party x;
	int rc;

	*out = host->model ? host->model(host->ud, row) : NULL;
	if (*out || jsonmem_lacks() != lacks)
		return *out ? 0 : -ENOMEM;
	rc = party_get(fs->p, PARTY_MODEL, row, &x, e);
	if (rc < 0)
		return rc;
	rc = model_memory_get(fs->p, row, &mem, e);
	if (rc == 0) {
		*out = kept_by_nobody(&x.model, &mem, host->model ? NULL : NOBODY_KEEPS);
		row_release(&model_memory_table, &mem);
		rc = *out ? 0 : -ENOMEM;
	}
	party_release(PARTY_MODEL, &x);
	return rc;
}

/* A member of what is known of a model now: a document, a line, or nothing for null. */
int model_figure_show(const struct ask *a, struct buf *out)
{
	const json_t *v;
	json_t *now;
	int rc = model_now(a->fs, a->row, &now, a->e);

	if (rc < 0)
		return rc;
	v = json_object_get(now, a->node->field);
	if (json_is_object(v)) { /* with as many digits as were meant: 0.097, not what is nearest to it */
		auto_free char *text = json_dumps(v, JSON_INDENT(2) | JSON_REAL_PRECISION(12));

		buf_printf(out, "%s\n", text ? text : "");
		out->failed = out->failed || !text;
	} else if (json_is_integer(v))
		buf_printf(out, "%lld\n", (long long)json_integer_value(v));
	else if (json_string_length(v))
		buf_printf(out, "%s\n", json_string_value(v));
	json_decref(now);
	return 0;
}

int model_log_show(const struct ask *a, struct buf *out)
{
	const struct fs_host *host = &a->fs->o.host;

	return host->model_log ? host->model_log(host->ud, a->row, out) : 0;
}

int model_history_show(const struct ask *a, struct buf *out)
{
	return model_history(a->fs->p, a->row, HISTORY_MOST, out, a->e);
}

int model_key_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	return model_put_key(a->fs->p, a->row, text, a->who, a->e);
}

/* What a person can ask for, and of what state. */
#define IN(state) (1u << (state))
#define ANY       (IN(N_MODEL_STATES) - 1)
static const struct verb {
	const char *word;
	const char *needs; /* a member of the spec that it needs */
	unsigned states;
	bool ready; /* only with a spec that can be loaded */
	bool idle;  /* not while it answers requests */
	bool loose; /* nor while it is pinned */
} verbs[] = {
	{ "load", NULL, IN(MODEL_UNLOADED) | IN(MODEL_ASLEEP) | IN(MODEL_FAILED), true, false, false },
	{ "unload", NULL, IN(MODEL_LOADING) | IN(MODEL_RESIDENT) | IN(MODEL_ASLEEP), false, true, true },
	{ "pin", NULL, ANY & ~IN(MODEL_REMOTE), false, false, false },
	{ "unpin", NULL, ANY & ~IN(MODEL_REMOTE), false, false, false },
	{ "sleep", "sleep", IN(MODEL_RESIDENT), true, true, false },
	{ "wake", "wake", IN(MODEL_ASLEEP), true, false, false },
};

static bool in_state(const struct verb *v, const char *state)
{
	for (int i = 0; model_state_words[i]; i++)
		if (streq(model_state_words[i], state))
			return v->states & IN(i);
	return false;
}

static bool has_field(const struct model *m, const char *name)
{
	auto_buf text = BUF_INIT;

	record_value(field_find(&model_table, name), m, &text);
	return text.len > 0;
}

/* Is there no use in a verb now? Then why says so. */
static bool verb_useless(const struct verb *v, const struct model *m, const json_t *now, struct err *why)
{
	const char *state = json_string_value(json_object_get(now, "state"));
	json_int_t in_use = json_integer_value(json_object_get(now, "in_use"));

	if (!in_state(v, state ? state : ""))
		err_set(why, -EBUSY, "it is %s", state ? state : "unknown");
	else if (streq(v->word, m->pinned ? "pin" : "unpin") || (v->loose && m->pinned))
		err_set(why, -EBUSY, "it is %s", m->pinned ? "pinned" : "not pinned");
	else if (v->needs && !has_field(m, v->needs))
		err_set(why, -ENOTSUP, "its spec has no %s", v->needs);
	else if (v->idle && in_use > 0)
		err_set(why, -EBUSY, "it answers requests: %lld", (long long)in_use);
	else
		return v->ready && model_ready(m, why) < 0;
	return true;
}

int model_ctl_show(const struct ask *a, struct buf *out)
{
	bool kept = a->fs->o.host.model_do;
	json_t *now;
	union party x;
	int rc = party_get(a->fs->p, PARTY_MODEL, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	rc = model_now(a->fs, a->row, &now, a->e);
	for (size_t i = 0; rc == 0 && i < N_ELEMS(verbs); i++) {
		struct err why = ERR_INIT;
		bool no =
			kept ? verb_useless(&verbs[i], &x.model, now, &why) : err_set(&why, -ENODEV, NOBODY_KEEPS) < 0;

		buf_printf(out, "%-6s  %s%s\n", verbs[i].word, no ? "no: " : "yes", why.text);
	}
	if (rc == 0)
		json_decref(now);
	party_release(PARTY_MODEL, &x);
	return rc;
}

/* What is elsewhere is neither started, stopped nor kept here. */
static int refuse_remote(const struct ask *a, const char *verb)
{
	union party x;
	int rc = party_get(a->fs->p, PARTY_MODEL, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	if (x.model.runner == RUNNER_REMOTE)
		rc = err_set(a->e, -ENOTSUP, "the model '%s' is remote: there is nothing here to %s", x.model.name,
			     verb);
	party_release(PARTY_MODEL, &x);
	return rc;
}

static int do_verb(const struct ask *a, const char *verb)
{
	const struct fs_host *host = &a->fs->o.host;
	int rc = host->model_do ? refuse_remote(a, verb) : err_set(a->e, -ENODEV, NOBODY_KEEPS);

	return rc < 0 ? rc : host->model_do(host->ud, a->row, verb, a->e);
}

int model_ctl_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	auto_buf known = BUF_INIT;

	for (size_t i = 0; i < N_ELEMS(verbs); i++) {
		if (streq(verbs[i].word, text))
			return do_verb(a, text);
		buf_printf(&known, "%s%s", i ? ", " : "", verbs[i].word);
	}
	return err_set(a->e, -EINVAL, "'%.40s' is no verb; there are: %s", text, buf_str(&known));
}

int models_remove(const struct ask *a, const char *name, struct found at)
{
	json_int_t in_use;
	json_t *now;
	int rc = model_now(a->fs, at.row, &now, a->e);

	if (rc < 0)
		return rc;
	in_use = json_integer_value(json_object_get(now, "in_use"));
	json_decref(now);
	if (in_use > 0)
		return err_set(a->e, -EBUSY, "model '%s' answers requests now: %lld", name, (long long)in_use);
	return party_node_remove(a, name, at);
}

int models_move(const struct ask *a, const char *name, struct found at, struct found to, const char *to_name,
		bool replace)
{
	if (tree_belongs(NODE_MODELS, to_name))
		return err_set(a->e, -EEXIST, "a model cannot be called '%s': that is something else here", to_name);
	return party_node_move(a, name, at, to, to_name, replace);
}

/* Those there are, before each is asked about: no question runs within another. */
struct models {
	struct party_listing *one;
	size_t n;
};

static int add_model(void *row, void *ud)
{
	struct models *all = ud;
	const struct party_listing *x = row;

	all->one = xrealloc(all->one, (all->n + 1) * sizeof(*all->one));
	all->one[all->n] = *x;
	all->one[all->n++].name = xstrdup(x->name);
	return 0;
}

static void release_models(struct models *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->one[i].name);
	free(all->one);
}

/* each - fn for every model with what is known of it now; one that has gone meanwhile is passed over. 0 or -errno */
static int each_model(struct fs *fs, void (*fn)(const char *name, const json_t *now, void *ud), void *ud, struct err *e)
{
	struct models all = { NULL };
	int rc = party_each(fs->p, PARTY_MODEL, 0, add_model, &all, e);

	for (size_t i = 0; rc == 0 && i < all.n; i++) {
		json_t *now;

		rc = model_now(fs, all.one[i].row_id, &now, e);
		if (rc == 0) {
			fn(all.one[i].name, now, ud);
			json_decref(now);
		}
		rc = rc == -ENOENT ? 0 : rc;
	}
	release_models(&all);
	return rc;
}

static void count_state(const char *name UNUSED, const json_t *now, void *ud)
{
	json_t *counts = ud;
	const char *state = json_string_value(json_object_get(now, "state"));
	json_int_t n = json_integer_value(json_object_get(counts, state));

	json_object_set_new(counts, state, json_integer(n + 1));
}

int models_count(struct fs *fs, json_t *counts, struct err *e)
{
	for (int i = 0; model_state_words[i]; i++)
		json_object_set_new(counts, model_state_words[i], json_integer(0));
	return each_model(fs, count_state, counts, e);
}

/* "12 s ago" */
static void add_age(const char *time, char *text, size_t room)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { CLOCK_DAY_MS, "d" }, { 3600000, "h" }, { 60000, "min" }, { 0, "s" } };
	int64_t then, age, i = 0;

	if (!time || clock_parse(time, &then) < 0) {
		snprintf(text, room, "never");
		return;
	}
	age = clock_now_ms() - then;
	while (age < units[i].ms)
		i++;
	snprintf(text, room, "%jd %s ago", (intmax_t)(age / (units[i].ms ? units[i].ms : 1000)), units[i].name);
}

/* What it holds, else what it is known or said to need; "-" for nothing. */
static const char *size_of(const json_t *memory, char *text)
{
	static const char *const keys[] = { "held", "measured", "estimated" };
	json_int_t bytes = 0;

	for (size_t i = 0; bytes == 0 && i < N_ELEMS(keys); i++)
		bytes = json_integer_value(json_object_get(memory, keys[i]));
	return bytes > 0 ? util_size((uint64_t)bytes, text) : "-";
}

static const char *text_of(const json_t *now, const char *key, const char *none)
{
	const char *text = json_string_value(json_object_get(now, key));

	return text ? text : none;
}

struct status {
	struct buf *out;
	int width; /* of the names */
};

static int widen(void *row, void *ud)
{
	const struct party_listing *x = row;
	struct status *s = ud;
	int width = name_width(x->name);

	s->width = width > s->width ? width : s->width;
	return 0;
}

/* What a row says in each column but the first. */
struct cells {
	const char *state, *device, *size, *used, *heat, *pinned, *why;
};

static void add_row(const struct status *s, const char *name, const struct cells *c)
{
	int pad = s->width - name_width(name);

	buf_printf(s->out, "%s%*s %-9s %-6s %9s  %-11s %-5s %-6s %s\n", name, pad > 0 ? pad : 0, "", c->state,
		   c->device, c->size, c->used, c->heat, c->pinned, c->why);
}

static void add_line(const char *name, const json_t *now, void *ud)
{
	char age[32], size[UTIL_SIZE_BYTES];

	add_age(json_string_value(json_object_get(now, "last_used")), age, sizeof(age));
	add_row(ud, name,
		&(struct cells){ text_of(now, "state", "?"), text_of(now, "device", "-"),
				 size_of(json_object_get(now, "memory"), size), age, text_of(now, "temperature", "?"),
				 json_is_true(json_object_get(now, "pinned")) ? "yes" : "-",
				 text_of(now, "reason", "") });
}

int models_status_show(const struct ask *a, struct buf *out)
{
	struct status s = { out, NAMES_LEAST };
	int rc = party_each(a->fs->p, PARTY_MODEL, 0, widen, &s, a->e);

	if (rc < 0)
		return rc;
	add_row(&s, "MODEL", &(struct cells){ "STATE", "DEVICE", "SIZE", "LAST USED", "HEAT", "PINNED", "WHY" });
	rc = each_model(a->fs, add_line, &s, a->e);
	devices_status(a->fs, out);
	return rc;
}

#include "platform/party.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "platform/attr.h"
#include "platform/endpoint.h"
#include "platform/event.h"
#include "platform/model.h"
#include "platform/record.h"
#include "platform/settings.h"

static void new_expert(union party *x, const struct actor *who UNUSED)
{
	x->expert.certified_mcps = xstrdup("[]");
	x->expert.hourly_rate_cents = INT_NULL;
	x->expert.max_clients = INT_NULL;
	x->expert.rating = NAN;
}

static void new_company(union party *x UNUSED, const struct actor *who UNUSED)
{
}

static void new_engagement(union party *x, const struct actor *who)
{
	x->engagement.review_threshold = 80;
	x->engagement.created_by = xstrdup(who->name);
}

/* A person writes an expert's or company's name or id; the id is kept. */
static int resolve_party(struct tx *tx, enum party_kind kind, char **ref, struct err *e);

/* Who acts is the expert whose login the caller has: there can be one. */
static int check_login(struct tx *tx, const struct expert *x, struct err *e)
{
	struct expert other;
	int rc = x->login ? row_find(tx, Q_EXPERT_BY_LOGIN, ARGS(V_TEXT(x->login)), &other, e) : -ENOENT;

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (other.row_id != x->row_id)
		rc = err_set(e, -EEXIST, "expert '%s' has the login '%s' already: change it there first", other.name,
			     x->login);
	row_release(&expert_table, &other);
	return rc;
}

static int check_expert(struct platform *p, struct tx *tx, union party *x, struct err *e)
{
	json_t *list = x->expert.certified_mcps ? json_loads(x->expert.certified_mcps, 0, NULL) : NULL;
	const char *tool, *version;
	int rc = check_login(tx, &x->expert, e);
	size_t i;
	json_t *v;

	if (rc == 0 && list && !json_is_array(list))
		rc = err_set(e, -EINVAL, "'certified_mcps' must be a list of names of MCPs");
	json_array_foreach (list, i, v) {
		if (rc < 0)
			break;
		if (!json_is_string(v))
			rc = err_set(e, -EINVAL, "'certified_mcps' must be a list of names of MCPs");
		else if (p->engines.resolve(p->engines.ud, json_string_value(v), NULL, &tool, &version, e) < 0)
			rc = -EINVAL;
	}
	json_decref(list);
	return rc;
}

static int check_company(struct platform *p UNUSED, struct tx *tx UNUSED, union party *x UNUSED, struct err *e UNUSED)
{
	return 0;
}

static int check_engagement(struct platform *p, struct tx *tx, union party *x, struct err *e)
{
	struct engagement *g = &x->engagement;
	auto_free char *fallback = settings_text(p, SETTING_DEFAULT_MCP);
	const char *tool, *version;
	int rc = resolve_party(tx, PARTY_EXPERT, &g->expert_id, e);

	if (rc == 0)
		rc = resolve_party(tx, PARTY_COMPANY, &g->customer_id, e);
	if (rc == 0 && (g->mcp || g->tool) &&
	    p->engines.resolve(p->engines.ud, g->mcp ? g->mcp : fallback, g->tool, &tool, &version, e) < 0)
		rc = -EINVAL;
	return rc;
}

static int tell_engagement(struct tx *tx, const union party *x, bool created, const char *former UNUSED, struct err *e)
{
	const struct engagement *g = &x->engagement;

	return event_emit(tx, created ? "engagement.created" : "engagement.updated", 0, g->row_id,
			  json_pack("{s:s, s:s, s:s?, s:s?, s:i}", "engagement_id", g->id, "name", g->name, "expert_id",
				    g->expert_id, "customer_id", g->customer_id, "review_threshold",
				    (int)g->review_threshold),
			  e);
}

static void new_endpoint(union party *x, const struct actor *who UNUSED)
{
	endpoint_fill(&x->endpoint);
}

static int check_endpoint(struct platform *p, struct tx *tx, union party *x, struct err *e)
{
	return endpoint_check(p, tx, &x->endpoint, e);
}

static int tell_endpoint(struct tx *tx, const union party *x, bool created, const char *former UNUSED, struct err *e)
{
	int rc = created ? endpoint_begin(tx, e) : 0;

	return rc < 0 ? rc : endpoint_tell(tx, &x->endpoint, "webhook.updated", e);
}

static void new_model(union party *x, const struct actor *who)
{
	model_fill(&x->model);
	x->model.created_by = xstrdup(who->name);
}

static int may_model(const union party *was, const union party *now, const struct actor *who, struct err *e)
{
	return model_may(&was->model, &now->model, who, e);
}

static int check_model(struct platform *p, struct tx *tx, union party *x, struct err *e)
{
	return model_check(p, tx, &x->model, e);
}

static int tell_model(struct tx *tx, const union party *x, bool created UNUSED, const char *former, struct err *e)
{
	return model_updated(tx, &x->model, former, e);
}

static int end_endpoint(struct tx *tx, const union party *x, struct err *e)
{
	return endpoint_end(tx, &x->endpoint, e);
}

static int end_model(struct tx *tx, const union party *x, struct err *e)
{
	int rc = model_end(tx, x->model.row_id, e);

	return rc < 0 ? rc : model_removed(tx, &x->model, e);
}

static const struct kind {
	const char *word;
	const struct table *table;
	enum refusal_kind refusal;
	enum query by_name, by_id, list;
	size_t id, name, created_at, updated_at; /* offsets of what all have */
	void (*fill)(union party *x, const struct actor *who);
	int (*check)(struct platform *p, struct tx *tx, union party *x, struct err *e);
	/* these may be NULL */
	int (*tell)(struct tx *tx, const union party *x, bool created, const char *former, struct err *e);
	int (*may)(const union party *was, const union party *now, const struct actor *who, struct err *e);
	int (*end)(struct tx *tx, const union party *x, struct err *e); /* what belongs to it goes with it */
} kinds[N_PARTY_KINDS] = {
#define COMMON(type)                                                                               \
	offsetof(struct type, id), offsetof(struct type, name), offsetof(struct type, created_at), \
		offsetof(struct type, updated_at)
	[PARTY_EXPERT] = { "expert", &expert_table, REFUSAL_EXPERT, Q_EXPERT_BY_NAME, Q_EXPERT_BY_ID, Q_EXPERTS,
			   COMMON(expert), new_expert, check_expert, NULL, NULL, NULL },
	[PARTY_COMPANY] = { "company", &company_table, REFUSAL_COMPANY, Q_COMPANY_BY_NAME, Q_COMPANY_BY_ID, Q_COMPANIES,
			    COMMON(company), new_company, check_company, NULL, NULL, NULL },
	[PARTY_ENGAGEMENT] = { "engagement", &engagement_table, REFUSAL_ENGAGEMENT, Q_ENGAGEMENT_BY_NAME,
			       Q_ENGAGEMENT_BY_ID, Q_ENGAGEMENTS, COMMON(engagement), new_engagement, check_engagement,
			       tell_engagement, NULL, NULL },
	[PARTY_ENDPOINT] = { "endpoint", &endpoint_table, REFUSAL_ENDPOINT, Q_ENDPOINT_BY_NAME, Q_ENDPOINT_BY_ID,
			     Q_ENDPOINTS, COMMON(endpoint), new_endpoint, check_endpoint, tell_endpoint, NULL,
			     end_endpoint },
	[PARTY_MODEL] = { "model", &model_table, REFUSAL_MODEL, Q_MODEL_BY_NAME, Q_MODEL_BY_ID, Q_MODELS, COMMON(model),
			  new_model, check_model, tell_model, may_model, end_model },
#undef COMMON
};

#define TEXT_AT(x, offset) (*(char **)((char *)(x) + (offset)))
#define TIME_AT(x, offset) (*(int64_t *)((char *)(x) + (offset)))

const struct table *party_table(enum party_kind kind)
{
	return kinds[kind].table;
}

enum refusal_kind party_refusal(enum party_kind kind)
{
	return kinds[kind].refusal;
}

void party_release(enum party_kind kind, union party *x)
{
	row_release(kinds[kind].table, x);
}

const char *party_name(enum party_kind kind, const union party *x)
{
	return TEXT_AT(x, kinds[kind].name);
}

int64_t party_updated(enum party_kind kind, const union party *x)
{
	return *(const int64_t *)((const char *)x + kinds[kind].updated_at);
}

static int resolve_party(struct tx *tx, enum party_kind kind, char **ref, struct err *e)
{
	const struct kind *k = &kinds[kind];
	union party x;
	int rc;

	if (!*ref)
		return 0;
	rc = row_find(tx, k->by_id, ARGS(V_TEXT(*ref)), &x, e);
	if (rc == -ENOENT)
		rc = row_find(tx, k->by_name, ARGS(V_TEXT(*ref)), &x, e);
	if (rc == -ENOENT)
		return err_set(e, -EINVAL, "there is no %s '%s'", k->word, *ref);
	if (rc < 0)
		return rc;
	row_set_text(ref, TEXT_AT(&x, k->id));
	party_release(kind, &x);
	return 0;
}

/* Told where the kind tells of itself; former is the name that it had, NULL where it has it still. */
static int tell(struct tx *tx, enum party_kind kind, const union party *x, bool created, const char *former,
		struct err *e)
{
	return kinds[kind].tell ? kinds[kind].tell(tx, x, created, former, e) : 0;
}

struct call {
	struct platform *p;
	enum party_kind kind;
	const struct actor *who;
	const char *name;
	int64_t row_id;
	const json_t *doc;     /* put */
	const struct field *f; /* set */
	const char *text;      /* set */
	int (*apply)(struct tx *tx, union party *x, void *arg, struct err *e);
	void *arg;
};

static int check_name(enum party_kind kind, const char *name, struct err *e)
{
	if (name[0] == '.' || strchr(name, '@'))
		return err_set(e, -EINVAL, "the name of a record (%s) cannot begin with '.' or hold '@': '%s'",
			       kinds[kind].word, name);
	return 0;
}

static int create(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	const struct kind *k = &kinds[c->kind];
	union party x = { 0 };
	char id[ID_BYTES];
	int rc;

	TEXT_AT(&x, k->id) = xstrdup(id_new(id));
	TEXT_AT(&x, k->name) = xstrdup(c->name);
	TIME_AT(&x, k->created_at) = TIME_AT(&x, k->updated_at) = clock_now_ms();
	k->fill(&x, c->who);
	rc = row_insert(tx, k->table, &x, e);
	c->row_id = x.expert.row_id;
	if (rc == -EEXIST)
		err_set(e, rc, "%s '%s' exists already", k->word, c->name);
	if (rc == 0)
		rc = tell(tx, c->kind, &x, true, NULL, e);
	if (rc == 0)
		tx_change(tx, CHANGE_PARTY, c->row_id, c->kind, CHANGE_NONE, 0, c->name);
	party_release(c->kind, &x);
	return rc;
}

int party_create(struct platform *p, enum party_kind kind, const char *name, const struct actor *who, int64_t *row_id,
		 struct err *e)
{
	struct call c = { .p = p, .kind = kind, .who = who, .name = name };
	int rc = check_name(kind, name, e);

	if (rc == 0)
		rc = store_write(p->store, create, &c, e);
	*row_id = c.row_id;
	return rc;
}

struct fetch {
	enum party_kind kind;
	int64_t row_id;
	const char *name;
	union party *out;
};

static int fetch(struct tx *tx, void *arg, struct err *e)
{
	struct fetch *f = arg;

	if (f->name)
		return row_find(tx, kinds[f->kind].by_name, ARGS(V_TEXT(f->name)), f->out, e);
	return row_get(tx, kinds[f->kind].table, f->row_id, f->out, e);
}

int party_get(struct platform *p, enum party_kind kind, int64_t row_id, union party *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ kind, row_id, NULL, out }, e);
}

int party_find(struct platform *p, enum party_kind kind, const char *name, union party *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ kind, 0, name, out }, e);
}

struct each {
	enum party_kind kind;
	int64_t after;
	int (*fn)(void *listing, void *ud);
	void *ud;
};

static int each(struct tx *tx, void *arg, struct err *e)
{
	struct each *x = arg;

	return row_each(tx, kinds[x->kind].list, ARGS(V_INT(x->after), V_INT(INT64_MAX)), x->fn, x->ud, e);
}

int party_each(struct platform *p, enum party_kind kind, int64_t after, int (*fn)(void *listing, void *ud), void *ud,
	       struct err *e)
{
	return store_read(p->store, each, &(struct each){ kind, after, fn, ud }, e);
}

static int apply_call(struct tx *tx, struct call *c, union party *x, struct err *e)
{
	const struct kind *k = &kinds[c->kind];

	return c->doc ? record_apply(k->table, x, c->doc, e)
	       : c->f ? record_set(k->table, c->f, x, c->text, e)
		      : c->apply(tx, x, c->arg, e);
}

/* apply_call, where not everybody may change everything. */
static int apply_allowed(struct tx *tx, struct call *c, union party *x, struct err *e)
{
	const struct kind *k = &kinds[c->kind];
	union party was;
	int rc;

	if (!k->may)
		return apply_call(tx, c, x, e);
	if (row_copy(k->table, &was, x) < 0)
		return err_set(e, -ENOMEM, "no memory for %s '%s'", k->word, TEXT_AT(x, k->name));
	rc = apply_call(tx, c, x, e);
	if (rc == 0)
		rc = k->may(&was, x, c->who, e);
	party_release(c->kind, &was);
	return rc;
}

/* Applies what the call wants to the row, checks the whole, and writes it. */
static int change(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	const struct kind *k = &kinds[c->kind];
	union party x;
	int rc = row_get(tx, k->table, c->row_id, &x, e);

	if (rc < 0)
		return rc;
	rc = apply_allowed(tx, c, &x, e);
	if (rc == 0)
		rc = k->check(c->p, tx, &x, e);
	TIME_AT(&x, k->updated_at) = clock_now_ms();
	if (rc == 0)
		rc = row_update(tx, k->table, &x, e);
	if (rc == 0)
		rc = tell(tx, c->kind, &x, false, NULL, e);
	if (rc == 0)
		tx_change(tx, CHANGE_PARTY, c->row_id, c->kind, 0, 0, TEXT_AT(&x, k->name));
	party_release(c->kind, &x);
	return rc;
}

int party_put(struct platform *p, enum party_kind kind, int64_t row_id, const char *text, size_t len,
	      const struct actor *who, struct err *e)
{
	struct call c = { .p = p, .kind = kind, .who = who, .row_id = row_id };
	json_t *doc = NULL;
	int rc = record_parse(text, len, &doc, e);

	c.doc = doc;
	if (rc == 0)
		rc = store_write(p->store, change, &c, e);
	json_decref(doc);
	return rc;
}

int party_set(struct platform *p, enum party_kind kind, int64_t row_id, const struct field *f, const char *text,
	      const struct actor *who, struct err *e)
{
	struct call c = { .p = p, .kind = kind, .who = who, .row_id = row_id, .f = f, .text = text };

	return store_write(p->store, change, &c, e);
}

int party_alter(struct platform *p, enum party_kind kind, int64_t row_id,
		int (*apply)(struct tx *tx, union party *x, void *arg, struct err *e), void *arg,
		const struct actor *who, struct err *e)
{
	struct call c = { .p = p, .kind = kind, .who = who, .row_id = row_id, .apply = apply, .arg = arg };

	return store_write(p->store, change, &c, e);
}

/* The default engagement is named by a setting: the setting follows its new name. */
static int follow_default(struct tx *tx, const char *was, const char *now, struct err *e)
{
	const char *key = settings_row(SETTING_DEFAULT_ENGAGEMENT)->name;
	struct setting row;
	int rc = row_find(tx, Q_SETTING, ARGS(V_TEXT(key)), &row, e);
	bool is_default =
		rc == 0 ? streq(row.value, was) : streq(settings_row(SETTING_DEFAULT_ENGAGEMENT)->fallback, was);

	if (rc == -ENOENT && is_default) {
		row = (struct setting){ .name = xstrdup(key), .value = xstrdup(now) };
		rc = row_insert(tx, &setting_table, &row, e);
	} else if (rc == 0 && is_default) {
		row_set_text(&row.value, now);
		rc = row_update(tx, &setting_table, &row, e);
	}
	row_release(&setting_table, &row);
	if (rc == 0 && is_default)
		tx_change(tx, CHANGE_SETTING, SETTING_DEFAULT_ENGAGEMENT, 0, 0, 0, key);
	return rc == -ENOENT ? 0 : rc;
}

static int rename_party(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	const struct kind *k = &kinds[c->kind];
	auto_free char *former = NULL;
	union party x;
	int rc = row_get(tx, k->table, c->row_id, &x, e);

	if (rc < 0)
		return rc;
	former = xstrdup(TEXT_AT(&x, k->name));
	tx_change(tx, CHANGE_PARTY, c->row_id, c->kind, 0, CHANGE_NONE, former);
	tx_change(tx, CHANGE_PARTY, c->row_id, c->kind, CHANGE_NONE, 0, c->name);
	if (c->kind == PARTY_ENGAGEMENT)
		rc = follow_default(tx, x.engagement.name, c->name, e);
	row_set_text(&TEXT_AT(&x, k->name), c->name);
	TIME_AT(&x, k->updated_at) = clock_now_ms();
	if (rc == 0)
		rc = row_update(tx, k->table, &x, e);
	if (rc == -EEXIST)
		err_set(e, rc, "%s '%s' exists already", k->word, c->name);
	if (rc == 0)
		rc = tell(tx, c->kind, &x, false, former, e);
	party_release(c->kind, &x);
	return rc;
}

int party_rename(struct platform *p, enum party_kind kind, int64_t row_id, const char *name, struct err *e)
{
	struct call c = { .p = p, .kind = kind, .row_id = row_id, .name = name };
	int rc = check_name(kind, name, e);

	if (rc == 0)
		rc = store_write(p->store, rename_party, &c, e);
	return rc == 0 && kind == PARTY_ENGAGEMENT ? settings_reload(p, e) : rc;
}

static int count_uses(struct tx *tx, enum party_kind kind, const union party *x, int64_t *n, struct err *e)
{
	if (kind == PARTY_ENDPOINT || kind == PARTY_MODEL)
		return 0;
	if (kind == PARTY_ENGAGEMENT)
		return row_int(tx, Q_TASK_COUNT_OF, ARGS(V_INT(x->engagement.row_id)), n, e);
	return row_int(tx, Q_ENGAGEMENTS_OF, ARGS(V_TEXT(TEXT_AT(x, kinds[kind].id))), n, e);
}

static int remove_party(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	const struct kind *k = &kinds[c->kind];
	union party x;
	int64_t uses = 0;
	int rc = row_get(tx, k->table, c->row_id, &x, e);

	if (rc < 0)
		return rc;
	rc = count_uses(tx, c->kind, &x, &uses, e);
	if (rc == 0 && uses > 0)
		rc = err_set(e, -ENOTEMPTY, "%s '%s' still has %s: %jd", k->word, TEXT_AT(&x, k->name),
			     c->kind == PARTY_ENGAGEMENT ? "tasks (those in .trash count)" : "engagements",
			     (intmax_t)uses);
	if (rc == 0 && c->kind == PARTY_ENGAGEMENT && streq(x.engagement.name, c->name))
		rc = err_set(e, -EBUSY, "engagement '%s' is the default: choose another in settings/default_engagement",
			     c->name);
	if (rc == 0 && k->end)
		rc = k->end(tx, &x, e);
	if (rc == 0)
		rc = row_delete(tx, k->table, c->row_id, e);
	if (rc == 0)
		rc = attr_forget(tx, c->row_id, e);
	if (rc == 0)
		tx_change(tx, CHANGE_PARTY, c->row_id, c->kind, 0, CHANGE_NONE, TEXT_AT(&x, k->name));
	party_release(c->kind, &x);
	return rc;
}

int party_remove(struct platform *p, enum party_kind kind, int64_t row_id, struct err *e)
{
	auto_free char *fallback = settings_text(p, SETTING_DEFAULT_ENGAGEMENT);
	struct call c = { .p = p, .kind = kind, .row_id = row_id, .name = fallback };

	return store_write(p->store, remove_party, &c, e);
}

/* webhooks/: endpoints, and deliveries by what became of them */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/delivery.h"
#include "platform/party.h"

#define SUFFIX         ".json"
#define DELIVERED_MOST 10000 /* that are listed */

/* Which deliveries a directory holds, by its kind. */
static enum delivery_state state_of(const struct ask *a)
{
	unsigned kind = (unsigned)(a->node - nodes);

	return kind == NODE_PENDING ? DELIVERY_PENDING : kind == NODE_DELIVERED ? DELIVERY_DELIVERED : DELIVERY_DEAD;
}

static const unsigned dirs[N_DELIVERY_STATES] = {
	[DELIVERY_PENDING] = NODE_PENDING,
	[DELIVERY_DELIVERED] = NODE_DELIVERED,
	[DELIVERY_DEAD] = NODE_DEAD,
};

int endpoint_text_show(const struct ask *a, struct buf *out)
{
	return endpoint_show(a->fs->p, a->row, a->node->field, out, a->e);
}

int endpoint_text_put(const struct ask *a, const char *text, size_t len)
{
	return endpoint_put(a->fs->p, a->row, a->node->field, text, len, a->who, a->e);
}

int endpoint_secret_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	return endpoint_put_secret(a->fs->p, a->row, text, a->who, a->answer, a->e);
}

int endpoint_keys_show(const struct ask *a, struct buf *out)
{
	return endpoint_public_keys(a->fs->p, a->row, out, a->e);
}

/* As it is kept; but where its secrets cannot be read, nothing is sent whatever it says. */
static const char *state_now(struct platform *p, const struct endpoint *x, struct err *why)
{
	if (x->state != ENDPOINT_DISABLED && endpoint_readable(p, x, why) < 0)
		return endpoint_state_words[ENDPOINT_DISABLED];
	err_set(why, 0, "%s", x->reason ? x->reason : "");
	return endpoint_state_words[x->state];
}

int endpoint_state_show(const struct ask *a, struct buf *out)
{
	struct err why = ERR_INIT;
	const char *state;
	union party x;
	int rc = party_get(a->fs->p, PARTY_ENDPOINT, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	state = state_now(a->fs->p, &x.endpoint, &why);
	buf_printf(out, "%s%s%s\n", state, *why.text ? ": " : "", why.text);
	party_release(PARTY_ENDPOINT, &x);
	return 0;
}

int endpoint_replay_show(const struct ask *a UNUSED, struct buf *out UNUSED)
{
	return 0;
}

int endpoint_replay_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	int64_t from;
	int rc = clock_parse(text, &from);

	if (rc < 0)
		return err_set(a->e, -EINVAL,
			       "'%.40s' is no time; write one such as 2026-11-21 or 2026-11-21T18:00:00Z", text);
	rc = delivery_replay_from(a->fs->p, a->row, from, a->e);
	return rc < 0 ? rc : 0;
}

struct naming {
	struct listing *out;
	struct platform *p;
	enum delivery_state state;
	struct {
		int64_t row;
		char name[NAME_BYTES];
	} * endpoint;
	size_t n;
};

static int add_endpoint(void *row, void *ud)
{
	const struct party_listing *x = row;
	struct naming *w = ud;

	w->endpoint = xrealloc(w->endpoint, (w->n + 1) * sizeof(*w->endpoint));
	w->endpoint[w->n].row = x->row_id;
	snprintf(w->endpoint[w->n++].name, NAME_BYTES, "%s", x->name);
	return 0;
}

static int add_delivery(void *row, void *ud)
{
	const struct delivery_listing *d = row;
	struct naming *w = ud;

	for (size_t i = 0; i < w->n; i++) {
		auto_free char *name = NULL;

		if (w->endpoint[i].row != d->endpoint_row)
			continue;
		name = xasprintf("%s@%s" SUFFIX, d->event_id, w->endpoint[i].name);
		listing_add(w->out, name, NODE_DELIVERY, d->row_id);
	}
	return w->out->failed ? -ENOMEM : 0;
}

int deliveries_list(const struct ask *a, struct listing *out)
{
	struct naming w = { .out = out, .p = a->fs->p, .state = state_of(a) };
	int64_t most = w.state == DELIVERY_DELIVERED ? DELIVERED_MOST : INT64_MAX;
	int rc = party_each(a->fs->p, PARTY_ENDPOINT, 0, add_endpoint, &w, a->e);

	if (rc == 0)
		rc = delivery_each(a->fs->p, w.state, most, add_delivery, &w, a->e);
	free(w.endpoint);
	return rc;
}

/* "EVENT@ENDPOINT.json" */
int deliveries_find(const struct ask *a, const char *name, struct found *out)
{
	const char *at = strchr(name, '@');
	auto_free char *event = NULL, *endpoint = NULL;
	struct delivery d;
	union party x;
	int rc;

	if (!at || !util_ends(at, SUFFIX))
		return -ENOENT;
	event = xstrndup(name, (size_t)(at - name));
	endpoint = xstrndup(at + 1, strlen(at + 1) - strlen(SUFFIX));
	rc = party_find(a->fs->p, PARTY_ENDPOINT, endpoint, &x, a->e);
	if (rc < 0)
		return rc;
	rc = delivery_named(a->fs->p, x.endpoint.row_id, event, state_of(a), &d, a->e);
	party_release(PARTY_ENDPOINT, &x);
	if (rc < 0)
		return rc;
	*out = (struct found){ NODE_DELIVERY, d.row_id };
	row_release(&delivery_table, &d);
	return 0;
}

int deliveries_move(const struct ask *a, const char *name, struct found at, struct found to, const char *to_name,
		    bool replace UNUSED)
{
	if (!streq(name, to_name) || a->node->parent != nodes[to.kind].parent)
		return err_set(a->e, -EPERM, "a delivery keeps its name and stays in webhooks/");
	if (to.kind == NODE_PENDING)
		return delivery_replay(a->fs->p, at.row, a->e);
	if (to.kind == NODE_DEAD)
		return delivery_give_up(a->fs->p, at.row, a->e);
	return err_set(a->e, -EPERM, "a delivery gets to delivered/ by arriving");
}

int deliveries_remove(const struct ask *a, const char *name UNUSED, struct found at)
{
	return delivery_remove(a->fs->p, at.row, a->e);
}

int delivery_stat(const struct ask *a, struct attr *out)
{
	struct delivery d;
	int rc = delivery_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	out->modified_at = d.changed_at;
	row_release(&delivery_table, &d);
	return 0;
}

int delivery_show(const struct ask *a, struct buf *out)
{
	return delivery_document(a->fs->p, a->row, out, a->e);
}

int delivery_up(const struct ask *a, struct found *out)
{
	struct delivery d;
	int rc = delivery_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	*out = (struct found){ dirs[d.state], 0 };
	row_release(&delivery_table, &d);
	return 0;
}

/* One line of the status, before its deliveries are counted. */
struct status {
	int64_t row;
	char name[NAME_BYTES];
	const char *state;
	struct err why;
};

struct statuses {
	struct platform *p;
	struct status *one;
	size_t n;
};

static int add_status(void *row, void *ud)
{
	const struct endpoint *x = row;
	struct statuses *all = ud;
	struct status *s;

	all->one = xrealloc(all->one, (all->n + 1) * sizeof(*all->one));
	s = &all->one[all->n++];
	*s = (struct status){ .row = x->row_id };
	snprintf(s->name, sizeof(s->name), "%s", x->name);
	s->state = state_now(all->p, x, &s->why);
	return 0;
}

static int show_status(struct platform *p, const struct status *s, struct buf *out, struct err *e)
{
	struct delivery_counts n;
	int rc = delivery_count(p, s->row, &n, e);

	buf_printf(out, "%-20s %-10s %8jd %10jd %6jd  %s\n", s->name, s->state, (intmax_t)n.in[DELIVERY_PENDING],
		   (intmax_t)n.in[DELIVERY_DELIVERED], (intmax_t)n.in[DELIVERY_DEAD], s->why.text);
	return rc;
}

static json_int_t figure(const json_t *figures, const char *key)
{
	return json_integer_value(json_object_get(figures, key));
}

int webhooks_status_show(const struct ask *a, struct buf *out)
{
	json_t *figures = a->fs->o.host.webhooks ? a->fs->o.host.webhooks(a->fs->o.host.ud) : NULL;
	struct statuses x = { .p = a->fs->p };
	struct delivery_counts all;
	char time[CLOCK_TEXT_BYTES];
	int rc = delivery_count(a->fs->p, 0, &all, a->e);

	buf_printf(out, "%-20s %-10s %8s %10s %6s  %s\n", "ENDPOINT", "STATE", "PENDING", "DELIVERED", "DEAD", "WHY");
	if (rc == 0)
		rc = endpoint_each(a->fs->p, add_status, &x, a->e);
	for (size_t i = 0; rc == 0 && i < x.n; i++)
		rc = show_status(a->fs->p, &x.one[i], out, a->e);
	if (all.oldest || (figures && figure(figures, "attempts")))
		buf_addc(out, '\n');
	if (figures && figure(figures, "attempts"))
		buf_printf(out, "since the start: %lld attempts, %.1f %% of them arrived\n",
			   (long long)figure(figures, "attempts"),
			   100.0 * (double)figure(figures, "succeeded") / (double)figure(figures, "attempts"));
	if (all.oldest)
		buf_printf(out, "the oldest pending delivery is of %s\n", clock_format(all.oldest, time));
	free(x.one);
	json_decref(figures);
	return rc;
}

struct trouble {
	struct platform *p;
	json_t *states;
	json_t *endpoints;
};

static int add_trouble(void *row, void *ud)
{
	const struct endpoint *x = row;
	struct trouble *t = ud;
	struct err why = ERR_INIT;
	const char *state = state_now(t->p, x, &why);
	bool lost = !streq(state, endpoint_state_words[x->state]);
	json_int_t n = json_integer_value(json_object_get(t->states, state));

	json_object_set_new(t->states, state, json_integer(n + 1));

	if (lost || (x->failing_since && x->state != ENDPOINT_ACTIVE)) {
		auto_free char *text = xasprintf("%s: %s", state, why.text);

		json_object_set_new(t->endpoints, x->name, json_string(text));
	}
	return 0;
}

json_t *webhooks_health(struct fs *fs)
{
	struct err e = ERR_INIT;
	json_t *states = json_object(), *endpoints = json_object();
	int rc;
	bool ok;

	for (int i = 0; endpoint_state_words[i]; i++)
		json_object_set_new(states, endpoint_state_words[i], json_integer(0));
	rc = endpoint_each(fs->p, add_trouble, &(struct trouble){ fs->p, states, endpoints }, &e);
	ok = rc == 0 && json_object_size(endpoints) == 0;

	return json_pack("{s:s, s:o, s:o}", "state", ok ? "ok" : "failing", "endpoints", states, "failing", endpoints);
}

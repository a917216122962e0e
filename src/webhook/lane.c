#include "webhook/lane.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"

#define LOOKS_ON         32    /* that go on where the last one ended */
#define SECRETS_AGAIN_MS 60000 /* a secret that was replaced stops signing at most so much later */

static void drop_settings(struct lane *l)
{
	for (size_t i = 0; i < l->n_secrets; i++)
		secret_wipe(&l->secret[i]);
	free(l->secret);
	if (l->headers)
		crypto_wipe(l->headers, l->headers_len);
	free(l->headers);
	free(l->header);
	cidrs_free(&l->allow);
	row_release(&endpoint_table, &l->x);
	l->secret = NULL;
	l->n_secrets = l->n_headers = 0;
	l->headers = NULL;
	l->header = NULL;
}

static void split_headers(struct lane *l)
{
	char *rest = l->headers, *line;

	l->headers_len = rest ? strlen(rest) : 0;
	while (rest && (line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		l->header = xrealloc(l->header, (l->n_headers + 1) * sizeof(*l->header));
		l->header[l->n_headers++] = line;
	}
}

static int set(struct lane *l, struct platform *p, const struct endpoint *x, struct err *e)
{
	int64_t now = clock_now_ms();
	int rc;

	drop_settings(l);
	rc = row_copy(&endpoint_table, &l->x, x);
	if (rc == 0)
		rc = endpoint_secrets(p, x, now, &l->secret, &l->n_secrets, e);
	if (rc == 0)
		rc = endpoint_headers(p, x, &l->headers, e);
	if (rc == 0)
		rc = cidrs_parse(x->allow ? x->allow : "", &l->allow, e);
	if (rc == 0 && l->n_secrets == 0)
		rc = err_set(e, -ENOENT, "endpoint '%s' has no secret that signs", x->name);
	split_headers(l);
	l->secrets_until = l->n_secrets > 1 ? now + SECRETS_AGAIN_MS : 0;
	return rc;
}

struct lane *lane_new(struct platform *p, const struct endpoint *x, struct err *e)
{
	struct lane *l = xcalloc(1, sizeof(*l));

	l->places = LANE_FEW;
	breaker_init(&l->breaker);
	l->breaker.failing_since_ms = x->failing_since;
	if (set(l, p, x, e) < 0) {
		lane_free(l);
		return NULL;
	}
	return l;
}

static void drop_ahead(struct lane *l)
{
	while (l->next_ahead < l->n_ahead)
		delivery_job_release(&l->ahead[l->next_ahead++]);
	l->n_ahead = l->next_ahead = 0;
	l->after = (struct delivery_place){ 0, 0 };
	l->look_at = 0;
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	drop_ahead(l);
	drop_settings(l);
	free(l->unsettled);
	free(l);
}

void lane_prompt(struct lane *l, int64_t now)
{
	breaker_prompt(&l->breaker, now);
	drop_ahead(l);
}

/* The sender tells the store that a circuit is broken; only a person's change lets it stand as active before it is. */
static bool is_looked_after(const struct lane *l, const struct endpoint *x)
{
	return l->x.state == ENDPOINT_BROKEN && x->state == ENDPOINT_ACTIVE;
}

int lane_update(struct lane *l, struct platform *p, const struct endpoint *x, struct err *e)
{
	bool again = l->x.from_row != x->from_row; /* it was off, and is on again */

	if (again) {
		breaker_init(&l->breaker);
		l->places = LANE_FEW;
	} else if (is_looked_after(l, x)) {
		breaker_prompt(&l->breaker, clock_now_ms());
	}
	drop_ahead(l);
	return set(l, p, x, e);
}

static bool is_taken(const struct lane *l, int64_t row)
{
	for (size_t i = 0; i < l->n_unsettled; i++)
		if (l->unsettled[i] == row)
			return true;
	return false;
}

static bool wants(int64_t row, void *ud)
{
	const struct lane *l = ud;

	return l->n_ahead < LANE_AHEAD && !is_taken(l, row);
}

static void add_ahead(struct delivery_job *j, void *ud)
{
	struct lane *l = ud;

	l->ahead[l->n_ahead++] = *j;
	l->after = (struct delivery_place){ j->d.next_at, j->d.row_id };
	memset(j, 0, sizeof(*j));
}

static int read_ahead(struct lane *l, struct platform *p, int64_t now, size_t limit, struct err *e)
{
	l->n_ahead = l->next_ahead = 0;
	return delivery_due(p, &l->x, now, l->after, (int)limit, wants, add_ahead, l, e);
}

/*
 * Behind the last one, where none is that was taken, until there is no more; then, and now and again, from the first
 * one on: what became due meanwhile may stand before.
 */
static void look(struct lane *l, struct platform *p, int64_t now)
{
	struct err e = ERR_INIT;
	int64_t next;
	int rc = 0;

	l->n_ahead = l->next_ahead = 0;
	if (l->after.row_id && ++l->n_looks < LOOKS_ON)
		rc = read_ahead(l, p, now, LANE_AHEAD, &e);
	if (rc == 0 && l->n_ahead == 0) {
		l->after = (struct delivery_place){ 0, 0 };
		l->n_looks = 0;
		rc = read_ahead(l, p, now, l->n_unsettled + LANE_AHEAD, &e);
	}
	if (rc < 0)
		log_error("webhooks: what is due to '%s' cannot be read: %s", l->x.name, e.text);
	if (l->n_ahead)
		return;
	next = rc < 0 ? now + 1000 : delivery_next(p, l->x.row_id, now, &e);
	l->look_at = next > 0 ? next : INT64_MAX;
}

bool lane_take(struct lane *l, struct platform *p, int64_t now, struct delivery_job *j)
{
	if (l->next_ahead == l->n_ahead && now >= l->look_at)
		look(l, p, now);
	if (l->next_ahead == l->n_ahead)
		return false;
	*j = l->ahead[l->next_ahead++];
	if (l->n_unsettled == l->room) {
		l->room = l->room ? l->room * 2 : LANE_MOST;
		l->unsettled = xrealloc(l->unsettled, l->room * sizeof(*l->unsettled));
	}
	l->unsettled[l->n_unsettled++] = j->d.row_id;
	return true;
}

void lane_settled(struct lane *l, int64_t row)
{
	for (size_t i = 0; i < l->n_unsettled; i++) {
		if (l->unsettled[i] == row) {
			l->unsettled[i] = l->unsettled[--l->n_unsettled];
			break;
		}
	}
	l->look_at = 0; /* what waited behind it may go */
}

void lane_ended(struct lane *l, enum breaker_pass pass, int64_t now, const struct breaker_outcome *o)
{
	int64_t failing_since = l->breaker.failing_since_ms;
	bool moved = breaker_end(&l->breaker, pass, now, o);

	l->learned = l->learned || moved || pass == BREAKER_PROBE || failing_since != l->breaker.failing_since_ms;
	if (!breaker_success(o))
		l->places = LANE_FEW;
	else if (l->places < LANE_MOST)
		l->places++;
}

bool lane_doubtful(const struct lane *l)
{
	return l->places == LANE_FEW;
}

/* A time further ahead than it was set was set before the clock was set back. */
bool lane_outdated(const struct lane *l, int64_t now)
{
	return l->secrets_until && (l->secrets_until <= now || l->secrets_until - now > SECRETS_AGAIN_MS);
}

int64_t lane_next(const struct lane *l, int64_t now)
{
	int64_t ready = breaker_next(&l->breaker, now);
	int64_t due = l->next_ahead < l->n_ahead ? now : l->look_at;

	if (l->gone)
		return INT64_MAX;
	return ready > due ? ready : due;
}

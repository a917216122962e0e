/*
 * hooks - deliveries of webhooks: made in a source, and watched until they have arrived
 *
 *     hooks [-l LABEL] make SOURCE ENDPOINTS EVENTS WHERE  SOURCE has no daemon: endpoints "e0" … and that many events
 *                                                          for each; "LABEL expand ENDPOINTS RATE …"
 *     hooks events SOURCE EVENTS WHERE                     one endpoint; what its deliveries are is left to the daemon
 *     hooks [-l LABEL] drain SOURCE ENDPOINTS              a daemon has SOURCE: from the first attempt until none is
 *                                                          pending, "LABEL deliver ENDPOINTS RATE …"
 *
 * WHERE is PORT/PATH: each endpoint has an address of its own, 127.0.0.1 and what follows, so that none uses another's
 * connections. The events are of tasks, three of each in their order, with bodies of about 1 KiB.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "platform/delivery.h"
#include "platform/endpoint.h"
#include "platform/event.h"
#include "platform/party.h"
#include "tests/bench/timing.h"

#define BATCH         1000 /* events in one transaction */
#define PER_TASK      3
#define DATA_BYTES    800 /* of the text in each event */
#define POLL_US       20000
#define ENDPOINTS_MAX 254

static const struct actor who = { 0, "bench" };

static int add_endpoint(struct platform *p, const char *name, const char *url, struct err *e)
{
	int64_t row;
	struct buf answer = BUF_INIT;
	int rc = party_create(p, PARTY_ENDPOINT, name, &who, &row, e);

	if (rc == 0)
		rc = endpoint_put(p, row, "allow", "127.0.0.0/8", 11, &who, e);
	if (rc == 0)
		rc = endpoint_put(p, row, "url", url, strlen(url), &who, e);
	if (rc == 0)
		rc = endpoint_put(p, row, "events", "task.*", 6, &who, e);
	if (rc == 0)
		rc = endpoint_put_secret(p, row, "generate", &who, &answer, e);
	buf_release(&answer);
	return rc;
}

struct batch {
	size_t first, n;
};

static int add_events(struct tx *tx, void *arg, struct err *e)
{
	static const char *const types[PER_TASK] = { "task.created", "task.started", "task.completed" };
	const struct batch *b = arg;
	char text[DATA_BYTES + 1];
	int rc = 0;

	memset(text, '0', DATA_BYTES);
	text[DATA_BYTES] = '\0';
	for (size_t i = b->first; rc == 0 && i < b->first + b->n; i++) {
		int64_t task = (int64_t)(i / PER_TASK) + 1;

		rc = event_emit(tx, types[i % PER_TASK], task, 0,
				json_pack("{s:I, s:s}", "task_id", (json_int_t)task, "output_data", text), e);
	}
	return rc;
}

static int add_all(struct platform *p, size_t n_endpoints, size_t n_events, const char *where, struct err *e)
{
	struct batch b = { 0, 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n_endpoints; i++) {
		auto_free char *name = xasprintf("e%zu", i);
		auto_free char *url = xasprintf("http://127.0.0.%zu:%s", i + 1, where);

		rc = add_endpoint(p, name, url, e);
	}
	for (; rc == 0 && b.first < n_events; b.first += b.n) {
		b.n = n_events - b.first < BATCH ? n_events - b.first : BATCH;
		rc = store_write(p->store, add_events, &b, e);
	}
	return rc;
}

static int expand(struct platform *p, const char *label, size_t n_endpoints, struct err *e)
{
	uint64_t began = timing_now_ns();
	struct delivery_counts n;
	int rc;

	do {
		rc = delivery_expand(p, e);
	} while (rc > 0);
	if (rc == 0)
		rc = delivery_count(p, 0, &n, e);
	if (rc == 0)
		timing_line(label, "expand", n_endpoints,
			    (double)n.in[DELIVERY_PENDING] / ((double)(timing_now_ns() - began) / 1e9), 0, 0);
	return rc;
}

/* Without a label the events are left as they are. */
static int make(const char *source, const char *label, size_t n_endpoints, size_t n_events, const char *where,
		struct err *e)
{
	struct platform_options o = { .source = source };
	struct platform *p;
	int rc = platform_open(&o, &p, e);

	if (rc < 0)
		return rc;
	if (n_endpoints > ENDPOINTS_MAX)
		timing_die("there are addresses for %d endpoints", ENDPOINTS_MAX);
	rc = add_all(p, n_endpoints, n_events, where, e);
	if (rc == 0 && label)
		rc = expand(p, label, n_endpoints, e);
	platform_close(p);
	return rc;
}

struct figures {
	int64_t first, last; /* milliseconds: the first attempt, the last end */
	size_t n;
};

static int add_figures(void *row, void *ud)
{
	const struct delivery *d = row;
	struct figures *f = ud;
	json_t *log = d->log ? json_loads(d->log, 0, NULL) : NULL;
	const char *time = json_string_value(json_object_get(json_array_get(log, 0), "time"));
	int64_t at;

	if (d->state != DELIVERY_DELIVERED || d->attempts != 1 || !time || clock_parse(time, &at) < 0)
		timing_die("the delivery of '%s' did not arrive at the first attempt: %s", d->event_id,
			   d->log ? d->log : "");
	f->first = f->n && f->first < at ? f->first : at;
	f->last = d->ended_at > f->last ? d->ended_at : f->last;
	f->n++;
	json_decref(log);
	return 0;
}

static int read_figures(struct tx *tx, void *arg, struct err *e)
{
	return row_all(tx, &delivery_table, add_figures, arg, e);
}

static int add_row(void *listing, void *ud)
{
	int64_t **at = ud;

	*(*at)++ = ((const struct party_listing *)listing)->row_id;
	return 0;
}

/* One index entry is looked at in each turn, so that watching costs next to nothing. */
static int wait_until_none(struct platform *p, size_t n_endpoints, struct err *e)
{
	auto_free int64_t *rows = xcalloc(n_endpoints + 1, sizeof(*rows));
	int64_t *end = rows, next;
	int rc = party_each(p, PARTY_ENDPOINT, 0, add_row, &end, e);

	for (int64_t *row = rows; rc == 0 && row < end; row++) {
		while ((next = delivery_next(p, *row, 0, e)) > 0)
			usleep(POLL_US);
		rc = next < 0 ? (int)next : 0;
	}
	return rc;
}

static int drain(const char *source, const char *label, size_t n_endpoints, struct err *e)
{
	struct figures f = { 0, 0, 0 };
	struct platform p = { 0 };
	int rc = store_open_read(source, &p.store, e);

	if (rc < 0)
		return rc;
	rc = wait_until_none(&p, n_endpoints, e);
	if (rc == 0)
		rc = store_read(p.store, read_figures, &f, e);
	store_close(p.store);
	if (rc == 0 && f.last > f.first)
		timing_line(label, "deliver", n_endpoints, (double)f.n / ((double)(f.last - f.first) / 1e3), 0, 0);
	return rc;
}

static size_t number(const char *text)
{
	int64_t n;

	if (util_int(text, &n) < 0 || n < 1)
		timing_die("'%s' is no number above 0", text);
	return (size_t)n;
}

int main(int argc, char **argv)
{
	const char *label = "ours", *verb;
	struct err e = ERR_INIT;
	int c, rc;

	while ((c = getopt(argc, argv, "+l:")) == 'l')
		label = optarg;
	verb = c == -1 && optind < argc ? argv[optind] : "";
	argv += optind + 1;
	argc -= optind + 1;
	if (streq(verb, "make") && argc == 4)
		rc = make(argv[0], label, number(argv[1]), number(argv[2]), argv[3], &e);
	else if (streq(verb, "events") && argc == 3)
		rc = make(argv[0], NULL, 1, number(argv[1]), argv[2], &e);
	else if (streq(verb, "drain") && argc == 2)
		rc = drain(argv[0], label, number(argv[1]), &e);
	else
		timing_die("usage: hooks [-l LABEL] make SOURCE ENDPOINTS EVENTS WHERE | events SOURCE EVENTS WHERE | "
			   "drain SOURCE ENDPOINTS");
	if (rc < 0)
		timing_die("%s", e.text);
	return 0;
}

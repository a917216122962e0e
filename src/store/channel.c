#include "store/channel.h"

#include <errno.h>
#include <stdlib.h>

int channel_open(const struct engine *en, struct site *site, bool writes, struct channel **out, struct err *e)
{
	struct conn *c;
	int rc = en->connect(site, writes, &c, e);

	if (rc < 0)
		return rc;
	*out = xcalloc(1, sizeof(**out));
	(*out)->engine = en;
	(*out)->conn = c;
	return 0;
}

static void drop(const struct engine *en, struct prepared *p)
{
	if (p->stmt)
		en->unprepare(p->stmt);
}

void channel_close(struct channel *s)
{
	if (!s)
		return;
	for (int q = 0; q < N_QUERIES; q++)
		drop(s->engine, &s->queries[q]);
	while (s->tables) {
		struct table_stmts *t = s->tables;

		s->tables = t->next;
		for (int verb = 0; verb < N_ROW_VERBS; verb++)
			drop(s->engine, &t->verbs[verb]);
		free(t);
	}
	s->engine->disconnect(s->conn);
	free(s);
}

static struct table_stmts *of_table(struct channel *s, const struct table *table)
{
	struct table_stmts *t = s->tables;

	while (t && t->table != table)
		t = t->next;
	if (!t) {
		t = xcalloc(1, sizeof(*t));
		t->table = table;
		t->next = s->tables;
		s->tables = t;
	}
	return t;
}

/* sql is only needed while the statement is not prepared, or busy */
static bool needs_text(const struct prepared *p)
{
	return !p->stmt || p->busy;
}

static int run_start(struct channel *s, struct prepared *p, const char *sql, const struct val *args, size_t n_args,
		     struct run *out, struct err *e)
{
	int rc = 0;

	*out = (struct run){ .engine = s->engine, .from = p->busy ? NULL : p };
	if (p->busy)
		rc = s->engine->prepare(s->conn, sql, &out->stmt, e);
	else if (!p->stmt)
		rc = s->engine->prepare(s->conn, sql, &p->stmt, e);
	if (rc < 0)
		return rc;
	if (out->from) {
		out->stmt = p->stmt;
		p->busy = true;
	}
	rc = s->engine->start(out->stmt, args, n_args, e);
	if (rc < 0)
		run_end(out);
	return rc;
}

int channel_query(struct channel *s, enum query q, const struct val *args, struct run *out, struct err *e)
{
	struct prepared *p = &s->queries[q];
	auto_free char *sql = needs_text(p) ? sql_query_text(q) : NULL;

	return run_start(s, p, sql, args, sql_queries[q].n_args, out, e);
}

int channel_row(struct channel *s, const struct table *t, enum row_verb verb, const struct val *args, size_t n_args,
		struct run *out, struct err *e)
{
	struct prepared *p = &of_table(s, t)->verbs[verb];
	auto_free char *sql = needs_text(p) ? sql_row_text(t, verb) : NULL;

	return run_start(s, p, sql, args, n_args, out, e);
}

int run_step(struct run *r, struct err *e)
{
	return r->engine->step(r->stmt, e);
}

void run_end(struct run *r)
{
	if (r->from) {
		r->engine->finish(r->stmt);
		r->from->busy = false;
	} else {
		r->engine->unprepare(r->stmt);
	}
}

int channel_read(struct channel *s, struct err *e)
{
	int rc = s->reading ? 0 : s->engine->tx(s->conn, TX_READ, e);

	s->reading = rc == 0;
	return rc;
}

/* After some errors the engine has ended it by itself. */
void channel_read_end(struct channel *s)
{
	if (s->reading && s->engine->in_tx(s->conn))
		s->engine->tx(s->conn, TX_ROLLBACK, NULL);
	s->reading = false;
}

#include "store/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"

/*
 * A step is never changed once it was released: stores that went through it exist. Types are those that every engine
 * has; truth values are 0 and 1, times are milliseconds, null is none. What listings and claims read stands first in a
 * row, long texts last, so that a listing does not have to step over them.
 */
static const char step_1[] =
	"CREATE TABLE sequence (next BIGINT NOT NULL);"
	"INSERT INTO sequence (next) VALUES (1);"

	"CREATE TABLE expert (row_id {key}, id TEXT NOT NULL, name TEXT NOT NULL, login TEXT, email TEXT, title TEXT,"
	" domain TEXT, certified_mcps TEXT, hourly_rate_cents BIGINT, max_clients BIGINT, rating DOUBLE PRECISION,"
	" status TEXT NOT NULL, created_at BIGINT, updated_at BIGINT);"
	"CREATE UNIQUE INDEX expert_id ON expert (id);"
	"CREATE UNIQUE INDEX expert_name ON expert (name);"
	"CREATE INDEX expert_login ON expert (login, row_id);"

	"CREATE TABLE company (row_id {key}, id TEXT NOT NULL, name TEXT NOT NULL, industry TEXT, country TEXT,"
	" size TEXT, contact TEXT, created_at BIGINT, updated_at BIGINT);"
	"CREATE UNIQUE INDEX company_id ON company (id);"
	"CREATE UNIQUE INDEX company_name ON company (name);"

	"CREATE TABLE engagement (row_id {key}, id TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,"
	" expert_id TEXT, customer_id TEXT, mcp TEXT, tool TEXT, review_threshold BIGINT, created_by TEXT,"
	" created_at BIGINT, updated_at BIGINT, title TEXT, description TEXT);"
	"CREATE UNIQUE INDEX engagement_id ON engagement (id);"
	"CREATE UNIQUE INDEX engagement_name ON engagement (name);"
	"CREATE INDEX engagement_expert ON engagement (expert_id);"
	"CREATE INDEX engagement_customer ON engagement (customer_id);"

	"CREATE TABLE task (row_id {key}, engagement_row BIGINT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,"
	" updated_at BIGINT, trashed_at BIGINT, priority TEXT NOT NULL, created_at BIGINT, not_before BIGINT,"
	" lease_until BIGINT, lease_host TEXT, fence BIGINT, id TEXT NOT NULL, engagement_id TEXT, expert_id TEXT,"
	" customer_id TEXT, task_type TEXT, mcp TEXT, tool TEXT, mcp_version TEXT, due_date BIGINT, ai_handled TEXT,"
	" ai_confidence BIGINT, requires_review BIGINT, attempts BIGINT, duplicate_of TEXT, answered_from TEXT,"
	" created_by TEXT, reviewed_by TEXT, started_at BIGINT, completed_at BIGINT, reviewed_at BIGINT,"
	" seconds_used DOUBLE PRECISION, tokens_used BIGINT, progress BIGINT, progress_text TEXT, input_key TEXT,"
	" fresh BIGINT, title TEXT, review TEXT, error_message TEXT, description TEXT, input_data TEXT);"
	"CREATE UNIQUE INDEX task_id ON task (id);"
	"CREATE UNIQUE INDEX task_name ON task (engagement_row, name) WHERE trashed_at IS NULL;"
	"CREATE INDEX task_engagement ON task (engagement_row, row_id);"
	"CREATE INDEX task_state ON task (status, row_id, trashed_at) WHERE trashed_at IS NULL;"
	"CREATE INDEX task_trash ON task ((row_id + 0)) WHERE trashed_at IS NOT NULL;"
	"CREATE INDEX task_trash_name ON task (engagement_row, name, trashed_at) WHERE trashed_at IS NOT NULL;"
	"CREATE INDEX task_input ON task (engagement_row, input_key, created_at) WHERE trashed_at IS NULL;"
	"CREATE INDEX task_ready ON task (status, (CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1"
	" WHEN 'medium' THEN 2 ELSE 3 END), created_at, row_id) WHERE status = 'todo' AND trashed_at IS NULL;"
	"CREATE INDEX task_delayed ON task (status, not_before)"
	" WHERE status = 'todo' AND trashed_at IS NULL AND not_before IS NOT NULL;"

	"CREATE TABLE document (row_id {key}, task_row BIGINT NOT NULL, parent_row BIGINT NOT NULL, role TEXT NOT NULL,"
	" is_dir BIGINT NOT NULL, name TEXT NOT NULL, sha256 TEXT, size BIGINT, version BIGINT, modified_at BIGINT);"
	"CREATE INDEX document_place ON document (task_row, role, parent_row, name);"
	"CREATE INDEX document_sha256 ON document (sha256);"

	"CREATE TABLE dropped (row_id {key}, inbox BIGINT NOT NULL, parent_row BIGINT NOT NULL, engagement_row BIGINT,"
	" mcp TEXT, tool TEXT, name TEXT NOT NULL, is_dir BIGINT NOT NULL, task_row BIGINT NOT NULL, task_name TEXT,"
	" sha256 TEXT, size BIGINT, modified_at BIGINT, uid BIGINT, host TEXT, created_at BIGINT, ended_at BIGINT);"
	"CREATE UNIQUE INDEX dropped_name ON dropped (inbox, parent_row, name) WHERE ended_at IS NULL;"
	"CREATE INDEX dropped_row ON dropped (inbox, parent_row, row_id) WHERE ended_at IS NULL;"
	"CREATE INDEX dropped_receipt ON dropped (inbox, name, row_id) WHERE task_row <> 0 AND parent_row = 0;"
	"CREATE INDEX dropped_receipts ON dropped (inbox, row_id) WHERE task_row <> 0 AND parent_row = 0;"
	"CREATE INDEX dropped_task ON dropped (task_row, row_id);"
	"CREATE INDEX dropped_sha256 ON dropped (sha256);"
	"CREATE INDEX dropped_ended ON dropped (ended_at) WHERE ended_at IS NOT NULL;"

	"CREATE TABLE event (row_id {key}, id TEXT NOT NULL, type TEXT NOT NULL, task_row BIGINT, engagement_row BIGINT,"
	" created_at BIGINT NOT NULL, data TEXT);"
	"CREATE UNIQUE INDEX event_id ON event (id);"
	"CREATE INDEX event_task ON event (task_row, row_id);"
	"CREATE INDEX event_time ON event (created_at, row_id);"

	"CREATE TABLE log_line (row_id {key}, task_row BIGINT NOT NULL, created_at BIGINT, text TEXT NOT NULL);"
	"CREATE INDEX log_line_task ON log_line (task_row, row_id);"

	"CREATE TABLE setting (row_id {key}, name TEXT NOT NULL, value TEXT);"
	"CREATE UNIQUE INDEX setting_name ON setting (name);"

	"CREATE TABLE xattr (row_id {key}, ino BIGINT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL);"
	"CREATE UNIQUE INDEX xattr_name ON xattr (ino, name);";

static const char step_2[] = "ALTER TABLE document ADD COLUMN author TEXT;";

/* A listing of tasks is read from the index alone: with all that struct task_listing has. */
static const char step_3[] =
	"DROP INDEX task_engagement;"
	"CREATE INDEX task_engagement ON task (engagement_row, row_id, trashed_at, name, status, updated_at);"
	"DROP INDEX task_state;"
	"CREATE INDEX task_state ON task (status, row_id, trashed_at, name, engagement_row, updated_at)"
	" WHERE trashed_at IS NULL;";

static const char step_4[] = "ALTER TABLE company ADD COLUMN profile TEXT;";

/*
 * changed_at follows the row's state for listings. The index delivery_task answers whether an earlier one of the same
 * task is still on its way, delivery_due which ones may go.
 */
static const char step_5[] =
	"CREATE TABLE endpoint (row_id {key}, id TEXT NOT NULL, name TEXT NOT NULL, url TEXT, events TEXT, allow TEXT,"
	" enabled BIGINT NOT NULL, ordered BIGINT NOT NULL, format TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,"
	" headers TEXT, secrets TEXT, from_row BIGINT NOT NULL, failing_since BIGINT, created_at BIGINT,"
	" updated_at BIGINT);"
	"CREATE UNIQUE INDEX endpoint_id ON endpoint (id);"
	"CREATE UNIQUE INDEX endpoint_name ON endpoint (name);"

	"CREATE TABLE delivery (row_id {key}, endpoint_row BIGINT NOT NULL, event_row BIGINT NOT NULL,"
	" task_row BIGINT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL,"
	" attempts BIGINT NOT NULL, next_at BIGINT, created_at BIGINT, ended_at BIGINT, changed_at BIGINT, log TEXT);"
	"CREATE UNIQUE INDEX delivery_event ON delivery (event_row, endpoint_row);"
	"CREATE INDEX delivery_due ON delivery (endpoint_row, next_at, row_id) WHERE state = 'pending';"
	"CREATE INDEX delivery_task ON delivery (endpoint_row, task_row, row_id) WHERE state = 'pending';"
	"CREATE INDEX delivery_state ON delivery (state, row_id);"
	"CREATE INDEX delivery_endpoint ON delivery (endpoint_row, state);"
	"CREATE INDEX delivery_ended ON delivery (ended_at) WHERE ended_at IS NOT NULL;"

	"CREATE TABLE bookmark (row_id {key}, name TEXT NOT NULL, value BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX bookmark_name ON bookmark (name);";

static const char step_6[] =
	"CREATE TABLE model (row_id {key}, id TEXT NOT NULL, name TEXT NOT NULL, updated_at BIGINT, runner TEXT NOT NULL,"
	" memory_bytes BIGINT, pinned BIGINT NOT NULL, keep_alive_s BIGINT, max_wait_s BIGINT NOT NULL,"
	" start_s BIGINT NOT NULL, parallel BIGINT NOT NULL, queue BIGINT NOT NULL, stop_s BIGINT NOT NULL,"
	" warm BIGINT NOT NULL, created_at BIGINT, created_by TEXT, served_as TEXT, health TEXT, sleep TEXT, wake TEXT,"
	" devices TEXT, capabilities TEXT, path TEXT, url TEXT, key TEXT, license TEXT, purpose TEXT, command TEXT,"
	" env TEXT);"
	"CREATE UNIQUE INDEX model_id ON model (id);"
	"CREATE UNIQUE INDEX model_name ON model (name);"

	"CREATE TABLE model_memory (row_id {key}, model_row BIGINT NOT NULL, host TEXT NOT NULL, measured_bytes BIGINT,"
	" loads BIGINT, failures BIGINT, requests BIGINT, tokens BIGINT, load_ms BIGINT, last_used_at BIGINT,"
	" loaded_at BIGINT, load_times TEXT);"
	"CREATE UNIQUE INDEX model_memory_host ON model_memory (model_row, host);"

	"CREATE TABLE model_step (row_id {key}, model_row BIGINT NOT NULL, host TEXT NOT NULL, state TEXT NOT NULL,"
	" bytes BIGINT, created_at BIGINT NOT NULL, device TEXT, reason TEXT, wanted TEXT);"
	"CREATE INDEX model_step_model ON model_step (model_row, row_id);"
	"CREATE INDEX model_step_time ON model_step (created_at);";

static const char step_7[] = "ALTER TABLE task ADD COLUMN model_seconds_used DOUBLE PRECISION DEFAULT 0;";

static const char *const steps[] = { step_1, step_2, step_3, step_4, step_5, step_6, step_7 };

/* text with each {key} replaced; the caller's to free */
static char *fill_in(const struct engine *en, const char *text)
{
	struct buf b = BUF_INIT;
	const char *token;

	while ((token = strstr(text, "{key}"))) {
		buf_add(&b, text, (size_t)(token - text));
		buf_addstr(&b, en->key_type);
		text = token + strlen("{key}");
	}
	buf_addstr(&b, text);
	return buf_steal(&b);
}

static int get_version(const struct engine *en, struct conn *c, int64_t *version, struct err *e)
{
	struct stmt *s;
	int rc;

	rc = en->prepare(c, "SELECT MAX(version) FROM schema_version", &s, e);
	if (rc < 0)
		return rc;
	rc = en->start(s, NULL, 0, e);
	if (rc >= 0)
		rc = en->step(s, e);
	if (rc > 0) {
		struct val v = en->column(s, 0);

		*version = v.type == VAL_INT ? v.i : 0;
		rc = 0;
	}
	en->unprepare(s);
	return rc;
}

static int run_step(const struct engine *en, struct conn *c, size_t version, struct err *e)
{
	auto_free char *text = fill_in(en, steps[version - 1]);
	auto_free char *note = xasprintf("INSERT INTO schema_version (version) VALUES (%zu)", version);
	int rc = text ? en->tx(c, TX_WRITE, e) : err_set(e, -ENOMEM, "out of memory");

	if (rc < 0)
		return rc;
	rc = en->script(c, text, e);
	if (rc == 0)
		rc = en->script(c, note, e);
	if (rc == 0)
		rc = en->tx(c, TX_COMMIT, e);
	if (rc < 0 && en->in_tx(c))
		en->tx(c, TX_ROLLBACK, NULL);
	return rc;
}

static int refuse_newer(int64_t version, struct err *e)
{
	return version <= migrate_newest()
		       ? 0
		       : err_set(e, -EPROTO,
				 "the store has version %" PRId64 ", this program knows versions up to %zu: "
				 "use the newer program that made it",
				 version, N_ELEMS(steps));
}

int migrate_newest(void)
{
	return (int)N_ELEMS(steps);
}

int migrate_check(const struct engine *en, struct conn *c, struct err *e)
{
	int64_t version = 0;
	int rc = get_version(en, c, &version, e);

	if (rc < 0)
		return err_add(e, rc, "cannot read the version of the store");
	if (version < migrate_newest())
		return err_set(e, -EPROTO,
			       "the store has version %" PRId64
			       ", older than this program: mount it once to bring it to "
			       "version %d",
			       version, migrate_newest());
	return refuse_newer(version, e);
}

int migrate_run(const struct engine *en, struct conn *c, struct err *e)
{
	int64_t version = 0;
	int rc = en->script(c, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)", e);

	if (rc == 0)
		rc = get_version(en, c, &version, e);
	if (rc < 0)
		return err_add(e, rc, "cannot read the version of the store");
	rc = refuse_newer(version, e);
	if (rc < 0)
		return rc;
	for (size_t next = (size_t)version + 1; next <= N_ELEMS(steps); next++) {
		rc = run_step(en, c, next, e);
		if (rc < 0)
			return err_add(e, rc, "cannot bring the store to version %zu", next);
	}
	return 0;
}

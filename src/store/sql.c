#include "store/sql.h"

#include "base/buf.h"
#include "store/rows.h"

#define ROWS(of, n, sql)                        \
	{                                       \
		QUERY_ROWS, &of##_table, n, sql \
	}
#define NUMBER(n, sql)                  \
	{                               \
		QUERY_INT, NULL, n, sql \
	}
#define EXEC(n, sql)                     \
	{                                \
		QUERY_EXEC, NULL, n, sql \
	}

#define BY_ROW(after, limit) "row_id > " after " ORDER BY row_id LIMIT " limit

/* By the plain row id, the planner would walk all tasks to find the few in the trash. The index task_trash holds it. */
#define TRASH_ROW "(row_id + 0)"

/* The index task_ready holds the same expression: change both or the claim sorts the whole queue. */
#define URGENCY "(CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END)"

const struct sql_query sql_queries[N_QUERIES] = {
	[Q_EXPERT_BY_NAME] = ROWS(expert, 1, "WHERE name = $1"),
	[Q_EXPERT_BY_LOGIN] = ROWS(expert, 1, "WHERE login = $1 ORDER BY row_id LIMIT 1"),
	[Q_EXPERT_BY_ID] = ROWS(expert, 1, "WHERE id = $1"),
	[Q_EXPERTS] = ROWS(expert_listing, 2, "WHERE " BY_ROW("$1", "$2")),
	[Q_COMPANY_BY_NAME] = ROWS(company, 1, "WHERE name = $1"),
	[Q_COMPANY_BY_ID] = ROWS(company, 1, "WHERE id = $1"),
	[Q_COMPANIES] = ROWS(company_listing, 2, "WHERE " BY_ROW("$1", "$2")),
	[Q_ENGAGEMENT_BY_NAME] = ROWS(engagement, 1, "WHERE name = $1"),
	[Q_ENGAGEMENT_BY_ID] = ROWS(engagement, 1, "WHERE id = $1"),
	[Q_ENGAGEMENTS] = ROWS(engagement_listing, 2, "WHERE " BY_ROW("$1", "$2")),
	[Q_ENGAGEMENTS_OF] = NUMBER(1, "SELECT COUNT(*) FROM engagement WHERE expert_id = $1 OR customer_id = $1"),

	[Q_TASK_BY_NAME] = ROWS(task, 2, "WHERE engagement_row = $1 AND name = $2 AND trashed_at IS NULL"),
	[Q_TASK_LISTING_BY_NAME] =
		ROWS(task_listing, 2, "WHERE engagement_row = $1 AND name = $2 AND trashed_at IS NULL"),
	[Q_TASK_BY_ID] = ROWS(task, 1, "WHERE id = $1"),
	[Q_TASKS_OF] =
		ROWS(task_listing, 3, "WHERE engagement_row = $1 AND trashed_at IS NULL AND " BY_ROW("$2", "$3")),
	[Q_TASKS_IN_STATE] = ROWS(task_listing, 3, "WHERE status = $1 AND trashed_at IS NULL AND " BY_ROW("$2", "$3")),
	[Q_TASKS_TRASHED] = ROWS(task_listing, 2,
				 "WHERE trashed_at IS NOT NULL AND " TRASH_ROW " > $1 ORDER BY " TRASH_ROW " LIMIT $2"),
	[Q_TASKS_TRASHED_OF_NAME] = ROWS(task_listing, 2,
					 "WHERE engagement_row = $1 AND name = $2 AND trashed_at IS NOT NULL "
					 "ORDER BY trashed_at, row_id"), /* by row, all tasks would be walked */
	[Q_TASKS_TRASHED_BEFORE] = ROWS(task_listing, 2, "WHERE trashed_at < $1 ORDER BY " TRASH_ROW " LIMIT $2"),
	[Q_TASK_COUNT_OF] = NUMBER(1, "SELECT COUNT(*) FROM task WHERE engagement_row = $1"),
	[Q_TASK_COUNT_IN] = NUMBER(1, "SELECT COUNT(*) FROM task WHERE status = $1 AND trashed_at IS NULL"),
	[Q_TASK_FIRST_TWIN] = ROWS(task, 3,
				   "WHERE engagement_row = $1 AND input_key = $2 AND row_id <> $3 "
				   "AND trashed_at IS NULL ORDER BY created_at, row_id LIMIT 1"),
	[Q_TASK_ANSWERED_TWIN] =
		ROWS(task, 7,
		     "WHERE engagement_row = $1 AND input_key = $2 AND COALESCE(mcp, '') = COALESCE($3, '') "
		     "AND COALESCE(tool, '') = COALESCE($4, '') AND COALESCE(mcp_version, '') = COALESCE($5, '') "
		     "AND COALESCE(input_data, '') = COALESCE($6, '') AND row_id <> $7 AND trashed_at IS NULL "
		     "AND status IN ('completed', 'needs_review') "
		     "AND EXISTS (SELECT 1 FROM document WHERE task_row = task.row_id AND role = 'result') "
		     "ORDER BY created_at DESC, row_id DESC LIMIT 1"),
	[Q_TASKS_READY] =
		ROWS(task, 2,
		     "WHERE status = 'todo' AND trashed_at IS NULL AND (not_before IS NULL OR not_before <= $1) "
		     "ORDER BY " URGENCY ", created_at, row_id LIMIT $2"),
	[Q_TASK_NEXT_READY] = NUMBER(1, "SELECT MIN(not_before) FROM task "
					"WHERE status = 'todo' AND trashed_at IS NULL AND not_before > $1"),
	[Q_TASKS_LEASE_ENDED] = ROWS(task, 2,
				     "WHERE status = 'in_progress' AND trashed_at IS NULL "
				     "AND COALESCE(lease_until, 0) <= $1 ORDER BY row_id LIMIT $2"),
	[Q_TASKS_LEASE_RESET] = EXEC(1, "UPDATE task SET lease_until = NULL "
					"WHERE status = 'in_progress' AND trashed_at IS NULL AND lease_host = $1"),

	[Q_DOCUMENTS_OF] = ROWS(document, 3, "WHERE task_row = $1 AND role = $2 AND parent_row = $3 ORDER BY row_id"),
	[Q_DOCUMENTS_ALL] = ROWS(document, 1, "WHERE task_row = $1 ORDER BY row_id"),
	[Q_DOCUMENT_BY_NAME] = ROWS(document, 4,
				    "WHERE task_row = $1 AND role = $2 AND parent_row = $3 AND name = $4 "
				    "ORDER BY version DESC, row_id DESC LIMIT 1"),
	[Q_DOCUMENT_LATEST] =
		ROWS(document, 2, "WHERE task_row = $1 AND role = $2 ORDER BY version DESC, row_id DESC LIMIT 1"),
	[Q_DOCUMENT_USES] = NUMBER(1, "SELECT (SELECT COUNT(*) FROM document WHERE sha256 = $1) + "
				      "(SELECT COUNT(*) FROM dropped WHERE sha256 = $1)"),
	[Q_DOCUMENTS_OF_BYTES] = ROWS(document, 1, "WHERE sha256 = $1 ORDER BY row_id"),
	[Q_DROPS_OF_BYTES] = ROWS(drop, 1, "WHERE sha256 = $1 AND is_dir = 0 ORDER BY row_id"),
	[Q_DOCUMENTS_DELETE] = EXEC(2, "DELETE FROM document WHERE task_row = $1 AND role = $2"),
	[Q_DOCUMENTS_DELETE_ALL] = EXEC(1, "DELETE FROM document WHERE task_row = $1"),
	[Q_DOCUMENT_SIZES] = NUMBER(0, "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM document"),

	[Q_DROP_BY_NAME] = ROWS(drop, 3, "WHERE inbox = $1 AND parent_row = $2 AND name = $3 AND ended_at IS NULL"),
	[Q_DROP_RECEIPT] = ROWS(drop, 2,
				"WHERE inbox = $1 AND name = $2 AND task_row <> 0 AND parent_row = 0 "
				"ORDER BY row_id DESC LIMIT 1"),
	[Q_DROPS_OF] =
		ROWS(drop, 4, "WHERE inbox = $1 AND parent_row = $2 AND ended_at IS NULL AND " BY_ROW("$3", "$4")),
	[Q_DROPS_RECEIPTS] =
		ROWS(drop, 3, "WHERE inbox = $1 AND task_row <> 0 AND parent_row = 0 AND " BY_ROW("$2", "$3")),
	[Q_DROPS_OF_TASK] = ROWS(drop, 1, "WHERE task_row = $1 ORDER BY row_id"),
	[Q_DROPS_END] = EXEC(2, "UPDATE dropped SET ended_at = $2 WHERE task_row = $1 AND ended_at IS NULL"),
	[Q_DROPS_DELETE_ENDED] = EXEC(2, "DELETE FROM dropped WHERE inbox = $1 AND name = $2 AND task_row <> 0 "
					 "AND parent_row = 0 AND ended_at IS NOT NULL"),
	[Q_DROPS_OLD] = ROWS(drop, 2, "WHERE ended_at < $1 ORDER BY ended_at, row_id LIMIT $2"),
	[Q_DROPS_UNSUBMITTED] = ROWS(
		drop, 0, "WHERE (is_dir = 1 OR parent_row = 0) AND task_row = 0 AND ended_at IS NULL ORDER BY row_id"),
	[Q_DROPS_DELETE_ORPHANS] =
		EXEC(0, "DELETE FROM dropped WHERE parent_row <> 0 AND row_id NOT IN ("
			"WITH RECURSIVE held (row_id) AS (SELECT row_id FROM dropped WHERE parent_row = 0 UNION ALL "
			"SELECT d.row_id FROM dropped d JOIN held ON d.parent_row = held.row_id) "
			"SELECT row_id FROM held)"),
	[Q_DROPS_DELETE_OF_TASK] = EXEC(1, "DELETE FROM dropped WHERE task_row = $1"),

	[Q_EVENTS_SINCE] = ROWS(event, 2, "WHERE " BY_ROW("$1", "$2")),
	/* Rows are not quite in the order of their times: start at the first that qualifies, found by time (hence the +
	   0). */
	[Q_EVENTS_FROM] = ROWS(
		event, 3,
		"WHERE created_at >= $1 AND row_id > CASE WHEN $2 > 0 THEN $2 "
		"ELSE (SELECT MIN(row_id + 0) - 1 FROM event WHERE created_at >= $1) END ORDER BY row_id LIMIT $3"),
	[Q_EVENTS_BETWEEN] =
		ROWS(event, 4,
		     "WHERE row_id >= (SELECT MIN(row_id + 0) FROM event WHERE created_at >= $1 AND created_at < $2) "
		     "AND row_id <= (SELECT MAX(row_id + 0) FROM event WHERE created_at >= $1 AND created_at < $2) "
		     "AND row_id > $3 AND created_at >= $1 AND created_at < $2 ORDER BY row_id LIMIT $4"),
	[Q_EVENTS_OF_TASK] = ROWS(event, 3, "WHERE task_row = $1 AND " BY_ROW("$2", "$3")),
	[Q_EVENT_BY_ID] = ROWS(event, 1, "WHERE id = $1"),
	[Q_EVENT_LAST] = NUMBER(0, "SELECT MAX(row_id) FROM event"),
	[Q_EVENT_FROM] = NUMBER(1, "SELECT MIN(created_at) FROM event WHERE created_at >= $1"),
	[Q_EVENT_BEFORE] = NUMBER(1, "SELECT MAX(created_at) FROM event WHERE created_at < $1"),
	[Q_EVENTS_DELETE] = EXEC(2, "DELETE FROM event WHERE row_id IN (SELECT row_id FROM event WHERE created_at < $1 "
				    "AND NOT EXISTS (SELECT 1 FROM delivery WHERE event_row = event.row_id "
				    "AND state = 'pending') AND (row_id <= (SELECT value FROM bookmark "
				    "WHERE name = 'webhooks') OR NOT EXISTS (SELECT 1 FROM endpoint "
				    "WHERE state <> 'disabled')) ORDER BY created_at LIMIT $2)"),
	[Q_EVENT_FIRST_OF] = NUMBER(2, "SELECT MIN(row_id) FROM event WHERE task_row = $1 AND type = $2"),
	[Q_LOG_OF_TASK] = ROWS(log_line, 2, "WHERE task_row = $1 ORDER BY row_id LIMIT $2"),
	[Q_LOG_DELETE] = EXEC(1, "DELETE FROM log_line WHERE task_row = $1"),

	[Q_ENDPOINT_BY_NAME] = ROWS(endpoint, 1, "WHERE name = $1"),
	[Q_ENDPOINT_BY_ID] = ROWS(endpoint, 1, "WHERE id = $1"),
	[Q_ENDPOINTS] = ROWS(endpoint_listing, 2, "WHERE " BY_ROW("$1", "$2")),
	[Q_ENDPOINTS_ALL] = ROWS(endpoint, 0, "ORDER BY row_id"),
	[Q_ENDPOINT_COUNT] = NUMBER(0, "SELECT COUNT(*) FROM endpoint"),
	[Q_DELIVERY_OF] = ROWS(delivery, 2, "WHERE endpoint_row = $1 AND event_row = $2"),
	[Q_DELIVERY_NAMED] = ROWS(delivery, 3,
				  "WHERE event_row = (SELECT row_id FROM event WHERE id = $2) "
				  "AND endpoint_row = $1 AND state = $3"),
	[Q_DELIVERIES_DUE] = ROWS(delivery, 5,
				  "WHERE endpoint_row = $1 AND state = 'pending' AND next_at <= $2 "
				  "AND (next_at, row_id) > ($4, $5) ORDER BY next_at, row_id LIMIT $3"),
	[Q_DELIVERY_NEXT] = NUMBER(2, "SELECT MIN(next_at) FROM delivery "
				      "WHERE endpoint_row = $1 AND state = 'pending' AND next_at > $2"),
	[Q_DELIVERIES_IN] = ROWS(delivery_listing, 2, "WHERE state = $1 ORDER BY row_id DESC LIMIT $2"),
	[Q_DELIVERY_END] = EXEC(7, "UPDATE delivery SET state = $2, attempts = $3, next_at = $4, changed_at = $5, "
				   "ended_at = $6, log = $7 WHERE row_id = $1 AND state = 'pending'"),
	[Q_DELIVERY_AHEAD] = NUMBER(2, "SELECT MIN(row_id) FROM delivery "
				       "WHERE endpoint_row = $1 AND task_row = $2 AND state = 'pending'"),
	[Q_DELIVERY_WAIT] = EXEC(1, "UPDATE delivery SET next_at = NULL WHERE row_id = $1"),
	[Q_DELIVERIES_RELEASE] =
		EXEC(3, "UPDATE delivery SET next_at = $3 WHERE next_at IS NULL AND row_id = (SELECT MIN(row_id) "
			"FROM delivery WHERE endpoint_row = $1 AND task_row = $2 AND state = 'pending')"),
	[Q_DELIVERIES_RELEASE_ALL] = EXEC(2, "UPDATE delivery SET next_at = $2 WHERE endpoint_row = $1 "
					     "AND state = 'pending' AND next_at IS NULL"),
	[Q_DELIVERIES_HURRY] = EXEC(3, "UPDATE delivery SET next_at = $2 WHERE endpoint_row = $1 "
				       "AND state = 'pending' AND next_at > $3"),
	[Q_DELIVERIES_UNBLOCK] =
		EXEC(1, "UPDATE delivery SET next_at = $1 WHERE state = 'pending' AND next_at IS NULL "
			"AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.endpoint_row = delivery.endpoint_row "
			"AND d.task_row = delivery.task_row AND d.state = 'pending' AND d.row_id < delivery.row_id)"),
	[Q_DELIVERIES_DELETE_OF] = EXEC(1, "DELETE FROM delivery WHERE endpoint_row = $1"),
	[Q_DELIVERIES_DELETE_OLD] = EXEC(2, "DELETE FROM delivery WHERE row_id IN (SELECT row_id FROM delivery "
					    "WHERE ended_at < $1 AND state <> 'dead' ORDER BY ended_at LIMIT $2)"),
	[Q_DELIVERIES_DELETE_LOST] =
		EXEC(0, "DELETE FROM delivery WHERE NOT EXISTS (SELECT 1 FROM event WHERE row_id = event_row)"),
	[Q_DELIVERY_COUNT_IN] = NUMBER(1, "SELECT COUNT(*) FROM delivery WHERE state = $1"),
	[Q_DELIVERY_COUNT_OF] = NUMBER(2, "SELECT COUNT(*) FROM delivery WHERE state = $1 AND endpoint_row = $2"),
	[Q_DELIVERY_OLDEST] = NUMBER(0, "SELECT MIN(created_at) FROM delivery WHERE state = 'pending'"),
	[Q_DELIVERY_LAST_EVENT] = NUMBER(0, "SELECT MAX(event_row) FROM delivery"),
	[Q_BOOKMARK] = ROWS(bookmark, 1, "WHERE name = $1"),

	[Q_MODEL_BY_NAME] = ROWS(model, 1, "WHERE name = $1"),
	[Q_MODEL_BY_ID] = ROWS(model, 1, "WHERE id = $1"),
	[Q_MODELS] = ROWS(model_listing, 2, "WHERE " BY_ROW("$1", "$2")),
	[Q_MODELS_ALL] = ROWS(model, 0, "ORDER BY row_id"),
	[Q_MODEL_MEMORY_OF] = ROWS(model_memory, 2, "WHERE model_row = $1 AND host = $2"),
	[Q_MODEL_MEMORIES_DELETE] = EXEC(1, "DELETE FROM model_memory WHERE model_row = $1"),
	[Q_MODEL_STEPS_OF] = ROWS(model_step, 2,
				  "WHERE row_id IN (SELECT row_id FROM model_step WHERE model_row = $1 "
				  "ORDER BY row_id DESC LIMIT $2) ORDER BY row_id"),
	[Q_MODEL_STEPS_DELETE] = EXEC(1, "DELETE FROM model_step WHERE model_row = $1"),
	[Q_MODEL_STEPS_DELETE_OLD] = EXEC(2, "DELETE FROM model_step WHERE row_id IN (SELECT row_id FROM model_step "
					     "WHERE created_at < $1 ORDER BY created_at LIMIT $2)"),

	[Q_SETTING] = ROWS(setting, 1, "WHERE name = $1"),
	[Q_XATTRS_OF] = ROWS(xattr, 1, "WHERE ino = $1 ORDER BY name"),
	[Q_XATTR] = ROWS(xattr, 2, "WHERE ino = $1 AND name = $2"),
	[Q_XATTRS_FROM] = ROWS(xattr, 2, "WHERE ino >= $1 AND ino < $2 ORDER BY ino"),
	[Q_XATTRS_DELETE] = EXEC(2, "DELETE FROM xattr WHERE ino >= $1 AND ino < $2"),
	[Q_XATTRS_DELETE_OF_TASK] =
		EXEC(1, "DELETE FROM xattr WHERE row_id IN ("
			"SELECT x.row_id FROM document d JOIN xattr x "
			"ON x.ino >= d.row_id * 256 AND x.ino < d.row_id * 256 + 256 WHERE d.task_row = $1 UNION ALL "
			"SELECT x.row_id FROM dropped d JOIN xattr x "
			"ON x.ino >= d.row_id * 256 AND x.ino < d.row_id * 256 + 256 WHERE d.task_row = $1)"),
	[Q_XATTRS_DELETE_LOST] = EXEC(0, "DELETE FROM xattr WHERE ino >= 256 "
					 "AND NOT EXISTS (SELECT 1 FROM endpoint WHERE row_id = ino / 256) "
					 "AND NOT EXISTS (SELECT 1 FROM model WHERE row_id = ino / 256) "
					 "AND NOT EXISTS (SELECT 1 FROM expert WHERE row_id = ino / 256) "
					 "AND NOT EXISTS (SELECT 1 FROM company WHERE row_id = ino / 256) "
					 "AND NOT EXISTS (SELECT 1 FROM engagement WHERE row_id = ino / 256) "
					 "AND NOT EXISTS (SELECT 1 FROM task WHERE row_id = ino / 256) "
					 "AND NOT EXISTS (SELECT 1 FROM document WHERE row_id = ino / 256) "
					 "AND NOT EXISTS (SELECT 1 FROM dropped WHERE row_id = ino / 256)"),
	[Q_XATTRS_MOVE] = EXEC(3, "UPDATE xattr SET ino = ino + $3 WHERE ino >= $1 AND ino < $2"),

	[Q_SEQUENCE_TAKE] = NUMBER(1, "UPDATE sequence SET next = next + $1 RETURNING next"),
	[Q_SEQUENCE_NEXT] = NUMBER(0, "SELECT next FROM sequence"),
	[Q_SEQUENCE_RAISE] = EXEC(1, "UPDATE sequence SET next = $1 WHERE next < $1"),
};

static void add_columns(struct buf *b, const struct table *t)
{
	buf_addstr(b, "row_id");
	for (size_t i = 0; i < t->n_fields; i++)
		buf_printf(b, ", %s", t->fields[i].name);
}

static void add_select(struct buf *b, const struct table *t)
{
	buf_addstr(b, "SELECT ");
	add_columns(b, t);
	buf_printf(b, " FROM %s ", t->name);
}

char *sql_query_text(enum query q)
{
	struct buf b = BUF_INIT;

	if (sql_queries[q].kind == QUERY_ROWS)
		add_select(&b, sql_queries[q].table);
	buf_addstr(&b, sql_queries[q].text);
	return buf_steal(&b);
}

static void add_insert(struct buf *b, const struct table *t)
{
	buf_printf(b, "INSERT INTO %s (", t->name);
	add_columns(b, t);
	buf_addstr(b, ") VALUES ($1");
	for (size_t i = 0; i < t->n_fields; i++)
		buf_printf(b, ", $%zu", i + 2);
	buf_addc(b, ')');
}

static void add_update(struct buf *b, const struct table *t)
{
	buf_printf(b, "UPDATE %s SET ", t->name);
	for (size_t i = 0; i < t->n_fields; i++)
		buf_printf(b, "%s%s = $%zu", i ? ", " : "", t->fields[i].name, i + 2);
	buf_addstr(b, " WHERE row_id = $1");
}

static void add_delete(struct buf *b, const struct table *t)
{
	buf_printf(b, "DELETE FROM %s WHERE row_id = $1", t->name);
}

static void add_get(struct buf *b, const struct table *t)
{
	add_select(b, t);
	buf_addstr(b, "WHERE row_id = $1");
}

static void add_all(struct buf *b, const struct table *t)
{
	add_select(b, t);
	buf_addstr(b, "ORDER BY row_id");
}

char *sql_row_text(const struct table *t, enum row_verb verb)
{
	static void (*const add[N_ROW_VERBS])(struct buf *, const struct table *) = {
		[ROW_INSERT] = add_insert, [ROW_UPDATE] = add_update, [ROW_DELETE] = add_delete,
		[ROW_GET] = add_get,       [ROW_ALL] = add_all,
	};
	struct buf b = BUF_INIT;

	add[verb](&b, t);
	return buf_steal(&b);
}

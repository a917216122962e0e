#include "store/rows.h"

const char *const task_state_words[] = {
	"todo", "in_progress", "needs_review", "completed", "failed", "cancelled", NULL
};
const char *const priority_words[] = { "low", "medium", "high", "urgent", NULL };
const char *const ai_handled_words[] = { "no", "partial", "full", NULL };
const char *const engagement_status_words[] = { "active", "paused", "ended", NULL };
const char *const expert_status_words[] = { "active", "away", "left", NULL };
const char *const document_role_words[] = { "input", "former", "result", "output", "request", NULL };

const char *const endpoint_state_words[] = { "active", "throttled", "broken", "disabled", NULL };
const char *const endpoint_format_words[] = { "standard", "legacy", NULL };
const char *const delivery_state_words[] = { "pending", "delivered", "dead", NULL };

const char *const model_runner_words[] = { "none", "server", "remote", NULL };
const char *const model_state_words[] = { "unloaded",  "loading", "resident", "asleep",
					  "unloading", "failed",  "remote",   NULL };

/* A row of the tables below: the member of the struct named ROW gives the name and the place. */
#define TEXT(m, flags)                                                     \
	{                                                                  \
#m, FIELD_TEXT, flags, offsetof(struct ROW, m), NULL, 0, 0 \
	}
#define JSON(m, flags)                                                     \
	{                                                                  \
#m, FIELD_JSON, flags, offsetof(struct ROW, m), NULL, 0, 0 \
	}
#define INT(m, flags, lo, hi)                                               \
	{                                                                   \
#m, FIELD_INT, flags, offsetof(struct ROW, m), NULL, lo, hi \
	}
#define BOOL(m, flags)                                                     \
	{                                                                  \
#m, FIELD_BOOL, flags, offsetof(struct ROW, m), NULL, 0, 0 \
	}
#define REAL(m, flags, lo, hi)                                               \
	{                                                                    \
#m, FIELD_REAL, flags, offsetof(struct ROW, m), NULL, lo, hi \
	}
#define TIME(m, flags)                                                     \
	{                                                                  \
#m, FIELD_TIME, flags, offsetof(struct ROW, m), NULL, 0, 0 \
	}
#define WORD_AS(key, m, flags, words)                                         \
	{                                                                     \
#key, FIELD_WORD, flags, offsetof(struct ROW, m), words, 0, 0 \
	}
#define WORD(m, flags, words) WORD_AS(m, m, flags, words)
#define HIDDEN                (FIELD_FIXED | FIELD_HIDDEN)
#define TABLE(name, row, fields)                                  \
	{                                                         \
		name, sizeof(struct row), fields, N_ELEMS(fields) \
	}

#define ROW expert
static const struct field expert_fields[] = {
	TEXT(id, FIELD_FIXED),
	TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	TEXT(login, 0),
	TEXT(email, 0),
	TEXT(title, 0),
	TEXT(domain, 0),
	JSON(certified_mcps, 0),
	INT(hourly_rate_cents, 0, 0, 100000000),
	INT(max_clients, 0, 0, 1000000),
	REAL(rating, 0, 0, 5),
	WORD(status, 0, expert_status_words),
	TIME(created_at, FIELD_FIXED),
	TIME(updated_at, FIELD_FIXED),
};
#undef ROW

#define ROW company
static const struct field company_fields[] = {
	TEXT(id, FIELD_FIXED),
	TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	TEXT(industry, 0),
	TEXT(country, 0),
	TEXT(size, 0),
	TEXT(contact, 0),
	JSON(profile, 0),
	TIME(created_at, FIELD_FIXED),
	TIME(updated_at, FIELD_FIXED),
};
#undef ROW

#define ROW engagement
static const struct field engagement_fields[] = {
	TEXT(id, FIELD_FIXED),
	TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	TEXT(title, 0),
	TEXT(description, 0),
	WORD(status, 0, engagement_status_words),
	TEXT(expert_id, 0),
	TEXT(customer_id, 0),
	TEXT(mcp, 0),
	TEXT(tool, 0),
	INT(review_threshold, 0, 0, 100),
	TEXT(created_by, FIELD_FIXED),
	TIME(created_at, FIELD_FIXED),
	TIME(updated_at, FIELD_FIXED),
};
#undef ROW

#define ROW task
static const struct field task_fields[] = {
	TEXT(id, FIELD_FIXED),
	INT(engagement_row, HIDDEN, 0, 0),
	TEXT(engagement_id, FIELD_FIXED),
	TEXT(expert_id, 0),
	TEXT(customer_id, 0),
	TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	TEXT(title, 0),
	TEXT(description, 0),
	TEXT(task_type, 0),
	TEXT(mcp, 0),
	TEXT(tool, 0),
	TEXT(mcp_version, FIELD_FIXED),
	WORD_AS(status, state, FIELD_FIXED, task_state_words),
	WORD(priority, 0, priority_words),
	TIME(due_date, 0),
	JSON(input_data, 0),
	WORD(ai_handled, FIELD_FIXED, ai_handled_words),
	INT(ai_confidence, FIELD_FIXED, 0, 100),
	BOOL(requires_review, FIELD_FIXED),
	TEXT(error_message, FIELD_FIXED),
	INT(attempts, FIELD_FIXED, 0, 0),
	TEXT(duplicate_of, FIELD_FIXED),
	TEXT(answered_from, FIELD_FIXED),
	TEXT(created_by, FIELD_FIXED),
	TEXT(reviewed_by, FIELD_FIXED),
	TEXT(review, FIELD_FIXED),
	TIME(created_at, FIELD_FIXED),
	TIME(started_at, FIELD_FIXED),
	TIME(completed_at, FIELD_FIXED),
	TIME(reviewed_at, FIELD_FIXED),
	TIME(updated_at, FIELD_FIXED),
	REAL(seconds_used, FIELD_FIXED, 0, 0),
	INT(tokens_used, FIELD_FIXED, 0, 0),
	REAL(model_seconds_used, FIELD_FIXED, 0, 0),
	INT(progress, FIELD_FIXED, 0, 100),
	TEXT(progress_text, FIELD_FIXED),
	TEXT(input_key, HIDDEN),
	BOOL(fresh, HIDDEN),
	INT(fence, HIDDEN, 0, 0),
	TIME(lease_until, HIDDEN),
	TEXT(lease_host, HIDDEN),
	TIME(not_before, HIDDEN),
	TIME(trashed_at, HIDDEN),
};
#undef ROW

#define ROW document
static const struct field document_fields[] = {
	INT(task_row, HIDDEN, 0, 0),
	INT(parent_row, HIDDEN, 0, 0),
	WORD(role, FIELD_FIXED, document_role_words),
	BOOL(is_dir, FIELD_FIXED),
	TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	TEXT(sha256, FIELD_FIXED),
	INT(size, FIELD_FIXED, 0, 0),
	INT(version, FIELD_FIXED, 0, 0),
	TIME(modified_at, FIELD_FIXED),
	TEXT(author, FIELD_FIXED),
};
#undef ROW

#define ROW drop
static const struct field drop_fields[] = {
	INT(inbox, HIDDEN, 0, 0),    INT(parent_row, HIDDEN, 0, 0), INT(engagement_row, HIDDEN, 0, 0),
	TEXT(mcp, FIELD_FIXED),      TEXT(tool, FIELD_FIXED),       TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	BOOL(is_dir, FIELD_FIXED),   INT(task_row, HIDDEN, 0, 0),   TEXT(task_name, FIELD_FIXED),
	TEXT(sha256, FIELD_FIXED),   INT(size, FIELD_FIXED, 0, 0),  TIME(modified_at, FIELD_FIXED),
	INT(uid, FIELD_FIXED, 0, 0), TEXT(host, FIELD_FIXED),       TIME(created_at, FIELD_FIXED),
	TIME(ended_at, FIELD_FIXED),
};
#undef ROW

#define ROW event
static const struct field event_fields[] = {
	TEXT(id, FIELD_FIXED),         TEXT(type, FIELD_FIXED | FIELD_REQUIRED),
	INT(task_row, HIDDEN, 0, 0),   INT(engagement_row, HIDDEN, 0, 0),
	TIME(created_at, FIELD_FIXED), JSON(data, FIELD_FIXED),
};
#undef ROW

#define ROW log_line
static const struct field log_line_fields[] = {
	INT(task_row, HIDDEN, 0, 0),
	TIME(created_at, FIELD_FIXED),
	TEXT(text, FIELD_FIXED | FIELD_REQUIRED),
};
#undef ROW

#define ROW setting
static const struct field setting_fields[] = {
	TEXT(name, FIELD_REQUIRED),
	TEXT(value, 0),
};
#undef ROW

#define ROW xattr
static const struct field xattr_fields[] = {
	INT(ino, HIDDEN, 0, 0),
	TEXT(name, FIELD_REQUIRED),
	TEXT(value, FIELD_REQUIRED),
};
#undef ROW

#define ROW endpoint
static const struct field endpoint_fields[] = {
	TEXT(id, FIELD_FIXED),
	TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	TEXT(url, 0),
	TEXT(events, 0),
	TEXT(allow, 0),
	BOOL(enabled, 0),
	BOOL(ordered, 0),
	WORD(format, 0, endpoint_format_words),
	WORD(state, FIELD_FIXED, endpoint_state_words),
	TEXT(reason, FIELD_FIXED),
	TEXT(headers, HIDDEN),
	TEXT(secrets, HIDDEN),
	INT(from_row, HIDDEN, 0, 0),
	TIME(failing_since, FIELD_FIXED),
	TIME(created_at, FIELD_FIXED),
	TIME(updated_at, FIELD_FIXED),
};
#undef ROW

#define ROW delivery
static const struct field delivery_fields[] = {
	INT(endpoint_row, HIDDEN, 0, 0),  INT(event_row, HIDDEN, 0, 0), INT(task_row, HIDDEN, 0, 0),
	TEXT(event_id, FIELD_FIXED),      TEXT(type, FIELD_FIXED),      WORD(state, FIELD_FIXED, delivery_state_words),
	INT(attempts, FIELD_FIXED, 0, 0), TIME(next_at, FIELD_FIXED),   TIME(created_at, FIELD_FIXED),
	TIME(ended_at, FIELD_FIXED),      TIME(changed_at, HIDDEN),     JSON(log, FIELD_FIXED),
};
#undef ROW

#define ROW bookmark
static const struct field bookmark_fields[] = {
	TEXT(name, FIELD_REQUIRED),
	INT(value, HIDDEN, 0, 0),
};
#undef ROW

#define ROW        model
#define BYTES_MOST ((int64_t)1 << 50)
#define DAY_S      86400
static const struct field model_fields[] = {
	TEXT(id, FIELD_FIXED),
	TEXT(name, FIELD_FIXED | FIELD_REQUIRED),
	WORD(runner, 0, model_runner_words),
	JSON(command, FIELD_LIST),
	TEXT(path, 0),
	TEXT(health, 0),
	TEXT(url, 0),
	TEXT(served_as, 0),
	JSON(env, FIELD_OBJECT),
	TEXT(sleep, 0),
	TEXT(wake, 0),
	INT(memory_bytes, 0, 1, BYTES_MOST),
	JSON(devices, FIELD_LIST),
	BOOL(pinned, 0),
	INT(keep_alive_s, 0, 0, 366 * DAY_S),
	INT(max_wait_s, FIELD_REQUIRED, 1, DAY_S),
	INT(start_s, FIELD_REQUIRED, 1, DAY_S),
	INT(parallel, FIELD_REQUIRED, 1, 1024),
	INT(queue, FIELD_REQUIRED, 0, 65536),
	INT(stop_s, FIELD_REQUIRED, 0, 600),
	BOOL(warm, 0),
	TEXT(license, 0),
	JSON(capabilities, FIELD_LIST),
	TEXT(purpose, 0),
	TEXT(key, HIDDEN),
	TEXT(created_by, FIELD_FIXED),
	TIME(created_at, FIELD_FIXED),
	TIME(updated_at, FIELD_FIXED),
};
#undef ROW

#define ROW model_memory
static const struct field model_memory_fields[] = {
	INT(model_row, HIDDEN, 0, 0),           TEXT(host, FIELD_FIXED | FIELD_REQUIRED),
	INT(measured_bytes, FIELD_FIXED, 0, 0), INT(loads, FIELD_FIXED, 0, 0),
	INT(failures, FIELD_FIXED, 0, 0),       INT(requests, FIELD_FIXED, 0, 0),
	INT(tokens, FIELD_FIXED, 0, 0),         INT(load_ms, FIELD_FIXED, 0, 0),
	JSON(load_times, FIELD_FIXED),          TIME(last_used_at, FIELD_FIXED),
	TIME(loaded_at, FIELD_FIXED),
};
#undef ROW

#define ROW model_step
static const struct field model_step_fields[] = {
	INT(model_row, HIDDEN, 0, 0),
	TEXT(host, FIELD_FIXED | FIELD_REQUIRED),
	WORD(state, FIELD_FIXED, model_state_words),
	TEXT(device, FIELD_FIXED),
	TEXT(reason, FIELD_FIXED),
	TEXT(wanted, FIELD_FIXED),
	INT(bytes, FIELD_FIXED, 0, 0),
	TIME(created_at, FIELD_FIXED),
};
#undef ROW

#define ROW party_listing
static const struct field listing_fields[] = {
	TEXT(name, FIELD_REQUIRED),
	TIME(updated_at, FIELD_FIXED),
};
#undef ROW

#define ROW delivery_listing
static const struct field delivery_listing_fields[] = {
	INT(endpoint_row, HIDDEN, 0, 0),
	TEXT(event_id, FIELD_FIXED),
	TIME(changed_at, FIELD_FIXED),
};
#undef ROW

#define ROW task_listing
static const struct field task_listing_fields[] = {
	TEXT(name, FIELD_REQUIRED),
	WORD_AS(status, state, FIELD_FIXED, task_state_words),
	INT(engagement_row, HIDDEN, 0, 0),
	TIME(updated_at, FIELD_FIXED),
};
#undef ROW

const struct table expert_table = TABLE("expert", expert, expert_fields);
const struct table company_table = TABLE("company", company, company_fields);
const struct table engagement_table = TABLE("engagement", engagement, engagement_fields);
const struct table task_table = TABLE("task", task, task_fields);
const struct table document_table = TABLE("document", document, document_fields);
const struct table drop_table = TABLE("dropped", drop, drop_fields); /* DROP is a word of SQL */
const struct table event_table = TABLE("event", event, event_fields);
const struct table log_line_table = TABLE("log_line", log_line, log_line_fields);
const struct table setting_table = TABLE("setting", setting, setting_fields);
const struct table xattr_table = TABLE("xattr", xattr, xattr_fields);
const struct table endpoint_table = TABLE("endpoint", endpoint, endpoint_fields);
const struct table delivery_table = TABLE("delivery", delivery, delivery_fields);
const struct table bookmark_table = TABLE("bookmark", bookmark, bookmark_fields);
const struct table model_table = TABLE("model", model, model_fields);
const struct table model_memory_table = TABLE("model_memory", model_memory, model_memory_fields);
const struct table model_step_table = TABLE("model_step", model_step, model_step_fields);

const struct table *const store_tables[] = {
	&setting_table,
	&expert_table,
	&company_table,
	&engagement_table,
	&task_table,
	&document_table,
	&drop_table,
	&event_table,
	&log_line_table,
	&xattr_table,
	&endpoint_table,
	&delivery_table,
	&bookmark_table,
	&model_table,
	&model_memory_table,
	&model_step_table,
	NULL,
};

const struct table expert_listing_table = TABLE("expert", party_listing, listing_fields);
const struct table company_listing_table = TABLE("company", party_listing, listing_fields);
const struct table engagement_listing_table = TABLE("engagement", party_listing, listing_fields);
const struct table endpoint_listing_table = TABLE("endpoint", party_listing, listing_fields);
const struct table model_listing_table = TABLE("model", party_listing, listing_fields);
const struct table delivery_listing_table = TABLE("delivery", delivery_listing, delivery_listing_fields);
const struct table task_listing_table = TABLE("task", task_listing, task_listing_fields);

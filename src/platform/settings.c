#include "platform/settings.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "platform/event.h"
#include "platform/backoff.h"

static const struct setting_row rows[N_SETTINGS] = {
	[SETTING_DEFAULT_ENGAGEMENT] = { "default_engagement", "default", false, 0, 0,
					 "The engagement that gets what is dropped into tasks/inbox." },
	[SETTING_DEFAULT_MCP] = { "default_mcp", "TENDER", false, 0, 0,
				  "The MCP that works on documents for which nothing else was chosen." },
	[SETTING_WORKERS] = { "workers", "0", true, 0, 256,
			      "How many tasks are worked on at once; 0 means one per processor core. Read at start." },
	[SETTING_TASK_TIMEOUT] = { "task_timeout_s", "300", true, 1, 86400,
				   "Seconds after which the work on a task is given up." },
	[SETTING_TASK_ATTEMPTS] = { "task_attempts", "3", true, 1, 100,
				    "How often a task is tried when the cause of a failure may pass." },
	[SETTING_RETRY_DELAY] = { "retry_delay_ms", "1000", true, 0, 3600000,
				  "Milliseconds before the second attempt; doubled before each one after it." },
	[SETTING_LEASE] = { "lease_s", "60", true, 3, 3600,
			    "Seconds a worker may stay silent before its task is given to another." },
	[SETTING_FOLDER_QUIET] = { "folder_quiet_s", "5", true, 0, 3600,
				   "Seconds without a writer after which a dropped folder submits itself." },
	[SETTING_REWRITE_QUIET] = { "rewrite_quiet_ms", "200", true, 0, 60000,
				    "Milliseconds to wait for more writing when a dropped file is written again." },
	[SETTING_EMPTY_QUIET] = { "empty_quiet_ms", "2000", true, 0, 60000,
				  "Milliseconds to wait before an empty file counts as an empty document." },
	[SETTING_TRASH_DAYS] = { "trash_days", "30", true, 0, 36500, "Days that a removed task stays in .trash." },
	[SETTING_RECEIPT_HOURS] = { "receipt_hours", "24", true, 0, 87600,
				    "Hours that a receipt stays in the inbox after the work has ended." },
	[SETTING_EVENT_DAYS] = { "event_days", "90", true, 1, 36500, "Days that events are kept." },
	[SETTING_DELIVERED_DAYS] = { "delivered_days", "7", true, 0, 36500,
				     "Days that a delivery that arrived stays in webhooks/delivered." },
	[SETTING_WEBHOOK_RETRIES] = { "webhook_retries", BACKOFF_DEFAULT, false, 0, 0,
				      "The longest wait before each attempt of a delivery; how long is drawn anew each time." },
	[SETTING_WEBHOOK_TIMEOUT] = { "webhook_timeout_s", "15", true, 1, 300,
				      "Seconds in which an endpoint must have answered." },
	[SETTING_WEBHOOK_OLDER] = { "webhook_older_headers", "0", true, 0, 1,
				    "1: deliveries have the headers X-Webhook-Signature and X-Idempotency-Key too." },
	[SETTING_RAM0_MEMORY] = { "ram0_memory", "0", true, 0, (int64_t)1 << 50,
				  "Bytes of main memory for models where there is no GPU; 0 means half of the machine's." },
	[SETTING_WARM_MEMORY] = { "warm_memory", "0", true, 0, (int64_t)1 << 50,
				  "Bytes of weights that are read ahead for models with warm; 0 means a quarter of main memory." },
};

struct settings {
	pthread_rwlock_t lock;
	char *text[N_SETTINGS]; /* NULL: the fallback */
};

const struct setting_row *settings_row(enum setting_id id)
{
	return &rows[id];
}

int settings_find(const char *name)
{
	for (int i = 0; i < N_SETTINGS; i++)
		if (streq(rows[i].name, name))
			return i;
	return -1;
}

static int load_all(struct tx *tx, void *arg, struct err *e)
{
	char **text = arg;

	for (int i = 0; i < N_SETTINGS; i++) {
		struct setting row;
		int rc = row_find(tx, Q_SETTING, ARGS(V_TEXT(rows[i].name)), &row, e);

		row_set_text(&text[i], rc == 0 ? row.value : NULL);
		if (rc == 0)
			row_release(&setting_table, &row);
		else if (rc != -ENOENT)
			return rc;
	}
	return 0;
}

int settings_load(struct platform *p, struct err *e)
{
	p->settings = xcalloc(1, sizeof(*p->settings));
	pthread_rwlock_init(&p->settings->lock, NULL);
	return settings_reload(p, e);
}

int settings_reload(struct platform *p, struct err *e)
{
	struct settings *s = p->settings;
	char *text[N_SETTINGS] = { NULL };
	int rc = store_read(p->store, load_all, text, e);

	pthread_rwlock_wrlock(&s->lock);
	for (int i = 0; i < N_SETTINGS; i++) {
		if (rc == 0) {
			char *was = s->text[i];

			s->text[i] = text[i];
			text[i] = was;
		}
		free(text[i]);
	}
	pthread_rwlock_unlock(&s->lock);
	return rc;
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	for (int i = 0; i < N_SETTINGS; i++)
		free(s->text[i]);
	pthread_rwlock_destroy(&s->lock);
	free(s);
}

char *settings_text(struct platform *p, enum setting_id id)
{
	char *text;

	pthread_rwlock_rdlock(&p->settings->lock);
	text = xstrdup(p->settings->text[id] ? p->settings->text[id] : rows[id].fallback);
	pthread_rwlock_unlock(&p->settings->lock);
	return text;
}

int64_t settings_int(struct platform *p, enum setting_id id)
{
	auto_free char *text = settings_text(p, id);
	int64_t n = 0;

	util_int(text, &n);
	return n;
}

static int check(struct platform *p, enum setting_id id, const char *text, struct err *e)
{
	const struct setting_row *row = &rows[id];
	const char *tool, *version;
	struct backoff backoff;
	int64_t n;

	if (row->is_number && util_int(text, &n) < 0)
		return err_set(e, -EINVAL, "'%s' is not a whole number, as '%s' must be", text, row->name);
	if (row->is_number && (n < row->min || n > row->max))
		return err_set(e, -ERANGE, "'%s' must be from %jd to %jd", row->name, (intmax_t)row->min,
			       (intmax_t)row->max);
	if (id == SETTING_WEBHOOK_RETRIES)
		return backoff_parse(text, &backoff, e);
	if (id == SETTING_DEFAULT_MCP)
		return p->engines.resolve(p->engines.ud, text, NULL, &tool, &version, e) < 0 ? -EINVAL : 0;
	return 0;
}

struct put {
	enum setting_id id;
	const char *text; /* NULL: back to the fallback */
};

static int tell(struct tx *tx, const struct put *put, const char *value, struct err *e)
{
	return event_emit(
		tx, "setting.changed", 0, 0,
		json_pack("{s:s, s:s, s:b}", "name", rows[put->id].name, "value", value, "is_default", !put->text), e);
}

static int put_row(struct tx *tx, void *arg, struct err *e)
{
	const struct put *put = arg;
	const char *name = rows[put->id].name, *wanted = put->text ? put->text : rows[put->id].fallback;
	struct engagement eng;
	struct setting row;
	int rc;

	if (put->id == SETTING_DEFAULT_ENGAGEMENT) {
		rc = row_find(tx, Q_ENGAGEMENT_BY_NAME, ARGS(V_TEXT(wanted)), &eng, e);
		if (rc < 0)
			return err_set(e, -EINVAL, "there is no engagement '%s'", wanted);
		row_release(&engagement_table, &eng);
	}
	rc = row_find(tx, Q_SETTING, ARGS(V_TEXT(name)), &row, e);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	tx_change(tx, CHANGE_SETTING, put->id, 0, 0, 0, name);
	if (rc == -ENOENT) {
		if (!put->text)
			return 0;
		row = (struct setting){ .name = xstrdup(name), .value = xstrdup(put->text) };
		rc = row_insert(tx, &setting_table, &row, e);
	} else if (put->text) {
		row_set_text(&row.value, put->text);
		rc = row_update(tx, &setting_table, &row, e);
	} else {
		rc = row_delete(tx, &setting_table, row.row_id, e);
	}
	row_release(&setting_table, &row);
	return rc < 0 ? rc : tell(tx, put, wanted, e);
}

int settings_put(struct platform *p, enum setting_id id, const char *text, struct err *e)
{
	struct put put = { id, *text ? text : NULL };
	int rc = put.text ? check(p, id, text, e) : 0;

	if (rc < 0)
		return rc;
	rc = store_write(p->store, put_row, &put, e);
	if (rc < 0)
		return rc;
	pthread_rwlock_wrlock(&p->settings->lock);
	free(p->settings->text[id]);
	p->settings->text[id] = xstrdup(put.text);
	pthread_rwlock_unlock(&p->settings->lock);
	return 0;
}

void settings_readme(struct buf *out)
{
	buf_addstr(out, "Each file here is one setting. Write a value into it to change it; an empty line\n"
			"brings the default back. A value that is not allowed is refused.\n");
	for (int i = 0; i < N_SETTINGS; i++) {
		buf_printf(out, "\n%s  (default: %s)\n    %s\n", rows[i].name, rows[i].fallback, rows[i].help);
		if (rows[i].is_number)
			buf_printf(out, "    From %jd to %jd.\n", (intmax_t)rows[i].min, (intmax_t)rows[i].max);
	}
}

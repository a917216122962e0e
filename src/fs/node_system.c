/* The files of the root: README.txt, health, metrics, settings/ */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "fs/handlers.h"
#include "fs/kick.h"
#include "platform/delivery.h"
#include "platform/record.h"
#include "platform/refusal.h"
#include "platform/settings.h"
#include "platform/task.h"

static const char readme[] =
	"0711fs - the platform as a file system\n"
	"\n"
	"Drop a document, read the result:\n"
	"    cp rfp.pdf tasks/inbox/\n"
	"    cat tasks/inbox/rfp.pdf.receipt.json      which task it became (\"path\")\n"
	"    cat engagements/default/tasks/rfp/wait    blocks until the task has ended\n"
	"    jq . engagements/default/tasks/rfp/result.json\n"
	"\n"
	"A result with little confidence waits in tasks/needs_review/:\n"
	"    echo approve > engagements/default/tasks/rfp/review\n"
	"    echo \"reject wrong deadline\" > engagements/default/tasks/rfp/review\n"
	"    mv tasks/needs_review/rfp tasks/completed/\n"
	"\n"
	"tasks/STATE/ holds links to tasks; mv between those directories decides:\n"
	"needs_review to completed approves, to failed rejects, anything ended to todo retries,\n"
	"todo or in_progress to cancelled cancels. When something is refused, the task's file\n"
	"error says why.\n"
	"\n"
	"mkdir engagements/NAME makes an engagement with an inbox of its own:\n"
	"engagements/NAME/tasks/inbox/. mkdir tasks/inbox/NAME begins a task of many documents:\n"
	"copy them in, it submits itself after some seconds without writing, or at once with\n"
	"    echo submit > tasks/inbox/NAME/ctl\n"
	"A .json file dropped into an inbox is a request:\n"
	"    {\"mcp_id\": \"TENDER\", \"title\": \"...\", \"data\": {\"file_path\": \"engagements/...\"}}\n"
	"\n"
	"Files that answer but are not listed, since reading them waits or writing them acts:\n"
	"    events.follow                        events as they happen\n"
	"    events.since/ID                      events after the one with that id\n"
	"    engagements/E/tasks/NAME/wait        until the task is completed, failed or cancelled\n"
	"    engagements/E/tasks/NAME/wait.review the same, or needs review\n"
	"    tasks/inbox/NAME/ctl                 of a dropped folder: submit\n"
	"    .../inbox/@MCP/ and .../inbox/@MCP/TOOL/  drop here to choose the engine\n"
	"\n"
	"webhooks/ tells other systems of events by HTTP, signed:\n"
	"    mkdir webhooks/endpoints/NAME             an endpoint; its state says what it lacks\n"
	"    cat webhooks/status                       how all of them do\n"
	"    mv webhooks/dead/X webhooks/pending/      send once more what nobody took\n"
	"0711fs-webhooks(7) describes it.\n"
	"\n"
	"models/ keeps the models that engines ask for in memory: cat models/status, see\n"
	"0711fs-models(7).\n"
	"\n"
	"Removed tasks stay in .trash/ for some days (settings/trash_days); mv brings them back.\n"
	"The whole tree is described in the manual page 0711fs-layout(7).\n";

int readme_show(const struct ask *a UNUSED, struct buf *out)
{
	buf_addstr(out, readme);
	return 0;
}

static int count_states(struct tx *tx, void *arg, struct err *e)
{
	json_t *counts = arg;
	int rc = 0;

	for (int i = 0; rc == 0 && i < N_TASK_STATES; i++) {
		int64_t n = 0;

		rc = row_int(tx, Q_TASK_COUNT_IN, ARGS(V_TEXT(task_state_words[i])), &n, e);
		json_object_set_new(counts, task_state_words[i], json_integer(n));
	}
	return rc;
}

int health_show(const struct ask *a, struct buf *out)
{
	struct fs *fs = a->fs;
	char time[CLOCK_TEXT_BYTES];
	json_t *counts = json_object(), *doc;
	int rc = store_read(fs->p->store, count_states, counts, a->e);

	doc = json_pack("{s:s, s:i, s:s, s:s, s:s, s:o}", "status", rc == 0 ? "ok" : "failing", "pid", (int)getpid(),
			"version", PACKAGE_VERSION, "host", fs->p->host, "since", clock_format(fs->started_at, time),
			"tasks", counts);
	json_object_set_new(doc, "store",
			    json_pack("{s:s, s:s, s:s?}", "state", rc == 0 ? "ok" : "failing", "engine",
				      store_engine(fs->p->store), "error", rc == 0 ? NULL : a->e->text));
	json_object_set_new(doc, "inotify", kicks_health(fs));
	json_object_set_new(doc, "webhooks", webhooks_health(fs));
	if (fs->o.host.health)
		fs->o.host.health(fs->o.host.ud, doc);
	record_dump(doc, out);
	json_decref(doc);
	return 0;
}

static void add_metric(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP fs0711_%s %s\n# TYPE fs0711_%s %s\n", name, help, name, type);
}

static void add_task_metrics(struct buf *out, const json_t *counts)
{
	const char *state;
	json_t *n;

	add_metric(out, "tasks", "gauge", "Tasks by state.");
	json_object_foreach ((json_t *)counts, state, n)
		buf_printf(out, "fs0711_tasks{state=\"%s\"} %lld\n", state, (long long)json_integer_value(n));
}

static void add_delivery_metrics(struct buf *out, const struct delivery_counts *n)
{
	int64_t age = n->oldest ? clock_now_ms() - n->oldest : 0;

	add_metric(out, "webhook_deliveries", "gauge", "Deliveries by state.");
	for (int i = 0; i < N_DELIVERY_STATES; i++)
		buf_printf(out, "fs0711_webhook_deliveries{state=\"%s\"} %jd\n", delivery_state_words[i],
			   (intmax_t)n->in[i]);
	add_metric(out, "webhook_oldest_pending_seconds", "gauge", "Age of the oldest pending delivery.");
	buf_printf(out, "fs0711_webhook_oldest_pending_seconds %.3f\n", (double)age / 1000);
}

static void add_sender_metrics(struct buf *out, const json_t *figures)
{
	static const char *const kinds[][2] = {
		{ "succeeded", "Attempts that were answered with 2xx." },
		{ "failed", "Attempts that were not." },
		{ "refused", "Attempts that were not made, since the address is not allowed." },
	};

	for (size_t i = 0; i < N_ELEMS(kinds); i++) {
		auto_free char *name = xasprintf("webhook_%s_total", kinds[i][0]);

		add_metric(out, name, "counter", kinds[i][1]);
		buf_printf(out, "fs0711_%s %lld\n", name,
			   (long long)json_integer_value(json_object_get(figures, kinds[i][0])));
	}
	add_metric(out, "webhook_seconds_total", "counter", "Time that attempts took.");
	buf_printf(out, "fs0711_webhook_seconds_total %.3f\n", json_real_value(json_object_get(figures, "seconds")));
}

static void add_model_metrics(struct buf *out, const json_t *counts)
{
	const char *state;
	json_t *n;

	add_metric(out, "models", "gauge", "Models by state.");
	json_object_foreach ((json_t *)counts, state, n)
		buf_printf(out, "fs0711_models{state=\"%s\"} %lld\n", state, (long long)json_integer_value(n));
}

static void add_device_metrics(struct buf *out, const json_t *devices)
{
	static const char *const kinds[][2] = {
		{ "memory_total", "Memory of a device." },
		{ "memory_used", "Memory of a device that is in use." },
		{ "foreign", "Memory of a device that is used by others than models." },
	};
	const json_t *device;
	size_t i;

	for (size_t k = 0; k < N_ELEMS(kinds) && json_array_size(devices); k++) {
		auto_free char *name = xasprintf("device_%s_bytes", kinds[k][0]);

		add_metric(out, name, "gauge", kinds[k][1]);
		json_array_foreach (devices, i, device)
			buf_printf(out, "fs0711_%s{device=\"%s\"} %lld\n", name,
				   json_string_value(json_object_get(device, "name")),
				   (long long)json_integer_value(json_object_get(device, kinds[k][0])));
	}
}

/* What the program around the file system counts. */
static void add_host_metrics(struct fs *fs, struct buf *out)
{
	json_t *figures = fs->o.host.webhooks ? fs->o.host.webhooks(fs->o.host.ud) : NULL, *devices = devices_now(fs);

	if (figures)
		add_sender_metrics(out, figures);
	add_device_metrics(out, devices);
	json_decref(figures);
	json_decref(devices);
}

int metrics_show(const struct ask *a, struct buf *out)
{
	json_t *counts = json_object(), *models = json_object();
	struct delivery_counts deliveries;
	int rc = store_read(a->fs->p->store, count_states, counts, a->e);

	if (rc == 0)
		rc = delivery_count(a->fs->p, 0, &deliveries, a->e);
	if (rc == 0)
		rc = models_count(a->fs, models, a->e);
	if (rc == 0) {
		add_task_metrics(out, counts);
		add_delivery_metrics(out, &deliveries);
		add_model_metrics(out, models);
		add_host_metrics(a->fs, out);
	}
	json_decref(models);
	json_decref(counts);
	return rc;
}

int settings_readme_show(const struct ask *a UNUSED, struct buf *out)
{
	settings_readme(out);
	return 0;
}

int settings_error_show(const struct ask *a, struct buf *out)
{
	refusal_get(a->fs->p, REFUSAL_SETTINGS, 0, out);
	return 0;
}

int settings_refusals(const struct ask *a UNUSED, int64_t *row)
{
	*row = 0;
	return REFUSAL_SETTINGS;
}

int settings_node_find(const struct ask *a UNUSED, const char *name, struct found *out)
{
	int id = settings_find(name);

	*out = (struct found){ NODE_SETTING, id + 1 };
	return id < 0 ? -ENOENT : 0;
}

int settings_node_list(const struct ask *a UNUSED, struct listing *out)
{
	for (int i = 0; i < N_SETTINGS; i++)
		listing_add(out, settings_row((enum setting_id)i)->name, NODE_SETTING, i + 1);
	return 0;
}

int setting_stat(const struct ask *a, struct attr *out UNUSED)
{
	return a->row >= 1 && a->row <= N_SETTINGS ? 0 : -ENOENT;
}

int setting_show(const struct ask *a, struct buf *out)
{
	auto_free char *text = settings_text(a->fs->p, (enum setting_id)(a->row - 1));

	buf_printf(out, "%s\n", text);
	return 0;
}

int setting_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	return settings_put(a->fs->p, (enum setting_id)(a->row - 1), text, a->e);
}

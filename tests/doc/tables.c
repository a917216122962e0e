/*
 * tables - what the program's own tables say, as the manual should say it too; layout.t.sh compares them
 *
 *     path PATH MODE[, not listed]      every place of the tree
 *     field FILE NAME TYPE              the fields of the JSON documents
 *     setting NAME DEFAULT[, from LOW to HIGH]
 *     event TYPE FIELD...[ (to come)]
 */
#include <stdio.h>
#include <stdlib.h>

#include "fs/node.h"
#include "platform/event.h"
#include "platform/settings.h"
#include "store/rows.h"

/* Where the kinds stand that have no name of their own, and what the manual calls them. */
static const struct place {
	unsigned kind, parent;
	const char *name;
} places[] = {
	{ NODE_SETTING, NODE_SETTINGS, "SETTING" },
	{ NODE_STATE, NODE_TASKS, "STATE" },
	{ NODE_LINK, NODE_STATE, "TASK[@E]" },
	{ NODE_INBOX_MCP, NODE_NONE, "INBOX/@MCP" },
	{ NODE_INBOX_TOOL, NODE_INBOX_MCP, "TOOL" },
	{ NODE_ENTRY, NODE_NONE, "INBOX/FILE" },
	{ NODE_ENTRY, NODE_FOLDER, "FILE" },
	{ NODE_RECEIPT, NODE_NONE, "INBOX/NAME.receipt.json" },
	{ NODE_FOLDER, NODE_NONE, "INBOX/FOLDER" },
	{ NODE_ENGAGEMENT, NODE_ENGAGEMENTS, "E" },
	{ NODE_TASK, NODE_ENGAGEMENT_TASKS, "TASK" },
	{ NODE_RESULT, NODE_TASK, "result.json" },
	{ NODE_DOCUMENT, NODE_TASK, "result.N.json" },
	{ NODE_DOCUMENT, NODE_TASK_INPUT, "FILE" },
	{ NODE_DOCUMENT, NODE_TASK_FORMER, "FILE" },
	{ NODE_DOCUMENT, NODE_TASK_OUTPUT, "FILE" },
	{ NODE_DOCUMENT_DIR, NODE_TASK_INPUT, "FOLDER" },
	{ NODE_EXPERT, NODE_EXPERTS, "EXPERT" },
	{ NODE_COMPANY, NODE_COMPANIES, "COMPANY" },
	{ NODE_MCP, NODE_MCPS, "MCP" },
	{ NODE_TOOL, NODE_MCP_TOOLS, "TOOL" },
	{ NODE_SCRATCH, NODE_NONE, "DIR/TEMPORARY" },
	{ NODE_ENDPOINT, NODE_ENDPOINTS, "ENDPOINT" },
	{ NODE_DELIVERY, NODE_PENDING, "EVENT@ENDPOINT.json" },
	{ NODE_DELIVERY, NODE_DELIVERED, "EVENT@ENDPOINT.json" },
	{ NODE_DELIVERY, NODE_DEAD, "EVENT@ENDPOINT.json" },
	{ NODE_MODEL, NODE_MODELS, "MODEL" },
	{ NODE_DEVICE, NODE_DEVICES, "DEVICE" },
	{ NODE_RESIDENT, NODE_DEVICE_RESIDENT, "MODEL" },
	{ NODE_EVENTS_DAY, NODE_EVENTS_DAYS, "DAY.jsonl" },
	{ NODE_EVENTS_AFTER, NODE_EVENTS_SINCE, "ID" },
};

static char *path_of(unsigned kind);

static char *join(unsigned parent, const char *name)
{
	auto_free char *above = parent == NODE_NONE || parent == NODE_ROOT ? NULL : path_of(parent);

	return above ? xasprintf("%s/%s", above, name) : xstrdup(name);
}

static char *path_of(unsigned kind)
{
	if (nodes[kind].name)
		return join(nodes[kind].parent, nodes[kind].name);
	for (size_t i = 0; i < N_ELEMS(places); i++)
		if (places[i].kind == kind)
			return join(places[i].parent, places[i].name);
	return xasprintf("KIND-%u-HAS-NO-PLACE-IN-tests/doc/tables.c", kind);
}

static void print_path(unsigned kind, const char *path)
{
	/* inboxes find the directories that choose an engine, events.since the ids of events, and list none */
	bool unlisted = kind == NODE_INBOX_MCP || kind == NODE_INBOX_TOOL || kind == NODE_EVENTS_AFTER;
	const struct node *n = &nodes[kind];

	printf("path %s%s %04o%s\n", path, S_ISDIR(n->mode) ? "/" : "", (unsigned)n->mode & 07777,
	       unlisted || n->flags & NODE_HIDDEN ? ", not listed" : "");
}

static bool print_places(unsigned kind)
{
	bool any = false;

	for (size_t i = 0; i < N_ELEMS(places); i++) {
		if (places[i].kind == kind) {
			auto_free char *path = join(places[i].parent, places[i].name);

			print_path(kind, path);
			any = true;
		}
	}
	return any;
}

static void print_paths(void)
{
	for (unsigned k = NODE_ROOT + 1; k < N_NODE_KINDS; k++) {
		if (!print_places(k)) {
			auto_free char *path = path_of(k);

			print_path(k, path);
		}
	}
}

static const char *const type_words[] = {
	[FIELD_TEXT] = "text",          [FIELD_JSON] = "list or object", [FIELD_INT] = "whole number",
	[FIELD_BOOL] = "true or false", [FIELD_REAL] = "number",         [FIELD_TIME] = "time",
};

static void print_type(const struct field *f)
{
	if (f->type == FIELD_WORD)
		for (const char *const *w = f->words; *w; w++)
			printf("%s%s", w == f->words ? "" : w[1] ? ", " : " or ", *w);
	else if (f->flags & (FIELD_LIST | FIELD_OBJECT))
		printf("%s", f->flags & FIELD_LIST ? "list" : "object");
	else
		printf("%s", type_words[f->type]);
	if (!(f->flags & FIELD_FIXED) && (f->min || f->max))
		printf(", from %jd to %jd", (intmax_t)f->min, (intmax_t)f->max);
	puts(f->flags & FIELD_FIXED ? "; fixed" : "");
}

static void print_fields(const char *file, const struct table *t)
{
	for (size_t i = 0; i < t->n_fields; i++) {
		if (t->fields[i].flags & FIELD_HIDDEN)
			continue;
		printf("field %s %s ", file, t->fields[i].name);
		print_type(&t->fields[i]);
	}
}

static void print_settings(void)
{
	for (int i = 0; i < N_SETTINGS; i++) {
		const struct setting_row *row = settings_row((enum setting_id)i);

		printf("setting %s %s", row->name, row->fallback);
		if (row->is_number)
			printf(", from %jd to %jd", (intmax_t)row->min, (intmax_t)row->max);
		puts("");
	}
}

static void print_events(void)
{
	for (const struct event_type *t = event_types; t->name; t++)
		printf("event %s %s%s\n", t->name, t->fields, t->to_come ? " (to come)" : "");
}

int main(void)
{
	print_paths();
	print_fields("task.json", &task_table);
	puts("field task.json output_data object; fixed"); /* no field of the row: the result */
	print_fields("engagement.json", &engagement_table);
	print_fields("expert.json", &expert_table);
	print_fields("company.json", &company_table);
	print_fields("endpoint.json", &endpoint_table);
	print_fields("spec.json", &model_table);
	print_settings();
	print_events();
	return 0;
}

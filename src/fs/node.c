#include "fs/node.h"

#include "fs/handlers.h"

#define DIR  (S_IFDIR | 0755)
#define READ (S_IFREG | 0444)
#define EDIT (S_IFREG | 0644)
#define TELL (S_IFREG | 0644)

/* clang-format off */
#define INBOX_HANDLERS \
	.mode = S_IFDIR | 0775, .stat = inbox_node_stat, .find = inbox_node_find, .list = inbox_node_list, \
	.mkdir = inbox_node_mkdir, .remove = inbox_node_remove, .move = inbox_node_move, .refusals = inbox_node_refusals
#define PARTIES_HANDLERS \
	.mode = DIR, .find = party_node_find, .list = party_node_list, .mkdir = party_node_mkdir, \
	.remove = party_node_remove, .move = party_node_move
#define PARTY_HANDLERS \
	.mode = DIR, .flags = NODE_SCRATCHY, .stat = party_node_stat, .removable = party_node_removable, \
	.refusals = party_node_refusals
#define PARTY_FIELD(text) \
	.mode = TELL, .flags = NODE_LINE, .field = text, .stat = party_node_stat, .show = party_field_show, \
	.put = party_field_put
#define DELIVERIES_HANDLERS \
	.mode = DIR, .flags = NODE_VOLATILE | NODE_GROWING, .find = deliveries_find, .list = deliveries_list, \
	.remove = deliveries_remove, .move = deliveries_move
#define ENDPOINT_TEXT(text, more) \
	.mode = EDIT, .flags = more, .field = text, .stat = party_node_stat, .show = endpoint_text_show, \
	.put = endpoint_text_put
#define MODEL_FILE(file) .name = file, .parent = NODE_MODEL, .stat = party_node_stat
#define MODEL_FIGURE(key, more) .mode = READ, .flags = more, .field = key, .show = model_figure_show
#define DEVICE_FILE(file, key, more) \
	.name = file, .parent = NODE_DEVICE, .flags = NODE_FIXED | (more), .field = key, .stat = device_stat, .show = device_figure_show
#define TASK_FILE(file) .name = file, .parent = NODE_TASK, .stat = task_node_stat
#define TASK_FIELD(text) \
	.mode = TELL, .flags = NODE_LINE, .field = text, .show = task_field_show, .put = task_field_put
#define MCP_FILE(file) .name = file, .parent = NODE_MCP, .mode = READ, .stat = mcp_node_stat
#define TOOL_FILE(file, key) \
	.name = file, .parent = NODE_TOOL, .mode = READ, .flags = NODE_FIXED, .field = key, .stat = tool_node_stat, .show = tool_show

const struct node nodes[N_NODE_KINDS] = {
	[NODE_ROOT] = { .parent = NODE_ROOT, .mode = DIR },
	[NODE_README] = { "README.txt", NODE_ROOT, READ, .show = readme_show },
	[NODE_HEALTH] = { "health", NODE_ROOT, READ, NODE_LIVE, .show = health_show },
	[NODE_EVENTS] = { "events", NODE_ROOT, READ, NODE_LIVE, .stat = events_stat },
	[NODE_EVENTS_FOLLOW] = { "events.follow", NODE_ROOT, READ, NODE_HIDDEN | NODE_BLOCKS },
	[NODE_EVENTS_DAYS] = { "events.d", NODE_ROOT, DIR, NODE_VOLATILE | NODE_GROWING, .find = days_find, .list = days_list },
	[NODE_EVENTS_DAY] = { .parent = NODE_EVENTS_DAYS, .mode = READ, .flags = NODE_FIXED, .stat = day_stat, .open = day_open },
	[NODE_EVENTS_SINCE] = { "events.since", NODE_ROOT, DIR, NODE_VOLATILE, .find = since_find },
	[NODE_EVENTS_AFTER] = { .parent = NODE_EVENTS_SINCE, .mode = READ, .flags = NODE_GROWING, .show = since_show },

	[NODE_SETTINGS] = { "settings", NODE_ROOT, DIR, NODE_SCRATCHY, .find = settings_node_find, .list = settings_node_list,
			    .refusals = settings_refusals },
	[NODE_SETTINGS_ERROR] = { "error", NODE_SETTINGS, READ, .show = settings_error_show },
	[NODE_SETTINGS_README] = { "README", NODE_SETTINGS, READ, .show = settings_readme_show },
	[NODE_SETTING] = { .parent = NODE_SETTINGS, .mode = EDIT, .flags = NODE_LINE | NODE_FIXED, .stat = setting_stat, .show = setting_show,
			   .put = setting_put, .refusals = settings_refusals },

	[NODE_TRASH] = { ".trash", NODE_ROOT, DIR, NODE_VOLATILE, .find = view_find, .list = view_list, .remove = trash_node_remove,
			 .move = trash_node_move },

	[NODE_TASKS] = { "tasks", NODE_ROOT, DIR, .find = states_find, .list = states_list },
	[NODE_STATE] = { .parent = NODE_TASKS, .mode = DIR, .flags = NODE_FIXED, .stat = view_stat, .find = view_find, .list = view_list, .remove = view_remove,
			 .move = view_move },
	[NODE_LINK] = { .up = link_up, .mode = S_IFLNK | 0777, .stat = task_node_stat, .link = link_text,
			.refusals = task_node_refusals },

	[NODE_TASKS_INBOX] = { "inbox", NODE_TASKS, .flags = NODE_UPLOADS, INBOX_HANDLERS },
	[NODE_INBOX] = { "inbox", NODE_ENGAGEMENT_TASKS, .flags = NODE_UPLOADS, INBOX_HANDLERS },
	[NODE_INBOX_MCP] = { .up = inbox_mcp_up, .flags = NODE_UPLOADS | NODE_FIXED, INBOX_HANDLERS },
	[NODE_INBOX_TOOL] = { .up = inbox_mcp_up, .flags = NODE_UPLOADS | NODE_FIXED, INBOX_HANDLERS },
	[NODE_ENTRY] = { .up = entry_up, .mode = EDIT, .flags = NODE_FLEETING, .stat = entry_node_stat, .open = entry_node_open },
	[NODE_FOLDER] = { .up = entry_up, .mode = S_IFDIR | 0775, .flags = NODE_UPLOADS | NODE_FLEETING, .stat = entry_node_stat,
			  .find = inbox_node_find, .list = inbox_node_list, .mkdir = inbox_node_mkdir,
			  .remove = inbox_node_remove, .move = inbox_node_move, .removable = folder_node_removable,
			  .refusals = inbox_node_refusals },
	[NODE_FOLDER_CTL] = { "ctl", NODE_FOLDER, TELL, NODE_HIDDEN | NODE_LINE | NODE_ORDERS, .stat = entry_node_stat,
			      .show = task_ctl_show, .put = folder_ctl_put },
	[NODE_RECEIPT] = { .up = entry_up, .mode = READ, .flags = NODE_FLEETING, .stat = receipt_stat, .show = receipt_show },

	[NODE_ENGAGEMENTS] = { "engagements", NODE_ROOT, PARTIES_HANDLERS },
	[NODE_ENGAGEMENT] = { .parent = NODE_ENGAGEMENTS, PARTY_HANDLERS },
	[NODE_ENGAGEMENT_JSON] = { "engagement.json", NODE_ENGAGEMENT, EDIT, .stat = party_node_stat,
				   .show = party_json_show, .put = party_json_put },
	[NODE_ENGAGEMENT_ERROR] = { "error", NODE_ENGAGEMENT, READ, .stat = party_node_stat, .show = party_error_show },
	[NODE_ENGAGEMENT_STATUS] = { "status", NODE_ENGAGEMENT, PARTY_FIELD("status") },
	[NODE_ENGAGEMENT_THRESHOLD] = { "review_threshold", NODE_ENGAGEMENT, PARTY_FIELD("review_threshold") },
	[NODE_ENGAGEMENT_TITLE] = { "title", NODE_ENGAGEMENT, PARTY_FIELD("title") },
	[NODE_ENGAGEMENT_DESCRIPTION] = { "description", NODE_ENGAGEMENT, PARTY_FIELD("description") },
	[NODE_ENGAGEMENT_EXPERT] = { "expert_id", NODE_ENGAGEMENT, PARTY_FIELD("expert_id") },
	[NODE_ENGAGEMENT_CUSTOMER] = { "customer_id", NODE_ENGAGEMENT, PARTY_FIELD("customer_id") },
	[NODE_ENGAGEMENT_MCP] = { "mcp", NODE_ENGAGEMENT, PARTY_FIELD("mcp") },
	[NODE_ENGAGEMENT_TOOL] = { "tool", NODE_ENGAGEMENT, PARTY_FIELD("tool") },
	[NODE_ENGAGEMENT_TASKS] = { "tasks", NODE_ENGAGEMENT, DIR, .stat = party_node_stat, .find = tasks_node_find,
				    .list = tasks_node_list, .remove = tasks_node_remove, .move = tasks_node_move,
				    .removable = party_node_removable },

	[NODE_TASK] = { .up = task_up, .mode = DIR, .flags = NODE_SCRATCHY, .stat = task_node_stat, .find = task_node_find,
			.list = task_node_list, .removable = task_node_removable, .refusals = task_node_refusals },
	[NODE_TASK_JSON] = { TASK_FILE("task.json"), .mode = EDIT, .show = task_json_show, .put = task_json_put },
	[NODE_TASK_STATUS] = { TASK_FILE("status"), .mode = READ, .field = "status", .show = task_field_show },
	[NODE_TASK_PROGRESS] = { TASK_FILE("progress"), .mode = READ, .show = task_progress_show },
	[NODE_TASK_TITLE] = { TASK_FILE("title"), TASK_FIELD("title") },
	[NODE_TASK_DESCRIPTION] = { TASK_FILE("description"), TASK_FIELD("description") },
	[NODE_TASK_PRIORITY] = { TASK_FILE("priority"), TASK_FIELD("priority") },
	[NODE_TASK_DUE] = { TASK_FILE("due"), TASK_FIELD("due_date") },
	[NODE_TASK_ERROR] = { TASK_FILE("error"), .mode = READ, .show = task_error_show },
	[NODE_TASK_LOG] = { TASK_FILE("log"), .mode = READ, .show = task_log_show },
	[NODE_TASK_REVIEW] = { TASK_FILE("review"), .mode = TELL, .flags = NODE_LINE, .show = task_review_show,
			       .put = task_review_put },
	[NODE_TASK_EVENTS] = { TASK_FILE("events.jsonl"), .mode = READ, .show = task_events_show },
	[NODE_TASK_CTL] = { TASK_FILE("ctl"), .mode = TELL, .flags = NODE_LINE | NODE_ORDERS, .show = task_ctl_show,
			    .put = task_ctl_put },
	[NODE_TASK_WAIT] = { TASK_FILE("wait"), .mode = READ, .flags = NODE_HIDDEN | NODE_BLOCKS },
	[NODE_TASK_WAIT_REVIEW] = { TASK_FILE("wait.review"), .mode = READ, .flags = NODE_HIDDEN | NODE_BLOCKS },
	[NODE_TASK_INPUT] = { TASK_FILE("input"), .mode = DIR, .find = documents_node_find,
			      .list = documents_node_list, .removable = document_dir_removable },
	[NODE_TASK_FORMER] = { ".former", NODE_TASK_INPUT, DIR, NODE_HIDDEN, .stat = task_node_stat,
			       .find = documents_node_find, .list = documents_node_list,
			       .removable = document_dir_removable },
	[NODE_TASK_OUTPUT] = { TASK_FILE("output"), .mode = DIR, .find = documents_node_find,
			       .list = documents_node_list, .removable = document_dir_removable },
	[NODE_RESULT] = { .up = document_up, .mode = EDIT, .stat = document_node_stat, .open = document_node_open, .put = result_put,
			  .refusals = result_refusals },
	[NODE_DOCUMENT] = { .up = document_up, .mode = READ, .stat = document_node_stat, .open = document_node_open },
	[NODE_DOCUMENT_DIR] = { .up = document_up, .mode = DIR, .stat = document_node_stat, .find = document_dir_find,
				.list = document_dir_list, .removable = document_dir_removable },

	[NODE_EXPERTS] = { "experts", NODE_ROOT, PARTIES_HANDLERS },
	[NODE_EXPERT] = { .parent = NODE_EXPERTS, PARTY_HANDLERS },
	[NODE_EXPERT_JSON] = { "expert.json", NODE_EXPERT, EDIT, .stat = party_node_stat, .show = party_json_show,
			       .put = party_json_put },
	[NODE_EXPERT_ERROR] = { "error", NODE_EXPERT, READ, .stat = party_node_stat, .show = party_error_show },

	[NODE_COMPANIES] = { "companies", NODE_ROOT, PARTIES_HANDLERS },
	[NODE_COMPANY] = { .parent = NODE_COMPANIES, PARTY_HANDLERS },
	[NODE_COMPANY_JSON] = { "company.json", NODE_COMPANY, EDIT, .stat = party_node_stat, .show = party_json_show,
				.put = party_json_put },
	[NODE_COMPANY_PROFILE] = { "profile.json", NODE_COMPANY, EDIT, .stat = party_node_stat,
				   .show = company_profile_show, .put = company_profile_put },
	[NODE_COMPANY_ERROR] = { "error", NODE_COMPANY, READ, .stat = party_node_stat, .show = party_error_show },

	[NODE_METRICS] = { "metrics", NODE_ROOT, READ, NODE_LIVE, .show = metrics_show },

	[NODE_WEBHOOKS] = { "webhooks", NODE_ROOT, DIR },
	[NODE_WEBHOOKS_STATUS] = { "status", NODE_WEBHOOKS, READ, NODE_LIVE, .show = webhooks_status_show },
	[NODE_PENDING] = { "pending", NODE_WEBHOOKS, DELIVERIES_HANDLERS },
	[NODE_DELIVERED] = { "delivered", NODE_WEBHOOKS, DELIVERIES_HANDLERS },
	[NODE_DEAD] = { "dead", NODE_WEBHOOKS, DELIVERIES_HANDLERS },
	[NODE_DELIVERY] = { .up = delivery_up, .mode = READ, .flags = NODE_GROWING, .stat = delivery_stat, .show = delivery_show },
	[NODE_ENDPOINTS] = { "endpoints", NODE_WEBHOOKS, PARTIES_HANDLERS },
	[NODE_ENDPOINT] = { .parent = NODE_ENDPOINTS, PARTY_HANDLERS },
	[NODE_ENDPOINT_JSON] = { "endpoint.json", NODE_ENDPOINT, EDIT, .stat = party_node_stat, .show = party_json_show,
				 .put = party_json_put },
	[NODE_ENDPOINT_URL] = { "url", NODE_ENDPOINT, ENDPOINT_TEXT("url", NODE_LINE | NODE_PATIENT) },
	[NODE_ENDPOINT_SECRET] = { "secret", NODE_ENDPOINT, S_IFREG | 0200, NODE_LINE, .stat = party_node_stat,
				   .put = endpoint_secret_put },
	[NODE_ENDPOINT_KEYS] = { "public_keys", NODE_ENDPOINT, READ, .stat = party_node_stat, .show = endpoint_keys_show },
	[NODE_ENDPOINT_EVENTS] = { "events", NODE_ENDPOINT, ENDPOINT_TEXT("events", 0) },
	[NODE_ENDPOINT_HEADERS] = { "headers", NODE_ENDPOINT, ENDPOINT_TEXT("headers", 0) },
	[NODE_ENDPOINT_ALLOW] = { "allow", NODE_ENDPOINT, ENDPOINT_TEXT("allow", 0) },
	[NODE_ENDPOINT_ENABLED] = { "enabled", NODE_ENDPOINT, PARTY_FIELD("enabled") },
	[NODE_ENDPOINT_ORDERED] = { "ordered", NODE_ENDPOINT, PARTY_FIELD("ordered") },
	[NODE_ENDPOINT_FORMAT] = { "format", NODE_ENDPOINT, PARTY_FIELD("format") },
	[NODE_ENDPOINT_STATE] = { "state", NODE_ENDPOINT, READ, .stat = party_node_stat, .show = endpoint_state_show },
	[NODE_ENDPOINT_REPLAY] = { "replay", NODE_ENDPOINT, TELL, NODE_LINE | NODE_ORDERS, .stat = party_node_stat,
				   .show = endpoint_replay_show, .put = endpoint_replay_put },
	[NODE_ENDPOINT_ERROR] = { "error", NODE_ENDPOINT, READ, .stat = party_node_stat, .show = party_error_show },

	[NODE_MODELS] = { "models", NODE_ROOT, DIR, .find = party_node_find, .list = party_node_list, .mkdir = party_node_mkdir,
			  .remove = models_remove, .move = models_move },
	[NODE_MODELS_STATUS] = { "status", NODE_MODELS, READ, NODE_LIVE, .show = models_status_show },
	[NODE_MODEL] = { .parent = NODE_MODELS, PARTY_HANDLERS },
	[NODE_MODEL_SPEC] = { MODEL_FILE("spec.json"), .mode = EDIT, .show = party_json_show, .put = party_json_put },
	[NODE_MODEL_STATE] = { MODEL_FILE("state"), MODEL_FIGURE("state", NODE_GROWING) },
	[NODE_MODEL_REASON] = { MODEL_FILE("reason"), MODEL_FIGURE("reason", NODE_GROWING) },
	[NODE_MODEL_DEVICE] = { MODEL_FILE("device"), MODEL_FIGURE("device", NODE_GROWING) },
	[NODE_MODEL_MEMORY] = { MODEL_FILE("memory"), MODEL_FIGURE("memory", NODE_LIVE) },
	[NODE_MODEL_LAST_USED] = { MODEL_FILE("last_used"), MODEL_FIGURE("last_used", NODE_LIVE) },
	[NODE_MODEL_LOADS] = { MODEL_FILE("loads"), MODEL_FIGURE("loads", NODE_LIVE) },
	[NODE_MODEL_LOAD_SECONDS] = { MODEL_FILE("load_seconds"), MODEL_FIGURE("load_seconds", NODE_LIVE) },
	[NODE_MODEL_IN_USE] = { MODEL_FILE("in_use"), MODEL_FIGURE("in_use", NODE_LIVE) },
	[NODE_MODEL_LOG] = { MODEL_FILE("log"), .mode = READ, .flags = NODE_GROWING, .show = model_log_show },
	[NODE_MODEL_HISTORY] = { MODEL_FILE("history.jsonl"), .mode = READ, .flags = NODE_GROWING, .show = model_history_show },
	[NODE_MODEL_CTL] = { MODEL_FILE("ctl"), .mode = TELL, .flags = NODE_LINE | NODE_ORDERS | NODE_GROWING | NODE_PATIENT,
			     .show = model_ctl_show, .put = model_ctl_put },
	[NODE_MODEL_KEY] = { MODEL_FILE("key"), .mode = S_IFREG | 0200, .flags = NODE_LINE, .put = model_key_put },
	[NODE_MODEL_ERROR] = { MODEL_FILE("error"), .mode = READ, .show = party_error_show },
	[NODE_DEVICES] = { "devices", NODE_MODELS, DIR, NODE_VOLATILE | NODE_GROWING, .find = devices_node_find,
			   .list = devices_node_list },
	[NODE_DEVICE] = { .parent = NODE_DEVICES, .mode = DIR, .flags = NODE_FIXED, .stat = device_stat },
	[NODE_DEVICE_NAME] = { DEVICE_FILE("name", "title", 0), .mode = READ },
	[NODE_DEVICE_UUID] = { DEVICE_FILE("uuid", "uuid", 0), .mode = READ },
	[NODE_DEVICE_TOTAL] = { DEVICE_FILE("memory_total", "memory_total", NODE_LINE | NODE_GROWING), .mode = EDIT,
				.put = device_total_put, .refusals = settings_refusals },
	[NODE_DEVICE_FREE] = { DEVICE_FILE("memory_free", "memory_free", NODE_LIVE), .mode = READ },
	[NODE_DEVICE_USED] = { DEVICE_FILE("memory_used", "memory_used", NODE_LIVE), .mode = READ },
	[NODE_DEVICE_FOREIGN] = { DEVICE_FILE("foreign", "foreign", NODE_LIVE), .mode = READ },
	[NODE_DEVICE_RESIDENT] = { "resident", NODE_DEVICE, DIR, NODE_FIXED | NODE_VOLATILE | NODE_GROWING, .stat = device_stat,
				   .find = resident_find, .list = resident_list },
	[NODE_RESIDENT] = { .up = resident_up, .mode = S_IFLNK | 0777, .flags = NODE_GROWING, .stat = party_node_stat,
			    .link = resident_link },

	[NODE_MCPS] = { "mcps", NODE_ROOT, DIR, .find = mcps_node_find, .list = mcps_node_list },
	[NODE_MCP] = { .parent = NODE_MCPS, .mode = DIR, .flags = NODE_FIXED, .stat = mcp_node_stat },
	[NODE_MCP_MANIFEST] = { MCP_FILE("manifest.json"), .flags = NODE_FIXED, .show = mcp_manifest_show },
	[NODE_MCP_STATUS] = { MCP_FILE("status"), .flags = NODE_LIVE | NODE_FIXED, .show = mcp_status_show },
	[NODE_MCP_TOOLS] = { "tools", NODE_MCP, DIR, NODE_FIXED, .stat = mcp_node_stat, .find = tools_node_find,
			     .list = tools_node_list },
	[NODE_TOOL] = { .up = tool_up, .mode = DIR, .flags = NODE_FIXED, .stat = tool_node_stat },
	[NODE_TOOL_DESCRIPTION] = { TOOL_FILE("description", "description") },
	[NODE_TOOL_SCHEMA] = { TOOL_FILE("schema.json", "inputSchema") },
	[NODE_TOOL_OUTPUT] = { TOOL_FILE("output.json", "outputSchema") },

	[NODE_SCRATCH] = { .up = scratch_up, .mode = EDIT, .stat = scratch_node_stat },
};
/* clang-format on */

/* handlers - what the rows of node.c name; the contract of each is that of its member in struct node */
#ifndef FS0711_FS_HANDLERS_H
#define FS0711_FS_HANDLERS_H

#include "fs/node.h"

#define STAT(fn)   int fn(const struct ask *a, struct attr *out)
#define LIST(fn)   int fn(const struct ask *a, struct listing *out)
#define FIND(fn)   int fn(const struct ask *a, const char *name, struct found *out)
#define REMOVE(fn) int fn(const struct ask *a, const char *name, struct found at)
#define MOVE(fn)                                                                                             \
	int fn(const struct ask *a, const char *name, struct found at, struct found to, const char *to_name, \
	       bool replace)
#define SHOW(fn)    int fn(const struct ask *a, struct buf *out)
#define PUT(fn)     int fn(const struct ask *a, const char *text, size_t len)
#define MAY(fn)     int fn(const struct ask *a)
#define NOTES(fn)   int fn(const struct ask *a, int64_t *row)
#define FIND_UP(fn) int fn(const struct ask *a, struct found *out)

/* node_system.c */
SHOW(readme_show);
SHOW(health_show);
SHOW(metrics_show);
SHOW(settings_readme_show);
SHOW(settings_error_show);
NOTES(settings_refusals);
FIND(settings_node_find);
LIST(settings_node_list);
STAT(setting_stat);
SHOW(setting_show);
PUT(setting_put);

/* node_events.c */
STAT(events_stat);
LIST(days_list);
FIND(days_find);
STAT(day_stat);
MAY(day_open);
FIND(since_find);
SHOW(since_show);

/* node_webhook.c */
SHOW(webhooks_status_show);
FIND(deliveries_find);
LIST(deliveries_list);
MOVE(deliveries_move);
REMOVE(deliveries_remove);
STAT(delivery_stat);
SHOW(delivery_show);
FIND_UP(delivery_up);
SHOW(endpoint_text_show);
PUT(endpoint_text_put);
PUT(endpoint_secret_put);
SHOW(endpoint_keys_show);
SHOW(endpoint_state_show);
SHOW(endpoint_replay_show);
PUT(endpoint_replay_put);
/* webhooks_health - which endpoints are failing, for `health`: a new reference */
json_t *webhooks_health(struct fs *fs);

/* node_model.c */
SHOW(model_figure_show);
SHOW(model_log_show);
SHOW(model_history_show);
SHOW(model_ctl_show);
PUT(model_ctl_put);
PUT(model_key_put);
REMOVE(models_remove);
MOVE(models_move);
SHOW(models_status_show);
/* model_now - what is known of a model, in the shape of keeper_model: a new reference. 0 and *out, or -errno */
int model_now(struct fs *fs, int64_t row, json_t **out, struct err *e);
/* models_count - set in counts how many models are in each state */
int models_count(struct fs *fs, json_t *counts, struct err *e);

/* node_device.c */
STAT(device_stat);
LIST(devices_node_list);
FIND(devices_node_find);
SHOW(device_figure_show);
PUT(device_total_put);
LIST(resident_list);
FIND(resident_find);
SHOW(resident_link);
FIND_UP(resident_up);
/* devices_now - in the shape of keeper_devices: a new reference */
json_t *devices_now(struct fs *fs);
/* devices_status - a line for each */
void devices_status(struct fs *fs, struct buf *out);

/* node_party.c */
STAT(party_node_stat);
FIND(party_node_find);
LIST(party_node_list);
FIND(party_node_mkdir);
REMOVE(party_node_remove);
MOVE(party_node_move);
MAY(party_node_removable);
NOTES(party_node_refusals);
SHOW(party_json_show);
PUT(party_json_put);
SHOW(company_profile_show);
PUT(company_profile_put);
SHOW(party_field_show);
PUT(party_field_put);
SHOW(party_error_show);

/* node_task.c */
STAT(task_node_stat);
FIND(tasks_node_find);
LIST(tasks_node_list);
REMOVE(tasks_node_remove);
MOVE(tasks_node_move);
MAY(task_node_removable);
NOTES(task_node_refusals);
FIND(task_node_find);
LIST(task_node_list);
SHOW(task_json_show);
PUT(task_json_put);
SHOW(task_field_show);
PUT(task_field_put);
SHOW(task_progress_show);
SHOW(task_log_show);
SHOW(task_error_show);
SHOW(task_review_show);
PUT(task_review_put);
SHOW(task_ctl_show);
PUT(task_ctl_put);
SHOW(task_events_show);

/* node_document.c */
FIND(documents_node_find);
LIST(documents_node_list);
FIND(document_dir_find);
LIST(document_dir_list);
STAT(document_node_stat);
MAY(document_node_open);
MAY(document_dir_removable);
PUT(result_put);
NOTES(result_refusals);

/* node_view.c */
STAT(view_stat);
FIND(view_find);
LIST(view_list);
REMOVE(view_remove);
MOVE(view_move);
FIND(states_find);
LIST(states_list);
SHOW(link_text);
REMOVE(trash_node_remove);
MOVE(trash_node_move);

/* node_inbox.c */
struct dropdir;
/* inbox_node_dir - the inbox or dropped folder that a node is. 0 or -errno */
int inbox_node_dir(const struct ask *a, struct dropdir *out);
STAT(inbox_node_stat);
FIND(inbox_node_find);
LIST(inbox_node_list);
FIND(inbox_node_mkdir);
REMOVE(inbox_node_remove);
MOVE(inbox_node_move);
NOTES(inbox_node_refusals);
STAT(entry_node_stat);
MAY(entry_node_open);
STAT(receipt_stat);
SHOW(receipt_show);
PUT(folder_ctl_put);
MAY(folder_node_removable);

/* node_mcp.c */
FIND(mcps_node_find);
LIST(mcps_node_list);
STAT(mcp_node_stat);
SHOW(mcp_manifest_show);
SHOW(mcp_status_show);
FIND(tools_node_find);
LIST(tools_node_list);
STAT(tool_node_stat);
SHOW(tool_show);

FIND_UP(tool_up);

/* node_up.c */
FIND_UP(link_up);
FIND_UP(task_up);
FIND_UP(inbox_mcp_up);
FIND_UP(entry_up);
FIND_UP(document_up);
FIND_UP(scratch_up);

/* scratch.c */
STAT(scratch_node_stat);

#undef STAT
#undef LIST
#undef FIND
#undef REMOVE
#undef MOVE
#undef SHOW
#undef PUT
#undef MAY
#undef NOTES
#undef FIND_UP

#endif

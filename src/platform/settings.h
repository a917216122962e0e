/* settings - the options of a platform: one row each, kept in the store, a copy in memory */
#ifndef FS0711_PLATFORM_SETTINGS_H
#define FS0711_PLATFORM_SETTINGS_H

#include "base/buf.h"
#include "platform/platform.h"

enum setting_id {
	SETTING_DEFAULT_ENGAGEMENT,
	SETTING_DEFAULT_MCP,
	SETTING_WORKERS,
	SETTING_TASK_TIMEOUT,
	SETTING_TASK_ATTEMPTS,
	SETTING_RETRY_DELAY,
	SETTING_LEASE,
	SETTING_FOLDER_QUIET,
	SETTING_REWRITE_QUIET,
	SETTING_EMPTY_QUIET,
	SETTING_TRASH_DAYS,
	SETTING_RECEIPT_HOURS,
	SETTING_EVENT_DAYS,
	SETTING_DELIVERED_DAYS,
	SETTING_WEBHOOK_RETRIES,
	SETTING_WEBHOOK_TIMEOUT,
	SETTING_WEBHOOK_OLDER,
	SETTING_RAM0_MEMORY,
	SETTING_WARM_MEMORY,
	N_SETTINGS
};

struct setting_row {
	const char *name;
	const char *fallback; /* the value while none was written */
	bool is_number;
	int64_t min, max;
	const char *help; /* one sentence, shown in settings/README */
};

/* settings_row - the description of a setting; id < N_SETTINGS */
const struct setting_row *settings_row(enum setting_id id);
/* settings_find - the setting of that name, or -1 */
int settings_find(const char *name);

int settings_load(struct platform *p, struct err *e);
/* settings_reload - read them again after another part changed one in the store */
int settings_reload(struct platform *p, struct err *e);
void settings_free(struct settings *s);

int64_t settings_int(struct platform *p, enum setting_id id);
/* settings_text - a copy, the caller's to free */
char *settings_text(struct platform *p, enum setting_id id);
/* settings_put - check and keep a value, durable on return. -EINVAL, -ERANGE with a sentence; "" gives the fallback */
int settings_put(struct platform *p, enum setting_id id, const char *text, struct err *e);
/* settings_readme - the text of settings/README */
void settings_readme(struct buf *out);

#endif

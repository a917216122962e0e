/* trash - removed tasks, kept for some days */
#ifndef FS0711_PLATFORM_TRASH_H
#define FS0711_PLATFORM_TRASH_H

#include "platform/task.h"

/* trash_put - remove a closed task into the trash. -EBUSY while it is open */
int trash_put(struct platform *p, int64_t task_row, struct err *e);
/*
 * trash_find - the task in the trash that is called "NAME@ENGAGEMENT", or "NAME~2@ENGAGEMENT" where it is the second of
 * that name, by age. 0 and *task_row, or -ENOENT
 */
int trash_find(struct platform *p, const char *name, int64_t *task_row, struct err *e);
/* trash_restore - back into its engagement under name. -EEXIST, -EPERM (another engagement) */
int trash_restore(struct platform *p, int64_t task_row, int64_t engagement_row, const char *name, struct err *e);
/* trash_purge - remove a task in the trash for ever; its documents' bytes go unless something else names them */
int trash_purge(struct platform *p, int64_t task_row, struct err *e);
/* trash_sweep - purge what is older than the setting, remove old receipts. Returns how many went, or -errno */
int trash_sweep(struct platform *p, struct err *e);
/* trash_rename - another name for a task that is not in the trash. -EEXIST, -EINVAL */
int trash_rename(struct platform *p, int64_t task_row, const char *name, struct err *e);

#endif

/* live - within the platform: tasks that this process works on, their progress and log lines not stored yet */
#ifndef FS0711_PLATFORM_LIVE_H
#define FS0711_PLATFORM_LIVE_H

#include "platform/task.h"

/*
 * live_begin, live_end - the task is worked on here; live_end gives up what was not stored, unless a later fence has
 * begun meanwhile
 */
void live_begin(struct platform *p, int64_t task_row, int64_t fence);
void live_end(struct platform *p, int64_t task_row, int64_t fence);
/* live_store - in a transaction: write the lines and the progress that are not stored yet into t and the log */
int live_store(struct platform *p, struct tx *tx, struct task *t, struct err *e);

#endif

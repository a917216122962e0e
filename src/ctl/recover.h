/* recover - give what lost its task or its engagement one again, so that a person finds it in the tree */
#ifndef FS0711_CTL_RECOVER_H
#define FS0711_CTL_RECOVER_H

#include "ctl/finding.h"

/*
 * recover_task - in place of a task whose row is gone one with the same row id (so that documents, entries, log and
 * events are its own again), failed, with a sentence that says why. Durable. 0, also when it is there, or -errno
 */
int recover_task(struct platform *p, int64_t task_row, struct err *e);
/* recover_entry - the same for an inbox entry without a task; an ended one that has no documents is removed */
int recover_entry(struct platform *p, int64_t drop_row, struct err *e);
/* recover_engagement - in place of the one that the task belongs to; durable. 0 or -errno */
int recover_engagement(struct platform *p, int64_t task_row, struct err *e);

#endif

/* review - what people decide about a task: approve, reject, correct, retry, cancel */
#ifndef FS0711_PLATFORM_REVIEW_H
#define FS0711_PLATFORM_REVIEW_H

#include "platform/task.h"

/*
 * review_approve - needs_review to completed; review_reject - to failed, with the reason as its error message
 * comment may be "". All here: -EPERM (no such move from its state), -EBUSY (being worked on), or the store's error
 */
int review_approve(struct platform *p, int64_t task_row, const char *comment, const struct actor *who, struct err *e);
int review_reject(struct platform *p, int64_t task_row, const char *reason, const struct actor *who, struct err *e);
/* review_correct - another result for a task in needs_review; the former is kept. -EINVAL when it does not fit the
 * tool's output schema */
int review_correct(struct platform *p, int64_t task_row, const char *text, size_t len, const struct actor *who,
		   struct err *e);
/* review_retry - todo again, worked on anew also where a stored answer exists */
int review_retry(struct platform *p, int64_t task_row, const struct actor *who, struct err *e);
int review_cancel(struct platform *p, int64_t task_row, const struct actor *who, struct err *e);
/* review_move - what moving the task to a status directory means */
int review_move(struct platform *p, int64_t task_row, enum task_state to, const struct actor *who, struct err *e);

/* review_line - a line written to `review`: "approve [comment]" or "reject REASON"; -EINVAL for others */
int review_line(struct platform *p, int64_t task_row, const char *line, const struct actor *who, struct err *e);
/* review_command - a line written to a task's `ctl`: "cancel", "retry", "run MCP/TOOL" */
int review_command(struct platform *p, int64_t task_row, const char *line, const struct actor *who, struct err *e);
/* review_show - the text of `review`: what waits or what was decided, by whom and when */
void review_show(const struct task *t, struct buf *out);

#endif

/*
 * work - what a worker does with the queue: claim under a lease and a fencing token, tell how it goes, hand in
 *
 * A claim is a short transaction, the work runs outside any, the outcome is a short transaction that checks the token:
 * a worker that was frozen and thaws cannot overwrite its successor (-ESTALE).
 */
#ifndef FS0711_PLATFORM_WORK_H
#define FS0711_PLATFORM_WORK_H

#include "platform/task.h"

struct work_document {
	char *name; /* as dropped; unique within the task */
	char sha256[SHA256_HEX_BYTES];
};

/* A claimed task: as it was claimed, with what its engine gets. Release with work_release. */
struct work {
	struct task task;
	struct work_document *document;
	size_t n_documents;
	json_t *arguments;
	/* what models of the host took for it in this attempt: the worker counts it here, and it is the task's
	 * however it ends */
	int64_t tokens, model_ms;
};

struct work_output {
	const char *name;
	const void *bytes;
	size_t len;
};

struct outcome {
	const json_t *result; /* structuredContent */
	const struct work_output *output;
	size_t n_outputs;
	int64_t tokens; /* that the engine says it took, beside those of the work */
};

/*
 * work_claim - the most urgent task whose time has come, that nobody holds
 * A task whose worker is gone goes back into the queue, or fails when that was its last attempt.
 * Tasks that need no engine (an empty document, an answer that is stored already) are settled on the way.
 * Returns 1 and *out, 0 when there is none, or -errno
 */
int work_claim(struct platform *p, struct work *out, struct err *e);
void work_release(struct work *w);

/* work_wait_ms - how long until a task's time comes: 0 now, -1 when none is waiting; -errno below that */
int64_t work_wait_ms(struct platform *p);

/* work_owned - true while the task is in progress under this claim */
bool work_owned(struct platform *p, const struct work *w);

/* work_succeed - keep the result: completed, or needs_review below the engagement's threshold. -ESTALE, or the store's
 */
int work_succeed(struct platform *p, const struct work *w, const struct outcome *o, struct err *e);
enum work_fault {
	WORK_FAULT_STAYS,  /* another attempt would end the same way */
	WORK_FAULT_PASSES, /* it may be gone by then */
	WORK_FAULT_ENGINE, /* the engine died or did not start: may pass, and mcp.failed is told */
};
/* work_fail - todo again after a delay when the fault may pass and attempts are left, else failed with the sentence */
int work_fail(struct platform *p, const struct work *w, const char *sentence, enum work_fault fault, struct err *e);
/* work_giveback - todo again at once, the attempt not counted: the process stops */
int work_giveback(struct platform *p, const struct work *w, struct err *e);
/* work_abandon - nothing of it could be handed in: its lease is not renewed any more, and another worker will take it
 */
void work_abandon(struct platform *p, const struct work *w);

/*
 * work_progress, work_log - how it goes; kept in memory, told at most 4 times a second. percent -1: unknown
 * Nothing is kept of a worker that has lost the task to another
 */
void work_progress(struct platform *p, const struct work *w, int percent, const char *text);
void work_log(struct platform *p, const struct work *w, const char *line);
/* work_keep - call it once a second while there is work: stores progress and log, renews leases. 0 or -errno */
int work_keep(struct platform *p, struct err *e);

/* work_hold, work_lift - a task is not claimed while its document is still being written (in memory only) */
void work_hold(struct platform *p, int64_t task_row);
void work_lift(struct platform *p, int64_t task_row);

/* work_show_progress, work_show_log - the text of a task's `progress` and `log` */
int work_show_progress(struct platform *p, const struct task *t, struct buf *out);
int work_show_log(struct platform *p, const struct task *t, struct buf *out, struct err *e);

struct holds *holds_new(void);
void holds_free(struct holds *h);
struct live *live_new(void);
void live_free(struct live *l);

#endif

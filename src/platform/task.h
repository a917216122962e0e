/* task - one piece of work; the one gate through which its state changes */
#ifndef FS0711_PLATFORM_TASK_H
#define FS0711_PLATFORM_TASK_H

#include "base/buf.h"
#include "platform/actor.h"

enum task_mover { MOVER_WORKER, MOVER_PERSON };

/* task_closed - completed, failed or cancelled: what `wait` and `rm -r` mean */
bool task_closed(enum task_state state);
/* task_ended - closed, or waiting for a person: the work is over */
bool task_ended(enum task_state state);

/*
 * task_move - change the state, in a transaction: checks the table of moves, stamps the times, writes the row and its
 * event, ends the inbox entry when the work is over. Everything else of t that changed is written too
 * Returns 0, -EPERM (no such move), -EBUSY (being worked on), or the store's error; the sentence says what to do
 */
int task_move(struct tx *tx, struct task *t, enum task_state to, enum task_mover who, struct err *e);

/* task_save - write what changed in t beside its state, in a transaction */
int task_save(struct tx *tx, struct task *t, struct err *e);

/* task_tell - emit an event about t in a transaction: one of the types that the table in task.c knows */
int task_tell(struct tx *tx, const struct task *t, const char *type, struct err *e);

/*
 * task_take_result - in a transaction: the events that follow tell the task's result as it is now: where it stands,
 * and itself when it is small. Reads a stored document, which never changes. 0 or the store's error
 */
int task_take_result(struct tx *tx, struct blobs *blobs, struct task *t, struct err *e);

/*
 * task_begin - in a transaction: give t a free name in its engagement (from t->name), an id, the parties of the
 * engagement and its state todo, write it and tell task.created
 * t->engagement_row and t->name are given; what else is set stays
 */
int task_begin(struct tx *tx, struct task *t, struct err *e);

/* task_get, task_find - fill out; a task in the trash is found by row only. -ENOENT. Release with task_release */
int task_get(struct platform *p, int64_t row_id, struct task *out, struct err *e);
int task_find(struct platform *p, int64_t engagement_row, const char *name, struct task *out, struct err *e);
/* task_find_trashed - the n-th task in the trash of that name, by row, from 1. 0 and *row, or -ENOENT */
int task_find_trashed(struct platform *p, int64_t engagement_row, const char *name, size_t n, int64_t *row,
		      struct err *e);
void task_release(struct task *t);
/* task_glance, task_glance_find - the same, but only what a listing needs of a task: a short question. Release with
 * row_release(&task_listing_table, out) */
int task_glance(struct platform *p, int64_t row_id, struct task_listing *out, struct err *e);
int task_glance_find(struct platform *p, int64_t engagement_row, const char *name, struct task_listing *out,
		     struct err *e);

/* task_each - fn for each task_listing in order of rows; task_each_in: those in a state; task_each_trashed */
int task_each(struct platform *p, int64_t engagement_row, int64_t after, int (*fn)(void *listing, void *ud), void *ud,
	      struct err *e);
int task_each_in(struct platform *p, enum task_state state, int64_t after, int (*fn)(void *listing, void *ud), void *ud,
		 struct err *e);
int task_each_trashed(struct platform *p, int64_t after, int (*fn)(void *listing, void *ud), void *ud, struct err *e);

/* task_document - task.json: the fields and, up to 1 MiB, the result as output_data. 0 or -errno */
int task_document(struct platform *p, int64_t row_id, struct buf *out, struct err *e);
/* task_set - change title, priority, due_date or description from text without its newline. -EINVAL, -EPERM */
int task_set(struct platform *p, int64_t row_id, const char *field, const char *text, struct err *e);
/* task_put - change a task by a JSON document (record_apply; output_data must be as it is) */
int task_put(struct platform *p, int64_t row_id, const char *text, size_t len, struct err *e);

#endif

/* input - within the platform: a task is given other documents, and what it had stays readable */
#ifndef FS0711_PLATFORM_INPUT_H
#define FS0711_PLATFORM_INPUT_H

#include "platform/document.h"

/* The documents that a task had as input or request, and its folders of them; all zeroes is none. */
struct input {
	struct document *document;
	size_t n;
};

/* input_take - in a transaction: take them away from the task; was is for input_release, also on failure */
int input_take(struct tx *tx, int64_t task_row, struct input *was, struct err *e);
/*
 * input_retire - in the same transaction, after the task has its new input: bytes that are not among it become former
 * input; an empty file leaves nothing behind
 */
int input_retire(struct tx *tx, int64_t task_row, const struct input *was, struct err *e);
void input_release(struct input *was);

#endif

/*
 * refusal - the last thing that was refused on a record, for its file `error`
 *
 * Refusals cost no commit: they are kept in memory, the newest 1024 of them, and end with the process.
 */
#ifndef FS0711_PLATFORM_REFUSAL_H
#define FS0711_PLATFORM_REFUSAL_H

#include "base/buf.h"
#include "platform/platform.h"

enum refusal_kind {
	REFUSAL_TASK,
	REFUSAL_EXPERT,
	REFUSAL_COMPANY,
	REFUSAL_ENGAGEMENT,
	REFUSAL_INBOX,
	REFUSAL_SETTINGS,
	REFUSAL_ENDPOINT,
	REFUSAL_MODEL
};

struct refusals *refusals_new(void);
void refusals_free(struct refusals *r);

/* refusal_note - keep e as the last refusal of a record; returns e->code, so that a caller can return it */
int refusal_note(struct platform *p, enum refusal_kind kind, int64_t row, const struct err *e);
/* refusal_clear - something succeeded on the record: its refusal is history */
void refusal_clear(struct platform *p, enum refusal_kind kind, int64_t row);
/* refusal_get - "TIME ERRNO: sentence" and a newline, or nothing when there was none */
void refusal_get(struct platform *p, enum refusal_kind kind, int64_t row, struct buf *out);

#endif

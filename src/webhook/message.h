/* message - within webhook: what is sent of one delivery: the body and its headers */
#ifndef FS0711_WEBHOOK_MESSAGE_H
#define FS0711_WEBHOOK_MESSAGE_H

#include "base/buf.h"
#include "webhook/lane.h"

#define MESSAGE_HEADERS 16 /* beside the endpoint's own */

struct message {
	struct buf body;
	struct buf text;     /* of the headers, each with a NUL behind */
	const char **header; /* NULL at the end */
};

/*
 * message_make - the message of a delivery at that time
 * older  the headers of older receivers too; is_first: no other event of that type was told of its task before
 * Returns 0 and *out, which message_release frees, or -errno
 */
int message_make(const struct lane *l, const struct delivery_job *j, int64_t now_ms, bool older, bool is_first,
		 struct message *out);
void message_release(struct message *m);

#endif

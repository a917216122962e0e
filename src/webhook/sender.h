/*
 * sender - the thread that tells endpoints of events: reads the log, sends what is due, keeps what became of it
 *
 * One thread, one loop of HTTP: many endpoints and many deliveries at a time. Nothing is held in memory that the store
 * does not have; what is under way when the process dies is sent again.
 */
#ifndef FS0711_WEBHOOK_SENDER_H
#define FS0711_WEBHOOK_SENDER_H

#include <jansson.h>

#include "platform/platform.h"

struct sender;

/* sender_start - cafile: certificates that are trusted beside the system's, or NULL. 0 and *out, or -errno */
int sender_start(struct platform *p, const char *cafile, struct sender **out, struct err *e);
/* sender_stop - what is under way is given up, to be sent again by the next process. s may be NULL */
void sender_stop(struct sender *s);

/* sender_changes - the change feed; any thread, only signals */
void sender_changes(struct sender *s, const struct change *c, size_t n);

/*
 * sender_figures - what was sent since the start: a new reference to
 * { attempts, succeeded, failed, refused, seconds }
 */
json_t *sender_figures(struct sender *s);

#endif

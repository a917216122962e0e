/*
 * wait - reads that block: `wait`, `wait.review` and `events.follow`
 *
 * A request that must wait is parked here and costs no thread; one thread answers those whose time has come.
 */
#ifndef FS0711_FS_WAIT_H
#define FS0711_FS_WAIT_H

#include "fs/handle.h"

struct fuse_req;
struct fuse_pollhandle;

int wait_start(struct fs *fs);
/* wait_stop - every parked request is answered ECONNABORTED */
void wait_stop(struct fs *fs);
/* wait_wake - something changed: look whom it concerns. Only signals */
void wait_wake(struct fs *fs);

/* wait_read - answer the read on h now, or park it; nonblock: answer EAGAIN instead */
void wait_read(struct handle *h, struct fuse_req *req, size_t size, int64_t offset, bool nonblock);
/* wait_poll - true when a read would not block; else ph (may be NULL, taken) is told when it would not */
bool wait_poll(struct handle *h, struct fuse_pollhandle *ph);
/* wait_forget - h is closed: its poll handle goes */
void wait_forget(struct handle *h);

#endif

#define FUSE_USE_VERSION 312
#include "fs/wait.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdlib.h>

#include "platform/event.h"
#include "platform/task.h"

#define EVENTS_AT_ONCE 200

/* A request (or a poll) that waits on a handle. */
struct parked {
	struct handle *h;
	fuse_req_t req; /* NULL: a poll */
	struct fuse_pollhandle *ph;
	size_t size;
	int64_t offset;
	unsigned round; /* in which it was looked at last */
	struct parked *next;
};

struct waits {
	struct fs *fs;
	pthread_mutex_t lock;
	pthread_cond_t changed, idle;
	struct parked *first;
	const struct handle *looking; /* at this handle, outside the lock */
	unsigned round;
	bool woken, stopping;
	pthread_t thread;
};

/* With h->lock held: the lines that did not fit into the read before, or new ones. */
static int ready_events(struct handle *h, size_t size, struct buf *out)
{
	int rc = h->text.len ? 1
			     : event_lines(h->fs->p, &(struct event_span){ .limit = EVENTS_AT_ONCE }, &h->after,
					   &h->text, NULL);
	size_t n = h->text.len < size ? h->text.len : size;

	if (rc <= 0)
		return rc < 0 ? rc : -EAGAIN;
	buf_add(out, h->text.data, n);
	buf_drop(&h->text, n);
	return out->failed ? -ENOMEM : 0;
}

static int ready_task(struct handle *h, size_t size, int64_t offset, struct buf *out)
{
	const char *word;
	struct task t;
	int rc = task_get(h->fs->p, INO_ROW(h->ino), &t, NULL);

	if (rc < 0)
		return rc;
	if (INO_KIND(h->ino) == NODE_TASK_WAIT ? task_closed(t.state) : task_ended(t.state)) {
		word = task_state_words[t.state];
		buf_printf(out, "%s\n", word);
		buf_drop(out, (size_t)offset);
		out->len = out->len < size ? out->len : size;
	} else {
		rc = -EAGAIN;
	}
	task_release(&t);
	return rc;
}

/*
 * What a read on the handle gives now: 0 with the bytes (none: the end of the file), -EAGAIN when it must wait. The
 * bytes are taken out of the handle, since once the request is answered the handle may be closed and gone.
 */
static int ready(struct handle *h, size_t size, int64_t offset, struct buf *out)
{
	int rc;

	pthread_mutex_lock(&h->lock);
	rc = INO_KIND(h->ino) == NODE_EVENTS_FOLLOW ? ready_events(h, size, out) : ready_task(h, size, offset, out);
	pthread_mutex_unlock(&h->lock);
	return rc;
}

static void answer(fuse_req_t req, int rc, const struct buf *bytes)
{
	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		fuse_reply_buf(req, bytes->data, bytes->len);
}

static bool unlink_parked(struct waits *w, struct parked *p)
{
	struct parked **at = &w->first;

	while (*at && *at != p)
		at = &(*at)->next;
	if (!*at)
		return false;
	*at = p->next;
	return true;
}

/* The reader was interrupted. Only who takes the request out of the list may answer it. */
static void interrupted(fuse_req_t req, void *data)
{
	struct parked *p = data;
	struct waits *w = p->h->fs->waits;
	bool mine;

	pthread_mutex_lock(&w->lock);
	mine = unlink_parked(w, p);
	pthread_mutex_unlock(&w->lock);
	if (!mine)
		return;
	fuse_reply_err(req, EINTR);
	free(p);
}

/* After it nobody calls interrupted() with p any more: it waits for a call that has begun. */
static void disarm(struct parked *p)
{
	if (p->req)
		fuse_req_interrupt_func(p->req, NULL, NULL);
}

void wait_read(struct handle *h, fuse_req_t req, size_t size, int64_t offset, bool nonblock)
{
	struct waits *w = h->fs->waits;
	auto_buf text = BUF_INIT;
	struct parked *p;
	int rc;

	rc = ready(h, size, offset, &text);
	if (rc != -EAGAIN || nonblock) {
		answer(req, rc, &text);
		return;
	}
	p = xmalloc(sizeof(*p));
	*p = (struct parked){ .h = h, .req = req, .size = size, .offset = offset };
	/* Before it can be seen in the list: an interrupt that came already calls back at once, and finds nothing. */
	fuse_req_interrupt_func(req, interrupted, p);
	pthread_mutex_lock(&w->lock);
	if (fuse_req_interrupted(req)) {
		pthread_mutex_unlock(&w->lock);
		disarm(p);
		fuse_reply_err(req, EINTR);
		free(p);
		return;
	}
	p->next = w->first;
	w->first = p;
	w->woken = true; /* it may have become ready since it was asked */
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

bool wait_poll(struct handle *h, struct fuse_pollhandle *ph)
{
	struct waits *w = h->fs->waits;
	auto_buf none = BUF_INIT;
	struct parked *p;

	if (ready(h, 0, 0, &none) != -EAGAIN) {
		if (ph)
			fuse_pollhandle_destroy(ph);
		return true;
	}
	if (!ph)
		return false;
	wait_forget(h);
	p = xmalloc(sizeof(*p));
	*p = (struct parked){ .h = h, .ph = ph };
	pthread_mutex_lock(&w->lock);
	p->next = w->first;
	w->first = p;
	w->woken = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return false;
}

void wait_forget(struct handle *h)
{
	struct waits *w = h->fs->waits;
	struct parked **at, *p;

	pthread_mutex_lock(&w->lock);
	while (w->looking == h)
		pthread_cond_wait(&w->idle, &w->lock);
	for (at = &w->first; (p = *at);) {
		if (p->h != h || p->req) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		fuse_pollhandle_destroy(p->ph);
		free(p);
	}
	pthread_mutex_unlock(&w->lock);
}

void wait_wake(struct fs *fs)
{
	struct waits *w = fs->waits;

	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->woken = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void finish(struct parked *p, int rc, const struct buf *bytes)
{
	disarm(p);
	if (p->req) {
		answer(p->req, rc, bytes);
	} else {
		fuse_lowlevel_notify_poll(p->ph);
		fuse_pollhandle_destroy(p->ph);
	}
	free(p);
}

/*
 * Those that are ready are taken out and answered; the others stay. While one is looked at it is out of the list, so
 * that an interrupt leaves it alone: it is put back, and an interrupt that came meanwhile is looked for again.
 */
static void look_at(struct waits *w, struct parked *p)
{
	auto_buf bytes = BUF_INIT;
	int rc = ready(p->h, p->size, p->offset, &bytes);

	if (rc != -EAGAIN) {
		finish(p, rc, &bytes);
		return;
	}
	pthread_mutex_lock(&w->lock);
	if (p->req && fuse_req_interrupted(p->req)) {
		pthread_mutex_unlock(&w->lock);
		disarm(p);
		fuse_reply_err(p->req, EINTR);
		free(p);
		return;
	}
	p->next = w->first;
	w->first = p;
	pthread_mutex_unlock(&w->lock);
}

/* With the lock held: one that was not looked at in this round, taken out of the list. */
static struct parked *take_unseen(struct waits *w)
{
	struct parked **at = &w->first, *p;

	while (*at && (*at)->round == w->round)
		at = &(*at)->next;
	p = *at;
	if (p) {
		*at = p->next;
		p->round = w->round;
	}
	return p;
}

static void look_at_all(struct waits *w)
{
	struct parked *p;

	w->round++;
	while ((p = take_unseen(w))) {
		w->looking = p->h;
		pthread_mutex_unlock(&w->lock);
		look_at(w, p);
		pthread_mutex_lock(&w->lock);
		w->looking = NULL;
		pthread_cond_broadcast(&w->idle);
	}
}

static void *run(void *arg)
{
	struct waits *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		if (!w->woken) {
			pthread_cond_wait(&w->changed, &w->lock);
			continue;
		}
		w->woken = false;
		look_at_all(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int wait_start(struct fs *fs)
{
	struct waits *w = xcalloc(1, sizeof(*w));
	int rc;

	w->fs = fs;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	pthread_cond_init(&w->idle, NULL);
	fs->waits = w;
	rc = -pthread_create(&w->thread, NULL, run, w);
	if (rc < 0) {
		fs->waits = NULL;
		free(w);
	}
	return rc;
}

void wait_stop(struct fs *fs)
{
	struct waits *w = fs->waits;

	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	while (w->first) {
		struct parked *p = w->first;

		w->first = p->next;
		disarm(p);
		if (p->req)
			fuse_reply_err(p->req, ECONNABORTED);
		else
			fuse_pollhandle_destroy(p->ph);
		free(p);
	}
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
	pthread_cond_destroy(&w->idle);
	fs->waits = NULL;
	free(w);
}

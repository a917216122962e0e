/* writer - the one thread that changes the store: those who wait share a transaction, each in a savepoint of its own */
#ifndef FS0711_STORE_WRITER_H
#define FS0711_STORE_WRITER_H

#include "store/readers.h"
#include "store/tx.h"

struct writer;

/* What waits for the writer. The memory is the poster's until done was called. */
struct job {
	store_fn *fn;
	void *arg;
	struct err *e;                 /* may be NULL */
	int rc;                        /* out: of fn, or of the commit */
	void (*done)(struct job *job); /* after the commit, on the writer thread; short */
	struct job *next;
};

/* writer_new - start the thread; the channel is the writer's from here. 0 or -errno, and then the channel is closed */
int writer_new(struct channel *s, struct readers *readers, struct writer **out, struct err *e);
/* writer_stop - finish what waits and end the thread; then writer_free closes the channel. w may be NULL */
void writer_stop(struct writer *w);
void writer_free(struct writer *w);
/* writer_post - let the writer run the job; does not wait */
void writer_post(struct writer *w, struct job *job);
/* writer_watch - who is told of changes, see store_watch */
void writer_watch(struct writer *w, void (*fn)(void *ud, const struct change *c, size_t n), void *ud);

#endif

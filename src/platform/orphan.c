#include "platform/orphan.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "blob/scan.h"
#include "platform/document.h"

struct orphans {
	struct platform *p;
	char *marker;
	int64_t started_at;
	bool searches, found_all;
	_Atomic bool stopping;
	pthread_t thread;
};

/* What came since is pinned until a row names it; of that we would only ask in vain. */
static int look_at(const struct scan_file *f, void *ud)
{
	struct orphans *o = ud;

	if (*f->sha && f->changed_at < o->started_at)
		document_forget(o->p, f->sha);
	return o->stopping;
}

static void *search(void *arg)
{
	struct orphans *o = arg;
	struct err e = ERR_INIT;
	struct scan *s;
	int rc = scan_open(store_dir(o->p->store), &s, &e);

	if (rc == 0) {
		rc = scan_blobs(s, look_at, o, &e);
		scan_close(s);
	}
	if (rc < 0)
		log_warn("documents that nothing needs were not looked for: %s", e.text);
	o->found_all = rc == 0 && !o->stopping;
	return NULL;
}

int orphans_start(struct platform *p, struct orphans **out, struct err *e)
{
	struct orphans *o = xcalloc(1, sizeof(*o));
	int fd, rc = 0;

	o->p = p;
	o->started_at = clock_now_ms();
	o->marker = xasprintf("%s/unswept", store_dir(p->store));
	fd = open(o->marker, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	o->searches = fd < 0 && errno == EEXIST;
	if (fd < 0 && !o->searches)
		rc = err_errno(e, "cannot make '%s'", o->marker);
	util_close(&fd);
	o->found_all = !o->searches; /* from here on it is the thread's, until that has ended */
	if (o->searches && pthread_create(&o->thread, NULL, search, o) != 0)
		rc = err_set(e, -EAGAIN, "no thread to look for what nothing needs");
	if (rc < 0) {
		free(o->marker);
		free(o);
		return rc;
	}
	*out = o;
	return 0;
}

void orphans_stop(struct orphans *o)
{
	if (!o)
		return;
	o->stopping = true;
	if (o->searches)
		pthread_join(o->thread, NULL);
	if (o->found_all)
		unlink(o->marker);
	free(o->marker);
	free(o);
}

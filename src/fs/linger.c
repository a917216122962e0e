#include "fs/linger.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"

#define LINGER_MS        10000
#define KILLED_BY_SIGNAL 0x400 /* PF_SIGNALED in the flags of /proc/PID/stat */

struct linger {
	int64_t box, parent_row, row, until_ms;
	pid_t writer;
	char name[NAME_BYTES];
	struct linger *next;
};

struct lingers {
	pthread_mutex_t lock;
	struct linger *first; /* the newest */
};

struct lingers *lingers_new(void)
{
	struct lingers *ls = xcalloc(1, sizeof(*ls));

	pthread_mutex_init(&ls->lock, NULL);
	return ls;
}

/* Those behind the first that is too old are older still. */
static void drop_old(struct lingers *ls, int64_t now)
{
	struct linger **at = &ls->first, *old;

	while (*at && (*at)->until_ms > now)
		at = &(*at)->next;
	while ((old = *at)) {
		*at = old->next;
		free(old);
	}
}

void lingers_free(struct lingers *ls)
{
	if (!ls)
		return;
	drop_old(ls, INT64_MAX);
	pthread_mutex_destroy(&ls->lock);
	free(ls);
}

void linger_add(struct fs *fs, const struct dropdir *dir, const char *name, int64_t row, pid_t writer)
{
	struct lingers *ls = fs->lingers;
	struct linger *l = xmalloc(sizeof(*l));
	int64_t now = clock_mono_ms();

	*l = (struct linger){ .box = dir->box.number,
			      .parent_row = dir->parent_row,
			      .row = row,
			      .until_ms = now + LINGER_MS,
			      .writer = writer };
	snprintf(l->name, sizeof(l->name), "%s", name);
	pthread_mutex_lock(&ls->lock);
	l->next = ls->first;
	ls->first = l;
	drop_old(ls, now);
	pthread_mutex_unlock(&ls->lock);
}

bool linger_find(struct fs *fs, const struct dropdir *dir, const char *name, pid_t tid, int64_t *row)
{
	struct lingers *ls = fs->lingers;
	pid_t writer = 0;

	pthread_mutex_lock(&ls->lock);
	drop_old(ls, clock_mono_ms());
	for (struct linger *l = ls->first; l && !writer; l = l->next) {
		if (l->box == dir->box.number && l->parent_row == dir->parent_row && streq(l->name, name)) {
			writer = l->writer;
			*row = l->row;
		}
	}
	pthread_mutex_unlock(&ls->lock);
	return writer && linger_process(tid) == writer;
}

pid_t linger_process(pid_t tid)
{
	auto_buf text = BUF_INIT;
	char path[64], *at;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	if (tid <= 0 || io_read_file(-1, path, &text, 1 << 16) < 0)
		return 0;
	at = strstr(text.data, "\nTgid:");
	return at && sscanf(at, "\nTgid: %d", &pid) == 1 ? pid : 0;
}

bool linger_killed(pid_t pid)
{
	auto_buf text = BUF_INIT;
	char path[64], *at;
	unsigned flags = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid <= 0 || io_read_file(-1, path, &text, 4096) < 0)
		return false;
	at = strrchr(text.data, ')'); /* the name before it may hold anything */
	return at && sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) == 1 && (flags & KILLED_BY_SIGNAL);
}

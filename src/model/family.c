#include "model/family.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/io.h"

struct process {
	pid_t pid, parent;
	bool belongs;
};

static int by_pid(const void *a, const void *b)
{
	const pid_t *p = a, *q = b; /* struct process begins with it */

	return (*p > *q) - (*p < *q);
}

/* The text of /proc/PID/NAME; false when it cannot be read. */
static bool read_file(pid_t pid, const char *name, struct buf *text)
{
	char path[64];

	buf_clear(text);
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return io_read_file(AT_FDCWD, path, text, 1 << 20) == 0 && text->len > 0;
}

static bool read_parent(pid_t pid, pid_t *parent, struct buf *text)
{
	const char *at;
	int number = 0;

	if (!read_file(pid, "stat", text))
		return false;
	at = strrchr(text->data, ')'); /* the name before it may hold anything */
	if (!at || sscanf(at + 1, " %*c %d", &number) != 1)
		return false;
	*parent = number;
	return true;
}

/* All processes, in order; the caller frees *out. */
static size_t read_all(struct process **out)
{
	DIR *d = opendir("/proc");
	auto_buf text = BUF_INIT;
	size_t n = 0, room = 0;
	struct dirent *entry;

	*out = NULL;
	while (d && (entry = readdir(d))) {
		int64_t number;
		pid_t parent;

		if (util_int(entry->d_name, &number) < 0 || !read_parent((pid_t)number, &parent, &text))
			continue;
		if (n == room) {
			room = room ? 2 * room : 256;
			*out = xrealloc(*out, room * sizeof(**out));
		}
		(*out)[n++] = (struct process){ .pid = (pid_t)number, .parent = parent };
	}
	if (d)
		closedir(d);
	if (n > 0)
		qsort(*out, n, sizeof(**out), by_pid);
	return n;
}

/* One generation: children of those that belong; how many are new. */
static size_t add_children(struct process *all, size_t n)
{
	size_t more = 0;

	for (size_t i = 0; i < n; i++) {
		const struct process *parent;

		if (all[i].belongs)
			continue;
		parent = bsearch(&all[i].parent, all, n, sizeof(*all), by_pid);
		if (parent && parent->belongs) {
			all[i].belongs = true;
			more++;
		}
	}
	return more;
}

void family_init(struct family *f, pid_t root)
{
	auto_free struct process *all = NULL;
	size_t n = read_all(&all);
	struct process *first = n > 0 ? bsearch(&root, all, n, sizeof(*all), by_pid) : NULL;

	*f = (struct family){ 0, NULL };
	if (!first)
		return;
	first->belongs = true;
	while (add_children(all, n) > 0)
		;
	f->pid = xcalloc(n, sizeof(*f->pid));
	for (size_t i = 0; i < n; i++) {
		if (all[i].belongs)
			f->pid[f->n++] = all[i].pid;
	}
}

void family_release(struct family *f)
{
	free(f->pid);
	*f = (struct family){ 0, NULL };
}

bool family_has(const struct family *f, pid_t pid)
{
	return f->n > 0 && bsearch(&pid, f->pid, f->n, sizeof(*f->pid), by_pid);
}

/* The kB behind label in a file of a process; false when it does not say. */
static bool read_kib(pid_t pid, const char *file, const char *label, uint64_t *bytes, struct buf *text)
{
	uint64_t kib;
	const char *at;

	if (!read_file(pid, file, text))
		return false;
	at = strstr(text->data, label);
	if (!at || sscanf(at + strlen(label), "%" SCNu64, &kib) != 1)
		return false;
	*bytes = kib * 1024;
	return true;
}

uint64_t family_memory(const struct family *f)
{
	auto_buf text = BUF_INIT;
	uint64_t sum = 0;

	for (size_t i = 0; i < f->n; i++) {
		uint64_t bytes = 0;

		/* Of a process that has ended neither is there, and it holds nothing. */
		if (read_kib(f->pid[i], "smaps_rollup", "\nPss:", &bytes, &text) ||
		    read_kib(f->pid[i], "status", "\nVmRSS:", &bytes, &text))
			sum += bytes;
	}
	return sum;
}

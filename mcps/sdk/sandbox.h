/* sandbox - what a child that reads a hostile document may still do */
#ifndef MCPS_SDK_SANDBOX_H
#define MCPS_SDK_SANDBOX_H

#include "base/err.h"

/* Zero in a number means: no limit of that kind, except nofile, where it means 64. */
struct limits {
	unsigned cpu_s;      /* processor time; at the limit SIGXCPU, a second later SIGKILL */
	unsigned wall_s;     /* time on the clock; the server kills the child */
	size_t memory_bytes; /* address space; never applied in sanitizer builds, which reserve terabytes */
	size_t reply_bytes;  /* the longest answer the server takes; 0 means 32 MiB */
	unsigned nofile;     /* open descriptors */
	bool threads;        /* may make threads; processes never */
};

/* sandbox_sanitized - true in a build with ASan, TSan or MSan */
bool sandbox_sanitized(void);

/*
 * sandbox_enter - shut the calling process in; it has one thread
 * Dies with its parent (parent is what getppid must still answer), has no capabilities, is not dumpable, writes no
 * file, opens files for reading only, makes no sockets (it may use one that it was given), starts no program, traces
 * and signals nobody but itself. Returns 0, or -errno: the caller must then not touch the document.
 */
int sandbox_enter(const struct limits *lim, pid_t parent, struct err *e);

#endif

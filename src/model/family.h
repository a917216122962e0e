/*
 * family - a process and all that descend from it, as /proc shows them at the moment
 *
 * Processes of other PID namespaces below ours have numbers here too; one whose parent ended belongs to the process
 * that took it over, which for a server is the one that keeps its sandbox.
 */
#ifndef FS0711_MODEL_FAMILY_H
#define FS0711_MODEL_FAMILY_H

#include "base/util.h"

struct family {
	size_t n;
	pid_t *pid; /* in order */
};

/* family_init - root and its descendants; none when root is gone. Blocks milliseconds */
void family_init(struct family *f, pid_t root);
void family_release(struct family *f);

bool family_has(const struct family *f, pid_t pid);

/* family_memory - bytes of main memory that they hold: the sum of their proportional set sizes, or of what is resident
 * where that cannot be read. Blocks milliseconds */
uint64_t family_memory(const struct family *f);

#endif

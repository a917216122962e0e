/*
 * kick_helper - the process that touches the mount so that the kernel reports it to watchers
 *
 * A process, since a thread of the daemon that waits for the daemon's own answer could not be killed. It has one
 * thread, by which its requests are known, and not the descriptor of the connection, so that a daemon that is killed
 * ends the connection, and with it what the helper waits for. It ends with the daemon, however that ends.
 */
#ifndef FS0711_FS_KICK_HELPER_H
#define FS0711_FS_KICK_HELPER_H

#include "base/err.h"
#include "base/name.h"

/* For which directories there are kicks (kick.h). */
enum kick_mode {
	KICK_AUTO, /* for the directories that /proc shows to be watched */
	KICK_ON,   /* for all, where watchers cannot be seen: other users', or those outside of a container */
	KICK_OFF,
};

/* What the helper does in a directory to the name. */
enum kick_act {
	KICK_CREATE,
	KICK_SYMLINK,
	KICK_MKDIR,
	KICK_UNLINK,
	KICK_RMDIR,
	KICK_TOUCH,
};

/* The name in the root that only our own daemon answers in its own way to our own helper: with KICK_PROBE_ERRNO. */
#define KICK_PROBE       ".0711-kick"
#define KICK_PROBE_ERRNO ENOTUNIQ

/* Over the socket goes an order, and back comes one answer to each. */
struct kick_order {
	uint64_t id;
	enum kick_act act;
	char name[NAME_BYTES];
	char dir[2048]; /* below the mountpoint, "" for the root */
};

struct kick_answer {
	uint64_t id;
	int rc; /* 0 or -errno; -ESTALE when at the mountpoint there is no mount of this daemon */
};

struct kick_helper {
	pid_t pid;
	int socket; /* SOCK_SEQPACKET */
};

/*
 * kick_helper_start - fork it; call once, before the first thread
 * mountpoint  absolute; it need not be mounted yet
 */
int kick_helper_start(const char *mountpoint, struct kick_helper *out, struct err *e);

/* kick_helper_end - kill it and wait. Call it when the connection has ended, which it may be waiting for */
void kick_helper_end(struct kick_helper *h);

#endif

/*
 * kick - who watches a directory by inotify hears of what changed by itself
 *
 * The kernel reports to watchers only what is done through its own calls. So for what changed otherwise - a result
 * came, a link moved - a helper process makes such a call through the mount, a kick, whose requests are answered with
 * what is there already and have no effect. Kicks are made only where somebody watches, after the kernel was told of
 * the change, one at a time by a thread that holds no lock; under a burst they are dropped first.
 *
 * Here stands the order of things: the queue, the thread, and what is under way. kick_feed.c knows which change is
 * which kick, kick_path.c where a directory lies, kick_helper.c is the other process, ll_kick.c answers its requests.
 */
#ifndef FS0711_FS_KICK_H
#define FS0711_FS_KICK_H

#include "fs/kick_helper.h"
#include "fs/node.h"

enum kick_what { KICK_CAME, KICK_GONE, KICK_CHANGED };

/* What happened to a name in a directory. */
struct kick {
	uint64_t dir;
	enum kick_what what;
	mode_t type;     /* KICK_GONE: what it was; 0 for the entry of an inbox, which knows by itself */
	uint64_t ino;    /* the entry; KICK_CHANGED: the file. Watching it counts as watching its directory */
	int64_t view_of; /* not 0: the name is a task's, this its engagement: the view shows another */
	char *name;
	struct kick *next; /* for queues */
};
/* kick_free - with what it holds; k may be NULL */
void kick_free(struct kick *k);

/* kicks_start - 0 or -errno; without a helper (fs->o.kick_helper) there are no kicks */
int kicks_start(struct fs *fs);
/* kicks_quiet - no more kicks; waits for the one under way, a second at most. Call it while requests are answered */
void kicks_quiet(struct fs *fs);
/* kicks_stop - ends the thread, without waiting for the kick under way. The rest may still be called */
void kicks_stop(struct fs *fs);
void kicks_free(struct fs *fs);
/* kicks_health - the state for `health`: a new reference */
json_t *kicks_health(struct fs *fs);

/* kick_push - queue it; k is the queue's from here. Does not block */
void kick_push(struct fs *fs, struct kick *k);
/* kick_wanted - false when kicks would only be thrown away */
bool kick_wanted(const struct fs *fs);

/*
 * kick_hold, kick_let_go - around telling the kernel of names in a directory: there is no kick in it meanwhile, since
 * one that is killed while the other waits for the directory's lock would leave both waiting for ever
 * who  0 to KICK_HOLDERS - 1, the caller's own; kick_hold waits for a kick that is under way in that directory
 */
#define KICK_HOLDERS 4
void kick_hold(struct fs *fs, unsigned who, uint64_t dir);
void kick_let_go(struct fs *fs, unsigned who);

/* kick_path - where a directory is below the mountpoint. 0, or -errno when it is no more */
int kick_path(struct fs *fs, uint64_t dir, struct buf *out);
/* kick_inbox - the directory of the inbox of a number, 0 when it is not known */
uint64_t kick_inbox(struct fs *fs, int64_t number);

/* kick_changed - make the kicks of a change: emit is called for each with a kick that is its own from then */
void kick_changed(struct fs *fs, const struct change *c, void (*emit)(void *ud, struct kick *k), void *ud);

/*
 * What the edge asks.
 * kick_is_helper - is this the thread of the helper?
 * kick_lookup    - what it is answered for a name: 0 as everybody is, 1 that there is what was removed (*type), or
 *                  -errno: -ENOENT for what it is about to make
 * kick_may_make  - 0 and *at when it is to make that name; what there is then is the answer. Or -errno
 * kick_may_remove - 0 when it is to remove that name and was shown it, or -errno
 */
bool kick_is_helper(const struct fs *fs, pid_t pid);
int kick_lookup(struct fs *fs, uint64_t dir, const char *name, mode_t *type);
int kick_may_make(struct fs *fs, uint64_t dir, const char *name, struct found *at);
int kick_may_remove(struct fs *fs, uint64_t dir, const char *name);

/* kick_own - a request through the mount does this by itself, and the kernel reports it: no kick is needed. Call it
 * before the request is answered */
void kick_own(struct fs *fs, uint64_t dir, const char *name, enum kick_what what);

#endif

/*
 * teller - the threads that tell the kernel what to forget
 *
 * Each has a queue; what concerns one directory goes through one of them, in order. They hold no lock that a handler
 * needs, since telling of a name may wait for the lock of a directory that a request holds.
 */
#ifndef FS0711_FS_TELLER_H
#define FS0711_FS_TELLER_H

#include "fs/kick.h"

#define N_TELLERS KICK_HOLDERS

struct tellers;

/* tellers_start - for fs->session. 0 and *out, or -errno */
int tellers_start(struct fs *fs, struct tellers **out);
/* tellers_stop - what is queued is not told any more; marks are reached */
void tellers_stop(struct tellers *all);
/* tellers_quiet - the same, and what is being told is over on return; from now on nothing is queued */
void tellers_quiet(struct tellers *all);
bool tellers_are_quiet(const struct tellers *all);

/* teller_tell - that the kernel forgets a name in a directory, or (name NULL) the attributes and pages of an inode */
void teller_tell(struct tellers *all, uint64_t ino, const char *name);
/* teller_kick - watchers hear of a name once the kernel has been told what was before; k is the teller's from here */
void teller_kick(struct tellers *all, struct kick *k);
/* teller_then - call fn when all that is queued now has been told */
void teller_then(struct tellers *all, void (*fn)(void *arg), void *arg);

#endif

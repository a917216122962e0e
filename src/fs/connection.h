/*
 * connection - the kernel's end of a mount, and how it is broken
 *
 * A notification waits in the kernel for the lock of a directory, and a request that we have not answered may hold
 * it. If we are killed then, the notifying thread cannot die, its descriptors stay open, and the request waits for
 * ever, with the program that asked: also SIGKILL does not end that one. Only breaking the connection ends both. The
 * file for that belongs to one connection: once that is gone it does nothing, also when another has its number.
 */
#ifndef FS0711_FS_CONNECTION_H
#define FS0711_FS_CONNECTION_H

#include "base/err.h"

/*
 * connection_control - the file of the mount with that minor number in fusectl: connection_break breaks the connection
 * Returns a descriptor, the caller's, or -errno: -ENOENT (a plain user, and nobody mounted fusectl), -EACCES (another
 * user's mount)
 */
int connection_control(unsigned device);
/* connection_break - from now on every request is answered ENOTCONN. Any text written there does the same */
void connection_break(int control);
/*
 * connection_guard - break the connection when a signal like SIGSEGV ends this process: else a stuck thread would keep
 * it from ever ending, since a process that crashes waits for its threads. One per process; control stays the caller's
 * and stays open until connection_unguard
 */
void connection_guard(int control);
void connection_unguard(void);

#endif

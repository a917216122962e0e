/* socket - Unix sockets by path, also by one that is longer than an address can hold */
#ifndef FS0711_BASE_SOCKET_H
#define FS0711_BASE_SOCKET_H

#include "base/err.h"

/*
 * socket_connect - a stream to who listens at path
 * Returns a descriptor (closed by exec), or -errno: -ENOENT, -ECONNREFUSED, -EACCES, -EAGAIN (its queue is full).
 * Never waits
 */
int socket_connect(const char *path, struct err *e);

/*
 * socket_listen - be the one at path, with that mode whatever the umask; nothing may be there yet
 * Returns a descriptor (closed by exec, not blocking), or -errno: -EADDRINUSE
 */
int socket_listen(const char *path, mode_t mode, int backlog, struct err *e);

#endif

/* port - loopback ports for servers, and whose they are */
#ifndef FS0711_MODEL_PORT_H
#define FS0711_MODEL_PORT_H

#include "base/err.h"

/* port_free - a port of 127.0.0.1 that nobody has just now, or -errno */
int port_free(struct err *e);

enum port_owner { PORT_NOBODY, PORT_OURS, PORT_STRANGER, PORT_UNKNOWN };
/*
 * port_owner - who listens on a TCP port: a process that descends from root (or root itself), or a stranger
 * PORT_UNKNOWN where this system does not let us see that. Takes milliseconds
 */
enum port_owner port_owner(int port, pid_t root);

#endif

#include "model/port.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "model/family.h"

#define TABLE_BYTES (64u << 20)
#define INODES_MOST 16
#define TCP_LISTENS 0x0a /* as /proc/net/tcp writes it */

int port_free(struct err *e)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(sa);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, len) < 0 || getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		return err_errno(e, "find a free port on 127.0.0.1");
	return ntohs(sa.sin_port);
}

/* The sockets that listen on a port, by inode */
struct listeners {
	size_t n;
	unsigned long inode[INODES_MOST];
};

static void add_listener(struct listeners *all, const char *line, unsigned port)
{
	unsigned local, state;
	unsigned long inode;

	if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x %*x %*u %*d %lu", &local, &state,
		   &inode) == 3 &&
	    local == port && state == TCP_LISTENS && all->n < INODES_MOST)
		all->inode[all->n++] = inode;
}

static int read_table(const char *path, unsigned port, struct listeners *all)
{
	auto_buf text = BUF_INIT;
	char *rest = NULL;
	int rc = io_read_file(AT_FDCWD, path, &text, TABLE_BYTES);

	if (rc < 0 || text.len == 0)
		return rc;
	for (char *line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		add_listener(all, line, port);
	return 0;
}

/* has_one - does this process hold one of the sockets? Its descriptors cannot be read: *blind is set */
static bool has_one(pid_t pid, const struct listeners *all, bool *blind)
{
	auto_free char *path = xasprintf("/proc/%d/fd", (int)pid);
	DIR *dir = opendir(path);
	struct dirent *d;
	bool found = false;

	if (!dir) {
		*blind = *blind || errno == EACCES || errno == EPERM;
		return false;
	}
	while (!found && (d = readdir(dir))) {
		char link[64];
		ssize_t n = readlinkat(dirfd(dir), d->d_name, link, sizeof(link) - 1);
		unsigned long inode;

		if (n < 0)
			continue;
		link[n] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) == 1)
			for (size_t i = 0; i < all->n; i++)
				found = found || all->inode[i] == inode;
	}
	closedir(dir);
	return found;
}

enum port_owner port_owner(int port, pid_t root)
{
	struct listeners all = { .n = 0 };
	struct family ours;
	bool found = false, blind;
	int rc = read_table("/proc/self/net/tcp", (unsigned)port, &all);

	read_table("/proc/self/net/tcp6", (unsigned)port, &all); /* not there without IPv6 */
	if (rc < 0)
		return PORT_UNKNOWN;
	if (all.n == 0)
		return PORT_NOBODY;
	family_init(&ours, root);
	blind = ours.n == 0; /* it has ended, or /proc hides what others run */
	for (size_t i = 0; i < ours.n && !found; i++)
		found = has_one(ours.pid[i], &all, &blind);
	family_release(&ours);
	return found ? PORT_OURS : blind ? PORT_UNKNOWN : PORT_STRANGER;
}

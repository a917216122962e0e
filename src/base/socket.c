#include "base/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* An address holds some hundred bytes: a longer path is named by its directory's descriptor, which *dir must keep open.
 */
static int address_of(const char *path, struct sockaddr_un *to, int *dir)
{
	const char *slash = strrchr(path, '/');

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) < sizeof(to->sun_path)) {
		memcpy(to->sun_path, path, strlen(path) + 1);
		return 0;
	}
	if (!slash)
		return -ENAMETOOLONG;
	auto_free char *parent = xstrndup(path, (size_t)(slash - path));

	*dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*dir < 0)
		return -errno;
	if (snprintf(to->sun_path, sizeof(to->sun_path), "/proc/self/fd/%d%s", *dir, slash) >=
	    (int)sizeof(to->sun_path))
		return -ENAMETOOLONG;
	return 0;
}

int socket_connect(const char *path, struct err *e)
{
	auto_close int fd = -1, dir = -1;
	struct sockaddr_un to;
	int rc = address_of(path, &to, &dir);

	if (rc < 0)
		return err_set(e, rc, "the socket '%s': %s", path, strerror(-rc));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(e, "make a socket");
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return err_errno(e, "connect to '%s'", path);
	if (fcntl(fd, F_SETFL, 0) < 0)
		return err_errno(e, "let the socket wait");
	return steal_fd(&fd);
}

int socket_listen(const char *path, mode_t mode, int backlog, struct err *e)
{
	auto_close int fd = -1, dir = -1;
	struct sockaddr_un to;
	int rc = address_of(path, &to, &dir);

	if (rc < 0)
		return err_set(e, rc, "the socket '%s': %s", path, strerror(-rc));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(e, "make a socket");
	/* bind makes the file with the socket's own mode less the umask: never wider than it shall be */
	if (fchmod(fd, mode) < 0 || bind(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return err_errno(e, "make the socket '%s'", path);
	if (chmod(path, mode) < 0 || listen(fd, backlog) < 0) {
		rc = err_errno(e, "listen at '%s'", path);
		unlink(path);
		return rc;
	}
	return steal_fd(&fd);
}

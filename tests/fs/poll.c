/*
 * poll FILE SECONDS - wait with poll(2) until FILE can be read, at most so long
 *
 * Before it waits it reads once without blocking. Prints what that met ("EAGAIN", or the text), then "ready" or
 * "timeout"; ends with 0 when it was ready.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[1], O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[4096];
	ssize_t n;
	int rc;

	if (fd < 0) {
		fprintf(stderr, "usage: poll FILE SECONDS; %s\n", argc == 3 ? strerror(errno) : "two arguments");
		return 2;
	}
	n = read(fd, text, sizeof(text));
	if (n < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		fwrite(text, 1, (size_t)n, stdout);
	fflush(stdout);
	rc = poll(&p, 1, atoi(argv[2]) * 1000);
	printf("%s\n", rc > 0 && (p.revents & POLLIN) ? "ready" : "timeout");
	close(fd);
	return rc > 0 ? 0 : 1;
}

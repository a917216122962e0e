/*
 * hold BYTES - hold that much memory of a GPU until SIGTERM: a model's stand-in, or a foreign process
 * "PID holds BYTES" on stdout when it does. Without a GPU it says so and ends with 77
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/model/weights.h"

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	int64_t bytes;
	int rc;

	if (argc != 2 || util_int(argv[1], &bytes) < 0 || bytes <= 0) {
		fprintf(stderr, "usage: hold BYTES\n");
		return 2;
	}
	rc = weights_hold((uint64_t)bytes, &e);
	if (rc < 0) {
		fprintf(stderr, "hold: %s\n", e.text);
		return rc == -ENODEV ? 77 : 1;
	}
	printf("%d holds %" PRId64 "\n", (int)getpid(), bytes);
	fflush(stdout);
	for (;;)
		pause();
}

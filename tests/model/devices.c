/*
 * devices [PID] - what device.h sees: for each device NAME|TITLE|UUID|TOTAL|FREE|USED|PROCESS, the last what PID and
 * its descendants hold of it, "-" where nobody can say
 */
#include <inttypes.h>
#include <stdio.h>

#include "model/device.h"

static int show(struct devices *d, size_t i, const struct device *v, pid_t pid)
{
	int64_t held = pid ? devices_process(d, i, pid) : -1;
	struct device_memory m;
	struct err e = ERR_INIT;

	if (devices_memory(d, i, 0, &m, &e) < 0) {
		fprintf(stderr, "devices: %s\n", e.text);
		return 1;
	}
	printf("%s|%s|%s|%" PRIu64 "|%" PRIu64 "|%" PRIu64 "|", v->name, v->title, v->uuid, m.total, m.free, m.used);
	if (held < 0)
		puts("-");
	else
		printf("%" PRId64 "\n", held);
	return 0;
}

int main(int argc, char **argv)
{
	const struct device *all;
	struct devices *d;
	struct err e = ERR_INIT;
	int64_t pid = 0;
	int bad = 0;

	if (argc > 2 || (argc == 2 && (util_int(argv[1], &pid) < 0 || pid <= 0))) {
		fprintf(stderr, "usage: devices [PID]\n");
		return 2;
	}
	if (devices_open(0, &d, &e) < 0) {
		fprintf(stderr, "devices: %s\n", e.text);
		return 1;
	}
	for (size_t i = 0, n = devices_all(d, &all); i < n; i++)
		bad |= show(d, i, &all[i], (pid_t)pid);
	devices_close(d);
	return bad;
}

#include "model/ram.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"

#define CGROUP_ROOT "/sys/fs/cgroup"

/* The limit of one group; "max" is none. */
static uint64_t group_limit(const char *group)
{
	auto_free char *path = xasprintf(CGROUP_ROOT "%s/memory.max", group);
	auto_buf text = BUF_INIT;
	unsigned long long bytes;

	if (io_read_file(AT_FDCWD, path, &text, 64) < 0 || sscanf(buf_str(&text), "%llu", &bytes) != 1)
		return UINT64_MAX;
	return bytes;
}

/* The least limit of our group and of those around it; the line of version 2 is "0::/a/b". */
static uint64_t groups_limit(void)
{
	auto_buf text = BUF_INIT;
	char *own, *end;
	uint64_t least;

	if (io_read_file(AT_FDCWD, "/proc/self/cgroup", &text, 1 << 16) < 0 || !text.data)
		return UINT64_MAX;
	own = util_starts(text.data, "0::/") ? text.data : strstr(text.data, "\n0::/");
	if (!own)
		return UINT64_MAX;
	own = strchr(own, '/');
	own[strcspn(own, "\n")] = '\0';
	least = group_limit("");
	while ((end = strrchr(own, '/'))) {
		uint64_t limit = group_limit(own);

		if (limit < least)
			least = limit;
		*end = '\0';
	}
	return least;
}

uint64_t ram_total(void)
{
	uint64_t machine = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t limit = groups_limit();

	return limit < machine ? limit : machine;
}

/*
 * A group is made below our own, by name "0711fs-PID-ID". In version 2 a group with processes in it cannot hand its
 * controllers to groups below, so where the host's service manager gave us a group for ourselves, our processes move
 * into a leaf first.
 */
#include "run/sandbox_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define PREFIX      "0711fs-"

enum controller { MEMORY, PIDS, N_CONTROLLERS };

static const struct {
	const char *name, *limit_v1, *limit_v2;
} controllers[N_CONTROLLERS] = {
	[MEMORY] = { "memory", "memory.limit_in_bytes", "memory.max" },
	[PIDS] = { "pids", "pids.max", "pids.max" },
};

/* Where groups are made: one directory per controller in version 1, dirs[0] alone in version 2. Found by the probe. */
static char dirs[N_CONTROLLERS][PATH_MAX / 2];

static int put(const char *dir, const char *group, const char *file, const char *value)
{
	auto_free char *path = xasprintf("%s/%s/%s", dir, group, file);
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : io_write_all(fd, value, strlen(value));
}

/* Our group in the hierarchy with that controller ("" in version 2), from lines such as "4:memory:/a/b". */
static bool find_own(const char *controller, char *path, size_t size)
{
	auto_buf text = BUF_INIT;
	char *line, *rest;

	if (io_read_file(AT_FDCWD, "/proc/self/cgroup", &text, 1 << 16) < 0 || text.len == 0)
		return false;
	for (line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *name = strchr(line, ':'), *own = name ? strchr(name + 1, ':') : NULL;

		if (!own)
			continue;
		*own++ = '\0';
		if (!streq(name + 1, controller))
			continue;
		return snprintf(path, size, CGROUP_ROOT "%s%s%s", *controller ? "/" : "", controller, own) < (int)size;
	}
	return false;
}

static void remove_stale(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		int pid = util_starts(entry->d_name, PREFIX) ? atoi(entry->d_name + strlen(PREFIX)) : 0;

		if (pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
			unlinkat(dirfd(d), entry->d_name, AT_REMOVEDIR);
	}
	if (d)
		closedir(d);
}

static bool limits_offered(enum sandbox_cgroup kind, const char *group)
{
	for (int c = 0; c < N_CONTROLLERS; c++) {
		const char *dir = kind == SANDBOX_CGROUP_V1 ? dirs[c] : dirs[0];
		auto_free char *path =
			xasprintf("%s/%s/%s", dir, group,
				  kind == SANDBOX_CGROUP_V1 ? controllers[c].limit_v1 : controllers[c].limit_v2);

		if (access(path, W_OK) < 0)
			return false;
	}
	return true;
}

static void remove_group(enum sandbox_cgroup kind, const char *group)
{
	for (int c = 0; c < (kind == SANDBOX_CGROUP_V1 ? N_CONTROLLERS : 1); c++) {
		auto_free char *path = xasprintf("%s/%s", dirs[c], group);

		rmdir(path);
	}
}

static bool make_group(enum sandbox_cgroup kind, const char *group)
{
	for (int c = 0; c < (kind == SANDBOX_CGROUP_V1 ? N_CONTROLLERS : 1); c++) {
		auto_free char *path = xasprintf("%s/%s", dirs[c], group);

		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return false;
	}
	return true;
}

static bool try_group(enum sandbox_cgroup kind)
{
	char group[64];
	bool ok;

	snprintf(group, sizeof(group), PREFIX "%d-probe", (int)getpid());
	ok = make_group(kind, group) && limits_offered(kind, group);
	remove_group(kind, group);
	return ok;
}

static bool only_ours(const char *procs)
{
	char *rest = NULL, *copy = xstrdup(procs);
	bool ours = true;

	for (char *p = strtok_r(copy, "\n", &rest); p; p = strtok_r(NULL, "\n", &rest))
		if (atoi(p) != getpid() && atoi(p) != getppid())
			ours = false;
	free(copy);
	return ours;
}

/* The group belongs to the daemon and this helper alone: move both into a leaf and offer the controllers below. */
static bool become_leaf(void)
{
	auto_free char *list = xasprintf("%s/cgroup.procs", dirs[0]);
	auto_free char *leaf = xasprintf("%s/" PREFIX "%d-daemon", dirs[0], (int)getppid());
	auto_buf procs = BUF_INIT;
	char pid[16];

	if (streq(dirs[0], CGROUP_ROOT "/") || io_read_file(AT_FDCWD, list, &procs, 1 << 16) < 0)
		return false;
	if (!only_ours(buf_str(&procs)) || mkdir(leaf, 0755) < 0)
		return false;
	snprintf(pid, sizeof(pid), "%d", (int)getppid());
	if (put(leaf, ".", "cgroup.procs", pid) < 0)
		return false;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return put(leaf, ".", "cgroup.procs", pid) == 0 &&
	       put(dirs[0], ".", "cgroup.subtree_control", "+memory +pids") == 0;
}

enum sandbox_cgroup sandbox_cgroup_probe(void)
{
	if (find_own("", dirs[0], sizeof(dirs[0])) && access(CGROUP_ROOT "/cgroup.controllers", F_OK) == 0) {
		remove_stale(dirs[0]);
		if (try_group(SANDBOX_CGROUP_V2) || (become_leaf() && try_group(SANDBOX_CGROUP_V2)))
			return SANDBOX_CGROUP_V2;
	}
	if (find_own("memory", dirs[MEMORY], sizeof(dirs[0])) && find_own("pids", dirs[PIDS], sizeof(dirs[0]))) {
		for (int c = 0; c < N_CONTROLLERS; c++)
			remove_stale(dirs[c]);
		if (try_group(SANDBOX_CGROUP_V1))
			return SANDBOX_CGROUP_V1;
	}
	return SANDBOX_CGROUP_NONE;
}

static bool put_limit(enum sandbox_cgroup kind, const char *group, enum controller c, uint64_t value)
{
	char text[24];

	if (value == 0)
		return true;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	if (kind == SANDBOX_CGROUP_V1)
		return put(dirs[c], group, controllers[c].limit_v1, text) == 0;
	return put(dirs[0], group, controllers[c].limit_v2, text) == 0;
}

void sandbox_cgroup_make(enum sandbox_cgroup kind, uint64_t id, const struct sandbox_limits *limits,
			 struct sandbox_group *g)
{
	g->name[0] = '\0';
	if (kind == SANDBOX_CGROUP_NONE)
		return;
	snprintf(g->name, sizeof(g->name), PREFIX "%d-%llu", (int)getpid(), (unsigned long long)id);
	if (make_group(kind, g->name) && put_limit(kind, g->name, MEMORY, limits->memory_bytes) &&
	    put_limit(kind, g->name, PIDS, limits->processes))
		return;
	remove_group(kind, g->name);
	g->name[0] = '\0';
}

int sandbox_cgroup_enter(enum sandbox_cgroup kind, const struct sandbox_group *g, pid_t pid)
{
	char text[16];
	int rc = 0;

	if (!g->name[0])
		return 0;
	snprintf(text, sizeof(text), "%d", (int)pid);
	for (int c = 0; rc == 0 && c < (kind == SANDBOX_CGROUP_V1 ? N_CONTROLLERS : 1); c++)
		rc = put(dirs[c], g->name, "cgroup.procs", text);
	return rc;
}

void sandbox_cgroup_drop(enum sandbox_cgroup kind, const struct sandbox_group *g)
{
	if (g->name[0])
		remove_group(kind, g->name);
}

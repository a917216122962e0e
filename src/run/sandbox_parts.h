/*
 * sandbox_parts - the single layers, used by the spawn helper and its children only
 *
 * Every function returns 0 or -errno and, on error, sets *what to the step that failed (a constant text). They run in
 * processes with one thread, between fork and exec.
 */
#ifndef FS0711_RUN_SANDBOX_PARTS_H
#define FS0711_RUN_SANDBOX_PARTS_H

#include "run/sandbox.h"

#define SANDBOX_NOBODY 65534

enum sandbox_access { SANDBOX_READ, SANDBOX_RUN, SANDBOX_WRITE, SANDBOX_DEVICE };

/* What every server sees of the host; the view and Landlock are made from the same rows. Ends with a NULL path. */
struct sandbox_path {
	const char *path;
	enum sandbox_access access;
};
extern const struct sandbox_path sandbox_paths[];

/* sandbox_fork - fork into the namespaces (CLONE_NEW* or 0); as fork(2), but -1 with errno for refused namespaces */
pid_t sandbox_fork(unsigned namespaces);
/* sandbox_map_user - in the new user namespace: keep our own uid and gid. uid and gid are those of before the fork */
int sandbox_map_user(uid_t uid, gid_t gid, const char **what);
/* sandbox_view - in the new mount namespace: leave the host's file system for the view */
int sandbox_view(const struct sandbox_spec *spec, bool own_proc, const char **what);
/*
 * sandbox_confine - the in-process layers, in the process that will call exec: limits, user, capabilities,
 * no_new_privs, Landlock, seccomp. program is what will be run
 */
int sandbox_confine(const struct sandbox_layers *l, const struct sandbox_spec *spec, const char *program,
		    const char **what);
/* sandbox_keep_caps - give up all capabilities but those in the mask (1 << CAP_...); best effort */
void sandbox_keep_caps(uint64_t mask);

/* sandbox_landlock_abi - 0 when the kernel has none */
int sandbox_landlock_abi(void);
int sandbox_landlock(int abi, const struct sandbox_spec *spec, bool view, const char **what);
/* sandbox_filter - the seccomp filter; network as in the spec. -ENOSYS on processors whose system calls we do not know
 */
int sandbox_filter(bool network, const char **what);

/* A group of one server. name "" when there is none. */
struct sandbox_group {
	char name[64];
};
/* sandbox_cgroup_probe - which kind of groups we may make; removes groups that died daemons left */
enum sandbox_cgroup sandbox_cgroup_probe(void);
/* sandbox_cgroup_make - a new group with the limits; without one g->name is "" (that is no error) */
void sandbox_cgroup_make(enum sandbox_cgroup kind, uint64_t id, const struct sandbox_limits *limits,
			 struct sandbox_group *g);
int sandbox_cgroup_enter(enum sandbox_cgroup kind, const struct sandbox_group *g, pid_t pid);
/* sandbox_cgroup_drop - remove the group once its last process is gone */
void sandbox_cgroup_drop(enum sandbox_cgroup kind, const struct sandbox_group *g);

#endif

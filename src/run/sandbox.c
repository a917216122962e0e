#include "run/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif

const struct sandbox_path sandbox_paths[] = {
	{ "/usr", SANDBOX_RUN },
	{ "/bin", SANDBOX_RUN },
	{ "/sbin", SANDBOX_RUN },
	{ "/lib", SANDBOX_RUN },
	{ "/lib32", SANDBOX_RUN },
	{ "/lib64", SANDBOX_RUN },
	{ "/libx32", SANDBOX_RUN },
	{ "/etc/alternatives", SANDBOX_READ },
	{ "/etc/fonts", SANDBOX_READ },
	{ "/etc/ld.so.cache", SANDBOX_READ },
	{ "/etc/ld.so.conf", SANDBOX_READ },
	{ "/etc/ld.so.conf.d", SANDBOX_READ },
	{ "/etc/localtime", SANDBOX_READ },
	{ "/var/cache/fontconfig", SANDBOX_READ },
	{ "/dev/full", SANDBOX_DEVICE },
	{ "/dev/null", SANDBOX_DEVICE },
	{ "/dev/random", SANDBOX_DEVICE },
	{ "/dev/urandom", SANDBOX_DEVICE },
	{ "/dev/zero", SANDBOX_DEVICE },
	{ NULL, 0 },
};

static const struct {
	unsigned flag;
	const char *name;
} namespaces[] = {
	{ CLONE_NEWUSER, "user" }, { CLONE_NEWNS, "mount" }, { CLONE_NEWPID, "pid" },       { CLONE_NEWNET, "net" },
	{ CLONE_NEWIPC, "ipc" },   { CLONE_NEWUTS, "uts" },  { CLONE_NEWCGROUP, "cgroup" },
};

static const char *const cgroup_names[] = { NULL, "v1", "v2" };

/* glibc has no wrapper that forks with namespaces; nothing but the first argument differs from fork(2) */
pid_t sandbox_fork(unsigned flags)
{
	if (flags == 0)
		return fork();
#ifdef __s390__
	return (pid_t)syscall(SYS_clone, NULL, (unsigned long)flags | SIGCHLD, NULL, NULL, NULL);
#else
	return (pid_t)syscall(SYS_clone, (unsigned long)flags | SIGCHLD, NULL, NULL, NULL, NULL);
#endif
}

static int put_text(const char *path, const char *text)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

int sandbox_map_user(uid_t uid, gid_t gid, const char **what)
{
	char line[64];
	int rc;

	*what = "map the user into its namespace";
	rc = put_text("/proc/self/setgroups", "deny");
	if (rc < 0)
		return rc;
	snprintf(line, sizeof(line), "%u %u 1", uid, uid);
	rc = put_text("/proc/self/uid_map", line);
	if (rc < 0)
		return rc;
	snprintf(line, sizeof(line), "%u %u 1", gid, gid);
	return put_text("/proc/self/gid_map", line);
}

void sandbox_keep_caps(uint64_t mask)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)mask, .permitted = (uint32_t)mask },
		{ .effective = (uint32_t)(mask >> 32), .permitted = (uint32_t)(mask >> 32) },
	};

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned long cap = 0; cap < 64; cap++)
		if (!(mask >> cap & 1))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	syscall(SYS_capset, &head, data);
}

static void limit(int resource, uint64_t value)
{
	struct rlimit r = { .rlim_cur = value, .rlim_max = value }, old;

	if (value && getrlimit(resource, &old) == 0) {
		if (old.rlim_max < value)
			r.rlim_cur = r.rlim_max = old.rlim_max;
		setrlimit(resource, &r);
	}
}

static void set_limits(const struct sandbox_layers *l, const struct sandbox_limits *limits)
{
	static const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	limit(RLIMIT_CPU, limits->cpu_s);
	limit(RLIMIT_FSIZE, limits->file_bytes);
	limit(RLIMIT_NOFILE, limits->files);
	/* outside a user namespace this counts all that the user runs */
	if (l->namespaces & CLONE_NEWUSER)
		limit(RLIMIT_NPROC, limits->processes);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !__has_feature(address_sanitizer) && \
	!__has_feature(thread_sanitizer)
	limit(RLIMIT_AS, limits->address_bytes);
#endif
}

static bool reachable(const char *path, int how)
{
	return !path || faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0;
}

/* give - let a user write in the directories of spec that are for that */
static void give(const struct sandbox_layers *l, const struct sandbox_spec *spec, unsigned id)
{
	if (!l->view && spec->tmp_dir)
		(void)!chown(spec->tmp_dir, id, id);
	if (spec->work_dir)
		(void)!chown(l->view ? SANDBOX_WORK : spec->work_dir, id, id);
}

/*
 * Root becomes nobody, for good. Where nobody cannot reach the program or the documents (a private build tree, and no
 * view in which the way to them is open) it stays root, without any capability.
 */
static bool become_nobody(const struct sandbox_layers *l, const struct sandbox_spec *spec, const char *program)
{
	const char *in = l->view && spec->in_dir ? SANDBOX_IN : spec->in_dir;
	const char *work = l->view && spec->work_dir ? SANDBOX_WORK : spec->work_dir;
	bool ok;

	if (geteuid() != 0 || setgroups(0, NULL) < 0 || setegid(SANDBOX_NOBODY) < 0 || seteuid(SANDBOX_NOBODY) < 0)
		return false;
	ok = reachable(program, X_OK) && reachable(in, R_OK | X_OK) && reachable(work, W_OK | X_OK);
	if (seteuid(0) < 0 || setegid(0) < 0)
		_exit(126);
	if (!ok)
		return false;
	return setresgid(SANDBOX_NOBODY, SANDBOX_NOBODY, SANDBOX_NOBODY) == 0 &&
	       setresuid(SANDBOX_NOBODY, SANDBOX_NOBODY, SANDBOX_NOBODY) == 0;
}

int sandbox_confine(const struct sandbox_layers *l, const struct sandbox_spec *spec, const char *program,
		    const char **what)
{
	int rc = 0;

	set_limits(l, &spec->limits);
	if (l->nobody) {
		give(l, spec, SANDBOX_NOBODY);
		if (!become_nobody(l, spec, program))
			give(l, spec, 0);
	}
	sandbox_keep_caps(0);
	*what = "forbid new privileges";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (l->landlock > 0)
		rc = sandbox_landlock(l->landlock, spec, l->view, what);
	if (rc == 0 && l->seccomp)
		rc = sandbox_filter(spec->network, what);
	return rc;
}

/* What a probe does in its child. 0, or a positive errno as exit status. */
struct trial {
	int (*run)(const struct trial *t);
	unsigned namespaces;
	uid_t uid;
	gid_t gid;
	struct sandbox_layers *layers;
};

static int try_in_child(const struct trial *t)
{
	int status;
	pid_t pid = sandbox_fork(t->namespaces);

	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(t->run(t) & 0xff);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

static int try_landlock(const struct trial *t)
{
	static const struct sandbox_spec nothing;
	const char *what;
	int rc;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	rc = sandbox_landlock(t->layers->landlock, &nothing, false, &what);
	if (rc < 0)
		return -rc;
	return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 && errno == EACCES ? 0 : EPROTO;
}

static int try_filter(const struct trial *t UNUSED)
{
	const char *what;
	int rc;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	rc = sandbox_filter(false, &what);
	if (rc < 0)
		return -rc;
	return syscall(SYS_unshare, 0) < 0 && errno == EPERM ? 0 : EPROTO;
}

static int try_namespaces(const struct trial *t)
{
	const char *what;

	return t->namespaces & CLONE_NEWUSER ? -sandbox_map_user(t->uid, t->gid, &what) : 0;
}

static int try_view(const struct trial *t)
{
	static const struct sandbox_spec plain;
	const char *what;
	int rc = try_namespaces(t);

	return rc ? rc : -sandbox_view(&plain, t->namespaces & CLONE_NEWPID, &what);
}

static int try_nobody(const struct trial *t UNUSED)
{
	if (setgroups(0, NULL) < 0 || setresgid(SANDBOX_NOBODY, SANDBOX_NOBODY, SANDBOX_NOBODY) < 0 ||
	    setresuid(SANDBOX_NOBODY, SANDBOX_NOBODY, SANDBOX_NOBODY) < 0)
		return errno;
	return 0;
}

/* Root needs no user namespace, and without one it can truly become another user. */
static void probe_namespaces(struct trial *t, struct buf *missing)
{
	unsigned all = 0, usable = 0;
	int error;

	t->run = try_namespaces;
	t->namespaces = geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
	error = try_in_child(t);
	if (error && geteuid() == 0) {
		t->namespaces |= CLONE_NEWUSER;
		error = try_in_child(t);
	}
	if (error) {
		buf_printf(missing, "%snamespaces (%s)", missing->len ? ", " : "", strerror(error));
		return;
	}
	usable = t->namespaces;
	for (size_t i = 0; i < N_ELEMS(namespaces); i++)
		all |= namespaces[i].flag == CLONE_NEWUSER ? 0 : namespaces[i].flag;
	for (size_t i = 0; i < N_ELEMS(namespaces); i++) {
		t->namespaces = usable | (namespaces[i].flag & all);
		if (try_in_child(t) == 0)
			usable = t->namespaces;
		else
			buf_printf(missing, "%s%s namespace", missing->len ? ", " : "", namespaces[i].name);
	}
	t->layers->namespaces = usable;
}

static void probe_view(struct trial *t, struct buf *missing)
{
	int error;

	t->run = try_view;
	t->namespaces = t->layers->namespaces;
	if (!t->namespaces)
		return;
	error = try_in_child(t);
	t->layers->view = error == 0;
	if (error == 0)
		return;
	buf_printf(missing, "%sown file system view (%s)", missing->len ? ", " : "", strerror(error));
	t->layers->namespaces &= ~(unsigned)CLONE_NEWNS;
}

static void probe_simple(struct trial *t, int (*run)(const struct trial *), bool *works, const char *name,
			 struct buf *missing)
{
	int error;

	t->run = run;
	t->namespaces = 0;
	error = try_in_child(t);
	*works = error == 0;
	if (error)
		buf_printf(missing, "%s%s (%s)", missing->len ? ", " : "", name, strerror(error));
}

void sandbox_probe(struct sandbox_layers *out)
{
	auto_buf missing = BUF_INIT;
	struct trial t = { .uid = geteuid(), .gid = getegid(), .layers = out };
	bool works;

	memset(out, 0, sizeof(*out));
	out->landlock = sandbox_landlock_abi();
	probe_simple(&t, try_landlock, &works, "Landlock", &missing);
	if (!works)
		out->landlock = 0;
	probe_simple(&t, try_filter, &out->seccomp, "seccomp", &missing);
	probe_namespaces(&t, &missing);
	probe_view(&t, &missing);
	if (t.uid == 0 && !(out->namespaces & CLONE_NEWUSER))
		probe_simple(&t, try_nobody, &out->nobody, "an unprivileged user", &missing);
	out->cgroup = sandbox_cgroup_probe();
	if (out->cgroup == SANDBOX_CGROUP_NONE)
		buf_printf(&missing, "%scontrol groups", missing.len ? ", " : "");
	snprintf(out->missing, sizeof(out->missing), "%s", buf_str(&missing));
}

json_t *sandbox_layers_json(const struct sandbox_layers *l)
{
	json_t *names = json_array();

	for (size_t i = 0; i < N_ELEMS(namespaces); i++)
		if (l->namespaces & namespaces[i].flag)
			json_array_append_new(names, json_string(namespaces[i].name));
	return json_pack("{s:{s:i, s:b, s:o, s:b, s:b, s:s?, s:s}}", "layers", "landlock", l->landlock, "seccomp",
			 l->seccomp, "namespaces", names, "view", l->view, "nobody", l->nobody, "cgroup",
			 cgroup_names[l->cgroup], "missing", l->missing);
}

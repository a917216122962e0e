/* What doctor looks at in the system */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mntent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "ctl/doctor_parts.h"

#define FILES_ENOUGH  1024
#define ASK_MOUNT_S   3
#define CAP_SYS_ADMIN 21
#define YEAR_2024_S   1704067200

static void look_kernel(const struct patient *p UNUSED, struct answer *a)
{
	struct utsname u;
	int major = 0, minor = 0;

	uname(&u);
	if (sscanf(u.release, "%d.%d", &major, &minor) == 2 && (major > 5 || (major == 5 && minor >= 4)))
		answer_ok(a, "%s %s on %s", u.sysname, u.release, u.machine);
	else
		answer_lack(a, VERDICT_LESS, "use Linux 5.4 or newer", "%s %s is older than what is tested", u.sysname,
			    u.release);
}

static void look_device(const struct patient *p UNUSED, struct answer *a)
{
	auto_close int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		answer_ok(a, "/dev/fuse can be opened");
	else if (errno == ENOENT)
		answer_lack(a, VERDICT_LACK, "run: modprobe fuse; a container needs --device /dev/fuse",
			    "there is no /dev/fuse");
	else if (errno == ENODEV || errno == ENXIO)
		answer_lack(a, VERDICT_LACK, "run: modprobe fuse", "the kernel has no FUSE behind /dev/fuse");
	else if (errno == EPERM)
		answer_lack(a, VERDICT_LACK, "start the container with --device /dev/fuse",
			    "/dev/fuse is forbidden in this container");
	else
		answer_lack(a, VERDICT_LACK, "run as root: chmod 666 /dev/fuse", "/dev/fuse cannot be opened: %s",
			    strerror(errno));
}

/* The path of a program as the shell would find it; the caller's to free, NULL for none. */
static char *find_program(const char *name)
{
	const char *dirs = getenv("PATH");
	auto_free char *path = xstrdup(dirs ? dirs : "/usr/local/bin:/usr/bin:/bin");
	char *rest, *dir;

	for (dir = strtok_r(path, ":", &rest); dir; dir = strtok_r(NULL, ":", &rest)) {
		char *at = xasprintf("%s/%s", dir, name);

		if (access(at, X_OK) == 0)
			return at;
		free(at);
	}
	return NULL;
}

static void look_fusermount(const struct patient *p UNUSED, struct answer *a)
{
	auto_free char *path = find_program("fusermount3");
	struct stat sb;

	if (!path)
		answer_lack(a, geteuid() == 0 ? VERDICT_LESS : VERDICT_LACK, "install the package fuse3",
			    "there is no fusermount3: only root can mount and unmount");
	else if (geteuid() != 0 && stat(path, &sb) == 0 && (!(sb.st_mode & S_ISUID) || sb.st_uid != 0))
		answer_lack(a, VERDICT_LACK, "run as root: chmod u+s /usr/bin/fusermount3",
			    "%s is not setuid root and cannot mount for you", path);
	else
		answer_ok(a, "%s", path);
}

static uint64_t capabilities(void)
{
	auto_buf text = BUF_INIT;
	const char *line;

	if (io_read_file(AT_FDCWD, "/proc/self/status", &text, 1 << 20) < 0)
		return 0;
	line = strstr(buf_str(&text), "\nCapEff:");
	return line ? strtoull(line + strlen("\nCapEff:"), NULL, 16) : 0;
}

static void look_mounting(const struct patient *p UNUSED, struct answer *a)
{
	if (geteuid() != 0)
		answer_ok(a, "through fusermount3");
	else if (capabilities() >> CAP_SYS_ADMIN & 1)
		answer_ok(a, "root may mount");
	else
		answer_lack(a, VERDICT_LACK, "start the container with --cap-add SYS_ADMIN (and --device /dev/fuse)",
			    "root may not mount here: it has no CAP_SYS_ADMIN");
}

/* A line of the file that is this word alone. */
static bool has_line(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, " \t\n");
		if (strncmp(line, word, len) == 0 && (line[len] == '\0' || strchr(" \t\r\n", line[len])))
			return true;
		if (!*line)
			break;
	}
	return false;
}

static void look_allow_other(const struct patient *p UNUSED, struct answer *a)
{
	auto_buf text = BUF_INIT;

	if (geteuid() == 0)
		answer_ok(a, "root may use -o allow_other");
	else if (io_read_file(AT_FDCWD, "/etc/fuse.conf", &text, 1 << 20) == 0 &&
		 has_line(buf_str(&text), "user_allow_other"))
		answer_ok(a, "/etc/fuse.conf has user_allow_other");
	else
		answer_lack(a, VERDICT_LESS, "run as root: echo user_allow_other >>/etc/fuse.conf",
			    "you may not use -o allow_other: /etc/fuse.conf lacks user_allow_other");
}

static bool file_says(const char *path, const char *start)
{
	auto_buf text = BUF_INIT;

	return io_read_file(AT_FDCWD, path, &text, 4096) == 0 && util_starts(buf_str(&text), start);
}

static const char *namespaces_fix(void)
{
	if (file_says("/proc/sys/kernel/unprivileged_userns_clone", "0"))
		return "run as root: sysctl kernel.unprivileged_userns_clone=1";
	if (file_says("/proc/sys/user/max_user_namespaces", "0\n"))
		return "run as root: sysctl user.max_user_namespaces=15000";
	if (file_says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"))
		return "run as root: sysctl kernel.apparmor_restrict_unprivileged_userns=0";
	return "a container needs --security-opt seccomp=unconfined or --cap-add SYS_ADMIN; else see dmesg";
}

static void look_namespaces(const struct patient *p, struct answer *a)
{
	static const unsigned wanted = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC;

	if ((p->layers.namespaces & wanted) == wanted)
		answer_ok(a, "engines get processes, network and IPC of their own");
	else
		answer_lack(a, VERDICT_LESS, namespaces_fix(),
			    "engines share the network, the processes or the IPC of this system");
}

static void look_view(const struct patient *p, struct answer *a)
{
	if (p->layers.view)
		answer_ok(a, "engines see only the documents they work on");
	else
		answer_lack(a, VERDICT_LESS, namespaces_fix(), "engines see the file system as you do%s",
			    p->layers.landlock ? ", as far as Landlock lets them" : "");
}

static void look_landlock(const struct patient *p, struct answer *a)
{
	if (p->layers.landlock)
		answer_ok(a, "ABI %d", p->layers.landlock);
	else
		answer_lack(a, VERDICT_LESS, "use Linux 5.13 or newer, with landlock in the kernel parameter lsm=",
			    "the kernel has no Landlock, or it is off");
}

static void look_seccomp(const struct patient *p, struct answer *a)
{
	if (p->layers.seccomp)
		answer_ok(a, "system calls of engines are filtered");
	else
		answer_lack(a, VERDICT_LESS,
			    "use a kernel with CONFIG_SECCOMP_FILTER, on a processor that is known here",
			    "system calls of engines cannot be filtered");
}

static void look_user(const struct patient *p, struct answer *a)
{
	if (geteuid() != 0)
		answer_ok(a, "engines run as you, without any capability");
	else if (p->layers.nobody)
		answer_ok(a, "engines run as nobody");
	else
		answer_lack(a, VERDICT_LESS, "mount as a user who is not root",
			    "engines run as root, without capabilities");
}

static void look_cgroup(const struct patient *p, struct answer *a)
{
	if (p->layers.cgroup != SANDBOX_CGROUP_NONE)
		answer_ok(a, "version %d limits the memory and processes of engines",
			  p->layers.cgroup == SANDBOX_CGROUP_V1 ? 1 : 2);
	else
		answer_lack(a, VERDICT_LESS,
			    "start 0711fs as a systemd unit with Delegate=yes: systemctl --user start 0711fs@NAME",
			    "no control group may be made: the memory of an engine is limited per process only");
}

/* A mount whose daemon hangs would make us hang: a child asks, and is given up. */
static bool mount_answers(const char *dir)
{
	struct statvfs sv;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(ASK_MOUNT_S);
		_exit(statvfs(dir, &sv) == 0 ? 0 : 1);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void look_mounts(const struct patient *p UNUSED, struct answer *a)
{
	auto_buf dead = BUF_INIT, fix = BUF_INIT;
	FILE *f = setmntent("/proc/self/mounts", "r");
	struct mntent *m;
	int n = 0;

	while (f && (m = getmntent(f))) {
		if (!streq(m->mnt_type, "fuse.0711fs"))
			continue;
		n++;
		if (mount_answers(m->mnt_dir))
			continue;
		buf_printf(&dead, "%s%s", dead.len ? ", " : "", m->mnt_dir);
		buf_printf(&fix, "%sfusermount3 -uz '%s'", fix.len ? "; " : "run: ", m->mnt_dir);
	}
	if (f)
		endmntent(f);
	if (dead.len)
		answer_lack(a, VERDICT_LACK, buf_str(&fix), "dead, or without an answer for %d s: %s", ASK_MOUNT_S,
			    buf_str(&dead));
	else
		answer_ok(a, "%d of ours, each answers", n);
}

static void look_limits(const struct patient *p UNUSED, struct answer *a)
{
	struct rlimit files = { 0, 0 }, size = { RLIM_INFINITY, 0 };

	getrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_FSIZE, &size);
	if (size.rlim_cur != RLIM_INFINITY)
		answer_lack(a, VERDICT_LESS, "run: ulimit -f unlimited", "files may have %ju bytes at most",
			    (uintmax_t)size.rlim_cur);
	else if (files.rlim_cur < FILES_ENOUGH)
		answer_lack(a, VERDICT_LESS, "run: ulimit -n 1024, or raise nofile in /etc/security/limits.conf",
			    "only %ju files may be open", (uintmax_t)files.rlim_cur);
	else
		answer_ok(a, "%ju files may be open, of any size", (uintmax_t)files.rlim_cur);
}

static void look_clock(const struct patient *p UNUSED, struct answer *a)
{
	struct timex t = { .modes = 0 };

	if (time(NULL) < YEAR_2024_S)
		answer_lack(a, VERDICT_LACK, "run as root: timedatectl set-ntp true", "the clock is years behind");
	else if (adjtimex(&t) == TIME_ERROR || t.status & STA_UNSYNC)
		answer_lack(a, VERDICT_LESS, "run as root: timedatectl set-ntp true",
			    "nothing keeps the clock right, and times are compared between computers");
	else
		answer_ok(a, "it is kept right");
}

const struct examination system_examinations[] = {
	{ "kernel", look_kernel },
	{ "fuse", look_device },
	{ "fusermount3", look_fusermount },
	{ "mounting", look_mounting },
	{ "allow_other", look_allow_other },
	{ "mounts", look_mounts },
	{ "namespaces", look_namespaces },
	{ "view", look_view },
	{ "landlock", look_landlock },
	{ "seccomp", look_seccomp },
	{ "user", look_user },
	{ "cgroups", look_cgroup },
	{ "limits", look_limits },
	{ "clock", look_clock },
	{ NULL, NULL },
};

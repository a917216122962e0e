#include "fs/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
static struct sigaction former[N_ELEMS(crashes)];
static int guarded = -1;

/* Where nobody mounted fusectl, root may have it to himself: a mount that is in no directory. */
static int open_unmounted(const char *path)
{
	auto_close int fs = fsopen("fusectl", FSOPEN_CLOEXEC), mount = -1;

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	return mount < 0 ? -1 : openat(mount, path, O_WRONLY | O_CLOEXEC);
}

int connection_control(unsigned device)
{
	auto_free char *path = xasprintf("/sys/fs/fuse/connections/%u/abort", device);
	int fd = open(path, O_WRONLY | O_CLOEXEC), why = errno;

	if (fd < 0 && why == ENOENT)
		fd = open_unmounted(path + strlen("/sys/fs/fuse/connections/"));
	return fd < 0 ? -why : fd;
}

void connection_break(int control)
{
	(void)!write(control, "1", 1);
}

/* What was set before, a sanitizer's report or the kernel's end, comes after: the fault happens again. */
static void on_crash(int sig, siginfo_t *info, void *context UNUSED)
{
	connection_break(guarded);
	for (size_t i = 0; i < N_ELEMS(crashes); i++)
		if (crashes[i] == sig)
			sigaction(sig, &former[i], NULL);
	if (info->si_code <= 0) /* sent by a process, also by abort(3) */
		raise(sig);
}

void connection_guard(int control)
{
	struct sigaction act = { .sa_sigaction = on_crash, .sa_flags = SA_SIGINFO };

	guarded = control;
	for (size_t i = 0; i < N_ELEMS(crashes); i++)
		sigaction(crashes[i], &act, &former[i]);
}

void connection_unguard(void)
{
	for (size_t i = 0; guarded >= 0 && i < N_ELEMS(crashes); i++)
		sigaction(crashes[i], &former[i], NULL);
	guarded = -1;
}

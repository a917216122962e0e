#include "fs/mount.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fs/backing.h"
#include "fs/connection.h"
#include "fs/dirtime.h"
#include "fs/eventlog.h"
#include "fs/folder.h"
#include "fs/linger.h"
#include "fs/ll.h"
#include "fs/mounts.h"
#include "fs/notify.h"
#include "fs/pool.h"
#include "fs/scratch.h"
#include "fs/unlinked.h"
#include "fs/upload.h"
#include "fs/wait.h"

#define MAX_THREADS     32 /* that answer at once; what waits for the disk or for an event holds none */
#define POOL_THREADS    16
#define PATIENT_THREADS 8
#define WAKE_US         20000
#define ASK_MS          5000 /* for the answer of a mount that may be dead */
#define LOOK_US         2000

extern char **environ;

static int fusermount_u(const char *mountpoint)
{
	char *argv[] = { "fusermount3", "-u", "-z", "--", (char *)mountpoint, NULL };
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return -ENOENT;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

/* A trailing slash would have the C library ask the mount itself. */
static char *real_path(const char *mountpoint)
{
	auto_free char *name = xstrdup(mountpoint);
	char *real;

	for (size_t len = strlen(name); len > 1 && name[len - 1] == '/'; len--)
		name[len - 1] = '\0';
	real = realpath(name, NULL);
	return real ? real : steal(name);
}

enum answer { MOUNT_LIVES, MOUNT_DEAD, MOUNT_SILENT };

/*
 * Who asks a mount that does not answer waits for ever: so a child asks, by statvfs, since the kernel keeps the
 * attributes of a dead mount's root. It can be killed: a daemon that is dead has not read its question.
 */
static enum answer ask_mount(const char *at, const struct mounted *m)
{
	int64_t until = clock_mono_ms() + ASK_MS;
	bool orphaned = false;
	pid_t got, pid = fork();
	int status = 0;

	if (pid == 0) {
		struct statvfs sv;

		_exit(statvfs(at, &sv) < 0 && errno == ENOTCONN ? 1 : 0);
	}
	if (pid < 0)
		return MOUNT_SILENT;
	while ((got = waitpid(pid, &status, WNOHANG)) == 0 && !orphaned && clock_mono_ms() < until) {
		usleep(LOOK_US);
		orphaned = m->ours && platform_orphaned(m->source);
	}
	if (got != 0)
		return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? MOUNT_LIVES : MOUNT_DEAD;
	kill(pid, SIGKILL);
	if (!orphaned)
		return MOUNT_SILENT;
	waitpid(pid, &status, 0);
	return MOUNT_DEAD;
}

/* Root breaks the connection by unmounting, a plain user by its control file. */
static int unmount_dead(const char *at, const struct mounted *m)
{
	auto_close int control = -1;

	if (umount2(at, MNT_FORCE | MNT_DETACH) == 0)
		return 0;
	control = connection_control(m->device);
	if (control >= 0)
		connection_break(control);
	return umount2(at, MNT_DETACH) == 0 ? 0 : fusermount_u(at);
}

static int clean(const char *at, const struct mounted *m, struct err *e)
{
	enum answer answer = ask_mount(at, m);

	if (answer == MOUNT_LIVES)
		return 0;
	if (answer == MOUNT_SILENT)
		return err_set(e, -EBUSY, "what is mounted at '%s' does not answer: end its daemon, or unmount it", at);
	if (!m->ours)
		return err_set(e, -ENOTCONN, "'%s' is a dead mount of another file system: unmount it first", at);
	if (unmount_dead(at, m) < 0)
		return err_set(e, -EPERM, "'%s' is a dead mount and cannot be unmounted: try fusermount3 -uz %s", at,
			       at);
	log_info("cleaned up the dead mount at %s", at);
	return 1;
}

int mount_clean(const char *mountpoint, struct err *e)
{
	auto_free char *at = real_path(mountpoint);
	struct mounted m = { NULL };
	int rc = mounts_at(at, &m) && m.fuse ? clean(at, &m, e) : 0;

	mounted_release(&m);
	return rc;
}

int mount_check(const char *mountpoint, struct err *e)
{
	struct mounted m = { NULL };
	bool ours = mounts_at(mountpoint, &m) && m.ours;
	struct stat st;

	mounted_release(&m);
	if (ours)
		return err_set(e, -EBUSY,
			       "at '%s' a platform is mounted already: unmount it first, or choose another directory",
			       mountpoint);
	if (stat(mountpoint, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(e, -ENOTDIR, "the mountpoint '%s' is not a directory", mountpoint);
	return 0;
}

/* Who waits for a state finds the links moved when it wakes up. */
static void wake_readers(void *fs)
{
	wait_wake(fs);
}

void fs_changes(struct fs *fs, const struct change *c, size_t n)
{
	notify_changes(fs, c, n);
	for (size_t i = 0; i < n; i++) {
		if (c[i].kind == CHANGE_EVENT || c[i].kind == CHANGE_TASK || c[i].kind == CHANGE_TRASH) {
			notify_then(fs, wake_readers, fs);
			return;
		}
	}
}

/*
 * io_uring (libfuse 3.18) is not asked for: over it the INTERRUPT of a parked request is lost, so that a reader of wait
 * cannot be killed (seen with 3.18.3), and each parked request holds one of a fixed number of ring entries.
 */
static int make_session(struct fs *fs, const char *source, bool debug, struct err *e)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	auto_free char *name = xasprintf("fsname=%s", source);
	char *opts = NULL;
	int rc = 0;

	if (fuse_opt_add_arg(&args, "0711fs") < 0 || fuse_opt_add_opt_escaped(&opts, name) < 0 ||
	    fuse_opt_add_opt(&opts, "subtype=0711fs") < 0 || fuse_opt_add_opt(&opts, "default_permissions") < 0 ||
	    (fs->o.allow_other && fuse_opt_add_opt(&opts, "allow_other") < 0) ||
	    (fs->o.read_only && fuse_opt_add_opt(&opts, "ro") < 0) || fuse_opt_add_arg(&args, "-o") < 0 ||
	    fuse_opt_add_arg(&args, opts) < 0 || (debug && fuse_opt_add_arg(&args, "-d") < 0))
		rc = -ENOMEM;
	if (rc == 0)
		fs->session = fuse_session_new(&args, &ll_ops, sizeof(ll_ops), fs);
	fuse_opt_free_args(&args);
	free(opts);
	if (!fs->session)
		return err_set(e, rc ? rc : -EINVAL, "libfuse refused to make a session");
	if (fuse_session_mount(fs->session, fs->o.mountpoint) != 0)
		return err_set(e, -EPERM, "'%s' cannot be mounted; libfuse's message above says why", fs->o.mountpoint);
	return 0;
}

/* Which mount is ours, and: while our threads can be stuck, somebody must be able to break its connection when we die.
 */
static void provide_for_death(struct fs *fs)
{
	struct mounted m = { NULL };

	if (mounts_at(fs->o.mountpoint, &m) && m.ours) {
		fs->device = m.device;
		fs->control = connection_control(m.device);
	}
	mounted_release(&m);
	if (fs->control < 0) {
		log_info("fusectl is not mounted: if this daemon is killed, %s may hang until umount -f",
			 fs->o.mountpoint);
		return;
	}
	connection_guard(fs->control);
	fs->o.host.mounted(fs->o.host.ud, fs->control);
}

static int start_parts(struct fs *fs, struct err *e)
{
	int rc;

	fs->pool = pool_start(POOL_THREADS);
	fs->patient = pool_start(PATIENT_THREADS);
	fs->eventlog = eventlog_new(fs, e);
	if (!fs->pool || !fs->patient)
		return err_set(e, -EAGAIN, "no threads to be had");
	if (!fs->eventlog)
		return e->code;
	rc = folders_start(fs, e);
	if (rc == 0)
		rc = wait_start(fs);
	if (rc == 0)
		rc = notify_start(fs);
	return rc;
}

int fs_open(const struct fs_options *o, const char *source, bool debug, struct fs **out, struct err *e)
{
	struct fs *fs = xcalloc(1, sizeof(*fs));
	int rc;

	fs->o = *o;
	fs->p = o->platform;
	fs->control = -1;
	fs->started_at = clock_now_ms();
	fs->backings = backings_new();
	fs->dirtimes = dirtimes_new();
	fs->handles = handles_new();
	fs->unlinkeds = unlinkeds_new();
	fs->uploads = uploads_new();
	fs->lingers = lingers_new();
	fs->scratches = scratches_new();
	rc = make_session(fs, source, debug, e);
	if (rc == 0) {
		provide_for_death(fs);
		rc = start_parts(fs, e);
	}
	if (rc < 0)
		fs_close(fs);
	else
		*out = fs;
	return rc;
}

/*
 * Who waits for a signal to end. It makes the notifications end while requests are still answered; then it wakes the
 * main thread, again and again, since a signal that comes just before libfuse waits would be lost.
 */
struct stopper {
	struct fs *fs;
	pthread_t thread, main;
	_Atomic bool done;
};

static void stop_signals(sigset_t *set)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR2 };

	sigemptyset(set);
	for (size_t i = 0; i < N_ELEMS(signals); i++)
		sigaddset(set, signals[i]);
}

static void *stopper_run(void *arg)
{
	struct stopper *s = arg;
	sigset_t set;
	int got = 0;

	stop_signals(&set);
	sigwait(&set, &got);
	if (got == SIGUSR2) /* from fs_serve: it is over already */
		return NULL;
	log_info("signal %d: the mount at %s ends", got, s->fs->o.mountpoint);
	notify_quiet(s->fs);
	fuse_session_exit(s->fs->session);
	while (!s->done) {
		pthread_kill(s->main, SIGUSR1);
		usleep(WAKE_US);
	}
	return NULL;
}

static void wake_up(int sig UNUSED)
{
}

int fs_serve(struct fs *fs, struct err *e)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	struct sigaction wake = { .sa_handler = wake_up };
	struct stopper stopper = { .fs = fs, .main = pthread_self() };
	int rc;

	sigaction(SIGUSR1, &wake, NULL);
	rc = config ? pthread_create(&stopper.thread, NULL, stopper_run, &stopper) : ENOMEM;
	if (rc != 0) {
		fuse_loop_cfg_destroy(config);
		return err_set(e, -rc, "no thread that waits for signals");
	}
	fuse_loop_cfg_set_max_threads(config, MAX_THREADS);
	rc = fuse_session_loop_mt(fs->session, config);
	stopper.done = true;
	pthread_kill(stopper.thread, SIGUSR2);
	pthread_join(stopper.thread, NULL);
	fuse_loop_cfg_destroy(config);
	return rc < 0 && !fuse_session_exited(fs->session) ? err_set(e, rc, "the connection to the kernel failed") : 0;
}

/* Waiting readers are answered while the connection stands; the last uploads are taken in; then the mount goes. */
void fs_close(struct fs *fs)
{
	if (!fs)
		return;
	pool_stop(fs->patient);
	pool_stop(fs->pool);
	folders_stop(fs);
	notify_stop(fs); /* which wakes the readers of wait */
	wait_stop(fs);
	if (fs->session) {
		fuse_session_unmount(fs->session);
		fuse_session_destroy(fs->session);
	}
	connection_unguard();
	util_close(&fs->control);
	handles_free(fs->handles);
	backings_free(fs->backings);
	dirtimes_free(fs->dirtimes);
	uploads_free(fs->uploads);
	unlinkeds_free(fs->unlinkeds);
	lingers_free(fs->lingers);
	scratches_free(fs->scratches);
	eventlog_free(fs->eventlog);
	free(fs);
}

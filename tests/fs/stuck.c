/*
 * stuck SOURCE MOUNTPOINT [will] - a daemon that cannot die: mkdir in it is never answered, and a thread waits in the
 * kernel for the lock of the directory that this mkdir holds. Says "mounted", then "stuck". With will it provides for
 * its death as 0711fs does.
 */
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fs/connection.h"
#include "fs/mounts.h"
#include "run/spawn.h"
#include "store/dir.h"

static struct fuse_session *session;
static _Atomic pid_t teller_tid;

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

static void *tell(void *name)
{
	teller_tid = gettid();
	fuse_lowlevel_notify_inval_entry(session, FUSE_ROOT_ID, name, strlen(name));
	return NULL;
}

/* D: a sleep that no signal ends. */
static bool sleeps_deeply(pid_t tid)
{
	auto_free char *path = xasprintf("/proc/self/task/%d/stat", (int)tid);
	FILE *f = fopen(path, "r");
	char state = '?';

	if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	if (f)
		fclose(f);
	return state == 'D';
}

static void ll_mkdir(fuse_req_t req UNUSED, fuse_ino_t parent UNUSED, const char *name, mode_t mode UNUSED)
{
	static char copy[256];
	pthread_t thread;

	snprintf(copy, sizeof(copy), "%s", name);
	if (pthread_create(&thread, NULL, tell, copy) != 0)
		exit(1);
	while (!teller_tid || !sleeps_deeply(teller_tid))
		usleep(1000);
	say("stuck");
}

static void ll_lookup(fuse_req_t req, fuse_ino_t parent UNUSED, const char *name UNUSED)
{
	fuse_reply_err(req, ENOENT);
}

static void ll_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi UNUSED)
{
	struct stat st = { .st_ino = ino, .st_mode = S_IFDIR | 0755, .st_nlink = 2, .st_uid = getuid() };

	fuse_reply_attr(req, &st, 1000);
}

static const struct fuse_lowlevel_ops ops = { .lookup = ll_lookup, .getattr = ll_getattr, .mkdir = ll_mkdir };

static void provide(struct spawner *s, const char *mountpoint)
{
	struct mounted m;
	int control;

	if (!mounts_at(mountpoint, &m) || (control = connection_control(m.device)) < 0 || spawner_will(s, control) < 0)
		exit(77);
	connection_guard(control);
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct err e = ERR_INIT;
	struct spawner *s;
	struct dir *d;

	if (argc < 3 || spawner_start(&s, &e) < 0 || dir_open(argv[1], &d, &e) < 0)
		return 1;
	auto_free char *names = xasprintf("-ofsname=%s,subtype=0711fs", argv[1]);
	if (fuse_opt_add_arg(&args, "stuck") < 0 || fuse_opt_add_arg(&args, names) < 0)
		return 1;
	session = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	if (!session || fuse_session_mount(session, argv[2]) != 0)
		return 1;
	if (argc > 3)
		provide(s, argv[2]);
	say("mounted");
	return fuse_session_loop_mt(session, NULL) < 0;
}

/* 0711fs: opens the parts from the bottom up, serves the mount, closes them from the top down */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "fs/kick_helper.h"
#include "fs/mount.h"
#include "fs/mounts.h"
#include "mcp/schema.h"
#include "model/gate.h"
#include "model/keeper.h"
#include "options.h"
#include "platform/orphan.h"
#include "platform/settings.h"
#include "run/worker.h"
#include "webhook/sender.h"

#define CLOSING_MS      10000
#define CLOSING_LOOK_US 20000

struct daemon {
	const struct options *o;
	char source[PATH_MAX], mountpoint[PATH_MAX];
	struct spawner *spawner;
	struct kick_helper kick_helper; /* pid 0: none */
	struct mcp_catalog *catalog;
	struct platform *platform;
	struct orphans *orphans;
	struct mcp_host *host;
	struct call_pool *calls;
	pthread_rwlock_t feed_lock; /* of who hears the change feed: */
	struct fs *fs;
	struct workers *workers;
	struct sender *sender;
	struct keeper *keeper;
	struct worker_models models;
};

static int resolve_engine(void *ud, const char *mcp, const char *tool, const char **tool_out, const char **version_out,
			  struct err *e)
{
	const struct daemon *d = ud;
	const struct mcp_manifest *m = catalog_find(d->catalog, mcp);

	if (!m)
		return err_set(e, -ENOENT, "there is no MCP '%s'; mcps/ lists those there are", mcp);
	if (!manifest_tool(m, tool))
		return err_set(e, -ENOENT, "MCP '%s' has no %s%s%s", mcp, tool ? "tool '" : "default tool",
			       tool ? tool : "", tool ? "'" : "");
	*tool_out = json_string_value(json_object_get(manifest_tool(m, tool), "name"));
	*version_out = m->version;
	return 0;
}

static int check_output(void *ud, const char *mcp, const char *tool, const json_t *result, struct err *e)
{
	const struct daemon *d = ud;
	const struct mcp_manifest *m = catalog_find(d->catalog, mcp);
	const json_t *schema = m ? json_object_get(manifest_tool(m, tool), "outputSchema") : NULL;

	return schema_check(schema, result, e) < 0 ? -EINVAL : 0;
}

static void on_changes(void *ud, const struct change *c, size_t n)
{
	struct daemon *d = ud;

	pthread_rwlock_rdlock(&d->feed_lock);
	if (d->workers)
		workers_changes(d->workers, c, n);
	if (d->sender)
		sender_changes(d->sender, c, n);
	if (d->keeper)
		keeper_changes(d->keeper, c, n);
	if (d->fs)
		fs_changes(d->fs, c, n);
	pthread_rwlock_unlock(&d->feed_lock);
}

static void health(void *ud, json_t *doc)
{
	struct daemon *d = ud;

	pthread_rwlock_rdlock(&d->feed_lock);
	if (d->workers)
		json_object_set_new(doc, "workers", workers_health(d->workers));
	pthread_rwlock_unlock(&d->feed_lock);
	json_object_set_new(doc, "mcps", mcp_host_status(d->host, NULL));
	json_object_set_new(doc, "models", keeper_health(d->keeper));
	json_object_set_new(doc, "sandbox", sandbox_layers_json(spawner_layers(d->spawner)));
}

/* The helper outlives us by a moment. */
static void on_mounted(void *ud, int control)
{
	int rc = spawner_will(((struct daemon *)ud)->spawner, control);

	if (rc < 0)
		log_warn("the spawn helper does not answer: %s", strerror(-rc));
}

static json_t *mcp_status(void *ud, const char *mcp)
{
	return mcp_host_status(((struct daemon *)ud)->host, mcp);
}

static json_t *webhooks(void *ud)
{
	struct daemon *d = ud;

	return d->sender ? sender_figures(d->sender) : NULL;
}

/* --- models, as the tree asks for them --- */

static json_t *model(void *ud, int64_t row)
{
	return keeper_model(((struct daemon *)ud)->keeper, row);
}

static int model_do(void *ud, int64_t row, const char *verb, struct err *e)
{
	int word = field_word(keeper_verb_words, verb);

	if (word < 0)
		return err_set(e, -EINVAL, "'%.40s' is no order for a model; ctl lists them", verb);
	return keeper_do(((struct daemon *)ud)->keeper, row, (enum keeper_verb)word, e);
}

static int model_log(void *ud, int64_t row, struct buf *out)
{
	return keeper_log(((struct daemon *)ud)->keeper, row, out);
}

static json_t *model_devices(void *ud)
{
	return keeper_devices(((struct daemon *)ud)->keeper);
}

static int device_total(void *ud, const char *device, const char *text, struct err *e)
{
	return keeper_device_total(((struct daemon *)ud)->keeper, device, text, e);
}

static void on_server_line(void *ud UNUSED, const char *id, const char *level, const char *line)
{
	log_info("mcp %s: %s: %s", id, level, line);
}

static int open_host(struct daemon *d, struct err *e)
{
	auto_free char *run_dir = xasprintf("%s/run", store_dir(d->platform->store));

	if (mkdir(run_dir, 0700) < 0 && errno != EEXIST)
		return err_errno(e, "'%s' cannot be made", run_dir);
	return mcp_host_open(d->spawner, run_dir, on_server_line, NULL, &d->host, e);
}

static int open_platform(struct daemon *d, struct err *e)
{
	struct platform_options po = { .source = d->source,
				       .as = d->o->as,
				       .keyfile = d->o->keyfile,
				       .engines = { d, resolve_engine, check_output } };
	int64_t until = clock_mono_ms() + CLOSING_MS;
	int rc;

	/* A daemon that was just unmounted still finishes its work: its successor waits for it. */
	while ((rc = platform_open(&po, &d->platform, e)) == -EBUSY && !mounts_show(d->source) &&
	       clock_mono_ms() < until)
		usleep(CLOSING_LOOK_US);
	if (rc < 0)
		return rc;
	platform_watch(d->platform, on_changes, d);
	rc = platform_recover(d->platform, e);
	return rc < 0 ? rc : orphans_start(d->platform, &d->orphans, e);
}

static int open_keeper(struct daemon *d, struct err *e)
{
	auto_free char *dir = xasprintf("%s/run/models", store_dir(d->platform->store));
	struct keeper *keeper;
	int rc;

	d->calls = call_pool_new(d->o->cafile, e);
	if (!d->calls)
		return e->code;
	rc = keeper_start(d->platform, d->spawner, d->calls, dir, &keeper, e);
	if (rc < 0)
		return rc;
	pthread_rwlock_wrlock(&d->feed_lock);
	d->keeper = keeper;
	pthread_rwlock_unlock(&d->feed_lock);
	return 0;
}

static int open_fs(struct daemon *d, struct err *e)
{
	struct fs_options fo = { .platform = d->platform,
				 .catalog = d->catalog,
				 .host = { .ud = d,
					   .health = health,
					   .mcp_status = mcp_status,
					   .webhooks = webhooks,
					   .mounted = on_mounted,
					   .model = model,
					   .model_do = model_do,
					   .model_log = model_log,
					   .devices = model_devices,
					   .device_total = device_total },
				 .uid = (uid_t)d->o->uid,
				 .gid = (gid_t)d->o->gid,
				 .umask = (mode_t)d->o->umask,
				 .allow_other = d->o->allow_other,
				 .read_only = d->o->read_only,
				 .mountpoint = d->mountpoint,
				 .kick_helper = d->kick_helper.pid ? &d->kick_helper : NULL,
				 .kick_mode = d->o->inotify };
	struct fs *fs;
	int rc = fs_open(&fo, d->source, d->o->debug, &fs, e);

	if (rc < 0)
		return rc;
	pthread_rwlock_wrlock(&d->feed_lock);
	d->fs = fs;
	pthread_rwlock_unlock(&d->feed_lock);
	return 0;
}

/* --- models, as calls of MCPs ask for them --- */

/* Engines of root run as nobody, and reach no socket but through their own view; others run as we do. */
static int open_gate(void *ud, const struct mcp_manifest *mcp, const char *path, const char *for_whom,
		     struct mcp_cancel *cancel, void **gate, struct err *e)
{
	const struct daemon *d = ud;
	struct gate_conf conf = { .keeper = d->keeper,
				  .pool = d->calls,
				  .path = path,
				  .mode = geteuid() == 0 ? 0666 : 0600,
				  .models = mcp->models,
				  .for_whom = for_whom,
				  .cancel = cancel };
	struct gate *g = NULL;
	int rc = gate_open(&conf, &g, e);

	*gate = g;
	return rc;
}

static void close_gate(void *ud UNUSED, void *gate, struct worker_usage *usage)
{
	struct gate_usage u;

	gate_close(gate, &u);
	*usage = (struct worker_usage){ u.requests, u.failures, u.tokens, u.ms };
}

static int open_workers(struct daemon *d, struct err *e)
{
	size_t n = (size_t)settings_int(d->platform, SETTING_WORKERS);
	struct workers *workers;
	int rc;

	d->models = (struct worker_models){ d, open_gate, close_gate };
	rc = workers_start(d->platform, d->host, d->catalog, &d->models, n, &workers, e);

	if (rc < 0)
		return rc;
	pthread_rwlock_wrlock(&d->feed_lock);
	d->workers = workers;
	pthread_rwlock_unlock(&d->feed_lock);
	return 0;
}

static int open_sender(struct daemon *d, struct err *e)
{
	int rc;

	/* What is committed before it hears the feed it reads at first: nothing may be told in between. */
	pthread_rwlock_wrlock(&d->feed_lock);
	rc = sender_start(d->platform, d->o->cafile, &d->sender, e);
	pthread_rwlock_unlock(&d->feed_lock);
	return rc;
}

/* The helpers come first: they are forked while there is one thread. Where nothing can be made, nothing can be kicked.
 */
static int open_all(struct daemon *d, struct err *e)
{
	int rc = mount_clean(d->mountpoint, e);

	if (rc >= 0)
		rc = spawner_start(&d->spawner, e);
	if (rc == 0 && d->o->inotify != KICK_OFF && !d->o->read_only)
		rc = kick_helper_start(d->mountpoint, &d->kick_helper, e);
	if (rc == 0)
		rc = catalog_open(NULL, &d->catalog, e);
	if (rc == 0)
		rc = open_platform(d, e);
	if (rc == 0)
		rc = open_host(d, e);
	if (rc == 0)
		rc = open_keeper(d, e);
	if (rc == 0)
		rc = open_fs(d, e);
	if (rc == 0)
		rc = open_workers(d, e);
	if (rc == 0)
		rc = open_sender(d, e);
	return rc;
}

static void close_all(struct daemon *d)
{
	struct workers *workers;
	struct sender *sender;
	struct keeper *keeper;
	struct fs *fs;

	pthread_rwlock_wrlock(&d->feed_lock);
	workers = steal(d->workers);
	sender = steal(d->sender);
	fs = steal(d->fs);
	pthread_rwlock_unlock(&d->feed_lock);
	workers_stop(workers);
	if (d->host)
		mcp_host_cancel_all(d->host);
	fs_close(fs);
	sender_stop(sender);
	pthread_rwlock_wrlock(&d->feed_lock); /* the tree and the workers asked it until now */
	keeper = steal(d->keeper);
	pthread_rwlock_unlock(&d->feed_lock);
	keeper_stop(keeper);
	call_pool_free(d->calls);
	kick_helper_end(&d->kick_helper);
	mcp_host_close(d->host);
	orphans_stop(d->orphans);
	platform_close(d->platform);
	catalog_close(d->catalog);
	spawner_stop(d->spawner);
}

/* For all threads: one waits for the signals that end us (fs_serve), and a pipe that breaks is an errno only. */
static void block_signals(void)
{
	static const int ours[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR2, SIGPIPE };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < N_ELEMS(ours); i++)
		sigaddset(&set, ours[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static int open_null(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

/* Tells the one who started us that the mount is there, and leaves his terminal. */
static void announce(int ready_fd)
{
	auto_close int null = open_null();

	log_to_syslog();
	if (null >= 0)
		dup2(null, STDERR_FILENO);
	if (write(ready_fd, "", 1) != 1)
		log_warn("who started this daemon is gone");
}

/* ready_fd -1: nobody waits. */
static int serve(struct daemon *d, int ready_fd)
{
	struct err e = ERR_INIT;
	int rc;

	block_signals();
	rc = open_all(d, &e);
	if (rc == 0) {
		log_info("'%s' is mounted at %s", d->source, d->mountpoint);
		if (ready_fd >= 0)
			announce(ready_fd);
		rc = fs_serve(d->fs, &e);
	}
	if (rc < 0)
		log_error("%s", e.text);
	else
		log_info("'%s' is unmounted", d->mountpoint);
	close_all(d);
	return rc < 0 ? 1 : 0;
}

/*
 * The background process keeps nothing of the terminal, or a pipe that reads it would never end. What it and its
 * children (fusermount3) say until the mount answers goes into a file in memory.
 */
static void leave_terminal(int words)
{
	auto_close int null = open_null();

	if (setsid() < 0 || chdir("/") < 0)
		log_warn("the daemon could not leave its session");
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	if (words >= 0)
		dup2(words, STDERR_FILENO);
}

static void say(int words)
{
	auto_buf text = BUF_INIT;

	if (words >= 0 && lseek(words, 0, SEEK_SET) == 0 && io_read_fd(words, &text, 1 << 20) == 0)
		io_write_all(STDERR_FILENO, buf_str(&text), text.len);
}

/* The daemon goes to the background only when the mount answers: until then its words come out here. */
static int serve_in_background(struct daemon *d)
{
	auto_close int words = memfd_create("0711fs", MFD_CLOEXEC);
	int ready[2], status = 1;
	struct stat st;
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		log_error("no process to be had: %s", strerror(errno));
		return 1;
	}
	if (pid == 0) {
		close(ready[0]);
		leave_terminal(words);
		_exit(serve(d, ready[1]));
	}
	close(ready[1]);
	status = read(ready[0], &byte, 1) == 1 && stat(d->mountpoint, &st) == 0 ? 0 : 1;
	if (status)
		waitpid(pid, NULL, WNOHANG);
	say(words);
	return status;
}

static int find_paths(struct daemon *d, const struct options *o, struct err *e)
{
	d->o = o;
	if (strstr(o->source, "://")) /* what follows may hold a password */
		return err_set(e, -ENOTSUP, "'%.*s': only a directory can be the source in this version",
			       (int)(strstr(o->source, "://") - o->source), o->source);
	if (mount_clean(o->mountpoint, e) < 0)
		return e->code;
	if (!realpath(o->mountpoint, d->mountpoint))
		return err_errno(e, "the mountpoint '%s'", o->mountpoint);
	if (mount_check(d->mountpoint, e) < 0)
		return e->code;
	if (mkdir(o->source, 0700) < 0 && errno != EEXIST)
		return err_errno(e, "the source '%s' cannot be made", o->source);
	if (!realpath(o->source, d->source))
		return err_errno(e, "the source '%s'", o->source);
	return 0;
}

/* Documents that are open and connections are many; what runs in a sandbox has limits of its own. */
static void raise_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

int main(int argc, char **argv)
{
	struct daemon d = { .feed_lock = PTHREAD_RWLOCK_INITIALIZER };
	struct err e = ERR_INIT;
	struct options o;
	int rc = options_parse(argc, argv, &o, &e);

	if (rc == 0 && o.help) {
		options_help();
		return 0;
	}
	if (rc == 0 && o.version) {
		printf("0711fs %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (rc == 0) {
		log_open("0711fs", o.debug ? LOG_LEVEL_DEBUG : (enum log_level)o.log_level, o.syslog, o.log_json);
		rc = find_paths(&d, &o, &e);
	}
	if (rc < 0) {
		log_error("%s", e.text);
		return rc == -EINVAL ? 2 : 1;
	}
	raise_files();
	rc = o.foreground ? serve(&d, -1) : serve_in_background(&d);
	options_release(&o);
	return rc;
}

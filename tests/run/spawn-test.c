/* The spawn helper and the sandbox, tried with tests/run/probe as the program inside. */
#include "tests/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "run/spawn.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif

static struct spawner *spawner;
static char dir[] = "/tmp/0711fs-spawn-XXXXXX";
static char *probe_dir, *probe, *in_dir, *tmp_dir, *secret;

static bool sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
	__has_feature(thread_sanitizer)
	return true;
#else
	return false;
#endif
}

static void put_file(const char *path, mode_t mode)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, "text\n", 5), 0);
}

/* Start probe with words ("VERB ARG VERB ARG"); its stdout is what *from reads. */
static int start_in(const struct sandbox_spec *sandbox, const char *words, struct child *c, int *from, struct err *e)
{
	char *copy = xstrdup(words), *rest = NULL;
	const char *argv[64] = { probe };
	const char *env[] = { "DECLARED=1", "TSAN_OPTIONS=report_bugs=0", "ASAN_OPTIONS=detect_leaks=0", NULL };
	struct spawn_spec spec = { .argv = argv, .env = env, .sandbox = *sandbox };
	int pipes[2], n = 1, rc;

	for (char *w = strtok_r(copy, " ", &rest); w && n < 63; w = strtok_r(NULL, " ", &rest))
		argv[n++] = w;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	spec.in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	spec.out = pipes[1];
	spec.err = STDERR_FILENO;
	rc = spawner_spawn(spawner, &spec, c, e);
	close(pipes[1]);
	close(spec.in);
	free(copy);
	if (rc < 0)
		close(pipes[0]);
	else
		*from = pipes[0];
	return rc;
}

/* What an MCP server gets. */
static int start(const char *words, const struct sandbox_limits *limits, struct child *c, int *from, struct err *e)
{
	const char *dirs[] = { probe_dir, NULL };
	struct sandbox_spec sandbox = { .dirs = dirs, .in_dir = in_dir, .tmp_dir = tmp_dir };

	if (limits)
		sandbox.limits = *limits;
	return start_in(&sandbox, words, c, from, e);
}

/* The whole output of one run that ends by itself; the status must be 0. */
static char *end_of(struct child *c, int from)
{
	auto_buf out = BUF_INIT;

	assert_int_equal(io_read_fd(from, &out, 65536), 0);
	assert_int_equal(spawner_wait(c, 10000), 0);
	assert_int_equal(c->status, 0);
	spawner_release(c);
	close(from);
	return buf_steal(&out);
}

static char *output_in(const struct sandbox_spec *sandbox, const char *words)
{
	struct child c;
	struct err e = ERR_INIT;
	int from = -1;

	if (start_in(sandbox, words, &c, &from, &e) < 0)
		fail_msg("%s", e.text);
	return end_of(&c, from);
}

static char *output_of(const char *words, const struct sandbox_limits *limits)
{
	struct child c;
	struct err e = ERR_INIT;
	int from = -1;

	if (start(words, limits, &c, &from, &e) < 0)
		fail_msg("%s", e.text);
	return end_of(&c, from);
}

static void expect_in(const struct sandbox_spec *sandbox, const char *words, const char *expected)
{
	auto_free char *out = output_in(sandbox, words);

	if (!streq(out, expected))
		fail_msg("'%s' answered '%s'", words, out);
}

static void expect_word(const char *words, const char *word, bool expected)
{
	auto_free char *out = output_of(words, NULL);

	if (!strchr(out, '\n') || !!strstr(out, word) != expected)
		fail_msg("'%s' answered '%s'", words, out);
}

static void expect_ok(const char *words)
{
	expect_word(words, " ok\n", true);
}

static void expect_refused(const char *words)
{
	expect_word(words, " ok\n", false);
}

static void test_status(void **state UNUSED)
{
	struct child c;
	struct err e = ERR_INIT;
	int from;

	assert_int_equal(start("exit 7", NULL, &c, &from, &e), 0);
	assert_int_equal(spawner_wait(&c, 10000), 0);
	assert_true(WIFEXITED(c.status) && WEXITSTATUS(c.status) == 7);
	spawner_release(&c);
	close(from);
	assert_int_equal(start("killed 9", NULL, &c, &from, &e), 0);
	assert_int_equal(spawner_wait(&c, 10000), 0);
	assert_true(WIFSIGNALED(c.status) && WTERMSIG(c.status) == SIGKILL);
	spawner_release(&c);
	close(from);
}

/* Each look may fall on the edge of a millisecond: then it must not wait for ever. */
static void test_a_look_does_not_wait(void **state UNUSED)
{
	struct child c;
	struct err e = ERR_INIT;
	int from;

	assert_int_equal(start("idle 60", NULL, &c, &from, &e), 0);
	for (int64_t until = clock_mono_ms() + 400; clock_mono_ms() < until;)
		assert_int_equal(spawner_wait(&c, 0), -ETIMEDOUT);
	spawner_kill(&c, 0);
	assert_int_equal(spawner_wait(&c, 10000), 0);
	spawner_release(&c);
	close(from);
}

static void test_missing_program(void **state UNUSED)
{
	const char *argv[] = { "/nonexistent/program", NULL }, *env[] = { NULL };
	struct spawn_spec spec = { .argv = argv, .env = env, .in = 0, .out = 1, .err = 2 };
	struct child c;
	struct err e = ERR_INIT;

	assert_int_equal(spawner_spawn(spawner, &spec, &c, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/nonexistent/program"));
	assert_int_equal(c.id, 0);
}

static void test_reads(void **state UNUSED)
{
	expect_ok("read /usr/bin/env");
	expect_refused("read /etc/shadow");
	expect_refused("read /etc/passwd");
	expect_refused("read /root");
	expect_refused("read /home");
	auto_free char *words = xasprintf("read %s", secret);
	expect_refused(words);
	if (getenv("HOME")) {
		auto_free char *home = xasprintf("read %s", getenv("HOME"));
		expect_refused(home);
	}
	if (spawner_layers(spawner)->view)
		expect_ok("read /in/doc.txt");
	auto_free char *daemon = xasprintf("read /proc/%d/environ", (int)getpid());
	expect_refused(daemon);
}

static void test_writes(void **state UNUSED)
{
	const char *in = spawner_layers(spawner)->view ? "/in" : in_dir;
	auto_free char *tmp = xasprintf("write %s/x", spawner_layers(spawner)->view ? "/tmp" : tmp_dir);
	auto_free char *write = xasprintf("write %s/doc.txt", in), *new = xasprintf("write %s/new", in);
	auto_free char *gone = xasprintf("remove %s/doc.txt", in), *own = xasprintf("write %s/x", probe_dir);

	expect_ok(tmp);
	expect_ok("write /dev/null");
	expect_refused(write);
	expect_refused(new);
	expect_refused(gone);
	expect_refused(own);
	expect_refused("write /x");
	expect_refused("write /usr/x");
	expect_refused("write /etc/x");
	expect_refused("write /dev/x");
	expect_refused("write /var/tmp/x");
	if (spawner_layers(spawner)->view) {
		expect_refused("chmod /in/doc.txt");
		expect_refused("chmod /usr/bin/env");
	}
}

static void test_network(void **state UNUSED)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	auto_close int listener = socket(AF_INET, SOCK_STREAM, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&addr, &len), 0);
	auto_free char *words = xasprintf("tcp %d udp %d", ntohs(addr.sin_port), ntohs(addr.sin_port));
	expect_refused(words);
}

static void test_no_socket_but_unix(void **state UNUSED)
{
	if (spawner_layers(spawner)->seccomp)
		expect_refused("listen 0 family 2 family 10 family 16 family 17 netlink 0");
	expect_ok("family 1");
}

/* What inference servers get, and MCP servers do not */

static void test_network_where_wanted(void **state UNUSED)
{
	const char *dirs[] = { probe_dir, NULL };
	const struct sandbox_spec sandbox = { .dirs = dirs, .network = true };
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	auto_close int listener = socket(AF_INET, SOCK_STREAM, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&addr, &len), 0);
	auto_free char *words = xasprintf("tcp %d listen 0 netlink 0 family 1", ntohs(addr.sin_port));
	expect_in(&sandbox, words, "tcp ok\nlisten ok\nnetlink ok\nfamily ok\n");
	if (spawner_layers(spawner)->seccomp)
		expect_in(&sandbox, "family 17 netlink 9 family 40",
			  "family EAFNOSUPPORT\nnetlink EAFNOSUPPORT\nfamily EAFNOSUPPORT\n");
}

/* A device that anybody may open, and no server sees by itself: a /dev/null of our own where we may make one */
static const char *find_device(void)
{
	static const char *devices[] = { NULL, "/dev/fuse", "/dev/kvm", "/dev/net/tun" };
	static char own[128];
	struct stat sb;

	snprintf(own, sizeof(own), "%s/device", dir);
	devices[0] = own;
	if (mknod(own, S_IFCHR | 0666, makedev(1, 3)) == 0)
		chmod(own, 0666);
	for (size_t i = 0; i < N_ELEMS(devices); i++) {
		auto_close int fd = open(devices[i], O_RDWR | O_CLOEXEC);

		if (fd >= 0 && fstat(fd, &sb) == 0 && (sb.st_mode & 06) == 06)
			return devices[i];
	}
	return NULL;
}

static void test_devices_where_wanted(void **state UNUSED)
{
	const char *dirs[] = { probe_dir, NULL }, *devices[] = { find_device(), NULL };
	const struct sandbox_spec sandbox = { .dirs = dirs, .devices = devices };

	if (!devices[0])
		skip();
	auto_free char *words = xasprintf("open %s", devices[0]);
	auto_free char *around = xasprintf("remove %s chmod %s write /dev/new", devices[0], devices[0]);
	expect_in(&sandbox, words, "open ok\n");
	expect_refused(words);
	auto_free char *out = output_in(&sandbox, around);
	assert_null(strstr(out, " ok\n"));
}

static void test_missing_device(void **state UNUSED)
{
	const char *dirs[] = { probe_dir, NULL }, *devices[] = { "/dev/0711-none", NULL };
	const struct sandbox_spec sandbox = { .dirs = dirs, .devices = devices };
	struct err e = ERR_INIT;
	struct child c;
	int from;

	if (!spawner_layers(spawner)->view)
		skip();
	assert_int_equal(start_in(&sandbox, "exit 0", &c, &from, &e), -ENOENT);
	assert_non_null(strstr(e.text, "bind the server's devices"));
}

static void connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte;

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(read(fd, &byte, 1), 1);
}

static void test_directory_to_write_in(void **state UNUSED)
{
	bool view = spawner_layers(spawner)->view;
	auto_free char *work = xasprintf("%s/work", dir), *socket = xasprintf("%s/s", work);
	const char *dirs[] = { probe_dir, NULL }, *inside = view ? SANDBOX_WORK : work;
	const struct sandbox_spec sandbox = { .dirs = dirs, .work_dir = work };
	auto_free char *words = xasprintf("write %s/x server %s/s", inside, inside);
	auto_free char *write = xasprintf("write %s/y", inside);
	char said[64] = "";
	struct err e = ERR_INIT;
	struct child c;
	int from;

	assert_int_equal(mkdir(work, 0700), 0);
	if (start_in(&sandbox, words, &c, &from, &e) < 0)
		fail_msg("%s", e.text);
	for (size_t n = 0; !strstr(said, "server"); n += strlen(said + n))
		assert_true(read(from, said + n, sizeof(said) - 1 - n) > 0);
	assert_non_null(strstr(said, "write ok\n"));
	connect_to(socket);
	free(end_of(&c, from));
	if (view)
		expect_in(&sandbox, "write /dev/shm/x read /tmp/x write /run/x", "write ok\nread ok\nwrite EROFS\n");
	expect_refused(write);
	expect_refused("write /dev/shm/x");
}

static void test_files_through_links(void **state UNUSED)
{
	auto_free char *file = xasprintf("%s/weights", dir), *link = xasprintf("%s/link", dir);
	const char *dirs[] = { probe_dir, link, NULL };
	const struct sandbox_spec sandbox = { .dirs = dirs };
	auto_free char *words = xasprintf("read %s", link), *write = xasprintf("write %s", link);
	auto_free char *beside = xasprintf("read %s", secret);

	put_file(file, 0644);
	assert_int_equal(symlink("weights", link), 0);
	expect_in(&sandbox, words, "read ok\n");
	auto_free char *out = output_in(&sandbox, write), *secrets = output_in(&sandbox, beside);
	assert_null(strstr(out, " ok\n"));
	assert_null(strstr(secrets, " ok\n"));
}

static void test_others(void **state UNUSED)
{
	auto_free char *words = xasprintf("signal %d ptrace %d ptrace 1", (int)getpid(), (int)getpid());
	const struct sandbox_layers *l = spawner_layers(spawner);

	if (!(l->namespaces & CLONE_NEWPID) && l->landlock < 6)
		skip();
	expect_refused(words);
}

static void test_kernel(void **state UNUSED)
{
	expect_refused("mount /tmp unshare user unshare mount clone user clone mount setuid 1");
}

static void test_environment(void **state UNUSED)
{
	expect_ok("env DECLARED");
	setenv("FS0711_SECRET", "x", 1);
	expect_refused("env FS0711_SECRET");
}

static void test_process_limit(void **state UNUSED)
{
	const struct sandbox_limits limits = { .processes = 8 };
	const struct sandbox_layers *l = spawner_layers(spawner);

	if (sanitized() || (l->cgroup == SANDBOX_CGROUP_NONE && !(l->namespaces & CLONE_NEWUSER)))
		skip();
	auto_free char *out = output_of("fork 20", &limits);
	assert_string_equal(out, "fork EAGAIN\n");
}

static void test_memory_limit(void **state UNUSED)
{
	const struct sandbox_limits limits = { .memory_bytes = 64u << 20 };
	struct child c;
	struct err e = ERR_INIT;
	int from;

	if (sanitized() || spawner_layers(spawner)->cgroup == SANDBOX_CGROUP_NONE)
		skip();
	assert_int_equal(start("memory 200", &limits, &c, &from, &e), 0);
	assert_int_equal(spawner_wait(&c, 20000), 0);
	assert_true(WIFSIGNALED(c.status));
	spawner_release(&c);
	close(from);
}

static void test_address_limit(void **state UNUSED)
{
	const struct sandbox_limits limits = { .address_bytes = 64u << 20 };

	if (sanitized())
		skip();
	auto_free char *out = output_of("memory 200", &limits);
	assert_string_equal(out, "memory ENOMEM\n");
}

static void test_kill(void **state UNUSED)
{
	struct child c;
	struct err e = ERR_INIT;
	int64_t began;
	char byte;
	int from;

	assert_int_equal(start("stubborn 60", NULL, &c, &from, &e), 0);
	assert_int_equal(read(from, &byte, 1), 1);
	began = clock_mono_ms();
	assert_int_equal(spawner_wait(&c, 20), -ETIMEDOUT);
	spawner_kill(&c, 200);
	assert_int_equal(spawner_wait(&c, 10000), 0);
	assert_in_range(clock_mono_ms() - began, 150, 5000);
	assert_true(WIFSIGNALED(c.status));
	spawner_release(&c);
	close(from);
}

/* Nobody but the sandbox's processes has the writing end of their stdout: its end of file says that all are gone. */
static bool all_gone(int from, int timeout_ms)
{
	int64_t until = clock_mono_ms() + timeout_ms;
	char bytes[256];

	while (clock_mono_ms() < until) {
		struct pollfd p = { .fd = from, .events = POLLIN };

		if (poll(&p, 1, 100) > 0 && read(from, bytes, sizeof(bytes)) == 0)
			return true;
	}
	return false;
}

static void test_no_grandchild_left(void **state UNUSED)
{
	struct child c;
	struct err e = ERR_INIT;
	int from;

	assert_int_equal(start("parent 3 exit 0", NULL, &c, &from, &e), 0);
	assert_int_equal(spawner_wait(&c, 10000), 0);
	assert_int_equal(c.status, 0);
	assert_true(all_gone(from, 2000));
	spawner_release(&c);
	close(from);
}

/* The keeper is killed, by the kernel for want of memory or by a person: what it kept goes with it. */
static void test_keeper_dies(void **state UNUSED)
{
	struct child c;
	struct err e = ERR_INIT;
	char byte;
	int from;

	assert_int_equal(start("parent 3 stubborn 60", NULL, &c, &from, &e), 0);
	assert_int_equal(read(from, &byte, 1), 1);
	kill(c.pid, SIGKILL);
	assert_int_equal(spawner_wait(&c, 10000), 0);
	assert_true(all_gone(from, 2000));
	spawner_release(&c);
	close(from);
}

/* A process like the daemon starts a child and is killed with SIGKILL: nothing of it may be left. */
static void test_orphans(void **state UNUSED)
{
	int pipes[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		const char *argv[] = { probe, "parent", "2", "stubborn", "60", NULL }, *env[] = { NULL };
		const char *dirs[] = { probe_dir, NULL };
		struct spawn_spec spec = { .argv = argv, .env = env, .in = 0, .err = 2, .sandbox = { .dirs = dirs } };
		struct err e = ERR_INIT;
		struct child c;

		spec.out = pipes[1];
		if (spawner_start(&spawner, &e) < 0 || spawner_spawn(spawner, &spec, &c, &e) < 0)
			_exit(1);
		close(pipes[1]);
		pause();
		_exit(0);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(all_gone(pipes[0], 5000));
	close(pipes[0]);
}

/* The helper itself is killed: the children go with it, and the daemon is told. */
static void test_helper_dies(void **state UNUSED)
{
	struct spawner *ours = spawner;
	struct child c, second;
	struct err e = ERR_INIT;
	int from;

	assert_int_equal(spawner_start(&spawner, &e), 0);
	assert_int_equal(start("idle 60", NULL, &c, &from, &e), 0);
	kill(spawner_pid(spawner), SIGKILL);
	assert_int_equal(spawner_wait(&c, 5000), 0);
	assert_true(all_gone(from, 2000));
	close(from);
	spawner_release(&c);
	assert_int_equal(start("idle 60", NULL, &second, &from, &e), -EPIPE);
	spawner_stop(spawner);
	/* the next helper removes the control group that the dead one could not */
	assert_int_equal(spawner_start(&spawner, &e), 0);
	spawner_stop(spawner);
	spawner = ours;
}

static void test_speed(void **state UNUSED)
{
	int64_t began = clock_mono_ms(), n = 20;

	for (int i = 0; i < n; i++)
		free(output_of("env DECLARED", NULL));
	print_message("# %d us for a child from start to end\n", (int)((clock_mono_ms() - began) * 1000 / n));
}

static int setup(void **state UNUSED)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct err e = ERR_INIT;

	if (n < 0 || !mkdtemp(dir) || chmod(dir, 0755) < 0)
		return -1;
	self[n] = '\0';
	probe_dir = xstrdup(dirname(self));
	probe = xasprintf("%s/probe", probe_dir);
	in_dir = xasprintf("%s/in", dir);
	tmp_dir = xasprintf("%s/tmp", dir);
	secret = xasprintf("%s/secret", dir);
	if (mkdir(in_dir, 0755) < 0 || mkdir(tmp_dir, 0700) < 0)
		return -1;
	put_file(secret, 0644);
	auto_free char *doc = xasprintf("%s/doc.txt", in_dir);
	put_file(doc, 0444);
	if (spawner_start(&spawner, &e) < 0) {
		print_message("# %s\n", e.text);
		return -1;
	}
	json_t *layers = sandbox_layers_json(spawner_layers(spawner));
	auto_free char *text = json_dumps(layers, 0);

	print_message("# %s\n", text);
	json_decref(layers);
	return 0;
}

static int teardown(void **state UNUSED)
{
	spawner_stop(spawner);
	io_remove_tree(AT_FDCWD, dir);
	free(probe_dir);
	free(probe);
	free(in_dir);
	free(tmp_dir);
	free(secret);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_a_look_does_not_wait),
		cmocka_unit_test(test_missing_program),
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_no_socket_but_unix),
		cmocka_unit_test(test_network_where_wanted),
		cmocka_unit_test(test_devices_where_wanted),
		cmocka_unit_test(test_missing_device),
		cmocka_unit_test(test_directory_to_write_in),
		cmocka_unit_test(test_files_through_links),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_process_limit),
		cmocka_unit_test(test_memory_limit),
		cmocka_unit_test(test_address_limit),
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_no_grandchild_left),
		cmocka_unit_test(test_keeper_dies),
		cmocka_unit_test(test_orphans),
		cmocka_unit_test(test_helper_dies),
		cmocka_unit_test(test_speed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

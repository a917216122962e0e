/* One inference server, from its start to its end, with tests/model/server as the program. */
#include "tests/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "model/family.h"
#include "model/inference.h"
#include "model/port.h"

#define LIMIT_MS 60000 /* a test that waits longer has failed */
#define SHORT_MS 300   /* runs out where a test wants that */

static struct spawner *spawner;
static struct call_pool *pool;
static char dir[] = "/tmp/0711fs-inference-XXXXXX";
static char *program, *run_dir;

static const char *const env[] = { "TSAN_OPTIONS=report_bugs=0", "ASAN_OPTIONS=detect_leaks=0", "HOME=/in/no/place",
				   NULL };

static int start(const char *const *command, const char *path, struct inference **out, struct err *e)
{
	const struct inference_conf conf = { .spawner = spawner,
					     .name = "parser",
					     .command = command,
					     .path = path,
					     .health = "/health",
					     .env = env,
					     .dir = run_dir };

	return inference_start(&conf, out, e);
}

/* Run words ("--port {port}", "--fork") with the server. */
static struct inference *run(const char *words)
{
	auto_free char *copy = xstrdup(words);
	const char *command[16] = { program };
	char *rest = NULL;
	struct err e = ERR_INIT;
	struct inference *s = NULL;
	size_t n = 1;

	for (char *w = strtok_r(copy, " ", &rest); w && n < 15; w = strtok_r(NULL, " ", &rest))
		command[n++] = w;
	if (start(command, NULL, &s, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

static struct inference *run_healthy(const char *words)
{
	struct inference *s = run(words);
	struct err e = ERR_INIT;

	if (inference_wait(s, LIMIT_MS, NULL, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

/* Nobody of them runs any more. */
static void expect_gone(const struct family *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (kill(f->pid[i], 0) == 0 || errno != ESRCH)
			fail_msg("process %d is left", (int)f->pid[i]);
}

/* All of it, once there are so many at least: one keeps the sandbox, one is the program. */
static struct family family_of(const struct inference *s, size_t least)
{
	int64_t until = clock_mono_ms() + LIMIT_MS;
	struct family f;

	for (;;) {
		family_init(&f, inference_pid(s));
		if (f.n >= least)
			return f;
		family_release(&f);
		assert_true(clock_mono_ms() < until);
		poll(NULL, 0, 10);
	}
}

static void stop_and_look(struct inference *s, size_t least, int64_t grace_ms)
{
	struct family f = family_of(s, least);
	struct err why = ERR_INIT;

	inference_stop(s, grace_ms);
	expect_gone(&f);
	family_release(&f);
	assert_false(inference_alive(s, &why));
	inference_stop(s, grace_ms);
	inference_free(s);
}

static int get(const struct inference *s, const char *path, struct buf *out, struct err *e)
{
	const struct call_request r = { .place = inference_place(s), .method = "GET", .path = path };

	return call_text(pool, &r, 65536, out, e);
}

static void expect_answer(const struct inference *s)
{
	struct err e = ERR_INIT;
	auto_buf out = BUF_INIT;

	if (get(s, "/v1/models", &out, &e) != 200)
		fail_msg("%s: %s", e.text, buf_str(&out));
	assert_non_null(strstr(buf_str(&out), "\"parser\""));
}

/* --- health --- */

static void healthy_by_port(void **state UNUSED)
{
	struct inference *s = run_healthy("--port {port} --name {name}");
	struct err why = ERR_INIT;

	assert_true(util_starts(inference_place(s)->url, "http://127.0.0.1:"));
	assert_null(inference_place(s)->socket);
	assert_true(inference_alive(s, &why));
	expect_answer(s);
	assert_int_equal(inference_wait(s, 0, NULL, &why), 0);
	stop_and_look(s, 2, LIMIT_MS);
}

static void healthy_by_socket(void **state UNUSED)
{
	struct inference *s = run_healthy("--socket {socket} --name {name} --start-ms 100");

	assert_true(util_starts(inference_place(s)->socket, run_dir));
	expect_answer(s);
	stop_and_look(s, 2, LIMIT_MS);
}

static void a_long_path_of_a_socket_does(void **state UNUSED)
{
	char *usual = run_dir;
	struct inference *s;

	if (!spawner_layers(spawner)->view)
		skip();
	run_dir = xasprintf("%s/%0150d", dir, 1);
	s = run_healthy("--socket {socket} --name {name}");
	expect_answer(s);
	stop_and_look(s, 2, LIMIT_MS);
	free(run_dir);
	run_dir = usual;
}

static void never_healthy(void **state UNUSED)
{
	struct inference *s = run("--socket {socket} --never-healthy --log-lines 1");
	struct err e = ERR_INIT;

	assert_int_equal(inference_wait(s, SHORT_MS, NULL, &e), -ETIMEDOUT);
	assert_non_null(strstr(e.text, "model 'parser' was not healthy after 0.3 s"));
	assert_true(inference_alive(s, &e));
	stop_and_look(s, 2, LIMIT_MS);
}

static void *raise_soon(void *cancel)
{
	poll(NULL, 0, 50);
	mcp_cancel_raise(cancel);
	return NULL;
}

static void a_wait_is_cancelled(void **state UNUSED)
{
	struct inference *s = run("--port {port} --never-healthy");
	struct mcp_cancel *cancel = mcp_cancel_new();
	struct err e = ERR_INIT;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, raise_soon, cancel), 0);
	assert_int_equal(inference_wait(s, LIMIT_MS, cancel, &e), -ECANCELED);
	pthread_join(thread, NULL);
	mcp_cancel_free(cancel);
	inference_free(s);
}

/* --- ends --- */

static void exits_at_once(void **state UNUSED)
{
	const char *const command[] = { "/bin/sh", "-c", "echo first; echo cannot load {path} on {port} >&2; exit 3",
					NULL };
	struct inference *s;
	struct err e = ERR_INIT, why = ERR_INIT;
	auto_buf log = BUF_INIT;

	if (start(command, "/bin/sh", &s, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(inference_wait(s, LIMIT_MS, NULL, &e), -ECONNRESET);
	assert_non_null(strstr(e.text, "model 'parser' exited with code 3"));
	assert_non_null(strstr(e.text, "first|cannot load /bin/sh on "));
	assert_false(inference_alive(s, &why));
	assert_string_equal(why.text, e.text);
	inference_free(s);
	inference_log(run_dir, 100000, &log);
	assert_non_null(strstr(buf_str(&log), " starting: /bin/sh -c "));
	assert_true(util_ends(buf_str(&log), "\n"));
	assert_non_null(strstr(buf_str(&log), "\nfirst\ncannot load /bin/sh on "));
}

static void exits_while_it_loads(void **state UNUSED)
{
	struct inference *s = run("--port {port} --never-healthy --exit-after-ms 100 --log-lines 3");
	struct err e = ERR_INIT;

	assert_int_equal(inference_wait(s, LIMIT_MS, NULL, &e), -ECONNRESET);
	assert_non_null(strstr(e.text, "exited with code 3; it said last: "));
	inference_free(s);
}

static void killed(void **state UNUSED)
{
	struct inference *s = run_healthy("--port {port} --fork");
	struct family f = family_of(s, 3);
	struct pollfd p = { .fd = inference_fd(s), .events = POLLIN };
	struct err why = ERR_INIT;
	auto_buf out = BUF_INIT;

	assert_int_equal(poll(&p, 1, 0), 0);
	kill(f.pid[1], SIGKILL); /* the program; the first keeps it */
	assert_int_equal(poll(&p, 1, LIMIT_MS), 1);
	assert_false(inference_alive(s, &why));
	assert_non_null(strstr(why.text, "was killed by signal 9 (Killed)"));
	expect_gone(&f);
	assert_int_equal(get(s, "/health", &out, NULL), -ECONNREFUSED);
	family_release(&f);
	inference_free(s);
}

static void its_keeper_is_killed(void **state UNUSED)
{
	struct inference *s = run_healthy("--socket {socket} --fork --ignore-term");
	struct family f = family_of(s, 3);
	struct pollfd p = { .fd = inference_fd(s), .events = POLLIN };
	struct err why = ERR_INIT;

	kill(f.pid[0], SIGKILL);
	assert_int_equal(poll(&p, 1, LIMIT_MS), 1);
	assert_false(inference_alive(s, &why));
	expect_gone(&f);
	family_release(&f);
	inference_free(s);
}

static void term_is_enough(void **state UNUSED)
{
	stop_and_look(run_healthy("--port {port}"), 2, LIMIT_MS);
	stop_and_look(run_healthy("--port {port} --fork"), 3, LIMIT_MS);
}

static void kill_follows_term(void **state UNUSED)
{
	stop_and_look(run_healthy("--socket {socket} --ignore-term --fork"), 3, SHORT_MS);
	stop_and_look(run_healthy("--port {port} --ignore-term --fork"), 3, SHORT_MS);
}

static void it_is_let_go_while_it_loads(void **state UNUSED)
{
	struct inference *s = run("--port {port} --start-ms 60000 --ignore-term --fork");
	struct family f = family_of(s, 2);

	inference_free(s);
	expect_gone(&f);
	family_release(&f);
	inference_free(NULL);
}

static void *stop_it(void *s)
{
	poll(NULL, 0, 50);
	inference_stop(s, 0);
	return NULL;
}

static void a_wait_ends_with_the_server(void **state UNUSED)
{
	struct inference *s = run("--port {port} --never-healthy");
	struct err e = ERR_INIT;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, stop_it, s), 0);
	assert_int_equal(inference_wait(s, LIMIT_MS, NULL, &e), -ECONNRESET);
	pthread_join(thread, NULL);
	inference_free(s);
}

/* --- what it sees --- */

static struct inference *run_shell(const char *script, const char *path)
{
	const char *const command[] = { "sh", "-c", script, NULL };
	struct inference *s = NULL;
	struct err e = ERR_INIT;

	if (start(command, path, &s, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

static void expect_said(const char *script, const char *path, const char *expected)
{
	struct inference *s = run_shell(script, path);
	struct err e = ERR_INIT;

	assert_int_equal(inference_wait(s, LIMIT_MS, NULL, &e), -ECONNRESET);
	if (!strstr(e.text, expected))
		fail_msg("'%s' has no '%s'", e.text, expected);
	inference_free(s);
}

static void weights_are_read_and_not_written(void **state UNUSED)
{
	auto_free char *weights = xasprintf("%s/weights", dir), *file = xasprintf("%s/a.gguf", weights);
	auto_free char *link = xasprintf("%s/b.gguf", dir);
	const char *script = ": {socket}; cat {path}; echo more 2>/dev/null >>{path} || echo no; echo \"$HOME $0\"";
	auto_close int fd = -1;

	assert_int_equal(mkdir(weights, 0755), 0);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(io_write_all(fd, "weight\n", 7), 0);
	assert_int_equal(symlink("weights/a.gguf", link), 0);
	expect_said(script, file, "weight|no|/");
	expect_said(script, link, "weight|no|/");
	expect_said(": {socket}; cat {path}/a.gguf; >{path}/new || echo no", weights, "no");
}

static void a_cache_of_weights_is_read(void **state UNUSED)
{
	static const char *const made[] = { "hub", "hub/blobs", "hub/snapshots", "hub/snapshots/rev", "hub/private" };
	static const char *const links[][2] = { { "../../blobs/abc", "model" }, { "../../private/abc", "other" } };
	auto_free char *path = xasprintf("%s/hub/snapshots/rev", dir), *cache = xasprintf("%s/cache", dir);
	const char *script = ": {socket}; cat {path}/model; cat {path}/other 2>/dev/null || echo no";

	for (size_t i = 0; i < N_ELEMS(made); i++) {
		auto_free char *one = xasprintf("%s/%s", dir, made[i]), *file = xasprintf("%s/abc", one);
		auto_close int fd = -1;

		assert_int_equal(mkdir(one, 0755), 0);
		fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_int_equal(io_write_all(fd, "weight\n", 7), 0);
	}
	for (size_t i = 0; i < N_ELEMS(links); i++) {
		auto_free char *link = xasprintf("%s/%s", path, links[i][1]);

		assert_int_equal(symlink(links[i][0], link), 0);
	}
	assert_int_equal(symlink("hub/snapshots/rev", cache), 0);
	if (!spawner_layers(spawner)->view)
		skip();
	expect_said(script, path, "last: weight|no");
	expect_said(script, cache, "last: weight|no");
}

static void its_directory_is_new(void **state UNUSED)
{
	const char *script = "S={socket}; ls -A \"${S%/*}\"; >\"${S%/*}/left\" && echo made";

	expect_said(script, NULL, "made");
	expect_said(script, NULL, "last: made");
}

static void the_environment_is_ours(void **state UNUSED)
{
	setenv("FS0711_SECRET", "x", 1);
	expect_said(": {socket}; echo ${FS0711_SECRET-none} $LANG $TSAN_OPTIONS $HOME; env | grep -c ^HOME=", NULL,
		    "last: none C.UTF-8 report_bugs=0 /in/no/place|1");
}

/* --- refusals --- */

static void refuse(const char *const *command, const char *path, int rc, const char *word)
{
	struct inference *s = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(start(command, path, &s, &e), rc);
	assert_null(s);
	if (!strstr(e.text, word) || !strstr(e.text, "'parser'"))
		fail_msg("'%s' has no '%s'", e.text, word);
}

static void what_cannot_run_is_said(void **state UNUSED)
{
	const char *const nowhere[] = { "/bin/true", "--port", NULL };
	const char *const unknown[] = { "/bin/true", "{port}", "{device}", NULL };
	const char *const weights[] = { "/bin/true", "{port}", "{path}", NULL };
	const char *const missing[] = { "/nonexistent/server", "{port}", NULL };

	refuse(nowhere, NULL, -EINVAL, "neither {port} nor {socket}");
	refuse(unknown, NULL, -EINVAL, "{device}");
	refuse(weights, NULL, -EINVAL, "{path}");
	refuse(weights, "/nonexistent/weights", -ECHILD, "/nonexistent/weights");
	refuse(weights, "weights", -EINVAL, "'weights'");
	refuse(missing, NULL, -ECHILD, "/nonexistent/server");
}

/* --- ports --- */

static int listen_on(int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void a_port_has_an_owner(void **state UNUSED)
{
	struct inference *s = run_healthy("--port {port}");
	int theirs = atoi(strrchr(inference_place(s)->url, ':') + 1), ours = port_free(NULL);
	auto_close int fd = -1;

	assert_int_equal(port_owner(ours, getpid()), PORT_NOBODY);
	fd = listen_on(ours);
	assert_int_equal(port_owner(theirs, inference_pid(s)), PORT_OURS);
	assert_int_equal(port_owner(ours, inference_pid(s)), PORT_STRANGER);
	assert_int_equal(port_owner(ours, getpid()), PORT_OURS);
	inference_free(s);
	assert_int_equal(port_owner(theirs, getpid()), PORT_NOBODY);
}

/* It tells somebody else its port, and does not listen itself. */
static void a_stranger_does_not_make_it_healthy(void **state UNUSED)
{
	struct inference *s = run_shell(": {port}; exec sleep 1000", NULL), *other;
	const char *port = strrchr(inference_place(s)->url, ':') + 1;
	const char *const command[] = { program, "--port", port, "--name={port}", NULL };
	char *usual = run_dir;
	struct err e = ERR_INIT;
	auto_buf out = BUF_INIT;
	int64_t until = clock_mono_ms() + LIMIT_MS;

	run_dir = xasprintf("%s/other", dir);
	assert_int_equal(start(command, NULL, &other, &e), 0);
	while (get(s, "/health", &out, NULL) != 200)
		assert_true(clock_mono_ms() < until);
	assert_int_equal(inference_wait(s, SHORT_MS, NULL, &e), -ETIMEDOUT);
	assert_non_null(strstr(e.text, "another program of this host listens on port "));
	inference_free(s);
	inference_free(other);
	free(run_dir);
	run_dir = usual;
}

static int setup(void **state UNUSED)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct err e = ERR_INIT;

	if (n < 0 || !mkdtemp(dir) || chmod(dir, 0755) < 0)
		return -1;
	self[n] = '\0';
	program = xasprintf("%s/server", dirname(self));
	run_dir = xasprintf("%s/parser", dir);
	if (spawner_start(&spawner, &e) < 0) {
		print_message("# %s\n", e.text);
		return -1;
	}
	pool = call_pool_new(NULL, &e);
	return pool ? 0 : -1;
}

static int teardown(void **state UNUSED)
{
	call_pool_free(pool);
	spawner_stop(spawner);
	io_remove_tree(AT_FDCWD, dir);
	free(program);
	free(run_dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(healthy_by_port),
		cmocka_unit_test(healthy_by_socket),
		cmocka_unit_test(a_long_path_of_a_socket_does),
		cmocka_unit_test(never_healthy),
		cmocka_unit_test(a_wait_is_cancelled),
		cmocka_unit_test(exits_at_once),
		cmocka_unit_test(exits_while_it_loads),
		cmocka_unit_test(killed),
		cmocka_unit_test(its_keeper_is_killed),
		cmocka_unit_test(term_is_enough),
		cmocka_unit_test(kill_follows_term),
		cmocka_unit_test(it_is_let_go_while_it_loads),
		cmocka_unit_test(a_wait_ends_with_the_server),
		cmocka_unit_test(weights_are_read_and_not_written),
		cmocka_unit_test(a_cache_of_weights_is_read),
		cmocka_unit_test(its_directory_is_new),
		cmocka_unit_test(the_environment_is_ours),
		cmocka_unit_test(what_cannot_run_is_said),
		cmocka_unit_test(a_port_has_an_owner),
		cmocka_unit_test(a_stranger_does_not_make_it_healthy),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* A server whose tools misbehave on purpose; drive.c watches what the SDK makes of them. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "sdk/model.h"
#include "sdk/server.h"

static int64_t arg_int(struct call *c, const char *key)
{
	return json_integer_value(json_object_get(call_args(c), key));
}

static int tool_echo(struct call *c)
{
	const char *text = json_string_value(json_object_get(call_args(c), "text"));

	if (!text)
		return call_fail(c, "arguments", false, "The tool 'echo' needs the argument 'text'.");
	call_log(c, "info", "echo of %zu bytes", strlen(text));
	call_text(c, text);
	call_file(c, "echo.txt", "text/plain", text);
	call_structured(c, json_pack("{s:s}", "text", text));
	return 0;
}

static int tool_sleep(struct call *c)
{
	int64_t ms = arg_int(c, "ms");
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	call_progress(c, 1, 2, "%d", (int)getpid());
	nanosleep(&t, NULL);
	call_progress(c, 2, 2, "awake");
	call_structured(c, json_pack("{s:I}", "ms", (json_int_t)ms));
	return 0;
}

static int tool_crash(struct call *c)
{
	const char *how = json_string_value(json_object_get(call_args(c), "how"));
	volatile int *nowhere = NULL;

	if (how && streq(how, "abort"))
		abort();
	if (how && streq(how, "exit"))
		_exit(7);
	if (how && streq(how, "silent"))
		_exit(0);
	if (how && streq(how, "garbage"))
		dprintf(3, "this is no JSON\n");
	else
		signal(SIGSEGV, SIG_DFL), *nowhere = 1;
	return 0;
}

static int tool_spin(struct call *c UNUSED)
{
	for (volatile unsigned i = 0;; i++)
		;
	return 0;
}

static int tool_hog(struct call *c)
{
	size_t n = 0;

	while (n < 4096) {
		char *mb = malloc(1 << 20);

		if (!mb)
			return call_fail(c, "memory", false, "There was no more memory after %zu MiB.", n);
		memset(mb, (int)n, 1 << 20);
		n++;
	}
	call_structured(c, json_pack("{s:i}", "mib", (int)n));
	return 0;
}

static int tool_flood(struct call *c)
{
	static char line[1 << 16];

	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 64; i++) {
		if (write(3, line, sizeof(line)) < 0)
			return -errno;
	}
	return call_fail(c, "flood", false, "The flood was taken.");
}

static int try_open(const char *fmt, pid_t pid, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), fmt, (int)pid);
	fd = open(path, flags, 0600);
	return fd < 0 ? errno : 0;
}

static int try_process_vm(pid_t pid)
{
	static char here[8];
	struct iovec to = { here, sizeof(here) }, from = { here, sizeof(here) };

	return process_vm_readv(pid, &to, 1, &from, 1, 0) < 0 ? errno : 0;
}

static int try_exec(void)
{
	char *argv[] = { "true", NULL };

	execv("/bin/true", argv);
	return errno;
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

#define TRIED(call) ((call) < 0 ? errno : 0)

/* Each line is one thing that a child must not be able to do to a sibling, its server or the machine. */
static int tool_spy(struct call *c)
{
	pid_t sibling = (pid_t)arg_int(c, "pid"), server = getppid();
	struct sigevent_owner {
		int type;
		pid_t pid;
	} owner = { 0, sibling };
	struct {
		const char *what;
		int error;
	} tried[] = {
		{ "read a sibling's memory", try_open("/proc/%d/mem", sibling, O_RDONLY) },
		{ "read the server's memory", try_open("/proc/%d/mem", server, O_RDONLY) },
		{ "open the server's input", try_open("/proc/%d/fd/0", server, O_RDONLY) },
		{ "open a sibling's pipe", try_open("/proc/%d/fd/3", sibling, O_RDONLY) },
		{ "copy a sibling's memory", try_process_vm(sibling) },
		{ "trace a sibling", TRIED(ptrace(PTRACE_ATTACH, sibling, NULL, NULL)) },
		{ "signal a sibling", TRIED(kill(sibling, SIGKILL)) },
		{ "signal a thread of a sibling", TRIED(syscall(SYS_tgkill, sibling, sibling, SIGKILL)) },
		{ "signal the server", TRIED(kill(server, SIGKILL)) },
		{ "have signals sent", TRIED(fcntl(0, F_SETOWN_EX, &owner)) },
		{ "limit a sibling", TRIED(prlimit(sibling, RLIMIT_CPU, &(struct rlimit){ 0, 0 }, NULL)) },
		{ "open a socket", TRIED(socket(AF_INET, SOCK_STREAM, 0)) },
		{ "open a local socket", TRIED(socket(AF_UNIX, SOCK_STREAM, 0)) },
		{ "start a program", try_exec() },
		{ "make a process", try_fork() },
		{ "write a file", try_open("/tmp/0711-spy-%d", getpid(), O_WRONLY | O_CREAT) },
		{ "write to a device", try_open("/dev/null", 0, O_RDWR) },
		{ "become dumpable", TRIED(prctl(PR_SET_DUMPABLE, 1)) },
		{ "outlive the server", TRIED(prctl(PR_SET_PDEATHSIG, 0)) },
		{ "change namespaces", TRIED(unshare(CLONE_NEWNS)) },
	};
	json_t *got = json_object();

	for (size_t i = 0; i < N_ELEMS(tried); i++)
		json_object_set_new(got, tried[i].what,
				    json_string(tried[i].error ? err_name(tried[i].error) : "done"));
	call_structured(c, got);
	return 0;
}

static json_t *ask_messages(void)
{
	return json_pack("[{s:s, s:s}]", "role", "user", "content", "Which page?");
}

static int tool_ask(struct call *c)
{
	const char *model = json_string_value(json_object_get(call_args(c), "model"));
	json_t *messages = ask_messages(), *answer;
	json_t *schema = json_pack("{s:s, s:{s:{s:s}}, s:[s]}", "type", "object", "properties", "page", "type",
				   "integer", "required", "page");
	json_int_t limit_ms = json_integer_value(json_object_get(call_args(c), "limit_ms"));
	bool has = call_has_model(c, model), wanted = json_is_true(json_object_get(call_args(c), "schema"));
	struct err e = ERR_INIT;
	int rc;

	if (limit_ms > 0)
		call_limit_models(c, (unsigned)limit_ms);
	rc = call_ask_model(c, model, messages, wanted ? schema : NULL, &answer, &e);
	call_structured(c, json_pack("{s:b, s:s, s:s, s:o}", "has", has, "code", rc < 0 ? err_name(rc) : "", "text",
				     e.text, "answer", answer ? answer : json_null()));
	json_decref(schema);
	json_decref(messages);
	return 0;
}

struct asker {
	struct call *c;
	pthread_t thread;
	int answered;
};

static void *ask_eight(void *arg)
{
	struct asker *a = arg;
	const char *model = json_string_value(json_object_get(call_args(a->c), "model"));

	for (int i = 0; i < 8; i++) {
		json_t *messages = ask_messages(), *answer = NULL;

		a->answered += call_ask_model(a->c, model, messages, NULL, &answer, NULL) == 0 &&
			       streq(json_string_value(answer), "shared");
		json_decref(answer);
		json_decref(messages);
	}
	return NULL;
}

static int tool_ask_many(struct call *c)
{
	struct asker askers[4] = { { .c = c }, { .c = c }, { .c = c }, { .c = c } };
	int answered = 0;

	for (size_t i = 0; i < N_ELEMS(askers); i++)
		if (pthread_create(&askers[i].thread, NULL, ask_eight, &askers[i]) != 0)
			return call_fail(c, "threads", false, "There is no thread.");
	for (size_t i = 0; i < N_ELEMS(askers); i++) {
		pthread_join(askers[i].thread, NULL);
		answered += askers[i].answered;
	}
	call_structured(c, json_pack("{s:i}", "answered", answered));
	return 0;
}

static const struct tool tools[] = {
	{ "echo", tool_echo, { .cpu_s = 5 } },
	{ "sleep", tool_sleep, { .wall_s = 20 } },
	{ "short", tool_sleep, { .wall_s = 1 } },
	{ "crash", tool_crash, { .cpu_s = 5 } },
	{ "spin", tool_spin, { .cpu_s = 1, .wall_s = 30 } },
	{ "hog", tool_hog, { .memory_bytes = 256u << 20 } },
	{ "flood", tool_flood, { .reply_bytes = 1 << 20 } },
	{ "spy", tool_spy, { .cpu_s = 5 } },
	{ "ask", tool_ask, { .wall_s = 20 } },
	{ "ask_short", tool_ask, { .wall_s = 2 } },
	{ "ask_many", tool_ask_many, { .wall_s = 20, .threads = true } },
};

int main(int argc, char **argv)
{
	static const struct server server = { .tools = tools, .n_tools = N_ELEMS(tools), .max_children = 8 };

	return server_main(&server, argc, argv);
}

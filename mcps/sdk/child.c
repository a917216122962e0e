#include "sdk/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/socket.h"
#include "sdk/exchange.h"

#define REPLY_BYTES      (32u << 20)
#define LOG_BYTES        65536
#define EXIT_NOT_SHUT_IN 121
#define EXIT_NO_ANSWER   122

static void close_end(int *fd)
{
	util_close(fd);
	*fd = -1;
}

/* How many threads this process has; -errno when it cannot be told */
static int count_threads(void)
{
	auto_buf b = BUF_INIT;
	int rc = io_read_file(AT_FDCWD, "/proc/self/status", &b, 1 << 16);
	const char *at;

	if (rc < 0)
		return rc;
	at = strstr(buf_str(&b), "\nThreads:");
	return at ? atoi(at + 9) : -ENODATA;
}

/* TSan has a thread of its own, which is prepared for fork. */
static int check_threads(struct err *e)
{
	int n = count_threads();

	if (n < 0)
		return err_set(e, n, "the number of threads of the server cannot be read");
	if (n > 1 && !sandbox_sanitized())
		return err_set(e, -EBUSY, "the server has %d threads and cannot fork safely", n);
	return 0;
}

/*
 * From here on the process has its three descriptors, the pipe at 3 and perhaps the host's models at 4: nothing of the
 * server or of a sibling. *models is a descriptor, or below 0.
 */
static int keep_only(int fd, int log_fd, int *models)
{
	int first_free = 4;
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		return -errno;
	/* Move all out of the way first: one of them may be 2 to 4. */
	fd = fcntl(fd, F_DUPFD, 10);
	log_fd = fcntl(log_fd, F_DUPFD, 10);
	if (*models >= 0 && (*models = fcntl(*models, F_DUPFD, 10)) < 0)
		return -errno;
	if (fd < 0 || log_fd < 0 || dup2(log_fd, 2) < 0 || dup2(fd, 3) < 0)
		return -errno;
	if (*models >= 0) {
		if (dup2(*models, 4) < 0)
			return -errno;
		*models = first_free++;
	}
	return close_range((unsigned)first_free, ~0u, 0) < 0 ? -errno : 0;
}

/* A tenth of its time is left to the tool for what it makes of the answer, or does without one. */
static int64_t models_until_ms(const struct tool *tool)
{
	return tool->limits.wall_s ? clock_mono_ms() + 900 * (int64_t)tool->limits.wall_s : 0;
}

static void run(const struct tool *tool, const json_t *args, pid_t parent, int fd, int log_fd, int gate_fd)
{
	struct exchange models;
	struct err e = ERR_INIT;
	struct call *c;
	int rc;

	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_NAME, tool->name);
	if (keep_only(fd, log_fd, &gate_fd) < 0)
		_exit(EXIT_NOT_SHUT_IN);
	exchange_init(&models, gate_fd, models_until_ms(tool));
	c = call_new(args, 3);
	call_set_models(c, &models);
	rc = sandbox_enter(&tool->limits, parent, &e);
	if (rc < 0)
		call_fail(c, "sandbox", false,
			  "The document was not opened, because its reader could not be shut in: %s.", e.text);
	else
		rc = tool->run(c);
	if (rc < 0 && !e.code)
		call_fail(c, "internal", true, "The tool '%s' could not finish: %s.", tool->name, strerror(-rc));
	rc = call_finish(c);
	/* _exit: destructors and leak checks belong to the server, whose memory this is a copy of. */
	_exit(rc < 0 ? EXIT_NO_ANSWER : 0);
}

int child_start(struct child *c, const struct tool *tool, const json_t *args, const char *gate, struct err *e)
{
	int fd[2], log_fd[2];
	/* a gate that is not there costs the call its models, not its answer */
	auto_close int gate_fd = gate ? socket_connect(gate, NULL) : -ENODEV;
	pid_t parent = getpid();
	int rc = check_threads(e);

	if (rc < 0)
		return rc;
	if (pipe2(fd, O_CLOEXEC) < 0)
		return err_errno(e, "make a pipe");
	if (pipe2(log_fd, O_CLOEXEC | O_NONBLOCK) < 0) {
		rc = err_errno(e, "make a pipe");
		goto close_fd;
	}
	*c = (struct child){ .lines = LINES_INIT(tool->limits.reply_bytes ? tool->limits.reply_bytes : REPLY_BYTES) };
	c->pid = fork();
	if (c->pid == 0)
		run(tool, args, parent, fd[1], log_fd[1], gate_fd);
	if (c->pid < 0) {
		rc = err_errno(e, "start a process");
		c->pid = 0;
		goto close_both;
	}
	close(fd[1]);
	close(log_fd[1]);
	c->fd = fd[0];
	c->log_fd = log_fd[0];
	c->stop_at_ms = tool->limits.wall_s ? clock_mono_ms() + 1000 * (int64_t)tool->limits.wall_s : 0;
	return 0;
close_both:
	close(log_fd[0]);
	close(log_fd[1]);
close_fd:
	close(fd[0]);
	close(fd[1]);
	return rc;
}

int child_read(struct child *c, void (*say)(void *arg, json_t *message), void *arg)
{
	ssize_t n = lines_read(&c->lines, c->fd);
	char *line;
	size_t len;
	int rc;

	if (n <= 0)
		return (int)n;
	while ((rc = lines_next(&c->lines, &line, &len)) == 1) {
		json_t *message = json_loadb(line, len, 0, NULL);

		if (!json_is_object(message)) {
			json_decref(message);
			return -EPROTO;
		}
		say(arg, message);
		json_decref(message);
	}
	return rc < 0 ? rc : 1;
}

void child_pass_log(struct child *c)
{
	char part[4096];
	ssize_t n = read(c->log_fd, part, sizeof(part));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_end(&c->log_fd);
		return;
	}
	if (c->log_bytes < LOG_BYTES)
		io_write_all(2, part, (size_t)n);
	c->log_bytes += (size_t)n;
}

static void describe(struct child_end *end, bool expired)
{
	const char *kind = "exit", *advice = "try again; if it happens again, the document is at fault";

	if (expired) {
		kind = "timeout";
		snprintf(end->text, sizeof(end->text),
			 "The document was not read in the time allowed: split it and try again.");
	} else if (end->signal == SIGXCPU) {
		kind = "cpu_limit";
		snprintf(end->text, sizeof(end->text),
			 "The document took more processor time than is allowed: split it and try again.");
	} else if (end->signal) {
		kind = "crash";
		snprintf(end->text, sizeof(end->text), "The reader of the document was ended by SIG%s: %s.",
			 sigabbrev_np(end->signal) ? sigabbrev_np(end->signal) : "UNKNOWN", advice);
	} else if (end->status) {
		snprintf(end->text, sizeof(end->text), "The reader of the document ended with status %d: %s.",
			 end->status, advice);
	} else {
		kind = "ok";
		end->text[0] = '\0';
	}
	snprintf(end->kind, sizeof(end->kind), "%s", kind);
}

void child_stop(struct child *c, struct child_end *end)
{
	struct child_end here = { .kind = "ok" };
	int status = 0;

	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
		here.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
		here.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
		while (c->log_fd >= 0 && c->log_bytes < LOG_BYTES) {
			size_t was = c->log_bytes;

			child_pass_log(c);
			if (c->log_bytes == was)
				break;
		}
		close_end(&c->fd);
		close_end(&c->log_fd);
		lines_release(&c->lines);
		c->pid = 0;
	}
	describe(&here, c->expired);
	if (end)
		*end = here;
}

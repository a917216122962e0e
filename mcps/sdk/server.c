#include "sdk/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "sdk/session.h"

/* Slots of the poll set; behind them two for each job: its pipe and its stderr. */
enum { SLOT_IN, SLOT_OUT, N_SLOTS };

static int check_tools(const struct server *sv, const struct manifest *m, struct err *e)
{
	for (size_t i = 0; i < sv->n_tools; i++) {
		if (!manifest_tool(m, sv->tools[i].name))
			return err_set(e, -EINVAL, "the manifest does not describe the tool '%s'", sv->tools[i].name);
	}
	if (json_array_size(m->tools) != sv->n_tools)
		return err_set(e, -EINVAL, "the manifest describes %zu tools, the program has %zu",
			       json_array_size(m->tools), sv->n_tools);
	return 0;
}

static size_t fill_polls(struct session *s, struct pollfd *p, bool input_open)
{
	size_t n = N_SLOTS;

	p[SLOT_IN] = (struct pollfd){ .fd = input_open ? s->wire.in : -1, .events = POLLIN };
	/* Without events, POLLERR still tells that nobody reads our output any more. */
	p[SLOT_OUT] = (struct pollfd){ .fd = s->wire.out, .events = wire_pending(&s->wire) ? POLLOUT : 0 };
	for (struct job *j = s->jobs; j; j = j->next) {
		p[n++] = (struct pollfd){ .fd = j->child.pid ? j->child.fd : -1, .events = POLLIN };
		p[n++] = (struct pollfd){ .fd = j->child.pid ? j->child.log_fd : -1, .events = POLLIN };
	}
	return n;
}

static void serve_jobs(struct session *s, const struct pollfd *p)
{
	struct job *j, *next;

	for (j = s->jobs; j; j = next, p += 2) {
		next = j->next;
		if (p[1].fd >= 0 && p[1].revents)
			child_pass_log(&j->child);
		if (p[0].fd >= 0 && p[0].revents)
			job_read(s, j);
	}
}

/* Returns false when the input has ended. */
static bool serve_input(struct session *s)
{
	ssize_t n = lines_read(&s->wire.lines, s->wire.in);
	char *line;
	size_t len;
	int rc;

	if (n == -EAGAIN)
		return true;
	while ((rc = lines_next(&s->wire.lines, &line, &len)) != 0) {
		if (rc == 1)
			method_dispatch(s, line, len);
		else
			method_too_long(s);
	}
	return n > 0;
}

/* One turn: wait, then read and write what is ready. Returns false when there is nothing left to wait for. */
static bool serve_turn(struct session *s, bool *input_open)
{
	auto_free struct pollfd *p = NULL;
	int wait_ms = job_expire(s);
	size_t n;

	job_start_waiting(s);
	if (!*input_open && !s->jobs && !wire_pending(&s->wire))
		return false;
	p = xcalloc(N_SLOTS + 2 * s->n_jobs, sizeof(*p));
	n = fill_polls(s, p, *input_open);
	if (poll(p, n, wait_ms) < 0)
		return errno == EINTR;
	if (p[SLOT_OUT].revents & (POLLERR | POLLNVAL))
		return false;
	if ((p[SLOT_OUT].revents & POLLOUT) && wire_flush(&s->wire) < 0)
		return false;
	serve_jobs(s, p + N_SLOTS);
	if (p[SLOT_IN].revents)
		*input_open = serve_input(s);
	return true;
}

static void serve(struct session *s)
{
	bool input_open = true;

	while (serve_turn(s, &input_open))
		;
	while (s->jobs)
		job_cancel(s, s->jobs);
}

int server_main(const struct server *sv, int argc, char **argv)
{
	struct session s = { .server = sv, .wire = WIRE_INIT(0, 1), .log_level = job_level("info") };
	struct err e = ERR_INIT;
	int rc;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [MANIFEST]\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	rc = manifest_load(&s.manifest, argc > 1 ? argv[1] : NULL, &e);
	if (rc == 0)
		rc = check_tools(sv, &s.manifest, &e);
	if (rc < 0) {
		log_error("%s", e.text);
		manifest_release(&s.manifest);
		return 1;
	}
	/* A child must not read the arguments of other calls here. Leak checks trace us, so not in sanitizer builds. */
	if (!sandbox_sanitized())
		prctl(PR_SET_DUMPABLE, 0);
	if (sv->preload)
		sv->preload();
	serve(&s);
	wire_release(&s.wire);
	manifest_release(&s.manifest);
	return 0;
}

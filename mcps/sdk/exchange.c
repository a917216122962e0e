#include "sdk/exchange.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"

#define READ_BYTES 65536
#define TURN_MS    60000

void exchange_init(struct exchange *x, int fd, int64_t until_ms)
{
	*x = (struct exchange){ .fd = fd, .until_ms = until_ms };
	pthread_mutex_init(&x->lock, NULL);
}

static int64_t end_ms(const struct exchange *x)
{
	return x->limit_ms && (!x->until_ms || x->limit_ms < x->until_ms) ? x->limit_ms : x->until_ms;
}

static bool too_late(const struct exchange *x)
{
	return end_ms(x) && clock_mono_ms() >= end_ms(x);
}

static int refuse_late(struct err *e)
{
	return err_set(e, -ETIMEDOUT, "the host's model did not answer within the time of this call");
}

static int broken(struct err *e)
{
	return err_set(e, -EAGAIN, "the connection to the host's models has ended");
}

/* Until the descriptor is ready for that, or the time is over. */
static int wait_for(const struct exchange *x, short events, struct err *e)
{
	for (;;) {
		struct pollfd p = { .fd = x->fd, .events = events };
		int64_t left_ms = end_ms(x) ? end_ms(x) - clock_mono_ms() : TURN_MS;
		int n;

		if (left_ms <= 0)
			return refuse_late(e);
		n = poll(&p, 1, left_ms > TURN_MS ? TURN_MS : (int)left_ms);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_errno(e, "wait for the host's model");
	}
}

static int send_all(const struct exchange *x, const char *bytes, size_t len, struct err *e)
{
	while (len > 0) {
		ssize_t n = send(x->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		int rc = 0;

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return broken(e);
		rc = wait_for(x, POLLOUT, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int receive(const struct exchange *x, struct answer *out, struct err *e)
{
	auto_free char *part = xmalloc(READ_BYTES);
	int rc = 0;

	while (rc == 0) {
		ssize_t n;

		rc = wait_for(x, POLLIN, e);
		if (rc < 0)
			return rc;
		n = recv(x->fd, part, READ_BYTES, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return broken(e);
		rc = answer_feed(out, part, (size_t)n);
	}
	if (rc == -EMSGSIZE)
		err_set(e, rc, "the answer of the host's model is longer than %u bytes", EXCHANGE_BYTES);
	else if (rc < 0)
		err_set(e, rc, "the host's models gave no answer of HTTP: %s", strerror(-rc));
	return rc < 0 ? rc : 0;
}

static int run(struct exchange *x, const char *head, size_t head_len, const char *body, size_t len, struct answer *out,
	       struct err *e)
{
	int rc = send_all(x, head, head_len, e);

	if (rc == 0 && len > 0)
		rc = send_all(x, body, len, e);
	/* who refuses a request may answer before it has read all of it */
	if (rc == 0 || rc == -EAGAIN)
		rc = receive(x, out, e);
	return rc;
}

int exchange_run(struct exchange *x, const char *method, const char *path, const char *body, size_t len,
		 struct answer *out, struct err *e)
{
	auto_buf head = BUF_INIT;
	int rc;

	if (x->fd == -ENODEV)
		return err_set(e, -ENODEV, "the host offers no models to this call");
	if (x->fd < 0)
		return err_set(e, -ENODEV, "the host's models cannot be reached: %s", strerror(-x->fd));
	buf_printf(&head, "%s %s HTTP/1.1\r\nHost: models\r\n", method, path);
	if (body)
		buf_printf(&head, "Content-Type: application/json\r\nContent-Length: %zu\r\n", len);
	buf_addstr(&head, "\r\n");
	pthread_mutex_lock(&x->lock);
	if (too_late(x)) /* perhaps because another's request took all of it */
		rc = refuse_late(e);
	else if (x->over)
		rc = broken(e);
	else
		rc = run(x, head.data, head.len, body, len, out, e);
	x->over = x->over || rc < 0 || out->closes;
	pthread_mutex_unlock(&x->lock);
	return rc;
}

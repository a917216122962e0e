#include "net/http_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

#define CONNECTIONS 128
#define TIMEOUT_MS  15000
#define N_EVENTS    64 /* at a time */

/*
 * libcurl says which sockets to watch (on_socket) and when to come back at the latest (on_timer): one epoll wakes for
 * what is ready, so a request that hangs costs nothing.
 */
struct http {
	struct http_options options; /* agent: own copy; cafile: not kept */
	struct trust trust;
	CURLM *multi;
	int epoll;
	int wake;       /* an eventfd */
	int64_t due_ms; /* clock_mono_ms when curl wants to be called, -1: not by time */
	size_t n_running;
	struct transfer running; /* head of a ring */
	struct transfer *free;
};

static int on_socket(CURL *easy UNUSED, curl_socket_t fd, int what, void *ud, void *mark UNUSED)
{
	struct epoll_event ev = { .data.fd = fd };
	struct http *h = ud;

	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(h->epoll, EPOLL_CTL_DEL, fd, NULL); /* fails when it was closed before, which is as good */
		return 0;
	}
	ev.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
	if (epoll_ctl(h->epoll, EPOLL_CTL_MOD, fd, &ev) == 0)
		return 0;
	return epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &ev);
}

static int on_timer(CURLM *multi UNUSED, long timeout_ms, void *ud)
{
	struct http *h = ud;

	h->due_ms = timeout_ms < 0 ? -1 : clock_mono_ms() + timeout_ms;
	return 0;
}

static int open_loop(struct http *h, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN };

	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ev.data.fd = h->wake;
	if (h->epoll < 0 || h->wake < 0 || epoll_ctl(h->epoll, EPOLL_CTL_ADD, h->wake, &ev) < 0)
		return err_errno(e, "a loop for HTTP");
	return 0;
}

static int open_multi(struct http *h, struct err *e)
{
	long most = (long)h->options.most_connections;

	h->multi = curl_multi_init();
	if (!h->multi || curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket) ||
	    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h) ||
	    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer) ||
	    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h) ||
	    curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most) ||
	    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, most))
		return err_set(e, -ENOMEM, "libcurl cannot be set up");
	return 0;
}

/* spare_get - a transfer from the free ones, or a new one; NULL when memory is gone */
static struct transfer *spare_get(struct http *h)
{
	struct transfer *t = h->free;

	if (!t)
		return transfer_new(&h->options, &h->trust);
	h->free = t->next;
	return t;
}

static void spare_put(struct http *h, struct transfer *t)
{
	t->next = h->free;
	h->free = t;
}

struct http *http_new(const struct http_options *o, struct err *e)
{
	struct http *h = xcalloc(1, sizeof(*h));
	struct transfer *first;

	h->options.agent = xstrdup(o->agent);
	h->options.most_connections = o->most_connections ? o->most_connections : CONNECTIONS;
	h->options.timeout_ms = o->timeout_ms ? o->timeout_ms : TIMEOUT_MS;
	h->due_ms = h->epoll = h->wake = -1;
	h->running.next = h->running.prev = &h->running;
	if (trust_open(&h->trust, o->cafile, e) < 0 || open_loop(h, e) < 0 || open_multi(h, e) < 0)
		goto fail;
	first = spare_get(h);
	if (!first) {
		err_set(e, -ENOSYS, "this libcurl (%s) lacks what is needed", curl_version());
		goto fail;
	}
	spare_put(h, first);
	return h;
fail:
	http_free(h);
	return NULL;
}

static void unlink_running(struct http *h, struct transfer *t)
{
	curl_multi_remove_handle(h->multi, t->easy);
	t->prev->next = t->next;
	t->next->prev = t->prev;
	h->n_running--;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	while (h->running.next != &h->running) {
		struct transfer *t = h->running.next;

		unlink_running(h, t);
		spare_put(h, t);
	}
	while (h->free)
		transfer_free(spare_get(h));
	curl_multi_cleanup(h->multi);
	util_close(&h->epoll);
	util_close(&h->wake);
	trust_close(&h->trust);
	util_free(&h->options.agent);
	free(h);
}

int http_post(struct http *h, const struct http_request *r, struct err *e)
{
	struct transfer *t = spare_get(h);
	int rc;

	if (!t)
		return err_set(e, -ENOMEM, "no memory for a request");
	rc = transfer_begin(t, r, e);
	if (rc == 0 && curl_multi_add_handle(h->multi, t->easy) != CURLM_OK)
		rc = -ENOMEM;
	if (rc < 0) {
		spare_put(h, t);
		return rc == -ENOMEM ? err_set(e, rc, "no memory for a request") : rc;
	}
	t->next = h->running.next;
	t->prev = &h->running;
	t->next->prev = t->prev->next = t;
	h->n_running++;
	return 0;
}

/* tell_ended - call done for all that ended; what they begin meanwhile is begun by the next http_run */
static int tell_ended(struct http *h)
{
	CURLMsg *m;
	int left, n = 0;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		CURLcode code = m->data.result;
		struct transfer *t;

		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		unlink_running(h, t);
		transfer_end(t, code);
		spare_put(h, t);
		n++;
	}
	return n;
}

static int wait_ms(const struct http *h, int timeout_ms)
{
	int64_t left;

	if (h->due_ms < 0)
		return timeout_ms;
	left = h->due_ms - clock_mono_ms();
	return left <= 0 ? 0 : left < timeout_ms ? (int)left : timeout_ms;
}

static void take_event(struct http *h, const struct epoll_event *ev)
{
	int mask = 0, running;
	eventfd_t count;

	if (ev->data.fd == h->wake) {
		eventfd_read(h->wake, &count);
		return;
	}
	if (ev->events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (ev->events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (ev->events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	curl_multi_socket_action(h->multi, ev->data.fd, mask, &running);
}

int http_run(struct http *h, int timeout_ms)
{
	struct epoll_event events[N_EVENTS];
	int n = epoll_wait(h->epoll, events, N_EVENTS, wait_ms(h, timeout_ms)), running;

	if (n < 0 && errno != EINTR)
		return -EIO;
	for (int i = 0; i < n; i++)
		take_event(h, &events[i]);
	if (h->due_ms >= 0 && h->due_ms <= clock_mono_ms()) {
		h->due_ms = -1;
		curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	return tell_ended(h);
}

void http_wake(struct http *h)
{
	eventfd_write(h->wake, 1);
}

size_t http_running(const struct http *h)
{
	return h->n_running;
}

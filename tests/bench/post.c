/*
 * post - the same request again and again, by nothing but libcurl's multi interface: a line
 *     "LABEL post CONNECTIONS RATE 0 0"
 *
 *     post [-l LABEL] WHERE REQUESTS CONNECTIONS ADDRESSES     REQUESTS POSTs as webhooks send them, so many at a time
 *
 * WHERE is PORT/PATH, at 127.0.0.1 and as many addresses as there are.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/timing.h"

#define BODY_BYTES 920
#define N_EVENTS   64

static const char *const header[] = {
	"Content-Type: application/json",
	"webhook-id: 01890000-0000-7000-8000-000000000000",
	"webhook-timestamp: 1700000000",
	"webhook-signature: v1,0000000000000000000000000000000000000000000=",
	"Expect:",
};

struct loop {
	CURLM *multi;
	int epoll;
	long timeout_ms; /* when curl wants to be called, -1: not by time */
	size_t left, done;
};

static int on_socket(CURL *easy UNUSED, curl_socket_t fd, int what, void *ud, void *mark UNUSED)
{
	struct loop *l = ud;
	struct epoll_event ev = { .data.fd = fd };

	ev.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
	if (what == CURL_POLL_REMOVE)
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &ev) < 0)
		return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev);
	return 0;
}

static int on_timer(CURLM *multi UNUSED, long timeout_ms, void *ud)
{
	((struct loop *)ud)->timeout_ms = timeout_ms;
	return 0;
}

static CURL *new_request(const char *url, const char *body, struct curl_slist *list)
{
	CURL *c = curl_easy_init();

	if (!c || curl_easy_setopt(c, CURLOPT_URL, url) || curl_easy_setopt(c, CURLOPT_PROXY, "") ||
	    curl_easy_setopt(c, CURLOPT_POST, 1L) || curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)BODY_BYTES) ||
	    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body) || curl_easy_setopt(c, CURLOPT_HTTPHEADER, list) ||
	    curl_easy_setopt(c, CURLOPT_USERAGENT, "0711fs/0.0.0") || curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L))
		timing_die("libcurl cannot be set up");
	return c;
}

/* Each request that ended begins again, until there were enough. */
static void take_ended(struct loop *l)
{
	CURLMsg *m;
	int more;

	while ((m = curl_multi_info_read(l->multi, &more))) {
		CURL *c = m->easy_handle;
		long status = 0;

		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
		if (m->data.result != CURLE_OK || status != 204)
			timing_die("a request failed: %s, %ld", curl_easy_strerror(m->data.result), status);
		curl_multi_remove_handle(l->multi, c);
		l->done++;
		if (l->left) {
			l->left--;
			curl_multi_add_handle(l->multi, c);
		}
	}
}

static void run(struct loop *l, size_t n)
{
	struct epoll_event events[N_EVENTS];
	int running;

	while (l->done < n) {
		int ready = epoll_wait(l->epoll, events, N_EVENTS, (int)l->timeout_ms);

		timing_check(ready < 0 && errno != EINTR, "epoll_wait");
		for (int i = 0; i < ready; i++)
			curl_multi_socket_action(l->multi, events[i].data.fd,
						 (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
							 (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0),
						 &running);
		if (ready == 0 || l->timeout_ms == 0) {
			l->timeout_ms = -1;
			curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &running);
		}
		take_ended(l);
	}
}

static double post(const char *where, size_t n, size_t connections, size_t addresses)
{
	struct loop l = { .multi = curl_multi_init(), .epoll = epoll_create1(EPOLL_CLOEXEC), .timeout_ms = -1 };
	CURL **all = xcalloc(connections, sizeof(CURL *));
	struct curl_slist *list = NULL;
	char body[BODY_BYTES + 1];
	uint64_t began;

	memset(body, '0', BODY_BYTES);
	for (size_t i = 0; i < N_ELEMS(header); i++)
		list = curl_slist_append(list, header[i]);
	if (!l.multi || l.epoll < 0 || curl_multi_setopt(l.multi, CURLMOPT_SOCKETFUNCTION, on_socket) ||
	    curl_multi_setopt(l.multi, CURLMOPT_SOCKETDATA, &l) ||
	    curl_multi_setopt(l.multi, CURLMOPT_TIMERFUNCTION, on_timer) ||
	    curl_multi_setopt(l.multi, CURLMOPT_TIMERDATA, &l) ||
	    curl_multi_setopt(l.multi, CURLMOPT_MAXCONNECTS, (long)connections))
		timing_die("libcurl cannot be set up");
	l.left = n - connections;
	began = timing_now_ns();
	for (size_t i = 0; i < connections; i++) {
		auto_free char *url = xasprintf("http://127.0.0.%zu:%s", i % addresses + 1, where);

		all[i] = new_request(url, body, list);
		curl_multi_add_handle(l.multi, all[i]);
	}
	run(&l, n);
	began = timing_now_ns() - began;
	for (size_t i = 0; i < connections; i++)
		curl_easy_cleanup(all[i]);
	curl_multi_cleanup(l.multi);
	curl_slist_free_all(list);
	close(l.epoll);
	free(all);
	return (double)n / ((double)began / 1e9);
}

int main(int argc, char **argv)
{
	const char *label = "bare";
	int64_t n, connections, addresses;
	int c;

	while ((c = getopt(argc, argv, "+l:")) == 'l')
		label = optarg;
	if (c != -1 || argc - optind != 4 || util_int(argv[optind + 1], &n) < 0 ||
	    util_int(argv[optind + 2], &connections) < 0 || util_int(argv[optind + 3], &addresses) < 0 ||
	    connections < 1 || n < connections || addresses < 1 || addresses > 254)
		timing_die("usage: post [-l LABEL] WHERE REQUESTS CONNECTIONS ADDRESSES");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	timing_line(label, "post", (size_t)connections,
		    post(argv[optind], (size_t)n, (size_t)connections, (size_t)addresses), 0, 0);
	return 0;
}

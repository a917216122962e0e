#include "net/call.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http_parts.h"
#include "net/url.h"

#define CONNECT_MS  5000
#define LOOK_MS     100 /* how often stop is asked */
#define LONGEST_MS  1000
#define KEPT_MOST   64 /* lines that nobody uses */
#define KEPT_MS     60000
#define HEAD_BYTES  (256u << 10)
#define DNS_CACHE_S 10
#define KEEPALIVE_S 60L

/*
 * One easy handle in a multi handle of its own, which keeps its connection: only so can a wait be ended by stop, and
 * two threads never share anything of libcurl.
 */
struct line {
	CURL *easy;
	CURLM *multi;
	int tcp;   /* its socket, or -1 */
	char *key; /* the place it leads to */
	int64_t idle_since_ms;
	struct line *next; /* among those that nobody uses */
	/* The call under way */
	const struct call_request *request;
	struct curl_slist *header;
	int64_t began_ms;
	int64_t heard_ms; /* the last byte of the answer; 0: none yet */
	size_t head_len, body_len;
	bool head_ended;
	int verdict; /* why we ended it ourselves, or 0 */
	char why[CURL_ERROR_SIZE];
};

struct call_pool {
	struct trust trust;
	pthread_mutex_t lock;
	struct line *idle; /* the one used last in front */
};

/* What comes */

static int judge(struct line *l, int answer)
{
	if (answer != 0)
		l->verdict = -ECANCELED;
	l->heard_ms = clock_mono_ms(); /* the caller's own time is not the server's silence */
	return l->verdict;
}

static int end_head(struct line *l)
{
	const struct call_request *r = l->request;
	const char *type = NULL;
	long status = 0;

	curl_easy_getinfo(l->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return 0;
	l->head_ended = true;
	if (!r->on_head)
		return 0;
	curl_easy_getinfo(l->easy, CURLINFO_CONTENT_TYPE, &type);
	return judge(l, r->on_head(r->ud, (int)status, type ? type : ""));
}

/* Also the fields of answers before the last one (1xx) and those behind the body come here. */
static size_t on_field(char *bytes, size_t size, size_t n, void *ud)
{
	struct line *l = ud;
	size_t len = size * n;

	l->heard_ms = clock_mono_ms();
	l->head_len += len;
	if (l->head_len > HEAD_BYTES) {
		l->verdict = -EPROTO;
		return 0;
	}
	if (l->head_ended || (bytes[0] != '\r' && bytes[0] != '\n'))
		return len;
	return end_head(l) == 0 ? len : 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *ud)
{
	struct line *l = ud;
	const struct call_request *r = l->request;
	size_t len = size * n;

	l->body_len += len;
	return judge(l, r->on_body ? r->on_body(r->ud, bytes, len) : 0) == 0 ? len : 0;
}

/* libcurl does not say during a call which socket it uses, but there is one of them. */
static curl_socket_t on_open(void *ud, curlsocktype purpose UNUSED, struct curl_sockaddr *to)
{
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	struct line *l = ud;

	if (fd < 0)
		return CURL_SOCKET_BAD;
	l->tcp = to->family == AF_UNIX ? -1 : fd;
	return fd;
}

static int on_close(void *ud, curl_socket_t fd)
{
	struct line *l = ud;

	if (l->tcp == fd)
		l->tcp = -1;
	return close(fd);
}

/* Lines */

static int set_manner(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
	       curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L) || curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L) ||
	       curl_easy_setopt(c, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S) || curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) ||
	       curl_easy_setopt(c, CURLOPT_USERAGENT, "0711fs") ||
	       curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, (long)DNS_CACHE_S);
}

static int set_calls(CURL *c, struct line *l)
{
	return curl_easy_setopt(c, CURLOPT_ERRORBUFFER, l->why) ||
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open) ||
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, l) ||
	       curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, on_close) ||
	       curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, l) ||
	       curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_field) || curl_easy_setopt(c, CURLOPT_HEADERDATA, l) ||
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) || curl_easy_setopt(c, CURLOPT_WRITEDATA, l);
}

static void line_free(struct line *l)
{
	if (l->easy)
		curl_easy_cleanup(l->easy);
	if (l->multi)
		curl_multi_cleanup(l->multi);
	curl_slist_free_all(l->header);
	free(l->key);
	free(l);
}

static struct line *line_new(const struct call_pool *p, const struct call_place *place)
{
	struct line *l = xcalloc(1, sizeof(*l));

	l->tcp = -1;
	l->easy = curl_easy_init();
	l->multi = curl_multi_init();
	if (l->easy && l->multi && trust_apply(&p->trust, l->easy) == 0 && !set_manner(l->easy) &&
	    !set_calls(l->easy, l) && !curl_easy_setopt(l->easy, CURLOPT_UNIX_SOCKET_PATH, place->socket))
		return l;
	line_free(l);
	return NULL;
}

/* The pool */

static void free_lines(struct line *l)
{
	while (l) {
		struct line *next = l->next;

		line_free(l);
		l = next;
	}
}

/* cut_old - with the lock: those that nobody used for long, or that are too many; they stand at the end */
static struct line *cut_old(struct call_pool *p)
{
	int64_t oldest_ms = clock_mono_ms() - KEPT_MS;
	struct line **at = &p->idle, *old;
	size_t n = 0;

	while (*at && n < KEPT_MOST && (*at)->idle_since_ms >= oldest_ms) {
		at = &(*at)->next;
		n++;
	}
	old = *at;
	*at = NULL;
	return old;
}

static struct line *pool_take(struct call_pool *p, const struct call_place *place)
{
	auto_free char *key = xasprintf("%s %s", place->url, place->socket ? place->socket : "");
	struct line **at = &p->idle, *l;

	pthread_mutex_lock(&p->lock);
	while (*at && !streq((*at)->key, key))
		at = &(*at)->next;
	l = *at;
	if (l)
		*at = l->next;
	pthread_mutex_unlock(&p->lock);
	if (!l)
		l = line_new(p, place);
	if (l && !l->key)
		l->key = steal(key);
	return l;
}

static void pool_put(struct call_pool *p, struct line *l)
{
	struct line *old;

	l->request = NULL;
	l->idle_since_ms = clock_mono_ms();
	pthread_mutex_lock(&p->lock);
	l->next = p->idle;
	p->idle = l;
	old = cut_old(p);
	pthread_mutex_unlock(&p->lock);
	free_lines(old);
}

struct call_pool *call_pool_new(const char *cafile, struct err *e)
{
	struct call_pool *p = xcalloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	if (trust_open(&p->trust, cafile, e) == 0)
		return p;
	call_pool_free(p);
	return NULL;
}

void call_pool_free(struct call_pool *p)
{
	if (!p)
		return;
	free_lines(p->idle);
	trust_close(&p->trust);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* A call */

/* A name without a value keeps curl from adding that field; "Expect: 100-continue" would cost a round trip. */
static int set_header(struct line *l, const char *const *header, struct err *e)
{
	static const char *const unwanted[] = { "Expect:", "Content-Type:", NULL };
	const char *const *lists[] = { header, unwanted };

	curl_slist_free_all(steal(l->header));
	for (const char *const *h = header; h && *h; h++)
		if (http_header_check(*h, e) < 0)
			return -EINVAL;
	for (size_t i = 0; i < N_ELEMS(lists); i++) {
		for (const char *const *h = lists[i]; h && *h; h++) {
			struct curl_slist *longer = curl_slist_append(l->header, *h);

			if (!longer)
				return -ENOMEM;
			l->header = longer;
		}
	}
	return curl_easy_setopt(l->easy, CURLOPT_HTTPHEADER, l->header) ? -ENOMEM : 0;
}

static int set_method(CURL *c, const struct call_request *r)
{
	if (streq(r->method, "GET"))
		return curl_easy_setopt(c, CURLOPT_HTTPGET, 1L) || curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL);
	return curl_easy_setopt(c, CURLOPT_POST, 1L) || curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method) ||
	       curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->len) ||
	       curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body ? r->body : "");
}

static void forget_former(struct line *l)
{
	l->heard_ms = 0;
	l->head_len = l->body_len = 0;
	l->head_ended = false;
	l->verdict = 0;
	l->why[0] = '\0';
}

static int begin(struct line *l, const struct call_request *r, struct err *e)
{
	auto_free char *url = xasprintf("%s%s", r->place->url, r->path);
	long connect_ms = r->connect_ms ? (long)r->connect_ms : CONNECT_MS;
	int rc = url_check(url, e);

	forget_former(l);
	l->request = r;
	l->began_ms = clock_mono_ms();
	if (rc == 0)
		rc = set_header(l, r->header, e);
	if (rc == 0 && (set_method(l->easy, r) || curl_easy_setopt(l->easy, CURLOPT_URL, url) ||
			curl_easy_setopt(l->easy, CURLOPT_FRESH_CONNECT, 0L) ||
			curl_easy_setopt(l->easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms)))
		rc = -ENOMEM;
	return rc == -ENOMEM ? err_set(e, rc, "no memory for a request") : rc;
}

/* time_left - until the server has been silent for too long; LONGEST_MS when that is far or never */
static int64_t time_left(const struct line *l)
{
	const struct call_request *r = l->request;
	int64_t bound = l->heard_ms ? r->idle_ms : r->first_ms, since = l->heard_ms ? l->heard_ms : l->began_ms;
	int64_t left = bound ? since + bound - clock_mono_ms() : LONGEST_MS;

	return left < LONGEST_MS ? left : LONGEST_MS;
}

/*
 * hurry - a server that leaves Nagle's algorithm on sends the next piece only after the acknowledgement of the one
 * before, and the kernel takes 40 ms for that unless it is told anew for each wait
 */
static void hurry(const struct line *l)
{
	if (l->tcp >= 0)
		setsockopt(l->tcp, IPPROTO_TCP, TCP_QUICKACK, &(int){ 1 }, sizeof(int));
}

/* await - wait for bytes, unless we are to end here (then verdict says so) */
static int await(struct line *l)
{
	const struct call_request *r = l->request;
	int64_t left = time_left(l);

	if (r->stop && r->stop(r->ud))
		return l->verdict = -ECANCELED;
	if (left <= 0)
		return l->verdict = -ETIMEDOUT;
	if (r->stop && left > LOOK_MS)
		left = LOOK_MS;
	hurry(l);
	curl_multi_poll(l->multi, NULL, 0, (int)left, NULL);
	return 0;
}

/* converse - send and receive until the end, libcurl's or ours */
static CURLcode converse(struct line *l)
{
	CURLcode code = CURLE_OUT_OF_MEMORY;
	CURLMsg *m;
	int running, left;

	if (curl_multi_add_handle(l->multi, l->easy) != CURLM_OK)
		return code;
	do {
		if (curl_multi_perform(l->multi, &running) != CURLM_OK)
			break;
	} while (running && await(l) == 0);
	while ((m = curl_multi_info_read(l->multi, &left)))
		code = m->data.result;
	curl_multi_remove_handle(l->multi, l->easy);
	return code;
}

/*
 * The server may close a kept connection at the moment when it is used again. libcurl sees to most of these cases, but
 * not where a long body was on its way already.
 */
static bool was_closed_before(const struct line *l, CURLcode code)
{
	long n_opened = 1;

	curl_easy_getinfo(l->easy, CURLINFO_NUM_CONNECTS, &n_opened);
	return n_opened == 0 && !l->heard_ms && !l->verdict &&
	       (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING);
}

/* A host may answer and close before it has read the body (RFC 9112, 9.6), which libcurl takes for a failure. */
static bool is_whole(const struct line *l)
{
	curl_off_t length = -1;

	curl_easy_getinfo(l->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	return l->head_ended && !l->verdict && length >= 0 && (size_t)length == l->body_len;
}

static int explain_verdict(const struct line *l, const char *where, struct err *e)
{
	const struct call_request *r = l->request;

	if (l->verdict == -ECANCELED)
		return err_set(e, -ECANCELED, "the request to '%s' was cancelled", where);
	if (l->verdict == -EPROTO)
		return err_set(e, -EPROTO, "'%s' sends a head of more than %u bytes", where, HEAD_BYTES);
	if (!l->heard_ms)
		return err_set(e, -ETIMEDOUT, "'%s' did not begin to answer within %lld ms", where,
			       (long long)r->first_ms);
	return err_set(e, -ETIMEDOUT, "'%s' said nothing for %lld ms in the middle of its answer", where,
		       (long long)r->idle_ms);
}

static int explain(const struct line *l, CURLcode code, struct err *e)
{
	const struct call_place *place = l->request->place;
	const char *where = place->socket ? place->socket : place->url, *what;
	long os = 0;
	int rc;

	if (l->verdict)
		return explain_verdict(l, where, e);
	what = transfer_failure(code, &rc);
	curl_easy_getinfo(l->easy, CURLINFO_OS_ERRNO, &os);
	if (code == CURLE_COULDNT_CONNECT && (os == ECONNREFUSED || os == ENOENT))
		return err_set(e, -ECONNREFUSED, "nobody listens at '%s'", where);
	if (code == CURLE_COULDNT_CONNECT && os == ETIMEDOUT)
		rc = -ETIMEDOUT;
	return err_set(e, rc, "'%s': %s: %s", where, what, l->why[0] ? l->why : curl_easy_strerror(code));
}

static int run(struct line *l, struct err *e)
{
	CURLcode code = converse(l);
	long status = 0;

	if (was_closed_before(l, code)) {
		forget_former(l);
		curl_easy_setopt(l->easy, CURLOPT_FRESH_CONNECT, 1L);
		code = converse(l);
	}
	if (code != CURLE_OK && !is_whole(l))
		return explain(l, code, e);
	curl_easy_getinfo(l->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

int call_run(struct call_pool *p, const struct call_request *r, struct err *e)
{
	struct line *l = pool_take(p, r->place);
	int rc;

	if (!l)
		return err_set(e, -ENOMEM, "libcurl cannot be set up");
	rc = begin(l, r, e);
	if (rc == 0)
		rc = run(l, e);
	pool_put(p, l);
	return rc;
}

/* What call_text gathers */
struct gathering {
	const struct call_request *request;
	struct buf *out;
	size_t max;
	bool too_long;
};

static int pass_head(void *ud, int status, const char *type)
{
	const struct gathering *g = ud;

	return g->request->on_head(g->request->ud, status, type);
}

static int gather(void *ud, const void *bytes, size_t len)
{
	struct gathering *g = ud;

	g->too_long = len > g->max;
	if (g->too_long)
		return -EMSGSIZE;
	g->max -= len;
	buf_add(g->out, bytes, len);
	return g->out->failed ? -ENOMEM : 0;
}

static bool pass_stop(void *ud)
{
	const struct gathering *g = ud;

	return g->request->stop(g->request->ud);
}

int call_text(struct call_pool *p, const struct call_request *r, size_t max, struct buf *out, struct err *e)
{
	struct gathering g = { .request = r, .out = out, .max = max };
	struct call_request own = *r;
	int rc;

	own.ud = &g;
	own.on_head = r->on_head ? pass_head : NULL;
	own.on_body = gather;
	own.stop = r->stop ? pass_stop : NULL;
	rc = call_run(p, &own, e);
	if (g.too_long)
		return err_set(e, -EMSGSIZE, "'%s' answers with more than %zu bytes",
			       r->place->socket ? r->place->socket : r->place->url, max);
	return out->failed ? err_set(e, -ENOMEM, "no memory for an answer") : rc;
}

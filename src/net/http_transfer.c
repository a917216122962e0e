#include "net/http_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "net/url.h"

#define DNS_CACHE_S     10
#define RETRY_AFTER_MAX ((int64_t)365 * 86400)

/* The two moments at which an address is known */

static int check(struct transfer *t, const struct sockaddr *sa)
{
	int rc = cidr_check(&t->allow, t->encrypted, sa, &t->refusal);

	if (rc < 0)
		t->n_refused++;
	return rc;
}

static curl_socket_t on_open(void *ud, curlsocktype purpose UNUSED, struct curl_sockaddr *to)
{
	struct transfer *t = ud;
	int fd;

	if (check(t, &to->addr) < 0)
		return CURL_SOCKET_BAD;
	fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	if (fd < 0)
		return CURL_SOCKET_BAD;
	t->n_opened++;
	return fd;
}

/* A kept connection was opened by another request, with its permission. */
static int on_connection(void *ud, char *ip, char *own_ip UNUSED, int port UNUSED, int own_port UNUSED)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} sa = { .any.sa_family = AF_UNSPEC };

	if (inet_pton(AF_INET, ip, &sa.four.sin_addr) == 1)
		sa.any.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, ip, &sa.six.sin6_addr) == 1)
		sa.any.sa_family = AF_INET6;
	return check(ud, &sa.any) < 0 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* What the host says */

/* Also the fields of answers before the last one (1xx) and those behind the body count. */
static size_t on_field(char *bytes UNUSED, size_t size, size_t n, void *ud)
{
	struct transfer *t = ud;

	t->got += size * n;
	t->head_ended = size * n == 2; /* the empty line; a field has more */
	t->flooded = t->got > HTTP_ANSWER_BYTES;
	return t->flooded ? 0 : size * n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *ud)
{
	struct transfer *t = ud;
	size_t len = size * n, room = HTTP_HEAD_BYTES - t->head_len, keep = len < room ? len : room;

	memcpy(t->head + t->head_len, bytes, keep);
	t->head_len += keep;
	t->body_len += len;
	t->got += len;
	t->cut = t->got > HTTP_ANSWER_BYTES;
	return t->cut ? 0 : len;
}

/* The handle */

static int set_manner(CURL *c, const struct http_options *o)
{
	/* A libcurl without HTTP/2 refuses this, and does as well without. */
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* QUICK_EXIT: a request that ends while its host is still looked up does not wait for the resolver. */
	return curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) || curl_easy_setopt(c, CURLOPT_POST, 1L) ||
	       curl_easy_setopt(c, CURLOPT_USERAGENT, o->agent) ||
	       curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, (long)DNS_CACHE_S);
}

static int set_calls(CURL *c, struct transfer *t)
{
	return curl_easy_setopt(c, CURLOPT_PRIVATE, t) || curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->why) ||
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open) ||
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t) ||
	       curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_connection) ||
	       curl_easy_setopt(c, CURLOPT_PREREQDATA, t) || curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_field) ||
	       curl_easy_setopt(c, CURLOPT_HEADERDATA, t) || curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) ||
	       curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
}

struct transfer *transfer_new(const struct http_options *o, const struct trust *trust)
{
	struct transfer *t = xcalloc(1, sizeof(*t));

	t->usual_timeout_ms = o->timeout_ms;
	t->easy = curl_easy_init();
	if (t->easy && !trust_apply(trust, t->easy) && !set_manner(t->easy, o) && !set_calls(t->easy, t))
		return t;
	transfer_free(t);
	return NULL;
}

void transfer_free(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	if (t->header)
		crypto_wipe(t->header, t->header_cap);
	free(t->header);
	free(t->url);
	free(t->allow.one);
	free(t);
}

/* A request */

static bool grow(void *where, size_t *cap, size_t need)
{
	void **block = where, *more;

	if (need <= *cap)
		return true;
	more = realloc(*block, need);
	if (!more)
		return false;
	*block = more;
	*cap = need;
	return true;
}

static int copy_allow(struct transfer *t, const struct cidrs *allow)
{
	size_t size = allow ? allow->n * sizeof(*allow->one) : 0;

	t->allow.n = 0;
	if (size == 0)
		return 0;
	if (!grow(&t->allow.one, &t->allow_cap, size))
		return -ENOMEM;
	memcpy(t->allow.one, allow->one, size);
	t->allow.n = allow->n;
	return 0;
}

/*
 * copy_header - the list that curl wants, in one block: the nodes, then the texts
 * A name without a value keeps curl from adding that field: no "Expect: 100-continue", which costs a round trip, and no
 * type of content but the caller's.
 */
static int copy_header(struct transfer *t, const char *const *header, struct err *e)
{
	static const char *const unwanted[] = { "Expect:", "Content-Type:" };
	size_t n = 0, size = 0, n_nodes;
	struct curl_slist *node;
	char *text;

	for (; header && header[n]; n++) {
		if (http_header_check(header[n], e) < 0)
			return -EINVAL;
		size += strlen(header[n]) + 1;
	}
	n_nodes = n + N_ELEMS(unwanted);
	if (!grow(&t->header, &t->header_cap, n_nodes * sizeof(*node) + size))
		return -ENOMEM;
	node = t->header;
	text = (char *)(node + n_nodes);
	for (size_t i = 0; i < n_nodes; i++) {
		node[i].next = i + 1 < n_nodes ? &node[i + 1] : NULL;
		node[i].data = i < n ? text : (char *)(uintptr_t)unwanted[i - n];
		if (i < n)
			text = stpcpy(text, header[i]) + 1;
	}
	return 0;
}

/* Most requests go where the one before went. */
static int set_url(struct transfer *t, const char *url, struct err *e)
{
	int rc;

	if (t->url && streq(t->url, url))
		return 0;
	rc = url_check(url, e);
	if (rc < 0)
		return rc;
	util_free(&t->url);
	t->encrypted = url_encrypted(url);
	/* PIPEWAIT: where one connection can carry many requests, wait for it instead of opening more. */
	if (curl_easy_setopt(t->easy, CURLOPT_URL, url) ||
	    curl_easy_setopt(t->easy, CURLOPT_PIPEWAIT, (long)t->encrypted))
		return -ENOMEM;
	t->url = xstrdup(url);
	return 0;
}

static void forget_former(struct transfer *t)
{
	t->n_refused = t->n_opened = 0;
	t->got = t->body_len = t->head_len = 0;
	t->head_ended = t->cut = t->flooded = false;
	t->why[0] = '\0';
}

int transfer_begin(struct transfer *t, const struct http_request *r, struct err *e)
{
	int rc = set_url(t, r->url, e);

	if (rc == 0)
		rc = copy_header(t, r->header, e);
	if (rc == 0)
		rc = copy_allow(t, r->allow);
	if (rc < 0)
		return rc;
	forget_former(t);
	t->ud = r->ud;
	t->done = r->done;
	t->began_ms = clock_mono_ms();
	if (curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, r->timeout_ms ? r->timeout_ms : t->usual_timeout_ms) ||
	    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, (struct curl_slist *)t->header) ||
	    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->len) ||
	    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, r->body ? r->body : ""))
		return -ENOMEM;
	return 0;
}

/* What became of it */

/* retry_after - RFC 9110, 10.2.3: seconds, or a date */
static int64_t retry_after(CURL *easy)
{
	struct curl_header *field;
	int64_t s;
	int rc;

	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &field) != CURLHE_OK)
		return -1;
	rc = util_int(field->value, &s);
	if (rc == -EINVAL) {
		s = (int64_t)curl_getdate(field->value, NULL);
		if (s < 0)
			return -1;
		s -= clock_now_ms() / 1000;
	} else if (rc < 0 || s < 0) {
		return field->value[0] == '-' ? -1 : RETRY_AFTER_MAX;
	}
	return s < 0 ? 0 : s < RETRY_AFTER_MAX ? s : RETRY_AFTER_MAX;
}

static const struct {
	CURLcode code;
	int rc;
	const char *what;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, "the host has no address" },
	{ CURLE_COULDNT_CONNECT, -EHOSTUNREACH, "there is no connection" },
	{ CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "the time for a request is over" },
	{ CURLE_SSL_CONNECT_ERROR, -EHOSTUNREACH, "TLS failed" },
	{ CURLE_PEER_FAILED_VERIFICATION, -EHOSTUNREACH, "the host's certificate is not trusted" },
	{ CURLE_SSL_CACERT_BADFILE, -EHOSTUNREACH, "the trusted certificates cannot be read" },
	{ CURLE_GOT_NOTHING, -ECONNRESET, "the connection was closed without an answer" },
	{ CURLE_SEND_ERROR, -ECONNRESET, "the connection broke" },
	{ CURLE_RECV_ERROR, -ECONNRESET, "the connection broke" },
	{ CURLE_PARTIAL_FILE, -ECONNRESET, "the answer broke off" },
	{ CURLE_WEIRD_SERVER_REPLY, -EPROTO, "the answer is not HTTP" },
	{ CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, "the answer is not HTTP" },
	{ CURLE_HTTP2, -EPROTO, "HTTP/2 failed" },
	{ CURLE_HTTP2_STREAM, -EPROTO, "HTTP/2 failed" },
	{ CURLE_OUT_OF_MEMORY, -ENOMEM, "no memory for a request" },
};

const char *transfer_failure(CURLcode code, int *rc)
{
	for (size_t i = 0; i < N_ELEMS(failures); i++) {
		if (failures[i].code != code)
			continue;
		*rc = failures[i].rc;
		return failures[i].what;
	}
	*rc = -EPROTO;
	return "the request failed";
}

/* describe - why there is no status; one that came before the answer broke off is told, but does not count */
static void describe(const struct transfer *t, CURLcode code, int status, struct err *e)
{
	int rc;

	if (t->flooded)
		err_set(e, -EIO, "the head of the answer is longer than %d bytes", HTTP_ANSWER_BYTES);
	else
		err_set(e, -EIO, "%s: %s", transfer_failure(code, &rc), t->why[0] ? t->why : curl_easy_strerror(code));
	if (status > 0)
		err_add(e, -EIO, "the answer, of status %d, did not end", status);
}

/*
 * is_whole - all of the answer came, whatever befell the request then: a host may answer and close before it has read
 * the body (RFC 9113, 8.1), which libcurl takes for a failure
 */
static bool is_whole(const struct transfer *t, long status)
{
	curl_off_t length = -1;

	if (!t->head_ended || status < 200)
		return false;
	if (status == 204)
		return true;
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	return length >= 0 && (size_t)length == t->body_len;
}

void transfer_end(struct transfer *t, CURLcode code)
{
	struct http_answer a = { .took_ms = clock_mono_ms() - t->began_ms, .retry_after_s = -1 };
	struct err e = ERR_INIT;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	a.refused =
		code == CURLE_ABORTED_BY_CALLBACK || (code == CURLE_COULDNT_CONNECT && t->n_refused && !t->n_opened);
	if (a.refused) {
		a.error = t->refusal.text;
	} else if (((code == CURLE_OK || t->cut) && status >= 200) || is_whole(t, status)) {
		a.status = (int)status;
		a.retry_after_s = retry_after(t->easy);
	} else {
		describe(t, code, (int)status, &e);
		a.error = e.text;
	}
	t->head[t->head_len] = '\0';
	a.head = t->head;
	a.head_len = t->head_len;
	t->done(t->ud, &a);
}

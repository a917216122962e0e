#include "tests/net/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256
#define DRIP_MS         1000
#define CHUNK_MS        20

struct connection {
	struct server *server;
	pthread_t thread;
	int fd;
	SSL *ssl; /* NULL in plain text */
	unsigned n_requests;
	bool ended;
};

struct server {
	int fd, port;
	SSL_CTX *tls;
	pthread_t thread;
	pthread_mutex_t lock; /* what follows */
	struct connection connection[CONNECTIONS_MAX];
	unsigned n_used; /* of connection[] */
	unsigned n_connections, n_requests;
	struct buf last;
	const char *(*watch)(void *ud, const char *request);
	void *watch_ud;
};

/* Bytes */

static ssize_t take(struct connection *c, void *bytes, size_t len)
{
	if (c->ssl)
		return SSL_read(c->ssl, bytes, (int)len);
	return recv(c->fd, bytes, len, 0);
}

static bool give(struct connection *c, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = c->ssl ? SSL_write(c->ssl, bytes, (int)len) : send(c->fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool say(struct connection *c, const char *text)
{
	return give(c, text, strlen(text));
}

/* gone_within - true when the other side closes in that time, or the server ends; -1 waits for it */
static bool gone_within(const struct connection *c, int ms)
{
	struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };

	return poll(&p, 1, ms) != 0;
}

/* Answers: true keeps the connection */

static bool status(struct connection *c, const char *rest)
{
	char text[64];

	snprintf(text, sizeof(text), "HTTP/1.1 %.3s Word\r\n%s\r\n", rest,
		 streq(rest, "204") ? "" : "Content-Length: 0\r\n");
	return say(c, text);
}

static bool body(struct connection *c, const char *rest)
{
	size_t len = strtoul(rest, NULL, 10);
	auto_free char *bytes = malloc(len + 1);
	char text[80];

	snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
	memset(bytes, 'x', len);
	return say(c, text) && give(c, bytes, len);
}

static bool chunks(struct connection *c, const char *rest)
{
	bool on = say(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");

	for (unsigned long i = 0, n = strtoul(rest, NULL, 10); on && i < n; i++) {
		char text[80], line[40];

		snprintf(line, sizeof(line), "chunk %lu\n", i);
		snprintf(text, sizeof(text), "%zx\r\n%s\r\n", strlen(line), line);
		on = say(c, text) && !gone_within(c, CHUNK_MS);
	}
	return on && say(c, "0\r\n\r\n");
}

static bool later(struct connection *c, const char *status_line, const char *rest)
{
	char text[200];

	snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", status_line, rest);
	for (char *at = text; *at; at++)
		if (*at == '_')
			*at = ' ';
	return say(c, text);
}

static bool retry(struct connection *c, const char *rest)
{
	return later(c, "503 Later", rest);
}

static bool slower(struct connection *c, const char *rest)
{
	return later(c, "429 Slower", rest);
}

static bool redirect(struct connection *c, const char *rest UNUSED)
{
	return say(c, "HTTP/1.1 302 Found\r\nLocation: /200\r\nContent-Length: 0\r\n\r\n");
}

static bool endless(struct connection *c, const char *rest UNUSED)
{
	static const char block[65536];

	if (!say(c, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"))
		return false;
	for (size_t sent = 0; sent < (1U << 30); sent += sizeof(block))
		if (!give(c, block, sizeof(block)))
			return false;
	return true;
}

static bool fields(struct connection *c, const char *rest UNUSED)
{
	bool on = say(c, "HTTP/1.1 200 OK\r\n");

	while (on)
		on = say(c, "X-Filler: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
	return false;
}

static bool interim(struct connection *c, const char *rest UNUSED)
{
	while (say(c, "HTTP/1.1 100 Continue\r\n\r\n"))
		;
	return false;
}

static bool drip(struct connection *c, const char *rest UNUSED)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		if (!give(c, text + i, 1) || gone_within(c, DRIP_MS))
			return false;
	return true;
}

static bool hang(struct connection *c, const char *rest UNUSED)
{
	gone_within(c, -1);
	return false;
}

static bool early(struct connection *c, const char *rest UNUSED)
{
	if (say(c, "HTTP/1.1 204 Word\r\n\r\n"))
		gone_within(c, -1);
	return false;
}

static bool stall(struct connection *c, const char *rest UNUSED)
{
	if (say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789"))
		gone_within(c, -1);
	return false;
}

static bool cut_short(struct connection *c, const char *rest UNUSED)
{
	say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
	return false;
}

static bool close_now(struct connection *c UNUSED, const char *rest UNUSED)
{
	return false;
}

static bool reset(struct connection *c, const char *rest UNUSED)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	return false;
}

static bool broken(struct connection *c, const char *rest)
{
	cut_short(c, rest);
	return reset(c, rest);
}

static bool once(struct connection *c, const char *rest UNUSED)
{
	return c->n_requests == 1 && status(c, "204");
}

static bool last(struct connection *c, const char *rest UNUSED)
{
	status(c, "204");
	return false;
}

static bool garbage(struct connection *c, const char *rest UNUSED)
{
	say(c, "\x7f"
	       "ELF is not what one expects here\n");
	return false;
}

static const struct {
	const char *path;
	bool (*answer)(struct connection *c, const char *rest);
} answers[] = {
	{ "/body/", body },      { "/broken", broken },     { "/chunks/", chunks },  { "/close", close_now },
	{ "/drip", drip },       { "/early", early },       { "/endless", endless }, { "/fields", fields },
	{ "/garbage", garbage }, { "/hang", hang },         { "/interim", interim }, { "/last", last },
	{ "/once", once },       { "/redirect", redirect }, { "/reset", reset },     { "/retry/", retry },
	{ "/short", cut_short }, { "/slower/", slower },    { "/stall", stall },     { "/", status },
};

/* Requests */

/* read_request - one whole, with the body that Content-Length announces; false at the end of the connection */
static bool read_request(struct connection *c, struct buf *in)
{
	const char *end = NULL, *length;
	size_t whole = SIZE_MAX;
	ssize_t n;

	while (in->len < whole) {
		if (!buf_reserve(in, 65536))
			return false;
		n = take(c, in->data + in->len, 65536);
		if (n <= 0)
			return false;
		in->len += (size_t)n;
		in->data[in->len] = '\0';
		end = end ? end : strstr(in->data, "\r\n\r\n");
		if (!end || whole != SIZE_MAX)
			continue;
		length = strstr(in->data, "Content-Length: ");
		if (util_starts(in->data, "POST /early "))
			return true;
		whole = (size_t)(end + 4 - in->data) + (length ? strtoul(length + 16, NULL, 10) : 0);
	}
	return true;
}

static const char *ask_watcher(struct server *s, const char *request)
{
	const char *(*fn)(void *ud, const char *request);
	void *ud;

	pthread_mutex_lock(&s->lock);
	fn = s->watch;
	ud = s->watch_ud;
	pthread_mutex_unlock(&s->lock);
	return fn ? fn(ud, request) : NULL;
}

static bool answer(struct connection *c, const char *request)
{
	char path[200] = "";

	const char *instead = ask_watcher(c->server, request);

	c->n_requests++;
	if (sscanf(request, "POST %199s HTTP/1.1", path) != 1 && sscanf(request, "GET %199s HTTP/1.1", path) != 1)
		return false;
	if (instead)
		snprintf(path, sizeof(path), "%s", instead);
	for (size_t i = 0; i < N_ELEMS(answers); i++)
		if (util_starts(path, answers[i].path))
			return answers[i].answer(c, path + strlen(answers[i].path));
	return false;
}

static void keep(struct server *s, const struct buf *in)
{
	pthread_mutex_lock(&s->lock);
	s->n_requests++;
	buf_clear(&s->last);
	buf_add(&s->last, in->data, in->len);
	pthread_mutex_unlock(&s->lock);
}

static bool shake_hands(struct connection *c)
{
	if (!c->server->tls)
		return true;
	c->ssl = SSL_new(c->server->tls);
	SSL_set_fd(c->ssl, c->fd);
	return SSL_accept(c->ssl) == 1;
}

static void *serve(void *ud)
{
	struct connection *c = ud;
	auto_buf in = BUF_INIT;
	bool on = shake_hands(c);

	while (on && read_request(c, &in)) {
		keep(c->server, &in);
		on = answer(c, in.data);
		buf_clear(&in);
	}
	if (c->ssl)
		SSL_free(c->ssl);
	pthread_mutex_lock(&c->server->lock);
	util_close(&c->fd);
	c->ended = true;
	pthread_mutex_unlock(&c->server->lock);
	return NULL;
}

/* With the lock held: a place that nobody uses, or none any more. */
static struct connection *find_place(struct server *s)
{
	for (unsigned i = 0; i < s->n_used; i++) {
		if (s->connection[i].ended) {
			pthread_join(s->connection[i].thread, NULL);
			return &s->connection[i];
		}
	}
	if (s->n_used == CONNECTIONS_MAX)
		abort();
	return &s->connection[s->n_used++];
}

/* OpenSSL writes without MSG_NOSIGNAL. Only here, so that what is tested is seen to raise none. */
static void block_sigpipe(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void *listen_on(void *ud)
{
	struct server *s = ud;

	block_sigpipe();
	for (;;) {
		int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
		struct connection *c;

		if (fd < 0)
			return NULL;
		pthread_mutex_lock(&s->lock);
		c = find_place(s);
		s->n_connections++;
		*c = (struct connection){ .server = s, .fd = fd };
		if (pthread_create(&c->thread, NULL, serve, c) != 0)
			abort();
		pthread_mutex_unlock(&s->lock);
	}
}

/* Life */

static SSL_CTX *open_tls(const char *cert, const char *key)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

	if (!tls || SSL_CTX_use_certificate_file(tls, cert, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
		ERR_print_errors_fp(stderr);
		abort();
	}
	return tls;
}

static struct server *start(int family, const struct sockaddr *sa, socklen_t len)
{
	struct server *s = xcalloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, sa, len) < 0 || listen(s->fd, CONNECTIONS_MAX) < 0) {
		perror("a server for tests");
		abort();
	}
	return s;
}

static void begin(struct server *s)
{
	if (pthread_create(&s->thread, NULL, listen_on, s) != 0)
		abort();
}

struct server *server_new(const char *cert, const char *key)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	struct server *s = start(AF_INET, (struct sockaddr *)&sa, len);

	if (getsockname(s->fd, (struct sockaddr *)&sa, &len) < 0)
		abort();
	s->port = ntohs(sa.sin_port);
	s->tls = cert ? open_tls(cert, key) : NULL;
	begin(s);
	return s;
}

struct server *server_new_unix(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct server *s;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	s = start(AF_UNIX, (struct sockaddr *)&sa, sizeof(sa));
	begin(s);
	return s;
}

void server_free(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < s->n_used; i++)
		if (s->connection[i].fd >= 0)
			shutdown(s->connection[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->n_used; i++)
		pthread_join(s->connection[i].thread, NULL);
	close(s->fd);
	SSL_CTX_free(s->tls);
	buf_release(&s->last);
	free(s);
}

void server_watch(struct server *s, const char *(*fn)(void *ud, const char *request), void *ud)
{
	pthread_mutex_lock(&s->lock);
	s->watch = fn;
	s->watch_ud = ud;
	pthread_mutex_unlock(&s->lock);
}

int server_port(const struct server *s)
{
	return s->port;
}

static unsigned read_count(struct server *s, const unsigned *count)
{
	unsigned n;

	pthread_mutex_lock(&s->lock);
	n = *count;
	pthread_mutex_unlock(&s->lock);
	return n;
}

unsigned server_connections(struct server *s)
{
	return read_count(s, &s->n_connections);
}

unsigned server_requests(struct server *s)
{
	return read_count(s, &s->n_requests);
}

void server_last(struct server *s, struct buf *out)
{
	buf_clear(out);
	pthread_mutex_lock(&s->lock);
	buf_add(out, s->last.data, s->last.len);
	pthread_mutex_unlock(&s->lock);
}

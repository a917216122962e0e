/* HTTP/2 over TLS, with nginx before the server of the other test; skipped where nginx or openssl is not installed */
#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "net/http.h"
#include "tests/net/server.h"

#define LIMIT_MS   30000
#define N_REQUESTS 50

static char dir[] = "/tmp/http2-test.XXXXXX";
static char url[100], cafile[100];
static struct server *server;
static pid_t nginx; /* 0: there is none */

static const char certificate[] =
	"cd '%s' && exec >log 2>&1 && "
	"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout key.pem -out cert.pem "
	"-subj /CN=host -addext subjectAltName=IP:127.0.0.1 && "
	"PATH=$PATH:/usr/sbin:/sbin && nginx -v";

/* The access log has a line a request: its protocol, and the number of its connection. */
static const char settings[] =
	"daemon off; worker_processes 1; pid %1$s/pid; error_log %1$s/error;\n"
	"events { worker_connections 64; }\n"
	"http { log_format plain '$server_protocol $connection'; access_log %1$s/access plain;\n"
	"client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c; uwsgi_temp_path %1$s/d;\n"
	"scgi_temp_path %1$s/e;\n"
	"server { listen 127.0.0.1:%2$d ssl http2; ssl_certificate %1$s/cert.pem; ssl_certificate_key %1$s/key.pem;\n"
	"location / { proxy_pass http://127.0.0.1:%3$d; } } }\n";

static int free_port(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	return ntohs(sa.sin_port);
}

/* listens - true once something does, false when nginx ended before or the limit is over */
static bool listens(int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	for (int64_t end = clock_mono_ms() + LIMIT_MS; clock_mono_ms() < end; poll(NULL, 0, 20)) {
		auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
			return true;
		if (waitpid(nginx, NULL, WNOHANG) == nginx) {
			nginx = 0;
			return false;
		}
	}
	return false;
}

static int start(void **state UNUSED)
{
	char command[1000], conf[100];
	int port = free_port();
	FILE *f;

	server = server_new(NULL, NULL);
	if (!mkdtemp(dir))
		return -1;
	snprintf(command, sizeof(command), certificate, dir);
	if (system(command) != 0)
		return 0;
	snprintf(conf, sizeof(conf), "%s/nginx.conf", dir);
	snprintf(cafile, sizeof(cafile), "%s/cert.pem", dir);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/204", port);
	f = fopen(conf, "we");
	if (!f || fprintf(f, settings, dir, port, server_port(server)) < 0 || fclose(f) != 0)
		return -1;
	nginx = fork();
	if (nginx == 0) {
		snprintf(command, sizeof(command),
			 "PATH=$PATH:/usr/sbin:/sbin; exec nginx -c '%s' -p '%s' >>'%s/log' 2>&1", conf, dir, dir);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	return listens(port) ? 0 : -1;
}

/* end_nginx - its log is whole after */
static void end_nginx(void)
{
	if (nginx == 0)
		return;
	kill(nginx, SIGQUIT);
	waitpid(nginx, NULL, 0);
	nginx = 0;
}

static int stop(void **state UNUSED)
{
	end_nginx();
	server_free(server);
	return io_remove_tree(-1, dir);
}

struct outcome {
	int status;
	bool ended, refused;
};

static void on_done(void *ud, const struct http_answer *a)
{
	*(struct outcome *)ud = (struct outcome){ a->status, true, a->refused };
}

static void begin(struct http *h, const struct cidrs *allow, struct outcome *o)
{
	const struct http_request r = { .url = url, .body = "{}", .len = 2, .allow = allow, .ud = o, .done = on_done };

	assert_int_equal(http_post(h, &r, NULL), 0);
}

static void run_to_end(struct http *h)
{
	int64_t end = clock_mono_ms() + LIMIT_MS;

	while (http_running(h) > 0 && clock_mono_ms() < end)
		http_run(h, 1000);
	assert_int_equal(http_running(h), 0);
}

/* check_log - every request came as HTTP/2, and all on one connection */
static void check_log(unsigned n_requests)
{
	char path[100], protocol[20], connection[20], first[20] = "";
	unsigned n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/access", dir);
	f = fopen(path, "re");
	assert_non_null(f);
	for (; fscanf(f, "%19s %19s", protocol, connection) == 2; n++) {
		assert_string_equal(protocol, "HTTP/2.0");
		if (!first[0])
			snprintf(first, sizeof(first), "%s", connection);
		assert_string_equal(connection, first);
	}
	fclose(f);
	assert_int_equal(n, n_requests);
}

static void many_share_a_connection_but_no_permission(void **state UNUSED)
{
	const struct http_options o = { .cafile = cafile, .timeout_ms = LIMIT_MS };
	auto_cidrs loopback = { NULL, 0 }, other = { NULL, 0 };
	struct outcome out[N_REQUESTS] = { 0 };
	struct http *h;

	if (nginx == 0) {
		print_message("nginx or openssl is not installed\n");
		skip();
	}
	h = http_new(&o, NULL);
	assert_non_null(h);
	assert_int_equal(cidrs_parse("127.0.0.1", &loopback, NULL), 0);
	assert_int_equal(cidrs_parse("10.0.0.0/8", &other, NULL), 0);
	for (unsigned i = 0; i < N_REQUESTS; i++)
		begin(h, i % 2 ? &other : &loopback, &out[i]);
	run_to_end(h);
	for (unsigned i = 0; i < N_REQUESTS; i++) {
		assert_true(out[i].ended);
		assert_int_equal(out[i].refused, i % 2);
		assert_int_equal(out[i].status, i % 2 ? 0 : 204);
	}
	assert_int_equal(server_requests(server), N_REQUESTS / 2);
	http_free(h);
	end_nginx();
	check_log(N_REQUESTS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(many_share_a_connection_but_no_permission) };

	return cmocka_run_group_tests(tests, start, stop);
}

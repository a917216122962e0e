#include "net/url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <strings.h>
#include <curl/curl.h>

static void url_cleanup(CURLU **u)
{
	curl_url_cleanup(*u);
}
#define auto_url __attribute__((cleanup(url_cleanup))) CURLU

static void part_free(char **part)
{
	curl_free(*part);
}
#define auto_part __attribute__((cleanup(part_free))) char

bool url_encrypted(const char *url)
{
	return strncasecmp(url, "https:", 6) == 0;
}

/* check_text - what curl would forgive or mend */
static int check_text(const char *url, struct err *e)
{
	size_t len = strnlen(url, URL_BYTES + 1);

	if (len == 0)
		return err_set(e, -EINVAL, "the URL is empty");
	if (len > URL_BYTES)
		return err_set(e, -EINVAL, "the URL is longer than %d bytes", URL_BYTES);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)url[i];

		if (c <= ' ' || c >= 0x7f)
			return err_set(
				e, -EINVAL,
				"byte %zu of the URL is a space, a control character or outside of ASCII; write it "
				"as %%%02X",
				i + 1, c);
	}
	if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
		return err_set(e, -EINVAL, "'%.200s' does not begin with https:// or http://", url);
	if (util_starts(strchr(url, ':'), ":///"))
		return err_set(e, -EINVAL, "'%.200s' has no host", url);
	if (strchr(url, '#'))
		return err_set(e, -EINVAL, "the URL has a fragment (#…), which is never sent");
	return 0;
}

static int parse(CURLU *u, const char *url, struct err *e)
{
	CURLUcode rc;

	if (!u)
		return -ENOMEM;
	rc = curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER);
	if (rc == CURLUE_OUT_OF_MEMORY)
		return -ENOMEM;
	if (rc == CURLUE_USER_NOT_ALLOWED)
		return err_set(e, -EINVAL, "the URL has a user name or password in it");
	if (rc != CURLUE_OK)
		return err_set(e, -EINVAL, "'%.200s' is not a URL: %s", url, curl_url_strerror(rc));
	return 0;
}

static int check_parts(CURLU *u, const char *url, struct err *e)
{
	auto_part *host = NULL, *port = NULL;
	int64_t number;

	if (curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK || !*host)
		return err_set(e, -EINVAL, "'%.200s' has no host", url);
	if (curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK || util_int(port, &number) < 0 ||
	    number < 1 || number > UINT16_MAX)
		return err_set(e, -EINVAL, "the port of '%.200s' is not 1 to 65535", url);
	return 0;
}

int url_check(const char *url, struct err *e)
{
	auto_url *u = NULL;
	int rc = check_text(url, e);

	if (rc < 0)
		return rc;
	u = curl_url();
	rc = parse(u, url, e);
	return rc < 0 ? rc : check_parts(u, url, e);
}

char *url_origin(const char *url)
{
	const char *host = strstr(url, "://") + strlen("://");

	return xstrndup(url, (size_t)(host - url) + strcspn(host, "/?"));
}

/* bare_host - without the brackets around an IPv6 address */
static char *bare_host(char *host)
{
	size_t len = strlen(host);

	if (*host != '[')
		return host;
	host[len - 1] = '\0';
	return host + 1;
}

static bool is_loopback(const char *host)
{
	struct in6_addr a6;
	struct in_addr a4;

	if (inet_pton(AF_INET, host, &a4) == 1)
		return ntohl(a4.s_addr) >> 24 == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, host, &a6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&a6);
	return strcasecmp(host, "localhost") == 0;
}

bool url_local(const char *url)
{
	auto_part *host = NULL;
	auto_url *u = curl_url();

	return u && parse(u, url, NULL) == 0 && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	       is_loopback(bare_host(host));
}

int url_resolve(const char *url, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	auto_part *host = NULL;
	auto_url *u = curl_url();
	int rc = parse(u, url, e);

	if (rc < 0)
		return rc;
	if (curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return err_set(e, -EINVAL, "'%.200s' has no host", url);
	rc = getaddrinfo(bare_host(host), NULL, &hints, &found);
	if (rc == EAI_MEMORY)
		return -ENOMEM;
	if (rc != 0)
		return err_set(e, -EHOSTUNREACH, "the host '%.200s' has no address: %s", host, gai_strerror(rc));
	freeaddrinfo(found);
	return 0;
}

/* What a user writes into url, allow and headers: taken or refused with a sentence, and what is taken is what it says.
 */
#include <netinet/in.h>
#include <stdlib.h>

#include "net/cidr.h"
#include "net/http.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A range holds its own first address, and the list says so. */
static void check_ranges(const char *text)
{
	struct err e = ERR_INIT;
	auto_cidrs c = { NULL, 0 };

	if (cidrs_parse(text, &c, &e) < 0) {
		if (!e.text[0] || c.one)
			abort();
		return;
	}
	for (size_t i = 0; i < c.n; i++) {
		struct sockaddr_in four = { .sin_family = AF_INET };
		struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
		const struct sockaddr *sa = (void *)&six;

		memcpy(&four.sin_addr, c.one[i].bytes, 4);
		memcpy(&six.sin6_addr, c.one[i].bytes, 16);
		if (c.one[i].family == AF_INET)
			sa = (void *)&four;
		if (!cidrs_hold(&c, sa) || cidr_check(&c, false, sa, &e) < 0)
			abort();
		if (cidr_special(sa) && cidr_check(NULL, true, sa, &e) == 0)
			abort();
	}
}

static void check_url(const char *text)
{
	struct err e = ERR_INIT;

	if (url_check(text, &e) < 0) {
		if (!e.text[0])
			abort();
		return;
	}
	if (strlen(text) > URL_BYTES || strpbrk(text, " #\r\n\t\x7f") || (!url_encrypted(text) && !strchr("hH", *text)))
		abort();
}

static void check_header(const char *text)
{
	struct err e = ERR_INIT;

	if (http_header_check(text, &e) < 0) {
		if (!e.text[0])
			abort();
	} else if (strpbrk(text, "\r\n") || !strchr(text, ':')) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = xstrndup((const char *)bytes, len);

	check_ranges(text);
	check_url(text);
	check_header(text);
	free(text);
	return 0;
}

#include "tests/test.h"

#include <errno.h>

#include "net/url.h"

static void urls_are_accepted(void **state UNUSED)
{
	static const char *const good[] = {
		"https://example.org",
		"https://example.org/",
		"http://127.0.0.1:8080/hook?a=b&c=%20",
		"HTTPS://EXAMPLE.ORG:443/a/b",
		"https://[2001:db8::1]:8443/x",
		"https://xn--bcher-kva.example/",
		"https://example.org/@user:pass",
		"https://example.org/?q=user@host",
	};

	for (size_t i = 0; i < N_ELEMS(good); i++) {
		struct err e = ERR_INIT;

		if (url_check(good[i], &e) != 0)
			fail_msg("'%s': %s", good[i], e.text);
	}
}

static void others_are_refused(void **state UNUSED)
{
	static const struct {
		const char *url, *said;
	} bad[] = {
		{ "", "empty" },
		{ "example.org", "does not begin with" },
		{ "/path", "does not begin with" },
		{ "//example.org/", "does not begin with" },
		{ "ftp://example.org/", "does not begin with" },
		{ "file:///etc/passwd", "does not begin with" },
		{ "gopher://example.org/", "does not begin with" },
		{ "http:/example.org/", "does not begin with" },
		{ "https:example.org", "does not begin with" },
		{ " https://example.org/", "space" },
		{ "https://example.org/ x", "byte 21" },
		{ "https://example.org/\r\nHost: other", "control" },
		{ "https://example.org/\x7f", "control" },
		{ "https://b\xc3\xbc"
		  "cher.example/",
		  "ASCII" },
		{ "https://", "not a URL" },
		{ "https:///path", "no host" },
		{ "https://?q", "not a URL" },
		{ "https://user@example.org/", "user name" },
		{ "https://user:secret@example.org/", "user name" },
		{ "https://:@example.org/", "user name" },
		{ "https://@example.org/", "user name" },
		{ "https://example.org/#part", "fragment" },
		{ "https://example.org:99999/", "not a URL" },
		{ "https://example.org:x/", "not a URL" },
		{ "https://example.org:0/", "port" },
		{ "https://[::1/", "not a URL" },
		{ "https://exa mple.org/", "space" },
		{ "https://example.org\\@other.org/", "user name" },
		{ "https://example.org\\other/", "not a URL" },
	};

	for (size_t i = 0; i < N_ELEMS(bad); i++) {
		struct err e = ERR_INIT;
		int rc = url_check(bad[i].url, &e);

		if (rc != -EINVAL || !strstr(e.text, bad[i].said))
			fail_msg("'%s' gives %d '%s'", bad[i].url, rc, e.text);
	}
}

static void length_has_an_end(void **state UNUSED)
{
	char url[URL_BYTES + 2] = "https://example.org/";
	struct err e = ERR_INIT;

	memset(url + strlen(url), 'a', URL_BYTES - strlen(url));
	assert_int_equal(strlen(url), URL_BYTES);
	assert_int_equal(url_check(url, &e), 0);
	url[URL_BYTES] = 'a';
	assert_int_equal(url_check(url, &e), -EINVAL);
	assert_non_null(strstr(e.text, "longer"));
}

static void encrypted_is_https(void **state UNUSED)
{
	assert_true(url_encrypted("https://example.org/"));
	assert_true(url_encrypted("HTTPS://example.org/"));
	assert_false(url_encrypted("http://example.org/https:"));
}

static void this_host_is_known(void **state UNUSED)
{
	static const char *const local[] = { "http://localhost:8080/v1", "http://LOCALHOST", "http://127.0.0.1/",
					     "http://127.255.0.9:1", "http://[::1]:8000/" };
	static const char *const others[] = {
		"http://localhost.example/",  "http://128.0.0.1/",       "http://[::2]/", "http://0.0.0.0/",
		"http://a.example/127.0.0.1", "http://[::ffff:1.2.3.4]", "no url"
	};

	for (size_t i = 0; i < N_ELEMS(local); i++)
		if (!url_local(local[i]))
			fail_msg("'%s' is this host", local[i]);
	for (size_t i = 0; i < N_ELEMS(others); i++)
		if (url_local(others[i]))
			fail_msg("'%s' is another host", others[i]);
}

static void origins_have_no_path(void **state UNUSED)
{
	static const char *const rows[][2] = {
		{ "https://example.org", "https://example.org" },
		{ "https://example.org/", "https://example.org" },
		{ "https://example.org:8443/hooks/T0KEN?key=x", "https://example.org:8443" },
		{ "https://example.org?key=x/y", "https://example.org" },
		{ "http://[::1]:8080/a://b", "http://[::1]:8080" },
		{ "HTTPS://Example.org/x", "HTTPS://Example.org" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_free char *origin = url_origin(rows[i][0]);

		assert_int_equal(url_check(rows[i][0], NULL), 0);
		assert_string_equal(origin, rows[i][1]);
	}
}

static void hosts_are_looked_up(void **state UNUSED)
{
	struct err e = ERR_INIT;

	assert_int_equal(url_resolve("http://127.0.0.1:1/x", &e), 0);
	assert_int_equal(url_resolve("https://[::1]:8443/x", &e), 0);
	/* .invalid never exists (RFC 6761), and a resolver that cannot be reached has no address either */
	assert_int_equal(url_resolve("https://nowhere.invalid/x", &e), -EHOSTUNREACH);
	assert_non_null(strstr(e.text, "'nowhere.invalid'"));
	assert_int_equal(url_resolve("no url", &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_accepted),   cmocka_unit_test(others_are_refused),
		cmocka_unit_test(length_has_an_end),   cmocka_unit_test(encrypted_is_https),
		cmocka_unit_test(this_host_is_known),  cmocka_unit_test(origins_have_no_path),
		cmocka_unit_test(hosts_are_looked_up),
	};

	return RUN_TESTS(tests);
}

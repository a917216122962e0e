#include "tests/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/buf.h"
#include "net/cidr.h"

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static const struct sockaddr *address(const char *text)
{
	static union address a;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &a.four.sin_addr) == 1)
		a.any.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &a.six.sin6_addr) == 1)
		a.any.sa_family = AF_INET6;
	else
		fail_msg("'%s' is no address", text);
	return &a.any;
}

/* The first and the last address of each special range, and their neighbours where those are of the public internet. */
static const struct {
	const char *first, *last, *before, *after, *word;
} blocks[] = {
	{ "0.0.0.0", "0.0.0.0", NULL, NULL, "unspecified" },
	{ "0.0.0.1", "0.255.255.255", NULL, "1.0.0.0", "this network" },
	{ "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0", "private" },
	{ "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0", "shared" },
	{ "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0", "loopback" },
	{ "168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17", "Azure" },
	{ "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0", "metadata" },
	{ "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0", "private" },
	{ "192.0.0.0", "192.0.0.8", "191.255.255.255", "192.0.0.9", "protocols" },
	{ "192.0.0.11", "192.0.0.255", "192.0.0.10", "192.0.1.0", "protocols" },
	{ "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0", "documentation" },
	{ "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0", "6to4" },
	{ "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0", "private" },
	{ "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0", "benchmarks" },
	{ "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0", "documentation" },
	{ "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0", "documentation" },
	{ "224.0.0.0", "239.255.255.255", "223.255.255.255", NULL, "multicast" },
	{ "240.0.0.0", "255.255.255.254", NULL, NULL, "reserved" },
	{ "255.255.255.255", "255.255.255.255", NULL, NULL, "broadcast" },

	{ "::", "::", NULL, NULL, "unspecified" },
	{ "::1", "::1", NULL, NULL, "loopback" },
	{ "::2", "::ffff:ffff", NULL, NULL, "IPv4-compatible" },
	{ "::1:0:0", "64:ff9a:ffff::", NULL, NULL, "reserved" },
	{ "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "local translation" },
	{ "100::", "100::ffff:ffff:ffff:ffff", NULL, NULL, "discarded" },
	{ "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", NULL, NULL, "dummy" },
	{ "100:0:0:2::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "2000::", "reserved" },
	{ "2001:1::", "2001:1::", NULL, "2001:1::1", "protocols" },
	{ "2001:1::4", "2001:1:ffff::", "2001:1::3", NULL, "protocols" },
	{ "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "benchmarks" },
	{ "2001:2:1::", "2001:2:ffff::", NULL, "2001:3::", "protocols" },
	{ "2001:10::", "2001:1f:ffff::", NULL, "2001:20::", "protocols" },
	{ "2001:40::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:3f:ffff::", "2001:200::", "protocols" },
	{ "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::", "documentation" },
	{ "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff::", "3fff:1000::", "documentation" },
	{ "4000::", "5eff:ffff::", "3fff:ffff::", NULL, "reserved" },
	{ "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "routing domain" },
	{ "6000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "reserved" },
	{ "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "private" },
	{ "fd00:ec2::254", "fd20:ce::254", NULL, NULL, "private" },
	{ "fe00::", "fe7f:ffff::", NULL, NULL, "reserved" },
	{ "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "link-local" },
	{ "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "site-local" },
	{ "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL, "multicast" },
};

static void is_special(const char *text, const char *word)
{
	const char *what = cidr_special(address(text));

	if (!what || !strstr(what, word))
		fail_msg("%s is '%s', not '%s'", text, what ? what : "public", word);
}

static void is_public(const char *text)
{
	const char *what = text ? cidr_special(address(text)) : NULL;

	if (what)
		fail_msg("%s is '%s', not public", text, what);
}

static void special_ranges_end_where_they_end(void **state UNUSED)
{
	for (size_t i = 0; i < N_ELEMS(blocks); i++) {
		is_special(blocks[i].first, blocks[i].word);
		is_special(blocks[i].last, blocks[i].word);
		is_public(blocks[i].before);
		is_public(blocks[i].after);
	}
}

static void the_rest_is_public(void **state UNUSED)
{
	static const char *const text[] = { "8.8.8.8",         "93.184.216.34", "192.31.196.1",
					    "192.52.193.1",    "192.175.48.1",  "2606:4700::1111",
					    "2620:4f:8000::1", "2001:4:112::1", "2001:4860:4860::8888" };

	for (size_t i = 0; i < N_ELEMS(text); i++)
		is_public(text[i]);
}

static void addresses_inside_are_looked_at(void **state UNUSED)
{
	is_special("::ffff:127.0.0.1", "loopback");
	is_special("::ffff:169.254.169.254", "metadata");
	is_public("::ffff:8.8.8.8");
	is_special("64:ff9b::10.1.2.3", "private");
	is_special("64:ff9b::169.254.169.254", "metadata");
	is_public("64:ff9b::8.8.8.8");
	is_special("2002:7f00:1::1", "loopback");
	is_special("2002:a9fe:a9fe::", "metadata");
	is_public("2002:808:808::1");
	/* Teredo: the server 192.0.2.45, then 127.0.0.1 as a client of 8.8.8.8, then 10.0.0.1 of it */
	is_special("2001:0:c000:22d::f7f7:f7f7", "documentation");
	is_special("2001:0:808:808::80ff:fffe", "loopback");
	is_special("2001:0:808:808::f5ff:fffe", "private");
	is_public("2001:0:808:808::f7f7:f7f7");
}

static void other_families_are_special(void **state UNUSED)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };
	struct err e = ERR_INIT;

	assert_non_null(cidr_special(&sa));
	assert_int_equal(cidr_check(NULL, true, &sa, &e), -EACCES);
}

static void a_list_holds_what_it_names(void **state UNUSED)
{
	auto_cidrs c = { NULL, 0 };
	struct err e = ERR_INIT;

	assert_int_equal(cidrs_parse("# the office\n\n  10.8.0.0/13\t# VPN\r\n::1\n192.0.2.7\nfd00::/9\n", &c, &e), 0);
	assert_int_equal(c.n, 4);
	assert_true(cidrs_hold(&c, address("10.8.0.0")));
	assert_true(cidrs_hold(&c, address("10.15.255.255")));
	assert_false(cidrs_hold(&c, address("10.7.255.255")));
	assert_false(cidrs_hold(&c, address("10.16.0.0")));
	assert_true(cidrs_hold(&c, address("::1")));
	assert_false(cidrs_hold(&c, address("::2")));
	assert_true(cidrs_hold(&c, address("192.0.2.7")));
	assert_false(cidrs_hold(&c, address("192.0.2.6")));
	assert_true(cidrs_hold(&c, address("fd7f:ffff::1")));
	assert_false(cidrs_hold(&c, address("fd80::")));
	/* the bytes of an IPv4 range at the front of an IPv6 address */
	assert_false(cidrs_hold(&c, address("a08::")));
	assert_false(cidrs_hold(NULL, address("10.8.0.0")));
}

static void mapped_is_the_same_address(void **state UNUSED)
{
	auto_cidrs four = { NULL, 0 }, six = { NULL, 0 }, all = { NULL, 0 };
	struct err e = ERR_INIT;

	assert_int_equal(cidrs_parse("10.0.0.0/8", &four, &e), 0);
	assert_int_equal(cidrs_parse("::ffff:10.0.0.0/104", &six, &e), 0);
	assert_int_equal(cidrs_parse("::/0", &all, &e), 0);
	assert_true(cidrs_hold(&four, address("::ffff:10.1.2.3")));
	assert_true(cidrs_hold(&six, address("::ffff:10.1.2.3")));
	assert_true(cidrs_hold(&six, address("10.1.2.3")));
	assert_false(cidrs_hold(&six, address("11.0.0.0")));
	assert_false(cidrs_hold(&all, address("::ffff:10.1.2.3")));
	assert_true(cidrs_hold(&all, address("::1")));
}

static void whole_and_single_prefixes(void **state UNUSED)
{
	auto_cidrs c = { NULL, 0 }, one = { NULL, 0 };
	struct err e = ERR_INIT;

	assert_int_equal(cidrs_parse("0.0.0.0/0", &c, &e), 0);
	assert_true(cidrs_hold(&c, address("255.1.2.3")));
	assert_false(cidrs_hold(&c, address("::1")));
	assert_int_equal(cidrs_parse("10.1.2.3/32\n2001:db8::1/128", &one, &e), 0);
	assert_true(cidrs_hold(&one, address("2001:db8::1")));
	assert_false(cidrs_hold(&one, address("2001:db8::")));
}

static void empty_lists_are_lists(void **state UNUSED)
{
	static const char *const text[] = { "", "\n\n", "# nothing", " \t\r\n" };

	for (size_t i = 0; i < N_ELEMS(text); i++) {
		auto_cidrs c = { NULL, 0 };
		struct err e = ERR_INIT;

		assert_int_equal(cidrs_parse(text[i], &c, &e), 0);
		assert_int_equal(c.n, 0);
		assert_false(cidrs_hold(&c, address("127.0.0.1")));
	}
}

static void what_is_no_range_is_refused(void **state UNUSED)
{
	static const struct {
		const char *text, *said;
	} wrong[] = {
		{ "10.0.0.1/8", "line 1: '10.0.0.1/8': bits are set" },
		{ "10.0.0.0/8\n\n2001:db8::1/32", "line 3: '2001:db8::1/32': bits are set" },
		{ "10.0.0.0/33", "0 to 32" },
		{ "10.0.0.0/-1", "0 to 32" },
		{ "10.0.0.0/", "0 to 32" },
		{ "10.0.0.0/8/8", "0 to 32" },
		{ "::/129", "0 to 128" },
		{ "10.0.0/8", "no address" },
		{ "10.0.0.0.0", "no address" },
		{ "010.0.0.1", "no address" },
		{ "0x7f.0.0.1", "no address" },
		{ "10", "no address" },
		{ "localhost", "no address" },
		{ "10.0.0.0/8 192.168.0.0/16", "0 to 32" },
		{ "10.0.0.1, 10.0.0.2", "no address" },
		{ "fe80::1%eth0", "no address" },
		{ "[::1]", "no address" },
		{ "/8", "no address" },
		{ "1111111111111111111111111111111111111111111111111111111111111111", "too long" },
	};

	for (size_t i = 0; i < N_ELEMS(wrong); i++) {
		struct cidrs c = { NULL, 0 };
		struct err e = ERR_INIT;

		assert_int_equal(cidrs_parse(wrong[i].text, &c, &e), -EINVAL);
		if (!strstr(e.text, wrong[i].said))
			fail_msg("'%s' gives '%s'", wrong[i].text, e.text);
		assert_null(c.one);
	}
}

static void a_list_has_an_end(void **state UNUSED)
{
	auto_cidrs c = { NULL, 0 };
	struct err e = ERR_INIT;
	auto_buf text = BUF_INIT;

	for (int i = 0; i < CIDRS_MAX; i++)
		buf_printf(&text, "10.0.%d.%d\n", i / 256, i % 256);
	assert_int_equal(cidrs_parse(buf_str(&text), &c, &e), 0);
	assert_int_equal(c.n, CIDRS_MAX);
	assert_true(cidrs_hold(&c, address("10.0.3.255")));
	cidrs_free(&c);
	buf_addstr(&text, "10.9.9.9\n");
	assert_int_equal(cidrs_parse(buf_str(&text), &c, &e), -EINVAL);
	assert_non_null(strstr(e.text, "line 1025"));
}

static void what_may_be_connected_to(void **state UNUSED)
{
	auto_cidrs c = { NULL, 0 };
	struct err e = ERR_INIT;

	assert_int_equal(cidrs_parse("10.0.0.0/8\n8.8.8.8", &c, &e), 0);
	assert_int_equal(cidr_check(NULL, true, address("8.8.4.4"), &e), 0);
	assert_int_equal(cidr_check(&c, true, address("8.8.4.4"), &e), 0);
	assert_int_equal(cidr_check(&c, true, address("10.0.0.1"), &e), 0);
	assert_int_equal(cidr_check(&c, false, address("10.0.0.1"), &e), 0);
	assert_int_equal(cidr_check(&c, false, address("8.8.8.8"), &e), 0);
	assert_int_equal(cidr_check(&c, false, address("8.8.4.4"), &e), -EACCES);
	assert_non_null(strstr(e.text, "8.8.4.4"));
	assert_non_null(strstr(e.text, "https://"));
	assert_int_equal(cidr_check(NULL, true, address("::ffff:10.0.0.1"), &e), -EACCES);
	assert_string_equal(e.text,
			    "the address 10.0.0.1 is a private address (RFC 1918), and no allowed range holds it");
	assert_int_equal(cidr_check(&c, true, address("64:ff9b::10.0.0.1"), &e), -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_ranges_end_where_they_end), cmocka_unit_test(the_rest_is_public),
		cmocka_unit_test(addresses_inside_are_looked_at),    cmocka_unit_test(other_families_are_special),
		cmocka_unit_test(a_list_holds_what_it_names),        cmocka_unit_test(mapped_is_the_same_address),
		cmocka_unit_test(whole_and_single_prefixes),         cmocka_unit_test(empty_lists_are_lists),
		cmocka_unit_test(what_is_no_range_is_refused),       cmocka_unit_test(a_list_has_an_end),
		cmocka_unit_test(what_may_be_connected_to),
	};

	return RUN_TESTS(tests);
}

#include "net/cidr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define WORD_BYTES 64 /* the longest form of a range has 49 */
#define IPV4_BITS  32
#define IPV6_BITS  128

/* An address without its port; what is mapped into IPv6 is the IPv4 address that it stands for. */
struct address {
	unsigned char bytes[16];
	int family;
};

static const unsigned char mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

static bool is_mapped(const unsigned char *bytes)
{
	return memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

static void set_ipv4(struct address *a, const unsigned char *bytes)
{
	memset(a, 0, sizeof(*a));
	a->family = AF_INET;
	memcpy(a->bytes, bytes, 4);
}

/* address_of - false for what is neither IPv4 nor IPv6 */
static bool address_of(const struct sockaddr *sa, struct address *out)
{
	if (sa->sa_family == AF_INET) {
		set_ipv4(out, (const unsigned char *)&((const struct sockaddr_in *)(const void *)sa)->sin_addr);
		return true;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	out->family = AF_INET6;
	memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
	if (is_mapped(out->bytes))
		set_ipv4(out, (unsigned char[4]){ out->bytes[12], out->bytes[13], out->bytes[14], out->bytes[15] });
	return true;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool holds(const struct cidr *c, const struct address *a)
{
	return c->family == a->family && same_bits(c->bytes, a->bytes, c->prefix);
}

/* Reading ranges */

static bool has_host_bits(const struct cidr *c, unsigned bits)
{
	for (unsigned i = c->prefix; i < bits; i++)
		if (c->bytes[i / 8] & 0x80U >> i % 8)
			return true;
	return false;
}

/* unmap - a range of mapped addresses is the range of IPv4 that it stands for */
static void unmap(struct cidr *c)
{
	if (c->family != AF_INET6 || c->prefix < 96 || !is_mapped(c->bytes))
		return;
	memmove(c->bytes, c->bytes + 12, 4);
	memset(c->bytes + 4, 0, 12);
	c->family = AF_INET;
	c->prefix -= 96;
}

/* parse_one - word is "ADDRESS" or "ADDRESS/BITS" and is cut at the slash; returns NULL or what is wrong with it */
static const char *parse_one(char *word, struct cidr *c)
{
	char *slash = strchr(word, '/');
	unsigned bits = strchr(word, ':') ? IPV6_BITS : IPV4_BITS;
	int64_t prefix = bits;

	memset(c, 0, sizeof(*c));
	c->family = bits == IPV6_BITS ? AF_INET6 : AF_INET;
	if (slash) {
		*slash = '\0';
		if (util_int(slash + 1, &prefix) < 0 || prefix < 0 || prefix > bits)
			return bits == IPV6_BITS ? "the number behind the slash is not 0 to 128"
						 : "the number behind the slash is not 0 to 32";
	}
	if (inet_pton(c->family, word, c->bytes) != 1)
		return "this is no address, nor a range such as 10.0.0.0/8 or 2001:db8::/32";
	c->prefix = (unsigned)prefix;
	if (has_host_bits(c, bits))
		return "bits are set behind the prefix; only its first address may stand before the slash";
	unmap(c);
	return NULL;
}

static int add(struct cidrs *c, const struct cidr *one)
{
	/* Doubles at each power of two, so that the room need not be kept anywhere. */
	if ((c->n & (c->n - 1)) == 0) {
		struct cidr *more = realloc(c->one, (c->n ? c->n * 2 : 1) * sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->one = more;
	}
	c->one[c->n++] = *one;
	return 0;
}

/* parse_line - the range on the line, if it has one */
static int parse_line(const char *line, size_t len, unsigned number, struct cidrs *out, struct err *e)
{
	static const char space[] = " \t\r\v\f";
	const char *comment = memchr(line, '#', len), *wrong;
	char word[WORD_BYTES];
	struct cidr one;

	if (comment)
		len = (size_t)(comment - line);
	for (; len > 0 && strchr(space, *line); line++)
		len--;
	while (len > 0 && strchr(space, line[len - 1]))
		len--;
	if (len == 0)
		return 0;
	if (out->n == CIDRS_MAX)
		return err_set(e, -EINVAL, "line %u: there are more than %d ranges", number, CIDRS_MAX);
	if (len >= sizeof(word))
		return err_set(e, -EINVAL, "line %u: '%.40s…' is too long for a range of addresses", number, line);
	memcpy(word, line, len);
	word[len] = '\0';
	wrong = parse_one(word, &one);
	if (wrong)
		return err_set(e, -EINVAL, "line %u: '%.*s': %s", number, (int)len, line, wrong);
	return add(out, &one);
}

int cidrs_parse(const char *text, struct cidrs *out, struct err *e)
{
	struct cidrs all = { NULL, 0 };
	unsigned number = 1;

	for (;; number++) {
		size_t len = strcspn(text, "\n");
		int rc = parse_line(text, len, number, &all, e);

		if (rc < 0) {
			cidrs_free(&all);
			return rc;
		}
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	*out = all;
	return 0;
}

void cidrs_free(struct cidrs *c)
{
	free(c->one);
	*c = (struct cidrs){ NULL, 0 };
}

bool cidrs_hold(const struct cidrs *c, const struct sockaddr *sa)
{
	struct address a;

	if (!c || !address_of(sa, &a))
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (holds(&c->one[i], &a))
			return true;
	return false;
}

/* What is not of the public internet */

static const char *special(const struct address *a);

/* An IPv4 address stands at byte at of an IPv6 one. */
static const char *special_inside(const struct address *a, unsigned at)
{
	struct address in;

	set_ipv4(&in, a->bytes + at);
	return special(&in);
}

static const char *special_nat64(const struct address *a)
{
	return special_inside(a, 12);
}

static const char *special_6to4(const struct address *a)
{
	return special_inside(a, 2);
}

/* The server's address stands there plainly, the client's with every bit turned (RFC 4380, 4). */
static const char *special_teredo(const struct address *a)
{
	const char *server = special_inside(a, 4);
	unsigned char client[4];
	struct address in;

	for (unsigned i = 0; i < 4; i++)
		client[i] = a->bytes[12 + i] ^ 0xff;
	set_ipv4(&in, client);
	return server ? server : special(&in);
}

struct range {
	const char *text;
	const char *what; /* NULL: of the public internet */
	const char *(*look)(const struct address *a);
};

/*
 * The first row that holds an address says what it is, so an exception stands before the range that it lies in. A row's
 * look, where it has one, answers by the address inside.
 * Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries, their column "Globally Reachable"; the multicast
 * and reserved blocks of the IANA address space registries. The address of Azure's platform is a public one by those.
 */
static const struct range ranges[] = {
	{ "0.0.0.0", "the unspecified address" },
	{ "0.0.0.0/8", "an address of 'this network' (RFC 791)" },
	{ "10.0.0.0/8", "a private address (RFC 1918)" },
	{ "100.64.0.0/10", "an address shared by a provider's customers (RFC 6598)" },
	{ "127.0.0.0/8", "loopback" },
	{ "168.63.129.16", "where Azure answers its machines" },
	{ "169.254.0.0/16", "link-local, where cloud metadata is" },
	{ "172.16.0.0/12", "a private address (RFC 1918)" },
	{ "192.0.0.9", NULL },  /* Port Control Protocol anycast */
	{ "192.0.0.10", NULL }, /* TURN anycast */
	{ "192.0.0.0/24", "set aside for protocols (RFC 6890)" },
	{ "192.0.2.0/24", "an address for documentation (RFC 5737)" },
	{ "192.88.99.0/24", "an address of 6to4 relays (RFC 7526)" },
	{ "192.168.0.0/16", "a private address (RFC 1918)" },
	{ "198.18.0.0/15", "an address for benchmarks (RFC 2544)" },
	{ "198.51.100.0/24", "an address for documentation (RFC 5737)" },
	{ "203.0.113.0/24", "an address for documentation (RFC 5737)" },
	{ "224.0.0.0/4", "multicast" },
	{ "255.255.255.255", "broadcast" },
	{ "240.0.0.0/4", "reserved (RFC 1112)" },
	{ "0.0.0.0/0", NULL },

	{ "::", "the unspecified address" },
	{ "::1", "loopback" },
	{ "::/96", "an IPv4-compatible address (RFC 4291)" },
	{ "64:ff9b::/96", NULL, special_nat64 },
	{ "64:ff9b:1::/48", "an address of a local translation to IPv4 (RFC 8215)" },
	{ "2001::/32", NULL, special_teredo },
	{ "2001:1::1", NULL }, /* Port Control Protocol anycast */
	{ "2001:1::2", NULL }, /* TURN anycast */
	{ "2001:1::3", NULL }, /* DNS-SD service registration anycast */
	{ "2001:2::/48", "an address for benchmarks (RFC 5180)" },
	{ "2001:3::/32", NULL },     /* AMT */
	{ "2001:4:112::/48", NULL }, /* AS112 */
	{ "2001:20::/28", NULL },    /* ORCHIDv2 */
	{ "2001:30::/28", NULL },    /* drones' remote ids */
	{ "2001::/23", "set aside for protocols (RFC 2928)" },
	{ "2001:db8::/32", "an address for documentation (RFC 3849)" },
	{ "2002::/16", NULL, special_6to4 },
	{ "3fff::/20", "an address for documentation (RFC 9637)" },
	{ "2000::/3", NULL },
	{ "100::/64", "an address whose packets are discarded (RFC 6666)" },
	{ "100:0:0:1::/64", "a dummy prefix (RFC 9780)" },
	{ "5f00::/16", "a segment of a routing domain (RFC 9602)" },
	{ "fc00::/7", "a private address (unique local, RFC 4193)" },
	{ "fe80::/10", "link-local" },
	{ "fec0::/10", "a private address (site-local, RFC 3879)" },
	{ "ff00::/8", "multicast" },
	{ "::/0", "reserved (RFC 4291)" },
};

static struct cidr parsed[N_ELEMS(ranges)];
static bool parsed_well;

static void parse_ranges(void)
{
	char word[WORD_BYTES];

	parsed_well = true;
	for (size_t i = 0; i < N_ELEMS(ranges); i++) {
		snprintf(word, sizeof(word), "%s", ranges[i].text);
		if (parse_one(word, &parsed[i]))
			parsed_well = false;
	}
}

/* A row that were no range would let what it names pass for public, so then all is refused; a test looks at each. */
static const char *special(const struct address *a)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, parse_ranges);
	for (size_t i = 0; parsed_well && i < N_ELEMS(ranges); i++)
		if (holds(&parsed[i], a))
			return ranges[i].look ? ranges[i].look(a) : ranges[i].what;
	return "of no known range";
}

const char *cidr_special(const struct sockaddr *sa)
{
	struct address a;

	return address_of(sa, &a) ? special(&a) : "not an internet address";
}

static void address_text(const struct sockaddr *sa, char *text)
{
	struct address a;

	if (!address_of(sa, &a) || !inet_ntop(a.family, a.bytes, text, INET6_ADDRSTRLEN))
		snprintf(text, INET6_ADDRSTRLEN, "of family %d", sa->sa_family);
}

int cidr_check(const struct cidrs *allow, bool encrypted, const struct sockaddr *sa, struct err *e)
{
	const char *what = cidr_special(sa);
	char text[INET6_ADDRSTRLEN];

	if ((!what && encrypted) || cidrs_hold(allow, sa))
		return 0;
	address_text(sa, text);
	if (what)
		return err_set(e, -EACCES, "the address %s is %s, and no allowed range holds it", text, what);
	return err_set(e, -EACCES,
		       "http:// sends in plain text and only to allowed ranges, which do not hold the address %s; "
		       "use https://",
		       text);
}

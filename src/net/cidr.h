/* cidr - ranges of addresses, and which addresses may be connected to */
#ifndef FS0711_NET_CIDR_H
#define FS0711_NET_CIDR_H

#include <sys/socket.h>

#include "base/err.h"

#define CIDRS_MAX 1024 /* ranges in one list */

struct cidr {
	unsigned char bytes[16]; /* network byte order; the first 4 for AF_INET */
	int family;              /* AF_INET or AF_INET6 */
	unsigned prefix;         /* bits that count: at most 32 or 128 */
};

/* By value; all zeroes is empty. */
struct cidrs {
	struct cidr *one;
	size_t n;
};

#define auto_cidrs __attribute__((cleanup(cidrs_free))) struct cidrs

/*
 * cidrs_parse - read ranges, one a line: "10.0.0.0/8", "::1", "192.0.2.7"; blank lines and what follows a # are skipped
 * out     replaced on success only (free what it held before); cidrs_free it
 * Returns 0, or -EINVAL with the line and the word: no range, bits set behind the prefix, over CIDRS_MAX ranges; or
 *         -ENOMEM
 */
int cidrs_parse(const char *text, struct cidrs *out, struct err *e);
/* cidrs_free - what c holds; c is empty after */
void cidrs_free(struct cidrs *c);

/* cidrs_hold - true when a range holds the address; ::ffff:192.0.2.7 is 192.0.2.7 in both. c may be NULL: none */
bool cidrs_hold(const struct cidrs *c, const struct sockaddr *sa);

/*
 * cidr_special - what an address is that does not belong to the public internet: "loopback", "link-local, where cloud
 * metadata is" …; NULL for one that does. By the IANA special-purpose registries of IPv4 and IPv6 (RFC 6890 and what
 * came later), and with multicast, the unspecified address, and the addresses inside IPv4-mapped, NAT64, 6to4 and
 * Teredo forms
 */
const char *cidr_special(const struct sockaddr *sa);

/*
 * cidr_check - may this address be connected to?
 * allow      ranges that a person named; NULL or empty for none
 * encrypted  by TLS; without it only addresses that allow holds will do
 * Returns 0, or -EACCES with a sentence
 */
int cidr_check(const struct cidrs *allow, bool encrypted, const struct sockaddr *sa, struct err *e);

#endif

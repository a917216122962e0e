/* shaset - a set of SHA-256 sums, each with a number; by value, all zeroes is empty */
#ifndef FS0711_CTL_SHASET_H
#define FS0711_CTL_SHASET_H

#include "base/crypto.h"

struct shaset_slot {
	char sha[SHA256_HEX_BYTES]; /* "" while it is free */
	int64_t value;
};

struct shaset {
	struct shaset_slot *slot;
	size_t n, cap; /* cap: a power of two, or 0 */
};

void shaset_release(struct shaset *s);
/* shaset_find - the number of sha to read and write, or NULL; good until the next shaset_add */
int64_t *shaset_find(const struct shaset *s, const char *sha);
/* shaset_add - true when sha was not in the set yet; one that is there keeps its number */
bool shaset_add(struct shaset *s, const char *sha, int64_t value);

#endif

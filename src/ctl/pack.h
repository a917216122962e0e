/* pack - write an archive: a tar file, compressed as its name says */
#ifndef FS0711_CTL_PACK_H
#define FS0711_CTL_PACK_H

#include "base/crypto.h"
#include "base/err.h"

struct pack;

/*
 * pack_open - begin an archive
 * file  ends in .tar, .tar.gz or .tgz for these, else it is compressed with zstd; "-" is standard output. It appears
 *       under its name when it is whole, and replaces one of that name
 * Returns 0 or -errno
 */
int pack_open(const char *file, struct pack **out, struct err *e);
/* pack_bytes, pack_fd - a member; of fd exactly size bytes from where it stands, and sha (may be NULL) is their hash */
int pack_bytes(struct pack *p, const char *name, const void *bytes, size_t len, struct err *e);
int pack_fd(struct pack *p, const char *name, int fd, int64_t size, char *sha, struct err *e);
/* pack_finish - the end: durable under its name on return. 0 or -errno */
int pack_finish(struct pack *p, struct err *e);
/* pack_free - one that is not finished leaves nothing behind. p may be NULL */
void pack_free(struct pack *p);

#endif

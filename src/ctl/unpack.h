/* unpack - read an archive that pack made, or tar made of the same members */
#ifndef FS0711_CTL_UNPACK_H
#define FS0711_CTL_UNPACK_H

#include "base/buf.h"
#include "base/err.h"

struct unpack;

/* unpack_open - file "-" is standard input. How it is compressed is seen from its bytes. 0 or -errno */
int unpack_open(const char *file, struct unpack **out, struct err *e);
/* unpack_free - u may be NULL */
void unpack_free(struct unpack *u);
/* unpack_next - go to the next file: 1 and its name (good until the next call), 0 at the end, -EBADMSG or -errno */
int unpack_next(struct unpack *u, const char **name, struct err *e);
/* unpack_read - bytes of the file as they come, 0 at its end, -EBADMSG or -errno */
ssize_t unpack_read(struct unpack *u, void *bytes, size_t len, struct err *e);
/* unpack_all - append the rest of the file, at most max bytes (else -EFBIG) */
int unpack_all(struct unpack *u, struct buf *out, size_t max, struct err *e);

#endif

/* check - everything that fsck looks at, without changing anything */
#ifndef FS0711_CTL_CHECK_H
#define FS0711_CTL_CHECK_H

#include "ctl/finding.h"

struct check {
	struct findings findings;
	char *holder; /* "123 (0711fs)": the process that has the source, NULL for none */
	int64_t n_tasks, n_documents, n_blobs, n_bytes;
};

/*
 * check_run - look at all rows, and at the blobs and staging of a source; *out is for check_release, also on failure
 * trust  a former check: only blobs that it found wrong are read again, of the others only the size. May be NULL
 * Returns 0 however much is wrong, or -errno when it could not be looked at. Blocks on the disk
 */
int check_run(const char *source, const struct check *trust, struct check *out, struct err *e);
void check_release(struct check *c);

#endif

/* check_parts - what the files of the check share; for them only */
#ifndef FS0711_CTL_CHECK_PARTS_H
#define FS0711_CTL_CHECK_PARTS_H

#include "blob/scan.h"
#include "ctl/census.h"
#include "ctl/check.h"

struct check_job {
	struct check *out;
	const struct check *trust;
	struct store *store;
	struct scan *scan;
	struct census census;
};

/* check_rows - what disagrees between the rows of the census */
void check_rows(struct check_job *j);
/* check_bytes - blobs and staging against the rows. 0 or -errno */
int check_bytes(struct check_job *j, struct err *e);

#endif

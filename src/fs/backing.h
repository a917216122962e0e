/*
 * backing - stored documents that the kernel reads by itself, without asking (FUSE passthrough)
 *
 * Where libfuse (3.17 and later), the kernel (6.9 and later) and the rights of the process (CAP_SYS_ADMIN) allow it,
 * the reads of a large document go straight to its blob. All descriptors of one inode must then have the same backing,
 * so they share one registration. Only for inodes whose bytes never change and that nobody writes: a file that is being
 * dropped is not among them, since each FLUSH seals what was written, and the kernel would write on into the sealed
 * blob.
 */
#ifndef FS0711_FS_BACKING_H
#define FS0711_FS_BACKING_H

#include "fs/ll_parts.h"

struct backings;

/* backings_new - for fs->backings; nothing is registered before backings_allow */
struct backings *backings_new(void);
/* backings_free - the kernel's registrations went with the connection */
void backings_free(struct backings *bs);
/* backings_allow - the kernel agreed to passthrough */
void backings_allow(struct backings *bs);

/*
 * backing_get - the registration for an open file of that inode, whose bytes fd gives; > 0 for fi->backing_id, to be
 * put back when the descriptor is closed. 0: none, the file is read through us
 */
int backing_get(struct backings *bs, fuse_req_t req, uint64_t ino, int fd);
void backing_put(struct backings *bs, fuse_req_t req, uint64_t ino);

#endif

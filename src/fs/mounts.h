/* mounts - what is mounted, as the kernel lists it. No file system is asked, so that none can keep us waiting */
#ifndef FS0711_FS_MOUNTS_H
#define FS0711_FS_MOUNTS_H

#include "base/util.h"

struct mounted {
	char *source; /* what the mount table shows for it */
	bool ours;    /* its type is fuse.0711fs */
	bool fuse;
	unsigned device; /* the minor number: what fusectl calls the connection */
};

void mounted_release(struct mounted *m);
/* mounts_at - the mount that one sees at that path, absolute and without links; *out is for mounted_release */
bool mounts_at(const char *mountpoint, struct mounted *out);
/* mounts_show - true while the source is mounted somewhere by a daemon of ours */
bool mounts_show(const char *source);

#endif

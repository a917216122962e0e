/* fs - what the parts of the file system share */
#ifndef FS0711_FS_FS_H
#define FS0711_FS_FS_H

#include <jansson.h>

#include "base/buf.h"
#include "mcp/catalog.h"
#include "platform/platform.h"

struct backings;
struct dirtimes;
struct handles;
struct unlinkeds;
struct uploads;
struct lingers;
struct folders;
struct scratches;
struct waits;
struct notifier;
struct kicks;
struct kick_helper;
struct eventlog;
struct pool;
struct fuse_session;

/* What the program around the file system knows of itself. */
struct fs_host {
	void *ud;
	void (*health)(void *ud, json_t *health);         /* add the state of the other parts */
	json_t *(*mcp_status)(void *ud, const char *mcp); /* new reference, NULL when unknown */
	json_t *(*webhooks)(void *ud);                    /* what was sent; new reference, NULL when nothing sends */
	/* before the first request is answered: who writes to control breaks the connection. It stays the fs's */
	void (*mounted)(void *ud, int control);

	/* Models and devices as model/keeper.h has them; each may be NULL: nobody keeps models here. */
	json_t *(*model)(void *ud, int64_t row); /* keeper_model */
	/* keeper_do, by the verb's word; blocks up to two seconds */
	int (*model_do)(void *ud, int64_t row, const char *verb, struct err *e);
	int (*model_log)(void *ud, int64_t row, struct buf *out);                           /* keeper_log */
	json_t *(*devices)(void *ud);                                                       /* keeper_devices */
	int (*device_total)(void *ud, const char *device, const char *text, struct err *e); /* keeper_device_total */
};

struct fs_options {
	struct platform *platform;
	const struct mcp_catalog *catalog;
	struct fs_host host;
	uid_t uid;
	gid_t gid;
	mode_t umask;
	bool allow_other, read_only;
	const char *mountpoint;
	const struct kick_helper *kick_helper; /* NULL: no kicks */
	int kick_mode;                         /* enum kick_mode */
};

struct fs {
	struct fs_options o;
	struct platform *p;
	int64_t started_at;
	struct backings *backings;
	struct dirtimes *dirtimes;
	struct handles *handles;
	struct unlinkeds *unlinkeds;
	struct uploads *uploads;
	struct lingers *lingers;
	struct folders *folders;
	struct scratches *scratches;
	struct waits *waits;
	struct notifier *notifier;
	struct kicks *kicks;
	struct eventlog *eventlog;
	struct pool *pool;
	struct pool *patient; /* for what may wait for seconds: nobody who waits for the disk stands behind it */
	struct fuse_session *session;
	unsigned device; /* the minor number of the mount; its major number is 0. 0: not known */
	int control;     /* of connection_control, -1 for none */
};

#endif

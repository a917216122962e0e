/*
 * node - the tree as a table: one row for each kind of directory or file, with its handlers
 *
 * An inode number is a name: row id << 8 | kind. There is no inode table; a number seen once means the same for ever.
 * Handlers know nothing of libfuse: they return 0 or -errno and put a sentence into ask->e. What a kind cannot do has
 * no handler, and tree.c answers for it.
 */
#ifndef FS0711_FS_NODE_H
#define FS0711_FS_NODE_H

#include <sys/stat.h>

#include "base/buf.h"
#include "fs/fs.h"
#include "platform/actor.h"

enum node_kind {
	NODE_NONE, /* an inode number of 0 is no file */
	NODE_ROOT, /* 1, FUSE_ROOT_ID: the root is no special case */
	NODE_README,
	NODE_HEALTH,
	NODE_EVENTS,
	NODE_EVENTS_FOLLOW,
	NODE_SETTINGS,
	NODE_SETTINGS_README,
	NODE_SETTINGS_ERROR,
	NODE_SETTING, /* row: enum setting_id + 1 */
	NODE_TRASH,
	NODE_TASKS,
	NODE_STATE, /* row: enum task_state + 1 */
	NODE_LINK,  /* row: the task */
	NODE_INBOX, /* row: the inbox's number; of an engagement that is its row, of tasks/ it is 0 */
	NODE_TASKS_INBOX,
	NODE_INBOX_MCP,  /* row: the inbox's number */
	NODE_INBOX_TOOL, /* row: the inbox's number */
	NODE_ENTRY,      /* row: the drop */
	NODE_FOLDER,     /* row: the drop */
	NODE_FOLDER_CTL,
	NODE_RECEIPT, /* row: the drop */
	NODE_ENGAGEMENTS,
	NODE_ENGAGEMENT, /* row: the engagement, also of what is in it */
	NODE_ENGAGEMENT_JSON,
	NODE_ENGAGEMENT_ERROR,
	NODE_ENGAGEMENT_STATUS,
	NODE_ENGAGEMENT_THRESHOLD,
	NODE_ENGAGEMENT_TITLE,
	NODE_ENGAGEMENT_DESCRIPTION,
	NODE_ENGAGEMENT_EXPERT,
	NODE_ENGAGEMENT_CUSTOMER,
	NODE_ENGAGEMENT_MCP,
	NODE_ENGAGEMENT_TOOL,
	NODE_ENGAGEMENT_TASKS,
	NODE_TASK, /* row: the task, also of what is in it */
	NODE_TASK_JSON,
	NODE_TASK_STATUS,
	NODE_TASK_PROGRESS,
	NODE_TASK_TITLE,
	NODE_TASK_DESCRIPTION,
	NODE_TASK_PRIORITY,
	NODE_TASK_DUE,
	NODE_TASK_ERROR,
	NODE_TASK_LOG,
	NODE_TASK_REVIEW,
	NODE_TASK_EVENTS,
	NODE_TASK_CTL,
	NODE_TASK_WAIT,
	NODE_TASK_WAIT_REVIEW,
	NODE_TASK_INPUT,
	NODE_TASK_FORMER,
	NODE_TASK_OUTPUT,
	NODE_RESULT,   /* row: the document that is result.json now */
	NODE_DOCUMENT, /* row: the document */
	NODE_DOCUMENT_DIR,
	NODE_EXPERTS,
	NODE_EXPERT,
	NODE_EXPERT_JSON,
	NODE_EXPERT_ERROR,
	NODE_COMPANIES,
	NODE_COMPANY,
	NODE_COMPANY_JSON,
	NODE_COMPANY_ERROR,
	NODE_MCPS,
	NODE_MCP, /* row: its place in the catalogue + 1, also of what is in it */
	NODE_MCP_MANIFEST,
	NODE_MCP_STATUS,
	NODE_MCP_TOOLS,
	NODE_TOOL, /* row: MCP's row << 16 | place of the tool + 1, also of what is in it */
	NODE_TOOL_DESCRIPTION,
	NODE_TOOL_SCHEMA,
	NODE_TOOL_OUTPUT,
	NODE_SCRATCH, /* row: reserved for an editor's temporary file */
	NODE_COMPANY_PROFILE,
	NODE_EVENTS_DAYS,
	NODE_EVENTS_DAY, /* row: days since 1970 */
	NODE_EVENTS_SINCE,
	NODE_EVENTS_AFTER, /* row: the event, 0: before the first */
	NODE_METRICS,
	NODE_WEBHOOKS,
	NODE_WEBHOOKS_STATUS,
	NODE_PENDING,
	NODE_DELIVERED,
	NODE_DEAD,
	NODE_DELIVERY, /* row: the delivery */
	NODE_ENDPOINTS,
	NODE_ENDPOINT, /* row: the endpoint, also of what is in it */
	NODE_ENDPOINT_JSON,
	NODE_ENDPOINT_URL,
	NODE_ENDPOINT_SECRET,
	NODE_ENDPOINT_KEYS,
	NODE_ENDPOINT_EVENTS,
	NODE_ENDPOINT_HEADERS,
	NODE_ENDPOINT_ALLOW,
	NODE_ENDPOINT_ENABLED,
	NODE_ENDPOINT_ORDERED,
	NODE_ENDPOINT_FORMAT,
	NODE_ENDPOINT_STATE,
	NODE_ENDPOINT_REPLAY,
	NODE_ENDPOINT_ERROR,
	NODE_MODELS,
	NODE_MODELS_STATUS,
	NODE_MODEL, /* row: the model, also of what is in it */
	NODE_MODEL_SPEC,
	NODE_MODEL_STATE,
	NODE_MODEL_REASON,
	NODE_MODEL_DEVICE,
	NODE_MODEL_MEMORY,
	NODE_MODEL_LAST_USED,
	NODE_MODEL_LOADS,
	NODE_MODEL_LOAD_SECONDS,
	NODE_MODEL_IN_USE,
	NODE_MODEL_LOG,
	NODE_MODEL_HISTORY,
	NODE_MODEL_CTL,
	NODE_MODEL_KEY,
	NODE_MODEL_ERROR,
	NODE_DEVICES,
	NODE_DEVICE, /* row: its place among the devices + 1, also of what is in it */
	NODE_DEVICE_NAME,
	NODE_DEVICE_UUID,
	NODE_DEVICE_TOTAL,
	NODE_DEVICE_FREE,
	NODE_DEVICE_USED,
	NODE_DEVICE_FOREIGN,
	NODE_DEVICE_RESIDENT,
	NODE_RESIDENT, /* row: the model */
	N_NODE_KINDS
};

#define INO(kind, row) ((uint64_t)(row) << 8 | (uint64_t)(kind))
#define INO_KIND(ino)  ((unsigned)((ino)&0xff))
#define INO_ROW(ino)   ((int64_t)((ino) >> 8))
_Static_assert(INO(NODE_ROOT, 0) == 1, "the root's inode number is 1");
_Static_assert(N_NODE_KINDS <= 256, "a kind takes eight bits");

enum node_flags {
	NODE_HIDDEN = 1,   /* answers lookup, is not listed */
	NODE_LIVE = 2,     /* figures of this moment: one snapshot a second, never cached by the kernel */
	NODE_LINE = 4,     /* what is written is judged line by line, within write(2) */
	NODE_SCRATCHY = 8, /* a directory where editors may keep temporary files */
	NODE_BLOCKS = 16,  /* reading waits; parked in wait.c */
	NODE_UPLOADS = 32, /* a directory where files are dropped */
	/*
	 * A name that comes and goes by itself in a directory where people make files all the time: the kernel asks for
	 * it each time. To make it forget such names we would wait for the directory's lock, which a request may hold;
	 * a daemon that is killed while it waits leaves both waiting for ever.
	 */
	NODE_FLEETING = 64,
	NODE_VOLATILE = 128, /* a directory whose names change with one another: the kernel asks for each */
	NODE_FIXED = 256,    /* its row is no record of the store */
	NODE_GROWING = 512,  /* its text or names change without a word to the kernel, which asks each time */
	NODE_PATIENT = 1024, /* what is written may take seconds: judged where that holds up nobody else */
	NODE_ORDERS = 2048,  /* a line file where each line is an order of its own, whatever became of those before */
};

struct node;

/* What a handler is asked about, and by whom. */
struct ask {
	struct fs *fs;
	const struct node *node;
	int64_t row;
	const struct actor *who; /* only for handlers that change something */
	struct err *e;
	struct buf *answer; /* put: what only the descriptor that was written reads; may be NULL */
	pid_t pid;          /* of who looks a name up, 0 when nobody in particular does */
};

struct attr {
	mode_t mode;
	int64_t size;
	int64_t modified_at;
	double timeout_s; /* how long the kernel may keep it */
	uid_t owner;      /* beside the mount's, for what a person dropped */
};

struct found {
	unsigned kind;
	int64_t row;
	bool known; /* size and time came along: no other question for them */
	int64_t size, modified_at;
};

struct entry {
	char *name;
	struct found at;
};

/* The entries of a directory, as they were at one moment. */
struct listing {
	struct entry *entry;
	size_t n, room;
	bool failed; /* memory is gone */
};
void listing_add(struct listing *l, const char *name, unsigned kind, int64_t row);
/* listing_know - size and time of the entry that was added last */
void listing_know(struct listing *l, int64_t size, int64_t modified_at);
void listing_free(struct listing *l);

struct node {
	const char *name; /* NULL: named by its row, found by its parent's find */
	unsigned parent;  /* of what has no name: the list that it is in, or none where up says more */
	mode_t mode;
	unsigned flags;
	const char *field; /* the field that the file shows, for handlers that serve several */

	/* stat - fill modified_at (and size where the file has no show); -ENOENT when the row is gone. None: always
	 * there */
	int (*stat)(const struct ask *a, struct attr *out);
	/* directories: what is in them beside the rows of this table that name them as parent */
	int (*list)(const struct ask *a, struct listing *out);
	int (*find)(const struct ask *a, const char *name, struct found *out);
	int (*mkdir)(const struct ask *a, const char *name, struct found *out);
	/* remove - the entry at, called name: unlink and rmdir */
	int (*remove)(const struct ask *a, const char *name, struct found at);
	/* move - give the entry at, called name, the place (to, to_name); replace: what is there may go */
	int (*move)(const struct ask *a, const char *name, struct found at, struct found to, const char *to_name,
		    bool replace);
	/* removable - may what is in this directory be removed on the way to removing it? 0 or -errno */
	int (*removable)(const struct ask *a);
	/* refusals - where refusals of what happens in this directory are noted; -1 in *kind for nowhere */
	int (*refusals)(const struct ask *a, int64_t *row);

	/* up - the directory that holds it. None: parent, for what has a name of its own in the same record's directory
	 */
	int (*up)(const struct ask *a, struct found *out);

	/* files: text that is made at open */
	int (*show)(const struct ask *a, struct buf *out);
	int (*put)(const struct ask *a, const char *text, size_t len);
	/* files whose bytes never change: a descriptor, the caller's, or -errno */
	int (*open)(const struct ask *a);
	/* symbolic links */
	int (*link)(const struct ask *a, struct buf *out);
};

extern const struct node nodes[N_NODE_KINDS];

/* Handlers, by the file that has them; the table in node.c names them. */

#endif

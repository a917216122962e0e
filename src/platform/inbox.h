/*
 * inbox - what is dropped becomes a task
 *
 * The file system hands over bytes that are sealed (and pinned) already; here they get their rows: the entry that the
 * inbox shows, the task, its documents. All of it is one transaction, durable on return.
 */
#ifndef FS0711_PLATFORM_INBOX_H
#define FS0711_PLATFORM_INBOX_H

#include "base/buf.h"
#include "platform/actor.h"

/* What is behind a file's name in that of its receipt. */
#define INBOX_RECEIPT ".receipt.json"

/* An inbox directory. number tells them apart in the store: see inbox_number. */
struct inbox {
	int64_t number;
	int64_t engagement_row; /* 0: tasks/inbox, the default engagement's */
	char mcp[64], tool[64]; /* the engine that the directory chooses, or "" */
};

/* The bit that marks the number of a chosen engine's inbox: above every row id (below 2^45), below what inode numbers
 * take */
#define INBOX_CHOSEN ((int64_t)1 << 44)

/* inbox_number - 0 for tasks/inbox, the engagement's row for its own inbox, else a hash that no row has */
int64_t inbox_number(int64_t engagement_row, const char *mcp, const char *tool);

/* A document that a request names, resolved by the file system. */
struct attachment {
	char name[NAME_BYTES];
	char sha256[SHA256_HEX_BYTES];
	int64_t size;
};

struct arrival {
	const struct inbox *box;
	int64_t row_id;   /* reserved for the entry; not used when an entry of that name goes on */
	int64_t task_row; /* reserved for the task, so that the caller can hold it before it exists */
	int64_t own_task; /* 0, or the task that the same writing became before: it goes on, whoever has its name now */
	int64_t from_row; /* 0, or the entry of a folder that it was until now: that goes */
	int64_t parent_row; /* the dropped folder that holds it, or 0 */
	const char *name;
	const char *sha256;
	int64_t size, modified_at;
	int64_t quiet_ms;      /* the work waits so long for more writing */
	bool aside;            /* only an entry for now, no task yet: its name may be a program's */
	const json_t *request; /* the file is a request: its parsed text, else NULL */
	const struct attachment *attachment;
	size_t n_attachments;
};

struct acceptance {
	int64_t drop_row; /* the entry, as the inbox shows it now */
	int64_t task_row; /* 0 for an entry that is no task yet */
};

/*
 * inbox_accept - take a file in. The same name again, by the same user while its task is todo or running, renews that
 * task (the former bytes stay as former input); else it is a new task
 * Returns 0, -EINVAL (a request that is wrong, no such engine), -EPERM (the engagement takes none) or the
 * store's error; then nothing was taken
 */
int inbox_accept(struct platform *p, const struct arrival *a, const struct actor *who, struct acceptance *out,
		 struct err *e);

/* inbox_folder - make an empty folder entry with the reserved row; -EEXIST, -ENAMETOOLONG in too many others */
int inbox_folder(struct platform *p, const struct inbox *box, int64_t row_id, int64_t parent_row, const char *name,
		 const struct actor *who, struct err *e);
/* inbox_submit - make a task of a folder and all that is in it, but for folders with temporary names. -ENODATA when it
 * is empty, -EALREADY, -EINVAL when its own name is a temporary one */
int inbox_submit(struct platform *p, const struct inbox *box, int64_t folder_row, const struct actor *who,
		 int64_t *task_row, struct err *e);

/* inbox_remove - remove an entry and its receipt; a task in todo or running is cancelled, its input stays.
 * A folder must be empty (-ENOTEMPTY) */
int inbox_remove(struct platform *p, int64_t drop_row, const struct actor *who, struct err *e);
/* inbox_remove_receipt - remove the receipt of an entry that is gone; -EPERM while the entry is there */
int inbox_remove_receipt(struct platform *p, int64_t drop_row, struct err *e);
/*
 * inbox_rename - another name for an entry in the same directory. replace: an entry that has it is removed with that,
 * as inbox_remove does; else -EEXIST. -EISDIR, -ENOTDIR, -ENOTEMPTY when it cannot give way. Under a temporary name the
 * entry leaves its task to the next file that comes under the old name
 */
int inbox_rename(struct platform *p, int64_t drop_row, const char *name, bool replace, struct err *e);
/* inbox_touch - keep another time of modification */
int inbox_touch(struct platform *p, int64_t drop_row, int64_t modified_at, struct err *e);

/* inbox_get, inbox_find, inbox_find_receipt - fill out (row_release it with drop_table); -ENOENT */
int inbox_get(struct platform *p, int64_t drop_row, struct drop *out, struct err *e);
int inbox_find(struct platform *p, int64_t box, int64_t parent_row, const char *name, struct drop *out, struct err *e);
int inbox_find_receipt(struct platform *p, int64_t box, const char *name, struct drop *out, struct err *e);
/* inbox_each - fn for each entry (struct drop); inbox_each_receipt: for each entry that has a receipt */
int inbox_each(struct platform *p, int64_t box, int64_t parent_row, int64_t after, int (*fn)(void *drop, void *ud),
	       void *ud, struct err *e);
int inbox_each_receipt(struct platform *p, int64_t box, int64_t after, int (*fn)(void *drop, void *ud), void *ud,
		       struct err *e);
/* inbox_each_open - fn for each folder and file that was never submitted (at start) */
int inbox_each_open(struct platform *p, int (*fn)(void *drop, void *ud), void *ud, struct err *e);

/* inbox_receipt - the text of an entry's receipt */
int inbox_receipt(struct platform *p, const struct drop *d, struct buf *out, struct err *e);

#endif

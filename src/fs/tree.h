/* tree - walking the table of nodes: lookup, stat and listing for every kind */
#ifndef FS0711_FS_TREE_H
#define FS0711_FS_TREE_H

#include "fs/node.h"

/* How long the kernel may keep what the change feed invalidates. */
#define TREE_FOREVER_S    86400.0
#define TREE_DOCUMENT_MAX (64 << 20) /* bytes of a document that is edited */

/* tree_ask - the question about an inode; e is where its sentence goes */
struct ask tree_ask(struct fs *fs, uint64_t ino, const struct actor *who, struct err *e);

/* tree_find - the entry of that name (clean form) in a directory. 0 and *out, or -ENOENT */
int tree_find(const struct ask *dir, const char *name, struct found *out);
/* tree_belongs - true for a name that directories of that kind always have */
bool tree_belongs(unsigned dir_kind, const char *name);
/* tree_stat - 0 and *out, or -ENOENT */
int tree_stat(const struct ask *a, struct attr *out);
/* tree_stat_found - the same of what was found; without asking anybody where it is known */
int tree_stat_found(const struct ask *a, const struct found *at, struct attr *out);
/* tree_list - all entries that readdir shows; the caller frees the listing */
int tree_list(const struct ask *dir, struct listing *out);
/* tree_text - the text of a file as of now, exact; for NODE_LIVE the snapshot of this second */
int tree_text(const struct ask *a, struct buf *out);
/* tree_renew - what was just done shows in live files at once: the snapshots of this second are old */
void tree_renew(void);
/* tree_bytes - the same of a file whose bytes never change too; -EFBIG above 64 MiB */
int tree_bytes(const struct ask *a, struct buf *out);
/* tree_walk - from the root along a path, through links to tasks; "" and doubled slashes are skipped. 0 and *out, or
 * -errno */
int tree_walk(struct fs *fs, const char *path, struct found *out, struct err *e);
/* tree_parent - the directory that holds it; the root holds itself. 0 and *out, or -ENOENT when it is gone, -errno */
int tree_parent(const struct ask *a, struct found *out);
/* tree_is_dir - by kind */
bool tree_is_dir(unsigned kind);

#endif

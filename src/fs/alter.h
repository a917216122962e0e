/* alter - changes to directories: make, remove, move; every refusal is noted where `error` files look for it */
#ifndef FS0711_FS_ALTER_H
#define FS0711_FS_ALTER_H

#include "fs/node.h"

/* All: dir is an inode, name in its clean form; 0 or -errno with the sentence in e. They may block on the disk. */
int alter_mkdir(struct fs *fs, uint64_t dir, const char *name, const struct actor *who, struct found *out,
		struct err *e);
int alter_remove(struct fs *fs, uint64_t dir, const char *name, bool is_dir, const struct actor *who, struct err *e);
/* alter_move - replace: what has the new name may go. -EINVAL is never answered: mv would misread it */
int alter_move(struct fs *fs, uint64_t dir, const char *name, uint64_t to, const char *to_name, bool replace,
	       const struct actor *who, struct err *e);

/* alter_note - keep a refusal on the record that kind and row belong to; returns rc */
int alter_note(struct fs *fs, unsigned kind, int64_t row, int rc, const struct err *e);
/* alter_done - something succeeded there: the former refusal is history */
void alter_done(struct fs *fs, unsigned kind, int64_t row);

#endif

/* folder - inbox directories by their number, and dropped folders that submit themselves when they have been quiet */
#ifndef FS0711_FS_FOLDER_H
#define FS0711_FS_FOLDER_H

#include "fs/fs.h"
#include "platform/inbox.h"

struct folders;

/* folders_start - begin to watch; folders that an earlier process left open are among them. 0 or -errno */
int folders_start(struct fs *fs, struct err *e);
void folders_stop(struct fs *fs);

/* folder_box - the inbox of a number. -ESTALE for the engine of a directory that is not installed any more */
int folder_box(struct fs *fs, int64_t number, struct inbox *out, struct err *e);
/* folder_box_of - the inbox that an entry was dropped into, also when nobody has looked it up since the start */
void folder_box_of(const struct drop *d, struct inbox *out);
/* folder_choose - the inbox for a chosen engine; its number is known from now on */
void folder_choose(struct fs *fs, const struct inbox *from, const char *mcp, const char *tool, struct inbox *out);

/* folder_stir - something happened in a folder (or one below it): it is quiet from now on */
void folder_stir(struct fs *fs, int64_t folder_row);
/* folder_doubt - a file was dropped under a name that may be a program's: it becomes a task when it keeps the name */
void folder_doubt(struct fs *fs, int64_t file_row);
/* folder_is_in - row is top, or lies below it */
bool folder_is_in(struct fs *fs, int64_t row, int64_t top);
/* folder_is_loose - what is in that folder is in no task: not submitted yet, or set aside by a temporary name */
bool folder_is_loose(struct fs *fs, int64_t row);
/* folder_submit - make a task of the dropped folder that it is, or lies in, now */
int folder_submit(struct fs *fs, int64_t folder_row, const struct actor *who, struct err *e);

#endif

/*
 * disk - what a power cut may leave of a file system, after the records of a log up to some point
 *
 * What was synced is there. Of the rest: each write to a file is kept, dropped, or torn at sectors, on its own, and a
 * file may have grown without its bytes (they are zeros then). Names follow one of three rules:
 *
 *     DISK_FREE     each name is as it was at some moment since its directory was synced, whatever the others are;
 *                   syncing a file does nothing for its name
 *     DISK_ORDERED  the same for each directory as a whole: its changes survive in their order
 *     DISK_JOURNAL  the same for all of the file system, and any sync brings along all changes of names before it
 *
 * A rename never loses a file: where its old name is gone, the new one is there; both may be.
 */
#ifndef FS0711_TESTS_POWER_DISK_H
#define FS0711_TESTS_POWER_DISK_H

#include "tests/power/log.h"

enum disk_rule { DISK_FREE, DISK_ORDERED, DISK_JOURNAL, N_DISK_RULES };
extern const char *const disk_rule_words[N_DISK_RULES];

struct disk;

/* disk_new - an empty file system whose top directory has that inode number */
struct disk *disk_new(uint64_t root);
void disk_free(struct disk *d);
/* disk_apply - the next record; exits with a sentence when it does not fit what came before. Borrowed until disk_free
 */
void disk_apply(struct disk *d, const struct log_record *r);
/* disk_write - make all of it as if nothing was lost, in an empty directory */
void disk_write(struct disk *d, const char *dir);
/* disk_cut - make what a power cut at this moment leaves, in an empty directory; *seed decides and goes on */
void disk_cut(struct disk *d, enum disk_rule rule, unsigned *seed, const char *dir);

#endif

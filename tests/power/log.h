/*
 * log - what was done to a file system, in order, as record.c and a test's marks wrote it
 *
 * A record is a line, "OP INO DIR TO AT LENGTH NAME/AS", and LENGTH bytes behind it; unused numbers are 0. A mark is
 * "mark 0 0 0 0 0 TEXT".
 */
#ifndef FS0711_TESTS_POWER_LOG_H
#define FS0711_TESTS_POWER_LOG_H

#include <stddef.h>
#include <stdint.h>

enum log_op {
	LOG_MAKE,
	LOG_MKDIR,
	LOG_LINK,
	LOG_REMOVE,
	LOG_RENAME,
	LOG_WRITE,
	LOG_SIZE,
	LOG_SYNC,
	LOG_MARK,
	N_LOG_OPS
};

struct log_record {
	enum log_op op;
	uint64_t ino;     /* of the file or directory; of a removed or renamed one 0 */
	uint64_t dir, to; /* inode numbers of directories: of name, and of as */
	int64_t at;       /* where the bytes were written; the size that was set */
	size_t n_bytes;
	const char *bytes;
	char *name, *as; /* of a mark: its text, and "" */
};

struct log {
	struct log_record *at;
	size_t n;
	char *text; /* of the whole file; what records point to */
};

/* log_read - exits with a sentence when the file cannot be read or is no log */
struct log log_read(const char *path);
void log_free(struct log *l);

#endif

/* document - the files of a task: its input, former input, results and output */
#ifndef FS0711_PLATFORM_DOCUMENT_H
#define FS0711_PLATFORM_DOCUMENT_H

#include "platform/platform.h"

/* document_add - in a transaction: a row for bytes that are stored (and pinned) already; parent_row 0 for none */
int document_add(struct tx *tx, int64_t task_row, enum document_role role, int64_t parent_row, const char *name,
		 const char *sha256, int64_t size, int64_t modified_at, int64_t version, struct err *e);

/* document_touch - in a transaction: another time of modification */
int document_touch(struct tx *tx, struct document *d, int64_t modified_at, struct err *e);

/* document_get, document_find, document_latest - fill out (row_release it); -ENOENT */
int document_get(struct platform *p, int64_t row_id, struct document *out, struct err *e);
int document_find(struct platform *p, int64_t task_row, enum document_role role, int64_t parent_row, const char *name,
		  struct document *out, struct err *e);
int document_latest(struct platform *p, int64_t task_row, enum document_role role, struct document *out, struct err *e);
/* document_each - fn for each document of a task in that role and folder */
int document_each(struct platform *p, int64_t task_row, enum document_role role, int64_t parent_row,
		  int (*fn)(void *document, void *ud), void *ud, struct err *e);

/*
 * document_key - in a transaction: one hash over the hashes of a task's input, whatever their names and order;
 * "" when there is none. key[SHA256_HEX_BYTES]
 */
int document_key(struct tx *tx, int64_t task_row, char *key, struct err *e);

/* document_forget - remove the bytes unless something still names them; call it after the rows are gone */
void document_forget(struct platform *p, const char *sha256);

#endif

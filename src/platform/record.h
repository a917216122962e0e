/* record - a row as a JSON document and as single values, driven by its table of fields */
#ifndef FS0711_PLATFORM_RECORD_H
#define FS0711_PLATFORM_RECORD_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/field.h"

/* record_json - the document of a row: every field that is not hidden. The caller's reference */
json_t *record_json(const struct table *t, const void *row);

/*
 * record_apply - change a row by a document, as a whole: what the document does not name stays, null empties
 * Returns 0, -EINVAL (no such field, a wrong type or word), -ERANGE, -EPERM (a fixed field with another value),
 * or -EBUSY (updated_at is an older one: somebody else changed the row meanwhile);
 * then the row is as it was
 */
int record_apply(const struct table *t, void *row, const json_t *doc, struct err *e);

/* record_value - the value of one field as a line of text with its newline; nothing for null */
void record_value(const struct field *f, const void *row, struct buf *out);
/* record_set - set one field from text without its newline; "" is null. Errors as record_apply */
int record_set(const struct table *t, const struct field *f, void *row, const char *text, struct err *e);

/* record_same - json_equal, but 92 and 92.0 are the same: programs that put a document back make one of the other */
bool record_same(const json_t *a, const json_t *b);

/* record_parse - read a JSON document of len bytes; -EINVAL with line and column. *out is the caller's */
int record_parse(const char *text, size_t len, json_t **out, struct err *e);

/* record_dump - a document as people read it, with a newline at its end */
void record_dump(const json_t *doc, struct buf *out);

#endif

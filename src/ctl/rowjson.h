/*
 * rowjson - a row as one line of JSON and back, exactly, driven by its table of fields
 *
 * Unlike the documents that people see it has the row id and the hidden fields, times as milliseconds, and JSON fields
 * as the text that is stored. A text that is no UTF-8 is an object {"hex": "…"}.
 */
#ifndef FS0711_CTL_ROWJSON_H
#define FS0711_CTL_ROWJSON_H

#include "base/buf.h"
#include "base/err.h"
#include "store/field.h"

/* rowjson_write - append the row and a newline */
void rowjson_write(const struct table *t, const void *row, struct buf *out);
/* rowjson_read - fill row (release it with row_release) from a line; a field that is not in it is null. 0 or -EBADMSG
 */
int rowjson_read(const struct table *t, const char *line, size_t len, void *row, struct err *e);

#endif

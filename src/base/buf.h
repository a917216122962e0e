/* buf - bytes that grow, always with a NUL behind them */
#ifndef FS0711_BASE_BUF_H
#define FS0711_BASE_BUF_H

#include "base/util.h"

/*
 * By value; BUF_INIT or all zeroes is empty. A failed growth sets failed and keeps what was there: check it once, at
 * the end.
 */
struct buf {
	char *data; /* NULL while nothing was added */
	size_t len, cap;
	bool failed;
};

#define BUF_INIT                  \
	{                         \
		NULL, 0, 0, false \
	}
#define auto_buf __attribute__((cleanup(buf_release))) struct buf

void buf_release(struct buf *b);
void buf_clear(struct buf *b);
/* buf_reserve - room for more bytes behind len; false when memory is gone (failed is set) */
bool buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_addstr(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
/* buf_str - the text, "" when empty; the buffer's own */
const char *buf_str(const struct buf *b);
/* buf_steal - the text, the caller's to free; the buffer is empty after. NULL when failed */
char *buf_steal(struct buf *b);
/* buf_drop - remove the first len bytes */
void buf_drop(struct buf *b, size_t len);

#endif

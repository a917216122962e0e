/* util - memory, ownership and small helpers that every file uses */
#ifndef FS0711_BASE_UTIL_H
#define FS0711_BASE_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define UNUSED                 __attribute__((unused))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define N_ELEMS(a)             (sizeof(a) / sizeof((a)[0]))

/* These variables free or close themselves at the end of their scope; steal() empties one to hand it over. */
#define auto_free  __attribute__((cleanup(util_free)))
#define auto_close __attribute__((cleanup(util_close)))

static inline void *steal_ptr(void *where)
{
	void **from = where, *was = *from;

	*from = NULL;
	return was;
}
#define steal(p) ((__typeof__(p))steal_ptr(&(p)))

/* steal_fd - hand over the descriptor in *fd and leave -1 behind */
static inline int steal_fd(int *fd)
{
	int was = *fd;

	*fd = -1;
	return was;
}

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* util_free, util_close - what auto_free and auto_close call: p points to the variable; a closed one becomes -1 */
void util_free(void *p);
void util_close(int *fd);

/* Small allocations of fixed size: they exit the program when memory is gone. Never for sizes that a user chose. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s); /* NULL gives NULL */
char *xstrndup(const char *s, size_t len);
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* util_starts, util_ends - true when s begins or ends with that text */
bool util_starts(const char *s, const char *prefix);
bool util_ends(const char *s, const char *suffix);

/*
 * util_int - the whole of s as a decimal number
 * Returns 0 and *out, or -EINVAL (empty, other characters) or -ERANGE; *out is untouched then
 */
int util_int(const char *s, int64_t *out);

#define UTIL_SIZE_BYTES 32
/* util_size - bytes as people read them, "91.6 MB" or "12.0 GB", into text[UTIL_SIZE_BYTES]; returns text */
const char *util_size(uint64_t bytes, char *text);

#endif

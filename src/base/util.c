#include "base/util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void util_free(void *p)
{
	free(*(void **)p);
}

void util_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void *checked(void *p)
{
	if (!p) {
		static const char msg[] = "0711fs: out of memory\n";

		if (write(STDERR_FILENO, msg, sizeof(msg) - 1) < 0)
			_exit(70);
		_exit(70);
	}
	return p;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return checked(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return s ? checked(strdup(s)) : NULL;
}

char *xstrndup(const char *s, size_t len)
{
	return checked(strndup(s, len));
}

char *xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return checked(n < 0 ? NULL : s);
}

bool util_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool util_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), tail = strlen(suffix);

	return len >= tail && streq(s + len - tail, suffix);
}

int util_int(const char *s, int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(s, &end, 10);
	if (end == s || *end || *s == ' ' || *s == '\t' || *s == '\n')
		return -EINVAL;
	if (errno == ERANGE)
		return -ERANGE;
	*out = n;
	return 0;
}

const char *util_size(uint64_t bytes, char *text)
{
	bool gb = bytes >= 1000000000;

	snprintf(text, UTIL_SIZE_BYTES, "%.1f %s", (double)bytes / (gb ? 1e9 : 1e6), gb ? "GB" : "MB");
	return text;
}

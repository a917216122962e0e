#include "base/err.h"

#include <errno.h>
#include <stdio.h>

static void vset(struct err *e, int code, const char *fmt, va_list ap)
{
	e->code = code;
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return code;
	va_start(ap, fmt);
	vset(e, code, fmt, ap);
	va_end(ap);
	return code;
}

int err_add(struct err *e, int code, const char *fmt, ...)
{
	struct err was;
	va_list ap;
	size_t at;

	if (!e)
		return code;
	was = *e;
	va_start(ap, fmt);
	vset(e, code, fmt, ap);
	va_end(ap);
	at = strlen(e->text);
	if (was.text[0])
		snprintf(e->text + at, sizeof(e->text) - at, ": %s", was.text);
	return code;
}

int err_errno(struct err *e, const char *fmt, ...)
{
	int code = errno ? errno : EIO;
	va_list ap;
	size_t at;

	if (!e)
		return -code;
	va_start(ap, fmt);
	vset(e, -code, fmt, ap);
	va_end(ap);
	at = strlen(e->text);
	snprintf(e->text + at, sizeof(e->text) - at, ": %s", strerror(code));
	return -code;
}

const char *err_name(int code)
{
	static __thread char other[16];
	const char *name = strerrorname_np(code < 0 ? -code : code);

	if (name)
		return name;
	snprintf(other, sizeof(other), "E%d", code < 0 ? -code : code);
	return other;
}

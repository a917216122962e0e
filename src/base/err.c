#include "base/err.h"

#include <errno.h>
#include <stdio.h>

/* A sentence that was too long ends with a whole character: it goes into JSON, too. */
static void end_text(struct err *e)
{
	size_t len = strlen(e->text), start = len;
	unsigned char lead;

	if (len + 1 < sizeof(e->text))
		return;
	while (start > 0 && ((unsigned char)e->text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return;
	lead = (unsigned char)e->text[start - 1];
	if (len - start < (size_t)(lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0))
		e->text[start - 1] = '\0';
}

static void vset(struct err *e, int code, const char *fmt, va_list ap)
{
	e->code = code;
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	end_text(e);
}

static void append(struct err *e, const char *text)
{
	size_t at = strlen(e->text);

	snprintf(e->text + at, sizeof(e->text) - at, ": %s", text);
	end_text(e);
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

	if (!e)
		return code;
	was = *e;
	va_start(ap, fmt);
	vset(e, code, fmt, ap);
	va_end(ap);
	if (was.text[0])
		append(e, was.text);
	return code;
}

int err_errno(struct err *e, const char *fmt, ...)
{
	int code = errno ? errno : EIO;
	va_list ap;

	if (!e)
		return -code;
	va_start(ap, fmt);
	vset(e, -code, fmt, ap);
	va_end(ap);
	append(e, strerror(code));
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

#include "platform/headers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "net/http.h"

#define HIDDEN_VALUE "***"

/* Headers that say what is sent; those of the connection are http_header_check's. */
static bool is_reserved(const char *name, size_t len)
{
	static const char *const reserved[] = { "content-type", "x-idempotency-key" };
	static const char *const prefixes[] = { "webhook-", "x-webhook-", "svix-" };

	for (size_t i = 0; i < N_ELEMS(reserved); i++)
		if (strlen(reserved[i]) == len && strncasecmp(name, reserved[i], len) == 0)
			return true;
	for (size_t i = 0; i < N_ELEMS(prefixes); i++)
		if (len >= strlen(prefixes[i]) && strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static size_t name_len(const char *line)
{
	return strcspn(line, ":\n");
}

static const char *value_at(const char *line)
{
	const char *value = line + name_len(line);

	value += *value == ':';
	return value + strspn(value, " \t");
}

static bool looks_secret(const char *name, size_t len)
{
	static const char *const words[] = { "auth", "cookie", "token", "key", "secret", "password", "signature" };
	auto_free char *lower = xstrndup(name, len);

	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	for (size_t i = 0; i < N_ELEMS(words); i++)
		if (strstr(lower, words[i]))
			return true;
	return false;
}

/* The line of that name among lines; its value is the caller's to free, or NULL. */
static char *value_of(const char *lines, const char *name, size_t len)
{
	for (const char *line = lines; line && *line;) {
		size_t n = strcspn(line, "\n");

		if (name_len(line) == len && strncasecmp(line, name, len) == 0)
			return xstrndup(value_at(line), n - (size_t)(value_at(line) - line));
		line += n + (line[n] == '\n');
	}
	return NULL;
}

/* Checks a line and adds it; a value that is hidden stays what it was. */
static int add_header(const char *line, const char *former, struct buf *out, struct err *e)
{
	size_t len = name_len(line);
	auto_free char *kept = NULL;
	int rc = http_header_check(line, e);

	if (rc < 0)
		return rc;
	if (is_reserved(line, len))
		return err_set(e, -EINVAL, "the header '%.*s' is not an endpoint's to set", (int)len, line);
	if (streq(value_at(line), HIDDEN_VALUE)) {
		kept = value_of(former, line, len);
		if (!kept)
			return err_set(e, -EINVAL, "the header '%.*s' has no value to keep", (int)len, line);
	}
	buf_printf(out, "%.*s: %s\n", (int)len, line, kept ? kept : value_at(line));
	return 0;
}

int headers_parse(const char *text, const char *former, struct buf *out, struct err *e)
{
	auto_free char *copy = xstrdup(text);
	char *rest = copy, *line;
	int rc = 0;

	while (rc == 0 && (line = strsep(&rest, "\n"))) {
		size_t len = strlen(line);

		while (len && strchr(" \t\r", line[len - 1]))
			line[--len] = '\0';
		if (len)
			rc = add_header(line, former, out, e);
	}
	return rc;
}

void headers_show(const char *lines, struct buf *out)
{
	while (lines && *lines) {
		size_t n = strcspn(lines, "\n"), len = name_len(lines);

		if (looks_secret(lines, len))
			buf_printf(out, "%.*s: " HIDDEN_VALUE "\n", (int)len, lines);
		else
			buf_printf(out, "%.*s\n", (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

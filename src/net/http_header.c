#include "net/http.h"

#include <errno.h>
#include <strings.h>

#define LINE_BYTES 8000

/* What names the connection, frames the message, or is answered by libcurl. */
static const char *const reserved[] = {
	"Connection",          "Content-Length",   "Expect", "Host",    "HTTP2-Settings",    "Keep-Alive",
	"Proxy-Authorization", "Proxy-Connection", "TE",     "Trailer", "Transfer-Encoding", "Upgrade",
};

/* The characters of a token (RFC 9110, 5.6.2) */
static bool is_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_reserved(const char *name, size_t len)
{
	for (size_t i = 0; i < N_ELEMS(reserved); i++)
		if (strlen(reserved[i]) == len && strncasecmp(reserved[i], name, len) == 0)
			return true;
	return false;
}

int http_header_check(const char *line, struct err *e)
{
	size_t name = 0, len = strnlen(line, LINE_BYTES + 1);
	bool empty = true;

	while (is_token(line[name]))
		name++;
	if (name == 0 || line[name] != ':')
		return err_set(e, -EINVAL, "'%.100s' is not a header field, \"Name: value\"", line);
	if (len > LINE_BYTES)
		return err_set(e, -EINVAL, "the header field '%.*s' is longer than %d bytes",
			       (int)(name < 100 ? name : 100), line, LINE_BYTES);
	for (const char *c = line + name + 1; *c; c++) {
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
			return err_set(e, -EINVAL, "a control character is in the header field '%.*s'", (int)name,
				       line);
		empty = empty && (*c == ' ' || *c == '\t');
	}
	if (empty)
		return err_set(e, -EINVAL, "the header field '%.*s' has no value", (int)name, line);
	if (is_reserved(line, name))
		return err_set(e, -EINVAL, "the header field '%.*s' belongs to the connection and cannot be set",
			       (int)name, line);
	return 0;
}

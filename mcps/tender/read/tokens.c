#include "tokens.h"

#define MOST_DIGITS 40

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

static bool is_regular(char c)
{
	return !is_space(c) && !strchr("()<>[]{}/%", c);
}

static const char *skip_blank(const char *at, const char *end)
{
	while (at < end && (is_space(*at) || *at == '%')) {
		if (*at == '%')
			while (at < end && *at != '\n' && *at != '\r')
				at++;
		else
			at++;
	}
	return at;
}

static const char *skip_string(const char *at, const char *end)
{
	int depth = 0;

	for (; at < end; at++) {
		if (*at == '\\')
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')' && --depth == 0)
			return at + 1;
	}
	return end;
}

/* "-12.5"; false for what is no number. */
static bool read_number(const char *at, const char *end, double *number)
{
	bool minus = at < end && *at == '-';
	double sum = 0, unit = 0;
	int digits = 0;

	for (at += at < end && (*at == '-' || *at == '+'); at < end && digits <= MOST_DIGITS; at++) {
		if (*at == '.' && unit == 0) {
			unit = 1;
			continue;
		}
		if (*at < '0' || *at > '9')
			return false;
		sum = sum * 10 + (*at - '0');
		unit *= 10;
		digits++;
	}
	*number = (minus ? -sum : sum) / (unit > 0 ? unit : 1);
	return digits > 0 && at == end;
}

static const char *skip_regular(const char *at, const char *end)
{
	while (at < end && is_regular(*at))
		at++;
	return at;
}

struct token tokens_next(const char **from, const char *end)
{
	const char *at = skip_blank(*from, end);
	struct token t = { .kind = TOKEN_OTHER, .at = at };

	if (at >= end) {
		*from = end;
		return (struct token){ .kind = TOKEN_END };
	}
	if (*at == '(') {
		*from = skip_string(at, end);
	} else if (*at == '<' && at + 1 < end && at[1] != '<') {
		const char *close = memchr(at, '>', (size_t)(end - at));

		*from = close ? close + 1 : end;
	} else if (*at == '/') {
		*from = skip_regular(at + 1, end);
		t = (struct token){ TOKEN_NAME, 0, at + 1, (size_t)(*from - at - 1) };
	} else if (is_regular(*at)) {
		*from = skip_regular(at, end);
		t.len = (size_t)(*from - at);
		t.kind = read_number(at, *from, &t.number) ? TOKEN_NUMBER : TOKEN_OPERATOR;
	} else {
		*from = at + 1;
	}
	return t;
}

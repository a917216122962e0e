/* tokens - the words of a PDF page's content: numbers, names, strings and operators */
#ifndef TENDER_TOKENS_H
#define TENDER_TOKENS_H

#include "base/util.h"

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_OTHER, TOKEN_OPERATOR };

struct token {
	enum token_kind kind;
	double number;
	const char *at; /* of a name (without its stroke) and of an operator, within the bytes that are read */
	size_t len;
};

/* tokens_next - the token at *at, and *at behind it; of strings, arrays and dictionaries only that they are there */
struct token tokens_next(const char **at, const char *end);

#endif

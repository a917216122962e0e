/* rtf_token - the pieces that RTF is made of: groups, control words, letters */
#ifndef TENDER_RTF_TOKEN_H
#define TENDER_RTF_TOKEN_H

#include "base/util.h"

#define RTF_MOST_WORD 32 /* letters of a control word; what is longer is none that is known */

enum rtf_kind { RTF_END, RTF_OPEN, RTF_CLOSE, RTF_WORD, RTF_SIGN, RTF_TEXT, RTF_BYTE };

struct rtf_token {
	enum rtf_kind kind;
	char word[RTF_MOST_WORD]; /* RTF_WORD: without the backslash */
	bool has_number;
	int number;       /* RTF_WORD: "\fs24"; RTF_BYTE: of "\'e4"; RTF_SIGN: the character behind the backslash */
	const char *text; /* RTF_TEXT: bytes of the document, without line breaks; borrowed */
	size_t len;
};

/* What is left of the bytes; begin with the whole. */
struct rtf_input {
	const char *at, *end;
};

/* rtf_token - take the next piece; data behind \bin is left out. At the end of the bytes it is RTF_END for ever. */
void rtf_token(struct rtf_input *in, struct rtf_token *t);

#endif

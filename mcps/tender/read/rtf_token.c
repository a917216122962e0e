#include "rtf_token.h"

#include <glib.h>

#define MOST_NUMBER 100000000

static int parse_number(struct rtf_input *in, bool *has)
{
	bool minus = in->at < in->end && *in->at == '-' && in->end - in->at > 1 && g_ascii_isdigit(in->at[1]);
	int n = 0;

	in->at += minus;
	*has = in->at < in->end && g_ascii_isdigit(*in->at);
	for (; in->at < in->end && g_ascii_isdigit(*in->at); in->at++)
		n = n < MOST_NUMBER ? n * 10 + (*in->at - '0') : n;
	return minus ? -n : n;
}

static void skip_binary(struct rtf_input *in, const struct rtf_token *t)
{
	size_t left = (size_t)(in->end - in->at);

	if (t->number > 0 && streq(t->word, "bin"))
		in->at += MIN((size_t)t->number, left);
}

static void take_word(struct rtf_input *in, struct rtf_token *t)
{
	size_t n = 0;

	t->kind = RTF_WORD;
	for (; in->at < in->end && g_ascii_isalpha(*in->at); in->at++) {
		if (n + 1 < sizeof(t->word))
			t->word[n++] = *in->at;
	}
	t->word[n] = '\0';
	t->number = parse_number(in, &t->has_number);
	if (in->at < in->end && *in->at == ' ')
		in->at++;
	skip_binary(in, t);
}

static void take_byte(struct rtf_input *in, struct rtf_token *t)
{
	int high = in->at < in->end ? g_ascii_xdigit_value(in->at[0]) : -1;
	int low = in->end - in->at > 1 ? g_ascii_xdigit_value(in->at[1]) : -1;

	t->kind = RTF_BYTE;
	t->number = 0;
	if (high < 0)
		return;
	in->at++;
	if (low >= 0)
		in->at++;
	t->number = low >= 0 ? high * 16 + low : high;
}

static void take_control(struct rtf_input *in, struct rtf_token *t)
{
	if (in->at >= in->end) {
		t->kind = RTF_END;
	} else if (g_ascii_isalpha(*in->at)) {
		take_word(in, t);
	} else if (*in->at == '\'') {
		in->at++;
		take_byte(in, t);
	} else {
		t->kind = RTF_SIGN;
		t->number = (unsigned char)*in->at++;
	}
}

static void take_text(struct rtf_input *in, struct rtf_token *t)
{
	t->kind = RTF_TEXT;
	t->text = in->at;
	while (in->at < in->end && (!*in->at || !strchr("{}\\\r\n", *in->at)))
		in->at++;
	t->len = (size_t)(in->at - t->text);
}

void rtf_token(struct rtf_input *in, struct rtf_token *t)
{
	while (in->at < in->end && (*in->at == '\r' || *in->at == '\n'))
		in->at++;
	if (in->at >= in->end) {
		t->kind = RTF_END;
		return;
	}
	switch (*in->at) {
	case '{':
		t->kind = RTF_OPEN;
		in->at++;
		break;
	case '}':
		t->kind = RTF_CLOSE;
		in->at++;
		break;
	case '\\':
		in->at++;
		take_control(in, t);
		break;
	default: take_text(in, t);
	}
}

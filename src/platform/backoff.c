#include "platform/backoff.h"

#include <ctype.h>
#include <errno.h>

#include "platform/word.h"

#define DELAY_MAX_S (7 * 86400)

/* unit_s - how many seconds what stands behind a number means; 0 when it means nothing */
static int64_t unit_s(const char *text, size_t len)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };

	for (size_t i = 0; len == 1 && i < N_ELEMS(units); i++) {
		if (units[i].letter == *text)
			return units[i].seconds;
	}
	return len == 0 ? 1 : 0;
}

/* seconds_of - -1 when the word is no delay */
static int64_t seconds_of(const char *word, size_t len)
{
	int64_t n = 0, unit;
	size_t i = 0;

	/* Past the greatest delay the number is wrong however it goes on; reading on could overflow. */
	while (i < len && isdigit((unsigned char)word[i]) && n <= DELAY_MAX_S)
		n = n * 10 + (word[i++] - '0');
	unit = unit_s(word + i, len - i);
	return i > 0 && unit > 0 && n * unit <= DELAY_MAX_S ? n * unit : -1;
}

int backoff_parse(const char *text, struct backoff *out, struct err *e)
{
	struct backoff b = { 0 };
	struct word w;

	while (word_next(&text, &w)) {
		int64_t s = seconds_of(w.text, w.len);

		if (s < 0)
			return err_set(
				e, -EINVAL,
				"'%.*s' is no delay: it is a number of seconds, or has s, m, h or d behind it, up to 7d",
				w.shown, w.text);
		if (b.n == BACKOFF_MAX)
			return err_set(e, -EINVAL, "'%.*s' is one delay too many: there may be %d", w.shown, w.text,
				       BACKOFF_MAX);
		b.delay_ms[b.n++] = s * 1000;
	}
	if (b.n == 0)
		return err_set(e, -EINVAL, "there is no delay; 0 alone is one attempt at once");
	*out = b;
	return 0;
}

int64_t backoff_next(const struct backoff *b, unsigned attempts_made, uint64_t random)
{
	if (attempts_made >= b->n)
		return -1;
	/* The high half of a product is as evenly spread as random is, without the bias of a remainder. */
	return (int64_t)((unsigned __int128)random * (uint64_t)(b->delay_ms[attempts_made] + 1) >> 64);
}

int64_t backoff_longest(const struct backoff *b)
{
	int64_t longest = 0;

	for (unsigned i = 0; i < b->n; i++)
		longest = b->delay_ms[i] > longest ? b->delay_ms[i] : longest;
	return longest;
}

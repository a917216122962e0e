/* Dates and amounts in a line of text, and what cleans the text; the first byte has the habits of the country. */
#include <stdlib.h>

#include "tender/text/dates.h"
#include "tender/text/money.h"
#include "tender/text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_dates(const char *text, bool day_first)
{
	GArray *all = dates_scan(text, day_first);
	char out[DATE_TEXT_BYTES];

	for (unsigned i = 0; i < all->len; i++) {
		const struct date *d = &g_array_index(all, struct date, i);

		if (d->from < 0 || d->from >= d->to || (size_t)d->to > strlen(text) ||
		    !g_date_valid_dmy((GDateDay)d->day, (GDateMonth)d->month, (GDateYear)d->year))
			abort();
		date_format(d, out);
		date_utc(d, out);
	}
	g_array_unref(all);
}

static void check_money(const char *text, bool comma)
{
	GArray *all = money_scan(text, comma);
	int64_t value;

	for (unsigned i = 0; i < all->len; i++) {
		const struct amount *a = &g_array_index(all, struct amount, i);

		if (a->from < 0 || a->from >= a->to || (size_t)a->to > strlen(text) || a->value < 0)
			abort();
	}
	g_array_unref(all);
	money_number(text, comma, 0, &value);
}

/* Every byte of the plain form comes from a place in the text. */
static void check_text(const char *text)
{
	int *from = NULL;
	auto_free char *plain = text_plain(text, &from), *clean = text_clean(text);

	for (size_t i = 0; plain[i]; i++) {
		if (from[i] < 0 || (size_t)from[i] >= strlen(text))
			abort();
	}
	for (const char *at = clean; *at;) {
		const char *next = text_sentence(at);

		if (next <= at || next > clean + strlen(clean))
			abort();
		at = next + strspn(next, " ");
	}
	if (text_bullet(text) > strlen(text))
		abort();
	g_free(from);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	auto_free char *text = len > 0 ? g_utf8_make_valid((const char *)bytes + 1, (gssize)len - 1) : NULL;

	if (!text)
		return 0;
	check_dates(text, bytes[0] & 1);
	check_money(text, bytes[0] & 2);
	check_text(text);
	return 0;
}

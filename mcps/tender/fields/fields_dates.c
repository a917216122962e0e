/* When a tender was issued, and until when one may ask to take part and hand in. */
#include "dated.h"
#include "deadline.h"
#include "fields.h"
#include "names.h"

json_t *field_participation_deadline(const struct doc *d)
{
	auto_choice *c = deadline_find(d, ROLE_PARTICIPATION, deadline_year(d));

	return choice_take_listing(c);
}

static json_t *opening_date(const struct doc *d)
{
	auto_choice *c = deadline_find(d, ROLE_OPENING, deadline_year(d));

	return choice_take_listing(c);
}

json_t *field_submission_deadline(const struct doc *d)
{
	auto_choice *c = deadline_find(d, ROLE_SUBMISSION, deadline_year(d));
	json_t *fact = choice_take_listing(c), *first;

	/* Before a first stage is over there is often no date for offers. */
	if (fact && fact_confidence(fact) >= 60)
		return fact;
	first = field_participation_deadline(d);
	if (!first && !fact)
		return opening_date(d);
	if (!first)
		return fact;
	json_decref(fact);
	return first;
}

/* Nothing stands before the date, or one or two words and a comma. */
static bool at_begin(const char *line, int from)
{
	const char *comma = memchr(line, ',', (size_t)from);

	return from < 3 || (comma && comma - line < 30 && from - (comma - line) < 7 &&
			    g_unichar_isupper(g_utf8_get_char(line)) && !memchr(line, ':', (size_t)from));
}

#define FULL_LINE 60 /* bytes of a line that the next goes on from */

/* What goes on from the line above it in its paragraph stands not alone. */
static bool goes_on(const struct page *p, int k)
{
	const char *above = k > page_block(p, page_line(p, k)->block)->first ? page_line(p, k - 1)->text : NULL;

	return above && (util_ends(above, ":") || strlen(above) > FULL_LINE);
}

static json_t *lone_fact(const struct doc *d, const struct page *p, const char *text, const struct date *dt,
			 int confidence)
{
	struct date day = *dt;
	json_t *fact;

	day.hour = -1;
	fact = deadline_fact(&day);
	json_object_set_new(fact, "confidence", json_integer(confidence));
	if (fact_place(d, fact, p, text))
		return fact;
	json_decref(fact);
	return NULL;
}

#define LONE      66
#define FURNITURE 45

/* A letter or a cover bears its date alone on a line, perhaps behind the place: "Lüdenfeld, 3.9.2027". */
static json_t *lone_date(const struct doc *d, bool furniture, int n_lines)
{
	const struct page *p = d->pages->len ? doc_page(d, 0) : NULL;
	json_t *fact = NULL;

	for (int k = 0; p && p->readable && k < MIN((int)p->lines->len, n_lines) && !fact; k++) {
		const struct line *l = page_line(p, k);
		GArray *dates =
			l->furniture == furniture && dated_plain(l->text) ? dates_scan(l->text, d->day_first) : NULL;
		const struct date *dt = dates && dates->len == 1 ? &g_array_index(dates, struct date, 0) : NULL;

		if (dt && (furniture || (dt->hour < 0 && (size_t)dt->to + 3 > strlen(l->text) &&
					 at_begin(l->text, dt->from) && !goes_on(p, k))))
			fact = lone_fact(d, p, l->text, dt, furniture ? FURNITURE : LONE);
		if (dates)
			g_array_unref(dates);
	}
	return fact;
}

#define MOST_LETTER 40 /* lines over the salutation */
#define SURE_LETTER 78
#define CLEAR_LABEL 87 /* what a date by its words must reach to be surer than that of the letter */

/* The date over the salutation is that of the letter. */
static json_t *letter_date(const struct doc *d)
{
	const struct page *p = d->pages->len ? doc_page(d, 0) : NULL;
	json_t *fact = NULL;

	for (int k = 0; p && k < (int)p->lines->len && k < MOST_LETTER && !fact; k++) {
		if (names_salutation(page_line(p, k)->text))
			fact = lone_date(d, false, k);
	}
	if (fact)
		json_object_set_new(fact, "confidence", json_integer(SURE_LETTER));
	return fact;
}

json_t *field_issue_date(const struct doc *d)
{
	auto_choice *c = deadline_find(d, ROLE_ISSUE, 0);
	json_t *fact = choice_take_listing(c), *letter;

	if (fact && fact_confidence(fact) >= CLEAR_LABEL)
		return fact;
	letter = letter_date(d);
	if (letter) {
		json_decref(fact);
		return letter;
	}
	if (!fact)
		fact = lone_date(d, false, INT_MAX);
	return fact ? fact : lone_date(d, true, INT_MAX);
}

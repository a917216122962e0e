/* When a tender was issued, and until when one may ask to take part and hand in. */
#include "dated.h"
#include "deadline.h"
#include "fields.h"

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

/* A letter or a cover bears its date alone on a line, perhaps behind the place: "Lüdenfeld, 3.9.2027". */
static json_t *lone_date(const struct doc *d, bool furniture)
{
	const struct page *p = d->pages->len ? doc_page(d, 0) : NULL;
	json_t *fact = NULL;

	for (unsigned k = 0; p && p->readable && k < p->lines->len && !fact; k++) {
		const struct line *l = page_line(p, (int)k);
		GArray *dates =
			l->furniture == furniture && dated_plain(l->text) ? dates_scan(l->text, d->day_first) : NULL;
		const struct date *dt = dates && dates->len == 1 ? &g_array_index(dates, struct date, 0) : NULL;

		if (dt && (furniture ||
			   (dt->hour < 0 && (size_t)dt->to + 3 > strlen(l->text) && at_begin(l->text, dt->from)))) {
			struct date day = *dt;

			day.hour = -1;
			fact = deadline_fact(&day);
			json_object_set_new(fact, "confidence", json_integer(furniture ? 45 : 66));
			if (!fact_place(d, fact, p, l->text)) {
				json_decref(fact);
				fact = NULL;
			}
		}
		if (dates)
			g_array_unref(dates);
	}
	return fact;
}

json_t *field_issue_date(const struct doc *d)
{
	auto_choice *c = deadline_find(d, ROLE_ISSUE, 0);
	json_t *fact = choice_take_listing(c);

	if (!fact)
		fact = lone_date(d, false);
	return fact ? fact : lone_date(d, true);
}

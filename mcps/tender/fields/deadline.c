#include "deadline.h"

#include <stdio.h>
#include <stdlib.h>

#include "dated.h"
#include "fields.h"
#include "tender/text/pattern.h"

/* What a date was before it was changed, and what it is since. */
static struct pattern replaced[] = {
	{ "\\b(?:was|were|had been|originally|original|previous(?:ly)?|former(?:ly)?|earlier|instead of|no longer|old|superseded)\\b",
	  1, NULL, NULL },
	{ "\\b(?:bisher\\w*|ursprünglich\\w*|statt|anstelle|nicht mehr|alte[rs]?|war)\\b", 1, NULL, NULL },
	{ "\\b(?:chang|extend|mov|postpon|revis|amend)\\w*\\b.{0,40}\\bfrom\\W*$", 1, NULL, NULL },
};
static struct pattern amended[] = {
	{ "\\b(?:extended|changed|moved|postponed|revised|amended|rescheduled)\\b.{0,30}\\bto\\b|\\bnew (?:due|closing|deadline|date|submission)\\b|\\bis now\\b",
	  1, NULL, NULL },
	{ "\\b(?:verlängert|verschoben|geändert|neue[rs]?)\\b", 1, NULL, NULL },
};

/* "from 3 June to 10 June": a deadline is the second. */
static struct pattern from = { "\\b(?:from|vom|von)\\W*(?:\\w+day\\W*)?$", 0, NULL, NULL };
static struct pattern to = {
	"^[^.;]{0,25}?\\b(?:to|until|till|auf|bis)\\b(?: (?:den|zum|dem))?\\W*(?:\\p{L}+(?:day|tag)\\W*)?\\d", 0, NULL,
	NULL
};

/* "The date in this section prevails." */
static struct pattern prevails = {
	"\\b(?:prevails?|takes? precedence|shall govern|gilt (?:das|der|die)\\b.{0,40}\\b(?:genannte|angegebene)|geht vor|hat vorrang|maßgeblich ist (?:das|der) (?:hier|in diese))",
	0, NULL, NULL
};

void deadline_preload(void)
{
	dates_preload();
	role_preload();
	pattern_compile(replaced, N_ELEMS(replaced));
	pattern_compile(amended, N_ELEMS(amended));
	pattern_compile(&prevails, 1);
	pattern_compile(&from, 1);
	pattern_compile(&to, 1);
}

#define SURE_ISSUE 60
#define CLEAR_LINE 86 /* words of a role that score this much hold against other lines of the same cell */

/* The cell beside a date; its other lines may belong to another row. */
static int label_score(enum role r, const struct dated *dt)
{
	int whole = role_label(r, dt->label), line;

	/* What the date's own cell says of it counts more. */
	if (!dt->above && *dt->near && role_never(r, dt->near))
		return 0;
	if (whole || !*dt->beside)
		return whole;
	line = role_label(r, dt->beside);
	return line >= CLEAR_LINE ? line - 14 : 0;
}

json_t *deadline_fact(const struct date *dt)
{
	char value[DATE_TEXT_BYTES], utc[DATE_TEXT_BYTES];
	json_t *fact = json_object();

	json_object_set_new(fact, "value", json_string(date_format(dt, value)));
	json_object_set_new(fact, "timezone", dt->zone[0] ? json_string(dt->zone) : json_null());
	if (date_utc(dt, utc))
		json_object_set_new(fact, "utc", json_string(utc));
	return fact;
}

#define CLEAR_NEAR 80

/* What stands before the date is a label when it ends in a colon or is the line above. */
static int near_score(enum role r, const struct dated *dt)
{
	bool label = dt->above || util_ends(dt->near, ":");
	int score = label ? role_label(r, dt->near) : role_score(r, dt->near);

	/* Weak words on its line may end a sentence about something else. */
	if (!label && score < CLEAR_NEAR && role_never(r, dt->before))
		score = 0;
	if (score == 0 && dt->heading)
		return role_label(r, dt->heading) - 6;
	return score - (dt->above ? 8 : 0);
}

struct search {
	const struct doc *d;
	enum role role;
	struct choice *choice;
	int year;  /* in which the document was issued, 0 when that is not known */
	bool bare; /* the year is not printed */
};

static int change_score(const struct dated *dt)
{
	const char *words = *dt->before ? dt->before : dt->near;

	if (PATTERN_BEST(replaced, words) || (pattern_match(&from, words) && pattern_match(&to, dt->behind)))
		return -40;
	return (PATTERN_BEST(amended, words) ? 5 : 0) + (pattern_match(&prevails, dt->block->text) ? 9 : 0);
}

static void consider(void *arg, const struct dated *dt)
{
	const struct search *s = arg;
	enum role r = s->role;
	int label = label_score(r, dt), near = near_score(r, dt),
	    sentence = MAX(role_score(r, dt->sentence), role_score(r, dt->before)) - 4;
	int score = MAX(MAX(label, near), sentence);
	auto_free char *quote = NULL;
	char key[DATE_TEXT_BYTES];
	json_t *fact;

	if (score <= 0 || (label < score && role_behind(r, dt->behind)))
		return;
	fact = deadline_fact(&dt->date);
	quote = dated_quote(dt, label == score || (dt->above && near == score));
	if (s->bare) {
		json_object_set_new(fact, "computed", json_true());
		score -= 12;
	}
	score += change_score(dt) + (dt->date.hour >= 0 ? 2 : 0);
	if (r == ROLE_ISSUE && dt->page->number > 3)
		score -= 12;
	if (s->year && (dt->date.year < s->year || dt->date.year > s->year + 2))
		score -= 40;
	if (!fact_place(s->d, fact, dt->page, quote))
		score = 0;
	choice_add(s->choice, fact, score, date_format(&dt->date, key));
}

/* Takes fact; false when it is not sure. */
static bool sure_day(json_t *fact, struct date *day)
{
	bool sure = fact && fact_confidence(fact) >= SURE_ISSUE &&
		    sscanf(json_string_value(json_object_get(fact, "value")), "%4d-%2d-%2d", &day->year, &day->month,
			   &day->day) == 3;

	json_decref(fact);
	return sure;
}

/* From when days without a year count: the day of issue, else one that offers being due sets. */
static bool first_day(const struct doc *d, enum role r, struct date *day)
{
	if (sure_day(field_issue_date(d), day))
		return true;
	if (r == ROLE_SUBMISSION || !sure_day(field_submission_deadline(d), day))
		return false;
	/* Questions come in the year that ends with that day. */
	day->year -= r == ROLE_QUESTIONS;
	return true;
}

#define SURE_YEAR 55 /* where a date with its year scores this much none without is asked for */

static bool is_sure(const struct choice *c)
{
	int best = 0;

	for (unsigned i = 0; i < c->scores->len; i++)
		best = MAX(best, g_array_index(c->scores, int, i));
	return best >= SURE_YEAR;
}

struct choice *deadline_find(const struct doc *d, enum role r, int year)
{
	struct search s = { d, r, choice_new(), year, false };
	struct date first;

	dated_each(d, consider, &s);
	s.bare = !is_sure(s.choice) && (r == ROLE_SUBMISSION || r == ROLE_QUESTIONS || r == ROLE_BINDING);
	if (s.bare && first_day(d, r, &first))
		dated_each_bare(d, &first, consider, &s);
	return s.choice;
}

static int year_of(const json_t *fact, int least)
{
	return fact && fact_confidence(fact) >= least ? atoi(json_string_value(json_object_get(fact, "value"))) : 0;
}

int deadline_year(const struct doc *d)
{
	json_t *fact = field_issue_date(d);
	int year = year_of(fact, 70);

	json_decref(fact);
	return year;
}

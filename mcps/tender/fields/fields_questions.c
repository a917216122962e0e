/* Until when bidders may ask: a day, or a number of days before offers are due or after the notice came out. */
#include <stdio.h>

#include "dated.h"
#include "deadline.h"
#include "fields.h"
#include "tender/text/pattern.h"
#include "tender/text/periods.h"
#include "tender/text/text.h"

/* A sentence about questions, or the label of a cell. */
static struct pattern asking = {
	"\\b(?:questions?|inquir(?:y|ies)|enquir(?:y|ies)|quer(?:y|ies)|clarifications?|requests? for (?:additional |further )?information|"
	"Q ?& ?A)\\b|fragen?\\b|auskünfte|auskunft|anforderung zusätzlicher",
	0, NULL, NULL
};
/* Whoever answers has until another day, but "we answer questions received …" is about asking again. */
static struct pattern answering = {
	"\\b(?:answer\\w*|repl(?:y|ies)|repl(?:ied)|respond\\w*|responses?|issue)\\b|antwort", 0, NULL, NULL
};
static struct pattern asking_again = {
	"\\b(?:received?|submitted|raised|asked|made|sent|lodged|eingegangen\\w*|eingehende\\w*|gestellte?\\w*)\\b", 0,
	NULL, NULL
};

/* From which day, and in which direction, the period counts. */
enum counting { COUNT_BEFORE_END, COUNT_AFTER_ISSUE };
static struct pattern counted[] = {
	{ "\\b" PERIOD
	  " (?:before|prior to|in advance of|ahead of|preceding)\\b.{0,60}\\b(?:deadline|clos(?:es?|ing)|due|submissions?|"
	  "receipt|opening|return|tender date|bid date)\\b",
	  COUNT_BEFORE_END, NULL, NULL },
	{ "\\b" PERIOD
	  " vor (?:dem |der |den )?(?:ende|ablauf|schluss|submission|abgabe|einreichung|angebots|eröffnung|"
	  "\\w*(?:frist|termin))",
	  COUNT_BEFORE_END, NULL, NULL },
	{ "\\b" PERIOD
	  " (?:after|of|from|following)\\b.{0,40}\\b(?:publication|issu(?:e|ance)|release|notice|advertisement|this "
	  "(?:rf[pqit]|tender|bid|letter))\\b",
	  COUNT_AFTER_ISSUE, NULL, NULL },
	{ "\\b" PERIOD
	  " (?:nach|ab) (?:dem |der )?(?:tag der )?(?:veröffentlichung|bekanntmachung|versand|publikation)",
	  COUNT_AFTER_ISSUE, NULL, NULL },
};

void fields_questions_preload(void)
{
	pattern_compile(&asking, 1);
	pattern_compile(&answering, 1);
	pattern_compile(&asking_again, 1);
	pattern_compile(counted, N_ELEMS(counted));
}

struct counts {
	const struct doc *d;
	struct choice *choice;
	json_t *base[2]; /* the days that are counted from, by enum counting */
};

static void move(GDate *day, int days)
{
	g_date_set_julian(day, (guint32)((int)g_date_get_julian(day) + days));
}

/* Returns how sure the day is: which days are holidays is not known. */
static int count_days(const struct period *p, int sign, GDate *day)
{
	if (p->unit > PERIOD_WEEKS)
		return 0;
	if (!p->working) {
		move(day, sign * p->n * (p->unit == PERIOD_WEEKS ? 7 : 1));
		return 74;
	}
	for (int left = p->n; left > 0; left -= g_date_get_weekday(day) < G_DATE_SATURDAY)
		move(day, sign);
	return 60;
}

static bool day_of(const json_t *fact, GDate *day)
{
	int year, month, date;

	if (!fact || sscanf(json_string_value(json_object_get(fact, "value")), "%d-%d-%d", &year, &month, &date) != 3)
		return false;
	g_date_set_dmy(day, (GDateDay)date, (GDateMonth)month, (GDateYear)year);
	return true;
}

/* The words before the period, or the cell beside it, are about asking and not about answering. */
static bool asks(const struct page *p, const struct block *b, const char *sentence, int at, int from)
{
	auto_free char *before = g_strndup(sentence, (gsize)from), *label = NULL;
	GMatchInfo *m;
	int to = 0, line;

	if (at == 0 && from < 60)
		label = page_left(p, b, b->first, &line);
	if (label && text_words(label) > 0)
		return pattern_match(&asking, label) && !pattern_match(&answering, label);
	m = pattern_find(&answering, before, 0);
	if (m)
		g_match_info_fetch_pos(m, 0, NULL, &to);
	g_match_info_free(m);
	return (to == 0 || pattern_match(&asking_again, before + to)) && pattern_match(&asking, sentence);
}

static void add_counted(struct counts *c, const struct page *p, const struct block *b, const char *sentence, int at,
			struct pattern *how)
{
	GMatchInfo *m = pattern_find(how, sentence, 0);
	const json_t *base = c->base[how->score];
	char value[DATE_TEXT_BYTES];
	struct period period;
	int from, to, score;
	GDate day;

	if (m && g_match_info_fetch_pos(m, 0, &from, &to) && period_take(m, &period) &&
	    asks(p, b, sentence, at, from) && day_of(base, &day)) {
		auto_free char *quote = fact_quote(p, b, at + from, at + to);
		json_t *fact;

		score = count_days(&period, how->score == COUNT_BEFORE_END ? -1 : 1, &day);
		score = MIN(score, fact_confidence(base));
		g_date_strftime(value, sizeof(value), "%Y-%m-%d", &day);
		fact = json_pack("{s:s, s:n, s:b}", "value", value, "timezone", "computed", true);
		choice_add(c->choice, fact, fact_place(c->d, fact, p, quote) ? score : 0, value);
	}
	g_match_info_free(m);
}

static void add_sentences(struct counts *c, const struct page *p, const struct block *b)
{
	struct dated_place place = { 0 };

	for (const char *s = b->text, *begin, *end; *s; s = end + strspn(end, " ")) {
		auto_free char *sentence = NULL;

		end = text_sentence(s);
		begin = b->text + dated_context_on(b->text, (int)(s - b->text), &place);
		sentence = g_strndup(begin, (gsize)(end - begin));
		for (size_t i = 0; i < N_ELEMS(counted); i++)
			add_counted(c, p, b, sentence, (int)(begin - b->text), &counted[i]);
	}
}

/* A length of time in days or weeks. */
static bool may_count(const char *text)
{
	return strcasestr(text, "day") || strcasestr(text, "tag") || strcasestr(text, "week") ||
	       strcasestr(text, "woche");
}

static void add_all_counted(const struct doc *d, struct choice *choice)
{
	struct counts c = { d, choice, { field_submission_deadline(d), field_issue_date(d) } };

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			if (may_count(page_block(p, (int)k)->text))
				add_sentences(&c, p, page_block(p, (int)k));
		}
	}
	json_decref(c.base[0]);
	json_decref(c.base[1]);
}

/* A date that is printed is surer than one that is computed. */
json_t *field_questions_deadline(const struct doc *d)
{
	auto_choice *c = deadline_find(d, ROLE_QUESTIONS, deadline_year(d));

	if (c->facts->len == 0)
		add_all_counted(d, c);
	return choice_take_listing(c);
}

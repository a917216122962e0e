/* The dates of a tender: when it was issued, until when one may ask, until when one must hand in. */
#include <stdio.h>
#include <stdlib.h>

#include "dates.h"
#include "fact.h"
#include "fields.h"
#include "pattern.h"
#include "text.h"

#define OFFERS                                                                                                                     \
	"(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|responses?|submissions?|applications?|expressions? of interest|" \
	"packages?|SOQs?)"
#define ANGEBOTE "(?:angebote?s?|teilnahmeantr[aä]ge?s?|bewerbung(?:en)?|interessensbest[aä]tigung(?:en)?)"

/* What stands before a date, or beside it, gives it its role; the score is how sure that is. */
static struct pattern submission_for[] = {
	{ "frist für den eingang der (?:angebote|teilnahmeanträge|interessens)", 95, NULL, NULL },
	{ "schlusstermin für den eingang|ablauf der (?:angebots|teilnahme|einreichungs)frist|bid end date", 94, NULL,
	  NULL },
	{ "\\b(?:angebots|abgabe|einreichungs|teilnahme|bewerbungs)(?:frist|termin|schluss)", 92, NULL, NULL },
	{ "frist (?:zur|für die) (?:abgabe|einreichung) (?:der |von )?" ANGEBOTE, 94, NULL, NULL },
	{ "(?:deadline|closing date|closing time|due date|last date|cut-?off)\\b.{0,60}\\b(?:submi\\w*|receipts?|receiving|receive|lodg\\w*|" OFFERS
	  ")\\b",
	  92, NULL, NULL },
	{ OFFERS "\\b.{0,24}\\b(?:due|deadline|closing|closes?|end date|cut-?off)\\b", 92, NULL, NULL },
	{ OFFERS " (?:are|is|must be|shall be|will be) due\\b", 94, NULL, NULL },
	{ OFFERS
	  "\\b.{0,160}\\b(?:received|submitted|delivered|uploaded|sent|e-?mailed|lodged)\\b.{0,120}\\b(?:by|before|until|than|prior to|on)\\b",
	  86, NULL, NULL },
	{ "\\b(?:submit|deliver|upload|send|e-?mail)\\b.{0,80}\\b" OFFERS
	  "\\b.{0,100}\\b(?:by|before|until|than|prior to)\\b",
	  84, NULL, NULL },
	{ "\\b" ANGEBOTE "\\b.{0,100}\\bbis\\b", 86, NULL, NULL },
	{ "(?:einreichung|abgabe|eingang)\\b.{0,40}\\b" ANGEBOTE "\\b.{0,40}\\b(?:bis|spätestens|:)", 86, NULL, NULL },
	{ "^\\W*(?:submission )?deadline\\W*$|^\\W*due(?: date)?\\W*$|^\\W*closing date\\W*$", 74, NULL, NULL },
};

/* What makes it another date, though words of the role stand there too. */
static struct pattern submission_not[] = {
	{ "\\bquestions?\\b|\\binquir|\\bquer(?:y|ies)\\b|clarification|\\bQ ?& ?A\\b|pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b",
	  1, NULL, NULL },
	{ "\\bopening\\b|\\bopened\\b|öffnung|\\bvalid|bindefrist|zuschlagsfrist|gültig|\\bawards?\\b(?! contract)|site visit|besichtigung",
	  1, NULL, NULL },
	{ "(?:bieter|bewerber|auf)?fragen?\\b|auskünfte|auskunft|aufklärung|interview|demonstration|\\bprotest|letter of intent|notice of intent",
	  1, NULL, NULL },
	{ "\\bprior to the (?:due|deadline|closing)|\\bposted\\b|\\breleased?\\b|\\bissued?\\b|commence|begin|start|expire|amend|addend|evaluat",
	  1, NULL, NULL },
	{ "\\bstate audit|\\binsurance|\\blicen[cs]e|\\bregist(?:er|ration)|financial year|dated\\b|in kraft|gesetz|\\bact\\b",
	  1, NULL, NULL },
};

static struct pattern questions_for[] = {
	{ "frist für (?:die )?anforderung zusätzlicher informationen", 95, NULL, NULL },
	{ "frist (?:zur einreichung von|für) (?:\\w+)?(?:fragen|anfragen)", 94, NULL, NULL },
	{ "(?:deadline|last date|closing date|cut-?off|due date)\\b.{0,60}\\b(?:questions?|inquir\\w*|quer(?:y|ies)|clarifications?|Q ?& ?A)\\b",
	  93, NULL, NULL },
	{ "\\b(?:questions?|inquir(?:y|ies)|quer(?:y|ies)|clarifications?(?: requests?)?|Q ?& ?A)\\b.{0,24}\\b(?:due|deadline|closes?|cut-?off|period ends?)\\b",
	  93, NULL, NULL },
	{ "\\b(?:questions?|inquir(?:y|ies)|quer(?:y|ies)|requests? for (?:information|clarification)|clarification requests?)\\b.{0,200}"
	  "\\b(?:by|before|until|than|prior to|is|on)\\b",
	  85, NULL, NULL },
	{ "(?:fragen|anfragen|auskünfte|auskunftsersuchen|rückfragen)\\b.{0,160}\\b(?:bis|spätestens|endet)\\b", 88,
	  NULL, NULL },
	{ "(?:letzter termin|frist) für (?:\\w+ )?(?:fragen|rückfragen|\\w+anfragen)", 88, NULL, NULL },
	{ "auskunftserteilung", 66, NULL, NULL },
};

static struct pattern questions_not[] = {
	{ "\\b(?:answers?|responses?|replies|reply)\\b.{0,30}\\b(?:to|by|posted|published|due|will)\\b|\\b(?:be|are|is) posted\\b|\\bpublish|beantwort|antworten",
	  1, NULL, NULL },
	{ "pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b|\\bopening\\b|interview|site visit", 1, NULL, NULL },
	{ "\\b(?:proposals?|bids?|tenders?|quotes?|offers?) (?:are |is |must be |shall be )?due\\b|challenge", 1, NULL,
	  NULL },
};

static struct pattern issue_for[] = {
	{ "datum der (?:übermittlung|veröffentlichung|absendung)|tag der (?:absendung|veröffentlichung)", 94, NULL,
	  NULL },
	{ "\\b(?:issu(?:e|ed|ance)|release|released|publication|published|posting|advertise\\w*)\\b(?: date| on|:|\\b.{0,20}$)",
	  88, NULL, NULL },
	{ "\\b(?:date|day) of (?:issue|issuance|release|publication|advertise\\w*|commencement of (?:the )?sale|rf[pqi])\\b",
	  88, NULL, NULL },
	{ "\\b(?:commencement of (?:the )?sale)\\b", 84, NULL, NULL },
	{ "(?:bekanntmachung|veröffentlich\\w*|ausgestellt|erstellt) (?:vom|am|:)", 80, NULL, NULL },
	{ "(?:^|[./|] ?|\\s{2,})\\W*(?:date|dated|datum)\\W*$", 82, NULL, NULL },
};

static struct pattern issue_not[] = {
	{ "answer|amend|addend|\\bdue\\b|deadline|question|response|\\baward|\\bintent\\b|opening|shortlist|short-list|purchase order|guideline|circular|letter|"
	  "\\bact\\b|standard|version|licen[cs]e|circular|report\\b|regulation|gesetz|verordnung|in kraft|fassung|stand\\b|invoice|work order|\\bbond\\b|contract",
	  1, NULL, NULL },
};

struct role {
	struct pattern *means;
	size_t n_means;
	struct pattern * not ;
	size_t n_not;
	bool early; /* stands near the beginning: later pages are worth less */
};

#define ROLE(name, early)                                                               \
	{                                                                               \
		name##_for, N_ELEMS(name##_for), name##_not, N_ELEMS(name##_not), early \
	}

static const struct role submission = ROLE(submission, false);
static const struct role questions = ROLE(questions, false);
static const struct role issue = ROLE(issue, true);

void fields_dates_preload(void)
{
	dates_preload();
	pattern_compile(submission_for, N_ELEMS(submission_for));
	pattern_compile(submission_not, N_ELEMS(submission_not));
	pattern_compile(questions_for, N_ELEMS(questions_for));
	pattern_compile(questions_not, N_ELEMS(questions_not));
	pattern_compile(issue_for, N_ELEMS(issue_for));
	pattern_compile(issue_not, N_ELEMS(issue_not));
}

/* The words that may say what a date is; all the caller's to free, NULL where there are none. */
struct context {
	char *label;    /* beside it, in the cell to the left */
	int label_line; /* a line of the label */
	char *near;     /* before it on its line, or the line above when it stands at the beginning */
	char *sentence; /* from the beginning of its sentence, or the date before it, and some words behind */
};

static void context_free(struct context *c)
{
	g_free(c->label);
	g_free(c->near);
	g_free(c->sentence);
}

static char *words_before(const struct block *b, int from, int to)
{
	while (from < to && b->text[from] == ' ')
		from++;
	return to > from ? g_strndup(b->text + from, (gsize)(to - from)) : g_strdup("");
}

/* Where the sentence begins that holds byte at. */
static int sentence_start(const char *text, int at)
{
	const char *begin = text, *end = text_sentence(text);

	while (*end && end - text <= at) {
		begin = end + strspn(end, " ");
		end = text_sentence(begin);
	}
	return (int)(begin - text);
}

static void context_make(const struct page *p, const struct block *b, const struct date *dt, int after_last, int next,
			 struct context *c)
{
	int line = block_line(b, dt->from), start = b->starts[line - b->first], sentence, behind;

	*c = (struct context){ .label_line = -1 };
	c->label = page_left(p, b, line, &c->label_line);
	c->near = words_before(b, MAX(start, after_last), dt->from);
	if (!*g_strstrip(c->near) && line > b->first && after_last <= b->starts[line - 1 - b->first]) {
		g_free(c->near);
		c->near = words_before(b, b->starts[line - 1 - b->first], start);
	}
	sentence = MAX(sentence_start(b->text, dt->from), after_last);
	behind = (int)(text_sentence(b->text + dt->to) - b->text);
	behind = MIN(MIN(behind, next), dt->to + 90);
	while (behind > dt->to && (b->text[behind] & 0xC0) == 0x80)
		behind--;
	c->sentence = g_strdup_printf("%.*s %.*s", dt->from - sentence, b->text + sentence, MAX(behind - dt->to, 0),
				      b->text + dt->to);
}

static int words_score(const struct role *r, const char *words)
{
	if (!words || !*words || pattern_best(r->not, r->n_not, words))
		return 0;
	return pattern_score(pattern_best(r->means, r->n_means, words));
}

static json_t *date_fact(const struct date *dt)
{
	char value[DATE_TEXT_BYTES], utc[DATE_TEXT_BYTES];
	json_t *fact = json_object();

	json_object_set_new(fact, "value", json_string(date_format(dt, value)));
	json_object_set_new(fact, "timezone", dt->zone[0] ? json_string(dt->zone) : json_null());
	if (date_utc(dt, utc))
		json_object_set_new(fact, "utc", json_string(utc));
	return fact;
}

static void consider(const struct doc *d, const struct page *p, const struct block *b, const struct date *dt,
		     const struct context *c, const struct role *r, struct choice *choice)
{
	int label = words_score(r, c->label), near = words_score(r, c->near),
	    sentence = words_score(r, c->sentence) - 3;
	int score = MAX(MAX(label, near), sentence);
	auto_free char *quote = fact_quote(p, b, dt->from, dt->to);
	char key[DATE_TEXT_BYTES];
	json_t *fact;

	if (score <= 0)
		return;
	fact = date_fact(dt);
	if (label == score && c->label_line >= 0) {
		auto_free char *value = steal(quote);

		quote = fact_pair(page_line(p, c->label_line)->text, value);
	}
	if (dt->hour >= 0)
		score += 2;
	if (r->early && p->number > 3)
		score -= 12;
	if (!fact_place(d, fact, p, quote))
		score = 0;
	choice_add(choice, fact, score, date_format(dt, key));
}

static void scan_block(const struct doc *d, const struct page *p, const struct block *b, const struct role *r,
		       struct choice *choice)
{
	GArray *dates = dates_scan(b->text, d->day_first);
	int after_last = 0;

	for (unsigned i = 0; i < dates->len; i++) {
		const struct date *dt = &g_array_index(dates, struct date, i);
		int next = i + 1 < dates->len ? g_array_index(dates, struct date, i + 1).from : INT32_MAX;
		struct context c;

		context_make(p, b, dt, after_last, next, &c);
		consider(d, p, b, dt, &c, r, choice);
		context_free(&c);
		after_last = dt->to;
	}
	g_array_unref(dates);
}

static json_t *date_of_role(const struct doc *d, const struct role *r)
{
	auto_choice *choice = choice_new();

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++)
			scan_block(d, p, page_block(p, (int)k), r, choice);
	}
	return choice_take(choice);
}

json_t *field_submission_deadline(const struct doc *d)
{
	return date_of_role(d, &submission);
}

json_t *field_questions_deadline(const struct doc *d)
{
	return date_of_role(d, &questions);
}

/* A letter or a cover bears its date alone on a line. */
static json_t *lone_date(const struct doc *d)
{
	const struct page *p = d->pages->len ? doc_page(d, 0) : NULL;
	json_t *fact = NULL;

	for (unsigned k = 0; p && p->readable && k < p->lines->len && !fact; k++) {
		const struct line *l = page_line(p, (int)k);
		GArray *dates = dates_scan(l->text, d->day_first);
		const struct date *dt = dates->len == 1 ? &g_array_index(dates, struct date, 0) : NULL;

		if (dt && dt->hour < 0 && dt->from < 3 && (size_t)dt->to + 3 > strlen(l->text)) {
			fact = date_fact(dt);
			json_object_set_new(fact, "confidence", json_integer(60));
			if (!fact_place(d, fact, p, l->text)) {
				json_decref(fact);
				fact = NULL;
			}
		}
		g_array_unref(dates);
	}
	return fact;
}

json_t *field_issue_date(const struct doc *d)
{
	json_t *fact = date_of_role(d, &issue);

	return fact ? fact : lone_date(d);
}

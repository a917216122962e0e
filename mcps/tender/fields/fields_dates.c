/*
 * The dates of a tender: when it was issued, until when one may ask, ask to take part, hand in, and is bound.
 *
 * Every date is held against the words beside, before and around it. A label or the cell of a table says more than a
 * sentence; what was amended says more than what it replaces.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dated.h"
#include "fact.h"
#include "fields.h"
#include "tender/text/pattern.h"
#include "tender/text/periods.h"
#include "tender/text/text.h"

#define OFFERS \
	"(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|responses?|submissions?|applications?|packages?|SOQs?)"
#define ANGEBOTE "(?:\\w*angebote?[sn]?|offerten?)"
#define REQUESTS                                                                                                       \
	"(?:requests? (?:to participate|for participation)|expressions? of interest|EOIs?|pre-?qualifications?|PQQs?|" \
	"selection questionnaires?|applications? to participate)"
#define ANTRAEGE  "(?:teilnahmeantr(?:ag|äge)\\w*|bewerbung(?:en)?|interessens?bestätigung(?:en)?)"
#define QUESTIONS "(?:questions?|inquir(?:y|ies)|enquir(?:y|ies)|quer(?:y|ies)|clarifications?|Q ?& ?A)"
#define LIMIT \
	"(?:deadline|time[- ]limit|closing (?:date|time)|due(?: date)?|last (?:date|day)|latest|cut-?off|final date)"

/* What stands before a date, or beside it, gives it its role; the score is how sure that is. */
static struct pattern submission_for[] = {
	{ "frist für den eingang der (?:angebote|interessens)", 96, NULL, NULL },
	{ "schlusstermin für den eingang|ablauf der (?:angebots|einreichungs)frist|bid end date", 94, NULL, NULL },
	{ "\\b(?:frist|termin|schluss\\w*|ende|ablauf)\\b.{0,40}\\b(?:" ANGEBOTE "|einreichung|abgabe)", 92, NULL,
	  NULL },
	{ "\\b(?:angebots|abgabe|einreichungs|eingabe|offert)-?(?:(?:end|schluss)?termin|frist|schluss)", 93, NULL,
	  NULL },
	{ "^\\W*(?:\\d+\\W+)?(?:abgabe|einreichung|eingang|eingabe|einsendung)(?: \\p{L}{2,4})? (?:\\p{L}+ )?" ANGEBOTE
	  "(?: \\p{L}+)?\\W*$",
	  92, NULL, NULL },
	{ LIMIT "\\b.{0,60}\\b(?:submi\\w*|receipts?|receiving|receive|lodg\\w*|" OFFERS ")\\b", 92, NULL, NULL },
	{ OFFERS "\\b.{0,24}\\b(?:due|deadline|closing|closes?|end date|cut-?off)\\b", 92, NULL, NULL },
	{ OFFERS " (?:are|is|must be|shall be|will be) due\\b", 94, NULL, NULL },
	{ OFFERS
	  "\\b.{0,160}\\b(?:received|submitted|delivered|uploaded|sent|e-?mailed|lodged|returned|in our hands)\\b.{0,120}\\b(?:by|before|until|than|prior to|on)\\b",
	  86, NULL, NULL },
	{ "\\b(?:submit|deliver|upload|send|e-?mail|return)\\b.{0,80}\\b" OFFERS
	  "\\b.{0,100}\\b(?:by|before|until|than|prior to)\\b",
	  84, NULL, NULL },
	{ "\\b" OFFERS "\\W+(?:\\w+\\W+){0,3}?(?:by|before|until|no later than|not later than)\\W*(?:\\w+day\\W*)?$",
	  86, NULL, NULL },
	{ "^\\W*(?:\\d+\\W+)?" OFFERS "\\W*$", 80, NULL, NULL },
	{ "\\b" ANGEBOTE "\\b.{0,100}\\b(?:bis|spätestens)\\b|^\\W*(?:\\w*angebote)\\W*$", 86, NULL, NULL },
	{ "(?:einreichung|abgabe|eingang)\\b.{0,40}\\b" ANGEBOTE "\\b.{0,40}\\b(?:bis|spätestens|:)", 86, NULL, NULL },
	{ "\\b(?:abgabe|einreichung|eingang)\\b.{0,20}\\b(?:bis|spätestens)\\b", 78, NULL, NULL },
	{ "^\\W*(?:submission |final |response )?(?:deadline|due date|due|closing (?:date|time))(?: (?:and|&) time)?\\W*$",
	  76, NULL, NULL },
};

/* Words of another date: no words of the role make up for them. */
static struct pattern submission_never[] = {
	{ "\\b" QUESTIONS "\\b|pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b", 1, NULL, NULL },
	{ "\\bstands? (?:open |firm |good )?(?:for|until|till)\\b|\\b(?:remain|kept|held|hold|keep) (?:open|firm|good|valid)\\b|\\birrevocabl|\\bverbindlich\\b",
	  1, NULL, NULL },
	{ "\\bvalid|bindefrist|zuschlagsfrist|gültig|gebunden|\\bawards?\\b(?! contract)|site visit|besichtigung", 1,
	  NULL, NULL },
	{ "(?:bieter|bewerber|auf)?fragen?\\b|auskünfte|auskunft|aufklärung|interview|demonstration|\\bprotest|letter of intent|notice of intent",
	  1, NULL, NULL },
	{ REQUESTS "|" ANTRAEGE "|teilnahmefrist", 1, NULL, NULL },
	{ "\\b(?:aufforderung|invitation|öffnung der|eröffnung der)\\b.{0,30}$", 1, NULL, NULL },
};

/* And words that only the clearest words of the role make up for. */
static struct pattern submission_not[] = {
	{ "\\bopening\\b|\\bopened\\b|öffnung|\\bprior to the (?:due|deadline|closing)|\\bposted\\b|\\breleased?\\b|\\bissued?\\b",
	  1, NULL, NULL },
	{ "commence|begin|start|expire|amend|addend|evaluat|shortlist|\\bwithdraw|negotiat|verhandlung|voraussichtlich|tentative",
	  1, NULL, NULL },
	{ "\\bstate audit|\\binsurance|\\blicen[cs]e|\\bregist(?:er|ration)|financial year|dated\\b|in kraft|gesetz|\\bact\\b",
	  1, NULL, NULL },
};

/* Where no other date is given, offers are due when they are opened. */
static struct pattern opening_for[] = {
	{ "^\\W*(?:\\d+\\W+)?(?:date (?:and|&) time of |date of )?(?:(?:public|" OFFERS
	  ") )*opening(?: of (?:the )?" OFFERS ")?(?: (?:date|time|(?:and|&)))*\\W*$",
	  84, NULL, NULL },
	{ "\\b" OFFERS "\\b.{0,100}\\b(?:publicly )?opened\\b.{0,60}\\b(?:at|on)\\b", 78, NULL, NULL },
	{ "^\\W*(?:\\p{L}+ )?(?:(?:angebots)?(?:er)?öffnung(?:stermin)?|submissionstermin)(?: der \\p{L}+)?(?: am)?\\W*$",
	  84, NULL, NULL },
};
static struct pattern opening_never[] = {
	{ "\\b" QUESTIONS "\\b|pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b|commercial|financial|price bid", 1,
	  NULL, NULL },
};

static struct pattern participation_for[] = {
	{ "frist für den eingang der teilnahmeantr", 96, NULL, NULL },
	{ "\\b(?:frist|termin|schluss\\w*|ende|ablauf)\\b.{0,40}\\b(?:" ANTRAEGE "|teilnahmefrist|bewerbungsfrist)", 94,
	  NULL, NULL },
	{ "\\b(?:teilnahme|bewerbungs)(?:antrags)?-?(?:frist|termin|schluss)", 93, NULL, NULL },
	{ "\\b" ANTRAEGE "\\b.{0,100}\\bbis\\b|^\\W*(?:einreichung |eingang )?(?:der )?" ANTRAEGE "\\W*$", 88, NULL,
	  NULL },
	{ LIMIT "\\b.{0,60}\\b" REQUESTS "\\b|\\b" REQUESTS "\\b.{0,24}\\b(?:due|deadline|closing|closes?|cut-?off)\\b",
	  93, NULL, NULL },
	{ "\\b" REQUESTS "\\b.{0,160}\\b(?:by|before|until|than|prior to)\\b", 86, NULL, NULL },
};

static struct pattern participation_never[] = {
	{ "\\b" QUESTIONS "\\b|pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b|\\bvalid|bindefrist|gültig", 1,
	  NULL, NULL },
	{ "(?:bieter|bewerber|auf)?fragen?\\b|auskünfte|auskunft|interview|besichtigung|aufforderung", 1, NULL, NULL },
};

static struct pattern questions_for[] = {
	{ "frist für (?:die )?anforderung zusätzlicher informationen", 95, NULL, NULL },
	{ "frist (?:zur (?:einreichung|stellung) von|für) (?:\\w+)?(?:fragen|anfragen)", 94, NULL, NULL },
	{ LIMIT "\\b.{0,60}\\b" QUESTIONS "\\b", 93, NULL, NULL },
	{ "\\b" QUESTIONS "(?: requests?)?\\b.{0,24}\\b(?:due|deadline|closes?|cut-?off|period ends?)\\b", 93, NULL,
	  NULL },
	{ "\\b(?:questions?|[ie]nquir(?:y|ies)|quer(?:y|ies)|requests? for (?:information|clarification)|clarification requests?)\\b.{0,200}"
	  "\\b(?:by|before|until|than|prior to|is|on)\\b",
	  85, NULL, NULL },
	{ "^\\W*(?:\\d+\\W+)?(?:(?:written|vendor|bidder|proposer|supplier|final) )*" QUESTIONS "\\W*$", 78, NULL,
	  NULL },
	{ "(?:fragen|anfragen|auskünfte|auskunftsersuchen|rückfragen)\\b.{0,160}\\b(?:bis|spätestens|endet)\\b", 88,
	  NULL, NULL },
	{ "(?:letzter termin|ende|schluss|frist) (?:für|der) (?:\\w+ )?(?:fragen|rückfragen|\\w+anfragen|\\w*fragen)",
	  88, NULL, NULL },
	{ "\\b(?:bieter|bewerber|rück)fragen\\W*$|\\bfragefrist", 80, NULL, NULL },
	{ "auskunftserteilung", 66, NULL, NULL },
};

static struct pattern questions_never[] = {
	{ "\\b(?:answers?|responses?|replies|reply)\\b.{0,30}\\b(?:to|by|posted|published|due|will)\\b|\\b(?:be|are|is) posted\\b|\\bpublish",
	  1, NULL, NULL },
	{ "\\bantworten\\b|werden .{0,30}\\bbis\\b.{0,40}\\bbeantwortet|aufforderung", 1, NULL, NULL },
	{ "pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b|\\bopening\\b|interview|site visit", 1, NULL, NULL },
	{ "\\b(?:proposals?|bids?|tenders?|quotes?|offers?) (?:are |is |must be |shall be )?due\\b|challenge", 1, NULL,
	  NULL },
};

static struct pattern issue_for[] = {
	{ "datum der (?:übermittlung|veröffentlichung|absendung)|tag der (?:absendung|veröffentlichung)", 94, NULL,
	  NULL },
	{ "\\b(?:issu(?:e|ed|ance)|release|released|publication|published|posting|posted|advertise\\w*)\\b(?: date| on|:|\\b.{0,20}$)",
	  88, NULL, NULL },
	{ "\\b(?:date|day) of (?:issue|issuance|release|publication|advertise\\w*|commencement of (?:the )?sale|rf[pqi])\\b",
	  88, NULL, NULL },
	{ "\\bcommencement of (?:the )?sale\\b", 84, NULL, NULL },
	{ "(?:bekanntmachung|veröffentlich\\w*|ausgestellt|erstellt|veröffentlichung) (?:vom|am|:)|^\\W*veröffentlichung\\W*$",
	  82, NULL, NULL },
	{ "(?:^|[./|] ?|\\s{2,})\\W*(?:date|dated|datum)\\W*$", 82, NULL, NULL },
	{ "^\\W*stand\\s*:", 66, NULL, NULL },
};

static struct pattern issue_never[] = {
	{ "answer|amend|addend|\\bdue\\b|deadline|question|response|\\baward|\\bintent\\b|opening|shortlist|short-list|purchase order|guideline|circular|letter|"
	  "\\bact\\b|standard|version|licen[cs]e|circular|report\\b|regulation|gesetz|verordnung|in kraft|fassung|invoice|work order|\\bbond\\b|contract|unterschrift|signature",
	  1, NULL, NULL },
};

static struct pattern binding_for[] = {
	{ "frist, bis zu der|ablauf der (?:zuschlags|binde)|(?:zuschlags-? und )?bindefrist|zuschlagsfrist|bindungsfrist",
	  93, NULL, NULL },
	{ "\\b(?:angebot\\w*|bieter|es)\\b.{0,80}\\b(?:gebunden|bindend|gültig)\\b|\\bgebunden\\b.{0,40}\\bangebot|gültigkeit de\\w+ angebot",
	  88, NULL, NULL },
	{ "\\b(?:bids?|tenders?|offers?|proposals?|quot(?:es?|ations?))\\b.{0,24}\\b(?:validity|valid until|acceptance period|expir(?:es?|y))",
	  92, NULL, NULL },
	{ "\\b(?:valid(?:ity)?|firm|binding|irrevocable|open for acceptance|in effect|stands?)\\b.{0,60}\\b(?:until|through|to|till|than|up to)\\b",
	  84, NULL, NULL },
};

static struct pattern binding_never[] = {
	{ "angebotsfrist\\W*$|warrant|insur|licen[cs]e|certificat|guarantee|bürgschaft|zertifikat|nachweis|bescheinigung|bond\\b|contract (?:is|shall)|vertrag",
	  1, NULL, NULL },
};

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

/* "The date in this section prevails." */
static struct pattern prevails = {
	"\\b(?:prevails?|takes? precedence|shall govern|gilt (?:das|der|die)\\b.{0,40}\\b(?:genannte|angegebene)|geht vor|hat vorrang|maßgeblich ist (?:das|der) (?:hier|in diese))",
	0, NULL, NULL
};

/* When questions must be asked, counted from the day when offers are due. */
static struct pattern relative[] = {
	{ QUESTIONS
	  "\\b.{0,200}?\\b" PERIOD
	  " (?:before|prior to|in advance of)\\b.{0,60}\\b(?:deadline|closing|due|submission|receipt|opening)",
	  0, NULL, NULL },
	{ "(?:fragen|auskünfte)\\b[^.]{0,160}?\\b" PERIOD
	  " vor (?:dem |der )?(?:ende|ablauf|schluss|\\w*frist|\\w*termin)",
	  0, NULL, NULL },
};

static struct pattern answering = { "answer|beantwort|antwort|repl(?:y|ies)", 0, NULL, NULL };

/* Until when, counted from another date, offers bind. */
static struct pattern valid_words = {
	"(?:\\b(?:valid(?:ity)?|firm|irrevocable|open for acceptance|in effect|withdrawn|acceptance period|binding|bound|hold(?:s|ing)?)\\b|"
	"bindefrist|\\bgebunden|gültig)[^.]{0,80}?\\b" PERIOD,
	0, NULL, NULL
};
static struct pattern offer_words = {
	"\\b(?:bids?|tenders?|offers?|proposals?|quot(?:es?|ations?)|bidder|tenderer|offeror|proposer)\\b|angebot|bieter|bindefrist",
	0, NULL, NULL
};

struct role {
	struct pattern *means, *never, *not ;
	size_t n_means, n_never, n_not;
	bool early; /* stands near the beginning: later pages are worth less */
};

static const struct role submission = { submission_for,
					submission_never,
					submission_not,
					N_ELEMS(submission_for),
					N_ELEMS(submission_never),
					N_ELEMS(submission_not),
					false };
#define ROLE(name, early)                                                                            \
	{                                                                                            \
		name##_for, name##_never, NULL, N_ELEMS(name##_for), N_ELEMS(name##_never), 0, early \
	}
static const struct role opening = ROLE(opening, false);
static const struct role participation = ROLE(participation, false);
static const struct role questions = ROLE(questions, false);
static const struct role issue = ROLE(issue, true);
static const struct role binding = ROLE(binding, false);

void fields_dates_preload(void)
{
	const struct role *const roles[] = { &submission, &opening, &participation, &questions, &issue, &binding };

	dates_preload();
	for (size_t i = 0; i < N_ELEMS(roles); i++) {
		pattern_compile(roles[i]->means, roles[i]->n_means);
		pattern_compile(roles[i]->never, roles[i]->n_never);
		pattern_compile(roles[i]->not, roles[i]->n_not);
	}
	pattern_compile(replaced, N_ELEMS(replaced));
	pattern_compile(amended, N_ELEMS(amended));
	pattern_compile(&prevails, 1);
	pattern_compile(relative, N_ELEMS(relative));
	pattern_compile(&answering, 1);
	pattern_compile(&offer_words, 1);
	pattern_compile(&valid_words, 1);
}

#define CLEAR      92 /* words of a role that score this much hold against words of another one */
#define CLEAR_LINE 86 /* and these against other lines of the same cell */

static int words_score(const struct role *r, const char *words)
{
	int score = *words ? pattern_score(pattern_best(r->means, r->n_means, words)) : 0;

	if (score == 0 || pattern_best(r->never, r->n_never, words))
		return 0;
	return score < CLEAR && pattern_best(r->not, r->n_not, words) ? 0 : score;
}

/* The cell beside a date; its other lines may belong to another row. */
static int label_score(const struct role *r, const struct dated *dt)
{
	int whole = words_score(r, dt->label), line;

	if (whole || !*dt->beside)
		return whole;
	line = words_score(r, dt->beside);
	return line >= CLEAR_LINE ? line - 14 : 0;
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

struct search {
	const struct doc *d;
	const struct role *role;
	struct choice *choice;
	int year; /* in which the document was issued, 0 when that is not known */
};

static int change_score(const struct dated *dt)
{
	const char *words = *dt->before ? dt->before : dt->near;

	if (PATTERN_BEST(replaced, words))
		return -40;
	return (PATTERN_BEST(amended, words) ? 5 : 0) + (pattern_match(&prevails, dt->block->text) ? 9 : 0);
}

static void consider(void *arg, const struct dated *dt)
{
	const struct search *s = arg;
	const struct role *r = s->role;
	int label = label_score(r, dt), near = words_score(r, dt->near) - (dt->above ? 8 : 0),
	    sentence = MAX(words_score(r, dt->sentence), words_score(r, dt->before)) - 4;
	int score = MAX(MAX(label, near), sentence);
	auto_free char *quote = NULL;
	char key[DATE_TEXT_BYTES];
	json_t *fact;

	if (score <= 0)
		return;
	fact = date_fact(&dt->date);
	quote = dated_quote(dt, label == score || (dt->above && near == score));
	score += change_score(dt) + (dt->date.hour >= 0 ? 2 : 0);
	if (r->early && dt->page->number > 3)
		score -= 12;
	if (s->year && (dt->date.year < s->year || dt->date.year > s->year + 2))
		score -= 40;
	if (!fact_place(s->d, fact, dt->page, quote))
		score = 0;
	choice_add(s->choice, fact, score, date_format(&dt->date, key));
}

static struct choice *dates_of_role(const struct doc *d, const struct role *r, int year)
{
	struct search s = { d, r, choice_new(), year };

	dated_each(d, consider, &s);
	return s.choice;
}

static int year_of(const json_t *fact, int least)
{
	return fact && fact_confidence(fact) >= least ? atoi(json_string_value(json_object_get(fact, "value"))) : 0;
}

static int issue_year(const struct doc *d)
{
	json_t *fact = field_issue_date(d);
	int year = year_of(fact, 70);

	json_decref(fact);
	return year;
}

json_t *field_participation_deadline(const struct doc *d)
{
	auto_choice *c = dates_of_role(d, &participation, issue_year(d));

	return choice_take_listing(c);
}

static json_t *opening_date(const struct doc *d)
{
	auto_choice *c = dates_of_role(d, &opening, issue_year(d));

	return choice_take_listing(c);
}

json_t *field_submission_deadline(const struct doc *d)
{
	auto_choice *c = dates_of_role(d, &submission, issue_year(d));
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

/* "8 days before the end of the period for requests" */
static int days_before(GMatchInfo *m, GDate *day)
{
	struct period p;

	if (!period_take(m, &p) || p.unit > PERIOD_WEEKS)
		return 0;
	if (!p.working) {
		g_date_subtract_days(day, (guint)p.n * (p.unit == PERIOD_WEEKS ? 7 : 1));
		return 74;
	}
	for (int left = p.n; left > 0;) {
		g_date_subtract_days(day, 1);
		left -= g_date_get_weekday(day) < G_DATE_SATURDAY;
	}
	return 60; /* holidays are not known */
}

static bool day_of(const json_t *fact, GDate *day)
{
	int year, month, date;

	if (!fact || sscanf(json_string_value(json_object_get(fact, "value")), "%d-%d-%d", &year, &month, &date) != 3)
		return false;
	g_date_set_dmy(day, (GDateDay)date, (GDateMonth)month, (GDateYear)year);
	return true;
}

static void add_relative(struct search *s, const struct page *p, const struct block *b, GMatchInfo *m,
			 const json_t *end)
{
	auto_free char *words = g_match_info_fetch(m, 0), *quote = NULL;
	char value[DATE_TEXT_BYTES];
	int from, to, score;
	json_t *fact;
	GDate day;

	if (pattern_match(&answering, words) || !g_match_info_fetch_pos(m, 0, &from, &to) || !day_of(end, &day))
		return;
	score = days_before(m, &day);
	if (score == 0)
		return;
	quote = fact_quote(p, b, from, to);
	g_date_strftime(value, sizeof(value), "%Y-%m-%d", &day);
	fact = json_pack("{s:s, s:n, s:b}", "value", value, "timezone", "computed", true);
	if (!fact_place(s->d, fact, p, quote))
		score = 0;
	choice_add(s->choice, fact, MIN(score, fact_confidence(end)), value);
}

/* A date that is printed is surer than one that is computed. */
static void add_relatives(struct search *s)
{
	json_t *end = field_submission_deadline(s->d);

	for (unsigned i = 0; end && i < s->d->pages->len; i++) {
		const struct page *p = doc_page(s->d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len * N_ELEMS(relative); k++) {
			const struct block *b = page_block(p, (int)(k / N_ELEMS(relative)));
			GMatchInfo *m = pattern_find(&relative[k % N_ELEMS(relative)], b->text, 0);

			for (; m && g_match_info_matches(m); g_match_info_next(m, NULL))
				add_relative(s, p, b, m, end);
			g_match_info_free(m);
		}
	}
	json_decref(end);
}

json_t *field_questions_deadline(const struct doc *d)
{
	struct search s = { d, &questions, dates_of_role(d, &questions, issue_year(d)), 0 };
	json_t *fact;

	if (s.choice->facts->len == 0)
		add_relatives(&s);
	fact = choice_take_listing(s.choice);
	choice_free(s.choice);
	return fact;
}

/* "valid for 90 days": the sentence, or the cell beside, says that offers are meant. */
static void add_period(struct search *s, const struct page *p, const struct block *b)
{
	GMatchInfo *m = pattern_find(&valid_words, b->text, 0);
	auto_free char *quote = NULL;
	char value[PERIOD_TEXT_BYTES];
	struct period period;
	int from, to, score;
	json_t *fact;

	if (m && g_match_info_fetch_pos(m, 0, &from, &to) && period_take(m, &period)) {
		quote = fact_quote(p, b, from, to);
		score = pattern_best(binding_never, N_ELEMS(binding_never), quote) ? 0
			: pattern_match(&offer_words, quote)                       ? 86
										   : 58;
		fact = json_pack("{s:s, s:n}", "value", period_format(&period, value), "timezone");
		choice_add(s->choice, fact, fact_place(s->d, fact, p, quote) ? score : 0, value);
	}
	g_match_info_free(m);
}

json_t *field_binding(const struct doc *d)
{
	struct search s = { d, &binding, dates_of_role(d, &binding, issue_year(d)), 0 };
	json_t *fact;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			add_period(&s, p, page_block(p, (int)k));
		}
	}
	fact = choice_take_listing(s.choice);
	choice_free(s.choice);
	return fact;
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
			fact = date_fact(&day);
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
	auto_choice *c = dates_of_role(d, &issue, 0);
	json_t *fact = choice_take_listing(c);

	if (!fact)
		fact = lone_date(d, false);
	return fact ? fact : lone_date(d, true);
}

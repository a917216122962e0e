/* What kind of procedure it is, and the codes of what is bought. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "names.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"
#include "tender/doc/tick.h"

#define MOST_CODES 60

#define CONTEST \
	"(?:öffentliche[mnr]? |vorherige[mnr]? |vorgeschaltete[mnr]? )*(?:teilnahmewettbewerb|aufruf zum wettbewerb)"

/* Names of procedures; word is the type in eForms' list "procurement-procedure-type", score how much the name says. */
static struct pattern kinds[] = {
	{ "\\bnicht[- ]?offene[sn]? verfahren|\\brestricted (?:procedure|tender(?:ing)?)\\b", 30, "restricted", NULL },
	{ "(?<!nicht )(?<!nicht)(?<!nicht-)\\boffene[sn]? verfahren|\\bopen (?:procedure|(?:competitive )?tender(?:ing)?)\\b",
	  30, "open", NULL },
	{ "\\böffentliche[nr]? ausschreibung\\b", 29, "open", NULL },
	{ "\\bbeschränkte[nr]? ausschreibung mit " CONTEST, 31, "restricted", NULL },
	{ "\\bbeschränkte[nr]? ausschreibung(?: ohne " CONTEST ")?", 29, NULL, NULL },
	{ "\\b(?:verhandlungsverfahren|verhandlungsvergabe) mit " CONTEST, 31, "neg-w-call", NULL },
	{ "\\b(?:verhandlungsverfahren|verhandlungsvergabe) ohne " CONTEST
	  "|\\bnegotiated procedure without (?:prior )?(?:publication|call)\\w*(?: of a contract notice| for competition)?|\\bfreihändige[nr]? vergabe\\b",
	  31, "neg-wo-call", NULL },
	{ "\\bcompetitive procedure with negotiations?|\\bnegotiated procedure with (?:prior )?(?:publication|call)\\w*(?: of a contract notice| for competition)?",
	  31, "neg-w-call", NULL },
	{ "\\b(?:verhandlungsverfahren|verhandlungsvergabe|negotiated procedure)\\b", 26, NULL, NULL },
	/* Switzerland and Austria */
	{ "\\bselektive[ns]? verfahren", 30, "restricted", NULL },
	{ "\\beinladungsverfahren|\\bfreihändige[ns]? verfahren", 30, "neg-wo-call", NULL },
	{ "\\bdirektvergabe(?: (?:mit|nach) vorheriger bekanntmachung)?", 26, NULL, NULL },
	{ "\\b(?:international|national) competitive bidding\\b", 28, "open", NULL },
	{ "\\blimited tender(?:ing)?\\b", 24, NULL, NULL },
	{ "\\bwettbewerbliche[nr]? dialog\\b|\\bcompetitive dialogue\\b", 30, "comp-dial", NULL },
	{ "\\binnovationspartnerschaft\\b|\\binnovation partnership\\b", 28, "innovation", NULL },
	{ "\\bcompetitive flexible procedure\\b", 30, "oth-mult", NULL },
	{ "\\brequests? for (?:competitive )?(?:sealed )?(?:proposals?|quot(?:es?|ations?)|tenders?|bids?|information|applications?|qualifications?|offers?|expressions? of interest)\\b",
	  24, NULL, NULL },
	{ "\\binvitations? (?:to|for) (?:tender|bids?|quote|treat|negotiate)\\b|\\bnotice inviting (?:e-?)?tenders?\\b|\\b(?:call|invitation) for (?:tenders?|proposals?|quotations?|offers?|applications?|expressions? of interest)\\b|\\binvitation to (?:offer|submit an? (?:\\w+ )?(?:bid|tender|quot(?:e|ation)|proposal|offer))\\b|\\b(?:further competition|mini-competition)\\b",
	  24, NULL, NULL },
	{ "\\bnotice to (?:bidders|contractors|tenderers|proposers|offerors)\\b|\\badvertisements? for (?:bids?|tenders?|proposals?)\\b",
	  6, NULL, NULL },
	{ "\\b(?:preis|angebots)?anfrage\\b|\\bpreisabfrage\\b", 20, NULL, NULL },
	/* Every procedure asks for offers. */
	{ "\\b" NAMES_ASKING "\\b", 10, NULL, NULL },
	{ "\\b(?:RFP|RFQ|RFI|RFT|ITT|ITB|IFB|NIT|EOI)\\b", 8, NULL, NULL },
};

/* One of the words without which no row of kinds matches: cheaper than all of them. */
static struct pattern any_kind = {
	"notice to|advertisement|competition|einladung|bitte|abfrage|verfahren|bidding|ausschreibung|vergabe|dialog|partnership|partnerschaft|procedure|tender|request|invit|call for|anfrage|aufforderung|\\b(?:RF[PQIT]|IT[TB]|IFB|NIT|EOI)\\b",
	0, NULL, NULL
};

static struct pattern kind_label = {
	"^(?:[a-z0-9]{1,3}[).] *)*(?:art des (?:vergabe)?verfahrens|verfahrensart|vergabeart|art der vergabe|wahl des (?:vergabe)?verfahrens|vergabeverfahren|(?:procurement |tender(?:ing)? )?procedure(?: type)?|type of (?:procedure|solicitation|tender|procurement|bid)|"
	"(?:solicitation|procurement|tender|bid) (?:type|method)|method of procurement)\\b",
	0, NULL, NULL
};

/* Sentences on other procedures than this one. */
static struct pattern other_kind = {
	"\\b(?:previous|earlier|former|future|further|may issue|another|aufgehoben|frühere[nrs]?|künftig|vorangegangen\\w*|cancel\\w*|nachprüfungsverfahren|re-?tender)\\b",
	0, NULL, NULL
};

static struct pattern code_at = { "(?<![\\d.,-])(?<code>\\d{8})(?: ?- ?(?<check>\\d))?(?![\\d-])", 0, NULL, NULL };
static struct pattern cpv_word = { "\\bcpv\\b|common procurement vocabulary|gemeinsames vokabular", 0, NULL, NULL };
static struct pattern main_word = {
	"haupteinstufung|hauptgegenstand|haupt-?cpv|hauptteil|main (?:cpv|classification|code|object)", 0, NULL, NULL
};

void fields_procedure_preload(void)
{
	pattern_compile(kinds, N_ELEMS(kinds));
	pattern_compile(&any_kind, 1);
	pattern_compile(&kind_label, 1);
	pattern_compile(&other_kind, 1);
	pattern_compile(&code_at, 1);
	pattern_compile(&cpv_word, 1);
	pattern_compile(&main_word, 1);
}

/* The kind that a cross stands before. */
static struct pattern *crossed_kind(const char *s, int at)
{
	struct pattern *best = NULL;

	for (size_t i = 0; i < N_ELEMS(kinds); i++) {
		GMatchInfo *m = pattern_find(&kinds[i], s, at);
		int from = -1;

		if (m && g_match_info_fetch_pos(m, 0, &from, NULL) && from == at &&
		    (!best || kinds[i].score > best->score))
			best = &kinds[i];
		g_match_info_free(m);
	}
	return best;
}

/* Where the best name stands in s: the one that is ticked, else the most telling, the first of equals. */
static struct pattern *kind_in(const char *s, int *from, int *to)
{
	auto_free char *ticked = pattern_match(&any_kind, s) ? tick_blank(s) : NULL;
	const char *in = ticked ? ticked : s;
	int cross = pattern_match(&any_kind, in) ? tick_cross(in) : -1;
	struct pattern *best = cross >= 0 ? crossed_kind(in, cross) : NULL;
	GMatchInfo *m;

	if (!best) {
		cross = 0;
		best = pattern_match(&any_kind, in) ? PATTERN_BEST(kinds, in) : NULL;
	}
	m = best ? pattern_find(best, in, cross) : NULL;
	if (m)
		g_match_info_fetch_pos(m, 0, from, to);
	g_match_info_free(m);
	return best;
}

static void add_kind(struct choice *c, const struct doc *d, const struct page *p, const struct pattern *kind,
		     const char *words, const char *quote, int score)
{
	auto_free char *value = text_clean(words);
	json_t *fact =
		json_pack("{s:s, s:o}", "value", value, "type", kind->word ? json_string(kind->word) : json_null());

	choice_add(c, fact, fact_place(d, fact, p, quote) ? score : 0, kind->word ? kind->word : value);
}

/* "Verfahrensart: Offenes Verfahren" */
static bool add_labelled(struct choice *c, const struct doc *d, const struct page *p, int line)
{
	struct labelled l;
	struct pattern *kind;
	bool taken = false;
	int from, to;

	if (!label_value(p, line, &kind_label, &l))
		return false;
	kind = kind_in(l.value, &from, &to);
	if (kind) {
		auto_free char *words = g_strndup(l.value + from, (gsize)(to - from));

		add_kind(c, d, p, kind, words, l.quote, 66 + kind->score);
		taken = true;
	}
	labelled_release(&l);
	return taken;
}

/* A name in a heading or a sentence says less the further back it stands. */
static void add_spoken(struct choice *c, const struct doc *d, const struct page *p, const struct block *b, bool late)
{
	int from, to, score, label_line = -1;
	struct pattern *kind = kind_in(b->text, &from, &to);
	auto_free char *words = NULL, *quote = NULL, *left = NULL;
	enum tick tick;
	bool alone;

	if (!kind || pattern_match(&other_kind, b->text))
		return;
	left = page_left(p, b, b->first, &label_line);
	tick = left ? tick_box(left) : TICK_NONE;
	if (tick == TICK_OFF)
		return;
	words = g_strndup(b->text + from, (gsize)(to - from));
	quote = fact_quote(p, b, from, to);
	alone = from < 12 && strlen(b->text) < 110;
	score = kind->score + (alone ? 56 : 44) - (late ? 26 : 0) - (p->number > 3 ? 8 : 0) +
		(tick == TICK_ON ? 12 : 0);
	add_kind(c, d, p, kind, words, quote, score);
}

json_t *field_procedure(const struct doc *d)
{
	auto_choice *c = choice_new();

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			const struct block *b = page_block(p, k);
			bool labelled = false;

			if (section_is_index(b) || page_line(p, b->first)->furniture ||
			    !pattern_match(&any_kind, b->text))
				continue;
			for (int n = b->first; n < b->first + b->n && !labelled; n++)
				labelled = add_labelled(c, d, p, n);
			if (!labelled && i < 12)
				add_spoken(c, d, p, b, i > 1);
		}
	}
	return choice_take(c);
}

static bool has_code(const json_t *list, const char *code)
{
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one) {
		if (strncmp(json_string_value(json_object_get(one, "code")), code, 8) == 0)
			return true;
	}
	return false;
}

/* Eight digits, and the one that checks them where it is printed: "90911200-8". */
static char *code_text(GMatchInfo *m)
{
	auto_free char *code = g_match_info_fetch_named(m, "code"), *check = g_match_info_fetch_named(m, "check");

	return *check ? g_strconcat(code, "-", check, NULL) : steal(code);
}

static void add_code(json_t *list, const struct doc *d, const struct page *p, const struct block *b, GMatchInfo *m,
		     bool is_main)
{
	auto_free char *code = code_text(m), *quote = NULL;
	int from, to;
	json_t *fact;

	/* The divisions go from 03 to 98. */
	if (util_starts(code, "00") || has_code(list, code) || json_array_size(list) >= MOST_CODES ||
	    !g_match_info_fetch_pos(m, 0, &from, &to))
		return;
	quote = fact_quote(p, b, from, to);
	fact = json_pack("{s:s, s:b, s:i}", "code", code, "main", is_main, "confidence", 93);
	if (fact_place(d, fact, p, quote))
		json_array_append_new(list, fact);
	else
		json_decref(fact);
}

/* Codes stand behind the word, beside it or in the rows under it. Returns whether the block has to do with codes. */
static bool add_codes(json_t *list, const struct doc *d, const struct page *p, const struct block *b, bool goes_on)
{
	bool has_digits = strcspn(b->text, "0123456789") < strlen(b->text), said = pattern_match(&cpv_word, b->text);
	int label_line = -1, n = 0;
	auto_free char *label = has_digits && !said ? page_left(p, b, b->first, &label_line) : NULL;
	GMatchInfo *m;

	said = said || (label && pattern_match(&cpv_word, label));
	if (!has_digits || (!said && !goes_on))
		return said;
	m = pattern_find(&code_at, b->text, 0);
	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		int from = 0;

		g_match_info_fetch_pos(m, 0, &from, NULL);
		/* In what only follows a code begins its line, or has its check digit. */
		if (said || from < 4 || strchr(b->text + from, '-'))
			add_code(list, d, p, b, m, pattern_match(&main_word, label ? label : b->text));
		n++;
	}
	g_match_info_free(m);
	return said || n > 0;
}

json_t *field_cpv(const struct doc *d)
{
	json_t *list = json_array();
	int since = 99;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			const struct block *b = page_block(p, k);

			since = add_codes(list, d, p, b, since < 4) ? 0 : since + 1;
		}
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

/* What the tender is called. */
#include <stdlib.h>

#include "cover.h"
#include "fact.h"
#include "fields.h"
#include "label.h"
#include "names.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define ISSUER_SURE 60 /* the least confidence with which an issuer is no title */
#define ISSUER_LESS 40
#define SUBJECT     64 /* how much the line over a salutation says */

/* What may stand behind a label: another name for it, or words in brackets. */
#define TAIL "(?:\\s*/\\s*[\\w -]+| \\([^)]{1,60}\\))*(?=\\s*[:/]|$)"
#define IT_EN \
	"(?:the |this )?(?:contract|tender|procurement|rf[pqix]|bid|solicitation|assignment|consultancy|works?|services?|purchase)"
#define IT_DE                                                                                                                \
	"(?:des auftrags|des vorhabens|des projekt(?:e?s)?|(?:der|dieser) (?:maßnahme|leistung(?:en)?|vergabe|beschaffung|" \
	"ausschreibung|lieferung|dienstleistung)|des (?:verfahrens|vergabeverfahrens|vertrag(?:e?s)?))"

static struct pattern title_labels[] = {
	{ "^(?:the )?(?:rf[pqixt]|bid|tender|solicitation|contract|procurement|itt|itb|ifb|notice|opportunity|event|assignment|quotation) (?:title|name)",
	  94, NULL, NULL },
	{ "^project (?:title|name)", 90, NULL, NULL },
	{ "^(?:title (?:of|attributed to) " IT_EN "|name of " IT_EN "|(?:subject|object)(?:[ -]?matter)? of " IT_EN ")",
	  90, NULL, NULL },
	{ "^(?:title|name) of (?:the )?project", 86, NULL, NULL },
	{ "^(?:titel|bezeichnung " IT_DE "|titel " IT_DE "|name " IT_DE "|title|kurzbezeichnung|projekttitel(?: " IT_DE
	  ")?|projektbezeichnung|projektname|auftragsbezeichnung|ausschreibungstitel|vergabetitel|maßnahmenbezeichnung|leistungsbezeichnung)(?=\\W|$)",
	  90, NULL, NULL },
	{ "^(?:project|maßnahme|vorhaben|projekt|baumaßnahme|bauvorhaben|leistung)" TAIL
	  "|^(?:ausschreibung|vergabe|vergabeverfahren|verfahren)(?=\\s*:)",
	  82, NULL, NULL },
	{ "^(?:gegenstand|ausschreibungsgegenstand|beschaffungsgegenstand|vergabegegenstand)" TAIL, 80, NULL, NULL },
	{ "^(?:art der leistung|auftragsgegenstand|vertragsgegenstand|leistungsgegenstand|gegenstand " IT_DE ")" TAIL,
	  74, NULL, NULL },
	{ "^art und umfang der (?:leistung|arbeiten|lieferung)(?:[ ,][^:]*)?(?=:|$)", 72, NULL, NULL },
	{ "^(?:subject|betreff|betrifft|betr\\.|re|for|concerning|regarding|object)(?=\\s*:)", 78, NULL, NULL },
	{ "^(?:(?:tender|bid|rf[pqt]|contract|short|brief|project) )?description(?=\\s*:|$)", 72, NULL, NULL },
	{ "^(?:name of work|work|description of (?:the )?(?:works?|requirements?|services?|goods))" TAIL, 74, NULL,
	  NULL },
	{ "^bezeichnung(?=\\s*:|$)", 74, NULL, NULL },
	{ "/ ?item category$", 74, NULL, NULL },
	{ "^(?:schedule of |description of )?(?:supplies|goods|services)(?:/| or | and )(?:supplies|goods|services)$",
	  70, NULL, NULL },
};

/* "Title: Supervisor, Procurement Services": that of a person. */
static struct pattern job = {
	"^(?:[\\p{L}&.-]+ ){0,3}(?:supervisor|manager|officer|director|buyer|specialist|analyst|administrator|coordinator|clerk|agent|engineer|secretary|adviser|advisor|assistant|superintendent|president|chief|head|\\w*leiter(?:in)?|sachbearbeiter(?:in)?|referent(?:in)?)(?:,.*| (?:of|for|der|des|für) .*|(?: [IVX]{1,3})?)$",
	0, NULL, NULL
};

/* Words that lean on others nearby, "for the above services", and the fields of a form. */
static struct pattern leans = {
	"\\b(?:the (?:above|following|said|same)|above[- ](?:mentioned|referenced|described|named|captioned)|aforesaid|aforementioned|herein|o\\. ?g\\.|(?:oben|unten) (?:genannt|bezeichnet|beschrieben)\\w*|vorgenannte\\w*|vorbezeichnete\\w*|nachstehende\\w*|folgende\\w*)\\b|(?-i:\\b\\p{Lu}\\p{L}+(?: \\p{Ll}+)?): .*(?-i:\\b\\p{Lu}\\p{L}+(?: \\p{Ll}+)?): ",
	0, NULL, NULL
};
/* A title says what is done, a description also how much of it, a programme begins with its number. */
static struct pattern details = {
	";|\\bca\\. ?\\d|\\d ?(?:m²|m³|m2|m3|stück|stk|lfm|psch)(?!\\w)|^(?-i:[A-Z]*\\d[\\w-]*[/-][\\w/-]*\\d)\\b", 0,
	NULL, NULL
};
/* What is put to those who decide: "Authorization to release a request for proposals for …". */
static struct pattern put = {
	"^(?:authori[sz]ation|approval|consideration|recommendation|resolution|adoption|beschluss|genehmigung|freigabe)\\b.*\\b(?:release|issue|issuance|requests?|rf[pqi]|award|bids?|ausschreibung|vergabe)\\b",
	0, NULL, NULL
};
#define DETAILS_LESS 16
#define PROSE_LESS   40

/* Where prose follows, words that begin with an article are its first sentence. */
static struct pattern article = { "^(?:der|die|das|the|an?|this|diese[rs]?|wir|we)\\b", 0, NULL, NULL };

#define SHORT_EN "(?: \\(?(?:e-)?(?:rf[pqit]|itt|itb|ifb|rfq|eoi|nit|tor)\\)?)?"
/* "nach § 9 UVgO": the law stands between the kind and a colon. */
#define LAW \
	"(?: (?:mit|ohne) \\w*teilnahmewettbewerb)?(?: (?:nach|gemäß|gemäss|gem\\.|according to|under|pursuant to) [^:]{2,60}?(?=:))?"
#define NUMBER_OF "(?:\\W+(?:no\\.?|nr\\.?|number|#|ref\\.?|reference)\\W*\\S+?|\\W+[a-z0-9][\\w/.-]*\\d[\\w/.-]*)?\\W*"

/* "RFP reference: …", "Tender documents: …" are fields of a form. */
#define NO_FIELD                                                                                                             \
	"(?!\\W*(?:reference|ref|released?|issued?|due|date|clos\\w*|deadline|contact|opening|schedule|documents?|response|" \
	"submission|id|type|value|fee|security|validity|period|box|process)\\b[^:]{0,20}:)"

static struct pattern title_for = {
	"^\\W*" NAMES_PAPER SHORT_EN NO_FIELD LAW NUMBER_OF
	"(?:\\b(?:for|of|über|von|für|zur|zum|betreffend|regarding)(?: the| die| das| den)?\\s+|[:–—]\\s+| - |(?=[\"„“«»]))[\"'‘“„«»]?(?<value>\\S.{8,})",
	0, NULL, NULL
};

/* "RFP #2027-14 Janitorial Services", "RFP 0527-11, Health Records": only the number stands between. */
static struct pattern title_behind = {
	"^\\W*" NAMES_DOCUMENT SHORT_EN
	"\\W*(?:\\b(?:no\\.?|nr\\.?|number))?[ #:.]*(?-i:[A-Z0-9][\\w/.-]*\\d[\\w/-]*)(?:, | - |\\s+)(?<value>(?-i:\\p{Lu})[^:]{12,})$",
	0, NULL, NULL
};

static struct pattern kind_first = { "^\\W*(?:" NAMES_DOCUMENT "|" NAMES_ASKING ")\\b", 0, NULL, NULL };

/* Sentences that say what is bought. The value ends where something else is said of it. */
#define ENDS                                                                                                                    \
	"(?=,? (?:until|by|at|on or before|in accordance|as (?:described|set|specified|detailed|per|outlined)|no later|not "    \
	"later|will|which|that|who|from|to be|pursuant|under|during|with a|through|must|shall|bis|gemäß|nach|zu|wird|werden|" \
	"an|entsprechend)\\b|[.;,(]|$)"
#define BIDS "(?:proposals?|bids?|tenders?|quotations?|quotes?|offers?|applications?|responses?|submissions?|eois?)"

static struct pattern title_says[] = {
	{ "\\b(?:work|works|project|services?|contract|maßnahme|leistung|auftrag|vergabeverfahren|verfahren|ausschreibung|titel|title)(?: of)?\\W{0,3}[:,]?\\s*[\"“„«»](?<value>[^\"”“«»]{12,200})[\"”“«»]",
	  62, NULL, NULL },
	{ "\\b(?:sealed |competitive |written )?" BIDS
	  "[^.;:]{0,60}? for (?:the )?[\"“„'‘](?<value>[^\"”“'’]{8,160})[\"”“'’]",
	  60, NULL, NULL },
	{ "\\b(?:invit|seek|solicit|request|receive|accept|call)[^.;:]{0,60} " BIDS
	  "[^.;:]{0,60}? for (?:the |a |an )?(?<value>\\S.{8,160}?)" ENDS,
	  52, NULL, NULL },
	{ "\\b" BIDS
	  "[^.;:]{0,60}? (?:are|is) (?:hereby )?invited (?:from|by) [^.;:]{0,140}? for (?:the )?(?<value>\\S.{8,160}?)(?=[.;(]| (?:on or before|as per|through|so as|in accordance)\\b|$)",
	  54, NULL, NULL },
	{ "\\b(?:sealed|competitive|electronic) " BIDS " for (?:the )?(?<value>\\S.{8,160}?)" ENDS, 54, NULL, NULL },
	{ "\\b(?:project|works?|contract|improvements?|services?|procurement),? (?:known|identified|described|referred to|designated|titled|entitled)(?: as)?:? (?:the )?[\"“„'‘]?(?<value>(?-i:\\p{Lu})[^\"”“]{8,160}?)(?:(?=[\"”“])|" ENDS
	  ")",
	  58, NULL, NULL },
	{ "\\bcontractor shall (?:provide|furnish|perform) (?:the )?(?<value>(?-i:\\p{Lu}[\\w-]+ (?:(?:and|or|of|&|\\p{Lu}[\\w-]+) ){0,6}(?:Services|Supplies|Equipment|Maintenance))\\b.{0,120}?)" ENDS,
	  46, NULL, NULL },
	{ "\\b(?:award|enter into|procure) (?:a|an|one) (?:\\w+ ){0,3}?(?:contract|agreement) for (?:the )?(?<value>\\S.{8,160}?)" ENDS,
	  50, NULL, NULL },
	{ "\\bschreib(?:t|en) (?:hiermit |öffentlich )?(?:den |die |das )?(?<value>\\S.{8,160}?) (?:öffentlich |europaweit |national |beschränkt |hiermit )*aus\\b",
	  54, NULL, NULL },
	{ "\\bbeabsichtig(?:t|en),? (?:die |den )?(?:vergabe|beschaffung|ausschreibung) (?:von |der |des |eine[rs] )?(?<value>\\S.{8,160}?)" ENDS,
	  50, NULL, NULL },
	{ "\\bgegenstand " IT_DE " (?:ist|sind) (?:die |der |das )?(?<value>\\S.{8,160}?)" ENDS, 52, NULL, NULL },
	{ "\\bangebot(?:e?s)? (?:für|über|zur|zum) (?:die |den |das )?(?<value>\\S.{8,160}?)" ENDS, 48, NULL, NULL },
};

/* Words without which none of title_says matches. */
static struct pattern any_saying = {
	"known|identified|described|designated|titled|invit|seek|solicit|request|receive|accept|\\bcall|sealed|competitive|electronic|contract|agreement|schreib|beabsichtig|gegenstand|angebot|[\"“„«»]",
	0, NULL, NULL
};

void fields_title_preload(void)
{
	names_preload();
	cover_preload();
	pattern_compile(title_labels, N_ELEMS(title_labels));
	pattern_compile(&job, 1);
	pattern_compile(&leans, 1);
	pattern_compile(&details, 1);
	pattern_compile(&put, 1);
	pattern_compile(&article, 1);
	pattern_compile(&title_for, 1);
	pattern_compile(&title_behind, 1);
	pattern_compile(&kind_first, 1);
	pattern_compile(title_says, N_ELEMS(title_says));
	pattern_compile(&any_saying, 1);
}

/* A label that stands in a row of a head of a table, or whose value would be the next heading, says little. */
static int label_doubt(const struct page *p, const struct labelled *l)
{
	const struct line *label = page_line(p, l->line), *value = page_line(p, l->value_line);
	bool marked = strpbrk(label->text, ":/") != NULL;

	if (!marked && !names_first_cell(p, l->line))
		return 50;
	if (!marked && text_words(l->value) < 2)
		return 50;
	if (l->line == l->value_line || value->y0 <= label->y1 - 1)
		return 0;
	return text_upper(value->text) || !names_first_cell(p, l->line) || text_words(value->text) < 2 ? 40 : 6;
}

/* "RFQ - Rental of plants": the title without the kind of document before it; the caller's, NULL for none. */
static char *behind_kind(const char *text)
{
	GMatchInfo *joined = pattern_find(&title_for, text, 0),
		   *m = joined ? joined : pattern_find(&title_behind, text, 0);
	char *value = m ? g_match_info_fetch_named(m, "value") : NULL;

	g_match_info_free(m);
	return value;
}

/* The first title behind a label is the tender's, the next are those of its lots. */
#define AGAIN_LESS 8

static bool may_be_title(const char *value)
{
	return !names_document(value) && !strstr(value, "___") && text_words(value) <= 40 && !util_ends(value, "?") &&
	       !pattern_match(&job, value) && !pattern_match(&leans, value) && !pattern_match(&put, value);
}

#define LEAST_WORDS 4 /* of a sentence that names what is bought */

/* "Renewal of the windows of the school. As part of …": what follows describes. Returns whether it is a sentence. */
static bool keep_sentence(char *value)
{
	const char *end = text_sentence(value);
	size_t first = (size_t)(end - value);

	if (first > 0 && value[first - 1] == '.') {
		auto_free char *sentence = g_strndup(value, first - 1);

		if (text_words(sentence) >= LEAST_WORDS) {
			value[first - 1] = '\0';
			return true;
		}
	}
	return false;
}

/* What speaks against a value that describes. */
static int description_less(const char *value, bool described)
{
	if (described && pattern_match(&article, value))
		return PROSE_LESS;
	return pattern_match(&details, value) ? DETAILS_LESS : 0;
}

static void add_labelled(struct choice *c, const struct doc *d, const struct page *p, int n[N_ELEMS(title_labels)])
{
	for (int k = 0; k < (int)p->lines->len; k++) {
		const char *text = page_line(p, k)->text;
		struct pattern *label =
			strlen(text) < 300 ? PATTERN_BEST(title_labels, text + label_begin(text)) : NULL;
		int *again = label ? &n[label - title_labels] : NULL;
		auto_free char *bare = NULL;
		struct labelled l;
		bool described;

		if (!label || !label_value(p, k, label, &l))
			continue;
		described = keep_sentence(l.value);
		bare = behind_kind(l.value);
		if (may_be_title(bare ? bare : l.value)) {
			cover_name(c, d, p, bare ? bare : l.value, l.quote,
				   names_early(p, label->score) - label_doubt(p, &l) - AGAIN_LESS * MIN(*again, 5) -
					   description_less(l.value, described));
			++*again;
		}
		labelled_release(&l);
	}
}

/* What was opened before the value ends it: "RFP for 'Audit of systems' - October". */
static void end_quotation(const char *text, char *value)
{
	static const char *const marks[][2] = {
		{ "\"", "\"" },
		{ "'", "'" },
		{ "\xE2\x80\x98", "\xE2\x80\x99" },
		{ "\xE2\x80\x9C", "\xE2\x80\x9D" },
		{ "\xE2\x80\x9E", "\xE2\x80\x9C" },
	};
	const char *at = strstr(text, value);

	for (size_t i = 0; i < N_ELEMS(marks); i++) {
		size_t len = strlen(marks[i][0]);
		char *end = strstr(value, marks[i][1]);

		if (at && end && (size_t)(at - text) >= len && strncmp(at - len, marks[i][0], len) == 0)
			*end = '\0';
	}
}

/* A title in line k behind the kind of document; joined by a word or a mark, else only by standing there. */
static void add_behind(struct choice *c, const struct doc *d, const struct page *p, int k, struct pattern *how,
		       int score)
{
	GMatchInfo *m = pattern_find(how, page_line(p, k)->text, 0);
	auto_free char *text = m ? cover_lines(p, k) : NULL, *value = NULL;

	g_match_info_free(m);
	m = text ? pattern_find(how, text, 0) : NULL;
	value = m ? g_match_info_fetch_named(m, "value") : NULL;
	g_match_info_free(m);
	if (!value || names_document(value))
		return;
	end_quotation(text, value);
	cover_name(c, d, p, value, text, score);
}

#define MOST_KIND 60 /* bytes of a line that is only the kind of document */

static bool begins_joint(const char *text)
{
	static const char *const joints[] = { "for ", "zur ", "zum ", "für ", "über ", "betreffend ", "regarding " };

	for (size_t i = 0; i < N_ELEMS(joints); i++) {
		if (g_ascii_strncasecmp(text, joints[i], strlen(joints[i])) == 0)
			return true;
	}
	return false;
}

/* "Leistungsbeschreibung", and under it in smaller letters "zur Beschaffung eines …". */
static void add_under(struct choice *c, const struct doc *d, const struct page *p, int k, int score)
{
	const char *kind = page_line(p, k)->text;
	int below = strlen(kind) < MOST_KIND && names_document(kind) ? page_below(p, k) : -1;
	auto_free char *lines = below >= 0 && begins_joint(page_line(p, below)->text) ? cover_lines(p, below) : NULL,
		       *text = lines ? g_strdup_printf("%s %s", kind, lines) : NULL,
		       *value = text ? behind_kind(text) : NULL;
	auto_free char *quote = value ? fact_pair(kind, lines) : NULL;

	if (value && may_be_title(value))
		cover_name(c, d, p, value, quote, score);
}

#define MOST_HEADING 200 /* bytes of a block that is no prose */

/* Is the line a heading in words: neither who asks nor where, nor a sentence? */
static bool is_heading(const struct page *p, int k)
{
	const struct line *l = page_line(p, k);

	return text_words(l->text) >= 3 && text_words(l->text) < 16 &&
	       strlen(page_block(p, l->block)->text) < MOST_HEADING && !strpbrk(l->text, ":@") &&
	       !util_ends(l->text, ".") && g_unichar_isupper(g_utf8_get_char(l->text)) && !cover_parts(l, false) &&
	       may_be_title(l->text) && page_right(p, k) < 0;
}

#define CAPITALS_MORE 8 /* a number and a heading in capitals are a cover, behind a letter or a report */
#define NUMBER_MORE   2 /* the number of the document before it makes it surer */

/* "RFP #27-28-06", "Call for Tenders", and under it what is asked for. */
static void add_below(struct choice *c, const struct doc *d, const struct page *p, int k, int score)
{
	const char *kind = page_line(p, k)->text;
	bool numbered = strpbrk(kind, "0123456789") != NULL;
	int below = strlen(kind) < MOST_KIND && (numbered || p->number == 1) && names_document(kind) &&
				    pattern_match(&kind_first, kind)
			    ? page_below(p, k)
			    : -1;

	if (below >= 0 && is_heading(p, below)) {
		auto_free char *lines = cover_lines(p, below);

		cover_name(c, d, p, lines, lines,
			   score + (numbered ? NUMBER_MORE : 0) +
				   (p->number > 1 && text_upper(kind) && text_upper(lines) ? CAPITALS_MORE : 0));
	}
}

/* "Request for proposals for …" on one of the first pages. */
static void add_for(struct choice *c, const struct doc *d, const struct page *p)
{
	for (int k = 0; k < (int)p->lines->len; k++) {
		add_behind(c, d, p, k, &title_for, p->number == 1 ? 74 : 58);
		add_behind(c, d, p, k, &title_behind, p->number == 1 ? 68 : 54);
		add_under(c, d, p, k, p->number == 1 ? 74 : 58);
		add_below(c, d, p, k, p->number == 1 ? 60 : 48);
	}
}

static void add_sayings(struct choice *c, const struct doc *d, const struct page *p)
{
	for (int k = 0; k < (int)p->blocks->len; k++) {
		const struct block *b = page_block(p, k);
		bool any = strlen(b->text) > 40 && pattern_match(&any_saying, b->text);

		for (size_t i = 0; any && i < N_ELEMS(title_says); i++) {
			GMatchInfo *m = pattern_find(&title_says[i], b->text, 0);
			int from, to;

			if (m && g_match_info_fetch_named_pos(m, "value", &from, &to)) {
				auto_free char *value = g_strndup(b->text + from, (gsize)(to - from)),
					       *quote = fact_quote(p, b, from, to);

				if (may_be_title(value))
					cover_name(c, d, p, value, quote, names_early(p, title_says[i].score));
			}
			g_match_info_free(m);
		}
	}
}

static bool runs_on(const struct page *p, int k)
{
	auto_free char *whole = cover_lines(p, k);

	return strlen(whole) > strlen(page_line(p, k)->text);
}

/* "Unser Zeichen: KKA 44", and not "Mittagessen für neun Kitas: Bitte um ein Angebot". */
static bool is_field(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon && (text_words(colon) < 3 || colon - text < 20);
}

/* The subject of a letter stands over its salutation, perhaps with numbers around it. */
static void add_subject(struct choice *c, const struct doc *d, const struct page *p)
{
	int k = 0, n = 0;

	while (k < (int)p->lines->len && !names_salutation(page_line(p, k)->text))
		k++;
	if (k == (int)p->lines->len)
		return;
	for (k--; k >= 0 && n < 5; k--, n++) {
		const char *text = page_line(p, k)->text;
		auto_free char *whole = NULL, *bare = NULL;

		if (page_line(p, k)->furniture || strlen(text) < 16 || text_words(text) < 2 || is_field(text) ||
		    names_document(text) || cover_parts(page_line(p, k), false) || (k > 0 && runs_on(p, k - 1)))
			continue;
		whole = cover_lines(p, k);
		bare = behind_kind(whole);
		cover_name(c, d, p, bare ? bare : whole, whole, SUBJECT - n);
	}
}

/* What the buyer is called is not what is bought. */
static void weigh_issuer(struct choice *c, const struct doc *d)
{
	json_t *issuer = field_issuer(d);
	const char *name = json_string_value(json_object_get(issuer, "value"));
	auto_free char *its = name && fact_confidence(issuer) >= ISSUER_SURE ? names_key(name) : NULL;

	for (unsigned i = 0; its && i < c->facts->len; i++) {
		const char *value = json_string_value(json_object_get(c->facts->pdata[i], "value"));
		auto_free char *key = names_key(value);

		if (strstr(its, key) || (strstr(key, its) && strlen(key) < strlen(its) + 12))
			g_array_index(c->scores, int, i) -= ISSUER_LESS;
	}
	json_decref(issuer);
}

json_t *field_title(const struct doc *d)
{
	auto_choice *c = choice_new();
	int n_labelled[N_ELEMS(title_labels)] = { 0 };

	for (unsigned i = 0; i < d->pages->len && i < 6; i++) {
		const struct page *p = doc_page(d, i);

		if (!p->readable)
			continue;
		add_labelled(c, d, p, n_labelled);
		if (i == 0) {
			cover_add(c, d, p);
			add_subject(c, d, p);
		}
		if (i < 3)
			add_for(c, d, p);
		if (i < 2)
			add_sayings(c, d, p);
	}
	names_join(c);
	names_weigh(c, d);
	weigh_issuer(c, d);
	return choice_take_listing(c);
}

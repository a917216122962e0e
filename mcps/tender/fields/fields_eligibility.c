/* Who may make an offer, and who is excluded. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "item.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_CONDITIONS 80
#define MOST_CONDITION  600
#define MOST_SENTENCE   420
#define MOST_ROW_NAME   12
#define ROW_SCORE       78

static struct pattern eligibility_head = {
	"\\beligib|\\b(?:minimum|mandatory|pre-?|bidder|vendor|proposer|offeror)? ?qualifications?\\b|\\bpre-?qualification|who (?:can|may) (?:apply|bid)|minimum requirements|selection questionnaire|exclusion|disqualif|conditions (?:for|of) participation|minimum levels?|who may |responsibility|k\\.? ?o\\.?-kriterien|mindestanforderung|"
	"\\bpre-?conditions?\\b|who (?:should|may|is to) (?:apply|bid|respond|quote)|about you(?:r (?:firm|company))?$|"
	"eignung|teilnahmebedingungen|teilnahmevoraussetzung|ausschlussgründe|nachweise|präqualifikation|voraussetzungen für (?:die teilnahme|bieter|bewerber)|wer kann (?:mitmachen|anbieten|sich bewerben)|anforderungen an (?:die |den )?(?:bieter|bewerber|unternehmen|teilnehmer)|befugnis|leistungsfähigkeit|zuverlässigkeit",
	0, NULL, NULL
};

/* Minimum requirements of what is delivered. */
static struct pattern of_work = {
	"\\b(?:technische[nr]?|funktionale?|fachliche|technical|functional|product|system|service|operational|security)\\b.{0,12}\\b(?:mindest|minimum|requirement|anforder)",
	0, NULL, NULL
};

#define BIDDER \
	"(?:bidders?|offerors?|proposers?|vendors?|respondents?|contractors?|tenderers?|applicants?|suppliers?|firms?|company|companies|quoters?|sellers?|oem|consultants?|proponents?)"

static struct pattern eligible[] = {
	{ "\\b" BIDDER
	  "\\b.{0,60}\\b(?:must|shall|should|has to|have to)\\b.{0,60}\\b(?:have|hold|possess|demonstrate|be)\\b.{0,120}\\b(?:experience|turnover|certif\\w+|licen[cs]\\w*|regist\\w+|insur\\w+|profit\\w*|"
	  "empanelled|contract under|schedule|authori[sz]ed|scheduled|qualified|in (?:good standing|business)|references?)",
	  82, NULL, NULL },
	{ "\\b" BIDDER
	  "\\b.{0,60}\\b(?:must|shall|should|may)\\b.{0,12}\\bnot\\b.{0,80}\\b(?:blacklist\\w*|debarred|insolven\\w*|bankrupt\\w*|liquidation|suspended|involved|convict\\w*)",
	  84, NULL, NULL },
	{ "\\bminimum (?:average )?(?:annual )?(?:turnover|revenue|net worth)|\\bannual turnover\\b.{0,60}\\b(?:of|at least|minimum)\\b",
	  80, NULL, NULL },
	{ "\\b(?:minimum|at least|not less than)\\b.{0,40}\\b(?:years?|yrs)\\b.{0,30}\\bexperience\\b|\\bminimum of .{0,30}(?:references|years|projects|insurance)",
	  76, NULL, NULL },
	{ "\\b(?:will not be (?:qualified|eligible)|(?:is|are|be) (?:in)?eligible to|be deemed (?:unacceptable|ineligible)|not be eligible|only .{0,60} will be eligible)\\b",
	  78, NULL, NULL },
	{ "\\bminimum of .{0,20}\\b(?:general|professional)\\b.{0,30}\\binsurance\\b|\\bperformance bond\\b.{0,80}\\brequired\\b",
	  74, NULL, NULL },
	{ "ausschlussgründe\\b.{0,60}\\b(?:§|123|124|vorliegen)|eigenerklärung\\b.{0,120}\\b(?:ausschluss|eignung)", 80,
	  NULL, NULL },
	{ "eintragung\\b.{0,40}\\b(?:handels|berufs)\\w*|nachweis (?:der|einer|über)\\b.{0,80}\\b(?:eintragung|versicherung|haftpflicht\\w*|qualifikation|umsatz|eignung)",
	  80, NULL, NULL },
	{ "berufshaftpflicht\\w*\\b.{0,100}\\b(?:mindest|mio|deckung)|deckungssumme|mindestumsatz|mindestjahresumsatz|gesamtumsatz",
	  76, NULL, NULL },
	{ "\\b(?:mindestens|mind\\.) .{0,20}\\breferenz|\\breferenzen der letzten|referenzprojekte aus", 78, NULL,
	  NULL },
	{ "präqualifizierte unternehmen|zertifizierung (?:des|durch|nach)\\b", 74, NULL, NULL },
};

/* Under a heading that is about eligibility, what names a proof or a state of the bidder is a condition. */
static struct pattern condition = {
	"\\b(?:experience|insurance|turnover|licen[cs]\\w*|certifi\\w+|registration|registered|debarred|exclu\\w+|convict\\w*|insolven\\w*|holds?|degree|carried out|supplied|similar|last \\w+ years|persons who|financial statements?|references?)\\b|"
	"referenz|versicherung|\\bumsatz|eintrag|mitglied|ausschlussgr|§§|nachweis|nachzuweisen|berufsbezeichnung|erlaubnis|zertifi|erfahrung|letzten \\w+ (?:jahre|geschäftsjahre)|befähigung|leistungsfähigkeit von|eigenerklärung",
	0, NULL, NULL
};

/* A condition says of whom, of what, and that it must be so. */
static struct pattern subject = {
	"\\b(?:bidders?|offerors?|proposers?|respondents?|tenderers?|applicants?|quoters?|proponents?|candidates?|you|your (?:company|firm|organi[sz]ation|business|turnover|bid)|firms?|(?:the|each|every|a) company|"
	"unternehmen|bieter(?:in|innen)?|bewerber(?:in|innen)?|anbieter(?:in)?|teilnehmer|die agentur|das büro|der betrieb|die firma|ihr (?:unternehmen|betrieb))\\b",
	0, NULL, NULL
};
static struct pattern topic = {
	"\\b(?:insurance|turnover|revenue|net worth|solven\\w+|insolven\\w*|bankrupt\\w*|references?|experience|licen[cs]e[ds]?|registered|registration|certified|certification|accredit\\w+|convict\\w*|exclusion|debarred|blacklist\\w*|"
	"audited accounts|financial statements|in business|traded|in production|live on|(?:have|has) (?:\\w+ )?(?:completed|provided|supplied|installed|delivered|performed|executed|operated)|similar (?:works?|contracts?|services)|made profits?|employees)\\b|"
	"versicherung|haftpflicht|\\bumsatz|jahresumsatz|referenz|erfahrung|eingetragen|eintragung|zertifi|verurteil|ausschlussgr|jahresabschl|beschäftigt|mitarbeitende|festangestellt|zulassung|genehmigung nach|erlaubnis|konzession|bonität|rating|"
	"ausgestattet|beliefer|durchgeführt haben|erbracht|zurückblicken|vergleichbare[nr]? (?:leistung|auftr|projekt|vorhaben)|insolvenz",
	0, NULL, NULL
};
static struct pattern cue = {
	"\\b(?:must|shall|should|has to|have to|needs? to|you need|required|at least|minimum|not less than|no less than|a condition|ask for|cannot be|not eligible|ineligible|excluded|disqualified|above|or more)\\b|"
	"voraussetzung|verlangt|gefordert|erforderlich|\\bmuss|\\bmüssen|\\bdarf|\\bdürfen|mindestens|wenigstens|nicht weniger als|nachzuweisen|nachweis|nicht berücksichtigt|ausgeschlossen|haben (?:bereits|schon)|\\bkann auf\\b",
	0, NULL, NULL
};
/* Of the people that do the work, of what is delivered; definitions; what others do. */
static struct pattern of_others = {
	"^\\W*(?:[\\d.]+\\s+)?(?:the |all |any |each |every |die |das |der |alle )?(?:mechanics?|staff|personnel|drivers?|technicians?|operators?|key experts?|employees?|supervisors?|project manager|trainers?|subcontractors?|senior|fahrer|monteure|mitarbeiter|personal|reinigungskräfte|projektleit\\w*|successful|contractor|supplier|auftragnehmer|auftraggeber)\\b|"
	"\"[^\"]{2,40}\" (?:means|bedeutet|ist)\\b|\\b(?:price|prices|preise) (?:must|shall|müssen)\\b|\\bfails? any\\b|\\bweight|\\bpoints\\b|\\bpunkte",
	0, NULL, NULL
};

/* Before a list: who lacks one of its items is not considered. */
static struct pattern stem = {
	"\\b(?:to (?:be (?:considered|eligible|qualified)|qualify)|excluded|disqualified|not (?:be )?(?:considered|eligible|scored|evaluated)|ausgeschlossen)\\b[^.]{0,120}:$|"
	"^\\W*(?:an? |the |each |every )?(?:bidders?|offerors?|proposers?|vendors?|respondents?|tenderers?|applicants?|quoters?|proponents?|candidates?|you|your (?:firm|company))"
	" (?:must|shall)(?: (?:also|each|have|be|hold|meet|satisfy|fulfil|demonstrate|show|prove)\\b[^.]{0,80})?:$|"
	"\\b(?:nachweis|beleg|prüfung)\\w* (?:der|ihrer|seiner|zur|über die) (?:eignung|fachkunde|leistungsfähigkeit)[^.]{0,120}:$|\\beignung\\w*\\b[^.]{0,60}\\b(?:sind|ist|wird|werden|fügen|legen)\\b[^.]{0,100}:$",
	0, NULL, NULL
};

/* "EK 1", "C1.3", "CoP4": the number of a row that is a condition. */
static struct pattern row_name = { "^\\p{L}{1,4}[ .-]?\\d{1,2}(?:\\.\\d{1,2}){0,2}[.)]?$", 0, NULL, NULL };

/* What the contract asks of whoever has won, and names of forms. */
static struct pattern of_contract = {
	"^\\W*(?:[\\d.]+\\s+)?(?:the |der |die )?(?:successful \\w+|contractor|supplier|auftragnehmer(?:in)?|lieferant(?:in)?|dienstleister(?:in)?)\\b.{0,40}\\b(?:insur|maintain|hold|provide|unterhält|haftpflicht|versicher)|"
	"^\\W*(?:\\d{3}\\W+|form\\w* \\w+\\W+)eigenerklärung\\b|^\\W*(?:die |eine )?eigenerklärung zur eignung\\b[^.]{0,60}$|^\\W*angebotsschreiben\\b",
	0, NULL, NULL
};
static struct pattern no_condition = { "^\\W*quellen? der ausschlussgründe", 0, NULL, NULL };

void fields_eligibility_preload(void)
{
	pattern_compile(&stem, 1);
	pattern_compile(&of_work, 1);
	pattern_compile(&subject, 1);
	pattern_compile(&topic, 1);
	pattern_compile(&cue, 1);
	pattern_compile(&of_others, 1);
	pattern_compile(&row_name, 1);
	pattern_compile(&of_contract, 1);
	pattern_compile(&no_condition, 1);
	item_preload();
	pattern_compile(&condition, 1);
	pattern_compile(&eligibility_head, 1);
	pattern_compile(eligible, N_ELEMS(eligible));
}

static bool is_known(const json_t *list, const char *text)
{
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one) {
		if (strstr(json_string_value(json_object_get(one, "text")), text))
			return true;
	}
	return false;
}

static void add_condition(json_t *list, const struct doc *d, const struct page *p, const char *text, const char *quote,
			  int score)
{
	auto_free char *clean = text_clean(text), *verbatim = NULL;
	json_t *fact;

	if (json_array_size(list) >= MOST_CONDITIONS || strlen(clean) < 20 || strlen(clean) > MOST_CONDITION ||
	    is_known(list, clean))
		return;
	verbatim = fact_verbatim(p, clean);
	fact = json_pack("{s:s, s:i}", "text", verbatim ? verbatim : clean, "confidence", score);
	if (fact_place(d, fact, p, quote))
		json_array_append_new(list, fact);
	else
		json_decref(fact);
}

static bool is_condition(const char *text, bool under_head)
{
	if (strlen(text) > MOST_SENTENCE || pattern_match(&of_others, text))
		return false;
	if (under_head && pattern_match(&condition, text))
		return true;
	if (!pattern_match(&topic, text))
		return false;
	return under_head ? pattern_match(&cue, text) || pattern_match(&subject, text)
			  : pattern_match(&cue, text) && pattern_match(&subject, text);
}

static void consider(json_t *list, const struct doc *d, const struct page *p, const char *text, const char *quote,
		     bool under_head)
{
	int score = PATTERN_SCORE(eligible, text);

	if (util_ends(text, ":") || pattern_match(&no_condition, text) || pattern_match(&of_contract, text) ||
	    (score && pattern_match(&of_others, text)))
		return;
	if (score)
		add_condition(list, d, p, text, quote, score + (under_head ? 6 : 0));
	else if (is_condition(text, under_head))
		add_condition(list, d, p, text, quote, under_head ? 74 : 68);
}

static void read_conditions(json_t *list, const struct doc *d, const struct page *p, const struct block *b,
			    bool under_head)
{
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s)),
			       *quote = fact_quote(p, b, (int)(s - b->text), (int)(end - b->text));

		consider(list, d, p, sentence, quote, under_head);
		s = end + strspn(end, " ");
	}
}

/* The section that is about eligibility, while it is read. */
struct section {
	bool open;
	bool listed;     /* the items that follow are conditions, whatever they say */
	char kind;       /* of the item before */
	char number[16]; /* "5" of "5 Eignung"; its parts are "5.1" */
};

static void read_heading(struct section *s, const char *text)
{
	size_t n = strspn(text, "0123456789.");
	char number[sizeof(s->number)];

	g_strlcpy(number, text, MIN(n + 1, sizeof(number)));
	if (pattern_match(&eligibility_head, text) && !pattern_match(&of_work, text)) {
		s->open = true;
		g_strlcpy(s->number, number, sizeof(s->number));
		if (s->number[0] && util_ends(s->number, "."))
			s->number[strlen(s->number) - 1] = '\0';
		return;
	}
	if (!s->open || !s->number[0] || !util_starts(number, s->number) || number[strlen(s->number)] != '.' ||
	    !g_ascii_isdigit(number[strlen(s->number) + 1]))
		s->open = false;
}

/* A row of a table has something beside it, and its section's number stands elsewhere. */
static bool is_cell(const struct page *p, int k)
{
	const struct line *l = page_line(p, k);

	for (int i = 0; i < (int)p->lines->len && !g_ascii_isdigit(l->text[0]); i++) {
		const struct line *o = page_line(p, i);
		double shift = o->y0 - l->y0;

		if (i != k && shift < 1 && shift > -1 && (o->x0 > l->x1 || o->x1 < l->x0))
			return true;
	}
	return false;
}

/* "EK 1 | Zwei Referenzen …": true when the line is the first cell of such a row. */
static bool read_row(json_t *list, const struct doc *d, const struct page *p, int k)
{
	const char *name = page_line(p, k)->text;
	int right = strlen(name) < MOST_ROW_NAME && pattern_match(&row_name, name) ? page_right(p, k) : -1;
	const struct block *b = right >= 0 ? page_block(p, page_line(p, right)->block) : NULL;

	if (b && b->first == right && text_words(b->text) > 2)
		add_condition(list, d, p, b->text, b->text, ROW_SCORE);
	return b != NULL;
}

/* An item of the list, or a line that ends it. */
static void read_listed(json_t *list, const struct doc *d, const struct page *p, int k, struct section *s)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	int mark = item_mark(p, k);
	char kind = item_kind(p, k, mark);
	auto_free char *whole = b->first == k ? g_strdup(b->text) : item_text(p, k, MOST_CONDITION),
		       *quote = b->first == k ? fact_quote(p, b, 0, (int)strlen(b->text)) : g_strdup(whole),
		       *first = NULL;
	const char *item = whole + item_bullet(whole), *end = text_sentence(item);

	if (kind == 'h' || (s->kind && kind != s->kind && s->kind == '*'))
		s->listed = false;
	s->kind = kind;
	first = g_strndup(item, (gsize)(end - item));
	if (s->listed)
		add_condition(list, d, p, first, fact_stands(p, first) ? first : quote, ROW_SCORE);
	else
		consider(list, d, p, first, fact_stands(p, first) ? first : quote, true);
	for (item = end + strspn(end, " "); *item; item = end + strspn(end, " ")) {
		auto_free char *next = g_strndup(item, (gsize)(text_sentence(item) - item));

		end = text_sentence(item);
		consider(list, d, p, next, fact_stands(p, next) ? next : quote, s->open || s->listed);
	}
}

static const char *last_sentence(const char *text)
{
	const char *tail = text, *end;

	for (end = text_sentence(tail); *end; end = text_sentence(tail))
		tail = end + strspn(end, " ");
	return tail;
}

/* The cell left of it is the condition that it proves. */
static bool is_proof(const json_t *list, const struct page *p, const struct block *b)
{
	for (int k = 0; k < (int)p->blocks->len; k++) {
		const struct block *o = page_block(p, k);
		double mid = (b->y0 + b->y1) / 2;
		auto_free char *clean = o->x1 <= b->x0 && o->y0 < mid && o->y1 > mid ? text_clean(o->text) : NULL;

		if (clean && strlen(clean) > 20 && is_known(list, clean))
			return true;
	}
	return false;
}

static void read_line(json_t *list, const struct doc *d, const struct page *p, int k, struct section *s)
{
	const struct block *b = page_block(p, page_line(p, k)->block);

	if (page_line(p, k)->furniture || section_is_index(b))
		return;
	if (s->open && read_row(list, d, p, k))
		return;
	if (b->first == k && !b->item && util_ends(b->text, ":") && pattern_match(&stem, last_sentence(b->text))) {
		s->listed = true;
		s->kind = 0;
	} else if (b->first == k && section_is_heading(b) && !PATTERN_SCORE(eligible, b->text) &&
		   (!s->open || (!pattern_match(&condition, b->text) && !is_cell(p, k)))) {
		read_heading(s, b->text);
		s->listed = false;
	} else if ((s->open || s->listed) && item_mark(p, k) >= 0) {
		read_listed(list, d, p, k, s);
	} else if (b->first == k && !is_proof(list, p, b)) {
		s->listed = s->listed && b->item;
		read_conditions(list, d, p, b, s->open);
	}
}

json_t *field_eligibility(const struct doc *d)
{
	json_t *list = json_array();
	struct section s = { .open = false };

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++)
			read_line(list, d, p, k, &s);
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

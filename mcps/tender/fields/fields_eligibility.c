/* Who may make an offer, and who is excluded. */
#include <stdio.h>
#include <stdlib.h>

#include "condition.h"
#include "condition_table.h"
#include "fact.h"
#include "fields.h"
#include "item.h"
#include "over.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_CONDITIONS 80
#define MOST_CONDITION  600
#define MOST_ROW_NAME   12
#define MOST_NAME       5 /* words */
#define ROW_SCORE       78
#define MOST_HEAD       90
#define PROOF_SCORE     70
#define NAMED_SCORE     70 /* a row with a name before it, or a verdict behind it */
#define POINT_SCORE     62
#define LEAST_WORDS     5

static struct pattern eligibility_head = {
	"\\beligib|\\b(?:minimum|mandatory|pre-?|bidder|vendor|proposer|offeror)? ?qualifications?\\b|\\bpre-?qualification|who (?:can|may|should|must) \\w+|minimum requirements|selection questionnaire|exclusion|disqualif|conditions (?:for|of) participation|minimum levels?|who may |responsibility|k\\.? ?o\\.?-kriterien|mindestanforderung|"
	"\\bpre-?conditions?\\b|who (?:should|may|is to) (?:apply|bid|respond|quote)|about you(?:r (?:firm|company))?$|"
	"eignung|teilnahmebedingungen|teilnahmevoraussetzung|ausschlussgründe|nachweise|präqualifikation|voraussetzungen für (?:die teilnahme|bieter|bewerber)|wer kann (?:mitmachen|anbieten|sich bewerben)|anforderungen an (?:die |den )?(?:bieter|bewerber|unternehmen|teilnehmer)|befugnis|leistungsfähigkeit|zuverlässigkeit",
	0, NULL, NULL
};

/* Sections of nothing but conditions: whatever obliges there, is one. */
static struct pattern sure_section = {
	"^\\W*(?:[\\dA-Z.]+\\s+)?who (?:can|may|should|must) \\w+|\\bconditions? (?:of|for) participation|\\beligib\\w+(?: (?:criteria|requirements?|conditions?|to \\w+|of \\w+))?$|\\b(?:minimum|mandatory|bidder|vendor|proposer|offeror) qualifications?\\b|\\bqualification requirements?\\b|\\bpre-?qualification (?:criteria|requirements?|conditions?)|\\bexclusion (?:criteria|grounds)|\\bgrounds (?:for|of) exclusion|"
	"^\\W*(?:[\\dA-Z.]+\\s+)?eignung$|eignungs(?:kriterien|anforderungen)$|teilnahmevoraussetzungen|voraussetzungen für (?:die teilnahme|bieter|bewerber)|wer (?:kann|darf) \\w+|ausschlussgründe|anforderungen an (?:die |den )?(?:bieter|bewerber|unternehmen|teilnehmer)",
	0, NULL, NULL
};
/* Minimum requirements of what is delivered. */
static struct pattern of_work = {
	"\\b(?:technische[nr]?|funktionale?|fachliche|technical|functional|product|system|service|operational|security)\\b.{0,12}\\b(?:mindest|minimum|requirement|anforder)",
	0, NULL, NULL
};

/* Before a list: who lacks one of its items is not considered. */
static struct pattern stem = {
	"\\b(?:to (?:be (?:considered|eligible|qualified)|qualify)|excluded|disqualified|not (?:be )?(?:considered|eligible|scored|evaluated)|ausgeschlossen)\\b[^.]{0,120}:$|"
	"(?:^\\W*|^to (?:proceed|progress|pass|advance|be|qualify)\\b.{0,80}\\b)(?:an? |the |each |every )?(?:bidders?|offerors?|proposers?|vendors?|respondents?|tenderers?|applicants?|quoters?|proponents?|candidates?|you|your (?:firm|company))"
	" (?:must|shall)(?: (?:also|each|have|be|hold|meet|satisfy|fulfil|demonstrate|show|prove)\\b[^.]{0,80})?:$|"
	"\\bfailure to (?:submit|provide|meet|include|attach|furnish|comply with|satisfy|hold)\\b[^.]{0,80}\\b(?:following|below|these)\\b[^.]{0,100}:$|"
	"\\b(?:minimum|mandatory|pre-?qualification|eligibility|qualifying) (?:(?:eligibility|qualification|selection|participation) )?(?:requirements?|qualifications?|criteria|conditions) (?:for|to|of|on) (?:[^.]{0,40}\\b)?(?:bidders?|tenderers?|proposers?|offerors?|vendors?|suppliers?|applicants?|firms?|participat\\w+|consider\\w+|eligib\\w+|qualif\\w+|bid|tender|quote|apply)\\b[^.]{0,60}:$|"
	"\\b(?:bidders?|offerors?|proposers?|vendors?|respondents?|tenderers?|applicants?|suppliers?|firms?)\\b[^.]{0,60}\\b(?:following|these) (?:minimum |mandatory )?(?:pre-?qualification |eligibility |selection )?(?:requirements|qualifications|criteria|conditions)\\b[^.]{0,40}:$|"
	"\\b(?:bieter|bewerber|unternehmen|teilnehmer|anbieter|interessenten)(?:in|innen)?\\b.{0,60}\\b(?:folgende[nrs]?|nachstehende[nrs]?|diese)\\b[^.]{0,12}\\b(?:mindest\\w+|bedingungen|voraussetzungen|anforderungen|kriterien|standards|angaben|nachweise|erklärungen|belege)\\b.{0,60}:$|"
	"\\b(?:mindest(?:anforderung|bedingung|voraussetzung|kriteri|standard)|eignungs(?:kriteri|anforderung|voraussetzung)|teilnahme(?:bedingung|voraussetzung))\\w*[^.:]{0,80}:$|"
	"\\bvoraussetzung\\w* (?:für (?:die|eine) (?:teilnahme|beauftragung|zulassung|berücksichtigung)|an (?:die )?(?:bieter|bewerber))[^.]{0,40}:$|"
	"\\b(?:nachweis|beleg|prüfung)\\w* (?:der|ihrer|seiner|zur|über die) (?:eignung|fachkunde|leistungsfähigkeit)[^.]{0,120}:$|\\beignung\\w*\\b[^.]{0,60}\\b(?:sind|ist|wird|werden|fügen|legen)\\b[^.]{0,100}:$",
	0, NULL, NULL
};

/* It may be a sentence with a stop. */
static struct pattern closed_stem = {
	"\\b(?:bidders?|offerors?|proposers?|tenderers?|applicants?|firms?|candidates?|respondents?)\\b[^.]{0,60}\\b(?:following|these|below)\\b[^.]{0,60}\\b(?:excluded|disqualified|rejected|not (?:be )?(?:considered|eligible|evaluated))\\b|"
	"\\b(?:bieter|bewerber|anbieter|unternehmen|teilnehmer)(?:in|innen)?\\b[^.]{0,40}\\b(?:folgende[nrs]?|nachstehende[nrs]?|diese[rs]?)\\b[^.]{0,60}\\b(?:ausgeschlossen|nicht berücksichtigt)\\b",
	0, NULL, NULL
};

/* "EK 1", "C1.3", "CoP4": the number of a row that is a condition. */
static struct pattern row_name = { "^\\p{L}{1,4}[ .-]?\\d{1,2}(?:\\.\\d{1,2}){0,2}[.)]?$", 0, NULL, NULL };

/* "Minimum requirements for consideration: …; …": what stands before such a list. */
static struct pattern list_label = {
	"^\\W*(?:[\\d.]+\\s+)?(?:(?:minimum|mandatory|eligibility|basic|pre-?qualification|qualifying|bidder|proposer|vendor)\\s)*(?:requirements|qualifications|criteria|conditions|eligibility)\\b[^:;.]{0,60}$|"
	"^\\W*(?:[\\d.]+\\s+)?(?:mindest(?:anforderungen|bedingungen|voraussetzungen|kriterien)|eignungs(?:kriterien|anforderungen)|teilnahme(?:bedingungen|voraussetzungen)|ausschlusskriterien|(?:nachweis der |anforderungen an die )?eignung)\\b[^:;.]{0,60}$|"
	"^\\W*(?:[\\d.]+\\s+)?(?:the |der |die |das |an? )?(?:bidding |proposing |consulting )?(?:firm|bidder|tenderer|proposer|offeror|applicant|unternehmen|bieter|bewerber)$",
	0, NULL, NULL
};
/* Among what is handed in, the proofs of what a German bidder is: forms say so themselves. */
static struct pattern proof = {
	"referenzen|\\breferenz\\b|haftpflicht|handelsregister|berufsregister|handwerksrolle|gewerbe(?:zentral|berecht|anmeld|schein)|berufsgenossenschaft|unbedenklichkeit|zulassung als|\\berlaubnis\\b|genehmigung nach|jahresumsatz|\\bumsätze|jahresabschl|sozialbeitr|sozialversicherungs|\\binsolvenz|präqualifi|bonitätsauskunft|bankauskunft|ausschlussgründe|gewerbeberechtigung|führungszeugnis",
	0, NULL, NULL
};
/* What is only enclosed: a form, an extract. */
static struct pattern form_name = {
	"\\((?:siehe )?(?:anlage|beilage|formular|formblatt|anhang|vordruck|muster|datei)|auszug|^\\W*(?:formular|formblatt|anlage|beilage|vordruck|muster)\\b|§ ?\\d+",
	0, NULL, NULL
};
static struct pattern proof_stem = {
	"\\b(?:einzureichen|vorzulegen|beizufügen|beizulegen|abzugeben|anzuschließen|beizubringen|einreichen|vorlegen|beifügen|beilegen|vorgelegt|eingereicht|beigefügt|bei|benötigen wir|erbitten wir|bitten wir um)\\b[^.]{0,40}:$",
	0, NULL, NULL
};
/* "l) Unterlagen zum Nachweis der Eignung": an item that is the heading of a list. */
static struct pattern list_head = {
	"\\b(?:unterlagen|nachweise?|angaben|erklärungen|belege)\\b.{0,30}\\b(?:eignung|leistungsfähigkeit|fachkunde|zuverlässigkeit)$|eignungs(?:nachweise?|kriterien|anforderungen)$|\\b(?:evidence|proof) of (?:suitability|qualifications?|eligibility)$|\\bconditions for participation$|\\bteilnahmebedingungen$",
	0, NULL, NULL
};
static struct pattern verdict = {
	"^(?:pass ?/ ?fail|p ?/ ?f|yes ?/ ?no|ja ?/ ?nein|k\\. ?o\\.?|ausschluss(?:kriterium)?)$", 0, NULL, NULL
};
/* A heading may have a colon when it is numbered; elsewhere it parts a label from its value. */
static struct pattern numbered_head = {
	"^(?:\\d|§|[A-Z]{1,2}[.\\d]|[IVX]+\\.|(?:section|part|teil|abschnitt|kapitel|article|artikel|chapter|annex|appendix|attachment|schedule|anlage|anhang|lots?|lose?)\\b)",
	0, NULL, NULL
};
static struct pattern staff_column = {
	"\\b(?:position|role|function|experts?|profile|categor(?:y|ies)|post|designation|trade|funktion|rolle)$", 0,
	NULL, NULL
};
/* "CHAPTER - III", with its title beside it. */
static struct pattern division = {
	"^(?:chapter|section|part|article|annex|annexure|appendix|attachment|exhibit|schedule|volume|teil|abschnitt|kapitel|artikel|anlage|anhang|beilage)\\W{1,4}(?:[IVX]{1,5}|\\d{1,2}|[A-Z])\\W?$",
	0, NULL, NULL
};
static struct pattern by_winner = {
	"\\b(?:auftragnehmer\\w*|lieferant\\w*|dienstleister\\w*|nach (?:dem |der )?(?:zuschlag|auftrag|beauftrag)\\w*|rechnung\\w*|abnahme|vor beginn|(?:selected|successful|winning|preferred|awarded) \\w+|contractor|supplier|after (?:the )?award)\\b",
	0, NULL, NULL
};
static struct pattern of_bidders = {
	"\\beligib|\\b(?:pre-?)?qualif(?:ication|ied|y)|\\bselection criteria|\\b(?:technical|professional|financial) (?:and \\w+ )?(?:capacity|standing|ability)\\b|eignung|ausschlussgr|leistungsfähigkeit|teilnahme(?:beding|vorauss)",
	0, NULL, NULL
};
static struct pattern of_staff_head = {
	"^\\W*(?:[\\dIVX.]+\\s+)?(?:(?:key|project|account|about the) )?(?:staff|personnel|personal|team|employee|guard|driver|instructor|expert)s?\\b|\\bposition\\b.{0,20}\\bqualifications?\\b|\\b(?:conditions?|requirements?) of award\\b",
	0, NULL, NULL
};

void fields_eligibility_preload(void)
{
	pattern_compile(&stem, 1);
	pattern_compile(&of_work, 1);
	pattern_compile(&closed_stem, 1);
	pattern_compile(&staff_column, 1);
	pattern_compile(&numbered_head, 1);
	pattern_compile(&verdict, 1);
	pattern_compile(&sure_section, 1);
	pattern_compile(&row_name, 1);
	pattern_compile(&list_label, 1);
	pattern_compile(&proof, 1);
	pattern_compile(&form_name, 1);
	pattern_compile(&proof_stem, 1);
	pattern_compile(&by_winner, 1);
	pattern_compile(&division, 1);
	pattern_compile(&of_bidders, 1);
	pattern_compile(&list_head, 1);
	pattern_compile(&of_staff_head, 1);
	condition_preload();
	condition_table_preload();
	item_preload();
	pattern_compile(&eligibility_head, 1);
}

/* Before the last part of a list. */
static const char *const joints[] = { "and ", "und ", "sowie " };

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

static void consider(json_t *list, const struct doc *d, const struct page *p, const char *sentence, const char *quote,
		     enum head head)
{
	const char *text = condition_text(sentence);
	int score = condition_score(text, head);

	if (score > 0)
		add_condition(list, d, p, text, quote, score);
}

/* "Minimum requirements for consideration: two years in business; a licence; …" */
static bool read_inline(json_t *list, const struct doc *d, const struct page *p, const char *sentence)
{
	const char *colon = strchr(sentence, ';') ? strstr(sentence, ": ") : NULL;
	auto_free char *label = colon ? g_strndup(sentence, (gsize)(colon - sentence)) : NULL;
	gchar **parts;

	if (!label || pattern_match(&of_work, label) || !pattern_match(&list_label, label))
		return false;
	parts = g_strsplit(colon + 2, "; ", -1);
	for (gchar **part = parts; *part; part++) {
		size_t len = strlen(*part);

		if (len > 0 && (*part)[len - 1] == '.')
			(*part)[len - 1] = '\0';
		for (size_t i = 0; i < N_ELEMS(joints); i++) {
			if (util_starts(*part, joints[i]))
				memmove(*part, *part + strlen(joints[i]), strlen(*part + strlen(joints[i])) + 1);
		}
		add_condition(list, d, p, *part, *part, ROW_SCORE);
	}
	g_strfreev(parts);
	return true;
}

/* "C. Minimum qualifications. The proposer must …": a heading in the line of its paragraph. */
static bool is_run_in(const char *text)
{
	const char *end = text_sentence(text);
	auto_free char *first = g_strndup(text, (gsize)(end - text));
	size_t len = strlen(first);

	if (*end == '\0' || len == 0 || first[len - 1] != '.' || text_words(first) > MOST_NAME)
		return false;
	first[len - 1] = '\0';
	return pattern_match(&sure_section, first) && !pattern_match(&of_work, first);
}

static void read_conditions(json_t *list, const struct doc *d, const struct page *p, const struct block *b,
			    enum head head)
{
	auto_free char *whole = over_text(d, p, b);

	if (head == HEAD_NONE && is_run_in(whole))
		head = HEAD_SURE;
	for (const char *s = whole; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s)),
			       *quote = over_quote(p, b, (size_t)(s - whole), (size_t)(end - whole));

		if (!read_inline(list, d, p, sentence))
			consider(list, d, p, sentence, quote, head);
		s = end + strspn(end, " ");
	}
}

/* The section that is about eligibility, while it is read. */
struct section {
	enum head open;
	bool staff;      /* it is about people who do the work */
	bool listed;     /* the items that follow are conditions, whatever they say */
	bool proofs;     /* they are handed in: some prove what the bidder is */
	char kind;       /* of the item before */
	char prefix[16]; /* "2." when it was "2.1" */
	char number[16]; /* "5" of "5 Eignung"; its parts are "5.1" */
	struct condition_column column;
	bool tabled;        /* a table of conditions goes on over the page */
	double from, until; /* what it takes of the page */
};

/* "5.1" is a part of what "5" opened. */
static bool is_part(const struct section *s, const char *number)
{
	return s->open && s->number[0] && util_starts(number, s->number) && number[strlen(s->number)] == '.' &&
	       g_ascii_isdigit(number[strlen(s->number) + 1]);
}

static void read_heading(struct section *s, const char *text)
{
	size_t n = strspn(text, "0123456789.");
	char number[sizeof(s->number)];

	s->staff = pattern_match(&of_staff_head, text);
	g_strlcpy(number, text, MIN(n + 1, sizeof(number)));
	if (pattern_match(&eligibility_head, text) && !pattern_match(&of_work, text) && !s->staff) {
		s->open = s->open == HEAD_SURE && is_part(s, number) ? HEAD_SURE
			  : pattern_match(&sure_section, text)       ? HEAD_SURE
								     : HEAD_GENERAL;
		g_strlcpy(s->number, number, sizeof(s->number));
		if (s->number[0] && util_ends(s->number, "."))
			s->number[strlen(s->number) - 1] = '\0';
		return;
	}
	if (!is_part(s, number))
		s->open = HEAD_NONE;
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

/* A short name in the same row, left of line l. */
static bool has_name(const struct page *p, const struct line *l)
{
	for (int i = 0; i < (int)p->lines->len; i++) {
		const struct line *o = page_line(p, i);
		double mid = (l->y0 + l->y1) / 2;

		if (o->x1 < l->x0 && o->y0 < mid && o->y1 > mid && !o->furniture && text_words(o->text) <= MOST_NAME &&
		    g_unichar_isalpha(g_utf8_get_char(o->text)) && !strchr(".,;", o->text[strlen(o->text) - 1]))
			return true;
	}
	return false;
}

/* "Turnover | At least … | Pass/Fail"; in a section of conditions "Turnover | At least …" too. */
static bool read_named(json_t *list, const struct doc *d, const struct page *p, int k, const struct section *s)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	int right = b->first == k && text_words(b->text) >= LEAST_WORDS ? page_right(p, k) : -1;
	bool judged = right >= 0 && pattern_match(&verdict, page_line(p, right)->text);
	const char *end = text_sentence(b->text);
	auto_free char *first = g_strndup(b->text, (gsize)(end - b->text)), *quote = NULL;

	if (b->first != k || text_words(first) < LEAST_WORDS || util_ends(first, ":") || condition_is_none(first) ||
	    !has_name(p, page_line(p, k)))
		return false;
	if (!(judged && condition_is_about(first)) &&
	    !(s->open == HEAD_SURE && right < 0 && !condition_is_procedure(first)))
		return false;
	quote = fact_quote(p, b, 0, (int)strlen(first));
	add_condition(list, d, p, first, quote, NAMED_SCORE);
	for (const char *next = end + strspn(end, " "); *next; next = end + strspn(end, " ")) {
		auto_free char *more = g_strndup(next, (gsize)(text_sentence(next) - next));

		end = text_sentence(next);
		consider(list, d, p, more, fact_stands(p, more) ? more : quote, s->open);
	}
	return true;
}

/* Does an item of that kind belong to the list that is read? */
static bool goes_on(struct section *s, const struct block *b, char kind)
{
	size_t n = strspn(b->text, "0123456789.");
	char prefix[sizeof(s->prefix)];

	while (n > 0 && b->text[n - 1] == '.')
		n--;
	while (n > 0 && b->text[n - 1] != '.')
		n--;
	g_strlcpy(prefix, b->text, MIN(n + 1, sizeof(prefix)));
	if (s->kind == 0 && kind == 'h') {
		g_strlcpy(s->prefix, prefix, sizeof(s->prefix));
		/* "2.1 a licence;" is an item, "2.1 Licences" is the next heading. */
		return strchr(";,.", b->text[strlen(b->text) - 1]) != NULL;
	}
	if (s->kind == 'h' || kind == 'h')
		return s->kind == kind && streq(prefix, s->prefix);
	return s->kind == 0 || s->kind == kind || (s->kind != '*' && kind != '1');
}

static bool read_point(json_t *list, const struct doc *d, const struct page *p, const char *text, const char *quote,
		       enum head head)
{
	if (head != HEAD_SURE || !condition_is_point(text))
		return false;
	add_condition(list, d, p, text, fact_stands(p, text) ? text : quote, POINT_SCORE);
	return true;
}

/* An item of the list, or a line that ends it. */
static void read_listed(json_t *list, const struct doc *d, const struct page *p, int k, const struct section *s)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	auto_free char *whole = b->first == k ? over_text(d, p, b) : item_text(p, k, MOST_CONDITION),
		       *quote = b->first == k ? fact_quote(p, b, 0, (int)strlen(b->text)) : g_strdup(whole),
		       *first = NULL;
	const char *item = whole + item_bullet(whole), *end = text_sentence(item);
	enum head head = s->open ? s->open : s->listed ? HEAD_GENERAL : HEAD_NONE;

	first = g_strndup(item, (gsize)(end - item));
	if (s->listed && !condition_is_none(first))
		add_condition(list, d, p, first, fact_stands(p, first) ? first : quote, ROW_SCORE);
	else if (s->proofs && pattern_match(&proof, first) && !pattern_match(&form_name, first))
		add_condition(list, d, p, first, fact_stands(p, first) ? first : quote, PROOF_SCORE);
	else if (head != HEAD_NONE && !read_point(list, d, p, first, quote, head))
		consider(list, d, p, first, fact_stands(p, first) ? first : quote, head);
	for (item = end + strspn(end, " "); *item && head != HEAD_NONE; item = end + strspn(end, " ")) {
		auto_free char *next = g_strndup(item, (gsize)(text_sentence(item) - item));

		end = text_sentence(item);
		consider(list, d, p, next, fact_stands(p, next) ? next : quote, head);
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

/* Where the cells of a table go. */
struct cells {
	json_t *list;
	const struct doc *doc;
};

static void use_cell(void *arg, const struct page *p, const char *cell, const char *quote)
{
	struct cells *to = arg;

	if (!condition_is_none(cell))
		add_condition(to->list, to->doc, p, cell, quote, ROW_SCORE);
}

static void read_rows(json_t *list, const struct doc *d, const struct page *p, double y, struct section *s)
{
	struct cells to = { list, d };

	s->from = y;
	s->until = condition_table_each(p, y, &s->column, &s->tabled, use_cell, &to);
}

/* What stands over line k says that the table is of bidders. */
static bool is_of_bidders(const struct page *p, int k, enum condition_head head)
{
	const struct line *l = page_line(p, k);
	const struct block *above = NULL;

	for (int i = 0; i < (int)p->blocks->len; i++) {
		const struct block *b = page_block(p, i);

		if (b->y1 < l->y0 + 1 && !page_line(p, b->first)->furniture && (!above || b->y1 > above->y1))
			above = b;
	}
	return above && (pattern_match(&of_bidders, above->text) ||
			 (head == CONDITION_HEAD_SURE && condition_names_bidder(above->text)));
}

static bool read_table(json_t *list, const struct doc *d, const struct page *p, int k, struct section *s)
{
	struct condition_column column;
	enum condition_head head = condition_table_head(p, k, &column);

	if (head == CONDITION_NO_HEAD || !(s->open || is_of_bidders(p, k, head)))
		return false;
	s->column = column;
	read_rows(list, d, p, page_line(p, k)->y1, s);
	return true;
}

static bool is_in_table(const struct section *s, const struct line *l)
{
	return l->y0 >= s->from && l->y0 < s->until && l->x0 >= s->column.left && l->x0 < s->column.right;
}

/* A paragraph or an item may end in what introduces a list. */
static void read_stem(struct section *s, const struct block *b)
{
	bool is_short = strlen(b->text) < MOST_HEAD;
	const char *last = last_sentence(b->text), *tail = util_ends(b->text, ":") ? last : NULL;
	bool listed = tail ? pattern_match(&stem, tail)
		      : !b->item && util_ends(last, ".") && pattern_match(&closed_stem, last)
			      ? true
			      : b->item && is_short && !s->proofs &&
					!condition_is_none(b->text + item_bullet(b->text)) &&
					pattern_match(&list_head, b->text),
	     proofs = tail && !listed && pattern_match(&proof_stem, tail) && !pattern_match(&by_winner, tail);

	if (listed || proofs || !b->item) {
		s->listed = listed;
		s->proofs = proofs;
		s->kind = 0;
	}
}

/* "Position | Minimum qualifications": the table is of people. */
static bool is_staff_column(const struct page *p, int k)
{
	const struct line *l = page_line(p, k);

	for (int i = 0; i < (int)p->lines->len; i++) {
		const struct line *o = page_line(p, i);
		double mid = (l->y0 + l->y1) / 2;

		if (o->x1 < l->x0 && o->y0 < mid && o->y1 > mid && pattern_match(&staff_column, o->text))
			return true;
	}
	return false;
}

static bool is_head(const struct page *p, int k, const struct section *s)
{
	const struct block *b = page_block(p, page_line(p, k)->block);

	if (s->open && strstr(b->text, ": ") && !pattern_match(&numbered_head, b->text))
		return false;
	return b->first == k && section_is_heading(b) && !condition_is_sure(b->text) &&
	       (!s->open || (!condition_is_proof(b->text) && !is_cell(p, k)));
}

static void read_item(json_t *list, const struct doc *d, const struct page *p, int k, int mark, struct section *s)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	char kind = item_kind(p, k, mark);

	if (s->listed || s->proofs) {
		bool on = goes_on(s, b, kind);

		s->listed = s->listed && on;
		s->proofs = s->proofs && on;
	}
	s->kind = kind;
	if (!(s->listed && kind == 'h') && is_head(p, k, s)) {
		read_heading(s, b->text);
		s->listed = s->proofs = false;
	} else if (s->open || s->listed || s->proofs) {
		read_listed(list, d, p, k, s);
	} else if (b->first == k && !s->staff && !is_proof(list, p, b)) {
		read_conditions(list, d, p, b, s->open);
	}
	if (b->first == k)
		read_stem(s, b);
}

/* "CHAPTER - III | SCOPE OF WORK": what is beside its name says what it is about. */
static bool read_division(const struct page *p, int k, struct section *s)
{
	int right = pattern_match(&division, page_line(p, k)->text) ? page_right(p, k) : -1;
	const struct block *title;

	if (right < 0)
		return false;
	title = page_block(p, page_line(p, right)->block);
	if (title->first != right || title->item || !section_is_heading(title))
		return false;
	read_heading(s, title->text);
	s->listed = s->proofs = s->tabled = false;
	return true;
}

static void read_line(json_t *list, const struct doc *d, const struct page *p, int k, struct section *s)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	int mark = item_mark(p, k);

	if (page_line(p, k)->furniture || section_is_index(b) || is_in_table(s, page_line(p, k)))
		return;
	if (read_division(p, k, s) || read_table(list, d, p, k, s) || (s->open && read_row(list, d, p, k)) ||
	    item_is_lone(page_line(p, k)))
		return;
	if (mark >= 0) {
		read_item(list, d, p, k, mark, s);
		return;
	}
	if (b->first != k || (!is_proof(list, p, b) && read_named(list, d, p, k, s)))
		return;
	if (is_head(p, k, s) && !util_ends(b->text, ":")) {
		if (!is_staff_column(p, k))
			read_heading(s, b->text);
		s->listed = s->proofs = false;
		return;
	}
	if (!s->staff && !is_proof(list, p, b) &&
	    !(util_ends(b->text, ":") && pattern_match(&stem, last_sentence(b->text))))
		read_conditions(list, d, p, b, s->open);
	read_stem(s, b);
}

json_t *field_eligibility(const struct doc *d)
{
	json_t *list = json_array();
	struct section s = { .open = false };

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		s.from = s.until = 0;
		if (s.tabled)
			read_rows(list, d, p, 0, &s);
		for (int k = 0; p->readable && k < (int)p->lines->len; k++)
			read_line(list, d, p, k, &s);
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

/* What must be handed in with an offer. */
#include "fact.h"
#include "fields.h"
#include "item.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_DOCUMENTS 80
#define MOST_TEXT      300
#define MOST_HEAD      90
#define MOST_NUMBER    14 /* bytes of the number of a row */
#define MOST_OUT       12 /* points by which a line of the same list may stand out to the left */
#define MOST_EDGE      40 /* points between a stem and the numbers under it */
#define LISTED_SCORE   70 /* of what a sentence names */
#define MOST_NAMED     14 /* words of it */

#define OFFER "(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|responses?|submissions?|submittals?)"
#define BIDDER \
	"bidders?|tenderers?|offerors?|vendors?|respondents?|proponents?|proposers?|quoters?|applicants?|suppliers?|you"
#define ANGEBOT "(?:angebot\\w*|teilnahmeantr\\w+|bewerbung\\w*|unterlagen|nachweise|erklärungen|dokumente)"

/* Before a list: what follows is handed in. */
static struct pattern stems[] = {
	{ "\\b" OFFER
	  "\\b.{0,60}\\b(?:must|shall|should|needs? to|are to|is to|will|has to|have to)\\b.{0,24}\\b(?:include|contain|comprise|consist of|be accompanied by|have)\\b.{0,80}$|\\b(?:complete|full|each|every|your|the|a|an) (?:\\w+ )?" OFFER
	  " (?:package )?(?:includes?|contains?|comprises?|consists? of)\\b.{0,40}$",
	  80, NULL, NULL },
	{ "\\b(?:include|attach|enclose|submit|provide|send us|upload|return)\\b.{0,60}\\b(?:with|in|as part of)\\b.{0,24}\\b" OFFER
	  "\\b.{0,60}$",
	  78, NULL, NULL },
	{ "\\b(?:documents?|items?|forms?|materials?)\\b.{0,60}\\b(?:to be|must be|shall be|are)\\b.{0,24}\\b(?:submitted|returned|enclosed|included|provided|attached|uploaded)\\b.{0,80}$",
	  76, NULL, NULL },
	{ "\\b(?:it|they|envelopes?|packages?|covers?|files?|volumes?)\\b.{0,40}\\b(?:must|shall|should|needs? to|are to|is to|has to|have to)\\b.{0,12}\\b(?:include|contain|comprise|consist of|have)\\b.{0,40}:$",
	  74, NULL, NULL },
	{ "\\b(?:submit|include|attach|enclose|return|upload)\\b.{0,30}\\bthe following\\b.{0,60}$", 78, NULL, NULL },
	{ "\\b(?:checklist|required (?:documents|submittals|forms)|documents to (?:be )?(?:submit|return)\\w*|submission (?:checklist|requirements|documents)|proposal contents?)\\b.{0,30}$",
	  70, NULL, NULL },
	{ "\\bmit (?:dem|der|ihrem|ihrer|den)\\b.{0,30}\\b" ANGEBOT
	  "\\b.{0,80}\\b(?:einzureichen|vorzulegen|vorgelegt|abzugeben|beizufügen|eingereicht|beigefügt|unterlagen|nachweise|erklärungen|senden|reichen)\\b.{0,60}$",
	  82, NULL, NULL },
	{ "\\b(?:dem|ihrem) (?:angebot|teilnahmeantrag)\\b.{0,60}\\b(?:beizufügen|beizulegen|beigefügt|beiliegen)\\b.{0,60}$",
	  80, NULL, NULL },
	{ "\\b(?:angebot|teilnahmeantrag|teilnahmeanträge|angebote|bewerbung)\\b.{0,40}\\b(?:enthalten|enthält|umfasst|umfassen|besteht aus|bestehen aus)\\b.{0,60}$",
	  78, NULL, NULL },
	{ "\\b(?:einzureichende|vorzulegende|beizufügende|abzugebende|geforderte)n?\\b.{0,20}\\b(?:unterlagen|nachweise|erklärungen|dokumente|anlagen)\\b.{0,60}$",
	  80, NULL, NULL },
	{ "\\b(?:unterlagen|nachweise|erklärungen|dokumente|angaben)\\b.{0,60}\\b(?:einzureichen|vorzulegen|abzugeben|beizufügen|einreichen|beifügen)\\b.{0,30}$",
	  78, NULL, NULL },
	{ "^(?:vorzulegen|einzureichen|beizufügen|abzugeben|nachzureichen)\\b.{0,24}\\b(?:ist|sind)\\b.{0,60}:$|\\b(?:sind|ist|werden)\\b.{0,60}\\b(?:vorzulegen|einzureichen|beizufügen)\\s*:$",
	  74, NULL, NULL },
	{ "\\b(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|submissions?|applications?|responses?|angebot\\w*|teilnahmeantr\\w+|bewerbung\\w*)\\b.{0,120}\\b(?:submit\\w*|lodge\\w*|include\\w*|contains?|holds?|consists?|compris\\w+|attach\\w*|enclos\\w+|return\\w*|upload\\w*|accompan\\w+|furnish\\w*|supported by|made up of|"
	  "beizufügen|beigefügt|beilegen|beizulegen|anzuschließen|anzuschliessen|beizuschließen|einzureichen|einreichen|vorzulegen|abzugeben|gehören|gehört|umfasst|umfassen|enthält|enthalten|besteh\\w+ aus|hochzuladen|hochladen|zu übermitteln|zu übersenden|erforderlich)\\b.{0,60}:$",
	  72, NULL, NULL },
	{ "\\b(?:complete and (?:return|lodge|submit)|(?:send|submit|lodge|return|attach|enclose|upload|include|provide)\\b.{0,40}\\b(?:with it|following|these|below)|(?:following|these)\\b.{0,40}\\b(?:must be|shall be|should be|are to be|to be|are)\\b.{0,24}\\b(?:submitted|lodged|returned|attached|enclosed|uploaded|included|provided|completed)|"
	  "(?:folgende[nrs]?|nachstehende[nrs]?)\\b.{0,80}\\b(?:einzureichen|vorzulegen|beizufügen|abzugeben|beizulegen|hochzuladen|zu übermitteln|einreichen|vorlegen|beifügen|beilegen))\\b.{0,60}:$",
	  72, NULL, NULL },
	{ "\\b" OFFER
	  "\\b.{0,40}\\b(?:must|shall|should|are to|is to|will)\\b.{0,12}\\b(?:organi[sz]ed|arranged|divided|structured|tabbed|assembled)\\b.{0,60}\\b(?:tabs?|sections?|parts|headings|volumes?|chapters|order)\\b.{0,70}:$",
	  74, NULL, NULL },
	{ "\\b(?:" BIDDER
	  ")\\b.{0,12}\\b(?:must|shall|should|will|(?:is|are) (?:required|requested|asked|expected|invited|to)|(?:has|have|needs?) to)\\b.{0,60}\\b(?:submit|upload|lodge|provide|return|enclose|attach|include|furnish|complete|send|hand in)\\b.{0,60}:$",
	  72, NULL, NULL },
	{ "^(?:\\w+,? )?(?:please|kindly) (?:send|submit|upload|lodge|provide|return|enclose|attach|include|forward|e-?mail)\\b.{0,60}:$",
	  68, NULL, NULL },
	{ "\\bmit dem (?:angebot|teilnahmeantrag)\\b.{0,60}\\b(?:einzureichen|vorzulegen|abzugeben|zurückzugeben)(?: sind)?:$|\\bgehör(?:en|t)\\b.{0,40}\\b(?:angebot|teilnahmeantrag|offerte|bewerbung)\\w*\\b.{0,20}:$|"
	  "\\b(?:returnable|mandatory|required|supporting|compulsory) (?:documents?|schedules?|forms?|attachments?)\\b.{0,60}:$",
	  76, NULL, NULL },
	{ "\\b(?:auf|nur auf|erst auf) (?:\\p{L}+ )?(?:verlangen|anforderung|aufforderung|nachfrage)\\b.{0,60}\\b(?:vorzulegen|einzureichen|beizubringen|nachzureichen)(?: sind)?\\s*:$",
	  74, NULL, NULL },
	{ "\\b(?:bieter\\w*|bewerber\\w*|anbieter\\w*|anbietende[nr]?|unternehmen|sie)\\b.{0,80}\\b(?:einzureichen|vorzulegen|beizufügen|abzugeben|beizulegen|einreichen|vorlegen|beifügen|beilegen|hochzuladen)\\b.{0,40}:$",
	  70, NULL, NULL },
	{ "\\bwe (?:need|require|want|expect|ask for|would like)\\b.{0,30}\\bfrom (?:you|bidders|tenderers|suppliers|each \\w+)\\b.{0,30}:$|^what (?:we need|you (?:need|have) to (?:send|submit|provide)|to (?:send|submit|include|provide))\\b.{0,20}:$|^we need:$",
	  70, NULL, NULL },
	{ "\\bfailure to (?:submit|provide|include|attach|furnish|return|lodge|enclose)\\b.{0,80}\\b(?:following|below|these)\\b.{0,100}:$",
	  76, NULL, NULL },
	{ "\\b(?:folgende[nrs]?|nachstehende[nrs]?)\\b.{0,20}\\b(?:angaben|nachweise|erklärungen|unterlagen|belege)\\b.{0,30}\\b(?:zu machen|zu erbringen|beizubringen|mitzuschicken|hinzuzufügen|erforderlich|zu führen)\\b.{0,30}:$",
	  74, NULL, NULL },
	{ "\\b(?:fügen sie|reichen sie|senden sie|legen sie|wir erwarten|wir benötigen|bitte)\\b.{0,80}$", 62, NULL,
	  NULL },
};
static struct pattern any_stem = {
	"include|contain|compris|consist|accompan|lodge|furnish|gehör|anzuschlie|beizuschlie|hochzuladen|hochladen|übermitteln|übersenden|attach|enclos|submi|provide|return|upload|send|checklist|required|contents|einreich|einzureich|vorzuleg|vorgelegt|abzugeb|beizu|beigef|enthalt|enthält|umfass|bestehen|besteht|unterlagen|nachweise|reichen|legen|erwarten|benötigen",
	0, NULL, NULL
};
/* Lists under these are no documents: what happens, what is delivered later, what the issuer hands out. */
static struct pattern no_stem = {
	"\\b(?:contractor|auftragnehmer|supplier|provider|(?:successful|selected|preferred|winning|chosen|recommended) (?:bidder|tenderer|offeror|proposer|proponent|respondent|vendor|supplier|consultant|firm|applicant)|during the (?:contract|term|agreement)|während der (?:vertrags)?laufzeit|vor (?:vertrags|leistungs)beginn|nach vertragsschluss|(?:prior to|before) (?:the )?(?:start|commencement)|notice of (?:award|selection)|lieferant|dienstleister|questions?|enquir\\w+|fragen|reports?|monthly|not (?:be|include)|nach (?:zuschlag|auftragserteilung)|after award|upon award|upon request|following (?:criteria|reasons|schedule|dates)|"
	"rejected|reject|ausgeschlossen|deliverables?|services (?:include|shall)|invoice|rechnung|consists? of the following (?:parts|sections|attachments)|evaluat\\w+|(?:this|the) (?:rfp|rfq|itt|solicitation|tender documents?|tender package|bid documents?) (?:contains?|consists?|includes?|comprises?)|"
	"vergabeunterlagen (?:bestehen|umfassen|enthalten)|contract (?:consists|shall)|vertragsbestandteile|cost(?:s)? (?:must|shall) include|prices? (?:must|shall|should|are to)|preise)\\b",
	0, NULL, NULL
};

/* What is missed when it is not handed in is a document, whatever follows from that. */
static struct pattern lacking = { "\\bfailure to (?:submit|provide|include|attach|furnish|return|lodge|enclose)\\b", 0,
				  NULL, NULL };
/* "C) die, soweit erforderlich, ausgefüllt mit dem Angebot einzureichen sind": forms of public works name enclosures
 * so, and no colon stands behind. */
static struct pattern form_stem = {
	"^(?:\\p{L}\\) )?(?:anlagen,? |unterlagen,? )?die\\b.{0,40}\\b(?:mit dem (?:angebot|teilnahmeantrag)|auf (?:gesondertes )?verlangen)\\b.{0,60}\\b(?:einzureichen|vorzulegen|abzugeben|zurückzugeben) sind$",
	0, NULL, NULL
};
/* A sentence that leads to a list of something else. */
static struct pattern other_stem = {
	"\\b(?:müssen|muss|hat|haben|sind|ist|werden|wird|must|shall|will|should|are|is|have|has)\\b.{0,120}:$", 0,
	NULL, NULL
};

/* Headings between the items of a list: what is said under them is no document. */
static struct pattern no_document = {
	"^(?:\\p{L}+ ){0,3}(?:due date|deadline|date,? (?:and )?time|closing (?:date|time)|opening|place)\\b[^.]{0,40}$",
	0, NULL, NULL
};
/* The number of a clause: behind a bullet it is that of a form. */
static struct pattern clause = { "^(?-i:[A-Z]{1,4}[.-]?\\d{1,2}(?:\\.\\d{1,2}){0,2}\\.?\\s+\\p{Lu})", 0, NULL, NULL };

/* The first cell of a row of documents, and of the head of such a table. */
static struct pattern row_number = {
	"^(?:tab|section|part|volume|envelope|item|register|teil|kapitel|abschnitt|umschlag|form|anlage)\\.? (?:no\\.? |nr\\.? )?(?:\\d{1,2}|[IVX]{1,4}|\\p{Lu})[.):]?$|^\\(?(?:\\d{1,2}|[IVX]{1,4}|\\p{L})[.)]?$|^\\p{Lu}{1,3}[ .-]?\\d{1,2}$",
	0, NULL, NULL
};
static struct pattern row_head = {
	"^(?:no|nr|lfd|pos|item|#|ref|sr|volume|vol|part|teil|tab|section|register|abschnitt|kapitel|umschlag|envelope|form|anlage|annex|appendix)\\b",
	0, NULL, NULL
};

/* A sentence that names what is handed in. */
static struct pattern named_in = {
	"\\b(?:mit|zusammen mit|dem|ihrem) (?:dem |der |ihrem )?(?:angebot|teilnahmeantrag|bewerbung)\\b(?: sind| ist| werden| wird| bitte| müssen| fügen sie| reichen sie| legen sie)* (?<a>[^:]{6,260}?) (?:einzureichen|vorzulegen|beizufügen|abzugeben|beizulegen|vorgelegt|nachzuweisen|anzuschließen|beigefügt|eingereicht|(?:bei|ein|vor)(?=[.;]?$))(?:\\b|$)|"
	"\\b(?:submit|include|enclose|attach|provide|return|upload|send|lodge)\\b (?<b>[^:]{6,260}?) (?:together with|along with|with|as part of|in) (?:the|their|your|its|each|his|a) " OFFER
	"\\b|\\b" OFFER
	" (?:must|shall|should|is to|are to|has to|have to) (?:be accompanied by|include|contain|enclose) (?<c>[^:]{6,260}?)[.;]?$",
	0, NULL, NULL
};
/* What only some hand in: those who offer together, or in a case that the sentence before tells. */
static struct pattern sometimes = {
	"bietergemeinschaft|arbeitsgemeinschaft|bewerbergemeinschaft|joint venture|consorti|\\bin (?:diesem fall|this case|that case|such (?:a )?cases?)\\b|^(?:falls|sofern|if|where)\\b",
	0, NULL, NULL
};
/* What a document is called. */
static struct pattern document_word = {
	"\\b(?:forms?|schedules?|plans?|bonds?|references?|certificates?|statements?|questionnaires?|proposals?|letters?|lists?|cvs?|r[eé]sum[eé]s?|declarations?|evidence|proof|cop(?:y|ies)|sheets?|samples?|menus?|accounts|licen[cs]es?|workbook|breakdown|drawings?|brochures?|programme|affidavit|deposit|receipt|undertaking|profiles?|examples?)\\b|"
	"formular|formblatt|blatt|verzeichnis|erklärung|nachweis|konzept|referenz|\\blisten?\\b|plan\\b|pläne|bescheinigung|muster|lebensl|kalkulation|urkunde|bürgschaft|zertifikat|beschreibung|auszug|schreiben|prospekt|datenbl|liste\\b|proben?\\b",
	0, NULL, NULL
};
static struct pattern name_end = { ",\\s+(?:and |und |sowie )?|;\\s*|\\s+(?:and|und|sowie|as well as)\\s+", 0, NULL,
				   NULL };

/* What may stand between the last items of a list. */
static const char *const conjunctions[] = { "; and", ", and", "; or", "; und", ", und", "; sowie", ", sowie" };

void fields_documents_preload(void)
{
	pattern_compile(stems, N_ELEMS(stems));
	pattern_compile(&any_stem, 1);
	pattern_compile(&no_stem, 1);
	pattern_compile(&lacking, 1);
	pattern_compile(&other_stem, 1);
	pattern_compile(&no_document, 1);
	pattern_compile(&clause, 1);
	pattern_compile(&form_stem, 1);
	pattern_compile(&sometimes, 1);
	pattern_compile(&row_number, 1);
	pattern_compile(&row_head, 1);
	pattern_compile(&named_in, 1);
	pattern_compile(&document_word, 1);
	pattern_compile(&name_end, 1);
	item_preload();
}

/* What a line that is no item obliges to hand in, with the lines above it that its sentence began on. */
static char *stem_text(const struct page *p, int line)
{
	const struct line *last = page_line(p, line);
	GString *all;
	const char *tail, *end;
	char *stem;
	int from = line;

	for (; from > 0 && line - from < 3; from--) {
		const struct line *above = page_line(p, from - 1);

		if (page_line(p, from)->item || above->furniture || above->x1 < last->x0 ||
		    above->y1 > page_line(p, from)->y1 || page_line(p, from)->y0 - above->y1 > above->y1 - above->y0)
			break;
	}
	all = g_string_new(NULL);
	for (int i = from; i <= line; i++)
		text_join(all, page_line(p, i)->text);
	/* Only the last sentence introduces the list. */
	for (tail = all->str, end = text_sentence(tail); *end; end = text_sentence(tail))
		tail = end + strspn(end, " ");
	stem = g_strdup(tail);
	g_string_free(all, TRUE);
	return stem;
}

/* The sentence goes on in a list: behind a colon, or behind a comma in the items right under it. */
static bool leads_on(const struct page *p, int line)
{
	const char *text = page_line(p, line)->text;

	return util_ends(text, ":") || pattern_match(&form_stem, text) ||
	       (util_ends(text, ",") && line + 1 < (int)p->lines->len &&
		(item_is_lone(page_line(p, line + 1)) || item_mark(p, line + 1) == line + 1));
}

/* The stem of a list that goes on at its end gets the colon that it may lack. */
static char *led_stem(const struct page *p, int line)
{
	char *said = stem_text(p, line), *stem;
	size_t n = strlen(said);

	while (n > 0 && strchr(":,", said[n - 1]))
		n--;
	stem = g_strdup_printf("%.*s:", (int)n, said);
	g_free(said);
	return stem;
}

/* What the list behind that line is worth as one of documents, 0 for nothing. */
static int stem_score(const struct page *p, int line)
{
	bool open = leads_on(p, line);
	auto_free char *stem = open                                                 ? led_stem(p, line)
			       : pattern_match(&any_stem, page_line(p, line)->text) ? stem_text(p, line)
										    : NULL;
	int score = stem && (pattern_match(&lacking, stem) || !pattern_match(&no_stem, stem))
			    ? PATTERN_SCORE(stems, stem)
			    : 0;

	if (!score || util_ends(stem, "."))
		return 0;
	return open ? score + 6 : strlen(stem) < MOST_HEAD ? score - 10 : 0;
}

static bool has_document(const json_t *list, const char *text)
{
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one) {
		if (strcasecmp(json_string_value(json_object_get(one, "text")), text) == 0)
			return true;
	}
	return false;
}

static void add_entry(json_t *list, const struct doc *d, const struct page *p, const char *item, const char *quote,
		      int score)
{
	size_t bullet = item_bullet(item);
	auto_free char *text = text_clean(item + bullet);
	json_t *fact;

	while (*text && strchr(";,. ", text[strlen(text) - 1]))
		text[strlen(text) - 1] = '\0';
	for (size_t i = 0; i < N_ELEMS(conjunctions); i++) {
		if (util_ends(text, conjunctions[i]))
			text[strlen(text) - strlen(conjunctions[i])] = '\0';
	}
	if (strlen(text) < 3 || strlen(text) > MOST_TEXT || json_array_size(list) >= MOST_DOCUMENTS ||
	    has_document(list, text) || pattern_match(&no_document, text) || (!bullet && pattern_match(&clause, text)))
		return;
	fact = json_pack("{s:s, s:i}", "text", text, "confidence", score);
	if (fact_place(d, fact, p, quote))
		json_array_append_new(list, fact);
	else
		json_decref(fact);
}

static void add_document(json_t *list, const struct doc *d, const struct page *p, const char *item, int score)
{
	add_entry(list, d, p, item, item, score);
}

/* A list that is being read; it may go on over the page. */
struct list {
	int score;      /* 0: none is open */
	int n;          /* items so far */
	int since;      /* lines that are no items since the last */
	double edge;    /* left, of the stem */
	double indent;  /* of its items */
	char kind;      /* of its bullets: '1', 'a', '*', or ' ' for items that are only set in */
	bool colon;     /* the stem ends in one */
	int n_rows;     /* of the items those that are rows of a table */
	double row_end; /* right, of the numbers of its rows */
};

/* Under a stem with a colon what is set in is a list too; one that reaches the margin goes on in the next line. */
static bool is_set_in(const struct page *p, int k, const struct list *l)
{
	const struct line *line = page_line(p, k), *above = page_line(p, k - 1);

	if (!l->colon || line->x0 < l->edge + 8 || (l->n && (l->kind != ' ' || line->x0 > l->indent + 2)))
		return false;
	return (g_unichar_isupper(g_utf8_get_char(line->text)) || g_ascii_isdigit(line->text[0])) &&
	       line->y0 > above->y0 && line->y0 - above->y1 < line->y1 - line->y0;
}

/* An item whose mark, or where it has none its text, stands at x0. */
static void read_item(json_t *list, const struct doc *d, const struct page *p, int k, char kind, double x0,
		      struct list *l)
{
	auto_free char *item = NULL;

	if (l->n == 0) {
		l->indent = x0;
		/* "2.1 a licence;" is an item, "2.1 Licences" is the next heading. */
		l->kind = kind == 'h' && !strchr(";,", page_line(p, k)->text[strlen(page_line(p, k)->text) - 1]) ? ' '
														 : kind;
	}
	if ((kind == 'h' && l->kind != 'h') || x0 < l->indent - MOST_OUT || (x0 < l->indent + 12 && kind != l->kind)) {
		l->score = 0;
		return;
	}
	l->n++;
	l->since = 0;
	/* What stands further in says more of the item above. */
	if (x0 > l->indent + 12)
		return;
	item = kind == ' ' ? g_strdup(page_line(p, k)->text) : item_text(p, k, MOST_TEXT + 20);
	add_document(list, d, p, item, l->score - (kind == ' ' ? 12 : 0));
}

/* "1 | Price sheet | form 3", "II | Past performance": the row of a number; the head of a table does not end a list. */
static bool read_row(json_t *list, const struct doc *d, const struct page *p, int k, struct list *l)
{
	const struct line *line = page_line(p, k);
	int right = strlen(line->text) < MOST_NUMBER ? page_right(p, k) : -1;
	const struct block *b = right >= 0 ? page_block(p, page_line(p, right)->block) : NULL;
	auto_free char *quote = NULL;

	/* A heading over a table leads to its rows as a colon does. */
	if (b && l->n == 0 && pattern_match(&row_head, line->text))
		l->colon = true;
	if (!l->colon || l->n != l->n_rows || item_is_lone(line) || line->x0 > l->edge + MOST_EDGE)
		return false;
	if (b && (pattern_match(&row_number, line->text) || (l->n_rows && line->x1 <= l->row_end + MOST_EDGE &&
							     g_unichar_isupper(g_utf8_get_char(line->text))))) {
		l->n++;
		l->n_rows++;
		l->since = 0;
		l->row_end = MAX(l->row_end, line->x1);
		quote = fact_quote(p, b, 0, (int)strlen(b->text));
		if (b->first == right)
			add_entry(list, d, p, b->text, quote, l->score);
		return true;
	}
	return b && l->n == 0 && pattern_match(&row_head, line->text);
}

/* "5.2 On request:" behind the list of 5.1 is the stem of another one. */
static bool begins_next(const struct page *p, int k, int mark, double indent)
{
	return leads_on(p, k) && (item_kind(p, k, mark) == 'h' || page_line(p, mark)->x0 < indent - MOST_OUT);
}

/* A list needs its stem: numbers behind one without a colon are the next headings. */
static void read_line(json_t *list, const struct doc *d, const struct page *p, int k, struct list *l)
{
	const struct line *line = page_line(p, k);
	int mark = item_mark(p, k),
	    score = mark >= 0 && l->score && !begins_next(p, k, mark, l->n ? l->indent : 0) ? 0 : stem_score(p, k);

	if (score) {
		*l = (struct list){ .score = score, .edge = line->x0, .colon = leads_on(p, k) };
		return;
	}
	if (!l->score || (read_row(list, d, p, k, l)) || item_is_lone(line) || (l->n_rows && line->x0 > l->row_end))
		return;
	if (mark >= 0)
		read_item(list, d, p, k, item_kind(p, k, mark), page_line(p, mark)->x0, l);
	else if (k > 0 && is_set_in(p, k, l))
		read_item(list, d, p, k, ' ', line->x0, l);
	else if (l->n > 0 && line->x0 <= l->edge + 2 && pattern_match(&other_stem, line->text))
		l->score = 0;
	else if (++l->since > (l->n || l->colon ? 3 : 1))
		l->score = 0;
}

/* The names in a list, all of which must be those of documents. */
static void add_named(json_t *list, const struct doc *d, const struct page *p, const char *names, const char *quote)
{
	gchar **parts = pattern_split(&name_end, names);
	bool all = true;

	for (gchar **part = parts; *part; part++)
		all = all && text_words(*part) <= MOST_NAMED && pattern_match(&document_word, *part);
	for (gchar **part = parts; all && *part; part++)
		add_entry(list, d, p, *part, quote, LISTED_SCORE);
	g_strfreev(parts);
}

static void read_sentences(json_t *list, const struct doc *d, const struct page *p, const struct block *b)
{
	static const char *const groups[] = { "a", "b", "c" };

	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s));
		GMatchInfo *m = pattern_match(&any_stem, sentence) && !pattern_match(&no_stem, sentence) &&
						!pattern_match(&sometimes, sentence)
					? pattern_find(&named_in, sentence, 0)
					: NULL;

		for (size_t i = 0; m && i < N_ELEMS(groups); i++) {
			auto_free char *names = g_match_info_fetch_named(m, groups[i]),
				       *quote = fact_quote(p, b, (int)(s - b->text), (int)(end - b->text));

			if (names && *names)
				add_named(list, d, p, names, quote);
		}
		g_match_info_free(m);
		s = end + strspn(end, " ");
	}
}

json_t *field_documents(const struct doc *d)
{
	json_t *list = json_array();
	struct list l = { .score = 0 };

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			const struct line *line = page_line(p, k);

			if (!line->furniture && !section_is_index(page_block(p, line->block)))
				read_line(list, d, p, k, &l);
			if (!line->furniture && page_block(p, line->block)->first == k)
				read_sentences(list, d, p, page_block(p, line->block));
		}
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

/* Under which number the issuer runs the procedure. */
#include <stdlib.h>

#include "tender/text/dates.h"
#include "fact.h"
#include "fields.h"
#include "label.h"
#include "names.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define REF_VALUE                                                                                                            \
	"(?<value>(?:[A-Z0-9][\\w:/.()#&-]*\\d[\\w:/.-]*|(?-i:[A-Z]{1,6}(?:[ -][A-Z]{1,6})?)[ -]\\d[\\w/.-]*|\\d[\\w:/.-]+)" \
	"(?: (?!EU|UK|US|AM|PM|NO|IN|OF|TO)(?-i:[A-Z]{1,2}|\\p{Lu}\\p{Ll})(?=\\s*(?:$|[);])))?)"
#define CASES \
	"(?:solicitation|rf[pqibx]|itt|itb|ifb|tender|bid|quotation|event|sourcing event|procurement|reference|ref|contract|project|notice|enquiry|inquiry|nit|nib|icb|ncb|rft|rfo|rfeoi|eoi|itq|quote|opportunity|document|case|file|request|resource|invitation|offer|call|advert(?:isement)?|competition|publication)"

static struct pattern reference_at[] = {
	{ "\\b" CASES
	  "(?:\\.? ?(?:reference|ref))?\\.?[ -]*(?:no\\b\\.?|number|nr\\.?|id\\b|#)\\s*[:.#-]*\\s*" REF_VALUE,
	  90, NULL, NULL },
	{ "\\b(?:" CASES
	  " reference|reference|our ref(?:erence)?|ref)\\b\\.?\\s*[:.#]?\\s*(?<value>(?=[\\w/.-]*[/-])(?=[\\w/.-]*\\d)[A-Z0-9][\\w/.-]{3,})",
	  84, NULL, NULL },
	{ "\\b(?:" CASES
	  " reference|reference|our ref(?:erence)?|ref)\\b\\.?\\s*[:#]\\s*(?<value>(?-i:(?=[A-Z0-9/._-]*\\d)[A-Z0-9][A-Z0-9/._-]{4,}|[A-Z]{2,6} \\d[\\w/.-]*))",
	  86, NULL, NULL },
	{ "\\b\\w*(?:vergabe|verfahren|ausschreibung|vorgang|anfrage|maßnahme|bekanntmachung)s?(?:[- ]?(?:nr\\.|nummer|kennung|kennzeichen|zeichen))\\s*[:.]?\\s*" REF_VALUE,
	  84, NULL, NULL },
	{ "\\b(?:projekt|ausschreibungs|vergabe|verfahrens|publikations|meldungs)-?(?:id|nr\\.?|nummer)\\b(?:[^\\W\\d]| ){0,12}:?\\s*(?<value>#?\\d[\\w/.-]{2,})",
	  78, NULL, NULL },
	{ "\\b(?:vergabenummer|vergabe-?(?:nr|id)\\.?|aktenzeichen|az\\.?:?|geschäftszeichen|gesch\\.-?z\\.|geschäftsnummer|geschäftszahl|(?:unser|ihr)? ?zeichen|ausschreibungsnummer|ausschreibungs-?nr\\.?|ausschreibung nr\\.?|"
	  "(?:angebots)?anfrage nr\\.?|referenznummer(?: der bekanntmachung)?|maßnahmennummer|projektnummer|verfahrensnummer|kennziffer)\\s*[:.]*\\s*" REF_VALUE,
	  90, NULL, NULL },
	/* Austria: "Zahl: D6-WD-118/2027", "GZ 2027-0.123" */
	{ "(?:^(?:unsere )?zahl|\\b(?:zl\\.|gz\\.?))\\s*(?::|(?<=\\.)|(?<=gz))\\s*" REF_VALUE, 84, NULL, NULL },
	{ "\\bzur (?:submission|ausschreibung|vergabe|beschaffung) (?<value>(?-i:[A-Z]{1,6})[-/ ]?\\d[\\w/.-]+|\\d+[/-][\\w/.-]+)",
	  74, NULL, NULL },
	{ "\\binterne kennung\\s*:\\s*(?:LOT-\\d+ )?(?<value>(?!LOT-\\d)\\S.{1,40}?)(?: (?:verfahrensart|titel|beschreibung|das verfahren)\\b.*)?$",
	  84, NULL, NULL },
	{ "\\b" NAMES_DOCUMENT
	  "(?: \\((?:rf[pqi]|itt|itb|ifb)\\))?\\s*(?:no\\b\\.?|nr\\b\\.?|number|#|:)*\\s*" REF_VALUE,
	  82, NULL, NULL },
};

static struct pattern reference_labels[] = {
	{ "^(?:" CASES "(?: (?:reference|ref\\.?))?[ -]*(?:no\\b\\.?|number|id\\b)|(?:" CASES
	  " )?reference|our ref(?:erence|\\.)?)(?=\\s*[:.]|$)",
	  91, NULL, NULL },
	{ "^(?:vergabenummer|vergabe-?nr\\.?|aktenzeichen(?:\\s*/ ?\\w+)?|geschäftszeichen|geschäftszahl|referenznummer.*|ausschreibungsnummer|vergabe-?id)(?=\\s*:|$)",
	  91, NULL, NULL },
	{ "^(?:dokument(?:en)?-?(?:nr\\.?|nummer|id)|(?:lastenheft|ausschreibungs|unterlagen)-?(?:nr\\.?|nummer))(?=\\s*:|$)",
	  84, NULL, NULL },
	{ "^(?:dokument|document)(?=\\s*:|$)", 68, "bare", NULL },
};

/* A number that stands alone on the cover: letters and digits with marks between them, or that of a US agency. */
static struct pattern bare = {
	"^\\(?(?:(?:(?:letter|file|our|f) ?\\.? ?)?(?:no|nr)\\b\\W{1,3})?(?<value>(?-i:[A-Z]{2,6})[-/ ](?=[\\w/.-]*\\d)[\\w/.-]{3,20}|(?-i:[A-Z0-9]{2,8})(?:[-/][A-Z0-9]{1,8}){2,4}|"
	"(?-i:[A-Z]{2,8})(?=[\\w/.&-]*\\d)(?:/[\\w.&-]{1,12}){2,7}|(?-i:(?=[A-Z\\d]*\\d)[A-Z\\d]{6}\\d{2}[A-Z][A-Z\\d]{4,8}))\\)?(?:\\W+(?:date|dated|dt|datum)\\b.*|,? rev(?:ision|\\.)? [\\w.]+)?$",
	0, NULL, NULL
};

/* "HVPC/041 dated 3 May", "4711 vom 3.5.": the number is what stands before. */
static struct pattern behind_number = {
	"\\W+(?:dated?|dt|vom|datum|gültig|version|issued|page)\\b.*$|,? (?:rev(?:ision|\\.)?|ausgabe|fassung) [\\w.]+$",
	0, NULL, NULL
};

/* Values that are none: "Tender documents v1.2", dates of either order. */
static struct pattern version = {
	"^v(?:ers?(?:ion)?)?[ .]?\\d|^\\d{1,2}\\.\\d{1,2}$|^\\d{1,2}([./])\\d{1,2}\\g{-1}\\d{2,4}$", 0, NULL, NULL
};

/* Numbers of other things. */
static struct pattern no_reference = {
	"phone|fax|\\btel\\b|page \\d|\\bform\\b|isbn|account|\\bgst|\\bpan\\b|iban|\\bclause\\b|\\bid\\b.*meeting|meeting id|conference id|project \\d|addend|amend|cpv|nuts|umsatzsteuer|handelsregister|registrierungsnummer|"
	"requisition|purchase (?:request )?no|invoice|registered in|amtsgericht|\\bduns\\b|naics|\\bdin\\b|\\biso\\b|\\ben \\d|§|postfach|room|suite",
	0, NULL, NULL
};

void fields_reference_preload(void)
{
	pattern_compile(reference_at, N_ELEMS(reference_at));
	pattern_compile(reference_labels, N_ELEMS(reference_labels));
	pattern_compile(&bare, 1);
	pattern_compile(&behind_number, 1);
	pattern_compile(&version, 1);
	pattern_compile(&no_reference, 1);
}

static bool has_digit(const char *s)
{
	return strpbrk(s, "0123456789") != NULL;
}

static bool is_date(const char *s)
{
	GArray *dates = dates_scan(s, true);
	bool is = dates->len > 0 && g_array_index(dates, struct date, 0).from == 0 &&
		  (size_t)g_array_index(dates, struct date, 0).to + 1 >= strlen(s);

	g_array_unref(dates);
	return is;
}

static void add_at(struct choice *c, const struct doc *d, const struct page *p, const char *text)
{
	for (size_t i = 0; i < N_ELEMS(reference_at); i++) {
		GMatchInfo *m = pattern_find(&reference_at[i], text, 0);
		auto_free char *value = m ? g_match_info_fetch_named(m, "value") : NULL;

		g_match_info_free(m);
		if (value && has_digit(value) && strlen(value) >= 3 && !strchr(value, '@') && !is_date(value) &&
		    !pattern_match(&version, value))
			names_add(c, d, p, value, text, names_early(p, reference_at[i].score));
	}
}

static void cut_behind(char *value)
{
	GMatchInfo *m = pattern_find(&behind_number, value, 0);
	int from;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL) && from > 0)
		value[from] = '\0';
	g_match_info_free(m);
}

static void add_labelled(struct choice *c, const struct doc *d, const struct page *p, int k)
{
	const char *text = page_line(p, k)->text;
	struct pattern *label = strlen(text) < 200 ? PATTERN_BEST(reference_labels, text + text_bullet(text)) : NULL;
	struct labelled l;

	if (!label || !label_value(p, k, label, &l))
		return;
	cut_behind(l.value);
	if (has_digit(l.value) && !is_date(l.value) && !pattern_match(&version, l.value) && strlen(l.value) < 60 &&
	    text_words(l.value) < 6 && !pattern_match(&no_reference, l.value) &&
	    (!label->word || pattern_match(&bare, l.value)))
		names_add(c, d, p, l.value, l.quote,
			  names_early(p, label->score) - (strchr(text, ':') || names_first_cell(p, k) ? 0 : 30));
	labelled_release(&l);
}

static void add_bare(struct choice *c, const struct doc *d, const struct page *p, const char *text)
{
	GMatchInfo *m = pattern_find(&bare, text, 0);
	auto_free char *value = m ? g_match_info_fetch_named(m, "value") : NULL;

	g_match_info_free(m);
	if (value)
		names_add(c, d, p, value, text, p->number == 1 ? 66 : 58);
}

#define BETWEEN " / " /* parts fields that share a line */

/* Of a line that also has the number of something else, the fields beside that. */
static void add_beside(struct choice *c, const struct doc *d, const struct page *p, const char *text)
{
	gchar **fields = strstr(text, BETWEEN) ? g_strsplit(text, BETWEEN, -1) : NULL;

	for (gchar **field = fields; field && *field; field++) {
		if (has_digit(*field) && !pattern_match(&no_reference, *field))
			add_at(c, d, p, *field);
	}
	g_strfreev(fields);
}

json_t *field_reference(const struct doc *d)
{
	auto_choice *c = choice_new();

	for (unsigned i = 0; i < d->pages->len && i < 12; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			const char *text = page_line(p, k)->text;

			if (pattern_match(&no_reference, text)) {
				add_beside(c, d, p, text);
				continue;
			}
			if (has_digit(text))
				add_at(c, d, p, text);
			add_labelled(c, d, p, k);
			if (has_digit(text) && strlen(text) < 64 && (i == 0 ? k < 30 : page_line(p, k)->furniture))
				add_bare(c, d, p, text);
		}
	}
	names_join(c);
	names_weigh(c, d);
	return choice_take_listing(c);
}

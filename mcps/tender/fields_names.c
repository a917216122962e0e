/* What the tender is called, who issued it, under which number. */
#include <math.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "pattern.h"
#include "text.h"

#define DOCUMENT                                                                                                    \
	"(?:request for (?:proposals?|quotations?|quotes?|information|tenders?|bids?|qualifications?)|rf[pqi]|"     \
	"invitation (?:to|for) (?:bid|tender|quote)s?|tender(?: notice| document)?|bid(?: document)?|solicitation|" \
	"(?:auftrags|vergabe)?bekanntmachung(?: \\w+)?|(?:öffentliche )?ausschreibung)"

static struct pattern title_labels[] = {
	{ "^(?:project|rf[pqi]|bid|tender|solicitation|contract|procurement) (?:title|name)", 94, NULL, NULL },
	{ "^(?:titel|bezeichnung (?:des auftrags|der (?:maßnahme|leistung|vergabe))|title)(?=\\W|$)", 90, NULL, NULL },
	{ "^(?:project|maßnahme|vorhaben|projekt|baumaßnahme)(?=\\s*:|$)", 82, NULL, NULL },
	{ "^(?:art der leistung|auftragsgegenstand|gegenstand (?:der|des) (?:ausschreibung|auftrags|vergabe))(?=\\s*:|$)",
	  70, NULL, NULL },
	{ "^(?:subject|betreff|re)(?=\\s*:)", 78, NULL, NULL },
	{ "^bezeichnung(?=\\s*:|$)", 74, NULL, NULL },
	{ "/ ?item category$", 74, NULL, NULL },
};

/* Names of the kind of document, of parts of it, places and dates: none of them is a title. */
static struct pattern no_title[] = {
	{ "^\\W*" DOCUMENT "(?: \\(?rf[pqi]\\)?)?\\W*(?:no\\b.*|#.*|number.*|\\d.*)?$|^\\W*for\\W*$", 1, NULL, NULL },
	{ "^\\W*(?:table of contents|contents|inhalt\\w*|page \\d.*|seite \\d.*|appendix.*|anlage.*|section \\w+|part \\w+|draft|final|"
	  "confidential|cover page|title page|offizielle bezeichnung.*|beschaffer|verfahren|dies ist eine.*)\\W*$",
	  1, NULL, NULL },
	{ "^\\W*\\S*@|https?:|^\\W*(?:date|tel|phone|fax|e-?mail|from|to|issued|contact|attn|address)\\b.*:", 1, NULL,
	  NULL },
	{ "^[\\d\\W]*$|^\\W*(?:january|february|march|april|may|june|july|august|september|october|november|december)\\b.*\\d{4}",
	  1, NULL, NULL },
	{ "solicitation number|sourcing event|vergabenummer|reference (?:no|number)|^region \\d|\\d{5}(?:-\\d{4})?$|\\b\\d{3} \\d{3}$",
	  1, NULL, NULL },
};

static struct pattern address = {
	"\\b[A-Z]{2},? \\|? ?\\d{5}\\b|\\b\\d{5} \\p{Lu}|\\bp\\. ?o\\. box|\\b\\d+ \\w+ (?:street|st|avenue|ave|road|rd|suite)\\b",
	0, NULL, NULL
};

static struct pattern title_for = {
	"^\\W*" DOCUMENT
	"(?: \\(?rf[pqi]\\)?)?(?:\\W+(?:no\\.?|number|#)\\W*\\S+)?\\W*\\b(?:for|of|über|von|für|:|–)\\s+[\"'‘“„]?(?<value>\\S.{8,})",
	0, NULL, NULL
};

#define ORG_EN                                                                                                                                                       \
	"(?:(?:city|town|county|state|university|college|department|ministry|government|board|bank|district|port|village|commonwealth|"                              \
	"bureau|office|school district|authority) of (?:the )?\\p{Lu}|\\b(?:county|university|court|authority|council|administration|agency|commission|corporation|" \
	"department|ministry|institute|foundation|trust|district|college|hospital|company limited|limited|ltd|inc|bureau|board|bank)$)"
#define ORG_DE                                                                                                                              \
	"(?:^(?:stadt|gemeinde|landkreis|kreis|land|markt|freistaat|universität|hochschule|bundes\\w+|landes\\w+|amt|ministerium|verband|" \
	"zweckverband|\\w+verband|stadtwerke|klinikum|studierendenwerk)\\b.*\\p{Lu}|(?:gmbh|anstalt|ag|verband|landkreis|kreisverwaltung|stadtverwaltung|amt)$)"

static struct pattern organisation[] = {
	{ ORG_EN, 60, NULL, NULL },
	{ ORG_DE, 60, NULL, NULL },
};

static struct pattern issuer_labels[] = {
	{ "^offizielle bezeichnung(?=\\s*:)", 95, NULL, NULL },
	{ "^(?:issued by|issuing (?:agency|office|authority|organi[sz]ation)|contracting (?:authority|entity|agency)|procuring (?:entity|agency)|buyer|purchaser|"
	  "agency name|organi[sz]ation)(?=\\s*:|$)",
	  88, NULL, NULL },
	{ "^(?:auftraggeber(?:in)?|vergabestelle|öffentlicher auftraggeber|ausschreibende stelle|name und adresse des auftraggebers)(?=\\s*:|$)",
	  84, NULL, NULL },
	{ "organi[sz]ation name$", 86, NULL, NULL },
};

/* Under the German label stands a form whose first row has the name. */
static struct pattern issuer_form = { "^(?:bezeichnung|name)(?=\\s*:|$)", 0, NULL, NULL };
static struct pattern issuer_head = { "auftraggeber|auffordernden stelle|vergabestelle|beschaffer", 0, NULL, NULL };

static struct pattern issuer_says[] = {
	{ "(?<value>(?:The )?(?:\\p{Lu}[\\w'’&-]+(?:,? (?:of|and|the|for|&) |,? )?){1,9})(?:\\s*\\([^)]{2,40}\\))?,? (?:is (?:seeking|looking for|soliciting|requesting|issuing|inviting)|"
	  "(?:hereby )?(?:invites|seeks|requests|solicits|intends to|issues))\\b",
	  72, NULL, NULL },
	{ "(?:^|\\. |\\bDer |\\bDie |\\bDas )(?:Der |Die |Das )?(?<value>\\p{Lu}[\\w'’-]+(?: \\p{Lu}[\\w'’-]+| (?:am|an der|im|für|und) \\p{Lu}[\\w'’-]+){0,5})(?:\\s*\\([^)]{2,20}\\))? "
	  "(?:beabsichtigt|schreibt|plant|sucht|vergibt|möchte)\\b",
	  72, NULL, NULL },
};

#define REF_VALUE \
	"(?<value>[A-Z0-9][\\w:/.()#&-]*\\d[\\w:/.()-]*|[A-Z]{1,6}(?:[ -][A-Z]{1,6})?[ -]\\d[\\w/.-]*|\\d[\\w:/.-]+)"

static struct pattern reference_at[] = {
	{ "\\b(?:solicitation|rf[pqi]|tender|bid|quotation|event|sourcing event|procurement|reference|ref|contract|project)(?:\\.? ?(?:reference|ref))?\\.?[ -]*(?:no\\b\\.?|number|nr\\.?|id\\b|#)\\s*[:.#-]*\\s*" REF_VALUE,
	  90, NULL, NULL },
	{ "\\b(?:vergabenummer|vergabe-?nr\\.?|aktenzeichen|geschäftszeichen|geschäftsnummer|ausschreibungsnummer|ausschreibungs-nr\\.?|referenznummer(?: der bekanntmachung)?|maßnahmennummer)\\s*[:.]*\\s*" REF_VALUE,
	  90, NULL, NULL },
	{ "\\binterne kennung\\s*:\\s*(?:LOT-\\d+ )?(?<value>(?!LOT-\\d)\\S.{1,40})$", 84, NULL, NULL },
	{ "\\brequest for (?:proposals?|quotations?|quotes?|information|tenders?|bids?|qualifications?)(?: \\(rf[pqi]\\))?\\s*(?:no\\b\\.?|number|#|:)*\\s*" REF_VALUE,
	  86, NULL, NULL },
	{ "\\brf[pqi]\\s*#?\\s*" REF_VALUE, 70, NULL, NULL },
};

static struct pattern reference_labels[] = {
	{ "^(?:(?:solicitation|rf[pqi]|tender|bid|event|procurement|reference|quotation)(?: (?:reference|ref\\.?))?[ -]*(?:no\\b\\.?|number|id\\b))(?=\\s*[:.]|$)",
	  91, NULL, NULL },
	{ "^(?:vergabenummer|vergabe-?nr\\.?|aktenzeichen|geschäftszeichen|referenznummer.*|ausschreibungsnummer)(?=\\s*:|$)",
	  91, NULL, NULL },
};

/* Numbers of other things. */
static struct pattern no_reference = {
	"phone|fax|\\btel\\b|page \\d|\\bform\\b|isbn|account|\\bgst|\\bpan\\b|iban|\\bclause\\b|\\bid\\b.*meeting|meeting id|conference id|project \\d|addend|amend|cpv|nuts|umsatzsteuer|handelsregister|registrierungsnummer",
	0, NULL, NULL
};

void fields_names_preload(void)
{
	pattern_compile(title_labels, N_ELEMS(title_labels));
	pattern_compile(no_title, N_ELEMS(no_title));
	pattern_compile(&address, 1);
	pattern_compile(&title_for, 1);
	pattern_compile(organisation, N_ELEMS(organisation));
	pattern_compile(issuer_labels, N_ELEMS(issuer_labels));
	pattern_compile(&issuer_form, 1);
	pattern_compile(&issuer_head, 1);
	pattern_compile(issuer_says, N_ELEMS(issuer_says));
	pattern_compile(reference_at, N_ELEMS(reference_at));
	pattern_compile(reference_labels, N_ELEMS(reference_labels));
	pattern_compile(&no_reference, 1);
}

/* Equal names have equal keys, whatever their case and marks. */
static char *name_key(const char *name)
{
	auto_free char *folded = g_utf8_casefold(name, -1);
	GString *key = g_string_new(NULL);

	for (const char *s = folded; *s; s = g_utf8_next_char(s)) {
		if (g_unichar_isalnum(g_utf8_get_char(s)))
			g_string_append_unichar(key, g_utf8_get_char(s));
	}
	return g_string_free(key, FALSE);
}

static void add_name(struct choice *c, const struct doc *d, const struct page *p, const char *value, const char *quote,
		     int score)
{
	auto_free char *clean = text_clean(value), *key = name_key(clean);
	json_t *fact;
	size_t len;

	if (util_starts(clean, "The ") && g_unichar_isupper(g_utf8_get_char(clean + 4)))
		memmove(clean, clean + 4, strlen(clean) - 3);
	len = strlen(clean);
	while (len > 0 && strchr(".,;:-|", clean[len - 1]) && !util_ends(clean, "e.V.") && !util_ends(clean, "Inc."))
		clean[--len] = '\0';
	fact = json_pack("{s:s}", "value", clean);
	if (len < 3 || !fact_place(d, fact, p, quote))
		score = 0;
	choice_add(c, fact, score, key);
}

/* Early pages name things; later ones mention them. */
static int early(const struct page *p, int score)
{
	return p->number <= 2 ? score : p->number <= 6 ? score - 8 : score - 20;
}

static void add_labelled(struct choice *c, const struct doc *d, struct pattern *labels, size_t n, unsigned n_pages)
{
	for (unsigned i = 0; i < d->pages->len && i < n_pages; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			struct pattern *label = pattern_best(labels, n, page_line(p, k)->text);
			struct labelled l;

			if (!label || !label_value(p, k, label, &l))
				continue;
			if (!PATTERN_BEST(no_title, l.value))
				add_name(c, d, p, l.value, l.quote, early(p, label->score) - (k > 40 ? 2 : 0));
			labelled_release(&l);
		}
	}
}

static double line_height(const struct line *l)
{
	return l->y1 - l->y0;
}

static int compare_heights(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The height of the ordinary line of the first pages. */
static double usual_height(const struct doc *d)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(double));
	double usual;

	for (unsigned i = 0; i < d->pages->len && i < 8; i++) {
		for (unsigned k = 0; k < doc_page(d, i)->lines->len; k++) {
			double h = line_height(page_line(doc_page(d, i), (int)k));

			g_array_append_val(all, h);
		}
	}
	g_array_sort(all, compare_heights);
	usual = all->len ? g_array_index(all, double, all->len / 2) : 0;
	g_array_unref(all);
	return usual;
}

/* The lines of a block between those that only say the kind of document or who issued it. */
static char *title_lines(const struct page *p, const struct block *b)
{
	int first = b->first, last = b->first + b->n - 1;
	GString *text;

	while (first <= last && (PATTERN_BEST(no_title, page_line(p, first)->text) ||
				 (first < last && PATTERN_BEST(organisation, page_line(p, first)->text))))
		first++;
	while (last > first && (PATTERN_BEST(no_title, page_line(p, last)->text) ||
				PATTERN_BEST(organisation, page_line(p, last)->text)))
		last--;
	for (int i = b->first; i < b->first + b->n; i++) {
		if (pattern_match(&address, page_line(p, i)->text))
			return NULL;
	}
	if (first > last)
		return NULL;
	text = g_string_new(NULL);
	for (int i = first; i <= last; i++)
		text_join(text, page_line(p, i)->text);
	return g_string_free(text, FALSE);
}

/* What is set largest on the first page and is not the kind of document: most covers say their title so. */
static void add_large(struct choice *c, const struct doc *d, const struct page *p)
{
	double usual = usual_height(d);

	for (unsigned k = 0; k < p->blocks->len && k < 24; k++) {
		const struct block *b = page_block(p, (int)k);
		double height = line_height(page_line(p, b->first));
		auto_free char *text = b->item ? NULL : title_lines(p, b);
		int words = text ? text_words(text) : 0, score;

		if (words < 2 || words > 30 || strlen(text) > 250 || strchr(text, ':') ||
		    PATTERN_BEST(no_title, text) || strchr(".;,", text[strlen(text) - 1]))
			continue;
		score = height > 1.5 * usual                        ? 68
			: height > 1.2 * usual                      ? 62
			: height > 1.05 * usual || text_upper(text) ? 52
			: k < 4 && words < 14                       ? 42
								    : 0;
		if (score && PATTERN_BEST(organisation, text))
			score -= 14;
		if (score && (strstr(text, "\xE2\x80\x9E") || strstr(text, "\xE2\x80\x9C")))
			score += 8;
		add_name(c, d, p, text, text, score - (int)k / 4);
	}
}

/* "Request for proposals for …" on one of the first pages. */
static void add_for(struct choice *c, const struct doc *d, const struct page *p)
{
	for (unsigned k = 0; k < p->blocks->len; k++) {
		const struct block *b = page_block(p, (int)k);
		GMatchInfo *m = strlen(b->text) < 300 ? pattern_find(&title_for, b->text, 0) : NULL;
		int from, to;

		if (!m)
			continue;
		if (g_match_info_fetch_pos(m, g_regex_get_string_number(title_for.re, "value"), &from, &to)) {
			auto_free char *value = g_strndup(b->text + from, (gsize)(to - from)),
				       *quote = fact_quote(p, b, from, to);

			value[strcspn(value, "\"")] = '\0';
			add_name(c, d, p, value, quote, p->number == 1 ? 70 : 58);
		}
		g_match_info_free(m);
	}
}

json_t *field_title(const struct doc *d)
{
	auto_choice *c = choice_new();

	add_labelled(c, d, title_labels, N_ELEMS(title_labels), 6);
	for (unsigned i = 0; i < d->pages->len && i < 3; i++) {
		const struct page *p = doc_page(d, i);

		if (!p->readable)
			continue;
		if (i == 0)
			add_large(c, d, p);
		add_for(c, d, p);
	}
	return choice_take(c);
}

/* A line of the first page that is the name of an organisation. */
static void add_organisations(struct choice *c, const struct doc *d, const struct page *p)
{
	for (int k = 0; k < (int)p->lines->len && k < 40; k++) {
		const char *text = page_line(p, k)->text;
		int words = text_words(text);

		if (words < 2 || words > 12 || strchr(text, ':') || !PATTERN_BEST(organisation, text) ||
		    PATTERN_BEST(no_title, text))
			continue;
		add_name(c, d, p, text, text, (k < 12 ? 66 : 56) - k / 4);
	}
}

static void add_form(struct choice *c, const struct doc *d, const struct page *p)
{
	int head = -100;

	for (int k = 0; k < (int)p->lines->len; k++) {
		struct labelled l;

		if (pattern_match(&issuer_head, page_line(p, k)->text))
			head = k;
		if (k - head > 4 || !label_value(p, k, &issuer_form, &l))
			continue;
		add_name(c, d, p, l.value, l.quote, early(p, 90));
		labelled_release(&l);
		head = -100;
	}
}

static void add_saying(struct choice *c, const struct doc *d, const struct page *p)
{
	for (unsigned k = 0; k < p->blocks->len; k++) {
		const struct block *b = page_block(p, (int)k);

		for (size_t i = 0; i < N_ELEMS(issuer_says); i++) {
			GMatchInfo *m = pattern_find(&issuer_says[i], b->text, 0);
			int from, to;

			if (m &&
			    g_match_info_fetch_pos(m, g_regex_get_string_number(issuer_says[i].re, "value"), &from,
						   &to) &&
			    to - from > 5 && g_unichar_isupper(g_utf8_get_char(b->text + from))) {
				auto_free char *value = g_strndup(b->text + from, (gsize)(to - from)),
					       *quote = fact_quote(p, b, from, to);

				add_name(c, d, p, value, quote,
					 early(p, issuer_says[i].score) - (text_words(value) < 2 ? 10 : 0));
			}
			g_match_info_free(m);
		}
	}
}

json_t *field_issuer(const struct doc *d)
{
	auto_choice *c = choice_new();

	add_labelled(c, d, issuer_labels, N_ELEMS(issuer_labels), 4);
	for (unsigned i = 0; i < d->pages->len && i < 6; i++) {
		const struct page *p = doc_page(d, i);

		if (!p->readable)
			continue;
		if (i == 0)
			add_organisations(c, d, p);
		if (i < 2)
			add_form(c, d, p);
		add_saying(c, d, p);
	}
	return choice_take(c);
}

static bool has_digit(const char *s)
{
	return strpbrk(s, "0123456789") != NULL;
}

static void add_reference_at(struct choice *c, const struct doc *d, const struct page *p, int k)
{
	const char *text = page_line(p, k)->text;

	for (size_t i = 0; i < N_ELEMS(reference_at); i++) {
		GMatchInfo *m = pattern_find(&reference_at[i], text, 0);
		auto_free char *value = m ? g_match_info_fetch_named(m, "value") : NULL;

		g_match_info_free(m);
		if (value && has_digit(value) && strlen(value) >= 3 && !strchr(value, '@'))
			add_name(c, d, p, value, text, early(p, reference_at[i].score));
	}
}

json_t *field_reference(const struct doc *d)
{
	auto_choice *c = choice_new();

	for (unsigned i = 0; i < d->pages->len && i < 12; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			const char *text = page_line(p, k)->text;
			struct pattern *label = PATTERN_BEST(reference_labels, text);
			struct labelled l;

			if (pattern_match(&no_reference, text))
				continue;
			add_reference_at(c, d, p, k);
			if (!label || !label_value(p, k, label, &l))
				continue;
			if (has_digit(l.value) && strlen(l.value) < 60 && text_words(l.value) < 6)
				add_name(c, d, p, l.value, l.quote, early(p, label->score));
			labelled_release(&l);
		}
	}
	return choice_take(c);
}

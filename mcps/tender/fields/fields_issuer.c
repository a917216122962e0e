/* Who buys. */
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "names.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

static struct pattern issuer_labels[] = {
	{ "^offizielle bezeichnung(?=\\s*:)", 95, NULL, NULL },
	{ "^(?:issued by|issuing (?:agency|office|authority|entity|organi[sz]ation)|contracting (?:authority|entity|agency)|procuring (?:entity|agency)|tender(?:ing)? authority|"
	  "agency name|name of (?:the )?(?:agency|buyer|purchaser|client|employer|organi[sz]ation|contracting authority)|tender inviting authority)(?=\\s*:|$)",
	  88, NULL, NULL },
	{ "^(?:buyer|purchaser|client|employer|owner|agency|organi[sz]ation|issuer)(?=\\s*:|$)", 82, NULL, NULL },
	{ "^(?:auftraggeber(?:in)?|vergabestelle|öffentlicher auftraggeber|ausschreibende stelle|name und adresse des auftraggebers|auslober(?: / bauherr)?|bauherr|"
	  "zur angebotsabgabe auffordernde stelle|name und anschrift)(?=\\s*:|$)",
	  84, NULL, NULL },
	{ "organi[sz]ation name$", 86, NULL, NULL },
};

/* Under the German label stands a form whose first row has the name. */
static struct pattern issuer_form = { "^(?:bezeichnung|name)(?=\\s*:|$)", 0, NULL, NULL };
static struct pattern issuer_head = { "auftraggeber|auffordernde[nr]? stelle|vergabestelle|beschaffer", 0, NULL, NULL };

/* A word in capitals is one word: were it taken for several, there would be millions of ways to part a line of them. */
#define PROPER_WORD "(?-i:\\p{Lu})[\\w'’&.-]*"
#define PROPER_GAP  "(?:,? (?:of|and|the|for|&|on|in) |,? )"
#define PROPER      PROPER_WORD "(?:" PROPER_GAP PROPER_WORD "){0,8}" PROPER_GAP "?"

static struct pattern issuer_says[] = {
	{ "(?<value>(?:The )?" PROPER
	  ")(?:\\s*\\([^)]{2,60}\\))?,? (?:is (?:seeking|looking for|soliciting|requesting|issuing|inviting|accepting)|"
	  "(?:hereby )?(?:invites|seeks|requests|solicits|intends to|issues|wishes to|desires to|is requesting)|(?:\\([^)]*\\) )?is the contracting authority)\\b",
	  72, NULL, NULL },
	{ "(?<value>" PROPER
	  ")\\s*\\((?:hereinafter[^)]{0,40})?(?:the )?[\"“„'‘](?:the )?(?-i:[A-Z])[\\w& -]{1,30}[\"”“'’]\\)",
	  68, "named", NULL },
	{ "(?<value>(?:The )?" PROPER
	  ")(?:\\s*\\([^)]{2,30}\\))?(?:,(?! invites).{3,200}?), (?:invites|seeks|requests|solicits)\\b",
	  74, NULL, NULL },
	{ "(?:^|\\. |\\b[Dd]er |\\b[Dd]ie |\\b[Dd]as )(?:Der |Die |Das )?(?<value>(?-i:\\p{Lu})[\\w'’-]+(?: (?-i:\\p{Lu})[\\w'’-]+| (?:am|an der|im|für|und) (?-i:\\p{Lu})[\\w'’-]+){0,5})(?:\\s*\\([^)]{2,20}\\))? "
	  "(?:beabsichtigt|schreibt|plant|sucht|vergibt|möchte|beschafft|ersetzt|führt|benötigt)\\b",
	  72, NULL, NULL },
};

/* What an address begins with: behind it no name goes on. */
static struct pattern place = {
	"\\d+ \\p{L}|\\p{L}[.]? ?\\d+[a-z]?(?:\\W*\\d+)?$|\\b\\d{4,6}\\b|p\\. ?o\\. ?box|postfach|\\bfloor\\b|@|\\(?\\d{3}\\)?[ -]\\d{3}|https?:|www\\.|tel\\b|"
	"(?:building|street|road|avenue|straße|platz)\\b",
	0, NULL, NULL
};
static struct pattern no_name = { "^\\W*\\d|@|https?:|www\\.|\\(?\\d{3}\\)?[ -]\\d{3}", 0, NULL, NULL };
static struct pattern unit = {
	"^(?:region|bezirk|referat|dezernat|abteilung|division|district|ward|zone|fachbereich|amt|los) \\d+", 0, NULL,
	NULL
};

/* What is no name of a buyer, though it stands where one may. */
static struct pattern no_issuer = {
	"\\b(?:contractor|bidder|tenderer|offeror|vendor|supplier|proposer|bieter|auftragnehmer|consultant|respondent)s?\\b|\\bsign(?:ature|ed)|\\bsiehe\\b|^see\\b|"
	"^(?:this|it|we|you|they|wir|sie|er|es|dies\\w*|section|part|the (?:city|county|council|court|agency|government|authority|state|company|bank|university)|"
	"request|invitation|tender|project|committee|board|der auftraggeber|auftraggeber|stelle)$|nachprüfung|vergabekammer|____",
	0, NULL, NULL
};

void fields_issuer_preload(void)
{
	names_preload();
	pattern_compile(issuer_labels, N_ELEMS(issuer_labels));
	pattern_compile(&issuer_form, 1);
	pattern_compile(&issuer_head, 1);
	pattern_compile(issuer_says, N_ELEMS(issuer_says));
	pattern_compile(&place, 1);
	pattern_compile(&no_name, 1);
	pattern_compile(&unit, 1);
	pattern_compile(&no_issuer, 1);
}

/* The name, without the address behind it; NULL when nothing of it is a name. cut says that there was an address. */
static char *name_of(const char *value, bool *cut)
{
	gchar **parts = g_strsplit(value, ", ", -1);
	GString *name = g_string_new(NULL);

	*cut = false;
	for (gchar **part = parts; *part && !*cut; part++) {
		*cut = pattern_match(part == parts ? &no_name : &place, *part) && !pattern_match(&unit, *part);
		if (!*cut)
			g_string_append_printf(name, "%s%s", name->len ? ", " : "", *part);
	}
	g_strfreev(parts);
	if (name->len < 3 || pattern_match(&no_issuer, name->str)) {
		g_string_free(name, TRUE);
		return NULL;
	}
	return g_string_free(name, FALSE);
}

static void add_issuer(struct choice *c, const struct doc *d, const struct page *p, const char *value,
		       const char *quote, int score)
{
	bool cut;
	auto_free char *name = name_of(value, &cut);

	if (!name || text_words(name) > 16 || names_document(name))
		return;
	if (names_organisation(name))
		score += 3;
	else if (cut && strchr(value, '@'))
		score -= 40; /* a person with an address */
	names_add(c, d, p, name, quote, score);
}

/* The first organisation is the buyer, others that a notice names are courts and services. */
#define AGAIN_LESS 8

static void add_labelled(struct choice *c, const struct doc *d, const struct page *p, int *n)
{
	for (int k = 0; k < (int)p->lines->len; k++) {
		const char *text = page_line(p, k)->text;
		struct pattern *label =
			strlen(text) < 200 ? PATTERN_BEST(issuer_labels, text + text_bullet(text)) : NULL;
		struct labelled l;
		int doubt;

		/* A number of a section is no bullet: "1 Auftraggeber". */
		if (!label && g_ascii_isdigit(text[0]) && strchr(text, ' '))
			label = PATTERN_BEST(issuer_labels, strchr(text, ' ') + 1);
		if (!label || !label_value(p, k, label, &l))
			continue;
		doubt = strchr(text, ':') || names_first_cell(p, k) ? 0 : 50;
		if (!doubt && l.line != l.value_line && page_line(p, l.value_line)->y0 > page_line(p, k)->y1 - 1)
			doubt = names_organisation(l.value) ? 4 : 16;
		add_issuer(c, d, p, l.value, l.quote, names_early(p, label->score) - doubt - AGAIN_LESS * MIN(*n, 5));
		++*n;
		labelled_release(&l);
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
		add_issuer(c, d, p, l.value, l.quote, names_early(p, 90));
		labelled_release(&l);
		head = -100;
	}
}

/* A line of the first page that is the name of an organisation. */
static void add_organisations(struct choice *c, const struct doc *d, const struct page *p)
{
	for (int k = 0; k < (int)p->lines->len && k < 40; k++) {
		const char *text = page_line(p, k)->text;
		int words = text_words(text);

		if (words < 2 || words > 12 || strchr(text, ':') || !names_organisation(text) || names_document(text))
			continue;
		add_issuer(c, d, p, text, text, (k < 12 ? 66 : 56) - k / 4);
	}
}

static void add_saying(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
		       struct pattern *says)
{
	GMatchInfo *m = pattern_find(says, b->text, 0);
	int from, to;

	if (m && g_match_info_fetch_named_pos(m, "value", &from, &to) && to - from > 3 &&
	    g_unichar_isupper(g_utf8_get_char(b->text + from))) {
		auto_free char *value = g_strndup(b->text + from, (gsize)(to - from)),
			       *quote = fact_quote(p, b, from, to);
		int score = names_early(p, says->score) - (text_words(value) < 2 ? 10 : 0);

		/* Who is given a short name may be anybody, unless the name is one of a buyer. */
		if (!says->word || names_organisation(g_strchomp(value)))
			add_issuer(c, d, p, value, quote, score);
	}
	g_match_info_free(m);
}

json_t *field_issuer(const struct doc *d)
{
	auto_choice *c = choice_new();
	int n_labelled = 0;

	for (unsigned i = 0; i < d->pages->len && i < 6; i++) {
		const struct page *p = doc_page(d, i);

		if (!p->readable)
			continue;
		if (i < 4)
			add_labelled(c, d, p, &n_labelled);
		if (i == 0)
			add_organisations(c, d, p);
		if (i < 2)
			add_form(c, d, p);
		for (unsigned k = 0; k < p->blocks->len; k++) {
			for (size_t n = 0; n < N_ELEMS(issuer_says); n++)
				add_saying(c, d, p, page_block(p, (int)k), &issuer_says[n]);
		}
	}
	names_weigh(c, d);
	return choice_take_listing(c);
}

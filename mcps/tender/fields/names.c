#include "names.h"

#include <stdlib.h>

#include "tender/text/text.h"

#define KINDS                                                                                                                   \
	"(?:" NAMES_DOCUMENT                                                                                                    \
	"|(?:vergabe|ausschreibungs|angebots|verfahrens|bewerbungs|teilnahme|projekt|leistungs|bewerber|bieter)(?:unterlagen?|" \
	"bedingungen|beschreibung|beschrieb|information(?:en)?|verzeichnis)(?: (?:dienst|liefer|bau)\\w*auftrag)?|"             \
	"teilnahmewettbewerb|lastenheft|pflichtenheft|aufgabenbeschreibung|verfahrensbrief|"                                    \
	"aufforderung zur (?:angebotsabgabe|abgabe eine[rs] \\w+)|(?:\\w+ )?verhandlungsverfahren\\b.*|offenes verfahren|"      \
	"(?:nicht ?)?offenes verfahren|verhandlungsvergabe\\b.*|interessenbekundung\\w*|"                                       \
	"statement of work|scope of work|terms of reference|specifications?|instructions to (?:bidders|offerors|tenderers)|"    \
	"solicitation, offer,? and award|combined synopsis\\W+solicitation|procurement documents?|bid(?:ding)? documents?|"     \
	"(?:open|restricted) procedure\\b.*|submittal forms?|cover (?:page|sheet|letter))"

/* Names of the kind of document, of parts of it, places and dates: none of them is a title. */
static struct pattern no_title[] = {
	{ "^\\W*(?:the )?" KINDS
	  "(?: \\(?(?:rf[pqi]|itt|itb|ifb|uvgo|vob|vgv)\\)?)?(?: (?:nach|gemäß) .*|\\W*\\(.*\\))?\\W*(?:no\\b.*|nr\\b.*|#.*|number.*|reference.*|\\d.*|[a-z]{1,6}[- /]?\\d[\\w/.-]*)?$",
	  1, NULL, NULL },
	{ "^\\W*for\\W*$|^\\W*" KINDS "\\W+(?:(?:and|und)\\W+)?" KINDS "\\W*$", 1, NULL, NULL },
	{ "^\\W*(?:table of contents|contents|inhalt\\w*|page \\d.*|seite \\d.*|appendix.*|anlage.*|section \\w+|part \\w+|draft|final|version.*|"
	  "confidential|title page|offizielle bezeichnung.*|beschaffer|verfahren|dies ist eine.*|projektdaten|official|key dates|amendment.*|addendum.*|"
	  "dear .*|sehr geehrte.*|to all .*|an alle .*|schedule.*|purpose|introduction|background|summary|overview|project information|"
	  "\\w*vergabestelle|der \\w*bürgermeister\\w*|auftraggeber|general information|allgemeines?|stand\\b.*)\\W*$",
	  1, NULL, NULL },
	{ "^\\W*\\S*@|https?:|www\\.|^\\W*(?:date|tel|phone|fax|e-?mail|from|to|issued|contact|attn|address|release date|due date)\\b.*:",
	  1, NULL, NULL },
	{ "^\\W*(?:document|volume|teil|dokument|band|kapitel|anhang|annex) (?:\\d{1,2}|[a-h]|[ivx]{1,4})\\b", 1, NULL,
	  NULL },
	{ "^[\\w-]+(?:[/.-][\\w-]+){2,}$", 1, NULL, NULL },
	{ "^[\\d\\W]*$|^\\W*(?:january|february|march|april|may|june|july|august|september|october|november|december)\\b.*\\d{4}",
	  1, NULL, NULL },
	{ "^(?:zum|zur|im|des|of the|for the)\\b.*(?:teilnahmewettbewerb|verfahren|vergabe|procurement|solicitation)\\W*$",
	  1, NULL, NULL },
	{ "solicitation number|sourcing event|vergabenummer|aktenzeichen|reference (?:no|number)|contract reference|^\\W*(?:our )?reference\\b|^region \\d|\\d{5}(?:-\\d{4})?$|\\b\\d{3} \\d{3}$|"
	  "^\\W*(?:issued?|released?|veröffentlicht|published)\\b",
	  1, NULL, NULL },
};

#define ORG_EN                                                                                                                                                             \
	"(?:(?:city|town|county|state|university|college|department|ministry|government|board|bank|district|port|village|commonwealth|"                                    \
	"bureau|office|school district|authority) of (?:the )?(?-i:\\p{Lu})|\\b(?:county|university|court|authority|council|administration|agency|commission|corporation|" \
	"department|ministry|institute|foundation|trust|district|college|hospital|company limited|limited|ltd|inc|llc|plc|bureau|board|bank|library|schools|services?|office|branch|division|railways?|association|society)\\.?$)"
#define ORG_DE                                                                                                                                                                          \
	"(?:^(?:stadt|gemeinde|landkreis|kreis|land|markt|freistaat|universität|hochschule|bundes\\w+|landes\\w+|amt|ministerium|verband|"                                             \
	"zweckverband|\\w+verband|stadtwerke|klinikum|studierendenwerk|verbandsgemeinde|samtgemeinde|bezirk\\w*|deutsche[rs]?|technische universität|eigenbetrieb)\\b.*(?-i:\\p{Lu})|" \
	"(?:gmbh|mbh|anstalt|\\bag|verband|landkreis|kreisverwaltung|stadtverwaltung|amt|e\\. ?v\\.|aör|ag & co\\. kg|\\bkg|\\beg|stiftung|stadtwerke|\\bwerke)$|\\w+(?:bauamt|verwaltungsamt|umweltamt|ministerium) (?-i:\\p{Lu}))"

static struct pattern organisation[] = {
	{ ORG_EN, 60, NULL, NULL },
	{ ORG_DE, 60, NULL, NULL },
};

void names_preload(void)
{
	pattern_compile(no_title, N_ELEMS(no_title));
	pattern_compile(organisation, N_ELEMS(organisation));
}

char *names_key(const char *name)
{
	auto_free char *folded = g_utf8_casefold(name, -1);
	GString *key = g_string_new(NULL);

	for (const char *s = folded; *s; s = g_utf8_next_char(s)) {
		if (g_unichar_isalnum(g_utf8_get_char(s)))
			g_string_append_unichar(key, g_utf8_get_char(s));
	}
	return g_string_free(key, FALSE);
}

#define MOST_PAGES 30 /* that are looked through for a name */

/* A capital in the middle of a sentence makes the article part of the name: "sent to The Carpentries". */
static bool owns_article(const struct doc *d, const char *name)
{
	for (unsigned i = 0; i < d->pages->len && i < MOST_PAGES; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; k < (int)p->lines->len; k++) {
			const char *line = page_line(p, k)->text, *at = strstr(line, name);

			if (at && at - line > 1 && g_ascii_islower(at[-2]))
				return true;
		}
	}
	return false;
}

void names_add(struct choice *c, const struct doc *d, const struct page *p, const char *value, const char *quote,
	       int score)
{
	auto_free char *clean = text_clean(value), *key = names_key(clean);
	json_t *fact;
	size_t len;

	if (util_starts(clean, "The ") && g_unichar_isupper(g_utf8_get_char(clean + 4)) && !owns_article(d, clean)) {
		memmove(clean, clean + 4, strlen(clean) - 3);
		g_free(key);
		key = names_key(clean);
	}
	len = strlen(clean);
	while (len > 0 && strchr(".,;:-| ", clean[len - 1]) && !util_ends(clean, "e.V.") &&
	       !util_ends(clean, "e. V.") && !util_ends(clean, "Inc."))
		clean[--len] = '\0';
	fact = json_pack("{s:s}", "value", clean);
	if (len < 3 || !fact_place(d, fact, p, quote))
		score = 0;
	choice_add(c, fact, score, key);
}

int names_early(const struct page *p, int score)
{
	return p->number <= 2 ? score : p->number <= 6 ? score - 8 : score - 20;
}

#define MOST_RAISE 6

void names_weigh(struct choice *c, const struct doc *d)
{
	for (unsigned i = 0; i < c->facts->len; i++) {
		const char *value = json_string_value(json_object_get(c->facts->pdata[i], "value"));
		auto_free char *plain = text_plain(value, NULL);
		int pages = 0;

		for (unsigned k = 0; k < d->pages->len && k < MOST_PAGES && pages <= MOST_RAISE; k++)
			pages += strstr(doc_page(d, k)->plain, plain) != NULL;
		g_array_index(c->scores, int, i) += MIN(2 * MAX(pages - 1, 0), MOST_RAISE);
	}
}

bool names_document(const char *text)
{
	return PATTERN_BEST(no_title, text) != NULL;
}

int names_organisation(const char *text)
{
	const char *bracket = util_ends(text, ")") ? strrchr(text, '(') : NULL;
	auto_free char *name = bracket ? g_strchomp(g_strndup(text, (gsize)(bracket - text))) : NULL;

	return PATTERN_SCORE(organisation, name ? name : text);
}

bool names_first_cell(const struct page *p, int i)
{
	const struct line *l = page_line(p, i);

	for (int k = 0; k < (int)p->lines->len; k++) {
		const struct line *o = page_line(p, k);
		double middle = (o->y0 + o->y1) / 2;

		if (k != i && o->x1 <= l->x0 + 1 && middle > l->y0 && middle < l->y1 && text_words(o->text) > 0)
			return false;
	}
	return true;
}

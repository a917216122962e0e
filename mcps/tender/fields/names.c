#include "names.h"

#include <stdlib.h>

#include "tender/text/text.h"

#define KINDS                                                                                                                                                                                                  \
	"(?:" NAMES_DOCUMENT                                                                                                                                                                                   \
	"|(?:vergabe|ausschreibungs|angebots|verfahrens|bewerbungs|teilnahme|projekt|leistungs|bewerber|bieter)(?:unterlagen?|"                                                                                \
	"bedingungen|beschreibung|beschrieb|information(?:en)?|verzeichnis)(?: (?:dienst|liefer|bau)\\w*auftrag)?|"                                                                                            \
	"(?:dokument\\w*|unterlagen?|informationen|hinweise|angaben) (?:für|zu[mr]?)(?: das| die| den| der| dem)? \\w*(?:verfahren|ausschreibung|vergabe|wettbewerb|angebot\\w*)|"                            \
	"(?:tender|bid(?:ding)?|procurement|solicitation) (?:pack(?:age)?|documentation|dossier|instructions|information)|"                                                                                    \
	"einladung zu[mr] \\w+|offeror to complete\\b.*|teilnahmewettbewerb|vergabeverfahren|lastenheft|pflichtenheft|aufgabenbeschreibung|verfahrensbrief|" NAMES_ASKING                                      \
	"|(?:\\w+ )?verhandlungsverfahren\\b.*|offenes verfahren|"                                                                                                                                             \
	"(?:nicht ?)?offene[snrm]? verfahren|beschränkte[nrms]? ausschreibung\\b.*|öffentliche[nrms]? (?:ausschreibung|vergabe)|freihändige[nr]? vergabe|verhandlungsvergabe\\b.*|interessenbekundung\\w*|" \
	"statement of work|scope of work|terms of reference|specifications?|instructions to (?:bidders|offerors|tenderers)|"                                                                                   \
	"solicitation, offer,? and award|solicitation/contract\\b.*|combined synopsis\\W+solicitation|procurement documents?|bid(?:ding)? documents?|"                                                         \
	"(?:open|restricted) procedure\\b.*|submittal forms?|cover (?:page|sheet|letter))"

/* Who signs for a public body stands under its name. */
#define OFFICE_HOLDER                                                                                                                      \
	"(?:der|die) (?:\\w*bürgermeister\\w*|landrat|landrätin|\\w*präsident(?:in)?|rektor(?:in)?|kanzler(?:in)?|\\w*direktor(?:in)?|" \
	"\\w*minister(?:in)?|magistrat|\\w*vorstand|\\w*geschäftsführ\\w+|intendant(?:in)?|\\w*vorsteher(?:in)?|senator(?:in)?)"

/* Names of the kind of document, of parts of it, places and dates: none of them is a title. */
static struct pattern no_title[] = {
	{ "^\\W*(?:(?:the|open|sealed|limited|public|national|international|restricted|selective|competitive|formal|electronic|online|short(?:[- ]term)?|detailed|global|öffentliche|nationale|europaweite) )*" KINDS
	  "(?: \\(?(?:rf[pqi]|itt|itb|ifb|uvgo|vob|vgv)\\)?)?(?: (?:nach|gemäß|gemäss|gem\\.) [^:]*|,? (?:vob|uvgo|vgv|vol|sektvo|unterschwellen)\\b[^:]*|\\W*\\(.*\\))?\\W*(?:no\\b.*|nr\\b.*|#.*|number.*|reference.*|\\d.*|[a-z]{1,6}[- /]?\\d[\\w/.-]*)?$",
	  1, NULL, NULL },
	{ "^\\W*for\\W*$|^\\W*" KINDS "\\W+(?:(?:and|und)\\W+)?" KINDS "(?:\\W*\\(.*\\))?\\W*$", 1, NULL, NULL },
	{ "^\\W*(?:table of contents|contents|inhalt\\w*|page \\d.*|seite \\d.*|appendix.*|anlage.*|section \\w+|part \\w+|draft|final|version.*|"
	  "confidential|title page|offizielle bezeichnung.*|beschaffer|verfahren|dies ist eine.*|projektdaten|official|key dates|amendment.*|addendum.*|"
	  "dear .*|sehr geehrte.*|to all .*|an alle .*|schedule.*|purpose|introduction|background|summary|overview|project information|"
	  "notice (?:to|of) .*|instructions? to .*|invitation|advertisement.*|(?:prior information|contract|public|legal) notice.*|uk\\d+: .*|notice type.*|"
	  "(?:general|special|particular|standard) (?:terms and )?conditions.*|key facts.*|at a glance|time ?table|allgemeine .*bedingungen|\\w*bedingungen|bestandteile.*|"
	  "find a tender.*|contracts finder.*|tenders electronic daily.*|simap.*|sam\\.gov.*|bund\\.de.*|e-?procurement (?:portal|system)|\\w*vergabeportal|e-?vergabe\\w*|f\\d{2}: .*|"
	  "\\w*vergabestelle|" OFFICE_HOLDER
	  "|(?:öffentliche[rn]? )?auftraggeber(?:in)?(?: \\(.*\\))?|general information|allgemeines?|stand\\b.*)\\W*$",
	  1, NULL, NULL },
	{ "^\\W*\\S*@|https?:|www\\.|^\\W*(?:date|tel|phone|fax|e-?mail|from|to|issued|contact|attn|address|release date|due date)\\b.*:",
	  1, NULL, NULL },
	{ "^\\W*(?:document|volume|part|section|attachment|exhibit|teil|abschnitt|dokument|band|kapitel|anhang|annex) (?:\\d{1,2}|[a-h]|[ivx]{1,4})\\b",
	  1, NULL, NULL },
	{ "^\\d{2,}\\.\\d|^\\W*(?:bis|ab|vom|zum|am|until|by|from|on)?\\W*\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|^\\W*\\d{1,2}[:.]\\d{2}\\b|^\\W*(?:[\\p{L} .-]{3,40}, (?:den |the |am )?)?\\d{1,2}(?:st|nd|rd|th|\\.)? \\p{L}{3,9}\\.? \\d{4}",
	  1, NULL, NULL },
	{ "^[\\w-]+(?:[/.-][\\w-]+){2,}$|\\[ ?x? ?\\]|[☐☑☒]|^negotiated \\(rfp\\)|^sealed bid \\(ifb\\)|^contract clauses\\b",
	  1, NULL, NULL },
	{ "^[\\d\\W]*$|^\\W*(?:january|february|march|april|may|june|july|august|september|october|november|december)\\b.*\\d{4}",
	  1, NULL, NULL },
	{ "^(?:zum|zur|im|des|für d\\w+|of the|for the)\\b.*(?:teilnahmewettbewerb|verfahren|vergabe|procurement|solicitation)\\W*$",
	  1, NULL, NULL },
	{ "solicitation number|sourcing event|vergabenummer|^\\W*vergabe-?(?:nr|id)\\b|aktenzeichen|reference (?:no|number)|contract reference|^\\W*(?:our )?reference\\b|^region \\d|\\d{5}(?:-\\d{4})?$|\\b\\d{3} \\d{3}$|"
	  "^\\W*(?:issued?|released?|veröffentlicht|published)\\b",
	  1, NULL, NULL },
};

/* "City of Port Ellery", "Larch County Board of Education" */
#define ORG_OF                                                                                                                                                                   \
	"^(?:the )?(?:(?-i:\\p{Lu})[\\w.'’&-]* (?:and )?){0,6}?(?:city|town|township|county|state|university|college|department|ministry|government|board|bank|"               \
	"district|port|village|parish|borough|commonwealth|bureau|office|directorate|division|corporation|institute|ministry|council|republic|agency|observatory|centre|center|" \
	"court|authority|commission|society|federation|union|diocese|prefecture|municipality|library|museum|academy|hospital|chamber|association|foundation|trust|fund|alliance|network) (?:of|for) (?:the )?(?-i:\\p{Lu})"
#define ORG_EN                                                                                                                                                                        \
	"\\b(?:county|university|court|authority|council|administration|agency|commission|corporation|department|ministry|"                                                           \
	"institute|foundation|trust|district|college|hospital|bureau|"                                                                                                                \
	"board|bank|library|schools|office|branch|division|railways?|association|society|alliance|federation|consortium|"                                                             \
	"academy|enterprise|utilities|municipality|observatory|centre|center|fund|group|union|mission|co-?operative|company|partnership|museum|police|constabulary|hospitals|hotels|" \
	"(?:procurement|purchasing|acquisition|shared|contracting) services?|international)\\.?$|"                                                                                    \
	"^(?:federal|national|royal|state|united states|u\\.s\\.) .*\\bservice$"
#define ORG_DE                                                                                                                                                                                                                                                                                          \
	"(?:^(?:die |der |das )?(?:stadt|hansestadt|landeshauptstadt|gemeinde|\\w*gemeinde|landkreis|\\w*kreis|land|kanton|markt|freistaat|universität|hochschule|bundes\\w+|landes\\w+|senats\\w+|regierung von|\\w*akademie|amt|\\w*ministerium|verband|"                                            \
	"zweckverband|\\w+verband|stadtwerke|\\w*klinikum|\\w*spital|studierendenwerk|bezirk\\w*|deutsche[rs]?|\\w+kammer|\\w+verein|\\w+institut|\\w*sparkasse|\\w+kasse|\\w*genossenschaft|\\w*gesellschaft|\\w*agentur|\\w*behörde|\\w+direktion|\\w+präsidium|"                                   \
	"bistum|erzbistum|diözese|caritas\\w*|diakonie\\w*|evangelisch[\\w-]*|katholisch[\\w-]*|römisch-katholisch[\\w-]*|ev\\.-luth\\. |jüdische|kirchen\\w+|jobcenter|polizei\\w*|amtsgericht|finanzamt|technische (?:universität|betriebe|werke)|eigenbetrieb|kommunale\\w*)\\b.*(?-i:\\p{Lu})|" \
	"(?:anstalt|verband|landkreis|kreisverwaltung|stadtverwaltung|amt|stiftung|stadtwerke|\\bwerke|\\w*betriebe?|\\w*klinik(?:um)?|\\w*krankenhaus|universität|hochschule|institut|akademie|ministerium|behörde)$|"                                                                               \
	"^(?:(?-i:\\p{Lu})[\\w.-]+(?:er|e|es) ){1,2}\\w*(?:kreis|amt|verband|gemeinde|ministerium|universität|hochschule|klinik(?:um)?|behörde|anstalt|kammer|institut|museum|theater|bibliothek|stiftung|werke?|gesellschaft|verwaltung|landeskirche|dienst)\\b|"                                    \
	"\\w+(?:bauamt|verwaltungsamt|umweltamt|ministerium) (?-i:\\p{Lu}))"

/* A legal form is sure, whatever the firm does. */
#define LEGAL_FORM                                                                                                             \
	"(?:\\b(?:limited|ltd|inc|llc|llp|plc|corp|pty|b\\.?v|s\\.?a|s\\.?r\\.?l|ag|kg|se|ohg|eg|e\\. ?v|e\\. ?g|aör|kdör)|" \
	"g?gmbh|mbh|& co\\. kg(?:aa)?)\\.?(?:,.{3,40})?$"

static struct pattern organisation[] = {
	{ LEGAL_FORM, 62, "sure", NULL },
	{ ORG_OF, 60, NULL, NULL },
	{ ORG_EN, 60, NULL, NULL },
	{ ORG_DE, 60, NULL, NULL },
};

/* What is bought is named by what is done with it, in most titles. */
static struct pattern work = {
	"\\b(?:supply|supplies|provision|deliver(?:y|ing)|maintenance|repairs?|replacement|renewal|construction|rehabilitation|refurbishment|"
	"renovation|resurfacing|upgrade|modernization|modernisation|installation|purchase|procurement of|lease|leasing|rental|hire|"
	"cleaning|janitorial|catering|design|development|implementation|consultancy|consulting|evaluation|audit|inspection|"
	"assessment|operation|disposal|collection|removal|transport(?:ation)?|framework|services? (?:for|to|at|of)|system|systems|software|"
	"equipment|vehicles?|printing|translation|training|monitoring|widening|demolition|drilling|testing)\\b|"
	"(?:lieferung|beschaffung|wartung|instandhaltung|reinigung|sanierung|erneuerung|erweiterung|neubau|umbau|ausbau|abbruch|"
	"rahmenvereinbarung|rahmenvertrag|dienstleistung\\w*|leistungen|arbeiten|austausch|ersatz|betrieb de[rs]|betreuung|planung|"
	"beförderung|entsorgung|winterdienst|montage|einführung|entwicklung|herstellung|errichtung|durchführung|erstellung)\\b",
	0, NULL, NULL
};

static struct pattern salutation = {
	"^(?:sehr geehrte|guten tag|liebe |dear |to whom|ladies and gentlemen|gentlemen|mesdames)", 0, NULL, NULL
};

void names_preload(void)
{
	pattern_compile(&salutation, 1);
	pattern_compile(no_title, N_ELEMS(no_title));
	pattern_compile(organisation, N_ELEMS(organisation));
	pattern_compile(&work, 1);
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

static const char *const articles[] = { "The ", "Der ", "Die ", "Das " };

/* Its article is no part of a name, unless a sentence writes it so. */
static void drop_article(const struct doc *d, char *name)
{
	for (size_t i = 0; i < N_ELEMS(articles); i++) {
		if (util_starts(name, articles[i]) && g_unichar_isupper(g_utf8_get_char(name + 4)) &&
		    !owns_article(d, name))
			memmove(name, name + 4, strlen(name) - 3);
	}
}

static void drop_end(char *name)
{
	size_t len = strlen(name);

	while (len > 0 && strchr(".,;:-| ", name[len - 1]) && !util_ends(name, "e.V.") && !util_ends(name, "e. V.") &&
	       !util_ends(name, "Inc.") && !util_ends(name, "Ltd."))
		name[--len] = '\0';
}

/* A title that is a quotation as a whole. */
static void drop_marks(char *name)
{
	static const char *const marks[][2] = {
		{ "\"", "\"" },
		{ "'", "'" },
		{ "\xE2\x80\x98", "\xE2\x80\x99" },
		{ "\xE2\x80\x9C", "\xE2\x80\x9D" },
		{ "\xE2\x80\x9E", "\xE2\x80\x9C" },
		{ "\xE2\x80\x9E", "\"" },
		{ "\xC2\xBB", "\xC2\xAB" },
		{ "\xC2\xAB", "\xC2\xBB" },
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < N_ELEMS(marks); i++) {
		size_t first = strlen(marks[i][0]), last = strlen(marks[i][1]);

		if (len > first + last && util_starts(name, marks[i][0]) && util_ends(name, marks[i][1]) &&
		    strstr(name + first, marks[i][1]) == name + len - last) {
			memmove(name, name + first, len - first - last);
			name[len - first - last] = '\0';
			return;
		}
	}
}

void names_add(struct choice *c, const struct doc *d, const struct page *p, const char *value, const char *quote,
	       int score)
{
	auto_free char *clean = score > 0 ? text_clean(value) : NULL, *key = NULL;
	json_t *fact;

	if (!clean)
		return;
	drop_article(d, clean);
	drop_end(clean);
	drop_marks(clean);
	key = names_key(clean);
	fact = json_pack("{s:s}", "value", clean);
	if (strlen(clean) < 3 || !fact_place(d, fact, p, quote))
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

/* How much each further place that says the same adds. */
#define JOIN_MORE  2
#define MOST_JOIN  6
#define JOIN_LEAST 40 /* what a candidate must score to count */

void names_join(struct choice *c)
{
	for (unsigned i = 0; i < c->facts->len; i++) {
		int best = g_array_index(c->scores, int, i), more = 0;

		for (unsigned k = 0; k < c->facts->len; k++) {
			int other = g_array_index(c->scores, int, k);

			if (k == i || !streq(c->keys->pdata[k], c->keys->pdata[i]))
				continue;
			/* The first of those that agree stands for all. */
			if (k < i)
				best = 0;
			if (best)
				best = MAX(best, other);
			more += other >= JOIN_LEAST ? JOIN_MORE : 0;
		}
		if (best)
			g_array_index(c->scores, int, i) = best + MIN(more, MOST_JOIN);
	}
}

bool names_document(const char *text)
{
	return PATTERN_BEST(no_title, text) != NULL;
}

bool names_salutation(const char *text)
{
	return pattern_match(&salutation, text);
}

bool names_work(const char *text)
{
	return pattern_match(&work, text);
}

/* Is the first word of the work before what makes the text the name of an organisation? */
static bool work_first(struct pattern *is, const char *text)
{
	GMatchInfo *m = pattern_find(&work, text, 0), *o = m ? pattern_find(is, text, 0) : NULL;
	int at = 0, from = 0;

	if (o) {
		g_match_info_fetch_pos(m, 0, &at, NULL);
		g_match_info_fetch_pos(o, 0, &from, NULL);
	}
	g_match_info_free(m);
	g_match_info_free(o);
	return at < from;
}

static int organisation_score(const char *name)
{
	struct pattern *is = PATTERN_BEST(organisation, name);

	return is && (is->word || !work_first(is, name)) ? is->score : 0;
}

/* With the short name behind it, or the place: "Yarrow County, Oregon". */
int names_organisation(const char *text)
{
	const char *bracket = util_ends(text, ")") ? strrchr(text, '(') : NULL, *comma = strstr(text, ", ");
	auto_free char *name = bracket ? g_strchomp(g_strndup(text, (gsize)(bracket - text))) : NULL,
		       *first = comma ? g_strndup(text, (gsize)(comma - text)) : NULL;

	return MAX(organisation_score(name ? name : text), first ? organisation_score(first) : 0);
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

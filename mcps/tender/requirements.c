#include "requirements.h"

#include <stdlib.h>

#include "fact.h"
#include "pattern.h"
#include "section.h"
#include "text.h"

#define MOST_REQUIREMENTS 4000

#define WHO                                                                                                                                                       \
	"(?:bidders?|offerors?|proposers?|vendors?|respondents?|contractors?|tenderers?|applicants?|suppliers?|providers?|firms?|consultants?|sellers?|quoters?|" \
	"proposals?|bids?|offers?|quotes?|responses?|systems?|solutions?|software|services?|products?|applications?|team|platform|website|deliverables?)"

/* The word of obligation; word is the level. Several may stand in one sentence: the strongest counts. */
static struct pattern levels[] = {
	{ "\\b(?:must|shall)\\b(?! mean)", 90, "must", NULL },
	{ "\\b(?:is|are|be) required (?:to|for|from|by)\\b|\\bmandatory\\b|\\b(?:has|have|needs?) to\\b|\\b(?:is|are) (?:also )?required\\b",
	  82, "must", NULL },
	{ "\\b" WHO
	  " will\\b(?! (?:be (?:evaluated|selected|notified|scored|rated|considered|rejected|awarded|contacted|invited|paid|given|opened|disqualified)))",
	  74, "must", NULL },
	{ "\\bexpect(?:s|ed)?\\b.{0,30}\\bto\\b|\\bagrees? to\\b|\\bresponsible for\\b", 64, "must", NULL },
	{ "\\bshould\\b", 80, "should", NULL },
	{ "\\b(?:is|are) (?:preferred|recommended|desirable|encouraged)\\b", 72, "should", NULL },
	{ "\\b" WHO " may\\b", 66, "may", NULL },
	{ "\\b(?:muss|müssen)\\b", 90, "must", NULL },
	{ "\\b(?:ist|sind|hat|haben|werden)\\b.{0,140}\\bzu \\p{Ll}+en\\b", 84, "must", NULL },
	{ "\\b(?:ist|sind|hat|haben)\\b.{0,160}\\b\\p{Ll}{2,6}zu\\p{Ll}{3,}en\\b", 84, "must", NULL },
	{ "\\b(?:verpflichtet|zwingend|mindestanforderung\\w*|vorzulegen|beizufügen|einzureichen|nachzuweisen)\\b", 84,
	  "must", NULL },
	{ "\\b(?:darf|dürfen)\\b.{0,80}\\b(?:nicht|kein\\w*|nur)\\b|\\b(?:nicht|nur|ausschließlich)\\b.{0,60}\\b(?:zugelassen|zulässig|gestattet)\\b|:\\s*(?:nicht zulässig|erforderlich)\\b",
	  80, "must", NULL },
	{ "\\b(?:erforderlich|gefordert|vorausgesetzt)\\b", 74, "must", NULL },
	{ "\\b(?:sollte|sollten|soll|sollen)\\b", 80, "should", NULL },
	{ "\\b(?:bieter|bewerber|auftragnehmer|angebote)\\w*\\b.{0,40}\\b(?:kann|können|darf|dürfen)\\b", 66, "may",
	  NULL },
};

/* What obliges nobody who bids: the buyer's own acts and rights, definitions, how bids are weighed, law as background.
 */
static struct pattern not_binding[] = {
	{ "^(?:\\W*|.{0,40}, )(?:the )?(?:city|court|government|university|bank|agency|authority|county|board|state|commission|department|owner|client|buyer|purchaser|committee|council|ministry|evaluation \\w+|we)\\b"
	  ".{0,30}\\b(?:may|will|shall|can|reserves?|must|should|intends?)\\b",
	  1, NULL, NULL },
	{ "\\breserves? the right\\b|\\bat its (?:sole|own) discretion\\b|\\bshall (?:mean|be construed|be deemed to)\\b|\\bmeans\\b.{0,20}$|\\bdefined as\\b",
	  1, NULL, NULL },
	{ "\\bno obligation\\b|\\bnot (?:be )?obligat|\\bpoints? (?:will|shall)\\b|\\bwill be (?:evaluated|scored|rated|awarded)\\b|\\bmust-have\\b",
	  1, NULL, NULL },
	{ "^(?:\\W*)(?:der |die |das )?(?:auftraggeber|vergabestelle|stadt|gemeinde|landkreis|land|kommune)\\w*\\b.{0,30}\\b(?:kann|behält|wird|darf|ist berechtigt|beabsichtigt)\\b",
	  1, NULL, NULL },
	{ "\\bin kraft getreten\\b|\\bzuletzt geändert\\b|\\bergibt sich aus\\b", 1, NULL, NULL },
};

/* Whom it obliges: the sentence that names the bidder or what is bought is the surer one. */
static struct pattern binds = {
	"\\b" WHO
	"\\b|\\b(?:bieter|bewerber|auftragnehmer|angebot|teilnahmeantr|leistung|unternehmen|system|software)\\w*",
	0, NULL, NULL
};

void requirements_preload(void)
{
	pattern_compile(levels, N_ELEMS(levels));
	pattern_compile(not_binding, N_ELEMS(not_binding));
	pattern_compile(&binds, 1);
}

/* What is known while the document is read from front to back. */
struct reading {
	const struct doc *doc;
	json_t *list;
	char *section;
	const struct pattern *stem; /* of the sentence that ends in a colon, for the items under it */
	int n_sure;
};

static void add(struct reading *r, const struct page *p, const struct block *b, int from, int to,
		const struct pattern *level, int confidence)
{
	auto_free char *sentence = g_strndup(b->text + from, (gsize)(to - from)), *clean = text_clean(sentence);
	auto_free char *text = fact_verbatim(p, clean), *id = NULL;
	json_t *item;

	if (json_array_size(r->list) >= MOST_REQUIREMENTS || text_words(clean) < 3 || strlen(clean) > 1500)
		return;
	if (!text) {
		auto_free char *pieces = fact_quote(p, b, from, to);

		text = fact_verbatim(p, pieces);
		if (!text)
			return;
		confidence -= 15;
	}
	id = xasprintf("R-%03zu", json_array_size(r->list) + 1);
	item = json_pack("{s:s, s:s, s:s, s:i, s:o, s:i}", "id", id, "text", text, "level", level->word, "page",
			 p->number, "section", r->section ? json_string(r->section) : json_null(), "confidence",
			 confidence);
	if (r->doc->files->len > 1)
		json_object_set_new(item, "file", json_string(doc_file(r->doc, (unsigned)p->file)->name));
	json_array_append_new(r->list, item);
	r->n_sure += confidence >= 80;
}

static void read_sentence(struct reading *r, const struct page *p, const struct block *b, int from, int to)
{
	auto_free char *sentence = g_strndup(b->text + from, (gsize)(to - from));
	const struct pattern *level = PATTERN_BEST(levels, sentence);
	bool stem = to > from && b->text[to - 1] == ':';
	int confidence;

	if (level && PATTERN_BEST(not_binding, sentence))
		level = NULL;
	if (stem) {
		r->stem = level;
		return;
	}
	if (level) {
		confidence = level->score + (pattern_match(&binds, sentence) ? 2 : -8);
		/* A sentence that has no end on this page goes on somewhere else. */
		if (!strchr(".!?;", sentence[strlen(sentence) - 1]) && !b->item)
			confidence -= 8;
		add(r, p, b, from, to, level, CLAMP(confidence, 5, 95));
	} else if (b->item && from == 0 && r->stem) {
		add(r, p, b, from, to, r->stem, r->stem->score - 16);
	}
}

static void read_block(struct reading *r, const struct page *p, const struct block *b)
{
	if (!b->item)
		r->stem = NULL;
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);

		read_sentence(r, p, b, (int)(s - b->text), (int)(end - b->text));
		s = end + strspn(end, " ");
	}
}

static void enter_section(struct reading *r, const struct block *b)
{
	g_free(r->section);
	r->section = g_strdup(b->text);
	r->stem = NULL;
}

/* The share of pages that could be read bounds what can have been found; long documents hide more in tables. */
static int coverage_of(const struct reading *r)
{
	size_t n = json_array_size(r->list);
	unsigned n_read = 0, n_pages = r->doc->pages->len;
	int coverage = 88;

	for (unsigned i = 0; i < n_pages; i++)
		n_read += doc_page(r->doc, i)->readable;
	if (n == 0 || n_read == 0)
		return 25;
	if (2 * (size_t)r->n_sure < n)
		coverage -= 10;
	if (n < 5)
		coverage -= 15;
	coverage -= n_pages > 40 ? 12 : n_pages > 15 ? 8 : n_pages > 6 ? 4 : 0;
	return coverage * (int)n_read / (int)n_pages;
}

json_t *requirements_find(const struct doc *d, int *coverage)
{
	struct reading r = { .doc = d, .list = json_array() };

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			const struct block *b = page_block(p, k);

			if (page_line(p, b->first)->furniture || section_is_index(b))
				continue;
			if (section_is_heading(b) && !PATTERN_BEST(levels, b->text))
				enter_section(&r, b);
			else
				read_block(&r, p, b);
		}
	}
	*coverage = coverage_of(&r);
	g_free(r.section);
	return r.list;
}

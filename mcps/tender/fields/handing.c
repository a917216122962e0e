#include "handing.h"

#include "fact.h"
#include "tender/doc/tick.h"
#include "tender/text/pattern.h"
#include "tender/text/periods.h"
#include "tender/text/text.h"

#define NUMBER "\\d{1,2}|" PERIOD_WORDS

/* The sentence is about offers and not about what comes of them. */
static struct pattern about_offers = {
	"\\b(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|responses?|submissions?|submit\\w*|applications?|packages?|lodged?)\\b|"
	"angebot|offerte|teilnahmeantr|einreich|einzureich|abzugeben|vorzulegen|hochzuladen|bewerbung",
	0, NULL, NULL
};
static struct pattern about_others = {
	"invoice|rechnung|kommunikation|communication|\\bnot be\\b|must not|nicht (?:in|als|mit)|\\breports?\\b|berichte?\\b|deliverables?|\\bcontract(?:or)? (?:is|shall|will|delivers|provides)|agreement|certificat|"
	"insurance|licen[cs]e|drawings?|\\bvertrag|references?\\b|auftragnehmer|\\bquestions?\\b|fragen",
	0, NULL, NULL
};
static struct pattern copies_label = { "cop(?:y|ies)\\b|exemplare|ausfertigung|kopien", 0, NULL, NULL };

/* How many; the score is the number where the words are one. */
static struct pattern counts[] = {
	{ "\\b(?<originals>an?|the|" NUMBER
	  ")(?: ?\\(\\d+\\))?(?: (?:signed|paper|printed|hard|bound|unbound|complete))* originals?\\b.{0,24}?"
	  "\\b(?<copies>" NUMBER ")(?: ?\\(\\d+\\))? (?:\\p{L}+ ){0,3}(?:cop(?:y|ies)|kopien?|abschrift(?:en)?)\\b",
	  0, NULL, NULL },
	{ "\\bin (?<words>(?:du|tri|quadru|quintu)plicate)\\b", 0, NULL, NULL },
	{ "\\bin (?<fold>\\p{L}+|\\d+-?)fache[rn]?(?: schriftlicher)? ausfertigung", 0, NULL, NULL },
	{ "\\b(?<fold>zwei|drei|vier|fünf|\\d)-?fach\\b", 0, NULL, NULL },
	{ "\\bin doppelter ausfertigung|\\bim doppel\\b", 2, NULL, NULL },
	{ "\\b(?:in |je )?(?<copies>" NUMBER
	  ")(?: ?\\(\\d+\\))? (?:\\p{L}+ ){0,2}(?:cop(?:y|ies)|exemplaren?|ausfertigungen)\\b",
	  0, NULL, NULL },
};

static struct pattern formats[] = {
	{ "\\b(?:as|in) (?:an? )?(?:single |one |searchable |unprotected |unlocked |consolidated |combined |electronic |microsoft |ms |native |editable )*"
	  "(?:pdf|word|excel)(?:(?: and| or|,|/) (?:microsoft |ms |an? )?(?:pdf|word|excel))*(?: formats?| files?| documents?| version)?\\b",
	  84, NULL, NULL },
	{ "\\bals (?:einzige |eine |ein |durchsuchbare[sr]? )*pdf(?:-?(?:datei|dokument)\\w*)?\\b|\\bim pdf-?format(?: auf (?:einem )?(?:usb-?stick|datenträger))?",
	  84, NULL, NULL },
	{ "\\bin textform(?: (?:nach|gemäß|gem\\.) § ?126 ?b(?: bgb)?)?", 84, NULL, NULL },
	{ "\\bmit (?:einer )?(?:qualifizierte[nr]?|fortgeschrittene[nr]?) (?:elektronische[nr]? )?(?:signatur|siegel)",
	  82, NULL, NULL },
	{ "\\bwith (?:an? )?(?:advanced|qualified|digital) (?:electronic )?signature", 80, NULL, NULL },
	{ "\\bon (?:an? )?(?:usb|flash|thumb|cd|dvd)[ -]?(?:flash )?(?:drive|stick|rom|disc|key)?\\b|\\bauf (?:einem )?(?:usb-?stick|datenträger|cd)\\b",
	  80, NULL, NULL },
};

void handing_preload(void)
{
	pattern_compile(&about_offers, 1);
	pattern_compile(&about_others, 1);
	pattern_compile(&copies_label, 1);
	pattern_compile(counts, N_ELEMS(counts));
	pattern_compile(formats, N_ELEMS(formats));
}

struct found {
	const struct doc *d;
	struct choice *choice;
};

static int number_in(GMatchInfo *m, const char *group)
{
	auto_free char *word = g_match_info_fetch_named(m, group);

	if (!word || !*word)
		return 0;
	if (g_ascii_strcasecmp(word, "a") == 0 || g_ascii_strcasecmp(word, "an") == 0 ||
	    g_ascii_strcasecmp(word, "the") == 0)
		return 1;
	return period_count(word);
}

/* "triplicate" */
static int plicate(GMatchInfo *m)
{
	static const char *const words[] = { "du", "tri", "quadru", "quintu" };
	auto_free char *word = g_match_info_fetch_named(m, "words");

	for (int i = 0; word && *word && i < (int)N_ELEMS(words); i++) {
		if (g_ascii_strncasecmp(word, words[i], strlen(words[i])) == 0)
			return i + 2;
	}
	return 0;
}

static json_t *or_null(int n)
{
	return n > 0 ? json_integer(n) : json_null();
}

static void keep(struct found *f, const struct page *p, const struct block *b, int at, const char *value, json_t *fact,
		 int score)
{
	auto_free char *quote = fact_quote(p, b, at, at + (int)strlen(value));

	json_object_set_new(fact, "value", json_string(value));
	score -= p->number > 20 ? 6 : 0;
	choice_add(f->choice, fact, fact_place(f->d, fact, p, quote) ? score : 0, value);
}

/* The cell beside a block that it begins. */
static bool labelled(const struct page *p, const struct block *b, int at)
{
	int line;
	auto_free char *label = at == 0 ? page_left(p, b, b->first, &line) : NULL;

	return label && pattern_match(&copies_label, label);
}

static void add_copies(struct found *f, const struct page *p, const struct block *b, const char *sentence, int at)
{
	for (size_t i = 0; i < N_ELEMS(counts); i++) {
		GMatchInfo *m = pattern_find(&counts[i], sentence, 0);
		int originals = m ? number_in(m, "originals") : 0, n = m ? number_in(m, "copies") : 0, from = 0;
		auto_free char *value = m ? g_match_info_fetch(m, 0) : NULL;

		n = MAX(MAX(n, m ? number_in(m, "fold") : 0), MAX(m ? plicate(m) : 0, m ? counts[i].score : 0));
		if (m && n > 0 && g_match_info_fetch_pos(m, 0, &from, NULL)) {
			keep(f, p, b, at + from, value,
			     json_pack("{s:o, s:o}", "originals", or_null(originals), "copies", or_null(n)),
			     originals ? 86 : 80);
			g_match_info_free(m);
			return;
		}
		g_match_info_free(m);
	}
}

static void add_format(struct found *f, const struct page *p, const struct block *b, const char *sentence, int at)
{
	struct pattern *best = PATTERN_BEST(formats, sentence);
	GMatchInfo *m = best ? pattern_find(best, sentence, 0) : NULL;
	auto_free char *value = m ? g_match_info_fetch(m, 0) : NULL;
	int from = 0;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL))
		keep(f, p, b, at + from, value, json_object(), best->score);
	g_match_info_free(m);
}

static bool has_any(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strcasestr(text, *words))
			return true;
	}
	return false;
}

/* What is not ticked is not asked for; places in the sentence stay. */
static void blank_options(char **sentence)
{
	char *ticked = tick_blank(*sentence);

	if (!ticked)
		return;
	g_free(*sentence);
	*sentence = ticked;
}

static void each_sentence(struct found *f, const struct page *p, const struct block *b, const char *const *words,
			  void (*add)(struct found *f, const struct page *p, const struct block *b,
				      const char *sentence, int at))
{
	for (const char *s = b->text, *end; *s; s = end + strspn(end, " ")) {
		auto_free char *sentence = NULL;

		end = text_sentence(s);
		sentence = g_strndup(s, (gsize)(end - s));
		blank_options(&sentence);
		if (has_any(sentence, words) && !pattern_match(&about_others, sentence) &&
		    (pattern_match(&about_offers, sentence) || labelled(p, b, (int)(s - b->text))))
			add(f, p, b, sentence, (int)(s - b->text));
	}
}

static json_t *find(const struct doc *d, const char *const *words,
		    void (*add)(struct found *f, const struct page *p, const struct block *b, const char *sentence,
				int at))
{
	struct found f = { d, choice_new() };
	json_t *fact;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			if (has_any(page_block(p, (int)k)->text, words))
				each_sentence(&f, p, page_block(p, (int)k), words, add);
		}
	}
	fact = choice_take(f.choice);
	choice_free(f.choice);
	return fact;
}

json_t *handing_copies(const struct doc *d)
{
	static const char *const words[] = { "cop",   "plicate", "ausfertigung", "exemplar",
					     "kopie", "doppel",  "fach",         NULL };

	return find(d, words, add_copies);
}

json_t *handing_format(const struct doc *d)
{
	static const char *const words[] = { "pdf",     "word", "excel", "textform", "signatur", "usb",
					     "datentr", " cd",  " dvd",  "siegel",   NULL };

	return find(d, words, add_format);
}

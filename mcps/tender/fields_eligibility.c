/* Who may make an offer, and who is excluded. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "pattern.h"
#include "section.h"
#include "text.h"

#define MOST_CONDITIONS 80

static struct pattern eligibility_head = {
	"\\beligib|\\b(?:minimum|mandatory|pre-?|bidder|vendor|proposer|offeror)? ?qualifications?\\b|\\bpre-?qualification|who (?:can|may) (?:apply|bid)|minimum requirements|"
	"eignung|teilnahmebedingungen|ausschlussgründe|nachweise|präqualifikation",
	0, NULL, NULL
};

#define BIDDER \
	"(?:bidders?|offerors?|proposers?|vendors?|respondents?|contractors?|tenderers?|applicants?|suppliers?|firms?|company|companies|quoters?|sellers?|oem|consultants?)"

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

void fields_eligibility_preload(void)
{
	pattern_compile(&eligibility_head, 1);
	pattern_compile(eligible, N_ELEMS(eligible));
}

static void add_condition(json_t *list, const struct doc *d, const struct page *p, const struct block *b, int from,
			  int to, int score)
{
	auto_free char *text = g_strndup(b->text + from, (gsize)(to - from)), *clean = text_clean(text), *quote = NULL,
		       *verbatim = NULL;
	json_t *fact;

	if (json_array_size(list) >= MOST_CONDITIONS || strlen(clean) < 20 || strlen(clean) > 600)
		return;
	quote = fact_quote(p, b, from, to);
	verbatim = fact_verbatim(p, clean);
	fact = json_pack("{s:s, s:i}", "text", verbatim ? verbatim : clean, "confidence", score);
	if (fact_place(d, fact, p, quote))
		json_array_append_new(list, fact);
	else
		json_decref(fact);
}

static void read_conditions(json_t *list, const struct doc *d, const struct page *p, const struct block *b,
			    bool under_head)
{
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s));
		int score = PATTERN_SCORE(eligible, sentence);

		if (score)
			add_condition(list, d, p, b, (int)(s - b->text), (int)(end - b->text),
				      score + (under_head ? 6 : 0));
		s = end + strspn(end, " ");
	}
}

json_t *field_eligibility(const struct doc *d)
{
	json_t *list = json_array();
	bool under_head = false;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			const struct block *b = page_block(p, k);

			if (page_line(p, b->first)->furniture || section_is_index(b))
				continue;
			if (section_is_heading(b) && !PATTERN_SCORE(eligible, b->text))
				under_head = pattern_match(&eligibility_head, b->text);
			else
				read_conditions(list, d, p, b, under_head);
		}
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

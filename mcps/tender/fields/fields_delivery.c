/* How and where an offer is handed in. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "handing.h"
#include "label.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"
#include "tender/doc/tick.h"

#define OFFERS      "(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|responses?|submissions?|applications?)"
#define ANGEBOTE    "(?:\\w*angebote?[sn]?|offerten?|teilnahmeantr(?:ag|äge)\\w*)"
#define MOST_METHOD 200 /* bytes of a line that begins with a label of the way */
#define BEHIND      90  /* bytes behind a way in which it may be forbidden */

#define EMAIL "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)*\\.[a-zA-Z]{2,12}\\b"
#define PLATTFORM \
	"(?:https?://|www\\.|portal|plattform|vergabemarktplatz|e-?vergabe\\b|\\b(?:simap|dtvp|subreport|ankö)\\b)"
#define URL "(?:https?://|www\\.)[^\\s,;()<>\"“”]+"

/* Ways to hand in; word is the kind. */
static struct pattern ways[] = {
	{ "\\b(?:submit|upload|lodge|respond|enter|file)\\b.{0,80}\\b(?:" OFFERS
	  "|electronically|online)?\\b.{0,60}\\b(?:via|through|using|on|in|at|to)\\b.{0,60}(?:https?://|www\\.)",
	  85, "portal", NULL },
	{ "\\b" OFFERS
	  "\\b.{0,60}\\b(?:submitted|uploaded|lodged|entered|received|accepted|made|returned|sent|delivered)\\b.{0,60}\\b(?:via|through|using|on|in|at|to)\\b.{0,60}(?:https?://|www\\.|\\bGeM\\b|BidExpress|BidNet|"
	  "DemandStar|eTenders|Jaggaer|In-?tend|ProContract|SAM\\.gov|MERX|GETS\\b|simap|ANKÖ|subreport|DTVP)",
	  86, "portal", NULL },
	{ "\\b(?:angebots?abgabe|einreichung|abgabe der angebote|offert\\w*|angebote?|teilnahmeantr\\w*)\\b.{0,100}\\b(?:elektronisch|online)\\b.{0,60}" PLATTFORM,
	  86, "portal", NULL },
	{ "\\b(?:angebote?|offerten?|unterlagen|teilnahmeantr\\w*)\\b.{0,60}\\b(?:an|unter)\\b.{0,12}" EMAIL, 82,
	  "email", NULL },
	{ "\\b(?:e-?mail|send|return|forward|submit)\\b.{0,60}\\b" OFFERS "\\b.{0,60}\\bto\\b.{0,30}" EMAIL, 86,
	  "email", NULL },
	{ "\\b(?:electronic|e-?mail) " OFFERS "\\b.{0,20}" EMAIL, 80, "email", NULL },
	{ "\\b(?:sealed|written)? ?" OFFERS
	  "\\b.{0,80}\\b(?:deposited|placed|dropped)\\b.{0,40}\\b(?:tender|bid|drop) ?box",
	  84, "physical", NULL },
	{ "(?<![-\\w])(?:mail|hand[- ]?deliver|deliver)\\b(?! address).{0,60}\\b" OFFERS "\\b", 78, "physical", NULL },
	{ "adresse für die einreichung\\s*:", 96, "portal", NULL },
	{ "adresse für elektronische angebote|elektronische? (?:angebots)?abgabe über|(?:angebote|teilnahmeanträge)\\b.{0,120}\\belektronisch (?:via|über|in textform)",
	  90, "portal", NULL },
	{ ANGEBOTE
	  "\\b.{0,160}" PLATTFORM
	  ".{0,100}\\b(?:hoch(?:zu)?(?:laden|geladen)|hoch\\b|ein(?:zu)?langen|eingelangt|ein(?:zu)?bringen|eingebracht|ein(?:zu)?gehen|eingegangen|vorliegen|entgegen(?:genommen|zunehmen)?\\b|ein(?:zu)?(?:reichen|stellen)|abzugeben|abgegeben|eingereicht|(?:zu )?übermitteln|übermittelt)",
	  87, "portal", NULL },
	{ "\\b(?:lad|reich|stell|richt|send|schick|übermittel|geb)e?n? sie\\b.{0,120}" ANGEBOTE "\\b.{0,160}" PLATTFORM,
	  86, "portal", NULL },
	{ ANGEBOTE
	  "\\b.{0,40}\\b(?:lad|reich|stell|richt|send|schick|übermittel|geb)e?n? sie\\b.{0,120}\\b(?:über|auf|in|im|via)\\b.{0,60}" PLATTFORM,
	  86, "portal", NULL },
	{ "\\b" OFFERS
	  "\\b.{0,120}\\b(?:received|delivered|submitted|deposited|handed in)\\b.{0,80}\\bat the (?:submission|following|below|above|same|delivery) address",
	  78, "physical", NULL },
	{ "\\b(?:angebotsabgabe|einreichung|eingabe|abgabe)\\b.{0,60}\\b(?:erfolgt|ist|hat)\\b.{0,60}\\b(?:via|über|auf|im)\\b.{0,40}" PLATTFORM,
	  84, "portal", NULL },
	{ ANGEBOTE
	  "\\b.{0,100}\\b(?:per (?:post|kurier|boten)|postalisch|auf (?:dem postweg|papier)|in schriftform)\\b",
	  78, "physical", NULL },
	{ "\\b(?:drop|deposit|place|put)\\b.{0,40}\\b" OFFERS "\\b.{0,40}\\b(?:tender|bid|drop) ?box", 84, "physical",
	  NULL },
	{ "elektronisch in textform", 72, "portal", NULL },
	{ "elektronische einreichung\\s*:\\s*(?:erforderlich|zulässig)", 80, "portal", NULL },
	{ "nur elektronische angebote zugelassen|ausschließlich (?:elektronisch|über (?:die|das|den) (?:vergabe|e-?vergabe|bieter)\\w*)",
	  88, "portal", NULL },
	{ OFFERS
	  "\\b.{0,100}\\b(?:submitted|uploaded|received|entered|delivered)\\b.{0,60}\\b(?:via|through|using|on|in|to|at)\\b.{0,60}\\b(?:portal|website|web site|online|e-?procurement|platform|bonfire|planetbids|opengov|bidnet|ionwave|sourcing|google forms?|"
	  "electronic bid\\w*|https?:)",
	  88, "portal", NULL },
	{ "\\b(?:receive|accept|submit|upload|send)\\b.{0,60}\\b" OFFERS
	  "\\b.{0,60}\\b(?:via|through|using)\\b.{0,80}\\b(?:portal|web ?site|online|platform|procurement|electronic)",
	  86, "portal", NULL },
	{ "\\b" OFFERS "\\b.{0,80}\\bgoogle forms?\\b", 66, "portal", NULL },
	{ "\\b(?:only|submitted|submit)\\b.{0,60}\\bportal\\b|\\bon (?:the )?\\w+ portal only\\b", 62, "portal", NULL },
	{ "\\b" OFFERS
	  "\\b.{0,120}\\b(?:submitted|sent|e-?mailed|delivered|received|forwarded)\\b.{0,60}\\b(?:by|via|to|through)\\b.{0,40}(?:e-?mail|" EMAIL
	  ")",
	  90, "email", NULL },
	{ "\\b(?:submit|send|e-?mail(?:ing|ed)?)\\b.{0,120}\\bto\\b.{0,40}" EMAIL, 84, "email", NULL },
	{ "\\b" OFFERS " must be in .{0,40}\\be-?mails?\\b|\\bemailed to\\b.{0,20}" EMAIL, 84, "email", NULL },
	{ "per e-?mail an\\b.{0,40}" EMAIL "|(?:angebote?|teilnahmeantr\\w+)\\b.{0,80}\\bper e-?mail\\b", 80, "email",
	  NULL },
	{ "\\bnot (?:be )?accept\\w*\\b.{0,60}\\b(?:fax|e-?mail)|(?:fax|e-?mail)\\b.{0,60}\\bnot be (?:accepted|considered)|will not accept\\b.{0,60}(?:e-?mail|fax)",
	  84, "physical", NULL },
	{ "\\bsealed\\b.{0,40}\\b(?:envelope|cover|bid|tender|proposal|package)|\\benvelopes?\\b.{0,60}\\bsealed\\b",
	  80, "physical", NULL },
	{ "\\b" OFFERS
	  "\\b.{0,100}\\b(?:hand[- ]?deliver|courier|by post|by mail|in person|hard cop(?:y|ies)|mailed to)",
	  78, "physical", NULL },
	{ "\\b(?:at|to) the (?:proposal |bid |tender )?(?:submission|delivery) address\\b", 76, "physical", NULL },
	{ "\\bverschlossene[mnr]? (?:\\w+ )?(?:\\w*umschl[aä]ge?|couvert|\\w*kuvert)", 80, "physical", NULL },
	{ "(?:angebote?|teilnahmeantr\\w+)\\b.{0,100}\\b(?:schriftlich|in papierform|auf dem postweg|verschlossenen? umschlag)",
	  80, "physical", NULL },
};

/* Sentences about the same means that do not say how to hand in, or forbid it. */
static struct pattern no_way[] = {
	{ "question|inquir|quer(?:y|ies)\\b|clarification|fragen|auskünfte|anfragen|invoice|rechnung|protest|withdraw|modif|invoic|payment|\\bvisits?\\b|besichtig|appointment|acknowledg|\\bwhether (?:or not )?(?:you|they|it)\\b|intent(?:ion)? to (?:bid|submit|tender|respond)|\\bintend to\\b|confirm receipt|empfangsbestätigung|\\bregist(?:er|ration)\\b",
	  1, "", NULL },
	{ "\\b(?:post|paper|hard cop(?:y|ies)|in person|courier|mail)\\b(?!.{0,40}\\be-?mail).{0,40}\\bnot be (?:accepted|considered)|\\b(?:per|auf dem) post\\b.{0,80}\\b(?:nicht|ausgeschlossen)",
	  3, "", NULL },
	{ "^(?!.*\\b(?:late|after|unless|if|not|without|except|otherwise|incomplete|unsigned|verspätet\\w*|nach)\\b).*(?:\\b(?:will|shall|must|may) be (?:rejected|disregarded|excluded|discarded|returned(?! (?:via|through|to|by|on|in|using|with|at)\\b)|disqualified|ignored)|"
	  "\\bare (?:excluded|inadmissible|unacceptable|prohibited)|\\b(?:werden|wird) (?:nicht berücksichtigt|ausgeschlossen|zurückgewiesen|nicht gewertet)|\\b(?:ist|sind) (?:unzulässig|ausgeschlossen))",
	  3, "", NULL },
	{ "not be (?:accepted|considered)|nicht (?:zugelassen|gestattet|zulässig)|will not (?:be )?accept|not acceptable",
	  2, "", NULL },
};

/* The places of forms where an electronic offer goes. */
static struct pattern url_label = {
	"^(?:[a-z0-9]{1,3}[).] *)?(?:(?:internet)?adresse für (?:die einreichung|elektronische angebote)|url zur abgabe|(?:elektronische )?(?:angebots)?abgabe (?:unter|über)|einreichung (?:unter|über)|lodge?ment|submissions?|electronic submission|place of submission|address for submission|submission (?:url|address|link|portal)|(?:tenders|bids|proposals) (?:must be |are to be )?submitted (?:electronically )?(?:to|via|at))\\b",
	0, NULL, NULL
};
/* The address behind the verb, as far as the time or the sentence's end. */
static struct pattern address_at = {
	"\\b(?:(?:delivered|located|situated|submitted|addressed|sent|mailed|received|brought|deposited|placed|lodged|dropped|deliver|submit|send|mail|returned)\\b[^.;]{0,70}?\\b(?:to|at|in|(?:entrance|foyer|reception|lobby|counter|lodge|offices?) (?:of|to))|reach)\\s*:?\\s+(?:the (?:office of (?:the )?)?)?(?<value>(?:\\p{Lu}|\\d{1,5} )(?:[^.;]|(?<=\\b[A-Z])\\.|(?<=St|No|Rd)\\.|(?<=Bldg|Room)\\.){12,170}?)(?=,? (?:by|before|no later|not later|on or before|until|within|not? less|in a sealed|marked)\\b|\\.\\s|\\.$|;|$)",
	0, NULL, NULL
};
static struct pattern address_de = {
	"\\b(?:an (?:die|das|den)|bei (?:der|dem)|beim|an:?|(?:abgabe|eingabe|liefer|post)?(?:adresse|anschrift):|zu senden an|zu richten an)\\s+(?<value>\\p{Lu}(?:[^.;]|(?<=str)\\.){8,140}?)(?=,? (?:bis|im verschlossenen|in (?:einem )?verschlossene[nm]|einzureichen|abzugeben|einzugehen|eingehen|eingegangen|zu (?:richten|senden|übersenden)|zuzustellen|eintreffen|eintrifft|vorliegen|vorliegt|eingetroffen|einreichen|eingereicht|abgegeben|hinterlegt|gesendet|geschickt|zugestellt)\\b|;|\\.\\s|\\.$|$)",
	0, NULL, NULL
};
static struct pattern address_label = {
	"^(?:[a-z0-9]{1,3}[).] *)?(?:vergabestelle|(?:anschrift|adresse) (?:für|zur) (?:die )?(?:abgabe|einreichung)\\w*|einreichungsstelle|(?:physical |delivery |submission |postal )?address for (?:submission|delivery)(?: of (?:bids|tenders|proposals|offers))?|place of (?:submission|delivery)(?: of (?:bids|tenders))?|submission address|deliver (?:bids |offers |proposals )?to|submit (?:bids |offers |proposals )?to)(?=\\s*:|$)",
	0, NULL, NULL
};

/* "Address: Coordination Unit, …", in the sentence behind the one that says how. */
static struct pattern address_named = {
	"\\b(?:address|location|place)(?: for (?:submission|delivery)| of (?:submission|delivery))?(?: is)?\\s*:\\s*(?<value>(?:\\p{Lu}|\\d)(?:[^.;]|(?<=\\b[A-Z])\\.|(?<=St|No|Rd)\\.){12,170}?)(?=\\.\\s|\\.$|;|$)",
	0, NULL, NULL
};

static struct pattern address_stem = {
	"\\b(?:addressed|submitted|sent|delivered|submit|deliver|dropped)\\b.{0,60}\\b(?:to|at|below)\\b.{0,60}:-?$|\\b(?:bids?|offers?|tenders?|proposals?)\\b.{0,60}\\baddress(?:ed)?\\b.{0,40}:-?$|(?:angebote?|unterlagen)\\b.{0,60}\\b(?:an|bei)\\b.{0,30}:$",
	0, NULL, NULL
};
static struct pattern not_address = { "\\b(?:phone|tel(?:efon|ephone)?|fax|e-?mail|website)\\b|^\\d{1,2}\\.\\d", 0,
				      NULL, NULL };

/* Two ways in one sentence, of which one may be chosen. */
static struct pattern either = { "\\b(?:or|oder|either|entweder|wahlweise|alternatively|alternativ)\\b", 0, NULL,
				 NULL };

/* "Method of submission | Electronic via …" */
static struct pattern method_label = {
	"^(?:[a-z0-9]{1,3}[).] *)?(?:(?:allowable|permitted|accepted|acceptable|allowed|required|preferred|zulässige) )?(?:(?:method|manner|mode|means|form|way|place) (?:of|for) (?:the )?(?:submission|submitting|lodge?ment|"
	"(?:tender|bid|proposal) submission|response)(?: (?:of )?\\p{L}+)?|submission (?:method|mode|by|via)|how to (?:submit|respond|apply)|"
	"(?:form|art) der (?:angebotsabgabe|einreichung|abgabe)|angebotsabgabe|einreichungsform)(?=\\s*:|\\s*$)",
	0, NULL, NULL
};
static struct pattern method_words[] = {
	{ "https?://|www\\.", 94, "portal", NULL },
	{ "@", 92, "email", NULL },
	{ "portal|online|electronic|elektronisch|plattform|platform", 84, "portal", NULL },
	{ "sealed|post\\b|by hand|courier|paper|hard cop|schriftlich|papier|umschlag", 82, "physical", NULL },
};

static struct pattern email_at = { "(?<![\\w.])" EMAIL, 0, NULL, NULL };
static struct pattern url_at = { URL, 0, NULL, NULL };
static struct pattern portal_name = {
	"\\b(?:via|through|using|in|on|über)\\s+(?:the |den |die |das )?(?<value>(?:\\p{Lu}[\\w-]*[\\p{Lu}\\d][\\w-]*|\\p{Lu}\\p{Ll}+(?: \\p{Lu}\\p{Ll}+){0,3} Portal|\"[^\"]{4,40}\"|Google Forms?))",
	0, NULL, NULL
};

void fields_delivery_preload(void)
{
	pattern_compile(ways, N_ELEMS(ways));
	pattern_compile(no_way, N_ELEMS(no_way));
	pattern_compile(&email_at, 1);
	pattern_compile(&url_at, 1);
	pattern_compile(&portal_name, 1);
	pattern_compile(&url_label, 1);
	pattern_compile(&address_at, 1);
	pattern_compile(&address_de, 1);
	pattern_compile(&address_label, 1);
	pattern_compile(&address_named, 1);
	pattern_compile(&address_stem, 1);
	pattern_compile(&not_address, 1);
	pattern_compile(&either, 1);
	pattern_compile(&method_label, 1);
	pattern_compile(method_words, N_ELEMS(method_words));
	handing_preload();
}

/* The first match, or its group "value"; trailing stops are the sentence's. NULL for none. */
static char *first_match(struct pattern *p, const char *text, const char *group)
{
	GMatchInfo *m = pattern_find(p, text, 0);
	char *got = m ? group ? g_match_info_fetch_named(m, group) : g_match_info_fetch(m, 0) : NULL;

	g_match_info_free(m);
	while (got && *got && strchr(".,;:", got[strlen(got) - 1]))
		got[strlen(got) - 1] = '\0';
	return got;
}

static json_t *text_or_null(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

/* What forbids the way stands before its end or right behind it: another sentence may be read along. */
static struct pattern *forbidding(struct pattern *way, const char *sentence)
{
	GMatchInfo *m = pattern_find(way, sentence, 0);
	auto_free char *near = NULL, *valid = NULL;
	char *stop;
	int to = 0;

	g_match_info_fetch_pos(m, 0, NULL, &to);
	g_match_info_free(m);
	near = g_strndup(sentence, (gsize)to + BEHIND);
	stop = (size_t)to < strlen(near) ? strstr(near + to, ". ") : NULL;
	if (stop)
		*stop = '\0';
	valid = g_utf8_make_valid(near, -1);
	return PATTERN_BEST(no_way, valid);
}

/* "Offers are addressed to:" and the lines under it, as far as there are numbers to call. */
static char *address_below(const struct page *p, int k)
{
	GString *all = g_string_new(NULL);

	for (int i = k + 1; i < (int)p->lines->len && i < k + 8; i++) {
		const char *text = page_line(p, i)->text;

		if (page_line(p, i)->furniture || strchr(text, '@') || pattern_match(&not_address, text))
			break;
		g_string_append_printf(all, "%s%s", all->len ? (util_ends(all->str, ",") ? " " : ", ") : "", text);
		if (util_ends(text, "."))
			break;
	}
	if (all->len > 20 && all->len < 260 && strpbrk(all->str, "0123456789"))
		return g_string_free(all, FALSE);
	g_string_free(all, TRUE);
	return NULL;
}

/* The address that a form labels. */
static char *labelled_address(const struct doc *d)
{
	for (unsigned i = 0; i < d->pages->len && i < 30; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			struct labelled l;
			bool good = label_value(p, k, &address_label, &l);

			if (pattern_match(&address_stem, page_line(p, k)->text)) {
				char *below = address_below(p, k);

				if (below) {
					if (good)
						labelled_release(&l);
					return below;
				}
			}
			if (good && strpbrk(l.value, "0123456789") && strlen(l.value) > 14 && !strchr(l.value, '@'))
				return l.value;
			if (good)
				labelled_release(&l);
		}
	}
	return NULL;
}

/* An address has a number of a street, a room or a town. */
static char *address_here(const char *text)
{
	struct pattern *const forms[] = { &address_at, &address_de, &address_named };

	for (size_t i = 0; i < N_ELEMS(forms); i++) {
		char *address = first_match(forms[i], text, "value");

		if (address && strchr(address, ',') && strpbrk(address, "0123456789") && text_words(address) >= 3)
			return address;
		g_free(address);
	}
	return NULL;
}

/* Rows of other kinds than the best that the sentence allows too: "by e-mail or by post". */
static struct pattern *second_way(const struct pattern *way, const char *sentence)
{
	struct pattern *best = NULL;

	if (!pattern_match(&either, sentence))
		return NULL;
	for (size_t i = 0; i < N_ELEMS(ways); i++) {
		if (!streq(ways[i].word, way->word) && (!best || ways[i].score > best->score) &&
		    pattern_match(&ways[i], sentence) && !forbidding(&ways[i], sentence))
			best = &ways[i];
	}
	return best;
}

/* What a sentence says of one kind of way; each is NULL where it says nothing. */
struct places {
	char *email, *portal, *address;
};

static void places_release(struct places *w)
{
	g_free(w->email);
	g_free(w->portal);
	g_free(w->address);
}

static void take_places(struct places *w, const char *kind, const struct doc *d, const struct block *b,
			const char *sentence, int at)
{
	if (streq(kind, "email"))
		w->email = first_match(&email_at, sentence, NULL);
	if (streq(kind, "portal")) {
		w->portal = first_match(&url_at, sentence, NULL);
		if (!w->portal)
			w->portal = first_match(&portal_name, sentence, "value");
	}
	if (streq(kind, "physical")) {
		w->address = address_here(sentence);
		if (!w->address)
			w->address = address_here(b->text + at + strlen(sentence));
		if (!w->address)
			w->address = labelled_address(d);
	}
}

static json_t *places_fact(const char *kind, const struct places *w)
{
	return json_pack("{s:s, s:o, s:o, s:o}", "kind", kind, "email", text_or_null(w->email), "portal",
			 text_or_null(w->portal), "address", text_or_null(w->address));
}

static bool said(const struct places *w, const char *kind)
{
	return streq(kind, "email") ? w->email != NULL : streq(kind, "portal") ? w->portal != NULL : w->address != NULL;
}

/* The likeliest way that the sentence does not forbid: two sentences may be read as one. What forbids others leaves
 * paper. */
static struct pattern *open_way(const char *sentence)
{
	struct pattern *best = NULL;

	for (size_t i = 0; i < N_ELEMS(ways); i++) {
		struct pattern *no;

		if ((best && best->score >= ways[i].score) || !pattern_match(&ways[i], sentence))
			continue;
		no = forbidding(&ways[i], sentence);
		if (!no || (no->score == 2 && streq(ways[i].word, "physical")))
			best = &ways[i];
	}
	return best;
}

static void add_way(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
		    const char *sentence, int at)
{
	struct pattern *way = open_way(sentence), *other;
	auto_free char *quote = NULL;
	struct places w = { 0 };
	const char *kind;
	json_t *fact;
	int score;

	if (!way)
		return;
	take_places(&w, way->word, d, b, sentence, at);
	other = second_way(way, sentence);
	if (other)
		take_places(&w, other->word, d, b, sentence, at);
	kind = other && said(&w, way->word) && said(&w, other->word) ? "mixed" : way->word;
	score = way->score - (said(&w, way->word)          ? 0
			      : streq(way->word, "portal") ? 8
			      : streq(way->word, "email")  ? 6
							   : 0);
	score += streq(way->word, "physical") && w.address ? 6 : 0;
	fact = places_fact(kind, &w);
	quote = fact_quote(p, b, at, at + (int)strlen(sentence));
	choice_add(c, fact, fact_place(d, fact, p, quote) ? score : 0, kind);
	places_release(&w);
}

static void add_ways(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *spoken = g_strndup(s, (gsize)(end - s)), *ticked = tick_blank(spoken);
		const char *sentence = ticked ? ticked : spoken;

		if (text_words(sentence) > 1 || strstr(sentence, "http"))
			add_way(c, d, p, b, sentence, (int)(s - b->text));
		s = end + strspn(end, " ");
	}
}

/* "Adresse für die Einreichung: https://…", whatever stands around it. */
static void add_labelled(struct choice *c, const struct doc *d, const struct page *p, int k)
{
	struct labelled l;
	auto_free char *url = NULL;

	if (!pattern_match(&url_label, page_line(p, k)->text))
		return;
	if (label_value(p, k, &url_label, &l)) {
		url = first_match(&url_at, l.value, NULL);
		if (url) {
			json_t *fact =
				json_pack("{s:s, s:n, s:s, s:n}", "kind", "portal", "email", "portal", url, "address");

			choice_add(c, fact, fact_place(d, fact, p, l.quote) ? 96 : 0, "portal");
		}
		labelled_release(&l);
	}
}

static void add_method(struct choice *c, const struct doc *d, const struct page *p, int k)
{
	struct places w = { 0 };
	struct pattern *way;
	struct labelled l;

	if (strlen(page_line(p, k)->text) > MOST_METHOD || !pattern_match(&method_label, page_line(p, k)->text) ||
	    !label_value(p, k, &method_label, &l))
		return;
	l.value[text_sentence(l.value) - l.value] = '\0';
	way = PATTERN_BEST(method_words, l.value);
	if (way && !PATTERN_BEST(no_way, l.value)) {
		json_t *fact;

		take_places(&w, way->word, d, page_block(p, page_line(p, l.value_line)->block), l.value, 0);
		fact = places_fact(way->word, &w);
		choice_add(c, fact, fact_place(d, fact, p, l.quote) ? way->score : 0, way->word);
	}
	places_release(&w);
	labelled_release(&l);
}

/* A portal that is named nowhere beside the way to hand in may be named elsewhere: then it is the only address of its
 * kind. */
static char *only_portal(const struct doc *d)
{
	static struct pattern vergabe = {
		"(?:https?://|www\\.)\\S*(?:vergabe|subreport|evergabe|dtvp|bieter|tender|bid|procure|sourc)\\S*", 0,
		NULL, NULL
	};

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			const char *text = page_block(p, (int)k)->text;

			if (pattern_match(&vergabe, text))
				return first_match(&vergabe, text, NULL);
		}
	}
	return NULL;
}

static void add_part(json_t *fact, const char *key, json_t *part)
{
	if (part)
		json_object_set_new(fact, key, part);
}

json_t *field_submission_method(const struct doc *d)
{
	auto_choice *c = choice_new();
	json_t *fact;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++)
			add_ways(c, d, p, page_block(p, (int)k));
		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			add_labelled(c, d, p, k);
			add_method(c, d, p, k);
		}
	}
	fact = choice_take(c);
	if (fact && streq(json_string_value(json_object_get(fact, "kind")), "portal") &&
	    json_is_null(json_object_get(fact, "portal"))) {
		auto_free char *portal = only_portal(d);

		json_object_set_new(fact, "portal", text_or_null(portal));
	}
	if (fact)
		add_part(fact, "copies", handing_copies(d));
	if (fact)
		add_part(fact, "format", handing_format(d));
	return fact;
}

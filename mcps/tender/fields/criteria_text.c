/* Criteria in sentences: "Preis 60 %, Qualität 40 %", "price 25", "a 70-30 techno-commercial evaluation". */
#include <math.h>

#include "criteria.h"
#include "fact.h"
#include "weighed.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

static struct pattern name_end = { ",\\s+(?:and |und |sowie )?|;\\s*|\\s+(?:and|und|sowie)\\s+", 0, NULL, NULL };
static struct pattern article = {
	"^(?:(?:and|und|sowie|the|a|an|for|für|of|der|die|das|den|dem|des|auf|zu|mit|on|to|with|von|is|ist)\\s+)+", 0,
	NULL, NULL
};
/* One of these is among what is weighed, or the sentence says what it is about. */
static struct pattern usual = {
	"preis|price|pricing|kosten|\\bcosts?\\b|qualit|technical|technisch|leistung|honorar|\\bfees?\\b|konzept|methodolog|experience|erfahrung|referen",
	0, NULL, NULL
};
static struct pattern speaks_of_award = {
	"kriteri|criteri|gewicht|\\bweigh|wertung|gewertet|bewert|beurteil|\\bscor(?:e|ed|ing)\\b|evaluat|\\bassess|\\bjudged|\\baward\\w*\\b.{0,20}\\bpoints|punkte\\b.{0,30}\\bvergeben|vergeben\\b.{0,30}\\bpunkte|\\bmarks\\b|zuschlag (?:wird|erhält)",
	0, NULL, NULL
};
/* Shares of something else. */
static struct pattern no_weights = {
	"payment|payable|zahlung|invoice|rechnung|abschlag|instal+ment|milestone|penalt|vertragsstrafe|retention|liquidated|discount|skonto|surcharge|nachtarbeit|price adjust|preisgleit|preisanpass|service level|verfügbarkeit|availability|\\bbonus|\\bmalus|\\bkpi|\\b(?:eur|euro|usd)\\b|[$€£]",
	0, NULL, NULL
};
#define SIDE "(?:techno|technical|technik|quality|price|pricing|costs?|preis|kosten|qualität|leistung|konzept)"
#define OTHER \
	"(?:commercial|financial|price|pricing|costs?|quality|technical|technik|preis|kosten|qualität|leistung|konzept)"
#define TO "\\s*(?:%\\s*)?(?:[-:/–]|to|zu)\\s*"
static struct pattern ratio = { "(?<a>\\d{2})" TO "(?<b>\\d{2})\\s*%?[^.;\\d]{0,50}?\\b"
				"(?<first>" SIDE ")\\s*(?:[-:/– ]|and|und|to|zu)\\s*(?:and |und )?(?<second>" OTHER
				")\\b|"
				"\\b(?<first2>" SIDE ")\\s*(?:[-:/–]|and|und|to|zu)\\s*(?<second2>" OTHER
				")\\b\\D{0,60}?\\b(?<a2>\\d{2})" TO "(?<b2>\\d{2})\\b",
				0, NULL, NULL };
/* "The weights given to the Technical (T) and Financial (P) Proposals are T = 80 and P = 20." */
#define SHARE "(?:0?[.,]\\d{1,2}|\\d{2})"
static struct pattern lettered = {
	"\\b(?<first>technical|quality)\\b.{0,80}?\\b(?<second>financial|commercial|price|cost)\\b.{0,100}?\\bS?[TQ]\\w?\\s*=\\s*(?<a>" SHARE
	")\\s*%?\\D{0,20}?\\bS?[PFC]\\w?\\s*=\\s*(?<b>" SHARE ")(?!\\d)",
	0, NULL, NULL
};
/* "We decide on A, B and C." */
static struct pattern named_in = {
	"\\b(?:we (?:will )?(?:decide|choose|select) (?:on|by)|(?:evaluated|assessed|judged|compared|selected|awarded|chosen) (?:(?:only |solely )?(?:on the basis of|on|based on|according to|by reference to|against|by))|"
	"(?:criteria|factors)(?: for (?:the )?award)?(?:,? (?:listed |in )+(?:descending|decreasing) order of importance,?)? (?:are|will be|shall be)|(?:entscheidend|maßgeblich|ausschlaggebend|kriterien) sind|bewertet werden(?![^.]{0,80}kriterien)|"
	"(?:kriterien|criteria|factors)\\b[^:.]{0,120}:|(?:anhand|unter berücksichtigung|auf (?:der )?(?:grundlage|basis)) (?:von|der|des)|nach (?:den|folgenden) kriterien(?: ?\\([^)]*\\))?|best value,? considering)\\s*:?\\s+(?:the following(?: criteria| factors)?:?\\s*)?(?<names>[^.:]{8,300}?)(?: (?:ermittelt|bewertet|gewertet|beurteilt|bestimmt|verglichen|erteilt|vergeben)\\b|[.:]|$)",
	0, NULL, NULL
};
/* A single criterion. */
static struct pattern only_one = {
	"\\b(?:einziges|alleiniges)\\b.{0,20}kriterium\\b.{0,20}\\bist\\b (?:der |die |das )?(?:niedrigste )?(?<name>\\p{Lu}[\\p{L}-]+)|\\b(?<name2>preis) (?:ist|bildet) (?:das )?(?:einzige|alleinige)[sn]? .{0,16}kriterium|"
	"(?:ausschließlich|ausschliesslich|allein|nur|einzig)\\b.{0,24}?\\b(?:der|dem|den|des) (?:angebotenen? |niedrigsten? |günstigsten? )?(?<name4>(?:gesamt|angebots)?preise?s?)\\b|"
	"\\b(?<name3>price) (?:is|will be|shall be) the (?:only|sole|single) (?:award |evaluation )?criteri|\\b(?:only|sole|single) (?:award |evaluation |selection )?criterion (?:is|will be|shall be) (?:the )?(?:lowest )?(?<name5>(?:total )?(?:price|cost))|"
	"(?<name6>preis|price)\\b[^.;,\\d]{0,40}\\b100 ?(?:%|prozent|per ?cent|v\\. ?h\\.)(?! (?:der|of the|of) (?:\\w+ )?(?:punkte|points|marks|score))|100 ?(?:%|prozent|per ?cent)\\s*(?<name7>preis|price)",
	0, NULL, NULL
};
static struct pattern offer_word = { "^(?:bid|tender|quotation)", 0, NULL, NULL };
static struct pattern lowest = {
	"\\b(?:niedrigste[rnsm]?|günstigste[rnsm]?) (?:brutto|gesamt|netto|angebots)?(?<name>preis\\w*)|\\blowest(?:[- ](?:evaluated|total|bid|quoted|overall|net|gross|tendered))*[- ](?<name2>price|cost)d?\\b|\\blowest\\b.{0,60}\\b(?:bidders?|bids?|tenders?|tenderers?|offers?|quotations?)\\b.{0,12}\\bon the basis of (?:the |its |their )?(?<name7>[^,.;()]{4,60})|\\blowest\\b.{0,30}\\b(?:bidder|bid|tender|tenderer|offer|quotation)\\b.{0,12}\\bon (?:the )?(?<name4>(?:\\w+ ){0,3}(?:price|cost)(?: per \\w+)?)|\\b(?:who|which|that|and|with|the)? ?(?:quotes?|offers?|submits?|quoting|offering|submitting|having|has|with) the (?<name6>lowest (?!\\w* ?(?:price|cost|bid|tender|quot|offer|respons|evaluat))[^,.;()]{4,60}?)(?= (?:shall|will|is|are|would|may|must)\\b|[,.;()]|$)|\\b(?<name5>total value) wise evaluation|lowest\\b.{0,30}\\b(?<name3>bidder|bid|tender|quotation)\\b",
	0, NULL, NULL
};

void criteria_text_preload(void)
{
	pattern_compile(&name_end, 1);
	pattern_compile(&article, 1);
	pattern_compile(&usual, 1);
	pattern_compile(&speaks_of_award, 1);
	pattern_compile(&no_weights, 1);
	pattern_compile(&ratio, 1);
	pattern_compile(&lettered, 1);
	pattern_compile(&named_in, 1);
	pattern_compile(&only_one, 1);
	pattern_compile(&offer_word, 1);
	pattern_compile(&lowest, 1);
}

/* The first of the groups that matched; the caller's. */
static char *group_of(GMatchInfo *m, const char *const *names)
{
	for (; *names; names++) {
		char *got = g_match_info_fetch_named(m, *names);

		if (got && *got)
			return got;
		g_free(got);
	}
	return NULL;
}

static char *cut_match(struct pattern *p, char *text)
{
	GMatchInfo *m = pattern_find(p, text, 0);
	int from, to;

	if (m && g_match_info_fetch_pos(m, 0, &from, &to)) {
		memmove(text + from, text + to, strlen(text + to) + 1);
		g_strstrip(text);
	}
	g_match_info_free(m);
	return text;
}

/* What stands in brackets explains, and parts nothing. */
static void cut_brackets(char *text)
{
	char *to = text;
	int depth = 0;

	for (; *text; text++) {
		depth += *text == '(';
		if (depth == 0 && !(*text == ' ' && text[1] == '('))
			*to++ = *text;
		depth -= *text == ')' && depth > 0;
	}
	*to = '\0';
}

static void add_weighed(struct criteria *c, const struct page *p, const struct weighed *one, const char *quote)
{
	criteria_add(c, p, one->name, one->weight, one->unit, quote);
}

static double sum_of(const GArray *all)
{
	double sum = 0;

	for (unsigned i = 0; i < all->len; i++)
		sum += g_array_index(all, struct weighed, i).weight;
	return sum;
}

static bool has_usual(const GArray *all)
{
	for (unsigned i = 0; i < all->len; i++) {
		if (pattern_match(&usual, g_array_index(all, struct weighed, i).name))
			return true;
	}
	return false;
}

static bool is_better(const struct criteria *c)
{
	return c->items->len >= 2 && criteria_whole(c);
}

static void read_weighted(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	GArray *all;

	if (weighed_count(sentence) == 0 && !pattern_match(&speaks_of_award, sentence))
		return;
	if (pattern_match(&no_weights, sentence))
		return;
	all = weighed_new();
	if (weighed_sentence(sentence, all) && (pattern_match(&speaks_of_award, sentence) || has_usual(all))) {
		for (unsigned i = 0; i < all->len; i++)
			add_weighed(c, p, &g_array_index(all, struct weighed, i), quote);
		/* The sentence was complete: what was left out of it now shows. */
		c->total = sum_of(all);
	}
	g_array_unref(all);
}

static void read_named(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	GMatchInfo *m = pattern_find(&named_in, sentence, 0);
	auto_free char *names = m ? g_match_info_fetch_named(m, "names") : NULL;
	gchar **parts = NULL;

	g_match_info_free(m);
	if (!names || strpbrk(names, "0123456789"))
		return;
	cut_brackets(names);
	parts = pattern_split(&name_end, names);
	for (gchar **part = parts; *part && g_strv_length(parts) > 1; part++) {
		cut_match(&article, *part);
		if (text_words(*part) <= 7)
			criteria_add(c, p, *part, -1, NULL, quote);
	}
	g_strfreev(parts);
	if (c->items->len == 1) {
		criteria_release(c);
		criteria_init(c);
	}
}

static void read_ratio(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	static const char *const as[] = { "a", "a2", NULL }, *const bs[] = { "b", "b2", NULL },
				 *const firsts[] = { "first", "first2", NULL },
				 *const seconds[] = { "second", "second2", NULL };
	GMatchInfo *m = pattern_find(&ratio, sentence, 0);

	if (m) {
		auto_free char *a = group_of(m, as), *b = group_of(m, bs), *one = group_of(m, firsts),
			       *other = group_of(m, seconds);
		double first = g_ascii_strtod(a, NULL), second = g_ascii_strtod(b, NULL);

		if (fabs(first + second - 100) < 0.01 && g_ascii_strcasecmp(one, other) != 0) {
			one[0] = g_ascii_toupper(one[0]);
			other[0] = g_ascii_toupper(other[0]);
			criteria_add(c, p, g_ascii_strcasecmp(one, "techno") == 0 ? "Technical" : one, first, "%",
				     quote);
			criteria_add(c, p, other, second, "%", quote);
		}
	}
	g_match_info_free(m);
}

static double share_of(GMatchInfo *m, const char *group)
{
	auto_free char *text = g_match_info_fetch_named(m, group);
	double share = g_ascii_strtod(g_strdelimit(text, ",", '.'), NULL);

	return share < 1 ? 100 * share : share;
}

static void read_lettered(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	GMatchInfo *m = strchr(sentence, '=') ? pattern_find(&lettered, sentence, 0) : NULL;

	if (m && fabs(share_of(m, "a") + share_of(m, "b") - 100) < 0.01) {
		auto_free char *first = g_match_info_fetch_named(m, "first"),
			       *second = g_match_info_fetch_named(m, "second");

		criteria_add(c, p, first, share_of(m, "a"), "%", quote);
		criteria_add(c, p, second, share_of(m, "b"), "%", quote);
	}
	g_match_info_free(m);
}

static void read_single(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	static const char *const names[] = { "name", "name2", "name3", "name4", "name5", "name6", "name7", NULL };
	GMatchInfo *m = pattern_find(&only_one, sentence, 0);
	double weight = m ? 100 : -1;

	if (!m)
		m = pattern_find(&lowest, sentence, 0);
	if (m) {
		auto_free char *name = group_of(m, names);

		if (pattern_match(&offer_word, name)) {
			g_free(name);
			name = g_strdup("price");
		}
		name[0] = name[0] == 'p' && util_starts(name, "preis") ? 'P' : name[0];
		criteria_add(c, p, name, weight, weight > 0 ? "%" : NULL, quote);
	}
	g_match_info_free(m);
}

typedef void reader(const struct page *p, const char *sentence, const char *quote, struct criteria *c);

static reader *const readers[] = { read_ratio, read_lettered, read_weighted, read_named, read_single };
#define WEIGHING 3 /* of them look for weights */

bool criteria_sentence(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	for (size_t i = 0; i < N_ELEMS(readers); i++) {
		readers[i](p, sentence, quote, c);
		if (is_better(c) || (i >= WEIGHING && c->items->len > 0))
			return true;
		criteria_release(c);
		criteria_init(c);
	}
	return false;
}

void criteria_prose(const struct page *p, const struct block *b, struct criteria *c)
{
	for (size_t i = 0; i < N_ELEMS(readers); i++) {
		for (const char *s = b->text; *s;) {
			const char *end = text_sentence(s);
			auto_free char *sentence = g_strndup(s, (gsize)(end - s)),
				       *quote = fact_quote(p, b, (int)(s - b->text), (int)(end - b->text));

			if (strlen(sentence) < 700)
				readers[i](p, sentence, quote, c);
			if (is_better(c) || (i >= WEIGHING && c->items->len > 0))
				return;
			criteria_release(c);
			criteria_init(c);
			s = end + strspn(end, " ");
		}
	}
}

void criteria_over_page(const struct page *p, const char *tail, const struct page *next, const char *head,
			struct criteria *c)
{
	auto_free char *sentence = g_strconcat(tail, " ", head, NULL);
	GArray *all = weighed_new();

	if (weighed_count(sentence) > 0 && !pattern_match(&no_weights, sentence) && weighed_sentence(sentence, all)) {
		for (unsigned i = 0; i < all->len; i++) {
			const struct weighed *one = &g_array_index(all, struct weighed, i);
			bool before = strstr(tail, one->name) != NULL;

			add_weighed(c, before ? p : next, one, before ? tail : head);
		}
		c->total = sum_of(all);
	}
	g_array_unref(all);
}

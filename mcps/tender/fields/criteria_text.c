/* Criteria in sentences: "Preis 60 %, Qualität 40 %", "price 25", "a 70-30 techno-commercial evaluation". */
#include <math.h>

#include "criteria.h"
#include "fact.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define UNIT "%|per ?cent|prozent|v\\. ?h\\.|points?|pts\\.?|punkten?|punkte|marks?"

/* One number with its unit, if it has one. */
static struct pattern weight_at = {
	"(?<![\\d.,/-])(?<weight>\\d{1,3}(?:[.,]\\d{1,2})?)(?![\\d/-]|[.,]\\d)\\s*(?<unit>" UNIT ")?", 0, NULL, NULL
};
/* Where one criterion ends and the next begins; a comma in a bracket or a number does not. */
static struct pattern part_end = {
	";\\s*|,\\s+(?:und |and |sowie |as well as )?|\\s+(?:und|and|sowie)\\s+(?=(?:(?!,|;| und | and ).)*\\d)", 0,
	NULL, NULL
};
static struct pattern name_end = { ",\\s+(?:and |und |sowie )?|;\\s*|\\s+(?:and|und|sowie)\\s+", 0, NULL, NULL };
/* What stands around a name: verbs and articles before it, words for weights behind it. */
static struct pattern before_name = {
	"^.*(?::|\\b(?:bewerten(?: wir)?|gewichtet|gewertet(?: werden)?|werden|wird|sind|ist|are|is|as follows|nach|on|scored?|with|by|mit|auf|aus|lauten|kriterien|criteria|namely|zu)\\b)\\s+(?=\\S)",
	0, NULL, NULL
};
/* "on the basis of 60 % quality" */
static struct pattern stem_end = {
	"(?:\\b(?:basis of|based on|weights? of|weightings? of|made up of|composed of|consists? of|comprises?|as follows|following|nach|aus|is|are)|:)\\s*$",
	0, NULL, NULL
};
static struct pattern goes_to = { "^\\s*(?:auf|für|for|on|to)\\s", 0, NULL, NULL };
/* "price 25. We decide": read as an ordinal it ends no sentence. */
static struct pattern stop_at = { "(?<=\\d)\\.\\s+(?=\\p{Lu})", 0, NULL, NULL };
static struct pattern article = {
	"^(?:(?:and|und|sowie|the|a|an|for|für|of|der|die|das|den|dem|des|auf|zu|mit|on|to|with|von|is|ist)\\s+)+", 0,
	NULL, NULL
};
static struct pattern behind_name = {
	"[\\s(:–—=-]*(?:\\b(?:with|mit|zu|at|worth|weighted(?: at)?|weight(?:ing)?(?: of)?|gewichtung(?: von)?|gewichtet|einer gewichtung von|a weight(?:ing)? of|is|ist|sind|are|counts?|accounts? for|geht|gehen|makes? up|max(?:imum)?\\.?|up to|bis zu|wird|werden)\\b[\\s(:]*)*$",
	0, NULL, NULL
};
/* Shares of something else. */
static struct pattern no_weights = {
	"payment|payable|zahlung|invoice|rechnung|abschlag|instal+ment|milestone|penalt|vertragsstrafe|retention|liquidated|discount|skonto|\\b(?:eur|euro|usd)\\b|[$€£]",
	0, NULL, NULL
};
#define SIDE "(?:techno|technical|technik|quality|price|pricing|costs?|preis|kosten|qualität|leistung|konzept)"
#define OTHER \
	"(?:commercial|financial|price|pricing|costs?|quality|technical|technik|preis|kosten|qualität|leistung|konzept)"
#define TO "\\s*(?:%\\s*)?(?:[-:/–]|to|zu)\\s*"
static struct pattern ratio = {
	"(?<a>\\d{2})" TO
	"(?<b>\\d{2})\\s*%?\\s*\\(?(?:(?:is|are|was|given|applied|assigned|allocated|split|ratio|in favour|between|for|to|für|of|von|zwischen|auf) ){0,4}"
	"(?<first>" SIDE ")\\s*(?:[-:/– ]|and|und|to|zu)\\s*(?:and |und )?(?<second>" OTHER ")\\b|"
	"(?<first2>" SIDE ")\\s*(?:[-:/–]|and|und|to|zu)\\s*(?<second2>" OTHER ")\\b\\D{0,60}?\\b(?<a2>\\d{2})" TO
	"(?<b2>\\d{2})\\b",
	0, NULL, NULL
};
/* "We decide on A, B and C." */
static struct pattern named_in = {
	"\\b(?:we (?:will )?decide (?:on|by)|(?:evaluated|assessed|judged|compared|selected|awarded) (?:on the basis of|based on|according to|by reference to|against)|criteria (?:are|will be|for award are)|(?:entscheidend|maßgeblich|ausschlaggebend) sind|(?:zuschlags|wertungs|bewertungs)kriterien sind|bewertet werden|(?:zuschlagskriterien|award criteria):)\\s+(?:the following(?: criteria| factors)?:?\\s*)?(?<names>[^.:]{8,300})",
	0, NULL, NULL
};
/* A single criterion. */
static struct pattern only_one = {
	"\\b(?:einziges|alleiniges)\\b.{0,20}\\bkriterium\\b.{0,20}\\bist\\b (?:der |die |das )?(?:niedrigste )?(?<name>\\p{Lu}[\\p{L}-]+)|\\b(?<name2>preis) ist (?:das )?(?:einzige|alleinige)[sn]? .{0,16}kriterium|\\b(?<name3>price) (?:is|will be|shall be) the (?:only|sole) (?:award |evaluation )?criteri",
	0, NULL, NULL
};
static struct pattern offer_word = { "^(?:bid|tender|quotation)", 0, NULL, NULL };
static struct pattern lowest = {
	"\\b(?:niedrigste[rnsm]?|günstigste[rnsm]?) (?:brutto|gesamt|netto|angebots)?(?<name>preis\\w*)|\\blowest (?:evaluated |total |bid |quoted |overall )*(?<name2>price|cost)\\b|\\blowest\\b.{0,30}\\b(?:bidder|bid|tender|tenderer|offer|quotation)\\b.{0,12}\\bon (?:the )?(?<name4>(?:\\w+ ){0,3}(?:price|cost)(?: per \\w+)?)|\\b(?<name5>total value) wise evaluation|lowest\\b.{0,30}\\b(?<name3>bidder|bid|tender|quotation)\\b",
	0, NULL, NULL
};

void criteria_text_preload(void)
{
	pattern_compile(&weight_at, 1);
	pattern_compile(&part_end, 1);
	pattern_compile(&name_end, 1);
	pattern_compile(&before_name, 1);
	pattern_compile(&stem_end, 1);
	pattern_compile(&goes_to, 1);
	pattern_compile(&stop_at, 1);
	pattern_compile(&article, 1);
	pattern_compile(&behind_name, 1);
	pattern_compile(&no_weights, 1);
	pattern_compile(&ratio, 1);
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

/* A part of a sentence: a name and its number, in either order. */
static bool name_is_behind(const char *part, int from, int to)
{
	auto_free char *before = g_strndup(part, (gsize)from);

	return from < 3 || pattern_match(&goes_to, part + to) ||
	       (text_words(part + to) > 0 && pattern_match(&stem_end, before));
}

static void add_part(struct criteria *c, const struct page *p, const char *part, const char *quote, bool first)
{
	const char *colon = first ? strrchr(part, ':') : NULL;
	GMatchInfo *m;
	auto_free char *name = NULL, *weight = NULL, *unit = NULL, *point = NULL;
	int from = 0, to = 0;

	/* "Proposals are scored out of 100: methodology 45" */
	if (colon && colon[1] == ' ')
		part = colon + 2;
	m = pattern_find(&weight_at, part, 0);
	if (m && g_match_info_fetch_pos(m, 0, &from, &to)) {
		weight = g_match_info_fetch_named(m, "weight");
		unit = g_match_info_fetch_named(m, "unit");
		point = g_strdelimit(g_strdup(weight), ",", '.');
		/* "60 % auf den Preis": the name stands behind. */
		name = name_is_behind(part, from, to) ? g_strdup(part + to) : g_strndup(part, (gsize)from);
		if (first || strchr(name, ':'))
			cut_match(&before_name, name);
		cut_match(&behind_name, name);
		cut_match(&article, name);
		if (strlen(name) < 70)
			criteria_add(c, p, name, g_ascii_strtod(point, NULL), unit, quote);
	}
	g_match_info_free(m);
}

/* Commas in brackets part nothing. */
static void hide_brackets(char *text)
{
	int depth = 0;

	for (; *text; text++) {
		depth += *text == '(';
		depth -= *text == ')' && depth > 0;
		if (depth > 0 && *text == ',')
			*text = '\x01';
	}
}

/* "support and training 20": what has no number yet goes on behind its "and". */
static GPtrArray *split_parts(const char *text)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
	GMatchInfo *m = pattern_find(&part_end, text, 0);
	int begin = 0, from, to;

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		auto_free char *part = NULL;

		g_match_info_fetch_pos(m, 0, &from, &to);
		part = g_strndup(text + begin, (gsize)(from - begin));
		if (text[from] == ' ' && !strpbrk(part, "0123456789"))
			continue;
		g_ptr_array_add(parts, steal(part));
		begin = to;
	}
	g_match_info_free(m);
	g_ptr_array_add(parts, g_strdup(text + begin));
	return parts;
}

static void read_parts(const struct page *p, char *text, const char *quote, struct criteria *c)
{
	GPtrArray *parts;

	hide_brackets(text);
	parts = split_parts(text);
	for (unsigned i = 0; i < parts->len; i++) {
		g_strdelimit(parts->pdata[i], "\x01", ',');
		add_part(c, p, parts->pdata[i], quote, i == 0);
	}
	g_ptr_array_unref(parts);
}

static bool is_better(const struct criteria *c)
{
	return c->items->len >= 2 && criteria_whole(c);
}

static void read_weighted(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	gchar **pieces;

	if (!strpbrk(sentence, "0123456789") || pattern_match(&no_weights, sentence))
		return;
	pieces = pattern_split(&stop_at, sentence);
	for (gchar **piece = pieces; *piece && !is_better(c); piece++) {
		criteria_release(c);
		criteria_init(c);
		read_parts(p, *piece, quote, c);
	}
	g_strfreev(pieces);
}

static void read_named(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	GMatchInfo *m = pattern_find(&named_in, sentence, 0);
	auto_free char *names = m ? g_match_info_fetch_named(m, "names") : NULL;
	gchar **parts = NULL;

	g_match_info_free(m);
	if (!names || strpbrk(names, "0123456789"))
		return;
	hide_brackets(names);
	parts = pattern_split(&name_end, names);
	for (gchar **part = parts; *part; part++) {
		char *bracket = strchr(*part, '(');

		if (bracket)
			*bracket = '\0';
		cut_match(&article, *part);
		if (text_words(*part) <= 7)
			criteria_add(c, p, *part, -1, NULL, quote);
	}
	g_strfreev(parts);
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

static void read_single(const struct page *p, const char *sentence, const char *quote, struct criteria *c)
{
	static const char *const names[] = { "name", "name2", "name3", "name4", "name5", NULL };
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

static reader *const readers[] = { read_ratio, read_weighted, read_named, read_single };
#define WEIGHING 2 /* of them look for weights */

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

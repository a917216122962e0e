#include "weighed.h"

#include <math.h>

#include "weighed_name.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define MOST_WEIGHTS 40
#define MOST_WEIGHT  1000
#define MOST_ITEM    20 /* words of the name of an item */

/* "60 %", "0-30 points", "45 out of 100", "half of the score" */
static struct pattern weight_at = {
	"(?<![\\d.,/§-])(?<!\\d:)(?:0 ?(?:-|–|to|bis) ?)?(?<weight>\\d{1,4}(?:[.,]\\d{1,2})?)(?![\\d/-]|[.,:]\\d|\\. ?(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember))\\s*(?<unit>%|per ?cent|prozent|v\\. ?h\\.|(?:gewichtungs|wertungs|bewertungs|leistungs)?punkten?|points?|pts\\.?|marks?)?(?<of>\\s*(?:/|von|out of|of) ?(?:max\\. ?)?(?:100|1[. ,]?000)\\b(?: ?(?:%|punkten?|points|marks))?)?|"
	"\\b(?<word>(?:one[- ])?half|zur hälfte|die hälfte|three[- ]quarters|(?:a|one)[- ]quarter|drei viertel|ein(?:em)? viertel|two[- ]thirds|(?:a|one)[- ]third|zwei drittel|ein(?:em)? drittel)\\b",
	0, NULL, NULL
};
static const struct {
	const char *word;
	double weight;
} shares[] = {
	{ "half", 50 },    { "hälfte", 50 }, { "three", 75 },   { "drei", 75 },     { "quarter", 25 },
	{ "viertel", 25 }, { "two", 66.67 }, { "zwei", 66.67 }, { "third", 33.33 }, { "drittel", 33.33 },
};

static struct pattern is_stated = {
	"(?:out of|total of|insgesamt|sum of|scale of|minimum(?: of)?|at least|mindestens|min\\.)\\s*$", 0, NULL, NULL
};

static struct pattern goes_to = { "^\\s*(?:auf|für|for|on|to)\\s", 0, NULL, NULL };

/* A weight while it is read. */
struct weight {
	int from, to;
	double value;
	const char *unit;
};

void weighed_preload(void)
{
	pattern_compile(&weight_at, 1);
	pattern_compile(&is_stated, 1);
	pattern_compile(&goes_to, 1);
	weighed_name_preload();
}

static void weighed_clear(void *one)
{
	g_free(((struct weighed *)one)->name);
}

GArray *weighed_new(void)
{
	GArray *all = g_array_new(FALSE, TRUE, sizeof(struct weighed));

	g_array_set_clear_func(all, weighed_clear);
	return all;
}

static const char *unit_word(const char *unit)
{
	if (!unit || !*unit)
		return NULL;
	return unit[0] == '%' || g_ascii_strncasecmp(unit, "per", 3) == 0 || g_ascii_strncasecmp(unit, "pro", 3) == 0 ||
			       g_ascii_strncasecmp(unit, "v", 1) == 0
		       ? "percent"
		       : "points";
}

static double share_of(const char *word)
{
	auto_free char *low = g_utf8_strdown(word, -1);

	for (size_t i = 0; i < N_ELEMS(shares); i++) {
		if (strstr(low, shares[i].word))
			return shares[i].weight;
	}
	return 0;
}

static struct weight weight_of(GMatchInfo *m)
{
	auto_free char *weight = g_match_info_fetch_named(m, "weight"), *unit = g_match_info_fetch_named(m, "unit"),
		       *word = g_match_info_fetch_named(m, "word"), *of = g_match_info_fetch_named(m, "of"),
		       *point = NULL;
	struct weight w = { .unit = unit_word(unit) };

	g_match_info_fetch_pos(m, 0, &w.from, &w.to);
	if (word && *word) {
		w.value = share_of(word);
		w.unit = "percent";
	} else {
		point = g_strdelimit(g_strdup(weight), ",", '.');
		w.value = g_ascii_strtod(point, NULL);
		if (!w.unit && of && *of)
			w.unit = "points";
	}
	return w;
}

static GArray *scan(const char *text)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct weight));
	GMatchInfo *m = pattern_find(&weight_at, text, 0);

	for (; m && g_match_info_matches(m) && all->len < MOST_WEIGHTS; g_match_info_next(m, NULL)) {
		struct weight w = weight_of(m);
		auto_free char *before = g_strndup(text, (gsize)w.from);

		if (w.value > 0 && w.value <= MOST_WEIGHT && !pattern_match(&is_stated, before))
			g_array_append_val(all, w);
	}
	g_match_info_free(m);
	return all;
}

static bool may_weigh(const char *text)
{
	static const char *const words[] = { "half", "älfte", "iertel", "quarter", "third", "rittel" };

	if (strpbrk(text, "0123456789"))
		return true;
	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (strstr(text, words[i]))
			return true;
	}
	return false;
}

int weighed_count(const char *text)
{
	GArray *all = may_weigh(text) ? scan(text) : NULL;
	int n = 0;

	for (unsigned i = 0; all && i < all->len; i++)
		n += g_array_index(all, struct weight, i).unit != NULL;
	if (all)
		g_array_unref(all);
	return n;
}

static char *between(const char *text, const GArray *weights, unsigned i)
{
	int from = i > 0 ? g_array_index(weights, struct weight, i - 1).to : 0;
	int to = i < weights->len ? g_array_index(weights, struct weight, i).from : (int)strlen(text);

	return g_strndup(text + from, (gsize)(to - from));
}

/* Each weight with the name before or behind it; false where one has none. */
static bool take(const char *text, const GArray *weights, bool before, GArray *out)
{
	unsigned was = out->len;

	for (unsigned i = 0; i < weights->len; i++) {
		const struct weight *w = &g_array_index(weights, struct weight, i);
		auto_free char *part = between(text, weights, before ? i : i + 1);
		struct weighed one = { .weight = w->value, .unit = w->unit };

		one.name =
			before ? weighed_name_before(part, i == 0) : weighed_name_behind(part, i + 1 == weights->len);
		g_array_append_val(out, one);
		if (!weighed_name_is_good(one.name)) {
			g_array_set_size(out, was);
			return false;
		}
	}
	return true;
}

/* Does the name of weight i stand behind it? */
static bool is_behind(const char *text, const GArray *weights, unsigned i)
{
	auto_free char *after = i < weights->len ? between(text, weights, i + 1) : NULL;

	return after && pattern_match(&goes_to, after);
}

/* "50 points for price, and the other half for service (30 points) and team (20 points)": each weight says where. */
static bool take_mixed(const char *text, const GArray *weights, GArray *out)
{
	unsigned was = out->len;
	bool behind = true;

	for (unsigned i = 0; i < weights->len; i++) {
		const struct weight *w = &g_array_index(weights, struct weight, i);
		auto_free char *before = between(text, weights, i), *after = between(text, weights, i + 1);
		struct weighed one = { .weight = w->value, .unit = w->unit };
		bool first = behind;

		behind = pattern_match(&goes_to, after);
		if (behind)
			one.name = weighed_name_behind(after, !is_behind(text, weights, i + 1));
		else if (util_ends(before, "("))
			one.name = weighed_name_before(before, first);
		if (one.name)
			g_array_append_val(out, one);
		if (!one.name || !weighed_name_is_good(one.name)) {
			g_array_set_size(out, was);
			return false;
		}
	}
	return true;
}

/* "Technical and financial bids count 70 % and 30 %": nothing but marks stand between the weights. */
static bool take_respective(const char *text, const GArray *weights, GArray *out)
{
	auto_free char *stem = between(text, weights, 0);
	gchar **parts;
	unsigned n, was = out->len;

	for (unsigned i = 1; i < weights->len; i++) {
		auto_free char *gap = between(text, weights, i);

		weighed_name_cut_tail(gap);
		if (text_words(gap) > 0)
			return false;
	}
	parts = weighed_name_list(stem);
	n = g_strv_length(parts);
	for (unsigned i = 0; n == weights->len && i < n; i++) {
		const struct weight *w = &g_array_index(weights, struct weight, i);
		struct weighed one = { g_strdup(parts[i]), w->value, w->unit };

		g_array_append_val(out, one);
	}
	g_strfreev(parts);
	for (unsigned i = was; i < out->len; i++) {
		if (!weighed_name_is_good(g_array_index(out, struct weighed, i).name))
			g_array_set_size(out, was);
	}
	return out->len > was;
}

static double sum_of(const GArray *weights)
{
	double sum = 0;

	for (unsigned i = 0; i < weights->len; i++)
		sum += g_array_index(weights, struct weight, i).value;
	return sum;
}

static bool is_complete(const GArray *weights)
{
	double sum = sum_of(weights);
	const char *unit = weights->len ? g_array_index(weights, struct weight, 0).unit : NULL;

	return weights->len >= 2 &&
	       (fabs(sum - 100) < 0.02 || (unit && streq(unit, "points") && sum > 100 && fabs(fmod(sum, 50)) < 0.01));
}

enum which { PERCENT, POINTS, BARE, ALL, N_WHICH };

/* The weights of one kind, without the one that is the sum of the others. */
static GArray *select_weights(const GArray *all, enum which which)
{
	GArray *some = g_array_new(FALSE, FALSE, sizeof(struct weight));

	for (unsigned i = 0; i < all->len; i++) {
		struct weight w = g_array_index(all, struct weight, i);
		bool percent = w.unit && streq(w.unit, "percent");

		if (which == ALL || (which == BARE ? !w.unit : w.unit && percent == (which == PERCENT)))
			g_array_append_val(some, w);
	}
	for (unsigned i = 0; some->len > 2 && fabs(sum_of(some) - 100) > 0.02 && i < some->len; i++) {
		if (fabs(2 * g_array_index(some, struct weight, i).value - sum_of(some)) < 0.01) {
			g_array_remove_index(some, i);
			break;
		}
	}
	return some;
}

static bool take_complete(const char *text, const GArray *weights, GArray *out)
{
	return is_complete(weights) && (take_respective(text, weights, out) || take_mixed(text, weights, out) ||
					take(text, weights, true, out) || take(text, weights, false, out));
}

bool weighed_sentence(const char *sentence, GArray *out)
{
	GArray *all = scan(sentence);
	bool taken = false;

	for (enum which which = PERCENT; which < N_WHICH && !taken && all->len >= 2; which++) {
		GArray *some = select_weights(all, which);

		taken = take_complete(sentence, some, out);
		g_array_unref(some);
	}
	g_array_unref(all);
	return taken;
}

/* The first with a unit; else one that nothing follows. */
static const struct weight *only_one(const char *text, const GArray *all)
{
	const struct weight *last = all->len ? &g_array_index(all, struct weight, all->len - 1) : NULL;

	for (unsigned i = 0; i < all->len; i++) {
		const struct weight *w = &g_array_index(all, struct weight, i);

		if (w->unit)
			return w;
	}
	return last && !text[last->to + (int)strspn(text + last->to, " .;,)")] ? last : NULL;
}

bool weighed_item(const char *text, GArray *out)
{
	const char *begin = text + text_bullet(text);
	GArray *all = scan(begin);
	const struct weight *w = only_one(begin, all);
	struct weighed one = { 0 };

	if (w) {
		one = (struct weighed){ g_strndup(begin, (gsize)w->from), w->value, w->unit };
		weighed_name_cut_tail(one.name);
		if (text_words(one.name) == 0) {
			g_free(one.name);
			one.name = weighed_name_behind(begin + w->to, true);
		}
		weighed_name_title(one.name);
	}
	g_array_unref(all);
	if (w && text_words(one.name) >= 1 && text_words(one.name) <= MOST_ITEM && !strstr(one.name, ". ")) {
		g_array_append_val(out, one);
		return true;
	}
	g_free(one.name);
	return false;
}

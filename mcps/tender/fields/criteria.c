#include "criteria.h"

#include <math.h>

#include "fact.h"
#include "weighed.h"
#include "weighed_name.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define MOST_NAME 260

#define TOTAL \
	"(?:grand |sub-?)?total(?! (?:of the )?(?:base )?(?:cost|price|value|evaluated|bid))|summe|gesamt(?!preis|kosten)\\w*"

/* Heads, sums and what else stands where names do. */
static struct pattern no_name = {
	"^\\W*(?:(?:grand |sub-?)?total|sum|gesamt(?:summe|punktzahl|punkte)?|summe|insgesamt|maximum|maximal|max\\.?|overall|scores?|points?|weight\\w*|weighting|criteri(?:on|a)|kriteri(?:um|en)|zuschlagskriteri(?:um|en)|gewicht\\w*|gewichtung|punkte|page|seite|description|beschreibung|zuschlagskriterium\\W+zahl|award criterion\\W*(?:number)?|factors?|no\\.?|nr\\.?)\\W*$|"
	"^(?:" TOTAL
	")\\b|\\b(?:at least|mindestens|threshold)\\b|\\bpass(?:ing)? (?:mark|score)|^(?:lose?|lots?|page|seite|section|abschnitt) \\d",
	0, NULL, NULL
};
static struct pattern total = { "^\\W*(?:" TOTAL "|insgesamt|sum)\\b", 0, NULL, NULL };

void criteria_preload(void)
{
	pattern_compile(&no_name, 1);
	pattern_compile(&total, 1);
	criteria_table_preload();
	criteria_text_preload();
	criteria_eforms_preload();
	criteria_list_preload();
	weighed_preload();
}

static void criterion_clear(void *item)
{
	struct criterion *one = item;

	g_free(one->name);
	g_free(one->quote);
}

void criteria_init(struct criteria *c)
{
	*c = (struct criteria){ .items = g_array_new(FALSE, TRUE, sizeof(struct criterion)) };
	g_array_set_clear_func(c->items, criterion_clear);
}

void criteria_release(struct criteria *c)
{
	g_array_unref(c->items);
}

static struct criterion *at(const struct criteria *c, unsigned i)
{
	return &g_array_index(c->items, struct criterion, i);
}

/* "1. Price:", "• Preis –": the name without what stands around it. */
static char *clean_name(const char *text)
{
	char *name = text_clean(text + text_bullet(text));
	size_t len;

	for (len = strlen(name); len > 0 && strchr(" :;,.(-=", name[len - 1]); len--)
		name[len - 1] = '\0';
	while (util_ends(name, "–") || util_ends(name, "—") || util_ends(name, "\xE2\x80\xA6")) {
		name[strlen(name) - 3] = '\0';
		g_strchomp(name);
	}
	return name;
}

static bool is_known(const struct criteria *c, const char *name, double weight)
{
	for (unsigned i = 0; i < c->items->len; i++) {
		if (fabs(at(c, i)->weight - weight) < 0.001 && g_ascii_strcasecmp(at(c, i)->name, name) == 0)
			return true;
	}
	return false;
}

static const char *unit_word(const char *unit)
{
	if (!unit || !*unit)
		return NULL;
	return unit[0] == '%' || streq(unit, "percent") || g_ascii_strncasecmp(unit, "per", 3) == 0 ||
			       g_ascii_strncasecmp(unit, "pro", 3) == 0 || g_ascii_strncasecmp(unit, "v", 1) == 0
		       ? "percent"
		       : "points";
}

bool criteria_add(struct criteria *c, const struct page *p, const char *name, double weight, const char *unit,
		  const char *quote)
{
	auto_free char *clean = clean_name(name);
	struct criterion one = { .weight = weight, .unit = unit_word(unit), .page = p, .parent = -1 };

	weighed_name_title(clean);
	if (strlen(clean) < 3 || strlen(clean) > MOST_NAME || text_words(clean) < 1 || c->items->len >= CRITERIA_MOST ||
	    pattern_match(&no_name, clean) || is_known(c, clean, weight))
		return false;
	one.quote = fact_verbatim(p, quote);
	if (!one.quote)
		return false;
	one.name = steal(clean);
	g_array_append_val(c->items, one);
	if (unit_word(unit))
		c->unit = unit_word(unit);
	return true;
}

void criteria_scale(struct criteria *c)
{
	if (c->items->len < 2 || fabs(criteria_sum(c) - 1) > 0.001)
		return;
	for (unsigned i = 0; i < c->items->len; i++)
		at(c, i)->weight = round(10000 * at(c, i)->weight) / 100;
	c->total = 0;
	c->unit = "percent";
}

bool criteria_is_total(const char *name)
{
	return pattern_match(&total, name);
}

double criteria_sum(const struct criteria *c)
{
	double sum = 0;

	for (unsigned i = 0; i < c->items->len; i++) {
		if (at(c, i)->weight < 0)
			return -1;
		if (at(c, i)->parent < 0)
			sum += at(c, i)->weight;
	}
	return c->items->len ? sum : -1;
}

bool criteria_whole(const struct criteria *c)
{
	double sum = criteria_sum(c);

	if (fabs(sum - 100) < 0.01 ||
	    (c->total > 0 && (fabs(sum - c->total) < 0.01 || fabs(sum - c->total_last) < 0.01)))
		return true;
	return (!c->unit || streq(c->unit, "points")) && c->headed && sum > 100 && fabs(remainder(sum, 50)) < 0.01;
}

/* How many items behind i sum to its weight; 0 for none. */
static unsigned parts_of(const struct criteria *c, unsigned i)
{
	double sum = 0;

	for (unsigned k = i + 1; k < c->items->len && sum < at(c, i)->weight; k++) {
		sum += at(c, k)->weight;
		if (fabs(sum - at(c, i)->weight) < 0.01)
			return k - i;
	}
	return 0;
}

/*
 * Names of parts that are numbered behind those that are not: "Quality", "Q1 Service"; but where two make the whole,
 * the second is no part of the first.
 */
static bool is_meant(const struct criteria *c, unsigned i, unsigned n)
{
	double whole = c->total > 0 ? c->total : 100;

	if (n == 1 && fabs(at(c, i)->weight + at(c, i + 1)->weight - whole) < 0.01)
		return false;
	return n >= 2 || (n == 1 && at(c, i + 1)->name[0] != at(c, i)->name[0]);
}

void criteria_nest(struct criteria *c)
{
	double whole = c->total > 0 ? c->total : 100;

	if (criteria_sum(c) <= whole + 0.01)
		return;
	for (unsigned i = 0; i < c->items->len;) {
		unsigned n = parts_of(c, i);

		if (!is_meant(c, i, n))
			n = 0;
		for (unsigned k = i + 1; k <= i + n; k++)
			at(c, k)->parent = (int)i;
		i += n + 1;
	}
	if (fabs(criteria_sum(c) - whole) < 0.01)
		return;
	/* All the heads may stand first: "Price 40, Quality 60", then what quality is made of. */
	for (unsigned i = 0; i < c->items->len; i++)
		at(c, i)->parent = -1;
}

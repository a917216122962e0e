/* How offers are weighed, and who may make one. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "pattern.h"
#include "section.h"
#include "text.h"

#define MOST_ITEMS 40

static struct pattern criteria_head = {
	"\\b(?:(?:evaluation|selection|award|scoring|rating|assessment)\\b.{0,24}\\b(?:criteri(?:a|on)|factors?|points|matrix|method\\w*)|criteria for (?:award|selection|evaluation)|basis (?:of|for) award)|"
	"(?:zuschlags|wertungs|bewertungs|auswahl)kriteri(?:en|um)|wertungsmatrix|bewertungsmatrix",
	0, NULL, NULL
};
/* A criterion and its weight on one line. */
static struct pattern weighted_line = {
	"^(?<name>\\p{L}.{2,110}?)[\\s:(–—.|-]+(?:max(?:imum|\\.)?\\s*|up to\\s*)?(?<weight>\\d{1,3})(?:[.,]\\d+)?\\s*(?<unit>%|per ?cent|prozent|points?|pts\\.?|punkte?|marks)\\s*\\)?\\W*$",
	0, NULL, NULL
};
static struct pattern weight_cell = {
	"^\\(?(?:max\\.? )?(?<weight>\\d{1,3})(?:[.,]0+)?\\s*(?<unit>%|per ?cent|prozent|points?|pts\\.?|punkte?|marks|/ ?100)?\\)?$",
	0, NULL, NULL
};
static struct pattern no_criterion = {
	"^\\W*(?:total|sum|gesamt|summe|maximum|max|overall|score|points|weight\\w*|criteri\\w+|kriteri\\w+|description|page|seite)\\b|\\b(?:minimum|at least|threshold|pass)\\b",
	0, NULL, NULL
};
static struct pattern eforms_weight = { "zuschlagskriterium\\s*[—–-]+\\s*zahl:\\s*(?<weight>\\d{1,3})", 0, NULL, NULL };
static struct pattern eforms_name = { "^(?<key>bezeichnung|art):\\s*(?<name>.+)", 0, NULL, NULL };

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

void fields_criteria_preload(void)
{
	pattern_compile(&criteria_head, 1);
	pattern_compile(&weighted_line, 1);
	pattern_compile(&weight_cell, 1);
	pattern_compile(&no_criterion, 1);
	pattern_compile(&eforms_weight, 1);
	pattern_compile(&eforms_name, 1);
	pattern_compile(&eligibility_head, 1);
	pattern_compile(eligible, N_ELEMS(eligible));
}

/* Criteria that were found together. */
struct table {
	json_t *items;
	int sum, n_weighted;
	const char *unit; /* "percent", "points" or NULL */
	const struct page *page;
	char *head; /* verbatim: the heading, or the first item */
};

static void table_release(struct table *t)
{
	json_decref(t->items);
	g_free(t->head);
}

static const char *unit_word(const char *unit)
{
	if (!unit || !*unit)
		return NULL;
	return unit[0] == '%' || g_ascii_strncasecmp(unit, "per", 3) == 0 || g_ascii_strncasecmp(unit, "pro", 3) == 0
		       ? "percent"
		       : "points";
}

static bool has_item(const struct table *t, const char *name)
{
	size_t i;
	json_t *item;

	json_array_foreach (t->items, i, item) {
		if (g_ascii_strcasecmp(json_string_value(json_object_get(item, "name")), name) == 0)
			return true;
	}
	return false;
}

/* weight < 0: none is stated. */
static void add_item(struct table *t, const struct page *p, const char *name, int weight, const char *unit,
		     const char *quote)
{
	auto_free char *clean = text_clean(name), *verbatim = fact_verbatim(p, quote);
	json_t *item;

	g_strchomp(clean);
	while (*clean && strchr(":;,.(-", clean[strlen(clean) - 1]))
		g_strchomp(clean)[strlen(clean) - 1] = '\0';
	g_strchomp(clean);
	if (strlen(clean) < 3 || json_array_size(t->items) >= MOST_ITEMS || has_item(t, clean) ||
	    pattern_match(&no_criterion, clean) || !verbatim)
		return;
	item = json_pack("{s:s, s:o, s:i, s:s}", "name", clean, "weight",
			 weight >= 0 ? json_integer(weight) : json_null(), "page", p->number, "quote", verbatim);
	json_array_append_new(t->items, item);
	if (weight >= 0) {
		t->sum += weight;
		t->n_weighted++;
	}
	if (unit_word(unit))
		t->unit = unit_word(unit);
	if (!t->page) {
		t->page = p;
		t->head = g_strdup(quote);
	}
}

/* The text left of a cell: the block furthest left that reaches over its height. Numbers of rows are no text. */
static const struct block *row_name(const struct page *p, const struct line *cell)
{
	const struct block *name = NULL;
	double mid = (cell->y0 + cell->y1) / 2;

	for (int k = 0; k < (int)p->blocks->len; k++) {
		const struct block *b = page_block(p, k);

		if (b->y0 > mid || b->y1 < mid || b->x1 > cell->x0 || text_words(b->text) < 1)
			continue;
		if (!name || b->x0 < name->x0)
			name = b;
	}
	return name;
}

static bool take_cell(struct table *t, const struct page *p, int k, GMatchInfo *m)
{
	auto_free char *weight = g_match_info_fetch_named(m, "weight"), *unit = g_match_info_fetch_named(m, "unit"),
		       *text = NULL, *quote = NULL;
	const struct block *b = row_name(p, page_line(p, k));
	int skip = 0;

	if (!b || strlen(b->text) > 160)
		return false;
	/* The head of the column may have been taken for the first line of its first cell. */
	if (b->n > 1 && pattern_match(&no_criterion, page_line(p, b->first)->text))
		skip = b->starts[1];
	text = fact_quote(p, b, skip, (int)strlen(b->text));
	quote = fact_pair(skip ? b->text + skip : text, page_line(p, k)->text);
	add_item(t, p, b->text + skip, atoi(weight), unit, quote);
	return true;
}

static bool take_weighted(struct table *t, const struct page *p, int k)
{
	const char *text = page_line(p, k)->text;
	GMatchInfo *m = pattern_find(&weighted_line, text, 0);
	bool taken = false;

	if (m) {
		auto_free char *name = g_match_info_fetch_named(m, "name"),
			       *weight = g_match_info_fetch_named(m, "weight"),
			       *unit = g_match_info_fetch_named(m, "unit");

		add_item(t, p, name, atoi(weight), unit, text);
		taken = true;
	} else {
		m = pattern_find(&weight_cell, text, 0);
		taken = m && take_cell(t, p, k, m);
	}
	g_match_info_free(m);
	return taken;
}

/* Lines under the heading, on to the next page, while weights keep coming. */
static void read_weighted(const struct doc *d, unsigned page, int line, struct table *t)
{
	int since = 0;

	for (unsigned i = page; i <= page + 1 && i < d->pages->len && since < 40; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = i == page ? line + 1 : 0;
		     p->readable && k < (int)p->lines->len && since < 40 && t->sum < 100; k++) {
			if (page_line(p, k)->furniture)
				continue;
			since = take_weighted(t, p, k) ? 0 : since + 1;
		}
	}
}

/* A name is what stands before the colon, the bracket or the description. */
static char *item_name(const struct block *b)
{
	const char *colon = strchr(b->text, ':');
	char *name = g_strndup(b->text, colon && colon - b->text < 80 ? (gsize)(colon - b->text) : strlen(b->text));

	if (strstr(name, " ("))
		*strstr(name, " (") = '\0';
	return name;
}

/* Items of the list right under the heading, or paragraphs that each begin with a name and a colon. */
static void read_list(const struct page *p, int block, struct table *t)
{
	int skipped = 0;

	for (int k = block + 1; k < (int)p->blocks->len; k++) {
		const struct block *b = page_block(p, k);
		auto_free char *name = item_name(b), *quote = NULL;
		bool named =
			strlen(name) < 60 && b->text[strlen(name)] == ':' && text_words(b->text) > text_words(name) + 3;

		if (page_line(p, b->first)->furniture || page_line(p, b->first)->bullet)
			continue;
		if (!b->item && !named) {
			/* One paragraph may introduce the list, and a line may belong to an item. */
			if (++skipped > 1 || section_is_heading(b))
				break;
			continue;
		}
		if (strlen(name) > 160)
			break;
		quote = fact_quote(p, b, 0, (int)strlen(name));
		add_item(t, p, name, -1, NULL, quote);
	}
}

static void keep_table(struct choice *c, const struct doc *d, struct table *t)
{
	bool weighted = t->n_weighted >= 2 && t->n_weighted == (int)json_array_size(t->items);
	int n = (int)json_array_size(t->items);
	/* Numbers without a unit that do not make a hundred are something else: pages, months, quantities. */
	int score = weighted        ? t->sum == 100 ? 88
				      : t->unit     ? 58
						    : 0
		    : t->n_weighted ? 0
		    : n >= 3        ? 64
		    : n == 2        ? 45
				    : 0;
	auto_free char *key = NULL;
	json_t *fact;

	if (score && t->page) {
		key = json_dumps(t->items, JSON_COMPACT);
		fact = json_pack("{s:s, s:o, s:O}", "method", weighted ? "weighted" : "unweighted list", "weight_unit",
				 weighted ? json_string(t->unit ? t->unit : "points") : json_null(), "items", t->items);
		choice_add(c, fact, fact_place(d, fact, t->page, t->head) ? score : 0, key);
	}
	table_release(t);
}

static void read_heading(struct choice *c, const struct doc *d, unsigned page, int k)
{
	const struct page *p = doc_page(d, page);
	const struct line *l = page_line(p, k);
	struct table weighted = { .items = json_array() },
		     list = { .items = json_array(), .page = p, .head = g_strdup(l->text) };

	read_weighted(d, page, k, &weighted);
	keep_table(c, d, &weighted);
	read_list(p, l->block, &list);
	keep_table(c, d, &list);
}

/* eForms name a criterion in one line and its weight some lines below; lots repeat the same table. */
static void read_eforms(struct choice *c, const struct doc *d)
{
	struct table t = { .items = json_array(), .unit = "percent" };
	auto_free char *name = NULL;

	for (unsigned i = 0; i < d->pages->len && t.sum < 100; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len && t.sum < 100; k++) {
			const char *text = page_line(p, k)->text;
			GMatchInfo *m = pattern_find(&eforms_name, text, 0);

			if (m) {
				auto_free char *got = g_match_info_fetch_named(m, "name"),
					       *key = g_match_info_fetch_named(m, "key");

				/* A long "Bezeichnung" describes; then the kind of criterion is its name. */
				if (g_ascii_strcasecmp(key, "art") == 0 || (strlen(got) < 60 && !strchr(got, ':'))) {
					g_free(name);
					name = steal(got);
				}
			}
			g_match_info_free(m);
			m = pattern_find(&eforms_weight, text, 0);
			if (m && name) {
				auto_free char *weight = g_match_info_fetch_named(m, "weight");

				add_item(&t, p, name, atoi(weight), "%", text);
			}
			g_match_info_free(m);
		}
	}
	keep_table(c, d, &t);
}

json_t *field_criteria(const struct doc *d)
{
	auto_choice *c = choice_new();

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			const struct line *l = page_line(p, k);
			const struct block *b = page_block(p, l->block);

			if (l->furniture || strlen(l->text) > 90 || section_is_index(b) ||
			    !pattern_match(&criteria_head, l->text))
				continue;
			if (strlen(b->text) < 160 || b->first == k)
				read_heading(c, d, i, k);
		}
	}
	read_eforms(c, d);
	return choice_take(c);
}

static void add_condition(json_t *list, const struct doc *d, const struct page *p, const struct block *b, int from,
			  int to, int score)
{
	auto_free char *text = g_strndup(b->text + from, (gsize)(to - from)), *clean = text_clean(text), *quote = NULL,
		       *verbatim = NULL;
	json_t *fact;

	if (json_array_size(list) >= MOST_ITEMS || strlen(clean) < 20 || strlen(clean) > 600)
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

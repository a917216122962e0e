/* How offers are weighed: the best of what the places that speak of criteria say. */
#include <stdio.h>
#include <stdlib.h>

#include "criteria.h"
#include "fact.h"
#include "fields.h"
#include "over.h"
#include "weighed.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_PLACES   120
#define MOST_FORMULA  300
#define MOST_LABEL    80
#define MOST_HEADS    4  /* criteria that may have a table of parts below them */
#define OVER_SCORE    10 /* of a sentence over two pages */
#define MOST_LONE     4  /* words of the only item of a list */
#define SURE_PLACE    16 /* the score of a place that is about criteria for sure */
#define HEADS_SCORE   16
#define LEAST_SUM     60 /* of weights that were meant to be 100 */
#define MOST_SUM      160
#define MOST_WEIGHED  900
#define WEIGHED_SCORE 4 /* of a paragraph with weights that no word leads to */

/* Places that speak of criteria; the score says how surely of those for the award. */
static struct pattern places[] = {
	{ "zuschlagskriteri|wertungskriteri|(?:angebots|zuschlags)wertung|wertung der angebote|bewertung der angebote|award criteri|basis (?:of|for) (?:the )?award|criteria for (?:the )?award|kriterien für (?:den|die) zuschlag|bewertungskriteri|evaluation (?:and (?:selection|award) )?(?:criteri|factors?)|criteria for evaluation|rating criteri|scoring criteri|proposal evaluation|evaluation of (?:proposals|bids|tenders|offers|quotations)|bid evaluation",
	  20, NULL, NULL },
	{ "\\bselection criteri|\\bevaluation method", 16, NULL, NULL },
	{ "\\b(?:zuschlag|gewertet|bewerten wir|wir bewerten|kriteri(?:um|en)|kriterium|gewicht(?:ung|et|en)|wertung|bewertung|bewertet wird|vergabe erfolgt|wirtschaftlichste|weights?|weightage|weighted|weightings?|scored?|scoring|award(?:ed)?|we decide|lowest|evaluat\\w+|techno-?commercial|selection criteria|best value|criteri(?:a|on)|factors|niedrigste[rnsm]?|wirtschaftlichste[rnsm]?)\\b",
	  10, NULL, NULL },
};
static struct pattern applicants = {
	"eignung|auswahl|bewerber|teilnahmeantr|teilnehmer|applicants?|shortlist|short-list|qualification criteria|selection of (?:bidders|applicants)|\\bstage 1\\b|\\bb-kriteri|anforderung",
	0, NULL, NULL
};
static struct pattern list_stem = { "criteri|factors|kriteri|evaluat|bewert|gewertet", 0, NULL, NULL };
/* What the words over weights say when they are those of an award, and names that are common among them. */
static struct pattern award_word = {
	"kriteri|criteri|wertung|gewertet|bewert|beurteil|gewichten|evaluat|assess|\\baward|zuschlag|factors|\\bchoose|\\bdecide|\\bselect|\\bscor(?:ed|ing)\\b",
	0, NULL, NULL
};
static struct pattern usual = {
	"preis|price|pricing|kosten|\\bcosts?\\b|qualit|technical|technisch|honorar|\\bfees?\\b|konzept|methodolog|experience|erfahrung|referen",
	0, NULL, NULL
};
/* Grades of a scale that offers are marked on. */
static struct pattern scale_word = {
	"^(?:very |sehr )?(?:excellent|outstanding|good|fair|poor|adequate|inadequate|satisfactory|unsatisfactory|acceptable|unacceptable|marginal|gut|befriedigend|ausreichend|mangelhaft|ungenügend|genügend|erfüllt|nicht erfüllt|hervorragend|schlecht|no (?:answer|response)|keine angaben?)\\b",
	0, NULL, NULL
};
static struct pattern price_word = { "preis|price|honorar|entgelt|vergütung|\\bfees?\\b|commercial|financial", 0, NULL,
				     NULL };
static struct pattern cost_word = { "kosten|costs?\\b", 0, NULL, NULL };
static struct pattern formula_at = {
	"(?:preis|price|score|punkte|points|cost|kennzahl|leistung|\\bZ\\b|\\bL\\b|\\bP\\b|\\bD\\b).*=|=.*(?:preis|price|score|punkte|points|cost|leistung|lowest)",
	0, NULL, NULL
};
static struct pattern methods[] = {
	{ "(?:erweiterte[nr]?|einfache[nr]?) richtwertmethode|medianmethode", 3, NULL, NULL },
	{ "\\bbest value(?: trade-?off)?|\\btrade-?off\\b", 2, NULL, NULL },
	{ "most economically advantageous tender|most advantageous tender|wirtschaftlichste[sn]? angebot", 1, NULL,
	  NULL },
};

void fields_criteria_preload(void)
{
	pattern_compile(places, N_ELEMS(places));
	pattern_compile(&applicants, 1);
	pattern_compile(&list_stem, 1);
	pattern_compile(&award_word, 1);
	pattern_compile(&usual, 1);
	pattern_compile(&scale_word, 1);
	pattern_compile(&price_word, 1);
	pattern_compile(&cost_word, 1);
	pattern_compile(&formula_at, 1);
	pattern_compile(methods, N_ELEMS(methods));
	criteria_preload();
}

static const char *kind_of(const struct criterion *one)
{
	if (one->kind)
		return one->kind;
	return pattern_match(&price_word, one->name)  ? "price"
	       : pattern_match(&cost_word, one->name) ? "cost"
						      : "quality";
}

static json_t *items_of(const struct criteria *c, int parent)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < c->items->len; i++) {
		const struct criterion *one = &g_array_index(c->items, struct criterion, i);
		json_t *item, *below;

		if (one->parent != parent)
			continue;
		item = json_pack("{s:s, s:o, s:s, s:i, s:s}", "name", one->name, "weight",
				 one->weight < 0                           ? json_null()
				 : one->weight == (double)(int)one->weight ? json_integer((int)one->weight)
									   : json_real(one->weight),
				 "kind", kind_of(one), "page", one->page->number, "quote", one->quote);
		below = parent < 0 ? items_of(c, (int)i) : json_array();
		if (json_array_size(below) > 0)
			json_object_set(item, "items", below);
		json_decref(below);
		json_array_append_new(list, item);
	}
	return list;
}

/* Service levels and shares of a payment have weights too. */
static bool is_of_award(const struct criteria *c, const char *head)
{
	int scale = 0;

	for (unsigned i = 0; i < c->items->len; i++)
		scale += pattern_match(&scale_word, g_array_index(c->items, struct criterion, i).name);
	if (scale >= 2)
		return false;
	if (criteria_sum(c) < 0 || pattern_match(&award_word, head))
		return true;
	for (unsigned i = 0; i < c->items->len; i++) {
		const struct criterion *one = &g_array_index(c->items, struct criterion, i);

		if (pattern_match(&usual, one->name) || pattern_match(&award_word, one->quote))
			return true;
	}
	return false;
}

static bool is_priced(const struct criteria *c)
{
	for (unsigned i = 0; i < c->items->len; i++) {
		if (!streq(kind_of(&g_array_index(c->items, struct criterion, i)), "quality"))
			return true;
	}
	return false;
}

/* How right a find may be; place is the score of where it was found. */
static int how_good(const struct criteria *c, int place)
{
	int n = (int)c->items->len;
	double sum = criteria_sum(c);

	if (n == 0)
		return 0;
	if (sum < 0)
		return n >= 3 ? 44 + place : n == 2 ? 34 + place : 40 + place;
	if (n < 2)
		return sum > 99.9 && sum < 100.1 && c->unit && is_priced(c) ? 64 + place : 0;
	if (criteria_whole(c))
		return (c->unit ? 70 : 62) + place + (c->headed ? 3 : 0);
	/* Numbers that do not make a whole are something else: pages, months, quantities. */
	if (n < 3 || sum < LEAST_SUM || sum > MOST_SUM || place < SURE_PLACE)
		return 0;
	return c->unit || c->headed ? 26 + place : 0;
}

static const char *method_of(const struct criteria *c)
{
	if (criteria_sum(c) >= 0 && c->items->len >= 2)
		return "weighted";
	return c->items->len == 1 ? "lowest price" : "unweighted list";
}

/* Names and weights: two places that say the same agree. */
static char *key_of(const struct criteria *c)
{
	GString *key = g_string_new(NULL);

	for (unsigned i = 0; i < c->items->len; i++) {
		const struct criterion *one = &g_array_index(c->items, struct criterion, i);
		auto_free char *low = g_utf8_strdown(one->name, -1);

		g_string_append_printf(key, "%s %g;", low, one->weight);
	}
	return g_string_free(key, FALSE);
}

/* Where something was found: a page of the document and a line of it, -1 for no line more than another. */
struct place {
	unsigned page;
	int line;
};

/* What was found, and complete tables with the words above them: they may say what a criterion is made of. */
struct found {
	const struct doc *doc;
	struct choice *choice;
	json_t *tables;  /* [{head, items, at}] */
	struct place at; /* where it is being read */
};

static json_t *place_json(const struct place *at)
{
	return json_pack("[i, i]", (int)at->page, at->line);
}

static struct place place_of(const json_t *found)
{
	const json_t *at = json_object_get(found, "at");

	return (struct place){ (unsigned)json_integer_value(json_array_get(at, 0)),
			       (int)json_integer_value(json_array_get(at, 1)) };
}

static void keep(struct found *f, struct criteria *c, int place, const char *head)
{
	int score = is_of_award(c, head) ? how_good(c, place) : 0;
	json_t *items, *fact;
	auto_free char *key = NULL;

	if (score > 0) {
		const struct criterion *first = &g_array_index(c->items, struct criterion, 0);
		bool weighted = criteria_sum(c) >= 0;

		items = items_of(c, -1);
		key = key_of(c);
		fact = json_pack("{s:s, s:o, s:o, s:n}", "method", method_of(c), "weight_unit",
				 weighted ? json_string(c->unit                                             ? c->unit
							: criteria_sum(c) > 99.9 && criteria_sum(c) < 100.1 ? "percent"
													    : "points")
					  : json_null(),
				 "items", items, "formula");
		if (weighted && c->items->len >= 3 && criteria_whole(c))
			json_array_append_new(f->tables, json_pack("{s:s, s:O, s:o}", "head", head, "items", items,
								   "at", place_json(&f->at)));
		json_object_set_new(fact, "at", place_json(&f->at));
		choice_add(f->choice, fact, fact_place(f->doc, fact, first->page, first->quote) ? score : 0, key);
	}
	criteria_release(c);
	criteria_init(c);
}

/* "Zuschlagskriterien | Niedrigster Preis": a form's label and its cell. */
static void read_beside(struct found *f, const struct page *p, int k, int score)
{
	const char *label = page_line(p, k)->text;
	int right = strlen(label) < MOST_LABEL ? page_right(p, k) : -1;
	struct criteria c;
	auto_free char *quote = right >= 0 ? fact_pair(label, page_line(p, right)->text) : NULL;

	if (!quote)
		return;
	criteria_init(&c);
	if (criteria_sentence(p, page_line(p, right)->text, quote, &c))
		keep(f, &c, score + 6, label);
	criteria_release(&c);
}

/* "… will evaluate the following factors:" introduces a list. */
static bool is_stem(const struct block *b)
{
	const char *tail = b->text, *end;

	for (end = text_sentence(tail); *end; end = text_sentence(tail))
		tail = end + strspn(end, " ");
	return util_ends(b->text, ":") && pattern_match(&list_stem, tail);
}

/* One item that weighs all and has many words is no item but a sentence, which is read as such. */
static void drop_lone_sentence(struct criteria *c)
{
	if (c->items->len != 1 || text_words(g_array_index(c->items, struct criterion, 0).name) <= MOST_LONE)
		return;
	criteria_release(c);
	criteria_init(c);
}

/* What stands at one place: under the line, in its block, in the block behind it. */
static void read_place(struct found *f, unsigned page, int k, int score)
{
	const struct page *p = doc_page(f->doc, page);
	const char *head = page_line(p, k)->text;
	int block = page_line(p, k)->block;
	struct criteria c;

	criteria_init(&c);
	if (page_block(p, block)->first == k || strlen(page_line(p, k)->text) < 90) {
		criteria_table(f->doc, page, k, &c);
		keep(f, &c, score, head);
		criteria_lines(f->doc, page, weighed_count(head) ? k - 1 : k, &c);
		criteria_scale(&c);
		criteria_nest(&c);
		drop_lone_sentence(&c);
		keep(f, &c, score, head);
	}
	read_beside(f, p, k, score);
	for (int b = block; b < block + 3 && b < (int)p->blocks->len; b++) {
		if (b > block && page_block(p, b)->first <= k)
			continue;
		if (page_block(p, b)->first != k && b == block && page_line(p, k)->block == block &&
		    k > page_block(p, b)->first + 12)
			continue;
		criteria_prose(p, page_block(p, b), &c);
		/* A block behind it counts where the place is but its heading. */
		keep(f, &c, score - (b == block ? 0 : page_block(p, block)->n <= 2 ? 4 : 16), head);
	}
	if (score > 10 || is_stem(page_block(p, block))) {
		criteria_list(f->doc, page, score > 10 ? k : page_block(p, block)->first + page_block(p, block)->n - 1,
			      &c);
		keep(f, &c, score, head);
	}
	criteria_release(&c);
}

/* What is said of applicants chooses whom to ask, not whom to award. */
static int place_score(const struct page *p, int k)
{
	const struct line *l = page_line(p, k);
	const struct block *b = page_block(p, l->block);
	struct pattern *place = PATTERN_BEST(places, l->text);
	int score;

	if (!place || l->furniture || section_is_index(b))
		return 0;
	score = place->score - (pattern_match(&applicants, l->text) ? 6 : 0);
	/* A heading says what follows; a word in a long text may be about anything. */
	return section_is_heading(b) || b->n <= 2 ? score : score - 3;
}

static bool is_kind(const json_t *item, const char *kind)
{
	return streq(json_string_value(json_object_get(item, "kind")), kind);
}

static bool heads(const json_t *item, const json_t *table)
{
	const char *name = json_string_value(json_object_get(item, "name"));
	auto_free char *word = g_strndup(name, strcspn(name, " -,"));

	return strlen(word) >= 5 && is_kind(item, "quality") && json_is_number(json_object_get(item, "weight")) &&
	       strcasestr(json_string_value(json_object_get(table, "head")), word);
}

static bool has_price(const json_t *items)
{
	size_t i;
	json_t *item;

	json_array_foreach (items, i, item) {
		if (!is_kind(item, "quality"))
			return true;
	}
	return false;
}

/* The table begins where the fact was found, or up to a page behind it. */
static bool is_near(const json_t *fact, const json_t *table)
{
	struct place from = place_of(fact), at = place_of(table);

	return at.page == from.page ? at.line >= from.line : at.page == from.page + 1;
}

/* The table says what one of two things is made of, the other is the price. */
static bool is_headed(const json_t *fact, const json_t *table)
{
	const json_t *items = json_object_get(fact, "items"), *one = json_array_get(items, 0),
		     *other = json_array_get(items, 1);

	return json_array_size(items) == 2 && is_kind(one, "quality") != is_kind(other, "quality") &&
	       !has_price(json_object_get(table, "items")) &&
	       (heads(one, table) || heads(other, table) || is_near(fact, table));
}

/* "Technical 70, financial 30" outweighs the table of what is technical. */
static void prefer_heads(const struct found *f)
{
	size_t k;
	json_t *table;

	for (unsigned i = 0; i < f->choice->facts->len; i++) {
		const json_t *fact = f->choice->facts->pdata[i];

		json_array_foreach (f->tables, k, table) {
			if (is_headed(fact, table)) {
				g_array_index(f->choice->scores, int, i) += HEADS_SCORE;
				break;
			}
		}
	}
}

/* "Quality 55" is made of the table behind it whose rows sum to 55. */
static void add_sums(const struct found *f, json_t *fact)
{
	json_t *items = json_object_get(fact, "items"), *item;
	struct place at = place_of(fact);
	size_t i;

	json_array_foreach (items, i, item) {
		double weight = json_number_value(json_object_get(item, "weight"));
		struct criteria c;

		if (json_array_size(items) > MOST_HEADS || weight <= 0 || !is_kind(item, "quality") ||
		    json_object_get(item, "items"))
			continue;
		criteria_init(&c);
		criteria_table_of(f->doc, at.page, at.line, weight, &c);
		if ((c.unit || c.headed) && is_of_award(&c, "criteria") && !is_priced(&c))
			json_object_set_new(item, "items", items_of(&c, -1));
		criteria_release(&c);
	}
}

/* "Technical 70" is made of the table "Technical bid evaluation criteria". */
static void add_parts(const struct found *f, json_t *fact)
{
	json_t *items = json_object_get(fact, "items"), *item, *table;
	size_t i, k;

	add_sums(f, fact);
	json_array_foreach (items, i, item) {
		if (json_array_size(items) > 3 || json_object_get(item, "items"))
			continue;
		json_array_foreach (f->tables, k, table) {
			json_t *parts = json_object_get(table, "items");

			if (json_equal(parts, items) ||
			    !(heads(item, table) || (is_kind(item, "quality") && is_headed(fact, table))))
				continue;
			json_object_set(item, "items", parts);
			break;
		}
	}
}

static void add_formula(const struct doc *d, json_t *fact)
{
	json_int_t number = json_integer_value(json_object_get(fact, "page"));

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0;
		     p->readable && p->number >= number && p->number <= number + 1 && k < p->blocks->len; k++) {
			const struct block *b = page_block(p, (int)k);

			for (const char *s = strchr(b->text, '=') ? b->text : ""; *s;) {
				const char *end = text_sentence(s);
				auto_free char *sentence = g_strndup(s, (gsize)(end - s));

				if (strchr(sentence, '=') && strlen(sentence) < MOST_FORMULA &&
				    pattern_match(&formula_at, sentence) && fact_stands(p, sentence)) {
					json_object_set_new(fact, "formula", json_string(sentence));
					return;
				}
				s = end + strspn(end, " ");
			}
		}
	}
}

static void add_method(const struct doc *d, json_t *fact)
{
	json_int_t number = json_integer_value(json_object_get(fact, "page"));

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);
		struct pattern *method = p->readable && p->number == number ? PATTERN_BEST(methods, p->text) : NULL;
		GMatchInfo *m = method ? pattern_find(method, p->text, 0) : NULL;
		auto_free char *words = m ? g_match_info_fetch(m, 0) : NULL, *flat = words ? text_squeeze(words) : NULL;

		g_match_info_free(m);
		if (flat) {
			json_object_set_new(fact, "method", json_string(flat));
			return;
		}
	}
}

/* A paragraph that weighs several things, though it does not say what for. */
static void read_weighed(struct found *f, const struct page *p, int k)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	struct criteria c;

	if (b->first != k || page_line(p, k)->furniture || strlen(b->text) > MOST_WEIGHED || weighed_count(b->text) < 2)
		return;
	criteria_init(&c);
	criteria_prose(p, b, &c);
	if (criteria_sum(&c) > 0)
		keep(f, &c, WEIGHED_SCORE, "");
	criteria_release(&c);
}

/* A sentence that the end of its page parts. */
static void read_over_page(struct found *f, unsigned i)
{
	const struct page *p = doc_page(f->doc, i), *next = doc_page(f->doc, i + 1);
	const struct block *b = p->readable ? over_last(p) : NULL, *on = b ? over_next(p, b, next) : NULL;
	const char *tail = b ? b->text : "", *end;
	auto_free char *head = NULL;
	struct criteria c;

	if (!on || strlen(on->text) > MOST_WEIGHED)
		return;
	for (end = text_sentence(tail); *end; end = text_sentence(tail))
		tail = end + strspn(end, " ");
	if (strlen(tail) > MOST_WEIGHED)
		return;
	head = g_strndup(on->text, (gsize)(text_sentence(on->text) - on->text));
	criteria_init(&c);
	criteria_over_page(p, tail, next, head, &c);
	if (criteria_whole(&c))
		keep(f, &c, OVER_SCORE, tail);
	criteria_release(&c);
}

/* A form of eForms: its parts and the tables near it are looked for on the page of its first criterion. */
static void read_form(struct found *f)
{
	struct criteria c;

	criteria_init(&c);
	criteria_eforms(f->doc, &c);
	if (c.items->len)
		g_ptr_array_find(f->doc->pages, g_array_index(c.items, struct criterion, 0).page, &f->at.page);
	keep(f, &c, 24, "");
	criteria_release(&c);
}

json_t *field_criteria(const struct doc *d)
{
	auto_choice *choice = choice_new();
	struct found f = { d, choice, json_array(), { 0, -1 } };
	json_t *fact;
	int n = 0;

	read_form(&f);
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len && n < MOST_PLACES; k++) {
			int score = place_score(p, k);

			f.at = (struct place){ i, k };
			if (score <= 0) {
				read_weighed(&f, p, k);
				continue;
			}
			n += score > 10;
			read_place(&f, i, k, score);
		}
		if (i + 1 < d->pages->len)
			read_over_page(&f, i);
	}
	prefer_heads(&f);
	fact = choice_take(choice);
	if (fact) {
		add_parts(&f, fact);
		add_formula(d, fact);
		add_method(d, fact);
		json_object_del(fact, "at");
	}
	json_decref(f.tables);
	return fact;
}

/* Requirements that the rules passed over. */
#include "parts.h"
#include "tender/require/clause.h"
#include "tender/require/judge.h"
#include "tender/require/requirements.h"
#include "tender/text/text.h"
#include "tender/text/words.h"

#define MOST_PORTIONS 24
#define MOST_ANSWERS  60  /* of one portion: what is behind them is not looked at */
#define LEAST_WORDS   3   /* as the rules want of a sentence */
#define OVERLAP       0.8 /* so much of the shorter one: it is the same requirement */
#define CONFIDENCE    60 /* it stands there; whether it binds the bidder only the model says, and the rules denied it */

struct place {
	unsigned page; /* index in doc.pages */
	size_t at;     /* in its plain text */
};

struct listing {
	struct asker *asker;
	const struct doc *doc;
	json_t *list;       /* the result's */
	GArray *places;     /* struct place of each in list */
	GPtrArray *words;   /* GArray of words of each in list */
	GPtrArray *clauses; /* of the document */
};

static const char *text_in(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static size_t plain_at(const struct page *p, const char *text)
{
	auto_free char *plain = text_plain(text, NULL);
	const char *at = strstr(p->plain, plain);

	return at ? (size_t)(at - p->plain) : 0;
}

static struct place place_of(const struct doc *d, const json_t *item)
{
	const char *file = text_in(item, "file");
	json_int_t number = json_integer_value(json_object_get(item, "page"));

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		if (p->number == number && (!*file || streq(doc_file(d, (unsigned)p->file)->name, file)))
			return (struct place){ i, plain_at(p, text_in(item, "text")) };
	}
	return (struct place){ 0, 0 };
}

static void note(struct listing *l, unsigned i, struct place place, GArray *words)
{
	g_array_insert_val(l->places, i, place);
	g_ptr_array_insert(l->words, (int)i, words);
}

static void words_free(void *words)
{
	g_array_unref(words);
}

static void listing_init(struct listing *l)
{
	json_t *one;
	size_t i;

	l->places = g_array_new(FALSE, FALSE, sizeof(struct place));
	l->words = g_ptr_array_new_with_free_func(words_free);
	l->clauses = clause_list(l->doc);
	json_array_foreach (l->list, i, one)
		note(l, (unsigned)i, place_of(l->doc, one), words_list(text_in(one, "text")));
}

static void listing_release(struct listing *l)
{
	g_array_unref(l->places);
	g_ptr_array_unref(l->words);
	g_ptr_array_unref(l->clauses);
}

static struct place place_at(const struct listing *l, unsigned i)
{
	return g_array_index(l->places, struct place, i);
}

/* One that is listed already, on this page or as one that goes on there. */
static bool is_listed(const struct listing *l, unsigned page, const GArray *words)
{
	for (unsigned i = 0; i < l->words->len; i++) {
		const GArray *other = l->words->pdata[i];
		unsigned its = place_at(l, i).page;

		if (its <= page && its + 1 >= page &&
		    words_common(words, other) >= OVERLAP * MIN(words->len, other->len))
			return true;
	}
	return false;
}

/* The heading above the clause that the words stand in, NULL for none. */
static const char *section_of(const struct listing *l, const struct page *p, const char *text)
{
	auto_free char *want = text_plain(text, NULL);

	for (unsigned i = 0; i < l->clauses->len; i++) {
		const struct clause *c = l->clauses->pdata[i];
		auto_free char *plain = c->page == p ? text_plain(c->text, NULL) : NULL;

		if (plain && (strstr(plain, want) || (*plain && strstr(want, plain))))
			return c->section;
	}
	return NULL;
}

static bool has_id(const json_t *list, const char *id)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (streq(text_in(one, "id"), id))
			return true;
	}
	return false;
}

static char *new_id(const json_t *list, const char *text)
{
	auto_free char *made = requirements_id(text);
	char *id = g_strdup(made);

	for (int n = 2; has_id(list, id); n++) {
		g_free(id);
		id = g_strdup_printf("%s/%d", made, n);
	}
	return id;
}

static json_t *item_of(const struct listing *l, const struct page *p, const char *text, enum judge_level level,
		       enum judge_category category)
{
	auto_free char *id = new_id(l->list, text);
	const char *section = section_of(l, p, text);
	json_t *item = json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:i, s:s}", "id", id, "text", text, "level",
				 judge_level_name(level), "category", judge_category_name(category), "page", p->number,
				 "section", section ? json_string(section) : json_null(), "confidence", CONFIDENCE,
				 "source", "model");

	if (l->doc->files->len > 1)
		json_object_set_new(item, "file", json_string(doc_file(l->doc, (unsigned)p->file)->name));
	return item;
}

/* Behind those that stand before it in the document. */
static void insert(struct listing *l, json_t *item, struct place place, GArray *words)
{
	unsigned i = 0;

	while (i < l->places->len && (place_at(l, i).page < place.page ||
				      (place_at(l, i).page == place.page && place_at(l, i).at <= place.at)))
		i++;
	json_array_insert_new(l->list, i, item);
	note(l, i, place, words);
}

/* False: it is nothing that the page says. What is listed already is neither taken nor refused. */
static bool take(struct listing *l, const json_t *shown, const json_t *given)
{
	json_t *number = json_object_get(given, "page");
	const struct page *p = pages_cited(l->doc, shown, number);
	auto_free char *text = asker_quote(p, json_object_get(given, "text"));
	enum judge_level level = judge_level_find(text_in(given, "level"));
	enum judge_category category = judge_category_find(text_in(given, "category"));
	struct place place;
	GArray *words;

	if (!text || level == N_JUDGE_LEVELS || category == N_JUDGE_CATEGORIES || text_words(text) < LEAST_WORDS)
		return false;
	place = (struct place){ (unsigned)json_integer_value(number) - 1, plain_at(p, text) };
	words = words_list(text);
	if (is_listed(l, place.page, words)) {
		g_array_unref(words);
		return true;
	}
	insert(l, item_of(l, p, text, level, category), place, words);
	l->asker->taken++;
	return true;
}

static json_t *words_schema(const char *(*name)(int i), int n)
{
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_string(name(i)));
	return json_pack("{s:o}", "enum", list);
}

static const char *level_at(int i)
{
	return judge_level_name((enum judge_level)i);
}

static const char *category_at(int i)
{
	return judge_category_name((enum judge_category)i);
}

static json_t *members(void)
{
	json_t *one = json_pack("{s:{s:s}, s:{s:s}, s:o, s:o}", "text", "type", "string", "page", "type", "integer",
				"level", words_schema(level_at, N_JUDGE_LEVELS), "category",
				words_schema(category_at, N_JUDGE_CATEGORIES));

	return json_pack("{s:o}", "requirements", asker_list(asker_object(one), MOST_ANSWERS));
}

static void ask_portion(struct listing *l, json_t *shown)
{
	json_t *answer =
		asker_ask(l->asker,
			  "List each sentence of the pages that obliges the bidder or the contractor, as a quote "
			  "in text: must, should for a wish, may for what is left open to the bidder. Not "
			  "headings, definitions, background, what the buyer does, or how bids are weighed.",
			  json_pack("{s:O}", "pages", shown), members());
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(answer, "requirements"), i, one) {
		if (i >= MOST_ANSWERS)
			break;
		l->asker->refused += !take(l, shown, one);
	}
	json_decref(answer);
}

void parts_requirements(struct asker *a, const struct doc *d, const GArray *pieces, json_t *result)
{
	struct listing l = { .asker = a, .doc = d, .list = json_object_get(result, "requirements") };
	unsigned next = 0;

	listing_init(&l);
	for (int i = 0; i < MOST_PORTIONS && next < pieces->len && !a->over; i++) {
		json_t *shown = pages_next(d, pieces, &next);

		ask_portion(&l, shown);
		json_decref(shown);
	}
	if (next < pieces->len)
		call_log(a->call, "info", "the model '%s' was not asked about all pages", a->model);
	listing_release(&l);
}

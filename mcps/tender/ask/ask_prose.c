/* Sentences for the outline of a bid. */
#include "ask.h"
#include "asker.h"
#include "pages.h"
#include "tender/text/text.h"

#define MOST_SECTIONS     24
#define MOST_REQUIREMENTS 40 /* of one section */
#define MOST_SENTENCES    12
#define MOST_SENTENCE     600 /* bytes */
#define MOST_CITATIONS    4

struct writing {
	struct asker asker;
	const struct doc *doc;
	GArray *pieces;
	const json_t *requirements; /* of the result */
};

static const char *text_in(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

/* --- the question --- */

static const json_t *find_requirement(const struct writing *w, const char *id)
{
	json_t *one;
	size_t i;

	json_array_foreach (w->requirements, i, one) {
		if (streq(text_in(one, "id"), id))
			return one;
	}
	return NULL;
}

/* The page that an entry stands on. */
static void want_page(const struct writing *w, const json_t *entry, bool *wanted)
{
	const char *file = text_in(entry, "file");
	json_int_t number = json_integer_value(json_object_get(entry, "page"));

	for (unsigned i = 0; i < w->doc->pages->len; i++) {
		const struct page *p = doc_page(w->doc, i);

		if (p->number == number && (!*file || streq(doc_file(w->doc, (unsigned)p->file)->name, file)))
			wanted[i] = true;
	}
}

/* What the section asks for, and the pages that say so. */
static json_t *data_of(const struct writing *w, const json_t *section)
{
	auto_free bool *wanted = g_new0(bool, w->doc->pages->len + 1);
	json_t *list = json_array(), *id;
	size_t i;

	want_page(w, section, wanted);
	json_array_foreach (json_object_get(section, "requirements"), i, id) {
		const json_t *one = find_requirement(w, json_string_value(id));

		if (!one || i >= MOST_REQUIREMENTS)
			continue;
		want_page(w, one, wanted);
		json_array_append_new(list, json_pack("{s:O, s:O}", "text", json_object_get(one, "text"), "level",
						      json_object_get(one, "level")));
	}
	return json_pack("{s:s, s:o, s:o}", "section", text_in(section, "title"), "requirements", list, "pages",
			 pages_of(w->doc, w->pieces, wanted));
}

static json_t *members(void)
{
	json_t *citation =
		asker_object(json_pack("{s:{s:s}, s:{s:s}}", "page", "type", "integer", "quote", "type", "string"));
	json_t *sentence = asker_object(json_pack("{s:{s:s}, s:o}", "text", "type", "string", "citations",
						  asker_list(citation, MOST_CITATIONS)));

	return json_pack("{s:o}", "sentences", asker_list(sentence, MOST_SENTENCES));
}

/* --- the answer --- */

static json_t *citation_of(const struct writing *w, const json_t *shown, const json_t *given)
{
	const struct page *p = pages_cited(w->doc, shown, json_object_get(given, "page"));
	auto_free char *quote = asker_quote(p, json_object_get(given, "quote"));
	json_t *one = quote ? json_pack("{s:i, s:s}", "page", p->number, "quote", quote) : NULL;

	if (one && w->doc->files->len > 1)
		json_object_set_new(one, "file", json_string(doc_file(w->doc, (unsigned)p->file)->name));
	return one;
}

/* All of them, or NULL: who invents one citation is not believed the others. */
static json_t *citations_of(const struct writing *w, const json_t *shown, const json_t *given)
{
	json_t *list = json_array(), *one;
	bool good = json_array_size(given) > 0 && json_array_size(given) <= MOST_CITATIONS;
	size_t i;

	for (i = 0; good && i < json_array_size(given); i++) {
		one = citation_of(w, shown, json_array_get(given, i));
		good = one != NULL;
		json_array_append_new(list, one);
	}
	if (good)
		return list;
	json_decref(list);
	return NULL;
}

/* The digits that begin at s stand alone in one of the quotes. */
static bool is_quoted(const json_t *citations, const char *s, size_t n)
{
	json_t *one;
	size_t i;

	json_array_foreach (citations, i, one) {
		for (const char *at = text_in(one, "quote"); *(at += strcspn(at, "0123456789"));) {
			size_t len = strspn(at, "0123456789");

			if (len == n && strncmp(at, s, n) == 0)
				return true;
			at += len;
		}
	}
	return false;
}

/* A bid that promises a number which nobody asked for would be the model's invention. */
static bool numbers_stand(const char *text, const json_t *citations)
{
	for (const char *at = text; *(at += strcspn(at, "0123456789"));) {
		size_t len = strspn(at, "0123456789");

		if (!is_quoted(citations, at, len))
			return false;
		at += len;
	}
	return true;
}

static json_t *sentence_of(const struct writing *w, const json_t *shown, const json_t *given)
{
	json_t *citations = citations_of(w, shown, json_object_get(given, "citations")), *one = NULL;
	auto_free char *text = text_squeeze(text_in(given, "text"));

	if (citations && text_words(text) > 0 && strlen(text) <= MOST_SENTENCE && numbers_stand(text, citations))
		one = json_pack("{s:s, s:O}", "text", text, "citations", citations);
	json_decref(citations);
	return one;
}

static void write_section(struct writing *w, json_t *section)
{
	json_t *data = data_of(w, section), *shown = json_incref(json_object_get(data, "pages"));
	json_t *answer =
		asker_ask(&w->asker,
			  "Write a draft of what a bidder could answer to this section of its bid, in the language "
			  "of the pages: a few plain sentences, each with citations of the words that ask for it. "
			  "Invent nothing about the bidder and name no number that the citations do not have.",
			  data, members());
	json_t *list = json_array(), *one;
	size_t i;

	json_array_foreach (json_object_get(answer, "sentences"), i, one) {
		json_t *sentence = i < MOST_SENTENCES ? sentence_of(w, shown, one) : NULL;

		w->asker.taken += sentence != NULL;
		w->asker.refused += i < MOST_SENTENCES && !sentence;
		if (sentence)
			json_array_append_new(list, sentence);
	}
	if (json_array_size(list) > 0)
		json_object_set(section, "draft", list);
	json_decref(list);
	json_decref(answer);
	json_decref(shown);
}

unsigned ask_prose(struct call *c, const struct doc *d, json_t *result, json_t *sections, unsigned ms)
{
	struct writing w = { .doc = d, .requirements = json_object_get(result, "requirements") };
	unsigned n = 0;
	json_t *one;
	size_t i;

	call_limit_models(c, ms);
	if (!asker_begin(&w.asker, c, "bid-generator"))
		return 0;
	w.pieces = pages_cut(d);
	json_array_foreach (sections, i, one) {
		if (i >= MOST_SECTIONS || w.asker.over)
			break;
		write_section(&w, one);
		n += json_object_get(one, "draft") != NULL;
	}
	asker_tell(&w.asker, result);
	g_array_unref(w.pieces);
	return n;
}

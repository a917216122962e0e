#include "fact.h"

#include <stdlib.h>

#include "tender/text/text.h"

#define ELLIPSIS   "\xE2\x80\xA6"
#define DOTS       " " ELLIPSIS " "
#define MOST_QUOTE 400

static bool has_invisible(const char *s)
{
	for (; *s; s = g_utf8_next_char(s)) {
		if (text_invisible(g_utf8_get_char(s)))
			return true;
	}
	return false;
}

/* Where a piece stands in the page's plain text, NULL for nowhere. */
static const char *find_piece(const struct page *p, const char *piece, size_t *len)
{
	auto_free char *plain = text_plain(piece, NULL);

	*len = strlen(plain);
	return *len ? strstr(p->plain, plain) : NULL;
}

static char *verbatim_piece(const struct page *p, const char *piece)
{
	size_t len;
	const char *at = find_piece(p, piece, &len), *end;
	auto_free char *raw = NULL;
	int from;

	if (!at)
		return NULL;
	from = p->plain_from[at - p->plain];
	end = p->text + p->plain_from[at - p->plain + (ptrdiff_t)len - 1];
	raw = g_strndup(p->text + from, (gsize)(g_utf8_next_char(end) - (p->text + from)));
	/* Without anything invisible the mended form reads better and is found as well. */
	return has_invisible(raw) ? text_squeeze(raw) : g_strdup(piece);
}

char *fact_verbatim(const struct page *p, const char *quote)
{
	gchar **pieces = g_strsplit(quote, DOTS, -1);
	GString *all = g_string_new(NULL);
	bool stands = pieces[0] != NULL;

	for (gchar **piece = pieces; *piece && stands; piece++) {
		auto_free char *raw = verbatim_piece(p, *piece);

		stands = raw != NULL;
		g_string_append_printf(all, "%s%s", piece == pieces ? "" : DOTS, raw ? raw : "");
	}
	g_strfreev(pieces);
	return g_string_free(all, !stands);
}

bool fact_stands(const struct page *p, const char *quote)
{
	gchar **pieces = g_strsplit(quote, DOTS, -1);
	bool stands = pieces[0] != NULL;
	size_t len;

	for (gchar **piece = pieces; *piece && stands; piece++)
		stands = find_piece(p, *piece, &len) != NULL;
	g_strfreev(pieces);
	return stands;
}

static char *join_lines(const struct page *p, int first, int n)
{
	GString *all = g_string_new(NULL);

	for (int i = first; i < first + n; i++)
		text_join(all, page_line(p, i)->text);
	return g_string_free(all, FALSE);
}

/* Lines of a block, joined where the page has them one behind the other, else by dots. */
static char *quote_lines(const struct page *p, int first, int n)
{
	auto_free char *whole = join_lines(p, first, n);
	GString *all, *piece;

	/* The common case; where all stands there, so does each part. */
	if (!strstr(whole, ELLIPSIS) && fact_stands(p, whole))
		return steal(whole);
	all = g_string_new(NULL);
	piece = g_string_new(NULL);
	for (int i = first; i < first + n; i++) {
		gsize was = piece->len;

		text_join(piece, page_line(p, i)->text);
		if (was == 0 || fact_stands(p, piece->str))
			continue;
		g_string_truncate(piece, was);
		g_string_append_printf(all, "%s%s", piece->str, DOTS);
		g_string_assign(piece, page_line(p, i)->text);
	}
	g_string_append(all, piece->str);
	g_string_free(piece, TRUE);
	return g_string_free(all, FALSE);
}

static char *quote_sentence(const struct block *b, int from, int to)
{
	const char *begin = b->text, *end = text_sentence(begin);

	while (*end && end - b->text <= from) {
		begin = end + strspn(end, " ");
		end = text_sentence(begin);
	}
	while (*end && end - b->text < to)
		end = text_sentence(end + strspn(end, " "));
	return g_strndup(begin, (gsize)(end - begin));
}

char *fact_quote(const struct page *p, const struct block *b, int from, int to)
{
	char *quote = quote_sentence(b, from, to);
	int first, last;

	if (strlen(quote) <= MOST_QUOTE && fact_stands(p, quote))
		return quote;
	g_free(quote);
	first = block_line(b, from);
	last = block_line(b, to > from ? to - 1 : to);
	return quote_lines(p, first, last - first + 1);
}

char *fact_pair(const char *label, const char *value)
{
	return g_strconcat(label, DOTS, value, NULL);
}

bool fact_place(const struct doc *d, json_t *fact, const struct page *p, const char *quote)
{
	auto_free char *verbatim = fact_verbatim(p, quote);

	if (!verbatim)
		return false;
	json_object_set_new(fact, "page", json_integer(p->number));
	json_object_set_new(fact, "quote", json_string(verbatim));
	if (d->files->len > 1)
		json_object_set_new(fact, "file", json_string(doc_file(d, (unsigned)p->file)->name));
	return true;
}

static void decref(void *fact)
{
	json_decref(fact);
}

struct choice *choice_new(void)
{
	struct choice *c = g_new0(struct choice, 1);

	c->facts = g_ptr_array_new_with_free_func(decref);
	c->scores = g_array_new(FALSE, FALSE, sizeof(int));
	c->keys = g_ptr_array_new_with_free_func(g_free);
	return c;
}

void choice_free(struct choice *c)
{
	if (!c)
		return;
	g_ptr_array_unref(c->facts);
	g_array_unref(c->scores);
	g_ptr_array_unref(c->keys);
	g_free(c);
}

void choice_add(struct choice *c, json_t *fact, int score, const char *key)
{
	if (!fact || score <= 0) {
		json_decref(fact);
		return;
	}
	g_ptr_array_add(c->facts, fact);
	g_array_append_val(c->scores, score);
	g_ptr_array_add(c->keys, g_strdup(key));
}

static int score_at(const struct choice *c, unsigned i)
{
	return g_array_index(c->scores, int, i);
}

/* "2025-07-04" agrees with "2025-07-04T09:00": one only says more. */
static bool keys_agree(const char *a, const char *b)
{
	return util_starts(a, b) || util_starts(b, a);
}

static unsigned best_of(const struct choice *c)
{
	unsigned best = 0;

	for (unsigned i = 1; i < c->facts->len; i++) {
		if (score_at(c, i) > score_at(c, best))
			best = i;
	}
	return best;
}

json_t *choice_take(struct choice *c)
{
	unsigned best = best_of(c);
	int confidence, agree = 0, rival = 0;
	json_t *fact;

	if (c->facts->len == 0)
		return NULL;
	for (unsigned i = 0; i < c->facts->len; i++) {
		if (i == best)
			continue;
		if (keys_agree(c->keys->pdata[i], c->keys->pdata[best]))
			agree++;
		else if (score_at(c, i) > rival)
			rival = score_at(c, i);
	}
	confidence = score_at(c, best) + (agree > 2 ? 4 : 2 * agree);
	if (rival > score_at(c, best) - 12)
		confidence -= 18 - (score_at(c, best) - rival);
	fact = json_incref(c->facts->pdata[best]);
	json_object_set_new(fact, "confidence", json_integer(CLAMP(confidence, 5, 97)));
	return fact;
}

#define RIVAL_SCORE     55 /* what a candidate must score to be listed */
#define MOST_CANDIDATES 4

/* The likeliest candidate that says something else than those taken; -1 for none. */
static int next_rival(const struct choice *c, const bool *taken)
{
	int next = -1;

	for (unsigned i = 0; i < c->facts->len; i++) {
		if (!taken[i] && score_at(c, i) >= RIVAL_SCORE &&
		    (next < 0 || score_at(c, i) > score_at(c, (unsigned)next)))
			next = (int)i;
	}
	return next;
}

static void take_alike(const struct choice *c, unsigned one, bool *taken)
{
	for (unsigned i = 0; i < c->facts->len; i++)
		taken[i] = taken[i] || keys_agree(c->keys->pdata[i], c->keys->pdata[one]);
}

json_t *choice_take_listing(struct choice *c)
{
	json_t *fact = choice_take(c), *list = json_array();
	auto_free bool *taken = g_new0(bool, c->facts->len + 1);

	if (fact)
		take_alike(c, best_of(c), taken);
	for (int i; json_array_size(list) < MOST_CANDIDATES && (i = next_rival(c, taken)) >= 0;) {
		const json_t *other = c->facts->pdata[i];

		json_array_append_new(list, json_pack("{s:O, s:O, s:O}", "value", json_object_get(other, "value"),
						      "page", json_object_get(other, "page"), "quote",
						      json_object_get(other, "quote")));
		take_alike(c, (unsigned)i, taken);
	}
	if (json_array_size(list) > 0)
		json_object_set(fact, "candidates", list);
	json_decref(list);
	return fact;
}

int fact_confidence(const json_t *fact)
{
	return (int)json_integer_value(json_object_get(fact, "confidence"));
}

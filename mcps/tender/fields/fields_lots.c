/* The lots a contract is divided into. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_LOTS  200
#define MOST_TITLE 200

/* "Los 3: Title", "Lot No. 2 - Title", "LOT-0001 Title", "Fachlos 1", "Teillos A". */
static struct pattern lot_at = {
	"^(?:\\d{1,2}(?:\\.\\d{1,2})*\\.? )?(?:(?:(?:fach|teil|gebiets)?los|lot)(?:(?:-?nr\\.?| ?nummer| no\\.?| number|:)? ?)(?:LOT-)?|LOT-)(?<id>\\d{1,4}|[A-H]|[IVX]{1,4})(?:(?<=LOT-\\d{4})|(?![\\w%]))\\s*(?<mark>[:.)(–—-]+)?\\s*(?<title>.*)$",
	0, NULL, NULL
};
/* eForms: "5.1 Interne Referenz-ID Los: LOT-0001"; the title stands further down. */
static struct pattern eforms_lot = { "\\b(?:los|lot)\\s*:\\s*LOT-(?<id>\\d{4})\\s*$", 0, NULL, NULL };
static struct pattern title_at = { "^(?:titel|title|bezeichnung|name)(?=\\s*:)", 0, NULL, NULL };
static struct pattern about_at = { "^(?:kurze )?(?:beschreibung|description)(?=\\s*:)", 0, NULL, NULL };
static struct pattern column_head = {
	"^(?:(?:fach|teil)?los|lot|(?:separable )?portion)(?:[- ]?(?:nr|no|nummer|number)\\.?)?$", 0, NULL, NULL
};
/* In a sentence: "Los 1 „Nord“ und Los 2 „Süd“", "Lot 1 (North), Lot 2 (South)", "Lot A: roofs, Lot B: walls". */
static struct pattern told_lot = {
	"\\b(?:(?:fach|teil|gebiets)?los|lot)(?:-?nr\\.?| ?nummer| no\\.?| number)? (?<id>\\d{1,2}|[A-H])(?J:\\W{0,3}[\"“„«»‘'](?<title>[^\"“”„«»’]{3,120})[\"”“»’]|"
	" ?\\((?<title>[^()]{3,120})\\)|(?:\\s*:| -| –)\\s*(?<title>[^;,.()]{3,100}?)(?=\\s*(?:[;,.()]|\\b(?:and|und|sowie)\\s+(?:(?:fach|teil|gebiets)?los|lot)\\b|$)))",
	0, NULL, NULL
};
static struct pattern cell_id = { "^(?<id>\\d{1,3}|[A-H]|[IVX]{1,4}|(?-i:[A-Z]{1,3})\\d{1,2})[.)]?$", 0, NULL, NULL };
/* What is said of a lot, and is no title of it. */
static struct pattern no_title = {
	"^(?:und|and|or|oder|bis|to|is|are|ist|sind|wird|will|shall|must|only|nur|of|von|werden|may|can|kann|können|the|der|die|das|for|für|umfasst|beinhaltet|comprises|consists|see|siehe|wie|as|je|jeweils|eine?|zwei|drei|vier|fünf|one|two|three|four|five|each)\\b|^[\\d.,€$£ ]*$",
	0, NULL, NULL
};

static struct pattern quantity_at = {
	"\\b(?:ca\\.?|circa|etwa|rund|approx\\.?|approximately|about) ?\\d|\\d ?(?:st(?:k|ck|ück)?\\b|m[²³]|qm\\b|m\\b|lfm\\b|pcs\\b|pieces\\b|units\\b|nos\\b|kg\\b|t\\b|ha\\b|km\\b)",
	0, NULL, NULL
};

/* A contract may be divided into parts of another name, each of which may be bid for. */
static struct pattern divided = {
	"\\b(?:divided|split|broken down|grouped|separated) into\\b[^.;]{0,40}?\\b(?<word>categor|package|part|region|zone|area|schedule|group|cluster|stream)|"
	"\\bin (?:\\w+ ){0,3}(?<word2>gebiet|teilgebiet|bereich|paket|kategorie|region|abschnitt|teil)\\w* (?:aufgeteilt|unterteilt|gegliedert|geteilt)\\b",
	0, NULL, NULL
};
static struct pattern may_choose = {
	"\\b(?:one or (?:both|more|several|all|any)|(?:any|each|either|both|all) or (?:all|any|both|one)|any number of|for (?:any|each) of|"
	"ein(?:es|e|en)? oder (?:mehrere|beide|alle)|einzelne oder alle|für (?:jedes|jeden|jede|einzelne))\\b",
	0, NULL, NULL
};
static struct pattern part_at = {
	"^\\W*(?:\\p{Lu}\\p{L}+ )?(?<word>\\p{Lu}\\p{L}+) (?:no\\. ?|nr\\. ?)?(?<id>\\d{1,2}|[A-H])\\s*[:–—-]+\\s*(?<title>\\p{L}.{2,150})$",
	0, NULL, NULL
};

/* A lot while it is read. */
struct lots {
	const struct doc *doc;
	json_t *list;
	json_t *open; /* the lot whose title or description may follow; borrowed from list */
	int since;    /* lines since it began */
};

void fields_lots_preload(void)
{
	pattern_compile(&lot_at, 1);
	pattern_compile(&eforms_lot, 1);
	pattern_compile(&title_at, 1);
	pattern_compile(&about_at, 1);
	pattern_compile(&column_head, 1);
	pattern_compile(&told_lot, 1);
	pattern_compile(&cell_id, 1);
	pattern_compile(&no_title, 1);
	pattern_compile(&quantity_at, 1);
	pattern_compile(&divided, 1);
	pattern_compile(&may_choose, 1);
	pattern_compile(&part_at, 1);
}

static json_t *find_lot(const struct lots *l, const char *id)
{
	size_t i;
	json_t *one;

	json_array_foreach (l->list, i, one) {
		if (streq(json_string_value(json_object_get(one, "id")), id))
			return one;
	}
	return NULL;
}

/* "Windows, about 186 pieces, with removal": what counts things describes, and begins at the first comma. */
static void cut_quantities(char *title)
{
	char *comma = strstr(title, ", ");

	if (comma && pattern_match(&quantity_at, comma))
		*comma = '\0';
}

/* A title ends where its sentence does; a bracket that opened before it closes with it. */
static char *title_text(const char *text)
{
	auto_free char *all = text_clean(text);
	char *title = g_strndup(all, (gsize)(text_sentence(all) - all));

	cut_quantities(title);
	while (*title && strchr(".,;:)(- ", title[strlen(title) - 1]) && !(util_ends(title, ")") && strchr(title, '(')))
		title[strlen(title) - 1] = '\0';
	return title;
}

/* The quote joins the number and the title where they stand apart. */
static void set_title(struct lots *l, const struct page *p, json_t *lot, const char *text, const char *quote)
{
	auto_free char *title = title_text(text);

	if (strlen(title) < 3 || strlen(title) > MOST_TITLE || pattern_match(&no_title, title))
		return;
	if (fact_place(l->doc, lot, p, quote))
		json_object_set_new(lot, "title", json_string(title));
}

static void open_lot(struct lots *l, const char *id)
{
	const char *bare = id + strspn(id, "0");

	l->since = 0;
	l->open = find_lot(l, bare);
	if (l->open || json_array_size(l->list) >= MOST_LOTS)
		return;
	l->open = json_pack("{s:s, s:n, s:n, s:i}", "id", bare, "title", "description", "confidence", 84);
	json_array_append_new(l->list, l->open);
}

/* From byte at of line k to the end of its block, as long as the lines go on in one cell. */
static char *rest_of(const struct page *p, int k, const char *from)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	GString *all = g_string_new(from);

	for (int i = k + 1; i < b->first + b->n && all->len < MOST_TITLE; i++) {
		if (pattern_match(&lot_at, page_line(p, i)->text) || strchr(page_line(p, i)->text, ':'))
			break;
		text_join(all, page_line(p, i)->text);
	}
	return g_string_free(all, FALSE);
}

/* Does the text tell of several lots with their titles? */
static bool tells_several(const char *text)
{
	GMatchInfo *m = strcasestr(text, "lot ") || strcasestr(text, "los ") ? pattern_find(&told_lot, text, 0) : NULL;
	int n = 0;

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL))
		n++;
	g_match_info_free(m);
	return n > 1;
}

/* Lots that a sentence tells with their titles, two at least. */
static void read_told(struct lots *l, const struct page *p, const struct block *b)
{
	GMatchInfo *m = tells_several(b->text) ? pattern_find(&told_lot, b->text, 0) : NULL;

	for (int from, to; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		auto_free char *id = g_match_info_fetch_named(m, "id"), *title = g_match_info_fetch_named(m, "title"),
			       *quote = NULL;

		if (!g_match_info_fetch_pos(m, 0, &from, &to))
			continue;
		quote = fact_quote(p, b, from, to);
		open_lot(l, id);
		if (l->open && !json_is_string(json_object_get(l->open, "title")))
			set_title(l, p, l->open, title, quote);
	}
	g_match_info_free(m);
}

/* "Los 1: Title", "Los 1" with the title in the next cell, "5.1 Los: LOT-0001" with the title further down. */
static bool read_named(struct lots *l, const struct page *p, int k)
{
	const char *line = page_line(p, k)->text, *text = line + text_bullet(line);
	GMatchInfo *m = strcasestr(text, "lo") && !tells_several(text) ? pattern_find(&lot_at, text, 0) : NULL;
	auto_free char *id = m ? g_match_info_fetch_named(m, "id") : NULL,
		       *title = m ? g_match_info_fetch_named(m, "title") : NULL,
		       *mark = m ? g_match_info_fetch_named(m, "mark") : NULL, *all = NULL, *quote = NULL;
	int right = m && !*title ? page_right(p, k) : -1;

	g_match_info_free(m);
	if (!id || (*title && !*mark && !g_unichar_isupper(g_utf8_get_char(title))) ||
	    (*title && pattern_match(&no_title, title)))
		return false;
	open_lot(l, id);
	if (!l->open || json_is_string(json_object_get(l->open, "title")))
		return true;
	if (right >= 0) {
		all = rest_of(p, right, page_line(p, right)->text);
		quote = fact_pair(text, all);
	} else if (*title) {
		all = rest_of(p, k, title);
		quote = fact_quote(p, page_block(p, page_line(p, k)->block), 0, 0);
	}
	if (all)
		set_title(l, p, l->open, all, fact_stands(p, quote ? quote : "") ? quote : text);
	return true;
}

/* The lines of eForms under "Los: LOT-0001". */
static void read_below(struct lots *l, const struct page *p, int k)
{
	struct labelled value;

	if (label_value(p, k, &title_at, &value)) {
		if (!json_is_string(json_object_get(l->open, "title")))
			set_title(l, p, l->open, value.value, value.quote);
		labelled_release(&value);
	} else if (label_value(p, k, &about_at, &value)) {
		if (!json_is_string(json_object_get(l->open, "description")))
			json_object_set_new(l->open, "description", json_string(value.value));
		labelled_release(&value);
	}
}

#define HEAD_LINES 1.6 /* heights of a head within which it goes on in a second line */

/* Is the line under the head, in its column? */
static bool in_column(const struct line *head, const struct line *cell)
{
	return cell->y0 > head->y1 - 2 && cell->x0 < head->x1 && cell->x1 > head->x0 - 8;
}

static bool goes_on_from(const struct line *head, const struct line *cell)
{
	return cell->y0 - head->y1 < HEAD_LINES * (head->y1 - head->y0) && strlen(cell->text) < 8;
}

/* What else stands in the column ends the table: another one may follow, whose numbers are none of lots. */
static GArray *rows_under(const struct page *p, int head)
{
	const struct line *h = page_line(p, head);
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(int));

	for (int k = head + 1; k < (int)p->lines->len; k++) {
		const struct line *cell = page_line(p, k);

		if (!in_column(h, cell) || (cell->furniture && !pattern_match(&cell_id, cell->text)))
			continue;
		if (pattern_match(&cell_id, cell->text))
			g_array_append_val(rows, k);
		else if (!pattern_match(&lot_at, cell->text) && (rows->len > 0 || !goes_on_from(h, cell)))
			break;
	}
	return rows;
}

/* A lot that has several rows has its places in them, or its parts: none of them is its title. */
static bool each_once(const struct page *p, const GArray *rows)
{
	for (unsigned i = 0; i < rows->len; i++) {
		for (unsigned k = i + 1; k < rows->len; k++) {
			if (streq(page_line(p, g_array_index(rows, int, i))->text,
				  page_line(p, g_array_index(rows, int, k))->text))
				return false;
		}
	}
	return true;
}

static void read_row(struct lots *l, const struct page *p, int k)
{
	GMatchInfo *m = pattern_find(&cell_id, page_line(p, k)->text, 0);
	int right = m ? page_right(p, k) : -1;

	if (right >= 0) {
		auto_free char *id = g_match_info_fetch_named(m, "id"),
			       *all = rest_of(p, right, page_line(p, right)->text),
			       *quote = fact_pair(page_line(p, k)->text, page_line(p, right)->text);

		open_lot(l, id);
		if (l->open && !json_is_string(json_object_get(l->open, "title")))
			set_title(l, p, l->open, all, quote);
	}
	g_match_info_free(m);
}

/* The rows under a head "Lot" that has other heads beside it. */
static void read_column(struct lots *l, const struct page *p, int head)
{
	GArray *rows = rows_under(p, head);
	unsigned n = each_once(p, rows) ? rows->len : 0;

	for (unsigned i = 0; i < n; i++)
		read_row(l, p, g_array_index(rows, int, i));
	g_array_unref(rows);
}

static bool read_eforms(struct lots *l, const struct page *p, int k)
{
	const char *text = page_line(p, k)->text;
	GMatchInfo *m = strstr(text, "LOT-") ? pattern_find(&eforms_lot, text, 0) : NULL;
	auto_free char *id = m ? g_match_info_fetch_named(m, "id") : NULL;

	g_match_info_free(m);
	if (id)
		open_lot(l, id);
	return id != NULL;
}

static void read_line(struct lots *l, const struct page *p, int k)
{
	const struct line *line = page_line(p, k);

	if (line->furniture || section_is_index(page_block(p, line->block)))
		return;
	if (read_eforms(l, p, k) || read_named(l, p, k))
		return;
	if (pattern_match(&column_head, line->text) && page_right(p, k) >= 0)
		read_column(l, p, k);
	else if (l->open && ++l->since < 12)
		read_below(l, p, k);
}

/* "Category 1: Title" where the contract is divided into categories. */
static void read_part(struct lots *l, const struct page *p, int k, const char *word)
{
	const char *text = page_line(p, k)->text;
	GMatchInfo *m = strcasestr(text, word) ? pattern_find(&part_at, text, 0) : NULL;

	if (m) {
		auto_free char *its = g_match_info_fetch_named(m, "word"), *id = g_match_info_fetch_named(m, "id"),
			       *title = g_match_info_fetch_named(m, "title"), *all = rest_of(p, k, title);

		if (g_ascii_strncasecmp(its, word, strlen(word)) == 0)
			open_lot(l, id);
		else
			l->open = NULL;
		if (l->open && !json_is_string(json_object_get(l->open, "title")))
			set_title(l, p, l->open, all, text);
	}
	g_match_info_free(m);
}

/* What a contract is divided into, in small letters, where bidders may choose; NULL where it is not; the caller's. */
static char *part_word(const struct block *b)
{
	GMatchInfo *m = pattern_match(&may_choose, b->text) ? pattern_find(&divided, b->text, 0) : NULL;
	char *word = m ? g_match_info_fetch_named(m, "word") : NULL;

	if (m && (!word || !*word)) {
		g_free(word);
		word = g_match_info_fetch_named(m, "word2");
	}
	g_match_info_free(m);
	for (char *s = word; s && *s; s++)
		*s = g_ascii_tolower(*s);
	return word;
}

/* The parts behind the block that says that there are some, and on the next page. */
static void read_parts(struct lots *l, unsigned page, const struct block *b, const char *word)
{
	for (unsigned i = page; i <= page + 1 && i < l->doc->pages->len; i++) {
		const struct page *p = doc_page(l->doc, i);

		for (int k = i == page ? b->first + b->n : 0; p->readable && k < (int)p->lines->len; k++)
			read_part(l, p, k, word);
	}
}

/* Who says it again on the same page has no other parts behind him: each word is looked for once. */
static void read_divided(struct lots *l, unsigned page)
{
	const struct page *p = doc_page(l->doc, page);
	GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (int k = 0; p->readable && k < (int)p->blocks->len && json_array_size(l->list) == 0; k++) {
		char *word = part_word(page_block(p, k));

		if (word && g_hash_table_add(words, word))
			read_parts(l, page, page_block(p, k), word);
	}
	g_hash_table_unref(words);
}

static void drop_untitled(json_t *list)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		if (!json_is_string(json_object_get(json_array_get(list, i), "title")))
			json_array_remove(list, i);
	}
}

/* Numbers that begin with the first and leave none out are surely lots. */
static int how_sure(const json_t *list)
{
	size_t i, in_order = 0;
	json_t *one;

	json_array_foreach (list, i, one) {
		const char *id = json_string_value(json_object_get(one, "id"));

		in_order += (size_t)atoi(id) == i + 1 || (size_t)(id[0] - 'A') == i;
	}
	return in_order == json_array_size(list) ? 90 : 66;
}

json_t *field_lots(const struct doc *d)
{
	struct lots l = { .doc = d, .list = json_array() };
	json_t *one;
	size_t i;

	for (unsigned n = 0; n < d->pages->len; n++) {
		const struct page *p = doc_page(d, n);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++)
			read_line(&l, p, k);
		for (int k = 0; p->readable && k < (int)p->blocks->len; k++)
			read_told(&l, p, page_block(p, k));
	}
	drop_untitled(l.list);
	for (unsigned n = 0; n < d->pages->len && json_array_size(l.list) == 0; n++)
		read_divided(&l, n);
	drop_untitled(l.list);
	/* A contract that is not divided is printed as one lot. */
	if (json_array_size(l.list) < 2) {
		json_decref(l.list);
		return NULL;
	}
	json_array_foreach (l.list, i, one)
		json_object_set_new(one, "confidence", json_integer(how_sure(l.list)));
	return l.list;
}

#include "clause_parts.h"

#include <stdlib.h>

#include "tender/doc/section.h"
#include "tender/doc/table.h"
#include "tender/text/text.h"
#include "wording.h"

#define MOST_CLAUSES  40000
#define LONG_ENOUGH   40  /* letters of a text that stops in the middle of a sentence */
#define STOPPED_WORDS 4   /* of what is a sentence when a stop ends it */
#define MOST_LABEL    140 /* bytes of what stands before the colon in a form */

void clause_free(void *arg)
{
	struct clause *c = arg;

	g_free(c->text);
	g_free(c->id);
	g_free(c->section);
	g_free(c->stem);
	g_free(c->whole);
	g_free(c);
}

struct clause *clause_emit(struct reading *r, enum clause_kind kind, const char *text, const char *id)
{
	struct clause *c;

	if (!text[0] || r->out->len >= MOST_CLAUSES)
		return NULL;
	c = g_new0(struct clause, 1);
	c->kind = kind;
	c->text = g_strdup(text);
	c->id = g_strdup(id);
	c->section = g_strdup(r->section);
	c->page = r->page;
	g_ptr_array_add(r->out, c);
	return c;
}

static void stem_drop(struct reading *r)
{
	struct stem *s = &r->stems[--r->n_stems];

	g_free(s->text);
	g_free(s->id);
	*s = (struct stem){ 0 };
}

static void stems_clear(struct reading *r)
{
	while (r->n_stems > 0)
		stem_drop(r);
	r->waiting = false;
}

static struct style style_of(const char *marker)
{
	struct style s = { 0 };
	gunichar c = g_utf8_get_char(marker);

	if (c == '(')
		c = g_utf8_get_char(marker + 1);
	s.sign = c < 0x80 && g_ascii_isdigit((char)c) ? '1' : c < 0x80 && g_ascii_isalpha((char)c) ? 'a' : c;
	for (const char *at = marker; *at && *at != ' '; at++)
		s.dots += *at == '.' && g_ascii_isalnum(at[1]);
	return s;
}

static bool same_style(struct style a, struct style b)
{
	return a.sign == b.sign && a.dots == b.dots;
}

/* The stem that an item belongs to; lists that ended before it are forgotten. NULL for none. */
static struct stem *stem_for(struct reading *r, struct style style)
{
	while (r->n_stems > 0) {
		struct stem *s = &r->stems[r->n_stems - 1];

		if (s->of_item && same_style(s->of, style)) {
			stem_drop(r);
			continue;
		}
		if (!s->begun) {
			s->begun = true;
			s->list = style;
		}
		/* Bullets of another kind are a list in the list; a number is not. */
		if (same_style(s->list, style) || style.sign != '1')
			return s;
		stem_drop(r);
	}
	return NULL;
}

static void stem_push(struct reading *r, const struct para *p, const char *text)
{
	struct stem *s;

	if (!p->item)
		stems_clear(r);
	if (r->n_stems == MOST_STEMS)
		stem_drop(r);
	s = &r->stems[r->n_stems++];
	*s = (struct stem){ .text = g_strdup(text), .id = g_strdup(p->id), .of = p->style, .of_item = p->item };
	r->waiting = true;
}

/* A stem without a list was a sentence. */
static void stem_settle(struct reading *r, bool item_follows)
{
	if (r->waiting && !item_follows)
		clause_emit(r, CLAUSE_SENTENCE, r->stems[r->n_stems - 1].text, r->stems[r->n_stems - 1].id);
	r->waiting = false;
}

/* "C.3.1", "F-01", "2.4": it is the document's name for that place; "a)" and "3." are not. */
char *clause_id(const char *marker)
{
	size_t len = strcspn(marker, " "), digits = 0, others = 0;

	while (len > 0 && strchr(".:)", marker[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		digits += g_ascii_isdigit(marker[i]) != 0;
		others += !g_ascii_isdigit(marker[i]) && marker[i] != '(';
	}
	return digits > 0 && others > 0 && g_ascii_isalnum(marker[0]) ? g_strndup(marker, len) : NULL;
}

static char *item_id(const struct stem *stem, const char *marker)
{
	char *own = clause_id(marker);

	if (own || !stem || !stem->id || !strchr("(abcdefghijklmnopqrstuvwxyz", marker[0]))
		return own;
	return g_strdup_printf("%s%.*s", stem->id, (int)strcspn(marker, " "), marker);
}

static void place(struct clause *c, const struct para *p, size_t from)
{
	if (!c)
		return;
	c->page = p->page;
	if (p->more && from >= p->cut) {
		c->page = p->more;
	} else if (p->more && from + strlen(c->text) > p->cut) {
		c->more = p->more;
		c->cut = p->cut - from;
	}
}

/* "The quotation shall consist of", "It must contain, in this order,": items end the sentence. */
static bool is_begun(const char *text)
{
	size_t len = strlen(text);

	return len > 0 &&
	       (text[len - 1] == ':' || (!strchr(".!?;)", text[len - 1]) && text_words(text) >= STOPPED_WORDS - 1));
}

/* listed: an item comes next */
static void read_sentence(struct reading *r, const struct para *p, size_t from, size_t to, const struct stem *stem,
			  bool listed)
{
	auto_free char *text = g_strndup(p->text->str + from, to - from);
	bool last = p->text->str[to + strspn(p->text->str + to, " ")] == '\0';
	struct clause *c;

	if (last && (listed && !p->item ? is_begun(text) : util_ends(text, ":"))) {
		stem_push(r, p, text);
		return;
	}
	c = clause_emit(r, stem ? CLAUSE_ITEM : CLAUSE_SENTENCE, text, p->id);
	if (c && stem)
		c->stem = g_strdup(stem->text);
	place(c, p, from);
}

static void para_end(struct reading *r, bool listed)
{
	struct para *p = &r->para;
	size_t from, to;
	struct stem *stem = NULL;

	if (!p->text)
		return;
	from = text_marker(p->text->str);
	stem_settle(r, p->item);
	if (p->item) {
		stem = stem_for(r, p->style);
		p->id = item_id(stem, p->text->str);
	} else {
		stems_clear(r);
		p->id = from > 0 ? clause_id(p->text->str) : NULL;
	}
	for (; p->text->str[from]; from = to + strspn(p->text->str + to, " ")) {
		from += text_marker(p->text->str + from);
		to = (size_t)(text_sentence(p->text->str + from) - p->text->str);
		read_sentence(r, p, from, to, stem, listed);
		stem = NULL; /* only the first sentence of an item ends the stem's */
	}
	g_string_free(p->text, TRUE);
	g_free(p->id);
	*p = (struct para){ 0 };
}

void clause_close(struct reading *r)
{
	para_end(r, false);
}

void clause_end_lists(struct reading *r)
{
	clause_close(r);
	stem_settle(r, false);
	stems_clear(r);
}

static bool is_open(const struct para *p)
{
	return p->text && p->text->len > 0 && !strchr(".!?:;", p->text->str[p->text->len - 1]);
}

/* Behind such a word a sentence goes on: what ends so is no heading. */
static bool goes_on(const char *text)
{
	static const char *const ends[] = { "umfasst", "umfassen", "enthält",  "enthalten", "beinhaltet", "sind",
					    "ist",     "hat",      "haben",    "folgende",  "folgendes",  "folgenden",
					    "of",      "are",      "is",       "include",   "includes",   "including",
					    "contain", "contains", "comprise", "comprises", "following",  "to",
					    "will",    "wird",     "werden" };
	const char *space = strrchr(text, ' ');

	for (size_t i = 0; space && i < N_ELEMS(ends); i++) {
		if (streq(space + 1, ends[i]))
			return true;
	}
	return false;
}

/* A label with its value, the head of a list, a sentence with its stop and what obliges somebody are no headings. */
static bool is_heading(const struct block *b)
{
	bool sentence = util_ends(b->text, ".") && text_words(b->text) >= STOPPED_WORDS && !text_upper(b->text);

	return section_is_heading(b) && !sentence && !strstr(b->text, ": ") && !util_ends(b->text, ":") &&
	       !util_ends(b->text, ":-") && !goes_on(b->text) && !wording_obliges(b->text);
}

/* Does text carry on the sentence in which the paragraph before it stopped? */
static bool carries_on(const struct reading *r, const struct block *b, bool item)
{
	const struct para *p = &r->para;
	gunichar first = g_utf8_get_char(b->text);

	if (item || !p->text || !is_open(p) || p->more)
		return false;
	if (g_unichar_islower(first))
		return true;
	return r->page != p->page && !p->item && g_utf8_strlen(p->text->str, -1) > LONG_ENOUGH && !is_heading(b);
}

void clause_begin(struct reading *r, const char *text, const char *marker, bool item)
{
	struct para *p = &r->para;

	para_end(r, item);
	p->text = g_string_new(text);
	p->page = r->page;
	p->item = item;
	p->style = style_of(marker);
}

static void para_continue(struct reading *r, const struct block *b)
{
	struct para *p = &r->para;

	if (!p->text)
		return;
	text_join(p->text, b->text);
	p->cut = p->text->len - strlen(b->text);
	p->more = r->page;
}

static void enter_section(struct reading *r, const char *text)
{
	clause_end_lists(r);
	g_free(r->section);
	r->section = g_strdup(text);
}

/* Short lines under a stem that have no bullet: boxes of a form are drawn and leave no sign in the text. */
static bool is_loose_item(const struct reading *r, const struct block *b)
{
	if (is_open(&r->para) || r->n_stems == 0 || text_upper(b->text) || b->n > 2)
		return false;
	return text_marker(b->text) == 0 && !strchr(".:", b->text[strlen(b->text) - 1]) && text_words(b->text) <= 14;
}

static size_t line_bytes(const struct block *b, int i)
{
	return i + 1 < b->n ? (size_t)(b->starts[i + 1] - b->starts[i]) : strlen(b->text + b->starts[i]);
}

/* "Label: value", as forms have them one to a line. */
static bool is_field(const struct block *b, int i)
{
	const char *line = b->text + b->starts[i], *colon = memmem(line, line_bytes(b, i), ": ", 2);

	return colon && colon - line < MOST_LABEL && g_unichar_isupper(g_utf8_get_char(line)) &&
	       !memchr(line, '.', (size_t)(colon - line));
}

/* The lines of a form that stand close are no sentence: each field begins a paragraph. */
static bool read_fields(struct reading *r, const struct block *b)
{
	int fields = 0;

	for (int i = 0; i < b->n; i++)
		fields += is_field(b, i);
	if (fields < 2 || b->item || !is_field(b, 0))
		return false;
	g_free(steal(r->heads));
	for (int from = 0, i = 1; i <= b->n; i++) {
		auto_free char *text = NULL;

		if (i < b->n && !is_field(b, i))
			continue;
		text = g_strndup(b->text + b->starts[from],
				 i < b->n ? (gsize)(b->starts[i] - b->starts[from]) : strlen(b->text));
		clause_begin(r, g_strchomp(text), "", false);
		from = i;
	}
	return true;
}

static void read_block(struct reading *r, const struct block *b)
{
	size_t marker = text_marker(b->text);
	bool item = b->item || marker > 0;

	if (carries_on(r, b, item)) {
		para_continue(r, b);
		return;
	}
	if (read_fields(r, b))
		return;
	if (r->para.text && r->para.text->str[r->para.text->len - 1] == ':')
		clause_close(r);
	if (is_loose_item(r, b)) {
		clause_begin(r, b->text, "", true);
		return;
	}
	g_free(steal(r->heads));
	if (is_heading(b))
		enter_section(r, b->text);
	else
		clause_begin(r, b->text, marker ? b->text : "", item);
}

static void read_place(struct reading *r, int k)
{
	const struct block *b = page_block(r->page, k);
	struct row row;

	if (table_row(r->page, k, r->gutter, &row) > 1) {
		for (int i = 0; i < row.n; i++)
			r->seen[row.cells[i]] = true;
		clause_row(r, &row);
		return;
	}
	read_block(r, b);
}

static void read_page(struct reading *r)
{
	const struct page *p = r->page;

	r->gutter = table_gutter(p);
	r->seen = g_new0(bool, p->blocks->len + 1);
	for (int k = 0; k < (int)p->blocks->len; k++) {
		const struct block *b = page_block(p, k);

		if (!r->seen[k] && !page_line(p, b->first)->furniture && !section_is_index(b))
			read_place(r, k);
	}
	g_free(r->seen);
}

static void file_begin(struct reading *r, int file)
{
	clause_end_lists(r);
	g_free(steal(r->section));
	g_free(steal(r->heads));
	r->last_file = file;
}

GPtrArray *clause_list(const struct doc *d)
{
	struct reading r = { .out = g_ptr_array_new_with_free_func(clause_free), .last_file = -1 };

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		if (!p->readable)
			continue;
		if (p->file != r.last_file)
			file_begin(&r, p->file);
		r.page = p;
		read_page(&r);
	}
	file_begin(&r, -1);
	return r.out;
}

/*
 * RTF 1.9, as Word, LibreOffice and WordPad write it. Its pages are those that its author began; headers, footers and
 * what nobody sees are left out.
 */
#include <stdlib.h>

#include "charset.h"
#include "flow.h"
#include "reader.h"
#include "rtf_tables.h"
#include "rtf_token.h"

#define MOST_DEPTH  500
#define MOST_CELLS  64
#define TWIPS       20.0 /* in a point */
#define TINY        3.0  /* points: smaller letters are for machines */
#define MOST_INDENT 200.0

/* What becomes of the text of a group. */
enum into {
	INTO_TEXT,
	INTO_NUMBER, /* what stands before an item of a list */
	INTO_NOTE,   /* a footnote or a box, behind the paragraph that holds it */
	INTO_NOTHING,
	INTO_SHAPE, /* nothing, but a box in it is read */
	INTO_FONTS,
	INTO_COLOURS,
};

struct group {
	enum into into;
	bool hidden, deleted;
	bool shaded; /* has a background: white letters can be read on it */
	int colour;
	int font;
	int fallback; /* how many characters behind \u stand for it */
	double size;  /* in points */
};

/* Holds for a paragraph and those behind it, until \pard. */
struct para {
	double indent;
	bool leader; /* tabs are filled with dots */
	bool breaks; /* begins a page */
	bool shaded;
};

struct rtf {
	struct flow *flow;
	struct rtf_tables tables;
	GHashTable *words; /* control word -> struct word */
	GArray *groups;    /* struct group, the innermost last */
	unsigned too_deep; /* groups that are open beyond MOST_DEPTH */
	bool was_too_deep;
	bool star;      /* \* was read: what follows is left out unless it is known */
	int skip;       /* characters that stand for the one of \u before */
	gunichar high;  /* first half of a character of two */
	GString *bytes; /* in the code page of the font, not yet text */
	GString *note;
	GPtrArray *waiting; /* text of notes that belong to the paragraph, until it ends */
	struct para para;
	double size;  /* of the first letters of the paragraph, 0 before them */
	bool item;    /* the paragraph is one */
	bool began;   /* there is text on some page */
	bool section; /* the next paragraph begins one; on a page of its own unless same_page */
	bool same_page;
	bool in_row, row_shaded;
	double edges[MOST_CELLS], left;
	unsigned n_edges;
	bool defined; /* a row was described that has not begun */
};

struct word {
	const char *word;
	void (*act)(struct rtf *d, const struct rtf_token *t, const struct word *w);
	int into;
	const char *text;
};

static struct group *top(struct rtf *d)
{
	return &g_array_index(d->groups, struct group, d->groups->len - 1);
}

static bool is_read(struct rtf *d)
{
	return top(d)->into <= INTO_NOTE;
}

static bool is_seen(struct rtf *d)
{
	const struct group *g = top(d);

	if (!is_read(d) || g->hidden || g->deleted || g->size < TINY)
		return false;
	return !rtf_tables_white(&d->tables, g->colour) || g->shaded || d->para.shaded || d->row_shaded;
}

static void page(struct rtf *d)
{
	if (d->began)
		flow_page(d->flow);
}

static void begin_row(struct rtf *d)
{
	if (d->in_row)
		return;
	flow_row(d->flow, d->n_edges > 0 ? d->edges : NULL, MAX(d->n_edges, 1));
	d->in_row = true;
	d->defined = false;
}

static void begin_paragraph(struct rtf *d)
{
	if ((d->section && !d->same_page) || d->para.breaks)
		page(d);
	d->section = false;
	if (d->defined)
		begin_row(d);
	d->size = top(d)->size;
}

static void write_text(struct rtf *d, const char *text, size_t len)
{
	if (!is_seen(d) || len == 0)
		return;
	if (top(d)->into == INTO_NOTE) {
		g_string_append_len(d->note, text, (gssize)len);
		return;
	}
	if (d->size <= 0)
		begin_paragraph(d);
	d->item = d->item || top(d)->into == INTO_NUMBER;
	d->began = true;
	flow_add(d->flow, text, len);
}

static void write_character(struct rtf *d, gunichar c)
{
	char utf8[6];

	if (c >= 0x20 && g_unichar_validate(c))
		write_text(d, utf8, (size_t)g_unichar_to_utf8(c, utf8));
}

/* Bytes that were read become text when their font or their group ends. */
static void flush(struct rtf *d)
{
	int code_page = rtf_tables_page(&d->tables, top(d)->font);
	char set[16];

	if (d->bytes->len == 0)
		return;
	if (code_page == RTF_SYMBOLS) {
		for (size_t i = 0; i < d->bytes->len; i++)
			write_character(d, 0xF000u + (unsigned char)d->bytes->str[i]);
	} else if (is_seen(d)) {
		auto_free char *text = charset_utf8(d->bytes->str, d->bytes->len, rtf_tables_set(code_page, set));

		write_text(d, text, strlen(text));
	}
	g_string_truncate(d->bytes, 0);
}

static void end_note(struct rtf *d)
{
	if (d->note->len > 0)
		g_ptr_array_add(d->waiting, g_strdup(d->note->str));
	g_string_truncate(d->note, 0);
}

static void end_paragraph(struct rtf *d)
{
	static const struct style small = { .size = 9 };
	struct style s = { .size = d->size > 0 ? d->size : FLOW_BODY, .indent = d->para.indent, .item = d->item };

	flow_end(d->flow, &s);
	for (unsigned i = 0; i < d->waiting->len; i++) {
		flow_str(d->flow, d->waiting->pdata[i]);
		flow_end(d->flow, &small);
	}
	g_ptr_array_set_size(d->waiting, 0);
	d->size = 0;
	d->item = false;
}

static void do_text(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w)
{
	write_text(d, w->text, strlen(w->text));
}

/* A group in what is left out is left out too, but for the text of a box in a drawing. */
static void do_into(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w)
{
	struct group *g = top(d);

	if (is_read(d) || (g->into == INTO_SHAPE && w->into == INTO_NOTE))
		g->into = (enum into)w->into;
}

static void do_paragraph(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (top(d)->into == INTO_NOTE)
		end_note(d);
	else if (is_read(d))
		end_paragraph(d);
}

static void do_line(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (top(d)->into == INTO_TEXT)
		flow_line(d->flow);
}

static void do_tab(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (d->para.leader || top(d)->into == INTO_NOTE)
		write_text(d, d->para.leader ? " ........ " : " ", d->para.leader ? 10 : 1);
	else if (is_seen(d))
		flow_tab(d->flow);
}

static void do_page(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (top(d)->into == INTO_TEXT)
		page(d);
}

static void do_section(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (top(d)->into != INTO_TEXT)
		return;
	end_paragraph(d);
	d->section = true;
}

static void do_section_plain(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w)
{
	d->same_page = w->into;
}

static void do_paragraph_plain(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (top(d)->into == INTO_TEXT)
		d->para = (struct para){ 0 };
}

static void do_indent(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	d->para.indent = CLAMP(t->number / TWIPS, 0, MOST_INDENT);
}

static void do_leader(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	d->para.leader = true;
}

static void do_page_before(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	d->para.breaks = !t->has_number || t->number;
}

static void do_paragraph_shade(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	d->para.shaded = t->number > 0 && !rtf_tables_white(&d->tables, t->number);
}

static void do_row_begin(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	d->defined = !d->in_row;
	d->row_shaded = false;
	d->n_edges = 0;
	d->left = 0;
}

static void do_row_left(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	d->left = t->number;
}

static void do_edge(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	if (d->n_edges < MOST_CELLS)
		d->edges[d->n_edges++] = MAX(t->number - d->left, 1);
}

static void do_row_shade(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	d->row_shaded = d->row_shaded || (t->number > 0 && !rtf_tables_white(&d->tables, t->number));
}

static void do_cell(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (top(d)->into != INTO_TEXT)
		return;
	begin_row(d);
	end_paragraph(d);
	flow_cell(d->flow, 1);
}

static void do_row_end(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	if (top(d)->into != INTO_TEXT || !d->in_row)
		return;
	end_paragraph(d);
	flow_row_end(d->flow);
	d->in_row = d->defined = d->row_shaded = false;
}

/* A row that says \intbl without having been described is like the one before. */
static void do_in_table(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	d->defined = d->defined || (!d->in_row && d->n_edges > 0);
}

static void do_size(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	if (t->number > 0 && t->number < 2000)
		top(d)->size = t->number / 2.0;
}

static void do_font(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	top(d)->font = t->number;
}

static void do_hidden(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	top(d)->hidden = !t->has_number || t->number;
}

static void do_deleted(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	top(d)->deleted = !t->has_number || t->number;
}

static void do_colour(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	top(d)->colour = t->number;
}

static void do_shade(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	top(d)->shaded = t->number > 0 && !rtf_tables_white(&d->tables, t->number);
}

static void do_plain(struct rtf *d, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
	struct group *g = top(d);

	*g = (struct group){ .into = g->into,
			     .font = g_array_index(d->groups, struct group, 0).font,
			     .fallback = g->fallback,
			     .size = FLOW_BODY };
}

static void do_default_font(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	top(d)->font = g_array_index(d->groups, struct group, 0).font = t->number;
}

static void do_code_page(struct rtf *d, const struct rtf_token *t, const struct word *w)
{
	d->tables.page = w->into ? w->into : t->number > 0 ? t->number : d->tables.page;
}

static void do_fallback(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	top(d)->fallback = CLAMP(t->number, 0, 64);
}

static void do_unicode(struct rtf *d, const struct rtf_token *t, const struct word *w UNUSED)
{
	gunichar c = (gunichar)(t->number & 0xFFFF);

	d->skip = top(d)->fallback;
	if (c >= 0xD800 && c < 0xDC00) {
		d->high = c;
		return;
	}
	if (c >= 0xDC00 && c < 0xE000 && d->high)
		c = 0x10000 + ((d->high - 0xD800) << 10) + (c - 0xDC00);
	d->high = 0;
	write_character(d, c);
}

static void do_nothing(struct rtf *d UNUSED, const struct rtf_token *t UNUSED, const struct word *w UNUSED)
{
}

static const struct word words[] = {
	{ "par", do_paragraph, 0, NULL },
	{ "line", do_line, 0, NULL },
	{ "lbr", do_line, 0, NULL },
	{ "tab", do_tab, 0, NULL },
	{ "page", do_page, 0, NULL },
	{ "sect", do_section, 0, NULL },
	{ "sectd", do_section_plain, false, NULL },
	{ "sbknone", do_section_plain, true, NULL },
	{ "sbkcol", do_section_plain, true, NULL },
	{ "pard", do_paragraph_plain, 0, NULL },
	{ "li", do_indent, 0, NULL },
	{ "tldot", do_leader, 0, NULL },
	{ "tlul", do_leader, 0, NULL },
	{ "tlhyph", do_leader, 0, NULL },
	{ "pagebb", do_page_before, 0, NULL },
	{ "cbpat", do_paragraph_shade, 0, NULL },
	{ "trowd", do_row_begin, 0, NULL },
	{ "trleft", do_row_left, 0, NULL },
	{ "cellx", do_edge, 0, NULL },
	{ "clcbpat", do_row_shade, 0, NULL },
	{ "trcbpat", do_row_shade, 0, NULL },
	{ "cell", do_cell, 0, NULL },
	{ "row", do_row_end, 0, NULL },
	{ "intbl", do_in_table, 0, NULL },
	{ "nestcell", do_paragraph, 0, NULL },
	{ "nestrow", do_paragraph, 0, NULL },
	{ "fs", do_size, 0, NULL },
	{ "f", do_font, 0, NULL },
	{ "v", do_hidden, 0, NULL },
	{ "deleted", do_deleted, 0, NULL },
	{ "cf", do_colour, 0, NULL },
	{ "cb", do_shade, 0, NULL },
	{ "chcbpat", do_shade, 0, NULL },
	{ "highlight", do_shade, 0, NULL },
	{ "plain", do_plain, 0, NULL },
	{ "deff", do_default_font, 0, NULL },
	{ "ansicpg", do_code_page, 0, NULL },
	{ "mac", do_code_page, 10000, NULL },
	{ "pc", do_code_page, 437, NULL },
	{ "pca", do_code_page, 850, NULL },
	{ "uc", do_fallback, 0, NULL },
	{ "u", do_unicode, 0, NULL },
	{ "emdash", do_text, 0, "\xE2\x80\x94" },
	{ "endash", do_text, 0, "\xE2\x80\x93" },
	{ "bullet", do_text, 0, "\xE2\x80\xA2" },
	{ "lquote", do_text, 0, "\xE2\x80\x98" },
	{ "rquote", do_text, 0, "\xE2\x80\x99" },
	{ "ldblquote", do_text, 0, "\xE2\x80\x9C" },
	{ "rdblquote", do_text, 0, "\xE2\x80\x9D" },
	{ "emspace", do_text, 0, " " },
	{ "enspace", do_text, 0, " " },
	{ "qmspace", do_text, 0, " " },
	{ "listtext", do_into, INTO_NUMBER, NULL },
	{ "pntext", do_into, INTO_NUMBER, NULL },
	{ "footnote", do_into, INTO_NOTE, NULL },
	{ "shptxt", do_into, INTO_NOTE, NULL },
	{ "dptxbxtext", do_into, INTO_NOTE, NULL },
	{ "shpinst", do_into, INTO_SHAPE, NULL },
	{ "do", do_into, INTO_SHAPE, NULL },
	{ "fonttbl", do_into, INTO_FONTS, NULL },
	{ "colortbl", do_into, INTO_COLOURS, NULL },
	{ "stylesheet", do_into, INTO_NOTHING, NULL },
	{ "info", do_into, INTO_NOTHING, NULL },
	{ "pict", do_into, INTO_NOTHING, NULL },
	{ "objdata", do_into, INTO_NOTHING, NULL },
	{ "header", do_into, INTO_NOTHING, NULL },
	{ "headerl", do_into, INTO_NOTHING, NULL },
	{ "headerr", do_into, INTO_NOTHING, NULL },
	{ "headerf", do_into, INTO_NOTHING, NULL },
	{ "footer", do_into, INTO_NOTHING, NULL },
	{ "footerl", do_into, INTO_NOTHING, NULL },
	{ "footerr", do_into, INTO_NOTHING, NULL },
	{ "footerf", do_into, INTO_NOTHING, NULL },
	{ "annotation", do_into, INTO_NOTHING, NULL },
	{ "fldinst", do_into, INTO_NOTHING, NULL },
	{ "nonshppict", do_into, INTO_NOTHING, NULL },
	{ "shprslt", do_into, INTO_NOTHING, NULL },
	{ "nonesttables", do_into, INTO_NOTHING, NULL },
	{ "listtable", do_into, INTO_NOTHING, NULL },
	{ "tc", do_into, INTO_NOTHING, NULL },
	{ "tcn", do_into, INTO_NOTHING, NULL },
	{ "xe", do_into, INTO_NOTHING, NULL },
	{ "filetbl", do_into, INTO_NOTHING, NULL },
	{ "template", do_into, INTO_NOTHING, NULL },
	{ "ud", do_nothing, 0, NULL },
};

static void take_word(struct rtf *d, const struct rtf_token *t)
{
	const struct word *w = g_hash_table_lookup(d->words, t->word);
	bool star = d->star;

	flush(d);
	d->skip = 0;
	d->star = false;
	if (top(d)->into == INTO_FONTS || top(d)->into == INTO_COLOURS)
		rtf_tables_word(&d->tables, t->word, t->number);
	else if (w)
		w->act(d, t, w);
	else if (star)
		top(d)->into = INTO_NOTHING;
}

static void take_byte(struct rtf *d, char byte)
{
	if (d->skip > 0)
		d->skip--;
	else if (is_read(d))
		g_string_append_c(d->bytes, byte);
	else if (top(d)->into == INTO_COLOURS && byte == ';')
		rtf_tables_next(&d->tables);
}

static void take_sign(struct rtf *d, const struct rtf_token *t)
{
	if (t->number == '*') {
		d->star = true;
		return;
	}
	if (strchr("{}\\", t->number)) {
		take_byte(d, (char)t->number);
		return;
	}
	flush(d);
	if (d->skip > 0)
		d->skip--;
	else if (t->number == '~')
		write_text(d, " ", 1);
	else if (t->number == '_')
		write_text(d, "-", 1);
	else if (t->number == '\n' || t->number == '\r')
		do_paragraph(d, t, NULL);
}

static void open_group(struct rtf *d)
{
	struct group g = *top(d);

	flush(d);
	d->skip = 0;
	if (d->groups->len < MOST_DEPTH) {
		g_array_append_val(d->groups, g);
	} else {
		d->too_deep++;
		d->was_too_deep = true;
	}
}

static void close_group(struct rtf *d)
{
	if (d->too_deep > 0) {
		d->too_deep--;
		return;
	}
	flush(d);
	d->skip = 0;
	d->star = false;
	if (d->groups->len <= 1)
		return;
	if (top(d)->into == INTO_NOTE && g_array_index(d->groups, struct group, d->groups->len - 2).into != INTO_NOTE)
		end_note(d);
	g_array_set_size(d->groups, d->groups->len - 1);
}

static void take(struct rtf *d, const struct rtf_token *t)
{
	if (t->kind == RTF_OPEN) {
		open_group(d);
	} else if (t->kind == RTF_CLOSE) {
		close_group(d);
	} else if (d->too_deep == 0) {
		if (t->kind == RTF_WORD)
			take_word(d, t);
		else if (t->kind == RTF_SIGN)
			take_sign(d, t);
		else if (t->kind == RTF_BYTE)
			take_byte(d, (char)t->number);
		for (size_t i = 0; t->kind == RTF_TEXT && i < t->len; i++)
			take_byte(d, t->text[i]);
	}
}

static void rtf_open(struct rtf *d, struct flow *flow)
{
	struct group first = { .fallback = 1, .size = FLOW_BODY };

	*d = (struct rtf){ .flow = flow };
	rtf_tables_init(&d->tables);
	d->words = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < N_ELEMS(words); i++)
		g_hash_table_insert(d->words, (void *)words[i].word, (void *)&words[i]);
	d->groups = g_array_new(FALSE, FALSE, sizeof(struct group));
	g_array_append_val(d->groups, first);
	d->bytes = g_string_new(NULL);
	d->note = g_string_new(NULL);
	d->waiting = g_ptr_array_new_with_free_func(g_free);
}

static void rtf_close(struct rtf *d)
{
	flush(d);
	end_note(d);
	end_paragraph(d);
	flow_free(d->flow);
	rtf_tables_release(&d->tables);
	g_hash_table_unref(d->words);
	g_array_unref(d->groups);
	g_string_free(d->bytes, TRUE);
	g_string_free(d->note, TRUE);
	g_ptr_array_unref(d->waiting);
}

static bool rtf_sniff(const struct source *s)
{
	return reader_begins(s, "{\\rtf");
}

static enum fault rtf_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	struct rtf_input in = { s->bytes, s->bytes + s->len };
	struct rtf_token t = { 0 };
	struct rtf d;
	bool whole;

	rtf_open(&d, flow_new(r->doc, reader_add(r, s, f)));
	for (rtf_token(&in, &t); t.kind != RTF_END; rtf_token(&in, &t))
		take(&d, &t);
	whole = d.groups->len <= 1;
	rtf_close(&d);
	if (!d.began)
		return reader_damaged(s, "it holds no text", e);
	if (!whole)
		doc_warn(r->doc, "%s breaks off: its end is missing", s->name);
	if (d.was_too_deep)
		doc_warn(r->doc, "%s has groups in more than %d others; what stands in them was left out", s->name,
			 MOST_DEPTH);
	return FAULT_NONE;
}

const struct format format_rtf = { "an RTF", "application/rtf", 0, rtf_sniff, rtf_read };

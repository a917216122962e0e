#include "cover.h"

#include <math.h>
#include <stdlib.h>

#include "names.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

/* The line before a title that is nothing but a joint. */
static struct pattern joint = {
	"^\\W*(?:for|for the (?:provision|supply|procurement|purchase|delivery) of|regarding|on|über|für|zur|zum|betreffend)(?: the| die| das)?\\W*$",
	0, NULL, NULL
};
static struct pattern open_end = {
	"(?:\\b(?:and|or|of|for|the|in|to|with|und|oder|für|der|die|des|von|mit|im|am|zur|zum)|[&,/])$", 0, NULL, NULL
};
static struct pattern address = {
	"\\b[A-Z]{2},? \\|? ?\\d{5}\\b|\\b\\d{5} \\p{Lu}|\\bp\\. ?o\\. box|\\b\\d+ \\w+ (?:street|st|avenue|ave|road|rd|suite|drive)\\b|"
	"^\\W*[\\p{L} .-]+(?:straße|str\\.|weg|platz|allee|gasse) \\d+|^\\W*[\\p{L} ]+ (?:road|street|avenue|lane),",
	0, NULL, NULL
};

/* What goes on behind a title in letters of the same size, and is none of it. */
static struct pattern not_more = {
	"^(?:hier\\b|here:|reference|in accordance|pursuant|under\\b|gemäß|nach §|ref\\b|amtl|offers? due|proposals? due)",
	0, NULL, NULL
};

/* Parts of an authority, which stand under its name. */
static struct pattern unit = {
	"^(?:\\w*departement|(?:dienst)?abteilung|referat|dezernat|fachbereich|fachdienst|sachgebiet|stabsstelle|amt für|einkauf|zentrale[rs]? |direktion|division|directorate|department|"
	"office of|procurement|purchasing|section|unit)\\b(?![^:]*\\b(?:of|for|von|für)\\b.*\\b(?:system|software|services?)\\b)|"
	"^(?:supply chain|finance|corporate services|contracts?|materials?|stores|estates|engineering|technical|administration|legal|human resources|health|works|commercial)\\b[\\w ,&-]{0,40}\\b(?:unit|section|directorate|division|department|branch|office)$|"
	"^(?:unterlage|hauptamt|bauamt|\\w*verwaltung|kämmerei)\\b.{0,10}$",
	0, NULL, NULL
};

/* "Projekt "Ersatz Zutrittssystem"": the words in marks are the title. */
static struct pattern in_marks = {
	"^(?:projekt|project|maßnahme|vorhaben|verfahren|vergabe|ausschreibung|titel|title)\\W*[\"“„«»](?<value>[^\"”“«»]{6,})[\"”“«»]$",
	0, NULL, NULL
};

/* What goes on in the line of a title, and is none of it. */
static struct pattern rest = {
	"[ ,–-]+(?:reference (?:far|no|number)\\b|ref(?:erence|\\.)? ?:|in accordance with|pursuant to|gemäß §|nach §|base (?:year|period)\\b|amtl\\.).*$|"
	"\\s*(?:[:;–—]| - )\\s*(?:bitte um|wir bitten|(?:bitte )?aufforderung|(?:angebots)?anfrage|einladung|request for|invitation (?:to|for)|call for|please quote|bitte .{0,20}angebot|"
	"(?:beschränkte|öffentliche|freihändige) (?:ausschreibung|vergabe)|verhandlungsvergabe|rf[qpt]\\b|itt\\b).*$",
	0, NULL, NULL
};

void cover_preload(void)
{
	pattern_compile(&unit, 1);
	pattern_compile(&in_marks, 1);
	pattern_compile(&rest, 1);
	pattern_compile(&joint, 1);
	pattern_compile(&open_end, 1);
	pattern_compile(&address, 1);
	pattern_compile(&not_more, 1);
}

#define LEAST_WORD 4 /* letters of the longest word of a title: "MO MO" is none */

static bool has_word(const char *text)
{
	size_t letters = 0;

	for (const char *s = text; *s && letters < LEAST_WORD; s = g_utf8_next_char(s))
		letters = g_unichar_isalpha(g_utf8_get_char(s)) ? letters + 1 : 0;
	return letters >= LEAST_WORD;
}

void cover_name(struct choice *c, const struct doc *d, const struct page *p, const char *value, const char *quote,
		int score)
{
	GMatchInfo *m = pattern_find(&rest, value, 0);
	auto_free char *title = NULL;
	int from;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL) && from > 0)
		title = g_strndup(value, (gsize)from);
	g_match_info_free(m);
	m = title ? NULL : pattern_find(&in_marks, value, 0);
	if (m)
		title = g_match_info_fetch_named(m, "value");
	g_match_info_free(m);
	if (has_word(title ? title : value))
		names_add(c, d, p, title ? title : value, quote, score);
}

static double line_height(const struct line *l)
{
	return l->y1 - l->y0;
}

static int compare_heights(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The height of the ordinary line of the first pages. */
static double usual_height(const struct doc *d)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(double));
	double usual;

	for (unsigned i = 0; i < d->pages->len && i < 8; i++) {
		for (unsigned k = 0; k < doc_page(d, i)->lines->len; k++) {
			double h = line_height(page_line(doc_page(d, i), (int)k));

			g_array_append_val(all, h);
		}
	}
	g_array_sort(all, compare_heights);
	usual = all->len ? g_array_index(all, double, all->len / 2) : 0;
	g_array_unref(all);
	return usual;
}

static gint by_top(gconstpointer a, gconstpointer b)
{
	const struct line *x = *(const struct line *const *)a, *y = *(const struct line *const *)b;

	return (x->y0 > y->y0) - (x->y0 < y->y0);
}

/* Lines of the page from top to bottom; what stands beside a title, as a seal does, may come between its lines. */
static GPtrArray *lines_down(const struct page *p)
{
	GPtrArray *all = g_ptr_array_new();

	for (int k = 0; k < (int)p->lines->len; k++) {
		g_ptr_array_add(all, page_line(p, k));
	}
	g_ptr_array_sort(all, by_top);
	return all;
}

#define SAME_SIZE 0.2 /* letters read from a picture vary */

/* Does b go on where a ends: letters as large, near below it, over some of its width? */
static bool goes_on(const struct line *a, const struct line *b)
{
	double height = line_height(a), gap = b->y0 - a->y1;

	return fabs(height - line_height(b)) < SAME_SIZE * height && gap < 0.9 * height && gap > -0.5 * height &&
	       a->x0 < b->x1 && b->x0 < a->x1 && !b->item && !pattern_match(&not_more, b->text);
}

/* "… for the years 2027 and": the next line belongs to it, whatever it is. */
static bool ends_open(const char *text)
{
	return pattern_match(&open_end, text);
}

bool cover_parts(const struct line *l, bool alone)
{
	return names_document(l->text) || pattern_match(&joint, l->text) || pattern_match(&unit, l->text) ||
	       (!alone && names_organisation(l->text) && text_words(l->text) > 1 &&
		!g_unichar_islower(g_utf8_get_char(l->text))) ||
	       pattern_match(&address, l->text) || strchr(l->text, '@');
}

struct large {
	GString *text;
	GString *pieces; /* the same for a quote: its lines, joined by dots */
	const struct line *first, *last;
	int n, place;
	bool joined; /* behind "for the supply of" */
};

/* In the middle between the margins of the page, and not as wide as they are apart. */
static bool is_centred(const struct page *p, const struct line *l)
{
	double left = l->x0, right = l->x1;

	for (int k = 0; k < (int)p->lines->len; k++) {
		left = MIN(left, page_line(p, k)->x0);
		right = MAX(right, page_line(p, k)->x1);
	}
	return l->x0 > left + 0.05 * (right - left) && fabs(l->x0 - left - (right - l->x1)) < 0.04 * (right - left);
}

#define ORGANISATION_LESS 26
#define PROSE             160 /* bytes of a block that is no heading */

/* The first lines of a paragraph, whose letters are read as larger than they are. */
static bool begins_prose(const struct page *p, const struct large *l)
{
	size_t all = strlen(page_block(p, l->first->block)->text);

	return p->ocr && all > PROSE && all > 2 * l->text->len;
}

/* What the size of the letters says. */
static int size_score(const struct page *p, const struct large *l, double usual)
{
	double height = line_height(l->first);
	const char *text = l->text->str;

	if (begins_prose(p, l))
		return 0;
	if (height > 1.5 * usual)
		return 72;
	if (height > 1.2 * usual)
		return 66;
	if (height > 1.05 * usual || text_upper(text))
		return 54;
	if (strlen(page_block(p, l->first->block)->text) > PROSE)
		return 0;
	return is_centred(p, l->first) ? 50 : l->place < 4 && text_words(text) < 14 ? 42 : 0;
}

static void add_large(struct choice *c, const struct doc *d, const struct page *p, const struct large *l, double usual)
{
	const char *text = l->text->str;
	int words = text_words(text), score;
	bool marked = strstr(text, "\xE2\x80\x9E") || strstr(text, "\xE2\x80\x9C");

	if (words < 2 || words > 32 || strlen(text) > 250 || strchr(".,;", text[strlen(text) - 1]) ||
	    names_document(text) || (strchr(text, ':') && line_height(l->first) < 1.2 * usual))
		return;
	score = size_score(p, l, usual);
	if (score == 0)
		return;
	score += (marked ? 6 : 0) + (l->joined ? 10 : 0) - (l->first->furniture ? 4 : 0) - l->place / 3;
	if (!l->joined && names_organisation(text))
		score -= ORGANISATION_LESS;
	cover_name(c, d, p, text, fact_stands(p, text) ? text : l->pieces->str, score);
}

static void large_begin(struct large *l, const struct line *first)
{
	l->first = l->last = first;
	l->n = 0;
	g_string_truncate(l->text, 0);
	g_string_truncate(l->pieces, 0);
}

static void large_more(struct large *l, const struct line *next)
{
	if (l->n == 0)
		l->first = next;
	l->last = next;
	l->n++;
	text_join(l->text, next->text);
	g_string_append_printf(l->pieces, "%s%s", l->pieces->len ? " \xE2\x80\xA6 " : "", next->text);
}

/* With this line the text is the kind of document: the title may begin under it. */
static bool completes_document(const struct large *l, const struct line *next)
{
	auto_free char *all = l->n ? g_strdup_printf("%s %s", l->text->str, next->text) : NULL;

	return all && names_document(all);
}

/* Take the lines that go on from line i; false where it begins none. */
static bool large_read(struct large *l, const GPtrArray *lines, unsigned i, bool *used)
{
	const struct line *first = lines->pdata[i];
	bool alone;

	if (used[i] || first->item || cover_parts(first, true))
		return false;
	l->joined = i > 0 && pattern_match(&joint, ((const struct line *)lines->pdata[i - 1])->text);
	alone = names_organisation(first->text) > 0 && !l->joined;
	large_begin(l, first);
	large_more(l, first);
	for (unsigned k = i + 1; k < lines->len && !alone && k < i + 8 && l->n < 5; k++) {
		const struct line *next = lines->pdata[k];
		bool document;

		if (used[k] || !goes_on(l->last, next))
			continue;
		document = completes_document(l, next);
		if (!document && cover_parts(next, false) && !ends_open(l->text->str))
			break;
		used[k] = true;
		if (document)
			large_begin(l, next);
		else
			large_more(l, next);
	}
	return true;
}

void cover_add(struct choice *c, const struct doc *d, const struct page *p)
{
	GPtrArray *lines = lines_down(p);
	double usual = usual_height(d);
	auto_free bool *used = g_new0(bool, lines->len + 1);
	struct large l = { .text = g_string_new(NULL), .pieces = g_string_new(NULL) };

	for (unsigned i = 0; i < lines->len && l.place < 16; i++) {
		if (!large_read(&l, lines, i, used))
			continue;
		l.place += l.joined || !names_organisation(l.first->text);
		if (l.n > 0)
			add_large(c, d, p, &l, usual);
	}
	g_string_free(l.text, TRUE);
	g_string_free(l.pieces, TRUE);
	g_ptr_array_unref(lines);
}

char *cover_lines(const struct page *p, int k)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	GString *text = g_string_new(page_line(p, k)->text);

	for (int i = k + 1; i < b->first + b->n && i < k + 4; i++) {
		const struct line *last = page_line(p, i - 1), *next = page_line(p, i);

		if (!goes_on(last, next) ||
		    (!ends_open(last->text) && (last->x1 - b->x0 < 0.8 * (b->x1 - b->x0) || cover_parts(next, false))))
			break;
		text_join(text, next->text);
	}
	return g_string_free(text, FALSE);
}

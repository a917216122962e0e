/* What the tender is called. */
#include <math.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "names.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define ISSUER_SURE 60 /* the least confidence with which an issuer is no title */
#define ISSUER_LESS 40
#define SUBJECT     64 /* how much the line over a salutation says */

static struct pattern title_labels[] = {
	{ "^(?:project|rf[pqi]|bid|tender|solicitation|contract|procurement) (?:title|name)", 94, NULL, NULL },
	{ "^(?:title of (?:the )?(?:project|contract|tender|rf[pqi]|procurement)|name of (?:the )?(?:work|project|contract)|subject of (?:the )?(?:contract|tender|procurement))",
	  90, NULL, NULL },
	{ "^(?:titel|bezeichnung (?:des auftrags|der (?:maßnahme|leistung|vergabe))|title|kurzbezeichnung)(?=\\W|$)",
	  90, NULL, NULL },
	{ "^(?:project|maßnahme|vorhaben|projekt|baumaßnahme|bauvorhaben|leistung)(?=\\s*:|$)", 82, NULL, NULL },
	{ "^(?:gegenstand|ausschreibungsgegenstand|beschaffungsgegenstand)(?=\\s*:|$)", 80, NULL, NULL },
	{ "^(?:art der leistung|auftragsgegenstand|gegenstand (?:der|des) (?:ausschreibung|auftrags|vergabe))(?=\\s*:|$)",
	  70, NULL, NULL },
	{ "^art und umfang der (?:leistung|arbeiten|lieferung)(?:[ ,][^:]*)?(?=:|$)", 72, NULL, NULL },
	{ "^(?:subject|betreff|re)(?=\\s*:)", 78, NULL, NULL },
	{ "^(?:name of work|work|description of (?:the )?(?:work|requirement))(?=\\s*:|$)", 74, NULL, NULL },
	{ "^bezeichnung(?=\\s*:|$)", 74, NULL, NULL },
	{ "/ ?item category$", 74, NULL, NULL },
};

/* "Title: Supervisor, Procurement Services": that of a person. */
static struct pattern job = {
	"^(?:[\\p{L}&.-]+ ){0,3}(?:supervisor|manager|officer|director|buyer|specialist|analyst|administrator|coordinator|clerk|agent|engineer|secretary|adviser|advisor|assistant|superintendent|president|chief|head|\\w*leiter(?:in)?|sachbearbeiter(?:in)?|referent(?:in)?)(?:,.*| (?:of|for|der|des|für) .*|(?: [IVX]{1,3})?)$",
	0, NULL, NULL
};

/* The line before a title that is nothing but a joint. */
static struct pattern joint = {
	"^\\W*(?:for|for the (?:provision|supply|procurement|purchase|delivery) of|regarding|on|über|für|zur|zum|betreffend)(?: the| die| das)?\\W*$",
	0, NULL, NULL
};
static struct pattern open_end = {
	"(?:\\b(?:and|or|of|for|the|in|to|with|und|oder|für|der|die|des|von|mit|im|am|zur|zum)|[&,/])$", 0, NULL, NULL
};
static struct pattern salutation = { "^(?:sehr geehrte|guten tag|dear |to whom|ladies and gentlemen)", 0, NULL, NULL };

static struct pattern address = {
	"\\b[A-Z]{2},? \\|? ?\\d{5}\\b|\\b\\d{5} \\p{Lu}|\\bp\\. ?o\\. box|\\b\\d+ \\w+ (?:street|st|avenue|ave|road|rd|suite|drive)\\b|"
	"^\\W*[\\p{L} .-]+(?:straße|str\\.|weg|platz|allee|gasse) \\d+|^\\W*[\\p{L} ]+ (?:road|street|avenue|lane),",
	0, NULL, NULL
};

static struct pattern title_for = {
	"^\\W*" NAMES_DOCUMENT
	"(?: \\(?(?:rf[pqi]|itt|itb|ifb)\\)?)?(?:\\W+(?:no\\.?|nr\\.?|number|#)\\W*\\S+?|\\W+[a-z0-9][\\w/.-]*\\d[\\w/.-]*)?\\W*"
	"(?:\\b(?:for|of|über|von|für)(?: the)?\\s+|[:–]\\s+| - )[\"'‘“„]?(?<value>\\S.{8,})",
	0, NULL, NULL
};

/* What goes on behind a title in letters of the same size, and is none of it. */
static struct pattern not_more = {
	"^(?:reference|in accordance|pursuant|under\\b|gemäß|nach §|ref\\b|amtl|offers? due|proposals? due)", 0, NULL,
	NULL
};

void fields_title_preload(void)
{
	names_preload();
	pattern_compile(title_labels, N_ELEMS(title_labels));
	pattern_compile(&job, 1);
	pattern_compile(&joint, 1);
	pattern_compile(&open_end, 1);
	pattern_compile(&salutation, 1);
	pattern_compile(&address, 1);
	pattern_compile(&title_for, 1);
	pattern_compile(&not_more, 1);
}

/* A label that stands in a row of a head of a table, or whose value would be the next heading, says little. */
static int label_doubt(const struct page *p, const struct labelled *l)
{
	const struct line *label = page_line(p, l->line), *value = page_line(p, l->value_line);
	bool marked = strpbrk(label->text, ":/") != NULL;

	if (!marked && !names_first_cell(p, l->line))
		return 50;
	if (!marked && text_words(l->value) < 2)
		return 50;
	if (l->line == l->value_line || value->y0 <= label->y1 - 1)
		return 0;
	return text_upper(value->text) || !names_first_cell(p, l->line) || text_words(value->text) < 2 ? 40 : 6;
}

/* The first title is the tender's, the next are those of its lots. */
#define AGAIN_LESS 8

static void add_labelled(struct choice *c, const struct doc *d, const struct page *p, int *n)
{
	for (int k = 0; k < (int)p->lines->len; k++) {
		const char *text = page_line(p, k)->text;
		struct pattern *label =
			strlen(text) < 300 ? PATTERN_BEST(title_labels, text + text_bullet(text)) : NULL;
		struct labelled l;

		if (!label || !label_value(p, k, label, &l))
			continue;
		if (!names_document(l.value) && !strstr(l.value, "___") && text_words(l.value) <= 40 &&
		    !util_ends(l.value, "?") && !pattern_match(&job, l.value)) {
			names_add(c, d, p, l.value, l.quote,
				  names_early(p, label->score) - label_doubt(p, &l) - AGAIN_LESS * MIN(*n, 5));
			++*n;
		}
		labelled_release(&l);
	}
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

static bool parts_title(const struct line *l, bool alone)
{
	return names_document(l->text) || pattern_match(&joint, l->text) ||
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

static void add_large(struct choice *c, const struct doc *d, const struct page *p, const struct large *l, double usual)
{
	const char *text = l->text->str;
	int words = text_words(text), score;
	double height = line_height(l->first);

	if (words < 2 || words > 32 || strlen(text) > 250 || strchr(".,;", text[strlen(text) - 1]) ||
	    names_document(text) || (strchr(text, ':') && height < 1.2 * usual))
		return;
	score = height > 1.5 * usual                        ? 72
		: height > 1.2 * usual                      ? 66
		: height > 1.05 * usual || text_upper(text) ? 54
		: l->place < 4 && words < 14                ? 42
							    : 0;
	if (score && !l->joined && names_organisation(text))
		score -= 16;
	if (score && (strstr(text, "\xE2\x80\x9E") || strstr(text, "\xE2\x80\x9C")))
		score += 6;
	if (l->first->furniture)
		score -= 4;
	if (score && l->joined)
		score += 10;
	names_add(c, d, p, text, fact_stands(p, text) ? text : l->pieces->str, score - l->place / 3);
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

	if (used[i] || first->item || parts_title(first, true))
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
		if (!document && parts_title(next, false) && !ends_open(l->text->str))
			break;
		used[k] = true;
		if (document)
			large_begin(l, next);
		else
			large_more(l, next);
	}
	return true;
}

/* What is set large on the first page and is not the kind of document: most covers say their title so. */
static void add_larges(struct choice *c, const struct doc *d, const struct page *p)
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

/* Line k and those that go on from it because it is full. */
static char *full_lines(const struct page *p, int k)
{
	const struct block *b = page_block(p, page_line(p, k)->block);
	GString *text = g_string_new(page_line(p, k)->text);

	for (int i = k + 1; i < b->first + b->n && i < k + 4; i++) {
		const struct line *last = page_line(p, i - 1), *next = page_line(p, i);

		if (!goes_on(last, next) ||
		    (!ends_open(last->text) && (last->x1 - b->x0 < 0.8 * (b->x1 - b->x0) || parts_title(next, false))))
			break;
		text_join(text, next->text);
	}
	return g_string_free(text, FALSE);
}

/* What was opened before the value ends it: "RFP for 'Audit of systems' - October". */
static void end_quotation(const char *text, char *value)
{
	static const char *const marks[][2] = {
		{ "\"", "\"" },
		{ "'", "'" },
		{ "\xE2\x80\x98", "\xE2\x80\x99" },
		{ "\xE2\x80\x9C", "\xE2\x80\x9D" },
		{ "\xE2\x80\x9E", "\xE2\x80\x9C" },
	};
	const char *at = strstr(text, value);

	for (size_t i = 0; i < N_ELEMS(marks); i++) {
		size_t len = strlen(marks[i][0]);
		char *end = strstr(value, marks[i][1]);

		if (at && end && (size_t)(at - text) >= len && strncmp(at - len, marks[i][0], len) == 0)
			*end = '\0';
	}
}

/* "Request for proposals for …" on one of the first pages. */
static void add_for(struct choice *c, const struct doc *d, const struct page *p)
{
	for (int k = 0; k < (int)p->lines->len; k++) {
		GMatchInfo *m = pattern_find(&title_for, page_line(p, k)->text, 0);
		auto_free char *text = m ? full_lines(p, k) : NULL;
		auto_free char *value = NULL;

		g_match_info_free(m);
		m = text ? pattern_find(&title_for, text, 0) : NULL;
		value = m ? g_match_info_fetch_named(m, "value") : NULL;
		g_match_info_free(m);
		if (!value || names_document(value))
			continue;
		end_quotation(text, value);
		names_add(c, d, p, value, text, p->number == 1 ? 74 : 58);
	}
}

static bool runs_on(const struct page *p, int k)
{
	auto_free char *whole = full_lines(p, k);

	return strlen(whole) > strlen(page_line(p, k)->text);
}

/* The subject of a letter stands over its salutation, perhaps with numbers around it. */
static void add_subject(struct choice *c, const struct doc *d, const struct page *p)
{
	int k = 0, n = 0;

	while (k < (int)p->lines->len && !pattern_match(&salutation, page_line(p, k)->text))
		k++;
	if (k == (int)p->lines->len)
		return;
	for (k--; k >= 0 && n < 5; k--, n++) {
		const char *text = page_line(p, k)->text;
		auto_free char *whole = NULL;

		if (page_line(p, k)->furniture || strlen(text) < 16 || text_words(text) < 2 || strchr(text, ':') ||
		    names_document(text) || parts_title(page_line(p, k), false) || (k > 0 && runs_on(p, k - 1)))
			continue;
		whole = full_lines(p, k);
		names_add(c, d, p, whole, whole, SUBJECT - n);
	}
}

/* What the buyer is called is not what is bought. */
static void weigh_issuer(struct choice *c, const struct doc *d)
{
	json_t *issuer = field_issuer(d);
	const char *name = json_string_value(json_object_get(issuer, "value"));
	auto_free char *its = name && fact_confidence(issuer) >= ISSUER_SURE ? names_key(name) : NULL;

	for (unsigned i = 0; its && i < c->facts->len; i++) {
		const char *value = json_string_value(json_object_get(c->facts->pdata[i], "value"));
		auto_free char *key = names_key(value);

		if (strstr(its, key) || (strstr(key, its) && strlen(key) < strlen(its) + 12))
			g_array_index(c->scores, int, i) -= ISSUER_LESS;
	}
	json_decref(issuer);
}

json_t *field_title(const struct doc *d)
{
	auto_choice *c = choice_new();
	int n_labelled = 0;

	for (unsigned i = 0; i < d->pages->len && i < 6; i++) {
		const struct page *p = doc_page(d, i);

		if (!p->readable)
			continue;
		add_labelled(c, d, p, &n_labelled);
		if (i == 0) {
			add_larges(c, d, p);
			add_subject(c, d, p);
		}
		if (i < 3)
			add_for(c, d, p);
	}
	names_weigh(c, d);
	weigh_issuer(c, d);
	return choice_take_listing(c);
}

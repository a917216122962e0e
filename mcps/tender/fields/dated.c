#include "dated.h"

#include <stdlib.h>

#include "fact.h"
#include "tender/text/text.h"

#define MOST_BEHIND 90  /* bytes behind a date that may still say what it is */
#define MOST_PIECE  300 /* bytes to find the end of a sentence among them in */

bool dated_plain(const char *text)
{
	/* Three digits that may begin a year, or two behind a point, a slash or a hyphen. */
	for (const char *s = text; (s = strpbrk(s, "0123456789")); s++) {
		if (g_ascii_isdigit(s[1]) &&
		    (((s[0] == '1' || s[0] == '2') && g_ascii_isdigit(s[2])) || (s > text && strchr("./-", s[-1]))))
			return true;
	}
	return false;
}

/* Go on to the sentence that holds byte at. */
static void go_to(const char *text, int at, struct dated_place *place)
{
	if (place->end == 0)
		place->end = (int)(text_sentence(text) - text);
	while (text[place->end] && place->end <= at) {
		place->before = place->begin;
		place->begin = place->end + (int)strspn(text + place->end, " ");
		place->end = (int)(text_sentence(text + place->begin) - text);
	}
}

/* "It must reach us by …", "Write to …": what is meant stands in the sentence before. */
static bool begins_with_pronoun(const char *text)
{
	static const char *const words[] = { "It ",
					     "They ",
					     "This ",
					     "These ",
					     "Es ",
					     "Dieses ",
					     "Diese ",
					     "Write ",
					     "Please write ",
					     "Schreiben Sie ",
					     "Sie m\xC3\xBCssen ",
					     "Sie sind " };

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (util_starts(text, words[i]))
			return true;
	}
	return false;
}

int dated_context_on(const char *text, int at, struct dated_place *place)
{
	go_to(text, at, place);
	return begins_with_pronoun(text + place->begin) ? place->before : place->begin;
}

int dated_context(const char *text, int at)
{
	return dated_context_on(text, at, &(struct dated_place){ 0 });
}

char *dated_piece(const char *text, int *from, int to)
{
	int end;

	*from = MAX(*from, 0);
	while (*from > 0 && (text[*from] & 0xC0) == 0x80)
		--*from;
	end = *from + (int)strnlen(text + *from, (size_t)MAX(to - *from, 0));
	while (end > *from && (text[end] & 0xC0) == 0x80)
		end--;
	return g_strndup(text + *from, (gsize)(end - *from));
}

/* Where the sentence ends that goes on behind byte at, as far as it is asked for. */
static int behind_end(const char *text, int at)
{
	auto_free char *piece = dated_piece(text, &at, at + MOST_PIECE);

	return at + (int)(text_sentence(piece) - piece);
}

static char *words_between(const struct block *b, int from, int to)
{
	char *words = to > from ? g_strndup(b->text + from, (gsize)(to - from)) : g_strdup("");

	return g_strstrip(words);
}

/* The nearest line above line i that shares some of its width, within two of its heights; -1 for none. */
static int line_above(const struct page *p, int i)
{
	const struct line *l = page_line(p, i);
	int best = -1;

	for (int k = MAX(0, i - 12); k < i; k++) {
		const struct line *a = page_line(p, k);
		double gap = l->y0 - a->y1;

		if (gap < -2 || gap > 2 * (l->y1 - l->y0) || a->x0 >= l->x1 || l->x0 >= a->x1 || a->furniture)
			continue;
		if (best < 0 || a->y1 >= page_line(p, best)->y1)
			best = k;
	}
	return best;
}

/* "Date:", "Datum und Uhrzeit:", "on": what it is the date of stands elsewhere. */
static bool is_bare(const char *near)
{
	static const char *const words[] = { "date", "day", "datum", "tag", "time", "uhrzeit", "and",   "und",  "on",
					     "am",   "by",  "bis",   "zum", "the",  "den",     "local", "until" };
	gchar **parts = g_strsplit_set(near, " :.,/&-", -1);
	bool bare = *near != '\0';

	for (gchar **part = parts; *part && bare; part++) {
		bare = !**part;
		for (size_t i = 0; !bare && i < N_ELEMS(words); i++)
			bare = g_ascii_strcasecmp(*part, words[i]) == 0;
	}
	g_strfreev(parts);
	return bare;
}

/* Form of two lines: what is due, and under it "Date: …". */
static void find_heading(struct dated *dt)
{
	int line = block_line(dt->block, dt->date.from), above;

	if (dt->above || !is_bare(dt->near))
		return;
	above = line > dt->block->first ? line - 1 : line_above(dt->page, line);
	if (above >= 0)
		dt->heading = g_strdup(page_line(dt->page, above)->text);
}

static void find_near(struct dated *dt, int after_last)
{
	const struct block *b = dt->block;
	int line = block_line(b, dt->date.from), start = b->starts[line - b->first];

	dt->near = words_between(b, MAX(start, after_last), dt->date.from);
	if (*dt->near)
		return;
	if (line > b->first && after_last <= b->starts[line - 1 - b->first]) {
		g_free(dt->near);
		dt->near = words_between(b, b->starts[line - 1 - b->first], start);
	} else if (line == b->first && after_last == 0 && dt->label_line < 0) {
		int above = line_above(dt->page, line);

		if (above < 0)
			return;
		g_free(dt->near);
		dt->near = g_strdup(page_line(dt->page, above)->text);
		dt->label_line = above;
		dt->above = true;
	}
}

/* "Contract begins: …", a line of a form, which ends what the lines before it say. */
static bool begins_label(const char *line)
{
	const char *colon = strchr(line, ':');

	return colon && colon - line >= 3 && colon - line < 70 && (colon[1] == ' ' || colon[1] == '\0') &&
	       g_unichar_isupper(g_utf8_get_char(line)) && !memchr(line, '.', (size_t)(colon - line));
}

static void find_words(struct dated *dt, int after_last, int next, struct dated_place *place)
{
	const struct block *b = dt->block;
	int line = block_line(b, dt->date.from), last = block_line(b, dt->date.to - 1);
	int begin = MAX(dated_context_on(b->text, dt->date.from, place), after_last);
	int behind = behind_end(b->text, dt->date.to);

	if (begins_label(page_line(dt->page, line)->text))
		begin = MAX(begin, b->starts[line - b->first]);
	if (last + 1 < b->first + b->n && begins_label(page_line(dt->page, last + 1)->text))
		behind = MIN(behind, b->starts[last + 1 - b->first]);

	dt->label_line = -1;
	dt->label = page_left(dt->page, b, line, &dt->label_line);
	dt->beside = g_strdup(dt->label_line >= 0 ? page_line(dt->page, dt->label_line)->text : "");
	if (!dt->label)
		dt->label = g_strdup("");
	find_near(dt, after_last);
	find_heading(dt);
	behind = MIN(MIN(behind, next), dt->date.to + MOST_BEHIND);
	while (behind > dt->date.to && (b->text[behind] & 0xC0) == 0x80)
		behind--;
	dt->before = words_between(b, begin, dt->date.from);
	dt->sentence = g_strdup_printf("%s %.*s", dt->before, MAX(behind - dt->date.to, 0), b->text + dt->date.to);
}

static void release(struct dated *dt)
{
	g_free(dt->label);
	g_free(dt->beside);
	g_free(dt->near);
	g_free(dt->before);
	g_free(dt->sentence);
	g_free(dt->heading);
}

/* A time may stand in a cell of its own, beside the date or under it. */
static void find_clock(struct dated *dt)
{
	int line = block_line(dt->block, dt->date.to - 1), right, below;

	if (dt->date.hour >= 0 || dt->block->text[dt->date.to + (int)strspn(dt->block->text + dt->date.to, " .,;")])
		return;
	right = page_right(dt->page, line);
	if (right >= 0 && dates_clock(page_line(dt->page, right)->text, &dt->date))
		return;
	below = page_below(dt->page, line);
	if (below >= 0)
		dates_clock(page_line(dt->page, below)->text, &dt->date);
}

/* Between two dates of which the same is said: "from 3 May to 10 May", "3 May instead of 10 May". */
static bool goes_on(const char *between, int len)
{
	static const char *const words[] = { "to",     "auf",   "until", "bis",     "instead",
					     "rather", "statt", "not",   "anstelle" };
	auto_free char *text = g_strndup(between, (gsize)MAX(len, 0));
	gchar **parts;
	bool found = false;

	if (len > 30)
		return false;
	parts = g_strsplit_set(text, " ,()", -1);
	for (gchar **part = parts; *part && !found; part++) {
		for (size_t i = 0; !found && i < N_ELEMS(words); i++)
			found = streq(*part, words[i]);
	}
	g_strfreev(parts);
	return found;
}

/* Takes dates. */
static void scan_block(GArray *dates, const struct page *p, const struct block *b,
		       void (*fn)(void *arg, const struct dated *dt), void *arg)
{
	struct dated_place place = { 0 };
	int after_last = 0; /* where the words of this date begin at the earliest */

	for (unsigned i = 0; i < dates->len; i++) {
		struct dated dt = { .page = p, .block = b, .date = g_array_index(dates, struct date, i) };
		int next = i + 1 < dates->len ? g_array_index(dates, struct date, i + 1).from : INT32_MAX;

		dt.behind = b->text + dt.date.to;
		find_words(&dt, after_last, next, &place);
		find_clock(&dt);
		fn(arg, &dt);
		release(&dt);
		if (next == INT32_MAX || !goes_on(b->text + dt.date.to, next - dt.date.to))
			after_last = dt.date.to;
	}
	g_array_unref(dates);
}

void dated_each(const struct doc *d, void (*fn)(void *arg, const struct dated *dt), void *arg)
{
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			if (dated_plain(page_block(p, (int)k)->text))
				scan_block(dates_scan(page_block(p, (int)k)->text, d->day_first), p,
					   page_block(p, (int)k), fn, arg);
		}
	}
}

void dated_each_bare(const struct doc *d, const struct date *after, void (*fn)(void *arg, const struct dated *dt),
		     void *arg)
{
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			const struct block *b = page_block(p, (int)k);

			scan_block(dates_scan_bare(b->text, after), p, b, fn, arg);
		}
	}
}

char *dated_quote(const struct dated *dt, bool with_label)
{
	auto_free char *value = fact_quote(dt->page, dt->block, dt->date.from, dt->date.to);

	if (!with_label || dt->label_line < 0)
		return steal(value);
	return fact_pair(page_line(dt->page, dt->label_line)->text, value);
}

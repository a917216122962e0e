#include "clause_parts.h"

#include "tender/text/text.h"

#define NEAR_NUMBER 60  /* points between a number and the text beside it */
#define MOST_VALUE  4   /* words of a cell that ends what another begins */
#define MOST_HEADS  200 /* bytes of the heads of columns */

static const char *cell_text(const struct reading *r, const struct row *row, int i)
{
	return page_block(r->page, row->cells[i])->text;
}

static bool is_head(const struct reading *r, const struct row *row)
{
	for (int i = 0; i < row->n; i++) {
		const char *text = cell_text(r, row, i);

		if (text_words(text) > 4 || strpbrk(text, "0123456789?") || util_ends(text, ":"))
			return false;
	}
	return true;
}

static void take_heads(struct reading *r, const struct row *row)
{
	GString *heads = g_string_new(NULL);

	for (int i = 0; i < row->n && heads->len < MOST_HEADS; i++)
		g_string_append_printf(heads, "%s%s", i ? " / " : "", cell_text(r, row, i));
	g_free(r->heads);
	r->heads = g_string_free(heads, FALSE);
}

static bool is_marker(const char *text)
{
	size_t len = strlen(text);
	auto_free char *spaced = g_strdup_printf("%s x", text);

	return len <= 12 && (text_marker(spaced) == len + 1 || (len <= 3 && strspn(text, "0123456789") == len));
}

/* A number or bullet, and beside it what it is the number of. */
static bool is_numbered(const struct reading *r, const struct row *row)
{
	return row->n == 2 && !r->heads && is_marker(cell_text(r, row, 0)) &&
	       page_block(r->page, row->cells[1])->x0 - page_block(r->page, row->cells[0])->x1 < NEAR_NUMBER;
}

static void read_numbered(struct reading *r, const struct row *row)
{
	const char *marker = cell_text(r, row, 0);
	const struct block *b = page_block(r->page, row->cells[1]);
	auto_free char *text = g_strdup_printf("%s %s", marker, b->text);

	clause_begin(r, text_marker(text) ? text : b->text, marker, true);
}

static int longest_cell(const struct reading *r, const struct row *row)
{
	int best = 0;

	for (int i = 1; i < row->n; i++) {
		if (g_utf8_strlen(cell_text(r, row, i), -1) > g_utf8_strlen(cell_text(r, row, best), -1))
			best = i;
	}
	return best;
}

static const char *level_of(const struct reading *r, const struct row *row, int main)
{
	const char *level = NULL;

	for (int i = 0; i < row->n && !level; i++)
		level = i == main ? NULL : table_level(cell_text(r, row, i));
	return level;
}

/* "3 hours", "95 %", "quarterly": it ends what the main cell begins. */
static bool is_value(const char *text)
{
	static const char *const begins[] = {
		"within ",         "before ",     "by ",         "at ",        "no ",      "at least ", "end of ",
		"every ",          "quarterly",   "monthly",     "weekly",     "daily",    "annually",  "nil",
		"binnen ",         "innerhalb ",  "vor ",        "bis ",       "täglich",  "monatlich", "jährlich",
		"vierteljährlich", "wöchentlich", "mindestens ", "höchstens ", "maximal ", "max. ",     "min. "
	};

	if (text_words(text) > MOST_VALUE)
		return false;
	for (size_t i = 0; i < N_ELEMS(begins); i++) {
		if (g_ascii_strncasecmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	}
	return g_ascii_isdigit(text[0]) || strchr("<>", text[0]);
}

static void read_cell(struct reading *r, const char *text, const char *id)
{
	const char *end;

	for (; *text; text = end + strspn(end, " ")) {
		auto_free char *sentence = NULL;
		struct clause *c;

		end = text_sentence(text);
		sentence = g_strndup(text, (size_t)(end - text));
		c = clause_emit(r, CLAUSE_SENTENCE, sentence, id);
		if (c)
			c->stem = g_strdup(r->heads);
	}
}

/* The main cell with those behind it that say how much, how well or by when; NULL for none. */
static char *whole_row(const struct reading *r, const struct row *row, int main)
{
	GString *whole = g_string_new(cell_text(r, row, main));
	int n = 0;

	for (int i = main + 1; i < row->n; i++, n++) {
		if (!is_value(cell_text(r, row, i)))
			break;
		g_string_append_printf(whole, " %s", cell_text(r, row, i));
	}
	return g_string_free(whole, n == 0 || !r->heads || level_of(r, row, main));
}

static void read_row(struct reading *r, const struct row *row)
{
	int main = longest_cell(r, row);
	const char *text = cell_text(r, row, main);
	auto_free char *own = main > 0 && is_marker(cell_text(r, row, 0)) ? clause_id(cell_text(r, row, 0)) : NULL;
	struct clause *c;

	clause_end_lists(r);
	for (int i = 0; i < row->n; i++) {
		if (i != main && text_words(cell_text(r, row, i)) > 4)
			read_cell(r, cell_text(r, row, i), NULL);
	}
	text += text_marker(text);
	if (!r->heads && !level_of(r, row, main) && *text_sentence(text)) {
		read_cell(r, text, own);
		return;
	}
	c = clause_emit(r, CLAUSE_ROW, text, own);
	if (!c)
		return;
	c->stem = g_strdup(r->heads);
	c->level = level_of(r, row, main);
	c->whole = whole_row(r, row, main);
}

void clause_row(struct reading *r, const struct row *row)
{
	if (is_numbered(r, row)) {
		read_numbered(r, row);
	} else if (is_head(r, row) && !level_of(r, row, -1)) {
		clause_close(r);
		take_heads(r, row);
	} else {
		read_row(r, row);
	}
}

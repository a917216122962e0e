#include "xlsx_formats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_OWN     164     /* lower numbers of formats are known to all spreadsheets */
#define LAST_DAY      2958466 /* the year 10000 */
#define MOST_DECIMALS 10
#define MOST_LITERAL  32

struct xlsx_formats {
	GHashTable *codes; /* number of a format -> its code */
	GArray *styles;    /* unsigned: number of the format of each style */
};

/* What a code asks for. */
struct shape {
	bool digits, percent, day, time;
	int decimals;
	char before[MOST_LITERAL], after[MOST_LITERAL]; /* around the number */
};

static const struct {
	unsigned first, last;
	const char *code;
} common[] = {
	{ 1, 1, "0" },           { 2, 2, "0.00" },    { 3, 3, "#,##0" },   { 4, 4, "#,##0.00" }, { 5, 6, "#,##0" },
	{ 7, 8, "#,##0.00" },    { 9, 9, "0%" },      { 10, 10, "0.00%" }, { 14, 17, "d.m.y" },  { 18, 21, "h:m" },
	{ 22, 22, "d.m.y h:m" }, { 27, 31, "d.m.y" }, { 32, 33, "h:m" },   { 34, 36, "d.m.y" },  { 37, 38, "#,##0" },
	{ 39, 40, "#,##0.00" },  { 41, 42, "#,##0" }, { 43, 44, "0.00" },  { 45, 47, "h:m" },    { 50, 58, "d.m.y" },
};

static void take_code(void *arg, const xmlNode *n)
{
	struct xlsx_formats *all = arg;

	g_hash_table_replace(all->codes, GINT_TO_POINTER(atoi(xml_attr(n, "numFmtId"))),
			     g_strdup(xml_attr(n, "formatCode")));
}

static void take_style(void *arg, const xmlNode *n)
{
	struct xlsx_formats *all = arg;
	unsigned id = (unsigned)atoi(xml_attr(n, "numFmtId"));

	g_array_append_val(all->styles, id);
}

struct xlsx_formats *xlsx_formats_new(const char *bytes, size_t len)
{
	struct xlsx_formats *all = g_new0(struct xlsx_formats, 1);

	all->codes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	all->styles = g_array_new(FALSE, FALSE, sizeof(unsigned));
	if (bytes) {
		xml_each_child(bytes, len, "numFmts", take_code, all);
		xml_each_child(bytes, len, "cellXfs", take_style, all);
	}
	return all;
}

void xlsx_formats_free(struct xlsx_formats *all)
{
	g_hash_table_unref(all->codes);
	g_array_unref(all->styles);
	g_free(all);
}

static const char *code_of(const struct xlsx_formats *all, unsigned style)
{
	unsigned id = style < all->styles->len ? g_array_index(all->styles, unsigned, style) : 0;
	const char *own = g_hash_table_lookup(all->codes, GUINT_TO_POINTER(id));

	if (own)
		return own;
	for (size_t i = 0; id < FIRST_OWN && i < N_ELEMS(common); i++) {
		if (id >= common[i].first && id <= common[i].last)
			return common[i].code;
	}
	return "";
}

static void add_literal(struct shape *s, const char *text, size_t len)
{
	char *to = s->digits ? s->after : s->before;
	size_t used = strlen(to);

	if (used + len < MOST_LITERAL) {
		memcpy(to + used, text, len);
		to[used + len] = '\0';
	}
}

/* "[$€-407]" is a currency, "[Red]" a colour, "[h]" hours that go on behind a day. */
static void take_bracket(struct shape *s, const char *text, size_t len)
{
	if (len > 1 && text[0] == '$')
		add_literal(s, text + 1, strcspn(text + 1, "-]"));
	else if (len > 0 && strspn(text, "hHmMsS") == len)
		s->time = true;
}

/* Bytes of the character at text, 0 at its end. */
static size_t bytes_at(const char *text)
{
	return *text ? (size_t)(g_utf8_next_char(text) - text) : 0;
}

/* What stands behind an opening sign, up to the closing one. */
static size_t take_enclosed(struct shape *s, const char *code)
{
	const char *end = *code == '"' ? "\"" : "]";
	size_t n = strcspn(code + 1, end);

	if (*code == '"')
		add_literal(s, code + 1, n);
	else
		take_bracket(s, code + 1, n);
	return n + 1 + (code[n + 1] != '\0');
}

static size_t take_decimals(struct shape *s, const char *code)
{
	size_t n = strspn(code + 1, "0#?");

	s->decimals = s->digits ? (int)MIN(n, MOST_DECIMALS) : 0;
	return 1 + n;
}

/* Takes what stands at code; returns how many bytes it has. */
static size_t take_sign(struct shape *s, const char *code)
{
	size_t len = bytes_at(code);

	if (*code == '"' || *code == '[')
		return take_enclosed(s, code);
	if (*code == '.')
		return take_decimals(s, code);
	if (*code == '\\')
		add_literal(s, code + 1, bytes_at(code + 1));
	if (strchr("\\_*", *code))
		return 1 + bytes_at(code + 1);
	s->digits = s->digits || strchr("0#?", *code);
	s->percent = s->percent || *code == '%';
	s->day = s->day || strchr("dDyY", *code);
	s->time = s->time || strchr("hHsS", *code);
	/* A currency sign, or the space before one. */
	if (len > 1 || (*code == ' ' && s->digits))
		add_literal(s, code, len);
	return len;
}

static struct shape shape_of(const char *code)
{
	struct shape s = { 0 };

	if (g_ascii_strncasecmp(code, "general", 7) == 0 || strchr(code, '@') || strpbrk(code, "eE/") == code)
		return s;
	/* The first part is for numbers above zero. */
	for (const char *at = code; *at && *at != ';';)
		at += take_sign(&s, at);
	if (!s.digits && !s.time && strpbrk(code, "mM"))
		s.day = true;
	return s;
}

static char *write_time(double n, const struct shape *s, bool from_1904)
{
	double day = floor(n);
	int minutes = (int)floor((n - day) * 24 * 60 + 0.5);
	GDate date;

	g_date_clear(&date, 1);
	if (minutes == 24 * 60) {
		minutes = 0;
		day++;
	}
	if (!s->day)
		return g_strdup_printf("%02d:%02d", minutes / 60, minutes % 60);
	if (from_1904)
		g_date_set_dmy(&date, 1, G_DATE_JANUARY, 1904);
	else
		g_date_set_dmy(&date, 30, G_DATE_DECEMBER, 1899);
	/* Spreadsheets think that 1900 was a leap year. */
	g_date_add_days(&date, (guint)day + (!from_1904 && day < 60));
	if (!s->time || minutes == 0)
		return g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&date), g_date_get_month(&date),
				       g_date_get_day(&date));
	return g_strdup_printf("%04d-%02d-%02d %02d:%02d", g_date_get_year(&date), g_date_get_month(&date),
			       g_date_get_day(&date), minutes / 60, minutes % 60);
}

static char *write_number(double n, const struct shape *s)
{
	char figure[G_ASCII_DTOSTR_BUF_SIZE * 10] = "", format[8];

	if (!s->digits && !s->percent)
		return g_strdup(g_ascii_formatd(figure, sizeof(figure), "%.15g", n));
	snprintf(format, sizeof(format), "%%.%df", s->decimals);
	g_ascii_formatd(figure, sizeof(figure), fabs(n) < 1e15 ? format : "%.15g", s->percent ? 100 * n : n);
	return g_strconcat(s->before, figure, s->percent ? "%" : "", s->after, NULL);
}

char *xlsx_formats_write(const struct xlsx_formats *all, unsigned style, const char *value, bool from_1904)
{
	struct shape s = shape_of(code_of(all, style));
	char *end = NULL;
	double n = g_ascii_strtod(value, &end);

	if (end == value || *end || !isfinite(n))
		return g_strdup(value);
	if ((s.day || s.time) && n >= 0 && n < LAST_DAY)
		return write_time(n, &s, from_1904);
	return write_number(n, &s);
}

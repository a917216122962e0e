/*
 * mkdoc - make a tender document and its labels from one source
 *
 *   mkdoc SOURCE.txt OUT.pdf|OUT.html|document.xml OUT.json
 *
 * A source has one thing a line; lines of a paragraph, a list item or a note run on until a blank line. Marks in {{ }}
 * are labels: labels.h. # Title        ## Heading       ### Heading      ! Bold        = centred       > right
 *   - item         -- item below    + (a) hung       ++ 1. hung below     [x] [ ] box of a form
 *   || cell | cell |  head of a table   | cell | cell |  a row, to the bar at a line's end   ^ note at the foot   ~
 * small
 *   @font FAMILY SIZE   @paper a4|letter (first)   @margin N   @head L | M | R   @head-from PAGE   @foot L | M | R
 *   @columns N   @page   @skip N   @rule   @seal TEXT   @white TEXT   @table PERCENT... [ruled]
 *   @scan DPI DEGREES (0 0 ends it)   @include FILE   @replace OLD => NEW (in the lines included after it)
 *   @labels         the rest is a JSON object: the labels of fields that have one value
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/io.h"
#include "flow.h"
#include "labels.h"
#include "sheet.h"

#define SOURCE_BYTES (1u << 20)
#define MOST_COLUMNS 8

struct maker {
	struct sheet *sheet;
	struct flow *flow; /* instead of the sheet, which is then only drawn on */
	struct labels labels;
	json_t *written;
	GString *open; /* the paragraph that is being read */
	enum style style;
	bool note;
	char *label;
	char *head; /* what @head said last */
	struct err e;
};

/* A text goes on the sheet, then its marks know their pages. */
static int put(struct maker *m, const char *source)
{
	struct marked *text = mark_read(source, &m->e);
	int rc;

	if (!text)
		return m->e.code;
	if (m->flow)
		flow_text(m->flow, m->style, m->label, text);
	else if (m->note)
		sheet_note(m->sheet, text);
	else
		sheet_text(m->sheet, m->style, m->label, text);
	rc = labels_add(&m->labels, text, &m->e);
	mark_free(text);
	return rc;
}

static int flush(struct maker *m)
{
	int rc = m->open->len ? put(m, m->open->str) : 0;

	g_string_truncate(m->open, 0);
	g_free(m->label);
	m->label = NULL;
	m->style = BODY;
	m->note = false;
	return rc;
}

static int put_row(struct maker *m, char *line)
{
	bool head = line[1] == '|';
	struct marked *cells[MOST_COLUMNS];
	GString *hidden = g_string_new(line + (head ? 2 : 1));
	gchar **texts;
	int n = 0, rc = 0;

	/* A bar in a mark divides no cells. */
	for (char *s = hidden->str, depth = 0; *s; s++) {
		depth = (char)(depth + util_starts(s, "{{") - util_starts(s, "}}"));
		if (*s == '|' && depth > 0)
			*s = '\1';
	}
	texts = g_strsplit(hidden->str, "|", MOST_COLUMNS);
	for (int i = 0; texts[i] && rc == 0; i++) {
		g_strdelimit(texts[i], "\1", '|');
		if (!texts[i + 1] && !*g_strstrip(texts[i]))
			break;
		cells[n] = mark_read(g_strstrip(texts[i]), &m->e);
		rc = cells[n] ? 0 : m->e.code;
		n += cells[n] != NULL;
	}
	if (rc == 0 && m->flow)
		flow_row(m->flow, head, cells, n);
	else if (rc == 0)
		sheet_row(m->sheet, head, cells, n);
	for (int i = 0; i < n; i++) {
		rc = rc == 0 ? labels_add(&m->labels, cells[i], &m->e) : rc;
		mark_free(cells[i]);
	}
	g_strfreev(texts);
	g_string_free(hidden, TRUE);
	return rc;
}

static void do_font(struct maker *m, const char *args)
{
	const char *size = strrchr(args, ' ');
	auto_free char *family = size ? xstrndup(args, (size_t)(size - args)) : xstrdup(args);

	sheet_font(m->sheet, family, size ? g_ascii_strtod(size, NULL) : 10);
}

static void do_margin(struct maker *m, const char *args)
{
	sheet_margin(m->sheet, g_ascii_strtod(args, NULL));
}

static void do_head(struct maker *m, const char *args)
{
	g_free(m->head);
	m->head = g_strdup(args);
	sheet_head(m->sheet, args, 1);
}

static void do_head_from(struct maker *m, const char *args)
{
	sheet_head(m->sheet, m->head ? m->head : "", atoi(args));
}

static void do_foot(struct maker *m, const char *args)
{
	sheet_foot(m->sheet, args);
}

static void do_columns(struct maker *m, const char *args)
{
	sheet_columns(m->sheet, atoi(args));
}

static void do_page(struct maker *m, const char *args UNUSED)
{
	if (m->flow)
		flow_page(m->flow);
	else
		sheet_page(m->sheet);
}

static void do_skip(struct maker *m, const char *args)
{
	sheet_skip(m->sheet, g_ascii_strtod(args, NULL));
}

static void do_rule(struct maker *m, const char *args UNUSED)
{
	sheet_rule(m->sheet);
}

static void do_seal(struct maker *m, const char *args)
{
	sheet_seal(m->sheet, args);
}

static void do_white(struct maker *m, const char *args)
{
	m->style = HIDDEN;
	g_string_assign(m->open, args);
	flush(m);
}

static void do_table(struct maker *m, const char *args)
{
	double widths[MOST_COLUMNS];
	char *end;
	int n = 0;

	while (n < MOST_COLUMNS && (widths[n] = g_ascii_strtod(args, &end)) > 0) {
		args = end;
		n++;
	}
	if (m->flow)
		flow_widths(m->flow, widths, n);
	sheet_widths(m->sheet, widths, n, strstr(args, "ruled") != NULL);
}

static void do_scan(struct maker *m, const char *args)
{
	char *end;
	double dpi = g_ascii_strtod(args, &end);

	sheet_scan(m->sheet, dpi, g_ascii_strtod(end, NULL));
}

static void do_nothing(struct maker *m UNUSED, const char *args UNUSED)
{
}

static const struct {
	const char *word;
	void (*act)(struct maker *m, const char *args);
} directives[] = {
	{ "font", do_font }, { "margin", do_margin },   { "head", do_head },   { "head-from", do_head_from },
	{ "foot", do_foot }, { "columns", do_columns }, { "page", do_page },   { "skip", do_skip },
	{ "rule", do_rule }, { "seal", do_seal },       { "white", do_white }, { "table", do_table },
	{ "scan", do_scan }, { "paper", do_nothing }, /* read before the sheet is there */
};

static int direct(struct maker *m, const char *line)
{
	size_t len = strcspn(line, " ");
	const char *args = line + len + (line[len] == ' ');

	for (size_t i = 0; i < N_ELEMS(directives); i++) {
		if (strlen(directives[i].word) == len && strncmp(line, directives[i].word, len) == 0) {
			directives[i].act(m, args);
			return m->e.code;
		}
	}
	return err_set(&m->e, -EINVAL, "there is no directive '@%.40s'", line);
}

/* "(a) text" hangs "(a)" left of the text; a box is drawn there. */
static const char *take_label(struct maker *m, const char *text)
{
	const char *space = strchr(text, ' ');

	if (!space)
		return text;
	m->label = g_strndup(text, (gsize)(space - text));
	return space + 1;
}

/* What is over a paragraph does not run on into it. */
static const bool one_line[N_STYLES] = {
	[BOLD] = true, [TITLE] = true, [HEADING] = true, [SUBHEADING] = true, [CENTRED] = true, [RIGHT] = true
};

static int begin(struct maker *m, const char *line)
{
	static const struct {
		const char *mark;
		enum style style;
		const char *label; /* "" takes the first word */
	} marks[] = {
		{ "### ", SUBHEADING, NULL },   { "## ", HEADING, NULL },
		{ "# ", TITLE, NULL },          { "! ", BOLD, NULL },
		{ "= ", CENTRED, NULL },        { "> ", RIGHT, NULL },
		{ "- ", ITEM, "\xE2\x80\xA2" }, { "-- ", SUBITEM, "\xE2\x80\x93" },
		{ "++ ", SUBHUNG, "" },         { "+ ", HUNG, "" },
		{ "~ ", TINY, NULL },           { "^ ", NOTE, NULL },
		{ "[x] ", ITEM, NULL },         { "[ ] ", ITEM, NULL },
	};

	for (size_t i = 0; i < N_ELEMS(marks); i++) {
		const char *text = line + strlen(marks[i].mark);
		int rc;

		if (!util_starts(line, marks[i].mark))
			continue;
		rc = flush(m);
		m->style = marks[i].style;
		m->note = *line == '^';
		if (*line == '[')
			sheet_box(m->sheet, line[1] == 'x');
		if (marks[i].label && *marks[i].label)
			m->label = g_strdup(marks[i].label);
		else if (marks[i].label)
			text = take_label(m, text);
		g_string_assign(m->open, text);
		if (rc == 0 && one_line[m->style])
			rc = flush(m);
		return rc < 0 ? rc : 1;
	}
	return 0;
}

static int read_line(struct maker *m, char *line)
{
	int rc = begin(m, line);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (*line && *line != '@' && *line != '|') {
		g_string_append_printf(m->open, "%s%s", m->open->len ? " " : "", line);
		return 0;
	}
	rc = flush(m);
	if (rc == 0 && *line == '@')
		rc = direct(m, line + 1);
	else if (rc == 0 && *line == '|')
		rc = put_row(m, line);
	return rc;
}

static int read_file(const char *path, struct buf *out, struct err *e)
{
	int rc = io_read_file(AT_FDCWD, path, out, SOURCE_BYTES);

	return rc < 0 ? err_set(e, rc, "%s: %s", path, strerror(-rc)) : 0;
}

/* "OLD => NEW" in text, "~~" in NEW is a new line: OLD must be there, else the sources have grown apart. */
static int replace(GString *text, char *const *changes, struct err *e)
{
	for (; *changes; changes++) {
		const char *arrow = strstr(*changes, " => ");
		auto_free char *old = arrow ? xstrndup(*changes, (size_t)(arrow - *changes)) : NULL;
		GString *new = g_string_new(arrow ? arrow + strlen(" => ") : "");
		bool done;

		g_string_replace(new, "~~", "\n", 0);
		done = old && g_string_replace(text, old, new->str, 0) > 0;
		g_string_free(new, TRUE);
		if (!done)
			return err_set(e, -EINVAL, "'%.80s' replaces nothing", *changes);
	}
	return 0;
}

static int load(const char *path, GString *out, struct err *e);

static int include(const char *beside, const char *name, GPtrArray *changes, GString *out, struct err *e)
{
	auto_free char *dir = g_path_get_dirname(beside), *path = xasprintf("%s/%s", dir, name);
	GString *text = g_string_new(NULL);
	int rc = load(path, text, e);
	char *labels = rc == 0 ? strstr(text->str, "\n@labels") : NULL;

	if (labels) /* the document that includes has its own */
		g_string_truncate(text, (gsize)(labels - text->str));
	g_ptr_array_add(changes, NULL);
	rc = rc == 0 ? replace(text, (char **)changes->pdata, e) : rc;
	g_ptr_array_set_size(changes, 0);
	g_string_append_printf(out, "%s\n", text->str);
	g_string_free(text, TRUE);
	return rc;
}

/* A row of a table may run over several lines, to the bar that ends it. */
static void add_line(GString *out, const char *line)
{
	const char *last = strrchr(out->str, '\n');
	const char *open = last ? last + 1 : out->str;

	if (*open == '|')
		g_string_append_printf(out, " %s", line);
	else
		g_string_append(out, line);
	last = strrchr(out->str, '\n');
	open = last ? last + 1 : out->str;
	if (*open != '|' || !*line || util_ends(line, "|"))
		g_string_append_c(out, '\n');
}

/* A source with all that it includes. */
static int load(const char *path, GString *out, struct err *e)
{
	auto_buf raw = BUF_INIT;
	GPtrArray *changes = g_ptr_array_new();
	int rc = read_file(path, &raw, e);
	char *save = raw.data;

	for (char *line = strsep(&save, "\n"); line && rc == 0; line = strsep(&save, "\n")) {
		if (util_starts(line, "@replace "))
			g_ptr_array_add(changes, line + strlen("@replace "));
		else if (util_starts(line, "@include "))
			rc = include(path, line + strlen("@include "), changes, out, e);
		else
			add_line(out, line);
	}
	g_ptr_array_unref(changes);
	return rc;
}

/* Lay out, or print when there is a path. Returns the number of pages or -errno. */
static int make(struct maker *m, const char *source, const char *path, int total)
{
	const char *pdf = path && util_ends(path, ".pdf") ? path : NULL;
	bool letter = strstr(source, "@paper letter") != NULL;
	auto_free char *copy = xstrdup(source);
	char *save = copy, *end = strstr(copy, "\n@labels");
	int rc = 0, n;

	if (!end)
		return err_set(&m->e, -EINVAL, "the source has no @labels");
	*end = '\0';
	m->flow = path && !pdf ? flow_open(path) : NULL;
	m->sheet = sheet_open(pdf, letter ? 612 : 595, letter ? 792 : 842, total);
	for (char *line = strsep(&save, "\n"); line && rc == 0; line = strsep(&save, "\n"))
		rc = read_line(m, line);
	rc = rc == 0 ? flush(m) : rc;
	n = sheet_close(m->sheet);
	n = m->flow ? flow_close(m->flow) : n;
	return rc < 0 ? rc : n;
}

static int write_labels(struct maker *m, const char *source, const char *pdf, int n, const char *path)
{
	const char *text = strstr(source, "\n@labels") + strlen("\n@labels");
	auto_free char *name = g_path_get_basename(pdf);
	json_error_t why;
	json_t *label;
	int rc = 0;

	m->written = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (!m->written)
		return err_set(&m->e, -EINVAL, "line %d of the labels: %s", why.line, why.text);
	label = labels_finish(&m->labels, m->written, name, n, &m->e);
	if (!label)
		rc = m->e.code;
	else if (json_dump_file(label, path, JSON_INDENT(1)) < 0)
		rc = err_set(&m->e, -EIO, "%s could not be written", path);
	json_decref(label);
	json_decref(m->written);
	return rc;
}

static void maker_init(struct maker *m)
{
	*m = (struct maker){ .open = g_string_new(NULL), .style = BODY };
	labels_init(&m->labels);
}

static void maker_release(struct maker *m)
{
	g_string_free(m->open, TRUE);
	g_free(m->label);
	g_free(m->head);
	labels_release(&m->labels);
}

int main(int argc, char **argv)
{
	GString *source = g_string_new(NULL);
	struct maker m;
	int n;

	if (argc != 4) {
		fprintf(stderr, "usage: %s SOURCE.txt OUT.pdf OUT.json\n", argv[0]);
		return 2;
	}
	maker_init(&m);
	n = load(argv[1], source, &m.e);
	n = n < 0 ? n : make(&m, source->str, NULL, 0); /* only to count the pages */
	if (n >= 0) {
		maker_release(&m);
		maker_init(&m);
		n = make(&m, source->str, argv[2], n);
	}
	n = n < 0 ? n : write_labels(&m, source->str, argv[2], n, argv[3]);
	if (n < 0)
		fprintf(stderr, "mkdoc: %s: %s\n", argv[1], m.e.text);
	maker_release(&m);
	g_string_free(source, TRUE);
	return n < 0;
}

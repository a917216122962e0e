/* Plain text: a form feed begins a page, an empty line parts paragraphs, gaps in a line part cells. */
#include "read_text.h"

#include <stdlib.h>

#include "charset.h"
#include "reader.h"
#include "tender/text/text.h"

#define WIDEST    130 /* letters that a line of a paragraph has at most */
#define NARROWEST 40  /* and at least, to be filled */

static bool text_sniff(const struct source *s)
{
	return charset_is_text(s->bytes, s->len);
}

/* Lines are kept as they are: what is beside each other in a table of letters must stay so. */
static void read_line(struct flow *f, const char *line, size_t len)
{
	size_t begin = 0, n;

	while (begin < len && (line[begin] == ' ' || line[begin] == '\t'))
		begin++;
	for (size_t i = begin; i < len; i += n) {
		const char *gap = g_strstr_len(line + i, (gssize)(len - i), "   "),
			   *tab = memchr(line + i, '\t', len - i);
		const char *end = gap && (!tab || gap < tab) ? gap : tab ? tab : line + len;

		n = (size_t)(end - (line + i));
		flow_add(f, line + i, n);
		while (i + n < len && (line[i + n] == ' ' || line[i + n] == '\t'))
			n++;
		if (i + n < len)
			flow_tab(f);
	}
}

static bool is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!g_ascii_isspace(line[i]))
			return false;
	}
	return true;
}

static int compare_sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

/* The width to which the lines were filled: nine of ten are not longer. */
static size_t filled_width(const char *text)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(size_t));
	size_t width = 0;

	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\n\f");

		if (!is_blank(at, len))
			g_array_append_val(all, len);
		at += len + (at[len] != '\0');
	}
	if (all->len > 0) {
		qsort(all->data, all->len, sizeof(size_t), compare_sizes);
		width = g_array_index(all, size_t, all->len * 9 / 10);
	}
	g_array_unref(all);
	return width;
}

/* Lines of one paragraph run to the width; where lines are longer than a page is wide each is a paragraph. */
static bool ends_paragraph(size_t len, size_t width)
{
	return width > WIDEST || 10 * len < 6 * width || width < NARROWEST;
}

static void read_lines(struct flow *f, const char *text, size_t width)
{
	static const struct style body = { .size = FLOW_BODY };
	bool ended = true;

	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\n\f");

		if (ended || is_blank(at, len) || text_bullet(at + strspn(at, " \t")) > 0)
			flow_end(f, &body);
		else
			flow_line(f);
		read_line(f, at, len);
		ended = ends_paragraph(len, width);
		at += len;
		if (*at == '\f') {
			flow_end(f, &body);
			flow_page(f);
		}
		at += *at != '\0';
	}
	flow_end(f, &body);
}

void read_text_flow(struct flow *f, const char *text)
{
	auto_free char *unix_ends = NULL;
	gchar **lines = g_strsplit(text, "\r\n", -1);

	unix_ends = g_strdelimit(g_strjoinv("\n", lines), "\r", '\n');
	g_strfreev(lines);
	/* A form feed at the very end ends the last page and begins none. */
	for (size_t n = strlen(unix_ends); n > 0 && g_ascii_isspace(unix_ends[n - 1]); n--)
		unix_ends[n - 1] = '\0';
	read_lines(f, unix_ends, filled_width(unix_ends));
}

static enum fault text_read(struct reader *r, const struct source *s, const struct format *f, struct err *e UNUSED)
{
	auto_free char *text = charset_utf8(s->bytes, s->len, NULL);
	struct flow *flow = flow_new(r->doc, reader_add(r, s, f));

	read_text_flow(flow, text);
	flow_free(flow);
	return FAULT_NONE;
}

const struct format format_text = { "plain text", "text/plain", 1, text_sniff, text_read };

#include "flow.h"

#include <errno.h>
#include <stdlib.h>

#define MOST_CELLS    8
#define TWIPS         9000 /* width of a table */
#define W_NAMESPACE   "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define W_RUN(LOOKS)  "<w:r><w:rPr>" LOOKS "</w:rPr><w:t xml:space=\"preserve\">"
#define W_STYLE(NAME) "<w:p><w:pPr><w:pStyle w:val=\"" NAME "\"/></w:pPr>" W_RUN("")
#define W_INDENT(BY)  "<w:p><w:pPr><w:ind w:left=\"" BY "\"/></w:pPr>" W_RUN("")
#define W_END         "</w:t></w:r></w:p>\n"

struct piece {
	const char *begin, *end;
};

/* What is written around texts. */
struct kind {
	const char *begin, *end;
	struct piece texts[N_STYLES]; /* those without are BODY */
	const char *table, *rows, *table_end;
	bool grid; /* of widths, between table and rows */
	struct piece row, cell, head_cell;
	const char *page;
};

static const struct kind html = {
	.begin = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n",
	.end = "</body></html>\n",
	.texts = { [BODY] = { "<p>", "</p>\n" },
		   [BOLD] = { "<p><b>", "</b></p>\n" },
		   [TITLE] = { "<h1>", "</h1>\n" },
		   [HEADING] = { "<h2>", "</h2>\n" },
		   [SUBHEADING] = { "<h3>", "</h3>\n" },
		   [CENTRED] = { "<p align=\"center\">", "</p>\n" },
		   [ITEM] = { "<ul><li>", "</li></ul>\n" },
		   [HIDDEN] = { "<p style=\"color: #ffffff; font-size: 1px\">", "</p>\n" } },
	.table = "<table border=\"1\">",
	.rows = "\n",
	.table_end = "</table>\n",
	.row = { "<tr>", "</tr>\n" },
	.cell = { "<td>", "</td>" },
	.head_cell = { "<th>", "</th>" },
};

static const struct kind docx = {
	.begin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<w:document xmlns:w=\"" W_NAMESPACE "\"><w:body>\n",
	.end = "<w:sectPr/></w:body></w:document>\n",
	.texts = { [BODY] = { "<w:p>" W_RUN(""), W_END },
		   [BOLD] = { "<w:p>" W_RUN("<w:b/>"), W_END },
		   [TITLE] = { W_STYLE("Title"), W_END },
		   [HEADING] = { W_STYLE("Heading1"), W_END },
		   [SUBHEADING] = { W_STYLE("Heading2"), W_END },
		   [ITEM] = { W_INDENT("400"), W_END },
		   [SUBITEM] = { W_INDENT("800"), W_END },
		   [HUNG] = { W_INDENT("600"), W_END },
		   [SUBHUNG] = { W_INDENT("1000"), W_END },
		   [HIDDEN] = { "<w:p>" W_RUN("<w:color w:val=\"FFFFFF\"/>"), W_END } },
	.table = "<w:tbl><w:tblPr><w:tblW w:w=\"9000\" w:type=\"dxa\"/></w:tblPr><w:tblGrid>",
	.grid = true,
	.rows = "</w:tblGrid>\n",
	.table_end = "</w:tbl>\n",
	.row = { "<w:tr>", "</w:tr>\n" },
	.cell = { "<w:tc><w:p>" W_RUN(""), "</w:t></w:r></w:p></w:tc>" },
	.head_cell = { "<w:tc><w:p>" W_RUN("<w:b/>"), "</w:t></w:r></w:p></w:tc>" },
	.page = "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>\n",
};

struct flow {
	const struct kind *kind;
	GString *out;
	char *path;
	int page;
	double widths[MOST_CELLS];
	int n_widths;
	bool in_table;
};

struct flow *flow_open(const char *path)
{
	struct flow *f = xcalloc(1, sizeof(*f));

	f->kind = util_ends(path, ".html") ? &html : &docx;
	f->out = g_string_new(f->kind->begin);
	f->path = xstrdup(path);
	f->page = 1;
	return f;
}

static void end_table(struct flow *f)
{
	if (f->in_table)
		g_string_append(f->out, f->kind->table_end);
	f->in_table = false;
}

int flow_close(struct flow *f)
{
	int n = f->page, rc;

	end_table(f);
	g_string_append(f->out, f->kind->end);
	rc = g_file_set_contents(f->path, f->out->str, (gssize)f->out->len, NULL) ? 0 : -EIO;
	g_string_free(f->out, TRUE);
	free(f->path);
	free(f);
	return rc < 0 ? rc : n;
}

void flow_page(struct flow *f)
{
	if (!f->kind->page)
		return;
	end_table(f);
	g_string_append(f->out, f->kind->page);
	f->page++;
}

void flow_widths(struct flow *f, const double *percent, int n)
{
	end_table(f);
	f->n_widths = MIN(n, MOST_CELLS);
	memcpy(f->widths, percent, (size_t)f->n_widths * sizeof(*percent));
}

static void put(struct flow *f, const struct piece *around, const char *label, struct marked *m)
{
	char *text = g_markup_escape_text(m->text, -1);

	g_string_append(f->out, around->begin);
	if (label)
		g_string_append_printf(f->out, "%s ", label);
	g_string_append(f->out, text);
	g_string_append(f->out, around->end);
	g_free(text);
	mark_place(m, 0, (int)strlen(m->text), f->page);
}

void flow_text(struct flow *f, enum style style, const char *label, struct marked *m)
{
	const struct piece *around = &f->kind->texts[style];
	bool bullet = style == ITEM && f->kind == &html;

	end_table(f);
	put(f, around->begin ? around : &f->kind->texts[BODY], bullet ? NULL : label, m);
}

static void begin_table(struct flow *f, int n)
{
	if (f->in_table)
		return;
	f->in_table = true;
	g_string_append(f->out, f->kind->table);
	for (int i = 0; i < n && f->kind->grid; i++) {
		double percent = f->n_widths ? f->widths[MIN(i, f->n_widths - 1)] : 100.0 / n;

		g_string_append_printf(f->out, "<w:gridCol w:w=\"%d\"/>", (int)(TWIPS * percent / 100));
	}
	g_string_append(f->out, f->kind->rows);
}

void flow_row(struct flow *f, bool head, struct marked **cells, int n)
{
	begin_table(f, n);
	g_string_append(f->out, f->kind->row.begin);
	for (int i = 0; i < n; i++)
		put(f, head ? &f->kind->head_cell : &f->kind->cell, NULL, cells[i]);
	g_string_append(f->out, f->kind->row.end);
}

#include "xlsx.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>

#include "zip_write.h"

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACK "http://schemas.openxmlformats.org/package/2006"
#define XML  "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

#define MOST_CELL 32767 /* characters that programs take in a cell */

#define STYLE_HEADING 1
#define STYLE_FIRST   2 /* plain; the shades follow */

static const char content_types[] =
	XML "<Types xmlns=\"" PACK "/content-types\">"
	    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
	    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
	    "<Override PartName=\"/xl/workbook.xml\" "
	    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
	    "<Override PartName=\"/xl/worksheets/sheet1.xml\" "
	    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
	    "<Override PartName=\"/xl/styles.xml\" "
	    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";

static const char package_rels[] =
	XML "<Relationships xmlns=\"" PACK "/relationships\"><Relationship Id=\"rId1\" Type=\"" RELS
	    "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";

static const char workbook_rels[] =
	XML "<Relationships xmlns=\"" PACK "/relationships\"><Relationship Id=\"rId1\" Type=\"" RELS
	    "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" RELS
	    "/styles\" Target=\"styles.xml\"/></Relationships>";

#define FILL(rgb)                                                      \
	"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"" rgb \
	"\"/><bgColor indexed=\"64\"/></patternFill></fill>"
#define CELL(font, fill)                                                                                                 \
	"<xf numFmtId=\"0\" fontId=\"" font "\" fillId=\"" fill                                                          \
	"\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" " \
	"wrapText=\"1\"/></xf>"

/* Fills 0 and 1 are reserved; the cell formats stand in the order of STYLE_ and enum xlsx_shade. */
static const char styles[] = XML
	"<styleSheet xmlns=\"" MAIN "\"><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
	"<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
	"<fills count=\"6\"><fill><patternFill patternType=\"none\"/></fill>"
	"<fill><patternFill patternType=\"gray125\"/></fill>" FILL("FFD9E1F2") FILL("FFE2F0D9") FILL("FFFFF2CC") FILL(
		"FFE0E0E0") "</fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border>"
			    "</borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" "
			    "borderId=\"0\"/></cellStyleXfs><cellXfs count=\"6\"><xf numFmtId=\"0\" fontId=\"0\" "
			    "fillId=\"0\" borderId=\"0\" xfId=\"0\"/>" CELL("1", "2") CELL("0", "0") CELL(
				    "0", "3") CELL("0", "4")
				    CELL("0",
					 "5") "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
					      "builtinId=\"0\"/></cellStyles></styleSheet>";

/* "_x0041_" would be read as one character. */
static bool is_escape(const char *s)
{
	if (s[0] != '_' || s[1] != 'x')
		return false;
	for (int i = 2; i < 6; i++) {
		if (!g_ascii_isxdigit(s[i]))
			return false;
	}
	return s[6] == '_';
}

/* What XML cannot hold is left out. */
static void add_text(struct buf *out, const char *text)
{
	long n = 0;

	for (const char *s = text; *s && n < MOST_CELL; s = g_utf8_next_char(s)) {
		gunichar c = g_utf8_get_char(s);

		n += c > 0xFFFF ? 2 : 1;
		if (c == '&')
			buf_addstr(out, "&amp;");
		else if (c == '<')
			buf_addstr(out, "&lt;");
		else if (c == '>')
			buf_addstr(out, "&gt;");
		else if (c == '"')
			buf_addstr(out, "&quot;");
		else if (is_escape(s))
			buf_addstr(out, "_x005F_");
		else if (c == '\t' || c == '\n' || (c >= 0x20 && c != 0x7F && (c & 0xFFFE) != 0xFFFE))
			buf_add(out, s, (size_t)(g_utf8_next_char(s) - s));
	}
}

static const char *column_name(size_t column, char *name)
{
	char *end = name + 4;

	*--end = '\0';
	for (column++; column > 0 && end > name; column = (column - 1) / 26)
		*--end = (char)('A' + (column - 1) % 26);
	return end;
}

static void add_cell(struct buf *out, size_t column, size_t row, int style, const json_t *value)
{
	char name[4];

	buf_printf(out, "<c r=\"%s%zu\" s=\"%d\"", column_name(column, name), row, style);
	if (json_is_integer(value)) {
		buf_printf(out, "><v>%lld</v></c>", (long long)json_integer_value(value));
	} else if (json_is_string(value)) {
		buf_addstr(out, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
		add_text(out, json_string_value(value));
		buf_addstr(out, "</t></is></c>");
	} else {
		buf_addstr(out, "/>");
	}
}

static void add_heading(struct buf *out, const struct xlsx_sheet *s)
{
	buf_addstr(out, "<row r=\"1\">");
	for (size_t c = 0; c < s->n_columns; c++) {
		json_t *name = json_string(s->columns[c].key);

		add_cell(out, c, 1, STYLE_HEADING, name);
		json_decref(name);
	}
	buf_addstr(out, "</row>");
}

static void add_rows(struct buf *out, const struct xlsx_sheet *s)
{
	json_t *row;
	size_t r;

	buf_addstr(out, "<sheetData>");
	add_heading(out, s);
	json_array_foreach (s->rows, r, row) {
		int style = STYLE_FIRST + (int)s->shade(row);

		buf_printf(out, "<row r=\"%zu\">", r + 2);
		for (size_t c = 0; c < s->n_columns; c++)
			add_cell(out, c, r + 2, style, json_object_get(row, s->columns[c].key));
		buf_addstr(out, "</row>");
	}
	buf_addstr(out, "</sheetData>");
}

static void add_choices(struct buf *out, const struct xlsx_sheet *s, size_t last)
{
	size_t n = 0;

	for (size_t c = 0; c < s->n_columns; c++)
		n += s->columns[c].choice != NULL;
	if (n == 0)
		return;
	buf_printf(out, "<dataValidations count=\"%zu\">", n);
	for (size_t c = 0; c < s->n_columns; c++) {
		char name[4];
		const char *at = column_name(c, name);

		if (s->columns[c].choice)
			buf_printf(out,
				   "<dataValidation type=\"list\" allowBlank=\"1\" showErrorMessage=\"1\" "
				   "sqref=\"%s2:%s%zu\"><formula1>\"%s\"</formula1></dataValidation>",
				   at, at, last, s->columns[c].choice);
	}
	buf_addstr(out, "</dataValidations>");
}

static void sheet_xml(const struct xlsx_sheet *s, struct buf *out)
{
	size_t last = json_array_size(s->rows) + 1;
	char name[4];

	buf_printf(out,
		   XML "<worksheet xmlns=\"" MAIN "\"><dimension ref=\"A1:%s%zu\"/><sheetViews><sheetView "
		       "tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" "
		       "activePane=\"bottomLeft\" state=\"frozen\"/><selection pane=\"bottomLeft\" activeCell=\"A2\" "
		       "sqref=\"A2\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>",
		   column_name(s->n_columns - 1, name), last);
	for (size_t c = 0; c < s->n_columns; c++)
		buf_printf(out, "<col min=\"%zu\" max=\"%zu\" width=\"%.2f\" customWidth=\"1\"/>", c + 1, c + 1,
			   s->columns[c].width);
	buf_addstr(out, "</cols>");
	add_rows(out, s);
	buf_printf(out, "<autoFilter ref=\"A1:%s%zu\"/>", column_name(s->n_columns - 1, name), last);
	add_choices(out, s, last < 2 ? 2 : last);
	buf_addstr(out, "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.5\" bottom=\"0.5\" header=\"0.3\" "
			"footer=\"0.3\"/><pageSetup orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>");
}

/* The filter needs its name in the workbook, else some programs mend the file when they open it. */
static void workbook_xml(const struct xlsx_sheet *s, struct buf *out)
{
	char name[4];

	buf_addstr(out, XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELS "\"><sheets><sheet name=\"");
	add_text(out, s->name);
	buf_addstr(out, "\" sheetId=\"1\" r:id=\"rId1\"/></sheets><definedNames><definedName "
			"name=\"_xlnm._FilterDatabase\" localSheetId=\"0\" hidden=\"1\">'");
	add_text(out, s->name);
	buf_printf(out, "'!$A$1:$%s$%zu</definedName></definedNames></workbook>", column_name(s->n_columns - 1, name),
		   json_array_size(s->rows) + 1);
}

int xlsx_write(const struct xlsx_sheet *s, struct buf *out)
{
	auto_buf sheet = BUF_INIT, workbook = BUF_INIT;

	sheet_xml(s, &sheet);
	workbook_xml(s, &workbook);
	if (sheet.failed || workbook.failed)
		return -ENOMEM;
	const struct zip_part parts[] = {
		{ "[Content_Types].xml", content_types, strlen(content_types) },
		{ "_rels/.rels", package_rels, strlen(package_rels) },
		{ "xl/workbook.xml", workbook.data, workbook.len },
		{ "xl/_rels/workbook.xml.rels", workbook_rels, strlen(workbook_rels) },
		{ "xl/styles.xml", styles, strlen(styles) },
		{ "xl/worksheets/sheet1.xml", sheet.data, sheet.len },
	};
	return zip_write(parts, N_ELEMS(parts), out);
}

#include "grid.h"

#include "tender/read/charset.h"

void grid_free(struct grid *g)
{
	if (!g)
		return;
	g_ptr_array_unref(g->rows);
	g_free(g);
}

const char *grid_cell(const struct grid *g, unsigned row, unsigned column)
{
	char **cells = row < g->rows->len ? g->rows->pdata[row] : NULL;

	return cells && column < g_strv_length(cells) ? cells[column] : "";
}

/* --- CSV --- */

static char separator_of(const char *text)
{
	static const char separators[] = ",;\t";
	int most = 0;
	char best = ',';

	for (const char *sep = separators; *sep; sep++) {
		int n = 0;

		for (const char *s = text; *s && *s != '\n'; s++)
			n += *s == *sep;
		if (n > most) {
			most = n;
			best = *sep;
		}
	}
	return best;
}

/* One cell; returns what stands behind it: a separator, the end of the line or of all. */
static const char *read_cell(const char *s, char sep, GString *cell)
{
	if (*s != '"') {
		size_t n = strcspn(s, (char[]){ sep, '\r', '\n', '\0' });

		g_string_append_len(cell, s, (gssize)n);
		return s + n;
	}
	for (s++; *s; s++) {
		if (*s == '"' && *++s != '"')
			break;
		g_string_append_c(cell, *s);
	}
	return s + strcspn(s, (char[]){ sep, '\r', '\n', '\0' });
}

static const char *read_row(const char *s, char sep, GPtrArray *cells)
{
	bool more = true;

	while (more) {
		GString *cell = g_string_new(NULL);

		s = read_cell(s, sep, cell);
		if (cells->len < GRID_MOST_COLUMNS)
			g_ptr_array_add(cells, g_string_free(cell, FALSE));
		else
			g_string_free(cell, TRUE);
		more = *s == sep;
		s += more;
	}
	s += *s == '\r';
	return s + (*s == '\n');
}

struct grid *grid_csv(const struct source *src)
{
	struct grid *g = g_new0(struct grid, 1);
	auto_free char *text = charset_utf8(src->bytes, src->len, NULL);
	const char *s = text;
	char sep = separator_of(s);

	g->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	while (*s && g->rows->len < GRID_MOST_ROWS) {
		GPtrArray *cells = g_ptr_array_new();

		s = read_row(s, sep, cells);
		g_ptr_array_add(cells, NULL);
		g_ptr_array_add(g->rows, g_ptr_array_free(cells, FALSE));
	}
	return g;
}

/* --- rows as objects --- */

static const char *unguarded(const char *cell)
{
	return cell[0] == '\'' && cell[1] && strchr("=+-@\t\r\n", cell[1]) ? cell + 1 : cell;
}

json_t *grid_objects(const struct grid *g)
{
	json_t *list = json_array();

	for (unsigned r = 1; r < g->rows->len; r++) {
		unsigned n = g_strv_length(g->rows->pdata[r]);
		json_t *row = json_object();

		for (unsigned c = 0; c < n; c++) {
			const char *name = grid_cell(g, 0, c), *text = unguarded(grid_cell(g, r, c));

			if (*name && *text)
				json_object_set_new(row, name, json_string(text));
		}
		if (json_object_size(row) > 0)
			json_array_append(list, row);
		json_decref(row);
	}
	return list;
}

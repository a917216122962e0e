/* compliance_matrix: the requirements as a table to fill in; what was filled in before an amendment is kept. */
#include "matrix.h"
#include "pick.h"
#include "tool.h"

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* An earlier matrix among the documents. */
struct former {
	json_t *rows; /* NULL while there is none */
	char *name;
	unsigned n;
};

static bool take_matrix(void *arg, const struct source *s)
{
	struct former *f = arg;
	struct grid *g = grid_xlsx(s);

	if (!g && g_str_has_suffix(s->name, ".csv"))
		g = grid_csv(s);
	if (!g || !matrix_is(g)) {
		grid_free(g);
		return false;
	}
	f->n++;
	if (f->n == 1) {
		f->rows = grid_objects(g);
		f->name = g_strdup(s->name);
	}
	grid_free(g);
	return true;
}

static json_t *count_changes(const json_t *rows)
{
	json_t *counts = json_object(), *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		const char *change = pick_word(row, "change");

		if (*change)
			json_object_set_new(counts, change, json_integer(pick_number(counts, change) + 1));
	}
	return counts;
}

static void say(struct call *c, json_t *result, const struct former *f)
{
	json_t *list = json_object_get(result, "requirements"), *answer, *rows, *counts;
	auto_buf csv = BUF_INIT, xlsx = BUF_INIT, text = BUF_INIT;

	rows = matrix_make(list, f->rows);
	counts = count_changes(rows);
	matrix_csv(rows, &csv);
	if (matrix_xlsx(rows, &xlsx) < 0) {
		call_fail(c, "memory", true, "There is no memory for the workbook: try again.");
		json_decref(rows);
		json_decref(counts);
		return;
	}
	buf_printf(&text, "%zu requirements to answer.", json_array_size(list));
	if (f->rows)
		buf_printf(&text, " Against '%s': %lld the same, %lld changed, %lld new, %lld removed.", f->name,
			   pick_number(counts, "same"), pick_number(counts, "changed"), pick_number(counts, "new"),
			   pick_number(counts, "removed"));
	answer = tool_answer(result, (int)pick_number(result, "requirements_coverage"));
	json_object_set_new(answer, "rows", rows);
	json_object_set_new(answer, "former", f->rows ? json_string(f->name) : json_null());
	json_object_set_new(answer, "changes", f->rows ? json_incref(counts) : json_null());
	json_decref(counts);
	call_text(c, buf_str(&text));
	call_file(c, "compliance-matrix.csv", "text/csv", buf_str(&csv));
	call_blob(c, "compliance-matrix.xlsx", XLSX_TYPE, xlsx.data, xlsx.len);
	call_structured(c, answer);
}

int tool_matrix(struct call *c)
{
	const json_t *documents = tool_documents(c);
	struct former f = { NULL, NULL, 0 };
	json_t *others = documents ? tool_others(documents, take_matrix, &f) : NULL, *result = NULL;

	if (!documents)
		return 0;
	if (f.n > 1)
		call_fail(c, "arguments", false,
			  "%u of the documents are compliance matrices: give only the one that is filled in.", f.n);
	else if (json_array_size(others) == 0)
		call_fail(c, "arguments", false, "'%s' is a compliance matrix: give the tender document with it.",
			  f.name);
	else
		result = tool_read(c, others, (struct share){ 0, 95 });
	if (result) {
		say(c, result, &f);
		call_progress(c, 100, 100, "done");
	}
	json_decref(result);
	json_decref(others);
	json_decref(f.rows);
	g_free(f.name);
	return 0;
}

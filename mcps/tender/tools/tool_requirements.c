/* extract_requirements: the requirements alone. */
#include "output.h"
#include "pick.h"
#include "tool.h"

static const char *const levels[] = { "must", "should", "may" };

/* How many there are of each level. */
static json_t *count_levels(const json_t *list)
{
	json_t *counts = json_object(), *item;
	size_t i;

	for (size_t k = 0; k < N_ELEMS(levels); k++)
		json_object_set_new(counts, levels[k], json_integer(0));
	json_array_foreach (list, i, item) {
		json_t *n = json_object_get(counts, pick_word(item, "level"));

		json_integer_set(n, json_integer_value(n) + 1);
	}
	return counts;
}

int tool_requirements(struct call *c)
{
	const json_t *documents = tool_documents(c);
	json_t *result = documents ? tool_read(c, documents, (struct share){ 0, 99 }) : NULL, *answer, *list;
	auto_buf csv = BUF_INIT;
	auto_free char *text = NULL;

	if (!result)
		return 0;
	list = json_object_get(result, "requirements");
	answer = tool_answer(result, (int)pick_number(result, "requirements_coverage"));
	json_object_set(answer, "requirements", list);
	json_object_set_new(answer, "counts", count_levels(list));
	csv_write(result, &csv);
	text = xasprintf("%zu requirements; confidence %lld of 100.", json_array_size(list),
			 pick_number(answer, "confidence"));
	call_text(c, text);
	call_file(c, "requirements.csv", "text/csv", buf_str(&csv));
	call_structured(c, answer);
	call_progress(c, 100, 100, "done");
	json_decref(result);
	return 0;
}

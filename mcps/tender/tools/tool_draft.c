/* draft_bid: an outline of the bid that follows the document. */
#include "draft.h"
#include "pick.h"
#include "tool.h"

static size_t count_kind(const json_t *sections, const char *kind)
{
	size_t i, n = 0;
	json_t *one;

	json_array_foreach (sections, i, one)
		n += streq(pick_word(one, "kind"), kind);
	return n;
}

int tool_draft(struct call *c)
{
	const json_t *documents = tool_documents(c);
	char today[11];
	json_t *result = documents && tool_today(c, today) ? tool_read(c, documents, (struct share){ 0, 99 }) : NULL;
	json_t *answer, *sections;
	auto_buf outline = BUF_INIT, text = BUF_INIT;

	if (!result)
		return 0;
	sections = draft_sections(result);
	draft_markdown(result, sections, today, &outline);
	buf_printf(&text, "An outline without prose: %zu award criteria, %zu sections with %zu requirements.",
		   count_kind(sections, "criterion"), count_kind(sections, "requirements"),
		   json_array_size(json_object_get(result, "requirements")));
	answer = tool_answer(result, (int)pick_number(result, "confidence"));
	json_object_set_new(answer, "sections", sections);
	json_object_set(answer, "requirements", json_object_get(result, "requirements"));
	json_object_set(answer, "hand_in", json_object_get(result, "documents"));
	json_object_set_new(answer, "prose", json_false());
	call_text(c, buf_str(&text));
	call_file(c, "bid-outline.md", "text/markdown", buf_str(&outline));
	call_structured(c, answer);
	call_progress(c, 100, 100, "done");
	json_decref(result);
	return 0;
}

/* draft_bid: an outline of the bid that follows the document. */
#include "draft.h"
#include "pick.h"
#include "tender/ask/ask.h"
#include "tool.h"

#define PROSE_MS 90000 /* for the model that writes */

static size_t count_kind(const json_t *sections, const char *kind)
{
	size_t i, n = 0;
	json_t *one;

	json_array_foreach (sections, i, one)
		n += streq(pick_word(one, "kind"), kind);
	return n;
}

static void answer_draft(struct call *c, json_t *result, json_t *sections, const char *today, unsigned n_drafted)
{
	auto_buf outline = BUF_INIT, text = BUF_INIT;
	json_t *answer;

	draft_markdown(result, sections, today, &outline);
	if (n_drafted > 0)
		buf_printf(&text, "An outline with a draft for %u of its sections", n_drafted);
	else
		buf_addstr(&text, "An outline without prose");
	buf_printf(&text, ": %zu award criteria, %zu sections with %zu requirements.",
		   count_kind(sections, "criterion"), count_kind(sections, "requirements"),
		   json_array_size(json_object_get(result, "requirements")));
	answer = tool_answer(result, (int)pick_number(result, "confidence"));
	json_object_set(answer, "sections", sections);
	json_object_set(answer, "requirements", json_object_get(result, "requirements"));
	json_object_set(answer, "hand_in", json_object_get(result, "documents"));
	json_object_set_new(answer, "prose", json_boolean(n_drafted > 0));
	call_text(c, buf_str(&text));
	call_file(c, "bid-outline.md", "text/markdown", buf_str(&outline));
	call_structured(c, answer);
	call_progress(c, 100, 100, "done");
}

int tool_draft(struct call *c)
{
	const json_t *documents = tool_documents(c);
	char today[11];
	struct doc *d = doc_new();
	json_t *result =
		documents && tool_today(c, today) ? tool_read_pages(c, documents, (struct share){ 0, 99 }, d) : NULL;

	if (result) {
		json_t *sections = draft_sections(result);

		answer_draft(c, result, sections, today, ask_prose(c, d, result, sections, PROSE_MS));
		json_decref(sections);
		json_decref(result);
	}
	doc_free(d);
	return 0;
}

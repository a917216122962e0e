/* parse_rfp: all that is said about a tender, with its files for a person. */
#include <stdlib.h>

#include "base/clock.h"
#include "output.h"
#include "pick.h"
#include "tool.h"

static void answer(struct call *c, json_t *result)
{
	const char *title = pick_value(result, "title"), *until = pick_value(result, "submission_deadline");
	auto_free char *text =
		xasprintf("%s; submission deadline %s; %zu requirements; confidence %lld of 100.",
			  title ? title : "No title was found", until ? until : "not found",
			  json_array_size(json_object_get(result, "requirements")), pick_number(result, "confidence"));
	auto_buf summary = BUF_INIT, csv = BUF_INIT, ics = BUF_INIT;

	summary_write(result, &summary);
	csv_write(result, &csv);
	ics_write(result, clock_now_ms(), &ics);
	call_text(c, text);
	call_file(c, "summary.md", "text/markdown", buf_str(&summary));
	call_file(c, "requirements.csv", "text/csv", buf_str(&csv));
	call_file(c, "deadlines.ics", "text/calendar", buf_str(&ics));
	call_structured(c, result);
}

int tool_parse(struct call *c)
{
	const json_t *documents = tool_documents(c);
	json_t *result = documents ? tool_read(c, documents, (struct share){ 0, 99 }) : NULL;

	if (!result)
		return 0;
	answer(c, result);
	call_progress(c, 100, 100, "done");
	return 0;
}

/* A request that was dropped: parsed, applied to a new task, and to that task once more. */
#include <stdlib.h>

#include "base/err.h"
#include "platform/record.h"
#include "platform/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct task t = { .priority = PRIORITY_MEDIUM, .ai_confidence = INT_NULL };
	struct err e = ERR_INIT;
	json_t *doc = NULL;

	if (record_parse((const char *)bytes, len, &doc, &e) < 0) {
		if (doc || !e.text[0])
			abort();
		return 0;
	}
	for (size_t i = 0; request_file(doc, i); i++) {
	}
	if (request_apply(doc, &t, &e) == 0 && request_apply(doc, &t, &e) < 0)
		abort();
	if (t.state != TASK_TODO || t.created_by || t.fence)
		abort();
	row_release(&task_table, &t);
	json_decref(doc);
	return 0;
}

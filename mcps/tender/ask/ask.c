#include "ask.h"

#include "parts.h"
#include "quoted.h"
#include "tender/result.h"

static void add_conflicts(json_t *result, json_t *more)
{
	json_t *list = json_object_get(result, "conflicts");

	if (json_array_size(more) == 0)
		return;
	if (json_is_array(list))
		json_array_extend(list, more);
	else
		json_object_set(result, "conflicts", more);
}

void ask_document(struct call *c, const struct doc *d, json_t *result, unsigned ms)
{
	struct asker parser, extractor;
	bool parses, extracts;
	json_t *conflicts;
	GArray *pieces;

	call_limit_models(c, ms);
	parses = asker_begin(&parser, c, "tender-parser");
	extracts = asker_begin(&extractor, c, "requirement-extractor");
	if (!parses && !extracts)
		return;
	conflicts = json_array();
	pieces = pages_cut(d);
	if (parses)
		parts_fields(&parser, d, pieces, result, conflicts);
	if (extracts)
		parts_requirements(&extractor, d, pieces, result);
	asker_tell(&parser, result);
	asker_tell(&extractor, result);
	if (parser.taken > 0)
		result_conclude(d, result);
	add_conflicts(result, conflicts);
	g_array_unref(pieces);
	json_decref(conflicts);
}

void ask_preload(void)
{
	quoted_preload();
	parts_fields_preload();
}

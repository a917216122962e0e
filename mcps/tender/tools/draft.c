#include "draft.h"

#include <glib.h>

#include "match.h"
#include "pick.h"

#define ABOUT 0.34 /* so much of a criterion's name must be the name of the section of a requirement */

/* --- criteria --- */

/* Requirements that stand in a section of the criterion's name. */
static json_t *related(const char *name, const json_t *requirements)
{
	json_t *ids = json_array(), *one;
	size_t i;

	json_array_foreach (requirements, i, one) {
		const char *section = pick_text(one, "section");

		if (section && match_likeness(name, section) >= ABOUT)
			json_array_append(ids, json_object_get(one, "id"));
	}
	return ids;
}

/* A criterion and those below it. */
static void add_criteria(json_t *list, const json_t *items, const json_t *requirements, int depth)
{
	json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		const char *name = pick_word(item, "name");
		json_t *weight = json_object_get(item, "weight");

		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:i, s:O?, s:O?, s:o}", "kind", "criterion", "title", name,
						"depth", depth, "weight", weight, "page", json_object_get(item, "page"),
						"requirements", related(name, requirements)));
		add_criteria(list, json_object_get(item, "items"), requirements, depth + 1);
	}
}

/* --- sections of the document --- */

static json_t *find_section(const json_t *list, const char *title)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (streq(pick_word(one, "kind"), "requirements") && streq(pick_word(one, "title"), title))
			return one;
	}
	return NULL;
}

static void add_requirements(json_t *list, const json_t *requirements)
{
	json_t *one, *section;
	size_t i;

	json_array_foreach (requirements, i, one) {
		const char *title = pick_word(one, "section");

		section = find_section(list, title);
		if (!section) {
			section = json_pack("{s:s, s:s, s:i, s:O?, s:[]}", "kind", "requirements", "title", title,
					    "depth", 0, "page", json_object_get(one, "page"), "requirements");
			json_array_append_new(list, section);
		}
		json_array_append(json_object_get(section, "requirements"), json_object_get(one, "id"));
	}
}

json_t *draft_sections(const json_t *result)
{
	const json_t *requirements = json_object_get(result, "requirements");
	json_t *list = json_array();

	add_criteria(list, json_object_get(json_object_get(result, "evaluation_criteria"), "items"), requirements, 0);
	add_requirements(list, requirements);
	return list;
}

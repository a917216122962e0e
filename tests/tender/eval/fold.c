#include "fold.h"

static const char *const words[N_FOLDS] = { [FOLD_FIT] = "fit", [FOLD_REPORT] = "report" };

enum fold fold_find(const char *word)
{
	enum fold f = 0;

	while (f < N_FOLDS && !streq(words[f], word))
		f++;
	return f;
}

enum fold fold_of(const char *name)
{
	const char *end = strrchr(name, '.');
	size_t len = end ? (size_t)(end - name) : strlen(name);
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return (hash >> 16 ^ hash) & 1 ? FOLD_REPORT : FOLD_FIT;
}

enum fold fold_of_label(const json_t *label)
{
	const char *fold = json_string_value(json_object_get(label, "fold"));
	const char *family = json_string_value(json_object_get(label, "family"));
	const char *name = json_string_value(json_object_get(label, "file"));

	if (fold)
		return fold_find(fold);
	return fold_of(family ? family : name);
}

/* pick - members of JSON objects; every object may be NULL or of another type */
#ifndef TENDER_PICK_H
#define TENDER_PICK_H

#include <jansson.h>

#include "base/util.h"

/* pick_text - the text under key, NULL for none */
static inline const char *pick_text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* pick_word - the same, "" for none */
static inline const char *pick_word(const json_t *o, const char *key)
{
	const char *text = pick_text(o, key);

	return text ? text : "";
}

/* pick_number - the whole number under key, 0 for none */
static inline long long pick_number(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

/* pick_value - the text under "value" of the fact under key, NULL for none */
static inline const char *pick_value(const json_t *o, const char *key)
{
	return pick_text(json_object_get(o, key), "value");
}

#endif

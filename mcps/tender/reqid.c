#include "reqid.h"

#include <stdio.h>

#include "base/crypto.h"
#include "pick.h"
#include "text.h"

/* A hash that white space, hyphens and capitals do not change. */
static void hash_of(const char *text, char *hex)
{
	auto_free char *plain = text_plain(text, NULL), *folded = g_utf8_casefold(plain, -1);

	sha256_hex(folded, strlen(folded), hex);
}

static bool is_counted(const char *id, size_t i)
{
	char counted[32];

	snprintf(counted, sizeof(counted), "R-%03zu", i + 1);
	return streq(id, counted);
}

static char *first_id(const json_t *item, size_t i)
{
	const char *id = pick_word(item, "id");
	char hex[SHA256_HEX_BYTES];

	if (*id && !is_counted(id, i))
		return g_strdup(id);
	hash_of(pick_word(item, "text"), hex);
	return g_strdup_printf("R-%.8s", hex);
}

/* How many have that id; a missing one counts nothing. */
static unsigned count(GHashTable *ids, const char *id)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(ids, id));
}

static void count_one(GHashTable *ids, const char *id)
{
	g_hash_table_replace(ids, g_strdup(id), GUINT_TO_POINTER(count(ids, id) + 1));
}

static char *longer_id(const json_t *item, const char *id)
{
	auto_free char *both = g_strdup_printf("%s\n%s", pick_word(item, "section"), pick_word(item, "text"));
	char hex[SHA256_HEX_BYTES];

	hash_of(both, hex);
	return g_strdup_printf("%s-%.4s", id, hex);
}

void reqid_assign(json_t *requirements)
{
	GHashTable *first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTable *final = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	json_t *item;
	size_t i;

	json_array_foreach (requirements, i, item) {
		auto_free char *id = first_id(item, i);

		count_one(first, id);
		json_object_set_new(item, "id", json_string(id));
	}
	json_array_foreach (requirements, i, item) {
		const char *id = pick_word(item, "id");
		auto_free char *own = count(first, id) > 1 ? longer_id(item, id) : g_strdup(id);

		/* the same words twice in one section: nothing but their order tells them apart */
		count_one(final, own);
		if (count(final, own) > 1) {
			auto_free char *numbered = g_strdup_printf("%s-%u", own, count(final, own));

			json_object_set_new(item, "id", json_string(numbered));
		} else {
			json_object_set_new(item, "id", json_string(own));
		}
	}
	g_hash_table_unref(first);
	g_hash_table_unref(final);
}

#include "contact_list.h"

#include "person.h"

#define MOST_BLOCK    300 /* bytes of a block that is about one person */
#define MOST_BEHIND   160 /* bytes behind a name in which the number may stand */
#define LEAST_SURNAME 4   /* letters of a name that are no accident in an address */
#define MOST_OTHERS   8
#define LEAST_OTHER   60 /* what a candidate must score to be one */

/* The address of a page that is made of the person's name, and what stands with it. */
static void take_owned(struct person *c, const struct page *p)
{
	for (int k = 0; p->readable && k < (int)p->blocks->len && !c->email; k++) {
		const char *text = page_block(p, k)->text;
		GMatchInfo *m = person_emails(text);

		for (; m && g_match_info_matches(m) && !c->email; g_match_info_next(m, NULL)) {
			auto_free char *email = g_match_info_fetch(m, 0);

			if (!person_owns(c->name, email))
				continue;
			c->email = steal(email);
			if (strlen(text) < MOST_BLOCK)
				person_take(c, text);
		}
		g_match_info_free(m);
	}
}

/* A number behind the name, wherever it is said again. */
static void take_number(struct person *c, const struct page *p)
{
	for (int k = 0; p->readable && k < (int)p->blocks->len && !c->phone; k++) {
		const char *at = strstr(page_block(p, k)->text, c->name);
		auto_free char *behind = at ? g_strndup(at, MIN(strlen(at), MOST_BEHIND)) : NULL;
		auto_free char *valid = behind ? g_utf8_make_valid(behind, -1) : NULL;
		struct person other = { .email = c->email };

		if (!valid)
			continue;
		person_take(&other, valid);
		c->phone = other.phone;
		if (other.email != c->email)
			g_free(other.email);
	}
}

/* "Ms. Roe" is named in full elsewhere. */
static void take_full(struct person *c, const struct page *p, const char *surname)
{
	for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
		char *full = person_full(page_block(p, k)->text, surname);

		if (full) {
			g_free(c->name);
			c->name = full;
			return;
		}
	}
}

/* "Roe" of jane.roe@…; NULL for an address that is not made so. */
static char *surname_of(const char *email)
{
	auto_free char *local = g_strndup(email, strcspn(email, "@"));
	const char *dot = strrchr(local, '.');
	char *surname = dot && strlen(dot) > LEAST_SURNAME && !strpbrk(local, "0123456789") ? g_strdup(dot + 1) : NULL;

	if (surname)
		surname[0] = g_ascii_toupper(surname[0]);
	return surname;
}

/* jane.roe@… belongs to Jane Roe, who is named elsewhere. */
static void take_owner(const struct doc *d, struct person *c)
{
	auto_free char *surname = c->email ? surname_of(c->email) : NULL;

	for (unsigned i = 0; surname && i < d->pages->len && !c->name; i++) {
		take_full(c, doc_page(d, i), surname);
		if (c->name && g_ascii_toupper(c->email[0]) != c->name[0])
			g_clear_pointer(&c->name, g_free);
	}
}

static char *copy_of(const json_t *fact, const char *key)
{
	return g_strdup(json_string_value(json_object_get(fact, key)));
}

static void set_if(json_t *fact, const char *key, const char *value)
{
	if (value && json_is_null(json_object_get(fact, key)))
		json_object_set_new(fact, key, json_string(value));
}

void contact_complete(const struct doc *d, json_t *fact)
{
	struct person c = { copy_of(fact, "name"), NULL, copy_of(fact, "email"), copy_of(fact, "phone") };
	auto_free char *surname = c.name ? person_surname(c.name) : NULL,
		       *title = surname ? copy_of(fact, "name") : NULL;

	if (!c.name)
		take_owner(d, &c);
	set_if(fact, "name", c.name);
	for (unsigned i = 0; title && i < d->pages->len && streq(c.name, title); i++)
		take_full(&c, doc_page(d, i), surname);
	if (title && !streq(c.name, title))
		json_object_set_new(fact, "name", json_string(c.name));
	for (unsigned i = 0; c.name && i < d->pages->len && !c.email; i++)
		take_owned(&c, doc_page(d, i));
	for (unsigned i = 0; c.name && i < d->pages->len && !c.phone; i++)
		take_number(&c, doc_page(d, i));
	set_if(fact, "email", c.email);
	set_if(fact, "phone", c.phone);
	person_release(&c);
}

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
	const char *one = json_string_value(json_object_get(a, key)), *two = json_string_value(json_object_get(b, key));

	return one && two && g_ascii_strcasecmp(one, two) == 0;
}

/* The same person, address or number; a name without more is perhaps one of the text. */
static bool is_known(const json_t *list, const json_t *main, const json_t *fact)
{
	static const char *const keys[] = { "name", "email", "phone" };
	json_t *one;
	size_t i;

	for (size_t k = 0; k < N_ELEMS(keys); k++) {
		if (same_text(main, fact, keys[k]))
			return true;
		json_array_foreach (list, i, one) {
			if (same_text(one, fact, keys[k]))
				return true;
		}
	}
	return false;
}

void contact_others(const struct choice *c, json_t *fact)
{
	json_t *list = json_array();

	while (json_array_size(list) < MOST_OTHERS) {
		int best = -1, score = LEAST_OTHER - 1;

		for (unsigned i = 0; i < c->facts->len; i++) {
			int its = g_array_index(c->scores, int, i);

			if (its > score && !is_known(list, fact, c->facts->pdata[i])) {
				best = (int)i;
				score = its;
			}
		}
		if (best < 0)
			break;
		json_array_append_new(list, json_copy(c->facts->pdata[best]));
		json_object_set_new(json_array_get(list, json_array_size(list) - 1), "confidence",
				    json_integer(MIN(score, 90)));
	}
	if (json_array_size(list) > 0)
		json_object_set(fact, "others", list);
	json_decref(list);
}

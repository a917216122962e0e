#include "store/field.h"

#include <stdlib.h>

const struct field *field_find(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->n_fields; i++)
		if (streq(t->fields[i].name, name))
			return &t->fields[i];
	return NULL;
}

int field_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (streq(words[i], word))
			return i;
	return -1;
}

static bool is_text(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_JSON;
}

void row_release(const struct table *t, void *row)
{
	for (size_t i = 0; i < t->n_fields; i++)
		if (is_text(&t->fields[i]))
			free(*(char **)((char *)row + t->fields[i].offset));
	memset(row, 0, t->size);
}

void row_copy(const struct table *t, void *to, const void *from)
{
	memcpy(to, from, t->size);
	for (size_t i = 0; i < t->n_fields; i++) {
		char **p = (char **)((char *)to + t->fields[i].offset);

		if (is_text(&t->fields[i]))
			*p = xstrdup(*p);
	}
}

void row_set_text(char **p, const char *text)
{
	char *copy = xstrdup(text); /* first: text may be the one at p */

	free(*p);
	*p = copy;
}

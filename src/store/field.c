#include "store/field.h"

#include <errno.h>
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

/* The texts of to are still those of another row from that field on. */
static int forget_copy(const struct table *t, void *to, size_t from)
{
	for (size_t i = from; i < t->n_fields; i++)
		if (is_text(&t->fields[i]))
			*(char **)((char *)to + t->fields[i].offset) = NULL;
	row_release(t, to);
	return -ENOMEM;
}

int row_copy(const struct table *t, void *to, const void *from)
{
	memcpy(to, from, t->size);
	for (size_t i = 0; i < t->n_fields; i++) {
		char **p = (char **)((char *)to + t->fields[i].offset), *text;

		if (!is_text(&t->fields[i]) || !*p)
			continue;
		text = strdup(*p);
		if (!text)
			return forget_copy(t, to, i);
		*p = text;
	}
	return 0;
}

int row_put_text(char **p, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return -ENOMEM;
	free(*p);
	*p = copy;
	return 0;
}

void row_set_text(char **p, const char *text)
{
	char *copy = xstrdup(text); /* first: text may be the one at p */

	free(*p);
	*p = copy;
}

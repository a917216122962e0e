/*
 * field - what a row holds: one table of fields drives its columns, its JSON document and its single files
 *
 * A row is a C struct whose first member is `int64_t row_id`. Texts in it are the row's own (row_release).
 */
#ifndef FS0711_STORE_FIELD_H
#define FS0711_STORE_FIELD_H

#include "base/util.h"

enum field_type {
	FIELD_TEXT, /* char *, NULL is null */
	FIELD_JSON, /* char * holding a JSON document, NULL is null */
	FIELD_INT,  /* int64_t, INT_NULL is null */
	FIELD_BOOL, /* bool */
	FIELD_REAL, /* double, NAN is null */
	FIELD_TIME, /* int64_t, milliseconds since 1970 UTC, 0 is null */
	FIELD_WORD, /* int, an index into words; stored and shown as the word */
};

#define INT_NULL INT64_MIN

enum field_flags {
	FIELD_FIXED = 1,    /* people cannot change it */
	FIELD_HIDDEN = 2,   /* not in the JSON document */
	FIELD_REQUIRED = 4, /* null is refused */
	FIELD_LIST = 8,     /* FIELD_JSON: a list, not an object */
	FIELD_OBJECT = 16,  /* FIELD_JSON: an object, not a list */
};

struct field {
	const char *name; /* the column, and the key in JSON */
	enum field_type type;
	unsigned flags;
	size_t offset;
	const char *const *words; /* FIELD_WORD: NULL-terminated */
	int64_t min, max;         /* FIELD_INT and FIELD_REAL: the allowed range; both 0 for none */
};

struct table {
	const char *name;           /* in the store */
	size_t size;                /* of the struct */
	const struct field *fields; /* without row_id */
	size_t n_fields;
};

/* field_find - the field of that name, or NULL */
const struct field *field_find(const struct table *t, const char *name);
/* field_word - index of word in words, or -1 */
int field_word(const char *const *words, const char *word);

/* row_release - free the texts of a row and set it to zeroes */
void row_release(const struct table *t, void *row);
/* row_copy - a copy with texts of its own; to is overwritten, not released. 0, or -ENOMEM: then to is zeroes */
int row_copy(const struct table *t, void *to, const void *from);
/* row_set_text - replace the text at p (a char ** of a row) by a copy of text, or NULL */
void row_set_text(char **p, const char *text);
/* row_put_text - the same for a text of a user's size: 0, or -ENOMEM, and p stays */
int row_put_text(char **p, const char *text);

#endif

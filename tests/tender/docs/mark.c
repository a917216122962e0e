#include "mark.h"

#include <errno.h>
#include <stdlib.h>

#define SOFT_HYPHEN "\xC2\xAD"

static void one_free(void *p)
{
	struct mark *one = p;

	g_strfreev(one->words);
	free(one);
}

void mark_free(struct marked *m)
{
	g_free(m->text);
	g_ptr_array_unref(m->marks);
	free(m);
}

/* s stands behind "{{"; returns where the text of the mark begins, NULL without a bar. */
static const char *begin(struct marked *m, GPtrArray *open, const GString *text, const char *s)
{
	const char *bar = strchr(s, '|');
	auto_free char *head = bar ? xstrndup(s, (size_t)(bar - s)) : NULL;
	struct mark *one;

	if (!bar)
		return NULL;
	one = xcalloc(1, sizeof(*one));
	one->from = (int)text->len;
	one->to = -1;
	one->words = g_strsplit(head, " ", -1);
	g_ptr_array_add(m->marks, one);
	g_ptr_array_add(open, one);
	return bar + 1;
}

static const char *end(GPtrArray *open, const GString *text, const char *s)
{
	struct mark *last;

	if (open->len == 0)
		return NULL;
	last = g_ptr_array_steal_index(open, open->len - 1);
	last->to = (int)text->len;
	return s;
}

struct marked *mark_read(const char *source, struct err *e)
{
	struct marked *m = xcalloc(1, sizeof(*m));
	GPtrArray *open = g_ptr_array_new();
	GString *text = g_string_new(NULL);
	const char *s = source;
	bool whole;

	m->marks = g_ptr_array_new_with_free_func(one_free);
	while (s && *s) {
		if (util_starts(s, "{{")) {
			s = begin(m, open, text, s + 2);
		} else if (util_starts(s, "}}")) {
			s = end(open, text, s + 2);
		} else if (util_starts(s, "\\-")) {
			g_string_append(text, SOFT_HYPHEN);
			s += 2;
		} else {
			g_string_append_c(text, *s++);
		}
	}
	whole = s && open->len == 0;
	m->text = g_string_free(text, FALSE);
	g_ptr_array_unref(open);
	if (whole)
		return m;
	mark_free(m);
	err_set(e, -EINVAL, "a mark is not closed, or closed twice, in '%.80s'", source);
	return NULL;
}

char *mark_text(const struct marked *m, const struct mark *one)
{
	auto_free char *raw = xstrndup(m->text + one->from, (size_t)(one->to - one->from));
	gchar **pieces = g_strsplit(raw, SOFT_HYPHEN, -1);
	char *text = g_strjoinv("", pieces);

	g_strfreev(pieces);
	return g_strstrip(text);
}

void mark_place(struct marked *m, int from, int to, int page)
{
	for (unsigned i = 0; i < m->marks->len; i++) {
		struct mark *one = m->marks->pdata[i];

		if (one->from >= to || one->to <= from)
			continue;
		one->page = one->page ? one->page : page;
		one->page_end = page;
	}
}

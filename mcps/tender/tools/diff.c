#include "diff.h"

#include <glib.h>

#include "markdown.h"
#include "pick.h"
#include "tender/text/text.h"

#define MOST_WORDS 2000 /* beyond this what lies between the common beginning and end is one change */

enum op { OP_SAME, OP_REMOVED, OP_ADDED };

static const char *const op_words[] = { "same", "removed", "added" };

struct making {
	json_t *list;
	GString *run;
	enum op op;
};

static void end_run(struct making *m)
{
	if (m->run->len > 0)
		json_array_append_new(m->list, json_pack("{s:s, s:s}", "op", op_words[m->op], "text", m->run->str));
	g_string_truncate(m->run, 0);
}

static void add_word(struct making *m, enum op op, const char *word)
{
	if (op != m->op)
		end_run(m);
	m->op = op;
	if (m->run->len > 0)
		g_string_append_c(m->run, ' ');
	g_string_append(m->run, word);
}

static void add_words(struct making *m, enum op op, char **words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_word(m, op, words[i]);
}

/* Longest common subsequence: best[i][k] is its length for the words from a[i] and b[k] on. */
static void add_middle(struct making *m, char **a, size_t n_a, char **b, size_t n_b)
{
	size_t width = n_b + 1, i = 0, k = 0;
	auto_free guint16 *best = g_new0(guint16, (n_a + 1) * width);

	for (i = n_a; i-- > 0;) {
		for (k = n_b; k-- > 0;)
			best[i * width + k] = streq(a[i], b[k])
						      ? (guint16)(best[(i + 1) * width + k + 1] + 1)
						      : MAX(best[(i + 1) * width + k], best[i * width + k + 1]);
	}
	for (i = k = 0; i < n_a && k < n_b;) {
		if (streq(a[i], b[k])) {
			add_word(m, OP_SAME, a[i++]);
			k++;
		} else if (best[(i + 1) * width + k] >= best[i * width + k + 1]) {
			add_word(m, OP_REMOVED, a[i++]);
		} else {
			add_word(m, OP_ADDED, b[k++]);
		}
	}
	add_words(m, OP_REMOVED, a + i, n_a - i);
	add_words(m, OP_ADDED, b + k, n_b - k);
}

json_t *diff_words(const char *older, const char *newer)
{
	auto_free char *plain_a = text_squeeze(older), *plain_b = text_squeeze(newer);
	char **a = g_strsplit(g_strstrip(plain_a), " ", -1), **b = g_strsplit(g_strstrip(plain_b), " ", -1);
	size_t n_a = g_strv_length(a), n_b = g_strv_length(b), head = 0, tail = 0;
	struct making m = { json_array(), g_string_new(NULL), OP_SAME };

	while (head < n_a && head < n_b && streq(a[head], b[head]))
		head++;
	while (tail < n_a - head && tail < n_b - head && streq(a[n_a - 1 - tail], b[n_b - 1 - tail]))
		tail++;
	add_words(&m, OP_SAME, a, head);
	if (n_a - head - tail <= MOST_WORDS && n_b - head - tail <= MOST_WORDS) {
		add_middle(&m, a + head, n_a - head - tail, b + head, n_b - head - tail);
	} else {
		add_words(&m, OP_REMOVED, a + head, n_a - head - tail);
		add_words(&m, OP_ADDED, b + head, n_b - head - tail);
	}
	add_words(&m, OP_SAME, a + n_a - tail, tail);
	end_run(&m);
	g_string_free(m.run, TRUE);
	g_strfreev(a);
	g_strfreev(b);
	return m.list;
}

void diff_markdown(const json_t *diff, struct buf *out)
{
	json_t *run;
	size_t i;

	json_array_foreach (diff, i, run) {
		const char *op = pick_word(run, "op");
		const char *mark = streq(op, "added") ? "**" : streq(op, "removed") ? "~~" : "";

		buf_printf(out, "%s%s", i ? " " : "", mark);
		markdown_add(out, pick_word(run, "text"));
		buf_addstr(out, mark);
	}
}

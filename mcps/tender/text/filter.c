/*
 * An expression is read from left to right into pieces. A piece lists all that it can match while that is little; where
 * it is too much, the lists before and behind it still must be met: those are the needs.
 */
#include "filter.h"

#include <stdlib.h>

#include "grams.h"

#define MOST_LISTED  48  /* strings that a sequence is multiplied out to */
#define MOST_CHOICES 256 /* strings of which one must stand there */
#define MOST_CLASS   6   /* characters of a class that are tried one by one */
#define MOST_NEEDS   3   /* sets that are looked for */
#define MOST_DEPTH   50
#define MOST_COPIES  4

struct filter {
	unsigned n;
	struct set {
		unsigned n;
		struct literal *literals;
	} sets[MOST_NEEDS];
	GPtrArray *needs; /* the same as text */
};

/* Lists are GPtrArrays of strings, folded. */
struct piece {
	GPtrArray *all;   /* all that it matches; NULL when that is too much */
	GPtrArray *needs; /* of lists: one of each stands in what it matches */
};

struct reading {
	const char *at;
	bool strange; /* something that is not understood: the answer is worth nothing */
	int depth;
};

static struct piece read_choice(struct reading *r);

static void list_free(void *list)
{
	g_ptr_array_unref(list);
}

static GPtrArray *list_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

static bool list_has(const GPtrArray *list, const char *text)
{
	for (unsigned i = 0; i < list->len; i++) {
		if (streq(list->pdata[i], text))
			return true;
	}
	return false;
}

static GPtrArray *list_of(const char *text)
{
	GPtrArray *list = list_new();

	g_ptr_array_add(list, g_strdup(text));
	return list;
}

static void list_add(GPtrArray *list, char *text)
{
	if (list_has(list, text))
		g_free(text);
	else
		g_ptr_array_add(list, text);
}

static struct piece piece_any(void)
{
	return (struct piece){ NULL, g_ptr_array_new_with_free_func(list_free) };
}

static struct piece piece_of(const char *text)
{
	struct piece p = piece_any();

	p.all = list_of(text);
	return p;
}

static struct piece piece_letter(gunichar c)
{
	unsigned char folded = grams_fold(c);

	return folded == GRAMS_OTHER ? piece_any() : piece_of((char[]){ (char)folded, '\0' });
}

static void piece_release(struct piece *p)
{
	if (p->all)
		g_ptr_array_unref(p->all);
	g_ptr_array_unref(p->needs);
}

/* How telling a list is: the length of its shortest string first, then how few there are; 0 when it tells nothing. */
static int worth(const GPtrArray *list)
{
	size_t least = 5;

	if (list->len == 0 || list->len > MOST_CHOICES)
		return 0;
	for (unsigned i = 0; i < list->len; i++) {
		const char *s = list->pdata[i];

		if (!s[0] || (!s[1] && (g_ascii_islower(s[0]) || s[0] == ' ')))
			return 0;
		least = MIN(least, strlen(s));
	}
	return (int)(least * 1000 - list->len);
}

static void add_need(GPtrArray *needs, GPtrArray *list)
{
	if (worth(list) > 0)
		g_ptr_array_add(needs, list);
	else
		g_ptr_array_unref(list);
}

/* Both one behind the other; a run of spaces or digits is one of them. */
static char *joined(const char *a, const char *b)
{
	size_t len = strlen(a);
	bool same = len > 0 && a[len - 1] == b[0] && (b[0] == ' ' || b[0] == '0');

	return g_strconcat(a, b + same, NULL);
}

/* p becomes p with next behind it; next is used up. */
static void piece_append(struct piece *p, struct piece *next, bool *broken)
{
	if (next->all && p->all->len * next->all->len <= MOST_LISTED) {
		GPtrArray *both = list_new();

		for (unsigned i = 0; i < p->all->len; i++) {
			for (unsigned k = 0; k < next->all->len; k++)
				list_add(both, joined(p->all->pdata[i], next->all->pdata[k]));
		}
		g_ptr_array_unref(p->all);
		p->all = both;
		piece_release(next);
		return;
	}
	*broken = true;
	add_need(p->needs, p->all);
	p->all = next->all ? steal(next->all) : list_of("");
	while (next->needs->len > 0)
		g_ptr_array_add(p->needs, g_ptr_array_steal_index_fast(next->needs, 0));
	piece_release(next);
}

static GPtrArray *best_need(GPtrArray *needs)
{
	GPtrArray *best = NULL;

	for (unsigned i = 0; i < needs->len; i++) {
		if (!best || worth(needs->pdata[i]) > worth(best))
			best = needs->pdata[i];
	}
	return best;
}

/* What must stand there when p or next does: one list of both. */
static void piece_or(struct piece *p, struct piece *next)
{
	GPtrArray *a = p->all ? p->all : best_need(p->needs), *b = next->all ? next->all : best_need(next->needs);
	bool listed = p->all && next->all;
	struct piece both = piece_any();

	if (a && b) {
		GPtrArray *list = list_new();

		for (unsigned i = 0; i < a->len + b->len; i++)
			list_add(list, g_strdup(i < a->len ? a->pdata[i] : b->pdata[i - a->len]));
		if (listed && list->len <= MOST_CHOICES)
			both.all = list;
		else
			add_need(both.needs, list);
	}
	piece_release(p);
	piece_release(next);
	*p = both;
}

/* "{2,4}" at s: its bytes and the least number; 0 when it is no such thing but text. */
static size_t braces(const char *s, int *least)
{
	size_t n = strspn(s + 1, "0123456789"), more;

	if (n == 0)
		return 0;
	*least = atoi(s + 1);
	more = s[1 + n] == ',' ? 1 + strspn(s + 2 + n, "0123456789") : 0;
	return s[1 + n + more] == '}' ? n + more + 2 : 0;
}

/* One of what is squeezed to one anyhow. */
static bool is_run(const GPtrArray *list)
{
	const char *s = list && list->len == 1 ? list->pdata[0] : "";

	return (s[0] == ' ' || s[0] == '0') && !s[1];
}

/* So many times the same text. */
static GPtrArray *list_of_copies(const char *text, int n)
{
	GPtrArray *list = list_new();
	char *all = g_strdup("");

	for (int i = 0; i < MIN(n, MOST_COPIES); i++) {
		char *more = joined(all, text);

		g_free(all);
		all = more;
	}
	g_ptr_array_add(list, all);
	return list;
}

static void repeat(struct piece *p, int least, bool once)
{
	bool run = is_run(p->all);

	if (p->all && (once || run)) {
		if (least == 0)
			list_add(p->all, g_strdup(""));
		return;
	}
	if (p->all && p->all->len == 1)
		add_need(p->needs, list_of_copies(p->all->pdata[0], least));
	else if (p->all)
		add_need(p->needs, g_ptr_array_ref(p->all));
	if (p->all)
		g_ptr_array_unref(steal(p->all));
	if (least == 0)
		g_ptr_array_set_size(p->needs, 0);
}

static void read_quantifier(struct reading *r, struct piece *p)
{
	int least = 1;
	size_t n = strchr("?*+", *r->at) && *r->at ? 1 : *r->at == '{' ? braces(r->at, &least) : 0;

	if (n == 0)
		return;
	if (*r->at == '?' || *r->at == '*')
		least = 0;
	repeat(p, least, *r->at == '?' || (n == 3 && least == 1));
	r->at += n;
	if (*r->at == '?' || *r->at == '+')
		r->at++;
	/* "a{2}{3}" */
	if (*r->at && strchr("*{", *r->at) && (*r->at == '*' || braces(r->at, &least)))
		r->strange = true;
}

/* "\x{F0B7}" and "\x41" with at behind the x; -1 for neither. */
static int read_hex(struct reading *r)
{
	char *end;
	long c;

	if (*r->at == '{') {
		c = strtol(r->at + 1, &end, 16);
		r->at = *end == '}' ? end + 1 : end;
		return *end == '}' ? (int)c : -1;
	}
	if (!g_ascii_isxdigit(r->at[0]) || !g_ascii_isxdigit(r->at[1]))
		return -1;
	c = g_ascii_xdigit_value(r->at[0]) * 16 + g_ascii_xdigit_value(r->at[1]);
	r->at += 2;
	return (int)c;
}

/* "\p{Lu}", "\pL" with at behind the p. */
static void pass_property(struct reading *r)
{
	const char *end = *r->at == '{' ? strchr(r->at, '}') : r->at;

	if (!end || !*end)
		r->strange = true;
	else
		r->at = end + 1;
}

enum kind { KIND_LETTER, KIND_NOTHING, KIND_ANY };

/* What stands behind a backslash; in a class \b is another thing, which nobody writes. */
static enum kind read_escape(struct reading *r, gunichar *letter)
{
	char c = *r->at;
	int code;

	r->at += c != '\0';
	if (c == '\0' || g_ascii_isdigit(c) || (unsigned char)c >= 0x80) {
		r->strange = true;
	} else if (!g_ascii_isalnum(c)) {
		*letter = (gunichar)c;
		return KIND_LETTER;
	} else if (c == 'x') {
		code = read_hex(r);
		*letter = (gunichar)code;
		r->strange = r->strange || code <= 0;
		return KIND_LETTER;
	} else if (strchr("shnrt", c)) {
		*letter = ' ';
		return KIND_LETTER;
	} else if (c == 'd') {
		*letter = '0';
		return KIND_LETTER;
	} else if (c == 'p' || c == 'P') {
		pass_property(r);
	} else if (strchr("bBAzZ", c)) {
		return KIND_NOTHING;
	} else if (!strchr("wWSDNX", c)) {
		r->strange = true;
	}
	return KIND_ANY;
}

static struct piece read_escaped(struct reading *r)
{
	gunichar letter = 0;
	enum kind kind;

	r->at++;
	kind = read_escape(r, &letter);
	return kind == KIND_ANY ? piece_any() : kind == KIND_NOTHING ? piece_of("") : piece_letter(letter);
}

struct class
{
	bool has[256]; /* folded */
	unsigned n;
	bool any;
};

static void class_add(struct class *k, gunichar c)
{
	unsigned char folded = grams_fold(c);

	k->any = k->any || folded == GRAMS_OTHER;

	k->n += !k->has[folded];
	k->has[folded] = true;
}

/* One character of a class; false when it is more than one. */
static bool read_member(struct reading *r, struct class *k, gunichar *c)
{
	enum kind kind = KIND_LETTER;

	if (*r->at == '[' && strchr(":.=", r->at[1]))
		r->strange = true;
	*c = g_utf8_get_char(r->at);
	r->at = g_utf8_next_char(r->at);
	if (*c == '\\')
		kind = read_escape(r, c);
	r->strange = r->strange || kind == KIND_NOTHING;
	k->any = k->any || kind != KIND_LETTER;
	return kind == KIND_LETTER;
}

static struct piece class_piece(const struct class *k)
{
	struct piece p = piece_any();

	if (k->any || k->n > MOST_CLASS)
		return p;
	p.all = list_new();
	for (unsigned c = 1; c < N_ELEMS(k->has); c++) {
		if (k->has[c])
			g_ptr_array_add(p.all, g_strndup((char[]){ (char)c }, 1));
	}
	return p;
}

static struct piece read_class(struct reading *r)
{
	struct class k = { 0 };
	bool first = true;

	r->at++;
	k.any = *r->at == '^';
	r->at += *r->at == '^';
	for (; *r->at && (first || *r->at != ']') && !r->strange; first = false) {
		gunichar from, to;
		bool one = read_member(r, &k, &from);

		if (one)
			class_add(&k, from);
		if (*r->at != '-' || r->at[1] == ']' || !r->at[1])
			continue;
		r->at++;
		if (!read_member(r, &k, &to) || !one)
			k.any = true;
		for (gunichar c = from; !k.any && c <= to && k.n <= MOST_CLASS; c++)
			class_add(&k, c);
	}
	r->strange = r->strange || !*r->at;
	r->at += *r->at == ']';
	return class_piece(&k);
}

/* What stands behind "(?": false when the group is of a kind that is not read. */
static bool read_group_head(struct reading *r, bool *looks, bool *empty)
{
	size_t flags;

	if (util_starts(r->at, "<=") || util_starts(r->at, "<!")) {
		*looks = true;
		r->at += 2;
	} else if (*r->at == '=' || *r->at == '!') {
		*looks = true;
		r->at++;
	} else if (*r->at == '<' || util_starts(r->at, "P<")) {
		r->at = strchr(r->at, '>');
		if (!r->at)
			return false;
		r->at++;
	} else if (*r->at == ':' || *r->at == '|' || *r->at == '>') {
		r->at++;
	} else {
		flags = strspn(r->at, "imsnJU-");
		*empty = flags > 0 && r->at[flags] == ')';
		if (flags == 0 || (r->at[flags] != ':' && !*empty))
			return false;
		r->at += flags + !*empty;
	}
	return true;
}

static struct piece read_group(struct reading *r)
{
	bool looks = false, empty = false;
	struct piece p;

	r->at++;
	if (*r->at == '*' || r->depth >= MOST_DEPTH) {
		r->strange = true;
	} else if (*r->at == '?') {
		r->at++;
		r->strange = !read_group_head(r, &looks, &empty);
	}
	if (r->strange)
		return piece_any();
	r->depth++;
	p = empty ? piece_of("") : read_choice(r);
	r->depth--;
	if (*r->at != ')')
		r->strange = true;
	else
		r->at++;
	if (!looks)
		return p;
	piece_release(&p);
	return piece_of("");
}

static struct piece read_character(struct reading *r)
{
	gunichar c = g_utf8_get_char(r->at);

	r->at = g_utf8_next_char(r->at);
	if (c == '.')
		return piece_any();
	return c == '^' || c == '$' ? piece_of("") : piece_letter(c);
}

static struct piece read_sequence(struct reading *r)
{
	struct piece p = piece_of("");
	bool broken = false;

	while (*r->at && *r->at != '|' && *r->at != ')' && !r->strange) {
		struct piece next = *r->at == '('    ? read_group(r)
				    : *r->at == '['  ? read_class(r)
				    : *r->at == '\\' ? read_escaped(r)
						     : read_character(r);

		if (!r->strange)
			read_quantifier(r, &next);
		piece_append(&p, &next, &broken);
	}
	if (broken)
		add_need(p.needs, steal(p.all));
	return p;
}

static struct piece read_choice(struct reading *r)
{
	struct piece p = read_sequence(r);

	while (*r->at == '|' && !r->strange) {
		struct piece next;

		r->at++;
		next = read_sequence(r);
		piece_or(&p, &next);
	}
	return p;
}

static int by_worth(const void *a, const void *b)
{
	return worth(*(GPtrArray *const *)b) - worth(*(GPtrArray *const *)a);
}

/* Where "bid" stands nothing more is told by "bids". */
static bool is_told(const GPtrArray *list, unsigned at)
{
	for (unsigned i = 0; i < list->len; i++) {
		if (i != at && strstr(list->pdata[at], list->pdata[i]))
			return true;
	}
	return false;
}

static struct set set_of(const GPtrArray *list)
{
	struct set s = { 0, xcalloc(list->len, sizeof(struct literal)) };

	for (unsigned i = 0; i < list->len; i++) {
		if (!is_told(list, i))
			s.literals[s.n++] = literal_of(list->pdata[i]);
	}
	return s;
}

struct filter *filter_new(const char *regex)
{
	struct reading r = { .at = regex };
	struct piece p = read_choice(&r);
	struct filter *f = NULL;

	if (p.all)
		add_need(p.needs, steal(p.all));
	if (!r.strange && !*r.at && p.needs->len > 0) {
		f = xcalloc(1, sizeof(*f));
		f->needs = g_ptr_array_ref(p.needs);
		g_ptr_array_sort(f->needs, by_worth);
		for (; f->n < MIN(p.needs->len, MOST_NEEDS); f->n++)
			f->sets[f->n] = set_of(p.needs->pdata[f->n]);
	}
	piece_release(&p);
	return f;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (unsigned i = 0; i < f->n; i++)
		free(f->sets[i].literals);
	g_ptr_array_unref(f->needs);
	free(f);
}

static bool holds_one(const struct grams *g, const struct set *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (grams_may_hold(g, &s->literals[i]))
			return true;
	}
	return false;
}

bool filter_may_match(const struct filter *f, const char *text)
{
	const struct grams *g = f ? grams_of(text) : NULL;

	for (unsigned i = 0; f && i < f->n; i++) {
		if (!holds_one(g, &f->sets[i]))
			return false;
	}
	return true;
}

char *filter_text(const struct filter *f)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; f && i < f->n; i++) {
		const GPtrArray *list = f->needs->pdata[i];

		for (unsigned k = 0; k < list->len; k++)
			g_string_append_printf(text, "%s%s", k ? "|" : i ? " (" : "(", (char *)list->pdata[k]);
		g_string_append_c(text, ')');
	}
	return g_string_free(text, FALSE);
}

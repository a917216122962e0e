#include "grams.h"

#include <stdlib.h>

#define MOST_BITS     8192
#define LEAST_BITS    256
#define BITS_PER_BYTE 8
#define RECENT        8         /* texts of a thread that are kept */
#define MOST_TEXT     (1 << 16) /* bytes; in longer ones everything may stand */

/* Marks and signs that have one form only. */
static bool is_sign(gunichar c)
{
	static const struct {
		gunichar from, to;
	} signs[] = { { 0xA1, 0xA9 },     { 0xAB, 0xB4 },     { 0xB6, 0xB9 },     { 0xBB, 0xBF },    { 0x2010, 0x2027 },
		      { 0x2030, 0x205E }, { 0x20A0, 0x20BF }, { 0x25A0, 0x25FF }, { 0xE000, 0xF8FF } };

	for (size_t i = 0; i < N_ELEMS(signs); i++) {
		if (c >= signs[i].from && c <= signs[i].to)
			return true;
	}
	return false;
}

static bool is_space(gunichar c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x180E || (c >= 0x80 && g_unichar_isspace(c));
}

unsigned char grams_fold(gunichar c)
{
	if (c >= '0' && c <= '9')
		return '0';
	if (is_space(c))
		return ' ';
	if (c < 0x80)
		return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
	if (is_sign(c))
		return (unsigned char)(0x80 | (c % 0x7F));
	c = g_unichar_tolower(c);
	return c >= 0xDF && c <= 0xFF && c != 0xF7 ? (unsigned char)(0x80 | (c % 0x7F)) : GRAMS_OTHER;
}

struct grams {
	char *text;
	size_t room;
	uint64_t *bits;
	unsigned n_bits; /* a power of two */
	bool strange; /* letters or digits beyond ASCII that a pattern takes for those of ASCII: anything may stand here
		       */
};

/* The last n of the characters in run. */
static inline unsigned gram(uint32_t run, unsigned n)
{
	static const uint32_t masks[] = { 0, 0xFF, 0xFFFF, 0xFFFFFF };

	return (((run & masks[n]) | n << 24) * 2654435761u) >> 19;
}

struct literal literal_of(const char *text)
{
	struct literal l = { 0 };
	size_t len = strlen(text), n = len < 3 ? len : 3, last = len - n;
	size_t step = last / (GRAMS_MOST - 1) + 1;

	for (size_t at = 0; l.n < GRAMS_MOST; at = MIN(at + step, last)) {
		uint32_t run = 0;

		for (size_t i = 0; i < n; i++)
			run = run << 8 | (unsigned char)text[at + i];
		l.grams[l.n++] = (uint16_t)gram(run, (unsigned)n);
		if (at == last)
			break;
	}
	return l;
}

static inline void set(struct grams *g, unsigned bit)
{
	bit &= g->n_bits - 1;
	g->bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

static inline bool has(const struct grams *g, unsigned bit)
{
	bit &= g->n_bits - 1;
	return g->bits[bit / 64] >> bit % 64 & 1;
}

/* The character at *s beyond ASCII, folded; *s behind it. */
static unsigned char fold_other(struct grams *g, const char **s)
{
	gunichar c = g_utf8_get_char_validated(*s, -1);

	if (c >= (gunichar)-2) {
		g->strange = true;
		(*s)++;
		return GRAMS_OTHER;
	}
	*s = g_utf8_next_char(*s);
	if (c == 0x17F || c == 0x212A || g_unichar_isdigit(c) || !g_unichar_isdefined(c))
		g->strange = true;
	return grams_fold(c);
}

static unsigned char ascii[0x80]; /* folded */

static void fold_ascii(void)
{
	static gsize done;

	if (!g_once_init_enter(&done))
		return;
	for (unsigned c = 0; c < N_ELEMS(ascii); c++)
		ascii[c] = grams_fold(c);
	g_once_init_leave(&done, 1);
}

static void collect(struct grams *g, const char *s)
{
	uint32_t run = 0;
	unsigned char before = GRAMS_OTHER;

	while (*s && !g->strange) {
		unsigned char c = (unsigned char)*s < 0x80 ? ascii[(unsigned char)*s++] : fold_other(g, &s);

		if (c == before && (c == ' ' || c == '0'))
			continue;
		before = c;
		run = run << 8 | c;
		set(g, gram(run, 1));
		set(g, gram(run, 2));
		set(g, gram(run, 3));
	}
}

static unsigned bits_for(size_t len)
{
	unsigned n_bits = LEAST_BITS;

	while (n_bits < MOST_BITS && n_bits < BITS_PER_BYTE * len)
		n_bits *= 2;
	return n_bits;
}

static void renew(struct grams *g, const char *text)
{
	size_t len = strlen(text);

	g->strange = len > MOST_TEXT;
	if (g->strange)
		len = 0;
	if (!g->text || len + 1 > g->room) {
		g->room = 2 * (len + 1);
		g->text = xrealloc(g->text, g->room);
	}
	memcpy(g->text, text, len);
	g->text[len] = '\0';
	if (!g->bits)
		g->bits = xcalloc(MOST_BITS / 64, sizeof(g->bits[0]));
	g->n_bits = bits_for(len);
	memset(g->bits, 0, g->n_bits / 8);
	collect(g, text);
}

static void free_all(void *arg)
{
	struct grams *all = arg;

	for (size_t i = 0; i < RECENT; i++) {
		free(all[i].text);
		free(all[i].bits);
	}
	free(all);
}

static const struct grams *recent(const char *text)
{
	static GPrivate own = G_PRIVATE_INIT(free_all);
	struct grams *all = g_private_get(&own), *g;

	if (!all) {
		fold_ascii();
		all = xcalloc(RECENT, sizeof(*all));
		g_private_set(&own, all);
	}
	g = &all[((uintptr_t)text >> 4) % RECENT];
	if (!g->text || !streq(g->text, text))
		renew(g, text);
	return g;
}

/* By the address of the text, open addressing; at most half full. */
static struct {
	struct kept {
		const char *key;
		struct grams *grams;
	} * slots;
	size_t n, room;
} kept;

static struct kept *slot_of(const char *text)
{
	size_t at = (size_t)((uintptr_t)text >> 3) * 0x9E3779B97F4A7C15u >> 20;

	while (kept.slots[at &= kept.room - 1].key && kept.slots[at].key != text)
		at++;
	return &kept.slots[at];
}

static void grow(void)
{
	struct kept *old = kept.slots;
	size_t n = kept.room;

	kept.room = n ? 2 * n : 1024;
	kept.slots = xcalloc(kept.room, sizeof(*kept.slots));
	for (size_t i = 0; i < n; i++) {
		if (old[i].key)
			*slot_of(old[i].key) = old[i];
	}
	free(old);
}

/* All of it in one piece of memory. */
static struct grams *grams_new(const char *text)
{
	size_t len = strlen(text), size = bits_for(len) / 8;
	char *room = xmalloc(sizeof(struct grams) + size + len + 1);
	struct grams *g = (struct grams *)(void *)room;

	*g = (struct grams){ .bits = (uint64_t *)(void *)(g + 1),
			     .text = room + sizeof(*g) + size,
			     .n_bits = bits_for(len) };
	memset(g->bits, 0, size);
	memcpy(g->text, text, len + 1);
	collect(g, text);
	return g;
}

void grams_keep(const char *text)
{
	struct kept *k;

	if (strlen(text) > MOST_TEXT)
		return;
	fold_ascii();
	if (2 * kept.n >= kept.room)
		grow();
	k = slot_of(text);
	kept.n += !k->key;
	free(k->grams);
	*k = (struct kept){ text, grams_new(text) };
}

void grams_forget(void)
{
	for (size_t i = 0; i < kept.room; i++)
		free(kept.slots[i].grams);
	free(kept.slots);
	memset(&kept, 0, sizeof(kept));
}

/* Another text may stand at the same address by now. */
const struct grams *grams_of(const char *text)
{
	const struct kept *k = kept.room ? slot_of(text) : NULL;

	return k && k->key && streq(k->grams->text, text) ? k->grams : recent(text);
}

bool grams_may_hold(const struct grams *g, const struct literal *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (!has(g, l->grams[i]))
			return g->strange;
	}
	return true;
}

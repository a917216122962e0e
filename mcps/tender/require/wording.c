#include "wording.h"

#include <stdio.h>
#include <stdlib.h>

#include "lexicon.h"
#include "tender/text/topic.h"

#define MOST_CONTEXT 16 /* words of a heading or a stem */
#define STEM_LETTERS 7  /* German words of one kind begin alike */
#define PART_LETTERS 4
#define NEAR         6 /* words between a verb and who does it */

void wording_preload(void)
{
	lexicon_preload();
	topic_preload();
}

static bool is_modal(enum role c)
{
	return c >= MUST && c <= MAY;
}

static bool is_party(enum role c)
{
	return c >= BIDDER && c <= BUYER;
}

/* "einzureichen", "zu liefern": with haben or sein it is an obligation. */
static bool is_zu(const struct words *w, int i)
{
	static const char *const heads[] = {
		"ab",       "an",     "auf",    "aus",      "bei",     "ein",    "vor",     "nach",     "mit",
		"zurück",   "durch",  "fest",   "her",      "hin",     "dar",    "los",     "sicher",   "bereit",
		"teil",     "um",     "weg",    "zusammen", "fort",    "frei",   "instand", "aufrecht", "offen",
		"fertig",   "wieder", "weiter", "gegen",    "heraus",  "hinaus", "heran",   "voraus",   "vorher",
		"entgegen", "klar",   "still",  "statt",    "bekannt", "dazu",   "nieder",  "über",     "unter",
		"hinweg",   "herbei", "gleich", "wahr",     "kennt",   "hoch",   "voran",   "herab",    "davon",
		"zwischen", "rück",   "sauber", "hinter",   "kosten",  "heim",
	};
	const char *text = w->all[i].text, *zu;

	if (streq(text, "zu"))
		return i + 1 < w->n && !w->all[i + 1].capital && util_ends(w->all[i + 1].text, "n");
	if (!util_ends(text, "n") || w->all[i].capital)
		return false;
	for (size_t k = 0; k < N_ELEMS(heads); k++) {
		if (util_starts(text, heads[k]) && util_starts(text + strlen(heads[k]), "zu") &&
		    strlen(text) > strlen(heads[k]) + 5)
			return true;
	}
	zu = strstr(text, "zu");
	return zu && zu - text >= 2 && zu - text <= 8 && util_ends(text, "ieren");
}

/* The verb that says how binding it is: the first modal; else "has to", "hat … zu"; -1 for none. */
static int find_verb(const struct words *w, enum role *role)
{
	for (int i = 0; i < w->n; i++) {
		enum role c = w->all[i].role;

		if (is_modal(c) && c != WILL) {
			*role = c;
			return i;
		}
		if (c != HAVE)
			continue;
		if (i + 1 < w->n && streq(w->all[i + 1].text, "to")) {
			*role = MUST;
			return i;
		}
		for (int k = i + 1; k < w->n; k++) {
			if (is_zu(w, k)) {
				*role = MUST;
				return i;
			}
		}
	}
	for (int i = 0; i < w->n; i++) {
		if (w->all[i].role == WILL) {
			*role = WILL;
			return i;
		}
	}
	return -1;
}

/* Who does it: the party nearest before the verb, else nearest behind it (Germans turn the order round). */
static enum role find_party(const struct words *w, int verb)
{
	int end = verb < 0 ? w->n : verb;

	for (int i = end - 1; i >= 0 && (verb < 0 || i >= verb - 2 * NEAR); i--) {
		if (is_party(w->all[i].role) && !(i > 0 && streq(w->all[i - 1].text, "of")))
			return w->all[i].role;
	}
	for (int i = verb + 1; i < w->n && i <= verb + NEAR; i++) {
		if (is_party(w->all[i].role))
			return w->all[i].role;
	}
	return NONE;
}

static enum role first_party(const struct words *w)
{
	for (int i = 0; i < w->n; i++) {
		if (is_party(w->all[i].role))
			return w->all[i].role;
	}
	return NONE;
}

struct sink {
	GHashTable *had;
	void (*use)(void *arg, const char *feature);
	void *arg;
};

static void PRINTF_LIKE(2, 3) tell(struct sink *s, const char *fmt, ...)
{
	char name[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (g_hash_table_add(s->had, g_strdup(name)))
		s->use(s->arg, name);
}

static void tell_word(struct sink *s, const char *kind, const char *word)
{
	const char *end = word;

	if (g_ascii_isdigit(word[0]))
		return;
	for (int n = 0; *end && n < STEM_LETTERS; n++)
		end = g_utf8_next_char(end);
	tell(s, "%s:%.*s", kind, (int)(end - word), word);
}

/* "by the buyer", "vom Auftraggeber": who does it in the passive. */
static void tell_agent(struct sink *s, const struct words *w)
{
	for (int i = 0; i + 2 < w->n; i++) {
		const char *text = w->all[i].text;
		enum role by = w->all[i + 1].role != NONE ? w->all[i + 1].role : w->all[i + 2].role;

		if ((streq(text, "by") || streq(text, "vom") || streq(text, "von") || streq(text, "durch")) &&
		    (by == BUYER || by == BIDDER))
			tell(s, "by:%s", lexicon_role_name(by));
	}
}

static bool has_role(const struct words *w, enum role role)
{
	for (int i = 0; i < w->n; i++) {
		if (w->all[i].role == role)
			return true;
	}
	return false;
}

/* How it obliges without and with words that do: the structure that is alike in all fields of work. */
static void tell_force(struct sink *s, const struct words *w, int verb, enum role modal, enum role who)
{
	static const char *const strong[] = { "must", "shall", "muss",  "müssen", "has",
					      "have", "hat",   "haben", "ist",    "sind" };
	bool is_strong = false;

	for (size_t i = 0; modal == MUST && i < N_ELEMS(strong); i++)
		is_strong = is_strong || streq(w->all[verb].text, strong[i]);
	if (is_strong)
		tell(s, "strong%s%s", who == BUYER ? "-buyer" : "", has_role(w, JUDGE) ? "-judge" : "");
	if (modal == NONE && has_role(w, LIMIT))
		tell(s, "limit%s%s", who == BUYER ? "-buyer" : "", has_role(w, JUDGE) ? "-judge" : "");
	if (modal == NONE)
		tell(s, "plain-%s", lexicon_role_name(first_party(w)));
	if (modal != NONE && verb + 1 < w->n && w->all[verb + 1].role == NEGATE)
		tell(s, "never-%s", lexicon_role_name(modal));
	if (modal == MAY && (has_role(w, NEGATE) || has_role(w, LIMIT)))
		tell(s, "barred%s", who == BUYER ? "-buyer" : "");
}

struct about {
	struct sink *sink;
	const char *kind;
};

static void tell_topic(void *arg, const char *topic)
{
	struct about *a = arg;

	tell(a->sink, "%s:%s", a->kind, topic);
}

static void tell_topics(struct sink *s, const char *kind, const struct words *w, int most)
{
	struct about a = { s, kind };

	for (int i = 0; i < w->n && i < most; i++)
		topic_each(w->all[i].text, tell_topic, &a);
}

/* "§", "%": words alone do not show a law, a price or a figure to be reached. */
static void tell_signs(struct sink *s, const char *text)
{
	static const struct {
		const char *sign, *name;
	} signs[] = {
		{ "%", "percent" }, { "§", "law" },    { "€", "money" }, { "$", "money" },
		{ "£", "money" },   { "°", "degree" }, { "±", "range" },
	};

	for (size_t i = 0; i < N_ELEMS(signs); i++) {
		if (strstr(text, signs[i].sign))
			tell(s, "sign:%s", signs[i].name);
	}
}

/* How long words begin and end: German puts at the end what a thing is ("Haftpflichtversicherung"). */
static void tell_parts(struct sink *s, const char *word)
{
	long n = g_utf8_strlen(word, -1);

	if (g_ascii_isdigit(word[0]) || n < PART_LETTERS + 1)
		return;
	tell(s, "begin:%.*s", (int)(g_utf8_offset_to_pointer(word, PART_LETTERS) - word), word);
	tell(s, "end:%s", g_utf8_offset_to_pointer(word, n - PART_LETTERS));
}

static void tell_words(struct sink *s, const struct words *w, int verb)
{
	tell_topics(s, "topic", w, MOST_WORDS);
	tell_topics(s, "subject", w, verb);
	for (int i = 0; i < w->n; i++) {
		tell_word(s, "w", w->all[i].text);
		tell_parts(s, w->all[i].text);
		if (w->all[i].role != NONE)
			tell(s, "has:%s", lexicon_role_name(w->all[i].role));
	}
	if (w->n > 0)
		tell_word(s, "first", w->all[0].text);
	if (w->n > 1)
		tell(s, "two:%s_%s", w->all[0].text, w->all[1].text);
	if (verb < 0)
		return;
	tell(s, "verb:%s", w->all[verb].text);
	for (int i = verb + 1; i < w->n && i <= verb + 3; i++)
		tell(s, "after:%.14s_%.14s", w->all[verb].text, w->all[i].text);
}

static void tell_context(struct sink *s, const char *kind, const char *text, GHashTable *parties)
{
	auto_free char *of = g_strdup_printf("%s-topic", kind);
	struct words w;
	enum role verb = NONE;
	int at;

	if (!text)
		return;
	lexicon_split(text, parties, MOST_WORDS, &w);
	for (int i = 0; i < w.n && i < MOST_CONTEXT; i++)
		tell_word(s, kind, w.all[i].text);
	tell_topics(s, of, &w, MOST_CONTEXT);
	at = find_verb(&w, &verb);
	tell(s, "%s-verb:%s", kind, lexicon_role_name(verb));
	tell(s, "%s-who:%s", kind, lexicon_role_name(find_party(&w, at)));
	tell(s, "%s-both:%s-%s", kind, lexicon_role_name(find_party(&w, at)), lexicon_role_name(verb));
}

/* "12 May, 10 a.m., room 3": a date or a number of telephone, and nothing is said of it. */
static void tell_figures(struct sink *s, const struct words *w, bool verb)
{
	static const char *const months[] = { "jan", "feb", "mar", "mär", "apr", "may", "mai", "jun",
					      "jul", "aug", "sep", "oct", "okt", "nov", "dec", "dez" };
	bool month = false;
	int figures = 0;

	for (int i = 0; i < w->n; i++) {
		figures += g_ascii_isdigit(w->all[i].text[0]);
		for (size_t k = 0; w->all[i].capital && k < N_ELEMS(months); k++)
			month = month || util_starts(w->all[i].text, months[k]);
	}
	tell(s, "figures:%d%s", w->n ? 4 * figures / w->n : 0, verb ? "-verb" : "");
	if (month && figures > 0 && !verb)
		tell(s, "month:%d", MIN(w->n, 12) / 4);
}

static void tell_shape(struct sink *s, const struct clause *c, const struct words *w)
{
	static const char *const kinds[N_CLAUSE_KINDS] = { "sentence", "item", "row" };
	size_t len = strlen(c->text);
	char last = c->text[len - 1];
	bool digits = strpbrk(c->text, "0123456789") != NULL, stop = strchr(".!;", last) != NULL;

	tell(s, "kind:%s", kinds[c->kind]);
	tell(s, "kind:%s-%s", kinds[c->kind],
	     stop          ? "stop"
	     : last == '?' ? "question"
	     : last == ':' ? "colon"
			   : "open");
	tell(s, "length:%d", w->n < 3 ? 0 : w->n < 6 ? 1 : w->n < 12 ? 2 : w->n < 40 ? 3 : 4);
	if (!stop)
		tell(s, "short:%d", MIN(w->n, 8));
	if (digits)
		tell(s, "digits");
	if (strchr(c->text, ':'))
		tell(s, "has-colon");
	if (strchr(c->text, '@') || strstr(c->text, "://"))
		tell(s, "address");
	if (g_unichar_islower(g_utf8_get_char(c->text)))
		tell(s, "kind:%s-lower", kinds[c->kind]);
	if (c->id)
		tell(s, "numbered");
	if (c->level)
		tell(s, "level:%s", c->level);
}

void wording_each(const struct clause *c, GHashTable *parties, void (*use)(void *arg, const char *feature), void *arg)
{
	struct sink s = { g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), use, arg };
	struct words w;
	enum role modal = NONE, who, first;
	int verb;

	lexicon_split(c->text, parties, MOST_WORDS, &w);
	verb = find_verb(&w, &modal);
	who = find_party(&w, verb);
	first = first_party(&w);
	tell(&s, "modal:%s", lexicon_role_name(modal));
	tell(&s, "who:%s", lexicon_role_name(who));
	tell(&s, "both:%s-%s", lexicon_role_name(who), lexicon_role_name(modal));
	tell(&s, "led:%s-%s", lexicon_role_name(first), lexicon_role_name(modal));
	if (verb >= 0 && verb + 1 < w.n)
		tell(&s, "then:%s-%s", lexicon_role_name(modal), lexicon_role_name(w.all[verb + 1].role));
	tell_force(&s, &w, verb, modal, who);
	tell_agent(&s, &w);
	tell_shape(&s, c, &w);
	tell_figures(&s, &w, verb >= 0);
	tell_words(&s, &w, verb);
	tell_signs(&s, c->text);
	tell_context(&s, "head", c->section, parties);
	tell_context(&s, c->kind == CLAUSE_ITEM ? "stem" : "cells", c->stem, parties);
	g_hash_table_unref(s.had);
}

/* "is to comply", "are to be sent": behind a subject, as no question has it. */
static bool is_be_to(const struct words *w, int i)
{
	const struct word *be = &w->all[i];

	if (i < 1 || i + 2 >= w->n)
		return false;
	return (streq(be->text, "is") || streq(be->text, "are")) && streq(be[1].text, "to");
}

bool wording_obliges(const char *text)
{
	static const char *const verbs[] = { "must", "shall",  "should", "muss",   "müssen",
					     "soll", "sollen", "sollte", "sollten" };
	struct words w;

	lexicon_split(text, NULL, MOST_WORDS, &w);
	for (int i = 0; i < w.n; i++) {
		if (is_be_to(&w, i))
			return true;
		for (size_t k = 0; k < N_ELEMS(verbs); k++) {
			if (streq(w.all[i].text, verbs[k]))
				return true;
		}
	}
	return false;
}

#include "wording.h"

#include <stdio.h>
#include <stdlib.h>

#include "tender/text/text.h"
#include "tender/text/topic.h"

#define MOST_WORDS   100
#define MOST_CONTEXT 16 /* words of a heading or a stem */
#define STEM_LETTERS 7  /* German words of one kind begin alike */
#define PART_LETTERS 4
#define WORD_BYTES   40
#define NEAR         6 /* words between a verb and who does it */

enum role {
	NONE,
	BIDDER, /* who answers the tender or carries out the contract */
	BID,    /* what they hand in */
	THING,  /* what is bought, and those who work on it */
	BUYER,
	MUST,
	WILL,
	SHOULD,
	MAY,
	HAVE,  /* with "to" or "zu": must */
	LIMIT, /* at least, höchstens: a figure to be kept */
	NEGATE,
	JUDGE, /* what is done with bids */
	MEAN,  /* definitions */
	N_ROLES
};

static const char *const role_names[N_ROLES] = {
	[NONE] = "none",   [BIDDER] = "bidder", [BID] = "bid",       [THING] = "thing", [BUYER] = "buyer",
	[MUST] = "must",   [WILL] = "will",     [SHOULD] = "should", [MAY] = "may",     [HAVE] = "have",
	[LIMIT] = "limit", [NEGATE] = "not",    [JUDGE] = "judge",   [MEAN] = "mean",
};

/* Words of each role; an asterisk stands for any ending. */
static const char *const lexicon[N_ROLES] = {
	[BIDDER] =
		"bidder* offeror* proposer* vendor* respondent* contractor* tenderer* applicant* supplier* provider* firm "
		"firms consultant* seller* quoter* you your subcontractor* evaluator manufacturer* licensee* installer* "
		"awardee* operator* bieter* bewerber* auftragnehmer* anbieter* unternehmer unternehmen dienstleister* "
		"nachunternehmer* lieferant* ihr ihre ihren ihrem hersteller* agentur büro planer*",
	[BID] = "proposal* bid bids tender tenders offer offers quote quotes quotation* response responses submission* "
		"application* volume envelope* invoice* price prices form forms angebot* teilnahmeantr* teilnahmeantrag* "
		"bewerbung* erklärung* eigenerklärung* nachweis* unterlage* preis preise rechnung* referenz* formblatt* anträge",
	[THING] =
		"system* solution* software service* platform* product* equipment machine* unit* website* deliverable* "
		"personnel staff team data report* report goods work works vehicle* material* interface* user* application* "
		"leistung* ware* lieferung* fahrzeug* gerät* personal mitarbeiter* daten bericht* anlage* "
		"schnittstelle* verfahren anwendung* plattform portal dienst* projektleit* bauleit* arbeiten produkt*",
	[BUYER] =
		"city county council authority agency government university department owner client buyer purchaser "
		"committee ministry commission trust state we our us evaluators panel board court procuring employer "
		"customer auftraggeber* vergabestelle* gemeinde stadt landkreis kommune wir uns unser* zweckverband ag "
		"verband besteller* kunde kunden behörde* freistaat vergabekammer",
	[MUST] =
		"must shall muss müssen mandatory required zwingend verpflichtet verpflichten verpflichtend erforderlich "
		"gefordert requires unzulässig mandatorily vorausgesetzt muß obligatory pflicht",
	[WILL] = "will wird werden",
	[SHOULD] = "should preferably recommended desirable desired encouraged preferred soll sollen sollte sollten "
		   "wünschenswert* gewünscht erwünscht bevorzugt möglichst idealerweise ideally advised nice wishes "
		   "wünsche advantage advantageous vorteil vorteilhaft vorzugsweise",
	[MAY] = "may can could kann können darf dürfen könnten könnte optional optionally permitted allowed zugelassen "
		"zulässig möglich gestattet erlaubt",
	[HAVE] = "has have had need needs hat haben ist sind is are sei",
	[LIMIT] =
		"least most within maximum minimum no later mindestens höchstens maximal minimal innerhalb spätestens binnen "
		"wenigstens unverzüglich exceed exceeding überschreiten unterschreiten jederzeit stets ausschließlich nur only",
	[NEGATE] = "not no never none nicht kein keine keinen keiner keinerlei ohne without",
	[JUDGE] =
		"evaluated evaluate evaluation scored score rated considered awarded award selected selection weighted points "
		"gewertet bewertet wertung bewertung zuschlag punkte geprüft ausgewählt ranked opened gewichtet",
	[MEAN] = "means mean defined definition refers bedeutet bezeichnet definiert versteht",
};

static GHashTable *exact, *begun; /* word to role; of words with an asterisk their beginning */
static size_t shortest = 99;

static void learn(const char *word, enum role role)
{
	size_t len = strlen(word);

	if (word[len - 1] != '*') {
		g_hash_table_insert(exact, g_strdup(word), GINT_TO_POINTER(role));
		return;
	}
	g_hash_table_insert(begun, g_strndup(word, len - 1), GINT_TO_POINTER(role));
	shortest = MIN(shortest, len - 1);
}

void wording_preload(void)
{
	exact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	begun = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	topic_preload();
	for (int c = 0; c < N_ROLES; c++) {
		gchar **words = lexicon[c] ? g_strsplit(lexicon[c], " ", -1) : NULL;

		for (gchar **w = words; w && *w; w++)
			learn(*w, (enum role)c);
		g_strfreev(words);
	}
}

static enum role role_of(const char *word, GHashTable *parties)
{
	enum role c;
	char head[WORD_BYTES];

	if (!exact)
		wording_preload();
	c = parties ? (enum role)GPOINTER_TO_INT(g_hash_table_lookup(parties, word)) : NONE;
	if (c != NONE)
		return c;
	c = (enum role)GPOINTER_TO_INT(g_hash_table_lookup(exact, word));
	g_strlcpy(head, word, sizeof(head));
	for (size_t len = strlen(head); c == NONE && len >= shortest; len--) {
		head[len] = '\0';
		c = (enum role)GPOINTER_TO_INT(g_hash_table_lookup(begun, head));
	}
	return c;
}

struct word {
	char text[WORD_BYTES]; /* in lower case */
	enum role role;
	bool capital, comma; /* begins with one; a comma stands behind it */
};

struct words {
	struct word all[MOST_WORDS];
	int n;
};

static void split(const char *text, GHashTable *parties, int most, struct words *out)
{
	out->n = 0;
	while (*text && out->n < most) {
		struct word *w = &out->all[out->n];
		const char *from;
		auto_free char *low = NULL;

		while (*text && !g_unichar_isalnum(g_utf8_get_char(text)))
			text = g_utf8_next_char(text);
		for (from = text; *text && g_unichar_isalnum(g_utf8_get_char(text));)
			text = g_utf8_next_char(text);
		if (text == from)
			break;
		low = g_utf8_strdown(from, text - from);
		g_strlcpy(w->text, low, sizeof(w->text));
		w->capital = g_unichar_isupper(g_utf8_get_char(from));
		w->comma = *text == ',';
		w->role = role_of(w->text, parties);
		/* "Sie" in the middle of a German sentence is the one who is addressed. */
		if (streq(w->text, "sie") && w->capital)
			w->role = BIDDER;
		out->n++;
	}
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
	static const char *const heads[] = { "ab",       "an",   "auf",    "aus",     "bei",      "ein",  "vor",
					     "nach",     "mit",  "zurück", "durch",   "fest",     "her",  "hin",
					     "dar",      "los",  "sicher", "bereit",  "teil",     "um",   "weg",
					     "zusammen", "fort", "frei",   "instand", "aufrecht", "offen" };
	const char *text = w->all[i].text, *zu;

	if (streq(text, "zu"))
		return i + 1 < w->n && !w->all[i + 1].capital && util_ends(w->all[i + 1].text, "n");
	if (!util_ends(text, "en") || w->all[i].capital)
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
			tell(s, "by:%s", role_names[by]);
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
		tell(s, "plain-%s", role_names[first_party(w)]);
	if (modal != NONE && verb + 1 < w->n && w->all[verb + 1].role == NEGATE)
		tell(s, "never-%s", role_names[modal]);
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
			tell(s, "has:%s", role_names[w->all[i].role]);
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
	split(text, parties, MOST_WORDS, &w);
	for (int i = 0; i < w.n && i < MOST_CONTEXT; i++)
		tell_word(s, kind, w.all[i].text);
	tell_topics(s, of, &w, MOST_CONTEXT);
	at = find_verb(&w, &verb);
	tell(s, "%s-verb:%s", kind, role_names[verb]);
	tell(s, "%s-who:%s", kind, role_names[find_party(&w, at)]);
	tell(s, "%s-both:%s-%s", kind, role_names[find_party(&w, at)], role_names[verb]);
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

	split(c->text, parties, MOST_WORDS, &w);
	verb = find_verb(&w, &modal);
	who = find_party(&w, verb);
	first = first_party(&w);
	tell(&s, "modal:%s", role_names[modal]);
	tell(&s, "who:%s", role_names[who]);
	tell(&s, "both:%s-%s", role_names[who], role_names[modal]);
	tell(&s, "led:%s-%s", role_names[first], role_names[modal]);
	if (verb >= 0 && verb + 1 < w.n)
		tell(&s, "then:%s-%s", role_names[modal], role_names[w.all[verb + 1].role]);
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

/* Only who buys does that. */
static bool is_buyers_verb(const char *word)
{
	static const char *const verbs[] = { "invites", "reserves",     "intends",    "seeks",  "requests",
					     "behält",  "beabsichtigt", "soliciting", "seeking" };

	for (size_t i = 0; i < N_ELEMS(verbs); i++) {
		if (streq(word, verbs[i]))
			return true;
	}
	return false;
}

#define OFTEN 3 /* times that a name stands before "shall" until it is one of the bidder */

static void count(GHashTable *names, const char *name)
{
	int n = GPOINTER_TO_INT(g_hash_table_lookup(names, name)) + 1;

	g_hash_table_insert(names, g_strdup(name), GINT_TO_POINTER(n));
}

static bool is_name(const struct word *w)
{
	return w->capital && w->role == NONE && strlen(w->text) > 1;
}

/* "PGSP shall provide": whoever is obliged so often, and does not buy, is the bidder. */
static void add_bidders(GHashTable *parties, GHashTable *obliged)
{
	GHashTableIter iter;
	gpointer name, n;

	g_hash_table_iter_init(&iter, obliged);
	while (g_hash_table_iter_next(&iter, &name, &n)) {
		if (GPOINTER_TO_INT(n) >= OFTEN && !g_hash_table_contains(parties, name))
			g_hash_table_insert(parties, g_strdup(name), GINT_TO_POINTER(BIDDER));
	}
}

GHashTable *wording_parties(const GPtrArray *clauses)
{
	GHashTable *parties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTable *obliged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < clauses->len; i++) {
		const struct clause *c = clauses->pdata[i];
		struct words w;

		split(c->text, NULL, 12, &w);
		for (int k = 1; k < w.n && c->kind == CLAUSE_SENTENCE; k++) {
			const struct word *name = &w.all[k - 1 - (streq(w.all[k - 1].text, "is") && k > 1)];

			if (is_buyers_verb(w.all[k].text) && is_name(name))
				g_hash_table_insert(parties, g_strdup(name->text), GINT_TO_POINTER(BUYER));
			if ((streq(w.all[k].text, "shall") || streq(w.all[k].text, "must")) && is_name(&w.all[k - 1]))
				count(obliged, w.all[k - 1].text);
		}
	}
	add_bidders(parties, obliged);
	g_hash_table_unref(obliged);
	return parties;
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

	split(text, NULL, MOST_WORDS, &w);
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

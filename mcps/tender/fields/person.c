#include "person.h"

#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define EMAIL "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)*\\.[a-zA-Z]{2,12}\\b"
#define TITLE \
	"(?:(?<!\\p{L})(?-i:M(?:r|R|rs|RS|s|iss)|D(?:r|R)|Prof|PROF|Shri|SHRI|Smt|SMT|Er|Eng|Mag|MMag|DI|Frau|Herrn?|FRAU|HERRN?|Hr|Dipl\\.-\\w+|Dr\\.-Ing|Ing|M\\.\\s?(?:A|Sc)|B\\.\\s?(?:A|Sc))(?:\\.(?:ª|a|in)\\b\\.?|ª|\\.)?\\s+)"
/* A word of a name; only a short one ends in a stop. */
#define WORD        "\\p{Lu}(?:\\p{L}{0,2}\\.|[\\p{L}'’-]*)"
#define NAME        WORD "(?:\\s+(?:von|van|de|der|zu)\\b)*(?:\\s+" WORD "){1,3}(?![\\p{L}])"
#define MOST_NAME   60  /* bytes of a name */
#define MOST_BEFORE 120 /* bytes before a surname in which the first names stand, and an office perhaps */
/* The label of what stands behind a name on its line. */
#define NO_NAME \
	"(?!(?:Durchwahl|Tel|Fon|Fax|Mobil|Handy|Zimmer|Raum|E-?[Mm]ail|Phone|Cell|Ext|Office)(?![\\p{Ll}-])|Tele(?:fon|fax|phone)|Mobile)"
/* What a person is called who is then named: "our Logistics Officer, Jane Roe, …" */
#define OFFICE \
	"(?:officer|manager|specialist|director|administrator|lead|buyer|analyst|coordinator|agent|clerk|secretary|advis[eo]r|engineer|colleague|(?:\\w*leiter|sachbearbeiter|referent|mitarbeiter|einkäufer|koordinator|beauftragter)(?:in)?|kolleg(?:e|in))"

#define NAME_END \
	"(?=\\s*(?:,|\\(|;|-(?!\\p{L})|–|$|\\.\\s|\\.$)|\\s+(?:at|on|unter|by|per|via|tel\\w*|phone|e-?mail|zu|until|bis|or|oder|from)\\b)"

static struct pattern name_at = {
	"(?:\\b(?:an|to|by|with|contact|ring|call|phone|is|are|from|erteilt|beantwortet|bei|ist|von|ansprechpartner(?:in)?|for the attention of|attention|attn)\\s*:?\\s+|\\b(?:kontakt|contact|ansprechpartner(?:in)?|ansprechperson|auskünfte|rückfragen|questions|enquiries)\\b[^:.]{0,60}:\\s+|\\b(?:shall|will) be\\s+|\\b" OFFICE
	",?\\s+)(?<name>" TITLE "{0,2}(?-i:" NAME "))" NAME_END,
	0, NULL, NULL
};
static struct pattern name_first = { "^(?<name>" TITLE "{0,2}(?-i:" NAME "))" NAME_END, 0, NULL, NULL };
static struct pattern titled_at = { "(?<name>" TITLE
				    "{1,3}(?-i:(?:\\p{Lu}\\.\\s+){0,3}\\p{Lu}[\\p{L}'’-]+(?:\\s+" NO_NAME
				    "(?:\\p{Lu}\\.\\s+)?\\p{Lu}[\\p{L}'’-]+){0,2}))",
				    0, NULL, NULL };

/* A title and one word; that word behind others of a name. */
static struct pattern surname_only = { "^" TITLE "+(?<value>(?-i:\\p{Lu}[\\p{L}'’-]{3,}))$", 0, NULL, NULL };
static struct pattern full_name = {
	"(?-i:(?<value>\\p{Lu}[\\p{L}'’-]+(?: \\p{Lu}(?:\\.|[\\p{L}'’-]+))?? \\p{Lu}[\\p{L}'’-]+)$)", 0, NULL, NULL
};

static struct pattern email_at = { "(?<![\\w.])" EMAIL, 0, NULL, NULL };
static struct pattern phone_at = {
	"(?:\\b(?:tel(?:efon|ephone|\\.)?|phone|ph\\.?|fon|mob(?:ile)?|cell|direct line|call|contact no|durchwahl|(?-i:T))\\b[^\\d,;+(]{0,14})(?<value>\\+?\\(?\\d[\\d ()/.-]{5,24}\\d)|(?<![\\d/.-])(?<us>\\(\\d{3}\\)\\s?\\d{3}[- .]\\d{4}|\\(0\\d{1,4}\\)\\s?\\d[\\d -]{4,12}\\d|(?<=, |\\(|\\bon |\\bat )0(?:\\d{1,5}[ /]|\\d{2,5}-)\\d[\\d -]{2,12}\\d|\\d{3}-\\d{3}-\\d{4}|\\+\\d{1,3}[ (-][\\d ()/-]{6,20}\\d)(?![\\d/])",
	0, NULL, NULL
};
static struct pattern bare_phone = { "^(?<value>\\+?\\(?\\d[\\d ()/.-]{5,24}\\d)\\b", 0, NULL, NULL };
static struct pattern role_words = {
	"officer|manager|specialist|director|administrator|\\blead\\b|buyer|analyst|coordinator|chief|head of|purchasing agent|clerk|leiter|sachbearbeiter|vergabestelle|bauverwaltung|secretary|advis[eo]r|engineer|assistant|\\bassociate\\b|\\bexecutive\\b|\\bpartner\\b|registrar|superintendent|referent|referat|abteilung|einkauf",
	0, NULL, NULL
};
/* Who is called by an office alone: "Leiter Einkauf". */
static struct pattern office_first = {
	"^(?:chief|head|deputy|assistant|acting|senior|(?:\\w*leiter|sachbearbeiter|referent|amtsleiter|geschäftsführer)(?:in)?|\\w+ (?:officer|manager|specialist|director|coordinator|engineer))\\b",
	0, NULL, NULL
};
/* "Jane Roe MCIPS" */
static struct pattern letters_behind = { "(?-i:(?<=\\p{Ll})(?:,? (?:\\p{Lu}{3,6}|P\\.?E\\.?|MBA))+$)", 0, NULL, NULL };
static struct pattern no_person = {
	"e-?mail|website|submission|instruction|criteria|evaluation|approach|experience|information|services?\\b|schedule|contract|\\bproject\\b|\\bdate\\b|transaction|contact|\\bcent(?:er|re)\\b|\\bsolutions?\\b|\\bsystems?\\b|phone|\\bfax|address|\\bid\\b|number|request|univers|\\bcity\\b|county|\\bbank\\b|council|department|office|procurement|section|street|straße|stra(?:ss|ß)e|platz|\\bthe\\b|gmbh|\\bltd\\b|\\binc\\b|angebot|vergabe|portal|montag|dienstag|monday|tuesday|january|februar|tender|proposal|amt\\b|stadt\\b|gemeinde|landkreis|authority|agency|government|january|march|april|\\bjuni?\\b|\\bjuli?\\b|august|september|october|oktober|november|de[cz]ember",
	0, NULL, NULL
};

void person_preload(void)
{
	pattern_compile(&name_at, 1);
	pattern_compile(&name_first, 1);
	pattern_compile(&titled_at, 1);
	pattern_compile(&surname_only, 1);
	pattern_compile(&full_name, 1);
	pattern_compile(&email_at, 1);
	pattern_compile(&phone_at, 1);
	pattern_compile(&bare_phone, 1);
	pattern_compile(&role_words, 1);
	pattern_compile(&office_first, 1);
	pattern_compile(&letters_behind, 1);
	pattern_compile(&no_person, 1);
}

void person_release(struct person *c)
{
	g_free(c->name);
	g_free(c->role);
	g_free(c->email);
	g_free(c->phone);
	*c = (struct person){ 0 };
}

/* The first match of p, or the first of its groups that matched; trailing stops are the sentence's. */
static char *first_match(struct pattern *p, const char *text, const char *group, const char *other)
{
	GMatchInfo *m = pattern_find(p, text, 0);
	char *got = m ? group ? g_match_info_fetch_named(m, group) : g_match_info_fetch(m, 0) : NULL;

	if (m && other && (!got || !*got)) {
		g_free(got);
		got = g_match_info_fetch_named(m, other);
	}
	g_match_info_free(m);
	while (got && *got && strchr(".,;:-( /", got[strlen(got) - 1]))
		got[strlen(got) - 1] = '\0';
	if (got && !*got)
		g_clear_pointer(&got, g_free);
	return got;
}

bool person_is_name(const char *s)
{
	return strlen(s) < MOST_NAME && !pattern_match(&no_person, s) && !pattern_match(&office_first, s) &&
	       !strpbrk(s, "0123456789@");
}

/* Letters of a degree or a body are no part of the name. */
static void drop_letters(char *name)
{
	GMatchInfo *m = name ? pattern_find(&letters_behind, name, 0) : NULL;
	int from;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL))
		name[from] = '\0';
	g_match_info_free(m);
}

char *person_name(const char *text, bool first)
{
	char *name = first_match(&titled_at, text, "name", NULL);

	if (!name || !person_is_name(name)) {
		g_free(name);
		name = first ? first_match(&name_first, text, "name", NULL) : NULL;
	}
	if (!name || !person_is_name(name)) {
		g_free(name);
		name = first_match(&name_at, text, "name", NULL);
	}
	if (name && !person_is_name(name))
		g_clear_pointer(&name, g_free);
	drop_letters(name);
	return name;
}

char *person_surname(const char *name)
{
	GMatchInfo *m = pattern_find(&surname_only, name, 0);
	char *surname = m ? g_match_info_fetch_named(m, "value") : NULL;

	g_match_info_free(m);
	return surname;
}

/* The surname at at with what may be its first names; the caller's. */
static char *words_to(const char *text, const char *at, const char *surname)
{
	const char *from = at - text > MOST_BEFORE ? at - MOST_BEFORE : text;

	while (from < at && (*from & 0xC0) == 0x80)
		from++;
	return g_strndup(from, (gsize)(at - from) + strlen(surname));
}

char *person_full(const char *text, const char *surname)
{
	size_t len = strlen(surname);

	for (const char *at = len < MOST_NAME ? strstr(text, surname) : NULL; at; at = strstr(at + 1, surname)) {
		auto_free char *before = NULL, *full = NULL;
		const char *name;

		if (g_ascii_isalpha(at[len]))
			continue;
		before = words_to(text, at, surname);
		full = first_match(&full_name, before, "value", NULL);
		name = full;

		/* An office may stand before the name. */
		if (name && !person_is_name(name))
			name = strchr(name, ' ') + 1;
		if (name && strchr(name, ' ') && !pattern_match(&surname_only, name) && person_is_name(name))
			return g_strdup(name);
	}
	return NULL;
}

char *person_role(const char *text, const char *name)
{
	const char *behind = name ? strstr(text, name) : NULL;
	gchar **parts;
	char *role = NULL;

	if (!behind)
		return NULL;
	parts = g_strsplit_set(behind + strlen(name), ",(;", 4);
	for (gchar **part = parts; *part && !role; part++) {
		g_strstrip(*part);
		if (**part && strlen(*part) < 60 && !strpbrk(*part, "0123456789@:") &&
		    pattern_match(&role_words, *part))
			role = text_clean(*part);
	}
	g_strfreev(parts);
	return role;
}

void person_take(struct person *c, const char *text)
{
	if (!c->email && strchr(text, '@'))
		c->email = first_match(&email_at, text, NULL, NULL);
	if (!c->phone && strpbrk(text, "0123456789"))
		c->phone = first_match(&phone_at, text, "value", "us");
}

bool person_is_role(const char *text)
{
	return pattern_match(&role_words, text);
}

GMatchInfo *person_emails(const char *text)
{
	return strchr(text, '@') ? pattern_find(&email_at, text, 0) : NULL;
}

char *person_phone(const char *text)
{
	return first_match(&bare_phone, text, "value", NULL);
}

/* "ü" is written "ue" in addresses, other accents are left out. */
static char *plain_of(const char *name)
{
	static const char *const pairs[][2] = { { "ä", "ae" }, { "ö", "oe" }, { "ü", "ue" }, { "ß", "ss" } };
	auto_free char *low = g_utf8_strdown(name, -1), *ascii = NULL;
	GString *text = g_string_new(low);

	for (size_t i = 0; i < N_ELEMS(pairs); i++)
		g_string_replace(text, pairs[i][0], pairs[i][1], 0);
	ascii = g_str_to_ascii(text->str, "C");
	g_string_free(text, TRUE);
	return steal(ascii);
}

#define LEAST_SURNAME 4 /* letters of a name that are no accident in an address */

bool person_owns(const char *name, const char *email)
{
	const char *last = strrchr(name, ' ');
	auto_free char *surname = plain_of(last ? last + 1 : name),
		       *local = g_ascii_strdown(email, (gssize)strcspn(email, "@"));

	return strlen(surname) >= LEAST_SURNAME && strstr(local, surname) != NULL;
}

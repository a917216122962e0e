/* Whom to ask. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define EMAIL "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)*\\.[a-zA-Z]{2,12}\\b"
#define TITLE \
	"(?:(?<!\\p{L})(?:Mr|Mrs|Ms|Dr|Prof|Shri|Smt|Frau|Herrn?|Dipl\\.-\\w+|Dr\\.-Ing|Ing|M\\.\\s?(?:A|Sc)|B\\.\\s?(?:A|Sc))\\.?\\s+)"
#define NAME "\\p{Lu}[\\p{L}'’-]*\\.?(?:\\s+(?:von|van|de|der|zu)\\b)*(?:\\s+\\p{Lu}[\\p{L}'’-]*\\.?){1,3}(?![\\p{L}])"

#define NAME_END \
	"(?=\\s*(?:,|\\(|;|-|–|$|\\.\\s|\\.$)|\\s+(?:at|on|unter|by|per|via|tel\\w*|phone|e-?mail|zu|until|bis|or|oder|from)\\b)"

#define NEAR_BEHIND 9

static struct pattern contact_label = {
	"^(?:[a-z0-9]{1,3}[).] *)?(?:(?:for information )?(?:rf[pqix] |procurement |primary |sole |buyer'?s? |agency )?(?:point of )?contact(?: (?:person|name|information|details|administrator))?(?:/[\\w ]+)?|(?:rf[pqix] |procurement |solicitation |bid |project )?(?:coordinator|facilitator)|"
	"name of contact|buyer|contract(?:ing)? (?:officer|specialist|administrator)|procurement (?:officer|manager|specialist|contact|lead)|project manager|ansprechpartner(?:in)?|ansprechperson|kontaktperson|kontaktstelle\\(n\\)|kontaktstelle|kontaktpunkt|kontakt|zu händen(?: von)?|z\\. ?hd\\.|auskunft erteilt|auskünfte erteilt|bearbeiter(?:in)?|sachbearbeiter(?:in)?|queries to|enquiries to|questions to)(?=\\s*:|\\s*$|\\s+(?:Mr|Ms|Mrs|Frau|Herr|Dr)\\b)",
	0, NULL, NULL
};
static struct pattern name_label = { "^(?:name|full name|vor- und nachname)(?=\\s*:|\\s*$)", 0, NULL, NULL };
/* A sentence that says whom to ask. */
static struct pattern ask = {
	"\\b(?:questions?|inquir(?:y|ies)|enquir(?:y|ies)|quer(?:y|ies)|clarifications?|contact(?:ed)?|fragen|rückfragen|bieterfragen|auskunft|auskünfte|ansprechpartner(?:in)?|ansprechperson|kontakt|wenden sie sich|is the point of contact|single point|further information|bid desk)\\b",
	0, NULL, NULL
};
static struct pattern name_at = {
	"(?:\\b(?:an|to|by|with|contact|is|are|from|erteilt|beantwortet|bei|ist|von|ansprechpartner(?:in)?|for the attention of|attention|attn)\\s*:?\\s+|\\b(?:kontakt|contact|ansprechpartner(?:in)?|ansprechperson|auskünfte|rückfragen|questions|enquiries)\\b[^:.]{0,60}:\\s+)(?<name>" TITLE
	"{0,2}(?-i:" NAME "))" NAME_END,
	0, NULL, NULL
};
static struct pattern name_first = { "^(?<name>" TITLE "{0,2}(?-i:" NAME "))" NAME_END, 0, NULL, NULL };
static struct pattern titled_at = { "(?<name>" TITLE "{1,3}(?-i:\\p{Lu}[\\p{L}'’-]+(?:\\s+\\p{Lu}[\\p{L}'’-]+){0,2}))",
				    0, NULL, NULL };

static struct pattern email_at = { "(?<![\\w.])" EMAIL, 0, NULL, NULL };
static struct pattern phone_at = {
	"(?:\\b(?:tel(?:efon|ephone|\\.)?|phone|ph\\.?|fon|mobile|call|contact no|durchwahl|(?-i:T))\\b[^\\d,;+(]{0,14})(?<value>\\+?\\(?\\d[\\d ()/.-]{5,24}\\d)|(?<![\\d/.-])(?<us>\\(\\d{3}\\)\\s?\\d{3}[- .]\\d{4}|\\(0\\d{1,4}\\)\\s?\\d[\\d -]{4,12}\\d|(?<=, )0\\d{2,5}[ /]\\d[\\d -]{2,12}\\d|\\d{3}-\\d{3}-\\d{4}|\\+\\d{1,3}[ (-][\\d ()/-]{6,20}\\d)(?![\\d/])",
	0, NULL, NULL
};
static struct pattern bare_phone = { "^(?<value>\\+?\\(?\\d[\\d ()/.-]{5,24}\\d)\\b", 0, NULL, NULL };
static struct pattern phone_label = {
	"^(?:tel(?:efon|ephone|\\.)?|phone|ph|fon|mobile|contact (?:no|telephone))(?: ?(?:no|nummer|number|nr)\\.?)?\\s*:?$",
	0, NULL, NULL
};
static struct pattern role_words = {
	"officer|manager|specialist|director|administrator|buyer|analyst|coordinator|chief|head of|purchasing agent|clerk|leiter|sachbearbeiter|vergabestelle|bauverwaltung|secretary|advis[eo]r|engineer|assistant|referat|abteilung|einkauf",
	0, NULL, NULL
};
/* Bodies that hear complaints or keep a portal running, and words that look like names. */
static struct pattern no_contact = {
	"nachprüfung|überprüfung|vergabekammer|vergabepr|rechtsbehelf|ombud|\\bprotest|\\breview body|hotline|helpdesk|help desk|support@|störungen|technical support|invoice|rechnung|beschwerde|grievance|integrity|datenschutz",
	0, NULL, NULL
};
static struct pattern no_person = {
	"e-?mail|website|submission|instruction|criteria|evaluation|approach|experience|information|services?\\b|schedule|contract|\\bproject\\b|\\bdate\\b|transaction|contact|phone|\\bfax|address|\\bid\\b|number|request|univers|\\bcity\\b|county|\\bbank\\b|council|department|office|procurement|section|street|straße|stra(?:ss|ß)e|platz|\\bthe\\b|gmbh|\\bltd\\b|\\binc\\b|angebot|vergabe|portal|montag|dienstag|monday|tuesday|january|februar|tender|proposal|amt\\b|stadt\\b|gemeinde|landkreis|authority|agency|government|january|march|april|\\bjuni?\\b|\\bjuli?\\b|august|september|october|oktober|november|de[cz]ember",
	0, NULL, NULL
};

void fields_contact_preload(void)
{
	pattern_compile(&contact_label, 1);
	pattern_compile(&name_label, 1);
	pattern_compile(&ask, 1);
	pattern_compile(&name_at, 1);
	pattern_compile(&name_first, 1);
	pattern_compile(&titled_at, 1);
	pattern_compile(&email_at, 1);
	pattern_compile(&phone_at, 1);
	pattern_compile(&bare_phone, 1);
	pattern_compile(&phone_label, 1);
	pattern_compile(&role_words, 1);
	pattern_compile(&no_contact, 1);
	pattern_compile(&no_person, 1);
}

struct contact {
	char *name, *role, *email, *phone;
};

static void contact_release(struct contact *c)
{
	g_free(c->name);
	g_free(c->role);
	g_free(c->email);
	g_free(c->phone);
	*c = (struct contact){ 0 };
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

static bool is_person(const char *s)
{
	return strlen(s) < 60 && !pattern_match(&no_person, s) && !strpbrk(s, "0123456789@");
}

/* first: text may begin with the name. */
static char *person_in(const char *text, bool first)
{
	char *name = first_match(&titled_at, text, "name", NULL);

	if (!name || !is_person(name)) {
		g_free(name);
		name = first ? first_match(&name_first, text, "name", NULL) : NULL;
	}
	if (!name || !is_person(name)) {
		g_free(name);
		name = first_match(&name_at, text, "name", NULL);
	}
	if (name && !is_person(name))
		g_clear_pointer(&name, g_free);
	return name;
}

/* "…, Contract Specialist, …": the part behind the name that is a role. */
static char *role_in(const char *text, const char *name)
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

/* Fill in what text says and is not known yet. */
static void take(struct contact *c, const char *text)
{
	if (!c->email && strchr(text, '@'))
		c->email = first_match(&email_at, text, NULL, NULL);
	if (!c->phone && strpbrk(text, "0123456789"))
		c->phone = first_match(&phone_at, text, "value", "us");
}

static bool is_close(const struct line *a, const struct line *b)
{
	double gap = a->y0 > b->y0 ? a->y0 - b->y0 : b->y0 - a->y0;

	return gap < 12 * (b->y1 - b->y0);
}

/* What stands under or beside line k belongs to the same contact, until another one begins. */
static void gather(const struct page *p, int k, struct contact *c)
{
	for (int i = k; i < (int)p->lines->len && i <= k + NEAR_BEHIND; i++) {
		const char *text = page_line(p, i)->text;
		int right;

		if (!is_close(page_line(p, i), page_line(p, k)) || pattern_match(&no_contact, text))
			continue;
		if (i > k && c->email && pattern_match(&contact_label, text))
			break;
		take(c, strcasestr(text, "fax") ? "" : text);
		right = !c->phone && pattern_match(&phone_label, text) ? page_right(p, i) : -1;
		if (right >= 0)
			c->phone = first_match(&bare_phone, page_line(p, right)->text, "value", NULL);
	}
}

static json_t *text_or_null(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

static void keep(struct choice *choice, const struct doc *d, const struct page *p, struct contact *c, const char *quote,
		 int score)
{
	json_t *fact = json_pack("{s:o, s:o, s:o, s:o}", "name", text_or_null(c->name), "role", text_or_null(c->role),
				 "email", text_or_null(c->email), "phone", text_or_null(c->phone));
	const char *key = c->email ? c->email : c->name ? c->name : "";

	score += (c->name ? 6 : -10) + (c->email ? 4 : 0) + (c->phone ? 2 : 0) -
		 (p->number > 12  ? 8
		  : p->number > 4 ? 3
				  : 0);
	choice_add(choice, fact, (c->name || c->email) && fact_place(d, fact, p, quote) ? score : 0, key);
	contact_release(c);
}

static bool is_review(const struct page *p, int k)
{
	for (int i = MAX(k - 6, 0); i <= k; i++) {
		if (is_close(page_line(p, i), page_line(p, k)) && pattern_match(&no_contact, page_line(p, i)->text))
			return true;
	}
	return false;
}

/* "The contact is:", and a form under it that begins with a name. */
static bool names_contact(const struct page *p, int k)
{
	bool said = false;

	for (int i = MAX(k - 3, 0); i < k && pattern_match(&name_label, page_line(p, k)->text) && !said; i++)
		said = pattern_match(&ask, page_line(p, i)->text) && !pattern_match(&no_contact, page_line(p, i)->text);
	return said;
}

/* "Ansprechpartner: Frau …", "Contact | Denise Okafor, Contract Specialist, …": a label and what stands under it. */
static bool read_labelled(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	struct contact c = { 0 };
	struct labelled l;
	const char *text = page_line(p, k)->text;
	auto_free char *around = NULL;
	bool unit;

	struct pattern *label = names_contact(p, k) ? &name_label : &contact_label;

	if (strlen(text) > 160 || !pattern_match(label, text) || !label_value(p, k, label, &l))
		return false;
	around = g_strdup(l.value);
	if (strchr(around, ','))
		*strchr(around, ',') = '\0';
	/* A form of eForms names an office where others name a person. */
	unit = strcasestr(text, "kontakt") != NULL && text_words(around) <= 5 && !strpbrk(around, "0123456789@");
	c.name = person_in(l.value, true);
	if (!c.name && unit)
		c.name = g_strdup(around);
	c.role = role_in(l.value, c.name);
	take(&c, l.value);
	gather(p, l.value_line, &c);
	if (!is_review(p, k))
		keep(choice, d, p, &c, l.quote, c.name ? 84 : 66);
	contact_release(&c);
	labelled_release(&l);
	return true;
}

/* "Questions go to Miriam Achieng, Learning Adviser, m.achieng@…" */
static void read_sentences(struct choice *choice, const struct doc *d, const struct page *p, const struct block *b)
{
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s)), *quote = NULL;
		struct contact c = { 0 };

		if (strlen(sentence) < 900 && pattern_match(&ask, sentence) && !pattern_match(&no_contact, sentence)) {
			c.name = person_in(sentence, false);
			c.role = role_in(sentence, c.name);
			take(&c, sentence);
			/* "… erteilt Frau Bohm." Her number stands in the next sentence. */
			if (c.name && !c.email && !c.phone)
				take(&c, end);
		}
		quote = fact_quote(p, b, (int)(s - b->text), (int)(end - b->text));
		if (c.name || c.email)
			keep(choice, d, p, &c, quote, c.name ? 80 : 72);
		contact_release(&c);
		s = end + strspn(end, " ");
	}
}

/* A name without a label stands right above its role or its address. */
static void take_name_above(const struct page *p, int k, struct contact *c)
{
	for (int i = MAX(k - 4, 0); i <= MIN(k + 1, (int)p->lines->len - 1) && !c->name; i++) {
		const char *text = page_line(p, i)->text,
			   *next = i + 1 < (int)p->lines->len ? page_line(p, i + 1)->text : "";
		auto_free char *name =
			strlen(text) < 50 && is_close(page_line(p, i), page_line(p, k)) ? person_in(text, true) : NULL;

		if (name && strlen(name) + 3 > strlen(text) &&
		    (pattern_match(&role_words, next) || strchr(next, '@'))) {
			c->name = steal(name);
			c->role = pattern_match(&role_words, next) && strlen(next) < 60 && !strchr(next, '@')
					  ? text_clean(next)
					  : NULL;
		}
	}
}

/* Every address is a contact, if a poor one. */
static void read_address(struct choice *choice, const struct doc *d, const struct page *p, const struct block *b)
{
	GMatchInfo *m = strchr(b->text, '@') ? pattern_find(&email_at, b->text, 0) : NULL;
	struct contact c = { 0 };
	int from = 0, k;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL)) {
		auto_free char *quote = NULL, *before = NULL;

		k = block_line(b, from);
		c.email = g_match_info_fetch(m, 0);
		before = g_strndup(b->text, (gsize)from);
		if (b->n <= 3 && strchr(before, ','))
			c.name = person_in(before, true);
		c.role = role_in(before, c.name);
		take_name_above(p, k, &c);
		take(&c, b->text + from);
		gather(p, MAX(k - 1, 0), &c);
		quote = fact_quote(p, b, from, from + (int)strlen(c.email));
		if (is_review(p, k))
			contact_release(&c);
		else
			keep(choice, d, p, &c, quote, c.name ? 70 : 56);
	}
	g_match_info_free(m);
	contact_release(&c);
}

/* "From: Jane Roe, Contracting Officer" on the first pages. */
static void read_sender(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	static struct pattern sender = {
		"^(?:from|attention|attn\\.?)\\s*:\\s*(?<name>[^,]{4,40}),\\s*(?<role>[^,(]{4,60})", 0, NULL, NULL
	};
	GMatchInfo *m = pattern_find(&sender, page_line(p, k)->text, 0);
	struct contact c = { 0 };

	if (m) {
		c.name = g_match_info_fetch_named(m, "name");
		c.role = g_match_info_fetch_named(m, "role");
		g_strstrip(c.role);
		if (is_person(c.name) && pattern_match(&role_words, c.role))
			keep(choice, d, p, &c, page_line(p, k)->text, 76);
	}
	contact_release(&c);
	g_match_info_free(m);
}

/* The only address in the document belongs to whoever is named. */
static char *only_email(const struct doc *d)
{
	char *only = NULL;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			const char *text = page_block(p, k)->text;
			GMatchInfo *m = strchr(text, '@') ? pattern_find(&email_at, text, 0) : NULL;

			for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
				auto_free char *email = g_match_info_fetch(m, 0);

				if (pattern_match(&no_contact, email))
					continue;
				if (only && g_ascii_strcasecmp(only, email) != 0) {
					g_match_info_free(m);
					g_free(only);
					return NULL;
				}
				if (!only)
					only = steal(email);
			}
			g_match_info_free(m);
		}
	}
	return only;
}

json_t *field_contact(const struct doc *d)
{
	auto_choice *choice = choice_new();
	json_t *fact;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			if (page_line(p, k)->furniture)
				continue;
			read_labelled(choice, d, p, k);
			if (p->number <= 3)
				read_sender(choice, d, p, k);
		}
		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			read_sentences(choice, d, p, page_block(p, k));
			read_address(choice, d, p, page_block(p, k));
		}
	}
	fact = choice_take(choice);
	if (fact && json_is_null(json_object_get(fact, "email"))) {
		auto_free char *email = only_email(d);

		if (email)
			json_object_set_new(fact, "email", json_string(email));
	}
	return fact;
}

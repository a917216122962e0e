/* How and where an offer is handed in, and whom to ask. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "pattern.h"
#include "text.h"

#define OFFERS "(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|responses?|submissions?|applications?)"
#define EMAIL  "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)*\\.[a-zA-Z]{2,12}\\b"
#define URL    "(?:https?://|www\\.)[^\\s,;()<>\"“”]+"

/* Ways to hand in; word is the kind. */
static struct pattern ways[] = {
	{ "adresse für die einreichung\\s*:", 96, "portal", NULL },
	{ "adresse für elektronische angebote|elektronische? (?:angebots)?abgabe über|(?:angebote|teilnahmeanträge)\\b.{0,120}\\belektronisch (?:via|über|in textform)",
	  90, "portal", NULL },
	{ "elektronisch in textform", 72, "portal", NULL },
	{ "elektronische einreichung\\s*:\\s*(?:erforderlich|zulässig)", 80, "portal", NULL },
	{ "nur elektronische angebote zugelassen|ausschließlich (?:elektronisch|über (?:die|das|den) (?:vergabe|e-?vergabe|bieter)\\w*)",
	  88, "portal", NULL },
	{ OFFERS
	  "\\b.{0,100}\\b(?:submitted|uploaded|received|entered|delivered)\\b.{0,60}\\b(?:via|through|using|on|in|to|at)\\b.{0,60}\\b(?:portal|website|web site|online|e-?procurement|platform|bonfire|planetbids|opengov|bidnet|ionwave|sourcing|google forms?|"
	  "electronic bid\\w*|https?:)",
	  88, "portal", NULL },
	{ "\\b(?:receive|accept|submit|upload|send)\\b.{0,60}\\b" OFFERS
	  "\\b.{0,60}\\b(?:via|through|using)\\b.{0,80}\\b(?:portal|web ?site|online|platform|procurement|electronic)",
	  86, "portal", NULL },
	{ "\\b" OFFERS "\\b.{0,80}\\bgoogle forms?\\b", 66, "portal", NULL },
	{ "\\b(?:only|submitted|submit)\\b.{0,60}\\bportal\\b|\\bon (?:the )?\\w+ portal only\\b", 62, "portal", NULL },
	{ "\\b" OFFERS
	  "\\b.{0,120}\\b(?:submitted|sent|e-?mailed|delivered|received|forwarded)\\b.{0,60}\\b(?:by|via|to|through)\\b.{0,40}(?:e-?mail|" EMAIL
	  ")",
	  90, "email", NULL },
	{ "\\b(?:submit|send|e-?mail(?:ing|ed)?)\\b.{0,120}\\bto\\b.{0,40}" EMAIL, 84, "email", NULL },
	{ "\\b" OFFERS " must be in .{0,40}\\be-?mails?\\b|\\bemailed to\\b.{0,20}" EMAIL, 84, "email", NULL },
	{ "per e-?mail an\\b.{0,40}" EMAIL "|(?:angebote?|teilnahmeantr\\w+)\\b.{0,80}\\bper e-?mail\\b", 80, "email",
	  NULL },
	{ "\\bnot (?:be )?accept\\w*\\b.{0,60}\\b(?:fax|e-?mail)|(?:fax|e-?mail)\\b.{0,60}\\bnot be (?:accepted|considered)|will not accept\\b.{0,60}(?:e-?mail|fax)",
	  84, "physical", NULL },
	{ "\\bsealed\\b.{0,40}\\b(?:envelope|cover|bid|tender|proposal|package)|\\benvelopes?\\b.{0,60}\\bsealed\\b",
	  80, "physical", NULL },
	{ "\\b" OFFERS
	  "\\b.{0,100}\\b(?:hand[- ]?deliver|courier|by post|by mail|in person|hard cop(?:y|ies)|mailed to)",
	  78, "physical", NULL },
	{ "(?:angebote?|teilnahmeantr\\w+)\\b.{0,100}\\b(?:schriftlich|in papierform|auf dem postweg|verschlossenen? umschlag)",
	  80, "physical", NULL },
};

/* Sentences about the same means that do not say how to hand in, or forbid it. */
static struct pattern no_way[] = {
	{ "question|inquir|quer(?:y|ies)\\b|clarification|fragen|auskünfte|anfragen|invoice|rechnung|protest|withdraw|modif|invoic|payment",
	  1, "", NULL },
	{ "not be (?:accepted|considered)|nicht (?:zugelassen|gestattet|zulässig)|will not (?:be )?accept|not acceptable",
	  2, "", NULL },
};

static struct pattern email_at = { "(?<![\\w.])" EMAIL, 0, NULL, NULL };
static struct pattern url_at = { URL, 0, NULL, NULL };
static struct pattern portal_name = {
	"\\b(?:via|through|using|in|on|über)\\s+(?:the |den |die |das )?(?<value>(?:\\p{Lu}[\\w-]*[\\p{Lu}\\d][\\w-]*|\\p{Lu}\\p{Ll}+(?: \\p{Lu}\\p{Ll}+){0,3} Portal|\"[^\"]{4,40}\"|Google Forms?))",
	0, NULL, NULL
};

static struct pattern contact_near[] = {
	{ "\\b(?:point of contact|contact (?:person|administrator|name)|contact\\s*:|rfp contact|procurement (?:officer|contact)|contracting officer|buyer|project manager|ansprechpartner(?:in)?|"
	  "kontaktperson|kontaktstelle|zu händen|auskünfte erteilt|vergabestelle)\\b",
	  88, NULL, NULL },
	{ "\\b(?:questions?|inquir\\w+|quer(?:y|ies)|clarifications?)\\b.{0,160}\\b(?:to|at|via)\\b", 78, NULL, NULL },
	{ "\\b(?:contact|e-?mail|tel(?:efon|ephone)?|phone)\\b", 66, NULL, NULL },
};

static struct pattern name_labels[] = {
	{ "^(?:contact(?: person| name)?|(?:rf[pqi] )?(?:point of )?contact(?:/[\\w ]+)?|ansprechpartner(?:in)?|kontaktperson|zu händen|z\\. ?hd\\.|name of contact|buyer|contracting officer|"
	  "procurement (?:officer|contact)|project manager)(?=\\s*:|$)",
	  0, NULL, NULL },
};
static struct pattern person = {
	"^(?:(?:Mr|Ms|Mrs|Dr|Frau|Herrn?|Prof)\\.? )?(?:Dr\\. )?\\p{Lu}[\\p{L}'’.-]*(?: \\p{Lu}[\\p{L}'’.-]*){1,3}$", 0,
	NULL, NULL
};
/* Bodies that hear complaints, and labels that look like names. */
static struct pattern no_contact = {
	"nachprüfung|überprüfung|vergabekammer|vergabepr|rechtsbehelf|ombud|\\bprotest|\\breview body", 0, NULL, NULL
};
static struct pattern no_person = {
	"e-?mail|website|contact|phone|\\bfax|address|\\bid\\b|number|single point|request|university|city|county|\\bbank\\b",
	0, NULL, NULL
};
static struct pattern role_words = {
	"officer|manager|specialist|director|administrator|buyer|analyst|coordinator|chief|head of|purchasing agent|clerk|leiter|sachbearbeiter|vergabestelle|bauverwaltung|secretary",
	0, NULL, NULL
};
static struct pattern phone_at = {
	"(?:(?:tel(?:efon|ephone)?|phone|ph|fon|mobile|contact)\\b[\\w .]{0,12}[:.]?\\s*)?(?<value>(?:\\+\\d{1,3}[ .-]?)?(?:\\(\\d{1,5}\\)[ .-]?)?\\d{2,12}(?:[ ./-]{1,3}\\d{2,8}){1,5})",
	0, NULL, NULL
};
static struct pattern phone_word = { "\\b(?:tel(?:efon|ephone)?|phone|ph|fon|contact (?:no|telephone)|mobile)\\b", 0,
				     NULL, NULL };

void fields_delivery_preload(void)
{
	pattern_compile(ways, N_ELEMS(ways));
	pattern_compile(no_way, N_ELEMS(no_way));
	pattern_compile(&email_at, 1);
	pattern_compile(&url_at, 1);
	pattern_compile(&portal_name, 1);
	pattern_compile(contact_near, N_ELEMS(contact_near));
	pattern_compile(name_labels, N_ELEMS(name_labels));
	pattern_compile(&person, 1);
	pattern_compile(&no_contact, 1);
	pattern_compile(&no_person, 1);
	pattern_compile(&role_words, 1);
	pattern_compile(&phone_at, 1);
	pattern_compile(&phone_word, 1);
}

/* The first match, or its group "value"; trailing stops are the sentence's. NULL for none. */
static char *first_match(struct pattern *p, const char *text, const char *group)
{
	GMatchInfo *m = pattern_find(p, text, 0);
	char *got = m ? group ? g_match_info_fetch_named(m, group) : g_match_info_fetch(m, 0) : NULL;

	g_match_info_free(m);
	while (got && *got && strchr(".,;:", got[strlen(got) - 1]))
		got[strlen(got) - 1] = '\0';
	return got;
}

static json_t *text_or_null(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

/* An address that a line break divides goes on below: "https://host/notice/" "CXSEYYD". */
static char *whole_url(const char *text)
{
	char *url = first_match(&url_at, text, NULL);
	const char *behind = url ? strstr(text, url) + strlen(url) : NULL;

	if (url && util_ends(url, "/") && *behind == ' ' && strcspn(behind + 1, " ,;)") > 6) {
		char *joined = g_strdup_printf("%s%.*s", url, (int)strcspn(behind + 1, " ,;)"), behind + 1);

		g_free(url);
		return joined;
	}
	return url;
}

static void add_way(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
		    const char *sentence, int at)
{
	struct pattern *way = PATTERN_BEST(ways, sentence);
	struct pattern *no = PATTERN_BEST(no_way, sentence);
	auto_free char *email = NULL, *portal = NULL, *quote = NULL;
	bool is_portal, is_email;
	json_t *fact;
	int score;

	if (!way || (no && (no->score == 1 || !streq(way->word, "physical"))))
		return;
	is_portal = streq(way->word, "portal");
	is_email = streq(way->word, "email");
	if (is_email)
		email = first_match(&email_at, sentence, NULL);
	if (is_portal) {
		portal = whole_url(sentence);
		if (!portal)
			portal = first_match(&portal_name, sentence, "value");
	}
	score = way->score - (is_portal && !portal ? 8 : 0) - (is_email && !email ? 6 : 0);
	fact = json_pack("{s:s, s:o, s:o, s:n}", "kind", way->word, "email", text_or_null(email), "portal",
			 text_or_null(portal), "address");
	quote = fact_quote(p, b, at, at + (int)strlen(sentence));
	choice_add(c, fact, fact_place(d, fact, p, quote) ? score : 0, way->word);
}

static void add_ways(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s));

		if (text_words(sentence) > 1 || strstr(sentence, "http"))
			add_way(c, d, p, b, sentence, (int)(s - b->text));
		s = end + strspn(end, " ");
	}
}

/* A portal that is named nowhere beside the way to hand in may be named elsewhere: then it is the only address of its
 * kind. */
static char *only_portal(const struct doc *d)
{
	static struct pattern vergabe = {
		"(?:https?://|www\\.)\\S*(?:vergabe|subreport|evergabe|dtvp|bieter|tender|bid|procure|sourc)\\S*", 0,
		NULL, NULL
	};

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			const char *text = page_block(p, (int)k)->text;

			if (pattern_match(&vergabe, text))
				return whole_url(strstr(text, "http") ? strstr(text, "http") : strstr(text, "www"));
		}
	}
	return NULL;
}

json_t *field_submission_method(const struct doc *d)
{
	auto_choice *c = choice_new();
	json_t *fact;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++)
			add_ways(c, d, p, page_block(p, (int)k));
	}
	fact = choice_take(c);
	if (fact && streq(json_string_value(json_object_get(fact, "kind")), "portal") &&
	    json_is_null(json_object_get(fact, "portal"))) {
		auto_free char *portal = only_portal(d);

		json_object_set_new(fact, "portal", text_or_null(portal));
	}
	return fact;
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
}

static bool is_person(const char *s)
{
	return strlen(s) < 50 && pattern_match(&person, s) && !pattern_match(&role_words, s) &&
	       !pattern_match(&no_person, s);
}

static void take_name(const struct page *p, int k, struct contact *c)
{
	struct labelled l;

	if (c->name || !PATTERN_BEST(name_labels, page_line(p, k)->text) || !label_value(p, k, &name_labels[0], &l))
		return;
	/* "Jane Roe, Contracting Officer": the name ends at the comma. */
	if (strchr(l.value, ',')) {
		char *comma = strchr(l.value, ',');

		if (!c->role && pattern_match(&role_words, comma + 1))
			c->role = text_clean(comma + 1 + strspn(comma + 1, " "));
		*comma = '\0';
	}
	if (is_person(l.value))
		c->name = g_strdup(l.value);
	labelled_release(&l);
}

static void take_phone(const struct page *p, int k, struct contact *c)
{
	const char *text = page_line(p, k)->text;
	int right = page_right(p, k);

	if (c->phone || strcasestr(text, "fax") || !pattern_match(&phone_word, text))
		return;
	c->phone = first_match(&phone_at, text, "value");
	if (!c->phone && right >= 0)
		c->phone = first_match(&phone_at, page_line(p, right)->text, "value");
}

/* A name without a label stands right above the role or the address. */
static void take_bare_name(const struct page *p, int k, int email_line, struct contact *c)
{
	const char *next = k + 1 < (int)p->lines->len ? page_line(p, k + 1)->text : "";

	if (!c->name && k != email_line && abs(k - email_line) <= 3 && is_person(page_line(p, k)->text) &&
	    (pattern_match(&role_words, next) || strchr(next, '@')))
		c->name = text_clean(page_line(p, k)->text);
}

static bool is_close(const struct line *a, const struct line *b)
{
	double gap = a->y0 > b->y0 ? a->y0 - b->y0 : b->y0 - a->y0;

	return gap < 12 * (b->y1 - b->y0);
}

/* What stands within a few lines of line k belongs to the same contact. Returns false where it is another body's. */
static bool gather(const struct page *p, int k, struct contact *c)
{
	int from = MAX(k - 16, 0), to = MIN(k + 6, (int)p->lines->len - 1);
	bool ours = true;

	for (int i = from; i <= to; i++) {
		const char *text = page_line(p, i)->text;

		if (!is_close(page_line(p, i), page_line(p, k)))
			continue;
		take_name(p, i, c);
		take_phone(p, i, c);
		if (i <= k && pattern_match(&no_contact, text))
			ours = false;
	}
	for (int i = MAX(k - 4, 0); i <= to; i++) {
		const char *text = page_line(p, i)->text;

		take_bare_name(p, i, k, c);
		if (!c->role && strlen(text) < 60 && !strchr(text, ':') && text_words(text) < 7 &&
		    pattern_match(&role_words, text) && !strchr(text, '@'))
			c->role = text_clean(text);
	}
	return ours;
}

static void add_contact(struct choice *choice, const struct doc *d, const struct page *p, int k, const char *email)
{
	struct contact c = { .email = g_strdup(email) };
	const struct line *l = page_line(p, k);
	const struct block *b = page_block(p, l->block);
	int label_line = -1, score;
	auto_free char *label = page_left(p, b, k, &label_line), *around = NULL;
	json_t *fact;

	around = g_strdup_printf("%s %s %s", k > 0 ? page_line(p, k - 1)->text : "", label ? label : "",
				 strlen(b->text) < 500 ? b->text : l->text);
	score = PATTERN_SCORE(contact_near, around);
	if (!gather(p, k, &c))
		score -= 40;
	score += (c.name ? 16 : 0) + (c.phone ? 4 : 0) - (p->number > 12 ? 10 : p->number > 4 ? 4 : 0);
	if (score > 20 && score < 55)
		score = c.name ? 55 : 45;
	fact = json_pack("{s:o, s:o, s:o, s:o}", "name", text_or_null(c.name), "role", text_or_null(c.role), "email",
			 text_or_null(c.email), "phone", text_or_null(c.phone));
	choice_add(choice, fact, fact_place(d, fact, p, l->text) ? score : 0, email);
	contact_release(&c);
}

/* Nobody's address is given, only a name: "From: Jane Roe, Contracting Officer". */
static void add_named(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	static struct pattern named = {
		"^(?:from|contact(?: person)?|attention|attn\\.?|ansprechpartner(?:in)?)\\s*:\\s*(?<name>[^,]{4,40}),\\s*(?<role>[^,(]{4,60})",
		0, NULL, NULL
	};
	const char *text = page_line(p, k)->text;
	GMatchInfo *m = pattern_find(&named, text, 0);

	if (m) {
		auto_free char *name = g_match_info_fetch_named(m, "name"), *role = g_match_info_fetch_named(m, "role");

		g_strstrip(role);
		if (pattern_match(&person, name) && pattern_match(&role_words, role)) {
			json_t *fact = json_pack("{s:s, s:s, s:n, s:n}", "name", name, "role", role, "email", "phone");

			choice_add(choice, fact, fact_place(d, fact, p, text) ? 84 - p->number : 0, name);
		}
	}
	g_match_info_free(m);
}

json_t *field_contact(const struct doc *d)
{
	auto_choice *choice = choice_new();

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			const char *text = page_line(p, k)->text;
			auto_free char *email = strchr(text, '@') ? first_match(&email_at, text, NULL) : NULL;

			if (email)
				add_contact(choice, d, p, k, email);
			if (p->number <= 3)
				add_named(choice, d, p, k);
		}
	}
	return choice_take(choice);
}

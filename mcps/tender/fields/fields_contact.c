/* Whom to ask. */
#include <stdio.h>
#include <stdlib.h>

#include "contact_list.h"
#include "fact.h"
#include "fields.h"
#include "label.h"
#include "person.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define NEAR_BEHIND 9
#define MOST_BEHIND 3  /* sentences behind that of a name in which the number may stand */
#define MOST_FORM   90 /* bytes of a block that is a line of a form, with others under it */

static struct pattern contact_label = {
	"^(?:[a-z0-9]{1,3}[).] *)?(?:for (?:solicitation |further )?information (?:call|contact)|"
	"(?:(?:the|ihre?|unsere?|scm|supply chain|management|procurement|bid(?:ding)?|administrative|general|purchasing|finance|contractual|für|name|designation|and|of|officer|to|be|your|our|council|tender|department|technical|commercial|"
	"main|nominated|authorised|all|direct|buyer) )*(?:contact(?:ed)?|ansprechpartner(?:in|/-?in)?|ansprechperson|ihr kontakt|focal point|"
	"enquiries|inquiries|queries|rückfragen)(?: (?:für|for|bei|to|zur?|zum|in|of|\\p{L}+)){0,4}(?=\\s*:|\\s*$)|address for (?:requests|clarifications|correspondence|questions)(?=\\s*:)|"
	"(?:for information )?(?:rf[pqix] |procurement |primary |sole |buyer'?s? |agency )?(?:point of )?contact(?: (?:persons?|names?|information|details|administrator|officials?|officers?))?(?:/[\\w ]+)?|(?:rf[pqix] |procurement |solicitation |bid |project )?(?:coordinator|facilitator)|"
	"name of contact|buyer|contract(?:ing)? (?:officer|specialist|administrator)|procurement (?:officer|manager|specialist|contact|lead)|project manager|ansprechpartner(?:in)?|ansprechperson|kontaktperson|kontaktstelle\\(n\\)|kontaktstelle|kontaktpunkt|kontakt|zu händen(?: von)?|z\\. ?hd\\.|auskunft(?: erteilt| gibt)?|auskünfte(?: erteilt| gibt)?|bearbeitet von|bearbeitung|bearbeiter(?:in)?|sachbearbeit(?:er(?:in)?|ung)|gesprächspartner(?:in)?|zuständig(?: ist)?|durchwahl|es schreibt (?:ihnen|dir)|dealt with by|handled by|case (?:officer|handler)|our contact|queries to|enquiries to|questions to)(?=\\s*:|\\s*$|\\s+(?-i:Mr|Ms|Mrs|Frau|Herrn?|Dr|Mag|Dipl)\\b)",
	0, NULL, NULL
};
static struct pattern name_label = { "^(?:name|full name|vor- und nachname)(?=\\s*:|\\s*$)", 0, NULL, NULL };
/* A sentence that says whom to ask. */
static struct pattern ask = {
	"\\b(?:questions?|inquir(?:y|ies)|enquir(?:y|ies)|quer(?:y|ies)|clarifications?|contact(?:ed)?|fragen|rückfragen|bieterfragen|auskunft|auskünfte|ansprechpartner(?:in)?|ansprechperson|kontakt|wenden sie sich|is the point of contact|single point|further information|bid desk|"
	"(?:officer|person|buyer|manager|colleague) (?:who is )?(?:responsible|in charge|handling|leading|dealing)|responsible (?:officer|person|buyer)|(?:ring|call|phone) (?-i:\\p{Lu}\\p{Ll}+)|procurement lead|tender lead|(?:led|managed|handled|overseen|run) by|"
	"(?:is|are|anything|something) (?:not clear|unclear)|(?:etwas|nicht klar|unklar)\\b.{0,30}(?:ist|sein|bleibt)|(?:can|may) (?:be reached|call|ring|phone|write to)|write to (?:him|her|us|the (?:buyer|officer|address))|erreich(?:bar|en sie)|address for requests|"
	"koordiniert|leitet das|coordinates|zuständig\\w*|verantwortlich\\w*|federführend|betreut (?:von|durch)|bearbeitet (?:von|durch))\\b",
	0, NULL, NULL
};
static struct pattern phone_label = {
	"^(?:tel(?:efon|ephone|\\.)?|phone|ph|fon|mobile|contact (?:no|telephone))(?: ?(?:no|nummer|number|nr)\\.?)?\\s*:?$",
	0, NULL, NULL
};
static struct pattern closing = {
	"^(?:yours (?:sincerely|faithfully|truly)|(?:very )?(?:truly|sincerely|respectfully)(?: yours)?|(?:with )?(?:kind|best|warm) regards|regards|mit (?:freundlichen|besten) grüßen|"
	"(?:freundliche|beste) grüsse|hochachtungsvoll|im auftrag|i\\. ?a\\.)\\W*$",
	0, NULL, NULL
};
/* Bodies that hear complaints or keep a portal running, and words that look like names. */
static struct pattern no_contact = {
	"nachprüfung|überprüfung|vergabekammer|vergabepr|rechtsbehelf|ombud|\\bprotest|\\breview body|hotline|helpdesk|help desk|support@|störungen|technical support|invoice|rechnung|beschwerde|grievance|integrity|datenschutz",
	0, NULL, NULL
};

/* A label of a letter's head; those of people who are not asked. */
static struct pattern any_label = { "^(?-i:\\p{Lu})[\\p{L} ()/-]{2,40}:\\s+(?<rest>.+)", 0, NULL, NULL };
static struct pattern no_named = {
	"^(?:\\w*geschäftsführ|vorsitz|vorstand|landrat|\\w*bürgermeister|chair|\\w* ?director|präsident|president|cc\\b|kopie|verteiler|bieter|bidder|tenderer|vendor|firma|company|architekt|planer|author|verfasser|to\\b|an\\b|from\\b)",
	0, NULL, NULL
};

/* Who knows the goods stands beside who runs the procedure. */
static struct pattern technical = { "^\\W*(?:for )?(?:technical|technische?|site|fachliche?)\\b", 0, NULL, NULL };
#define TECHNICAL_LESS 6

/* A label in the value of another one. */
static struct pattern inner_label = {
	"^(?:focal (?:person|point)|name|contact person|contact|attn\\.?|attention|officer|person|ansprechpartner(?:in)?|ansprechperson|buyer)\\s*:\\s*",
	0, NULL, NULL
};

/* The box behind that of a name. */
static struct pattern next_box = { "\\s+(?-i:[b-fB-F])\\. (?:tele)?(?:phone|e-?mail|fax)\\b", 0, NULL, NULL };

/* Where offers go, questions need not. */
static struct pattern hands_in = {
	"\\b(?:submit\\w*|sent|send|e-?mail(?:ed)?|reach\\w*|deliver\\w*|received?|lodged?)\\b.{0,80}@|\\b(?:angebote?|teilnahmeanträge)\\b.{0,160}@|"
	"\\b(?:tenders|bids|quotes|quotations|proposals|offers)\\b.{0,160}@",
	0, NULL, NULL
};

void fields_contact_preload(void)
{
	person_preload();
	pattern_compile(&contact_label, 1);
	pattern_compile(&name_label, 1);
	pattern_compile(&ask, 1);
	pattern_compile(&phone_label, 1);
	pattern_compile(&no_contact, 1);
	pattern_compile(&closing, 1);
	pattern_compile(&hands_in, 1);
	pattern_compile(&technical, 1);
	pattern_compile(&any_label, 1);
	pattern_compile(&no_named, 1);
	pattern_compile(&inner_label, 1);
	pattern_compile(&next_box, 1);
}

static bool is_close(const struct line *a, const struct line *b)
{
	double gap = a->y0 > b->y0 ? a->y0 - b->y0 : b->y0 - a->y0;

	return gap < 12 * (b->y1 - b->y0);
}

/* A number of a fax is none to call; "Tel./Fax" is one. */
static void take_line(struct person *c, const char *text)
{
	const char *fax = strcasestr(text, "fax");
	auto_free char *before = fax ? g_strndup(text, (gsize)(fax - text)) : NULL;

	if (fax && strpbrk(before, "0123456789"))
		person_take(c, before);
	else if (!fax || strcasestr(before, "tel") || strcasestr(before, "phone"))
		person_take(c, text);
}

/* What stands under or beside line k belongs to the same contact, until another one begins. */
static void gather(const struct page *p, int k, struct person *c)
{
	for (int i = k; i < (int)p->lines->len && i <= k + NEAR_BEHIND; i++) {
		const char *text = page_line(p, i)->text;
		int right;

		if (!is_close(page_line(p, i), page_line(p, k)) || pattern_match(&no_contact, text))
			continue;
		if (i > k && c->email && pattern_match(&contact_label, text))
			break;
		take_line(c, text);
		right = !c->phone && pattern_match(&phone_label, text) ? page_right(p, i) : -1;
		if (right >= 0)
			c->phone = person_phone(page_line(p, right)->text);
	}
}

static json_t *text_or_null(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

static void keep(struct choice *choice, const struct doc *d, const struct page *p, struct person *c, const char *quote,
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
	person_release(c);
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

/* "H. Roe" is no item H of a list. */
static void restore_initial(struct labelled *l)
{
	const char *at = strstr(l->quote, l->value);
	char *whole;

	if (!at || at < l->quote + 4 || at[-1] != ' ' || at[-2] != '.' || !g_ascii_isupper(at[-3]) || at[-4] != ' ')
		return;
	whole = g_strdup_printf("%.3s%s", at - 3, l->value);
	g_free(l->value);
	l->value = whole;
}

/* Forms with boxes in boxes: "FOR INFORMATION CALL: a. NAME Jane Roe", "Clarifications | Focal person: Jane Roe". */
static void drop_name_label(char *value)
{
	size_t n = g_ascii_strncasecmp(value, "a. ", 3) == 0 ? 3 : 0;
	GMatchInfo *m = pattern_find(&inner_label, value, 0);
	int to;

	if (m && g_match_info_fetch_pos(m, 0, NULL, &to))
		memmove(value, value + to, strlen(value + to) + 1);
	g_match_info_free(m);

	if (g_ascii_strncasecmp(value + n, "name ", 5) == 0)
		memmove(value, value + n + 5, strlen(value + n + 5) + 1);
	m = pattern_find(&next_box, value, 0);
	if (m && g_match_info_fetch_pos(m, 0, &to, NULL))
		value[to] = '\0';
	g_match_info_free(m);
}

/* "Ansprechpartner: Frau …", "Contact | Denise Okafor, Contract Specialist, …": a label and what stands under it. */
static bool read_labelled(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	struct person c = { 0 };
	struct labelled l;
	const char *text = page_line(p, k)->text;
	auto_free char *around = NULL;
	bool unit;

	struct pattern *label = names_contact(p, k) ? &name_label : &contact_label;

	if (strlen(text) > 160 || !pattern_match(label, text) || !label_value(p, k, label, &l))
		return false;
	restore_initial(&l);
	drop_name_label(l.value);
	around = g_strdup(l.value);
	if (strchr(around, ','))
		*strchr(around, ',') = '\0';
	/* A form of eForms names an office where others name a person. */
	unit = strcasestr(text, "kontakt") != NULL && text_words(around) <= 5 && !strpbrk(around, "0123456789@");
	c.name = person_name(l.value, true);
	if (!c.name && unit)
		c.name = g_strdup(around);
	c.role = person_role(l.value, c.name);
	person_take(&c, l.value);
	gather(p, l.value_line, &c);
	if (!is_review(p, k))
		keep(choice, d, p, &c, l.quote,
		     (c.name ? 84 : 66) - (pattern_match(&technical, text) ? TECHNICAL_LESS : 0));
	person_release(&c);
	labelled_release(&l);
	return true;
}

/* The number of who was named, unless the sentences turn to somebody else. */
static void take_behind(struct person *c, const char *s)
{
	for (int n = 0; *s && n < MOST_BEHIND && (!c->email || !c->phone); n++) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s));

		if (pattern_match(&no_contact, sentence))
			return;
		person_take(c, sentence);
		s = end + strspn(end, " ");
	}
}

/* "Questions go to Miriam Achieng, Learning Adviser, m.achieng@…" */
static void read_sentences(struct choice *choice, const struct doc *d, const struct page *p, const struct block *b)
{
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s)), *quote = NULL;
		struct person c = { 0 };

		if (strlen(sentence) < 900 && pattern_match(&ask, sentence) && !pattern_match(&no_contact, sentence)) {
			c.name = person_name(sentence, false);
			c.role = person_role(sentence, c.name);
			person_take(&c, sentence);
			/* "… erteilt Frau Bohm." Her number stands in the next sentence. */
			if (c.name && !c.email && !c.phone)
				take_behind(&c, end);
			if (c.name && (!c.email || !c.phone) && strlen(b->text) < MOST_FORM)
				gather(p, b->first, &c);
		}
		quote = fact_quote(p, b, (int)(s - b->text), (int)(end - b->text));
		if (c.name || c.email)
			keep(choice, d, p, &c, quote, c.name ? 80 : 72);
		person_release(&c);
		s = end + strspn(end, " ");
	}
}

/* A name without a label stands right above its role or its address. */
static void take_name_above(const struct page *p, int k, struct person *c)
{
	for (int i = MAX(k - 4, 0); i <= MIN(k + 1, (int)p->lines->len - 1) && !c->name; i++) {
		const char *text = page_line(p, i)->text,
			   *next = i + 1 < (int)p->lines->len ? page_line(p, i + 1)->text : "";
		auto_free char *name = strlen(text) < 50 && is_close(page_line(p, i), page_line(p, k))
					       ? person_name(text, true)
					       : NULL;

		if (name && strlen(name) + 3 > strlen(text) && (person_is_role(next) || strchr(next, '@'))) {
			c->name = steal(name);
			c->role = person_is_role(next) && strlen(next) < 60 && !strchr(next, '@') ? text_clean(next)
												  : NULL;
		}
	}
}

#define MOST_STEM      160 /* bytes of a line that leads to a name */
#define MOST_SIGNATURE 120 /* bytes of the line under the close of a letter */
#define MOST_SENTENCE  300 /* bytes before an address in which its owner may be named */

/* The sentence that holds byte at, as far as that byte; the caller's. */
static char *sentence_before(const char *text, int at)
{
	const char *begin = text, *end = text_sentence(text);

	while (*end && end - text <= at) {
		begin = end + strspn(end, " ");
		end = text_sentence(begin);
	}
	if (at - (begin - text) > MOST_SENTENCE)
		return g_strdup("");
	return g_strndup(begin, (gsize)(at - (begin - text)));
}

/* Every address is a contact, if a poor one. */
static void read_address(struct choice *choice, const struct doc *d, const struct page *p, const struct block *b)
{
	GMatchInfo *m = person_emails(b->text);
	struct person c = { 0 };
	int from = 0, k;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL)) {
		auto_free char *quote = NULL, *before = sentence_before(b->text, from), *spoken = NULL;

		k = block_line(b, from);
		c.email = g_match_info_fetch(m, 0);
		spoken = g_strconcat(before, c.email, NULL);
		if (strchr(before, ','))
			c.name = person_name(before, true);
		c.role = person_role(before, c.name);
		take_name_above(p, k, &c);
		if (c.name)
			take_line(&c, before);
		take_line(&c, b->text + from);
		gather(p, MAX(k - 1, 0), &c);
		quote = fact_quote(p, b, from, from + (int)strlen(c.email));
		if (is_review(p, k))
			person_release(&c);
		else
			keep(choice, d, p, &c, quote, (c.name ? 70 : 56) - (pattern_match(&hands_in, spoken) ? 20 : 0));
	}
	g_match_info_free(m);
	person_release(&c);
}

/* The end of a letter: who signed it is who is asked. */
static void read_signature(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	struct person c = { 0 };
	int at = 0;

	if (strlen(page_line(p, k)->text) > 60 || !pattern_match(&closing, page_line(p, k)->text))
		return;
	for (int i = k + 1; i < (int)p->lines->len && i <= k + 4 && !c.name; i++) {
		const char *text = page_line(p, i)->text + (util_starts(page_line(p, i)->text, "gez. ") ? 5 : 0);
		auto_free char *name = strlen(text) < MOST_SIGNATURE ? person_name(text, true) : NULL;
		const char *behind = name && util_starts(text, name) ? text + strlen(name) : NULL;

		/* A line of its own, or one that goes on with a role or a number. */
		if (behind && (!*behind || strchr(",(/", behind[strspn(behind, " ")]))) {
			c.name = steal(name);
			at = i;
		}
	}
	if (c.name)
		c.role = person_role(page_line(p, at)->text, c.name);
	if (c.name && !c.role && at + 1 < (int)p->lines->len && person_is_role(page_line(p, at + 1)->text) &&
	    strlen(page_line(p, at + 1)->text) < 60)
		c.role = text_clean(page_line(p, at + 1)->text);
	if (c.name) {
		auto_free char *quote = g_strdup(page_line(p, at)->text);

		gather(p, at, &c);
		keep(choice, d, p, &c, quote, 68);
	}
	person_release(&c);
}

/* Bytes of the number before the first of several: "1. Jane Roe"; "H. Roe" has none. */
static size_t numbered(const char *s)
{
	return g_ascii_isdigit(*s) ? text_bullet(s) : 0;
}

/* Under a line that leads there, or beside a label an item of a list, which no other label has. */
static int person_place(const struct page *p, int k)
{
	const char *text = page_line(p, k)->text;
	int right = pattern_match(&contact_label, text) ? page_right(p, k) : -1;

	if (right >= 0 && page_line(p, right)->item)
		return right;
	return k + 1 < (int)p->lines->len && strlen(text) <= MOST_STEM && util_ends(text, ":") &&
			       is_close(page_line(p, k), page_line(p, k + 1)) && pattern_match(&ask, text) &&
			       !pattern_match(&no_contact, text)
		       ? k + 1
		       : -1;
}

/* "For information the point of contact is:", and the name under it; "Contact persons | 1. Jane Roe, … 2. …" */
static void read_stem(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	int at = person_place(p, k);
	const char *below = at >= 0 ? page_line(p, at)->text : "";
	struct person c = { 0 };

	below += numbered(below);
	c.name = strlen(below) < MOST_SIGNATURE ? person_name(below, true) : NULL;
	if (c.name && strstr(below, c.name) == below) {
		c.role = person_role(below, c.name);
		gather(p, at, &c);
		keep(choice, d, p, &c, below, 82);
	}
	person_release(&c);
}

/* "Projektleitung: Jane Roe, Tel. …" in the head of a letter: whatever the label, the number is given for asking. */
static void read_named(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	const char *text = page_line(p, k)->text;
	GMatchInfo *m = strlen(text) < MOST_SIGNATURE ? pattern_find(&any_label, text, 0) : NULL;
	auto_free char *rest = m ? g_match_info_fetch_named(m, "rest") : NULL;
	struct person c = { 0 };

	g_match_info_free(m);
	c.name = rest && !pattern_match(&contact_label, text) && !pattern_match(&no_contact, text) &&
				 !pattern_match(&no_named, text)
			 ? person_name(rest, true)
			 : NULL;
	if (c.name && util_starts(rest, c.name)) {
		c.role = person_role(rest, c.name);
		gather(p, k, &c);
		if (c.phone || c.email)
			keep(choice, d, p, &c, text, 62);
	}
	person_release(&c);
}

/* "From: Jane Roe, Contracting Officer" on the first pages. */
static void read_sender(struct choice *choice, const struct doc *d, const struct page *p, int k)
{
	static struct pattern sender = {
		"^(?:from|attention|attn\\.?)\\s*:\\s*(?<name>[^,]{4,40}),\\s*(?<role>[^,(]{4,60})", 0, NULL, NULL
	};
	GMatchInfo *m = pattern_find(&sender, page_line(p, k)->text, 0);
	struct person c = { 0 };

	if (m) {
		c.name = g_match_info_fetch_named(m, "name");
		c.role = g_match_info_fetch_named(m, "role");
		g_strstrip(c.role);
		if (person_is_name(c.name) && person_is_role(c.role))
			keep(choice, d, p, &c, page_line(p, k)->text, 76);
	}
	person_release(&c);
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
			GMatchInfo *m = person_emails(text);

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
			read_signature(choice, d, p, k);
			read_stem(choice, d, p, k);
			if (p->number <= 3) {
				read_sender(choice, d, p, k);
				read_named(choice, d, p, k);
			}
		}
		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			read_sentences(choice, d, p, page_block(p, k));
			read_address(choice, d, p, page_block(p, k));
		}
	}
	fact = choice_take(choice);
	if (fact) {
		contact_complete(d, fact);
		contact_others(choice, fact);
	}
	if (fact && json_is_null(json_object_get(fact, "email"))) {
		auto_free char *email = only_email(d);

		if (email)
			json_object_set_new(fact, "email", json_string(email));
	}
	return fact;
}

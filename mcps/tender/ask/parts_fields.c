/* Fields that the rules did not find, or are not sure of. */
#include "parts.h"
#include "quoted.h"
#include "tender/fields/fact.h"

#define SURE        80 /* from here on nobody needs to look */
#define RAISED_TO   85 /* a second reader of the same words is no second place that says so */
#define LOWERED_BY  12 /* as where two places of a document contradict each other, when they score alike */
#define LEAST       5
#define OF_CONFLICT 60 /* as of the rules' own */

/*
 * How a kind of value is read, and how sure a new one is: that it stands there is certain, that it is the one that was
 * asked for only the model says. All are below SURE: a person looks.
 */
struct kind {
	json_t *(*read)(const struct quoted *q);
	bool (*same)(const json_t *a, const json_t *b);
	int confidence;
};

/* Which of many names is meant is a matter of judgement. */
static const struct kind name = { quoted_name, quoted_same_name, 60 };
/* Numbers of other things look like it: of forms, laws, former procedures. */
static const struct kind number = { quoted_number, quoted_same_name, 60 };
/* There are few dates, and the words beside them say what they are. */
static const struct kind day = { quoted_day, quoted_same_day, 70 };
static const struct kind binding = { quoted_binding, quoted_same_day, 65 };
/* Warranties, options and phases have lengths too, deposits and turnovers amounts. */
static const struct kind duration = { quoted_duration, quoted_same_duration, 60 };
static const struct kind money = { quoted_money, quoted_same_money, 60 };
/* An address is hardly misread, only that of somebody else. */
static const struct kind person = { quoted_person, quoted_same_person, 70 };
static const struct kind way = { quoted_way, quoted_same_way, 65 };

enum topic { TOPIC_NAMES, TOPIC_DATES, TOPIC_TERMS, TOPIC_PLACES, N_TOPICS };

/* A question each; its words say which pages matter. */
static struct pattern topics[N_TOPICS] = {
	[TOPIC_NAMES] = { "reference|tender no|\\brf[pq]\\b|solicitation|title|issued by|on behalf of|vergabe|aktenzeichen|auftraggeber|bezeichnung",
			  0, NULL, NULL },
	[TOPIC_DATES] = { "deadline|closing|\\bdue\\b|no later than|submi|questions|clarification|valid|frist|einreich|abgabe|fragen|bis zum|gebunden",
			  0, NULL, NULL },
	[TOPIC_TERMS] = { "contract (?:period|term)|duration|budget|estimated|value|laufzeit|vertragsdauer|auftragswert|kosten|schätz",
			  0, NULL, NULL },
	[TOPIC_PLACES] = { "e-?mail|@|portal|www\\.|https?:|contact|ansprechpartner|kontakt|vergabeplattform", 0, NULL,
			   NULL },
};

static const struct row {
	const char *field;
	enum topic topic;
	const struct kind *kind;
	const char *what; /* for the model */
} rows[] = {
	{ "title", TOPIC_NAMES, &name, "what is bought, as the document names it; words of the quote" },
	{ "issuer", TOPIC_NAMES, &name, "the name of who buys; words of the quote" },
	{ "reference_number", TOPIC_NAMES, &number, "the issuer's number of this procedure; words of the quote" },
	{ "issue_date", TOPIC_DATES, &day, "when the document was issued, as 2027-01-31" },
	{ "submission_deadline", TOPIC_DATES, &day,
	  "until when offers must be in, as 2027-01-31T14:00, without T and time where none is said" },
	{ "questions_deadline", TOPIC_DATES, &day, "until when bidders may ask, likewise" },
	{ "participation_deadline", TOPIC_DATES, &day, "until when requests to participate must be in, likewise" },
	{ "binding_until", TOPIC_DATES, &binding,
	  "until when offers bind, likewise, or for how long, in words of the quote: 90 days" },
	{ "contract_duration", TOPIC_TERMS, &duration,
	  "how long the contract runs, without options; words of the quote: 24 months" },
	{ "budget", TOPIC_TERMS, &money,
	  "the value, budget or ceiling of the contract in whole units, digits alone: 240000" },
	{ "submission_method", TOPIC_PLACES, &way,
	  "the e-mail address or the web address to which offers are sent; words of the quote" },
	{ "contact", TOPIC_PLACES, &person, "the e-mail address of whom to ask; words of the quote" },
};

void parts_fields_preload(void)
{
	pattern_compile(topics, N_TOPICS);
}

struct asking {
	struct asker *asker;
	const struct doc *doc;
	const GArray *pieces;
	json_t *result, *conflicts;
};

static json_t *value_schema(const char *what)
{
	return json_pack("{s:s, s:[{s:s}, o]}", "description", what, "anyOf", "type", "null",
			 asker_object(json_pack("{s:{s:s}, s:{s:s}, s:{s:s}}", "value", "type", "string", "page",
						"type", "integer", "quote", "type", "string")));
}

static char *said(const json_t *fact)
{
	static const char *const keys[] = { "value", "email", "portal", "name", "address", "phone", "kind" };

	for (size_t i = 0; i < N_ELEMS(keys); i++) {
		const json_t *one = json_object_get(fact, keys[i]);

		if (json_is_string(one))
			return g_strdup(json_string_value(one));
		if (json_is_integer(one))
			return json_dumps(one, JSON_ENCODE_ANY);
	}
	return g_strdup("");
}

static void add_conflict(const struct asking *s, const char *field, const json_t *was, const json_t *other)
{
	auto_free char *value = said(other), *taken = said(was);
	json_t *quote = json_object_get(other, "quote"), *file = json_object_get(other, "file");
	json_t *one = json_pack("{s:s, s:O, s:s, s:s, s:O, s:O, s:i, s:s}", "field", field, "text", quote, "value",
				value, "taken", taken, "page", json_object_get(other, "page"), "quote", quote,
				"confidence", OF_CONFLICT, "source", "model");

	if (file)
		json_object_set(one, "file", file);
	json_array_append_new(s->conflicts, one);
}

/* Where the rules found nothing it is taken; else the rules' value stays, and is surer or less sure. */
static void settle(const struct asking *s, const struct row *row, json_t *fact)
{
	json_t *was = json_object_get(s->result, row->field);
	int sure = fact_confidence(was);

	if (json_is_null(was)) {
		json_object_set_new(fact, "confidence", json_integer(row->kind->confidence));
		json_object_set_new(fact, "source", json_string("model"));
		json_object_set(s->result, row->field, fact);
	} else if (row->kind->same(was, fact)) {
		json_object_set_new(was, "confidence", json_integer(sure + (RAISED_TO - sure) / 2));
	} else {
		json_object_set_new(was, "confidence", json_integer(MAX(MIN(sure, LEAST), sure - LOWERED_BY)));
		add_conflict(s, row->field, was, fact);
	}
}

/* NULL: what is given is not what its page says. */
static json_t *read_given(const struct asking *s, const struct row *row, const json_t *shown, const json_t *given)
{
	const struct page *p = pages_cited(s->doc, shown, json_object_get(given, "page"));
	const char *value = json_string_value(json_object_get(given, "value"));
	auto_free char *quote = asker_quote(p, json_object_get(given, "quote"));
	json_t *fact = NULL;

	if (quote && value && *value)
		fact = row->kind->read(&(struct quoted){ s->doc, value, quote });
	if (fact && !fact_place(s->doc, fact, p, quote)) {
		json_decref(fact);
		fact = NULL;
	}
	return fact;
}

static void take(const struct asking *s, const struct row *row, const json_t *shown, const json_t *given)
{
	json_t *fact;

	if (!given || json_is_null(given))
		return;
	fact = read_given(s, row, shown, given);
	if (fact) {
		s->asker->taken++;
		settle(s, row, fact);
	} else {
		s->asker->refused++;
	}
	json_decref(fact);
}

static void ask_topic(const struct asking *s, enum topic topic)
{
	const struct row *wanted[N_ELEMS(rows)];
	json_t *members = json_object(), *shown, *answer;
	size_t n = 0;

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		if (rows[i].topic != topic || fact_confidence(json_object_get(s->result, rows[i].field)) >= SURE)
			continue;
		wanted[n++] = &rows[i];
		json_object_set_new(members, rows[i].field, value_schema(rows[i].what));
	}
	if (n == 0) {
		json_decref(members);
		return;
	}
	shown = pages_about(s->doc, s->pieces, &topics[topic]);
	answer = asker_ask(
		s->asker,
		"Find each field of the schema in the pages: its value, the page and a quote that says it and "
		"what it is.",
		json_pack("{s:O}", "pages", shown), members);
	for (size_t i = 0; i < n && answer; i++)
		take(s, wanted[i], shown, json_object_get(answer, wanted[i]->field));
	json_decref(answer);
	json_decref(shown);
}

void parts_fields(struct asker *a, const struct doc *d, const GArray *pieces, json_t *result, json_t *conflicts)
{
	struct asking s = { a, d, pieces, result, conflicts };

	for (enum topic t = 0; t < N_TOPICS && !a->over; t++)
		ask_topic(&s, t);
}

#include <glib.h>

#include "draft.h"
#include "markdown.h"
#include "pick.h"
#include "plan.h"

/* What the outline says itself, in the languages of documents. */
enum word {
	W_TITLE,
	W_HONEST,
	W_DRAFTED,
	W_DATES,
	W_GLANCE,
	W_HAND_IN,
	W_WHO,
	W_CRITERIA,
	W_REQUIREMENTS,
	W_PAGE,
	W_WEIGHT,
	W_ANSWER,
	W_SEE,
	W_DRAFT,
	W_NONE,
	W_NO_SECTION,
	N_WORDS
};

static const char honest_en[] =
	"This is an outline. It was made by rules from the document and holds no word of the bid itself: every answer "
	"is still to be written. Check each entry against the page that it names.";
static const char honest_de[] =
	"Dies ist eine Gliederung. Sie wurde nach Regeln aus dem Dokument gewonnen und enthält keinen Text des Angebots: "
	"jede Antwort ist noch zu schreiben. Jeder Eintrag ist an der genannten Seite zu prüfen.";

static const char drafted_en[] =
	"This is an outline. It was made from the document; the sentences under Draft were written by a model, and behind each "
	"stand the words of the document that it rests on. Every answer is still to be written: check each sentence and each "
	"entry against the page that it names.";
static const char drafted_de[] =
	"Dies ist eine Gliederung. Sie wurde aus dem Dokument gewonnen; die Sätze unter Entwurf hat ein Modell geschrieben, und "
	"hinter jedem stehen die Worte des Dokuments, auf die er sich stützt. Jede Antwort ist noch zu schreiben: Jeder Satz "
	"und jeder Eintrag ist an der genannten Seite zu prüfen.";

static const char *const words[2][N_WORDS] = {
	{ "Outline of the bid", honest_en, drafted_en, "Dates", "At a glance", "To be handed in", "Who may bid",
	  "By award criterion", "By section of the document", "page", "weight", "Answer: *to be written*",
	  "Requirements that belong here:", "Draft, to be checked:", "The document says nothing of it that was found.",
	  "Without a heading" },
	{ "Gliederung des Angebots", honest_de, drafted_de, "Termine", "Überblick", "Einzureichen", "Wer bieten darf",
	  "Nach Zuschlagskriterien", "Nach Abschnitten des Dokuments", "Seite", "Gewicht",
	  "Antwort: *noch zu schreiben*", "Anforderungen, die hierher gehören:", "Entwurf, zu prüfen:",
	  "Dazu wurde im Dokument nichts gefunden.", "Ohne Überschrift" },
};

struct drafting {
	const json_t *result;
	const char *const *word;
	GHashTable *by_id; /* requirement */
	struct buf *out;
};

static void heading(const struct drafting *d, const char *marks, const char *text)
{
	buf_printf(d->out, "%s%s ", util_ends(buf_str(d->out), "\n\n") ? "" : "\n", marks);
	markdown_add(d->out, text);
	buf_addstr(d->out, "\n\n");
}

/* A link to the page of the input that the entry stands on; a part of a package has no page that a link could reach. */
static void add_page(const struct drafting *d, const json_t *entry)
{
	const json_t *document = json_object_get(d->result, "document");
	long long page = pick_number(entry, "page");
	auto_free char *path = NULL;

	if (page < 1)
		return;
	if (!streq(pick_word(document, "type"), "application/pdf") || json_object_get(d->result, "files")) {
		buf_printf(d->out, "%s %lld", d->word[W_PAGE], page);
		if (pick_text(entry, "file")) {
			buf_addstr(d->out, ", ");
			markdown_add(d->out, pick_text(entry, "file"));
		}
		return;
	}
	path = g_uri_escape_string(pick_word(document, "file"), NULL, TRUE);
	buf_printf(d->out, "[%s %lld](<../input/%s#page=%lld>)", d->word[W_PAGE], page, path, page);
}

static void add_glance(const struct drafting *d)
{
	static const struct {
		const char *key, *name[2];
	} rows[] = {
		{ "issuer", { "Issuer", "Auftraggeber" } },
		{ "reference_number", { "Reference", "Vergabenummer" } },
		{ "procedure", { "Procedure", "Verfahren" } },
		{ "lots", { "Lots", "Lose" } },
		{ "submission_method", { "How to submit", "Einreichung" } },
		{ "contact", { "Contact", "Kontakt" } },
		{ "contract_duration", { "Duration", "Laufzeit" } },
		{ "contract_options", { "Options", "Optionen" } },
		{ "budget", { "Budget", "Auftragswert" } },
	};

	heading(d, "##", d->word[W_GLANCE]);
	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		const json_t *fact = json_object_get(d->result, rows[i].key);

		if (!fact || json_is_null(fact))
			continue;
		buf_printf(d->out, "- %s: ", rows[i].name[d->word == words[1]]);
		markdown_value(d->out, fact);
		buf_addstr(d->out, json_object_get(fact, "page") ? " (" : "");
		add_page(d, fact);
		buf_addstr(d->out, json_object_get(fact, "page") ? ")\n" : "\n");
	}
}

static void add_checklist(const struct drafting *d, enum word title, const char *key)
{
	const json_t *list = json_object_get(d->result, key);
	json_t *one;
	size_t i;

	heading(d, "##", d->word[title]);
	if (json_array_size(list) == 0)
		buf_printf(d->out, "%s\n", d->word[W_NONE]);
	json_array_foreach (list, i, one) {
		buf_addstr(d->out, "- [ ] ");
		markdown_add(d->out, pick_word(one, "text"));
		buf_addstr(d->out, " (");
		add_page(d, one);
		buf_addstr(d->out, ")\n");
	}
}

static void add_requirement(const struct drafting *d, const json_t *r)
{
	buf_addstr(d->out, "- [ ] **");
	markdown_add(d->out, pick_word(r, "id"));
	buf_printf(d->out, "** (%s, ", pick_word(r, "level"));
	add_page(d, r);
	buf_addstr(d->out, "): ");
	markdown_add(d->out, pick_word(r, "text"));
	buf_printf(d->out, "\n  - %s\n", d->word[W_ANSWER]);
}

static void add_weight(const struct drafting *d, const json_t *section)
{
	const json_t *weight = json_object_get(section, "weight");
	const char *unit = pick_text(json_object_get(d->result, "evaluation_criteria"), "weight_unit");

	if (json_is_number(weight)) {
		buf_printf(d->out, "%s: %g%s", d->word[W_WEIGHT], json_number_value(weight),
			   unit && streq(unit, "percent") ? " %" : "");
		if (unit && !streq(unit, "percent")) {
			buf_addc(d->out, ' ');
			markdown_add(d->out, unit);
		}
		buf_addstr(d->out, ", ");
	}
	add_page(d, section);
	buf_addstr(d->out, "\n\n");
}

/* What a model wrote, each sentence with the words that it rests on. */
static void add_draft(const struct drafting *d, const json_t *section)
{
	const json_t *sentences = json_object_get(section, "draft");
	json_t *sentence, *citation;
	size_t i, k;

	if (json_array_size(sentences) == 0)
		return;
	buf_printf(d->out, "%s\n\n", d->word[W_DRAFT]);
	json_array_foreach (sentences, i, sentence) {
		buf_addstr(d->out, "> ");
		markdown_add(d->out, pick_word(sentence, "text"));
		json_array_foreach (json_object_get(sentence, "citations"), k, citation) {
			buf_addstr(d->out, k ? ", " : " (");
			add_page(d, citation);
			buf_addstr(d->out, ": “");
			markdown_add(d->out, pick_word(citation, "quote"));
			buf_addstr(d->out, "”");
		}
		buf_addstr(d->out, ")\n>\n");
	}
	buf_addc(d->out, '\n');
}

static bool is_drafted(const json_t *sections)
{
	json_t *one;
	size_t i;

	json_array_foreach (sections, i, one) {
		if (json_object_get(one, "draft"))
			return true;
	}
	return false;
}

static void add_criterion(const struct drafting *d, const json_t *section)
{
	const json_t *ids = json_object_get(section, "requirements");
	json_t *id;
	size_t i;

	heading(d, pick_number(section, "depth") ? "####" : "###", pick_word(section, "title"));
	add_weight(d, section);
	if (json_array_size(ids) > 0) {
		buf_printf(d->out, "%s ", d->word[W_SEE]);
		json_array_foreach (ids, i, id) {
			buf_addstr(d->out, i ? ", " : "");
			markdown_add(d->out, json_string_value(id));
		}
		buf_addstr(d->out, "\n\n");
	}
	add_draft(d, section);
	buf_printf(d->out, "%s\n", d->word[W_ANSWER]);
}

static void add_section(const struct drafting *d, const json_t *section)
{
	const char *title = pick_word(section, "title");
	json_t *id;
	size_t i;

	heading(d, "###", *title ? title : d->word[W_NO_SECTION]);
	add_draft(d, section);
	json_array_foreach (json_object_get(section, "requirements"), i, id) {
		const json_t *r = g_hash_table_lookup(d->by_id, json_string_value(id));

		if (r)
			add_requirement(d, r);
	}
}

/* All sections of a kind under one title; nothing where there are none. */
static void add_sections(const struct drafting *d, enum word title, const json_t *sections, const char *kind,
			 void (*add)(const struct drafting *d, const json_t *section))
{
	bool any = false;
	json_t *one;
	size_t i;

	heading(d, "##", d->word[title]);
	json_array_foreach (sections, i, one) {
		if (!streq(pick_word(one, "kind"), kind))
			continue;
		any = true;
		add(d, one);
	}
	if (!any)
		buf_printf(d->out, "%s\n", d->word[W_NONE]);
}

static GHashTable *index_of(const json_t *requirements)
{
	GHashTable *by_id = g_hash_table_new(g_str_hash, g_str_equal);
	json_t *one;
	size_t i;

	json_array_foreach (requirements, i, one)
		g_hash_table_insert(by_id, (gpointer)pick_word(one, "id"), one);
	return by_id;
}

static void add_dates(const struct drafting *d, const char *today)
{
	json_t *dates = plan_dates(d->result), *findings = plan_check(dates, today);

	heading(d, "##", d->word[W_DATES]);
	plan_markdown(dates, findings, today, d->out);
	json_decref(findings);
	json_decref(dates);
}

void draft_markdown(const json_t *result, const json_t *sections, const char *today, struct buf *out)
{
	const json_t *document = json_object_get(result, "document");
	struct drafting d = { .result = result,
			      .word = words[streq(pick_word(document, "language"), "de")],
			      .by_id = index_of(json_object_get(result, "requirements")),
			      .out = out };
	const char *title = pick_value(result, "title");
	const json_t *limit = json_object_get(result, "page_limit");

	buf_printf(out, "# %s: ", d.word[W_TITLE]);
	markdown_add(out, title ? title : pick_word(document, "file"));
	buf_printf(out, "\n\n> %s\n", d.word[is_drafted(sections) ? W_DRAFTED : W_HONEST]);
	add_dates(&d, today);
	add_glance(&d);
	if (json_is_integer(json_object_get(limit, "value"))) {
		buf_addstr(out, "- ");
		buf_printf(out, d.word == words[1] ? "Höchstens %lld Seiten (" : "At most %lld pages (",
			   pick_number(limit, "value"));
		add_page(&d, limit);
		buf_addstr(out, ")\n");
	}
	add_checklist(&d, W_HAND_IN, "documents");
	add_checklist(&d, W_WHO, "eligibility");
	add_sections(&d, W_CRITERIA, sections, "criterion", add_criterion);
	add_sections(&d, W_REQUIREMENTS, sections, "requirements", add_section);
	g_hash_table_unref(d.by_id);
}

/* Conditions on proofs: references, certificates, registers. */
#include <stdlib.h>

#include "eligibility_kinds.h"
#include "tender/text/money.h"
#include "pick.h"
#include "tender/text/quantity.h"

static struct pattern says_or = { "\\b(?:or|oder|bzw\\.?|alternativ|alternatively)\\b", 0, NULL, NULL };
static struct pattern says_equivalent = { "equivalent|gleichwertig|vergleichbar", 0, NULL, NULL };

/* --- references --- */

#define LEAST_NAME 6 /* bytes of a name that is no chance match */
#define STEM       6 /* letters of a word that tell what it is about */

/* Words of every condition and every reference. */
static bool is_common(const char *stem)
{
	static const char common[] =
		"|refere|mindes|vergle|leistu|letzte|jahren|untern|auftra|compar|simila|contra|projec|servic|"
		"experi|provid|client|within|public|öffent|ausgef|bieter|bewerb|implem|develo|soluti|";
	auto_free char *key = g_strdup_printf("|%s|", stem);

	return strstr(common, key) != NULL;
}

/* A word of the condition tells the subject of the reference. */
static bool is_about(const char *text, const json_t *reference)
{
	auto_free char *subject = g_strdup_printf("%s %s", pick_word(reference, "kind"), pick_word(reference, "title"));
	auto_free char *low = g_utf8_strdown(subject, -1), *folded = g_utf8_strdown(text, -1);
	char **words = g_strsplit_set(folded, " ,;.:()/\n\t\"", -1);
	bool found = false;

	for (char **w = words; *w && !found; w++) {
		auto_free char *stem = NULL;

		if (g_utf8_strlen(*w, -1) < STEM)
			continue;
		stem = g_utf8_substring(*w, 0, STEM);
		found = !is_common(stem) && strstr(low, stem);
	}
	g_strfreev(words);
	return found;
}

struct counted {
	int fit, about, unsure; /* unsure: no year, or another currency */
};

static struct counted count_references(struct asked *a, const json_t *list, int years, const struct amount *least)
{
	struct counted n = { 0, 0, 0 };
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		long long year = pick_number(one, "year"), value = pick_number(one, "value");
		bool no_year = years > 0 && year == 0;
		bool no_value = least->value > 0 &&
				(value == 0 || g_ascii_strcasecmp(pick_word(one, "currency"), least->currency) != 0);

		if ((!no_year && years > 0 && year < a->year - years) || (!no_value && value < least->value))
			continue;
		if (no_year || no_value) {
			n.unsure++;
			continue;
		}
		n.fit++;
		if (is_about(a->text, one)) {
			n.about++;
			asked_use(a, "references", (int)i);
		}
	}
	return n;
}

enum verdict judge_references(struct asked *a)
{
	json_t *list = asked_list(a, "references");
	int want = quantity_of(
		a->text,
		"(?:referen|\\p{L}*projekt|project|contract|client|auftr|aufträ|leistung|kommunen|customers|institutions)");
	int years = quantity_years(a->text, a->year);
	GArray *amounts = money_scan(a->text, a->decimal_comma);
	struct amount least = { .value = 0 };
	struct counted n;

	if (amounts->len > 0)
		least = g_array_index(amounts, struct amount, 0);
	g_array_unref(amounts);
	if (!list)
		return UNKNOWN;
	want = MAX(want, 1);
	n = count_references(a, list, years, &least);
	if (n.about >= want)
		return asked_say(a, MET, "%d are asked for; %d references of that subject fit by year and value.", want,
				 n.about);
	if (n.fit + n.unsure < want)
		return asked_say(a, NOT_MET, "%d are asked for; %d of %zu references fit by year and value.", want,
				 n.fit, json_array_size(list));
	return asked_say(a, UNKNOWN,
			 "%d are asked for; %d references fit by year and value, but whether their subject does "
			 "is to be judged.",
			 want, n.fit);
}

/* --- certificates --- */

static struct pattern certificate = {
	"\\b(?:DIN )?(?:EN )?ISO(?:/IEC)?[ -]?\\d{4,5}(?:-\\d)?|\\bSOC ?[12](?: Type I{1,2})?\\b|\\bPCI[ -]?DSS\\b|"
	"\\bCMMI(?:[ -]?(?:DEV|SVC))?(?:,? (?:Maturity )?Level \\d)?|\\bTISAX\\b|\\bEMAS\\b|\\bC5\\b|\\bcyber essentials(?: plus)?\\b|\\bFedRAMP\\b|"
	"\\bHITRUST\\b|\\bNASSCO\\b|\\bAK ?[123]\\b|\\bW[123]\\w{0,2}\\b|\\bFW ?[123]\\b|\\bEN \\d{3,5}(?:-\\d)?\\b",
	0, NULL, NULL
};

/* "DIN EN ISO/IEC 27001:2022" and "ISO 27001" are one: letters and digits, without who else adopted it. */
static char *normal(const char *name)
{
	GString *out = g_string_new(NULL);
	auto_free char *low = g_ascii_strdown(name, -1);

	for (const char *s = low; *s; s++) {
		if (util_starts(s, "din ") || util_starts(s, "iec "))
			s += 3;
		else if (util_starts(s, "/iec"))
			s += 3;
		else if (util_starts(s, "en iso"))
			s += 2;
		else if (*s == ':')
			break;
		else if (g_ascii_isalnum(*s))
			g_string_append_c(out, *s);
	}
	return g_string_free(out, FALSE);
}

/* Whether the company holds it: MET, NOT_MET, or NOT_MET with *expired. */
static bool holds(struct asked *a, const json_t *list, const char *name, bool *expired)
{
	auto_free char *wanted = normal(name);
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		auto_free char *own = normal(pick_word(one, "name"));
		const char *until = pick_text(one, "valid_until");

		if (!util_starts(own, wanted))
			continue;
		asked_use(a, "certificates", (int)i);
		*expired = until && strcmp(until, a->today) < 0;
		return !*expired;
	}
	return false;
}

enum verdict judge_certificates(struct asked *a)
{
	json_t *list = asked_list(a, "certificates");
	GMatchInfo *m = list ? pattern_find(&certificate, a->text, 0) : NULL;
	int n = 0, held = 0;
	bool expired = false;
	auto_free char *lacking = NULL;

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		auto_free char *name = g_match_info_fetch(m, 0);

		n++;
		if (holds(a, list, name, &expired)) {
			held++;
			continue;
		}
		g_free(lacking);
		lacking = g_steal_pointer(&name);
	}
	if (m)
		g_match_info_free(m);
	if (!list)
		return UNKNOWN;
	if (n == 0)
		return asked_say(a, UNKNOWN, "Which certificate is asked for could not be read.");
	if (held == n || (held > 0 && pattern_match(&says_or, a->text)))
		return asked_say(a, MET, "The profile has %s asked for.", held == n ? "what is" : "one of those");
	if (expired)
		return asked_say(a, NOT_MET, "%s has expired.", lacking);
	if (pattern_match(&says_equivalent, a->text))
		return asked_say(a, UNKNOWN, "The profile has no %s; the document takes an equivalent.", lacking);
	return asked_say(a, NOT_MET, "The profile has no %s.", lacking);
}

/* --- registers --- */

static struct pattern registers[] = {
	{ "handelsregister|\\b(?:commercial|trade|company) register\\b|\\bcompanies house\\b|\\bhandels-", 1,
	  "commercial register", NULL },
	{ "berufsregister|\\bberufs-|\\bprofessional register|architektenliste|architektenkammer|ingenieurkammer", 1,
	  "professional register", NULL },
	{ "handwerksrolle|handwerkskammer", 1, "Handwerksrolle", NULL },
	{ "\\bpräqualifi|\\bPQ\\b|\\bAVPQ\\b|\\bprequalif", 1, "prequalification", NULL },
	{ "gewerbeanmeldung|gewerberegister", 1, "Gewerbeanmeldung", NULL },
	{ "berufsgenossenschaft", 1, "Berufsgenossenschaft", NULL },
	{ "system for award management|\\bSAM\\b", 1, "SAM", NULL },
	{ "\\bGSA\\b|\\bfederal supply schedule\\b|\\bschedule 70\\b|\\bFSS\\b", 1, "GSA schedule", NULL },
	{ "\\bGST\\b", 1, "GST", NULL },
	{ "\\bCERT-In\\b", 1, "CERT-In", NULL },
	{ "\\bwaste carrier", 1, "waste carrier's licence", NULL },
};

static bool is_registered(struct asked *a, const json_t *list, struct pattern *which)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (!pattern_match(which, pick_word(one, "name")))
			continue;
		asked_use(a, "registers", (int)i);
		return true;
	}
	return false;
}

/* A register of the profile that the condition calls by its name. */
static bool is_named(struct asked *a, const json_t *list)
{
	auto_free char *text = g_utf8_strdown(a->text, -1);
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		auto_free char *name = g_utf8_strdown(pick_word(one, "name"), -1);

		if (strlen(name) < LEAST_NAME || !strstr(text, name))
			continue;
		asked_use(a, "registers", (int)i);
		return true;
	}
	return false;
}

enum verdict judge_registers(struct asked *a)
{
	json_t *list = asked_list(a, "registers");
	int n = 0, has = 0;
	const char *lacking = NULL;

	for (size_t i = 0; list && i < N_ELEMS(registers); i++) {
		if (!pattern_match(&registers[i], a->text))
			continue;
		n++;
		if (is_registered(a, list, &registers[i]))
			has++;
		else
			lacking = registers[i].word;
	}
	if (!list)
		return UNKNOWN;
	if (n == 0 && is_named(a, list))
		return asked_say(a, MET, "The profile has the register that the condition names.");
	if (n == 0)
		return asked_say(a, UNKNOWN, "Which register or licence is meant could not be read.");
	if (has == n || (has > 0 && pattern_match(&says_or, a->text)))
		return asked_say(a, MET, "The profile has %s asked for.", has == n ? "what is" : "one of those");
	if (pattern_match(&says_equivalent, a->text))
		return asked_say(a, UNKNOWN, "The profile has no %s; the document takes an equivalent.", lacking);
	return asked_say(a, NOT_MET, "The profile has no %s.", lacking);
}

#include "eligibility_kinds.h"

#include <stdlib.h>

#include "pick.h"
#include "tender/text/quantity.h"

static enum verdict judge_employees(struct asked *a)
{
	int n = quantity_of(
		a->text,
		"employees|staff|persons|people|personnel|experts?|consultants|engineers|FTEs?|mitarbeite|beschäftigte|\\p{L}*kräfte|angestellte|personen|\\p{L}*berater|ingenieur");
	const json_t *has = json_object_get(a->profile, "employees");
	static struct pattern special = {
		"\\b(?:experts?|certified|qualified|fachkräfte|qualifizierte|zertifizierte|consultants|engineers|\\p{L}*berater\\p{L}*|ingenieur\\p{L}*)\\b",
		0, NULL, NULL
	};

	/* "two organisations having 10,000 employees each": the people of those who were served. */
	static struct pattern of_client = {
		"\\b(?:organi[sz]ations?|clients?|customers?|institutions?|authorit\\w+|agenc\\w+|kunden|behörden?|einrichtung(?:en)?|kommunen|hochschulen?)\\b(?: \\w+){0,2} (?:having|with|of|employing|mit)\\b",
		0, NULL, NULL
	};

	if (pattern_match(&of_client, a->text))
		return asked_say(a, UNKNOWN, "The people seem to be those of whom the company has worked for.");
	if (!json_is_integer(has))
		return asked_say(a, UNKNOWN, "The profile has no number 'employees'.");
	asked_use(a, "employees", -1);
	if (n == 0)
		return asked_say(a, UNKNOWN, "The condition names no number of people that could be read.");
	if (json_integer_value(has) < n)
		return asked_say(a, NOT_MET, "%d people are asked for; the company has %lld.", n,
				 (long long)json_integer_value(has));
	if (pattern_match(&special, a->text))
		return asked_say(a, UNKNOWN,
				 "The company has enough people; whether they are qualified is not in the profile.");
	return asked_say(a, MET, "%d people are asked for; the company has %lld.", n,
			 (long long)json_integer_value(has));
}

/* Years of experience: a company that is younger cannot have them; one that is older may. */
static enum verdict judge_experience(struct asked *a)
{
	int n = quantity_of(a->text, "years?|jahren?"), founded = (int)pick_number(a->profile, "founded");
	static struct pattern of_person = {
		"\\b(?:manager|leader|lead|director|consultant|specialist|engineer|sme|\\w*leiter(?:in)?|berater(?:in)?)\\b",
		0, NULL, NULL
	};

	if (n == 0 || pattern_match(&of_person, a->text))
		return asked_say(a, UNKNOWN, "What experience is asked for, and of whom, is to be judged by hand.");
	if (founded == 0)
		return asked_say(a, UNKNOWN, "The profile does not say when the company was 'founded'.");
	asked_use(a, "founded", -1);
	if (a->year - founded < n)
		return asked_say(a, NOT_MET, "%d years are asked for; the company was founded in %d.", n, founded);
	return asked_say(a, UNKNOWN,
			 "The company is old enough (founded in %d); the kind of experience is to be judged.", founded);
}

static enum verdict judge_exclusion(struct asked *a)
{
	json_t *grounds = asked_list(a, "exclusion_grounds");

	if (!grounds)
		return UNKNOWN;
	asked_use(a, "exclusion_grounds", -1);
	if (json_array_size(grounds) == 0)
		return asked_say(a, MET, "The profile says that there are no grounds for exclusion.");
	return asked_say(a, NOT_MET, "The profile names %zu grounds for exclusion.", json_array_size(grounds));
}

static struct {
	const char *code;
	struct pattern name; /* as the document and the profile may say it */
} languages[] = {
	{ "de", { "\\b(?:german|deutsch)", 0, NULL, NULL } },
	{ "en", { "\\b(?:english|englisch)", 0, NULL, NULL } },
	{ "fr", { "\\b(?:french|französisch)", 0, NULL, NULL } },
	{ "it", { "\\b(?:italian|italienisch)", 0, NULL, NULL } },
	{ "es", { "\\b(?:spanish|spanisch)", 0, NULL, NULL } },
	{ "pl", { "\\b(?:polish|polnisch)", 0, NULL, NULL } },
	{ "nl", { "\\b(?:dutch|niederländisch)", 0, NULL, NULL } },
	{ "hi", { "\\bhindi\\b", 0, NULL, NULL } },
	{ "ar", { "\\b(?:arabic|arabisch)", 0, NULL, NULL } },
	{ "pt", { "\\b(?:portuguese|portugiesisch)", 0, NULL, NULL } },
};

static bool speaks(const json_t *list, size_t language)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		const char *word = json_string_value(one);

		if (word && (g_ascii_strcasecmp(word, languages[language].code) == 0 ||
			     pattern_match(&languages[language].name, word)))
			return true;
	}
	return false;
}

static enum verdict judge_languages(struct asked *a)
{
	json_t *list = asked_list(a, "languages");
	bool any = false;

	if (!list)
		return UNKNOWN;
	asked_use(a, "languages", -1);
	for (size_t i = 0; i < N_ELEMS(languages); i++) {
		if (!pattern_match(&languages[i].name, a->text))
			continue;
		any = true;
		if (!speaks(list, i))
			return asked_say(a, NOT_MET, "The profile does not name the language '%s'.", languages[i].code);
	}
	return any ? asked_say(a, MET, "The profile names the languages that are asked for.")
		   : asked_say(a, UNKNOWN, "Which language is asked for could not be read.");
}

/* Each is asked of a condition that has its words; the order is that of the answer. */
struct kind eligibility_kinds[] = {
	{ "turnover",
	  { "\\bturn-?over\\b|\\brevenues?\\b|umsatz|umsätze|\\bannual sales\\b", 0, NULL, NULL },
	  judge_turnover },
	{ "insurance",
	  { "\\binsurance\\b|versicherung|haftpflicht|\\bdeckung|\\b(?:public|professional|product|employer[’']?s[’']?) liability\\b|\\bprofessional indemnity\\b",
	    0, NULL, NULL },
	  judge_insurance },
	{ "employees",
	  { "\\bemployees\\b|\\bpermanent (?:experts?|staff)\\b|\\bheadcount\\b|\\bmitarbeite(?:r|nde)|\\bbeschäftigt|\\bangestellte|\\d\\s+(?:staff|FTEs?)\\b",
	    0, NULL, NULL },
	  judge_employees },
	{ "references",
	  { "\\breferenz|\\breferences?\\b(?! number)|\\bsimilar (?:\\w+ )?(?:projects?|contracts?|services?|nature|size|work)|\\bvergleichbar|\\bcomparable\\b|"
	    "\\b(?:projects?|contracts?)\\b.{0,60}\\b(?:last|past)\\b",
	    0, NULL, NULL },
	  judge_references },
	{ "certificates",
	  { "\\bISO\\b|\\bSOC ?[12]\\b|\\bPCI\\b|\\bCMMI\\b|\\bTISAX\\b|\\bEMAS\\b|\\bC5\\b|\\bcertif|zertifi|\\bcyber essentials\\b|\\bFedRAMP\\b",
	    0, NULL, NULL },
	  judge_certificates },
	{ "registers",
	  { "register|registration\\b|registered\\b|\\blicen[sc]e|handwerksrolle|präqualifi|prequalif|\\bPQ\\b|\\bempanel|berufsgenossenschaft|"
	    "\\bchamber\\b|kammer\\b|\\bschedule\\b|gewerbeanmeldung",
	    0, NULL, NULL },
	  judge_registers },
	{ "exclusion",
	  { "ausschlussgr|ausschlusstatb|§§? ?12[346]\\b|\\bexclusion grounds?\\b|\\bgrounds (?:for|of) exclusion\\b|\\bdebar|\\bblacklist|"
	    "\\bsuspended\\b|\\bexcluded supplier|\\barticles? 13[68]\\b|\\brestrictive measures\\b|überschuldet|\\bbetreibungen\\b|\\bkonkurs|insolven|\\bbankrupt|\\bliquidation\\b",
	    0, NULL, NULL },
	  judge_exclusion },
	{ "experience",
	  { "\\bexperience\\b|erfahrung|\\bin business\\b|\\byears? in\\b|\\bfor at least (?:the past )?\\w+ (?:\\(\\d+\\) )?years\\b",
	    0, NULL, NULL },
	  judge_experience },
	{ "languages",
	  { "\\blanguage skills?\\b|\\bfluent\\b|\\bproficien|sprachkenntnis|deutschkenntnis|\\bin (?:the )?\\w+ language\\b|\\bsprache\\b",
	    0, NULL, NULL },
	  judge_languages },
};
const size_t eligibility_n_kinds = N_ELEMS(eligibility_kinds);

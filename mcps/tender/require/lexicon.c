#include "lexicon.h"

static const char *const names[N_ROLES] = {
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

const char *lexicon_role_name(enum role r)
{
	return names[r];
}

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

void lexicon_preload(void)
{
	exact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	begun = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
		lexicon_preload();
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

void lexicon_split(const char *text, GHashTable *parties, int most, struct words *out)
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

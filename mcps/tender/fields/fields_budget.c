/* What the contract may cost. */
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "tender/text/money.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

/* Words for the money of a whole contract, and for what it is bought with. */
#define WHAT_EN                                                                                                                                  \
	"(?:contract|agreement|framework|annual|yearly|aggregate|project|programme|program|procurement|bid|tender|order|purchase|bpa|services?|" \
	"works?|construction|total|overall|engagement|assignment|consultancy|job)"
#define WORTH_EN "(?:values?|costs?|price|amount|spend(?:ing)?|expenditure|worth|obligations|volume)"
#define WORTH_DE \
	"(?:\\w*kosten|\\w*wert(?:e[ns]?|s)?|\\w*volumen|\\w*summe|\\w*umfang|\\w*ausgaben|\\w*preis|\\w*aufwand|budget)"

static struct pattern budget_for[] = {
	{ "\\b(?:estimated|anticipated|expected|approximate|indicative|projected|probable|likely|forecast) (?:" WHAT_EN
	  " )?" WORTH_EN "\\b|geschätzte[rnsm]? " WORTH_DE
	  "\\b|auftragswert|auftragsvolumen|\\w*wert\\b.{0,60}\\bgeschätzt",
	  88, "estimate", NULL },
	{ "\\bestimates?\\b.{0,80}\\b(?:value|cost|obligations|spend(?:ing)?|expenditures?|price|outlay|volume|worth)\\b|\\b(?:schätzen|schätzt|taxier\\w*|bezifferl?\\w*)\\b.{0,60}\\b" WORTH_DE
	  "\\b|\\b(?:value|cost|price)\\b.{0,60}\\b(?:estimated|anticipated|expected|approximately|in the region of|in the order of)\\b|"
	  "\\bestimated\\b.{0,30}\\b(?:value|cost)\\b|\\b(?:engineer|architect|independent|government|county|city|owner|staff)\\S* (?:cost )?estimate\\b|\\border[- ]of[- ]magnitude\\b",
	  86, "estimate", NULL },
	{ "\\bnot[ -]to[ -]exceed\\b|\\b(?:shall|must|will|should|may|can) ?not exceed\\b|\\bceiling\\b|\\bmaximum (?:" WHAT_EN
	  " )?(?:budget|contract|amount|value|compensation|price|cost|funding|fee|spend)\\b|\\bupset (?:limit|price|amount)|"
	  "\\b(?:price|cost|spending|budget|budgetary|funding) (?:cap|limit)\\b|\\b(?:cost|kosten|preis|budget)(?:ober|höchst)?grenze|\\bkostendach|"
	  "höchst(?:wert|betrag|menge|volumen|grenze|preis)|maximal(?:wert|betrag|preis|volumen)|obergrenze|maximale[rsnm]? (?:auftrags|gesamt|vertrags)?(?:wert|volumen|menge|budget|preis)|\\bcapped at",
	  84, "ceiling", NULL },
	{ "\\b(?:total|contract|spend|cost|price|value|budget|sum|amount)\\b.{0,80}\\b(?:not|never|no) (?:be )?(?:more than|greater than|higher than|above|over|exceed)\\b|"
	  "\\b(?:gesamt\\w*|auftrags\\w*|kosten|preis|budget|wert|volumen)\\b.{0,80}\\b(?:nicht (?:mehr als|über|überschreiten|höher als)|höchstens|maximal|bis zu)\\b",
	  84, "ceiling", NULL },
	{ "\\bwill pay up to\\b|\\bup to\\b.{0,40}\\b(?:available|budget)|\\bbudget(?:ed)?\\b.{0,40}\\b(?:up to|no more than|at most)\\b|\\bbudget\\b.{0,30}\\b(?:maximal|höchstens|bis zu)\\b|"
	  "\\b(?:spend|pay|invest) (?:no more than|not more than|at most|up to)\\b|"
	  "\\b(?:offers|bids|proposals|tenders|quotations|quotes|prices|angebote|preise) (?:above|over|exceeding|in excess of|higher than|of more than|that exceed|which exceed|über|oberhalb von)\\b.{0,60}"
	  "\\b(?:reject|exclu|not be|disqualif|non-?responsive|ausgeschlossen|nicht|unberücksichtigt)",
	  86, "ceiling", NULL },
	{ "\\bkostenrahmen\\b|\\bbaukosten\\b|\\bgesamtkosten\\b|\\bkosten(?:schätz|berechn)ung\\b|\\bbausumme\\b", 80,
	  "construction cost frame", NULL },
	{ "\\b(?:project |total |annual |overall |available |maximum )?budget(?:ed|rahmen)?\\b|\\bfunding (?:available|of|is)\\b|\\b(?:haushalts|finanz)mittel\\b|"
	  "\\bfunds? (?:available|of|in the amount)\\b|\\bfinanzrahmen\\b|\\bfinancial envelope\\b",
	  82, "budget", NULL },
	{ "\\b(?:authori[sz]ed|approved|committed|reserved|allocated|budgeted)\\b.{0,40}\\bup to\\b|\\b(?:price|cost|amount|value)\\b.{0,60}\\bunder no circumstances\\b.{0,20}\\bexceed",
	  84, "ceiling", NULL },
	{ "\\b(?:sind|ist|wurden|stehen|hat|haben)\\b.{0,60}\\b(?:eingeplant|eingestellt|bereitgestellt|veranschlagt|reserviert|zur verfügung)\\b",
	  80, "budget", NULL },
	{ "\\b(?:set aside|earmarked|appropriated|allocated|made available|stehen?|stellt)\\b.{0,80}", 80, "budget",
	  NULL },
	{ "\\b(?:expect|anticipat|envisag|intend)\\w*\\b.{0,30}\\b(?:spend|worth|pay|invest|cost)\\b|\\b(?:rechnen|rechnet) .{0,60}\\bmit\\b|\\b(?:gehen|geht)\\b.{0,40}\\b"
	  "(?:kosten|wert|volumen|ausgaben)\\b|\\bfinanzielle[rns]? (?:volumen|umfang|rahmen)\\b|\\bvoraussichtliche[rnsm]? " WORTH_DE
	  "\\b|\\bveranschlagt|"
	  "\\b" WORTH_DE
	  " (?:beläuft|belaufen|beträgt|betragen|liegt|liegen)\\b.{0,20}\\b(?:rund|etwa|ca\\.?|zirka|circa|voraussichtlich)(?!\\w)",
	  80, "estimate", NULL },
	{ "\\b(?:contract|order|bpa|project|purchase|agreement|framework) (?:value|price)\\b|\\btotal (?:contract |project )?(?:value|cost)\\b|\\bvalue of (?:the|this) (?:\\w+ )?(?:contract|framework|agreement|lot|call-off)\\b|"
	  "\\bvalue of (?:the )?works?\\b|\\bput to tender\\b|\\bnit amount\\b|\\bgesamt(?:wert|volumen|auftragssumme)\\b",
	  76, "estimate", NULL },
	{ "^(?:value|wert)\\b\\W*(?:\\(|£|€|\\$|\\d|[a-z]{3} ?\\d|$)", 70, "estimate", NULL },
};

/* Words right before an amount that a sentence of any kind may have. */
static struct pattern budget_before[] = {
	{ "\\b(?:has|have)(?: (?:between|up to|about|approximately|some|set aside|allocated|budgeted))*\\W*$", 80,
	  "budget", NULL },
	{ "\\b(?:stehen|steht) (?:\\w+ ){0,3}(?:höchstens|maximal|bis zu|rund|etwa|ca\\.)\\W*$", 84, "ceiling", NULL },
	{ "\\bpreis von (?:höchstens|maximal)\\W*$", 80, "ceiling", NULL },
};

static struct pattern whole = {
	"\\btotal\\b|\\boverall\\b|gesamt|\\binclud\\w+ (?:\\w+ )?(?:options?|extensions?|renewals?)\\b|einschließlich (?:\\w+ )?(?:option|verlängerung)",
	0, NULL, NULL
};

static struct pattern no_budget = {
	"\\bhad\\b|(?<!be )\\bpaid\\b|\\bspent\\b|deposit|\\bemd\\b|earnest|\\bfees?\\b|guarantee|\\bbond\\b|insur|liabilit|turnover|umsatz(?!steuer)|deckung|versicherung|penalt|damages|deductible|vertragsstrafe|bürgschaft|"
	"revenue|net ?worth|\\bper (?:day|hour|month|claim|occurrence|violation|person|accident|incident|user|page)|wage|\\bfines?\\b|sicherheit|threshold|schwellen|"
	"similar|referen[cz]|experience|projects? (?:of|with|worth)|minimum order|discount|micro|bankrupt|sales|salary|nettobausumme|schaden|salar|cost of (?:the )?(?:rfp|tender)|"
	"profit|asset|capital|minimum amount|in an amount|mindest|jahres|geringf|processing|stamp|\\binvoices?\\b|rechnungen|fördermittel|zuwendung|\\bgrants?\\b|\\bsubsid|\\boperating budget|\\bpurchase orders?\\b|einwohner|"
	"\\bgeneral fund|\\bfund budget|(?:has|have|with|manages|administers|holds) an? (?:\\w+ )?(?:annual|yearly|total) budget of|budget (?:of|for) (?:the )?(?:fiscal|financial|school) year|haushaltsvolumen|gesamthaushalt|\\bhaushalt (?:de[rs]|von)\\b|"
	"gesamt\\w*(?:kosten|investition\\w*|budget) (?:de[rs]|für d\\w+) (?:gesamt\\w*|maßnahme|vorhabens|bauvorhabens|projekt(?:e?s)|neubaus|programms)\\b.{0,60}\\b(?:einschließlich|inklusive|samt|davon|mit allen)\\b|gesamtmaßnahme|"
	"\\b(?:total|overall|entire) (?:programme|program|scheme|development|investment)\\b.{0,40}\\bcost|\\bcost of the (?:whole|entire|overall|wider) |of which this (?:contract|tender|procurement)",
	0, NULL, NULL
};

/* Parts of a contract, and what bidders must have: an amount right behind these is not the whole. */
static struct pattern part_before = {
	"\\b(?:spare )?parts\\b[^.;]{0,30}$|\\b(?:materials?|consumables|reimbursables?|allowances?|expenses|spares|ersatzteile|reisekosten|kleinreparaturen|kleinteile)\\b[^.;]{0,30}$|"
	"\\btravel\\b|\\boption(?:al)? (?:year|period)|\\bper year\\b|jährlich|\\b(?:minimum|at least|not less than|mindestens|wenigstens)\\b",
	0, NULL, NULL
};

/* And behind: of a year, or of a part. */
static struct pattern part_behind = {
	"^[^.;,\\d]{0,14}\\b(?:(?:a|per|each|every) (?:year|annum|month|lot|season)|annually|yearly|jährlich|pro (?:jahr|los|monat)|im jahr|je (?:jahr|los|monat))\\b|^ ?p\\. ?a\\.",
	0, NULL, NULL
};

/* What an amount is without, or that it is above a threshold, says nothing of it: "£5 million, excluding fees". */
static struct pattern without = {
	",? \\(?(?:without|excluding|exclusive of|not including|net of|ohne|zzgl\\.|zuzüglich|exkl\\.|exklusive)\\b[^.;]*|"
	"\\b(?:above|below|over|under|oberhalb|unterhalb|über|unter) (?:the |de[rsm] )?[\\w ]{0,30}(?:threshold|schwellenwert)\\w*",
	0, NULL, NULL
};

#define FEW_SIGNS 2 /* of a country, which one clause about somebody abroad may bear */

static struct pattern dollars[] = {
	{ "(?-i:\\bAustralian?\\b|\\bABN\\b|\\bA[EC][SD]T\\b|\\bAWST\\b)", 0, "AUD", NULL },
	{ "(?-i:\\bCanad(?:a|ian)\\b|\\bHST\\b)", 0, "CAD", NULL },
	{ "(?-i:\\bNew Zealand\\b|\\bNZBN\\b|\\bNZ[SD]T\\b)", 0, "NZD", NULL },
	{ "(?-i:\\bSingapore\\b|\\bSGT\\b)", 0, "SGD", NULL },
};
static struct pattern american = {
	"(?-i:\\bUnited States\\b|\\bU\\.S\\.|\\bFAR\\b|\\b[A-Z]{2} \\d{5}\\b|\\b[ECMP][SD]T\\b)", 0, NULL, NULL
};

static struct pattern range_joint = { "^\\s*(?:-|–|—|to|and|bis|und)\\s*$", 0, NULL, NULL };

void fields_budget_preload(void)
{
	money_preload();
	pattern_compile(budget_for, N_ELEMS(budget_for));
	pattern_compile(budget_before, N_ELEMS(budget_before));
	pattern_compile(&part_before, 1);
	pattern_compile(dollars, N_ELEMS(dollars));
	pattern_compile(&american, 1);
	pattern_compile(&part_behind, 1);
	pattern_compile(&whole, 1);
	pattern_compile(&no_budget, 1);
	pattern_compile(&without, 1);
	pattern_compile(&range_joint, 1);
}

/* The heading over a block: the nearest short block above it on the page. */
static const char *heading_of(const struct page *p, int block)
{
	for (int k = block - 1; k >= 0 && k >= block - 3; k--) {
		const struct block *b = page_block(p, k);

		if (!b->item && b->n == 1 && strlen(b->text) < 60 && !page_line(p, b->first)->bullet)
			return b->text;
	}
	return NULL;
}

/* The words before an amount, or before the range whose upper end it is. */
static char *words_before(const struct block *b, const GArray *amounts, unsigned i)
{
	int to = g_array_index(amounts, struct amount, i).from, from;

	if (i > 0 && to - g_array_index(amounts, struct amount, i - 1).to < 8)
		to = g_array_index(amounts, struct amount, i - 1).from;
	from = MAX(0, to - 60);
	while (from < to && (b->text[from] & 0xC0) == 0x80)
		from++;
	return g_strndup(b->text + from, (gsize)(to - from));
}

/* The part of its sentence that an amount stands in, between semicolons, and where in the block it begins. */
static char *clause_of(const struct block *b, const struct amount *a, int *begin)
{
	int from = a->from, to = a->to;

	while (from > 0 && b->text[from - 1] != ';' &&
	       !(b->text[from - 1] == ' ' && from > 1 && b->text[from - 2] == '.'))
		from--;
	to += (int)MIN(strcspn(b->text + to, ";"), (size_t)(text_sentence(b->text + to) - b->text - to));
	*begin = from;
	return g_strndup(b->text + from, (gsize)(to - from));
}

/* The clause names another sum, and the words from there to this one are not those of a budget. */
static bool is_beside(const struct block *b, const GArray *amounts, unsigned i, const struct amount *low)
{
	const struct amount *a = &g_array_index(amounts, struct amount, i);
	int begin, from;
	auto_free char *clause = clause_of(b, a, &begin), *own = NULL;
	int end = begin + (int)strlen(clause);
	bool others = i + 1 < amounts->len && g_array_index(amounts, struct amount, i + 1).from < end;

	from = begin;
	if (i > 0 && !low && g_array_index(amounts, struct amount, i - 1).to > begin) {
		from = g_array_index(amounts, struct amount, i - 1).to;
		others = true;
	}
	own = g_strndup(b->text + from, (gsize)(a->to - from));
	return others && !PATTERN_BEST(budget_for, own) && !PATTERN_BEST(budget_before, own);
}

static bool is_other_money(const char *words)
{
	GMatchInfo *m = pattern_find(&without, words, 0);
	auto_free char *said = g_strdup(words);
	int from, to;

	if (m && g_match_info_fetch_pos(m, 0, &from, &to))
		memmove(said + from, said + to, strlen(said + to) + 1);
	g_match_info_free(m);
	return pattern_match(&no_budget, said);
}

/* What an amount is for: by its clause, its sentence, the words right before it, its label or its heading. */
static struct pattern *what_for(const struct page *p, int block, const struct amount *a, const char *quote,
				const char *before, const char *label, bool *apart)
{
	const struct block *b = page_block(p, block);
	int begin;
	auto_free char *clause = clause_of(b, a, &begin);
	const char *heading = heading_of(p, block);
	struct pattern *is = PATTERN_BEST(budget_for, clause);

	*apart = false;
	if (is)
		return is;
	is = PATTERN_BEST(budget_for, quote);
	*apart = is != NULL;
	if (!is)
		is = PATTERN_BEST(budget_before, before);
	if (!is && label)
		is = PATTERN_BEST(budget_for, label);
	if (!is && heading && text_words(b->text) < 12)
		is = PATTERN_BEST(budget_for, heading);
	return is;
}

/* The lower end of the range whose upper end is amount i; NULL for none. */
static const struct amount *lower_end(const struct block *b, const GArray *amounts, unsigned i)
{
	const struct amount *a = &g_array_index(amounts, struct amount, i),
			    *under = i > 0 ? &g_array_index(amounts, struct amount, i - 1) : NULL;
	auto_free char *between = under ? g_strndup(b->text + under->to, (gsize)MAX(a->from - under->to, 0)) : NULL;

	return under && under->value < a->value && pattern_match(&range_joint, between) ? under : NULL;
}

static json_t *make_budget(const struct amount *a, const struct amount *low, const char *kind)
{
	json_t *fact = json_pack("{s:I, s:o, s:s}", "value", (json_int_t)a->value, "currency",
				 a->currency[0] ? json_string(a->currency) : json_null(), "kind", low ? "range" : kind);

	if (low)
		json_object_set_new(fact, "minimum", json_integer(low->value));
	return fact;
}

static void add_amount(struct choice *c, const struct doc *d, const struct page *p, int block, const GArray *amounts,
		       unsigned i)
{
	const struct block *b = page_block(p, block);
	const struct amount *a = &g_array_index(amounts, struct amount, i), *low = lower_end(b, amounts, i);
	int label_line = -1, score;
	auto_free char *label = page_left(p, b, block_line(b, a->from), &label_line),
		       *quote = fact_quote(p, b, a->from, a->to), *before = words_before(b, amounts, i),
		       *key = g_strdup_printf("%lld", (long long)a->value);
	bool apart;
	struct pattern *is = what_for(p, block, a, quote, before, label, &apart);
	json_t *fact;

	if (!is || a->value < 1000 || is_other_money(quote) || (label && is_other_money(label)) ||
	    pattern_match(&part_before, before))
		return;
	score = is->score - (apart ? 12 : 0) - (is_beside(b, amounts, i, low) ? 14 : 0) -
		(pattern_match(&part_behind, b->text + a->to) ? 20 : 0) + (low ? 3 : 0) +
		(pattern_match(&whole, quote) ? 4 : 0);
	fact = make_budget(a, low, is->word);
	choice_add(c, fact, fact_place(d, fact, p, quote) ? score : 0, key);
}

/* A row of a table says the value without a currency: "Estimated Bid Value  20000000", "Cost (Rs. in lakhs)  45.20". */
static void add_plain_number(struct choice *c, const struct doc *d, const struct page *p, int block)
{
	const struct block *b = page_block(p, block);
	int label_line = -1, zeroes;
	auto_free char *label = NULL, *quote = NULL;
	struct amount a = { 0 };
	struct pattern *is;
	json_t *fact;

	if (b->n != 1 || !g_ascii_isdigit(b->text[0]) || !money_number(b->text, false, 0, &a.value))
		return;
	label = page_left(p, b, b->first, &label_line);
	is = label ? PATTERN_BEST(budget_for, label) : NULL;
	if (!is || is_other_money(label))
		return;
	zeroes = money_unit(label, a.currency);
	if (!money_number(b->text, d->language == LANG_DE, zeroes, &a.value) || a.value < 1000)
		return;
	quote = fact_pair(page_line(p, label_line)->text, b->text);
	fact = make_budget(&a, NULL, is->word);
	choice_add(c, fact, fact_place(d, fact, p, quote) ? is->score - 6 : 0, b->text);
}

static int count_of(const struct doc *d, struct pattern *signs)
{
	int n = 0;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);
		GMatchInfo *m = p->readable ? pattern_find(signs, p->text, 0) : NULL;

		for (; m && g_match_info_matches(m); g_match_info_next(m, NULL))
			n++;
		g_match_info_free(m);
	}
	return n;
}

/* Whose dollars a document counts in that says no more than "$"; NULL for those of the United States. */
static const char *dollars_of(const struct doc *d)
{
	int most = count_of(d, &american);
	const char *code = NULL;

	for (size_t i = 0; i < N_ELEMS(dollars); i++) {
		int n = count_of(d, &dollars[i]);

		if (n >= FEW_SIGNS && n > most) {
			most = n;
			code = dollars[i].word;
		}
	}
	return code;
}

/* "$" alone is the dollar of the country. */
static void name_dollars(const struct doc *d, json_t *fact)
{
	const char *currency = json_string_value(json_object_get(fact, "currency")),
		   *quote = json_string_value(json_object_get(fact, "quote")), *code;

	if (!currency || !streq(currency, "USD") || !quote || strstr(quote, "US"))
		return;
	code = dollars_of(d);
	if (code)
		json_object_set_new(fact, "currency", json_string(code));
}

json_t *field_budget(const struct doc *d)
{
	auto_choice *c = choice_new();
	json_t *fact;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			GArray *amounts = money_scan(page_block(p, k)->text, d->language == LANG_DE);

			for (unsigned j = 0; j < amounts->len; j++)
				add_amount(c, d, p, k, amounts, j);
			g_array_unref(amounts);
			add_plain_number(c, d, p, k);
		}
	}
	fact = choice_take_listing(c);
	if (fact)
		name_dollars(d, fact);
	return fact;
}

/* What the contract may cost. */
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "tender/text/money.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

static struct pattern budget_for[] = {
	{ "\\bestimated (?:bid|contract|tender|total|project|procurement)? ?(?:value|cost|amount|price)\\b|geschätzter (?:auftrags|gesamt)?wert|auftragswert|geschätzter wert|auftragsvolumen",
	  88, "estimate", NULL },
	{ "\\bestimates?\\b.{0,80}\\b(?:value|cost|obligations|spend)\\b|\\bvalue of\\b.{0,60}\\bestimated\\b", 86,
	  "estimate", NULL },
	{ "\\bnot[ -]to[ -]exceed\\b|\\bshall not exceed\\b|\\bmay not exceed\\b|\\bceiling\\b|\\bmaximum (?:budget|contract|amount|value|compensation|price)|\\bupset (?:limit|price|amount)|kostenobergrenze|höchst(?:wert|betrag|menge|volumen|grenze)|obergrenze|maximale[rsnm]? (?:auftrags|gesamt|vertrags)?(?:wert|volumen|menge)|\\bcapped at",
	  84, "ceiling", NULL },
	{ "\\bwill pay up to\\b|\\bup to\\b.{0,40}\\b(?:available|budget)|\\bbudget(?:ed)?\\b.{0,40}\\bup to\\b", 86,
	  "ceiling", NULL },
	{ "\\bkostenrahmen\\b|\\bbaukosten\\b|\\bgesamtkosten\\b|\\bkostenschätzung\\b", 80, "construction cost frame",
	  NULL },
	{ "\\b(?:project |total |annual |overall |available )?budget\\b|\\bfunding (?:available|of|is)\\b|\\bhaushaltsmittel\\b",
	  82, "budget", NULL },
	{ "\\b(?:set aside|earmarked|appropriated|allocated|made available|stehen?|stellt)\\b.{0,80}", 80, "budget",
	  NULL },
	{ "\\b(?:contract|order|bpa|project|purchase) value\\b|\\btotal value\\b", 74, "estimate", NULL },
};

/* Words right before an amount that a sentence of any kind may have. */
static struct pattern budget_before[] = {
	{ "\\b(?:has|have)(?: (?:between|up to|about|approximately|some|set aside|allocated|budgeted))*\\W*$", 80,
	  "budget", NULL },
	{ "\\b(?:stehen|steht) (?:\\w+ ){0,3}(?:höchstens|maximal|bis zu|rund|etwa|ca\\.)\\W*$", 84, "ceiling", NULL },
	{ "\\bpreis von (?:höchstens|maximal)\\W*$", 80, "ceiling", NULL },
};

static struct pattern whole = { "\\btotal\\b|\\boverall\\b|gesamt|\\bincluding all options\\b", 0, NULL, NULL };

static struct pattern no_budget = {
	"\\bhad\\b|\\bpaid\\b|\\bspent\\b|deposit|\\bemd\\b|earnest|\\bfees?\\b|guarantee|\\bbond\\b|insur|liabilit|turnover|umsatz(?!steuer)|deckung|versicherung|penalt|damages|deductible|vertragsstrafe|bürgschaft|"
	"revenue|net ?worth|\\bper (?:day|hour|month|claim|occurrence|violation|person|accident|incident|user|page)|wage|\\bfines?\\b|sicherheit|threshold|schwellen|"
	"similar|referen[cz]|experience|projects? (?:of|with|worth)|minimum order|discount|micro|bankrupt|sales|salary|nettobausumme|schaden|salar|cost of (?:the )?(?:rfp|tender)|"
	"profit|asset|capital|minimum amount|in an amount|mindest|jahres|geringf|processing|stamp",
	0, NULL, NULL
};

/* Parts of a contract: an amount right behind these is not the whole. */
static struct pattern part_before = { "\\btravel\\b|\\boption(?:al)? (?:year|period)|\\bper year\\b|jährlich", 0, NULL,
				      NULL };

/* What an amount is without says nothing of it: "£5 million, excluding fees". */
static struct pattern without = {
	",? \\(?(?:without|excluding|exclusive of|not including|net of|ohne|zzgl\\.|zuzüglich|exkl\\.|exklusive)\\b[^.;]*",
	0, NULL, NULL
};

static struct pattern range_joint = { "^\\s*(?:-|–|—|to|and|bis|und)\\s*$", 0, NULL, NULL };

void fields_budget_preload(void)
{
	money_preload();
	pattern_compile(budget_for, N_ELEMS(budget_for));
	pattern_compile(budget_before, N_ELEMS(budget_before));
	pattern_compile(&part_before, 1);
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

/* The part of its sentence that an amount stands in, between semicolons. */
static char *clause_of(const struct block *b, const struct amount *a)
{
	int from = a->from, to = a->to;

	while (from > 0 && b->text[from - 1] != ';' &&
	       !(b->text[from - 1] == ' ' && from > 1 && b->text[from - 2] == '.'))
		from--;
	to += (int)strcspn(b->text + to, ";");
	return g_strndup(b->text + from, (gsize)(to - from));
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

static void add_amount(struct choice *c, const struct doc *d, const struct page *p, int block, const GArray *amounts,
		       unsigned i)
{
	const struct block *b = page_block(p, block);
	const struct amount *a = &g_array_index(amounts, struct amount, i), *low = NULL;
	int label_line = -1;
	auto_free char *label = page_left(p, b, block_line(b, a->from), &label_line);
	auto_free char *quote = fact_quote(p, b, a->from, a->to), *key = g_strdup_printf("%lld", (long long)a->value);
	auto_free char *before = words_before(b, amounts, i);
	const char *heading = heading_of(p, block);
	auto_free char *clause = clause_of(b, a);
	struct pattern *is = PATTERN_BEST(budget_for, clause);
	bool apart = !is;
	json_t *fact;

	if (!is)
		is = PATTERN_BEST(budget_for, quote);
	apart = apart && is;
	if (!is)
		is = PATTERN_BEST(budget_before, before);

	if (!is && label)
		is = PATTERN_BEST(budget_for, label);
	if (!is && heading && text_words(b->text) < 12)
		is = PATTERN_BEST(budget_for, heading);
	if (!is || a->value < 1000 || is_other_money(quote) || (label && is_other_money(label)) ||
	    pattern_match(&part_before, before))
		return;
	if (i > 0) {
		const struct amount *under = &g_array_index(amounts, struct amount, i - 1);
		auto_free char *between = g_strndup(b->text + under->to, (gsize)MAX(a->from - under->to, 0));

		low = pattern_match(&range_joint, between) && under->value < a->value ? under : NULL;
	}
	fact = json_pack("{s:I, s:o, s:s}", "value", (json_int_t)a->value, "currency",
			 a->currency[0] ? json_string(a->currency) : json_null(), "kind", low ? "range" : is->word);
	if (low)
		json_object_set_new(fact, "minimum", json_integer(low->value));
	choice_add(c, fact,
		   fact_place(d, fact, p, quote)
			   ? is->score - (apart ? 12 : 0) + (low ? 3 : 0) + (pattern_match(&whole, quote) ? 4 : 0)
			   : 0,
		   key);
}

/* A row of a table says the value without a currency: "Estimated Bid Value  20000000". */
static void add_plain_number(struct choice *c, const struct doc *d, const struct page *p, int block)
{
	const struct block *b = page_block(p, block);
	int label_line = -1;
	auto_free char *label = NULL, *quote = NULL;
	struct pattern *is;
	int64_t value;
	json_t *fact;

	if (b->n != 1 || !money_number(b->text, d->language == LANG_DE, &value) || value < 1000)
		return;
	label = page_left(p, b, b->first, &label_line);
	is = label ? PATTERN_BEST(budget_for, label) : NULL;
	if (!is || pattern_match(&no_budget, label))
		return;
	quote = fact_pair(page_line(p, label_line)->text, b->text);
	fact = json_pack("{s:I, s:n, s:s}", "value", (json_int_t)value, "currency", "kind", is->word);
	choice_add(c, fact, fact_place(d, fact, p, quote) ? is->score - 6 : 0, b->text);
}

json_t *field_budget(const struct doc *d)
{
	auto_choice *c = choice_new();

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
	return choice_take_listing(c);
}

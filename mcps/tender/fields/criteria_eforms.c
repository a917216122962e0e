/* eForms name a criterion in one line and its weight some lines below; lots repeat the same criteria. */
#include <math.h>

#include "criteria.h"
#include "fact.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define MOST_NAME 60

static struct pattern weight_at = {
	"(?:zuschlagskriterium\\s*[—–-]+\\s*zahl|award criterion\\s*[—–-]*\\s*number|weight \\(?(?:percentage|points)?,? ?exact\\)?)\\s*:\\s*(?<weight>\\d{1,4}(?:[.,]\\d{1,2})?)",
	0, NULL, NULL
};
static struct pattern kind_at = { "^(?:art(?: des zuschlagskriteriums)?|type):\\s*(?<name>.+)", 0, NULL, NULL };
static struct pattern name_at = { "^(?:bezeichnung|name):\\s*(?<name>.+)", 0, NULL, NULL };
static struct pattern part_at = {
	"(?:^|\\s)\\(?(?:\\d|[a-h])\\s*[.)]+\\s*(?<name>\\p{Lu}[^.:;%]{2,150}?)[.:;,]?\\s*\\(?(?<weight>\\d{1,3})\\s*%",
	0, NULL, NULL
};

/* A criterion while it is read. */
struct open {
	char *kind, *name;
	const struct page *page;
	int line;       /* where its name stands */
	GString *about; /* the lines behind it */
};

void criteria_eforms_preload(void)
{
	pattern_compile(&weight_at, 1);
	pattern_compile(&kind_at, 1);
	pattern_compile(&name_at, 1);
	pattern_compile(&part_at, 1);
}

static void open_reset(struct open *o)
{
	g_clear_pointer(&o->kind, g_free);
	g_clear_pointer(&o->name, g_free);
	g_string_truncate(o->about, 0);
}

static char *value_of(struct pattern *label, const char *text)
{
	GMatchInfo *m = strchr(text, ':') ? pattern_find(label, text, 0) : NULL;
	char *value = m ? g_match_info_fetch_named(m, "name") : NULL;

	g_match_info_free(m);
	return value;
}

static const char *kind_word(const char *kind)
{
	if (!kind)
		return NULL;
	if (g_ascii_strncasecmp(kind, "preis", 5) == 0 || g_ascii_strncasecmp(kind, "price", 5) == 0)
		return "price";
	return g_ascii_strncasecmp(kind, "kosten", 6) == 0 || g_ascii_strncasecmp(kind, "cost", 4) == 0 ? "cost"
													: "quality";
}

/* "1) Erfahrung des Personals. 30 % … 2) Ausstattung 10 %" in what describes a criterion of 40. */
static void add_parts(struct criteria *c, const struct page *p, const char *about, double weight, int parent)
{
	GMatchInfo *m = pattern_find(&part_at, about, 0);
	unsigned first = c->items->len;
	double sum = 0;

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		auto_free char *name = g_match_info_fetch_named(m, "name"),
			       *part = g_match_info_fetch_named(m, "weight"), *short_name = NULL;

		/* "Erfahrung des Personals in der Bauleitung": the first words name it. */
		short_name = text_squeeze(name);
		if (criteria_add(c, p, short_name, g_ascii_strtod(part, NULL), "%", short_name))
			sum += g_ascii_strtod(part, NULL);
	}
	g_match_info_free(m);
	if (fabs(sum - weight) > 0.01) {
		g_array_set_size(c->items, first);
		return;
	}
	for (unsigned i = first; i < c->items->len; i++)
		g_array_index(c->items, struct criterion, i).parent = parent;
}

static void close_criterion(struct criteria *c, struct open *o, const struct page *p, const char *weight,
			    const char *line)
{
	/* A long name describes; then the kind of criterion is its name. */
	const char *name = o->name && strlen(o->name) < MOST_NAME && !strchr(o->name, ':') ? o->name : o->kind;
	auto_free char *point = g_strdelimit(g_strdup(weight), ",", '.'), *quote = NULL;
	double value = g_ascii_strtod(point, NULL);
	unsigned n = c->items->len;

	if (!name)
		return;
	quote = fact_pair(name, line);
	/* The next page may begin between the two. */
	if (name == o->name && o->page != p && fact_stands(o->page, name)) {
		if (!criteria_add(c, o->page, name, value, "%", name))
			return;
	} else if (!criteria_add(c, p, name, value, "%", fact_stands(p, quote) ? quote : line)) {
		return;
	}
	g_array_index(c->items, struct criterion, n).kind = kind_word(o->kind);
	add_parts(c, p, o->about->str, value, (int)n);
}

void criteria_eforms(const struct doc *d, struct criteria *c)
{
	struct open o = { .about = g_string_new(NULL) };

	for (unsigned i = 0; i < d->pages->len && criteria_sum(c) < 99.9; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len && criteria_sum(c) < 99.9; k++) {
			const char *text = page_line(p, k)->text;
			auto_free char *kind = value_of(&kind_at, text), *name = value_of(&name_at, text);
			GMatchInfo *m = strchr(text, ':') ? pattern_find(&weight_at, text, 0) : NULL;

			if (kind) {
				open_reset(&o);
				o.kind = steal(kind);
				o.page = p;
			} else if (name) {
				g_free(o.name);
				o.name = steal(name);
				o.page = p;
			} else if (m) {
				auto_free char *weight = g_match_info_fetch_named(m, "weight");

				close_criterion(c, &o, p, weight, text);
				open_reset(&o);
			} else if (o.kind && o.about->len < 4000) {
				text_join(o.about, text);
			}
			g_match_info_free(m);
		}
	}
	open_reset(&o);
	g_string_free(o.about, TRUE);
}

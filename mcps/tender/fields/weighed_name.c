#include "weighed_name.h"

#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define MOST_NAME  110 /* bytes of a name in a sentence */
#define MOST_WORDS 12
#define EXPLAINING 4 /* words behind it at least */
#define HEAD_WORDS 6 /* words before a colon that are a name, what follows explains it */

/* What stands before a name and is none of it, ... */
static const char head_words[] =
	" "
	"and und sowie the a an ein eine einen for für of der die das den dem des auf zu mit on to with von is ist nach im "
	"in at our your their its both aus ";
/* ... and behind it. */
static const char tail_words[] =
	" "
	"and und sowie or with mit zu zur at worth weighted weight weighting weightage weights weightings of "
	"gewichtung gewicht gewichtet wichtung einer einem ein eine eines a an the is ist sind are was will "
	"shall be being carry carries carrying count counts counting account accounts accounting for make "
	"makes making represent represents representing contribute contributes receive receives get gets has "
	"have having given attract attracts geht gehen macht machen zählt zählen fließt fließen fliesst "
	"fliessen erhält erhalten hat haben beträgt betragen wird werden bis max maximum maximal up from by "
	"scored assigned allocated awarded marked rated valued anteil anteilig von höhe in jeweils auf to "
	"while whereas plus für as auch aber another remaining = out bewertet gewertet berücksichtigt "
	"einbezogen beurteilt weigh weighs can may earn earns respectively possible der die das their its "
	"respective relative importance bid bids einfließen eingehen other rest übrigen restlichen verbleibenden anderen score scores "
	"weiteren ";
/* Behind these the first name of a sentence begins. */
static const char intro_words[] =
	" "
	"on against by based basis nach anhand kriterien criteria factors zuschlagskriterien "
	"wertungskriterien bewertungskriterien kriterium criterion zuschlagskriterium bewertet bewerten "
	"gewertet gewichten gewichtet erhält erhalten wird werden sind ist is are namely lauten lautet zählt "
	"zählen gelten gilt geht gehen fließt fließen bilden follows folgt using considering comprising "
	"includes score weigh give allocate assess where wobei dabei hierbei davon that bewertungsmatrix wir "
	"look looking consider compare berücksichtigen betrachten weightage weighting weight gewichtung weights weightings auf zwischen between sich ";
/* Behind one of these an article goes on with a name; behind another word it begins one. */
static const char link_words[] =
	" "
	"of for in on at to with from and or by as than per within between across through after before during around over "
	"under against into about is are ";
static struct pattern row_label = {
	"^(?:(?:award |evaluation |selection |haupt|unter|zuschlags|wertungs|bewertungs)?(?:criterion|factor|section|part|kriterium|teil|abschnitt)\\s+(?:no\\.? ?|nr\\.? ?)?(?:[\\d.]{1,5}|[ivxa-h]{1,3})\\s*[:.)–—-]+\\s*|(?:AC|EC|ZK|K|C|Q)[ .-]?\\d{1,2}(?:\\.\\d{1,2})?\\s*[:–—-]+\\s+|(?:(?:award |evaluation |selection |zuschlags|wertungs|bewertungs)?(?:criterion|criteria|kriterium|kriterien)|wertung|evaluation)\\s*:\\s*)(?=\\p{L})",
	0, NULL, NULL
};
/* What still belongs to the weight: "40 % of the total score for price" */
static struct pattern of_all = {
	"^\\s*(?:of|der|von|an der) (?:the |den |der )?(?:(?:total|overall|available|possible|final) )*(?:marks|points|score|weight\\w*|evaluation|gesamtpunkt\\w*|gesamtwertung|gesamtbewertung|wertung|bewertung|punkte)\\b",
	0, NULL, NULL
};
/* Where the next name begins behind a weight. */
static struct pattern part_end = { ";\\s+|,\\s+|\\.\\s+|\\s[/|+]\\s|\\s(?:und|and|sowie|while|whereas|plus)\\s", 0,
				   NULL, NULL };
/* "In the comparison, price …": what leads to the first name. */
static struct pattern lead_in = {
	"^\\W*(?:in|at|for|under|within|during|when|if|bei|beim|für|im|während)\\b[^,;:]{3,80},\\s+(?=\\p{L})", 0, NULL,
	NULL
};
static struct pattern stage_at = { "^\\W*(?:in|at|under|within|during)\\s", 0, NULL, NULL };
/* "…, which four colleagues judge," says more of a name, and is none of it. */
static struct pattern side_clause = {
	"(?:,\\s+(?:die|der|das|dem|den|wie|was|which|who|that|as|the|an?|where|with|each|mit|wobei)\\s|\\sas "
	"(?:found|set out|shown|given|stated|described|defined|assessed|determined|measured|evaluated|demonstrated|per)\\b).*$",
	0, NULL, NULL
};
/* What ends a name that another weight follows. */
static struct pattern stop_within = { "[;.]\\s|\\s\\(|\\s(?:which|who|wobei|where|as set out|see)\\s", 0, NULL, NULL };
static struct pattern stop_at = { "[;,.]\\s|\\s\\(|\\s(?:which|who|die|das|wobei|where|as set out|see)\\s", 0, NULL,
				  NULL };

void weighed_name_preload(void)
{
	pattern_compile(&part_end, 1);
	pattern_compile(&stop_at, 1);
	pattern_compile(&row_label, 1);
	pattern_compile(&of_all, 1);
	pattern_compile(&lead_in, 1);
	pattern_compile(&stage_at, 1);
	pattern_compile(&side_clause, 1);
	pattern_compile(&stop_within, 1);
}

static bool is_among(const char *table, const char *word, size_t len)
{
	auto_free char *low = g_utf8_strdown(word, (gssize)len), *spaced = g_strconcat(" ", low, " ", NULL);

	return strstr(table, spaced) != NULL;
}

/* The first bytes of s that part words. */
static size_t marks_before(const char *s)
{
	static const char *const marks[] = { "–", "—", "•", "…" };
	size_t n = strspn(s, " :;,.)-/=|+*");

	for (size_t i = 0; i < N_ELEMS(marks); i++) {
		if (util_starts(s + n, marks[i]))
			return n + strlen(marks[i]) + marks_before(s + n + strlen(marks[i]));
	}
	return n;
}

static void cut_marks_behind(char *s)
{
	static const char *const marks[] = { "–", "—", "•", "…" };

	for (size_t i = 0, len = strlen(s); i <= N_ELEMS(marks); i++) {
		if (len > 0 && strchr(" :;,.(-/=|+*", s[len - 1])) {
			s[--len] = '\0';
			i = (size_t)-1;
		} else if (i < N_ELEMS(marks) && util_ends(s, marks[i])) {
			len -= strlen(marks[i]);
			s[len] = '\0';
			i = (size_t)-1;
		}
	}
}

void weighed_name_cut_tail(char *name)
{
	for (;;) {
		const char *space;
		size_t at, len;

		cut_marks_behind(name);
		space = strrchr(name, ' ');
		at = space ? (size_t)(space + 1 - name) : 0;
		at += strspn(name + at, "(");
		len = strlen(name + at);
		if (len == 0 || !is_among(tail_words, name + at, len))
			return;
		name[at] = '\0';
	}
}

static void cut_head(char *name)
{
	for (;;) {
		size_t skip = marks_before(name), len;

		skip += text_bullet(name + skip);
		len = strcspn(name + skip, " ,;:");
		if (len > 0 && is_among(head_words, name + skip, len))
			skip += len;
		if (skip == 0)
			return;
		memmove(name, name + skip, strlen(name + skip) + 1);
	}
}

/* Remove what p, which is anchored, finds at the beginning. */
static void cut_match(struct pattern *p, char *name)
{
	GMatchInfo *m = pattern_find(p, name, 0);
	int from, to;

	if (m && g_match_info_fetch_pos(m, 0, &from, &to))
		memmove(name, name + to, strlen(name + to) + 1);
	g_match_info_free(m);
}

/* What introduces the first name of a sentence is cut, where something is left behind it. */
static void cut_intro(char *name)
{
	size_t keep = 0;

	for (size_t at = 0; name[at];) {
		size_t len = strcspn(name + at, " "),
		       word = len - (len > 0 && strchr(":,", name[at + len - 1]) != NULL);

		if (name[at + len] && (is_among(intro_words, name + at, word) || word < len))
			keep = name[at + word] == ',' ? keep : at + len;
		at += len + strspn(name + at + len, " ");
	}
	memmove(name, name + keep, strlen(name + keep) + 1);
}

/* "In the comparison the price": the name begins with the last article that no preposition leads to. */
static void cut_to_article(char *name)
{
	const char *begin = NULL;
	size_t was = 0;

	if (!pattern_match(&stage_at, name))
		return;
	for (size_t at = 0, len; name[at]; was = at, at += len + strspn(name + at + len, " ")) {
		len = strcspn(name + at, " ");
		if (at > 0 && len == 3 && g_ascii_strncasecmp(name + at, "the", 3) == 0 &&
		    !is_among(link_words, name + was, strcspn(name + was, " ")))
			begin = name + at;
	}
	if (begin)
		memmove(name, begin, strlen(begin) + 1);
}

/* End the name where p finds something behind its first words. */
static void cut_from(struct pattern *p, char *name)
{
	GMatchInfo *m = pattern_find(p, name, 0);
	int from = 0;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL) && from > 0)
		name[from] = '\0';
	g_match_info_free(m);
}

/* A bracket that closes what was open before the text began. */
static const char *behind_bracket(const char *text)
{
	int depth = 0;

	for (const char *s = text; *s; s++) {
		depth += *s == '(';
		if (*s == ')' && depth-- == 0)
			return s + 1;
	}
	return text;
}

/* Where the next name begins behind a weight. */
static const char *behind_part(const char *text)
{
	const char *begin = behind_bracket(text);
	GMatchInfo *m = pattern_find(&part_end, begin, 0);
	int from = 0, to = 0;

	if (m)
		g_match_info_fetch_pos(m, 0, &from, &to);
	g_match_info_free(m);
	return begin + to;
}

char *weighed_name_before(const char *text, bool first)
{
	char *name = g_strdup(first ? text : behind_part(text));

	weighed_name_cut_tail(name);
	if (first) {
		cut_match(&lead_in, name);
		cut_to_article(name);
		cut_intro(name);
	}
	cut_head(name);
	cut_from(&side_clause, name);
	weighed_name_cut_tail(name);
	return name;
}

char *weighed_name_behind(const char *text, bool last)
{
	char *name = g_strdup(text);

	cut_match(&of_all, name);
	cut_head(name);
	cut_from(last ? &stop_at : &stop_within, name);
	cut_from(&side_clause, name);
	weighed_name_cut_tail(name);
	return name;
}

bool weighed_name_is_good(const char *name)
{
	return strlen(name) < MOST_NAME && text_words(name) >= 1 && text_words(name) <= MOST_WORDS &&
	       !strchr(name, '%') && !strstr(name, ". ");
}

gchar **weighed_name_list(const char *text)
{
	auto_free char *stem = g_strdup(text);
	gchar **parts;

	weighed_name_cut_tail(stem);
	cut_intro(stem);
	parts = pattern_split(&part_end, stem);
	for (gchar **part = parts; *part; part++) {
		cut_head(*part);
		weighed_name_cut_tail(*part);
	}
	return parts;
}

/* "Price: the total over four years" is called Price. */
static void cut_explanation(char *name)
{
	char *colon = strstr(name, ": ");

	if (colon) {
		*colon = '\0';
		if (text_words(name) < 1 || text_words(name) > HEAD_WORDS || text_words(colon + 1) < EXPLAINING)
			*colon = ':';
	}
}

void weighed_name_title(char *name)
{
	cut_match(&row_label, name);
	cut_explanation(name);
}

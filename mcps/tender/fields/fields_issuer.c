/* Who buys. */
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "names.h"
#include "person.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

/* What may stand behind a label: another name for it, or words in brackets. */
#define TAIL "(?:\\s*/\\s*[\\w -]+| \\([^)]{1,60}\\))*(?=\\s*:|$)"
#define BODY_EN                                                                                                        \
	"(?:authority|entity|agency|organi[sz]ation|body|office|department|party|company|institution|government|unit)" \
	"(?:'s)?"
#define ACTING_EN                                                                                                           \
	"(?:contracting|procuring|purchasing|ordering|issuing|tendering|awarding|buying|commissioning|requesting|inviting|" \
	"tender inviting|soliciting|procurement|implementing)"

static struct pattern issuer_labels[] = {
	{ "^(?:offizielle bezeichnung|official name|offizieller name)(?=\\s*:)", 95, NULL, NULL },
	{ "^(?:the )?" ACTING_EN " " BODY_EN "(?: name)?" TAIL, 90, NULL, NULL },
	{ "^(?:issued|published|tendered|procured|commissioned) by" TAIL "|^agency name" TAIL
	  "|^name of (?:the )?(?:agency|buyer|purchaser|client|employer|owner|contracting " BODY_EN "|" BODY_EN
	  ")" TAIL,
	  88, NULL, NULL },
	{ "^(?:the )?(?:buyer|purchaser|client|employer|owner|agency|authority|organi[sz]ation|issuer|principal|customer)(?: name)?" TAIL,
	  82, NULL, NULL },
	{ "^(?:company|institution|by|on behalf of|department|ministry)(?: name)?(?=\\s*:)", 78, NULL, NULL },
	{ "^(?:öffentlicher? )?auftraggeber(?:in|/-?in|[*:_]in)?" TAIL
	  "|^(?:beschaffer|bauherr(?:in)?|besteller(?:in)?|auslober(?:in)?)" TAIL
	  "|^name und (?:anschrift|adresse)(?: (?:des|der) \\w+)?" TAIL "|^offizieller name und adresse.*(?=\\s*:|$)",
	  86, NULL, NULL },
	{ "^(?:bedarfsstelle|vergabestelle|ausschreibende stelle|bedarfsträger(?:in)?|zur angebotsabgabe auffordernde stelle)(?:, .{5,60})?" TAIL,
	  80, NULL, NULL },
	{ "organi[sz]ation name$", 86, NULL, NULL },
};

/* Under the German label stands a form whose first row has the name. */
static struct pattern issuer_form = { "^(?:bezeichnung|name)(?=\\s*:|$)", 0, NULL, NULL };
static struct pattern issuer_head = { "auftraggeber|auffordernde[nr]? stelle|vergabestelle|beschaffer", 0, NULL, NULL };

/* A word in capitals is one word: were it taken for several, there would be millions of ways to part a line of them. */
#define PROPER_WORD "(?-i:(?:\\p{Lu}|gGmbH|gAG|mbH)[\\w'’&.-]*)"
#define PROPER_GAP  "(?:,? (?:of the|of|and|the|for|&|on|in|für|und|am|im|an der|zu|zur|des|de|du|del) |,? )"
#define PROPER                                                                                                                              \
	"(?!(?:hello|hi|dear|notice|sealed|date|this|these|our|your|each|all|any|no|if|when|as|dies\\w*|wir|ihr|unser\\w*)\\b)" PROPER_WORD \
	"(?:" PROPER_GAP PROPER_WORD "){0,12}" PROPER_GAP "?"
#define BUYING                                                                                                                   \
	"(?:(?:is|are|will be|has|have|now|hereby|currently|kindly|cordially|also|therefore)\\s+)*"                              \
	"(?:seeking|looking (?:for|to)|soliciting|requesting|issuing|inviting|accepting|procuring|tendering|planning to|"        \
	"intending to|invites|seeks|requests|solicits|intends to|issues|wishes to|desires to|plans to|proposes to|"              \
	"will (?:receive|accept|procure|award|appoint|purchase|open)|wants to|is the (?:contracting authority|buyer|purchaser)|" \
	"requires (?:the services|a|an)|needs (?:a|an)|(?:is )?in need of|would like to)\\b"
#define BUYING_DE                                                                                                          \
	"(?:beabsichtigt|schreibt|sucht|vergibt|möchte|beschafft|ersetzt|führt|benötigt|bittet|lädt|fordert|erneuert|" \
	"plant(?=,| die| den| das| eine| im| für| zum))\\b"

/* Words without which none of issuer_says matches: cheaper than all of them. */
static struct pattern any_saying = {
	"seek|look|solicit|request|issu|invit|accept|procur|tender|plan|inten|wish|desir|propos|will (?:receive|accept|award|appoint|purchase|open)|"
	"contracting|want|requires|need|would like|beabsichtigt|schreibt|sucht|vergibt|möchte|beschafft|ersetzt|führt|benötigt|bittet|lädt|fordert|"
	"auftraggeber|vergabestelle|\\bwir,|\\bwe,|\\((?:the|herein|hereafter)\\b|[\"“„'‘]|nachfolgend|im folgenden|hereinafter|receiv|behalf|(?:issued|published|released|prepared) by",
	0, NULL, NULL
};

static struct pattern issuer_says[] = {
	{ "(?<value>(?:The )?" PROPER ")(?:\\s*\\([^)]{2,60}\\))?,? " BUYING, 72, NULL, NULL },
	{ "(?<value>(?:The )?" PROPER
	  ")\\s*[,(–-]{1,2}\\s*(?:(?:hereinafter|hereafter|below|herein|referred to|called|known as|nachfolgend|nachstehend|im folgenden|im weiteren|fortan|kurz|also|auch|as|als|the|die|der|[:,\"“„'‘]|\\s)\\s*)+"
	  "(?<short>(?:contracting |public |öffentliche[r]? )?(?:authority|council|city|town|township|village|county|district|state|college|university|school|library|buyer|customer|client|principal|"
	  "purchaser|owner|employer|trust|department|agency|board|commission|court|bank|hospital|government|institute|foundation|ministry|corporation|association|society|"
	  "auftraggeber(?:in)?|AG|vergabestelle|besteller(?:in)?|bauherr(?:in)?))(?: genannt| bezeichnet)?\\s*[\"”“'’)–,-]",
	  80, NULL, NULL },
	{ "(?<value>" PROPER
	  ")\\s*\\((?:hereinafter[^)]{0,40})?(?:the )?[\"“„'‘](?:the )?(?-i:[A-Z])[\\w& -]{1,30}[\"”“'’]\\)",
	  68, "named", NULL },
	{ "(?<value>(?:The )?" PROPER ")(?:\\s*\\([^)]{2,30}\\))?(?:,(?! invites).{3,200}?), " BUYING, 74, NULL, NULL },
	{ "(?:^|\\. |\\b[Dd]er |\\b[Dd]ie |\\b[Dd]as )(?:Der |Die |Das )?(?<value>(?-i:\\p{Lu})[\\w'’-]+(?: (?-i:\\p{Lu})[\\w'’-]+| (?:am|an der|im|für|und|&) (?-i:\\p{Lu})[\\w'’.-]+){0,7})(?:\\s*\\([^)]{2,60}\\))?"
	  "(?:, vertreten durch [^.;]{3,120}?,)? " BUYING_DE,
	  72, NULL, NULL },
	{ "\\b(?:auftraggeber(?:in)?|vergabestelle|bauherr(?:in)?) (?:ist|sind) (?:die |der |das )?(?<value>" PROPER
	  ")",
	  80, NULL, NULL },
	{ "\\b(?:contracting (?:authority|entity)|buyer|client|purchaser|employer|issuing agency|procuring entity) is (?:the )?(?<value>" PROPER
	  ")",
	  80, NULL, NULL },
	{ "\\b(?:will|shall|must|are to|may) be (?:received|accepted|opened|submitted|delivered) (?:by|at|to) (?:the )?(?:offices? of (?:the )?)?(?<value>" PROPER
	  ")",
	  66, "named", NULL },
	{ "\\b(?:issued|published|released|prepared) (?:by|on behalf of) (?:code \\w+ )?(?:the )?(?<value>" PROPER ")",
	  74, NULL, NULL },
	{ "\\b(?:wir|we),? (?:die |der |das |the )?(?<value>" PROPER "),", 70, NULL, NULL },
	{ "\\bnotice is hereby given (?:that|by) (?:the )?(?<value>" PROPER ")", 76, NULL, NULL },
	{ "\\bon behalf of (?:the )?(?<value>" PROPER ")", 70, "named", NULL },
	{ "\\b(?:im namen und )?im auftrag der (?<value>" PROPER ")", 70, "named", NULL },
};

static struct pattern asked_for = {
	"^(?:(?:by|to|for|on behalf of) (?:the )?|(?:für|der|des|durch) (?:die |das |den )?)(?=(?-i:\\p{Lu}))", 0, NULL,
	NULL
};

/* What an address begins with: behind it no name goes on. */
static struct pattern place = {
	"\\d+ \\p{L}|\\p{L}[.]? ?\\d+[a-z]?(?:\\W*\\d+)?$|\\b\\d{4,6}\\b|p\\. ?o\\. ?box|postfach|\\bfloor\\b|@|\\(?\\d{3}\\)?[ -]\\d{3}|https?:|www\\.|tel\\b|"
	"(?:building|street|road|avenue|straße|platz|registered|amtsgericht|vat)\\b",
	0, NULL, NULL
};
static struct pattern no_name = { "^\\W*\\d|@|https?:|www\\.|\\(?\\d{3}\\)?[ -]\\d{3}", 0, NULL, NULL };
static struct pattern unit = {
	"^(?:region|bezirk|referat|dezernat|abteilung|division|district|ward|zone|fachbereich|amt|los) \\d+", 0, NULL,
	NULL
};

/* What is no name of a buyer, though it stands where one may. */
static struct pattern no_issuer = {
	"\\b(?:contractor|bidder|tenderer|offeror|vendor|supplier|proposer|bieter|auftragnehmer|consultant|respondent)s?\\b|\\bsign(?:ature|ed)|\\bsiehe\\b|^see\\b|"
	"^(?:this|it|we|you|they|wir|sie|er|es|dies\\w*|section|part|the (?:city|county|council|court|agency|government|authority|state|company|bank|university|trust|department|college|owner|client|buyer|district|board)|"
	"(?:the )?board of (?:county |city |town )?(?:commissioners|supervisors|trustees|directors|education|governors|regents)|request|invitation|tender|project|committee|board|city|county|council|court|agency|authority|trust|department|client|buyer|owner|district|der auftraggeber|auftraggeber(?:in)?|stelle|vergabestelle)$|nachprüfung|vergabekammer|____",
	0, NULL, NULL
};

/* Nor is the person who signs for them. */
static struct pattern person = {
	"^(?:the )?(?:\\w+ ){0,2}(?:engineer|commissioner|director|superintendent|registrar|secretary|manager|officer|agent|president|mayor|clerk|buyer|"
	"bürgermeister(?:in)?|landrat|landrätin|leiter(?:in)?|chairman|administrator)(?: of (?:the )?(?:court|board|council|city|county|district|town))?$",
	0, NULL, NULL
};

static struct pattern proof = {
	"\\b(?:certificates?|certification|licen[cs]es?|permits?|letters?|guarantees?|bonds?|clearances?|registrations?|statements?|policy|policies|cards?|accreditations?|"
	"verification|(?:verification|registration|licen[cs]e|tax|permit) numbers?|guidelines?|guidance|standards?|regulations?|orders?)\\b[^.;:]{0,60}\\b(?:issued|published|released|prepared) (?:by|on behalf of)\\W+(?:the )?$",
	0, NULL, NULL
};

/* The office that deals with it is not who buys, as long as that has a name. */
static struct pattern desk = {
	"^(?:the )?(?:group |central |zentrale |office of )?(?:procurement|purchasing|acquisition|contracts?|einkauf|beschaffung|vergabestelle|sourcing)\\b",
	0, NULL, NULL
};

/* A state buys through an authority of it, which may in turn be represented by a person. */
static struct pattern state = {
	"^(?:(?:die |das |der |the )?(?:bundesrepublik \\p{L}+|republik \\p{L}+|land(?: (?-i:\\p{Lu})\\p{L}+)?|freistaat(?: \\p{L}+)?|bund|freie (?:und )?hansestadt \\p{L}+|(?:kanton|canton) \\p{L}+|"
	"united states(?: of america)?|united kingdom|(?:people's )?republic of \\p{L}+|kingdom of \\p{L}+|(?:federal |royal )?government of [\\p{L} ]{3,30}|(?:state|commonwealth|province) of [\\p{L} ]{3,30}|"
	"(?:his|her) majesty the (?:king|queen)[\\p{L} ]{0,40}|president of \\p{L}+|governor of [\\p{L} ]{3,30}|crown))"
	"(?: \\([^)]{2,40}\\)|[ -]\\p{L}+)?,? (?=vertreten|dieses? |endvertreten|represented|acting|through|by and through|d\\. ?v\\. ?d)",
	0, NULL, NULL
};
static struct pattern acting = {
	"\\b(?:(?:end)?vertreten durch|represented (?:herein )?by|acting (?:herein )?(?:by and )?(?:through|by)|by and through|through) (?:die |das |den |der |its |the )?(?<value>" PROPER
	")",
	0, NULL, NULL
};

/* "State Survey of", "Kantonsspital Vorderalp (KSV)": the name is what stands before. */
static struct pattern dangling = {
	", (?:region|district|division|zone|bezirk|referat|dezernat|abteilung)$|,? (?:of|and|the|for|&|on|in|für|und|am|im|an der|zu|zur|des|de)$",
	0, NULL, NULL
};
static struct pattern short_name = {
	" \\((?:(?:im (?:folgenden|weiteren)|nachfolgend|nachstehend|kurz|hereinafter|hereafter)\\W+(?:the |die |das |der )?)?[\"“„]?(?-i:[\\p{Lu}&-]{2,10})[\"”“]?\\)$",
	0, NULL, NULL
};

/* "…, of Kern County, State of …": where it is. */
static struct pattern where_it_is = {
	",(?: of)?(?: located in| in and for)? (?:the )?(?:(?-i:\\p{Lu}[\\w-]*) ){1,3}(?:county|parish|township|state)\\b.*$|, (?:state|county|commonwealth|province) of .*$|"
	", (?:an?|eine?) (?:political|public|municipal|body|non-?profit|statutory|körperschaft|anstalt|charitable|registered)\\b.*$",
	0, NULL, NULL
};
/* "Board of Education of the Larch School District": who decides for it. */
static struct pattern board = {
	"^(?:the )?(?:board|council|commission|court|college) of (?:(?:education|trustees|directors|supervisors|governors|regents|commissioners|managers) (?:of|for) the |"
	"(?:county |city |town )?(?:commissioners|supervisors)(?: (?:of|for)|,) )",
	0, NULL, NULL
};

/* A name that goes on as a sentence: "Die Universität Hohenfels ist eine …". */
static struct pattern sentence = {
	",? (?:diese[rs]? |itself )?(?:vertreten durch|represented by|acting (?:through|by)|c/o)\\b.*$|"
	",? (?:ist|is|sind|are|hat|has|mit|with|betreibt|versorgt|runs|operates|provides|beabsichtigt|schreibt|vergibt|sucht|möchte|bittet|lädt|fordert|will|wird|which|that|who|serves|covers|owns)\\b.*$",
	0, NULL, NULL
};

void fields_issuer_preload(void)
{
	names_preload();
	pattern_compile(issuer_labels, N_ELEMS(issuer_labels));
	pattern_compile(&issuer_form, 1);
	pattern_compile(&issuer_head, 1);
	pattern_compile(&any_saying, 1);
	pattern_compile(issuer_says, N_ELEMS(issuer_says));
	pattern_compile(&place, 1);
	pattern_compile(&no_name, 1);
	pattern_compile(&unit, 1);
	pattern_compile(&no_issuer, 1);
	pattern_compile(&proof, 1);
	pattern_compile(&desk, 1);
	pattern_compile(&asked_for, 1);
	pattern_compile(&person, 1);
	pattern_compile(&state, 1);
	pattern_compile(&acting, 1);
	pattern_compile(&where_it_is, 1);
	pattern_compile(&board, 1);
	pattern_compile(&sentence, 1);
	pattern_compile(&dangling, 1);
	pattern_compile(&short_name, 1);
}

static void cut_end(GString *name, struct pattern *end)
{
	GMatchInfo *m = pattern_find(end, name->str, 0);
	int from;

	if (m && g_match_info_fetch_pos(m, 0, &from, NULL) && from > 0)
		g_string_truncate(name, (gsize)from);
	g_match_info_free(m);
}

/* "Bundesrepublik Deutschland, vertreten durch das Amt …": from the last authority that is named on; NULL for none. */
static char *behind_state(const char *value)
{
	GMatchInfo *m = pattern_match(&state, value) ? pattern_find(&acting, value, 0) : NULL;
	char *last = NULL;

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		auto_free char *name = g_match_info_fetch_named(m, "value");
		int from;

		if (!names_organisation(g_strchomp(name)) || !g_match_info_fetch_named_pos(m, "value", &from, NULL))
			continue;
		g_free(last);
		last = g_strdup(value + from);
	}
	g_match_info_free(m);
	return last;
}

/* Who decides for a buyer is not the buyer, where that has a name of its own. */
static void drop_board(GString *name)
{
	GMatchInfo *m = pattern_find(&board, name->str, 0);
	int to;

	if (m && g_match_info_fetch_pos(m, 0, NULL, &to) && names_organisation(name->str + to))
		g_string_erase(name, 0, to);
	g_match_info_free(m);
}

/* "Jane Roe, Procurement Associate": who signs. */
static bool is_person(gchar **parts)
{
	if (parts[0] && parts[1])
		parts[1][text_sentence(parts[1]) - parts[1]] = '\0';
	return parts[0] && parts[1] && !names_organisation(parts[0]) && text_words(parts[0]) <= 4 &&
	       person_is_name(parts[0]) && person_is_role(parts[1]);
}

/* The name, without the address behind it; NULL when nothing of it is a name. cut says that there was an address. */
static char *name_of(const char *value, bool *cut)
{
	auto_free char *authority = behind_state(value);
	gchar **parts = g_strsplit(authority ? authority : value, ", ", -1);
	GString *name = g_string_new(NULL);

	*cut = is_person(parts);
	for (gchar **part = parts; *part && !*cut; part++) {
		if (name->len == 0 && part[1] && pattern_match(&person, *part))
			continue;
		*cut = pattern_match(part == parts ? &no_name : &place, *part) && !pattern_match(&unit, *part);
		if (!*cut)
			g_string_append_printf(name, "%s%s", name->len ? ", " : "", *part);
	}
	g_strfreev(parts);
	cut_end(name, &sentence);
	cut_end(name, &where_it_is);
	drop_board(name);
	cut_end(name, &dangling);
	cut_end(name, &short_name);
	if (name->len < 3 || pattern_match(&no_issuer, name->str) || pattern_match(&person, name->str)) {
		g_string_free(name, TRUE);
		return NULL;
	}
	return g_string_free(name, FALSE);
}

#define DESK_LESS 14

static void add_issuer(struct choice *c, const struct doc *d, const struct page *p, const char *value,
		       const char *quote, int score)
{
	bool cut;
	auto_free char *name = name_of(value, &cut);

	if (!name || text_words(name) > 16 || names_document(name) || util_ends(name, "?") ||
	    g_unichar_islower(g_utf8_get_char(name)))
		return;
	if (names_organisation(name))
		score += 3;
	else if (cut && strchr(value, '@'))
		score -= 40; /* a person with an address */
	if (pattern_match(&desk, name))
		score -= DESK_LESS;
	names_add(c, d, p, name, quote, score);
}

/* The first organisation behind a label is the buyer, others that a notice names so are courts and services. */
#define AGAIN_LESS 8

static struct pattern *label_of(const char *text)
{
	return strlen(text) < 200 ? PATTERN_BEST(issuer_labels, text + label_begin(text)) : NULL;
}

static void add_labelled(struct choice *c, const struct doc *d, const struct page *p, int n[N_ELEMS(issuer_labels)])
{
	for (int k = 0; k < (int)p->lines->len; k++) {
		const char *text = page_line(p, k)->text;
		struct pattern *label = label_of(text);
		struct labelled l;
		int doubt, *again = label ? &n[label - issuer_labels] : NULL;

		if (!label || !label_value(p, k, label, &l))
			continue;
		doubt = strchr(text, ':') || names_first_cell(p, k) ? 0 : 50;
		if (!doubt && l.line != l.value_line && page_line(p, l.value_line)->y0 > page_line(p, k)->y1 - 1)
			doubt = names_organisation(l.value) ? 4 : 16;
		add_issuer(c, d, p, l.value, l.quote,
			   names_early(p, label->score) - doubt - AGAIN_LESS * MIN(*again, 5));
		++*again;
		labelled_release(&l);
	}
}

static void add_form(struct choice *c, const struct doc *d, const struct page *p)
{
	int head = -100;

	for (int k = 0; k < (int)p->lines->len; k++) {
		struct labelled l;

		if (pattern_match(&issuer_head, page_line(p, k)->text))
			head = k;
		if (k - head > 4 || !label_value(p, k, &issuer_form, &l))
			continue;
		add_issuer(c, d, p, l.value, l.quote, names_early(p, 90));
		labelled_release(&l);
		head = -100;
	}
}

#define PROSE          160 /* bytes of a block that is no letterhead */
#define FURNITURE_LESS 6

/* begin is where the text of the line begins that counts. */
static bool in_prose(const struct page *p, int k, int begin)
{
	const struct line *l = page_line(p, k), *above = k > 0 ? page_line(p, k - 1) : NULL;
	const struct block *b = page_block(p, l->block);
	/* The line above is full: this one goes on from it. */
	bool goes_on = k > b->first && above && above->x1 - b->x0 > 0.85 * (b->x1 - b->x0) &&
		       strlen(b->text) > PROSE / 2 && text_words(above->text) > 8;

	/* Letters read from a picture may join a letterhead with the address under it. */
	if (p->ocr && k == b->first && text_upper(l->text))
		return false;
	return goes_on || strlen(b->text) > PROSE || !g_unichar_isupper(g_utf8_get_char(l->text + begin));
}

#define FOR_MORE 3 /* "for the Ministry of …": who it is for */

/* A line of the first page that is the name of an organisation, perhaps behind "for the". */
static void add_organisations(struct choice *c, const struct doc *d, const struct page *p)
{
	for (int k = 0; k < (int)p->lines->len && k < 40; k++) {
		const char *text = page_line(p, k)->text;
		GMatchInfo *m = pattern_find(&asked_for, text, 0);
		int words = text_words(text), begin = 0;

		if (m)
			g_match_info_fetch_pos(m, 0, NULL, &begin);
		g_match_info_free(m);
		if (words < 2 || words > 12 || strchr(text, ':') || in_prose(p, k, begin) ||
		    !names_organisation(text + begin))
			continue;
		add_issuer(c, d, p, text + begin, text,
			   (k < 12 ? 66 : 56) - k / 4 + (begin ? FOR_MORE : 0) -
				   (page_line(p, k)->furniture ? FURNITURE_LESS : 0));
	}
}

/* What a bidder brings is issued by others. */
static bool is_proof(const struct block *b, int from)
{
	auto_free char *before = g_strndup(b->text, (gsize)from);

	return pattern_match(&proof, before);
}

#define SHORT_MORE 12
#define MOST_FULL  10 /* words of a name in a letterhead */

/* The line of a letterhead or footer in which a word stands with more of the name; NULL for none. */
static const struct line *full_line(const struct page *p, const char *word)
{
	size_t len = strlen(word);

	for (int k = 0; k < (int)p->lines->len; k++) {
		const char *text = page_line(p, k)->text, *at = strstr(text, word);
		int words = at ? text_words(text) : 0;

		if (words > 1 && words < MOST_FULL && !strchr(text, ':') && !g_ascii_isalpha(at[len]) &&
		    (at == text || !g_ascii_isalpha(at[-1])) && (page_line(p, k)->furniture || !in_prose(p, k, 0)) &&
		    !names_work(text) && !names_document(text) &&
		    (names_organisation(text) || !strpbrk(text, "0123456789")))
			return page_line(p, k);
	}
	return NULL;
}

/* "The Trust seeks …", "Der Kirchenkreis beabsichtigt …": the first page has the whole name. */
static void add_short(struct choice *c, const struct doc *d, const char *word, int score)
{
	const struct page *first = doc_page(d, 0);
	const struct line *full = first->readable ? full_line(first, word) : NULL;

	if (full)
		add_issuer(c, d, first, full->text, full->text, score);
}

static void add_saying(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
		       struct pattern *says)
{
	GMatchInfo *m = pattern_find(says, b->text, 0);
	int from, to;

	if (m && g_match_info_fetch_named_pos(m, "value", &from, &to) && to - from > 3 &&
	    g_unichar_isupper(g_utf8_get_char(b->text + from))) {
		int marker = (int)text_marker(b->text + from);
		auto_free char *value = NULL, *quote = fact_quote(p, b, from, to);
		int score;

		from += from == 0 && marker < to ? marker : 0;
		value = behind_state(b->text + from);
		if (!value)
			value = g_strchomp(g_strndup(b->text + from, (gsize)(to - from)));
		score = names_early(p, says->score) - (text_words(value) < 2 ? 10 : 0);
		if (text_words(value) == 1)
			add_short(c, d, value, score + SHORT_MORE);
		/* Who is given a short name may be anybody, unless the name is one of a buyer. */
		if ((!says->word || names_organisation(value)) && !is_proof(b, from))
			add_issuer(c, d, p, value, quote, score);
	}
	g_match_info_free(m);
}

/* The parts of the hosts of addresses that name who owns them: "council" of x@mail.council.example. */
static GPtrArray *hosts_of(const struct doc *d)
{
	GPtrArray *hosts = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; i < d->pages->len && i < 30 && hosts->len < 20; i++) {
		const char *text = doc_page(d, i)->text;

		for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
			size_t len = strcspn(at + 1, " \t\n<>(),;|");

			g_ptr_array_add(hosts, g_ascii_strdown(at + 1, (gssize)len));
		}
	}
	return hosts;
}

/* The first letters of a name's words: "nlsa". */
static char *initials(const char *name)
{
	GString *all = g_string_new(NULL);

	for (const char *s = name; *s; s = g_utf8_next_char(s)) {
		if (g_unichar_isupper(g_utf8_get_char(s)) && (s == name || !g_ascii_isalpha(s[-1])))
			g_string_append_unichar(all, g_unichar_tolower(g_utf8_get_char(s)));
	}
	return g_string_free(all, FALSE);
}

#define LEAST_HOST 3 /* letters that say something */

/* Does a host have a part that the name begins with, contains, or is short for? */
static bool owns_host(const char *name, const char *host)
{
	gchar **parts = g_strsplit(host, ".", -1);
	auto_free char *key = names_key(name), *short_key = initials(name);
	bool owns = false;

	/* The last part is the country or the kind. */
	for (unsigned i = 0; parts[i] && parts[i + 1] && !owns; i++) {
		auto_free char *part = names_key(parts[i]);
		size_t len = strlen(part);

		owns = len >= LEAST_HOST && ((len > LEAST_HOST + 1 && strstr(key, part)) || streq(part, short_key));
	}
	g_strfreev(parts);
	return owns;
}

#define HOST_MORE 5

/* Whoever's name is in the addresses of the document is the likelier buyer. */
static void weigh_hosts(struct choice *c, const struct doc *d)
{
	GPtrArray *hosts = hosts_of(d);

	for (unsigned i = 0; i < c->facts->len; i++) {
		const char *name = json_string_value(json_object_get(c->facts->pdata[i], "value"));
		bool owns = false;

		for (unsigned k = 0; k < hosts->len && !owns; k++)
			owns = owns_host(name, hosts->pdata[k]);
		if (owns)
			g_array_index(c->scores, int, i) += HOST_MORE;
	}
	g_ptr_array_unref(hosts);
}

json_t *field_issuer(const struct doc *d)
{
	auto_choice *c = choice_new();
	int n_labelled[N_ELEMS(issuer_labels)] = { 0 };

	for (unsigned i = 0; i < d->pages->len && i < 6; i++) {
		const struct page *p = doc_page(d, i);

		if (!p->readable)
			continue;
		if (i < 4)
			add_labelled(c, d, p, n_labelled);
		if (i == 0)
			add_organisations(c, d, p);
		if (i < 2)
			add_form(c, d, p);
		for (unsigned k = 0; k < p->blocks->len; k++) {
			const struct block *b = page_block(p, (int)k);

			for (size_t n = 0; n < N_ELEMS(issuer_says) && pattern_match(&any_saying, b->text); n++)
				add_saying(c, d, p, b, &issuer_says[n]);
		}
	}
	names_join(c);
	names_weigh(c, d);
	weigh_hosts(c, d);
	return choice_take_listing(c);
}

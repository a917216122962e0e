#include "text.h"

#include <stdlib.h>

#define SHY 0x00AD

static bool is_hyphen(gunichar c)
{
	return c == '-' || c == SHY || (c >= 0x2010 && c <= 0x2011);
}

bool text_invisible(gunichar c)
{
	return c == SHY || c == 0xFEFF || (c >= 0x200B && c <= 0x200F) || c == 0x2060;
}

/* A text without what is left out, and where each byte of it comes from. */
struct plain {
	char *text;
	int *from; /* NULL when that is not wanted */
	size_t len, room;
};

static void make_room(struct plain *p, size_t more)
{
	if (p->len + more < p->room)
		return;
	p->room = 2 * (p->len + more) + 1;
	p->text = g_realloc(p->text, p->room);
	if (p->from)
		p->from = g_renew(int, p->from, p->room);
}

static void append_normal(struct plain *p, gunichar c, int at)
{
	char utf8[8] = "";
	auto_free char *nfkc = NULL;
	size_t n;

	g_unichar_to_utf8(c, utf8);
	/* One character at a time: what stands next to it must not change where it comes from. */
	nfkc = g_utf8_normalize(utf8, -1, G_NORMALIZE_ALL_COMPOSE);
	for (const char *s = nfkc ? nfkc : utf8; *s; s += n) {
		n = (size_t)(g_utf8_next_char(s) - s);
		if (g_unichar_isspace(g_utf8_get_char(s)) || is_hyphen(g_utf8_get_char(s)))
			continue;
		make_room(p, n);
		memcpy(p->text + p->len, s, n);
		for (size_t i = 0; p->from && i < n; i++)
			p->from[p->len + i] = at;
		p->len += n;
	}
}

char *text_plain(const char *s, int **map)
{
	struct plain p = { .room = strlen(s) + 1 };

	p.text = g_malloc(p.room);
	p.from = map ? g_new(int, p.room) : NULL;
	for (const char *at = s; *at; at = g_utf8_next_char(at)) {
		gunichar c;

		if ((unsigned char)*at < 0x80) {
			if (*at == '-' || g_ascii_isspace(*at))
				continue;
			make_room(&p, 1);
			if (p.from)
				p.from[p.len] = (int)(at - s);
			p.text[p.len++] = *at;
			continue;
		}
		c = g_utf8_get_char(at);
		if (!g_unichar_isspace(c) && !is_hyphen(c) && !text_invisible(c))
			append_normal(&p, c, (int)(at - s));
	}
	p.text[p.len] = '\0';
	if (map)
		*map = p.from;
	return p.text;
}

static char *squeeze(const char *s, bool clean)
{
	GString *out = g_string_sized_new(strlen(s) + 1);
	bool space = false;

	for (; *s; s = g_utf8_next_char(s)) {
		gunichar c = g_utf8_get_char(s);

		if (g_unichar_isspace(c)) {
			space = out->len > 0;
		} else if (!clean || (!text_invisible(c) && c != 0xFFFD && c >= 0x20)) {
			if (space)
				g_string_append_c(out, ' ');
			space = false;
			g_string_append_unichar(out, c);
		}
	}
	return g_string_free(out, FALSE);
}

char *text_squeeze(const char *s)
{
	return squeeze(s, false);
}

char *text_clean(const char *s)
{
	return squeeze(s + text_bullet(s), true);
}

/* "Liefer- und Dienstleistung" keeps its hyphen. */
static bool begins_with_joiner(const char *s)
{
	static const char *const words[] = { "und ", "oder ", "bzw", "sowie ", "and ", "or ", "to ", "u. ", "/" };

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (util_starts(s, words[i]))
			return true;
	}
	return false;
}

/* An e-mail or web address goes on in the next line: all its signs are its own, hyphens too. */
static bool address_goes_on(const char *text, const char *line)
{
	const char *tail = strrchr(text, ' ') ? strrchr(text, ' ') + 1 : text;
	size_t len = strcspn(line, " ,;()"), n = strlen(tail);
	bool has_at = memchr(line, '@', len) != NULL, has_dot = len > 1 && memchr(line, '.', len - 1) != NULL;

	if (n == 0 || len == 0)
		return false;
	if (strchr(tail, '@'))
		return strchr("-._@", tail[n - 1]) ? has_dot : line[0] == '.' && len > 2 && g_ascii_isalpha(line[1]);
	if (has_at && strchr("-._", tail[n - 1]) && n > 1)
		return g_ascii_isalnum(line[0]);
	if (!strstr(tail, "://") && !util_starts(tail, "www."))
		return false;
	if (util_ends(tail, "://"))
		return true;
	/* Behind a stroke a word may begin the next sentence; numbers, points and capitals do not. */
	return strchr("/-_=?&%#", tail[n - 1]) ? has_dot || strcspn(line, "0123456789/_=?&") < len || tail[n - 1] != '/'
					       : strchr("/?&=#", line[0]) != NULL;
}

void text_join(GString *to, const char *line)
{
	char before = to->len > 1 ? to->str[to->len - 2] : ' ';
	gunichar next = g_utf8_get_char(line);

	if (to->len == 0 || address_goes_on(to->str, line)) {
		g_string_append(to, line);
		return;
	}
	if (to->str[to->len - 1] == '-' && before != ' ' && g_unichar_islower(next) && !begins_with_joiner(line))
		g_string_truncate(to, to->len - 1);
	else if (to->str[to->len - 1] != '-' || before == ' ' || begins_with_joiner(line))
		g_string_append_c(to, ' ');
	g_string_append(to, line);
}

static bool is_bullet(gunichar c)
{
	return (c >= 0x2022 && c <= 0x2023) || (c >= 0x25A0 && c <= 0x25FF) || c == 0x2043 || c == 0x2219 ||
	       c == 0x00B7 || (c >= 0x2610 && c <= 0x2612) || (c >= 0x2700 && c <= 0x27BF) ||
	       (c >= 0xE000 && c <= 0xF8FF) || c == '*' || c == 0x2013 || c == '-';
}

static size_t spaces(const char *s)
{
	const char *at = s;

	while (*at && g_unichar_isspace(g_utf8_get_char(at)))
		at = g_utf8_next_char(at);
	return (size_t)(at - s);
}

/* What stands behind "10.30" when it is a time of day. */
static bool is_time(const char *behind)
{
	static const char *const signs[] = {
		" am", " pm", " a.m", " p.m", " Uhr", " hrs", " hours", " noon", " o'clock"
	};

	for (size_t i = 0; *behind == ' ' && i < N_ELEMS(signs); i++) {
		if (util_starts(behind, signs[i]) && !g_ascii_isalpha(behind[strlen(signs[i])]))
			return true;
	}
	return false;
}

/* What stands behind "3." when it is the day of a date: " Mai 2027", " Sept. 2027". */
static bool is_month(const char *behind)
{
	static const char *const months[] = { "jan", "j\xC3\xA4n", "feb", "m\xC3\xA4r", "mar", "apr",
					      "mai", "may",        "jun", "jul",        "aug", "sep",
					      "okt", "oct",        "nov", "dez",        "dec" };
	size_t gap = strspn(behind, " "), word = strcspn(behind + gap, " .,");
	const char *year = behind + gap + word + strspn(behind + gap + word, "., ");

	if (gap == 0 || (*year && strspn(year, "0123456789") != 4))
		return false;
	for (size_t i = 0; i < N_ELEMS(months); i++) {
		if (g_ascii_strncasecmp(behind + gap, months[i], strlen(months[i])) == 0)
			return word <= strlen("september");
	}
	return false;
}

/* "1.", "2.3", "4.1.2.", "(a)", "b)", "iv." */
static size_t item_number(const char *s)
{
	const char *at = s;
	bool open = *at == '(';
	size_t digits = 0, letters = 0, dots = 0;

	at += open;
	for (; g_ascii_isalnum(*at) || (*at == '.' && digits); at++) {
		digits += g_ascii_isdigit(*at) != 0;
		letters += g_ascii_isalpha(*at) != 0;
		dots += *at == '.';
	}
	if (letters > 3 || (letters && digits) || digits + letters == 0 || digits > 8)
		return 0;
	if (open || *at == ')')
		return *at == ')' ? (size_t)(at + 1 - s) : 0;
	if (letters)
		return *at == '.' && letters <= 3 && strspn(s, "ivxIVX") >= letters ? (size_t)(at + 1 - s)
		       : *at == '.' && letters == 1                                 ? (size_t)(at + 1 - s)
										    : 0;
	if (is_time(at) || (dots == 1 && at[-1] == '.' && is_month(at)))
		return 0;
	/* A time (17.00) and a date (1.07.2025) are no numbers of a section. */
	for (const char *dot = strchr(s, '.'); dot && dot < at; dot = strchr(dot + 1, '.')) {
		if (dot[1] == '0' || strspn(dot + 1, "0123456789") > 2)
			return 0;
	}
	return dots && digits <= 6 && strcspn(s, ".") <= 2 ? (size_t)(at - s) : 0;
}

size_t text_bullet(const char *s)
{
	gunichar c = g_utf8_get_char(s);
	size_t n = 0, gap;

	if (!*s)
		return 0;
	if (is_bullet(c))
		n = (size_t)(g_utf8_next_char(s) - s);
	else if (c == 'o' && s[1] == ' ')
		n = 1;
	else
		n = item_number(s);
	if (n == 0)
		return 0;
	gap = spaces(s + n);
	/* Without a gap a hyphen or a number is part of the word. */
	return gap || !g_ascii_isprint(s[0]) ? n + gap : 0;
}

/* One to four capitals and a number, with dots or a hyphen between them. */
static size_t clause_name(const char *s)
{
	const char *at = s;
	size_t letters = 0, digits = 0;

	while (g_ascii_isupper(*at))
		at++;
	letters = (size_t)(at - s);
	if (letters < 1 || letters > 4)
		return 0;
	for (at += *at == '.' || *at == '-'; g_ascii_isdigit(*at) || (*at == '.' && g_ascii_isdigit(at[1])); at++)
		digits += *at != '.';
	if (digits < 1 || digits > 6)
		return 0;
	return (size_t)(at - s) + strspn(at, ".:)");
}

/* "(a)availability", "iii.have": some programs set no space behind the number of an item. */
static size_t glued_letter(const char *s)
{
	size_t n = s[0] == '(' ? strspn(s + 1, "abcdefghijklmnopqrstuvwxyz") : 0;

	if (n >= 1 && n <= 3 && s[n + 1] == ')' && g_ascii_isalpha(s[n + 2]))
		return n + 2;
	n = strspn(s, "ivx");
	return n >= 2 && n <= 4 && s[n] == '.' && g_ascii_isalpha(s[n + 1]) ? n + 1 : 0;
}

size_t text_marker(const char *s)
{
	size_t n = text_bullet(s), gap;

	if (n > 0)
		return n;
	n = glued_letter(s);
	if (n > 0)
		return n;
	n = clause_name(s);
	gap = n ? spaces(s + n) : 0;
	return gap ? n + gap : 0;
}

/* A word that names a part of a document and stands before end. */
static bool ends_in_place(const char *from, const char *end)
{
	static const char *const places[] = { "section",   "sections", "clause",   "paragraph",  "article", "annex",
					      "table",     "part",     "exhibit",  "attachment", "item",    "volume",
					      "phase",     "page",     "appendix", "schedule",   "form",    "lot",
					      "annexure",  "protocol", "group",    "class",      "point",   "number",
					      "Abschnitt", "Ziffer",   "Anlage",   "Kapitel",    "Punkt",   "Seite",
					      "Nummer",    "Absatz",   "Los",      "Formblatt",  "Anhang",  "Klasse",
					      "No",        "Nr" };
	const char *word = end;

	while (word > from && word[-1] != ' ' && word[-1] != '(')
		word--;
	for (size_t i = 0; i < N_ELEMS(places); i++) {
		if ((size_t)(end - word) == strlen(places[i]) &&
		    g_ascii_strncasecmp(word, places[i], strlen(places[i])) == 0)
			return true;
	}
	return false;
}

/* "in section 2. The", "of Appendix B. They": what names a place ends the sentence, a number before a month does not.
 */
static bool names_place(const char *from, const char *dot)
{
	const char *end = dot;

	if (dot > from && g_ascii_isupper(dot[-1]))
		end--;
	while (end > from && (g_ascii_isdigit(end[-1]) || (end[-1] == '.' && end < dot)))
		end--;
	return end < dot && end > from && end[-1] == ' ' && ends_in_place(from, end - 1);
}

/* What a stop may stand behind without ending the sentence. */
static bool is_abbreviation(const char *from, const char *dot)
{
	static const char *const known[] = {
		"e.g",  "i.e",  "z.B",   "d.h",  "u.a",  "ca",   "bzw",  "No",        "Nr",   "Art",    "Abs", "St",
		"Str",  "Mr",   "Ms",    "Dr",   "Inc",  "Ltd",  "vs",   "etc",       "ggf",  "inkl",   "gem", "mind",
		"max",  "min",  "Tel",   "sog",  "usw",  "Rs",   "Co",   "z. B",      "u. a", "d. h",   "S",   "ff",
		"Ziff", "lit",  "vgl",   "bspw", "evtl", "zzgl", "exkl", "U.S",       "Sec",  "approx", "Mio", "Mrd",
		"Govt", "Dept", "Deptt", "Prof", "Ing",  "Mag",  "Dipl", "Dipl.-Ing", "Mob",  "Mrs"
	};
	const char *word = dot;

	while (word > from && word[-1] != ' ' && word[-1] != '(')
		word--;
	for (size_t i = 0; i < N_ELEMS(known); i++) {
		size_t len = strlen(known[i]);

		if ((size_t)(dot - word) == len && g_ascii_strncasecmp(word, known[i], len) == 0)
			return true;
		if ((size_t)(dot - from) > len && strchr(known[i], ' ') && strncmp(dot - len, known[i], len) == 0)
			return true;
	}
	return dot - word == 1 && g_ascii_isalpha(*word) && !g_ascii_isdigit(dot[1]) && !names_place(from, dot);
}

/* Words that begin an English sentence and no German noun. */
static bool begins_english(const char *s)
{
	static const char *const words[] = { "The ",  "They ", "It ",  "This ",  "These ", "All ",
					     "Each ", "If ",   "For ", "Any ",   "No ",    "A ",
					     "An ",   "We ",   "You ", "Where ", "When ",  "Such " };

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (util_starts(s, words[i]))
			return true;
	}
	return false;
}

/* English has no numbers with a stop behind them. */
static bool is_english(const char *from, const char *dot)
{
	static const char *const words[] = { " the ", " of ", " and ", " to ", " by " };
	auto_free char *text = g_strndup(from, (size_t)(dot - from));

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (strstr(text, words[i]))
			return true;
	}
	return false;
}

/* "Niveau C1. Sie", "in 2.17. Personen": no number before a month is written so. */
static bool names_grade(const char *from, const char *dot)
{
	const char *end = dot;

	while (end > from && g_ascii_isdigit(end[-1]))
		end--;
	return end < dot && end > from &&
	       (g_ascii_isalpha(end[-1]) || (end[-1] == '.' && end - 1 > from && g_ascii_isdigit(end[-2])));
}

static bool is_ordinal(const char *from, const char *dot)
{
	if (dot == from || !g_ascii_isdigit(dot[-1]) || names_grade(from, dot))
		return false;
	if (dot[1] == ' ' && (names_place(from, dot) || begins_english(dot + 2) || is_english(from, dot)))
		return false;
	return dot > from && g_ascii_isdigit(dot[-1]) && dot[1] == ' ' && dot - from < 3000 &&
	       (dot - from < 2 || !g_ascii_isdigit(dot[-2]) || dot - from < 3 || !g_ascii_isdigit(dot[-3]));
}

const char *text_sentence(const char *s)
{
	for (const char *at = s; *at; at++) {
		const char *end;

		if (!strchr(".!?", *at))
			continue;
		end = at + 1;
		while (*end && strchr("\"')]", *end))
			end++;
		if (*end && *end != ' ')
			continue;
		if (*at == '.' && (is_abbreviation(s, at) || is_ordinal(s, at)))
			continue;
		if (*end == ' ' && g_unichar_islower(g_utf8_get_char(end + 1)))
			continue;
		return end;
	}
	return s + strlen(s);
}

int text_words(const char *s)
{
	int words = 0, letters = 0;

	for (;; s = g_utf8_next_char(s)) {
		if (*s && g_unichar_isalpha(g_utf8_get_char(s))) {
			letters++;
			continue;
		}
		words += letters >= 2;
		letters = 0;
		if (!*s)
			return words;
	}
}

bool text_upper(const char *s)
{
	int upper = 0, lower = 0;

	for (; *s; s = g_utf8_next_char(s)) {
		gunichar c = g_utf8_get_char(s);

		upper += g_unichar_isupper(c) != 0;
		lower += g_unichar_islower(c) != 0;
	}
	return upper >= 3 && upper > 4 * lower;
}

#include "ocr.h"

#include <dlfcn.h>
#include <stdlib.h>

#define LIBRARY      "libtesseract.so.5"
#define PAGE_MS      60000
#define LEAST_WORD   25 /* confidence of a word that is one */
#define LEAST_MARK   70 /* of marks without a letter or a digit: lines and dots of pictures read like them */
#define PSM_AUTO     3
#define RIL_TEXTLINE 2
#define RIL_WORD     3
#define MOST_LINES   5000
/* What letters reach above and under their line, as a share of their size; LOW without tall ones. */
#define TALL 0.73
#define LOW  0.51
#define DEEP 0.22

/* The C interface of tesseract 4 and 5, as far as it is called. */
#define TESS_CALLS(X)                                                                                 \
	X(void *, TessBaseAPICreate, (void))                                                          \
	X(void, TessBaseAPIDelete, (void *))                                                          \
	X(int, TessBaseAPIInit3, (void *, const char *path, const char *languages))                   \
	X(void, TessBaseAPIEnd, (void *))                                                             \
	X(void, TessBaseAPIClear, (void *))                                                           \
	X(void, TessBaseAPISetPageSegMode, (void *, int mode))                                        \
	X(void, TessBaseAPISetImage, (void *, const unsigned char *, int w, int h, int bpp, int bpl)) \
	X(void, TessBaseAPISetSourceResolution, (void *, int dpi))                                    \
	X(int, TessBaseAPIRecognize, (void *, void *monitor))                                         \
	X(void *, TessBaseAPIGetIterator, (void *))                                                   \
	X(void, TessResultIteratorDelete, (void *))                                                   \
	X(void *, TessResultIteratorGetPageIterator, (void *))                                        \
	X(int, TessResultIteratorNext, (void *, int level))                                           \
	X(char *, TessResultIteratorGetUTF8Text, (const void *, int level))                           \
	X(float, TessResultIteratorConfidence, (const void *, int level))                             \
	X(int, TessPageIteratorIsAtBeginningOf, (const void *, int level))                            \
	X(int, TessPageIteratorBoundingBox, (const void *, int level, int *, int *, int *, int *))    \
	X(void, TessDeleteText, (const char *))                                                       \
	X(void *, TessMonitorCreate, (void))                                                          \
	X(void, TessMonitorDelete, (void *))                                                          \
	X(void, TessMonitorSetDeadlineMSecs, (void *, int))

#define AS_MEMBER(type, name, args) type(*name) args;

static struct {
	void *lib;
	TESS_CALLS(AS_MEMBER)
} tess;

struct ocr {
	void *api;
};

static bool load_calls(void)
{
#define AS_LOAD(type, name, args)                        \
	*(void **)(&tess.name) = dlsym(tess.lib, #name); \
	if (!tess.name)                                  \
		return false;
	TESS_CALLS(AS_LOAD)
	return true;
}

const char *ocr_load(void)
{
	static bool tried, good;

	if (!tried) {
		tried = true;
		/* Pages are read beside each other: more threads for each would only wait for them. */
		setenv("OMP_THREAD_LIMIT", "1", 1);
		tess.lib = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
		good = tess.lib && load_calls();
	}
	return good ? NULL : LIBRARY " is not installed here";
}

struct ocr *ocr_new(enum language language)
{
	/* What is not installed is done without. */
	static const char *const data[][3] = { [LANG_NONE] = { "deu+eng", "eng", "deu" },
					       [LANG_EN] = { "eng", "deu+eng", "deu" },
					       [LANG_DE] = { "deu", "deu+eng", "eng" } };
	struct ocr *o;

	if (ocr_load())
		return NULL;
	o = g_new0(struct ocr, 1);
	o->api = tess.TessBaseAPICreate();
	for (size_t i = 0; i < 3; i++) {
		if (tess.TessBaseAPIInit3(o->api, NULL, data[language][i]) != 0)
			continue;
		tess.TessBaseAPISetPageSegMode(o->api, PSM_AUTO);
		return o;
	}
	tess.TessBaseAPIDelete(o->api);
	g_free(o);
	return NULL;
}

void ocr_free(struct ocr *o)
{
	if (!o)
		return;
	tess.TessBaseAPIEnd(o->api);
	tess.TessBaseAPIDelete(o->api);
	g_free(o);
}

/* The words of a line so far; a wide gap parts cells, as it does in the text of a PDF. */
struct gathering {
	GArray *lines;
	struct line line;
	GString *text;
	double sizes, bases, n_measured; /* of its words: sums and their number */
	double scale, sum;
	int n_words;
};

/*
 * The box of a word is tight around its letters. Give lines the height that all of their size have, or paragraphs would
 * fall apart where a line has no tall letter and run together where the page lies askew.
 */
static void measure(struct gathering *g, const char *word, double y0, double y1)
{
	bool tall = false, deep = strpbrk(word, "gjpqy,;()/") != NULL;
	double size;

	for (const char *c = word; *c && !tall; c = g_utf8_next_char(c)) {
		gunichar ch = g_utf8_get_char(c);

		tall = g_unichar_isupper(ch) || g_unichar_isdigit(ch) || (ch < 0x80 && strchr("bdfhklt()/", (int)ch));
	}
	size = (y1 - y0) / ((tall ? TALL : LOW) + (deep ? DEEP : 0));
	g->sizes += size;
	g->bases += y1 - (deep ? DEEP * size : 0);
	g->n_measured++;
}

static void end_line(struct gathering *g)
{
	if (g->text->len > 0 && g->lines->len < MOST_LINES) {
		g->line.text = g_strdup(g->text->str);
		if (g->n_measured > 0 && g->line.x1 - g->line.x0 > g->line.y1 - g->line.y0) {
			g->line.y0 = (g->bases - TALL * g->sizes) / g->n_measured;
			g->line.y1 = (g->bases + DEEP * g->sizes) / g->n_measured;
		}
		g_array_append_val(g->lines, g->line);
	}
	g_string_truncate(g->text, 0);
	g->line = (struct line){ 0 };
	g->sizes = g->bases = g->n_measured = 0;
}

static bool has_letter(const char *s)
{
	for (; *s; s = g_utf8_next_char(s)) {
		if (g_unichar_isalnum(g_utf8_get_char(s)))
			return true;
	}
	return false;
}

/* What the round bullet of a list is read as, alone at the beginning of a line. */
static bool is_bullet(const char *text)
{
	static const char *const known[] = { "e",        "oe",       "\xC2\xA9", "\xC2\xAE", "\xC2\xA2",
					     "\xC2\xB0", "\xC2\xAB", "\xC2\xBB", "@" };

	for (size_t i = 0; i < N_ELEMS(known); i++) {
		if (streq(text, known[i]))
			return true;
	}
	return false;
}

static void take_word(struct gathering *g, const char *text, float confidence, const int box[4])
{
	double x0 = box[0] / g->scale, y0 = box[1] / g->scale, x1 = box[2] / g->scale, y1 = box[3] / g->scale;
	double height = MAX(g->line.y1 - g->line.y0, y1 - y0);

	if (!g_utf8_validate(text, -1, NULL) || confidence < LEAST_WORD || !text[strspn(text, " \t\n")] ||
	    (confidence < LEAST_MARK && !has_letter(text)))
		return;
	if (g->text->len > 0 && (x0 > g->line.x1 + 1.8 * height || x0 < g->line.x0))
		end_line(g);
	if (g->text->len == 0) {
		g->line = (struct line){ .x0 = x0, .y0 = y0, .x1 = x1, .y1 = y1 };
		text = is_bullet(text) ? "\xE2\x80\xA2" : text;
	} else {
		g_string_append_c(g->text, ' ');
	}
	g_string_append(g->text, text);
	g->line.x1 = MAX(g->line.x1, x1);
	g->line.y0 = MIN(g->line.y0, y0);
	g->line.y1 = MAX(g->line.y1, y1);
	if (has_letter(text))
		measure(g, text, y0, y1);
	g->sum += confidence;
	g->n_words++;
}

static void gather(struct gathering *g, void *words)
{
	void *at = tess.TessResultIteratorGetPageIterator(words);

	do {
		char *text = tess.TessResultIteratorGetUTF8Text(words, RIL_WORD);
		int box[4];

		if (tess.TessPageIteratorIsAtBeginningOf(at, RIL_TEXTLINE))
			end_line(g);
		if (text && text[0] &&
		    tess.TessPageIteratorBoundingBox(at, RIL_WORD, &box[0], &box[1], &box[2], &box[3]))
			take_word(g, text, tess.TessResultIteratorConfidence(words, RIL_WORD), box);
		if (text)
			tess.TessDeleteText(text);
	} while (tess.TessResultIteratorNext(words, RIL_WORD));
	end_line(g);
}

static bool recognise(struct ocr *o, const struct ink *ink)
{
	void *monitor = tess.TessMonitorCreate();
	int rc;

	tess.TessMonitorSetDeadlineMSecs(monitor, PAGE_MS);
	tess.TessBaseAPISetImage(o->api, ink->pixels, ink->width, ink->height, 1, ink->width);
	tess.TessBaseAPISetSourceResolution(o->api, (int)(ink->scale * 72 + 0.5));
	rc = tess.TessBaseAPIRecognize(o->api, monitor);
	tess.TessMonitorDelete(monitor);
	return rc == 0;
}

GArray *ocr_read(struct ocr *o, const struct ink *ink, int *confidence)
{
	struct gathering g = { .lines = g_array_new(FALSE, TRUE, sizeof(struct line)), .scale = ink->scale };
	void *words = ink->pixels && recognise(o, ink) ? tess.TessBaseAPIGetIterator(o->api) : NULL;

	if (words) {
		g.text = g_string_new(NULL);
		gather(&g, words);
		g_string_free(g.text, TRUE);
		tess.TessResultIteratorDelete(words);
	}
	tess.TessBaseAPIClear(o->api);
	*confidence = g.n_words > 0 ? (int)(g.sum / g.n_words) : 0;
	return g.lines;
}

/* score - answers held against labels: a verdict for each label and each answer */
#ifndef TENDER_EVAL_SCORE_H
#define TENDER_EVAL_SCORE_H

#include <glib.h>
#include <jansson.h>

#include "base/util.h"

enum outcome {
	RIGHT,
	OTHER,    /* an answer, but not the label's */
	INVENTED, /* an answer where nothing is labelled */
	MISSED,   /* a label without an answer */
	N_OUTCOMES
};

struct verdict {
	const char *document; /* borrowed from the labels */
	const char *field;    /* a row of the table; never freed */
	enum outcome outcome;
	char *label, *answer; /* what they say, NULL for nothing */
	char *quote;          /* of the answer, or the nearest answer of a missed one; NULL for none */
	int label_page, page; /* 0 for none */
	int confidence;       /* 0 to 100, -1 where the answer has none */
	double overlap;       /* of the nearest answer to a missed label, else 0 */
	bool page_right;
	bool pooled; /* counts for reliability: an answer of which it is known whether it is right */
};

struct document {
	const char *name;
	int confidence; /* of the whole, -1 where it could not be read */
	char *error;    /* why it could not be read, else NULL */
};

struct score {
	GPtrArray *verdicts;  /* struct verdict *, in the order of documents and fields */
	GArray *documents;    /* struct document */
	const char *document; /* that is being judged */
};

struct score *score_new(void);
void score_free(struct score *s);

/*
 * score_document - judge one document
 * label   its object in the labels; must live as long as s
 * answer  what the server answered to tools/call; NULL for nothing
 */
void score_document(struct score *s, const json_t *label, const json_t *answer);

/* score_add - a verdict on field; the caller fills in more of what is returned */
struct verdict *score_add(struct score *s, const char *field, enum outcome outcome);

/* score_show - the values of keys (words apart by spaces) that an object has, with ", " between; the caller's */
char *score_show(const json_t *object, const char *keys);

/* score_page_right - page is one of those that the label names: "page", "page_end", "pages"; true where it names none
 */
bool score_page_right(const json_t *label, int page);

/* score_accepts - text equals the value of key, or an entry of "accept", in normal form */
bool score_accepts(const json_t *label, const char *key, const char *text);

/* score_fields - the names of all rows, in their order, ending in NULL */
const char *const *score_fields(void);

#endif

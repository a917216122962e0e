#include "confidence.h"

#define DOUBT_OF_OCR 4 /* a score loses one for so many percent that OCR is not sure of */

static bool keep;

void confidence_keep(void)
{
	keep = true;
}

int confidence_of(enum confidence_kind kind, int score)
{
	const struct knot *k = confidence_knots[kind];
	int i = 0;

	if (score <= k[0].score)
		return k[0].percent;
	while (i + 1 < CONFIDENCE_KNOTS && k[i + 1].score > k[i].score && k[i + 1].score <= score)
		i++;
	if (i + 1 == CONFIDENCE_KNOTS || k[i + 1].score <= k[i].score)
		return k[i].percent;
	return k[i].percent + (k[i + 1].percent - k[i].percent) * (score - k[i].score) / (k[i + 1].score - k[i].score);
}

/* What is read from a picture may be misread. */
static int ocr_doubt(const struct doc *d, const json_t *fact)
{
	int number = (int)json_integer_value(json_object_get(fact, "page"));

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		if (p->number == number && p->ocr)
			return (100 - p->ocr_confidence) / DOUBT_OF_OCR;
	}
	return 0;
}

void confidence_settle(const struct doc *d, json_t *fact, enum confidence_kind kind)
{
	json_t *score = json_object_get(fact, "confidence"), *part;
	const char *name;
	size_t i;

	if (json_is_array(fact)) {
		json_array_foreach (fact, i, part)
			confidence_settle(d, part, kind);
		return;
	}
	json_object_foreach (fact, name, part)
		confidence_settle(d, part, kind);
	if (json_is_integer(score)) {
		int sure = (int)json_integer_value(score) - ocr_doubt(d, fact);

		json_integer_set(score, keep ? MAX(sure, 1) : confidence_of(kind, sure));
	}
}

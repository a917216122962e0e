/*
 * Documents of people for the records: the first byte chooses the kind. What is accepted comes out as it is accepted
 * again; what is refused changes nothing.
 */
#include <math.h>
#include <stdlib.h>

#include "platform/record.h"
#include "store/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static union {
	struct expert expert;
	struct company company;
	struct engagement engagement;
	struct task task;
} row;

static const struct table *const tables[] = { &expert_table, &company_table, &engagement_table, &task_table };

static json_t *begin(unsigned kind)
{
	memset(&row, 0, sizeof(row));
	if (kind == 0)
		row.expert.rating = NAN;
	return record_json(tables[kind], &row);
}

/* Each single file gives back the value that it shows. */
static void set_again(const struct table *t, const struct field *f)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	record_value(f, &row, &text);
	if (text.len)
		text.data[--text.len] = '\0';
	if (!(f->flags & (FIELD_HIDDEN | FIELD_REQUIRED)) && text.len && record_set(t, f, &row, buf_str(&text), &e) < 0)
		abort();
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	unsigned kind = len ? bytes[0] % N_ELEMS(tables) : 0;
	const struct table *t = tables[kind];
	json_t *before = begin(kind), *doc = NULL, *after;
	struct err e = ERR_INIT;

	if (len < 1 || record_parse((const char *)bytes + 1, len - 1, &doc, &e) < 0) {
		json_decref(before);
		return 0;
	}
	if (record_apply(t, &row, doc, &e) < 0) {
		after = record_json(t, &row);
		if (!json_equal(before, after) || !e.text[0])
			abort();
	} else {
		after = record_json(t, &row);
		for (size_t i = 0; i < t->n_fields; i++)
			set_again(t, &t->fields[i]);
	}
	row_release(t, &row);
	json_decref(after);
	json_decref(before);
	json_decref(doc);
	return 0;
}

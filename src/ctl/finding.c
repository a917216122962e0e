#include "ctl/finding.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

static const char *const outcome_words[] = {
	[OUTCOME_FOUND] = "found",
	[OUTCOME_REPAIRED] = "repaired",
	[OUTCOME_LEFT] = "left",
};

void findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->at[i].which);
		free(f->at[i].text);
	}
	free(f->at);
	*f = (struct findings){ NULL, 0 };
}

struct finding *findings_add(struct findings *f, enum fault fault, char *which, const char *text, ...)
{
	auto_buf b = BUF_INIT;
	struct finding *x;
	va_list ap;

	va_start(ap, text);
	buf_vprintf(&b, text, ap);
	va_end(ap);
	f->at = xrealloc(f->at, (f->n + 1) * sizeof(*f->at));
	x = &f->at[f->n++];
	*x = (struct finding){ .fault = fault, .which = which, .text = xstrdup(buf_str(&b)) };
	return x;
}

bool findings_has(const struct findings *f, const struct finding *x)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->at[i].fault == x->fault && streq(f->at[i].which, x->which))
			return true;
	return false;
}

size_t findings_count(const struct findings *f, bool minor_too)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->at[i].outcome != OUTCOME_REPAIRED && (minor_too || !fault_rows[f->at[i].fault].minor);
	return n;
}

void finding_print(const struct finding *x)
{
	const struct fault_row *row = &fault_rows[x->fault];

	if (x->outcome == OUTCOME_REPAIRED)
		printf("%s: %s: %s; repaired\n", row->word, x->which, x->text);
	else
		printf("%s: %s: %s; %s\n", row->word, x->which, x->text, row->advice);
}

/* Names of files that are not ours may be no UTF-8. */
static json_t *text_json(const char *text)
{
	auto_free char *copy = xstrdup(text);
	json_t *o = json_string(copy);

	for (char *c = copy; !o && *c; c++)
		if (*c & 0x80)
			*c = '?';
	return o ? o : json_string(copy);
}

json_t *finding_json(const struct finding *x)
{
	const struct fault_row *row = &fault_rows[x->fault];
	json_t *o = json_pack("{s:s, s:b, s:s, s:o, s:o, s:s}", "fault", row->word, "minor", row->minor, "state",
			      outcome_words[x->outcome], "which", text_json(x->which), "text", text_json(x->text),
			      "advice", row->advice);

	if (*x->sha)
		json_object_set_new(o, "sha256", json_string(x->sha));
	if (x->table) {
		json_object_set_new(o, "table", json_string(x->table->name));
		json_object_set_new(o, "row", json_integer(x->row));
	}
	return o;
}

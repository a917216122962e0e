#include "labels.h"

#include <errno.h>
#include <stdlib.h>

/* Every field with one value: absent in a source is null. */
static const char *const fields[] = {
	"title",
	"issuer",
	"reference_number",
	"procedure",
	"issue_date",
	"submission_deadline",
	"questions_deadline",
	"participation_deadline",
	"binding_until",
	"contract_duration",
	"contract_options",
	"budget",
	"submission_method",
	"contact",
	"page_limit",
	"evaluation_criteria",
};

static const char *const lists[] = { "cpv", "lots", "documents", "eligibility", "conflicts" };

void labels_init(struct labels *l)
{
	*l = (struct labels){ json_object(), json_object(), NULL };
}

void labels_release(struct labels *l)
{
	json_decref(l->lists);
	json_decref(l->places);
	free(l->stem);
}

static json_t *list_of(struct labels *l, const char *field)
{
	json_t *list = json_object_get(l->lists, field);

	if (!list) {
		list = json_array();
		json_object_set_new(l->lists, field, list);
	}
	return list;
}

static json_t *last_of(json_t *list)
{
	return json_array_get(list, json_array_size(list) - 1);
}

static json_t *entry_new(const char *key, const char *text, const struct mark *one)
{
	json_t *entry = json_pack("{s:s, s:i}", key, text, "page", one->page);

	if (one->page_end != one->page)
		json_object_set_new(entry, "page_end", json_integer(one->page_end));
	return entry;
}

static int add_field(struct labels *l, const struct mark *one, const char *text)
{
	json_t *place = json_object_get(l->places, one->words[1]), *pages;

	if (!place) {
		json_object_set_new(
			l->places, one->words[1],
			json_pack("{s:i, s:s, s:[i]}", "page", one->page, "evidence", text, "pages", one->page));
		return 0;
	}
	pages = json_object_get(place, "pages");
	return json_array_append_new(pages, json_integer(one->page));
}

static int add_requirement(struct labels *l, const struct mark *one, const char *text)
{
	json_t *entry;

	if (!one->words[1] || !one->words[2])
		return -1;
	entry = entry_new("text", text, one);
	json_object_set_new(entry, "level", json_string(one->words[1]));
	json_object_set_new(entry, "category", json_string(one->words[2]));
	for (char **word = one->words + 3; *word; word++) {
		auto_free char *both = l->stem ? xasprintf("%s %s", l->stem, text) : NULL;

		if (util_starts(*word, "id="))
			json_object_set_new(entry, "id", json_string(*word + 3));
		else if (streq(*word, "stem") && both)
			json_object_set_new(entry, "accept", json_pack("[s]", both));
		else
			return -1;
	}
	return json_array_append_new(list_of(l, "requirements"), entry);
}

static int add_more(struct labels *l, const struct mark *one UNUSED, const char *text)
{
	json_t *last = last_of(list_of(l, "requirements"));
	auto_free char *both = xasprintf("%s %s", json_string_value(json_object_get(last, "text")), text);

	json_object_set_new(last, "joined", json_true()); /* it stands in pieces */
	return json_object_set_new(last, "text", json_string(both));
}

static int add_stem(struct labels *l, const struct mark *one UNUSED, const char *text)
{
	free(l->stem);
	l->stem = xstrdup(text);
	return 0;
}

static json_t *criterion_new(const struct mark *one, const char *text)
{
	json_t *entry = entry_new("name", text, one);
	bool none = streq(one->words[1], "-");

	json_object_set_new(entry, "weight", none ? json_null() : json_real(strtod(one->words[1], NULL)));
	if (one->words[2] && streq(one->words[2], "price")) /* nobody insists on a name of what alone decides */
		json_object_set_new(entry, "accept", json_pack("[s, s]", "Price", "Lowest price"));
	return entry;
}

static int add_criterion(struct labels *l, const struct mark *one, const char *text)
{
	return one->words[1] ? json_array_append_new(list_of(l, "items"), criterion_new(one, text)) : -1;
}

static int add_below(struct labels *l, const struct mark *one, const char *text)
{
	json_t *above = last_of(list_of(l, "items"));

	if (!above || !one->words[1])
		return -1;
	if (!json_object_get(above, "items"))
		json_object_set_new(above, "items", json_array());
	return json_array_append_new(json_object_get(above, "items"), criterion_new(one, text));
}

static int add_lot(struct labels *l, const struct mark *one, const char *text)
{
	json_t *entry = entry_new("title", text, one);

	json_object_set_new(entry, "id", json_string(one->words[1]));
	return json_array_append_new(list_of(l, "lots"), entry);
}

static int add_code(struct labels *l, const struct mark *one, const char *text)
{
	return json_array_append_new(list_of(l, "cpv"), entry_new("code", text, one));
}

static int add_condition(struct labels *l, const struct mark *one, const char *text)
{
	return json_array_append_new(list_of(l, "eligibility"), entry_new("text", text, one));
}

static int add_document(struct labels *l, const struct mark *one, const char *text)
{
	return json_array_append_new(list_of(l, "documents"), entry_new("text", text, one));
}

static int add_conflict(struct labels *l, const struct mark *one, const char *text)
{
	json_t *entry = entry_new("text", text, one);

	json_object_set_new(entry, "field", json_string(one->words[1]));
	return json_array_append_new(list_of(l, "conflicts"), entry);
}

static const struct {
	const char *word;
	int (*add)(struct labels *l, const struct mark *one, const char *text);
} kinds[] = {
	{ "f", add_field },        { "req", add_requirement }, { "+", add_more },         { "stem", add_stem },
	{ "elig", add_condition }, { "doc", add_document },    { "crit", add_criterion }, { "sub", add_below },
	{ "lot", add_lot },        { "cpv", add_code },        { "conf", add_conflict },
};

static int add_mark(struct labels *l, const struct mark *one, const char *text)
{
	for (size_t i = 0; i < N_ELEMS(kinds); i++) {
		if (streq(one->words[0], kinds[i].word))
			return kinds[i].add(l, one, text);
	}
	return -1;
}

int labels_add(struct labels *l, const struct marked *m, struct err *e)
{
	for (unsigned i = 0; i < m->marks->len; i++) {
		const struct mark *one = m->marks->pdata[i];
		auto_free char *text = mark_text(m, one);

		if (add_mark(l, one, text) < 0)
			return err_set(e, -EINVAL, "the mark '%s' of '%.60s' is not right", one->words[0], text);
	}
	return 0;
}

/* One field: what the source says of it, with its place. */
static json_t *join(const struct labels *l, const char *name, const json_t *written, struct err *e)
{
	json_t *place = json_object_get(l->places, name), *value;

	if (!json_is_object(written)) {
		if (place)
			err_set(e, -EINVAL, "'%s' has a mark and no value", name);
		return json_null();
	}
	if (!place)
		err_set(e, -EINVAL, "'%s' has a value and no mark", name);
	value = json_deep_copy(written);
	json_object_update(value, place);
	return value;
}

json_t *labels_finish(struct labels *l, const json_t *written, const char *file, int n_pages, struct err *e)
{
	json_t *label = json_pack("{s:s, s:i}", "file", file, "pages", n_pages), *items;
	const char *name;
	json_t *value;

	for (size_t i = 0; i < N_ELEMS(fields); i++)
		json_object_set_new(label, fields[i], join(l, fields[i], json_object_get(written, fields[i]), e));
	items = json_object_get(l->lists, "items");
	if (items)
		json_object_set(json_object_get(label, "evaluation_criteria"), "items", items);
	for (size_t i = 0; i < N_ELEMS(lists); i++) {
		value = json_object_get(l->lists, lists[i]);
		json_object_set(label, lists[i], value ? value : json_null());
	}
	json_object_set(label, "requirements", list_of(l, "requirements"));
	json_object_foreach ((json_t *)written, name, value) {
		if (!json_object_get(label, name))
			json_object_set(label, name, value);
	}
	if (e->code == 0)
		return label;
	json_decref(label);
	return NULL;
}

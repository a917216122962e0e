#include "tool.h"

#include <stdio.h>

#include "base/clock.h"
#include "pick.h"
#include "tender/ask/ask.h"
#include "tender/result.h"

#define MOST_DOCUMENTS 50
#define READ_SHARE     0.9 /* of the progress goes to reading pages */
#define MOST_ASIDE     (64 << 20)
#define ASK_MS         120000 /* for models, of the 280 s that a call has; what is read twice is asked half as long */

struct reading {
	struct call *call;
	struct share share;
	size_t i, n; /* which of the documents */
	int steps;
};

static double percent(const struct reading *r, double done)
{
	return r->share.from + (r->share.to - r->share.from) * done;
}

static void page_read(void *arg, int number, int n)
{
	struct reading *r = arg;
	double done = percent(r, READ_SHARE * ((double)r->i + (double)(number - 1) / n) / (double)r->n);

	if (r->n > 1)
		call_progress(r->call, done, 100, "document %zu of %zu, page %d of %d", r->i + 1, r->n, number, n);
	else
		call_progress(r->call, done, 100, "page %d of %d", number, n);
}

static void step_begun(void *arg, const char *what)
{
	struct reading *r = arg;
	double step = 0.005 * r->steps++;

	call_progress(r->call, percent(r, READ_SHARE + MIN(step, 1 - READ_SHARE)), 100, "looking for the %s", what);
}

/*
 * Reads all documents. A package with one bad part is still worth reading: the part is named in a warning. Returns
 * FAULT_NONE when at least one was read, else what is wrong with the first.
 */
static enum fault read_documents(struct reading *r, const json_t *documents, struct doc *d, struct err *first)
{
	struct reader reader = { .doc = d, .page = page_read, .arg = r };
	enum fault worst = FAULT_NONE;
	json_t *path;

	r->n = json_array_size(documents);
	json_array_foreach (documents, r->i, path) {
		struct err e = ERR_INIT;
		enum fault fault = reader_read(&reader, json_string_value(path), &e);

		if (fault == FAULT_NONE)
			continue;
		call_log(r->call, "warning", "%s", e.text);
		doc_warn(d, "%s", e.text);
		if (worst == FAULT_NONE) {
			worst = fault;
			*first = e;
		}
	}
	return d->pages->len > 0 ? FAULT_NONE : worst;
}

const json_t *tool_documents(struct call *c)
{
	const json_t *documents = json_object_get(call_args(c), "documents");
	size_t i, n = json_array_size(documents);
	json_t *path;

	if (n < 1 || n > MOST_DOCUMENTS) {
		call_fail(c, "arguments", false, "'documents' must name 1 to %d files by their paths.", MOST_DOCUMENTS);
		return NULL;
	}
	json_array_foreach (documents, i, path) {
		if (json_is_string(path) && json_string_value(path)[0] == '/')
			continue;
		call_fail(c, "arguments", false, "Entry %zu of 'documents' is no absolute path.", i + 1);
		return NULL;
	}
	return documents;
}

static bool is_aside(const char *path, bool (*aside)(void *arg, const struct source *s), void *arg)
{
	GMappedFile *map = g_mapped_file_new(path, FALSE, NULL);
	auto_free char *name = g_path_get_basename(path);
	struct source s = { .name = name };
	bool taken = false;

	if (!map)
		return false;
	s.bytes = g_mapped_file_get_contents(map);
	s.len = g_mapped_file_get_length(map);
	if (s.bytes && s.len <= MOST_ASIDE)
		taken = aside(arg, &s);
	g_mapped_file_unref(map);
	return taken;
}

json_t *tool_others(const json_t *documents, bool (*aside)(void *arg, const struct source *s), void *arg)
{
	json_t *others = json_array(), *path;
	size_t i;

	json_array_foreach (documents, i, path) {
		if (!is_aside(json_string_value(path), aside, arg))
			json_array_append(others, path);
	}
	return others;
}

json_t *tool_read_pages(struct call *c, const json_t *paths, struct share share, struct doc *d)
{
	struct reading r = { .call = c, .share = share };
	struct err e = ERR_INIT;
	enum fault fault = read_documents(&r, paths, d, &e);
	json_t *result;

	if (fault != FAULT_NONE) {
		call_fail(c, fault_kind(fault), false, "%s", e.text);
		return NULL;
	}
	doc_finish(d);
	result = result_make(d, step_begun, &r);
	ask_document(c, d, result, (unsigned)(ASK_MS * (share.to - share.from) / 100));
	return result;
}

json_t *tool_read(struct call *c, const json_t *paths, struct share share)
{
	struct doc *d = doc_new();
	json_t *result = tool_read_pages(c, paths, share, d);

	doc_free(d);
	return result;
}

json_t *tool_answer(const json_t *result, int confidence)
{
	static const char *const keys[] = { "document", "files", "warnings", "engine" };
	json_t *answer = json_object();

	for (size_t i = 0; i < N_ELEMS(keys); i++) {
		json_t *v = json_object_get(result, keys[i]);

		if (v)
			json_object_set(answer, keys[i], v);
	}
	json_object_set_new(answer, "confidence", json_integer(confidence));
	return answer;
}

bool tool_today(struct call *c, char *today)
{
	const json_t *arg = json_object_get(call_args(c), "today");
	const char *text = json_string_value(arg);
	char now[CLOCK_TEXT_BYTES];
	int64_t ms = clock_now_ms();

	if (arg && !json_is_null(arg) && (!text || strlen(text) < 10 || clock_parse(text, &ms) < 0)) {
		call_fail(c, "arguments", false, "'today' must be a date, as in 2027-01-31.");
		return false;
	}
	snprintf(today, 11, "%s", clock_format(ms, now));
	return true;
}

/* TENDER: an MCP server that reads requests for proposals and says where it read what. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "output.h"
#include "pool.h"
#include "reader.h"
#include "result.h"
#include "warm.h"
#include "sdk/server.h"

#define MOST_DOCUMENTS 50
#define READ_SHARE     90 /* of the progress goes to reading pages */

struct reading {
	struct call *call;
	size_t i, n; /* which of the documents */
	int steps;
};

static void page_read(void *arg, int number, int n)
{
	struct reading *r = arg;
	double done = READ_SHARE * ((double)r->i + (double)(number - 1) / n) / (double)r->n;

	if (r->n > 1)
		call_progress(r->call, done, 100, "document %zu of %zu, page %d of %d", r->i + 1, r->n, number, n);
	else
		call_progress(r->call, done, 100, "page %d of %d", number, n);
}

static void step_begun(void *arg, const char *what)
{
	struct reading *r = arg;

	call_progress(r->call, READ_SHARE + 0.5 * r->steps++, 100, "looking for the %s", what);
}

static int fail(struct call *c, enum fault fault, const struct err *e)
{
	return call_fail(c, fault_kind(fault), false, "%s", e->text);
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

static bool check_documents(struct call *c, const json_t *documents)
{
	size_t i, n = json_array_size(documents);
	json_t *path;

	if (n < 1 || n > MOST_DOCUMENTS) {
		call_fail(c, "arguments", false, "'documents' must name 1 to %d files by their paths.", MOST_DOCUMENTS);
		return false;
	}
	json_array_foreach (documents, i, path) {
		if (json_is_string(path) && json_string_value(path)[0] == '/')
			continue;
		call_fail(c, "arguments", false, "Entry %zu of 'documents' is no absolute path.", i + 1);
		return false;
	}
	return true;
}

static void answer(struct call *c, json_t *result)
{
	const char *title = json_string_value(json_object_get(json_object_get(result, "title"), "value"));
	const char *until = json_string_value(json_object_get(json_object_get(result, "submission_deadline"), "value"));
	auto_free char *text = xasprintf("%s; submission deadline %s; %zu requirements; confidence %lld of 100.",
					 title ? title : "No title was found", until ? until : "not found",
					 json_array_size(json_object_get(result, "requirements")),
					 (long long)json_integer_value(json_object_get(result, "confidence")));
	auto_buf summary = BUF_INIT, csv = BUF_INIT, ics = BUF_INIT;

	summary_write(result, &summary);
	csv_write(result, &csv);
	ics_write(result, clock_now_ms(), &ics);
	call_text(c, text);
	call_file(c, "summary.md", "text/markdown", buf_str(&summary));
	call_file(c, "requirements.csv", "text/csv", buf_str(&csv));
	call_file(c, "deadlines.ics", "text/calendar", buf_str(&ics));
	call_structured(c, result);
}

static int parse_rfp(struct call *c)
{
	const json_t *documents = json_object_get(call_args(c), "documents");
	struct reading r = { .call = c };
	struct err e = ERR_INIT;
	struct doc *d;
	enum fault fault;

	if (!check_documents(c, documents))
		return 0;
	d = doc_new();
	fault = read_documents(&r, documents, d, &e);
	if (fault != FAULT_NONE) {
		doc_free(d);
		return fail(c, fault, &e);
	}
	doc_finish(d);
	answer(c, result_make(d, step_begun, &r));
	call_progress(c, 100, 100, "done");
	doc_free(d);
	return 0;
}

/* Pages are read on all processors: the time on the clock is the limit, and of memory much is only reserved. */
static const struct tool tools[] = {
	{ "parse_rfp",
	  parse_rfp,
	  { .cpu_s = 280 * POOL_MOST, .wall_s = 280, .memory_bytes = (size_t)3 << 30, .threads = true } },
};

static void preload(void)
{
	result_preload();
	warm_up();
}

int main(int argc, char **argv)
{
	static const struct server server = { .tools = tools, .n_tools = N_ELEMS(tools), .preload = preload };

	return server_main(&server, argc, argv);
}

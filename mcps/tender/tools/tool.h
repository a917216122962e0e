/*
 * tool - what the tools have in common
 *
 * Each tool is a function in a file of its own, tool_NAME.c, and stands in the manifest. All of them work on what
 * result.h says about the documents; none looks into a document by itself.
 */
#ifndef TENDER_TOOL_H
#define TENDER_TOOL_H

#include <jansson.h>

#include "tender/read/reader.h"
#include "sdk/call.h"

/* The tools: each says its outcome and returns 0 (sdk/call.h). */
int tool_parse(struct call *c);
int tool_requirements(struct call *c);
int tool_matrix(struct call *c);
int tool_eligibility(struct call *c);
int tool_deadlines(struct call *c);
int tool_compare(struct call *c);
int tool_draft(struct call *c);

/* The part of the progress, in percent, that a step may tell. */
struct share {
	double from, to;
};

/* tool_documents - the paths that the call names, checked; NULL when they are wrong, which is said then */
const json_t *tool_documents(struct call *c);

/*
 * tool_others - the documents but those that aside takes, by their bytes
 * What cannot be opened is kept: reading it will say why. Returns an array, the caller's
 */
json_t *tool_others(const json_t *documents, bool (*aside)(void *arg, const struct source *s), void *arg);

/*
 * tool_read - read the files as one tender and answer its result (result.h), the caller's
 * The host's models, where there are any, are asked about what the rules left open (ask.h). NULL when none of the files
 * could be read, which is said then. Progress goes over the share.
 */
json_t *tool_read(struct call *c, const json_t *paths, struct share share);

/* tool_read_pages - the same into an empty document of the caller's, for what is asked about its pages later */
json_t *tool_read_pages(struct call *c, const json_t *paths, struct share share, struct doc *d);

/*
 * tool_answer - a new answer that has document, files, warnings, confidence and engine of a result
 * confidence  0 to 100
 */
json_t *tool_answer(const json_t *result, int confidence);

/* tool_today - the day that counts as today, YYYY-MM-DD: the argument 'today', else the clock's in UTC.
 * False when the argument is no date, which is said then. today[11] out */
bool tool_today(struct call *c, char *today);

#endif

/* request - a JSON request that was dropped: {mcp_id, tool, task_type, title, description, priority, due_date, data} */
#ifndef FS0711_PLATFORM_REQUEST_H
#define FS0711_PLATFORM_REQUEST_H

#include <jansson.h>

#include "base/err.h"
#include "store/rows.h"

/*
 * request_apply - fill a new task from a request; the texts of t are its own
 * Returns 0, or -EINVAL with the key that is wrong
 */
int request_apply(const json_t *request, struct task *t, struct err *e);

#define REQUEST_MOST_FILES 50

/*
 * request_file - path i of those that data.file_path names, a text or a list of texts; NULL behind the last
 * Borrowed from the request.
 */
const char *request_file(const json_t *request, size_t i);

#endif

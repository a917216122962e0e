#include "platform/request.h"

#include <errno.h>
#include <stdlib.h>

#include "platform/record.h"

/* The keys of a request and the fields of a task that they fill. */
static const struct {
	const char *key, *field;
} keys[] = {
	{ "id", NULL },
	{ "mcp_id", "mcp" },
	{ "tool", "tool" },
	{ "task_type", "task_type" },
	{ "title", "title" },
	{ "description", "description" },
	{ "priority", "priority" },
	{ "due_date", "due_date" },
	{ "data", "input_data" },
};

static int set_id(const json_t *v, struct task *t, struct err *e)
{
	const char *id = json_string_value(v);

	if (!id || !*id || strlen(id) > 200)
		return err_set(e, -EINVAL, "'id' must be a text of 1 to 200 bytes");
	row_set_text(&t->id, id);
	return 0;
}

static int set_field(const char *key, const char *name, const json_t *v, struct task *t, struct err *e)
{
	json_t *doc = json_object();
	int rc;

	json_object_set(doc, name, (json_t *)v);
	rc = record_apply(&task_table, t, doc, e);
	json_decref(doc);
	return rc < 0 ? err_add(e, rc == -ENOMEM ? rc : -EINVAL, "the request's '%s'", key) : 0;
}

static int apply_key(const char *key, const json_t *v, struct task *t, struct err *e)
{
	for (size_t i = 0; i < N_ELEMS(keys); i++)
		if (streq(keys[i].key, key))
			return keys[i].field ? set_field(key, keys[i].field, v, t, e) : set_id(v, t, e);
	return err_set(e, -EINVAL,
		       "a request has no key '%s': mcp_id, tool, task_type, title, description, priority, due_date, "
		       "data and id are known",
		       key);
}

static int check_files(const json_t *data, struct err *e)
{
	const json_t *path = json_object_get(data, "file_path");
	size_t i;
	json_t *one;

	if (json_is_array(path) && json_array_size(path) > REQUEST_MOST_FILES)
		return err_set(e, -EINVAL, "the request's 'file_path' names more than %d documents",
			       REQUEST_MOST_FILES);
	json_array_foreach (path, i, one) {
		if (!json_is_string(one))
			return err_set(e, -EINVAL, "the request's 'file_path' must be a path, or a list of paths");
	}
	return 0;
}

int request_apply(const json_t *request, struct task *t, struct err *e)
{
	const json_t *data = json_object_get(request, "data");
	const char *key;
	json_t *v;
	int rc;

	if (!json_is_object(request))
		return err_set(e, -EINVAL, "a request must be a JSON object");
	if (data && !json_is_object(data) && !json_is_null(data))
		return err_set(e, -EINVAL, "the request's 'data' must be an object");
	rc = check_files(data, e);
	if (rc < 0)
		return rc;
	json_object_foreach ((json_t *)request, key, v) {
		rc = apply_key(key, v, t, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

const char *request_file(const json_t *request, size_t i)
{
	const json_t *path = json_object_get(json_object_get(request, "data"), "file_path");

	if (json_is_array(path))
		path = json_array_get(path, i);
	else if (i > 0)
		return NULL;
	return json_string_value(path);
}

#include "sdk/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/io.h"

#define MANIFEST_BYTES (1u << 20)

static int beside_program(char *path, size_t size, struct err *e)
{
	static const char name[] = "manifest.json";
	ssize_t n = readlink("/proc/self/exe", path, size);
	char *slash;

	if (n < 0)
		return err_errno(e, "find the folder of this program");
	if ((size_t)n >= size)
		return err_set(e, -ENAMETOOLONG, "the path of this program is too long");
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash + 1 - path) + sizeof(name) > size)
		return err_set(e, -ENAMETOOLONG, "the path of this program is too long");
	memcpy(slash + 1, name, sizeof(name));
	return 0;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static int check(const struct manifest *m, const char *path, struct err *e)
{
	size_t i;
	json_t *tool;

	if (!*m->id || !*m->version)
		return err_set(e, -EINVAL, "'%s' has no id or no version", path);
	if (json_array_size(m->tools) == 0)
		return err_set(e, -EINVAL, "'%s' describes no tools", path);
	json_array_foreach (m->tools, i, tool) {
		if (!*text_of(tool, "name") || !json_is_object(json_object_get(tool, "inputSchema")))
			return err_set(e, -EINVAL, "tool %zu of '%s' has no name or no inputSchema", i + 1, path);
	}
	return 0;
}

int manifest_load(struct manifest *m, const char *path, struct err *e)
{
	char here[PATH_MAX];
	auto_buf text = BUF_INIT;
	json_error_t bad;
	int rc;

	*m = (struct manifest){ 0 };
	if (!path) {
		rc = beside_program(here, sizeof(here), e);
		if (rc < 0)
			return rc;
		path = here;
	}
	rc = io_read_file(AT_FDCWD, path, &text, MANIFEST_BYTES);
	if (rc < 0)
		return err_set(e, rc, "'%s' cannot be read: %s", path, strerror(-rc));
	m->root = json_loadb(buf_str(&text), text.len, JSON_REJECT_DUPLICATES, &bad);
	if (!m->root)
		return err_set(e, -EINVAL, "'%s', line %d: %s", path, bad.line, bad.text);
	m->id = text_of(m->root, "id");
	m->version = text_of(m->root, "version");
	m->title = text_of(m->root, "title");
	m->description = text_of(m->root, "description");
	m->tools = json_object_get(m->root, "tools");
	rc = check(m, path, e);
	if (rc < 0)
		manifest_release(m);
	return rc;
}

void manifest_release(struct manifest *m)
{
	json_decref(m->root);
	*m = (struct manifest){ 0 };
}

const json_t *manifest_tool(const struct manifest *m, const char *name)
{
	size_t i;
	json_t *tool;

	json_array_foreach (m->tools, i, tool) {
		if (streq(text_of(tool, "name"), name))
			return tool;
	}
	return NULL;
}

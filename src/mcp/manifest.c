#include "mcp/manifest.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/name.h"

#define MAX_BYTES (4u << 20)
#define MAX_ID    64
#define MAX_NAMED 64 /* models */
#define MIB       (1ULL << 20)

static const char *const search_path[] = { "/usr/local/bin", "/usr/bin", "/bin" };

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

/* --- texts --- */

/* Every ${dir} becomes the directory; another ${…} is refused, so that what is not supported is not passed on raw. */
static char *expand(const char *text, const char *dir, struct err *e)
{
	auto_buf out = BUF_INIT;

	for (const char *at = text; *at;) {
		if (util_starts(at, "${dir}")) {
			buf_addstr(&out, dir);
			at += strlen("${dir}");
		} else if (util_starts(at, "${")) {
			err_set(e, -EINVAL, "'%s' has a variable that is not known, only ${dir} is", text);
			return NULL;
		} else {
			buf_addc(&out, *at++);
		}
	}
	buf_addstr(&out, "");
	return buf_steal(&out);
}

static char *find_command(const char *command, const char *dir, struct err *e)
{
	auto_free char *name = expand(command, dir, e);

	if (!name || name[0] == '/')
		return steal(name);
	if (strchr(name, '/'))
		return xasprintf("%s/%s", dir, name);
	for (size_t i = 0; i < N_ELEMS(search_path); i++) {
		auto_free char *path = xasprintf("%s/%s", search_path[i], name);

		if (access(path, X_OK) == 0)
			return steal(path);
	}
	err_set(e, -EINVAL, "the command '%s' is not in /usr/local/bin, /usr/bin or /bin", name);
	return NULL;
}

static int take_argv(struct mcp_manifest *m, struct err *e)
{
	const json_t *args = json_object_get(m->json, "args");
	const char *command = text_of(m->json, "command");
	size_t n = json_array_size(args);

	if (!command || !*command)
		return err_set(e, -EINVAL, "'command' must be a text");
	if (args && !json_is_array(args))
		return err_set(e, -EINVAL, "'args' must be an array of texts");
	m->argv = xcalloc(n + 2, sizeof(*m->argv));
	m->argv[0] = find_command(command, m->dir, e);
	if (!m->argv[0])
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		const char *arg = json_string_value(json_array_get(args, i));

		if (!arg)
			return err_set(e, -EINVAL, "'args' must be an array of texts, element %zu is none", i);
		m->argv[i + 1] = expand(arg, m->dir, e);
		if (!m->argv[i + 1])
			return -EINVAL;
	}
	return 0;
}

static int take_env(struct mcp_manifest *m, struct err *e)
{
	json_t *env = json_object_get(m->json, "env"), *value;
	const char *name;
	size_t n = 0;

	if (env && !json_is_object(env))
		return err_set(e, -EINVAL, "'env' must be an object of texts");
	m->env = xcalloc(json_object_size(env) + 1, sizeof(*m->env));
	json_object_foreach (env, name, value) {
		if (!json_is_string(value) || !*name || strchr(name, '='))
			return err_set(e, -EINVAL, "'env' must be an object of texts, '%s' is none", name);
		auto_free char *text = expand(json_string_value(value), m->dir, e);

		if (!text)
			return -EINVAL;
		m->env[n++] = xasprintf("%s=%s", name, text);
	}
	return 0;
}

static int take_texts(struct mcp_manifest *m, struct err *e)
{
	m->id = text_of(m->json, "id");
	m->version = text_of(m->json, "version");
	m->title = text_of(m->json, "title");
	m->description = text_of(m->json, "description");
	m->input_key = text_of(m->json, "input");
	if (!m->id || !*m->id || strlen(m->id) > MAX_ID || !isalnum((unsigned char)m->id[0]))
		return err_set(e, -EINVAL, "'id' must be a name of 1 to %d letters, digits, '-', '_' and '.'", MAX_ID);
	for (const char *p = m->id; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return err_set(e, -EINVAL, "'id' must be a name of letters, digits, '-', '_' and '.'");
	if (!m->version || !*m->version || strlen(m->version) > MAX_ID || strchr(m->version, '/'))
		return err_set(e, -EINVAL, "'version' must be a text of 1 to %d characters", MAX_ID);
	if (!m->title)
		m->title = m->id;
	if (!m->description)
		m->description = "";
	return 0;
}

/* --- tools --- */

static int check_tool(const json_t *tools, size_t i, struct err *e)
{
	const json_t *tool = json_array_get(tools, i), *output = json_object_get(tool, "outputSchema");
	const char *name = text_of(tool, "name");

	if (!name || !*name || strlen(name) > 128)
		return err_set(e, -EINVAL, "'tools' element %zu has no 'name' of 1 to 128 characters", i);
	if (!json_is_object(json_object_get(tool, "inputSchema")))
		return err_set(e, -EINVAL, "the tool '%s' has no 'inputSchema' object", name);
	if (output && !json_is_object(output))
		return err_set(e, -EINVAL, "the 'outputSchema' of the tool '%s' is not an object", name);
	for (size_t k = 0; k < i; k++)
		if (streq(name, text_of(json_array_get(tools, k), "name")))
			return err_set(e, -EINVAL, "the tool '%s' is there twice", name);
	return 0;
}

static int take_tools(struct mcp_manifest *m, struct err *e)
{
	int rc = 0;

	m->tools = json_object_get(m->json, "tools");
	if (!json_is_array(m->tools) || json_array_size(m->tools) == 0)
		return err_set(e, -EINVAL, "'tools' must be an array with at least one tool");
	for (size_t i = 0; rc == 0 && i < json_array_size(m->tools); i++)
		rc = check_tool(m->tools, i, e);
	if (rc < 0)
		return rc;
	m->default_tool = text_of(m->json, "default_tool");
	if (m->default_tool && !manifest_tool(m, m->default_tool))
		return err_set(e, -EINVAL, "'default_tool' is '%s', but there is no tool with that name",
			       m->default_tool);
	return 0;
}

/* --- models --- */

static bool is_named(const struct mcp_manifest *m, const char *model)
{
	for (size_t i = 0; m->models[i]; i++)
		if (streq(m->models[i], model))
			return true;
	return false;
}

/* Only the form: which of them the host has is seen at each call. */
static int take_models(struct mcp_manifest *m, struct err *e)
{
	const json_t *models = json_object_get(m->json, "models");
	size_t n = json_array_size(models);

	if (models && (!json_is_array(models) || n > MAX_NAMED))
		return err_set(e, -EINVAL, "'models' must be an array of at most %d names", MAX_NAMED);
	m->models = xcalloc(n + 1, sizeof(*m->models));
	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(json_array_get(models, i));
		char clean[NAME_BYTES];

		if (!name || name_clean(name, clean, NULL) < 0)
			return err_set(e, -EINVAL, "'models' must be an array of names, element %zu is none", i);
		if (is_named(m, name))
			return err_set(e, -EINVAL, "'models' names '%s' twice", name);
		m->models[i] = name;
	}
	return 0;
}

/* --- numbers --- */

/* Fields of "timeouts" and "limits": where they go, what they are without a word, and how large one unit is. */
static const struct number {
	const char *group, *key;
	size_t offset;
	bool small; /* the field is a uint32_t, else 64 bits */
	int64_t preset, unit;
} numbers[] = {
#define AT(field) offsetof(struct mcp_manifest, field)
	{ "timeouts", "start_ms", AT(timeouts.start_ms), false, 30000, 1 },
	{ "timeouts", "call_ms", AT(timeouts.call_ms), false, 300000, 1 },
	{ "timeouts", "call_max_ms", AT(timeouts.call_max_ms), false, 0, 1 },
	{ "timeouts", "idle_s", AT(timeouts.idle_ms), false, 0, 1000 },
	{ "timeouts", "stop_grace_ms", AT(timeouts.stop_grace_ms), false, 2000, 1 },
	{ "timeouts", "term_grace_ms", AT(timeouts.term_grace_ms), false, 2000, 1 },
	{ "limits", "memory_mb", AT(limits.memory_bytes), false, 2048, MIB },
	{ "limits", "address_mb", AT(limits.address_bytes), false, 0, MIB },
	{ "limits", "file_mb", AT(limits.file_bytes), false, 1024, MIB },
	{ "limits", "tmp_mb", AT(limits.tmp_bytes), false, 256, MIB },
	{ "limits", "files", AT(limits.files), true, 256, 1 },
	{ "limits", "processes", AT(limits.processes), true, 64, 1 },
	{ "limits", "cpu_s", AT(limits.cpu_s), true, 3600, 1 },
#undef AT
};

static int take_numbers(struct mcp_manifest *m, struct err *e)
{
	for (size_t i = 0; i < N_ELEMS(numbers); i++) {
		const struct number *n = &numbers[i];
		const json_t *value = json_object_get(json_object_get(m->json, n->group), n->key);
		int64_t v = value ? json_integer_value(value) : n->preset;
		char *at = (char *)m + n->offset;

		if ((value && !json_is_integer(value)) || v < 0 || v > 1000000000)
			return err_set(e, -EINVAL, "'%s' in '%s' must be a whole number, 0 or above", n->key, n->group);
		v *= n->unit;
		if (n->small)
			*(uint32_t *)(void *)at = (uint32_t)v;
		else
			*(int64_t *)(void *)at = v;
	}
	return 0;
}

static int take_all(struct mcp_manifest *m, struct err *e)
{
	int rc;

	if (!json_is_object(m->json))
		return err_set(e, -EINVAL, "it must be a JSON object");
	rc = take_texts(m, e);
	if (rc == 0)
		rc = take_argv(m, e);
	if (rc == 0)
		rc = take_env(m, e);
	if (rc == 0)
		rc = take_tools(m, e);
	if (rc == 0)
		rc = take_models(m, e);
	if (rc == 0)
		rc = take_numbers(m, e);
	return rc;
}

int manifest_parse(const char *dir, json_t *json, struct mcp_manifest **out, struct err *e)
{
	struct mcp_manifest *m = xcalloc(1, sizeof(*m));
	int rc;

	m->json = json;
	m->dir = realpath(dir, NULL);
	rc = m->dir ? take_all(m, e) : err_errno(e, "find the directory");
	if (rc < 0) {
		manifest_free(m);
		return err_add(e, rc, "%s/" MANIFEST_FILE, dir);
	}
	*out = m;
	return 0;
}

int manifest_load(const char *dir, struct mcp_manifest **out, struct err *e)
{
	auto_free char *path = xasprintf("%s/" MANIFEST_FILE, dir);
	auto_buf text = BUF_INIT;
	json_error_t why;
	json_t *json;
	int rc = io_read_file(AT_FDCWD, path, &text, MAX_BYTES);

	if (rc < 0)
		return err_set(e, rc, "%s: %s", path, strerror(-rc));
	json = json_loadb(buf_str(&text), text.len, JSON_REJECT_DUPLICATES, &why);
	if (!json)
		return err_set(e, -EINVAL, "%s: line %d: %s", path, why.line, why.text);
	return manifest_parse(dir, json, out, e);
}

static void free_strings(char **strings)
{
	for (char **s = strings; s && *s; s++)
		free(*s);
	free(strings);
}

void manifest_free(struct mcp_manifest *m)
{
	if (!m)
		return;
	free_strings(m->argv);
	free_strings(m->env);
	free(m->models);
	free(m->dir);
	json_decref(m->json);
	free(m);
}

const json_t *manifest_tool(const struct mcp_manifest *m, const char *name)
{
	if (!name)
		name = m->default_tool;
	for (size_t i = 0; name && i < json_array_size(m->tools); i++)
		if (streq(name, text_of(json_array_get(m->tools, i), "name")))
			return json_array_get(m->tools, i);
	return NULL;
}

/* What a spec may say, whether its parts fit together, and who may change it */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/jsonmem.h"
#include "net/url.h"
#include "platform/model.h"
#include "platform/record.h"

#define HEALTH "/health"
/* Of what is taken for a word in braces, and of names of devices. */
#define WORD_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* What is put into the texts of a command. */
static const char *const command_words[] = { "port", "socket", "path", "name", NULL };
static const char *const capability_words[] = { "chat", "embeddings", "rerank", NULL };
/* What would decide for the host which program runs, and on which device. */
static const char *const refused_env[] = { "LD_", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", NULL };

void model_fill(struct model *m)
{
	m->health = xstrdup(HEALTH);
	m->memory_bytes = INT_NULL;
	m->keep_alive_s = INT_NULL;
	m->max_wait_s = 120;
	m->start_s = 600;
	m->parallel = 8;
	m->queue = 64;
	m->stop_s = 10;
	m->capabilities = xstrdup("[]");
}

/* The word in braces at *text, which is moved behind it; false when there is none. What else is in braces is text. */
static bool next_word(const char **text, const char **word, size_t *len)
{
	for (const char *at = strchr(*text, '{'); at; at = strchr(at + 1, '{')) {
		*word = at + 1;
		*len = strspn(*word, WORD_CHARS);
		if (*len && (*word)[*len] == '}' && (at == *text || at[-1] != '$')) { /* "${word}" is a shell's */
			*text = *word + *len;
			return true;
		}
	}
	return false;
}

static bool is_word(const char *word, size_t len, const char *wanted)
{
	return strlen(wanted) == len && memcmp(word, wanted, len) == 0;
}

/* Is {wanted} in one of the texts? */
static bool has_word(const json_t *command, const char *wanted)
{
	const char *word;
	size_t i, len;
	json_t *v;

	json_array_foreach (command, i, v) {
		const char *text = json_string_value(v);

		while (next_word(&text, &word, &len))
			if (is_word(word, len, wanted))
				return true;
	}
	return false;
}

static int check_argument(const char *text, struct err *e)
{
	const char *word;
	size_t len;

	while (next_word(&text, &word, &len)) {
		bool known = false;

		for (const char *const *w = command_words; *w; w++)
			known = known || is_word(word, len, *w);
		if (!known)
			return err_set(e, -EINVAL,
				       "'command' has {%.*s}: only {port}, {socket}, {path} and {name} are filled in",
				       (int)(len < 40 ? len : 40), word);
	}
	return 0;
}

static int check_device(const char *text, struct err *e)
{
	size_t len = strlen(text);

	if (len == 0 || len > 31 || strspn(text, WORD_CHARS ".") != len)
		return err_set(e, -EINVAL,
			       "'devices' has '%.60s', which is no name of a device: they are those in models/devices",
			       text);
	return 0;
}

static int check_capability(const char *text, struct err *e)
{
	return field_word(capability_words, text) >= 0
		       ? 0
		       : err_set(e, -EINVAL, "'capabilities' has '%.60s': they are chat, embeddings and rerank", text);
}

static int parse(const char *text, json_t **out, struct err *e)
{
	unsigned lacks = jsonmem_lacks();

	*out = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	return !*out && jsonmem_lacks() != lacks ? err_set(e, -ENOMEM, "no memory for a spec") : 0;
}

/* A field that is a list of texts, or null; *out is a new reference, or NULL. */
static int check_list(const char *name, const char *text, size_t most, int (*check)(const char *text, struct err *e),
		      json_t **out, struct err *e)
{
	int rc = parse(text, out, e);
	size_t i;
	json_t *v;

	if (rc == 0 && text && !json_is_array(*out))
		rc = err_set(e, -EINVAL, "'%s' must be a list of texts", name);
	if (rc == 0 && json_array_size(*out) > most)
		rc = err_set(e, -EINVAL, "'%s' has %zu texts, and at most %zu are taken", name, json_array_size(*out),
			     most);
	json_array_foreach (*out, i, v) {
		if (rc == 0 && !json_is_string(v))
			rc = err_set(e, -EINVAL, "'%s' must be a list of texts", name);
		if (rc == 0)
			rc = check(json_string_value(v), e);
	}
	return rc;
}

static int check_command(const struct model *m, struct err *e)
{
	json_t *list;
	int rc = check_list("command", m->command, MODEL_ARGS_MOST, check_argument, &list, e);
	const char *program = json_string_value(json_array_get(list, 0));

	if (rc == 0 && program && (!*program || strchr(program, '{') || (*program != '/' && strchr(program, '/'))))
		rc = err_set(e, -EINVAL, "'command' must begin with the name of a program, or its absolute path");
	if (rc == 0 && m->runner == RUNNER_SERVER && !program)
		rc = err_set(e, -EINVAL, "a model whose runner is server needs 'command': its program and arguments");
	if (rc == 0 && m->runner == RUNNER_SERVER && !has_word(list, "port") && !has_word(list, "socket"))
		rc = err_set(e, -EINVAL,
			     "'command' must say {port} or {socket} somewhere: that is where the server is spoken to");
	json_decref(list);
	return rc;
}

static int check_once(const char *name, const json_t *list, struct err *e)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		for (size_t k = 0; k < i; k++)
			if (json_equal(json_array_get(list, i), json_array_get(list, k)))
				return err_set(e, -EINVAL, "'%s' has '%.60s' twice", name,
					       json_string_value(json_array_get(list, i)));
	return 0;
}

static int check_lists(const struct model *m, struct err *e)
{
	json_t *devices = NULL, *capabilities = NULL;
	int rc = check_list("devices", m->devices, MODEL_DEVICES_MOST, check_device, &devices, e);

	if (rc == 0)
		rc = check_list("capabilities", m->capabilities, N_ELEMS(capability_words) - 1, check_capability,
				&capabilities, e);
	if (rc == 0)
		rc = check_once("capabilities", capabilities, e);
	if (rc == 0)
		rc = check_once("devices", devices, e);
	json_decref(devices);
	json_decref(capabilities);
	return rc;
}

static int check_variable(const char *name, const json_t *value, struct err *e)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	if (n == 0 || name[n] || isdigit((unsigned char)*name))
		return err_set(e, -EINVAL, "'env' has '%.60s': names are of A to Z, 0 to 9 and _", name);
	for (const char *const *r = refused_env; *r; r++)
		if (util_starts(name, *r))
			return err_set(e, -EINVAL, "'env' cannot set %.60s, which the host decides", name);
	return json_is_string(value) ? 0 : err_set(e, -EINVAL, "'env' must give %.60s a text", name);
}

static int check_env(const struct model *m, struct err *e)
{
	json_t *env, *value;
	const char *name;
	int rc = parse(m->env, &env, e);

	if (rc == 0 && m->env && !json_is_object(env))
		rc = err_set(e, -EINVAL, "'env' must be an object of names and texts");
	if (rc == 0 && json_object_size(env) > MODEL_ARGS_MOST)
		rc = err_set(e, -EINVAL, "'env' has %zu names, and at most %d are taken", json_object_size(env),
			     MODEL_ARGS_MOST);
	json_object_foreach (env, name, value)
		if (rc == 0)
			rc = check_variable(name, value, e);
	json_decref(env);
	return rc;
}

/* A path of the server's API: what stands in the first line of a request. */
static int check_url_path(const char *name, const char *path, struct err *e)
{
	if (*path != '/')
		return err_set(e, -EINVAL, "'%s' must be a path such as /%s", name, name);
	for (const char *c = path; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == '#')
			return err_set(e, -EINVAL,
				       "'%s' has a space, a '#' or a character outside of ASCII; write it as %%%02X",
				       name, (unsigned)(unsigned char)*c);
	return 0;
}

const char *model_health(const struct model *m)
{
	const char *host = m->health ? strstr(m->health, "://") : NULL, *path;

	if (!host)
		return m->health ? m->health : HEALTH;
	path = strchr(host + strlen("://"), '/');
	return path ? path : "/";
}

static int check_health(const struct model *m, struct err *e)
{
	if (!m->health)
		return 0;
	if (*m->health != '/' && !util_starts(m->health, "http://"))
		return err_set(
			e, -EINVAL,
			"'health' must be a path such as /health, or a URL such as http://127.0.0.1:{port}/health");
	return check_url_path("health", model_health(m), e);
}

static int check_sleep(const struct model *m, struct err *e)
{
	int rc = m->sleep ? check_url_path("sleep", m->sleep, e) : 0;

	if (rc == 0 && m->wake)
		rc = check_url_path("wake", m->wake, e);
	if (rc == 0 && !m->sleep != !m->wake)
		rc = err_set(e, -EINVAL, "'sleep' and 'wake' belong together: '%s' is missing",
			     m->sleep ? "wake" : "sleep");
	return rc;
}

static int check_url(const struct model *m, struct err *e)
{
	int rc = m->url ? url_check(m->url, e) : 0;

	if (rc == 0 && !m->url && m->runner == RUNNER_REMOTE)
		rc = err_set(e, -EINVAL, "a model whose runner is remote needs 'url', such as https://api.example/v1");
	if (rc < 0 || !m->url)
		return rc;
	if (strchr(m->url, '?'))
		return err_set(e, -EINVAL, "'url' has a '?': it is what the paths of the API are added to");
	if (!url_encrypted(m->url) && !url_local(m->url))
		return err_set(e, -EINVAL, "'%.200s' is not encrypted: http is only for this host itself, else https",
			       m->url);
	return 0;
}

static int check_path(const struct model *m, struct err *e)
{
	const char *path = m->path;

	if (!path)
		return 0;
	if (*path != '/')
		return err_set(e, -EINVAL, "'path' must begin with '/': it is where the weights are on this host");
	if (strlen(path) >= PATH_MAX)
		return err_set(e, -EINVAL, "'path' is longer than %d bytes", PATH_MAX - 1);
	for (const char *at = path; (at = strstr(at, "/..")); at += 3)
		if (at[3] == '\0' || at[3] == '/')
			return err_set(e, -EINVAL, "'path' has '..' in it: write where it leads");
	return 0;
}

int model_sound(const struct model *m, struct err *e)
{
	static int (*const checks[])(const struct model *m, struct err *e) = {
		check_command, check_path, check_health, check_url, check_env, check_sleep, check_lists,
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < N_ELEMS(checks); i++)
		rc = checks[i](m, e);
	return rc;
}

/* Empty texts say nothing, and what is added to the url begins with a slash. */
static void tidy(struct model *m)
{
	char **const texts[] = { &m->path,  &m->health, &m->url,     &m->served_as,
				 &m->sleep, &m->wake,   &m->license, &m->purpose };
	size_t len;

	for (size_t i = 0; i < N_ELEMS(texts); i++)
		if (*texts[i] && !**texts[i])
			row_set_text(texts[i], NULL);
	for (len = m->url ? strlen(m->url) : 0; len && m->url[len - 1] == '/'; len--)
		m->url[len - 1] = '\0';
}

int model_check(struct platform *p UNUSED, struct tx *tx UNUSED, struct model *m, struct err *e)
{
	tidy(m);
	return model_sound(m, e);
}

static const char *lack_of(const struct model *m)
{
	json_t *command = m->command ? json_loads(m->command, 0, NULL) : NULL;
	bool wants_path = has_word(command, "path");

	json_decref(command);
	if (m->runner == RUNNER_NONE)
		return "it has no runner: write server or remote";
	if (m->runner == RUNNER_SERVER && wants_path && !m->path)
		return "it has no path, which its command asks for";
	if (m->runner == RUNNER_SERVER && m->memory_bytes == INT_NULL)
		return "it has no memory_bytes: how much its server is going to need";
	return NULL;
}

int model_ready(const struct model *m, struct err *e)
{
	const char *lack;
	struct err why = ERR_INIT;

	if (model_sound(m, &why) < 0)
		return err_set(e, why.code == -ENOMEM ? -ENOMEM : -ENOTSUP, "%s", why.text);
	lack = lack_of(m);
	return lack ? err_set(e, -ENOTSUP, "%s", lack) : 0;
}

static bool same(const char *a, const char *b)
{
	json_t *was = a ? json_loads(a, 0, NULL) : NULL, *now = b ? json_loads(b, 0, NULL) : NULL;
	bool same = was && now ? record_same(was, now) : (!a && !b) || (a && b && streq(a, b));

	json_decref(was);
	json_decref(now);
	return same;
}

int model_may(const struct model *was, const struct model *now, const struct actor *who, struct err *e)
{
	const struct {
		const char *name, *was, *now;
		bool guarded;
		const char *why;
	} fields[] = {
		{ "command", was->command, now->command, true, "lets a command run on this host" },
		{ "path", was->path, now->path, true, "opens files of this host to a command" },
		{ "env", was->env, now->env, true, "decides how a command runs on this host" },
		{ "url", was->url, now->url, was->key, "decides who gets its key" },
	};

	if (actor_is_operator(who))
		return 0;
	for (size_t i = 0; i < N_ELEMS(fields); i++)
		if (fields[i].guarded && !same(fields[i].was, fields[i].now))
			return err_set(e, -EPERM, "'%s' %s: only who runs the mount may change it", fields[i].name,
				       fields[i].why);
	return 0;
}

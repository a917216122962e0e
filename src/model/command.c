#include "model/command.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

#define WORD_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static const struct {
	const char *word;
	size_t offset;
} words[] = {
	{ "port", offsetof(struct command_words, port) },
	{ "socket", offsetof(struct command_words, socket) },
	{ "path", offsetof(struct command_words, path) },
	{ "name", offsetof(struct command_words, name) },
};

/*
 * find_word - the next "{word}" in text: its begin, and its length without the braces; NULL when there is none
 * "${word}" is a shell's
 */
static const char *find_word(const char *start, const char *text, size_t *len)
{
	for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{')) {
		*len = strspn(at + 1, WORD_CHARS);
		if (*len > 0 && at[1 + *len] == '}' && (at == start || at[-1] != '$'))
			return at;
	}
	return NULL;
}

bool command_uses(const char *const *command, const char *word)
{
	size_t len;

	for (; *command; command++)
		for (const char *at = find_word(*command, *command, &len); at; at = find_word(*command, at + 1, &len))
			if (strlen(word) == len && strncmp(at + 1, word, len) == 0)
				return true;
	return false;
}

static int add_value(struct buf *out, const char *word, size_t len, const struct command_words *w, struct err *e)
{
	for (size_t i = 0; i < N_ELEMS(words); i++) {
		const char *value = *(const char *const *)((const char *)w + words[i].offset);

		if (strlen(words[i].word) != len || strncmp(words[i].word, word, len) != 0)
			continue;
		if (!value)
			return err_set(e, -EINVAL, "the command holds {%s}, which this model has not", words[i].word);
		buf_addstr(out, value);
		return 0;
	}
	return err_set(e, -EINVAL, "the command holds {%.*s}: {port}, {socket}, {path} and {name} are known",
		       (int)(len < 60 ? len : 60), word);
}

static int expand(const char *text, const struct command_words *w, char **out, struct err *e)
{
	auto_buf b = BUF_INIT;
	const char *start = text, *at;
	size_t len;
	int rc = 0;

	for (; rc == 0 && (at = find_word(start, text, &len)); text = at + len + 2) {
		buf_add(&b, text, (size_t)(at - text));
		rc = add_value(&b, at + 1, len, w, e);
	}
	if (rc < 0)
		return rc;
	buf_addstr(&b, text);
	*out = buf_steal(&b);
	if (*out)
		return 0;
	err_set(e, -ENOMEM, "no memory for a command");
	return -ENOMEM;
}

/* find_program - replace a name by its path */
static int find_program(char **program, struct err *e)
{
	static const char *const dirs[] = { "/usr/local/bin", "/usr/bin", "/bin" };

	if ((*program)[0] == '/')
		return 0;
	if (strchr(*program, '/'))
		return err_set(e, -EINVAL, "the program '%.200s' must be a name or an absolute path", *program);
	for (size_t i = 0; i < N_ELEMS(dirs); i++) {
		auto_free char *path = xasprintf("%s/%s", dirs[i], *program);

		if (access(path, X_OK) < 0)
			continue;
		free(*program);
		*program = steal(path);
		return 0;
	}
	return err_set(e, -ENOENT, "there is no program '%.200s' in /usr/local/bin, /usr/bin and /bin", *program);
}

int command_expand(const char *const *command, const struct command_words *w, char ***out, struct err *e)
{
	size_t n = 0;
	char **list;
	int rc = 0;

	while (command[n])
		n++;
	if (n == 0 || !command[0][0])
		return err_set(e, -EINVAL, "the command has no program");
	list = xcalloc(n + 1, sizeof(*list));
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = expand(command[i], w, &list[i], e);
	if (rc == 0)
		rc = find_program(&list[0], e);
	if (rc < 0) {
		command_free(list);
		return rc;
	}
	*out = list;
	return 0;
}

/* is_seen - every server sees these as they are */
static bool is_seen(const char *path)
{
	static const char *const system[] = { "/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/" };

	for (size_t i = 0; i < N_ELEMS(system); i++)
		if (util_starts(path, system[i]))
			return true;
	return false;
}

static void add_dir(char **list, char *dir)
{
	size_t n = 0;

	while (list[n] && !streq(list[n], dir))
		n++;
	if (!list[n] && access(dir, F_OK) == 0)
		list[n] = dir;
	else
		free(dir);
}

/* add_program - a whole PREFIX could be somebody's home: only what belongs to programs is taken of it */
static void add_program(char **list, const char *program)
{
	static const char *const beside[] = { "lib", "lib64", "libexec", "share", "pyvenv.cfg" };
	const char *slash = strrchr(program, '/');
	auto_free char *dir = xstrndup(program, (size_t)(slash - program));

	if (is_seen(program) || slash == program)
		return;
	add_dir(list, xstrdup(dir));
	if (!util_ends(dir, "/bin"))
		return;
	for (size_t i = 0; i < N_ELEMS(beside); i++)
		add_dir(list, xasprintf("%.*s%s", (int)(strlen(dir) - strlen("bin")), dir, beside[i]));
}

char **command_dirs(const char *program)
{
	char **list = xcalloc(16, sizeof(*list)), real[PATH_MAX];

	add_program(list, program);
	if (realpath(program, real))
		add_program(list, real);
	return list;
}

void command_free(char **list)
{
	for (char **at = list; at && *at; at++)
		free(*at);
	free(list);
}

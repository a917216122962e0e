#include "model/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "model/command.h"
#include "model/port.h"

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static int make_dir(const char *path, struct err *e)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_errno(e, "make the directory '%s'", path);
	return 0;
}

static int make_dirs(struct setting *s, struct err *e)
{
	int rc = make_dir(s->conf->dir, e);

	s->work = xasprintf("%s/work", s->conf->dir);
	if (rc == 0)
		rc = io_remove_tree(AT_FDCWD, s->work) < 0 ? err_set(e, -EIO, "'%s' cannot be emptied", s->work)
							   : make_dir(s->work, e);
	return rc;
}

/* add_env - unless the model says it itself: of a name that is there twice, some programs take the first */
static void add_env(struct setting *s, size_t *n, const char *line)
{
	size_t name = strcspn(line, "=") + 1;

	for (const char *const *own = s->conf->env; own && *own; own++)
		if (strncmp(*own, line, name) == 0)
			return;
	s->env[(*n)++] = line;
}

static void fill_env(struct setting *s)
{
	const char *const *own = s->conf->env;
	size_t n = 0;

	s->home = xasprintf("HOME=%s", s->view ? "/tmp" : s->work);
	s->tmp = xasprintf("TMPDIR=%s", s->view ? "/tmp" : s->work);
	s->env = xcalloc(count(own) + 5, sizeof(*s->env));
	add_env(s, &n, "PATH=/usr/local/bin:/usr/bin:/bin");
	add_env(s, &n, "LANG=C.UTF-8");
	add_env(s, &n, s->home);
	add_env(s, &n, s->tmp);
	for (; own && *own; own++)
		s->env[n++] = *own;
}

/*
 * In a cache of Hugging Face a model's directory (snapshots/REVISION) holds links to ../../blobs alone. Other links out
 * of it are not followed: weights that somebody fetched do not choose what else is seen.
 */
static char *find_blobs(const char *path)
{
	auto_free char *blobs = xasprintf("%s/../../blobs", path);
	char real[PATH_MAX], *slash;
	struct stat sb;

	if (!realpath(path, real) || stat(blobs, &sb) < 0 || !S_ISDIR(sb.st_mode))
		return NULL;
	slash = strrchr(real, '/');
	*slash = '\0';
	return util_ends(real, "/snapshots") ? steal(blobs) : NULL;
}

static void fill_dirs(struct setting *s)
{
	size_t n = 0;

	s->own_dirs = command_dirs(s->argv[0]);
	s->blobs = s->conf->path ? find_blobs(s->conf->path) : NULL;
	s->dirs = xcalloc(count((const char *const *)s->own_dirs) + 4, sizeof(*s->dirs));
	for (char **d = s->own_dirs; *d; d++)
		s->dirs[n++] = *d;
	if (s->conf->path)
		s->dirs[n++] = s->conf->path;
	if (s->blobs)
		s->dirs[n++] = s->blobs;
	if (s->port[0] && access("/etc/hosts", R_OK) == 0)
		s->dirs[n++] = "/etc/hosts";
}

static int fill_argv(struct setting *s, struct err *e)
{
	const struct inference_conf *c = s->conf;
	struct command_words words = { .port = s->port, .path = c->path, .name = c->name };
	bool by_socket = command_uses(c->command, "socket");
	int port = 0;

	if (command_uses(c->command, "port"))
		port = port_free(e);
	else if (!by_socket)
		return err_set(e, -EINVAL, "the command names neither {port} nor {socket}");
	if (port < 0)
		return port;
	if (port > 0)
		snprintf(s->port, sizeof(s->port), "%d", port);
	s->socket = by_socket ? xasprintf("%s/sock", s->view ? SANDBOX_WORK : s->work) : NULL;
	words.socket = s->socket;
	return command_expand(c->command, &words, &s->argv, e);
}

static int check_path(const struct inference_conf *c, struct err *e)
{
	if (!c->path)
		return 0;
	if (c->path[0] != '/' || !c->path[1])
		return err_set(e, -EINVAL, "the path '%s' is not the absolute path of a file or a directory", c->path);
	return access(c->path, F_OK) < 0 ? err_errno(e, "the weights at '%s'", c->path) : 0;
}

int setting_init(struct setting *s, const struct inference_conf *conf, struct err *e)
{
	int rc;

	*s = (struct setting){ .conf = conf, .view = spawner_layers(conf->spawner)->view };
	rc = check_path(conf, e);
	if (rc == 0)
		rc = make_dirs(s, e);
	if (rc == 0)
		rc = fill_argv(s, e);
	if (rc < 0)
		return rc;
	fill_env(s);
	fill_dirs(s);
	return 0;
}

void setting_release(struct setting *s)
{
	free(s->work);
	free(s->socket);
	free(s->home);
	free(s->tmp);
	free(s->blobs);
	command_free(s->argv);
	command_free(s->own_dirs);
	free(s->env);
	free(s->dirs);
}

#include "mcp/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define INSTALLED PKGLIBEXECDIR "/mcps"

static bool is_directory(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
}

char *catalog_root(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return xstrdup(INSTALLED);
	self[n] = '\0';

	const char *dir = dirname(self);
	auto_free char *beside = xasprintf("%s/mcps", dir);

	if (is_directory(beside))
		return steal(beside);
	if (util_ends(dir, "/src")) {
		auto_free char *above = xasprintf("%s/../mcps", dir);

		if (is_directory(above))
			return steal(above);
	}
	return xstrdup(INSTALLED);
}

static void add(struct mcp_catalog *c, const char *dir)
{
	struct err e = ERR_INIT;
	struct mcp_manifest *m;
	int rc = manifest_load(dir, &m, &e);

	if (rc == -ENOENT || rc == -ENOTDIR)
		return;
	if (rc < 0) {
		log_warn("an MCP server is left out: %s", e.text);
		return;
	}
	if (catalog_find(c, m->id)) {
		log_warn("an MCP server is left out: %s has the id '%s', which another one has too", dir, m->id);
		manifest_free(m);
		return;
	}
	c->items = xrealloc(c->items, (c->n + 1) * sizeof(struct mcp_manifest *));
	c->items[c->n++] = m;
}

static int compare(const void *a, const void *b)
{
	const struct mcp_manifest *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int catalog_open(const char *root, struct mcp_catalog **out, struct err *e)
{
	auto_free char *found = root ? xstrdup(root) : catalog_root();
	struct dirent **names;
	struct mcp_catalog *c;
	int n = scandir(found, &names, is_visible, alphasort);

	if (n < 0)
		return err_errno(e, "read the directory of MCP servers '%s'", found);
	c = xcalloc(1, sizeof(*c));
	for (int i = 0; i < n; i++) {
		auto_free char *dir = xasprintf("%s/%s", found, names[i]->d_name);

		add(c, dir);
		free(names[i]);
	}
	free(names);
	if (c->n > 1)
		qsort(c->items, c->n, sizeof(struct mcp_manifest *), compare);
	*out = c;
	return 0;
}

void catalog_close(struct mcp_catalog *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		manifest_free(c->items[i]);
	free(c->items);
	free(c);
}

const struct mcp_manifest *catalog_find(const struct mcp_catalog *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (streq(c->items[i]->id, id))
			return c->items[i];
	return NULL;
}

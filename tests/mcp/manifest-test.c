#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "mcp/catalog.h"

#define TOOLS "\"tools\": [{\"name\": \"parse\", \"inputSchema\": {}}]"
#define HEAD  "\"id\": \"A\", \"version\": \"1\", \"command\": \"${dir}/a\""

static char root[] = "/tmp/0711fs-catalog-XXXXXX";

static void put_manifest(const char *name, const char *text)
{
	auto_free char *dir = xasprintf("%s/%s", root, name), *path = xasprintf("%s/manifest.json", dir);
	auto_close int fd = -1;

	assert_true(mkdir(dir, 0755) == 0 || errno == EEXIST);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
}

static void test_fields(void **state UNUSED)
{
	auto_free char *dir = xasprintf("%s/a", root), *argv0 = xasprintf("%s/a/a", root);
	auto_free char *argv1 = xasprintf("--data=%s/a/x", root), *env = xasprintf("D=%s/a", root);
	struct mcp_manifest *m = NULL;
	struct err e = ERR_INIT;

	put_manifest("a",
		     "{" HEAD ", " TOOLS ", \"args\": [\"--data=${dir}/x\"], \"env\": {\"D\": \"${dir}\"},"
		     " \"default_tool\": \"parse\", \"input\": \"paths\", \"accepts\": [\"application/pdf\"],"
		     " \"models\": [\"small\", \"large\"],"
		     " \"timeouts\": {\"call_ms\": 5, \"idle_s\": 2}, \"limits\": {\"memory_mb\": 3, \"cpu_s\": 9},"
		     " \"something\": \"else\"}");
	assert_int_equal(manifest_load(dir, &m, &e), 0);
	assert_string_equal(m->id, "A");
	assert_string_equal(m->title, "A");
	assert_string_equal(m->description, "");
	assert_string_equal(m->argv[0], argv0);
	assert_string_equal(m->argv[1], argv1);
	assert_null(m->argv[2]);
	assert_string_equal(m->env[0], env);
	assert_string_equal(m->input_key, "paths");
	assert_string_equal(m->models[0], "small");
	assert_string_equal(m->models[1], "large");
	assert_null(m->models[2]);
	assert_non_null(manifest_tool(m, NULL));
	assert_non_null(manifest_tool(m, "parse"));
	assert_null(manifest_tool(m, "other"));
	assert_int_equal(m->timeouts.start_ms, 30000);
	assert_int_equal(m->timeouts.call_ms, 5);
	assert_int_equal(m->timeouts.idle_ms, 2000);
	assert_int_equal(m->limits.memory_bytes, 3 << 20);
	assert_int_equal(m->limits.cpu_s, 9);
	assert_int_equal(m->limits.processes, 64);
	manifest_free(m);
}

static void test_refusals(void **state UNUSED)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "{", "line 1" },
		{ "[]", "must be a JSON object" },
		{ "{" TOOLS "}", "'id'" },
		{ "{\"id\": \"../x\", \"version\": \"1\"}", "'id'" },
		{ "{\"id\": \"A b\", \"version\": \"1\"}", "'id'" },
		{ "{\"id\": \"A\"}", "'version'" },
		{ "{\"id\": \"A\", \"version\": \"1\"}", "'command'" },
		{ "{\"id\": \"A\", \"version\": \"1\", \"command\": \"no-such-command-here\"}",
		  "no-such-command-here" },
		{ "{\"id\": \"A\", \"version\": \"1\", \"command\": \"${home}/x\"}", "${home}" },
		{ "{" HEAD ", \"args\": [1]}", "element 0" },
		{ "{" HEAD ", \"env\": {\"A=B\": \"x\"}}", "'A=B'" },
		{ "{" HEAD ", " TOOLS ", \"models\": \"small\"}", "'models' must be an array" },
		{ "{" HEAD ", " TOOLS ", \"models\": [\"small\", 1]}", "element 1 is none" },
		{ "{" HEAD ", " TOOLS ", \"models\": [\"a/b\"]}", "element 0 is none" },
		{ "{" HEAD ", " TOOLS ", \"models\": [\"a\", \"a\"]}", "'a' twice" },
		{ "{" HEAD "}", "'tools'" },
		{ "{" HEAD ", \"tools\": []}", "'tools'" },
		{ "{" HEAD ", \"tools\": [{\"name\": \"x\"}]}", "'x' has no 'inputSchema'" },
		{ "{" HEAD ", \"tools\": [{\"name\": \"x\", \"inputSchema\": {}, \"outputSchema\": 1}]}",
		  "'outputSchema'" },
		{ "{" HEAD
		  ", \"tools\": [{\"name\": \"x\", \"inputSchema\": {}}, {\"name\": \"x\", \"inputSchema\": {}}]}",
		  "twice" },
		{ "{" HEAD ", " TOOLS ", \"default_tool\": \"other\"}", "'other'" },
		{ "{" HEAD ", " TOOLS ", \"timeouts\": {\"call_ms\": -1}}", "'call_ms'" },
	};
	auto_free char *dir = xasprintf("%s/b", root);

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct mcp_manifest *m = NULL;
		struct err e = ERR_INIT;

		put_manifest("b", rows[i].text);
		assert_int_equal(manifest_load(dir, &m, &e), -EINVAL);
		if (!strstr(e.text, rows[i].words))
			fail_msg("%s: %s", rows[i].text, e.text);
	}
}

static void test_catalog(void **state UNUSED)
{
	struct mcp_catalog *c = NULL;
	struct err e = ERR_INIT;

	put_manifest("b", "{ broken");
	put_manifest("c", "{\"id\": \"Z\", \"version\": \"1\", \"command\": \"./z\", " TOOLS "}");
	put_manifest("d", "{\"id\": \"B\", \"version\": \"1\", \"command\": \"sh\", " TOOLS "}");
	put_manifest("e", "{\"id\": \"B\", \"version\": \"2\", \"command\": \"sh\", " TOOLS "}");
	put_manifest(".hidden", "{\"id\": \"H\", \"version\": \"1\", \"command\": \"sh\", " TOOLS "}");
	auto_free char *empty = xasprintf("%s/f", root);
	assert_int_equal(mkdir(empty, 0755), 0);
	assert_int_equal(catalog_open(root, &c, &e), 0);
	assert_int_equal(c->n, 3);
	assert_string_equal(c->items[0]->id, "A");
	assert_string_equal(c->items[1]->id, "B");
	assert_string_equal(c->items[1]->version, "1");
	assert_int_equal(access(c->items[1]->argv[0], X_OK), 0);
	assert_ptr_equal(catalog_find(c, "Z"), c->items[2]);
	assert_null(catalog_find(c, "H"));
	catalog_close(c);
	assert_int_equal(catalog_open("/nonexistent", &c, &e), -ENOENT);
}

static int setup(void **state UNUSED)
{
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state UNUSED)
{
	return io_remove_tree(AT_FDCWD, root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_catalog),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

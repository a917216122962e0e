/* What is run for a model. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "model/command.h"

static const struct command_words all = { .port = "8081", .socket = "/s", .path = "/models/x.gguf", .name = "x" };

static void expect(const char *argument, const char *expected)
{
	const char *const command[] = { "/bin/true", argument, NULL };
	struct err e = ERR_INIT;
	char **out;

	if (command_expand(command, &all, &out, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(out[1], expected);
	assert_null(out[2]);
	command_free(out);
}

static void refuse(const char *const *command, const struct command_words *w, int rc, const char *word)
{
	struct err e = ERR_INIT;
	char **out;

	assert_int_equal(command_expand(command, w, &out, &e), rc);
	if (!strstr(e.text, word))
		fail_msg("'%s' has no '%s'", e.text, word);
}

static void words_are_replaced(void **state UNUSED)
{
	expect("--port={port}", "--port=8081");
	expect("{path}", "/models/x.gguf");
	expect("{name}:{port}{socket}", "x:8081/s");
	expect("", "");
}

static void other_braces_stay(void **state UNUSED)
{
	expect("{\"temperature\": {port}}", "{\"temperature\": 8081}");
	expect("{}{ port }{port", "{}{ port }{port");
	expect("a{{port}}", "a{8081}");
	expect("echo ${HOME} ${port}{port} $", "echo ${HOME} ${port}8081 $");
}

static void bad_commands_are_refused(void **state UNUSED)
{
	const struct command_words few = { .name = "x" };
	const char *const none[] = { NULL }, *const empty[] = { "", NULL };
	const char *const unknown[] = { "/bin/true", "--gpu={device}", NULL };
	const char *const path[] = { "/bin/true", "{path}", NULL };
	const char *const relative[] = { "./server", NULL }, *const missing[] = { "no-such-program-0711", NULL };

	refuse(none, &all, -EINVAL, "no program");
	refuse(empty, &all, -EINVAL, "no program");
	refuse(unknown, &all, -EINVAL, "{device}");
	refuse(path, &few, -EINVAL, "{path}");
	refuse(relative, &all, -EINVAL, "./server");
	refuse(missing, &all, -ENOENT, "no-such-program-0711");
}

static void a_program_is_found(void **state UNUSED)
{
	const char *const command[] = { "env", NULL };
	char **out;

	assert_int_equal(command_expand(command, &all, &out, NULL), 0);
	assert_true(streq(out[0], "/usr/bin/env") || streq(out[0], "/usr/local/bin/env"));
	command_free(out);
}

static void uses_are_found(void **state UNUSED)
{
	const char *const command[] = { "prog", "--a={port}", "{socket", "{name}{path}", NULL };

	assert_true(command_uses(command, "port"));
	assert_true(command_uses(command, "path"));
	assert_false(command_uses(command, "socket"));
	assert_false(command_uses(command, "por"));
	assert_false(command_uses(command, "ports"));
}

static bool has(char **list, const char *dir)
{
	while (*list && !streq(*list, dir))
		list++;
	return *list;
}

static void a_program_sees_what_belongs_to_it(void **state UNUSED)
{
	char dir[] = "/tmp/0711fs-command-XXXXXX";
	static const char *const made[] = { "env", "env/bin", "env/lib", "env/private", "bin" };
	auto_free char *program = NULL, *link = NULL;
	char path[3][128], **list;

	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < N_ELEMS(made); i++) {
		auto_free char *one = xasprintf("%s/%s", dir, made[i]);

		assert_int_equal(mkdir(one, 0755), 0);
	}
	snprintf(path[0], sizeof(path[0]), "%s/env/bin", dir);
	snprintf(path[1], sizeof(path[1]), "%s/env/lib", dir);
	snprintf(path[2], sizeof(path[2]), "%s/bin", dir);
	program = xasprintf("%s/prog", path[0]);
	link = xasprintf("%s/prog", path[2]);
	close(open(program, O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
	assert_int_equal(symlink(program, link), 0);
	list = command_dirs(link);
	assert_true(has(list, path[0]) && has(list, path[1]) && has(list, path[2]));
	assert_null(list[3]);
	command_free(list);
	list = command_dirs("/usr/bin/env");
	assert_null(list[0]);
	command_free(list);
	io_remove_tree(AT_FDCWD, dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_replaced),       cmocka_unit_test(other_braces_stay),
		cmocka_unit_test(bad_commands_are_refused), cmocka_unit_test(a_program_is_found),
		cmocka_unit_test(uses_are_found),           cmocka_unit_test(a_program_sees_what_belongs_to_it),
	};

	return RUN_TESTS(tests);
}

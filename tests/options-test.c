/* The command line of 0711fs. */
#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"

static struct options o;
static struct err e;
static char *words_copy;

/* Parse words that are separated by spaces, behind the name of the program. */
static int parse(const char *words)
{
	static char *argv[32];
	char *rest;
	int argc = 1;

	options_release(&o);
	free(words_copy);
	rest = words_copy = xstrdup(words);
	argv[0] = (char *)"0711fs";
	for (char *word; (word = strsep(&rest, " "));)
		argv[argc++] = word;
	e = (struct err)ERR_INIT;
	return options_parse(argc, argv, &o, &e);
}

static void expect_ok(const char *words)
{
	if (parse(words) < 0)
		fail_msg("%s: %s", words, e.text);
}

static void expect_refused(const char *words, const char *sentence)
{
	assert_int_equal(parse(words), -EINVAL);
	if (!strstr(e.text, sentence))
		fail_msg("%s: '%s' does not hold '%s'", words, e.text, sentence);
	assert_null(o.as);
}

static void what_is_usual(void **state UNUSED)
{
	expect_ok("/src /mnt");
	assert_string_equal(o.source, "/src");
	assert_string_equal(o.mountpoint, "/mnt");
	assert_int_equal(o.uid, getuid());
	assert_int_equal(o.gid, getgid());
	assert_int_equal(o.umask, 0);
	assert_int_equal(o.log_level, LOG_LEVEL_INFO);
	assert_null(o.as);
	assert_false(o.foreground || o.debug || o.help || o.version || o.allow_other || o.read_only || o.syslog ||
		     o.log_json);
}

static void flags(void **state UNUSED)
{
	expect_ok("-f a b");
	assert_true(o.foreground && !o.debug);
	expect_ok("a -d b");
	assert_true(o.foreground && o.debug);
	expect_ok("-h");
	assert_true(o.help);
	expect_ok("--help");
	assert_true(o.help);
	expect_ok("-V");
	assert_true(o.version);
	expect_ok("--version");
	assert_true(o.version);
}

static void every_option(void **state UNUSED)
{
	expect_ok("a b -o as=anna,uid=1000,gid=100,umask=027,allow_other,ro,log=debug,log_json,syslog");
	assert_string_equal(o.as, "anna");
	assert_int_equal(o.uid, 1000);
	assert_int_equal(o.gid, 100);
	assert_int_equal(o.umask, 027);
	assert_int_equal(o.log_level, LOG_LEVEL_DEBUG);
	assert_true(o.allow_other && o.read_only && o.log_json && o.syslog);
	expect_ok("-oas=anna a b -o as=ben,umask=0");
	assert_string_equal(o.as, "ben");
}

static void lists(void **state UNUSED)
{
	expect_ok("a b -o as=Meier\\,Anna,allow_other");
	assert_string_equal(o.as, "Meier,Anna");
	assert_true(o.allow_other);
	expect_ok("a b -o as=a\\\\b");
	assert_string_equal(o.as, "a\\b");
	expect_ok("a b -o as=a\\");
	assert_string_equal(o.as, "a\\");
	expect_ok("a b -o as=x=y");
	assert_string_equal(o.as, "x=y");
	expect_ok("a b -o ,,allow_other,,");
	assert_true(o.allow_other);
	expect_ok("a b -o ");
	expect_ok("a b -o as=");
	assert_string_equal(o.as, "");
}

static void values_that_are_refused(void **state UNUSED)
{
	static const char *const rows[][2] = {
		{ "uid=x", "'x' is no value for option 'uid'" },
		{ "uid=-1", "'uid'" },
		{ "uid=", "'uid'" },
		{ "uid=4294967295", "'uid'" },
		{ "uid=99999999999999999999", "'uid'" },
		{ "gid=1x", "'gid'" },
		{ "umask=8", "'umask'" },
		{ "umask=1000", "'umask'" },
		{ "inotify=loud", "'loud' is no value for option 'inotify'" },
		{ "log=loud", "'loud' is no value for option 'log'" },
		{ "uid", "needs a value" },
		{ "as", "needs a value" },
		{ "allow_other=1", "takes no value" },
		{ "syslog=", "takes no value" },
		{ "nonsense", "option 'nonsense' is not known" },
		{ "nonsense=1", "option 'nonsense' is not known" },
		{ "=", "not known" },
		{ "as=anna,nonsense", "not known" },
		{ "Uid=1", "not known" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_free char *words = xasprintf("a b -o %s", rows[i][0]);

		expect_refused(words, rows[i][1]);
	}
}

static void what_mount_adds(void **state UNUSED)
{
	expect_ok(
		"a b -o rw,nodev,nosuid,noexec,_netdev,nofail,user,noauto,x-systemd.automount,defaults,relatime,dev,suid,"
		"exec,auto,users,owner,group,async,noatime,comment=x,x-gvfs-show");
	assert_null(o.as);
}

static void operands(void **state UNUSED)
{
	expect_refused("", "usage:");
	expect_refused("a", "usage:");
	expect_refused("a b c", "'c' is one argument too many");
	expect_refused("a b -x", "'-x' is not known");
	expect_refused("a b --nonsense", "'--nonsense' is not known");
	expect_refused("a b -o", "-o needs a list");
	expect_ok("-- -f -d");
	assert_string_equal(o.source, "-f");
	assert_string_equal(o.mountpoint, "-d");
	expect_ok("- b");
	assert_string_equal(o.source, "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_usual),
		cmocka_unit_test(flags),
		cmocka_unit_test(every_option),
		cmocka_unit_test(lists),
		cmocka_unit_test(values_that_are_refused),
		cmocka_unit_test(what_mount_adds),
		cmocka_unit_test(operands),
	};

	int rc = RUN_TESTS(tests);

	options_release(&o);
	free(words_copy);
	return rc;
}

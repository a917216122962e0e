#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "platform/vault.h"

#define CONTEXT "webhook/one/secret"

/* A folder of its own, with room for the name of a key file in it. */
struct place {
	char dir[64], keyfile[80];
};

static int make_place(void **state)
{
	struct place *at = xcalloc(1, sizeof(*at));

	strcpy(at->dir, "/tmp/vault-test.XXXXXX");
	assert_non_null(mkdtemp(at->dir));
	snprintf(at->keyfile, sizeof(at->keyfile), "%s/key", at->dir);
	*state = at;
	return 0;
}

static int remove_place(void **state)
{
	struct place *at = *state;

	assert_int_equal(io_remove_tree(AT_FDCWD, at->dir), 0);
	free(at);
	return 0;
}

static void write_key(const struct place *at, const char *text, mode_t mode)
{
	int fd = open(at->keyfile, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void expect_open(const struct place *at, int rc)
{
	struct err e = ERR_INIT;
	struct vault *v = NULL;

	assert_int_equal(vault_open(at->keyfile, &v, &e), rc);
	if (rc < 0) {
		assert_null(v);
		assert_non_null(strstr(e.text, at->keyfile));
	}
	vault_close(v);
}

/* sealed_text - the caller's to free */
static char *sealed_text(const struct vault *v, const char *context, const char *text)
{
	struct err e = ERR_INIT;
	char *sealed = NULL;

	assert_int_equal(vault_seal(v, context, text, &sealed, &e), 0);
	return sealed;
}

static void expect_unsealed(const struct vault *v, const char *context, const char *sealed, const char *expected)
{
	auto_free char *text = NULL;

	assert_int_equal(vault_unseal(v, context, sealed, &text, NULL), 0);
	assert_string_equal(text, expected);
}

static void expect_refused(const struct vault *v, const char *context, const char *sealed, int rc)
{
	struct err e = ERR_INIT;
	char *text = NULL;

	assert_int_equal(vault_unseal(v, context, sealed, &text, &e), rc);
	assert_null(text);
	assert_string_not_equal(e.text, "");
}

static void a_missing_key_is_made_once(void **state)
{
	struct place *at = *state;
	auto_free char *sealed = NULL;
	struct vault *v = NULL;
	struct stat sb;

	assert_int_equal(vault_open(at->keyfile, &v, NULL), 0);
	assert_int_equal(stat(at->keyfile, &sb), 0);
	assert_int_equal(sb.st_mode, S_IFREG | 0600);
	assert_int_equal(sb.st_nlink, 1);
	assert_int_equal(sb.st_size, 65);
	sealed = sealed_text(v, CONTEXT, "whsec_x");
	vault_close(v);

	assert_int_equal(vault_open(at->keyfile, &v, NULL), 0);
	expect_unsealed(v, CONTEXT, sealed, "whsec_x");
	vault_close(v);
}

static void *open_vault(void *keyfile)
{
	struct vault *v = NULL;

	vault_open(keyfile, &v, NULL);
	return v;
}

static int count(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* Each finds no key and makes one; the first that is there counts for all, and nothing else stays. */
static void who_comes_at_once_gets_the_same_key(void **state)
{
	struct place *at = *state;

	for (int round = 0; round < 20; round++) {
		struct vault *v[4] = { NULL };
		pthread_t threads[N_ELEMS(v)];
		auto_free char *sealed = NULL;

		for (size_t i = 0; i < N_ELEMS(v); i++)
			assert_int_equal(pthread_create(&threads[i], NULL, open_vault, at->keyfile), 0);
		for (size_t i = 0; i < N_ELEMS(v); i++)
			pthread_join(threads[i], (void **)&v[i]);
		sealed = sealed_text(v[0], CONTEXT, "whsec_x");
		for (size_t i = 0; i < N_ELEMS(v); i++) {
			expect_unsealed(v[i], CONTEXT, sealed, "whsec_x");
			vault_close(v[i]);
		}
		assert_int_equal(count(at->dir), 1);
		assert_int_equal(unlink(at->keyfile), 0);
	}
}

static void texts_come_back(void **state)
{
	struct place *at = *state;
	auto_free char *empty = NULL, *a = NULL, *b = NULL;
	struct vault *v = NULL;

	assert_int_equal(vault_open(at->keyfile, &v, NULL), 0);
	empty = sealed_text(v, CONTEXT, "");
	a = sealed_text(v, CONTEXT, "a text that nobody may read");
	b = sealed_text(v, CONTEXT, "a text that nobody may read");
	expect_unsealed(v, CONTEXT, empty, "");
	expect_unsealed(v, CONTEXT, a, "a text that nobody may read");
	assert_string_not_equal(a, b);
	assert_null(strstr(a, "nobody"));
	vault_close(v);
}

static void another_record_or_a_changed_text_is_refused(void **state)
{
	struct place *at = *state;
	auto_free char *sealed = NULL;
	struct vault *v = NULL;

	assert_int_equal(vault_open(at->keyfile, &v, NULL), 0);
	sealed = sealed_text(v, CONTEXT, "whsec_x");
	expect_refused(v, "webhook/two/secret", sealed, -EBADMSG);
	expect_refused(v, CONTEXT, "", -EBADMSG);
	expect_refused(v, CONTEXT, "no base64", -EBADMSG);
	expect_refused(v, CONTEXT, "AAAA", -EBADMSG);
	sealed[strlen(sealed) / 2] = sealed[strlen(sealed) / 2] == 'A' ? 'B' : 'A';
	expect_refused(v, CONTEXT, sealed, -EBADMSG);
	vault_close(v);
}

static void another_key_is_told_apart_from_damage(void **state)
{
	struct place *at = *state;
	auto_free char *sealed = NULL;
	struct vault *v = NULL;

	assert_int_equal(vault_open(at->keyfile, &v, NULL), 0);
	sealed = sealed_text(v, CONTEXT, "whsec_x");
	vault_close(v);
	assert_int_equal(unlink(at->keyfile), 0);
	assert_int_equal(vault_open(at->keyfile, &v, NULL), 0);
	expect_refused(v, CONTEXT, sealed, -EKEYREJECTED);
	vault_close(v);
}

static void a_key_that_others_reach_is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0666, 0601 };
	struct place *at = *state;

	expect_open(at, 0);
	for (size_t i = 0; i < N_ELEMS(modes); i++) {
		assert_int_equal(chmod(at->keyfile, modes[i]), 0);
		expect_open(at, -EACCES);
	}
	assert_int_equal(chmod(at->keyfile, 0400), 0);
	expect_open(at, 0);
}

static void a_damaged_key_is_refused_and_stays(void **state)
{
#define DIGITS_63 "0123456789abcdef0123456789abcdef0123456789ABCDEF0123456789ABCDE"
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{ DIGITS_63 "f\n", 0 },
		{ DIGITS_63 "F", 0 },
		{ "", -EUCLEAN },
		{ "\n", -EUCLEAN },
		{ DIGITS_63 "\n", -EUCLEAN },
		{ DIGITS_63 "ff\n", -EUCLEAN },
		{ DIGITS_63 "g\n", -EUCLEAN },
		{ DIGITS_63 "f\n\n", -EUCLEAN },
		{ " " DIGITS_63 "f", -EUCLEAN },
		{ DIGITS_63 "f\n" DIGITS_63 "f\n", -EUCLEAN },
	};
	struct place *at = *state;

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_buf after = BUF_INIT;

		write_key(at, rows[i].text, 0600);
		expect_open(at, rows[i].rc);
		assert_int_equal(io_read_file(AT_FDCWD, at->keyfile, &after, 1000), 0);
		assert_string_equal(buf_str(&after), rows[i].text);
	}
}

static void what_is_no_file_is_refused(void **state)
{
	struct place *at = *state;

	assert_int_equal(mkdir(at->keyfile, 0700), 0);
	expect_open(at, -EUCLEAN);
	assert_int_equal(rmdir(at->keyfile), 0);
	/* Nobody writes into this one: opening it must not wait for that. */
	assert_int_equal(mkfifo(at->keyfile, 0600), 0);
	expect_open(at, -EUCLEAN);
	assert_int_equal(unlink(at->keyfile), 0);
	strcat(at->keyfile, "/none");
	expect_open(at, -ENOENT);
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
	const struct CMUnitTest tests[] = {
		IN_PLACE(a_missing_key_is_made_once),
		IN_PLACE(who_comes_at_once_gets_the_same_key),
		IN_PLACE(texts_come_back),
		IN_PLACE(another_record_or_a_changed_text_is_refused),
		IN_PLACE(another_key_is_told_apart_from_damage),
		IN_PLACE(a_key_that_others_reach_is_refused),
		IN_PLACE(a_damaged_key_is_refused_and_stays),
		IN_PLACE(what_is_no_file_is_refused),
	};

	return RUN_TESTS(tests);
}

/* Bytes that came, and whose row did not: a start after a crash removes them, and nothing else. */
#include <limits.h>
#include <unistd.h>

#include "platform/orphan.h"
#include "tests/platform/temp.h"

static struct orphans *orphans;

static void start(void)
{
	struct err e = ERR_INIT;

	expect_ok(orphans_start(p, &orphans, &e), &e);
}

static bool is_there(const char *path)
{
	auto_free char *full = xasprintf("%s/%s", temp_dir, path);

	return access(full, F_OK) == 0;
}

static bool has_blob(const char *sha)
{
	char path[PATH_MAX];

	return access(blob_path(p->blobs, sha, path), F_OK) == 0;
}

/* One that dies does not come to orphans_stop. */
static void leave_marker(void)
{
	auto_free char *path = xasprintf("%s/unswept", temp_dir);
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
}

/* As a daemon leaves it that dies between the arrival of bytes and the commit. */
static void leave_orphan(const char *text, char *sha)
{
	struct err e = ERR_INIT;

	expect_ok(blob_put(p->blobs, text, strlen(text), sha, &e), &e);
	blob_unpin(p->blobs, sha);
}

/* The next start is later than what was there: file systems keep times by ticks. */
static void let_time_pass(void)
{
	usleep(20000);
}

static void start_after_crash_removes(void **state UNUSED)
{
	char sha[SHA256_HEX_BYTES], used[SHA256_HEX_BYTES];

	start();
	drop("rfp.pdf", "this is needed");
	assert_true(is_there("unswept"));
	sha256_hex("this is needed", 14, used);
	leave_orphan("this is not", sha);
	orphans_stop(orphans);
	leave_marker();
	/* a search that is stopped before its end is made again */
	for (int i = 0; is_there("unswept") && i < 500; i++) {
		let_time_pass();
		start();
		let_time_pass();
		orphans_stop(orphans);
	}
	assert_false(has_blob(sha));
	assert_true(has_blob(used));
	assert_false(is_there("unswept"));
}

static void other_start_searches_nothing(void **state UNUSED)
{
	char sha[SHA256_HEX_BYTES];

	start();
	leave_orphan("nothing needs this", sha);
	orphans_stop(orphans);
	assert_false(is_there("unswept"));
	let_time_pass();
	start();
	orphans_stop(orphans);
	assert_true(has_blob(sha));
	assert_false(is_there("unswept"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(start_after_crash_removes),
		IN_PLATFORM(other_start_searches_nothing),
	};

	return RUN_TESTS(tests);
}

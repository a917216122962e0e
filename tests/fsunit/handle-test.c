/* Open files: lines that are judged as they end, documents that are judged when they are closed, editors' files. */
#include "platform/refusal.h"
#include "platform/review.h"
#include "tests/fsunit/temp.h"

#define TITLE  "engagements/default/title"
#define RECORD "engagements/default/engagement.json"

static struct handle *open_file(const char *path, int flags)
{
	struct handle_mode mode;
	struct handle *h = NULL;
	struct err e = ERR_INIT;

	expect_ok(handle_open(fs, at(path), flags, anna.uid, &h, &mode, &e), &e);
	return h;
}

static int put(struct handle *h, const char *bytes, struct err *e)
{
	return handle_write(h, bytes, strlen(bytes), 0, &anna, e);
}

static int flush(struct handle *h, struct err *e)
{
	return handle_flush(h, 0, &anna, e);
}

static void lines_count_when_they_end(void **state UNUSED)
{
	struct handle *h = open_file(TITLE, O_WRONLY);
	struct err e = ERR_INIT;

	expect_ok(put(h, "Ci", &e), &e);
	assert_string_equal(text(TITLE), "");
	expect_ok(put(h, "ty \t\r\nnext", &e), &e);
	assert_string_equal(text(TITLE), "City\n");
	expect_ok(flush(h, &e), &e);
	assert_string_equal(text(TITLE), "next\n"); /* printf without a newline */
	expect_ok(flush(h, &e), &e);
	handle_close(h, &anna);
	assert_string_equal(text(TITLE), "next\n");
}

static void an_empty_line_empties(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect_ok(write_file(TITLE, "City\n", O_TRUNC, &e), &e);
	expect_ok(write_file(TITLE, "", O_TRUNC, &e), &e); /* : > title says nothing */
	assert_string_equal(text(TITLE), "City\n");
	expect_ok(write_file(TITLE, "\n", O_TRUNC, &e), &e);
	assert_string_equal(text(TITLE), "");
}

static void lines_that_are_refused(void **state UNUSED)
{
	static const struct {
		const char *path, *line;
		int rc;
	} rows[] = {
		{ "engagements/default/review_threshold", "101\n", -ERANGE },
		{ "engagements/default/review_threshold", "many\n", -EINVAL },
		{ "engagements/default/status", "open\n", -EINVAL },
		{ "engagements/default/status", "\n", -EINVAL },
		{ "engagements/default/expert_id", "nobody\n", -EINVAL },
		{ "engagements/default/tasks/rfp/priority", "now\n", -EINVAL },
		{ "engagements/default/tasks/rfp/due", "soon\n", -EINVAL },
		{ "engagements/default/tasks/rfp/review", "approve\n", -EPERM },
		{ "engagements/default/tasks/rfp/ctl", "fly\n", -EINVAL },
		{ "engagements/default/tasks/rfp/title", "\xff\n", -EINVAL },
		{ "settings/task_timeout_s", "0\n", -ERANGE },
		{ "settings/default_mcp", "NONE\n", -EINVAL },
	};

	drop("rfp.pdf", "1");
	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_free char *before = xstrdup(text(rows[i].path));
		struct err e = ERR_INIT;

		expect(write_file(rows[i].path, rows[i].line, O_TRUNC, &e), rows[i].rc, &e, NULL);
		assert_string_equal(text(rows[i].path), before);
	}
	assert_non_null(strstr(text("engagements/default/tasks/rfp/error"), "not valid UTF-8"));
	assert_non_null(strstr(text("engagements/default/error"), "EINVAL"));
}

/* A success makes a refusal history; what follows a refused line in the same write is not judged. */
static void the_error_is_the_last_refusal(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect(write_file("engagements/default/status", "open\npaused\n", 0, &e), -EINVAL, &e, NULL);
	assert_string_equal(text("engagements/default/status"), "active\n");
	assert_non_null(strstr(text("engagements/default/error"), "active, paused, ended"));
	expect_ok(write_file("engagements/default/status", "paused\n", 0, &e), &e);
	assert_string_equal(text("engagements/default/error"), "");
}

static void lines_have_a_length(void **state UNUSED)
{
	struct handle *h = open_file(TITLE, O_WRONLY);
	auto_free char *half = xmalloc(40001);
	struct err e = ERR_INIT;

	memset(half, 'x', 40000);
	half[40000] = '\0';
	expect_ok(put(h, half, &e), &e);
	assert_int_equal(put(h, half, &e), -E2BIG);
	expect_ok(flush(h, &e), &e);
	handle_close(h, &anna);
	assert_string_equal(text(TITLE), ""); /* half a line is none */
	h = open_file(TITLE, O_WRONLY);
	assert_int_equal(handle_write(h, "a\0b\n", 4, 0, &anna, &e), -EINVAL);
	handle_close(h, &anna);
	assert_string_equal(text(TITLE), "");
}

static void a_line_that_is_read_and_written(void **state UNUSED)
{
	struct handle *h = open_file(TITLE, O_RDWR);
	struct err e = ERR_INIT;
	char bytes[16];

	expect_ok(put(h, "City\n", &e), &e);
	assert_int_equal(handle_read(h, bytes, sizeof(bytes), 0), 5);
	assert_memory_equal(bytes, "City\n", 5);
	handle_close(h, &anna);
}

static void one_open_sees_one_version(void **state UNUSED)
{
	struct handle *h;
	struct err e = ERR_INIT;
	char bytes[16];

	expect_ok(write_file(TITLE, "before\n", 0, &e), &e);
	h = open_file(TITLE, O_RDONLY);
	expect_ok(write_file(TITLE, "after\n", 0, &e), &e);
	assert_int_equal(handle_read(h, bytes, 3, 0), 3);
	assert_int_equal(handle_read(h, bytes + 3, sizeof(bytes) - 3, 3), 4);
	assert_memory_equal(bytes, "before\n", 7);
	assert_int_equal(handle_read(h, bytes, sizeof(bytes), 7), 0);
	assert_int_equal(handle_read(h, bytes, sizeof(bytes), 70), 0);
	handle_close(h, &anna);
}

static void documents_count_when_they_are_closed(void **state UNUSED)
{
	struct handle *h = open_file(RECORD, O_WRONLY | O_TRUNC);
	struct err e = ERR_INIT;
	struct attr attr = { .size = -1 };

	expect_ok(flush(h, &e), &e); /* the shell's copy of the descriptor */
	expect_ok(handle_write(h, "{\"title\": ", 10, 0, &anna, &e), &e);
	assert_true(handle_attr(h, &attr));
	assert_int_equal(attr.size, 10);
	expect_ok(handle_write(h, "\"City\"}", 7, 10, &anna, &e), &e);
	assert_string_equal(text(TITLE), "");
	expect_ok(flush(h, &e), &e);
	assert_string_equal(text(TITLE), "City\n");
	assert_false(handle_attr(h, &attr));
	handle_close(h, &anna);
}

/* A descriptor may be closed by several processes: each hears what was made of it. */
static void each_closer_hears_the_refusal(void **state UNUSED)
{
	struct handle *h = open_file(RECORD, O_WRONLY | O_TRUNC);
	struct err e = ERR_INIT;

	expect_ok(put(h, "{\"titel\": 1}", &e), &e);
	expect(flush(h, &e), -EINVAL, &e, NULL);
	expect(flush(h, &e), -EINVAL, &e, NULL);
	expect_ok(put(h, "{\"title\": 1}", &e), &e);
	expect(flush(h, &e), -EINVAL, &e, NULL);
	handle_close(h, &anna);
}

static void what_is_made_anew(void **state UNUSED)
{
	struct handle_mode mode;
	struct handle *h;
	struct found found;
	struct err e = ERR_INIT;
	char bytes[8];

	assert_int_equal(handle_create(fs, at("engagements/default"), "engagement.json", O_WRONLY | O_CREAT | O_EXCL,
				       anna.uid, &h, &found, &mode, &e),
			 -EEXIST);
	drop("rfp.pdf", "bytes");
	assert_int_equal(handle_create(fs, at("tasks/inbox"), "rfp.pdf", O_WRONLY | O_CREAT | O_EXCL, anna.uid, &h,
				       &found, &mode, &e),
			 -EEXIST);
	expect_ok(handle_create(fs, at("tasks/inbox"), "rfp.pdf", O_RDWR | O_CREAT, anna.uid, &h, &found, &mode, &e),
		  &e);
	assert_int_equal(handle_read(h, bytes, sizeof(bytes), 0), 5);
	handle_close(h, &anna);
}

static void an_empty_document_says_nothing(void **state UNUSED)
{
	auto_free char *before = xstrdup(text(RECORD));
	struct err e = ERR_INIT;

	expect_ok(write_file(RECORD, "", O_TRUNC, &e), &e);
	assert_string_equal(text(RECORD), before);
	assert_string_equal(text("engagements/default/error"), "");
}

static void a_refused_document_keeps_the_old(void **state UNUSED)
{
	auto_free char *before = xstrdup(text(RECORD));
	struct handle *h = open_file(RECORD, O_WRONLY | O_TRUNC);
	struct err e = ERR_INIT;

	expect_ok(put(h, "{\"title\": ", &e), &e);
	expect(flush(h, &e), -EINVAL, &e, "not valid JSON");
	expect(flush(h, &e), -EINVAL, &e, "refused already");
	handle_close(h, &anna);
	assert_string_equal(text(RECORD), before);
	assert_non_null(strstr(text("engagements/default/error"), "EINVAL: the document is not valid JSON: line 1"));
	expect(write_file(RECORD, "{\"title\": \"a\", \"review_threshold\": 200}", O_TRUNC, &e), -ERANGE, &e, NULL);
	assert_string_equal(text(RECORD), before);
	expect_ok(write_file(RECORD, "{\"title\": \"b\"}", O_TRUNC, &e), &e);
	assert_string_equal(text("engagements/default/error"), "");
}

/* Edited in place: the document begins as it is, is cut, and written over. */
static void a_document_in_place(void **state UNUSED)
{
	struct handle *h = open_file(RECORD, O_RDWR);
	struct err e = ERR_INIT;
	char bytes[4096];
	ssize_t n = handle_read(h, bytes, sizeof(bytes), 0);

	assert_int_equal(n, strlen(text(RECORD)));
	assert_int_equal(handle_truncate(h, 0), 0);
	expect_ok(put(h, "{\"title\": \"City\"}", &e), &e);
	assert_int_equal(handle_read(h, bytes, sizeof(bytes), 0), 17);
	expect_ok(flush(h, &e), &e);
	handle_close(h, &anna);
	assert_string_equal(text(TITLE), "City\n");
	h = open_file(RECORD, O_RDWR);
	assert_int_equal(handle_truncate(h, (int64_t)1 << 40), -EFBIG);
	assert_int_equal(handle_write(h, "x", 1, (int64_t)1 << 40, &anna, &e), -EFBIG);
	handle_close(h, &anna);
}

static void a_result_is_corrected(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "1");
	const char *path = "engagements/default/tasks/rfp/result.json";
	struct err e = ERR_INIT;
	uint64_t before;

	finish("{\"title\": \"T\", \"confidence\": 50}");
	before = at(path);
	expect(write_file(path, "{\"title\": 5}", O_TRUNC, &e), -EINVAL, &e, "/title");
	assert_non_null(strstr(text("engagements/default/tasks/rfp/error"), "/title"));
	expect_ok(write_file(path, "{\"title\": \"U\"}", O_TRUNC, &e), &e);
	assert_true(at(path) != before);
	assert_false(gone("engagements/default/tasks/rfp/result.1.json"));
	expect_ok(review_approve(p, row, "", &anna, &e), &e);
	expect(write_file(path, "{\"title\": \"V\"}", O_TRUNC, &e), -EPERM, &e, "needs_review");
}

static void files_that_are_not_written(void **state UNUSED)
{
	static const char *const paths[] = { "README.txt",
					     "health",
					     "events",
					     "settings/README",
					     "engagements/default/error",
					     "engagements/default/tasks/rfp/status",
					     "engagements/default/tasks/rfp/log",
					     "engagements/default/tasks/rfp/input/rfp.pdf",
					     "tasks/inbox/rfp.pdf.receipt.json",
					     "mcps/TENDER/manifest.json" };
	struct handle_mode mode;
	struct handle *h;
	struct err e = ERR_INIT;
	struct found found;

	drop("rfp.pdf", "1");
	for (size_t i = 0; i < N_ELEMS(paths); i++)
		assert_int_equal(handle_open(fs, at(paths[i]), O_WRONLY, anna.uid, &h, &mode, &e), -EPERM);
	assert_int_equal(handle_create(fs, at(""), "new", O_WRONLY | O_CREAT, anna.uid, &h, &found, &mode, &e), -EPERM);
	assert_int_equal(handle_create(fs, at("engagements/default"), "new", O_WRONLY | O_CREAT, anna.uid, &h, &found,
				       &mode, &e),
			 -EPERM);
	assert_int_equal(handle_create(fs, at("engagements/default"), "error", O_WRONLY | O_CREAT, anna.uid, &h, &found,
				       &mode, &e),
			 -EEXIST);
	h = open_file("README.txt", O_RDONLY);
	assert_int_equal(handle_write(h, "x", 1, 0, &anna, &e), -EBADF);
	assert_int_equal(handle_truncate(h, 0), -EBADF);
	handle_close(h, &anna);
}

static void stored_bytes_come_from_their_file(void **state UNUSED)
{
	struct handle_mode mode;
	struct handle *h;
	struct err e = ERR_INIT;

	drop("rfp.pdf", "bytes");
	expect_ok(handle_open(fs, at("engagements/default/tasks/rfp/input/rfp.pdf"), O_RDONLY, anna.uid, &h, &mode, &e),
		  &e);
	assert_int_equal(h->type, HANDLE_FD);
	assert_true(mode.keep_cache && mode.noflush && !mode.direct_io);
	handle_close(h, &anna);
	expect_ok(handle_open(fs, at("engagements/default/title"), O_RDONLY, anna.uid, &h, &mode, &e), &e);
	assert_true(mode.direct_io && !mode.keep_cache);
	handle_close(h, &anna);
}

/* What sed -i, vim and others do: a temporary file beside the document, renamed over it. */
static void an_editor_renames_its_file(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect_ok(copy_in("engagements/default", "sedAbC123", "{\"title\": \"City\"}", &e), &e);
	assert_false(gone("engagements/default/sedAbC123"));
	expect_ok(move("engagements/default", "sedAbC123", "engagements/default", "engagement.json", &e), &e);
	assert_string_equal(text(TITLE), "City\n");
	assert_true(gone("engagements/default/sedAbC123"));
	expect_ok(copy_in("engagements/default", "sedAbC124", "{\"title\": ", &e), &e);
	expect(move("engagements/default", "sedAbC124", "engagements/default", "engagement.json", &e), -EBADMSG, &e,
	       "not valid JSON");
	assert_string_equal(text(TITLE), "City\n");
	assert_false(gone("engagements/default/sedAbC124"));
	assert_non_null(strstr(text("engagements/default/error"), "not valid JSON"));
	expect(move("engagements/default", "sedAbC124", "engagements/default", "error", &e), -EPERM, &e,
	       "cannot be written");
	expect(move("engagements/default", "sedAbC124", "engagements/default", "review_threshold", &e), -EBADMSG, &e,
	       "is not a value");
	expect_ok(remove_at("engagements/default", "sedAbC124", false, &e), &e);
}

static void a_line_file_is_replaced(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect_ok(copy_in("engagements/default", "sedAbC123", "Town\n", &e), &e);
	expect_ok(move("engagements/default", "sedAbC123", "engagements/default", "title", &e), &e);
	assert_string_equal(text(TITLE), "Town\n");
	expect_ok(copy_in("engagements/default", "sedAbC123", "Town\nVillage\n", &e), &e);
	expect(move("engagements/default", "sedAbC123", "engagements/default", "title", &e), -EBADMSG, &e, "one line");
	assert_string_equal(text(TITLE), "Town\n");
	expect_ok(remove_at("engagements/default", "sedAbC123", false, &e), &e);
}

/* Editors move the old document out of the way first: that copies it. */
static void a_backup_is_a_copy(void **state UNUSED)
{
	struct err e = ERR_INIT;
	auto_free char *was = xstrdup(text(RECORD));

	for (int i = 0; i < 2; i++) {
		expect_ok(move("engagements/default", "engagement.json", "engagements/default", "engagement.json~", &e),
			  &e);
		assert_string_equal(text(RECORD), was);
		assert_false(gone(RECORD "~"));
	}
	expect_ok(remove_at("engagements/default", "engagement.json~", false, &e), &e);
}

static void what_belongs_there_stays(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect(move("engagements/default", "engagement.json", "engagements/default", "other.json", &e), -EPERM, &e,
	       "belongs where it is");
	assert_false(gone(RECORD));
	expect(move("engagements/default", "title", "engagements/default", "status", &e), -EPERM, &e, NULL);
}

static int64_t scratch(const char *name)
{
	struct err e = ERR_INIT;
	int64_t row;

	expect_ok(scratch_create(fs, at("engagements/default"), name, &row, &e), &e);
	return row;
}

static void temporary_files(void **state UNUSED)
{
	int64_t row = scratch(".a.swp"), other;
	struct err e = ERR_INIT;
	auto_buf copy = BUF_INIT;
	struct attr attr = { 0 };
	char bytes[16];

	expect(scratch_create(fs, at("engagements/default"), "a", &other, &e), -EPERM, &e, "'a'");
	assert_int_equal(scratch_create(fs, at("engagements/default"), ".a.swp", &other, &e), -EEXIST);
	assert_int_equal(scratch_write(fs, row, "text", 4, 2), 0);
	assert_int_equal(scratch_read(fs, row, bytes, sizeof(bytes), 0), 6);
	assert_memory_equal(bytes, "\0\0text", 6);
	assert_int_equal(scratch_truncate(fs, row, 4), 0);
	assert_int_equal(scratch_truncate(fs, row, 8), 0);
	assert_int_equal(scratch_read(fs, row, bytes, sizeof(bytes), 0), 8);
	assert_memory_equal(bytes, "\0\0te\0\0\0\0", 8);
	assert_int_equal(scratch_read(fs, row, bytes, sizeof(bytes), 8), 0);
	assert_int_equal(scratch_copy(fs, row, &copy), 0);
	assert_int_equal(copy.len, 8);
	assert_int_equal(scratch_stat(fs, row, &attr), 0);
	assert_int_equal(attr.size, 8);
	assert_int_equal(scratch_truncate(fs, row, (16 << 20) + 1), -EFBIG);
	assert_int_equal(scratch_write(fs, row, "x", 1, 16 << 20), -EFBIG);
	assert_int_equal(scratch_write(fs, row, "x", 1, INT64_MAX - 1), -EFBIG);
	other = scratch(".b.swp");
	expect(scratch_rename(fs, other, "b", &e), -EPERM, &e, "'b'");
	expect_ok(scratch_rename(fs, other, ".a.swp", &e), &e);
	assert_int_equal(scratch_stat(fs, row, &attr), -ENOENT);
	assert_int_equal(scratch_find(fs, at("engagements/default"), ".a.swp", &row), 0);
	assert_int_equal(row, other);
	scratch_remove(fs, other);
	scratch_remove(fs, other);
	assert_int_equal(scratch_find(fs, at("engagements/default"), ".a.swp", &row), -ENOENT);
	assert_int_equal(scratch_read(fs, other, bytes, 1, 0), -ENOENT);
}

static void temporary_files_have_an_end(void **state UNUSED)
{
	char name[16];
	struct err e = ERR_INIT;
	int64_t row;

	for (int i = 0; i < 1024; i++) {
		snprintf(name, sizeof(name), ".%d", i);
		scratch(name);
	}
	expect(scratch_create(fs, at("engagements/default"), ".more", &row, &e), -ENOSPC, &e, "1024");
}

static void *open_in_vain(void *ino)
{
	for (int i = 0; i < 1000; i++) {
		struct handle_mode mode;
		struct err e = ERR_INIT;
		struct handle *h;

		if (handle_open(fs, *(uint64_t *)ino, O_WRONLY, anna.uid, &h, &mode, &e) != -ENOENT)
			return ino;
	}
	return NULL;
}

/* Who asks for the attributes of what is gone is told by who has it open, not by who is just about to. */
static void what_is_not_open_yet(void **state UNUSED)
{
	uint64_t ino = INO(NODE_ENTRY, 1 << 20);
	pthread_t opener;
	struct attr attr;
	void *opened;

	assert_int_equal(pthread_create(&opener, NULL, open_in_vain, &ino), 0);
	for (int i = 0; i < 1000; i++)
		assert_false(handles_attr(fs, ino, &attr));
	while (pthread_tryjoin_np(opener, &opened) == EBUSY)
		assert_false(handles_attr(fs, ino, &attr));
	assert_null(opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(lines_count_when_they_end),
		IN_TREE(an_empty_line_empties),
		IN_TREE(lines_that_are_refused),
		IN_TREE(the_error_is_the_last_refusal),
		IN_TREE(lines_have_a_length),
		IN_TREE(a_line_that_is_read_and_written),
		IN_TREE(one_open_sees_one_version),
		IN_TREE(each_closer_hears_the_refusal),
		IN_TREE(what_is_made_anew),
		IN_TREE(documents_count_when_they_are_closed),
		IN_TREE(an_empty_document_says_nothing),
		IN_TREE(a_refused_document_keeps_the_old),
		IN_TREE(a_document_in_place),
		IN_TREE(a_result_is_corrected),
		IN_TREE(files_that_are_not_written),
		IN_TREE(stored_bytes_come_from_their_file),
		IN_TREE(an_editor_renames_its_file),
		IN_TREE(a_line_file_is_replaced),
		IN_TREE(a_backup_is_a_copy),
		IN_TREE(what_belongs_there_stays),
		IN_TREE(temporary_files),
		IN_TREE(temporary_files_have_an_end),
		IN_TREE(what_is_not_open_yet),
	};

	return RUN_TESTS(tests);
}

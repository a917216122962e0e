/* Files on their way into an inbox, in the orders in which programs do things. */
#include "fs/folder.h"
#include "platform/request.h"
#include "platform/review.h"
#include "tests/fsunit/uploads.h"

static void cp(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf");
	struct work w;

	assert_true(listed("rfp.pdf"));
	put(u, "by", 0);
	put(u, "tes", 2);
	assert_int_equal(size_of("tasks/inbox/rfp.pdf"), 5);
	assert_int_equal(task("rfp"), 0);
	flush(u);
	assert_true(task("rfp") > 0); /* durable when close returns */
	assert_true(listed("rfp.pdf.receipt.json"));
	claim_none(); /* and begun when the last writer has gone */
	upload_release(u, &anna);
	claim(&w);
	assert_string_equal(w.task.name, "rfp");
	work_release(&w);
	assert_int_equal(size_of("tasks/inbox/rfp.pdf"), 5);
}

/* A program that goes on after a write failed, closes a file with a hole. */
static void a_write_that_failed(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");
	struct err e = ERR_INIT;

	put(u, "first ", 0);
	limit_files(6);
	assert_int_equal(upload_write(u, "second ", 7, 6), -EFBIG);
	limit_files(0);
	put(u, "third", 13);
	expect(upload_flush(u, 0, &anna, &e), -EFBIG, &e, "a write to 'rfp.txt' failed");
	assert_int_equal(task("rfp"), 0);
	put(u, "sec", 6);
	expect(upload_flush(u, 0, &anna, &e), -EFBIG, &e, NULL);
	put(u, "ond ", 9);
	flush(u);
	assert_true(task("rfp") > 0);
	upload_release(u, &anna);
	assert_int_equal(size_of("tasks/inbox/rfp.txt"), 18);
}

/* Under another name it is not taken in either, until it is begun anew. */
static void a_write_that_failed_elsewhere(void **state UNUSED)
{
	struct upload *u = create("rfp.txt.part");
	int64_t row = upload_row(u);
	struct err e = ERR_INIT;

	limit_files(2);
	assert_int_equal(upload_write(u, "text", 4, 0), -EFBIG);
	limit_files(0);
	flush(u);
	upload_release(u, &anna);
	u = upload_get(fs, row);
	assert_int_equal(upload_rename(u, &root_dir, "rfp.txt", &anna, &e), -EFBIG);
	assert_true(listed("rfp.txt.part"));
	upload_put(u);
	u = again("rfp.txt.part", true);
	put(u, "text", 0);
	flush(u);
	upload_release(u, &anna);
	u = upload_get(fs, row);
	expect_ok(upload_rename(u, &root_dir, "rfp.txt", &anna, &e), &e);
	upload_put(u);
	assert_true(task("rfp") > 0);
}

/* The shell closes a copy of the descriptor before the program has written anything. */
static void shell_redirection(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");

	flush(u);
	assert_int_equal(task("rfp"), 0);
	put(u, "text", 0);
	flush(u);
	flush(u);
	upload_release(u, &anna);
	assert_string_equal(names(task("rfp"), DOCUMENT_FORMER, 0), "");
	assert_string_equal(told(0), "engagement.created task.created");
}

static void never_flushed(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf");

	put(u, "mapped", 0);
	upload_release(u, &anna);
	assert_true(task("rfp") > 0);
}

static void an_empty_file(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf");
	int64_t row, ms;

	flush(u);
	upload_release(u, &anna);
	row = task("rfp");
	ms = get(row)->not_before - get(row)->created_at;
	assert_true(ms >= 1900 && ms <= 2100);
	u = again("rfp.pdf", false); /* touch, and then >> */
	put(u, "bytes", 0);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("rfp"), row);
	assert_int_equal(task("rfp-2"), 0);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
}

static void written_again(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "first");
	struct upload *u = again("rfp.pdf", true);
	struct work w;

	assert_int_equal(size_of("tasks/inbox/rfp.pdf"), 0);
	put(u, "second", 0);
	set(SETTING_REWRITE_QUIET, "0");
	flush(u);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "rfp.pdf");
	claim_none();
	upload_release(u, &anna);
	claim(&w);
	assert_int_equal(w.task.row_id, row);
	work_release(&w);
}

static void appended(void **state UNUSED)
{
	int64_t row = drop("rfp.txt", "one\n");
	struct upload *u = again("rfp.txt", false);
	char bytes[16];

	assert_int_equal(upload_read(u, bytes, sizeof(bytes), 0), 4);
	put(u, "two\n", 4);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("rfp"), row);
	assert_int_equal(size_of("tasks/inbox/rfp.txt"), 8);
}

/* LibreOffice opens what it has written once more, and writes nothing. */
static void opened_without_writing(void **state UNUSED)
{
	int64_t row = drop("rfp.odt", "bytes");
	struct upload *u = again("rfp.odt", false);

	flush(u);
	upload_release(u, &anna);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "");
	assert_string_equal(told(row), "task.created");
}

static void two_writers(void **state UNUSED)
{
	struct upload *u = create("rfp.txt"), *v;
	struct err e = ERR_INIT;

	assert_int_equal(upload_create(fs, &root_dir, "rfp.txt", anna.uid, &v, &e), -EEXIST);
	v = again("rfp.txt", false);
	assert_ptr_equal(u, v);
	put(u, "one", 0);
	flush(u);
	upload_release(u, &anna);
	claim_none();
	put(v, "two", 3);
	flush(v);
	upload_release(v, &anna);
	assert_int_equal(task("rfp-2"), 0);
	assert_int_equal(size_of("tasks/inbox/rfp.txt"), 6);
}

static void a_request_that_is_wrong(void **state UNUSED)
{
	struct upload *u = create("ask.json");
	struct err e = ERR_INIT;

	put(u, "{\"nothing\": 1}", 0);
	expect(upload_flush(u, 0, &anna, &e), -EINVAL, &e, "no key 'nothing'");
	assert_non_null(strstr(refused(), "EINVAL"));
	assert_non_null(strstr(refused(), "no key 'nothing'"));
	assert_int_equal(upload_truncate(u, 0), 0);
	put(u, "{\"title\": \"Now\"}", 0);
	flush(u);
	upload_release(u, &anna);
	assert_string_equal(get(task("ask"))->title, "Now");
}

static void a_wrong_request_goes_with_its_writer(void **state UNUSED)
{
	struct upload *u = create("ask.json");
	struct err e = ERR_INIT;

	put(u, "not JSON", 0);
	expect(upload_flush(u, 0, &anna, &e), -EINVAL, &e, "request 'ask.json'");
	assert_true(listed("ask.json"));
	upload_release(u, &anna);
	assert_false(listed("ask.json"));
	assert_string_equal(told(0), "engagement.created");
}

static void documents_that_requests_name(void **state UNUSED)
{
	static const char *const bad[] = { "engagements/default/tasks/rfp/task.json",
					   "/etc/passwd",
					   "../../etc/passwd",
					   "tasks/inbox",
					   "engagements/default/tasks/rfp/input",
					   "/mntx/README.txt",
					   "" };
	struct err e = ERR_INIT;
	int64_t row;

	row = drop("rfp.pdf", "bytes");
	finish("{\"confidence\": 95}");
	expect_ok(copy_in("tasks/inbox", "a.json",
			  "{\"data\": {\"file_path\": \"engagements/default/tasks/rfp/input/rfp.pdf\"}}", &e),
		  &e);
	assert_string_equal(names(task("a"), DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_string_equal(get(task("a"))->duplicate_of, get(row)->id);
	expect_ok(copy_in("tasks/inbox", "b.json",
			  "{\"data\": {\"file_path\": \"/mnt/tasks/completed/rfp/result.json\"}}", &e),
		  &e);
	assert_string_equal(names(task("b"), DOCUMENT_INPUT, 0), "result.json");
	for (size_t i = 0; i < N_ELEMS(bad); i++) {
		auto_free char *doc = xasprintf("{\"data\": {\"file_path\": \"%s\"}}", bad[i]);

		expect(copy_in("tasks/inbox", "c.json", doc, &e), -EINVAL, &e, "data.file_path");
	}
	assert_int_equal(task("c"), 0);
}

static void the_engine_of_a_directory(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect_ok(copy_in("tasks/inbox/@TENDER/summarize", "rfp.pdf", "1", &e), &e);
	assert_string_equal(get(task("rfp"))->tool, "summarize");
	expect(copy_in("tasks/inbox", "@x", "1", &e), -EINVAL, &e, "'@'");
	expect_ok(copy_in("tasks/inbox/@ECHO", "other.pdf", "2", &e), &e);
	assert_string_equal(get(task("other"))->mcp, "ECHO");
	assert_true(gone("tasks/inbox/rfp.pdf"));
	assert_false(gone("tasks/inbox/@TENDER/summarize/rfp.pdf.receipt.json"));
}

static void a_writer_that_is_killed(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf");

	put(u, "half of ", 0);
	kill_writer(u);
	upload_release(u, &anna);
	assert_int_equal(task("rfp"), 0);
	assert_true(listed("rfp.pdf"));
	assert_non_null(strstr(refused(), "was killed"));
	u = again("rfp.pdf", true);
	put(u, "all of it", 0);
	flush(u);
	upload_release(u, &anna);
	assert_true(task("rfp") > 0);
}

static void a_writer_that_ends(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf");
	struct err e = ERR_INIT;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	put(u, "bytes", 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	expect_ok(upload_flush(u, pid, &anna, &e), &e);
	upload_release(u, &anna);
	waitpid(pid, &status, 0);
	assert_true(task("rfp") > 0);
}

static void a_folder_submits_itself(void **state UNUSED)
{
	struct err e = ERR_INIT;
	int64_t until = clock_mono_ms() + 10000;

	set(SETTING_FOLDER_QUIET, "1");
	expect_ok(make_dir("tasks/inbox", "lot", &e), &e);
	expect_ok(make_dir("tasks/inbox", "empty", &e), &e);
	expect_ok(copy_in("tasks/inbox/lot", "a.pdf", "1", &e), &e);
	assert_int_equal(task("lot"), 0);
	while (!task("lot") && clock_mono_ms() < until)
		usleep(10000);
	assert_string_equal(names(task("lot"), DOCUMENT_INPUT, 0), "a.pdf");
	assert_int_equal(task("empty"), 0);
	assert_true(listed("empty"));
}

static void a_folder_waits_for_its_writers(void **state UNUSED)
{
	struct err e = ERR_INIT;
	struct upload *u;
	struct dropdir dir = { .parent_row = 0 };

	set(SETTING_FOLDER_QUIET, "1");
	expect_ok(make_dir("tasks/inbox", "lot", &e), &e);
	expect_ok(make_dir("tasks/inbox/lot", "below", &e), &e);
	dir.parent_row = INO_ROW(at("tasks/inbox/lot/below"));
	expect_ok(upload_create(fs, &dir, "a.pdf", anna.uid, &u, &e), &e);
	put(u, "1", 0);
	assert_true(upload_in_folder(fs, INO_ROW(at("tasks/inbox/lot"))));
	usleep(1500000);
	assert_int_equal(task("lot"), 0);
	flush(u);
	upload_release(u, &anna);
	assert_false(upload_in_folder(fs, INO_ROW(at("tasks/inbox/lot"))));
	assert_true(folder_is_in(fs, dir.parent_row, INO_ROW(at("tasks/inbox/lot"))));
	assert_false(folder_is_in(fs, INO_ROW(at("tasks/inbox/lot")), dir.parent_row));
}

static void what_was_not_finished_is_dropped(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf.part");

	put(u, "half", 0);
	flush(u);
	upload_release(u, &anna);
	assert_true(listed("rfp.pdf.part"));
	assert_int_equal(n_blobs(), 0);
}

/* The work was cancelled while the file was open: what is written then is another entry, of another inode. */
static void two_inodes_of_one_entry(void **state UNUSED)
{
	struct upload *u = create("a.txt"), *v;
	struct err e = ERR_INIT;

	put(u, "one\n", 0);
	flush(u);
	expect_ok(review_cancel(p, task("a"), &anna, &e), &e);
	put(u, "two\n", 4);
	flush(u);
	assert_true(task("a-2") > 0);
	v = again("a.txt", false);
	assert_int_equal(upload_append(v, "three\n", 6), 0);
	flush(v);
	upload_release(v, &anna);
	assert_int_equal(upload_append(u, "four\n", 5), 0);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(size_of("tasks/inbox/a.txt"), 19);
}

static void *append_lines(void *arg UNUSED)
{
	for (int i = 0; i < 25; i++) {
		struct upload *u = again("a.txt", false);

		assert_int_equal(upload_append(u, "line\n", 5), 0);
		flush(u);
		upload_release(u, &anna);
	}
	return NULL;
}

static void many_append(void **state UNUSED)
{
	pthread_t thread[4];

	drop("a.txt", "line\n");
	for (size_t i = 0; i < N_ELEMS(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, append_lines, NULL), 0);
	for (size_t i = 0; i < N_ELEMS(thread); i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(size_of("tasks/inbox/a.txt"), 101 * 5);
	assert_int_equal(task("a-2"), 0);
}

static struct upload *again_as(const char *name, const struct actor *who)
{
	struct upload *u = NULL;
	struct err e = ERR_INIT;

	expect_ok(upload_open(fs, INO_ROW(at(name)), true, who->uid, &u, &e), &e);
	return u;
}

/* Two colleagues begin a file of one name at the same time: each is a task, whoever ends first. */
static void the_same_name_from_two(void **state UNUSED)
{
	for (int ben_first = 0; ben_first < 2; ben_first++) {
		const char *name = ben_first ? "b.pdf" : "a.pdf";
		auto_free char *path = xasprintf("tasks/inbox/%s", name);
		struct upload *u = create(name), *v;
		struct err e = ERR_INIT;

		put(u, "anna's", 0);
		v = again_as(path, &ben);
		assert_ptr_not_equal(u, v);
		assert_int_equal(upload_write(v, "ben's", 5, 0), 0);
		assert_int_equal(size_of(path), 6);
		for (int i = 0; i < 2; i++) {
			bool is_ben = i != ben_first;

			expect_ok(upload_flush(is_ben ? v : u, 0, is_ben ? &ben : &anna, &e), &e);
			upload_release(is_ben ? v : u, is_ben ? &ben : &anna);
		}
		assert_true(task(ben_first ? "b" : "a") > 0);
		assert_true(task(ben_first ? "b-2" : "a-2") > 0);
		assert_int_equal(size_of(path), ben_first ? 6 : 5);
	}
	assert_int_equal(n_blobs(), 2);
}

static void one_name_for_the_file_of_another(void **state UNUSED)
{
	struct upload *u = create("a.pdf"), *v = again_as("tasks/inbox/a.pdf", &ben), *w;

	w = again_as("tasks/inbox/a.pdf", &anna);
	assert_ptr_equal(u, w);
	upload_release(w, &anna);
	upload_release(v, &ben);
	upload_release(u, &anna);
	assert_string_equal(get(task("a-2"))->created_by, "anna");
}

static void what_is_refused_leaves_no_bytes(void **state UNUSED)
{
	struct upload *u = create("ask.json");
	struct err e = ERR_INIT;

	put(u, "{\"nothing\": 1}", 0);
	expect(upload_flush(u, 0, &anna, &e), -EINVAL, &e, NULL);
	upload_release(u, &anna);
	assert_int_equal(n_blobs(), 0);
}

/* Each folder is read in its place, with all that are above it. */
static void folders_have_a_depth(void **state UNUSED)
{
	uint64_t dir = at("tasks/inbox");
	struct err e = ERR_INIT;
	struct found found;
	int depth = 0, rc;

	while ((rc = alter_mkdir(fs, dir, "in", &anna, &found, &e)) == 0 && depth++ < 1000)
		dir = INO(found.kind, found.row);
	expect(rc, -ENAMETOOLONG, &e, "256 folders");
	assert_int_equal(depth, 256);
	expect_ok(upload_create(fs, &(struct dropdir){ .parent_row = INO_ROW(dir) }, "a.pdf", anna.uid,
				&(struct upload *){ NULL }, &e),
		  &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(cp),
		IN_TREE(a_write_that_failed),
		IN_TREE(a_write_that_failed_elsewhere),
		IN_TREE(shell_redirection),
		IN_TREE(never_flushed),
		IN_TREE(an_empty_file),
		IN_TREE(written_again),
		IN_TREE(appended),
		IN_TREE(opened_without_writing),
		IN_TREE(two_writers),
		IN_TREE(a_request_that_is_wrong),
		IN_TREE(a_wrong_request_goes_with_its_writer),
		IN_TREE(documents_that_requests_name),
		IN_TREE(the_engine_of_a_directory),
		IN_TREE(a_writer_that_is_killed),
		IN_TREE(a_writer_that_ends),
		IN_TREE(a_folder_submits_itself),
		IN_TREE(a_folder_waits_for_its_writers),
		IN_TREE(what_was_not_finished_is_dropped),
		IN_TREE(two_inodes_of_one_entry),
		IN_TREE(many_append),
		IN_TREE(the_same_name_from_two),
		IN_TREE(one_name_for_the_file_of_another),
		IN_TREE(what_is_refused_leaves_no_bytes),
		IN_TREE(folders_have_a_depth),
	};

	return RUN_TESTS(tests);
}

/* Files on their way into an inbox, in the orders in which programs do things. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/folder.h"
#include "fs/upload_parts.h"
#include "platform/refusal.h"
#include "platform/request.h"
#include "platform/review.h"
#include "tests/fsunit/temp.h"

static const struct dropdir root_dir;

static struct upload *create(const char *name)
{
	struct upload *u = NULL;
	struct err e = ERR_INIT;

	expect_ok(upload_create(fs, &root_dir, name, anna.uid, &u, &e), &e);
	return u;
}

static void put(struct upload *u, const char *bytes, int64_t offset)
{
	assert_int_equal(upload_write(u, bytes, strlen(bytes), offset), 0);
}

static void flush(struct upload *u)
{
	struct err e = ERR_INIT;

	expect_ok(upload_flush(u, 0, &anna, &e), &e);
}

/* open for writing, as >> or an editor does */
static struct upload *again(const char *name, bool truncate)
{
	struct upload *u = NULL;
	struct err e = ERR_INIT;
	struct found found;
	struct ask a = tree_ask(fs, at("tasks/inbox"), NULL, &e);

	expect_ok(tree_find(&a, name, &found), &e);
	assert_int_equal(found.kind, NODE_ENTRY);
	expect_ok(upload_open(fs, found.row, truncate, anna.uid, &u, &e), &e);
	return u;
}

static bool listed(const char *name)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, at("tasks/inbox"), NULL, &e);
	struct listing l;
	bool found = false;

	expect_ok(tree_list(&a, &l), &e);
	for (size_t i = 0; i < l.n; i++)
		found = found || streq(l.entry[i].name, name);
	listing_free(&l);
	return found;
}

static int64_t size_of(const char *path)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, at(path), NULL, &e);
	struct attr attr;

	expect_ok(tree_stat(&a, &attr), &e);
	return attr.size;
}

/* The task of that name in the default engagement, or 0. */
static int64_t task(const char *name)
{
	struct task t;
	int64_t row;

	if (task_find(p, default_engagement(), name, &t, NULL) < 0)
		return 0;
	row = t.row_id;
	task_release(&t);
	return row;
}

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

/* No file may become longer; 0: as it was. */
static void limit_files(rlim_t bytes)
{
	static struct rlimit was;
	struct rlimit now;

	if (bytes) {
		signal(SIGXFSZ, SIG_IGN);
		assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
		now = was;
		now.rlim_cur = bytes;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	} else {
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	}
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

static void rsync(void **state UNUSED)
{
	struct upload *u = create(".rfp.pdf.Xy12ab");
	struct err e = ERR_INIT;

	put(u, "bytes", 0);
	flush(u);
	upload_release(u, &anna);
	assert_true(listed(".rfp.pdf.Xy12ab"));
	assert_int_equal(task(".rfp.pdf"), 0);
	expect_ok(move("tasks/inbox", ".rfp.pdf.Xy12ab", "tasks/inbox", "rfp.pdf", &e), &e);
	assert_true(task("rfp") > 0);
	assert_false(listed(".rfp.pdf.Xy12ab"));
	assert_true(listed("rfp.pdf"));
	finish("{\"confidence\": 95}");
	assert_false(listed("rfp.pdf"));
}

/* A file is renamed into place while it is still open. */
static void gio(void **state UNUSED)
{
	struct upload *u = create(".goutputstream-ABC123");
	struct err e = ERR_INIT;

	put(u, "bytes", 0);
	expect_ok(move("tasks/inbox", ".goutputstream-ABC123", "tasks/inbox", "rfp.pdf", &e), &e);
	assert_int_equal(task("rfp"), 0);
	flush(u);
	assert_true(task("rfp") > 0);
	upload_release(u, &anna);
	assert_int_equal(task("rfp-2"), 0);
}

/* Over an entry whose task still waits: the same task, with the new bytes. */
static void renamed_over_an_entry(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "first");
	struct upload *u = create("rfp.pdf.part");
	struct err e = ERR_INIT;

	put(u, "second", 0);
	flush(u);
	upload_release(u, &anna);
	expect_ok(move("tasks/inbox", "rfp.pdf.part", "tasks/inbox", "rfp.pdf", &e), &e);
	assert_int_equal(task("rfp"), row);
	assert_int_equal(task("rfp-2"), 0);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "rfp.pdf");
	assert_int_equal(size_of("tasks/inbox/rfp.pdf"), 6);
}

static void only_where_nothing_is(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf.part");
	struct err e = ERR_INIT;

	drop("rfp.pdf", "first");
	put(u, "second", 0);
	upload_release(u, &anna);
	expect(alter_move(fs, at("tasks/inbox"), "rfp.pdf.part", at("tasks/inbox"), "rfp.pdf", false, &anna, &e),
	       -EEXIST, &e, NULL);
	assert_true(listed("rfp.pdf.part"));
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

static void renamed_while_it_is_open(void **state UNUSED)
{
	struct upload *u = create("a.txt");
	struct err e = ERR_INIT;
	int64_t row;

	put(u, "one", 0);
	flush(u);
	row = task("a");
	expect_ok(move("tasks/inbox", "a.txt", "tasks/inbox", "b.txt", &e), &e);
	put(u, "two", 0);
	flush(u);
	upload_release(u, &anna);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "b.txt");
	assert_int_equal(task("b"), 0);
	assert_false(listed("a.txt"));
	assert_true(listed("b.txt"));
}

static void renamed_before_it_is_closed_again(void **state UNUSED)
{
	int64_t row = drop("a.txt", "one");
	struct upload *u = again("a.txt", false);
	struct err e = ERR_INIT;

	put(u, "two", 0);
	expect_ok(move("tasks/inbox", "a.txt", "tasks/inbox", "b.txt", &e), &e);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("b"), 0);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "b.txt");
	assert_false(listed("a.txt"));
}

static void removed_while_it_is_written(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");
	char bytes[8];
	struct err e = ERR_INIT;

	put(u, "one", 0);
	expect_ok(remove_at("tasks/inbox", "rfp.txt", false, &e), &e);
	assert_false(listed("rfp.txt"));
	put(u, "two", 3);
	assert_int_equal(upload_read(u, bytes, sizeof(bytes), 0), 6);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("rfp"), 0);
	assert_int_equal(n_blobs(), 0);
}

static void removed_after_it_was_closed(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");
	struct err e = ERR_INIT;

	put(u, "one", 0);
	flush(u);
	expect_ok(remove_at("tasks/inbox", "rfp.txt", false, &e), &e);
	expect_state(task("rfp"), TASK_CANCELLED);
	put(u, "two", 0);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("rfp-2"), 0);
	assert_false(listed("rfp.txt.receipt.json"));
}

static bool is_dirty(struct upload *u)
{
	bool dirty;

	upload_lock(fs);
	dirty = u->dirty;
	upload_unlock(fs);
	return dirty;
}

static _Atomic bool closed;

static void *close_it(void *arg)
{
	upload_release(arg, &anna);
	closed = true;
	return NULL;
}

/* Who is told that it was removed finds the name free, and it stays so. */
static void removed_while_it_is_taken_in(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");
	struct err e = ERR_INIT;
	pthread_t thread;

	assert_int_equal(upload_truncate(u, 64 << 20), 0); /* takes a while to be sealed */
	closed = false;
	assert_int_equal(pthread_create(&thread, NULL, close_it, u), 0);
	while (is_dirty(u))
		sched_yield();
	expect_ok(remove_at("tasks/inbox", "rfp.txt", false, &e), &e);
	while (!closed)
		assert_true(gone("tasks/inbox/rfp.txt"));
	pthread_join(thread, NULL);
	assert_true(gone("tasks/inbox/rfp.txt"));
}

static const char *refused(void)
{
	static struct buf out;

	buf_clear(&out);
	refusal_get(p, REFUSAL_INBOX, 0, &out);
	return buf_str(&out);
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

/* What is refused under its final name keeps the temporary one. */
static void a_rename_that_is_refused(void **state UNUSED)
{
	struct upload *u = create(".ask.json.Xy12ab");
	struct err e = ERR_INIT;

	put(u, "not JSON", 0);
	flush(u);
	upload_release(u, &anna);
	expect(move("tasks/inbox", ".ask.json.Xy12ab", "tasks/inbox", "ask.json", &e), -EBADMSG, &e,
	       "request 'ask.json'");
	assert_false(listed("ask.json"));
	assert_true(listed(".ask.json.Xy12ab"));
	expect_ok(remove_at("tasks/inbox", ".ask.json.Xy12ab", false, &e), &e);
	assert_false(listed(".ask.json.Xy12ab"));
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

/* Its writer is a child that a signal is ending; seen while it waits to be buried. */
/* It is closed by a process that is being killed. */
static void kill_writer(struct upload *u)
{
	struct err e = ERR_INIT;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	expect_ok(upload_flush(u, pid, &anna, &e), &e);
	waitpid(pid, &status, 0);
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

/* Everything of it is one transaction: the entry that had the name goes when the other takes it. */
static void an_entry_renamed_over_another(void **state UNUSED)
{
	int64_t first = drop("a.pdf", "first"), second = drop("b.pdf", "second");
	struct err e = ERR_INIT;

	expect_ok(move("tasks/inbox", "b.pdf", "tasks/inbox", "a.pdf", &e), &e);
	assert_false(listed("b.pdf"));
	assert_int_equal(size_of("tasks/inbox/a.pdf"), 6);
	expect_state(first, TASK_CANCELLED);
	expect_state(second, TASK_TODO);
}

static void an_entry_renamed_over_one_that_is_open(void **state UNUSED)
{
	int64_t first = drop("a.pdf", "first"), second = drop("b.pdf", "second");
	struct upload *u = again("a.pdf", false);
	struct err e = ERR_INIT;

	put(u, "more", 5);
	expect_ok(move("tasks/inbox", "b.pdf", "tasks/inbox", "a.pdf", &e), &e);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(size_of("tasks/inbox/a.pdf"), 6);
	expect_state(first, TASK_CANCELLED);
	expect_state(second, TASK_TODO);
	assert_string_equal(names(second, DOCUMENT_FORMER, 0), "");
}

static void renamed_over_one_that_is_being_written(void **state UNUSED)
{
	int64_t row = drop("b.pdf", "second");
	struct upload *u = create("a.pdf");
	struct err e = ERR_INIT;

	put(u, "first", 0);
	expect_ok(move("tasks/inbox", "b.pdf", "tasks/inbox", "a.pdf", &e), &e);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("a"), 0);
	assert_int_equal(size_of("tasks/inbox/a.pdf"), 6);
	expect_state(row, TASK_TODO);
}

static void a_folder_renamed_over_another(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect_ok(make_dir("tasks/inbox", "a", &e), &e);
	expect_ok(make_dir("tasks/inbox", "b", &e), &e);
	drop("c.pdf", "bytes");
	expect_ok(copy_in("tasks/inbox/b", "x.pdf", "bytes", &e), &e);
	expect(move("tasks/inbox", "a", "tasks/inbox", "b", &e), -ENOTEMPTY, &e, NULL);
	expect(move("tasks/inbox", "a", "tasks/inbox", "c.pdf", &e), -ENOTDIR, &e, NULL);
	expect(move("tasks/inbox", "c.pdf", "tasks/inbox", "a", &e), -EISDIR, &e, NULL);
	expect_ok(move("tasks/inbox", "b", "tasks/inbox", "a", &e), &e);
	assert_false(listed("b"));
	assert_int_equal(size_of("tasks/inbox/a/x.pdf"), 5);
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

/* A rewrite that was cut off counts when the entry gets another name, as a new file's does. */
static void an_interrupted_rewrite_that_is_renamed(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "first");
	struct upload *u = again("a.pdf", true);
	struct err e = ERR_INIT;

	set(SETTING_REWRITE_QUIET, "0");
	put(u, "second", 0);
	kill_writer(u);
	upload_release(u, &anna);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "");
	expect_ok(move("tasks/inbox", "a.pdf", "tasks/inbox", "b.pdf", &e), &e);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "a.pdf");
	assert_int_equal(size_of("tasks/inbox/b.pdf"), 6);
	assert_false(listed("a.pdf"));
	finish("{\"confidence\": 95}");
	expect_state(row, TASK_COMPLETED);
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

/* Who is told that it was not removed finds it as it was, and what is written to it then is taken in. */
static void a_removal_that_failed(void **state UNUSED)
{
	int64_t row = drop("rfp.txt", "first");
	struct upload *u = again("rfp.txt", true);
	struct err e = ERR_INIT;
	int rc;

	put(u, "second", 0);
	limit_files(1);
	rc = remove_at("tasks/inbox", "rfp.txt", false, &e);
	limit_files(0);
	assert_true(rc < 0);
	assert_int_equal(size_of("tasks/inbox/rfp.txt"), 6);
	flush(u);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "rfp.txt");
	upload_release(u, &anna);
	assert_int_equal(size_of("tasks/inbox/rfp.txt"), 6);
}

static void a_receipt_gives_its_name_to_nobody(void **state UNUSED)
{
	struct err e = ERR_INIT;

	drop("a.pdf", "1");
	drop("b.pdf", "2");
	expect(move("tasks/inbox", "a.pdf", "tasks/inbox", "b.pdf.receipt.json", &e), -EEXIST, &e, "is in the way");
	expect(move("tasks/inbox", "a.pdf", "tasks/inbox", "a.pdf.receipt.json", &e), -EEXIST, &e, "is in the way");
	assert_true(listed("a.pdf") && listed("a.pdf.receipt.json"));
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
		IN_TREE(rsync),
		IN_TREE(gio),
		IN_TREE(renamed_over_an_entry),
		IN_TREE(only_where_nothing_is),
		IN_TREE(written_again),
		IN_TREE(appended),
		IN_TREE(opened_without_writing),
		IN_TREE(two_writers),
		IN_TREE(renamed_while_it_is_open),
		IN_TREE(renamed_before_it_is_closed_again),
		IN_TREE(removed_while_it_is_written),
		IN_TREE(removed_after_it_was_closed),
		IN_TREE(removed_while_it_is_taken_in),
		IN_TREE(a_request_that_is_wrong),
		IN_TREE(a_wrong_request_goes_with_its_writer),
		IN_TREE(a_rename_that_is_refused),
		IN_TREE(documents_that_requests_name),
		IN_TREE(the_engine_of_a_directory),
		IN_TREE(a_writer_that_is_killed),
		IN_TREE(a_writer_that_ends),
		IN_TREE(a_folder_submits_itself),
		IN_TREE(a_folder_waits_for_its_writers),
		IN_TREE(what_was_not_finished_is_dropped),
		IN_TREE(an_entry_renamed_over_another),
		IN_TREE(an_entry_renamed_over_one_that_is_open),
		IN_TREE(renamed_over_one_that_is_being_written),
		IN_TREE(a_folder_renamed_over_another),
		IN_TREE(two_inodes_of_one_entry),
		IN_TREE(many_append),
		IN_TREE(the_same_name_from_two),
		IN_TREE(one_name_for_the_file_of_another),
		IN_TREE(an_interrupted_rewrite_that_is_renamed),
		IN_TREE(what_is_refused_leaves_no_bytes),
		IN_TREE(a_removal_that_failed),
		IN_TREE(a_receipt_gives_its_name_to_nobody),
		IN_TREE(folders_have_a_depth),
	};

	return RUN_TESTS(tests);
}

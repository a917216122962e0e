/*
 * The first call of an operation into the store or to the disk fails, then the second, until there is none left: a
 * failure leaves everything as it was, and then the operation can be made; or it is made although a call failed. The
 * same with each allocation of a size that a user chose, which is one that is large here.
 *
 * The linker gives the calls of the platform and the blobs to the functions below (--wrap).
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <unistd.h>

#include "platform/review.h"
#include "platform/trash.h"
#include "tests/platform/hooks.h"
#include "tests/platform/trap.h"

#define N_MAX       1000 /* an operation that fails so often goes round in circles */
#define LARGE_BYTES 100000
#define CHUNK_BYTES (256 * 1024) /* what the blobs copy by, whatever the size */

WRAP(int, crypto_seal, const unsigned char *key, const void *plain, size_t len, const char *context, struct buf *out)
{
	return trap_fails(__func__) ? -ENOMEM : __real_crypto_seal(key, plain, len, context, out);
}

#define FAIL_DISK(number)                   \
	do {                                \
		if (trap_fails(__func__)) { \
			errno = (number);   \
			return -1;          \
		}                           \
	} while (0)

WRAP(ssize_t, pwrite, int fd, const void *bytes, size_t len, off_t offset)
{
	FAIL_DISK(ENOSPC);
	return __real_pwrite(fd, bytes, len, offset);
}

WRAP(int, fsync, int fd)
{
	FAIL_DISK(EIO);
	return __real_fsync(fd);
}

WRAP(int, renameat, int from, const char *name, int to, const char *as)
{
	FAIL_DISK(ENOSPC);
	return __real_renameat(from, name, to, as);
}

WRAP(int, mkdirat, int dir, const char *name, mode_t mode)
{
	FAIL_DISK(ENOSPC);
	return __real_mkdirat(dir, name, mode);
}

int __real_openat(int dir, const char *name, int flags, ...);
int __wrap_openat(int dir, const char *name, int flags, ...);
int __wrap_openat(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	FAIL_DISK(EMFILE);
	return __real_openat(dir, name, flags, mode);
}

static bool no_memory(size_t size, const char *what)
{
	return size >= LARGE_BYTES && size != CHUNK_BYTES && trap_fails_as(TRAP_MEMORY, what);
}

WRAP(void *, malloc, size_t size)
{
	return no_memory(size, __func__) ? NULL : __real_malloc(size);
}

WRAP(void *, calloc, size_t n, size_t size)
{
	return no_memory(n * size, __func__) ? NULL : __real_calloc(n, size);
}

WRAP(void *, realloc, void *was, size_t size)
{
	return no_memory(size, __func__) ? NULL : __real_realloc(was, size);
}

WRAP(char *, strdup, const char *s)
{
	return no_memory(strlen(s), __func__) ? NULL : __real_strdup(s);
}

WRAP(char *, strndup, const char *s, size_t len)
{
	return no_memory(strnlen(s, len), __func__) ? NULL : __real_strndup(s, len);
}

/* All that the store holds, as text. */
struct picture {
	struct tx *tx;
	struct buf text;
	struct err e;
};

static int add_document(void *row, void *ud)
{
	trap_row(&document_table, row, &((struct picture *)ud)->text);
	return 0;
}

static int add_line(void *row, void *ud)
{
	trap_row(&log_line_table, row, &((struct picture *)ud)->text);
	return 0;
}

static int add_event(void *row, void *ud)
{
	trap_row(&event_table, row, &((struct picture *)ud)->text);
	return 0;
}

static int add_drop(void *row, void *ud)
{
	struct picture *x = ud;
	const struct drop *d = row;

	trap_row(&drop_table, row, &x->text);
	return d->is_dir ? row_each(x->tx, Q_DROPS_OF, ARGS(V_INT(0), V_INT(d->row_id), V_INT(0), V_INT(99)), add_drop,
				    x, &x->e)
			 : 0;
}

static int add_task(void *row, void *ud)
{
	struct picture *x = ud;
	const struct task_listing *l = row;
	struct task t;
	int rc = row_get(x->tx, &task_table, l->row_id, &t, &x->e);

	trap_row(&task_table, &t, &x->text);
	task_release(&t);
	if (rc == 0)
		rc = row_each(x->tx, Q_DOCUMENTS_ALL, ARGS(V_INT(l->row_id)), add_document, x, &x->e);
	if (rc == 0)
		rc = row_each(x->tx, Q_DROPS_OF_TASK, ARGS(V_INT(l->row_id)), add_drop, x, &x->e);
	return rc < 0 ? rc : row_each(x->tx, Q_LOG_OF_TASK, ARGS(V_INT(l->row_id), V_INT(99)), add_line, x, &x->e);
}

static int add_endpoint(void *row, void *ud)
{
	trap_row(&endpoint_table, row, &((struct picture *)ud)->text);
	return 0;
}

static int add_delivery(void *row, void *ud)
{
	struct picture *x = ud;
	const struct delivery_listing *l = row;
	struct delivery d;
	int rc = row_get(x->tx, &delivery_table, l->row_id, &d, &x->e);

	trap_row(&delivery_table, &d, &x->text);
	row_release(&delivery_table, &d);
	return rc;
}

static int look_at_webhooks(struct picture *x, struct err *e)
{
	struct bookmark mark;
	int rc = row_each(x->tx, Q_ENDPOINTS_ALL, NULL, add_endpoint, x, e);

	for (int s = 0; rc == 0 && s < N_DELIVERY_STATES; s++)
		rc = row_each(x->tx, Q_DELIVERIES_IN, ARGS(V_TEXT(delivery_state_words[s]), V_INT(999)), add_delivery,
			      x, e);
	if (rc == 0)
		rc = row_find(x->tx, Q_BOOKMARK, ARGS(V_TEXT("webhooks")), &mark, e);
	if (rc == 0) {
		trap_row(&bookmark_table, &mark, &x->text);
		row_release(&bookmark_table, &mark);
	}
	return rc == -ENOENT ? 0 : rc;
}

static int look_at_all(struct tx *tx, void *arg, struct err *e)
{
	struct picture *x = arg;
	struct val after = V_INT(0), all = V_INT(999);
	int rc = 0;

	x->tx = tx;
	for (int s = 0; rc == 0 && s < N_TASK_STATES; s++)
		rc = row_each(tx, Q_TASKS_IN_STATE, ARGS(V_TEXT(task_state_words[s]), after, all), add_task, x, e);
	if (rc == 0)
		rc = row_each(tx, Q_TASKS_TRASHED, ARGS(after, all), add_task, x, e);
	if (rc == 0)
		rc = row_each(tx, Q_DROPS_OF, ARGS(V_INT(0), V_INT(0), after, all), add_drop, x, e);
	if (rc == 0)
		rc = row_each(tx, Q_EVENTS_SINCE, ARGS(after, all), add_event, x, e);
	return rc < 0 ? rc : look_at_webhooks(x, e);
}

static char *picture(void)
{
	struct picture x = { .text = BUF_INIT };
	struct err e = ERR_INIT;

	expect_ok(store_read(p->store, look_at_all, &x, &e), &e);
	return buf_steal(&x.text);
}

static unsigned n_staged(void)
{
	auto_free char *dir = xasprintf("%s/staging", store_dir(p->store));

	temp_files = 0;
	assert_int_equal(nftw(dir, count_file, 8, FTW_PHYS), 0);
	return temp_files;
}

/* What the operations work on. */
static int64_t row, top, engagement;
static struct work w;

/* One operation, in a platform of its own for each call that fails. */
struct scenario {
	void (*prepare)(void);
	int (*operation)(struct err *e);
	void (*check)(void); /* it was done, once */
	bool brings_bytes;   /* a failure may leave the bytes that it was given */
	bool in_steps;       /* what was done before a failure stays done */
	enum trap_kind kind;
};

static size_t same_length(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

static void check_failure(const struct scenario *s, int rc, const struct err *e, const char *before, unsigned blobs)
{
	auto_free char *after = picture();

	assert_string_not_equal(e->text, "");
	if (!s->in_steps && !streq(after, before))
		fail_msg("%s left something: %s", trap.what, after + same_length(after, before));
	if (!s->brings_bytes && n_blobs() > blobs)
		fail_msg("%s left bytes", trap.what);
	if (s->kind == TRAP_MEMORY && rc != -ENOMEM)
		fail_msg("%s met no memory: %s instead of ENOMEM: %s", trap.what, err_name(rc), e->text);
}

/*
 * Let the n-th call fail, then the one after it, until the operation is done nevertheless: because no call was left to
 * fail, or because a failure did not matter. True in the second case; *n is the call then.
 */
static bool fail_until_done(const struct scenario *s, unsigned *n)
{
	auto_free char *before = NULL;
	unsigned blobs;
	bool fired;
	int rc;

	assert_int_equal(temp_open(NULL), 0);
	trap.kind = s->kind;
	s->prepare();
	before = picture();
	blobs = n_blobs();
	do {
		struct err e = ERR_INIT;

		trap_set(++*n);
		rc = s->operation(&e);
		fired = trap_set(0);
		if (rc < 0 && !fired)
			fail_msg("it failed by itself: %s", e.text);
		assert_int_equal(n_staged(), 0);
		if (rc < 0)
			check_failure(s, rc, &e, before, blobs);
		if (fired && s->brings_bytes)
			blobs = n_blobs();
		assert_true(*n < N_MAX);
	} while (rc < 0);
	s->check();
	work_release(&w);
	temp_close(NULL);
	return fired;
}

static void fail_each(const struct scenario *s)
{
	unsigned n = 0;

	while (fail_until_done(s, &n))
		;
	print_message("# %u %s\n", n - 1, s->kind == TRAP_MEMORY ? "allocations" : "calls");
	assert_true(n > (s->kind == TRAP_MEMORY ? 1 : 4));
}

static int take_in(const struct dropped *d, struct err *e)
{
	struct acceptance out;

	return drop_full(d, &out, e);
}

static void nothing(void)
{
}

static int drop_new(struct err *e)
{
	return take_in(&(struct dropped){ .name = "rfp.pdf", .text = "bytes" }, e);
}

static void check_new(void)
{
	assert_int_equal(n_blobs(), 1);
	assert_string_equal(told(0), "engagement.created task.created");
}

static void a_new_file(void **state UNUSED)
{
	fail_each(&(struct scenario){ nothing, drop_new, check_new, .brings_bytes = true });
}

static void prepare_running(void)
{
	row = drop("rfp.pdf", "first");
	drop("rfp.pdf", "second");
	set(SETTING_REWRITE_QUIET, "0");
	drop("rfp.pdf", "third");
	claim(&w);
}

static int drop_again(struct err *e)
{
	return take_in(&(struct dropped){ .name = "rfp.pdf", .text = "fourth" }, e);
}

static void check_again(void)
{
	struct document d;
	struct err e = ERR_INIT;

	expect_state(row, TASK_TODO);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "rfp.pdf rfp.pdf rfp.pdf");
	expect_ok(document_latest(p, row, DOCUMENT_FORMER, &d, &e), &e);
	assert_int_equal(d.version, 3);
	row_release(&document_table, &d);
	assert_int_equal(n_blobs(), 4);
	assert_string_equal(told(0), "engagement.created task.created setting.changed task.started task.interrupted");
}

static void a_file_written_again(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_running, drop_again, check_again, .brings_bytes = true });
}

static void prepare_other(void)
{
	row = drop("rfp.pdf", "first");
	drop_as(&(struct dropped){ .name = "twin.pdf", .text = "fourth", .who = &ben });
}

static int drop_other(struct err *e)
{
	return take_in(&(struct dropped){ .name = "rfp.pdf", .text = "fourth", .who = &ben }, e);
}

static void check_other(void)
{
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_int_equal(n_blobs(), 2);
	assert_string_equal(told(0), "engagement.created task.created task.created task.created");
}

static void the_name_of_anothers_file(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_other, drop_other, check_other, .brings_bytes = true });
}

static struct attachment attachment = { .name = "rfp.pdf", .size = 5 };

static int drop_request(struct err *e)
{
	return take_in(&(struct dropped){ .name = "ask.json",
					  .text = "{\"title\": \"Ask\"}",
					  .attachment = &attachment,
					  .n_attachments = 1 },
		       e);
}

static void prepare_request(void)
{
	struct err e = ERR_INIT;

	expect_ok(blob_put(p->blobs, "bytes", 5, attachment.sha256, &e), &e);
	row = drop_as(
		&(struct dropped){ .name = "ask.json", .text = "{}", .attachment = &attachment, .n_attachments = 1 });
}

static void check_request(void)
{
	assert_string_equal(get(row)->title, "Ask");
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "ask.json");
	blob_unpin(p->blobs, attachment.sha256);
}

static void a_request_written_again(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_request, drop_request, check_request, .brings_bytes = true });
}

static void prepare_folder(void)
{
	struct err e = ERR_INIT;

	top = store_reserve(p->store, NULL);
	expect_ok(inbox_folder(p, &root_box, top, 0, "lot", &anna, &e), &e);
	drop_as(&(struct dropped){ .parent_row = top, .name = "a.pdf", .text = "one" });
}

static int submit(struct err *e)
{
	return inbox_submit(p, &root_box, top, &anna, &row, e);
}

static void check_folder(void)
{
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "a.pdf");
	assert_string_equal(told(0), "engagement.created task.created");
}

static void a_folder(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_folder, submit, check_folder, false, false });
}

static void prepare_submitted(void)
{
	struct err e = ERR_INIT;

	prepare_folder();
	expect_ok(submit(&e), &e);
}

static int drop_late(struct err *e)
{
	return take_in(&(struct dropped){ .parent_row = top, .name = "a.pdf", .text = "two" }, e);
}

static void check_late(void)
{
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "a.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "a.pdf");
	assert_int_equal(n_blobs(), 2);
}

static void a_late_file(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_submitted, drop_late, check_late, .brings_bytes = true });
}

static void prepare_claimed(void)
{
	row = drop("rfp.pdf", "bytes");
	claim(&w);
	work_log(p, &w, "a line");
	work_progress(p, &w, 50, "half");
}

static int succeed(struct err *e)
{
	static const struct work_output output[] = { { "summary.md", "# Summary\n", 10 }, { "a.csv", "a,b\n", 4 } };
	json_t *doc = json_pack("{s:i}", "confidence", 95);
	struct outcome o = { .result = doc, .output = output, .n_outputs = 2 };
	int rc = work_succeed(p, &w, &o, e);

	json_decref(doc);
	return rc;
}

static void check_line(void)
{
	auto_free char *all = picture();
	char *line = strstr(all, "a line");

	assert_non_null(line);
	assert_null(strstr(line + 1, "a line"));
}

static void check_outcome(void)
{
	expect_state(row, TASK_COMPLETED);
	assert_string_equal(names(row, DOCUMENT_OUTPUT, 0), "summary.md a.csv");
	assert_int_equal(n_blobs(), 4);
	assert_string_equal(told(row), "task.created task.started task.completed");
	check_line();
}

static void an_outcome(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_claimed, succeed, check_outcome, false, false });
}

static int give_up(struct err *e)
{
	return work_fail(p, &w, "broken", WORK_FAULT_STAYS, e);
}

static void check_failed(void)
{
	expect_state(row, TASK_FAILED);
	assert_string_equal(told(row), "task.created task.started task.failed");
	check_line();
}

static void a_failure(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_claimed, give_up, check_failed, false, false });
}

static int keep(struct err *e)
{
	return work_keep(p, e);
}

static void housekeeping(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_claimed, keep, check_line, false, false });
}

static int claim_one(struct err *e)
{
	work_release(&w);
	return work_claim(p, &w, e);
}

static void prepare_ready(void)
{
	row = drop("a.pdf", "bytes");
}

static void check_claimed(void)
{
	expect_state(row, TASK_IN_PROGRESS);
	assert_int_equal(get(row)->attempts, 1);
	assert_int_equal(w.n_documents, 1);
}

static void a_claim(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_ready, claim_one, check_claimed, false, false });
}

static void prepare_twin(void)
{
	drop("a.pdf", "same");
	finish("{\"confidence\": 95}");
	row = drop("b.pdf", "same");
}

static void check_twin(void)
{
	expect_state(row, TASK_COMPLETED);
	assert_string_equal(names(row, DOCUMENT_OUTPUT, 0), "summary.md");
	assert_string_equal(told(row), "task.created task.started task.completed");
}

static void an_answer_that_is_there(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_twin, claim_one, check_twin, .in_steps = true });
}

static void prepare_review(void)
{
	row = drop("a.pdf", "bytes");
	finish("{\"title\": \"T\", \"confidence\": 50}");
}

static int correct(struct err *e)
{
	const char *text = "{\"title\": \"By hand\"}";

	return review_correct(p, row, text, strlen(text), &anna, e);
}

static void check_corrected(void)
{
	assert_string_equal(names(row, DOCUMENT_RESULT, 0), "result.json result.json");
	assert_int_equal(n_blobs(), 4);
}

static int approve(struct err *e)
{
	return review_approve(p, row, "good", &anna, e);
}

static void check_approved(void)
{
	expect_state(row, TASK_COMPLETED);
	assert_true(util_ends(told(row), "task.needs_review task.completed task.reviewed"));
}

static int retry(struct err *e)
{
	return review_retry(p, row, &anna, e);
}

static void check_retried(void)
{
	expect_state(row, TASK_TODO);
	assert_true(util_ends(told(row), "task.needs_review task.retried"));
}

static void decisions(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_review, correct, check_corrected, false, false });
	fail_each(&(struct scenario){ prepare_review, approve, check_approved, false, false });
	fail_each(&(struct scenario){ prepare_review, retry, check_retried, false, false });
}

static int remove_entry(struct err *e)
{
	struct drop d;
	int rc = inbox_find(p, 0, 0, "a.pdf", &d, e);

	if (rc == 0)
		rc = inbox_remove(p, d.row_id, &anna, e);
	row_release(&drop_table, &d);
	return rc;
}

static void check_cancelled(void)
{
	expect_state(row, TASK_CANCELLED);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "a.pdf");
	assert_int_equal(n_blobs(), 1);
}

static void an_entry_removed(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_ready, remove_entry, check_cancelled, false, false });
}

static int64_t other;

static void prepare_two(void)
{
	row = drop("a.pdf", "first");
	other = drop("b.pdf", "second");
}

static int rename_over(struct err *e)
{
	struct drop d;
	int rc = inbox_find(p, 0, 0, "b.pdf", &d, e);

	if (rc == 0)
		rc = inbox_rename(p, d.row_id, "a.pdf", true, e);
	row_release(&drop_table, &d);
	return rc;
}

static void check_renamed(void)
{
	struct drop d;

	assert_int_equal(inbox_find(p, 0, 0, "b.pdf", &d, NULL), -ENOENT);
	assert_int_equal(inbox_find(p, 0, 0, "a.pdf", &d, NULL), 0);
	assert_int_equal(d.task_row, other);
	row_release(&drop_table, &d);
	expect_state(row, TASK_CANCELLED);
	expect_state(other, TASK_TODO);
}

static void an_entry_renamed_over_another(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_two, rename_over, check_renamed, false, false });
}

static void prepare_trash(void)
{
	struct err e = ERR_INIT;

	prepare_review();
	expect_ok(approve(&e), &e);
	expect_ok(trash_put(p, row, &e), &e);
	engagement = default_engagement();
}

static int restore(struct err *e)
{
	return trash_restore(p, row, engagement, "a", e);
}

static void check_restored(void)
{
	assert_int_equal(get(row)->trashed_at, 0);
}

static int purge(struct err *e)
{
	return trash_purge(p, row, e);
}

/* Bytes of which the store cannot say whose they are stay: that is a failure after the commit. */
static void check_purged(void)
{
	assert_int_equal(task_get(p, row, &(struct task){ 0 }, NULL), -ENOENT);
	assert_true(n_blobs() <= 1);
}

static void the_trash(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_trash, restore, check_restored, false, false });
	fail_each(&(struct scenario){ prepare_trash, purge, check_purged, false, false });
}

/* A document of the size that a user may hand in; good until the next call. */
static const char *large_text(const char *before, const char *after)
{
	static char text[4 * LARGE_BYTES + 1];

	memset(text, 'x', 4 * LARGE_BYTES);
	memcpy(text, before, strlen(before));
	strcpy(text + 4 * LARGE_BYTES - strlen(after), after);
	return text;
}

static int drop_large(struct err *e)
{
	const char *text = large_text("{\"title\": \"Ask\", \"data\": { \"note\": \"n\" }, \"description\": \"", "\"}");

	return take_in(&(struct dropped){ .name = "ask.json", .text = text }, e);
}

static void check_large(void)
{
	assert_string_equal(told(0), "engagement.created task.created");
}

static void a_large_request(void **state UNUSED)
{
	fail_each(&(struct scenario){ nothing, drop_large, check_large, .brings_bytes = true, .kind = TRAP_MEMORY });
}

static int drop_data(struct err *e)
{
	const char *text = large_text("{\"data\": { \"note\": \"", "\"}}");

	return take_in(&(struct dropped){ .name = "ask.json", .text = text }, e);
}

static void large_arguments(void **state UNUSED)
{
	fail_each(&(struct scenario){ nothing, drop_data, check_large, .brings_bytes = true, .kind = TRAP_MEMORY });
}

static void prepare_large(void)
{
	struct err e = ERR_INIT;

	expect_ok(drop_data(&e), &e);
}

static void check_claimed_large(void)
{
	assert_int_equal(w.n_documents, 0);
	assert_true(json_string_length(json_object_get(w.arguments, "note")) > 3 * LARGE_BYTES);
}

static void the_claim_of_a_large_one(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_large, claim_one, check_claimed_large, .kind = TRAP_MEMORY });
}

static int correct_large(struct err *e)
{
	const char *text = large_text("{\"title\": \"", "\"}");

	return review_correct(p, row, text, strlen(text), &anna, e);
}

static void a_large_correction(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_review, correct_large, check_corrected, .kind = TRAP_MEMORY });
}

static int describe(struct err *e)
{
	const char *text = large_text("", "");

	return task_set(p, row, "description", text, e);
}

static void check_described(void)
{
	assert_int_equal(strlen(get(row)->description), 4 * LARGE_BYTES);
}

static void a_large_description(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_ready, describe, check_described, .kind = TRAP_MEMORY });
}

static struct buf shown;

static void prepare_described(void)
{
	struct err e = ERR_INIT;

	prepare_ready();
	expect_ok(describe(&e), &e);
}

static int show(struct err *e)
{
	int rc;

	buf_release(&shown);
	rc = task_document(p, row, &shown, e);
	return rc < 0 ? err_set(e, rc, "task.json cannot be shown") : 0;
}

static void check_shown(void)
{
	json_t *doc = json_loads(buf_str(&shown), 0, NULL);

	assert_int_equal(json_string_length(json_object_get(doc, "description")), 4 * LARGE_BYTES);
	json_decref(doc);
	buf_release(&shown);
}

static void a_large_document_of_a_task(void **state UNUSED)
{
	fail_each(&(struct scenario){ prepare_described, show, check_shown, .kind = TRAP_MEMORY });
}

/* Webhooks: the first endpoint reads the log from there on, and nothing is left out of it or made twice. */

static int64_t shop, bank;

static int first_endpoint(struct err *e)
{
	return party_create(p, PARTY_ENDPOINT, "shop", &anna, &shop, e);
}

static void check_first_endpoint(void)
{
	expand_all();
	expect_counts(0, 0, 0, 0);
}

static void prepare_hooks(void)
{
	shop = new_endpoint("shop", "task.*");
	bank = new_endpoint("bank", "*.created");
	drop("one.pdf", "one");
	drop("two.pdf", "two");
	new_engagement("city");
	claim(&w);
}

static int expand_once(struct err *e)
{
	int n = delivery_expand(p, e);

	return n < 0 ? n : 0;
}

static void check_expanded(void)
{
	struct err e = ERR_INIT;

	assert_int_equal(delivery_expand(p, &e), 0);
	expect_counts(shop, 3, 0, 0);
	expect_counts(bank, 3, 0, 0);
}

static void prepare_sent(void)
{
	prepare_hooks();
	expand_all();
}

/* One arrived, one is tried again, and the endpoint has given up. */
static int settle_some(struct err *e)
{
	struct delivery_attempt a[] = { { .at_ms = 1, .status = 204, .arrived = true },
					{ .at_ms = 1, .status = 410, .next_ms = 1 } };
	struct delivery_lesson l = {
		.endpoint_row = shop, .state = ENDPOINT_DISABLED, .reason = "410", .failing_since = 1, .gave_up = true
	};
	struct due_list list = { .n = 0 };
	struct endpoint x;
	union party party;
	int rc = party_get(p, PARTY_ENDPOINT, shop, &party, e);

	if (rc < 0)
		return rc;
	x = party.endpoint;
	rc = delivery_due(p, &x, clock_now_ms(), (struct delivery_place){ 0, 0 }, 9, wants_all, add_to_list, &list, e);
	if (rc == 0) {
		assert_int_equal(list.n, 2);
		a[0].d = &list.job[0].d;
		a[1].d = &list.job[1].d;
		rc = delivery_settle(p, a, 2, &l, 1, e);
	}
	list_release(&list);
	row_release(&endpoint_table, &x);
	return rc;
}

static void check_settled(void)
{
	struct endpoint x;

	expect_counts(shop, 2, 1, 0);
	get_endpoint(shop, &x);
	assert_false(x.enabled);
	row_release(&endpoint_table, &x);
	assert_non_null(strstr(told(0), "webhook.disabled"));
}

static int replay_all(struct err *e)
{
	int rc = delivery_replay_from(p, bank, 0, e);

	return rc < 0 ? rc : 0;
}

static void check_replayed(void)
{
	expect_counts(bank, 4, 0, 0); /* the default engagement's too */
}

static int put_secret(struct err *e)
{
	return endpoint_put_secret(p, shop, "generate", &anna, NULL, e);
}

static void check_secrets(void)
{
	struct err e = ERR_INIT;
	struct secret *all;
	struct endpoint x;
	size_t n;

	get_endpoint(shop, &x);
	expect_ok(endpoint_secrets(p, &x, clock_now_ms(), &all, &n, &e), &e);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++)
		secret_wipe(&all[i]);
	free(all);
	row_release(&endpoint_table, &x);
}

static int put_headers(struct err *e)
{
	return endpoint_put(p, shop, "headers", "X-Own: yes", 10, &anna, e);
}

static void check_headers(void)
{
	struct err e = ERR_INIT;
	auto_buf text = BUF_INIT;

	expect_ok(endpoint_show(p, shop, "headers", &text, &e), &e);
	assert_string_equal(buf_str(&text), "X-Own: yes\n");
}

static int remove_shop(struct err *e)
{
	return party_remove(p, PARTY_ENDPOINT, shop, e);
}

static void check_removed(void)
{
	expect_counts(shop, 0, 0, 0);
	expect_counts(bank, 3, 0, 0);
	assert_non_null(strstr(told(0), "webhook.removed"));
}

static void webhooks(void **state UNUSED)
{
	fail_each(&(struct scenario){ nothing, first_endpoint, check_first_endpoint });
	fail_each(&(struct scenario){ prepare_hooks, expand_once, check_expanded });
	fail_each(&(struct scenario){ prepare_sent, settle_some, check_settled });
	fail_each(&(struct scenario){ prepare_sent, replay_all, check_replayed });
	fail_each(&(struct scenario){ prepare_hooks, put_secret, check_secrets });
	fail_each(&(struct scenario){ prepare_hooks, put_headers, check_headers });
	fail_each(&(struct scenario){ prepare_sent, remove_shop, check_removed });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_file),
		cmocka_unit_test(a_file_written_again),
		cmocka_unit_test(the_name_of_anothers_file),
		cmocka_unit_test(a_request_written_again),
		cmocka_unit_test(a_folder),
		cmocka_unit_test(a_late_file),
		cmocka_unit_test(an_outcome),
		cmocka_unit_test(a_failure),
		cmocka_unit_test(housekeeping),
		cmocka_unit_test(a_claim),
		cmocka_unit_test(an_answer_that_is_there),
		cmocka_unit_test(decisions),
		cmocka_unit_test(an_entry_removed),
		cmocka_unit_test(an_entry_renamed_over_another),
		cmocka_unit_test(the_trash),
		cmocka_unit_test(webhooks),
		cmocka_unit_test(a_large_request),
		cmocka_unit_test(large_arguments),
		cmocka_unit_test(the_claim_of_a_large_one),
		cmocka_unit_test(a_large_correction),
		cmocka_unit_test(a_large_description),
		cmocka_unit_test(a_large_document_of_a_task),
	};

	return RUN_TESTS(tests);
}

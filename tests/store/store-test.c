#include "tests/store/temp.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Write a setting, announce it, and then fail when asked to. */
struct put {
	char name[32];
	int fail; /* -errno */
	int rc;
	struct err e;
};

static int put(struct tx *tx, void *arg, struct err *e)
{
	struct put *p = arg;
	struct setting s = { .name = p->name, .value = (char *)"v" };
	int rc = row_insert(tx, &setting_table, &s, e);

	tx_change(tx, 7, s.row_id, 1, 2, 3, p->name);
	if (rc == 0 && p->fail)
		rc = err_set(e, p->fail, "as asked");
	return rc;
}

static void *put_thread(void *arg)
{
	struct put *p = arg;

	p->rc = store_write(st, put, p, &p->e);
	return NULL;
}

struct look {
	const char *name;
	bool there;
};

static int look_up(struct tx *tx, void *arg, struct err *e)
{
	struct look *l = arg;
	struct setting s;
	int rc = row_find(tx, Q_SETTING, ARGS(V_TEXT(l->name)), &s, e);

	l->there = rc == 0;
	row_release(&setting_table, &s);
	return rc == -ENOENT ? 0 : rc;
}

static bool is_there(const char *name)
{
	struct look l = { name, false };

	read_ok(look_up, &l);
	return l.there;
}

/* Keeps the writer busy, so that what is posted meanwhile becomes one batch with it. */
struct gate {
	sem_t entered, leave;
	pthread_t thread;
};

static int stand_in_gate(struct tx *tx UNUSED, void *arg, struct err *e UNUSED)
{
	struct gate *g = arg;

	sem_post(&g->entered);
	sem_wait(&g->leave);
	return 0;
}

static void *gate_thread(void *arg)
{
	store_write(st, stand_in_gate, arg, NULL);
	return NULL;
}

static void gate_shut(struct gate *g)
{
	sem_init(&g->entered, 0, 0);
	sem_init(&g->leave, 0, 0);
	assert_int_equal(pthread_create(&g->thread, NULL, gate_thread, g), 0);
	sem_wait(&g->entered);
}

static void gate_open(struct gate *g)
{
	sem_post(&g->leave);
	pthread_join(g->thread, NULL);
	sem_destroy(&g->entered);
	sem_destroy(&g->leave);
}

static void failing_leaves_the_others_alone(void **state UNUSED)
{
	struct put puts[9] = { 0 };
	pthread_t threads[9];
	struct gate g;

	gate_shut(&g);
	for (int i = 0; i < 9; i++) {
		snprintf(puts[i].name, sizeof(puts[i].name), "batch %d", i);
		puts[i].fail = i % 3 == 1 ? -EBUSY : 0;
		assert_int_equal(pthread_create(&threads[i], NULL, put_thread, &puts[i]), 0);
	}
	gate_open(&g);
	for (int i = 0; i < 9; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(puts[i].rc, puts[i].fail);
		assert_string_equal(puts[i].e.text, puts[i].fail ? "as asked" : "");
		assert_int_equal(is_there(puts[i].name), !puts[i].fail);
	}
}

static int fail_midway(struct tx *tx, void *arg, struct err *e)
{
	struct put *p = arg;
	struct setting twice = { .name = p->name };
	int rc = put(tx, arg, e);

	return rc < 0 ? rc : row_insert(tx, &setting_table, &twice, e);
}

static void failing_leaves_nothing(void **state UNUSED)
{
	struct put p = { .name = "half done" };
	struct err e = ERR_INIT;

	assert_int_equal(store_write(st, fail_midway, &p, &e), -EEXIST);
	assert_int_equal(e.code, -EEXIST);
	assert_false(is_there("half done"));
	write_ok(put, &p);
	assert_true(is_there("half done"));
}

/* What the watcher heard: names in order. On the writer's thread, so under a lock. */
static struct {
	pthread_mutex_t lock;
	struct buf names;
	int n_calls, n_wrong;
} heard = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void hear(void *ud, const struct change *c, size_t n)
{
	pthread_mutex_lock(&heard.lock);
	heard.n_calls++;
	for (size_t i = 0; i < n; i++) {
		heard.n_wrong += ud != &heard || c[i].kind != 7 || c[i].row <= 0 || c[i].parent != 1 || c[i].was != 2 ||
				 c[i].now != 3;
		buf_printf(&heard.names, "%s,", c[i].name ? c[i].name : "-");
	}
	pthread_mutex_unlock(&heard.lock);
}

static int put_two(struct tx *tx, void *arg, struct err *e)
{
	int rc = put(tx, arg, e);

	tx_change(tx, 7, 1, 1, 2, 3, NULL);
	return rc;
}

static void tells_changes_in_order_before_it_returns(void **state UNUSED)
{
	struct put a = { .name = "a" }, bad = { .name = "b", .fail = -EIO }, c = { .name = "c" };

	store_watch(st, hear, &heard);
	write_ok(put_two, &a);
	assert_string_equal(buf_str(&heard.names), "a,-,");
	assert_int_equal(store_write(st, put, &bad, NULL), -EIO);
	write_ok(put, &c);
	assert_string_equal(buf_str(&heard.names), "a,-,c,");
	assert_int_equal(heard.n_calls, 2);
	assert_int_equal(heard.n_wrong, 0);
	store_watch(st, NULL, NULL);
	buf_release(&heard.names);
}

#define WRITERS     16
#define WRITES_EACH 500
#define READERS     4
static atomic_int n_failed, n_torn;
static atomic_bool writers_done;

/* Two rows that are only ever written together. */
static int put_pair(struct tx *tx, void *arg, struct err *e)
{
	struct log_line a = { .task_row = *(int *)arg, .text = (char *)"a" };
	struct log_line b = { .task_row = *(int *)arg, .text = (char *)"b" };
	int rc = row_insert(tx, &log_line_table, &a, e);

	return rc < 0 ? rc : row_insert(tx, &log_line_table, &b, e);
}

static void *write_pairs(void *arg)
{
	int self = (int)(intptr_t)arg + 1;

	for (int i = 0; i < WRITES_EACH; i++) {
		struct err e = ERR_INIT;

		if (store_write(st, put_pair, &self, &e) < 0) {
			print_error("%s\n", e.text);
			n_failed++;
		}
	}
	return NULL;
}

static int count_line(void *row UNUSED, void *ud)
{
	(*(int *)ud)++;
	return 0;
}

static int count_pairs(struct tx *tx, void *arg, struct err *e)
{
	int *n = arg, rc = 0;

	n[0] = n[1] = 0;
	for (int twice = 0; rc == 0 && twice < 2; twice++)
		rc = row_each(tx, Q_LOG_OF_TASK, ARGS(V_INT(3), V_INT(INT32_MAX)), count_line, &n[twice], e);
	return rc;
}

static void *read_pairs(void *arg UNUSED)
{
	while (!writers_done) {
		struct err e = ERR_INIT;
		int n[2];

		if (store_read(st, count_pairs, n, &e) < 0) {
			print_error("%s\n", e.text);
			n_failed++;
		}
		n_torn += n[0] % 2 || n[0] != n[1];
		usleep(2000);
	}
	return NULL;
}

static void many_write_while_others_read(void **state UNUSED)
{
	pthread_t writers[WRITERS], readers[READERS];
	int n[2];

	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_pairs, NULL), 0);
	for (intptr_t i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&writers[i], NULL, write_pairs, (void *)i), 0);
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writers[i], NULL);
	writers_done = true;
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(n_failed, 0);
	assert_int_equal(n_torn, 0);
	read_ok(count_pairs, n);
	assert_int_equal(n[0], 2 * WRITES_EACH);
}

#define RESERVE_THREADS 8
#define RESERVED_EACH   3000 /* together several blocks */

static void *reserve(void *arg)
{
	int64_t *ids = arg;

	for (int i = 0; i < RESERVED_EACH; i++)
		ids[i] = store_reserve(st, NULL);
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void reserves_each_id_once(void **state UNUSED)
{
	static int64_t ids[RESERVE_THREADS][RESERVED_EACH];
	int64_t *all = ids[0];
	pthread_t threads[RESERVE_THREADS];
	struct put p = { .name = "between reserved ids" };

	for (int i = 0; i < RESERVE_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, reserve, ids[i]), 0);
	write_ok(put, &p);
	for (int i = 0; i < RESERVE_THREADS; i++)
		pthread_join(threads[i], NULL);
	qsort(all, RESERVE_THREADS * RESERVED_EACH, sizeof(*all), by_value);
	assert_true(all[0] > 0);
	for (int i = 1; i < RESERVE_THREADS * RESERVED_EACH; i++)
		assert_true(all[i] > all[i - 1]);
}

/* More readers at once than there are connections: the others wait. */
#define CROWD 24
static atomic_int n_inside, n_most;

static int stay_a_moment(struct tx *tx UNUSED, void *arg UNUSED, struct err *e UNUSED)
{
	int now = ++n_inside, most = n_most;

	while (now > most && !atomic_compare_exchange_weak(&n_most, &most, now))
		continue;
	usleep(20000);
	n_inside--;
	return 0;
}

static void *crowd_thread(void *arg UNUSED)
{
	if (store_read(st, stay_a_moment, NULL, NULL) < 0)
		n_failed++;
	return NULL;
}

static void readers_wait_for_a_connection(void **state UNUSED)
{
	pthread_t threads[CROWD];

	for (int i = 0; i < CROWD; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_thread, NULL), 0);
	for (int i = 0; i < CROWD; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(n_failed, 0);
	assert_in_range(n_most, 2, 16);
}

#define MIB_WRITTEN 100
#define MIB_OF_LOG  80

static int put_mib(struct tx *tx, void *arg UNUSED, struct err *e)
{
	static char text[64 * 1024];
	int rc = 0;

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; rc == 0 && i < 16; i++) {
		struct log_line line = { .task_row = 99, .text = text };

		rc = row_insert(tx, &log_line_table, &line, e);
	}
	return rc;
}

static int read_a_moment(struct tx *tx, void *arg UNUSED, struct err *e)
{
	int64_t last;
	int rc = row_int(tx, Q_EVENT_LAST, NULL, &last, e);

	usleep(30000);
	return rc;
}

static atomic_bool log_written;

static void *keep_reading(void *arg UNUSED)
{
	while (!log_written)
		if (store_read(st, read_a_moment, NULL, NULL) < 0)
			n_failed++;
	return NULL;
}

/* There is always somebody with a snapshot, so the database never finds a moment to start its log anew by itself. */
static void keeps_its_log_short_under_constant_reading(void **state UNUSED)
{
	auto_free char *log = xasprintf("%s/platform.db-wal", temp_dir);
	pthread_t readers[3];
	struct stat sb;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&readers[i], NULL, keep_reading, NULL), 0);
		usleep(10000);
	}
	for (int i = 0; i < MIB_WRITTEN; i++)
		write_ok(put_mib, NULL);
	log_written = true;
	for (int i = 0; i < 3; i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(n_failed, 0);
	assert_int_equal(stat(log, &sb), 0);
	assert_in_range(sb.st_size, 1, (off_t)MIB_OF_LOG << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failing_leaves_the_others_alone),
		cmocka_unit_test(failing_leaves_nothing),
		cmocka_unit_test(tells_changes_in_order_before_it_returns),
		cmocka_unit_test(many_write_while_others_read),
		cmocka_unit_test(reserves_each_id_once),
		cmocka_unit_test(readers_wait_for_a_connection),
		cmocka_unit_test(keeps_its_log_short_under_constant_reading),
	};

	return cmocka_run_group_tests(tests, temp_open, temp_close);
}

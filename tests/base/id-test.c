#include "tests/test.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"

#define N_THREADS 4
#define N_IDS     2000 /* per thread */

static void has_the_form_of_a_uuid_7(void **state UNUSED)
{
	static const char form[] = "xxxxxxxx-xxxx-7xxx-vxxx-xxxxxxxxxxxx";
	char id[ID_BYTES];

	assert_ptr_equal(id_new(id), id);
	assert_int_equal(strlen(id), ID_BYTES - 1);
	for (size_t i = 0; i < ID_BYTES - 1; i++) {
		const char *allowed = form[i] == 'x' ? "0123456789abcdef" : form[i] == 'v' ? "89ab" : NULL;

		if (allowed)
			assert_non_null(strchr(allowed, id[i]));
		else
			assert_int_equal(id[i], form[i]);
	}
}

static void begins_with_the_time(void **state UNUSED)
{
	int64_t before = clock_now_ms();
	char id[ID_BYTES], hex[13] = "";
	int64_t ms;

	id_new(id);
	memcpy(hex, id, 8);
	memcpy(hex + 8, id + 9, 4);
	ms = strtoll(hex, NULL, 16);
	assert_true(ms >= before && ms < before + 60000);
}

static void rises(void **state UNUSED)
{
	char last[ID_BYTES] = "", id[ID_BYTES];

	for (int i = 0; i < 10000; i++) {
		assert_true(strcmp(last, id_new(id)) < 0);
		memcpy(last, id, sizeof(last));
	}
}

static void *make_ids(void *out)
{
	char(*ids)[ID_BYTES] = out;

	for (int i = 0; i < N_IDS; i++)
		id_new(ids[i]);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void threads_never_share_one(void **state UNUSED)
{
	auto_free char *mem = xcalloc(N_THREADS * N_IDS, ID_BYTES);
	char(*ids)[ID_BYTES] = (void *)mem;
	pthread_t threads[N_THREADS];

	for (int i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make_ids, ids + i * N_IDS), 0);
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	qsort(ids, N_THREADS * N_IDS, ID_BYTES, compare);
	/* Time and counter are the first 18 characters: they alone must differ, whatever the random part says. */
	for (int i = 1; i < N_THREADS * N_IDS; i++)
		assert_int_not_equal(memcmp(ids[i - 1], ids[i], 18), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_form_of_a_uuid_7),
		cmocka_unit_test(begins_with_the_time),
		cmocka_unit_test(rises),
		cmocka_unit_test(threads_never_share_one),
	};

	return RUN_TESTS(tests);
}

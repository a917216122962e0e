/* temp - a store in a directory of its own, for as long as a group of tests runs; st and temp_dir are theirs */
#ifndef FS0711_TESTS_STORE_TEMP_H
#define FS0711_TESTS_STORE_TEMP_H

#include <fcntl.h>
#include <stdlib.h>

#include "base/io.h"
#include "store/rows.h"
#include "store/store.h"
#include "tests/test.h"

static char temp_dir[] = "/tmp/store-test.XXXXXX";
static struct store *st;

static inline int temp_open(void **state UNUSED)
{
	struct err e = ERR_INIT;

	if (mkdtemp(temp_dir) && store_open(temp_dir, &st, &e) == 0)
		return 0;
	print_error("%s\n", e.text);
	return -1;
}

static inline int temp_close(void **state UNUSED)
{
	store_close(st);
	return io_remove_tree(AT_FDCWD, temp_dir);
}

/* write_ok, read_ok - run fn and fail the test with its sentence when it fails */
static inline void write_ok(store_fn *fn, void *arg)
{
	struct err e = ERR_INIT;

	if (store_write(st, fn, arg, &e) < 0)
		fail_msg("%s", e.text);
}

static inline void read_ok(store_fn *fn, void *arg)
{
	struct err e = ERR_INIT;

	if (store_read(st, fn, arg, &e) < 0)
		fail_msg("%s", e.text);
}

#endif

/* test - what every C test includes, in the order that cmocka wants */
#ifndef FS0711_TESTS_TEST_H
#define FS0711_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif

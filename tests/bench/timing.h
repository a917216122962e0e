/* timing - what the bench programs share: clocks, samples, and the lines that tests/bench/lib.sh makes tables of */
#ifndef FS0711_TESTS_BENCH_TIMING_H
#define FS0711_TESTS_BENCH_TIMING_H

#include "base/util.h"

#define TIMING_SAMPLES 32768

/* Durations in ns; of more than TIMING_SAMPLES the last are kept. */
struct timing {
	uint64_t ns[TIMING_SAMPLES];
	size_t n;
};

uint64_t timing_now_ns(void);
void timing_add(struct timing *t, uint64_t ns);
/* timing_us - the sample below which that part of all is, in microseconds; sorts. 0 when there is none */
double timing_us(struct timing *t, double part);

/* timing_line - "LABEL OP THREADS RATE MEDIAN_US WORST_US" on stdout: rate in whatever OP counts, a second */
void timing_line(const char *label, const char *op, size_t threads, double rate, double median_us, double worst_us);

/* timing_die - "PROGRAM: sentence" on stderr, exit 1; timing_check does so when failed is true, with errno's text */
void timing_die(const char *fmt, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));
void timing_check(bool failed, const char *what);

#endif

#include "tests/bench/timing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t timing_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

void timing_add(struct timing *t, uint64_t ns)
{
	t->ns[t->n++ % TIMING_SAMPLES] = ns;
}

static int by_ns(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

double timing_us(struct timing *t, double part)
{
	size_t n = t->n < TIMING_SAMPLES ? t->n : TIMING_SAMPLES;
	size_t at = (size_t)((double)n * part);

	if (n == 0)
		return 0;
	qsort(t->ns, n, sizeof(t->ns[0]), by_ns);
	return t->ns[at < n ? at : n - 1] / 1e3;
}

void timing_line(const char *label, const char *op, size_t threads, double rate, double median_us, double worst_us)
{
	printf("%s %s %zu %.2f %.3f %.3f\n", label, op, threads, rate, median_us, worst_us);
	fflush(stdout);
}

void timing_die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void timing_check(bool failed, const char *what)
{
	if (failed)
		timing_die("%s: %s", what, strerror(errno));
}

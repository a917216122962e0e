/*
 * expect - what must be found after a power cut, as marks in the log say
 *
 * "begin KEY = VALUE" stands before an operation that gives KEY that value, "done KEY = VALUE" after it was
 * acknowledged. At any moment the value is the last that is done, or one that was begun after it. The keys, and what an
 * empty VALUE means in each (it is not there):
 *
 *     input ENGAGEMENT/TASK NAME   the SHA-256 of an input document's bytes
 *     result ENGAGEMENT/TASK       the same of the newest result
 *     state ENGAGEMENT/TASK        its state; review and title in the same way
 *     entry NAME                   the SHA-256 of what tasks/inbox shows; FOLDER/NAME within a dropped folder
 *     setting NAME                 its value
 *     engagement NAME              its title
 */
#ifndef FS0711_TESTS_POWER_EXPECT_H
#define FS0711_TESTS_POWER_EXPECT_H

#include <stdbool.h>

#include "base/err.h"
#include "platform/platform.h"

struct expectation {
	char *key;
	char *last;   /* the value that was acknowledged, NULL: none yet */
	char **begun; /* others that may be found */
	size_t n_begun;
};

struct expect {
	struct expectation *at;
	size_t n;
	bool any; /* something was acknowledged */
};

/* expect_mark - take in a mark's text; exits with a sentence when it is none */
void expect_mark(struct expect *x, const char *text);
void expect_release(struct expect *x);
/* expect_check - 0, or -ENOENT with a sentence about the first that is not as it must be, or -errno */
int expect_check(const struct expect *x, struct platform *p, struct err *e);

#endif

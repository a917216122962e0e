/* err - a number for the machine, a sentence for the person */
#ifndef FS0711_BASE_ERR_H
#define FS0711_BASE_ERR_H

#include "base/util.h"

/* Owned by the caller, no allocation. Texts are lower case, without a full stop, the subject in quotes. */
struct err {
	int code; /* -errno, 0 while nothing is set */
	char text[504];
};

#define ERR_INIT      \
	{             \
		0, "" \
	}

/* err_set - replace the text; returns code (a negative errno). e may be NULL */
int err_set(struct err *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* err_add - put what was being done before the text, "fmt: text"; returns code. e may be NULL */
int err_add(struct err *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* err_errno - err_set with -errno and ": " strerror(errno) behind the text; returns -errno */
int err_errno(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* err_name - "EINVAL" for 22 and -22; "E22" for a number without a name */
const char *err_name(int code);

#endif

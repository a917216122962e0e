/* verb - what a verb of 0711ctl is; each stands in a file of its own, the table of all in main.c */
#ifndef FS0711_CTL_VERB_H
#define FS0711_CTL_VERB_H

#include "platform/platform.h"

enum ctl_status {
	CTL_OK,
	CTL_PROBLEMS, /* something is wrong, or is missing, or was not found */
	CTL_USAGE,
	CTL_FAILED, /* it could not be done; the reason is on standard error */
	CTL_MINOR,  /* what is found does no harm */
};

struct ctl_call {
	const char *source; /* NULL only where the verb can do without */
	char **arg;         /* after SOURCE, without options */
	int n_args;
	bool json, repair; /* options, each refused where the verb does not take it */
};

/* Each runs to its end, prints to standard output, and returns an exit status; CTL_FAILED with a sentence in e. */
int purge_run(const struct ctl_call *c, struct err *e);
int fsck_run(const struct ctl_call *c, struct err *e);
int dump_run(const struct ctl_call *c, struct err *e);
int load_run(const struct ctl_call *c, struct err *e);
int doctor_run(const struct ctl_call *c, struct err *e);

/* ctl_open - the platform of a source, to change it; there must be one already. 0, -EBUSY with the pid, or -errno */
int ctl_open(const char *source, struct platform **out, struct err *e);
/* ctl_is_platform - a platform is kept in that directory */
bool ctl_is_platform(const char *source);
/* ctl_no_platform - the refusal where there is none: -ENOENT */
int ctl_no_platform(const char *source, struct err *e);

#endif

/* options - the command line of 0711fs, each option a row that carries its own help */
#ifndef FS0711_OPTIONS_H
#define FS0711_OPTIONS_H

#include <sys/types.h>

#include "base/err.h"
#include "base/log.h"
#include "fs/kick_helper.h"

struct options {
	const char *source, *mountpoint; /* as given */
	bool foreground, debug, help, version;
	char *as, *keyfile, *cafile;
	int64_t uid, gid, umask;
	bool allow_other, read_only, syslog, log_json;
	int log_level;
	int inotify; /* enum kick_mode */
};

/*
 * options_parse - fill out from the arguments; release it with options_release
 * Options that mount(8) adds for itself are ignored, unknown ones refused. 0, or -EINVAL with a sentence
 */
int options_parse(int argc, char **argv, struct options *out, struct err *e);
void options_release(struct options *o);

/* options_help - the text of --help */
void options_help(void);

#endif

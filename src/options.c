#include "options.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum option_type { OPTION_FLAG, OPTION_TEXT, OPTION_ID, OPTION_OCTAL, OPTION_LEVEL, OPTION_KICKS };

static const struct option {
	const char *name;
	enum option_type type;
	size_t offset;
	const char *value, *help;
} rows[] = {
	{ "as", OPTION_TEXT, offsetof(struct options, as), "EXPERT", "act for this expert, whoever uses the mount" },
	{ "uid", OPTION_ID, offsetof(struct options, uid), "N", "owner of all files (default: you)" },
	{ "gid", OPTION_ID, offsetof(struct options, gid), "N", "group of all files (default: yours)" },
	{ "umask", OPTION_OCTAL, offsetof(struct options, umask), "OCTAL",
	  "bits taken from all modes (default: none)" },
	{ "allow_other", OPTION_FLAG, offsetof(struct options, allow_other), NULL, "let other users in" },
	{ "ro", OPTION_FLAG, offsetof(struct options, read_only), NULL, "nothing can be changed through this mount" },
	{ "keyfile", OPTION_TEXT, offsetof(struct options, keyfile), "FILE",
	  "the key that secrets are sealed with, made when missing (default: SOURCE/key)" },
	{ "cafile", OPTION_TEXT, offsetof(struct options, cafile), "FILE",
	  "certificates that webhooks trust beside the system's" },
	{ "inotify", OPTION_KICKS, offsetof(struct options, inotify), "WHEN",
	  "tell who watches directories: auto, on or off (default: auto)" },
	{ "log", OPTION_LEVEL, offsetof(struct options, log_level), "LEVEL",
	  "error, warn, info or debug (default: info)" },
	{ "log_json", OPTION_FLAG, offsetof(struct options, log_json), NULL, "log lines are JSON objects" },
	{ "syslog", OPTION_FLAG, offsetof(struct options, syslog), NULL,
	  "log to syslog, as it does in the background anyway" },
};

static const char *const kick_modes[] = { [KICK_AUTO] = "auto", [KICK_ON] = "on", [KICK_OFF] = "off" };

/* What mount(8), fstab and systemd put among the options for themselves. */
static const char *const ignored[] = { "rw",         "dev",      "nodev",      "suid",        "nosuid",   "exec",
				       "noexec",     "auto",     "noauto",     "user",        "nouser",   "user=*",
				       "users",      "owner",    "group",      "_netdev",     "nofail",   "defaults",
				       "async",      "sync",     "dirsync",    "atime",       "noatime",  "diratime",
				       "nodiratime", "relatime", "norelatime", "strictatime", "lazytime", "nolazytime",
				       "x-*",        "comment=*" };

static bool is_ignored(const char *option)
{
	for (size_t i = 0; i < N_ELEMS(ignored); i++)
		if (fnmatch(ignored[i], option, 0) == 0)
			return true;
	return false;
}

static int set_number(const char *value, int base, int64_t max, int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, base);
	if (end == value || *end || errno || n < 0 || n > max)
		return -EINVAL;
	*out = n;
	return 0;
}

static int find_word(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (streq(words[i], word))
			return (int)i;
	return -EINVAL;
}

static int set_option(const struct option *row, const char *value, struct options *o, struct err *e)
{
	char *member = (char *)o + row->offset;
	int rc = 0;

	if ((row->type == OPTION_FLAG) != !value)
		return err_set(e, -EINVAL, "option '%s' %s", row->name,
			       value ? "takes no value" : "needs a value: -o name=value");
	switch (row->type) {
	case OPTION_FLAG: *(bool *)member = true; break;
	case OPTION_TEXT:
		free(*(char **)member);
		*(char **)member = xstrdup(value);
		break;
	case OPTION_ID: rc = set_number(value, 10, UINT32_MAX - 1, (int64_t *)member); break;
	case OPTION_OCTAL: rc = set_number(value, 8, 0777, (int64_t *)member); break;
	case OPTION_LEVEL:
		rc = log_level_parse(value);
		*(int *)member = rc;
		break;
	case OPTION_KICKS:
		rc = find_word(kick_modes, N_ELEMS(kick_modes), value);
		*(int *)member = rc;
		break;
	}
	return rc < 0 ? err_set(e, -EINVAL, "'%s' is no value for option '%s'", value, row->name) : 0;
}

static int parse_option(char *text, struct options *o, struct err *e)
{
	char *value = strchr(text, '=');

	if (!*text || is_ignored(text))
		return 0;
	if (value)
		*value++ = '\0';
	for (size_t i = 0; i < N_ELEMS(rows); i++)
		if (streq(rows[i].name, text))
			return set_option(&rows[i], value, o, e);
	return err_set(e, -EINVAL, "option '%s' is not known; 0711fs --help lists them", text);
}

/* A list "a,b=c": a comma behind a backslash belongs to the value. */
static int parse_list(const char *list, struct options *o, struct err *e)
{
	auto_free char *text = xmalloc(strlen(list) + 1);
	int rc = 0;

	while (rc == 0 && *list) {
		size_t n = 0;

		for (; *list && *list != ','; list++) {
			if (list[0] == '\\' && list[1])
				list++;
			text[n++] = *list;
		}
		text[n] = '\0';
		if (*list == ',')
			list++;
		rc = parse_option(text, o, e);
	}
	return rc;
}

static int parse_operand(const char *text, struct options *o, struct err *e)
{
	if (!o->source)
		o->source = text;
	else if (!o->mountpoint)
		o->mountpoint = text;
	else
		return err_set(e, -EINVAL, "'%s' is one argument too many: 0711fs SOURCE MOUNTPOINT [-o OPTIONS]",
			       text);
	return 0;
}

static int parse_flag(const char *text, struct options *o, struct err *e)
{
	if (streq(text, "-f"))
		o->foreground = true;
	else if (streq(text, "-d"))
		o->foreground = o->debug = true;
	else if (streq(text, "-h") || streq(text, "--help"))
		o->help = true;
	else if (streq(text, "-V") || streq(text, "--version"))
		o->version = true;
	else
		return err_set(e, -EINVAL, "'%s' is not known; 0711fs --help lists what is", text);
	return 0;
}

int options_parse(int argc, char **argv, struct options *out, struct err *e)
{
	bool operands_only = false;
	int rc = 0;

	*out = (struct options){ .uid = getuid(), .gid = getgid(), .log_level = LOG_LEVEL_INFO };
	for (int i = 1; rc == 0 && i < argc; i++) {
		if (operands_only || argv[i][0] != '-' || !argv[i][1])
			rc = parse_operand(argv[i], out, e);
		else if (streq(argv[i], "--"))
			operands_only = true;
		else if (!streq(argv[i], "-o") && util_starts(argv[i], "-o"))
			rc = parse_list(argv[i] + 2, out, e);
		else if (!streq(argv[i], "-o"))
			rc = parse_flag(argv[i], out, e);
		else if (++i < argc)
			rc = parse_list(argv[i], out, e);
		else
			rc = err_set(e, -EINVAL, "-o needs a list of options");
	}
	if (rc == 0 && !out->help && !out->version && !out->mountpoint)
		rc = err_set(e, -EINVAL, "usage: 0711fs SOURCE MOUNTPOINT [-o OPTIONS]; 0711fs --help says more");
	if (rc < 0)
		options_release(out);
	return rc;
}

void options_release(struct options *o)
{
	free(o->as);
	free(o->keyfile);
	free(o->cafile);
	o->as = o->keyfile = o->cafile = NULL;
}

void options_help(void)
{
	printf("usage: 0711fs SOURCE MOUNTPOINT [-o OPTIONS]\n"
	       "\n"
	       "Mounts the platform that is kept in SOURCE, a directory that is made when it is missing.\n"
	       "Unmount it with: fusermount3 -u MOUNTPOINT\n"
	       "\n"
	       "  -f              stay in the foreground\n"
	       "  -d              as -f, and show every request of the kernel\n"
	       "  -V, --version   print the version\n"
	       "  -h, --help      print this text\n"
	       "\n"
	       "Options after -o, separated by commas:\n");
	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		char left[40];

		snprintf(left, sizeof(left), "%s%s%s", rows[i].name, rows[i].value ? "=" : "",
			 rows[i].value ? rows[i].value : "");
		printf("  %-15s %s\n", left, rows[i].help);
	}
	printf("\nThe manual pages 0711fs(1) and 0711fs-layout(7) say more.\n");
}

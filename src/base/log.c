#include "base/log.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"

static struct {
	const char *program;
	enum log_level level;
	_Atomic bool to_syslog;
	bool as_json;
} conf = { "0711fs", LOG_LEVEL_WARN, false, false };

static const struct {
	const char *word;
	int priority;
} levels[N_LOG_LEVELS] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARN] = { "warn", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG },
};

void log_open(const char *program, enum log_level level, bool to_syslog, bool as_json)
{
	conf.program = program;
	conf.level = level;
	conf.as_json = as_json;
	if (to_syslog)
		log_to_syslog();
}

void log_to_syslog(void)
{
	openlog(conf.program, LOG_PID, LOG_DAEMON);
	conf.to_syslog = true;
}

int log_level_parse(const char *word)
{
	for (int i = 0; i < N_LOG_LEVELS; i++)
		if (streq(levels[i].word, word))
			return i;
	return -EINVAL;
}

static char *line_as_json(enum log_level level, const char *text)
{
	char time[CLOCK_TEXT_BYTES];
	json_t *line = json_pack("{s:s, s:s, s:s, s:i, s:s}", "time", clock_format(clock_now_ms(), time), "level",
				 levels[level].word, "program", conf.program, "pid", (int)getpid(), "message", text);
	char *dump = line ? json_dumps(line, JSON_COMPACT) : NULL;

	json_decref(line);
	return dump;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	if (level > conf.level)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	auto_free char *json = conf.as_json ? line_as_json(level, text) : NULL;

	if (conf.to_syslog)
		syslog(levels[level].priority, "%s", json ? json : text);
	else if (json)
		dprintf(STDERR_FILENO, "%s\n", json);
	else
		dprintf(STDERR_FILENO, "%s: %s: %s\n", conf.program, levels[level].word, text);
}

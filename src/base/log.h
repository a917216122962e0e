/* log - lines to stderr or syslog, as text or JSON; safe from every thread */
#ifndef FS0711_BASE_LOG_H
#define FS0711_BASE_LOG_H

#include "base/util.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, N_LOG_LEVELS };

/*
 * log_open - choose where lines go; call before there are threads. Without it: warnings and errors to stderr
 * program  the name in each line, borrowed for ever
 */
void log_open(const char *program, enum log_level level, bool to_syslog, bool as_json);
/* log_to_syslog - from now on lines go to syslog; at any time, for a daemon that leaves its terminal */
void log_to_syslog(void);
/* log_level_parse - "error", "warn", "info" or "debug"; -EINVAL for another word */
int log_level_parse(const char *word);

void log_at(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
#define log_error(...) log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif

#include "mcp/session_parts.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/cond.h"

#define MAX_LOG_LINES 1000 /* that wait for a slow caller */

void session_pending_link(struct mcp_session *s, struct pending *p)
{
	p->id = s->next_id++;
	p->next = s->pending;
	s->pending = p;
	s->info.in_flight++;
}

void session_pending_unlink(struct mcp_session *s, struct pending *p)
{
	for (struct pending **at = &s->pending; *at; at = &(*at)->next) {
		if (*at != p)
			continue;
		*at = p->next;
		s->info.in_flight--;
		s->idle_since_ms = clock_mono_ms();
		return;
	}
}

struct pending *session_pending_find(struct mcp_session *s, const json_t *id)
{
	for (struct pending *p = s->pending; json_is_integer(id) && p; p = p->next)
		if (p->id == json_integer_value(id))
			return p;
	return NULL;
}

void session_pending_finish(struct pending *p, int rc, json_t *answer)
{
	session_pending_unlink(p->session, p);
	p->done = true;
	p->rc = rc;
	p->answer = answer;
	pthread_cond_signal(&p->changed);
}

void session_pending_finish_all(struct mcp_session *s, int rc)
{
	while (s->pending)
		session_pending_finish(s->pending, rc, NULL);
}

void session_pending_add_line(struct pending *p, const char *level, const char *text)
{
	struct log_line *line;

	if (++p->n_lines > MAX_LOG_LINES)
		return;
	line = xcalloc(1, sizeof(*line));
	line->level = xstrdup(level);
	line->text = xstrdup(p->n_lines == MAX_LOG_LINES ? "further lines are left out" : text);
	*p->lines_end = line;
	p->lines_end = &line->next;
	pthread_cond_signal(&p->changed);
}

void session_pending_init(struct pending *p, struct mcp_session *s)
{
	*p = (struct pending){ .session = s, .lines_end = &p->lines };
	cond_init(&p->changed);
}

void session_lines_free(struct log_line *line)
{
	while (line) {
		struct log_line *next = line->next;

		free(line->level);
		free(line->text);
		free(line);
		line = next;
	}
}

void session_pending_release(struct pending *p)
{
	pthread_cond_destroy(&p->changed);
	json_decref(p->answer);
	free(p->progress_text);
	session_lines_free(p->lines);
}

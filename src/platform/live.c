#include "platform/live.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/settings.h"
#include "platform/work.h"

#define TELL_EVERY_MS  250
#define PENDING_MAX    4096 /* lines of one task between two times it is stored */
#define RUN_LINES_MAX  6000 /* of one attempt */
#define LOG_LINES_MAX  20000
#define LOG_LINE_BYTES 2000

struct line {
	int64_t at_ms;
	char *text;
};

struct running {
	int64_t row, fence;
	int percent;
	char text[200];
	bool moved; /* progress is not stored yet */
	struct line *line;
	size_t n_lines, n_storing;         /* the first n_storing are in a transaction that is not durable yet */
	size_t n_stored, n_lost, n_losing; /* the loss of n_losing lines is in that transaction too */
	int64_t told_ms, leased_ms;
	struct running *next;
};

struct live {
	pthread_mutex_t lock;
	struct running *first;
};

struct live *live_new(void)
{
	struct live *l = xcalloc(1, sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	return l;
}

static void free_running(struct running *r)
{
	for (size_t i = 0; i < r->n_lines; i++)
		free(r->line[i].text);
	free(r->line);
	free(r);
}

void live_free(struct live *l)
{
	if (!l)
		return;
	while (l->first) {
		struct running *r = l->first;

		l->first = r->next;
		free_running(r);
	}
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* fence: of the claim that is meant; the worker of another one says nothing of this. */
static struct running *find(struct live *l, int64_t row, int64_t fence)
{
	struct running *r = l->first;

	while (r && (r->row != row || r->fence != fence))
		r = r->next;
	return r;
}

void live_end(struct platform *p, int64_t task_row, int64_t fence)
{
	struct running **at, *r;

	pthread_mutex_lock(&p->live->lock);
	for (at = &p->live->first; *at && ((*at)->row != task_row || (*at)->fence > fence); at = &(*at)->next)
		;
	r = *at;
	if (r)
		*at = r->next;
	pthread_mutex_unlock(&p->live->lock);
	if (r)
		free_running(r);
}

void live_begin(struct platform *p, int64_t task_row, int64_t fence)
{
	struct running *r = xcalloc(1, sizeof(*r));

	live_end(p, task_row, fence);
	r->row = task_row;
	r->fence = fence;
	r->leased_ms = clock_mono_ms();
	pthread_mutex_lock(&p->live->lock);
	r->next = p->live->first;
	p->live->first = r;
	pthread_mutex_unlock(&p->live->lock);
}

/* Called with the lock held; true when watchers should hear of it now. */
static bool should_tell(struct running *r)
{
	int64_t now = clock_mono_ms();

	if (now - r->told_ms < TELL_EVERY_MS)
		return false;
	r->told_ms = now;
	return true;
}

static void tell(struct platform *p, int64_t task_row)
{
	struct change c = { .kind = CHANGE_LIVE, .row = task_row };

	if (p->watch)
		p->watch(p->watch_ud, &c, 1);
}

/* What an engine says is one line of less than room bytes, without control characters, cut at a character. */
static void clean_line(const char *text, char *out, size_t room)
{
	size_t len = strnlen(text, room);

	if (len == room)
		for (len--; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
			;
	for (size_t i = 0; i < len; i++)
		out[i] = ((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f ? ' ' : text[i];
	out[len] = '\0';
}

void work_progress(struct platform *p, const struct work *w, int percent, const char *text)
{
	struct running *r;
	bool now = false;

	pthread_mutex_lock(&p->live->lock);
	r = find(p->live, w->task.row_id, w->task.fence);
	if (r) {
		if (percent >= 0)
			r->percent = percent > 100 ? 100 : percent;
		if (text)
			clean_line(text, r->text, sizeof(r->text));
		r->moved = true;
		now = should_tell(r);
	}
	pthread_mutex_unlock(&p->live->lock);
	if (now)
		tell(p, w->task.row_id);
}

void work_log(struct platform *p, const struct work *w, const char *line)
{
	char clean[LOG_LINE_BYTES];
	struct running *r;
	bool now = false;

	pthread_mutex_lock(&p->live->lock);
	r = find(p->live, w->task.row_id, w->task.fence);
	if (r && (r->n_lines == PENDING_MAX || r->n_stored + r->n_lines >= RUN_LINES_MAX)) {
		r->n_lost++;
	} else if (r) {
		clean_line(line, clean, sizeof(clean));
		r->line = xrealloc(r->line, (r->n_lines + 1) * sizeof(*r->line));
		r->line[r->n_lines++] = (struct line){ clock_now_ms(), xstrdup(clean) };
		now = should_tell(r);
	}
	pthread_mutex_unlock(&p->live->lock);
	if (now)
		tell(p, w->task.row_id);
}

static int store_line(struct tx *tx, int64_t task_row, int64_t at_ms, char *text, struct err *e)
{
	struct log_line row = { .task_row = task_row, .created_at = at_ms, .text = text };

	return row_insert(tx, &log_line_table, &row, e);
}

int live_store(struct platform *p, struct tx *tx, struct task *t, struct err *e)
{
	struct running *r;
	int rc = 0;

	pthread_mutex_lock(&p->live->lock);
	r = find(p->live, t->row_id, t->fence);
	if (r) {
		if (r->moved) {
			t->progress = r->percent;
			row_set_text(&t->progress_text, *r->text ? r->text : NULL);
		}
		for (size_t i = 0; rc == 0 && i < r->n_lines; i++)
			rc = store_line(tx, t->row_id, r->line[i].at_ms, r->line[i].text, e);
		if (rc == 0 && r->n_lost) {
			auto_free char *text = xasprintf("%zu lines were too many and are not kept", r->n_lost);

			rc = store_line(tx, t->row_id, clock_now_ms(), text, e);
		}
		r->n_storing = r->n_lines;
		r->n_losing = r->n_lost;
	}
	pthread_mutex_unlock(&p->live->lock);
	return rc;
}

/* The transaction of live_store is durable: its lines need not be kept */
static void forget_stored(struct platform *p, int64_t task_row, int64_t fence)
{
	struct running *r;

	pthread_mutex_lock(&p->live->lock);
	r = find(p->live, task_row, fence);
	if (r) {
		for (size_t i = 0; i < r->n_storing; i++)
			free(r->line[i].text);
		if (r->n_lines > r->n_storing)
			memmove(r->line, r->line + r->n_storing, (r->n_lines - r->n_storing) * sizeof(*r->line));
		r->n_lines -= r->n_storing;
		r->n_stored += r->n_storing;
		r->n_lost -= r->n_losing;
		r->n_storing = r->n_losing = 0;
		r->moved = false;
	}
	pthread_mutex_unlock(&p->live->lock);
}

struct keep {
	struct platform *p;
	struct {
		int64_t row, fence;
	} * due;
	size_t n;
	int64_t lease_ms;
};

static int keep_task(struct tx *tx, struct keep *k, size_t i, struct err *e)
{
	struct task t;
	int rc = row_get(tx, &task_table, k->due[i].row, &t, e);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (t.state == TASK_IN_PROGRESS && t.fence == k->due[i].fence) {
		t.lease_until = clock_now_ms() + k->lease_ms;
		rc = live_store(k->p, tx, &t, e);
		if (rc == 0)
			rc = row_update(tx, &task_table, &t, e);
	}
	task_release(&t);
	return rc;
}

static int keep(struct tx *tx, void *arg, struct err *e)
{
	struct keep *k = arg;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < k->n; i++)
		rc = keep_task(tx, k, i, e);
	return rc;
}

/* A task is due when something is to be stored, or a third of its lease has passed. */
static void collect_due(struct keep *k)
{
	int64_t now = clock_mono_ms();

	pthread_mutex_lock(&k->p->live->lock);
	for (struct running *r = k->p->live->first; r; r = r->next) {
		if (!r->moved && !r->n_lines && now - r->leased_ms < k->lease_ms / 3)
			continue;
		r->leased_ms = now;
		k->due = xrealloc(k->due, (k->n + 1) * sizeof(*k->due));
		k->due[k->n].row = r->row;
		k->due[k->n++].fence = r->fence;
	}
	pthread_mutex_unlock(&k->p->live->lock);
}

int work_keep(struct platform *p, struct err *e)
{
	struct keep k = { .p = p, .lease_ms = settings_int(p, SETTING_LEASE) * 1000 };
	int rc = 0;

	collect_due(&k);
	if (k.n)
		rc = store_write(p->store, keep, &k, e);
	for (size_t i = 0; rc == 0 && i < k.n; i++)
		forget_stored(p, k.due[i].row, k.due[i].fence);
	free(k.due);
	return rc;
}

int work_show_progress(struct platform *p, const struct task *t, struct buf *out)
{
	bool has_result = t->state == TASK_COMPLETED || t->state == TASK_NEEDS_REVIEW;
	int percent = has_result ? 100 : (int)t->progress;
	char text[200];
	struct running *r;

	snprintf(text, sizeof(text), "%s", t->progress_text ? t->progress_text : task_state_words[t->state]);
	pthread_mutex_lock(&p->live->lock);
	r = t->state == TASK_IN_PROGRESS ? find(p->live, t->row_id, t->fence) : NULL;
	if (r && r->moved) {
		percent = r->percent;
		snprintf(text, sizeof(text), "%s", *r->text ? r->text : task_state_words[t->state]);
	}
	pthread_mutex_unlock(&p->live->lock);
	buf_printf(out, "%d %s\n", percent, text);
	return out->failed ? -ENOMEM : 0;
}

static void add_line(struct buf *out, int64_t at_ms, const char *text)
{
	char time[CLOCK_TEXT_BYTES];

	buf_printf(out, "%s %s\n", clock_format(at_ms, time), text);
}

static int add_stored(void *row, void *ud)
{
	const struct log_line *l = row;

	add_line(ud, l->created_at, l->text);
	return 0;
}

struct show {
	int64_t task_row;
	struct buf *out;
};

static int read_log(struct tx *tx, void *arg, struct err *e)
{
	struct show *s = arg;

	buf_clear(s->out);
	return row_each(tx, Q_LOG_OF_TASK, ARGS(V_INT(s->task_row), V_INT(LOG_LINES_MAX)), add_stored, s->out, e);
}

int work_show_log(struct platform *p, const struct task *t, struct buf *out, struct err *e)
{
	struct running *r;
	int rc = store_read(p->store, read_log, &(struct show){ t->row_id, out }, e);

	pthread_mutex_lock(&p->live->lock);
	r = find(p->live, t->row_id, t->fence);
	for (size_t i = r ? r->n_storing : 0; rc == 0 && r && i < r->n_lines; i++)
		add_line(out, r->line[i].at_ms, r->line[i].text);
	pthread_mutex_unlock(&p->live->lock);
	return rc < 0 ? rc : out->failed ? -ENOMEM : 0;
}

#include "fs/kick.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/log.h"
#include "fs/kick_parts.h"
#include "fs/tree.h"
#include "fs/view.h"
#include "fs/watchers.h"
#include "platform/inbox.h"
#include "platform/party.h"
#include "platform/settings.h"

#define MAX_QUEUED     4096 /* more at once are a storm: what is over is dropped */
#define KICK_MS        1000 /* for one kick */
#define N_MADE         64
#define SURVEY_SHARE   100  /* looking for watchers takes at most one part in so many of the time */
#define SURVEY_LEAST   100  /* ms between two of them */
#define SURVEY_MOST_MS 5000 /* who was seen watching is believed so long */

struct queue {
	struct kick *first, **last;
	size_t n;
};

struct kicks {
	struct fs *fs;
	const struct kick_helper *helper;
	enum kick_mode mode;
	struct kick_turn *turn;
	pthread_mutex_t lock;
	pthread_cond_t more, idle;
	/* unsure waits until it is known who watches; ready goes to the helper */
	struct queue unsure, ready;
	_Atomic bool quiet, dead;
	bool stopping, busy;
	uint64_t id;           /* of the last order; */
	bool unanswered;       /* it has not come back in time, and no other goes out before it does */
	uint64_t made[N_MADE]; /* the files that came last */
	size_t next_made;
	struct watchers seen;
	int64_t survey_at_ms, survey_due_ms;
	uint64_t n_kicks, n_dropped;
	pthread_t thread;
};

void kick_free(struct kick *k)
{
	if (k)
		free(k->name);
	free(k);
}

static void queue_init(struct queue *q)
{
	*q = (struct queue){ .last = &q->first };
}

static void queue_add(struct queue *q, struct kick *k)
{
	k->next = NULL;
	*q->last = k;
	q->last = &k->next;
	q->n++;
}

static struct kick *queue_take(struct queue *q)
{
	struct kick *k = q->first;

	q->first = k->next;
	if (!q->first)
		q->last = &q->first;
	q->n--;
	return k;
}

static void queue_empty(struct queue *q)
{
	while (q->first)
		kick_free(queue_take(q));
}

static bool is_like(const struct kick *a, const struct kick *b, enum kick_what what)
{
	return a->what == what && a->dir == b->dir && a->view_of == b->view_of && streq(a->name, b->name);
}

static bool queue_has(const struct queue *q, const struct kick *k, enum kick_what what)
{
	for (const struct kick *x = q->first; x; x = x->next)
		if (is_like(x, k, what))
			return true;
	return false;
}

static void queue_remove(struct queue *q, const struct kick *k, enum kick_what what)
{
	struct queue all = *q;

	queue_init(q);
	while (all.n) {
		struct kick *x = queue_take(&all);

		if (is_like(x, k, what))
			kick_free(x);
		else
			queue_add(q, x);
	}
}

static bool watched(const struct kicks *ks, const struct kick *k)
{
	return ks->mode == KICK_ON || watchers_have(&ks->seen, k->dir) ||
	       (k->what == KICK_CHANGED && watchers_have(&ks->seen, k->ino));
}

bool kick_wanted(const struct fs *fs)
{
	return fs->kicks && !fs->kicks->quiet && !fs->kicks->dead;
}

/*
 * What waits already needs no second kick. Of what came and goes again only the second is told: somebody may have seen
 * the name in a listing meanwhile. With the lock held.
 */
static void enqueue(struct kicks *ks, struct kick *k)
{
	struct queue *q = watched(ks, k) ? &ks->ready : &ks->unsure;

	if (k->what == KICK_GONE && queue_has(q, k, KICK_CAME))
		queue_remove(q, k, KICK_CAME);
	if (queue_has(q, k, k->what)) {
		kick_free(k);
	} else if (q->n >= MAX_QUEUED) {
		ks->n_dropped++;
		kick_free(k);
	} else {
		queue_add(q, k);
		pthread_cond_signal(&ks->more);
	}
}

void kick_push(struct fs *fs, struct kick *k)
{
	struct kicks *ks = fs->kicks;

	if (!kick_wanted(fs)) {
		kick_free(k);
		return;
	}
	pthread_mutex_lock(&ks->lock);
	enqueue(ks, k);
	pthread_mutex_unlock(&ks->lock);
}

/* The answer to the last order: 0, or -errno: -ETIMEDOUT (it may still come), -EPIPE (the helper is dead). */
static int receive(struct kicks *ks, int64_t wait_ms, struct kick_answer *a)
{
	int64_t until = clock_mono_ms() + wait_ms;

	for (;;) {
		struct pollfd p = { .fd = ks->helper->socket, .events = POLLIN };
		int64_t left = until - clock_mono_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n == 0)
			return -ETIMEDOUT;
		if (n > 0 && recv(p.fd, a, sizeof(*a), MSG_DONTWAIT) != (ssize_t)sizeof(*a))
			return -EPIPE;
		if (n > 0 && a->id == ks->id)
			break;
	}
	ks->unanswered = false;
	return 0;
}

/* One order is out at a time: while the last one has not come back, -EBUSY. */
static int last_is_back(struct kicks *ks)
{
	struct kick_answer a;
	int rc = ks->unanswered ? receive(ks, 0, &a) : 0;

	if (rc == 0)
		turn_end(ks->turn);
	return rc == -ETIMEDOUT ? -EBUSY : rc;
}

static int order(struct kicks *ks, struct kick_order *o)
{
	struct kick_answer a;
	int rc;

	o->id = ++ks->id;
	if (send(ks->helper->socket, o, sizeof(*o), MSG_NOSIGNAL) < 0)
		return -EPIPE;
	ks->unanswered = true;
	rc = receive(ks, KICK_MS, &a);
	return rc < 0 ? rc : a.rc;
}

static void note(struct kicks *ks, const struct kick_order *o, int rc)
{
	bool stopping;

	pthread_mutex_lock(&ks->lock);
	ks->n_kicks += rc == 0;
	ks->n_dropped += rc == -ETIMEDOUT || rc == -EBUSY;
	ks->dead = ks->dead || rc == -EPIPE;
	stopping = ks->stopping;
	pthread_mutex_unlock(&ks->lock);
	if (rc == -ETIMEDOUT)
		log_warn("inotify: the kick for '%s' in /%s did not end within %d ms: watchers miss it, and what "
			 "happens until it ends",
			 o->name, o->dir, KICK_MS);
	else if (rc == -EPIPE && !stopping)
		log_warn("inotify: the helper process is gone: who watches a directory hears only of what is done "
			 "through the mount, until it is mounted anew");
	else if (rc < 0)
		log_debug("inotify: no kick for '%s' in /%s: %s", o->name, o->dir, err_name(rc));
}

static bool default_engagement(struct fs *fs, const char *name)
{
	auto_free char *fallback = settings_text(fs->p, SETTING_DEFAULT_ENGAGEMENT);

	return streq(name, fallback);
}

/* A task's name as the views show it. */
static int name_view(struct fs *fs, struct kick *k)
{
	union party x;
	int rc;

	if (!k->view_of)
		return 0;
	rc = party_get(fs->p, PARTY_ENGAGEMENT, k->view_of, &x, NULL);
	if (rc < 0)
		return rc;
	k->name = xrealloc(k->name, strlen(k->name) + NAME_BYTES);

	auto_free char *task = xstrdup(k->name);

	view_name(task, x.engagement.name, default_engagement(fs, x.engagement.name), k->name);
	party_release(PARTY_ENGAGEMENT, &x);
	return 0;
}

static mode_t entry_type(struct fs *fs, uint64_t ino)
{
	mode_t type = S_IFREG;
	struct drop d;

	if (inbox_get(fs->p, INO_ROW(ino), &d, NULL) == 0) {
		type = d.is_dir ? S_IFDIR : S_IFREG;
		row_release(&drop_table, &d);
	}
	return type;
}

/* A file comes once: what is said of it again is that it changed. */
static bool came_before(struct kicks *ks, uint64_t ino)
{
	for (size_t i = 0; i < N_MADE; i++)
		if (ks->made[i] == ino)
			return true;
	ks->made[ks->next_made++ % N_MADE] = ino;
	return false;
}

static enum kick_act act_of_new(struct kicks *ks, struct kick *k, struct found at)
{
	mode_t mode = nodes[at.kind].mode;

	if (S_ISDIR(mode))
		return KICK_MKDIR;
	if (S_ISLNK(mode))
		return KICK_SYMLINK;
	if (!came_before(ks, INO(at.kind, at.row)))
		return KICK_CREATE;
	k->what = KICK_CHANGED;
	return KICK_TOUCH;
}

/* What the helper is to do, by what is there now. False when it is not as the kick says, or is over. */
static bool choose_act(struct kicks *ks, struct kick *k, enum kick_act *act)
{
	struct ask dir = tree_ask(ks->fs, k->dir, NULL, NULL);
	struct found at;
	bool there;

	if (k->what == KICK_CHANGED) {
		*act = KICK_TOUCH;
		return true;
	}
	there = tree_find(&dir, k->name, &at) == 0;
	if (there != (k->what == KICK_CAME))
		return false;
	if (!there && !k->type)
		k->type = entry_type(ks->fs, k->ino);
	*act = there ? act_of_new(ks, k, at) : S_ISDIR(k->type) ? KICK_RMDIR : KICK_UNLINK;
	return true;
}

static bool fill_order(struct kicks *ks, struct kick *k, struct kick_order *o)
{
	auto_buf dir = BUF_INIT;

	if (name_view(ks->fs, k) < 0 || !choose_act(ks, k, &o->act) || kick_path(ks->fs, k->dir, &dir) < 0)
		return false;
	if (dir.len >= sizeof(o->dir) || strlen(k->name) >= sizeof(o->name))
		return false;
	memcpy(o->dir, buf_str(&dir), dir.len + 1);
	memcpy(o->name, k->name, strlen(k->name) + 1);
	return true;
}

static void kick(struct kicks *ks, struct kick *k)
{
	struct kick_order o = { .id = 0 };
	int rc;

	if (!fill_order(ks, k, &o))
		return;
	rc = last_is_back(ks);
	if (rc == 0)
		rc = turn_begin(ks->turn, k);
	if (rc == 0) {
		rc = order(ks, &o);
		if (rc == -ETIMEDOUT)
			turn_part(ks->turn);
		else
			turn_end(ks->turn);
	}
	note(ks, &o, rc);
}

/* Whose directories are watched? The mount is not asked, which would keep it from being unmounted meanwhile. */
static void survey(struct kicks *ks)
{
	struct watchers found = { 0 };
	int64_t began = clock_mono_ms(), took;
	bool blind = !ks->fs->device || watchers_find(ks->fs->device, &found) < 0;

	if (blind)
		log_warn("inotify: /proc does not show who watches: watchers are taken to be everywhere");
	took = clock_mono_ms() - began;
	pthread_mutex_lock(&ks->lock);
	if (blind)
		ks->mode = KICK_ON;
	watchers_release(&ks->seen);
	ks->seen = found;
	ks->survey_at_ms = began + took;
	ks->survey_due_ms =
		ks->survey_at_ms + (took * SURVEY_SHARE > SURVEY_LEAST ? took * SURVEY_SHARE : SURVEY_LEAST);
	pthread_mutex_unlock(&ks->lock);
}

/* Those that waited to know who watches: they go on to where somebody does. With the lock held. */
static void sort_out(struct kicks *ks, struct queue *waited)
{
	while (waited->n) {
		struct kick *k = queue_take(waited);

		if (watched(ks, k) && ks->ready.n < MAX_QUEUED)
			queue_add(&ks->ready, k);
		else
			kick_free(k);
	}
}

static bool survey_is_due(const struct kicks *ks)
{
	int64_t now = clock_mono_ms();

	if (ks->mode == KICK_ON)
		return false;
	if (ks->unsure.n)
		return now >= ks->survey_due_ms;
	return ks->ready.n && now >= ks->survey_at_ms + SURVEY_MOST_MS;
}

/* One step of the thread, with the lock held, which is let go meanwhile. */
static void step(struct kicks *ks)
{
	bool look = survey_is_due(ks);
	struct queue waited = ks->unsure;
	struct kick *k = NULL;

	if (look)
		queue_init(&ks->unsure);
	else if (ks->ready.n)
		k = queue_take(&ks->ready);
	ks->busy = look || k;
	if (!ks->busy) {
		cond_wait_until(&ks->more, &ks->lock, ks->unsure.n ? ks->survey_due_ms : -1);
		return;
	}
	pthread_mutex_unlock(&ks->lock);
	if (look)
		survey(ks);
	else
		kick(ks, k);
	kick_free(k);
	pthread_mutex_lock(&ks->lock);
	if (look)
		sort_out(ks, &waited);
	ks->busy = false;
	pthread_cond_broadcast(&ks->idle);
}

static void *kicks_run(void *arg)
{
	struct kicks *ks = arg;

	pthread_mutex_lock(&ks->lock);
	while (!ks->stopping) {
		if (ks->dead || ks->quiet) {
			queue_empty(&ks->unsure);
			queue_empty(&ks->ready);
		}
		step(ks);
	}
	pthread_mutex_unlock(&ks->lock);
	return NULL;
}

int kicks_start(struct fs *fs)
{
	struct kicks *ks;
	int rc;

	if (!fs->o.kick_helper)
		return 0;
	ks = xcalloc(1, sizeof(*ks));
	ks->fs = fs;
	ks->helper = fs->o.kick_helper;
	ks->mode = fs->o.kick_mode;
	ks->turn = turn_new();
	pthread_mutex_init(&ks->lock, NULL);
	cond_init(&ks->more);
	cond_init(&ks->idle);
	queue_init(&ks->unsure);
	queue_init(&ks->ready);
	fs->kicks = ks;
	rc = -pthread_create(&ks->thread, NULL, kicks_run, ks);
	if (rc < 0) {
		ks->stopping = true;
		kicks_free(fs);
	}
	return rc;
}

void kicks_quiet(struct fs *fs)
{
	struct kicks *ks = fs->kicks;

	if (!ks)
		return;
	pthread_mutex_lock(&ks->lock);
	ks->quiet = true;
	pthread_cond_signal(&ks->more);
	while (ks->busy)
		pthread_cond_wait(&ks->idle, &ks->lock);
	pthread_mutex_unlock(&ks->lock);
}

void kicks_stop(struct fs *fs)
{
	struct kicks *ks = fs->kicks;

	if (!ks)
		return;
	pthread_mutex_lock(&ks->lock);
	ks->quiet = ks->stopping = true;
	pthread_cond_signal(&ks->more);
	pthread_mutex_unlock(&ks->lock);
	shutdown(ks->helper->socket, SHUT_RDWR);
	pthread_join(ks->thread, NULL);
}

void kicks_free(struct fs *fs)
{
	struct kicks *ks = steal(fs->kicks);

	if (!ks)
		return;
	queue_empty(&ks->unsure);
	queue_empty(&ks->ready);
	watchers_release(&ks->seen);
	turn_free(ks->turn);
	pthread_mutex_destroy(&ks->lock);
	pthread_cond_destroy(&ks->more);
	pthread_cond_destroy(&ks->idle);
	free(ks);
}

json_t *kicks_health(struct fs *fs)
{
	static const char *const modes[] = { [KICK_AUTO] = "auto", [KICK_ON] = "on", [KICK_OFF] = "off" };
	struct kicks *ks = fs->kicks;
	json_t *doc;

	if (!ks)
		return json_pack("{s:s, s:i, s:i, s:i}", "state", "off", "watched", 0, "kicks", 0, "dropped", 0);
	pthread_mutex_lock(&ks->lock);
	doc = json_pack("{s:s, s:I, s:I, s:I}", "state", ks->dead ? "failed" : modes[ks->mode], "watched",
			(json_int_t)ks->seen.n, "kicks", (json_int_t)ks->n_kicks, "dropped", (json_int_t)ks->n_dropped);
	pthread_mutex_unlock(&ks->lock);
	return doc;
}

bool kick_is_helper(const struct fs *fs, pid_t pid)
{
	return fs->kicks && pid == fs->kicks->helper->pid;
}

void kick_hold(struct fs *fs, unsigned who, uint64_t dir)
{
	if (fs->kicks)
		turn_hold(fs->kicks->turn, who, dir);
}

void kick_let_go(struct fs *fs, unsigned who)
{
	if (fs->kicks)
		turn_let_go(fs->kicks->turn, who);
}

int kick_lookup(struct fs *fs, uint64_t dir, const char *name, mode_t *type)
{
	return turn_lookup(fs->kicks->turn, fs, dir, name, type);
}

int kick_may_make(struct fs *fs, uint64_t dir, const char *name, struct found *at)
{
	return turn_may_make(fs->kicks->turn, fs, dir, name, at);
}

int kick_may_remove(struct fs *fs, uint64_t dir, const char *name)
{
	return turn_may_remove(fs->kicks->turn, dir, name);
}

void kick_own(struct fs *fs, uint64_t dir, const char *name, enum kick_what what)
{
	if (kick_wanted(fs))
		turn_own(fs->kicks->turn, dir, name, what);
}

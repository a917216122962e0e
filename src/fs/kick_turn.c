#include "fs/kick_parts.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cond.h"
#include "fs/tree.h"

#define HOLD_MS 100  /* a directory that is told about so long is in a burst: its kick is dropped */
#define OWN_MS  2000 /* how long a request's own doing is remembered */
#define N_OWN   256

struct own {
	uint64_t dir;
	enum kick_what what;
	int64_t until_ms; /* 0: none */
	char name[NAME_BYTES];
};

struct kick_turn {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t held[KICK_HOLDERS], kicked;
	struct {
		uint64_t dir; /* 0: nothing is under way */
		enum kick_what what;
		mode_t type;
		bool own, shown;
		char name[NAME_BYTES];
	} now;
	struct own own[N_OWN];
	size_t next_own;
};

struct kick_turn *turn_new(void)
{
	struct kick_turn *t = xcalloc(1, sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	cond_init(&t->changed);
	return t;
}

void turn_free(struct kick_turn *t)
{
	if (!t)
		return;
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
	free(t);
}

static bool is_held(const struct kick_turn *t, uint64_t dir)
{
	for (size_t i = 0; i < KICK_HOLDERS; i++)
		if (t->held[i] == dir)
			return true;
	return false;
}

int turn_begin(struct kick_turn *t, const struct kick *k)
{
	int64_t until = clock_mono_ms() + HOLD_MS;
	int rc = 0;

	pthread_mutex_lock(&t->lock);
	while (is_held(t, k->dir) && rc == 0)
		rc = cond_wait_until(&t->changed, &t->lock, until);
	if (rc == 0) {
		t->kicked = t->now.dir = k->dir;
		t->now.what = k->what;
		t->now.type = k->type;
		t->now.own = t->now.shown = false;
		snprintf(t->now.name, sizeof(t->now.name), "%s", k->name);
	}
	pthread_mutex_unlock(&t->lock);
	return rc ? -EBUSY : 0;
}

void turn_part(struct kick_turn *t)
{
	pthread_mutex_lock(&t->lock);
	t->kicked = 0;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

void turn_end(struct kick_turn *t)
{
	pthread_mutex_lock(&t->lock);
	t->now.dir = 0;
	pthread_mutex_unlock(&t->lock);
	turn_part(t);
}

void turn_hold(struct kick_turn *t, unsigned who, uint64_t dir)
{
	pthread_mutex_lock(&t->lock);
	while (t->kicked == dir)
		pthread_cond_wait(&t->changed, &t->lock);
	t->held[who] = dir;
	pthread_mutex_unlock(&t->lock);
}

void turn_let_go(struct kick_turn *t, unsigned who)
{
	pthread_mutex_lock(&t->lock);
	t->held[who] = 0;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

void turn_own(struct kick_turn *t, uint64_t dir, const char *name, enum kick_what what)
{
	struct own *o;

	pthread_mutex_lock(&t->lock);
	o = &t->own[t->next_own++ % N_OWN];
	o->dir = dir;
	o->what = what;
	o->until_ms = clock_mono_ms() + OWN_MS;
	snprintf(o->name, sizeof(o->name), "%s", name);
	pthread_mutex_unlock(&t->lock);
}

/* Was it a request that did what is under way? It did it once. */
static bool take_own(struct kick_turn *t)
{
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < N_OWN; i++) {
		struct own *o = &t->own[i];

		if (o->until_ms < now || o->dir != t->now.dir || o->what != t->now.what || !streq(o->name, t->now.name))
			continue;
		o->until_ms = 0;
		return true;
	}
	return false;
}

static bool is_now(const struct kick_turn *t, uint64_t dir, const char *name, enum kick_what what)
{
	return t->now.dir == dir && t->now.what == what && streq(t->now.name, name);
}

static bool is_there(struct fs *fs, uint64_t dir, const char *name, struct found *at)
{
	struct ask a = tree_ask(fs, dir, NULL, NULL);

	return tree_find(&a, name, at) == 0;
}

int turn_lookup(struct kick_turn *t, struct fs *fs, uint64_t dir, const char *name, mode_t *type)
{
	struct found at;
	int rc = 0;

	if (dir == INO(NODE_ROOT, 0) && streq(name, KICK_PROBE))
		return -KICK_PROBE_ERRNO;
	pthread_mutex_lock(&t->lock);
	if (is_now(t, dir, name, KICK_CAME) || is_now(t, dir, name, KICK_GONE)) {
		t->now.own = t->now.own || take_own(t);
		if (!t->now.own)
			rc = t->now.what == KICK_CAME ? -ENOENT : 1;
	}
	*type = t->now.type;
	pthread_mutex_unlock(&t->lock);
	if (rc <= 0)
		return rc;
	if (is_there(fs, dir, name, &at)) /* again */
		return 0;
	pthread_mutex_lock(&t->lock);
	t->now.shown = is_now(t, dir, name, KICK_GONE);
	pthread_mutex_unlock(&t->lock);
	return 1;
}

int turn_may_make(struct kick_turn *t, struct fs *fs, uint64_t dir, const char *name, struct found *at)
{
	bool may;

	pthread_mutex_lock(&t->lock);
	may = is_now(t, dir, name, KICK_CAME) && !t->now.own;
	pthread_mutex_unlock(&t->lock);
	if (!may)
		return -EPERM;
	return is_there(fs, dir, name, at) ? 0 : -ENOENT;
}

int turn_may_remove(struct kick_turn *t, uint64_t dir, const char *name)
{
	bool may;

	pthread_mutex_lock(&t->lock);
	may = is_now(t, dir, name, KICK_GONE) && t->now.shown;
	pthread_mutex_unlock(&t->lock);
	return may ? 0 : -EPERM;
}

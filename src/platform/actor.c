#include "platform/actor.h"

#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define LOGIN_MS 10000 /* that the login of a user is believed: the system reads files for it, or asks a server */

struct search {
	const char *login;
	struct actor *actor;
};

static int find_expert(struct tx *tx, void *arg, struct err *e)
{
	struct search *s = arg;
	struct expert x;
	int rc = row_find(tx, Q_EXPERT_BY_LOGIN, ARGS(V_TEXT(s->login)), &x, e);

	if (rc < 0)
		return rc;
	snprintf(s->actor->name, sizeof(s->actor->name), "%s", x.name);
	row_release(&expert_table, &x);
	return 0;
}

/* Logins asked for lately; users are the system's, so there is one table for the process. */
static struct {
	pthread_mutex_t lock;
	struct known {
		int64_t until_ms; /* 0: empty */
		uid_t uid;
		char login[NAME_BYTES]; /* "" for none */
	} slot[16];
} logins = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool recall(uid_t uid, char *login)
{
	const struct known *k = &logins.slot[uid % N_ELEMS(logins.slot)];
	bool known;

	pthread_mutex_lock(&logins.lock);
	known = k->uid == uid && clock_mono_ms() < k->until_ms;
	if (known)
		memcpy(login, k->login, NAME_BYTES);
	pthread_mutex_unlock(&logins.lock);
	return known;
}

static void remember(uid_t uid, const char *login)
{
	struct known *k = &logins.slot[uid % N_ELEMS(logins.slot)];

	pthread_mutex_lock(&logins.lock);
	k->uid = uid;
	k->until_ms = clock_mono_ms() + LOGIN_MS;
	memcpy(k->login, login, NAME_BYTES);
	pthread_mutex_unlock(&logins.lock);
}

/* login[NAME_BYTES]: "" for a user without one */
static void login_of(uid_t uid, char *login)
{
	struct passwd pw, *found = NULL;
	char text[4096];

	if (recall(uid, login))
		return;
	login[0] = '\0';
	if (getpwuid_r(uid, &pw, text, sizeof(text), &found) == 0 && found)
		snprintf(login, NAME_BYTES, "%s", found->pw_name);
	remember(uid, login);
}

void actor_of(struct platform *p, uid_t uid, struct actor *out)
{
	char login[NAME_BYTES];

	out->uid = uid;
	snprintf(out->name, sizeof(out->name), "%s", p->as ? p->as : p->owner);
	if (p->as)
		return;
	login_of(uid, login);
	if (*login)
		store_read(p->store, find_expert, &(struct search){ login, out }, NULL);
}

bool actor_is_operator(const struct actor *who)
{
	return who->uid == getuid() || who->uid == 0;
}

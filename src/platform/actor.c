#include "platform/actor.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

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

void actor_of(struct platform *p, uid_t uid, struct actor *out)
{
	struct passwd pw, *found = NULL;
	char text[4096];

	out->uid = uid;
	snprintf(out->name, sizeof(out->name), "%s", p->as ? p->as : p->owner);
	if (p->as || getpwuid_r(uid, &pw, text, sizeof(text), &found) != 0 || !found)
		return;
	store_read(p->store, find_expert, &(struct search){ found->pw_name, out }, NULL);
}

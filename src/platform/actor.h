/* actor - on whose behalf something is done (design: who acts) */
#ifndef FS0711_PLATFORM_ACTOR_H
#define FS0711_PLATFORM_ACTOR_H

#include "platform/platform.h"

struct actor {
	uid_t uid;
	char name[NAME_BYTES]; /* of the expert, else the login of the mount's owner */
};

/* actor_of - the expert named with -o as=, else the expert whose login is uid's user name, else the mount's owner.
 * A user's name is asked of the system once in 10 s */
void actor_of(struct platform *p, uid_t uid, struct actor *out);
/* actor_is_operator - may they let commands run on this host? Who runs this process, and root */
bool actor_is_operator(const struct actor *who);

#endif

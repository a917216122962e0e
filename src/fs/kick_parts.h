/* kick_parts - between kick.c and kick_turn.c: the kick that is under way, as requests and notifications see it */
#ifndef FS0711_FS_KICK_PARTS_H
#define FS0711_FS_KICK_PARTS_H

#include "fs/kick.h"

struct kick_turn;

struct kick_turn *turn_new(void);
void turn_free(struct kick_turn *t);

/*
 * turn_begin - from now on the helper's requests are for k (borrowed for the call), and nobody tells the kernel of
 * names in its directory. 0, or -EBUSY when somebody does for too long
 */
int turn_begin(struct kick_turn *t, const struct kick *k);
/* turn_part - names in the directory may be told again; the helper's requests, which are late, are still for k */
void turn_part(struct kick_turn *t);
void turn_end(struct kick_turn *t);

/* What kick.h says of the functions of these names; when there are no kicks, it answers by itself. */
void turn_hold(struct kick_turn *t, unsigned who, uint64_t dir);
void turn_let_go(struct kick_turn *t, unsigned who);
int turn_lookup(struct kick_turn *t, struct fs *fs, uint64_t dir, const char *name, mode_t *type);
int turn_may_make(struct kick_turn *t, struct fs *fs, uint64_t dir, const char *name, struct found *at);
int turn_may_remove(struct kick_turn *t, uint64_t dir, const char *name);
void turn_own(struct kick_turn *t, uint64_t dir, const char *name, enum kick_what what);

#endif

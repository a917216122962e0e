/* migrate - the schema, as numbered steps from an empty database to the newest version */
#ifndef FS0711_STORE_MIGRATE_H
#define FS0711_STORE_MIGRATE_H

#include "store/engine.h"

/*
 * migrate_run - bring the database of the connection to the newest version, each step in a transaction of its own
 * Returns 0, -EPROTO (it is newer than this program) or -errno
 */
int migrate_run(const struct engine *en, struct conn *c, struct err *e);

/* migrate_check - the database, which is only read, has the newest version: 0, -EPROTO or -errno */
int migrate_check(const struct engine *en, struct conn *c, struct err *e);
/* migrate_newest - the version that migrate_run brings about */
int migrate_newest(void);

#endif

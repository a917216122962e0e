/* view - the names under which tasks/STATE/ shows tasks */
#ifndef FS0711_FS_VIEW_H
#define FS0711_FS_VIEW_H

#include "fs/node.h"

/* view_name - NAME for the default engagement, NAME@ENGAGEMENT for the others; out[NAME_BYTES]. Returns out */
const char *view_name(const char *task, const char *engagement, bool is_default, char *out);

#endif

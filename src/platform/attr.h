/* attr - the extended attributes that people gave to the files of a record: they live and go with it */
#ifndef FS0711_PLATFORM_ATTR_H
#define FS0711_PLATFORM_ATTR_H

#include "store/rows.h"
#include "store/store.h"

/* All within a transaction; 0 or -errno. */

/* attr_forget - of a record that is deleted; attr_forget_task - of a task with its documents and entries */
int attr_forget(struct tx *tx, int64_t row, struct err *e);
int attr_forget_task(struct tx *tx, int64_t task_row, struct err *e);
/* attr_move - what from has is to's from now on, in the place of to's own; nothing happens where from has none */
int attr_move(struct tx *tx, int64_t from, int64_t to, struct err *e);
/* attr_sweep - at start: of files that never became a record */
int attr_sweep(struct tx *tx, struct err *e);

#endif

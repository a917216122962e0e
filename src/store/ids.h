/* ids - row ids reserved ahead, so that giving one out does not wait for the disk */
#ifndef FS0711_STORE_IDS_H
#define FS0711_STORE_IDS_H

#include "store/writer.h"

struct ids;

/* ids_new - and ask the writer for the first ones */
struct ids *ids_new(struct writer *w);
/* ids_free - after the writer has ended. ids may be NULL */
void ids_free(struct ids *ids);
/* ids_take - as store_reserve; blocks only when they were taken faster than the writer brings new ones */
int64_t ids_take(struct ids *ids, struct err *e);

#endif

/* hold - within the platform: is a task held back by a writer? */
#ifndef FS0711_PLATFORM_HOLD_H
#define FS0711_PLATFORM_HOLD_H

#include "platform/platform.h"

bool hold_has(struct platform *p, int64_t task_row);
/* hold_count - how many tasks are held */
size_t hold_count(struct platform *p);

#endif

/* ram - the main memory that this process may have */
#ifndef FS0711_MODEL_RAM_H
#define FS0711_MODEL_RAM_H

#include "base/util.h"

/* ram_total - bytes: of the machine, or what a control group (version 2) leaves of it */
uint64_t ram_total(void);

#endif

/* weights - memory of a GPU, held as the weights of a model are */
#ifndef FS0711_TESTS_MODEL_WEIGHTS_H
#define FS0711_TESTS_MODEL_WEIGHTS_H

#include "base/err.h"

/*
 * weights_hold - take bytes of the first GPU that CUDA shows to this process, until the process ends
 * Returns 0, -ENODEV (no GPU, or no driver for one) or -ENOMEM, with a sentence. Blocks up to seconds
 */
int weights_hold(uint64_t bytes, struct err *e);

#endif

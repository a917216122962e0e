/*
 * cuda - which GPUs CUDA sees: for hosts and containers that lack NVML
 *
 * The runtime (libcudart), else the driver's own library (libcuda.so.1), found at run time. Nothing here makes a
 * context: one takes some 500 MB of the GPU, so how much is free is not asked.
 */
#ifndef FS0711_MODEL_CUDA_H
#define FS0711_MODEL_CUDA_H

#include "base/err.h"
#include "model/gpu.h"

/*
 * cuda_look - the GPUs, at most most, in CUDA's order; CUDA_VISIBLE_DEVICES counts
 * Returns how many (1 or more), or with a sentence -ENODEV (no library, no GPU), -ENOSYS (too old), -EIO. The library
 * stays loaded. Blocks up to seconds
 */
int cuda_look(struct gpu *out, size_t most, struct err *e);

#endif

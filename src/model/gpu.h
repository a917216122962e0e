/* gpu - what nvml.h and cuda.h find out about a GPU */
#ifndef FS0711_MODEL_GPU_H
#define FS0711_MODEL_GPU_H

#include "base/util.h"

struct gpu {
	char title[128]; /* "NVIDIA H100 80GB HBM3" */
	char uuid[80];   /* "GPU-…", "" when not known */
	uint64_t slot;   /* on the PCI bus: in the order of CUDA_DEVICE_ORDER=PCI_BUS_ID */
	uint64_t total;  /* bytes */
	void *handle;    /* NVML's; NULL from CUDA */
};

/* gpu_slot - domain, bus and device as one number that orders as they do */
static inline uint64_t gpu_slot(unsigned domain, unsigned bus, unsigned device)
{
	return (uint64_t)domain << 32 | (uint64_t)bus << 8 | device;
}

#endif

/*
 * nvml - what NVIDIA's management library says of GPUs; libnvidia-ml.so.1 is found at run time
 *
 * It needs no context on a GPU, and costs none of its memory. Thread-safe, as the library is.
 */
#ifndef FS0711_MODEL_NVML_H
#define FS0711_MODEL_NVML_H

#include "base/err.h"
#include "model/gpu.h"

struct nvml;

struct nvml_memory {
	uint64_t total, free,
		used; /* total also has what the driver keeps, unless it is old (before 510): then used does */
};

struct nvml_process {
	pid_t pid;
	uint64_t bytes; /* NVML_UNKNOWN: the driver does not say */
};
#define NVML_UNKNOWN UINT64_MAX

/*
 * nvml_open - load the library and let it find the driver
 * Returns 0 and *out, or with a sentence -ENODEV (no library, no driver), -ENOSYS (too old), -EIO. Blocks up to seconds
 * where the driver must wake
 */
int nvml_open(struct nvml **out, struct err *e);
void nvml_close(struct nvml *n); /* n may be NULL */

/* nvml_look - the GPUs that answer, at most most; returns how many. One that does not is a line of the log */
size_t nvml_look(struct nvml *n, struct gpu *out, size_t most);

/* nvml_memory - 0, or -EIO with a sentence (the GPU is lost) */
int nvml_memory(struct nvml *n, const struct gpu *g, struct nvml_memory *out, struct err *e);

/*
 * nvml_processes - those that compute on the GPU, as this process's namespace or the host's numbers them
 * Returns how many, and *out (the caller's to free); or -ENOTSUP, -EIO with a sentence
 */
int nvml_processes(struct nvml *n, const struct gpu *g, struct nvml_process **out, struct err *e);

#endif

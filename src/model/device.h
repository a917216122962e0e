/*
 * device - where models can be: the GPUs of this host, or main memory with a budget
 *
 * GPUs are seen through NVML, else through CUDA, each found at run time (nvml.h, cuda.h): one binary serves machines
 * with and without. Those that our own CUDA_VISIBLE_DEVICES hides are left alone. ram0 is there where no GPU is: its
 * budget is set by a person, what is used of it is what our servers' processes hold. Devices stay the same as long as
 * the process lives. Thread-safe.
 */
#ifndef FS0711_MODEL_DEVICE_H
#define FS0711_MODEL_DEVICE_H

#include <sys/types.h>

#include "base/err.h"

#define DEVICES_MOST      32
#define DEVICE_NAME_BYTES 32

struct devices;

struct device {
	char name[DEVICE_NAME_BYTES]; /* gpu0, ram0 */
	char title[128];              /* "NVIDIA H100 80GB HBM3", "main memory" */
	char uuid[80];                /* "GPU-…", "" for ram0 */
	bool is_gpu;
	unsigned ordinal; /* of the GPU as CUDA counts with CUDA_DEVICE_ORDER=PCI_BUS_ID */
};

/* Bytes at one moment. total = free + used + what the driver keeps for itself. */
struct device_memory {
	uint64_t total, free, used;
};

/*
 * devices_open - look for GPUs; none: ram0 alone
 * ram_bytes  the budget of ram0; 0: half of the memory that this process may have; more than that is cut to it
 * Returns 0 and *out (for devices_close). Missing libraries are a log line each, no error. Blocks up to seconds where a
 * driver must wake
 */
int devices_open(uint64_t ram_bytes, struct devices **out, struct err *e);
void devices_close(struct devices *d); /* d may be NULL */

/* devices_all - how many (1 to DEVICES_MOST), and *out: theirs, valid until devices_close */
size_t devices_all(const struct devices *d, const struct device **out);
/* devices_find - index by name, or -1 */
int devices_find(const struct devices *d, const char *name);

/*
 * devices_memory - what is used now
 * ours  bytes that our servers hold of it, as devices_process found last, else as they are expected to
 * For a GPU NVML's figures. Without NVML, and for ram0, what others hold is not known: used is ours, free is what the
 * total leaves beside it (CUDA itself would tell more, but only to a process that first takes some 500 MB of the GPU)
 * Returns 0, or -EIO (the GPU is lost) with a sentence. Blocks milliseconds
 */
int devices_memory(struct devices *d, size_t i, uint64_t ours, struct device_memory *out, struct err *e);

/*
 * devices_process - what the processes of one server hold of a device: root and all that descend from it
 * For a GPU by NVML's list of processes, for ram0 the sum of their proportional set sizes (Pss, else Rss)
 * Returns the bytes, 0 when none of them holds any; -ENOTSUP where this system cannot say (no NVML; a container whose
 * processes the driver knows by other numbers); -EIO (the GPU is lost). A driver that hides the processes of a
 * container gives 0 too: hold that against devices_memory. Blocks milliseconds
 */
int64_t devices_process(struct devices *d, size_t i, pid_t root);

/* devices_set_total - the budget of ram0. 0, -EPERM for a GPU, -ERANGE (0, or more than this process may have) */
int devices_set_total(struct devices *d, size_t i, uint64_t bytes, struct err *e);

/*
 * devices_environment - what shows a server no GPU but device i: "NAME=value" texts into env; returns how many (1 to 3)
 * They count GPUs as they are on the PCI bus, so the server must have the files of all of them
 */
size_t devices_environment(const struct devices *d, size_t i, char env[3][128]);

/*
 * devices_files - the files below /dev that a server on device i opens, as they are now: of all GPUs; none for ram0
 * Returns paths, the last is NULL; the caller's to free, in one piece
 */
char **devices_files(const struct devices *d, size_t i);

#endif

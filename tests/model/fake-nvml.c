/*
 * fake-nvml.so - a libnvidia-ml.so.1 whose GPUs come from the environment
 *
 *	FAKE_GPUS        how many
 *	FAKE_GPU0        TITLE|UUID|DOMAIN:BUS:DEVICE|TOTAL|RESERVED|USED, the second one is FAKE_GPU1
 *	FAKE_PROCESSES0  PID:BYTES PID:BYTES; without bytes they are not available
 *	FAKE_FAIL        FUNCTION INDEX RESULT: what that function answers for that GPU (0 where it is for none)
 *
 * Built with FAKE_OLD it has none of the newer calls, with FAKE_LACKING not one that was always there.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GPU_IS_LOST      15
#define TOO_SMALL        7
#define INVALID_ARGUMENT 2
#define VERSION_MISMATCH 25

struct memory_v1 {
	unsigned long long total, free, used;
};
struct memory_v2 {
	unsigned version;
	unsigned long long total, reserved, free, used;
};
struct pci {
	char legacy[16];
	unsigned domain, bus, device, device_id, subsystem_id;
	char id[32];
};
struct process_v1 {
	unsigned pid;
	unsigned long long bytes;
};
struct process_v2 {
	unsigned pid;
	unsigned long long bytes;
	unsigned gpu_instance, compute_instance;
};

int nvmlInit_v2(void);
int nvmlShutdown(void);
const char *nvmlErrorString(int result);
int nvmlDeviceGetCount_v2(unsigned *n);
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **gpu);
int nvmlDeviceGetName(void *gpu, char *text, unsigned size);
int nvmlDeviceGetUUID(void *gpu, char *text, unsigned size);
int nvmlDeviceGetPciInfo_v3(void *gpu, struct pci *out);
int nvmlDeviceGetMemoryInfo(void *gpu, struct memory_v1 *out);
int nvmlDeviceGetMemoryInfo_v2(void *gpu, struct memory_v2 *out);
int nvmlDeviceGetComputeRunningProcesses(void *gpu, unsigned *n, struct process_v1 *out);
int nvmlDeviceGetComputeRunningProcesses_v2(void *gpu, unsigned *n, struct process_v2 *out);
int nvmlDeviceGetComputeRunningProcesses_v3(void *gpu, unsigned *n, void *out);

/* Handles point into this. */
static char handles[64];

static unsigned index_of(const void *gpu)
{
	return (unsigned)((const char *)gpu - handles);
}

static const char *setting(const char *name, unsigned i)
{
	char full[64];

	snprintf(full, sizeof(full), "%s%u", name, i);
	return getenv(full);
}

static int outcome(const char *function, unsigned i)
{
	const char *text = getenv("FAKE_FAIL");
	char name[64];
	unsigned which;
	int result;

	if (text && sscanf(text, "%63s %u %d", name, &which, &result) == 3 && strcmp(name, function) == 0 && which == i)
		return result;
	return 0;
}

/* Field number n of FAKE_GPUi. */
static void field(unsigned i, int n, char *text, size_t size)
{
	const char *at = setting("FAKE_GPU", i);

	for (; n > 0 && at; n--) {
		at = strchr(at, '|');
		at = at ? at + 1 : NULL;
	}
	snprintf(text, size, "%.*s", at ? (int)strcspn(at, "|") : 0, at ? at : "");
}

static unsigned long long number(unsigned i, int n)
{
	char text[64];

	field(i, n, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

int nvmlInit_v2(void)
{
	return outcome(__func__, 0);
}

int nvmlShutdown(void)
{
	return 0;
}

const char *nvmlErrorString(int result)
{
	return result == GPU_IS_LOST ? "GPU is lost" : "some error";
}

int nvmlDeviceGetCount_v2(unsigned *n)
{
	const char *text = getenv("FAKE_GPUS");

	*n = text ? (unsigned)atoi(text) : 0;
	return outcome(__func__, 0);
}

int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **gpu)
{
	*gpu = &handles[i];
	return outcome(__func__, i);
}

#ifndef FAKE_LACKING
int nvmlDeviceGetName(void *gpu, char *text, unsigned size)
{
	field(index_of(gpu), 0, text, size);
	return outcome(__func__, index_of(gpu));
}
#endif

int nvmlDeviceGetUUID(void *gpu, char *text, unsigned size)
{
	field(index_of(gpu), 1, text, size);
	return outcome(__func__, index_of(gpu));
}

int nvmlDeviceGetPciInfo_v3(void *gpu, struct pci *out)
{
	char text[64];

	memset(out, 0, sizeof(*out));
	field(index_of(gpu), 2, text, sizeof(text));
	snprintf(out->id, sizeof(out->id), "%.31s", text);
	if (sscanf(text, "%x:%x:%x", &out->domain, &out->bus, &out->device) != 3)
		return INVALID_ARGUMENT;
	return outcome(__func__, index_of(gpu));
}

/* As the real one: what the driver keeps counts as used. */
int nvmlDeviceGetMemoryInfo(void *gpu, struct memory_v1 *out)
{
	unsigned i = index_of(gpu);

	out->total = number(i, 3);
	out->used = number(i, 4) + number(i, 5);
	out->free = out->total - out->used;
	return outcome(__func__, i);
}

/* PID:BYTES after PID:BYTES; how many there are, at most room of them in out. */
static unsigned read_processes(unsigned i, struct process_v2 *out, unsigned room)
{
	const char *at = setting("FAKE_PROCESSES", i);
	unsigned n = 0;
	int length;

	for (; at && *at; at += strspn(at, " ")) {
		struct process_v2 p = { .bytes = ~0ULL, .gpu_instance = ~0U, .compute_instance = ~0U };

		if (sscanf(at, "%u:%n", &p.pid, &length) != 1)
			break;
		at += length;
		if (*at >= '0' && *at <= '9')
			p.bytes = strtoull(at, (char **)&at, 10);
		if (n < room)
			out[n] = p;
		n++;
	}
	return n;
}

int nvmlDeviceGetComputeRunningProcesses(void *gpu, unsigned *n, struct process_v1 *out)
{
	struct process_v2 list[256];
	unsigned there = read_processes(index_of(gpu), list, 256), room = *n;

	*n = there;
	if (there > room)
		return TOO_SMALL;
	for (unsigned i = 0; i < there; i++)
		out[i] = (struct process_v1){ list[i].pid, list[i].bytes };
	return outcome(__func__, index_of(gpu));
}

#ifndef FAKE_OLD
int nvmlDeviceGetMemoryInfo_v2(void *gpu, struct memory_v2 *out)
{
	unsigned i = index_of(gpu);

	if (out->version != (sizeof(*out) | 2U << 24))
		return VERSION_MISMATCH;
	out->total = number(i, 3);
	out->reserved = number(i, 4);
	out->used = number(i, 5);
	out->free = out->total - out->reserved - out->used;
	return outcome(__func__, i);
}

int nvmlDeviceGetComputeRunningProcesses_v2(void *gpu, unsigned *n, struct process_v2 *out)
{
	unsigned there = read_processes(index_of(gpu), out, *n), room = *n;

	*n = there;
	return there > room ? TOO_SMALL : outcome(__func__, index_of(gpu));
}

/* As the driver 535.54 answers: records of 32 bytes. */
int nvmlDeviceGetComputeRunningProcesses_v3(void *gpu, unsigned *n, void *out)
{
	struct process_v2 list[256];
	unsigned there = read_processes(index_of(gpu), list, 256), room = *n;

	*n = there;
	if (there > room)
		return TOO_SMALL;
	memset(out, 0, 32UL * there);
	for (unsigned i = 0; i < there; i++)
		memcpy((char *)out + 32UL * i, &list[i], sizeof(list[i]));
	return outcome(__func__, index_of(gpu));
}
#endif

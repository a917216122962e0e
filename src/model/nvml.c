#include "model/nvml.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "model/library.h"

#define LIBRARY            "libnvidia-ml.so.1"
#define PROCESSES_AT_FIRST 64
#define PROCESSES_MOST     65536

/* Of its results, those that mean something to us. */
enum { NVML_OK = 0, NVML_NOT_SUPPORTED = 3, NVML_NO_PERMISSION = 4, NVML_TOO_SMALL = 7, NVML_NO_DRIVER = 9 };

struct memory_v1 {
	unsigned long long total, free, used;
};

struct memory_v2 {
	unsigned version;
	unsigned long long total, reserved, free, used;
};
#define MEMORY_V2 (sizeof(struct memory_v2) | 2U << 24)

struct pci_v3 {
	char bus_id_legacy[16];
	unsigned domain, bus, device, device_id, subsystem_id;
	char bus_id[32];
};

struct process_v1 {
	unsigned pid;
	unsigned long long used;
};

struct process_v2 {
	unsigned pid;
	unsigned long long used;
	unsigned gpu_instance, compute_instance;
};
/* Some drivers (535.54) answer with records of 32 bytes where 24 are meant: there is room, so that nothing breaks. */
#define PROCESS_BYTES 32

#define CALLS(X)                                                          \
	X(int, nvmlInit_v2, (void))                                       \
	X(int, nvmlShutdown, (void))                                      \
	X(const char *, nvmlErrorString, (int result))                    \
	X(int, nvmlDeviceGetCount_v2, (unsigned *n))                      \
	X(int, nvmlDeviceGetHandleByIndex_v2, (unsigned i, void **gpu))   \
	X(int, nvmlDeviceGetName, (void *gpu, char *text, unsigned size)) \
	X(int, nvmlDeviceGetUUID, (void *gpu, char *text, unsigned size)) \
	X(int, nvmlDeviceGetPciInfo_v3, (void *gpu, struct pci_v3 *out))  \
	X(int, nvmlDeviceGetMemoryInfo, (void *gpu, struct memory_v1 *out))
#define NEWER_CALLS(X)                                                                       \
	X(int, nvmlDeviceGetMemoryInfo_v2, (void *gpu, struct memory_v2 *out))               \
	X(int, nvmlDeviceGetComputeRunningProcesses, (void *gpu, unsigned *n, void *out))    \
	X(int, nvmlDeviceGetComputeRunningProcesses_v2, (void *gpu, unsigned *n, void *out)) \
	X(int, nvmlDeviceGetComputeRunningProcesses_v3, (void *gpu, unsigned *n, void *out))

struct calls {
	CALLS(LIBRARY_MEMBER)
	NEWER_CALLS(LIBRARY_MEMBER)
};

static const struct library_symbol symbols[] = { CALLS(LIBRARY_MUST) NEWER_CALLS(LIBRARY_MAY) };

struct nvml {
	void *lib;
	struct calls call;
};

static int refused(const struct nvml *n, int result, struct err *e, const char *what)
{
	static const struct {
		int result, code;
	} known[] = { { NVML_NOT_SUPPORTED, -ENOTSUP }, { NVML_NO_PERMISSION, -ENOTSUP }, { NVML_NO_DRIVER, -ENODEV } };
	int code = -EIO;

	for (size_t i = 0; i < N_ELEMS(known); i++) {
		if (known[i].result == result)
			code = known[i].code;
	}
	return err_set(e, code, "%s: %s (NVML error %d)", what, n->call.nvmlErrorString(result), result);
}

int nvml_open(struct nvml **out, struct err *e)
{
	auto_free struct nvml *n = xcalloc(1, sizeof(*n));
	int rc = library_open(LIBRARY, symbols, N_ELEMS(symbols), &n->call, &n->lib, e), result;

	if (rc < 0)
		return rc;
	result = n->call.nvmlInit_v2();
	if (result != NVML_OK) {
		rc = refused(n, result, e, LIBRARY);
		dlclose(n->lib);
		return rc == -ENODEV ? rc : -EIO;
	}
	*out = steal(n);
	return 0;
}

void nvml_close(struct nvml *n)
{
	if (!n)
		return;
	n->call.nvmlShutdown();
	dlclose(n->lib);
	free(n);
}

int nvml_memory(struct nvml *n, const struct gpu *g, struct nvml_memory *out, struct err *e)
{
	struct memory_v2 now = { .version = MEMORY_V2 };
	struct memory_v1 old;
	int result;

	if (n->call.nvmlDeviceGetMemoryInfo_v2) {
		result = n->call.nvmlDeviceGetMemoryInfo_v2(g->handle, &now);
		*out = (struct nvml_memory){ now.total, now.free, now.used };
	} else {
		result = n->call.nvmlDeviceGetMemoryInfo(g->handle, &old);
		*out = (struct nvml_memory){ old.total, old.free, old.used };
	}
	if (result == NVML_OK)
		return 0;
	*out = (struct nvml_memory){ 0, 0, 0 };
	refused(n, result, e, "its memory cannot be read");
	return -EIO;
}

/* One GPU; -EIO when it does not answer. */
static int look_at(struct nvml *n, unsigned i, struct gpu *g, struct err *e)
{
	struct nvml_memory memory;
	struct pci_v3 pci = { .domain = 0 };
	int result = n->call.nvmlDeviceGetHandleByIndex_v2(i, &g->handle);

	if (result == NVML_OK)
		result = n->call.nvmlDeviceGetPciInfo_v3(g->handle, &pci);
	if (result == NVML_OK)
		result = n->call.nvmlDeviceGetName(g->handle, g->title, sizeof(g->title));
	if (result == NVML_OK)
		result = n->call.nvmlDeviceGetUUID(g->handle, g->uuid, sizeof(g->uuid));
	if (result != NVML_OK)
		return refused(n, result, e, "it does not answer");
	g->slot = gpu_slot(pci.domain, pci.bus, pci.device);
	if (nvml_memory(n, g, &memory, e) < 0)
		return -EIO;
	g->total = memory.total;
	return 0;
}

size_t nvml_look(struct nvml *n, struct gpu *out, size_t most)
{
	struct err e = ERR_INIT;
	unsigned count = 0;
	size_t found = 0;
	int result = n->call.nvmlDeviceGetCount_v2(&count);

	if (result != NVML_OK) {
		refused(n, result, &e, "GPUs cannot be counted");
		log_warn("%s", e.text);
		return 0;
	}
	for (unsigned i = 0; i < count && found < most; i++) {
		struct gpu g = { .handle = NULL };

		if (look_at(n, i, &g, &e) == 0)
			out[found++] = g;
		else
			log_warn("GPU %u of this host is left out: %s", i, e.text);
	}
	return found;
}

/* Ask for records until they fit: *n is how many; the caller frees *out. */
static int ask_processes(int (*ask)(void *, unsigned *, void *), void *gpu, void **out, unsigned *n)
{
	for (unsigned room = PROCESSES_AT_FIRST;; room *= 2) {
		auto_free void *records = xcalloc(room, PROCESS_BYTES);
		int result;

		*n = room;
		result = ask(gpu, n, records);
		if (result == NVML_TOO_SMALL && room < PROCESSES_MOST)
			continue;
		if (*n > room)
			*n = room;
		*out = steal(records);
		return result;
	}
}

/* _v3 comes last of those with long records: see PROCESS_BYTES. */
int nvml_processes(struct nvml *n, const struct gpu *g, struct nvml_process **out, struct err *e)
{
	const struct {
		int (*ask)(void *, unsigned *, void *);
		size_t stride;
	} ways[] = {
		{ n->call.nvmlDeviceGetComputeRunningProcesses_v2, sizeof(struct process_v2) },
		{ n->call.nvmlDeviceGetComputeRunningProcesses_v3, sizeof(struct process_v2) },
		{ n->call.nvmlDeviceGetComputeRunningProcesses, sizeof(struct process_v1) },
	};
	auto_free void *records = NULL;
	unsigned count = 0;
	size_t way = 0;
	int result;

	while (way < N_ELEMS(ways) && !ways[way].ask)
		way++;
	if (way == N_ELEMS(ways))
		return err_set(e, -ENOTSUP, "%s knows nothing of processes", LIBRARY);
	result = ask_processes(ways[way].ask, g->handle, &records, &count);
	if (result != NVML_OK)
		return refused(n, result, e, "its processes cannot be listed") == -ENOTSUP ? -ENOTSUP : -EIO;
	*out = xcalloc(count + 1, sizeof(**out));
	for (unsigned i = 0; i < count; i++) {
		struct process_v1 record; /* how the longer ones begin too */

		memcpy(&record, (char *)records + i * ways[way].stride, sizeof(record));
		(*out)[i] = (struct nvml_process){ (pid_t)record.pid, record.used };
	}
	return (int)count;
}

#include "model/cuda.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

#include "model/library.h"

enum { CUDA_OK = 0, CUDA_NO_DEVICE = 100 }; /* of both, the runtime and the driver */

#define PCI_BYTES  32
#define UUID_BYTES 16

/* How cudaDeviceProp begins in CUDA 10 and later; what follows grew from version to version, to 1 KiB in CUDA 13. */
struct properties {
	char name[256];
	unsigned char uuid[UUID_BYTES];
	char luid[8];
	unsigned luid_mask;
	size_t total;
	char more[8192];
};

#define RUNTIME_CALLS(X)                                                  \
	X(int, cudaGetDeviceCount, (int *n))                              \
	X(int, cudaGetDeviceProperties, (struct properties * out, int i)) \
	X(int, cudaDeviceGetPCIBusId, (char *text, int size, int i))      \
	X(const char *, cudaGetErrorString, (int result))
#define DRIVER_CALLS(X)                                                 \
	X(int, cuInit, (unsigned flags))                                \
	X(int, cuDeviceGetCount, (int *n))                              \
	X(int, cuDeviceGet, (int *device, int i))                       \
	X(int, cuDeviceGetName, (char *text, int size, int device))     \
	X(int, cuDeviceGetUuid, (unsigned char *uuid, int device))      \
	X(int, cuDeviceTotalMem_v2, (size_t * bytes, int device))       \
	X(int, cuDeviceGetPCIBusId, (char *text, int size, int device)) \
	X(int, cuGetErrorString, (int result, const char **text))

struct calls {
	RUNTIME_CALLS(LIBRARY_MEMBER)
	DRIVER_CALLS(LIBRARY_MEMBER)
};

static const struct library_symbol runtime_symbols[] = { RUNTIME_CALLS(LIBRARY_MUST) };
static const struct library_symbol driver_symbols[] = { DRIVER_CALLS(LIBRARY_MUST) };

static void set_slot(struct gpu *g, const char *pci)
{
	unsigned domain = 0, bus = 0, device = 0;

	if (sscanf(pci, "%x:%x:%x", &domain, &bus, &device) == 3)
		g->slot = gpu_slot(domain, bus, device);
}

/* "GPU-01234567-89ab-…", as nvidia-smi writes it; "" for zeroes. */
static void set_uuid(struct gpu *g, const unsigned char *uuid)
{
	static const unsigned char none[UUID_BYTES];
	char *at = g->uuid;

	if (memcmp(uuid, none, UUID_BYTES) == 0)
		return;
	at += sprintf(at, "GPU");
	for (int i = 0; i < UUID_BYTES; i++)
		at += sprintf(at, i == 0 || i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
}

static const char *runtime_text(const struct calls *c, int result)
{
	return c->cudaGetErrorString(result);
}

static int runtime_start(const struct calls *c, int *n)
{
	return c->cudaGetDeviceCount(n);
}

static int runtime_gpu(const struct calls *c, int i, struct gpu *g)
{
	struct properties p = { .total = 0 };
	char pci[PCI_BYTES] = "";
	int result = c->cudaGetDeviceProperties(&p, i);

	if (result == CUDA_OK)
		result = c->cudaDeviceGetPCIBusId(pci, sizeof(pci), i);
	snprintf(g->title, sizeof(g->title), "%.127s", p.name);
	set_uuid(g, p.uuid);
	set_slot(g, pci);
	g->total = p.total;
	return result;
}

static const char *driver_text(const struct calls *c, int result)
{
	const char *text = NULL;

	c->cuGetErrorString(result, &text);
	return text ? text : "unknown error";
}

static int driver_start(const struct calls *c, int *n)
{
	int result = c->cuInit(0);

	return result == CUDA_OK ? c->cuDeviceGetCount(n) : result;
}

static int driver_gpu(const struct calls *c, int i, struct gpu *g)
{
	unsigned char uuid[UUID_BYTES] = "";
	char pci[PCI_BYTES] = "";
	size_t total = 0;
	int device, result = c->cuDeviceGet(&device, i);

	if (result == CUDA_OK)
		result = c->cuDeviceGetName(g->title, sizeof(g->title), device);
	if (result == CUDA_OK)
		result = c->cuDeviceGetPCIBusId(pci, sizeof(pci), device);
	if (result == CUDA_OK)
		result = c->cuDeviceTotalMem_v2(&total, device);
	if (result == CUDA_OK && c->cuDeviceGetUuid(uuid, device) == CUDA_OK)
		set_uuid(g, uuid);
	set_slot(g, pci);
	g->total = total;
	return result;
}

struct kind {
	const struct library_symbol *symbols;
	size_t n_symbols;
	int (*start)(const struct calls *c, int *n); /* how many GPUs */
	int (*gpu)(const struct calls *c, int i, struct gpu *g);
	const char *(*text)(const struct calls *c, int result);
};

static const struct kind runtime = { runtime_symbols, N_ELEMS(runtime_symbols), runtime_start, runtime_gpu,
				     runtime_text };
static const struct kind driver = { driver_symbols, N_ELEMS(driver_symbols), driver_start, driver_gpu, driver_text };

/* The driver last: what is wrong with it is what a person should read. */
static const struct {
	const char *soname;
	const struct kind *kind;
} places[] = {
	{ "libcudart.so.13", &runtime }, { "libcudart.so.12", &runtime }, { "libcudart.so.11.0", &runtime },
	{ "libcudart.so", &runtime },    { "libcuda.so.1", &driver },
};

static int look_with(const char *library, const struct kind *k, struct gpu *out, size_t most, struct err *e)
{
	struct calls c = { NULL };
	void *lib;
	int n = 0, result, rc = library_open(library, k->symbols, k->n_symbols, &c, &lib, e);

	if (rc < 0)
		return rc;
	result = k->start(&c, &n);
	if (result == CUDA_NO_DEVICE || (result == CUDA_OK && n <= 0))
		return err_set(e, -ENODEV, "%s finds no GPU", library);
	if ((size_t)n > most)
		n = (int)most;
	for (int i = 0; i < n && result == CUDA_OK; i++) {
		out[i] = (struct gpu){ .handle = NULL };
		result = k->gpu(&c, i, &out[i]);
	}
	if (result != CUDA_OK)
		return err_set(e, -EIO, "%s: %s (CUDA error %d)", library, k->text(&c, result), result);
	return n;
}

int cuda_look(struct gpu *out, size_t most, struct err *e)
{
	int rc = -ENODEV;

	for (size_t i = 0; i < N_ELEMS(places) && rc <= 0; i++)
		rc = look_with(places[i].soname, places[i].kind, out, most, e);
	return rc;
}

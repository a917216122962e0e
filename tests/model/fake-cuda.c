/*
 * fake-cuda.so, fake-cudart.so - CUDA's libraries with GPUs from the environment: the driver's libcuda.so.1, and with
 * FAKE_RUNTIME libcudart.so.12
 *
 *	FAKE_CUDA_GPUS  how many
 *	FAKE_CUDA0      TITLE|DOMAIN:BUS:DEVICE|TOTAL|BYTE, the second one is FAKE_CUDA1; each byte of its UUID is BYTE
 *	FAKE_CUDA_FAIL  FUNCTION RESULT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_OF_MEMORY  2
#define NO_DEVICE      100
#define INVALID_DEVICE 101

static int outcome(const char *function)
{
	const char *text = getenv("FAKE_CUDA_FAIL");
	char name[64];
	int result;

	if (text && sscanf(text, "%63s %d", name, &result) == 2 && strcmp(name, function) == 0)
		return result;
	return 0;
}

static int count(int *n)
{
	const char *text = getenv("FAKE_CUDA_GPUS");

	*n = text ? atoi(text) : 0;
	return *n > 0 ? 0 : NO_DEVICE;
}

static void field(int i, int n, char *text, size_t size)
{
	char name[64];
	const char *at;

	snprintf(name, sizeof(name), "FAKE_CUDA%d", i);
	for (at = getenv(name); n > 0 && at; n--) {
		at = strchr(at, '|');
		at = at ? at + 1 : NULL;
	}
	snprintf(text, size, "%.*s", at ? (int)strcspn(at, "|") : 0, at ? at : "");
}

static unsigned long long number(int i, int n)
{
	char text[64];

	field(i, n, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

#ifdef FAKE_RUNTIME
struct properties {
	char name[256];
	unsigned char uuid[16];
	char luid[8];
	unsigned luid_mask;
	size_t total;
	char rest[700];
};

int cudaGetDeviceCount(int *n);
int cudaGetDeviceProperties(struct properties *out, int i);
int cudaDeviceGetPCIBusId(char *text, int size, int i);
const char *cudaGetErrorString(int result);

int cudaGetDeviceCount(int *n)
{
	int result = outcome(__func__);

	return result ? result : count(n);
}

int cudaGetDeviceProperties(struct properties *out, int i)
{
	memset(out, 0x5a, sizeof(*out));
	field(i, 0, out->name, sizeof(out->name));
	out->total = number(i, 2);
	memset(out->uuid, (int)number(i, 3), sizeof(out->uuid));
	return outcome(__func__);
}

int cudaDeviceGetPCIBusId(char *text, int size, int i)
{
	field(i, 1, text, (size_t)size);
	return outcome(__func__);
}

const char *cudaGetErrorString(int result)
{
	return result == 35 ? "driver version is insufficient" : "some error";
}
#else
int cuInit(unsigned flags);
int cuDeviceGetCount(int *n);
int cuDeviceGet(int *device, int i);
int cuDeviceGetName(char *text, int size, int device);
int cuDeviceGetUuid(unsigned char *uuid, int device);
int cuDeviceTotalMem_v2(size_t *bytes, int device);
int cuDeviceGetPCIBusId(char *text, int size, int device);
int cuGetErrorString(int result, const char **text);
int cuCtxCreate_v2(void **context, unsigned flags, int device);
int cuCtxSynchronize(void);
int cuMemAlloc_v2(unsigned long long *at, size_t bytes);
int cuMemsetD8_v2(unsigned long long at, unsigned char byte, size_t n);

int cuInit(unsigned flags)
{
	return flags ? 1 : outcome(__func__);
}

int cuDeviceGetCount(int *n)
{
	return count(n);
}

int cuDeviceGet(int *device, int i)
{
	int n;

	*device = i;
	return count(&n) || i >= n ? INVALID_DEVICE : outcome(__func__);
}

int cuDeviceGetName(char *text, int size, int device)
{
	field(device, 0, text, (size_t)size);
	return outcome(__func__);
}

int cuDeviceGetUuid(unsigned char *uuid, int device)
{
	memset(uuid, (int)number(device, 3), 16);
	return outcome(__func__);
}

int cuDeviceTotalMem_v2(size_t *bytes, int device)
{
	*bytes = number(device, 2);
	return outcome(__func__);
}

int cuDeviceGetPCIBusId(char *text, int size, int device)
{
	field(device, 1, text, (size_t)size);
	return outcome(__func__);
}

int cuGetErrorString(int result, const char **text)
{
	*text = result == 999 ? "unknown error" : "some error";
	return 0;
}

int cuCtxCreate_v2(void **context, unsigned flags, int device)
{
	*context = NULL;
	return flags || device ? 1 : outcome(__func__);
}

int cuCtxSynchronize(void)
{
	return outcome(__func__);
}

/* Of the first GPU. */
int cuMemAlloc_v2(unsigned long long *at, size_t bytes)
{
	*at = 1;
	return bytes > number(0, 2) ? OUT_OF_MEMORY : outcome(__func__);
}

int cuMemsetD8_v2(unsigned long long at, unsigned char byte, size_t n)
{
	return at != 1 || byte == 0 || n > number(0, 2) ? 1 : outcome(__func__);
}
#endif

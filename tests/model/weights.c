#include "tests/model/weights.h"

#include <errno.h>
#include <inttypes.h>

#include "model/library.h"

#define CALLS(X)                                                                     \
	X(int, cuInit, (unsigned flags))                                             \
	X(int, cuDeviceGet, (int *device, int i))                                    \
	X(int, cuCtxCreate_v2, (void **context, unsigned flags, int device))         \
	X(int, cuMemAlloc_v2, (unsigned long long *at, size_t bytes))                \
	X(int, cuMemsetD8_v2, (unsigned long long at, unsigned char byte, size_t n)) \
	X(int, cuCtxSynchronize, (void))

struct calls {
	CALLS(LIBRARY_MEMBER)
};

static const struct library_symbol symbols[] = { CALLS(LIBRARY_MUST) };

int weights_hold(uint64_t bytes, struct err *e)
{
	struct calls c;
	unsigned long long at;
	void *lib, *context;
	int device, result, rc = library_open("libcuda.so.1", symbols, N_ELEMS(symbols), &c, &lib, e);

	if (rc < 0)
		return err_add(e, -ENODEV, "no driver");
	result = c.cuInit(0);
	if (result == 0)
		result = c.cuDeviceGet(&device, 0);
	if (result != 0)
		return err_set(e, -ENODEV, "no GPU: CUDA error %d", result);
	result = c.cuCtxCreate_v2(&context, 0, device);
	if (result == 0)
		result = c.cuMemAlloc_v2(&at, bytes);
	if (result == 0)
		result = c.cuMemsetD8_v2(at, 1, bytes);
	if (result == 0)
		result = c.cuCtxSynchronize();
	if (result != 0)
		return err_set(e, -ENOMEM, "the GPU does not give %" PRIu64 " bytes: CUDA error %d", bytes, result);
	return 0;
}

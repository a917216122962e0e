#include "base/jsonmem.h"

#include <jansson.h>
#include <stdlib.h>

static _Thread_local unsigned lacks;

static void *get(size_t size)
{
	void *p = malloc(size);

	if (!p)
		lacks++;
	return p;
}

/* Before there is a second thread: the library keeps the two functions in plain variables. */
static void __attribute__((constructor)) install(void)
{
	json_set_alloc_funcs(get, free);
}

unsigned jsonmem_lacks(void)
{
	return lacks;
}

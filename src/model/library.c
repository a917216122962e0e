#include "model/library.h"

#include <dlfcn.h>
#include <errno.h>

int library_open(const char *name, const struct library_symbol *symbols, size_t n, void *calls, void **out,
		 struct err *e)
{
	void *lib = dlopen(name, RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return err_set(e, -ENODEV, "%s", dlerror());
	for (size_t i = 0; i < n; i++) {
		void *symbol = dlsym(lib, symbols[i].name);

		if (!symbol && !symbols[i].may_miss) {
			dlclose(lib);
			return err_set(e, -ENOSYS, "%s has no function %s: install a newer driver", name,
				       symbols[i].name);
		}
		memcpy((char *)calls + symbols[i].at, &symbol, sizeof(symbol));
	}
	*out = lib;
	return 0;
}

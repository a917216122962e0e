/* The files below /dev through which a program reaches GPUs */
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "model/device.h"

/* Of all GPUs: CUDA counts those it can open. The last is that of the Windows Subsystem for Linux. */
static const char *const patterns[] = { "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools",
					"/dev/nvidia[0-9]*", "/dev/dxg" };

static bool is_device(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && S_ISCHR(sb.st_mode);
}

/* Pointers and texts in one block, so that one free is enough. */
static char **copy_devices(char *const *paths, size_t n)
{
	size_t bytes = (n + 1) * sizeof(char *), kept = 0;
	char **all, *text;

	for (size_t i = 0; i < n; i++)
		bytes += strlen(paths[i]) + 1;
	all = xcalloc(1, bytes);
	text = (char *)(all + n + 1);
	for (size_t i = 0; i < n; i++) {
		if (!is_device(paths[i]))
			continue;
		all[kept++] = text;
		text = stpcpy(text, paths[i]) + 1;
	}
	return all;
}

char **devices_files(const struct devices *d, size_t i)
{
	const struct device *all;
	glob_t found = { .gl_pathc = 0 };
	char **files;
	int flags = 0;

	devices_all(d, &all);
	for (size_t p = 0; all[i].is_gpu && p < N_ELEMS(patterns); p++) {
		glob(patterns[p], flags, NULL, &found);
		flags = GLOB_APPEND;
	}
	files = copy_devices(found.gl_pathv, found.gl_pathc);
	globfree(&found);
	return files;
}

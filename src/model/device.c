#include "model/device.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "model/cuda.h"
#include "model/family.h"
#include "model/nvml.h"
#include "model/ram.h"

struct devices {
	struct nvml *nvml; /* NULL: only CUDA knows of GPUs, or nobody */
	size_t n;
	struct device device[DEVICES_MOST];
	struct gpu gpu[DEVICES_MOST];
	_Atomic uint64_t ram_bytes;
};

static double gigabytes(uint64_t bytes)
{
	return (double)bytes / 1e9;
}

static int by_slot(const void *a, const void *b)
{
	const struct gpu *g = a, *h = b;

	return (g->slot > h->slot) - (g->slot < h->slot);
}

/* Does CUDA_VISIBLE_DEVICES name it, by number or by how its UUID begins? NVML shows all, CUDA only those. */
static bool is_visible(const char *list, unsigned ordinal, const char *uuid)
{
	auto_free char *words = xstrdup(list);
	char *word, *rest;
	int64_t number;

	if (!list)
		return true;
	for (word = strtok_r(words, ", ", &rest); word; word = strtok_r(NULL, ", ", &rest)) {
		if (util_int(word, &number) == 0 ? number == ordinal : util_starts(uuid, word))
			return true;
	}
	return false;
}

static void add_gpu(struct devices *d, const struct gpu *g, unsigned ordinal)
{
	struct device *v = &d->device[d->n];

	snprintf(v->name, sizeof(v->name), "gpu%u", ordinal);
	snprintf(v->title, sizeof(v->title), "%s", g->title);
	snprintf(v->uuid, sizeof(v->uuid), "%s", g->uuid);
	v->is_gpu = true;
	v->ordinal = ordinal;
	d->gpu[d->n++] = *g;
	log_info("%s is %s with %.1f GB", v->name, v->title, gigabytes(g->total));
}

static void add_ram(struct devices *d, uint64_t bytes)
{
	uint64_t most = ram_total();
	struct device *v = &d->device[d->n++];

	if (bytes > most)
		log_warn("models may have %.1f GB of main memory instead of %.1f: this host has no more",
			 gigabytes(most), gigabytes(bytes));
	d->ram_bytes = bytes == 0 ? most / 2 : bytes > most ? most : bytes;
	snprintf(v->name, sizeof(v->name), "ram0");
	snprintf(v->title, sizeof(v->title), "main memory");
	log_info("there is no GPU: models may have %.1f GB of main memory", gigabytes(d->ram_bytes));
}

/* That a library is not installed is as it should be on most hosts. */
static void log_without(int rc, const struct err *e)
{
	log_at(rc == -ENODEV ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "GPUs: %s", e->text);
}

static void look_with_nvml(struct devices *d)
{
	const char *list = getenv("CUDA_VISIBLE_DEVICES");
	struct gpu found[DEVICES_MOST];
	struct err e = ERR_INIT;
	size_t n;
	int rc = nvml_open(&d->nvml, &e);

	if (rc < 0) {
		log_without(rc, &e);
		return;
	}
	n = nvml_look(d->nvml, found, N_ELEMS(found));
	qsort(found, n, sizeof(*found), by_slot);
	for (size_t i = 0; i < n; i++) {
		if (is_visible(list, (unsigned)i, found[i].uuid))
			add_gpu(d, &found[i], (unsigned)i);
	}
	if (n > 0)
		return;
	nvml_close(d->nvml);
	d->nvml = NULL;
}

static void look_with_cuda(struct devices *d)
{
	struct gpu found[DEVICES_MOST];
	struct err e = ERR_INIT;
	int n = cuda_look(found, N_ELEMS(found), &e);

	if (n < 0) {
		log_without(n, &e);
		return;
	}
	qsort(found, (size_t)n, sizeof(*found), by_slot);
	for (int i = 0; i < n; i++)
		add_gpu(d, &found[i], (unsigned)i);
}

/* The first program that uses CUDA makes this file, by a helper with root's rights: in a sandbox that cannot work. */
static void warn_of_missing_file(void)
{
	if (access("/dev/nvidia-uvm", F_OK) < 0 && access("/dev/dxg", F_OK) < 0)
		log_warn(
			"there is no /dev/nvidia-uvm, without which servers cannot use a GPU: run nvidia-modprobe -c 0 -u");
}

int devices_open(uint64_t ram_bytes, struct devices **out, struct err *e UNUSED)
{
	struct devices *d = xcalloc(1, sizeof(*d));

	look_with_nvml(d);
	if (!d->nvml)
		look_with_cuda(d);
	if (d->n == 0)
		add_ram(d, ram_bytes);
	else
		warn_of_missing_file();
	*out = d;
	return 0;
}

void devices_close(struct devices *d)
{
	if (!d)
		return;
	nvml_close(d->nvml);
	free(d);
}

size_t devices_all(const struct devices *d, const struct device **out)
{
	*out = d->device;
	return d->n;
}

int devices_find(const struct devices *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++) {
		if (streq(d->device[i].name, name))
			return (int)i;
	}
	return -1;
}

int devices_memory(struct devices *d, size_t i, uint64_t ours, struct device_memory *out, struct err *e)
{
	struct nvml_memory m;
	uint64_t total;

	if (d->device[i].is_gpu && d->nvml) {
		int rc = nvml_memory(d->nvml, &d->gpu[i], &m, e);

		if (rc < 0)
			return err_add(e, rc, "%s", d->device[i].name);
		*out = (struct device_memory){ m.total, m.free, m.used };
		return 0;
	}
	total = d->device[i].is_gpu ? d->gpu[i].total : d->ram_bytes;
	*out = (struct device_memory){ total, total > ours ? total - ours : 0, ours };
	return 0;
}

/*
 * In a container drivers name processes by the host's numbers, or leave them out; newer ones translate the number and
 * then do not find the bytes. Where nothing of the family is in the list and a number is nobody's here, nothing is
 * known.
 */
static int64_t sum_family(const struct family *f, const struct nvml_process *list, size_t n)
{
	bool strange = false;
	int64_t sum = 0;
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!family_has(f, list[i].pid)) {
			strange |= list[i].pid <= 0 || (kill(list[i].pid, 0) < 0 && errno == ESRCH);
			continue;
		}
		if (list[i].bytes == NVML_UNKNOWN)
			return -ENOTSUP;
		sum += (int64_t)list[i].bytes;
		found++;
	}
	return found == 0 && strange ? -ENOTSUP : sum;
}

int64_t devices_process(struct devices *d, size_t i, pid_t root)
{
	auto_free struct nvml_process *list = NULL;
	struct family f;
	int64_t bytes;
	int n = 0;

	if (d->device[i].is_gpu && !d->nvml)
		return -ENOTSUP;
	if (d->device[i].is_gpu)
		n = nvml_processes(d->nvml, &d->gpu[i], &list, NULL);
	if (n < 0)
		return n;
	family_init(&f, root);
	bytes = d->device[i].is_gpu ? sum_family(&f, list, (size_t)n) : (int64_t)family_memory(&f);
	family_release(&f);
	return bytes;
}

int devices_set_total(struct devices *d, size_t i, uint64_t bytes, struct err *e)
{
	const struct device *v = &d->device[i];
	uint64_t most = ram_total();

	if (v->is_gpu)
		return err_set(e, -EPERM, "the memory of %s is what it is: only the budget of ram0 can be set",
			       v->name);
	if (bytes == 0 || bytes > most)
		return err_set(e, -ERANGE, "%s can have 1 to %" PRIu64 " bytes, not %" PRIu64, v->name, most, bytes);
	d->ram_bytes = bytes;
	return 0;
}

/* Servers such as vLLM take GPUs by number only. Those that CUDA alone knows are numbered as our own process sees them,
 * which the server does not: there the UUID says it better. */
size_t devices_environment(const struct devices *d, size_t i, char env[3][128])
{
	const struct device *v = &d->device[i];
	size_t n = 0;

	if (!v->is_gpu) {
		snprintf(env[n++], sizeof(env[0]), "CUDA_VISIBLE_DEVICES=");
		return n;
	}
	snprintf(env[n++], sizeof(env[0]), "CUDA_DEVICE_ORDER=PCI_BUS_ID");
	if (d->nvml || !v->uuid[0])
		snprintf(env[n++], sizeof(env[0]), "CUDA_VISIBLE_DEVICES=%u", v->ordinal);
	else
		snprintf(env[n++], sizeof(env[0]), "CUDA_VISIBLE_DEVICES=%s", v->uuid);
	return n;
}

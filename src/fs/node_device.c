/* models/devices/: the GPUs of this host, or main memory, and which models are on them */
#include <errno.h>
#include <stdio.h>

#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/party.h"

json_t *devices_now(struct fs *fs)
{
	const struct fs_host *host = &fs->o.host;
	json_t *all = host->devices ? host->devices(host->ud) : NULL;

	return all ? all : json_array();
}

/* The device of a row: borrowed from all. NULL when there is none */
static json_t *device_at(const json_t *all, int64_t row)
{
	return row > 0 ? json_array_get(all, (size_t)row - 1) : NULL;
}

static const char *name_of(const json_t *device)
{
	const char *name = json_string_value(json_object_get(device, "name"));

	return name ? name : "";
}

int device_stat(const struct ask *a, struct attr *out UNUSED)
{
	json_t *all = devices_now(a->fs);
	int rc = device_at(all, a->row) ? 0 : -ENOENT;

	json_decref(all);
	return rc;
}

int devices_node_list(const struct ask *a, struct listing *out)
{
	json_t *all = devices_now(a->fs), *device;
	size_t i;

	json_array_foreach (all, i, device)
		listing_add(out, name_of(device), NODE_DEVICE, (int64_t)i + 1);
	json_decref(all);
	return 0;
}

int devices_node_find(const struct ask *a, const char *name, struct found *out)
{
	json_t *all = devices_now(a->fs), *device;
	int rc = -ENOENT;
	size_t i;

	json_array_foreach (all, i, device)
		if (streq(name_of(device), name)) {
			*out = (struct found){ NODE_DEVICE, (int64_t)i + 1 };
			rc = 0;
		}
	json_decref(all);
	return rc;
}

int device_figure_show(const struct ask *a, struct buf *out)
{
	json_t *all = devices_now(a->fs), *device = device_at(all, a->row);
	const json_t *v = json_object_get(device, a->node->field);

	if (json_is_integer(v))
		buf_printf(out, "%lld\n", (long long)json_integer_value(v));
	else if (json_string_length(v))
		buf_printf(out, "%s\n", json_string_value(v));
	json_decref(all);
	return device ? 0 : -ENOENT;
}

int device_total_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	const struct fs_host *host = &a->fs->o.host;
	json_t *all = devices_now(a->fs), *device = device_at(all, a->row);
	int rc = device && host->device_total ? host->device_total(host->ud, name_of(device), text, a->e) : -ENOENT;

	json_decref(all);
	return rc;
}

/* true when the model of that name is on the device */
static bool holds(const json_t *device, const char *model)
{
	const json_t *names = json_object_get(device, "resident"), *v;
	size_t i;

	json_array_foreach (names, i, v)
		if (json_is_string(v) && streq(json_string_value(v), model))
			return true;
	return false;
}

static int model_named(const struct ask *a, const char *name, struct found *out)
{
	union party x;
	int rc = party_find(a->fs->p, PARTY_MODEL, name, &x, a->e);

	if (rc < 0)
		return rc;
	*out = (struct found){ NODE_RESIDENT, x.model.row_id };
	party_release(PARTY_MODEL, &x);
	return 0;
}

/* A model that was renamed or removed a moment ago may still be called as before. */
int resident_list(const struct ask *a, struct listing *out)
{
	json_t *all = devices_now(a->fs), *v;
	const json_t *names = json_object_get(device_at(all, a->row), "resident");
	struct found at;
	size_t i;

	json_array_foreach (names, i, v)
		if (json_is_string(v) && model_named(a, json_string_value(v), &at) == 0)
			listing_add(out, json_string_value(v), at.kind, at.row);
	json_decref(all);
	return 0;
}

int resident_find(const struct ask *a, const char *name, struct found *out)
{
	json_t *all = devices_now(a->fs);
	bool there = holds(device_at(all, a->row), name);

	json_decref(all);
	return there ? model_named(a, name, out) : -ENOENT;
}

int resident_link(const struct ask *a, struct buf *out)
{
	union party x;
	int rc = party_get(a->fs->p, PARTY_MODEL, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	buf_printf(out, "../../../%s", x.model.name);
	party_release(PARTY_MODEL, &x);
	return 0;
}

int resident_up(const struct ask *a, struct found *out)
{
	json_t *all, *device;
	union party x;
	size_t i;
	int rc = party_get(a->fs->p, PARTY_MODEL, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	rc = -ENOENT;
	all = devices_now(a->fs);
	json_array_foreach (all, i, device)
		if (holds(device, x.model.name)) {
			*out = (struct found){ NODE_DEVICE_RESIDENT, (int64_t)i + 1 };
			rc = 0;
		}
	json_decref(all);
	party_release(PARTY_MODEL, &x);
	return rc;
}

static int64_t figure(const json_t *device, const char *key)
{
	return json_integer_value(json_object_get(device, key));
}

static const char *size_of(const json_t *device, const char *key, char *text)
{
	return util_size((uint64_t)figure(device, key), text);
}

void devices_status(struct fs *fs, struct buf *out)
{
	json_t *all = devices_now(fs), *device;
	char used[UTIL_SIZE_BYTES], total[UTIL_SIZE_BYTES], foreign[UTIL_SIZE_BYTES];
	size_t i;

	if (json_array_size(all))
		buf_addc(out, '\n');
	json_array_foreach (all, i, device) {
		const char *title = json_string_value(json_object_get(device, "title"));

		buf_printf(out, "%-6s %s: %s of %s used", name_of(device), title ? title : "",
			   figure(device, "memory_used") ? size_of(device, "memory_used", used) : "nothing",
			   size_of(device, "memory_total", total));
		if (figure(device, "foreign") > 0)
			buf_printf(out, ", %s by others", size_of(device, "foreign", foreign));
		buf_addc(out, '\n');
	}
	json_decref(all);
}

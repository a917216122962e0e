/* mcps/: the engines that are installed, from their manifests; looking starts no process */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/record.h"

#define TOOL_BITS 16

static const struct mcp_manifest *manifest_of(const struct fs *fs, int64_t row)
{
	return row >= 1 && (size_t)row <= fs->o.catalog->n ? fs->o.catalog->items[row - 1] : NULL;
}

static const json_t *tool_of(const struct fs *fs, int64_t row)
{
	const struct mcp_manifest *m = manifest_of(fs, row >> TOOL_BITS);
	int64_t i = (row & ((1 << TOOL_BITS) - 1)) - 1;

	return m && i >= 0 ? json_array_get(m->tools, (size_t)i) : NULL;
}

int mcps_node_find(const struct ask *a, const char *name, struct found *out)
{
	for (size_t i = 0; i < a->fs->o.catalog->n; i++) {
		if (streq(a->fs->o.catalog->items[i]->id, name)) {
			*out = (struct found){ NODE_MCP, (int64_t)i + 1 };
			return 0;
		}
	}
	return -ENOENT;
}

int mcps_node_list(const struct ask *a, struct listing *out)
{
	for (size_t i = 0; i < a->fs->o.catalog->n; i++)
		listing_add(out, a->fs->o.catalog->items[i]->id, NODE_MCP, (int64_t)i + 1);
	return 0;
}

int mcp_node_stat(const struct ask *a, struct attr *out UNUSED)
{
	return manifest_of(a->fs, a->row) ? 0 : -ENOENT;
}

int mcp_manifest_show(const struct ask *a, struct buf *out)
{
	record_dump(manifest_of(a->fs, a->row)->json, out);
	return 0;
}

int mcp_status_show(const struct ask *a, struct buf *out)
{
	const struct mcp_manifest *m = manifest_of(a->fs, a->row);
	json_t *status = a->fs->o.host.mcp_status ? a->fs->o.host.mcp_status(a->fs->o.host.ud, m->id) : NULL;

	if (!status)
		status = json_pack("{s:s, s:s, s:s}", "id", m->id, "state", "off", "version", m->version);
	record_dump(status, out);
	json_decref(status);
	return 0;
}

/* The name of a tool may hold a slash by the protocol; in the tree it is written %2F, and a percent sign %25. */
static const char *tool_name(const json_t *tool, char *out)
{
	const char *name = json_string_value(json_object_get(tool, "name"));
	auto_buf text = BUF_INIT;

	for (; *name; name++) {
		if (*name == '/' || *name == '%')
			buf_printf(&text, "%%%02X", (unsigned char)*name);
		else
			buf_addc(&text, *name);
	}
	return name_fit(buf_str(&text), "", out);
}

int tools_node_find(const struct ask *a, const char *name, struct found *out)
{
	const struct mcp_manifest *m = manifest_of(a->fs, a->row);
	char own[NAME_BYTES];

	for (size_t i = 0; m && i < json_array_size(m->tools); i++) {
		if (streq(tool_name(json_array_get(m->tools, i), own), name)) {
			*out = (struct found){ NODE_TOOL, a->row << TOOL_BITS | (int64_t)(i + 1) };
			return 0;
		}
	}
	return -ENOENT;
}

int tools_node_list(const struct ask *a, struct listing *out)
{
	const struct mcp_manifest *m = manifest_of(a->fs, a->row);
	char own[NAME_BYTES];

	for (size_t i = 0; m && i < json_array_size(m->tools); i++)
		listing_add(out, tool_name(json_array_get(m->tools, i), own), NODE_TOOL,
			    a->row << TOOL_BITS | (int64_t)(i + 1));
	return 0;
}

int tool_up(const struct ask *a, struct found *out)
{
	*out = (struct found){ NODE_MCP_TOOLS, a->row >> TOOL_BITS };
	return 0;
}

int tool_node_stat(const struct ask *a, struct attr *out UNUSED)
{
	return tool_of(a->fs, a->row) ? 0 : -ENOENT;
}

int tool_show(const struct ask *a, struct buf *out)
{
	const json_t *v = json_object_get(tool_of(a->fs, a->row), a->node->field);

	if (json_is_string(v))
		buf_printf(out, "%s\n", json_string_value(v));
	else if (v)
		record_dump(v, out);
	return 0;
}

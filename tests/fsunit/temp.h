/* temp - the file system above the platform of tests/platform/temp.h, without a mount */
#ifndef FS0711_TESTS_FSUNIT_TEMP_H
#define FS0711_TESTS_FSUNIT_TEMP_H

#include "base/clock.h"
#include "fs/alter.h"
#include "fs/dirtime.h"
#include "fs/eventlog.h"
#include "fs/folder.h"
#include "fs/handle.h"
#include "fs/linger.h"
#include "fs/scratch.h"
#include "fs/tree.h"
#include "fs/upload.h"
#include "tests/platform/temp.h"

static struct fs *fs;
static struct mcp_manifest *manifests[2];
static struct mcp_catalog catalog = { manifests, N_ELEMS(manifests) };

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_begin, tree_end)

static inline struct mcp_manifest *make_manifest(const char *id, const char *const *tools, size_t n)
{
	json_t *list = json_array(), *doc;
	struct mcp_manifest *m = NULL;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:{}, s:{}}", "name", tools[i], "description",
						      "What it does", "inputSchema", "outputSchema"));
	doc = json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", id, "version", "1.0", "command", "/bin/true", "default_tool",
			tools[0], "tools", list);
	if (manifest_parse("/", doc, &m, &e) < 0)
		fail_msg("%s", e.text);
	return m;
}

static inline int tree_begin(void **state)
{
	static const char *const tender[] = { "parse_rfp", "summarize" }, *const echo[] = { "echo", "a/b%c" };
	struct err e = ERR_INIT;

	if (temp_open(state) < 0)
		return -1;
	manifests[0] = make_manifest("ECHO", echo, N_ELEMS(echo));
	manifests[1] = make_manifest("TENDER", tender, N_ELEMS(tender));
	fs = xcalloc(1, sizeof(*fs));
	fs->o = (struct fs_options){ .platform = p, .catalog = &catalog, .mountpoint = "/mnt" };
	fs->p = p;
	fs->started_at = clock_now_ms();
	tree_renew(); /* else live files are for a second what they were in the test before */
	fs->dirtimes = dirtimes_new();
	fs->handles = handles_new();
	fs->uploads = uploads_new();
	fs->lingers = lingers_new();
	fs->scratches = scratches_new();
	fs->eventlog = eventlog_new(fs, &e);
	return fs->eventlog && folders_start(fs, &e) == 0 ? 0 : -1;
}

static inline int tree_end(void **state)
{
	folders_stop(fs);
	handles_free(fs->handles);
	dirtimes_free(fs->dirtimes);
	uploads_free(fs->uploads);
	lingers_free(fs->lingers);
	scratches_free(fs->scratches);
	eventlog_free(fs->eventlog);
	free(fs);
	for (size_t i = 0; i < N_ELEMS(manifests); i++)
		manifest_free(manifests[i]);
	return temp_close(state);
}

/* at - the inode of a path, which must be there */
static inline uint64_t at(const char *path)
{
	struct err e = ERR_INIT;
	struct found found;

	if (tree_walk(fs, path, &found, &e) < 0)
		fail_msg("'%s' is not there: %s", path, e.text);
	return INO(found.kind, found.row);
}

/* gone - the path leads nowhere */
static inline bool gone(const char *path)
{
	struct found found;

	return tree_walk(fs, path, &found, NULL) == -ENOENT;
}

/* text - what reading the file of a path would give; good until the next call */
static inline const char *text(const char *path)
{
	static struct buf out;
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, at(path), NULL, &e);

	buf_clear(&out);
	expect_ok(tree_text(&a, &out), &e);
	return buf_str(&out);
}

/* write_file - open, write in one piece, close: the first refusal, or 0 */
static inline int write_file(const char *path, const char *bytes, int flags, struct err *e)
{
	struct handle_mode mode;
	struct handle *h;
	int rc = handle_open(fs, at(path), O_WRONLY | flags, anna.uid, &h, &mode, e);

	if (rc < 0)
		return rc;
	rc = *bytes ? handle_write(h, bytes, strlen(bytes), 0, &anna, e) : 0;
	if (rc == 0)
		rc = handle_flush(h, 0, &anna, e);
	handle_close(h, &anna);
	return rc;
}

/* copy_in - what cp does: create, write, close */
static inline int copy_in(const char *dir, const char *name, const char *bytes, struct err *e)
{
	struct handle_mode mode;
	struct handle *h;
	struct found found;
	int rc = handle_create(fs, at(dir), name, O_WRONLY | O_CREAT, anna.uid, &h, &found, &mode, e);

	if (rc < 0)
		return rc;
	rc = *bytes ? handle_write(h, bytes, strlen(bytes), 0, &anna, e) : 0;
	if (rc == 0)
		rc = handle_flush(h, 0, &anna, e);
	handle_close(h, &anna);
	return rc;
}

static inline int make_dir(const char *dir, const char *name, struct err *e)
{
	struct found found;

	return alter_mkdir(fs, at(dir), name, &anna, &found, e);
}

static inline int move(const char *dir, const char *name, const char *to, const char *to_name, struct err *e)
{
	return alter_move(fs, at(dir), name, at(to), to_name, true, &anna, e);
}

static inline int remove_at(const char *dir, const char *name, bool is_dir, struct err *e)
{
	return alter_remove(fs, at(dir), name, is_dir, &anna, e);
}

#endif

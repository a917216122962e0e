/*
 * verify MNT JOURNALS [settled] - what was acknowledged is there, once, and nothing that nobody gave is
 *
 * settled: all work has ended, so folders have become tasks. Says what is wrong, a line each; the exit status is 1
 * then.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/io.h"
#include "tests/crash/journal.h"

#define N_BUCKETS 4096

/* Bytes that were found in the mount. */
struct seen {
	struct seen *next;
	char sha[SHA256_HEX_BYTES];
	unsigned in_tasks, in_inboxes;
	char *where; /* the last place */
	char *task_id, *state, *name;
	bool trash;
};

struct task {
	char *id, *state, *name;
	bool trash;
};

static const char *mnt;
static bool settled;
static struct facts *facts;
static struct seen *seen[N_BUCKETS];
static int n_wrong;
static unsigned n_tasks, n_documents;

static void PRINTF_LIKE(1, 2) wrong(const char *fmt, ...)
{
	auto_buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (n_wrong++ < 20)
		puts(buf_str(&text));
}

static struct seen *seen_find(const char *sha)
{
	struct seen *s = seen[strtoul((char[]){ sha[0], sha[1], sha[2], '\0' }, NULL, 16)];

	while (s && !streq(s->sha, sha))
		s = s->next;
	return s;
}

static struct seen *seen_get(const char *sha)
{
	struct seen **at = &seen[strtoul((char[]){ sha[0], sha[1], sha[2], '\0' }, NULL, 16)];
	struct seen *s = seen_find(sha);

	if (s)
		return s;
	s = xcalloc(1, sizeof(*s));
	memcpy(s->sha, sha, sizeof(s->sha));
	s->next = *at;
	*at = s;
	return s;
}

static bool read_path(const char *path, struct buf *out)
{
	int rc = io_read_file(AT_FDCWD, path, out, 16 << 20);

	if (rc < 0)
		wrong("%s cannot be read: %s", path, strerror(-rc));
	return rc == 0;
}

static void each_entry(const char *path, void (*fn)(const char *path, const char *name, void *ud), void *ud)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	if (!d) {
		if (errno != ENOENT)
			wrong("%s cannot be listed: %s", path, strerror(errno));
		return;
	}
	while ((entry = readdir(d))) {
		auto_free char *child = xasprintf("%s/%s", path, entry->d_name);

		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			fn(child, entry->d_name, ud);
	}
	closedir(d);
}

/* --- what is there --- */

/* Bytes that nobody was about to give whole are half a file, or another's. */
static struct seen *see_document(const char *path)
{
	auto_buf bytes = BUF_INIT;
	char hex[SHA256_HEX_BYTES];
	struct seen *s;

	if (io_read_file(AT_FDCWD, path, &bytes, 16 << 20) == -ENOENT) /* the work has ended, the entry is gone */
		return NULL;
	sha256_hex(bytes.data, bytes.len, hex);
	if (!util_ends(path, "/base.pdf") && !facts_find(facts, FACT_DOCUMENT, hex))
		wrong("%s: nobody gave these %zu bytes", path, bytes.len);
	s = seen_get(hex);
	free(s->where);
	s->where = xstrdup(path);
	n_documents++;
	return s;
}

static void look_at_input(const char *path, const char *name UNUSED, void *ud)
{
	const struct task *t = ud;
	struct stat st;
	struct seen *s;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		each_entry(path, look_at_input, ud);
		return;
	}
	s = see_document(path);
	if (!s)
		return;
	s->in_tasks++;
	free(s->task_id);
	free(s->state);
	free(s->name);
	s->task_id = xstrdup(t->id);
	s->state = xstrdup(t->state);
	s->name = xstrdup(t->name);
	s->trash = t->trash;
}

static void check_events(const char *dir)
{
	auto_free char *path = xasprintf("%s/events.jsonl", dir);
	auto_buf text = BUF_INIT;
	int n = 0;

	if (!read_path(path, &text))
		return;
	for (const char *at = buf_str(&text); (at = strstr(at, "\"task.created\"")); at++)
		n++;
	if (n != 1)
		wrong("%s: %d times task.created", dir, n);
}

/* The directory of links shows what the task says of itself. */
static void check_link(const struct task *t, const char *engagement)
{
	auto_free char *link = streq(engagement, "default")
				       ? xasprintf("%s/tasks/%s/%s", mnt, t->state, t->name)
				       : xasprintf("%s/tasks/%s/%s@%s", mnt, t->state, t->name, engagement);
	auto_free char *text = xasprintf("../../engagements/%s/tasks/%s", engagement, t->name);
	char got[1024];
	ssize_t n = readlink(link, got, sizeof(got) - 1);

	if (n < 0 && !settled) /* it has moved on since */
		return;
	got[n < 0 ? 0 : n] = '\0';
	if (!streq(got, text))
		wrong("%s is '%s'", link, got);
}

static void look_at_task(const char *path, const char *name, void *ud)
{
	const char *engagement = ud;
	auto_free char *json = xasprintf("%s/task.json", path), *input = xasprintf("%s/input", path);
	auto_free char *former = xasprintf("%s/input/.former", path);
	auto_buf text = BUF_INIT;
	struct task t = { .name = xstrdup(name), .trash = !engagement };
	json_t *doc;

	if (streq(name, "inbox") || !read_path(json, &text)) {
		free(t.name);
		return;
	}
	doc = json_loads(buf_str(&text), 0, NULL);
	t.id = xstrdup(json_string_value(json_object_get(doc, "id")));
	t.state = xstrdup(json_string_value(json_object_get(doc, "status")));
	json_decref(doc);
	n_tasks++;
	if (!t.id || !t.state) {
		wrong("%s is no task: %s", json, buf_str(&text));
	} else {
		each_entry(input, look_at_input, &t);
		each_entry(former, look_at_input, &t);
		check_events(path);
		if (engagement)
			check_link(&t, engagement);
	}
	free(t.id);
	free(t.state);
	free(t.name);
}

/* A temporary name is its writer's alone, who is gone. Folders that wait are there with what they have. */
static void look_at_inbox(const char *path, const char *name, void *ud)
{
	struct stat st;
	struct seen *s;

	if (util_ends(name, ".receipt.json") || lstat(path, &st) < 0)
		return;
	if (name[0] == '.' || util_ends(name, ".part"))
		wrong("%s: a temporary file outlived its writer", path);
	else if (S_ISDIR(st.st_mode))
		each_entry(path, look_at_inbox, ud);
	else if (lstat(path, &st) == 0 && (s = see_document(path)))
		s->in_inboxes++;
}

static void look_at_engagement(const char *path, const char *name, void *ud UNUSED)
{
	auto_free char *tasks = xasprintf("%s/tasks", path), *inbox = xasprintf("%s/inbox", tasks);
	auto_free char *copy = xstrdup(name);

	each_entry(inbox, look_at_inbox, NULL);
	each_entry(tasks, look_at_task, copy);
}

/* --- what the journals say --- */

static bool purged(const char *sha)
{
	const struct fact *f = facts_find(facts, FACT_PURGED, sha);

	return f && (f->acked || f->n_maybe > 0);
}

static void check_document(struct fact *f, const struct seen *s)
{
	unsigned n = s ? s->in_tasks : 0;

	if (n > 1)
		wrong("document %s is there %u times, also at %s", f->key, n, s->where);
	if (f->acked && n == 0 && !purged(f->key) && (settled || !s || s->in_inboxes == 0))
		wrong("document %s was acknowledged, and is lost%s%s", f->key, s ? "; seen at " : "",
		      s ? s->where : "");
}

static void check_receipt(struct fact *f)
{
	auto_free char *path = xasprintf("%s/%s.receipt.json", mnt, f->key);
	const struct seen *s;
	auto_buf text = BUF_INIT;
	json_t *doc;
	const char *sha, *id;

	if (!f->acked)
		return;
	doc = io_read_file(AT_FDCWD, path, &text, 1 << 20) == 0 ? json_loads(buf_str(&text), 0, NULL) : NULL;
	sha = doc ? json_string_value(json_object_get(doc, "sha256")) : "none";
	id = json_string_value(json_object_get(doc, "task"));
	s = sha ? seen_find(sha) : NULL;
	if (!sha)
		wrong("%s is no receipt: %s", path, buf_str(&text));
	else if (!purged(streq(sha, "none") ? f->acked : sha) && !fact_allows(f, sha))
		wrong("%s: of %s, acknowledged was %s", path, sha, f->acked);
	else if (id && s && s->task_id && !streq(s->task_id, id))
		wrong("%s: of task %s, but it is an input of %s", path, id, s->task_id);
	json_decref(doc);
}

static void check_text(struct fact *f)
{
	auto_free char *path = xasprintf("%s/%s", mnt, f->key);
	auto_buf text = BUF_INIT;

	if (!read_path(path, &text) || text.len == 0)
		return;
	text.data[strcspn(text.data, "\n")] = '\0';
	if (!fact_allows(f, text.data))
		wrong("%s is '%s', acknowledged was '%s'", f->key, text.data, f->acked);
}

/* Under one of its names, the one that may be; and not under two. */
static void check_party(struct fact *f)
{
	const char *got = "none";
	char *names[] = { xasprintf("e%s", f->key), xasprintf("f%s", f->key) };
	int n = 0;

	for (size_t i = 0; i < N_ELEMS(names); i++) {
		auto_free char *path = xasprintf("%s/engagements/%s", mnt, names[i]);

		if (access(path, F_OK) == 0) {
			got = names[i];
			n++;
		}
	}
	if (n > 1)
		wrong("engagement %s has two names", f->key);
	else if (!fact_allows(f, got))
		wrong("engagement %s is '%s', acknowledged was '%s'", f->key, got, f->acked);
	for (size_t i = 0; i < N_ELEMS(names); i++)
		free(names[i]);
}

static void check_fact(struct fact *f, void *ud UNUSED)
{
	const struct seen *s = f->kind < FACT_TEXT && f->kind != FACT_RECEIPT ? seen_find(f->key) : NULL;
	const char *got = NULL;

	switch (f->kind) {
	case FACT_DOCUMENT: check_document(f, s); break;
	case FACT_PURGED:
		if (f->acked && s && s->in_tasks > 0)
			wrong("document %s was purged, and is at %s", f->key, s->where);
		break;
	case FACT_RECEIPT: check_receipt(f); break;
	case FACT_STATE: got = s ? s->state : NULL; break;
	case FACT_NAME: got = s ? s->name : NULL; break;
	case FACT_TRASH: got = !s ? NULL : s->trash ? "yes" : "no"; break;
	case FACT_TEXT: check_text(f); break;
	case FACT_PARTY: check_party(f); break;
	case N_FACT_KINDS: break;
	}
	if (got && f->kind == FACT_NAME && s->trash) /* there it is NAME@ENGAGEMENT */
		return;
	if (got && !fact_allows(f, got))
		wrong("the %s of %s is '%s', acknowledged was '%s'", fact_word(f->kind), s->where, got, f->acked);
}

/* A task is created once in the public log too. */
static void check_log(void)
{
	auto_free char *path = xasprintf("%s/events", mnt);
	auto_buf text = BUF_INIT;
	json_t *ids = json_object();
	char *rest = NULL;

	if (read_path(path, &text) && text.len > 0) {
		for (char *l = strtok_r(text.data, "\n", &rest); l; l = strtok_r(NULL, "\n", &rest)) {
			json_t *event = json_loads(l, 0, NULL);
			const char *type = json_string_value(json_object_get(event, "type"));
			const char *id = json_string_value(json_object_get(json_object_get(event, "data"), "task_id"));

			if (!type)
				wrong("%s: half a line: %s", path, l);
			else if (streq(type, "task.created") && id && json_object_get(ids, id))
				wrong("%s: task %s is created twice", path, id);
			else if (streq(type, "task.created") && id)
				json_object_set_new(ids, id, json_true());
			else if (streq(type, "task.created"))
				wrong("%s: no task in %s", path, l);
			json_decref(event);
		}
	}
	json_decref(ids);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	mnt = argv[1];
	settled = argc > 3;
	facts = journals_read(argv[2]);
	auto_free char *engagements = xasprintf("%s/engagements", mnt), *trash = xasprintf("%s/.trash", mnt);
	auto_free char *inbox = xasprintf("%s/tasks/inbox", mnt);

	each_entry(inbox, look_at_inbox, NULL);
	each_entry(engagements, look_at_engagement, NULL);
	each_entry(trash, look_at_task, NULL);
	facts_each(facts, check_fact, NULL);
	check_log();
	if (n_wrong > 0)
		printf("%d things are wrong with %u tasks and %u documents\n", n_wrong, n_tasks, n_documents);
	return n_wrong > 0;
}

/* Every kind of node: what a listing shows can be found, looked at and read, and the sizes are true. */
#include <unistd.h>

#include "fs/view.h"
#include "platform/delivery.h"
#include "platform/refusal.h"
#include "platform/review.h"
#include "platform/trash.h"
#include "tests/fsunit/temp.h"

static void inode_numbers(void **state UNUSED)
{
	static const int64_t rows[] = { 0, 1, 255, 256, ((int64_t)1 << 44) | 5, ((int64_t)1 << 45) - 1 };

	for (unsigned kind = 1; kind < N_NODE_KINDS; kind++)
		for (size_t i = 0; i < N_ELEMS(rows); i++) {
			uint64_t ino = INO(kind, rows[i]);

			assert_int_equal(INO_KIND(ino), kind);
			assert_int_equal(INO_ROW(ino), rows[i]);
			assert_true(ino < (uint64_t)1 << 53);
		}
}

static void names_in_views(void **state UNUSED)
{
	char stem[NAME_BYTES], out[NAME_BYTES], again[NAME_BYTES];

	assert_string_equal(view_name("rfp", "acme", false, out), "rfp@acme");
	assert_string_equal(view_name("rfp", "default", true, out), "rfp");
	memset(stem, 'a', sizeof(stem) - 1);
	stem[sizeof(stem) - 1] = '\0';
	assert_string_equal(view_name(stem, "default", true, out), stem);
	view_name(stem, "acme", false, out);
	assert_int_equal(strlen(out), 255);
	assert_true(util_ends(out, "@acme"));
	assert_non_null(strchr(out, '~'));
	stem[254] = 'b';
	assert_string_not_equal(view_name(stem, "acme", false, again), out);
	view_name("rfp", stem, false, out);
	assert_true(strlen(out) <= 255);
}

/* A day that is over, with one event. */
static int add_old_event(struct tx *tx, void *arg UNUSED, struct err *e)
{
	struct event ev = {
		.id = (char *)"old", .type = (char *)"engagement.created", .created_at = 1000, .data = (char *)"{}"
	};

	return row_insert(tx, &event_table, &ev, e);
}

/* An endpoint with a delivery that waits. */
static void add_endpoint(void)
{
	struct err e = ERR_INIT;

	expect_ok(make_dir("webhooks/endpoints", "shop", &e), &e);
	expect_ok(write_file("webhooks/endpoints/shop/url", "https://127.0.0.1/\n", 0, &e), &e);
	expect_ok(write_file("webhooks/endpoints/shop/secret", "generate\n", 0, &e), &e);
	assert_true(delivery_expand(p, &e) > 0);
}

/* What a keeper would say: one GPU with the only model on it. */
static json_t *a_model(void *ud UNUSED, int64_t row UNUSED)
{
	return json_pack("{s:s, s:s, s:s, s:{s:I, s:n, s:I}, s:i, s:s, s:i, s:{s:f, s:f}, s:s}", "state", "resident",
			 "reason", "", "device", "gpu0", "memory", "estimated", (json_int_t)4000000000, "measured",
			 "held", (json_int_t)4100000000, "in_use", 2, "last_used", "2026-01-31T17:00:00.000Z", "loads",
			 3, "load_seconds", "last", 4.5, "median", 4.0, "temperature", "warm");
}

static json_t *a_device(void *ud UNUSED)
{
	return json_pack("[{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:[s, s]}]", "name", "gpu0", "title", "A GPU", "uuid",
			 "GPU-1", "memory_total", (json_int_t)80000000000, "memory_free", (json_int_t)75000000000,
			 "memory_used", (json_int_t)5000000000, "foreign", (json_int_t)900000000, "resident", "parser",
			 "gone");
}

static int a_log(void *ud UNUSED, int64_t row UNUSED, struct buf *out)
{
	buf_addstr(out, "listening\n");
	return 0;
}

static int do_nothing(void *ud UNUSED, int64_t row UNUSED, const char *verb, struct err *e)
{
	return streq(verb, "load") ? 0 : err_set(e, -EBUSY, "it is being used");
}

static void add_model(void)
{
	struct err e = ERR_INIT;

	fs->o.host.model = a_model;
	fs->o.host.devices = a_device;
	fs->o.host.model_log = a_log;
	fs->o.host.model_do = do_nothing;
	expect_ok(make_dir("models", "parser", &e), &e);
}

/* One of everything. */
static void populate(void)
{
	int64_t row, acme = new_engagement("acme"), reviewed;
	const struct inbox box = { .number = acme, .engagement_row = acme };
	struct err e = ERR_INIT;
	struct work w;
	struct upload *u;
	const struct dropdir root = { .parent_row = 0 };

	expect_ok(party_create(p, PARTY_EXPERT, "anna", &anna, &row, &e), &e);
	expect_ok(party_create(p, PARTY_COMPANY, "acme", &anna, &row, &e), &e);
	reviewed = drop("reviewed.pdf", "1");
	drop("reviewed.pdf", "1, written again");
	set(SETTING_REWRITE_QUIET, "0");
	drop("reviewed.pdf", "1, and again");
	finish("{\"title\": \"T\", \"confidence\": 50}");
	expect_ok(review_correct(p, reviewed, "{\"title\": \"U\"}", 14, &anna, &e), &e);
	row = drop_as(&(struct dropped){ .box = &box, .name = "rfp.pdf", .text = "2" });
	finish("{\"confidence\": 95}");
	row = drop("failed.pdf", "");
	claim_none();
	expect_state(row, TASK_FAILED);
	row = drop("trashed.pdf", "3");
	finish("{\"confidence\": 95}");
	expect_ok(trash_put(p, row, &e), &e);
	row = drop("trashed.pdf", "4");
	finish("{\"confidence\": 95}");
	expect_ok(trash_put(p, row, &e), &e);
	row = drop("cancelled.pdf", "5");
	expect_ok(review_cancel(p, row, &anna, &e), &e);
	row = drop("running.pdf", "6");
	claim(&w);
	work_log(p, &w, "a line");
	work_progress(p, &w, 40, "page 2 of 5");
	work_release(&w);
	expect_ok(make_dir("tasks/inbox", "lot", &e), &e);
	expect_ok(make_dir("tasks/inbox/lot", "annex", &e), &e);
	expect_ok(copy_in("tasks/inbox/lot/annex", "a.pdf", "7", &e), &e);
	expect_ok(write_file("tasks/inbox/lot/ctl", "submit\n", 0, &e), &e);
	expect_ok(make_dir("tasks/inbox", "open", &e), &e);
	drop("request.json", "{\"title\": \"Ask\"}");
	expect_ok(upload_create(fs, &root, "being written.pdf", 1000, &u, &e), &e);
	expect_ok(upload_write(u, "half", 4, 0), &e);
	expect_ok(scratch_create(fs, at("engagements/acme"), ".engagement.json.swp", &row, &e), &e);
	expect(write_file("tasks/needs_review/reviewed/review", "perhaps\n", 0, &e), -EINVAL, &e, NULL);
	expect_ok(store_write(p->store, add_old_event, NULL, &e), &e);
	add_endpoint();
	add_model();
}

static bool seen[N_NODE_KINDS];

static void check_attr(const struct ask *a, const char *path, struct attr *attr)
{
	auto_buf out = BUF_INIT;
	struct stat sb;
	int fd;

	if (tree_stat(a, attr) < 0)
		fail_msg("'%s' is listed and not there: %s", path, a->e->text);
	assert_int_equal(attr->mode & S_IFMT, a->node->mode & S_IFMT);
	assert_true(attr->modified_at > 0);
	if (a->node->show) {
		expect_ok(tree_text(a, &out), a->e);
		if (attr->size != (int64_t)out.len)
			fail_msg("'%s' has %zu bytes and says %jd", path, out.len, (intmax_t)attr->size);
		assert_true(name_utf8(buf_str(&out), out.len));
	} else if (a->node->link) {
		expect_ok(a->node->link(a, &out), a->e);
		assert_int_equal(attr->size, out.len);
	} else if (a->node->open && INO_ROW(INO(0, a->row)) && strstr(path, "being written") == NULL) {
		fd = a->node->open(a);
		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &sb), 0);
		assert_int_equal(sb.st_size, attr->size);
		close(fd);
	}
}

/* What a listing or a search knows of a file is what asking for it says. */
static void check_known(const struct ask *a, const struct found *at, const struct attr *attr, const char *path)
{
	struct attr known;

	expect_ok(tree_stat_found(a, at, &known), a->e);
	if (known.size != attr->size || known.modified_at != attr->modified_at || known.mode != attr->mode)
		fail_msg("'%s' is known as %jd bytes of %jd, and is %jd of %jd", path, (intmax_t)known.size,
			 (intmax_t)known.modified_at, (intmax_t)attr->size, (intmax_t)attr->modified_at);
}

static void check_dir(uint64_t ino, const char *path);

static void check_entry(const struct ask *dir, const struct entry *x, const char *path)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, INO(x->at.kind, x->at.row), NULL, &e);
	char name[NAME_BYTES];
	struct found found;
	struct attr attr;

	seen[x->at.kind] = true;
	expect_ok(name_clean(x->name, name, &e), &e);
	assert_string_equal(name, x->name);
	if (tree_find(dir, x->name, &found) < 0)
		fail_msg("'%s' is listed and not found", path);
	assert_int_equal(found.kind, x->at.kind);
	assert_int_equal(found.row, x->at.row);
	check_attr(&a, path, &attr);
	check_known(&a, &x->at, &attr, path);
	check_known(&a, &found, &attr, path);
	if (S_ISDIR(attr.mode))
		check_dir(INO(x->at.kind, x->at.row), path);
}

/* Who comes by a file handle finds the way up. */
static void check_parent(const struct entry *x, uint64_t dir, const char *path)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, INO(x->at.kind, x->at.row), NULL, &e);
	struct found up;

	if (tree_parent(&a, &up) < 0 || INO(up.kind, up.row) != dir)
		fail_msg("'%s' does not find its directory: %s", path, e.text);
}

static void check_dir(uint64_t ino, const char *path)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, ino, NULL, &e);
	struct listing l;
	struct found found;

	expect_ok(tree_list(&a, &l), &e);
	for (size_t i = 0; i < l.n; i++) {
		auto_free char *below = xasprintf("%s/%s", path, l.entry[i].name);

		for (size_t k = 0; k < i; k++)
			if (streq(l.entry[i].name, l.entry[k].name))
				fail_msg("'%s' is listed twice", below);
		check_entry(&a, &l.entry[i], below);
		check_parent(&l.entry[i], ino, below);
	}
	listing_free(&l);
	assert_int_equal(tree_find(&a, "no such name", &found), -ENOENT);
}

static void hidden_ones(void)
{
	static const struct {
		const char *path;
		unsigned kind;
	} rows[] = {
		{ "events.follow", NODE_EVENTS_FOLLOW },
		{ "events.since/0", NODE_EVENTS_AFTER },
		{ "tasks/inbox/open/ctl", NODE_FOLDER_CTL },
		{ "tasks/inbox/@TENDER", NODE_INBOX_MCP },
		{ "tasks/inbox/@TENDER/summarize", NODE_INBOX_TOOL },
		{ "engagements/acme/tasks/inbox/@ECHO", NODE_INBOX_MCP },
		{ "engagements/default/tasks/reviewed/wait", NODE_TASK_WAIT },
		{ "engagements/default/tasks/reviewed/wait.review", NODE_TASK_WAIT_REVIEW },
		{ "engagements/default/tasks/reviewed/input/.former", NODE_TASK_FORMER },
		{ "engagements/default/tasks/reviewed/input/.former/reviewed.1.pdf", NODE_DOCUMENT },
		{ "engagements/default/tasks/reviewed/input/.former/reviewed.2.pdf", NODE_DOCUMENT },
		{ "engagements/default/tasks/reviewed/result.1.json", NODE_DOCUMENT },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;
		struct ask a = tree_ask(fs, at(rows[i].path), NULL, &e);
		auto_free char *above = xstrdup(rows[i].path);
		char *slash = strrchr(above, '/');
		struct attr attr;

		if (slash)
			*slash = '\0';
		check_parent(&(struct entry){ .at = { (unsigned)(a.node - nodes), a.row } }, at(slash ? above : ""),
			     rows[i].path);
		assert_int_equal(INO_KIND(at(rows[i].path)), rows[i].kind);
		check_attr(&a, rows[i].path, &attr);
		seen[rows[i].kind] = true;
		if (S_ISDIR(attr.mode))
			check_dir(at(rows[i].path), rows[i].path);
	}
	assert_true(gone("tasks/inbox/@NONE"));
	assert_true(gone("tasks/inbox/@TENDER/none"));
	assert_true(gone("tasks/inbox/lot/@TENDER"));
}

static void what_is_listed_is_there(void **state UNUSED)
{
	populate();
	memset(seen, 0, sizeof(seen));
	seen[NODE_ROOT] = true;
	check_dir(INO(NODE_ROOT, 0), "");
	hidden_ones();
	for (unsigned k = NODE_ROOT; k < N_NODE_KINDS; k++)
		if (!seen[k])
			fail_msg("no node of kind %u (%s) was seen", k, nodes[k].name ? nodes[k].name : "?");
}

static void links_lead_to_their_tasks(void **state UNUSED)
{
	populate();
	for (int s = 0; s < N_TASK_STATES; s++) {
		auto_free char *dir = xasprintf("tasks/%s", task_state_words[s]);
		struct err e = ERR_INIT;
		struct ask a = tree_ask(fs, at(dir), NULL, &e);
		struct listing l;

		expect_ok(tree_list(&a, &l), &e);
		assert_true(l.n > 0);
		for (size_t i = 0; i < l.n; i++) {
			struct ask link = tree_ask(fs, INO(l.entry[i].at.kind, l.entry[i].at.row), NULL, &e);
			auto_free char *status = NULL, *wanted = xasprintf("%s\n", task_state_words[s]);
			auto_buf out = BUF_INIT;

			expect_ok(link.node->link(&link, &out), &e);
			assert_true(util_starts(buf_str(&out), "../../"));
			assert_true(at(buf_str(&out) + 6) == INO(NODE_TASK, l.entry[i].at.row));
			status = xasprintf("%s/status", buf_str(&out) + 6);
			assert_string_equal(text(status), wanted);
		}
		listing_free(&l);
	}
}

static void models_are_as_their_keeper_says(void **state UNUSED)
{
	struct err e = ERR_INIT;

	add_model();
	assert_string_equal(text("models/parser/state"), "resident\n");
	assert_string_equal(text("models/parser/reason"), "");
	assert_string_equal(text("models/parser/device"), "gpu0\n");
	assert_string_equal(text("models/parser/in_use"), "2\n");
	assert_string_equal(text("models/parser/loads"), "3\n");
	assert_string_equal(text("models/parser/last_used"), "2026-01-31T17:00:00.000Z\n");
	assert_non_null(strstr(text("models/parser/memory"), "\"measured\": null"));
	assert_string_equal(text("models/parser/log"), "listening\n");
	assert_string_equal(text("models/devices/gpu0/name"), "A GPU\n");
	assert_string_equal(text("models/devices/gpu0/foreign"), "900000000\n");
	assert_true(at("models/devices/gpu0/resident/parser") == INO(NODE_RESIDENT, INO_ROW(at("models/parser"))));
	assert_true(gone("models/devices/gpu0/resident/gone"));
	assert_true(gone("models/devices/gpu1"));
	assert_non_null(strstr(text("models/status"), "gpu0   A GPU: 5.0 GB of 80.0 GB used, 900.0 MB by others\n"));
	assert_non_null(strstr(text("metrics"), "fs0711_models{state=\"resident\"} 1\n"));
	assert_non_null(strstr(text("metrics"), "fs0711_device_memory_used_bytes{device=\"gpu0\"} 5000000000\n"));
	expect(remove_at("models", "parser", true, &e), -EBUSY, &e, "answers requests now: 2");
}

static void models_that_nobody_keeps(void **state UNUSED)
{
	const char *spec = "{\"runner\": \"remote\", \"url\": \"https://models.example/v1\"}";
	struct err e = ERR_INIT;

	expect_ok(make_dir("models", "large", &e), &e);
	expect_ok(write_file("models/large/spec.json", spec, O_TRUNC, &e), &e);
	assert_string_equal(text("models/large/state"), "unloaded\n");
	assert_string_equal(text("models/large/reason"), "no models are kept by this process\n");
	assert_string_equal(text("models/large/device"), "");
	assert_string_equal(text("models/large/loads"), "0\n");
	assert_string_equal(text("models/large/last_used"), "");
	assert_string_equal(text("models/large/log"), "");
	assert_non_null(strstr(text("models/large/load_seconds"), "\"median\": null"));
	assert_non_null(strstr(text("models/large/ctl"), "wake    no: no models are kept by this process\n"));
	assert_true(gone("models/devices/gpu0"));
	expect(write_file("models/large/ctl", "load\n", 0, &e), -ENODEV, &e, "no models are kept by this process");
	expect_ok(remove_at("models", "large", true, &e), &e);
	assert_true(gone("models/large"));
}

static void verbs_are_its_keepers(void **state UNUSED)
{
	struct err e = ERR_INIT;

	add_model();
	assert_string_equal(text("models/parser/ctl"), "load    no: it is resident\n"
						       "unload  no: it answers requests: 2\n"
						       "pin     yes\n"
						       "unpin   no: it is not pinned\n"
						       "sleep   no: its spec has no sleep\n"
						       "wake    no: it is resident\n");
	expect_ok(write_file("models/parser/ctl", "load\n", 0, &e), &e);
	expect(write_file("models/parser/ctl", "unload\n", 0, &e), -EBUSY, &e, "it is being used");
	assert_non_null(strstr(text("models/parser/error"), "EBUSY: it is being used"));
	expect(write_file("models/parser/ctl", "LOAD\n", 0, &e), -EINVAL, &e, "load, unload, pin");
	expect_ok(write_file("models/parser/spec.json", "{\"runner\": \"remote\", \"url\": \"https://models.example\"}",
			     O_TRUNC, &e),
		  &e);
	expect(write_file("models/parser/ctl", "pin\n", 0, &e), -ENOTSUP, &e, "'parser' is remote");
	expect(write_file("models/parser/ctl", "unpin\n", 0, &e), -ENOTSUP, &e, "nothing here to unpin");
}

/* Names of 255 bytes, so that every derived name must be cut: they are found under what the listing says. */
static void long_names_are_found(void **state UNUSED)
{
	char file[NAME_BYTES], engagement[NAME_BYTES];
	struct inbox box;
	struct err e = ERR_INIT;
	int64_t row;

	memset(file, 'f', 255);
	memcpy(file + 251, ".pdf", 5);
	memset(engagement, 'e', 255);
	engagement[255] = '\0';
	row = new_engagement(engagement);
	box = (struct inbox){ .number = row, .engagement_row = row };
	row = drop_as(&(struct dropped){ .box = &box, .name = file, .text = "1" });
	drop_as(&(struct dropped){ .box = &box, .name = file, .text = "1, again" });
	drop_as(&(struct dropped){ .box = &box, .name = file, .text = "2", .who = &ben });
	drop(file, "3");
	set(SETTING_REWRITE_QUIET, "0");
	check_dir(INO(NODE_ROOT, 0), "");
	expect_ok(review_cancel(p, row, &anna, &e), &e);
	expect_ok(trash_put(p, row, &e), &e);
	check_dir(INO(NODE_ROOT, 0), "");
}

/* An inode number of a row that is no more; what no row stands behind is always there. */
static void rows_that_are_gone(void **state UNUSED)
{
	for (unsigned k = NODE_ROOT; k < N_NODE_KINDS; k++) {
		struct err e = ERR_INIT;
		struct ask a = tree_ask(fs, INO(k, 40000), NULL, &e);
		struct handle *h;
		struct attr attr;
		int rc = tree_stat(&a, &attr);

		if (a.node->stat && k != NODE_EVENTS && rc != -ENOENT)
			fail_msg("kind %u answers %s", k, rc ? err_name(rc) : "0");
		if (rc == 0)
			continue;
		if (S_ISDIR(a.node->mode))
			assert_int_equal(handle_opendir(fs, INO(k, 40000), &h, &e), -ENOENT);
	}
	assert_int_equal(tree_stat(&(struct ask){ fs, &nodes[0], 0, NULL, NULL, 0 }, &(struct attr){ 0 }), -ENOENT);
	assert_true(tree_ask(fs, 255, NULL, NULL).node == &nodes[NODE_NONE]);
}

static void walking(void **state UNUSED)
{
	struct found found;
	struct err e = ERR_INIT;

	drop("rfp.pdf", "1");
	assert_true(at("") == 1);
	assert_true(at("//engagements///default/./tasks/rfp/") == at("engagements/default/tasks/rfp"));
	assert_true(at("tasks/todo/rfp/status") == at("engagements/default/tasks/rfp/status"));
	assert_int_equal(tree_walk(fs, "README.txt/x", &found, &e), -ENOTDIR);
	assert_int_equal(tree_walk(fs, "tasks/\xff", &found, &e), -EILSEQ);
	assert_int_equal(tree_walk(fs, "tasks/a\nb", &found, &e), -EINVAL);
}

static void the_log_of_events_grows(void **state UNUSED)
{
	char bytes[65536];
	int64_t time, before = eventlog_size(fs, &time), after;
	ssize_t n;

	assert_true(before > 0);
	drop("rfp.pdf", "1");
	after = eventlog_size(fs, &time);
	assert_true(after > before);
	assert_true(time <= clock_now_ms() && time > clock_now_ms() - 60000);
	n = eventlog_read(fs, bytes, sizeof(bytes), 0);
	assert_int_equal(n, after);
	assert_int_equal(bytes[n - 1], '\n');
	assert_non_null(memmem(bytes + before, (size_t)(n - before), "task.created", 12));
	assert_int_equal(eventlog_read(fs, bytes, sizeof(bytes), after), 0);
}

/* A daemon runs for years: only the directories that changed lately are remembered. */
static void times_of_directories(void **state UNUSED)
{
	const int64_t n = 100000;
	int64_t last = 0;

	for (int64_t row = 1; row <= n; row++)
		dirtime_touch(fs, INO(NODE_TASK, row));
	for (int64_t row = n - 1000; row <= n; row++)
		assert_true(dirtime_get(fs, INO(NODE_TASK, row), 0) > 0);
	assert_int_equal(dirtime_get(fs, INO(NODE_TASK, 1), 0), 0);
	for (int i = 0; i < 100; i++) {
		dirtime_touch(fs, INO(NODE_TASKS, 0));
		assert_true(dirtime_get(fs, INO(NODE_TASKS, 0), 0) > last);
		last = dirtime_get(fs, INO(NODE_TASKS, 0), 0);
	}
	dirtime_forget(fs, INO(NODE_TASKS, 0));
	assert_int_equal(dirtime_get(fs, INO(NODE_TASKS, 0), 7), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inode_numbers),
		cmocka_unit_test(names_in_views),
		IN_TREE(what_is_listed_is_there),
		IN_TREE(links_lead_to_their_tasks),
		IN_TREE(models_are_as_their_keeper_says),
		IN_TREE(models_that_nobody_keeps),
		IN_TREE(verbs_are_its_keepers),
		IN_TREE(long_names_are_found),
		IN_TREE(rows_that_are_gone),
		IN_TREE(walking),
		IN_TREE(the_log_of_events_grows),
		IN_TREE(times_of_directories),
	};

	return RUN_TESTS(tests);
}

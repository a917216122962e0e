#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/dir.h"

#define BUSY_TIMEOUT_MS 10000 /* only another program that opened the file can make us wait */

/* In pages of 4 KiB: the log is copied back when it has so many and nothing waits, or so many although something does.
 */
#define WAL_PAGES_IDLE 1
#define WAL_PAGES_BUSY 4000
/* A log that readers keep from starting anew is worth a moment without them when it has grown to this. */
#define WAL_PAGES_ALONE 16000

struct site {
	struct dir *dir;
	char *path; /* of the database */
	bool read_only;
	bool still; /* read only, and nothing can change it or is left in its log */
};

struct conn {
	sqlite3 *db;
	struct site *site;
	sqlite3_stmt *verbs[N_TX_VERBS];
	int wal_pages;    /* in the log, as the last commit said */
	int wal_copied;   /* of them known to be in the database */
	int wal_next_try; /* below this a busy writer lets the log be */
};

static const struct {
	int code, rc;
	const char *text; /* NULL: the database's own words */
} causes[] = {
	{ SQLITE_CONSTRAINT_UNIQUE, -EEXIST, NULL },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, -EEXIST, NULL },
	{ SQLITE_CONSTRAINT_ROWID, -EEXIST, NULL },
	{ SQLITE_CONSTRAINT, -EINVAL, NULL },
	{ SQLITE_FULL, -ENOSPC, "no space is left: make room on its disk" },
	{ SQLITE_NOMEM, -ENOMEM, "out of memory" },
	{ SQLITE_CORRUPT, -EUCLEAN, "it is damaged: unmount it and run 0711ctl fsck" },
	{ SQLITE_NOTADB, -EUCLEAN, "it is no database: restore it from a backup, or run 0711ctl fsck" },
	{ SQLITE_BUSY, -EBUSY, "another program holds it locked: end that program" },
	{ SQLITE_READONLY, -EROFS, "it cannot be written: check its permissions and its file system" },
	{ SQLITE_PERM, -EACCES, "permission denied" },
	{ SQLITE_CANTOPEN, -EACCES, "it cannot be opened: check its permissions" },
	{ SQLITE_TOOBIG, -EFBIG, "a text is too long" },
	{ SQLITE_IOERR, -EIO, "its disk reports an error: see the kernel's log" },
};

static int cause_find(int code)
{
	for (size_t i = 0; i < N_ELEMS(causes); i++)
		if (causes[i].code == code)
			return (int)i;
	return (code & 0xff) == code ? -1 : cause_find(code & 0xff);
}

/* A full quota is no SQLITE_FULL, and a missing directory is no lack of permission: the system's number says more. */
static int system_errno(int was, int code)
{
	if ((code & 0xff) == SQLITE_IOERR && (was == ENOSPC || was == EDQUOT || was == ENOMEM))
		return -was;
	if ((code & 0xff) == SQLITE_CANTOPEN && was)
		return -was;
	return 0;
}

/* fail_as - the failure of the last call on db as -errno, with a sentence; was: the system's number for it */
static int fail_as(sqlite3 *db, int was, struct err *e)
{
	const char *path = sqlite3_db_filename(db, "main");
	int code = sqlite3_extended_errcode(db), known = cause_find(code), rc = system_errno(was, code);

	if (rc < 0)
		return err_set(e, rc, "database \"%s\": %s", path, strerror(-rc));
	if (known < 0)
		return err_set(e, -EIO, "database \"%s\": %s (%d)", path, sqlite3_errmsg(db), code);
	rc = causes[known].rc;
	return err_set(e, rc, "database \"%s\": %s", path,
		       causes[known].text ? causes[known].text : sqlite3_errmsg(db));
}

static int fail(sqlite3 *db, struct err *e)
{
	return fail_as(db, sqlite3_system_errno(db), e);
}

/* SQLite would make it as the umask says; its other files take over the mode of this one. */
static int make_private(const char *path, struct err *e)
{
	auto_close int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? err_errno(e, "cannot open \"%s\"", path) : 0;
}

static void site_free(struct site *s)
{
	dir_close(s->dir);
	free(s->path);
	free(s);
}

static int site_open(const char *source, struct site **out, struct err *e)
{
	struct site *s = xcalloc(1, sizeof(*s));
	int rc = dir_open(source, &s->dir, e);

	if (rc == 0) {
		s->path = xasprintf("%s/platform.db", dir_path(s->dir));
		rc = make_private(s->path, e);
	}
	if (rc < 0) {
		site_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

/* Without a writer, what is in the log is all that may still come to the database. */
static bool has_log(const struct site *s)
{
	auto_free char *log = xasprintf("%s-wal", s->path);
	struct stat sb;

	return stat(log, &sb) == 0 && sb.st_size > 0;
}

static int site_open_read(const char *source, struct site **out, struct err *e)
{
	struct site *s = xcalloc(1, sizeof(*s));
	int rc = dir_open_read(source, &s->dir, e);

	s->read_only = true;
	if (rc == 0) {
		s->path = xasprintf("%s/platform.db", dir_path(s->dir));
		if (access(s->path, R_OK) < 0)
			rc = err_errno(e, "cannot read \"%s\"", s->path);
		s->still = !dir_holder(s->dir) && !has_log(s);
	}
	if (rc < 0) {
		site_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

static const char *site_holder(const struct site *s)
{
	return dir_holder(s->dir);
}

static const char *site_dir(const struct site *s)
{
	return dir_path(s->dir);
}

static int script(struct conn *c, const char *sql, struct err *e)
{
	return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(c->db, e);
}

static int count_wal(void *conn, sqlite3 *db UNUSED, const char *name UNUSED, int n_pages)
{
	struct conn *c = conn;

	if (n_pages < c->wal_pages) { /* it has started anew */
		c->wal_copied = 0;
		c->wal_next_try = 0;
	}
	c->wal_pages = n_pages;
	return SQLITE_OK;
}

/* The log's file keeps 16 MiB when it starts anew: growing a file again makes each sync dearer. */
static const char writer_setup[] = "PRAGMA journal_mode = WAL;"
				   "PRAGMA synchronous = FULL;"
				   "PRAGMA wal_autocheckpoint = 0;"
				   "PRAGMA journal_size_limit = 16777216;"
				   "PRAGMA cache_size = -16384;"
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA trusted_schema = OFF;";
static const char reader_setup[] = "PRAGMA query_only = ON;"
				   "PRAGMA cache_size = -4096;"
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA trusted_schema = OFF;";

static int note_mode(void *is_wal, int n UNUSED, char **values, char **names UNUSED)
{
	*(bool *)is_wal = values[0] && streq(values[0], "wal");
	return 0;
}

/* A file system without shared memory leaves the mode as it was, without an error. */
static int check_wal(struct conn *c, struct err *e)
{
	bool is_wal = false;

	if (sqlite3_exec(c->db, "PRAGMA journal_mode", note_mode, &is_wal, NULL) != SQLITE_OK)
		return fail(c->db, e);
	return is_wal ? 0
		      : err_set(e, -EOPNOTSUPP, "database \"%s\": its file system has no shared memory", c->site->path);
}

static void disconnect(struct conn *c)
{
	for (int i = 0; i < N_TX_VERBS; i++)
		sqlite3_finalize(c->verbs[i]);
	sqlite3_close(c->db);
	free(c);
}

/* The database as a URI. One that is still is called immutable: then SQLite makes no files beside it. */
static char *uri_of(const struct site *s)
{
	struct buf b = BUF_INIT;

	buf_addstr(&b, "file:");
	for (const char *p = s->path; *p; p++)
		if (*p == '%' || *p == '?' || *p == '#')
			buf_printf(&b, "%%%02x", (unsigned)*p);
		else
			buf_addc(&b, *p);
	if (s->still)
		buf_addstr(&b, "?immutable=1");
	return buf_steal(&b);
}

static int open_database(struct site *s, sqlite3 **db)
{
	auto_free char *uri = s->read_only ? uri_of(s) : NULL;
	int rc;

	if (!s->read_only)
		return sqlite3_open_v2(s->path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	rc = sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	if (rc == SQLITE_OK) /* the log is the writer's to copy back */
		sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return rc;
}

static int connect_to(struct site *s, bool writes, struct conn **out, struct err *e)
{
	struct conn *c = xcalloc(1, sizeof(*c));
	int rc = 0;

	c->site = s;
	if (open_database(s, &c->db) != SQLITE_OK)
		rc = c->db ? fail(c->db, e) : err_set(e, -ENOMEM, "out of memory");
	if (rc == 0) {
		sqlite3_busy_timeout(c->db, BUSY_TIMEOUT_MS);
		sqlite3_extended_result_codes(c->db, 1);
		rc = script(c, writes ? writer_setup : reader_setup, e);
	}
	if (rc == 0 && writes)
		rc = check_wal(c, e);
	if (rc < 0) {
		disconnect(c);
		return rc;
	}
	if (writes)
		sqlite3_wal_hook(c->db, count_wal, c);
	*out = c;
	return 0;
}

static int prepare_text(struct conn *c, const char *sql, sqlite3_stmt **out, struct err *e)
{
	if (sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
		return fail(c->db, e);
	return 0;
}

static int tx(struct conn *c, enum tx_verb verb, struct err *e)
{
	static const char *const texts[N_TX_VERBS] = {
		[TX_READ] = "BEGIN",           [TX_WRITE] = "BEGIN IMMEDIATE", [TX_COMMIT] = "COMMIT",
		[TX_ROLLBACK] = "ROLLBACK",    [TX_SAVE] = "SAVEPOINT one",    [TX_KEEP] = "RELEASE one",
		[TX_UNDO] = "ROLLBACK TO one",
	};
	int rc = c->verbs[verb] ? 0 : prepare_text(c, texts[verb], &c->verbs[verb], e);

	if (rc < 0)
		return rc;
	errno = 0;
	if (sqlite3_step(c->verbs[verb]) !=
	    SQLITE_DONE) /* of a COMMIT SQLite itself does not keep the system's number */
		rc = verb == TX_COMMIT ? fail_as(c->db, errno, e) : fail(c->db, e);
	sqlite3_reset(c->verbs[verb]);
	if (rc == 0 && verb == TX_UNDO)
		return tx(c, TX_KEEP, e);
	return rc;
}

static bool in_tx(const struct conn *c)
{
	return !sqlite3_get_autocommit(c->db);
}

static void copy_back(struct conn *c, int mode)
{
	int in_log, copied;
	int rc = sqlite3_wal_checkpoint_v2(c->db, "main", mode, &in_log, &copied);

	if (rc == SQLITE_OK || rc == SQLITE_BUSY) {
		c->wal_copied = copied > 0 ? copied : 0;
	} else {
		log_warn("cannot copy the log of \"%s\" into it, it grows: %s", c->site->path, sqlite3_errmsg(c->db));
		c->wal_copied = c->wal_pages; /* not again before the next write */
	}
	c->wal_next_try = c->wal_pages + WAL_PAGES_BUSY;
}

/* While a reader has an old snapshot the log cannot start anew; in a busy store there may always be one. */
static bool upkeep(struct conn *c, enum upkeep when)
{
	if (when == UPKEEP_ALONE) {
		copy_back(c, SQLITE_CHECKPOINT_RESTART);
		return false;
	}
	if (when == UPKEEP_IDLE) {
		if (c->wal_pages - c->wal_copied >= WAL_PAGES_IDLE)
			copy_back(c, SQLITE_CHECKPOINT_PASSIVE);
		return false;
	}
	if (c->wal_pages < WAL_PAGES_BUSY || c->wal_pages < c->wal_next_try)
		return false;
	copy_back(c, SQLITE_CHECKPOINT_PASSIVE);
	return c->wal_pages >= WAL_PAGES_ALONE;
}

struct check {
	int (*fn)(const char *fault, void *ud);
	void *ud;
	int rc;
};

static int note_fault(void *ud, int n UNUSED, char **values, char **names UNUSED)
{
	struct check *k = ud;

	if (values[0] && !streq(values[0], "ok"))
		k->rc = k->fn(values[0], k->ud);
	return k->rc;
}

static int check(struct conn *c, int (*fn)(const char *fault, void *ud), void *ud, struct err *e)
{
	struct check k = { fn, ud, 0 };
	int rc = sqlite3_exec(c->db, "PRAGMA integrity_check", note_fault, &k, NULL);

	return rc == SQLITE_OK || k.rc != 0 ? k.rc : fail(c->db, e);
}

static int reindex(struct conn *c, struct err *e)
{
	return script(c, "REINDEX", e);
}

/* $1 is a name for SQLite, ?1 a number. */
static char *with_numbers(const char *sql)
{
	char *text = xstrdup(sql);

	for (char *p = text; *p; p++)
		if (p[0] == '$' && p[1] >= '0' && p[1] <= '9')
			*p = '?';
	return text;
}

/* struct stmt is SQLite's statement under a name of ours, so that no type of theirs leaves this file. */
static sqlite3_stmt *own(struct stmt *s)
{
	return (sqlite3_stmt *)s;
}

static int prepare(struct conn *c, const char *sql, struct stmt **out, struct err *e)
{
	auto_free char *text = with_numbers(sql);

	return prepare_text(c, text, (sqlite3_stmt **)out, e);
}

static void unprepare(struct stmt *s)
{
	sqlite3_finalize(own(s));
}

static int bind(sqlite3_stmt *s, int i, const struct val *v)
{
	switch (v->type) {
	case VAL_INT: return sqlite3_bind_int64(s, i, v->i);
	case VAL_REAL: return sqlite3_bind_double(s, i, v->r);
	case VAL_TEXT: return sqlite3_bind_text(s, i, v->s, -1, SQLITE_STATIC);
	case VAL_NULL: break;
	}
	return sqlite3_bind_null(s, i);
}

static int start(struct stmt *s, const struct val *args, size_t n_args, struct err *e)
{
	for (size_t i = 0; i < n_args; i++)
		if (bind(own(s), (int)i + 1, &args[i]) != SQLITE_OK)
			return fail(sqlite3_db_handle(own(s)), e);
	return 0;
}

static int step(struct stmt *s, struct err *e)
{
	int rc = sqlite3_step(own(s));

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : fail(sqlite3_db_handle(own(s)), e);
}

static struct val column(struct stmt *s, int i)
{
	switch (sqlite3_column_type(own(s), i)) {
	case SQLITE_INTEGER: return V_INT(sqlite3_column_int64(own(s), i));
	case SQLITE_FLOAT: return (struct val){ .type = VAL_REAL, .r = sqlite3_column_double(own(s), i) };
	case SQLITE_NULL: return (struct val){ .type = VAL_NULL };
	}
	return (struct val){ .type = VAL_TEXT, .s = (const char *)sqlite3_column_text(own(s), i) };
}

static int64_t n_changed(struct stmt *s)
{
	return sqlite3_changes(sqlite3_db_handle(own(s)));
}

static void finish(struct stmt *s)
{
	sqlite3_reset(own(s));
	sqlite3_clear_bindings(own(s));
}

const struct engine sqlite_engine = {
	.name = "sqlite",
	.key_type = "INTEGER PRIMARY KEY",
	.open = site_open,
	.open_read = site_open_read,
	.close = site_free,
	.dir = site_dir,
	.holder = site_holder,
	.connect = connect_to,
	.disconnect = disconnect,
	.script = script,
	.tx = tx,
	.in_tx = in_tx,
	.upkeep = upkeep,
	.check = check,
	.reindex = reindex,
	.prepare = prepare,
	.unprepare = unprepare,
	.start = start,
	.step = step,
	.column = column,
	.n_changed = n_changed,
	.finish = finish,
};

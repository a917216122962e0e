/* What doctor looks at in a source */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/crypto.h"
#include "ctl/doctor_parts.h"
#include "platform/endpoint.h"
#include "platform/model.h"
#include "platform/vault.h"

#define SPACE_ENOUGH  ((uint64_t)1 << 30)
#define INODES_ENOUGH 10000

static void look_directory(const struct patient *p, struct answer *a)
{
	struct stat sb;

	if (stat(p->source, &sb) < 0 && errno == ENOENT)
		answer_ok(a, "'%s' is not there, and is made by the first mount", p->source);
	else if (stat(p->source, &sb) < 0)
		answer_lack(a, VERDICT_LACK, "choose another directory", "'%s': %s", p->source, strerror(errno));
	else if (!S_ISDIR(sb.st_mode))
		answer_lack(a, VERDICT_LACK, "choose a directory", "'%s' is no directory", p->source);
	else if (access(p->source, R_OK | W_OK | X_OK) < 0)
		answer_lack(a, VERDICT_LACK, "mount as its owner, or choose a directory of your own",
			    "you cannot write to '%s': %s", p->source, strerror(errno));
	else if (sb.st_mode & (S_IRWXG | S_IRWXO))
		answer_lack(a, VERDICT_LESS, "run: chmod 700 on it",
			    "other users may look into '%s', where the documents lie", p->source);
	else
		answer_ok(a, "'%s' is yours alone", p->source);
}

static void look_store(const struct patient *p, struct answer *a)
{
	struct err e = ERR_INIT;
	struct store *st;

	if (!ctl_is_platform(p->source)) {
		answer_ok(a, "no platform is there yet");
		return;
	}
	if (store_open_read(p->source, &st, &e) < 0) {
		answer_lack(a, VERDICT_LACK, "0711ctl fsck says more; mount it with the version that made it", "%s",
			    e.text);
		return;
	}
	if (store_holder(st))
		answer_ok(a, "in use by process %s", store_holder(st));
	else
		answer_ok(a, "a platform is there, and not mounted");
	store_close(st);
}

struct sealed {
	struct platform only; /* its vault; NULL: there is no key file */
	int n, n_unreadable;
};

static int count_endpoint(void *row, void *ud)
{
	const struct endpoint *x = row;
	struct sealed *s = ud;

	s->n += x->secrets || x->headers;
	s->n_unreadable += (x->secrets || x->headers) && (!s->only.vault || endpoint_readable(&s->only, x, NULL) < 0);
	return 0;
}

static int count_model(void *row, void *ud)
{
	auto_free char *key = NULL;
	const struct model *m = row;
	struct sealed *s = ud;

	s->n += m->key != NULL;
	s->n_unreadable += m->key && (!s->only.vault || model_key(&s->only, m, &key, NULL) < 0);
	if (key)
		crypto_wipe(key, strlen(key));
	return 0;
}

static int read_sealed(struct tx *tx, void *arg, struct err *e)
{
	int rc = row_each(tx, Q_ENDPOINTS_ALL, NULL, count_endpoint, arg, e);

	return rc < 0 ? rc : row_each(tx, Q_MODELS_ALL, NULL, count_model, arg, e);
}

static int count_unreadable(const char *source, struct sealed *s, struct err *e)
{
	struct store *st;
	int rc = ctl_is_platform(source) ? store_open_read(source, &st, e) : -ENOENT;

	if (rc < 0)
		return rc;
	rc = store_read(st, read_sealed, s, e);
	store_close(st);
	return rc;
}

/* Whether the key file that a mount without the option keyfile would use fits what is sealed. */
static void look_key(const struct patient *p, struct answer *a)
{
	auto_free char *path = xasprintf("%s/key", p->source);
	struct err e = ERR_INIT;
	struct vault *vault = NULL;
	struct sealed s = { .n = 0 };
	int rc = vault_read(path, &vault, &e);

	s.only.vault = vault;
	if (rc < 0 && rc != -ENOENT)
		answer_lack(a, VERDICT_LACK,
			    "without it nothing is mounted; put back a copy, or mount with -o keyfile=", "%s", e.text);
	else if (count_unreadable(p->source, &s, &e) < 0 || s.n == 0)
		answer_ok(a, "no secret is sealed");
	else if (s.n_unreadable == 0)
		answer_ok(a, "'%s' opens what is sealed of %d endpoints and models", path, s.n);
	else
		answer_lack(
			a, VERDICT_LESS,
			"mount with -o keyfile= and the file from when they were written, or write secrets and "
			"headers anew into webhooks/endpoints/, and keys into models/",
			vault ? "'%s' does not open what is sealed of %d of %d endpoints and models"
			      : "'%s' is not there, and cannot open what is sealed of %d of %d endpoints and models",
			path, s.n_unreadable, s.n);
	vault_close(vault);
}

/* The file system of the nearest directory that is there. */
static int fs_of(const char *path, struct statvfs *out)
{
	auto_free char *at = xstrdup(path);

	while (statvfs(at, out) < 0) {
		char *slash = strrchr(at, '/');

		if (errno != ENOENT)
			return -errno;
		if (!slash)
			return statvfs(".", out) < 0 ? -errno : 0;
		slash[slash == at] = '\0';
	}
	return 0;
}

static void look_space(const struct patient *p, struct answer *a)
{
	struct statvfs sv;
	int rc = fs_of(p->source, &sv);
	uint64_t room = rc < 0 ? 0 : (uint64_t)sv.f_bavail * sv.f_frsize;

	if (rc < 0)
		answer_lack(a, VERDICT_LACK, "choose another directory", "'%s': %s", p->source, strerror(-rc));
	else if (sv.f_flag & ST_RDONLY)
		answer_lack(a, VERDICT_LACK, "run as root: mount -o remount,rw on it",
			    "the file system of '%s' cannot be written", p->source);
	else if (room < SPACE_ENOUGH)
		answer_lack(a, VERDICT_LESS, "make room, or move the source to a larger disk",
			    "only %" PRIu64 " MiB are free", room >> 20);
	else if (sv.f_files > 0 && sv.f_favail < INODES_ENOUGH)
		answer_lack(a, VERDICT_LESS, "remove small files there, or choose another disk",
			    "its disk has room for only %ju more files", (uintmax_t)sv.f_favail);
	else
		answer_ok(a, "%" PRIu64 " MiB are free", room >> 20);
}

const struct examination source_examinations[] = {
	{ "source", look_directory }, { "store", look_store }, { "key", look_key },
	{ "space", look_space },      { NULL, NULL },
};

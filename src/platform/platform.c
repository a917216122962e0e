#include "platform/platform.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/attr.h"
#include "platform/delivery.h"
#include "platform/party.h"
#include "platform/settings.h"
#include "platform/vault.h"
#include "platform/work.h"
#include "store/dir.h"

static char *login_of(uid_t uid)
{
	struct passwd pw, *found = NULL;
	char text[4096];

	if (getpwuid_r(uid, &pw, text, sizeof(text), &found) == 0 && found)
		return xstrdup(found->pw_name);
	return xasprintf("uid%u", (unsigned)uid);
}

static char *host_name(void)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	return xstrdup(*name ? name : "localhost");
}

/* A platform has an engagement from the start: the one that tasks/inbox belongs to. */
static int ensure_default(struct platform *p, struct err *e)
{
	auto_free char *name = settings_text(p, SETTING_DEFAULT_ENGAGEMENT);
	struct actor who;
	union party x;
	int64_t row;
	int rc = party_find(p, PARTY_ENGAGEMENT, name, &x, e);

	if (rc == 0)
		party_release(PARTY_ENGAGEMENT, &x);
	if (rc != -ENOENT)
		return rc;
	actor_of(p, getuid(), &who);
	return party_create(p, PARTY_ENGAGEMENT, name, &who, &row, e);
}

static int check_as(struct platform *p, struct err *e)
{
	union party x;
	int rc;

	if (!p->as)
		return 0;
	rc = party_find(p, PARTY_EXPERT, p->as, &x, e);
	if (rc == -ENOENT)
		return err_set(e, -EINVAL, "-o as=%s: there is no expert of that name; make it with mkdir experts/%s",
			       p->as, p->as);
	if (rc == 0)
		party_release(PARTY_EXPERT, &x);
	return rc;
}

static int open_vault(struct platform *p, const char *keyfile, struct err *e)
{
	auto_free char *beside = xasprintf("%s/key", store_dir(p->store));

	return vault_open(keyfile ? keyfile : beside, &p->vault, e);
}

int platform_open(const struct platform_options *o, struct platform **out, struct err *e)
{
	struct platform *p = xcalloc(1, sizeof(*p));
	int rc;

	p->engines = o->engines;
	p->as = xstrdup(o->as);
	p->owner = login_of(getuid());
	p->host = host_name();
	p->refusals = refusals_new();
	p->holds = holds_new();
	p->live = live_new();
	rc = store_open(o->source, &p->store, e);
	if (rc == 0)
		rc = blobs_open(store_dir(p->store), &p->blobs, e);
	if (rc == 0 && !o->no_vault)
		rc = open_vault(p, o->keyfile, e);
	if (rc == 0)
		rc = settings_load(p, e);
	if (rc == 0)
		rc = ensure_default(p, e);
	if (rc == 0)
		rc = check_as(p, e);
	if (rc < 0) {
		platform_close(p);
		return rc;
	}
	*out = p;
	return 0;
}

void platform_close(struct platform *p)
{
	if (!p)
		return;
	store_close(p->store);
	blobs_close(p->blobs);
	settings_free(p->settings);
	refusals_free(p->refusals);
	holds_free(p->holds);
	live_free(p->live);
	vault_close(p->vault);
	free(p->as);
	free(p->owner);
	free(p->host);
	free(p);
}

bool platform_orphaned(const char *source)
{
	return dir_orphaned(source);
}

void platform_watch(struct platform *p, void (*fn)(void *ud, const struct change *c, size_t n), void *ud)
{
	p->watch = fn;
	p->watch_ud = ud;
	store_watch(p->store, fn, ud);
}

static int recover(struct tx *tx, void *arg, struct err *e)
{
	struct platform *p = arg;
	int rc = row_exec(tx, Q_TASKS_LEASE_RESET, ARGS(V_TEXT(p->host)), e);

	if (rc >= 0)
		rc = delivery_recover(tx, e);
	return rc < 0 ? rc : attr_sweep(tx, e);
}

int platform_recover(struct platform *p, struct err *e)
{
	return store_write(p->store, recover, p, e);
}

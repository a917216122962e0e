#include "platform/sealed.h"

#include <errno.h>

#include "platform/vault.h"

static char *context_of(const struct sealed_place *at)
{
	return xasprintf("%s %s %s", at->kind, at->id, at->what);
}

int sealed_put(struct platform *p, const struct sealed_place *at, const char *text, char **field, struct err *e)
{
	auto_free char *context = context_of(at);
	char *sealed = NULL;
	int rc = text ? vault_seal(p->vault, context, text, &sealed, e) : 0;

	if (rc < 0)
		return err_add(e, rc, "the %s of %s '%s'", at->what, at->kind, at->name);
	free(*field);
	*field = sealed;
	return 0;
}

int sealed_open(struct platform *p, const struct sealed_place *at, const char *sealed, char **out, struct err *e)
{
	auto_free char *context = context_of(at);
	int rc;

	*out = NULL;
	if (!sealed)
		return 0;
	rc = vault_unseal(p->vault, context, sealed, out, e);
	return rc < 0 ? err_add(e, rc, "the %s of %s '%s'", at->what, at->kind, at->name) : 0;
}

bool sealed_lost(int rc)
{
	return rc == -EKEYREJECTED || rc == -EBADMSG || rc == -EUCLEAN;
}

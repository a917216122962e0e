/*
 * Specs of models as people write them: what is taken is sound and has a path to ask, what is refused says why, and no
 * stranger gets a command of theirs into one.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/model.h"
#include "platform/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_taken(const struct model *m)
{
	struct err e = ERR_INIT;
	int rc = model_ready(m, &e);

	if (model_sound(m, &e) < 0 || model_health(m)[0] != '/')
		abort();
	if (rc != 0 && (rc != -ENOTSUP || !e.text[0]))
		abort();
}

static void check_refused(const struct model *m, const struct err *why)
{
	struct err e = ERR_INIT;

	if (why->code != -EINVAL || !why->text[0] || model_ready(m, &e) != -ENOTSUP)
		abort();
}

static void check_stranger(const struct model *was, const struct model *now)
{
	const struct actor who = { .uid = getuid() + 1, .name = "ben" };
	struct err e = ERR_INIT;
	bool refused = model_may(was, now, &who, &e) == -EPERM;

	if (refused != (now->command || now->path || now->env))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct model m = { .name = NULL }, was = { .name = NULL };
	struct err e = ERR_INIT;
	json_t *doc = NULL;

	if (record_parse((const char *)bytes, len, &doc, &e) < 0)
		return 0;
	model_fill(&m);
	model_fill(&was);
	if (record_apply(&model_table, &m, doc, &e) == 0) {
		if (model_check(NULL, NULL, &m, &e) == 0)
			check_taken(&m);
		else
			check_refused(&m, &e);
		check_stranger(&was, &m);
	}
	row_release(&model_table, &m);
	row_release(&model_table, &was);
	json_decref(doc);
	return 0;
}

/* models - models of the platform of temp.h */
#ifndef FS0711_TESTS_PLATFORM_MODELS_H
#define FS0711_TESTS_PLATFORM_MODELS_H

#include <unistd.h>

#include "platform/model.h"
#include "tests/platform/temp.h"

#define SERVER                                                                                                            \
	"{\"runner\": \"server\", \"command\": [\"serve\", \"--port\", \"{port}\", \"{path}\"], \"path\": \"/weights\", " \
	"\"memory_bytes\": 4000000000}"

/* operator - who runs the mount; stranger - somebody else who reaches it */
static inline const struct actor *operator(void)
{
	static struct actor who = { .name = "anna" };

	who.uid = getuid();
	return &who;
}

static inline const struct actor *stranger(void)
{
	static struct actor who = { .name = "ben" };

	who.uid = getuid() + 1;
	return &who;
}

static inline int put_spec(int64_t row, const char *doc, const struct actor *who, struct err *e)
{
	return party_put(p, PARTY_MODEL, row, doc, strlen(doc), who, e);
}

static inline int64_t new_model(const char *name, const char *doc)
{
	struct err e = ERR_INIT;
	int64_t row;

	expect_ok(party_create(p, PARTY_MODEL, name, operator(), &row, &e), &e);
	expect_ok(put_spec(row, doc, operator(), &e), &e);
	return row;
}

/* get_model - the texts live until the next call */
static inline const struct model *get_model(int64_t row)
{
	static union party x;
	struct err e = ERR_INIT;

	party_release(PARTY_MODEL, &x);
	expect_ok(party_get(p, PARTY_MODEL, row, &x, &e), &e);
	return &x.model;
}

/* tell - a step of a model's history; memory as it is then */
static inline int tell(const struct model_news *news, struct model_memory *memory, struct err *e)
{
	return model_tell(p, news, memory, e);
}

#endif

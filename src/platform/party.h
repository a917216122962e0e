/* party - experts, companies, engagements, webhook endpoints and models: named records that people make and edit */
#ifndef FS0711_PLATFORM_PARTY_H
#define FS0711_PLATFORM_PARTY_H

#include "base/buf.h"
#include "platform/actor.h"
#include "platform/refusal.h"

enum party_kind { PARTY_EXPERT, PARTY_COMPANY, PARTY_ENGAGEMENT, PARTY_ENDPOINT, PARTY_MODEL, N_PARTY_KINDS };

/* A record of any of the kinds: use the member that the kind says; release it with party_release. */
union party {
	struct expert expert;
	struct company company;
	struct engagement engagement;
	struct endpoint endpoint;
	struct model model;
};

/* party_table - the fields of a kind */
const struct table *party_table(enum party_kind kind);
/* party_refusal - under which kind its refusals are kept */
enum refusal_kind party_refusal(enum party_kind kind);
void party_release(enum party_kind kind, union party *x);
int64_t party_updated(enum party_kind kind, const union party *x);

/* party_name - borrowed from x */
const char *party_name(enum party_kind kind, const union party *x);

/* party_create - a record with defaults; name in its clean form. 0 and *row_id, -EEXIST, -EINVAL */
int party_create(struct platform *p, enum party_kind kind, const char *name, const struct actor *who, int64_t *row_id,
		 struct err *e);
/* party_get, party_find - fill out; -ENOENT */
int party_get(struct platform *p, enum party_kind kind, int64_t row_id, union party *out, struct err *e);
int party_find(struct platform *p, enum party_kind kind, const char *name, union party *out, struct err *e);
/* party_each - fn for each record's listing in order of rows; fn returning not 0 ends it */
int party_each(struct platform *p, enum party_kind kind, int64_t after, int (*fn)(void *listing, void *ud), void *ud,
	       struct err *e);
/* party_put - change a record by a JSON document (record_apply). -EINVAL, -ERANGE, -EPERM: the old one stays */
int party_put(struct platform *p, enum party_kind kind, int64_t row_id, const char *text, size_t len,
	      const struct actor *who, struct err *e);
/* party_set - change one field from text without its newline */
int party_set(struct platform *p, enum party_kind kind, int64_t row_id, const struct field *f, const char *text,
	      const struct actor *who, struct err *e);
/*
 * party_alter - as party_set, with a function that changes the record; it may run more than once
 * Returns what apply gave, or as party_put
 */
int party_alter(struct platform *p, enum party_kind kind, int64_t row_id,
		int (*apply)(struct tx *tx, union party *x, void *arg, struct err *e), void *arg,
		const struct actor *who, struct err *e);
/* party_rename - -EEXIST when the name is taken, -EINVAL, -EPERM for the default engagement's */
int party_rename(struct platform *p, enum party_kind kind, int64_t row_id, const char *name, struct err *e);
/* party_remove - -ENOTEMPTY while something belongs to it */
int party_remove(struct platform *p, enum party_kind kind, int64_t row_id, struct err *e);

#endif

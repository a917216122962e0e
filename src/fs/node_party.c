/* engagements/, experts/, companies/, endpoints and models: records that people make, edit, rename and remove */
#include <errno.h>
#include <stdlib.h>

#include "base/jsonmem.h"
#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/party.h"
#include "platform/record.h"
#include "platform/refusal.h"

/* Which kind of record a node is about, by its place in the tree. */
static enum party_kind party_of(const struct ask *a)
{
	unsigned kind = (unsigned)(a->node - nodes);

	if ((kind >= NODE_MODELS && kind <= NODE_MODEL_ERROR) || kind == NODE_RESIDENT)
		return PARTY_MODEL;
	if (kind >= NODE_ENDPOINTS && kind <= NODE_ENDPOINT_ERROR)
		return PARTY_ENDPOINT;
	if ((kind >= NODE_COMPANIES && kind <= NODE_COMPANY_ERROR) || kind == NODE_COMPANY_PROFILE)
		return PARTY_COMPANY;
	return kind >= NODE_EXPERTS && kind <= NODE_EXPERT_ERROR ? PARTY_EXPERT : PARTY_ENGAGEMENT;
}

static const unsigned dir_kinds[N_PARTY_KINDS] = {
	[PARTY_EXPERT] = NODE_EXPERT,     [PARTY_COMPANY] = NODE_COMPANY, [PARTY_ENGAGEMENT] = NODE_ENGAGEMENT,
	[PARTY_ENDPOINT] = NODE_ENDPOINT, [PARTY_MODEL] = NODE_MODEL,
};

int party_node_stat(const struct ask *a, struct attr *out)
{
	enum party_kind kind = party_of(a);
	union party x;
	int rc = party_get(a->fs->p, kind, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	out->modified_at = party_updated(kind, &x);
	party_release(kind, &x);
	return 0;
}

int party_node_find(const struct ask *a, const char *name, struct found *out)
{
	enum party_kind kind = party_of(a);
	union party x;
	int rc = party_find(a->fs->p, kind, name, &x, a->e);

	if (rc < 0)
		return rc;
	*out = (struct found){ dir_kinds[kind], x.expert.row_id, true, 0, party_updated(kind, &x) };
	party_release(kind, &x);
	return 0;
}

struct adding {
	struct listing *out;
	unsigned kind;
};

static int add_party(void *row, void *ud)
{
	const struct party_listing *r = row;
	struct adding *x = ud;

	listing_add(x->out, r->name, x->kind, r->row_id);
	listing_know(x->out, 0, r->updated_at);
	return 0;
}

int party_node_list(const struct ask *a, struct listing *out)
{
	enum party_kind kind = party_of(a);

	return party_each(a->fs->p, kind, 0, add_party, &(struct adding){ out, dir_kinds[kind] }, a->e);
}

int party_node_mkdir(const struct ask *a, const char *name, struct found *out)
{
	enum party_kind kind = party_of(a);

	*out = (struct found){ dir_kinds[kind], 0 };
	return party_create(a->fs->p, kind, name, a->who, &out->row, a->e);
}

int party_node_remove(const struct ask *a, const char *name UNUSED, struct found at)
{
	return party_remove(a->fs->p, party_of(a), at.row, a->e);
}

int party_node_move(const struct ask *a, const char *name UNUSED, struct found at, struct found to, const char *to_name,
		    bool replace UNUSED)
{
	if (&nodes[to.kind] != a->node)
		return err_set(a->e, -EPERM, "a record stays in its directory: it can only be renamed there");
	return party_rename(a->fs->p, party_of(a), at.row, to_name, a->e);
}

int party_node_removable(const struct ask *a UNUSED)
{
	return 0;
}

int party_node_refusals(const struct ask *a, int64_t *row)
{
	*row = a->row;
	return party_refusal(party_of(a));
}

int party_json_show(const struct ask *a, struct buf *out)
{
	enum party_kind kind = party_of(a);
	unsigned lacks = jsonmem_lacks();
	union party x;
	json_t *doc;
	int rc = party_get(a->fs->p, kind, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	doc = record_json(party_table(kind), &x);
	record_dump(doc, out);
	json_decref(doc);
	party_release(kind, &x);
	return jsonmem_lacks() != lacks ? -ENOMEM : 0;
}

int party_json_put(const struct ask *a, const char *text, size_t len)
{
	return party_put(a->fs->p, party_of(a), a->row, text, len, a->who, a->e);
}

/* What a company says of itself to engines: one field, as a document of its own. */
int company_profile_show(const struct ask *a, struct buf *out)
{
	unsigned lacks = jsonmem_lacks();
	union party x;
	json_t *doc;
	int rc = party_get(a->fs->p, PARTY_COMPANY, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	doc = x.company.profile ? json_loads(x.company.profile, 0, NULL) : json_object();
	record_dump(doc, out);
	json_decref(doc);
	party_release(PARTY_COMPANY, &x);
	return jsonmem_lacks() != lacks ? -ENOMEM : 0;
}

int company_profile_put(const struct ask *a, const char *text, size_t len)
{
	auto_free char *record = NULL;
	json_t *profile = NULL, *doc;
	int rc = record_parse(text, len, &profile, a->e);

	if (rc == 0 && !json_is_object(profile))
		rc = err_set(a->e, -EINVAL, "a profile must be a JSON object");
	if (rc < 0) {
		json_decref(profile);
		return rc;
	}
	doc = json_pack("{s:o}", "profile", profile);
	record = doc ? json_dumps(doc, JSON_COMPACT) : NULL;
	json_decref(doc);
	return record ? party_put(a->fs->p, PARTY_COMPANY, a->row, record, strlen(record), a->who, a->e) : -ENOMEM;
}

int party_field_show(const struct ask *a, struct buf *out)
{
	enum party_kind kind = party_of(a);
	union party x;
	int rc = party_get(a->fs->p, kind, a->row, &x, a->e);

	if (rc < 0)
		return rc;
	record_value(field_find(party_table(kind), a->node->field), &x, out);
	party_release(kind, &x);
	return 0;
}

int party_field_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	enum party_kind kind = party_of(a);

	return party_set(a->fs->p, kind, a->row, field_find(party_table(kind), a->node->field), text, a->who, a->e);
}

int party_error_show(const struct ask *a, struct buf *out)
{
	refusal_get(a->fs->p, party_refusal(party_of(a)), a->row, out);
	return 0;
}

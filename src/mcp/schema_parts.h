/* schema_parts - what the walk (schema.c) and the keywords (schema_keywords.c) share */
#ifndef FS0711_MCP_SCHEMA_PARTS_H
#define FS0711_MCP_SCHEMA_PARTS_H

#include "base/buf.h"
#include "mcp/schema.h"

#define MATCH_STEPS 16 /* at least, for one pattern */

struct check {
	const json_t *root;
	struct err *e; /* NULL while trying alternatives */
	struct buf path;
	unsigned depth, steps;
	int64_t until_ms;
	bool exhausted;
};

enum schema_kind { ANY, NUMBER, STRING, ARRAY, OBJECT };

/* One row per keyword. A keyword looks at values of one kind and lets all others pass, as the standard wants. */
struct schema_keyword {
	const char *name;
	enum schema_kind kind;
	/* arg is the keyword's value, schema the object it stands in. Returns 0 or -EINVAL */
	int (*check)(struct check *c, const json_t *schema, const json_t *arg, const json_t *value);
};

/* schema_keyword_find - NULL for a keyword that is ignored */
const struct schema_keyword *schema_keyword_find(const char *name);

/* schema_refuse - the value at the present place does not fit, with the words behind the place; -EINVAL */
int schema_refuse(struct check *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* schema_spend - false when the work has become too much */
bool schema_spend(struct check *c, size_t steps);

/* schema_value, schema_member, schema_element - check a value, the member key or the element i of an array */
int schema_value(struct check *c, const json_t *schema, const json_t *value);
int schema_member(struct check *c, const json_t *schema, const json_t *value, const char *key);
int schema_element(struct check *c, const json_t *schema, const json_t *array, size_t i);
/* schema_fits - does it fit, without a word about why not? */
bool schema_fits(struct check *c, const json_t *schema, const json_t *value);

#endif

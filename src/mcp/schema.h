/*
 * schema - check a JSON value against a JSON Schema (draft 2020-12, most of it)
 *
 * Checked: type enum const; minimum maximum exclusiveMinimum exclusiveMaximum multipleOf; minLength maxLength pattern;
 * items prefixItems minItems maxItems uniqueItems contains; properties patternProperties additionalProperties
 * propertyNames required dependentRequired minProperties maxProperties; allOf anyOf oneOf not; if then else; $ref
 * inside the document ("#", "#/$defs/x"); true and false as schemas; draft 7's items as an array.
 * Every other keyword, format among them, is ignored, and so is a $ref to another document: nothing is ever fetched.
 * Patterns are PCRE2's, which reads those of ECMA-262 in all common cases; one that cannot be compiled is ignored.
 */
#ifndef FS0711_MCP_SCHEMA_H
#define FS0711_MCP_SCHEMA_H

#include <jansson.h>

#include "base/err.h"

/*
 * schema_check - does the value fit? schema may be NULL: everything fits then
 * Returns 0; -EINVAL with "'/items/3/page' is a string, it must be an integer" (the place as a JSON pointer); or -E2BIG
 * when schema and value together are nested too deep or too large to be checked. Both are only read
 */
int schema_check(const json_t *schema, const json_t *value, struct err *e);

#endif

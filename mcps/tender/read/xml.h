/* xml - walking trees of libxml2, which is used here and in the readers of XML formats */
#ifndef TENDER_XML_H
#define TENDER_XML_H

#include <libxml/xmlreader.h>

#include "base/util.h"

/* No network, no entities, the library's own limits of depth and size, nothing on standard error. */
#define XML_SAFE (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT)

/* xml_parse - the whole as a tree for small parts, NULL when it is no XML; xmlFreeDoc frees it */
xmlDoc *xml_parse(const char *bytes, size_t len);

/* xml_is - n is an element of that local name, in any name space */
static inline bool xml_is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && streq((const char *)n->name, name);
}

/* xml_attr - an attribute by its local name, "" for none; borrowed from the tree */
const char *xml_attr(const xmlNode *n, const char *name);

/* xml_child - the first child element of that name, NULL for none or for a NULL n */
const xmlNode *xml_child(const xmlNode *n, const char *name);

/* xml_child_attr - an attribute of the first child of that name, "" for none */
const char *xml_child_attr(const xmlNode *n, const char *child, const char *name);

/* xml_find - the first element of that name at or below n, NULL for none */
const xmlNode *xml_find(const xmlNode *n, const char *name);

/*
 * xml_each_child - call fn for each child element of the first element of that name, each with its whole tree
 * A path ("body/text") is the first element of its last name behind the first ones of those before.
 * The trees are freed one after the other, so that a large document needs the memory of its largest part only.
 * Returns 0, or -1 when the XML is broken; what was before that was given to fn.
 */
int xml_each_child(const char *bytes, size_t len, const char *parent, void (*fn)(void *arg, const xmlNode *n),
		   void *arg);

#endif

#include "xml.h"

/* A reader over bytes (borrowed until xmlFreeTextReader), NULL when there is no memory */
static xmlTextReader *open_reader(const char *bytes, size_t len)
{
	return xmlReaderForMemory(bytes, (int)len, NULL, NULL, XML_SAFE);
}

xmlDoc *xml_parse(const char *bytes, size_t len)
{
	return xmlReadMemory(bytes, (int)len, NULL, NULL, XML_SAFE);
}

const char *xml_attr(const xmlNode *n, const char *name)
{
	/* In short texts the library keeps their letters where the attributes of an element are. */
	for (const xmlAttr *a = n->type == XML_ELEMENT_NODE ? n->properties : NULL; a; a = a->next) {
		if (streq((const char *)a->name, name))
			return a->children && a->children->content ? (const char *)a->children->content : "";
	}
	return "";
}

const xmlNode *xml_child(const xmlNode *n, const char *name)
{
	for (const xmlNode *c = n ? n->children : NULL; c; c = c->next) {
		if (xml_is(c, name))
			return c;
	}
	return NULL;
}

const char *xml_child_attr(const xmlNode *n, const char *child, const char *name)
{
	const xmlNode *c = xml_child(n, child);

	return c ? xml_attr(c, name) : "";
}

const xmlNode *xml_find(const xmlNode *n, const char *name)
{
	if (xml_is(n, name))
		return n;
	for (const xmlNode *c = n->children; c; c = c->next) {
		const xmlNode *found = c->type == XML_ELEMENT_NODE ? xml_find(c, name) : NULL;

		if (found)
			return found;
	}
	return NULL;
}

/* The next step of a path when name is this one, NULL behind the last. */
static const char *next_step(const char *path, const char *name)
{
	size_t n = strcspn(path, "/");

	if (strlen(name) != n || memcmp(path, name, n) != 0)
		return path;
	return path[n] ? path + n + 1 : NULL;
}

/* Steps over what is before and above the parent; from there on child by child. */
int xml_each_child(const char *bytes, size_t len, const char *parent, void (*fn)(void *arg, const xmlNode *n),
		   void *arg)
{
	xmlTextReader *r = open_reader(bytes, len);
	int depth = -1, rc = r ? xmlTextReaderRead(r) : -1;

	while (rc == 1 && (depth < 0 || xmlTextReaderDepth(r) > depth)) {
		const xmlNode *n;

		if (xmlTextReaderNodeType(r) != XML_READER_TYPE_ELEMENT) {
			rc = xmlTextReaderRead(r);
		} else if (depth < 0) {
			parent = next_step(parent, (const char *)xmlTextReaderConstLocalName(r));
			if (!parent)
				depth = xmlTextReaderDepth(r);
			rc = xmlTextReaderRead(r);
		} else {
			n = xmlTextReaderExpand(r);
			if (n)
				fn(arg, n);
			rc = n ? xmlTextReaderNext(r) : -1;
		}
	}
	xmlFreeTextReader(r);
	return rc < 0 || depth < 0 ? -1 : 0;
}

/*
 * inbox - the documents of one call, where its server can read them and do nothing else
 *
 * DIR/CALL/NAME on the host is /in/CALL/NAME in the server's view. The stored bytes are linked, not copied, where that
 * is safe: in a view /in is read-only and so is the inode's mode; without a view a link would let a server that runs as
 * our own user write into the store, so it gets a copy.
 */
#ifndef FS0711_MCP_INBOX_H
#define FS0711_MCP_INBOX_H

#include <jansson.h>

#include "base/err.h"

#define INBOX_SOCKET "models.sock" /* beside the documents; never the name of one */

/* A document as the caller has it; borrowed. */
struct mcp_document {
	const char *name; /* as a person sees it */
	const char *path; /* of the stored bytes on the host */
};

/*
 * inbox_put - make DIR/CALL and put the documents there, each under its own name made safe and unique
 * seen_as is how the server sees dir; *paths becomes an array of the paths inside, in order (a new reference). Nothing
 * is left behind on error. Returns 0, or -errno with the document's name
 */
int inbox_put(const char *dir, const char *call, const char *seen_as, bool may_link, const struct mcp_document *docs,
	      size_t n_docs, json_t **paths, struct err *e);

/* inbox_clear - remove DIR/CALL and what is in it */
void inbox_clear(const char *dir, const char *call);

#endif

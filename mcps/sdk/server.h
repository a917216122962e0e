/*
 * server - an MCP server over standard input and output
 *
 * One process with one thread reads requests, forks a child for each tools/call and writes answers as they come; it
 * never opens a document itself. What it is and which tools it has stands in its manifest; the program adds the
 * functions. Speaks the revisions 2024-11-05 to 2025-11-25, the ones that begin with initialize. Nothing but the
 * running calls is remembered between requests, so that revisions without a session need only more rows in the table of
 * methods.
 */
#ifndef MCPS_SDK_SERVER_H
#define MCPS_SDK_SERVER_H

#include "sdk/call.h"

struct server {
	const struct tool *tools; /* each must stand in the manifest, and each of the manifest here */
	size_t n_tools;
	/* Called once before the first request: read here what each child needs. NULL for nothing; must make no
	 * threads. */
	void (*preload)(void);
	unsigned max_children; /* calls at the same time, the others wait; 0 means 16 */
};

/*
 * server_main - serve until the input ends; what main returns
 * argv[1]  the path of the manifest, else manifest.json beside the program
 * When the input ends, running calls are finished if somebody still reads the output.
 */
int server_main(const struct server *sv, int argc, char **argv);

#endif

/*
 * sandbox - what a server process may see and do, in layers that are each used where the system allows them
 *
 * From the outside in: a cgroup (memory, number of processes); namespaces with a file system view of their own; an
 * unprivileged user; resource limits; no_new_privs; Landlock; a seccomp filter. A layer that is missing is reported,
 * the others still hold. In the view the server sees /usr, the libraries and fonts, its own directories at their usual
 * paths, /in (read-only), /tmp (private, empty at start), a few devices and its own /proc, and nothing else. Inference
 * servers get a little more, where their spec says so: devices, a directory to write in, the host's network.
 */
#ifndef FS0711_RUN_SANDBOX_H
#define FS0711_RUN_SANDBOX_H

#include <jansson.h>

#include "base/err.h"

#define SANDBOX_IN   "/in"        /* where in_dir appears when there is a view */
#define SANDBOX_WORK "/run/model" /* and work_dir */

enum sandbox_cgroup { SANDBOX_CGROUP_NONE, SANDBOX_CGROUP_V1, SANDBOX_CGROUP_V2 };

/* 0 means no limit of that kind. */
struct sandbox_limits {
	uint64_t memory_bytes;  /* of all processes together, by cgroup only */
	uint64_t address_bytes; /* address space of each process; never set in builds with a sanitizer */
	uint64_t file_bytes;    /* largest file that may be written */
	uint64_t tmp_bytes;     /* size of the private /tmp */
	uint32_t files;         /* open descriptors of each process */
	uint32_t processes;     /* of all together, by cgroup, or by the user's count in a user namespace */
	uint32_t cpu_s;         /* processor time of each process */
};

/* All pointers are borrowed for the call that takes the struct. */
struct sandbox_spec {
	const char *const *dirs; /* host directories, or files, to read and run from, at the same paths, through links;
				    ends with NULL; may be NULL */
	const char *in_dir;   /* host directory of the documents, read-only at /in with a view, else at its own path */
	const char *tmp_dir;  /* host directory to write in where there is no view (with one, /tmp is private) */
	const char *work_dir; /* host directory, the daemon's own, to write and make Unix sockets in, at SANDBOX_WORK
				 with a view, else at its own path; given to the user that the server runs as. /dev/shm
				 is there with it (in /tmp). May be NULL */
	const char *const *devices; /* device files of the host to open for all uses; ends with NULL; may be NULL */
	bool network; /* the host's network, with all that can be reached in it, also abstract Unix sockets before
			 Landlock ABI 6; else none, and no socket but Unix ones */
	struct sandbox_limits limits;
};

/* What this system allows, tried once by the helper. */
struct sandbox_layers {
	int landlock; /* ABI number, 0: none */
	bool seccomp;
	unsigned namespaces; /* CLONE_NEW* that work together */
	bool view;           /* own file system view; needs the mount namespace */
	bool nobody;         /* servers run as uid 65534 although we are root */
	enum sandbox_cgroup cgroup;
	char missing[256]; /* a sentence about what is not active, "" when all is */
};

/*
 * sandbox_probe - try each layer in a child process of its own
 * Call only in a process with one thread (the spawn helper). Blocks some milliseconds.
 */
void sandbox_probe(struct sandbox_layers *out);

/* sandbox_layers_json - {"layers": {...}} for the health file; a new reference */
json_t *sandbox_layers_json(const struct sandbox_layers *l);

#endif

/*
 * library - a shared library that may be missing: found at run time, its functions become members of a struct
 *
 * A list makes both, the struct and the table of what is looked for. In a file whose struct is called calls:
 *
 *	#define MUST(X) X(int, cuInit, (unsigned flags))
 *	struct calls { MUST(LIBRARY_MEMBER) };
 *	static const struct library_symbol symbols[] = { MUST(LIBRARY_MUST) };
 */
#ifndef FS0711_MODEL_LIBRARY_H
#define FS0711_MODEL_LIBRARY_H

#include "base/err.h"

struct library_symbol {
	const char *name;
	size_t at; /* of its pointer in struct calls */
	bool may_miss;
};

#define LIBRARY_MEMBER(type, name, args) type(*name) args;
#define LIBRARY_MUST(type, name, args)   { #name, offsetof(struct calls, name), false },
#define LIBRARY_MAY(type, name, args)    { #name, offsetof(struct calls, name), true },

/*
 * library_open - load the library called name (or at that path) and fill calls, a struct calls
 * A function that may miss and does is NULL. Returns 0 and *out (for dlclose), or -ENODEV (there is no such library),
 * -ENOSYS (it has not all that we call), with a sentence
 */
int library_open(const char *name, const struct library_symbol *symbols, size_t n, void *calls, void **out,
		 struct err *e);

#endif

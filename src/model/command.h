/* command - what is run for a model: words in braces replaced, the program found, what it needs of the host */
#ifndef FS0711_MODEL_COMMAND_H
#define FS0711_MODEL_COMMAND_H

#include "base/err.h"

/* What the words stand for; a text that is NULL makes its word an error. */
struct command_words {
	const char *port, *socket, *path, *name;
};

/*
 * command_uses - does one of the arguments hold {word}?
 * command  ends with NULL
 */
bool command_uses(const char *const *command, const char *word);

/*
 * command_expand - the arguments with {port}, {socket}, {path}, {name} replaced
 * Other text in braces stays as it is, and so does ${word}, which is a shell's, but a single word is an error. A
 * program without a slash is looked for in /usr/local/bin, /usr/bin and /bin Returns 0 and *out (for command_free), or
 * with a sentence -EINVAL (no arguments, a word that is unknown or not given, a program with a relative path), -ENOENT
 * (no such program)
 */
int command_expand(const char *const *command, const struct command_words *w, char ***out, struct err *e);

/*
 * command_dirs - what of the host a program has to see beside the system: its directory, where links lead to, and for
 * PREFIX/bin/PROGRAM its neighbours PREFIX/lib and the like
 * Returns a list that ends with NULL, for command_free
 */
char **command_dirs(const char *program);

void command_free(char **list); /* may be NULL */

#endif

/* setting - all that one start of a server needs: arguments, environment, directories, a port or a socket */
#ifndef FS0711_MODEL_SETTING_H
#define FS0711_MODEL_SETTING_H

#include "model/inference.h"

struct setting {
	const struct inference_conf *conf; /* borrowed */
	bool view;
	char *work;    /* of the host: the directory to write in, empty */
	char port[16]; /* "": none */
	char *socket;  /* as the server sees it; NULL: none. On the host it is "sock" in work */
	char *home, *tmp, *blobs;
	char **argv, **own_dirs;
	const char **env, **dirs;
};

/*
 * setting_init - make the directories, find a port, fill in the command
 * Returns 0, or -errno with a sentence; setting_release in either case
 */
int setting_init(struct setting *s, const struct inference_conf *conf, struct err *e);
void setting_release(struct setting *s);

#endif

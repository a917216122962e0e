/* A command line: words end with a newline. */
#include <errno.h>
#include <stdlib.h>

#include "options.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = xstrndup((const char *)bytes, len), *rest = text, *argv[WORDS_MAX];
	struct err e = ERR_INIT;
	struct options o;
	int argc = 1, rc;

	argv[0] = text;
	while (argc < WORDS_MAX && rest)
		argv[argc++] = strsep(&rest, "\n");
	rc = options_parse(argc, argv, &o, &e);
	if (rc != 0 && (rc != -EINVAL || !e.text[0]))
		abort();
	if (rc == 0 && !o.help && !o.version && (!o.source || !o.mountpoint))
		abort();
	if (rc == 0)
		options_release(&o);
	free(text);
	return 0;
}

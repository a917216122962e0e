/* document - what all targets that read documents do with one */
#ifndef FUZZ_DOCUMENT_H
#define FUZZ_DOCUMENT_H

#include "tender/read/reader.h"

/*
 * document_read - read it as that format and finish the doc as the engine does
 * Ends the program when the answer breaks what reader.h promises.
 */
void document_read(const struct format *f, const char *bytes, size_t len);

/* document_read_behind - the same with a start before the bytes, which a fuzzer would have to find each time */
void document_read_behind(const char *start, const struct format *f, const void *bytes, size_t len);

#endif

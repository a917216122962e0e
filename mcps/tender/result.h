/* result - everything that parse_rfp says about a document */
#ifndef TENDER_RESULT_H
#define TENDER_RESULT_H

#include <jansson.h>

#include "tender/doc/doc.h"

/* result_make - read all fields of a finished document; the caller's. step is called with a sentence before each part
 */
json_t *result_make(const struct doc *d, void (*step)(void *arg, const char *what), void *arg);

/* result_conclude - say anew what follows from the fields of a result that was changed: confidence and conflicts */
void result_conclude(const struct doc *d, json_t *result);

/* result_preload - compile all patterns */
void result_preload(void);

#endif

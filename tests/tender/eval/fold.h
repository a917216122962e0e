/* fold - documents in two halves: rules are fitted on one and reported on the other */
#ifndef TENDER_EVAL_FOLD_H
#define TENDER_EVAL_FOLD_H

#include <jansson.h>

#include "base/util.h"

enum fold { FOLD_FIT, FOLD_REPORT, N_FOLDS };

/* fold_find - by its word, "fit" or "report"; N_FOLDS for none of them */
enum fold fold_find(const char *word);

/* fold_of - where a document belongs, by a hash of its name without the ending; versions of one are to share a name */
enum fold fold_of(const char *name);

/*
 * fold_of_label - where the document of a label belongs: its "family" names what the versions of one share, "fold" the
 * half itself, of documents that were written to report on
 */
enum fold fold_of_label(const json_t *label);

#endif

/* weighed_name - what is weighed, without the words that lead to it and to its weight */
#ifndef TENDER_WEIGHED_NAME_H
#define TENDER_WEIGHED_NAME_H

#include <glib.h>

#include "base/util.h"

/*
 * weighed_name_before, weighed_name_behind - the name in what stands before a weight, or behind it
 * first  nothing is weighed before: words that introduce a list are cut; else what still belongs to the weight before
 * last   nothing is weighed behind: the name ends with its part of the sentence
 * "" where there is none; the caller's.
 */
char *weighed_name_before(const char *text, bool first);
char *weighed_name_behind(const char *text, bool last);

/* weighed_name_list - the names that stand together before their weights: "technical and financial bids"; g_strfreev */
gchar **weighed_name_list(const char *text);

/* weighed_name_cut_tail - remove words for weights from the end: "price is worth up to" */
void weighed_name_cut_tail(char *name);

/* weighed_name_title - remove the label before a name and the explanation behind it: "Factor 1: Price: in euros" */
void weighed_name_title(char *name);

/* weighed_name_is_good - reads like a name in a sentence: a few words, no weight */
bool weighed_name_is_good(const char *name);

void weighed_name_preload(void);

#endif

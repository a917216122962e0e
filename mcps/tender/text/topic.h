/* topic - what words are about: the same word of English and German, and of a whole field, is one topic */
#ifndef TENDER_TOPIC_H
#define TENDER_TOPIC_H

#include "base/util.h"

/* topic_preload - make the table of stems, which the server does before it forks */
void topic_preload(void);

/*
 * topic_each - the topics of a word in lower case: "insurance" of "haftpflichtversicherung", which is also "liability"
 * use  called with arg and the name of each; a topic can come twice
 */
void topic_each(const char *word, void (*use)(void *arg, const char *topic), void *arg);

#endif

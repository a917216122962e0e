/* eligibility_kinds - within eligibility: one judge for each kind of condition */
#ifndef TENDER_ELIGIBILITY_KINDS_H
#define TENDER_ELIGIBILITY_KINDS_H

#include <jansson.h>

#include "tender/text/pattern.h"

enum verdict { MET, UNKNOWN, NOT_MET };

/* One condition that is judged; the judge says why and which parts of the profile it went by. */
struct asked {
	const char *text;
	const json_t *profile;
	const char *today;
	int year;
	bool decimal_comma;
	GString *why;
	json_t *keys; /* array of {key, value} */
};

struct kind {
	const char *name;
	struct pattern words; /* a condition with them is of that kind */
	enum verdict (*judge)(struct asked *a);
};

extern struct kind eligibility_kinds[];
extern const size_t eligibility_n_kinds;

/* asked_say - the verdict with its reason, a sentence */
enum verdict asked_say(struct asked *a, enum verdict v, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* asked_list - a list of the profile; NULL where it has none, which is the reason then */
json_t *asked_list(struct asked *a, const char *key);
/* asked_use - entry i of a list (or, for -1, the whole value) is what the judge goes by */
void asked_use(struct asked *a, const char *key, int i);

/* The judges that are files of their own. */
enum verdict judge_turnover(struct asked *a);
enum verdict judge_insurance(struct asked *a);
enum verdict judge_references(struct asked *a);
enum verdict judge_certificates(struct asked *a);
enum verdict judge_registers(struct asked *a);

#endif

/* doctor_parts - what the files of doctor share; for them only */
#ifndef FS0711_CTL_DOCTOR_PARTS_H
#define FS0711_CTL_DOCTOR_PARTS_H

#include "base/buf.h"
#include "ctl/verb.h"
#include "run/sandbox.h"

enum verdict {
	VERDICT_OK,
	VERDICT_LESS, /* it works without, but less */
	VERDICT_LACK,
};

struct answer {
	enum verdict verdict;
	char *text, *fix; /* fix is NULL where it is OK */
};

struct patient {
	const char *source; /* NULL: only the system is looked at */
	struct sandbox_layers layers;
};

struct examination {
	const char *word;
	void (*look)(const struct patient *p, struct answer *out);
};

/* The tables of what is looked at; each ends with a NULL word. */
extern const struct examination system_examinations[], source_examinations[];

/* answer_ok, answer_lack - fill an answer; fix and text as printf wants them */
void answer_ok(struct answer *a, const char *text, ...) PRINTF_LIKE(2, 3);
void answer_lack(struct answer *a, enum verdict verdict, const char *fix, const char *text, ...) PRINTF_LIKE(4, 5);

#endif

/* periods - lengths of time in English and German text: "two (2) years", "30 working days", "sechs Monate" */
#ifndef TENDER_PERIODS_H
#define TENDER_PERIODS_H

#include <glib.h>

#include "base/util.h"

/*
 * PERIOD - what a pattern says where a length of time stands: its groups n and digits are the count, unit the unit
 * A pattern that begins with it needs a \b before it.
 */
#define PERIOD_WORDS                                                                                                  \
	"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|one hundred(?: and)?(?: "    \
	"(?:twenty|fifty|eighty))?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|" \
	"four|five|six|seven|eight|nine))?|"                                                                          \
	"ein(?:e[mnrs]?)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|vierzehn|achtzehn|zwanzig|"     \
	"vierundzwanzig|dreißig|sechsunddreißig|achtundvierzig|sechzig|neunzig"
#define PERIOD_UNIT                                                                 \
	"(?<unit>(?:calendar |contract |working |business |kalender|werk|arbeits)?" \
	"(?:years?|months?|weeks?|days?|jahre?[ns]?|monate?[ns]?|wochen?|tage?n?)\\b)"
#define PERIOD                                                                                 \
	"(?<n>\\d{1,3}|" PERIOD_WORDS ")(?:\\s*\\((?<digits>\\d{1,3})\\)|\\s*\\([a-z -]+\\))?" \
	"[ -]*(?:\\x{00A0})?(?:additional |further |more |consecutive |full |successive |base |initial |weitere |ganze |volle )?" PERIOD_UNIT

enum period_unit { PERIOD_DAYS, PERIOD_WEEKS, PERIOD_MONTHS, PERIOD_YEARS };

struct period {
	int from, to; /* bytes of the text */
	int n;
	enum period_unit unit;
	bool working; /* days that are no holidays */
};

/* period_take - the PERIOD of a match; false when its count is none */
bool period_take(GMatchInfo *m, struct period *out);

/* period_count - what a word or a number of PERIOD counts, 0 for none */
int period_count(const char *word);

/* period_months - 0 for days and weeks, which make no whole month */
int period_months(const struct period *p);

#define PERIOD_TEXT_BYTES 16
/* period_format - "P90D", "P3M" (ISO 8601) into out[PERIOD_TEXT_BYTES]; returns out */
const char *period_format(const struct period *p, char *out);

#endif

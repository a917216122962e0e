/* Written by tests/tender/fit/confidence.sh: not to be edited. */
#include "confidence.h"

const struct knot confidence_knots[N_CONFIDENCE_KINDS][CONFIDENCE_KNOTS] = {
	[CONFIDENCE_NAME] = { { 30, 28 }, { 55, 42 }, { 64, 53 }, { 74, 79 }, { 87, 89 }, { 96, 98 } },
	[CONFIDENCE_DATE] = { { 62, 76 }, { 78, 86 }, { 84, 86 }, { 86, 90 }, { 89, 94 }, { 95, 98 } },
	[CONFIDENCE_TERM] = { { 65, 70 }, { 75, 76 }, { 83, 78 }, { 86, 86 }, { 88, 90 }, { 90, 94 } },
	[CONFIDENCE_PLACE] = { { 73, 70 }, { 86, 87 }, { 88, 93 }, { 92, 93 }, { 96, 95 } },
	[CONFIDENCE_LIST] = { { 43, 44 }, { 58, 54 }, { 72, 78 }, { 84, 87 }, { 94, 92 } },
	[CONFIDENCE_ENTRY] = { { 63, 54 }, { 72, 62 }, { 77, 76 }, { 79, 79 }, { 83, 87 }, { 87, 93 } },
};

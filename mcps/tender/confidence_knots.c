/* Written by tests/tender/fit/confidence.sh: not to be edited. */
#include "confidence.h"

const struct knot confidence_knots[N_CONFIDENCE_KINDS][CONFIDENCE_KNOTS] = {
	[CONFIDENCE_NAME] = { { 62, 77 }, { 73, 84 }, { 81, 88 }, { 94, 97 } },
	[CONFIDENCE_DATE] = { { 65, 78 }, { 83, 90 }, { 89, 93 }, { 95, 98 } },
	[CONFIDENCE_TERM] = { { 74, 79 }, { 86, 92 } },
	[CONFIDENCE_PLACE] = { { 68, 75 }, { 84, 90 }, { 88, 93 }, { 94, 96 }, { 97, 98 } },
	[CONFIDENCE_LIST] = { { 45, 66 }, { 61, 77 }, { 79, 89 }, { 88, 92 }, { 93, 96 }, { 96, 98 } },
	[CONFIDENCE_ENTRY] = { { 70, 74 }, { 79, 81 }, { 85, 87 } },
};

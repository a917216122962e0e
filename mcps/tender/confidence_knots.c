/* Written by tests/tender/fit/confidence.sh: not to be edited. */
#include "confidence.h"

const struct knot confidence_knots[N_CONFIDENCE_KINDS][CONFIDENCE_KNOTS] = {
	[CONFIDENCE_NAME] = { { 56, 48 }, { 73, 63 }, { 86, 81 }, { 96, 97 } },
	[CONFIDENCE_DATE] = { { 73, 74 }, { 84, 85 }, { 88, 92 }, { 92, 94 }, { 95, 97 } },
	[CONFIDENCE_TERM] = { { 79, 67 }, { 88, 94 } },
	[CONFIDENCE_PLACE] = { { 81, 68 }, { 91, 95 }, { 96, 98 } },
	[CONFIDENCE_LIST] = { { 51, 65 }, { 73, 79 }, { 85, 81 }, { 96, 98 } },
	[CONFIDENCE_ENTRY] = { { 68, 67 }, { 74, 72 }, { 76, 74 }, { 78, 79 }, { 82, 80 }, { 87, 85 } },
};

/* Written by tests/tender/fit/confidence.sh: not to be edited. */
#include "confidence.h"

const struct knot confidence_knots[N_CONFIDENCE_KINDS][CONFIDENCE_KNOTS] = {
	[CONFIDENCE_NAME] = { { 63, 78 }, { 73, 84 }, { 83, 89 }, { 95, 97 } },
	[CONFIDENCE_DATE] = { { 65, 78 }, { 83, 90 }, { 89, 93 }, { 95, 98 } },
	[CONFIDENCE_TERM] = { { 74, 79 }, { 86, 92 } },
	[CONFIDENCE_PLACE] = { { 68, 75 }, { 84, 90 }, { 88, 93 }, { 94, 96 }, { 97, 98 } },
	[CONFIDENCE_LIST] = { { 53, 75 }, { 66, 79 }, { 81, 89 }, { 88, 92 }, { 93, 96 }, { 96, 98 } },
	[CONFIDENCE_ENTRY] = { { 70, 74 }, { 77, 78 }, { 80, 83 }, { 85, 87 } },
};

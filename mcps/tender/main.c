/*
 * TENDER: an MCP server that reads requests for proposals and says where it read what.
 *
 *   tender [--raw] MANIFEST
 *
 * With --raw a confidence is what the rules score, not yet the probability to be right that is fitted to it.
 */
#include "confidence.h"
#include "pool.h"
#include "result.h"
#include "warm.h"
#include "sdk/server.h"
#include "tender/ask/ask.h"
#include "tender/tools/tool.h"

/* Pages are read on all processors: the time on the clock is the limit, and of memory much is only reserved. */
#define READING                                                                                           \
	{                                                                                                 \
		.cpu_s = 280 * POOL_MOST, .wall_s = 280, .memory_bytes = (size_t)3 << 30, .threads = true \
	}

static const struct tool tools[] = {
	{ "parse_rfp", tool_parse, READING },          { "extract_requirements", tool_requirements, READING },
	{ "compliance_matrix", tool_matrix, READING }, { "check_eligibility", tool_eligibility, READING },
	{ "plan_deadlines", tool_deadlines, READING }, { "compare_rfps", tool_compare, READING },
	{ "draft_bid", tool_draft, READING },
};

static void preload(void)
{
	result_preload();
	ask_preload();
	warm_up();
}

int main(int argc, char **argv)
{
	static const struct server server = { .tools = tools, .n_tools = N_ELEMS(tools), .preload = preload };

	if (argc > 1 && streq(argv[1], "--raw")) {
		confidence_keep();
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	return server_main(&server, argc, argv);
}

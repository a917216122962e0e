/*
 * gate - the OpenAI API on a Unix socket for one call of an MCP: only the models that its manifest names
 *
 * POST /v1/chat/completions (with "stream": true too), POST /v1/embeddings, GET /v1/models. Each request enters the
 * model (keeper.h), is forwarded as it is but for the model's name, and its answer comes back piece by piece. The only
 * user of libmicrohttpd.
 */
#ifndef FS0711_MODEL_GATE_H
#define FS0711_MODEL_GATE_H

#include "mcp/cancel.h"
#include "model/keeper.h"

struct gate;

/* Texts are borrowed for gate_open, the others until gate_close. */
struct gate_conf {
	struct keeper *keeper;
	struct call_pool *pool;
	const char *path;          /* of the socket, which is made; its directory is there */
	mode_t mode;               /* of the socket */
	const char *const *models; /* names; ends with NULL. Those that the keeper offers now are offered */
	const char *for_whom;      /* keeper_enter */
	struct mcp_cancel *cancel; /* may be NULL */
};

/* What was asked through a gate. */
struct gate_usage {
	uint64_t requests, failures;
	int64_t tokens, ms; /* prompt and completion together, as the servers said; ms without waiting for a load */
};

/*
 * gate_open - listen. 1 and *out; 0: the keeper offers none of the models; or -errno with a sentence
 * At most 64 connections and 16 requests at a time: the next request is refused (429), the next connection closed
 */
int gate_open(const struct gate_conf *conf, struct gate **out, struct err *e);
/* gate_close - end what runs, remove the socket; usage may be NULL, g too. Blocks until its threads are gone */
void gate_close(struct gate *g, struct gate_usage *usage);

#endif

/*
 * model - what the store knows of models: their specs, what each host learned of them, what happened to them
 *
 * A model is a party (party.h: PARTY_MODEL), which makes, lists, renames and removes it, and checks its spec.json as
 * one document. What runs where is the keeper's (model/keeper.h) and in memory; it tells the store here.
 */
#ifndef FS0711_PLATFORM_MODEL_H
#define FS0711_PLATFORM_MODEL_H

#include "base/buf.h"
#include "platform/actor.h"
#include "platform/platform.h"

/* What the settings of a spec may hold at most. */
#define MODEL_ARGS_MOST    256 /* texts of command, members of env */
#define MODEL_DEVICES_MOST 32
#define MODEL_KEY_BYTES    4096

/* For party.c, as endpoint_fill and endpoint_check */
void model_fill(struct model *m);
int model_check(struct platform *p, struct tx *tx, struct model *m, struct err *e);
/* model_may - may who make this change of a spec? 0, or -EPERM: what runs on this host is its operator's to say, and so
 * is where a key is sent */
int model_may(const struct model *was, const struct model *now, const struct actor *who, struct err *e);
/* model_updated - the event model.updated; former: the name that it had, NULL where it has it still */
int model_updated(struct tx *tx, const struct model *m, const char *former, struct err *e);
int model_removed(struct tx *tx, const struct model *m, struct err *e); /* the event model.removed */
int model_end(struct tx *tx, int64_t row_id, struct err *e);            /* its memories and steps go with it */
/* model_sound - 0, or -EINVAL with a sentence: the spec's fields do not fit together */
int model_sound(const struct model *m, struct err *e);
/* model_ready - can it be loaded as its spec is? 0, or -ENOTSUP with the field that is missing ("it has no command") */
int model_ready(const struct model *m, struct err *e);

/* model_health - the path of its health URL: "/health" where none is set. Borrowed from m */
const char *model_health(const struct model *m);

/* model_each - fn for each model's whole row; fn returning not 0 ends it */
int model_each(struct platform *p, int (*fn)(void *model, void *ud), void *ud, struct err *e);

/* The key of a remote server: written, never shown (rule 18); sealed as an endpoint's secret */
int model_put_key(struct platform *p, int64_t row_id, const char *line, const struct actor *who, struct err *e);
/* *out NULL: none; the caller's to free, with crypto_wipe before */
int model_key(struct platform *p, const struct model *m, char **out, struct err *e);

/* What this host learned: one row for each pair (struct model_memory in rows.h); zeroes when there is none yet */
int model_memory_get(struct platform *p, int64_t row_id, struct model_memory *out, struct err *e);

/* One thing that happened to a model on this host. */
struct model_news {
	int64_t model_row;
	const char *state;  /* one of model_state_words */
	const char *device; /* NULL: none */
	const char *reason; /* a sentence; NULL: none */
	int64_t bytes;      /* what it holds now; 0: nothing or not known */
	const char *
		event; /* "model.loaded", "model.evicted", "model.unloaded", "model.failed", or NULL: no public event */
	int64_t load_ms;    /* of model.loaded */
	const char *wanted; /* of model.evicted: for whom it went; NULL: nobody */
};
/*
 * model_tell - keep it: a step of the history, the memory's figures, and the event, in one transaction
 * memory  as it is from now on, written as a whole; its row_id, model_row and host are filled in
 * 0 or -errno; -ENOENT when the model is gone
 */
int model_tell(struct platform *p, const struct model_news *n, struct model_memory *memory, struct err *e);
/* model_touch - keep memory without a step: last use, tokens, requests. Not more often than once in seconds */
int model_touch(struct platform *p, int64_t model_row, struct model_memory *memory, struct err *e);

/* model_history - the last most steps as JSON lines {time, host, state, device, bytes, reason, wanted}, oldest first */
int model_history(struct platform *p, int64_t row_id, int most, struct buf *out, struct err *e);
/* model_median_ms - of the times of loading as model_memory keeps them; 0 when there are none */
int64_t model_median_ms(const char *load_times);
/* model_sweep - steps older than the setting event_days go; how many, or -errno */
int model_sweep(struct platform *p, struct err *e);

#endif

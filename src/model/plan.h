/*
 * plan - who goes when a model wants room: a pure function of what is there
 *
 * Nothing here knows of processes, clocks or stores: all comes in, a plan comes out, and the same input gives the same
 * plan. Models are evicted only under pressure, those first that are cheap to load again for how long nobody asked for
 * them (GreedyDual: Young 1994, Cao and Irani 1997: the cost of loading again over the time since the last use).
 */
#ifndef FS0711_MODEL_PLAN_H
#define FS0711_MODEL_PLAN_H

#include "base/err.h"

#define PLAN_DEVICES_MOST 32

struct plan_device {
	const char *name;  /* for sentences */
	uint64_t total;    /* bytes */
	uint64_t foreign;  /* of it, held by others than our models */
	uint64_t reserved; /* of it, promised to who waits longer than the one that asks now */
};

/* A model that holds memory of a device, or is about to: loading, resident, or on its way out. */
struct plan_model {
	const char *name;
	unsigned device; /* index */
	uint64_t bytes;  /* measured, else the estimate */
	unsigned in_use; /* requests it answers now */
	bool pinned;
	bool moving;          /* it loads, or leaves: nothing can be decided for it now */
	bool leaving;         /* moving, and its bytes come back */
	int64_t last_used_ms; /* on the clock of now_ms */
	int64_t cost_ms;      /* to load it again; 0 counts as 1 */
};

struct plan_wanted {
	const char *name;
	uint64_t bytes;
	uint32_t devices; /* a bit for each that is allowed */
};

enum plan_result {
	PLAN_LOAD,  /* there is room on device: load now; nothing is evicted */
	PLAN_EVICT, /* evict these, all idle; then there is room */
	/*
	 * These must go, and some of them are in use or moving: let none of them answer a request that came later (but
	 * those that waited when it was loaded), and ask again when something changed. Without any named memory is
	 * coming back by itself, or all that could come is promised to who waits longer
	 */
	PLAN_WAIT,
	PLAN_NEVER, /* it cannot have room: see rc */
};

struct plan {
	enum plan_result result;
	int rc;          /* PLAN_NEVER: -ENODEV (no allowed device is there), -ENOMEM (larger than what is not pinned or
			    foreign on each of them) */
	unsigned device; /* where it goes; for PLAN_NEVER the one that came nearest */
	/* Of that device, before anything is evicted; free may be promised, in_use leaves out what is pinned */
	uint64_t needed, free, pinned, in_use, foreign;
	size_t n_evict;
	size_t *evict; /* indexes into models, the one that goes first in front; for plan_release */
};

/*
 * plan_make - where wanted can go, and who must go for it
 * models   n of them; wanted is not among them
 * devices  n_devices of them, at most PLAN_DEVICES_MOST
 * Never: one that is pinned or (in PLAN_EVICT) in use or moving; more than needed (without any one of them there would
 * not be room, what is leaving counted as room that comes); any where there is room, or room comes, on an allowed
 * device; any in use where idle ones are enough. Of several devices the one where the least is lost (the sum of cost
 * over age; a model that is in use or moving was used a millisecond ago), then the one with the most room.
 * Returns nothing: *out says all, also PLAN_NEVER; why (may be NULL) gets its sentence with numbers in GB of 1e9, one
 * decimal, or in MB when less than 1 GB is wanted: "needs 12.0 GB, 9.1 free on gpu0, 7.0 pinned, 2.0 in use"; its code
 * is rc for PLAN_NEVER, -EBUSY for PLAN_WAIT, else 0
 */
void plan_make(const struct plan_model *models, size_t n, const struct plan_device *devices, size_t n_devices,
	       const struct plan_wanted *wanted, int64_t now_ms, struct plan *out, struct err *why);
void plan_release(struct plan *p);

#endif

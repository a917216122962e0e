#include "model/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"

/*
 * Who goes is the set that loses least and covers what is missing, a knapsack: searched through to the end for the few
 * models that devices hold. Past so many steps the best so far is taken, which is never worse than taking them in turn.
 */
#define SEARCH_STEPS 20000

/* What a device can do for who asks, the best first. */
enum way { WAY_FITS, WAY_COMES, WAY_IDLE, WAY_BUSY, WAY_PROMISED, WAY_NEVER };

/* A model that could go. */
struct candidate {
	size_t model;
	uint64_t bytes;
	double loss; /* the cost of loading it again over the time since its last use */
};

struct search {
	const struct candidate *all; /* the least loss for a byte in front */
	size_t n, steps;
	bool *taken, *best;
	double best_loss; /* -1: nothing found yet */
};

/* A device as it is for who asks. Signed: servers take more than they said, and more can be promised than is there. */
struct place {
	unsigned device;
	enum way way;
	__int128 spare;  /* what would be left beside the wanted when nothing goes; below 0 it is missing */
	__int128 coming; /* of what is leaving */
	__int128 never;  /* by so much the wanted is too large, whoever goes; at most 0 when it can have room */
	uint64_t free, pinned, in_use, loading;
	double loss;
	size_t n_evict, *evict;
};

/* Busy models are used at this moment: their loss stays the same while they work off what they have, or a waiter's
 * choice would change with each request that ends. */
static double loss_of(const struct plan_model *m, int64_t now_ms)
{
	int64_t age_ms = m->in_use || m->moving ? 1 : now_ms - m->last_used_ms;

	return (double)(m->cost_ms > 0 ? m->cost_ms : 1) / (double)(age_ms > 0 ? age_ms : 1);
}

static int by_loss_per_byte(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	double p = x->loss * (double)y->bytes, q = y->loss * (double)x->bytes;

	if (p < q || p > q)
		return p < q ? -1 : 1;
	return x->model < y->model ? -1 : x->model > y->model;
}

static int by_loss(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->loss < y->loss || x->loss > y->loss)
		return x->loss < y->loss ? -1 : 1;
	return x->model < y->model ? -1 : x->model > y->model;
}

/* at_least - what candidates from i on cannot lose less than to cover missing bytes; -1 when they cannot cover it */
static double at_least(const struct search *s, size_t i, __int128 missing)
{
	double loss = 0;

	for (; i < s->n; i++) {
		if (missing <= s->all[i].bytes)
			return loss + s->all[i].loss * (double)missing / (double)s->all[i].bytes;
		loss += s->all[i].loss;
		missing -= s->all[i].bytes;
	}
	return -1;
}

/* look - try the candidates from i on, with those that were taken before it, which lose lost */
static void look(struct search *s, size_t i, __int128 missing, double lost)
{
	double more;

	if (s->best_loss >= 0 && lost >= s->best_loss)
		return;
	if (missing <= 0) {
		s->best_loss = lost;
		memcpy(s->best, s->taken, s->n * sizeof(*s->best));
		return;
	}
	if (s->steps == SEARCH_STEPS && s->best_loss >= 0)
		return;
	s->steps += s->steps < SEARCH_STEPS;
	more = at_least(s, i, missing);
	if (more < 0 || (s->best_loss >= 0 && lost + more >= s->best_loss))
		return;
	s->taken[i] = true;
	look(s, i + 1, missing - s->all[i].bytes, lost + s->all[i].loss);
	s->taken[i] = false;
	look(s, i + 1, missing, lost);
}

/* keep_needed - of the chosen, those without whom missing bytes are not covered, the least loss in front: how many */
static size_t keep_needed(const struct search *s, __int128 missing, struct candidate *chosen)
{
	__int128 over = -missing;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->best[i]) {
			chosen[n++] = s->all[i];
			over += s->all[i].bytes;
		}
	}
	qsort(chosen, n, sizeof(*chosen), by_loss);
	/* A loss so small that it vanished in the sum would otherwise go along for nothing. */
	for (size_t i = n; i-- > 0;) {
		if (over >= chosen[i].bytes) {
			over -= chosen[i].bytes;
			chosen[i].bytes = 0;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (chosen[i].bytes > 0)
			chosen[kept++] = chosen[i];
	}
	return kept;
}

/* choose - who goes to cover missing bytes; false when all of them together do not cover it */
static bool choose(struct candidate *all, size_t n, __int128 missing, struct place *p)
{
	auto_free bool *taken = xcalloc(n + 1, sizeof(*taken)), *best = xcalloc(n + 1, sizeof(*best));
	auto_free struct candidate *chosen = xcalloc(n + 1, sizeof(*chosen));
	struct search s = { .all = all, .n = n, .taken = taken, .best = best, .best_loss = -1 };

	if (n > 0)
		qsort(all, n, sizeof(*all), by_loss_per_byte);
	look(&s, 0, missing, 0);
	if (s.best_loss < 0)
		return false;
	p->n_evict = keep_needed(&s, missing, chosen);
	p->evict = xcalloc(p->n_evict, sizeof(*p->evict));
	p->loss = 0;
	for (size_t i = 0; i < p->n_evict; i++) {
		p->evict[i] = chosen[i].model;
		p->loss += chosen[i].loss;
	}
	return true;
}

/* candidates - the models of a device that may go, those that are busy too when asked for; returns how many */
static size_t candidates(const struct plan_model *models, size_t n, unsigned device, bool busy, int64_t now_ms,
			 struct candidate *out)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const struct plan_model *m = &models[i];

		if (m->device != device || m->pinned || m->leaving || m->bytes == 0)
			continue;
		if (busy || (m->in_use == 0 && !m->moving))
			out[found++] = (struct candidate){ i, m->bytes, loss_of(m, now_ms) };
	}
	return found;
}

/* measure - the bytes of a device: who holds what of it */
static void measure(const struct plan_model *models, size_t n, const struct plan_device *d, uint64_t needed,
		    struct place *p)
{
	__int128 left = (__int128)d->total - d->foreign;

	p->never = (__int128)needed - left;
	for (size_t i = 0; i < n; i++) {
		const struct plan_model *m = &models[i];

		if (m->device != p->device)
			continue;
		left -= m->bytes;
		if (m->leaving)
			p->coming += m->bytes;
		else if (m->pinned)
			p->pinned += m->bytes;
		else if (m->in_use)
			p->in_use += m->bytes;
		else if (m->moving)
			p->loading += m->bytes;
	}
	p->free = left > 0 ? (uint64_t)left : 0;
	p->spare = left - d->reserved - needed;
	p->never += p->pinned;
}

/* judge - what device p->device can do for who asks */
static void judge(const struct plan_model *models, size_t n, const struct plan_device *d,
		  const struct plan_wanted *wanted, int64_t now_ms, struct place *p)
{
	auto_free struct candidate *all = xcalloc(n + 1, sizeof(*all));
	__int128 missing;

	measure(models, n, d, wanted->bytes, p);
	missing = -(p->spare + p->coming);
	if (p->never > 0)
		p->way = WAY_NEVER;
	else if (p->spare >= 0)
		p->way = WAY_FITS;
	else if (missing <= 0)
		p->way = WAY_COMES;
	else if (choose(all, candidates(models, n, p->device, false, now_ms, all), missing, p))
		p->way = WAY_IDLE;
	else if (choose(all, candidates(models, n, p->device, true, now_ms, all), missing, p))
		p->way = WAY_BUSY;
	else
		p->way = WAY_PROMISED;
}

/* better - is a the better place? Equal ones stay in the order of their devices */
static bool better(const struct place *a, const struct place *b)
{
	if (a->way != b->way)
		return a->way < b->way;
	if (a->way == WAY_NEVER)
		return a->never < b->never;
	if (a->loss < b->loss || a->loss > b->loss)
		return a->loss < b->loss;
	return a->spare + a->coming > b->spare + b->coming;
}

/* add_amount - "12.0", or in MB "120"; rounded away from zero when up, so that nothing seems to fit that does not */
static void add_amount(struct buf *b, bool gb, uint64_t bytes, bool up)
{
	uint64_t step = gb ? 100000000 : 1000000, n = bytes / step + (up && bytes % step != 0);

	if (gb)
		buf_printf(b, "%" PRIu64 ".%" PRIu64, n / 10, n % 10);
	else
		buf_printf(b, "%" PRIu64, n);
}

/* say - "needs 12.0 GB, 9.1 free on gpu0, 7.0 pinned, 2.0 in use"; what is nothing is left out */
static void say(const struct place *p, const struct plan_device *d, uint64_t needed, int code, struct err *why)
{
	const struct {
		uint64_t bytes;
		const char *what;
	} parts[] = {
		{ p->pinned, "pinned" },
		{ p->in_use, "in use" },
		{ p->loading, "being loaded" },
		{ p->coming > 0 ? (uint64_t)p->coming : 0, "being freed" },
		{ d->foreign, "used by others" },
		{ p->way == WAY_NEVER ? 0 : d->reserved, "kept for who waits longer" },
		{ p->way == WAY_NEVER ? d->total : 0, "in all" },
	};
	bool gb = needed >= 1000000000;
	auto_buf text = BUF_INIT;

	buf_addstr(&text, "needs ");
	add_amount(&text, gb, needed, true);
	buf_addstr(&text, gb ? " GB, " : " MB, ");
	add_amount(&text, gb, p->free, false);
	buf_printf(&text, " free on %s", d->name);
	for (size_t i = 0; i < N_ELEMS(parts); i++) {
		if (parts[i].bytes == 0)
			continue;
		buf_addstr(&text, ", ");
		add_amount(&text, gb, parts[i].bytes, true);
		buf_printf(&text, " %s", parts[i].what);
	}
	err_set(why, code, "%s", buf_str(&text));
}

/* settle - the plan for the best place */
static void settle(struct place *p, const struct plan_device *d, uint64_t needed, struct plan *out, struct err *why)
{
	static const struct {
		enum plan_result result;
		int code;
	} ways[] = {
		[WAY_FITS] = { PLAN_LOAD, 0 },          [WAY_COMES] = { PLAN_WAIT, -EBUSY },
		[WAY_IDLE] = { PLAN_EVICT, 0 },         [WAY_BUSY] = { PLAN_WAIT, -EBUSY },
		[WAY_PROMISED] = { PLAN_WAIT, -EBUSY }, [WAY_NEVER] = { PLAN_NEVER, -ENOMEM },
	};

	*out = (struct plan){
		.result = ways[p->way].result,
		.rc = p->way == WAY_NEVER ? ways[p->way].code : 0,
		.device = p->device,
		.needed = needed,
		.free = p->free,
		.pinned = p->pinned,
		.in_use = p->in_use,
		.foreign = d->foreign,
		.n_evict = p->n_evict,
		.evict = steal(p->evict),
	};
	say(p, d, needed, ways[p->way].code, why);
}

void plan_make(const struct plan_model *models, size_t n, const struct plan_device *devices, size_t n_devices,
	       const struct plan_wanted *wanted, int64_t now_ms, struct plan *out, struct err *why)
{
	struct place best = { 0 };
	bool any = false;

	for (unsigned i = 0; i < n_devices && i < PLAN_DEVICES_MOST; i++) {
		struct place p = { .device = i };

		if (!(wanted->devices >> i & 1))
			continue;
		judge(models, n, &devices[i], wanted, now_ms, &p);
		if (!any || better(&p, &best)) {
			free(best.evict);
			best = p;
		} else {
			free(p.evict);
		}
		any = true;
	}
	if (any) {
		settle(&best, &devices[best.device], wanted->bytes, out, why);
		return;
	}
	*out = (struct plan){ .result = PLAN_NEVER, .rc = -ENODEV, .needed = wanted->bytes };
	err_set(why, -ENODEV, "none of the devices that '%s' may use is here", wanted->name);
}

void plan_release(struct plan *p)
{
	free(p->evict);
	*p = (struct plan){ 0 };
}

/*
 * Many who wait for models, served by the rule that the plan is made for: who waits longest is asked for first; what
 * its plan needs of a device is kept from those behind it; what it names as victims lets nobody in who came later.
 */
#include "tests/test.h"

#include <inttypes.h>

#include "model/plan.h"
#include "tests/model/random.h"

#define WORLDS 40
#define STEPS  3000

enum {
	MODELS = 8,
	DEVICES_MOST = 2,
	WAITERS_MOST = 64,
	STEP_MS = 10,
	USE_MOST = 40,    /* steps that a request takes */
	LOAD_MOST = 30,   /* steps that a load takes */
	UNLOAD_MOST = 10, /* steps until a device has the memory back */
	/* Each model in front of one's own is loaded at most once: its victims work off, leave, it loads, it is used.
	 */
	WAIT_MOST = (MODELS + 1) * (USE_MOST + UNLOAD_MOST + LOAD_MOST + 8),
};

enum state { OUT, LOADING, RESIDENT, LEAVING };

struct sim_model {
	enum state state;
	unsigned device;
	uint64_t bytes;
	uint32_t allowed;
	bool pinned;
	int64_t cost_ms, last_used_ms;
	int until;     /* the step at which it is, or was, loaded, or gone */
	int victim_of; /* when the waiter came that wants it to go; STEPS: nobody */
	unsigned in_use;
	int use_until[WAITERS_MOST]; /* the steps at which its requests end */
};

struct world {
	uint64_t seed, first_seed;
	int now;
	size_t n_devices, n_waiters;
	struct plan_device device[DEVICES_MOST];
	struct sim_model model[MODELS];
	struct {
		unsigned model;
		int since;
	} waiter[WAITERS_MOST]; /* in the order in which they came */
	unsigned served, evicted;
};

static int64_t now_ms(const struct world *w)
{
	return (int64_t)w->now * STEP_MS;
}

static void hold(const struct world *w, bool true_of_it, const char *what)
{
	if (!true_of_it)
		fail_msg("seed %#" PRIx64 ", step %d: not true: %s", w->first_seed, w->now, what);
}
#define HOLDS(what) hold(w, what, #what)

/* Each model that is not pinned fits on each device beside what is pinned. */
static void begin(struct world *w, uint64_t seed)
{
	*w = (struct world){ .seed = seed, .first_seed = seed };
	w->n_devices = 1 + random_below(&w->seed, DEVICES_MOST);
	for (size_t i = 0; i < w->n_devices; i++)
		w->device[i] = (struct plan_device){ .name = "device", .total = 20 + random_below(&w->seed, 10) };
	for (size_t i = 0; i < MODELS; i++)
		w->model[i] = (struct sim_model){
			.bytes = 1 + random_below(&w->seed, 16),
			.allowed = random_below(&w->seed, 3) ? UINT32_MAX : 1,
			.cost_ms = 10 + (int64_t)random_below(&w->seed, 1000),
			.victim_of = STEPS,
		};
	if (random_below(&w->seed, 2)) {
		w->model[0].bytes = 1 + random_below(&w->seed, 4);
		w->model[0].pinned = true;
	}
}

static void arrive(struct world *w)
{
	/* Bursts, and models that many want, at whose end nobody would ever get another in */
	while (w->n_waiters < WAITERS_MOST && random_below(&w->seed, 3) == 0) {
		uint64_t favourite = random_below(&w->seed, 2) ? 2 : MODELS;

		w->waiter[w->n_waiters].since = w->now;
		w->waiter[w->n_waiters++].model = (unsigned)random_below(&w->seed, favourite);
	}
}

static void end_uses(struct world *w, struct sim_model *m)
{
	unsigned left = 0;

	for (unsigned i = 0; i < m->in_use; i++) {
		if (m->use_until[i] > w->now)
			m->use_until[left++] = m->use_until[i];
		else
			m->last_used_ms = now_ms(w);
	}
	m->in_use = left;
}

/* What was under way ends. */
static void pass(struct world *w)
{
	for (size_t i = 0; i < MODELS; i++) {
		struct sim_model *m = &w->model[i];

		end_uses(w, m);
		if (m->until > w->now)
			continue;
		if (m->state == LOADING)
			m->state = RESIDENT;
		else if (m->state == LEAVING)
			m->state = OUT;
	}
}

/*
 * may_enter - without the second, two models that many want in turn would be loaded once for each of them; it makes who
 * wants the model to go wait for them once, not for those that come meanwhile
 */
static bool may_enter(const struct sim_model *m, int since)
{
	return m->state == RESIDENT && m->in_use < WAITERS_MOST && (since <= m->victim_of || since <= m->until);
}

static void enter(struct world *w)
{
	size_t left = 0;

	for (size_t i = 0; i < w->n_waiters; i++) {
		struct sim_model *m = &w->model[w->waiter[i].model];

		HOLDS(w->now - w->waiter[i].since <= WAIT_MOST);
		if (!may_enter(m, w->waiter[i].since)) {
			w->waiter[left++] = w->waiter[i];
			continue;
		}
		m->use_until[m->in_use++] = w->now + 1 + (int)random_below(&w->seed, USE_MOST);
		m->last_used_ms = now_ms(w);
		w->served++;
	}
	w->n_waiters = left;
}

/* given - the models as a plan sees them; own[i] is the model behind index i */
static size_t given(const struct world *w, struct plan_model *models, size_t *own)
{
	size_t n = 0;

	for (size_t i = 0; i < MODELS; i++) {
		const struct sim_model *m = &w->model[i];

		if (m->state == OUT)
			continue;
		own[n] = i;
		models[n++] = (struct plan_model){ .name = "model",
						   .device = m->device,
						   .bytes = m->bytes,
						   .in_use = m->in_use,
						   .pinned = m->pinned,
						   .moving = m->state != RESIDENT,
						   .leaving = m->state == LEAVING,
						   .last_used_ms = m->last_used_ms,
						   .cost_ms = m->cost_ms };
	}
	return n;
}

static void leave(struct world *w, struct sim_model *m)
{
	HOLDS(m->state == RESIDENT && !m->pinned && m->in_use == 0);
	m->state = LEAVING;
	m->until = w->now + 1 + (int)random_below(&w->seed, UNLOAD_MOST);
	m->victim_of = STEPS;
	w->evicted++;
}

static void load(struct world *w, struct sim_model *m, unsigned device)
{
	m->state = LOADING;
	m->device = device;
	m->until = w->now + 1 + (int)random_below(&w->seed, LOAD_MOST);
}

/* serve - the plan for who waits for a model that is out, since that step, carried out */
static void serve(struct world *w, struct sim_model *m, int since)
{
	struct plan_wanted wanted = { "wanted", m->bytes, m->allowed };
	struct plan_model models[MODELS];
	size_t own[MODELS];
	struct plan p;

	plan_make(models, given(w, models, own), w->device, w->n_devices, &wanted, now_ms(w), &p, NULL);
	HOLDS(p.result != PLAN_NEVER);
	for (size_t i = 0; i < p.n_evict; i++) {
		if (p.result == PLAN_EVICT)
			leave(w, &w->model[own[p.evict[i]]]);
		else if (since < w->model[own[p.evict[i]]].victim_of)
			w->model[own[p.evict[i]]].victim_of = since;
	}
	if (p.result == PLAN_LOAD)
		load(w, m, p.device);
	else
		w->device[p.device].reserved += m->bytes;
	plan_release(&p);
}

/* Each model is asked for once, by who waits for it longest. */
static void serve_all(struct world *w)
{
	bool asked[MODELS] = { false };

	for (size_t i = 0; i < w->n_devices; i++)
		w->device[i].reserved = 0;
	for (size_t i = 0; i < MODELS; i++)
		w->model[i].victim_of = STEPS;
	for (size_t i = 0; i < w->n_waiters; i++) {
		unsigned model = w->waiter[i].model;

		if (w->model[model].state == OUT && !asked[model])
			serve(w, &w->model[model], w->waiter[i].since);
		asked[model] = true;
	}
}

static void check_budget(const struct world *w)
{
	for (size_t i = 0; i < w->n_devices; i++) {
		uint64_t held = 0;

		for (size_t k = 0; k < MODELS; k++)
			held += w->model[k].state != OUT && w->model[k].device == i ? w->model[k].bytes : 0;
		HOLDS(held <= w->device[i].total);
	}
}

/* Each waiter is served within bounded time whatever comes behind it, and no device ever holds more than it has. */
static void nobody_waits_for_ever(void **state UNUSED)
{
	unsigned served = 0, evicted = 0;

	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct world w;

		for (begin(&w, seed); w.now < STEPS; w.now++) {
			pass(&w);
			arrive(&w);
			enter(&w);
			serve_all(&w);
			check_budget(&w);
		}
		served += w.served;
		evicted += w.evicted;
	}
	assert_true(served > 100 * WORLDS && evicted > 10 * WORLDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits_for_ever),
	};

	return RUN_TESTS(tests);
}

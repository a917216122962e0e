#include "tests/test.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "model/plan.h"
#include "tests/model/random.h"

#define UNIT  UINT64_C(10000000)
#define GB    UINT64_C(1000000000)
#define NOW   INT64_C(1800000000000)
#define EVERY UINT32_MAX
#define CASES 20000

enum { MODELS_MOST = 9, DEVICES_MOST = 4 };

/* Three models on 20 units, bid-generator used longest ago; 12 units are wanted. */
static void the_walk(void **state UNUSED)
{
	static const struct plan_device ram0 = { "ram0", 20 * UNIT, 0, 0 };
	static const struct plan_wanted wanted = { "price-model", 12 * UNIT, EVERY };
	static const struct plan_model models[] = {
		{ "tender-parser", 0, 4 * UNIT, .last_used_ms = NOW - 20000, .cost_ms = 400 },
		{ "requirement-extractor", 0, 3 * UNIT, .last_used_ms = NOW - 10000, .cost_ms = 300 },
		{ "bid-generator", 0, 7 * UNIT, .last_used_ms = NOW - 60000, .cost_ms = 700 },
	};
	struct err why;
	struct plan p;

	plan_make(models, 3, &ram0, 1, &wanted, NOW, &p, &why);
	assert_int_equal(p.result, PLAN_EVICT);
	assert_int_equal(p.n_evict, 1);
	assert_int_equal(p.evict[0], 2);
	assert_int_equal(p.free, 6 * UNIT);
	assert_string_equal(why.text, "needs 120 MB, 60 free on ram0");
	plan_release(&p);
}

/* What is cheap to load again for how long nobody asked goes, not what was used longest ago whatever it costs. */
static void the_cost_counts(void **state UNUSED)
{
	static const struct plan_device gpu0 = { "gpu0", 20 * GB, 0, 0 };
	static const struct plan_wanted wanted = { "wanted", 5 * GB, EVERY };
	static const struct plan_model models[] = {
		{ "dear", 0, 10 * GB, .last_used_ms = NOW - 60000, .cost_ms = 90000 },
		{ "cheap", 0, 10 * GB, .last_used_ms = NOW - 20000, .cost_ms = 1000 },
	};
	struct plan p;

	plan_make(models, 2, &gpu0, 1, &wanted, NOW, &p, NULL);
	assert_int_equal(p.result, PLAN_EVICT);
	assert_true(p.n_evict == 1 && p.evict[0] == 1);
	plan_release(&p);
	plan_make(models, 2, &gpu0, 1, &wanted, NOW + 3600 * 1000, &p, NULL);
	assert_true(p.n_evict == 1 && p.evict[0] == 1);
	plan_release(&p);
}

/* One by one the oldest would go first; together those two lose less than the one that is large enough. */
static void a_set_is_chosen(void **state UNUSED)
{
	static const struct plan_device gpu0 = { "gpu0", 20 * GB, 0, 0 };
	static const struct plan_wanted wanted = { "wanted", 9 * GB, EVERY };
	static const struct plan_model models[] = {
		{ "small", 0, 2 * GB, .last_used_ms = NOW - 90000, .cost_ms = 1000 },
		{ "half", 0, 5 * GB, .last_used_ms = NOW - 50000, .cost_ms = 2000 },
		{ "other half", 0, 4 * GB, .last_used_ms = NOW - 60000, .cost_ms = 2000 },
		{ "whole", 0, 9 * GB, .last_used_ms = NOW - 50000, .cost_ms = 9000 },
	};
	struct plan p;

	plan_make(models, 4, &gpu0, 1, &wanted, NOW, &p, NULL);
	assert_int_equal(p.result, PLAN_EVICT);
	assert_int_equal(p.n_evict, 2);
	assert_int_equal(p.evict[0], 2);
	assert_int_equal(p.evict[1], 1);
	plan_release(&p);
}

/* What leaves is waited for before another goes, and what waits longer keeps what it was promised. */
static void what_comes_is_waited_for(void **state UNUSED)
{
	static const struct plan_wanted wanted = { "wanted", 6 * GB, EVERY };
	struct plan_device gpu0 = { "gpu0", 20 * GB, 0, 0 };
	struct plan_model models[] = {
		{ "leaving", 0, 8 * GB, .moving = true, .leaving = true },
		{ "idle", 0, 9 * GB, .last_used_ms = NOW - 50000, .cost_ms = 2000 },
	};
	struct err why;
	struct plan p;

	plan_make(models, 2, &gpu0, 1, &wanted, NOW, &p, &why);
	assert_true(p.result == PLAN_WAIT && p.n_evict == 0);
	assert_int_equal(why.code, -EBUSY);
	assert_string_equal(why.text, "needs 6.0 GB, 3.0 free on gpu0, 8.0 being freed");
	gpu0.reserved = 8 * GB;
	plan_make(models, 2, &gpu0, 1, &wanted, NOW, &p, NULL);
	assert_true(p.result == PLAN_EVICT && p.n_evict == 1 && p.evict[0] == 1);
	plan_release(&p);
	gpu0.reserved = 19 * GB;
	plan_make(models, 2, &gpu0, 1, &wanted, NOW, &p, &why);
	assert_true(p.result == PLAN_WAIT && p.n_evict == 0);
	assert_string_equal(why.text,
			    "needs 6.0 GB, 3.0 free on gpu0, 8.0 being freed, 19.0 kept for who waits longer");
	gpu0.reserved = 0;
	models[0].leaving = false;
	models[1].in_use = 2;
	plan_make(models, 2, &gpu0, 1, &wanted, NOW, &p, &why);
	assert_true(p.result == PLAN_WAIT && p.n_evict == 1);
	assert_string_equal(why.text, "needs 6.0 GB, 3.0 free on gpu0, 9.0 in use, 8.0 being loaded");
	plan_release(&p);
}

static void who_can_never_have_room_hears_why(void **state UNUSED)
{
	static const struct plan_device devices[] = { { "gpu0", 16 * GB, 0, 0 }, { "gpu1", 24 * GB, GB + 1, 3 * GB } };
	static const struct plan_model models[] = {
		{ "mine", 1, 12 * GB, .pinned = true, .in_use = 1 },
		{ "used", 0, 8 * GB - GB / 20, .in_use = 1 },
	};
	struct plan_wanted wanted = { "wanted", 17 * GB, EVERY };
	struct err why;
	struct plan p;

	plan_make(models, 2, devices, 2, &wanted, NOW, &p, &why);
	assert_true(p.result == PLAN_NEVER && p.rc == -ENOMEM && why.code == -ENOMEM);
	assert_int_equal(p.device, 0);
	assert_string_equal(why.text, "needs 17.0 GB, 8.0 free on gpu0, 8.0 in use, 16.0 in all");
	wanted.devices = 2;
	plan_make(models, 2, devices, 2, &wanted, NOW, &p, &why);
	assert_true(p.result == PLAN_NEVER && p.rc == -ENOMEM);
	assert_string_equal(why.text, "needs 17.0 GB, 10.9 free on gpu1, 12.0 pinned, 1.1 used by others, 24.0 in all");
	assert_true(p.pinned == 12 * GB && p.in_use == 0 && p.foreign == GB + 1);
	wanted.devices = 1u << 31 | 1u << 2;
	plan_make(models, 2, devices, 2, &wanted, NOW, &p, &why);
	assert_true(p.result == PLAN_NEVER && p.rc == -ENODEV && why.code == -ENODEV);
	assert_string_equal(why.text, "none of the devices that 'wanted' may use is here");
}

/* Past what is searched to the end a set is still found, and still has nobody too many. */
static void hundreds_of_models(void **state UNUSED)
{
	static struct plan_model models[400];
	static const struct plan_device ram0 = { "ram0", 400000, 0, 0 };
	static const struct plan_wanted wanted = { "wanted", 123456, EVERY };
	uint64_t seed = 711, freed = 0, least = UINT64_MAX;
	struct plan p;

	for (size_t i = 0; i < N_ELEMS(models); i++)
		models[i] = (struct plan_model){ .name = "m",
						 .bytes = 900 + random_below(&seed, 100),
						 .last_used_ms = NOW - 1000 - (int64_t)random_below(&seed, 1000),
						 .cost_ms = 1000 + (int64_t)random_below(&seed, 100) };
	plan_make(models, N_ELEMS(models), &ram0, 1, &wanted, NOW, &p, NULL);
	assert_int_equal(p.result, PLAN_EVICT);
	for (size_t i = 0; i < p.n_evict; i++) {
		freed += models[p.evict[i]].bytes;
		if (models[p.evict[i]].bytes < least)
			least = models[p.evict[i]].bytes;
	}
	assert_true(p.free + freed >= wanted.bytes);
	assert_true(p.free + freed - least < wanted.bytes);
	plan_release(&p);
}

/* One made-up case, and what is looked for to judge the plan. */
struct made {
	uint64_t seed;
	size_t n, n_devices;
	struct plan_model model[MODELS_MOST];
	struct plan_device device[DEVICES_MOST];
	struct plan_wanted wanted;
};

static void show(const struct made *c)
{
	print_message("seed %#" PRIx64 ": wanted %" PRIu64 " on %#x\n", c->seed, c->wanted.bytes, c->wanted.devices);
	for (size_t i = 0; i < c->n_devices; i++)
		print_message("  device %zu: total %" PRIu64 " foreign %" PRIu64 " reserved %" PRIu64 "\n", i,
			      c->device[i].total, c->device[i].foreign, c->device[i].reserved);
	for (size_t i = 0; i < c->n; i++) {
		const struct plan_model *m = &c->model[i];

		print_message("  model %zu on %u: %" PRIu64 " in use %u%s%s%s, %" PRIi64 " ms ago, %" PRIi64 " ms\n", i,
			      m->device, m->bytes, m->in_use, m->pinned ? ", pinned" : "", m->moving ? ", moving" : "",
			      m->leaving ? ", leaving" : "", NOW - m->last_used_ms, m->cost_ms);
	}
}

static void hold(const struct made *c, bool true_of_it, const char *what)
{
	if (true_of_it)
		return;
	show(c);
	fail_msg("not true: %s", what);
}
#define HOLDS(what) hold(c, what, #what)

/* Sizes are small numbers, so that things just fit; in some cases as large as they can be. */
static void make_up(struct made *c, uint64_t seed)
{
	static const uint64_t scales[] = { 1, 1, 1, UNIT, GB, UINT64_C(1) << 58 };
	uint64_t scale;

	*c = (struct made){ .seed = seed };
	scale = scales[random_below(&seed, N_ELEMS(scales))];
	c->n = random_below(&seed, MODELS_MOST + 1);
	c->n_devices = random_below(&seed, DEVICES_MOST + 1);
	c->wanted = (struct plan_wanted){ "wanted", random_below(&seed, 24) * scale,
					  (uint32_t)random_below(&seed, 3) ? EVERY : (uint32_t)random_next(&seed) };
	for (size_t i = 0; i < c->n_devices; i++)
		c->device[i] = (struct plan_device){ "device", (4 + random_below(&seed, 28)) * scale,
						     random_below(&seed, 4) ? 0 : random_below(&seed, 20) * scale,
						     random_below(&seed, 3) ? 0 : random_below(&seed, 20) * scale };
	for (size_t i = 0; i < c->n; i++) {
		bool moving = random_below(&seed, 6) == 0;

		c->model[i] = (struct plan_model){
			.name = "model",
			.device = (unsigned)random_below(&seed, c->n_devices + 1),
			.bytes = random_below(&seed, 12) * scale,
			.in_use = random_below(&seed, 3) ? 0 : 1 + (unsigned)random_below(&seed, 3),
			.pinned = random_below(&seed, 6) == 0,
			.moving = moving,
			.leaving = moving && random_below(&seed, 2),
			.last_used_ms = NOW - (int64_t)random_below(&seed, 20) * 5,
			.cost_ms = (int64_t)random_below(&seed, 50) * (random_below(&seed, 9) ? 1 : INT64_C(1) << 50),
		};
	}
}

/* What trying every set of models finds for a device. */
struct found {
	enum { FITS, COMES, IDLE, BUSY, PROMISED, NEVER, ABSENT } way;
	double loss;
	__int128 spare;
};

static double loss_of(const struct plan_model *m)
{
	double age = m->in_use || m->moving || m->last_used_ms >= NOW ? 1 : (double)(NOW - m->last_used_ms);

	return (double)(m->cost_ms ? m->cost_ms : 1) / age;
}

/* try_sets - the least loss that covers missing bytes of a device; -1: no set does */
static double try_sets(const struct made *c, unsigned device, bool busy, __int128 missing)
{
	double best = -1;

	for (unsigned set = 0; set < 1u << c->n; set++) {
		__int128 freed = 0;
		double loss = 0;
		bool may = true;

		for (size_t i = 0; may && i < c->n; i++) {
			const struct plan_model *m = &c->model[i];

			if (!(set >> i & 1))
				continue;
			may = m->device == device && !m->pinned && !m->leaving && (busy || (!m->in_use && !m->moving));
			freed += m->bytes;
			loss += loss_of(m);
		}
		if (may && freed >= missing && (best < 0 || loss < best))
			best = loss;
	}
	return best;
}

static struct found find(const struct made *c, unsigned device)
{
	const struct plan_device *d = &c->device[device];
	__int128 left = (__int128)d->total - d->foreign, coming = 0, pinned = 0, spare;

	if (!(c->wanted.devices >> device & 1))
		return (struct found){ .way = ABSENT };
	for (size_t i = 0; i < c->n; i++) {
		if (c->model[i].device != device)
			continue;
		left -= c->model[i].bytes;
		coming += c->model[i].leaving ? c->model[i].bytes : 0;
		pinned += c->model[i].pinned && !c->model[i].leaving ? c->model[i].bytes : 0;
	}
	spare = left - d->reserved - c->wanted.bytes;
	if ((__int128)d->total - d->foreign - pinned < c->wanted.bytes)
		return (struct found){ .way = NEVER, .spare = (__int128)d->total - d->foreign - pinned };
	if (spare >= 0)
		return (struct found){ .way = FITS, .spare = spare + coming };
	if (spare + coming >= 0)
		return (struct found){ .way = COMES, .spare = spare + coming };
	for (int busy = 0; busy < 2; busy++) {
		double loss = try_sets(c, device, busy, -(spare + coming));

		if (loss >= 0)
			return (struct found){ .way = busy ? BUSY : IDLE, .loss = loss, .spare = spare + coming };
	}
	return (struct found){ .way = PROMISED, .spare = spare + coming };
}

static bool nearly(double a, double b)
{
	double off = a > b ? a - b : b - a;

	return off <= 1e-9 * (a > b ? a : b);
}

/* No other device would have been better than the one of the plan. */
static void check_device(const struct made *c, const struct plan *p, const struct found *own)
{
	for (unsigned i = 0; i < c->n_devices; i++) {
		struct found f = find(c, i);

		HOLDS(own->way <= f.way);
		if (f.way != own->way)
			continue;
		HOLDS(own->loss <= f.loss || nearly(own->loss, f.loss));
		if (f.loss == own->loss)
			HOLDS(own->spare >= f.spare);
	}
	HOLDS(p->device < c->n_devices);
}

/* Who goes may go, is needed, and is enough. */
static void check_evicted(const struct made *c, const struct plan *p, const struct found *own)
{
	const struct plan_device *d = &c->device[p->device];
	__int128 after = (__int128)d->foreign + d->reserved + c->wanted.bytes;
	double loss = 0, before = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (c->model[i].device == p->device && !c->model[i].leaving)
			after += c->model[i].bytes;
	}
	for (size_t i = 0; i < p->n_evict; i++)
		after -= c->model[p->evict[i]].bytes;
	HOLDS(after <= d->total);
	for (size_t i = 0; i < p->n_evict; i++) {
		const struct plan_model *m = &c->model[p->evict[i]];

		HOLDS(p->evict[i] < c->n && m->device == p->device);
		HOLDS(!m->pinned && !m->leaving);
		HOLDS(p->result == PLAN_WAIT || (!m->in_use && !m->moving));
		HOLDS(after + m->bytes > d->total);
		HOLDS(i == 0 || loss_of(m) >= before);
		before = loss_of(m);
		loss += before;
		for (size_t k = 0; k < i; k++)
			HOLDS(p->evict[k] != p->evict[i]);
	}
	HOLDS(nearly(loss, own->loss));
}

static void check_plan(const struct made *c, const struct plan *p, const struct err *why)
{
	static const enum plan_result results[] = {
		PLAN_LOAD, PLAN_WAIT, PLAN_EVICT, PLAN_WAIT, PLAN_WAIT, PLAN_NEVER
	};
	struct found own;
	bool any = false;

	for (unsigned i = 0; i < c->n_devices; i++)
		any = any || c->wanted.devices >> i & 1;
	HOLDS((p->result == PLAN_NEVER && p->rc == -ENODEV) == !any);
	HOLDS(p->needed == c->wanted.bytes && why->text[0]);
	if (!any)
		return;
	own = find(c, p->device);
	HOLDS(own.way != ABSENT && p->result == results[own.way]);
	HOLDS(p->rc == (own.way == NEVER ? -ENOMEM : 0));
	HOLDS((p->n_evict > 0) == (own.way == IDLE || own.way == BUSY));
	check_device(c, p, &own);
	if (own.way == IDLE || own.way == BUSY)
		check_evicted(c, p, &own);
}

static void same_again(const struct made *c, const struct plan *p)
{
	struct plan q;

	plan_make(c->model, c->n, c->device, c->n_devices, &c->wanted, NOW, &q, NULL);
	HOLDS(q.result == p->result && q.rc == p->rc && q.device == p->device && q.n_evict == p->n_evict);
	for (size_t i = 0; i < q.n_evict; i++)
		HOLDS(q.evict[i] == p->evict[i]);
	plan_release(&q);
}

/* All that the header promises, of cases that are made up; each kind of answer comes often. */
static void made_up_cases(void **state UNUSED)
{
	unsigned seen[4] = { 0 }, named = 0;

	for (uint64_t seed = 1; seed <= CASES; seed++) {
		struct err why = ERR_INIT;
		struct made c;
		struct plan p;

		make_up(&c, seed);
		plan_make(c.model, c.n, c.device, c.n_devices, &c.wanted, NOW, &p, &why);
		check_plan(&c, &p, &why);
		same_again(&c, &p);
		seen[p.result]++;
		named += p.result == PLAN_WAIT && p.n_evict > 0;
		plan_release(&p);
	}
	assert_true(seen[PLAN_LOAD] > 500 && seen[PLAN_EVICT] > 500 && seen[PLAN_NEVER] > 500);
	assert_true(named > 500 && seen[PLAN_WAIT] - named > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_walk),
		cmocka_unit_test(the_cost_counts),
		cmocka_unit_test(a_set_is_chosen),
		cmocka_unit_test(what_comes_is_waited_for),
		cmocka_unit_test(who_can_never_have_room_hears_why),
		cmocka_unit_test(hundreds_of_models),
		cmocka_unit_test(made_up_cases),
	};

	return RUN_TESTS(tests);
}

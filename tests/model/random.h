/* random - numbers that are the same in each run: a failure names its seed, and the seed brings it back */
#ifndef FS0711_TESTS_MODEL_RANDOM_H
#define FS0711_TESTS_MODEL_RANDOM_H

#include <stdint.h>

/* random_next - splitmix64 */
static inline uint64_t random_next(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* random_below - 0 to n - 1 */
static inline uint64_t random_below(uint64_t *seed, uint64_t n)
{
	return random_next(seed) % n;
}

#endif

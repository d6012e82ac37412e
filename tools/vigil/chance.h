#ifndef TOOLS_VIGIL_CHANCE_H
#define TOOLS_VIGIL_CHANCE_H

#include <stdint.h>

/* Numbers that look random and are the same for the same seed on every machine
 * (splitmix64; Steele, Lea and Flood, Fast Splittable Pseudorandom Number
 * Generators, OOPSLA 2014). */
struct chance {
    uint64_t state;
};

uint64_t chance_roll(struct chance *c);
/* 0 to below - 1. */
int32_t chance_pick(struct chance *c, int32_t below);
/* 0 to 1, 1 excluded. */
double chance_part(struct chance *c);
/* About normally distributed, with mean 0 and deviation 1. */
double chance_normal(struct chance *c);

#endif

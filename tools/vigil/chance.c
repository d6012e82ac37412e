#include "tools/vigil/chance.h"

uint64_t chance_roll(struct chance *c)
{
    uint64_t z = c->state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

int32_t chance_pick(struct chance *c, int32_t below)
{
    return (int32_t)((chance_roll(c) >> 32) * (uint64_t)below >> 32);
}

double chance_part(struct chance *c)
{
    return (double)(chance_roll(c) >> 11) * 0x1p-53;
}

/* The sum of twelve has variance 1. */
double chance_normal(struct chance *c)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += chance_part(c);
    return sum;
}

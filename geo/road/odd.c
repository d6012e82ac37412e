#include "geo/road/odd.h"

#include <math.h>

const char *odd_word(enum odd_kind kind)
{
    static const char *const WORDS[ODD_KINDS] = { "fast", "slow", "long", "drawn" };

    return WORDS[kind];
}

static double drawn_m(const struct network *n, int32_t segment)
{
    double sum_m = 0;

    for (int32_t i = n->first_shape[segment]; i < n->first_shape[segment + 1] - 1; i++)
        sum_m += network_leg_m(n->shape[i], n->shape[i + 1]);
    return sum_m;
}

/* Whether it is odd in this way, and by which value. */
static bool is_odd(const struct network *n, int32_t segment, enum odd_kind kind, double *value)
{
    const enum street_class class = n->street_class[segment];
    const double length_m = n->length_cm[segment] / 100.0;
    const double limit_kmh = n->maxspeed_kmh[segment]; /* 0: none is posted */
    double off_m;

    *value = limit_kmh;
    switch (kind) {
    case ODD_FAST:
        return limit_kmh > ODD_FAST_KMH && class >= STREET_RESIDENTIAL && class != STREET_FERRY;
    case ODD_SLOW:
        return limit_kmh > 0 && limit_kmh < ODD_SLOW_KMH && class <= STREET_TERTIARY;
    case ODD_LONG:
        *value = length_m;
        return length_m > ODD_LONG_KM * 1000.0 && class != STREET_FERRY;
    case ODD_DRAWN:
        *value = drawn_m(n, segment);
        off_m = fabs(*value - length_m);
        return off_m > ODD_DRAWN_CM / 100.0 && off_m > length_m * ODD_DRAWN_THOUSANDTHS / 1000;
    case ODD_KINDS:
        break;
    }
    return false;
}

int32_t odd_find(const struct network *n, struct arena *a, const struct odd **out)
{
    double value;
    int32_t count = 0;

    for (int32_t i = 0; i < n->segment_count; i++)
        for (enum odd_kind kind = 0; kind < ODD_KINDS; kind++)
            count += is_odd(n, i, kind, &value);
    struct odd *all = arena_take(a, (size_t)count + 1, sizeof *all);

    count = 0;
    for (int32_t i = 0; i < n->segment_count; i++)
        for (enum odd_kind kind = 0; kind < ODD_KINDS; kind++)
            if (is_odd(n, i, kind, &value))
                all[count++] = (struct odd){ i, kind, value };
    *out = all;
    return count;
}

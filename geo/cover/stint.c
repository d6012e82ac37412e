#include "geo/cover/stint.h"

#include <stdbool.h>
#include <stdlib.h>

struct moment {
    int64_t at_s;
    int32_t by; /* one comes, one goes */
};

/* Who goes makes room before the next one comes: at one moment the order is no matter,
 * since nothing is told before the moment is over. */
static int by_time(const void *one, const void *other)
{
    const struct moment *a = one, *b = other;

    if (a->at_s != b->at_s)
        return a->at_s < b->at_s ? -1 : 1;
    return (a->by > b->by) - (a->by < b->by);
}

int32_t stint_manned(const struct stint *stints, int32_t count, int32_t need, struct arena *a,
                     const struct stint **out)
{
    struct moment *moments = arena_take(a, 2 * (size_t)count + 1, sizeof *moments);
    struct stint *found = arena_take(a, (size_t)count + 1, sizeof *found);
    int32_t moment_count = 0, found_count = 0, there = 0;
    bool is_manned = false;

    for (int32_t i = 0; i < count; i++) {
        if (stints[i].from_s >= stints[i].to_s)
            continue;
        moments[moment_count++] = (struct moment){ stints[i].from_s, 1 };
        moments[moment_count++] = (struct moment){ stints[i].to_s, -1 };
    }
    qsort(moments, (size_t)moment_count, sizeof *moments, by_time);
    for (int32_t i = 0; i < moment_count; i++) {
        there += moments[i].by;
        if (i + 1 < moment_count && moments[i + 1].at_s == moments[i].at_s)
            continue;
        if ((there >= need) == is_manned)
            continue;
        is_manned = !is_manned;
        if (is_manned)
            found[found_count].from_s = moments[i].at_s;
        else
            found[found_count++].to_s = moments[i].at_s;
    }
    *out = found;
    return found_count;
}

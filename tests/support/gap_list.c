#include "tests/support/gap_list.h"

#include <math.h>
#include <stdlib.h>

void gap_list_add(struct gap_list *l, double from_cm, double to_cm)
{
    if (l->count == l->room) {
        l->room = l->room > 0 ? 2 * l->room : 4;
        l->items = realloc(l->items, (size_t)l->room * sizeof *l->items);
        if (!l->items)
            abort();
    }
    l->items[l->count++] = (struct gap_list_item){ from_cm, to_cm };
}

static int by_start(const void *one, const void *other)
{
    const double a = ((const struct gap_list_item *)one)->from_cm;
    const double b = ((const struct gap_list_item *)other)->from_cm;

    return (a > b) - (a < b);
}

void gap_list_tidy(struct gap_list *l)
{
    static const double SAME_CM = 1e-5;
    int32_t kept = 0;

    if (l->count > 1)
        qsort(l->items, (size_t)l->count, sizeof *l->items, by_start);
    for (int32_t i = 0; i < l->count; i++) {
        if (kept > 0 && l->items[kept - 1].to_cm + SAME_CM >= l->items[i].from_cm)
            l->items[kept - 1].to_cm = fmax(l->items[kept - 1].to_cm, l->items[i].to_cm);
        else
            l->items[kept++] = l->items[i];
    }
    l->count = kept;
}

void gap_list_invert(struct gap_list *l, double length_cm)
{
    struct gap_list out = { 0 };
    double at = 0;

    gap_list_tidy(l);
    for (int32_t i = 0; i < l->count; i++) {
        if (l->items[i].from_cm > at)
            gap_list_add(&out, at, l->items[i].from_cm);
        at = fmax(at, l->items[i].to_cm);
    }
    if (at < length_cm)
        gap_list_add(&out, at, length_cm);
    free(l->items);
    *l = out;
}

double gap_list_cm(const struct gap_list *l)
{
    double sum = 0;

    for (int32_t i = 0; i < l->count; i++)
        sum += l->items[i].to_cm - l->items[i].from_cm;
    return sum;
}

double gap_list_common_cm(const struct gap_list *a, const struct gap_list *b)
{
    double sum = 0;

    for (int32_t i = 0; i < a->count; i++)
        for (int32_t k = 0; k < b->count; k++)
            sum += fmax(0, fmin(a->items[i].to_cm, b->items[k].to_cm) -
                               fmax(a->items[i].from_cm, b->items[k].from_cm));
    return sum;
}

double gap_list_nearest_cm(const struct gap_list *l, double at_cm)
{
    double nearest = INFINITY;

    for (int32_t i = 0; i < l->count; i++)
        nearest =
            fmin(nearest, fmin(fabs(l->items[i].from_cm - at_cm), fabs(l->items[i].to_cm - at_cm)));
    return nearest;
}

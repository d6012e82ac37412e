#include "tests/support/parts_of_streets.h"

#include <stdlib.h>

void parts_of_streets_add(struct parts_of_streets *p, int32_t segment, uint32_t one_cm,
                          uint32_t other_cm)
{
    if (p->count == p->room) {
        p->room = 2 * p->room + 256;
        p->parts = realloc(p->parts, (size_t)p->room * sizeof *p->parts);
        if (!p->parts)
            abort();
    }
    p->parts[p->count++] = (struct part_of_street){ segment, one_cm < other_cm ? one_cm : other_cm,
                                                    one_cm < other_cm ? other_cm : one_cm };
}

static int by_place(const void *left, const void *right)
{
    const struct part_of_street *a = left;
    const struct part_of_street *b = right;

    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return a->low_cm < b->low_cm ? -1 : a->low_cm > b->low_cm;
}

void parts_of_streets_tidy(struct parts_of_streets *p)
{
    int32_t kept = 0;

    qsort(p->parts, (size_t)p->count, sizeof *p->parts, by_place);
    for (int32_t i = 0; i < p->count; i++) {
        struct part_of_street *last = kept > 0 ? &p->parts[kept - 1] : NULL;

        if (last && last->segment == p->parts[i].segment && p->parts[i].low_cm <= last->high_cm) {
            if (p->parts[i].high_cm > last->high_cm)
                last->high_cm = p->parts[i].high_cm;
        } else {
            p->parts[kept++] = p->parts[i];
        }
    }
    p->count = kept;
}

int64_t parts_of_streets_cm(const struct parts_of_streets *p)
{
    int64_t sum = 0;

    for (int32_t i = 0; i < p->count; i++)
        sum += p->parts[i].high_cm - p->parts[i].low_cm;
    return sum;
}

void parts_of_streets_common(const struct parts_of_streets *one,
                             const struct parts_of_streets *other, struct parts_of_streets *out)
{
    out->count = 0;
    for (int32_t i = 0, j = 0; i < one->count && j < other->count;) {
        const struct part_of_street *a = &one->parts[i];
        const struct part_of_street *b = &other->parts[j];

        if (a->segment == b->segment) {
            const uint32_t low = a->low_cm > b->low_cm ? a->low_cm : b->low_cm;
            const uint32_t high = a->high_cm < b->high_cm ? a->high_cm : b->high_cm;

            if (low < high)
                parts_of_streets_add(out, a->segment, low, high);
        }
        if (a->segment < b->segment || (a->segment == b->segment && a->high_cm < b->high_cm))
            i++;
        else
            j++;
    }
}

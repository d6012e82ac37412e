#include "tests/support/pile.h"

#include <assert.h>

static struct pile_entry *entries(const struct buf *pile)
{
    return (void *)pile->bytes;
}

void pile_put(struct buf *pile, int64_t cost, int32_t node)
{
    const struct pile_entry one = { cost, node };

    buf_put(pile, &one, sizeof one);
    struct pile_entry *all = entries(pile);
    size_t at = pile->size / sizeof one - 1;

    for (; at > 0 && all[(at - 1) / 2].cost > cost; at = (at - 1) / 2)
        all[at] = all[(at - 1) / 2];
    all[at] = one;
}

struct pile_entry pile_take(struct buf *pile)
{
    struct pile_entry *all = entries(pile);

    assert(pile->size >= sizeof *all);
    const size_t count = pile->size / sizeof *all - 1;
    const struct pile_entry first = all[0], last = all[count];
    size_t at = 0;

    pile->size -= sizeof *all;
    for (size_t child = 1; child < count; child = 2 * at + 1) {
        child += child + 1 < count && all[child + 1].cost < all[child].cost;
        if (all[child].cost >= last.cost)
            break;
        all[at] = all[child];
        at = child;
    }
    if (count > 0)
        all[at] = last;
    return first;
}

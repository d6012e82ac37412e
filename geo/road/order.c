#include "geo/road/order.h"

#include <assert.h>
#include <metis.h>
#include <string.h>

#include "geo/base/arena.h"

_Static_assert(sizeof(idx_t) == sizeof(int32_t), "METIS of the distribution counts in 32 bits");

enum { SEED = 7 };

/* METIS takes its input as writable and does not write to it. */
static idx_t *as_writable(const int32_t *numbers)
{
    const union {
        const int32_t *read_only;
        idx_t *writable;
    } same = { numbers };

    return same.writable;
}

bool order_find(int32_t node_count, const int32_t *firsts, const int32_t *heads, int32_t *order,
                struct fail *f)
{
    idx_t options[METIS_NOPTIONS];
    idx_t count = node_count;

    /* It wants at least one edge, and without any every order is as good. */
    if (node_count == 0 || firsts[node_count] == 0) {
        for (int32_t i = 0; i < node_count; i++)
            order[i] = i;
        return true;
    }
    struct arena *a = arena_new();
    idx_t *place = arena_take(a, (size_t)node_count, sizeof *place);

    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = SEED;
    options[METIS_OPTION_NUMBERING] = 0;
    const int how =
        METIS_NodeND(&count, as_writable(firsts), as_writable(heads), NULL, options, order, place);

    arena_free(a);
    return how == METIS_OK ||
           fail_set(f, FAIL_BROKEN, ORDER_FAILED, "no order was found for %d nodes (METIS says %d)",
                    node_count, how);
}

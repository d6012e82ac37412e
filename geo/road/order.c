#include "geo/road/order.h"

#include <assert.h>
#include <metis.h>
#include <string.h>

#include "geo/base/arena.h"

_Static_assert(sizeof(idx_t) == sizeof(int32_t), "METIS of the distribution counts in 32 bits");

enum { SEED = 7 };

/* How unequal, in thousandths, the two sides of a separator may be: by measurement. On
 * New York 200 gives the least labels (0.32 GiB; 0.35 with 300), on Northeast USA 300
 * (3.7 GiB; 4.2 with 200). */
enum { LARGE = 1000 * 1000, UNEVEN = 200, UNEVEN_LARGE = 300 };

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
    options[METIS_OPTION_UFACTOR] = node_count < LARGE ? UNEVEN : UNEVEN_LARGE;
    const int how =
        METIS_NodeND(&count, as_writable(firsts), as_writable(heads), NULL, options, order, place);

    arena_free(a);
    return how == METIS_OK ||
           fail_set(f, FAIL_BROKEN, ORDER_FAILED, "no order was found for %d nodes (METIS says %d)",
                    node_count, how);
}

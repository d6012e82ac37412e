#include "api/endpoints.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

/* Every subject has a file of rows; here they become one table: a line each, so that two
 * who add one do not meet. */
/* clang-format off */
static const struct endpoints_group *const GROUPS[] = {
    &ENDPOINTS_SERVICE,
    &ENDPOINTS_TOKENS,
    &ENDPOINTS_PLACES,
    &ENDPOINTS_PEOPLE,
    &ENDPOINTS_DUTY,
    &ENDPOINTS_ORGS,
    &ENDPOINTS_PRIVACY,
    &ENDPOINTS_INCIDENTS,
    &ENDPOINTS_ROSTERS,
    &ENDPOINTS_PROOFS,
    &ENDPOINTS_ROADS,
    &ENDPOINTS_MAP,
    &ENDPOINTS_EVENTS,
    &ENDPOINTS_DEVICES,
    &ENDPOINTS_DOUBTS,
    &ENDPOINTS_NODES,
    &ENDPOINTS_TRACKS,
    &ENDPOINTS_MATCHES,
    &ENDPOINTS_FENCES,
    &ENDPOINTS_NETWORK,
    &ENDPOINTS_CLOSURES,
    &ENDPOINTS_JOBS,
    &ENDPOINTS_COVERAGE,
    &ENDPOINTS_WEIGHTS,
};
/* clang-format on */

enum { ROWS_MAX = 400 };

static struct endpoint table[ROWS_MAX];
static int32_t row_count;

static void join(void)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++) {
        assert(row_count + GROUPS[i]->count <= ROWS_MAX);
        memcpy(&table[row_count], GROUPS[i]->rows,
               (size_t)GROUPS[i]->count * sizeof *GROUPS[i]->rows);
        row_count += GROUPS[i]->count;
    }
}

const struct endpoint *endpoints_table(int32_t *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, join);
    *count = row_count;
    return table;
}

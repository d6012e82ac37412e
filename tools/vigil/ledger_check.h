#ifndef TOOLS_VIGIL_LEDGER_CHECK_H
#define TOOLS_VIGIL_LEDGER_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "tools/vigil/ledger.h"

/* A ledger beside the database: what was acknowledged must be there once, as it was
 * sent; what was refused must not be there; what is unknown may be. Positions are looked
 * for among single fixes and in packed hours. */
struct ledger_check_figures {
    int64_t stored, node_local; /* acknowledged */
    int64_t refused, unknown;
    int64_t lost;    /* acknowledged and not there */
    int64_t altered; /* there, but not as it was acknowledged */
    int64_t twice;   /* there more than once */
    /* The same of positions that were sent again for want of an answer: each is a row,
     * and whoever reads a track meets them as one (track_sort). */
    int64_t twice_resent;
    int64_t refused_stored; /* refused and there all the same */
    int64_t unknown_stored; /* never acknowledged, and there: allowed */
    int64_t strangers;      /* there, of the same time or run, and not in the ledger */
};

bool ledger_check(struct db *db, const struct ledger *l,
                  struct ledger_check_figures out[LEDGER_KINDS], struct fail *f);

/* Nothing lost, altered, twice or stored against a refusal. */
bool ledger_check_is_good(const struct ledger_check_figures *figures);

#endif

#ifndef ENGINE_MOMENTS_H
#define ENGINE_MOMENTS_H

#include "engine/coverage.h"
#include "engine/weeks.h"

/* What was covered at one moment that is over, or is to be by the plan: worked out when it is
 * asked for, of what covers during its second (engine/week_sources), and nobody's but the
 * caller's. So it is told in the same words as what is covered now. */
struct moments_wish {
    enum week_sources_kind kind;
    int64_t at_s;     /* since 1970 */
    uint32_t reach_k; /* by how many people a street counts as reached */
};

struct moment {
    const struct terrain *terrain; /* held */
    struct cover *cover;
    int64_t at_us;
    bool knows_reach; /* who could have come: that of the full hour before */
    int64_t data_us;  /* when its sources were read; the database's clock */
};

/* What was actually covered is not asked of a moment to come: VALUE_OUT_OF_RANGE. Else fails
 * as weeks_take does. To be given back with moments_end. */
bool moments_find(struct weeks *w, const struct moments_wish *wish, struct moment *out,
                  struct fail *f);
void moments_end(struct moment *m);

/* The same as one sees what is covered now; as long as the moment is held. */
struct coverage_view moments_view(const struct moment *m);

#endif

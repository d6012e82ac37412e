#ifndef GEO_PLAN_CERTIFICATE_H
#define GEO_PLAN_CERTIFICATE_H

#include "geo/base/buf.h"
#include "geo/plan/siting.h"

/* A plan with all that is needed to check it, as two lists of whole numbers (LEB128, least
 * significant seven bits first):
 *
 *   question  CERTIFICATE_VERSION; sites, groups, classes, pairs, points asked for; how many
 *             shares, and they; the quota of each group; of each site its group, times 4, and 1
 *             when it stands, 2 when it is barred; of each pair both sites; of each class its
 *             weight, how many sites cover it, the first of them and the steps to the next
 *   proof     how many points, the first site and the steps to the next; the value; the bound
 *             in 1/CERTIFICATE_SCALE; of each class its price in 1/CERTIFICATE_SCALE
 *
 * The bound holds whatever the prices are, as long as none is below 0 (dual.h). */
enum { CERTIFICATE_VERSION = 1, CERTIFICATE_SCALE = 1024 };

struct certificate_proof {
    const int32_t *sites; /* ascending */
    int32_t count;
    int64_t value, bound;
    const int64_t *prices; /* of classes */
};

void certificate_question(const struct siting *s, struct buf *out);
void certificate_proof(const struct siting *s, const struct certificate_proof *proof,
                       struct buf *out);

#endif

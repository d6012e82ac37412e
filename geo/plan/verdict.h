#ifndef GEO_PLAN_VERDICT_H
#define GEO_PLAN_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Checks a plan's certificate (certificate.h has its form) without anything of what made it:
 * reads the numbers once, counts the value and the bound again in whole numbers, and compares
 * them with what is claimed. */
struct verdict {
    int32_t site_count, class_count, count; /* count: of chosen sites */
    int64_t value, weight;                  /* weight: of all classes */
    int64_t bound;                          /* in 1/scale */
    int32_t scale;
};

/* False with CERTIFICATE_MALFORMED, or with CERTIFICATE_FALSE when a rule of the question is
 * broken or a number is not what was claimed. */
bool verdict_reach(const char *question, size_t question_size, const char *proof, size_t proof_size,
                   struct arena *a, struct verdict *out, struct fail *f);

#endif

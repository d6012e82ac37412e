#include "engine/job_kinds.h"

#include "engine/openings.h"
#include "engine/week_store.h"
#include "engine/weights.h"

const struct job_kind JOB_KINDS[] = {
    { "week", week_store_check, week_store_run },
    { "weights", weights_check, weights_run },
    { "area_gaps", openings_check, openings_run },
};

const int32_t JOB_KINDS_COUNT = (int32_t)(sizeof JOB_KINDS / sizeof *JOB_KINDS);

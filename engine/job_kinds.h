#ifndef ENGINE_JOB_KINDS_H
#define ENGINE_JOB_KINDS_H

#include "engine/jobs.h"

/* Every kind of job that there is, a row each. */
extern const struct job_kind JOB_KINDS[];
extern const int32_t JOB_KINDS_COUNT;

#endif

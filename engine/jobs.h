#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/base/input.h"

struct ids;
struct terrain_slot;
struct weeks;

/* Work that takes longer than an answer may: asked for in a transaction, done by a planner
 * thread of some process of the city, with progress that is told, an end that can be
 * wished, and a result that stays. What a process leaves undone when it ends is queued
 * again; what it leaves when it dies is taken up by another after JOBS_SILENT_S, three
 * times at most, from where jobs_save left it. */
enum {
    JOBS_PLANNERS_MAX = 8,
    JOBS_OPEN_MAX = 1000, /* queued and running in the city */
    JOBS_SILENT_S = 60,
    JOBS_STEP_MAX = 40,        /* bytes of the word for what is being done */
    JOBS_RESULT_MAX = 1000000, /* bytes, of what was saved, too */
    JOBS_TOLD_EVERY_MS = 1000, /* how often progress is written, at most */
};

/* What jobs may work with, besides the database. */
struct jobs_means {
    struct terrain_slot *terrain;
    struct weeks *weeks;
    struct ids *ids;
};

/* A job as the function sees it that does it, on a planner's thread. */
struct job {
    int64_t job_id;
    int64_t org_id;           /* for whom */
    const struct input *wish; /* as it was asked for */
    const char *saved;        /* JSON of jobs_save, of an earlier try; NULL: none */
    struct jobs_means means;
    struct db *db;       /* the planner's, as the engine, no transaction open */
    struct arena *arena; /* until the job is over */
    struct job_run *run; /* jobs.c's own */
};

/* A kind of job. `check` says whether a wish makes sense, before it is queued; `run` does
 * it, calls jobs_step every second or so, and gives its result as a JSON object. */
struct job_kind {
    const char *word; /* a stable one: "week" */
    bool (*check)(const struct input *wish, struct fail *f);
    bool (*run)(struct job *job, const char **result, struct fail *f);
};

/* Tells how far it is (0 to 1) and what is being done, a word of the catalogues' job.step.…;
 * not within a transaction. False when it is to end: JOB_CANCELLED, JOB_HALTED (the process
 * ends; it goes on elsewhere), JOB_LOST (another has taken it). Whatever is not committed
 * then is undone. */
bool jobs_step(struct job *job, double share, const char *step, struct fail *f);

/* Where a later try may go on from. */
bool jobs_save(struct job *job, const char *json, struct fail *f);

struct jobs;

/* Starts so many planners for these kinds; none is allowed. `kinds` and the means must
 * outlive it. NULL when the database cannot be reached. */
struct jobs *jobs_open(const char *database, int32_t planners, const struct job_kind *kinds,
                       int32_t kind_count, const struct jobs_means *means, struct fail *f);
/* Ends what is running at its next step. */
void jobs_close(struct jobs *jobs);

/* The kind of a word, or NULL. */
const struct job_kind *jobs_kind(const struct job_kind *kinds, int32_t kind_count,
                                 const char *word);

/* Asks for one, in the caller's transaction and scope. */
struct jobs_new {
    int64_t job_id;
    int64_t org_id;
    const char *kind;
    const char *wish; /* a JSON object */
    int64_t token_id; /* 0: nobody's */
    int64_t person_id;
};
bool jobs_add(struct db *db, const struct jobs_new *job, struct arena *a, struct fail *f);

/* Wishes its end, in the caller's scope; of one that is over nothing changes. */
bool jobs_cancel(struct db *db, int64_t job_id, struct fail *f);

#endif

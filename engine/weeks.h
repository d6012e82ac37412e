#ifndef ENGINE_WEEKS_H
#define ENGINE_WEEKS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/terrain.h"
#include "engine/week_sources.h"
#include "geo/base/fail.h"
#include "geo/cover/cover.h"
#include "geo/cover/slab.h"

/* What is covered hour by hour, by the plan or as it was, in up to 168 hours: worked out
 * when it is asked for, and kept for the next who asks. Each time the sources are read
 * again and what has changed since is scored anew, alone: an edited shift costs what its
 * lookout point sees. Any number of processes may do so; all come to the same.
 *
 * What is missing is one of the classes of geo/cover/cover.h: unwatched, or one that asks who
 * could have come, which is known of some hours that have been (engine/reached). */
struct weeks;

/* `database` is a libpq string; the slot must outlive it. A street counts as reached by
 * reach_k people. NULL when the database cannot be reached. */
struct weeks *weeks_open(const char *database, struct terrain_slot *terrains, int32_t reach_k,
                         struct fail *f);
void weeks_close(struct weeks *w);

enum { WEEKS_HOURS_MAX = SLAB_HOURS_MAX, WEEKS_BOOKS_MAX = 4 };

struct weeks_wish {
    enum week_sources_kind kind;
    int64_t from_s; /* seconds since 1970, at a whole hour */
    int32_t hour_count;
    enum cover_class class; /* what is missing; of a plan COVER_UNWATCHED */
};

/* The streets of a cell, of an organisation with all below it, or of a station. */
struct weeks_area {
    int64_t length_cm;
    int64_t weight; /* centimetre·thousandths */
};

struct weeks_book {
    struct week_sources_time time; /* of an actual one, known to the last whole minute */
    int32_t hour_count;
    enum cover_class class;
    bool is_unknown[WEEKS_HOURS_MAX]; /* of an hour nobody knows who could have come */
    int64_t data_us;                  /* when its sources were read; the database's clock */
    const struct terrain *terrain;
    const struct slab_table *table; /* nothing is covered in it after time.known_s */
    /* By hour, what is known not to be covered: an hour h of place i of the terrain's cells
     * organisations or stations stands at [i * hour_count + h]. */
    const struct slab_gap *cells, *orgs, *stations;
    const struct weeks_area *cell_areas, *org_areas, *station_areas;
    const struct week_sources_one
        *sources; /* ascending by source_id; without what slabs are made of */
    int32_t source_count;
};

/* Whole seconds of an hour that are known: 3,600, or fewer at the end of what has been. */
int32_t weeks_known_s(const struct weeks_book *b, int32_t hour);
/* How long a hole of the table (slab_holes) is known to be one. */
int64_t weeks_missing_s(const struct weeks_book *b, const struct slab_hole *hole);

/* The book of some hours as of now, for the calling thread alone until it gives it back.
 * False with NO_CITY_YET, WEEKS_BUSY while others have them for long, or the database's
 * failures. */
bool weeks_take(struct weeks *w, const struct weeks_wish *wish, const struct weeks_book **out,
                struct fail *f);
void weeks_give(struct weeks *w);

/* What covers during some time, as of now, and the terrain that it is told on, for the
 * caller to drop. Fails as weeks_take does. */
struct weeks_reading {
    const struct terrain *terrain;
    struct week_sources sources; /* in the arena */
    int64_t data_us;             /* when that was; the database's clock */
};
bool weeks_read(struct weeks *w, const struct week_sources_time *time, struct arena *a,
                struct weeks_reading *out, struct fail *f);
/* week_sources_find of one of them. */
bool weeks_slabs(struct weeks *w, const struct terrain *t, const struct week_sources_time *time,
                 const struct week_sources_one *one, struct arena *a, const struct slab **out,
                 int32_t *count, struct fail *f);

/* A shift at a lookout point that is not cancelled. */
struct weeks_shift {
    int64_t shift_id;
    int64_t lookout_point_id;
    struct stint time;
};

/* The shifts of some lookout points that the hours of a book see, by lookout point; in the
 * arena. While the book is taken. */
bool weeks_shifts(struct weeks *w, const struct weeks_book *b, const int64_t *lookout_point_ids,
                  int32_t count, struct arena *a, const struct weeks_shift **out,
                  int32_t *shift_count, struct fail *f);

#endif

#ifndef ENGINE_LIVE_H
#define ENGINE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/world.h"
#include "geo/point.h"
#include "geo/road/crowd.h"

/* Everyone who is known, and where each was last: the city's people in memory,
 * the shadow of vigil.person and vigil.position_last. It stands on the streets
 * of one world at a time.
 *
 * Readers call live_read, look, and live_read_end; they may be many at once and
 * should look briefly. What changes it (live_know, live_move, live_settle) comes
 * from the writer, the timer and the handlers that change people; each of them
 * locks by itself, in pieces so small that a reader waits less than a
 * millisecond for them. Nobody may change it while reading on the same thread. */
struct live;

struct live *live_new(void);
void live_free(struct live *l);

/* A place that a person reported. */
struct live_fix {
    int64_t person_id;
    struct point_e7 at;  /* WGS 84 */
    int32_t accuracy_dm; /* decimetres, -1 when unknown */
    int32_t speed_cms;   /* centimetres a second, -1 when unknown */
    int64_t fix_us;      /* the device's time, microseconds since 1970 */
    int64_t received_us; /* ours */
    /* Where that is on the streets her mode may use, as snapped in the world of
     * this version; 0: not snapped yet, live_move does it. */
    uint64_t snapped_in;
    enum mode snapped_for;
    bool on_street; /* false: no street within SNAP_REACH_M */
    struct spot spot;
};

/* One person as she is known now. */
struct live_person {
    int64_t person_id;
    const char *name; /* readable until live_read_end */
    enum mode mode;
    uint64_t skills;
    bool on_duty;
    bool has_fix;
    struct live_fix fix; /* when has_fix; its snap is filled when she is on a street */
};

/* ------------------------------------------------------------------ reading */

void live_read(struct live *l);
void live_read_end(struct live *l);

/* The world on whose streets the people stand, NULL before the first: within
 * live_read it fits the crowd, unlike what engine_hold gives. It stays readable
 * until live_read_end; world_hold_again keeps it longer. */
const struct world *live_world(const struct live *l);
/* The people on the streets, NULL before the first world. */
const struct crowd *live_crowd(const struct live *l);

/* False when nobody has this id. */
bool live_get(const struct live *l, int64_t person_id, struct live_person *out);

/* Visits everyone with a fix inside the box, edges included, in no particular
 * order; the box does not cross the date line. */
void live_each_in_box(const struct live *l, struct point_e7 south_west, struct point_e7 north_east,
                      void (*visit)(void *self, const struct live_person *person), void *self);

/* Changes whenever anyone in the box, or close outside it, moves, arrives,
 * leaves or changes; never goes back while the process lives. Start-up time is
 * part of it, so it serves as an ETag across restarts. */
uint64_t live_box_version(const struct live *l, struct point_e7 south_west,
                          struct point_e7 north_east);

int32_t live_count(const struct live *l);        /* people known */
int32_t live_placed_count(const struct live *l); /* with a fix */
int32_t live_on_duty_count(const struct live *l);
int32_t live_available_count(const struct live *l); /* on duty and with a fix */

/* ------------------------------------------------------------------ changing */

/* Makes these people known, or known as changed: name, mode, skills and duty are
 * taken, a fix only when has_fix is set and it is not older than hers. The names
 * are copied. */
void live_know(struct live *l, const struct live_person *people, int32_t count);
/* Forgets her; an unknown id is ignored. */
void live_forget(struct live *l, int64_t person_id);

/* Where each of the people stands in the newest world: fills snapped_in, spot
 * and on_street of fixes of known people. For the threads of requests, so that
 * the writer has less to do. */
void live_snap(struct live *l, struct live_fix *fixes, int32_t count);
/* Moves people; a fix that is older than the one she has is ignored, and so is
 * one of an unknown person. */
void live_move(struct live *l, const struct live_fix *fixes, int32_t count);

/* Everyone is put onto the streets of another world, beside the old one that
 * goes on serving; then the two are exchanged at once. */
void live_settle(struct live *l, const struct world *w);

#endif

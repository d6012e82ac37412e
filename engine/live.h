#ifndef ENGINE_LIVE_H
#define ENGINE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/able.h"
#include "engine/age.h"
#include "engine/kin.h"
#include "engine/muster.h"
#include "engine/world.h"
#include "geo/frame.h"
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

/* What is to be said of a fix, mostly what is doubtful about it, as bits. It is kept in the history
 * all the same; live believes only those with none of LIVE_UNBELIEVED: of the others she has the
 * flags and stays where she was, until one is believed. */
enum live_flag {
    LIVE_JUMP = 1 << 0,       /* further from the last one than her mode can come */
    LIVE_FRAME = 1 << 1,      /* her device probably sends another frame than it declares */
    LIVE_CLOCK_SKEW = 1 << 2, /* the device's clock is far from ours */
    LIVE_OFF_LINE = 1 << 3,   /* a bus away from its line */
    LIVE_NODE_LOCAL = 1 << 4, /* was kept by a node while the database was away */
    LIVE_AT_STOP = 1 << 5,    /* no doubt: a bus at or near a stop, where it counts as eyes */
    LIVE_UNBELIEVED = LIVE_JUMP,
};

/* A place that a person reported. */
struct live_fix {
    int64_t person_id;
    struct point_e7 at;  /* WGS 84 */
    enum frame frame;    /* that the device declared; nothing is converted any more */
    int32_t accuracy_dm; /* decimetres, -1 when unknown */
    int32_t speed_cms;   /* centimetres a second, -1 when unknown */
    int64_t fix_us;      /* the device's time, microseconds since 1970 */
    int64_t received_us; /* ours */
    uint32_t flags;      /* bits of enum live_flag */
    bool is_repeat;      /* it is committed already, and comes again */
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
    enum able_crew crew;
    uint64_t skills;
    bool on_duty;
    bool has_fix;
    struct live_fix fix; /* when has_fix; its snap is filled when she is on a street */

    /* Whose she is: whoever may see one of these may see her. */
    int64_t org_id;         /* her home */
    const int64_t *further; /* the others she belongs to; readable until live_read_end */
    int32_t further_count;
    uint32_t roles; /* in any of them, by role */

    int16_t birth_year;        /* 0: not known */
    int64_t taken_incident_id; /* 0: she is free */
    /* Why she cannot be sent now, as bits of engine/able; her age, and that of her fix,
     * are for whoever knows what she is wanted for, and when. live_know reads NO_CONSENT,
     * CREDENTIAL_EXPIRED and HIRED; the others follow from what else is said here. */
    uint32_t bars;
};

enum { LIVE_FURTHER_MAX = 64 }; /* organisations beside the home; more are not known */

/* ------------------------------------------------------------------ reading */

void live_read(struct live *l);
void live_read_end(struct live *l);

/* The world on whose streets the people stand, NULL before the first: within
 * live_read it fits the crowd, unlike what engine_hold gives. It stays readable
 * until live_read_end; world_hold_again keeps it longer. */
const struct world *live_world(const struct live *l);
/* The people on the streets, NULL before the first world. */
const struct crowd *live_crowd(const struct live *l);

/* Who belongs to each organisation. */
const struct kin *live_kin(const struct live *l);

/* What is known of someone who was met in the crowd: nothing is searched for, and the
 * fix is not snapped. */
void live_met(const struct live *l, const struct crowd_person *person, struct live_person *out);

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
int32_t live_available_count(const struct live *l); /* can be sent, but for any age */
/* The same of certain organisations. */
const struct muster *live_muster(const struct live *l);
/* Of who is where since when: two processes that know the same positions have the same,
 * in whatever order they came to know them. */
uint64_t live_hash(const struct live *l);
/* Whether her fixes are kept, as far as this process knows. */
bool live_tracks(const struct live *l, int64_t person_id);

/* ------------------------------------------------------------------ changing */

/* Whoever is off duty and not taken, or has not agreed to it, is not tracked: she has
 * no fix, whatever is said of one, and comes to none before that has changed. */

/* Makes these people known, or known as changed: everything is taken as it is said,
 * but a fix only when has_fix is set and it is not older than hers, and that she is
 * taken only of someone who was not known before. Names and lists are copied. */
void live_know(struct live *l, const struct live_person *people, int32_t count);
/* Forgets her; an unknown id is ignored. */
void live_forget(struct live *l, int64_t person_id);

/* An incident has taken these people, or lets them go: from then on the search leaves
 * them out, or finds them. To be called when the transaction has been committed;
 * unknown ids are ignored, they are set right by live_taken_are. */
void live_take(struct live *l, const int64_t *person_ids, int32_t count, int64_t incident_id);
void live_release(struct live *l, const int64_t *person_ids, int32_t count);

/* That the frame or the clock of her device is doubted, or no longer; unknown ids are
 * ignored. */
void live_doubt(struct live *l, int64_t person_id, enum live_flag flag, bool is_doubted);

/* How old fixes may be, for whoever asks: AGE_USUAL until it is set, before the first
 * reader. */
void live_age(struct live *l, struct age_limits limits);
const struct age_limits *live_ages(const struct live *l);

/* Exactly these people are taken, as the database was at some moment after
 * live_taken_turn gave `turn`: whoever was taken or let go since then is left as she
 * is. */
struct live_taking {
    int64_t person_id;
    int64_t incident_id;
};
uint64_t live_taken_turn(struct live *l);
void live_taken_are(struct live *l, uint64_t turn, const struct live_taking *takings,
                    int32_t count);

/* Whether she agrees that her place is used; on or off duty, with the mode she comes
 * by. Unknown ids are ignored. */
void live_consent(struct live *l, int64_t person_id, bool is_given);
void live_duty(struct live *l, int64_t person_id, bool on_duty, enum mode mode, enum able_crew crew,
               bool is_hired);

/* Where each of the people stands in the newest world: fills snapped_in, spot
 * and on_street of fixes of known people. For the threads of requests, so that
 * the writer has less to do. */
void live_snap(struct live *l, struct live_fix *fixes, int32_t count);
/* Moves people; a fix that is older than the one she has is ignored, and so is
 * one of an unknown person and one that is not believed. Of two of one moment the
 * one further east, or north, is kept. */
void live_move(struct live *l, const struct live_fix *fixes, int32_t count);

/* Everyone is put onto the streets of another world, beside the old one that
 * goes on serving; then the two are exchanged at once. */
void live_settle(struct live *l, const struct world *w);

#endif

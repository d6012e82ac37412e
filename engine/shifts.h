#ifndef ENGINE_SHIFTS_H
#define ENGINE_SHIFTS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "engine/signup.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/point.h"

/* Shifts, the templates they are made of, and people in their places. What may
 * happen to a sign-up is engine/signup's; here it is done, in the caller's
 * transaction, which rolls back when a call fails. */
enum {
    SHIFTS_NEEDS_MAX = 10,
    SHIFTS_ROLE_MAX = 40,  /* bytes */
    SHIFTS_NAME_MAX = 200, /* bytes */
    SHIFTS_NOTE_MAX = 300, /* bytes */
    SHIFTS_WEEKS_MAX = 26, /* made at once */
    SHIFTS_MINUTES_MIN = 15,
    SHIFTS_MINUTES_MAX = 1440,
    SHIFTS_CUTOFF_MAX = 43200, /* minutes: thirty days */
    SHIFTS_RADIUS_MIN = 10,
    SHIFTS_RADIUS_MAX = 5000,
};

/* Who may sign up by herself: nobody, the squad's members, whoever belongs to the
 * organisation or one below it. */
extern const char *const SHIFTS_JOINS[];
enum { SHIFTS_JOINS_COUNT = 3 };

struct shifts_need {
    const char *role;
    int64_t min, max;
};

/* A template, or a shift without one. */
struct shifts_plan {
    int64_t id, org_id;
    const char *name;
    int64_t station_id, lookout_point_id, squad_id; /* one of them */
    int64_t weekdays;                               /* bit 0 is Monday */
    int64_t starts_min, length_min;                 /* of a template */
    int64_t starts_us, ends_us;                     /* of a shift */
    int64_t cutoff_min, radius_m;
    const char *joins;
    bool approval;
    struct shifts_need needs[SHIFTS_NEEDS_MAX];
    int32_t need_count;
};

bool shifts_add_template(struct db *db, const struct shifts_plan *plan, struct arena *a,
                         struct fail *f);
/* `zone` is the city's: it decides which day a shift is of. */
bool shifts_add(struct db *db, const struct shifts_plan *plan, const char *zone, struct arena *a,
                struct fail *f);
/* Makes the shifts of so many weeks from a Monday that are not there yet; how many. */
struct shifts_weeks {
    int64_t template_id;
    const char *monday; /* "2026-11-23" */
    int32_t count;      /* 1 to SHIFTS_WEEKS_MAX */
    const char *zone;   /* the city's */
};
bool shifts_make_weeks(struct db *db, struct ids *ids, const struct shifts_weeks *weeks,
                       struct arena *a, int64_t *made, struct fail *f);
bool shifts_close_template(struct db *db, int64_t template_id, struct arena *a, struct fail *f);
/* Calls an open shift off with all who signed up; they are told. */
bool shifts_cancel(struct db *db, int64_t shift_id, struct arena *a, struct fail *f);

/* ------------------------------------------------------------------ sign-ups */

/* Who acts: for the organisation, or for herself (and her squad, when she leads it). */
struct shifts_actor {
    int64_t token_id;
    int64_t person_id; /* 0: not known */
    bool by_staff;
};

struct shifts_signup {
    int64_t signup_id, org_id;
    int64_t shift_id, claim_id, day_id; /* 0: none */
    int64_t person_id;
    const char *role;
    enum signup_state state;
    bool offered;
    int32_t radius_m;
    struct signup_moment moment;
};

/* Signs a person up for a shift or, when claim_id is not 0, names her for a claimed
 * patrol. PERSON_UNKNOWN, CREDENTIAL_EXPIRED, ROLE_FULL, PERSON_ROSTERED, SHIFT_OVER
 * or JOIN_NOT_ALLOWED. */
struct shifts_wish {
    int64_t signup_id;
    int64_t shift_id, claim_id;
    int64_t person_id;
    const char *role;
};
bool shifts_sign_up(struct db *db, const struct shifts_wish *wish, const struct shifts_actor *who,
                    struct arena *a, struct fail *f);

/* Holds a sign-up for this transaction; FAIL_MISSING when the caller sees none. */
bool shifts_hold(struct db *db, int64_t signup_id, const struct shifts_actor *who, struct arena *a,
                 struct shifts_signup *out, struct fail *f);

/* Approves, confirms or cancels. */
bool shifts_step(struct db *db, const struct shifts_signup *s, enum signup_event event,
                 struct arena *a, struct fail *f);
/* Offers her place to somebody, or to anyone (0). */
bool shifts_offer(struct db *db, const struct shifts_signup *s, int64_t to_person_id,
                  struct arena *a, struct fail *f);
/* Another takes an offered place as a sign-up of her own. */
bool shifts_take(struct db *db, int64_t signup_id, int64_t new_id, int64_t taker_id,
                 struct arena *a, struct fail *f);

/* How it is known that somebody came or left. */
struct shifts_proof {
    const char *how;  /* "qr", "geofence", "hand" or "auto" */
    const char *code; /* of qr: what was scanned */
    struct point at;  /* of geofence: where she stands, WGS 84 */
    const char *note; /* or NULL */
};
bool shifts_check_in(struct db *db, struct ids *ids, const struct shifts_signup *s,
                     const struct shifts_proof *proof, const struct shifts_actor *who,
                     struct arena *a, struct fail *f);
/* Also books the hours: one entry, with the two check-ins as its evidence. */
bool shifts_check_out(struct db *db, struct ids *ids, const struct shifts_signup *s,
                      const struct shifts_proof *proof, const struct shifts_actor *who,
                      struct arena *a, struct fail *f);

/* The code that a shift or patrol day shows now, and until when. */
struct shifts_code {
    const char *code;
    const char *until; /* RFC 3339 */
};
bool shifts_code_now(struct db *db, bool of_day, int64_t id, struct arena *a,
                     struct shifts_code *out, struct fail *f);

#endif

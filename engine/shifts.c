/* Rows go in as they were checked by the caller; the database's own rules have the
 * last word, and what they say is said here in a sentence. */
#include "engine/shifts.h"

#include <assert.h>
#include <string.h>

#include "engine/feed.h"
#include "engine/pgwire.h"
#include "engine/rota.h"
#include "geo/base/buf.h"

enum { DAYS_MAX = SHIFTS_WEEKS_MAX * 7 };

const char *const SHIFTS_JOINS[] = { "assigned", "squad", "members" };

static struct db_value id_or_null(int64_t id)
{
    return id ? db_int(id) : db_null();
}

/* ------------------------------------------------------------------ templates and shifts */

struct needs {
    const char *roles; /* parted by blanks */
    int64_t min[SHIFTS_NEEDS_MAX], max[SHIFTS_NEEDS_MAX];
};

static void list_needs(const struct shifts_plan *plan, struct arena *a, struct needs *out)
{
    out->roles = "";
    for (int32_t i = 0; i < plan->need_count; i++) {
        out->roles = arena_text(a, "%s%s%s", out->roles, i ? " " : "", plan->needs[i].role);
        out->min[i] = plan->needs[i].min;
        out->max[i] = plan->needs[i].max;
    }
}

static bool add(struct db *db, enum queries_id query, const struct shifts_plan *plan,
                const struct db_value when[4], struct arena *a, struct fail *f)
{
    struct needs needs;

    list_needs(plan, a, &needs);
    const struct db_value values[] = {
        db_int(plan->id),
        db_int(plan->org_id),
        db_text(plan->name),
        id_or_null(plan->station_id),
        id_or_null(plan->lookout_point_id),
        id_or_null(plan->squad_id),
        when[0],
        when[1],
        when[2],
        when[3],
        db_text(plan->joins),
        db_text(needs.roles),
        db_ints(needs.min, (size_t)plan->need_count),
        db_ints(needs.max, (size_t)plan->need_count),
        db_bool(plan->approval),
        db_int(plan->radius_m),
    };

    return db_run(db, query, values, sizeof values / sizeof *values, a, NULL, f);
}

bool shifts_add_template(struct db *db, const struct shifts_plan *plan, struct arena *a,
                         struct fail *f)
{
    const struct db_value when[] = { db_int(plan->weekdays), db_int(plan->starts_min),
                                     db_int(plan->length_min), db_int(plan->cutoff_min) };

    return add(db, QUERIES_SHIFT_TEMPLATE_ADD, plan, when, a, f);
}

bool shifts_add(struct db *db, const struct shifts_plan *plan, const char *zone, struct arena *a,
                struct fail *f)
{
    const struct db_value when[] = { db_int(plan->starts_us), db_int(plan->ends_us),
                                     db_int(plan->cutoff_min), db_text(zone) };

    return add(db, QUERIES_SHIFT_ADD, plan, when, a, f);
}

bool shifts_make_weeks(struct db *db, struct ids *ids, const struct shifts_weeks *weeks,
                       struct arena *a, int64_t *made, struct fail *f)
{
    const struct db_value wanted[] = { db_int(weeks->template_id), db_text(weeks->monday),
                                       db_int(weeks->count) };
    int64_t shift_ids[DAYS_MAX] = { 0 };
    const char *days = "";
    const struct db_rows *rows;

    assert(weeks->count >= 1 && weeks->count <= SHIFTS_WEEKS_MAX);
    if (!db_run(db, QUERIES_SHIFT_WEEKS, wanted, 3, a, &rows, f))
        return false;
    const int32_t count = db_count(rows);

    for (int32_t i = 0; i < count; i++) {
        if (!ids_take(ids, db, &shift_ids[i], f))
            return false;
        days = arena_text(a, "%s%s%s", days, i ? " " : "", db_get_text(rows, i, 0));
    }
    const struct db_value values[] = { db_int(weeks->template_id), db_text(days),
                                       db_ints(shift_ids, (size_t)count), db_text(weeks->zone) };

    *made = 0;
    if (count == 0)
        return true;
    if (!db_run(db, QUERIES_SHIFT_MAKE, values, 4, a, &rows, f))
        return false;
    *made = db_get_int(rows, 0, 0);
    return true;
}

bool shifts_close_template(struct db *db, int64_t template_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(template_id);

    return db_run(db, QUERIES_SHIFT_TEMPLATE_CLOSE, &value, 1, a, NULL, f);
}

/* ------------------------------------------------------------------ telling */

static bool tell(struct db *db, const struct shifts_signup *s, const char *state, struct arena *a,
                 struct fail *f)
{
    const struct feed_event event = {
        .kind = "duty",
        .org_id = s->org_id,
        .people = &s->person_id,
        .people_count = 1,
        .data = arena_text(a,
                           "{\"signup_id\":%lld,\"shift_id\":%lld,\"claim_id\":%lld,"
                           "\"person_id\":%lld,\"state\":\"%s\"}",
                           (long long)s->signup_id, (long long)s->shift_id, (long long)s->claim_id,
                           (long long)s->person_id, state),
    };

    return feed_tell(db, &event, f);
}

bool shifts_cancel(struct db *db, int64_t shift_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(shift_id);
    struct rota_item item;
    const struct db_rows *rows;

    if (!rota_get(db, ROTA_SHIFTS, shift_id, a, &item, f) ||
        !db_run(db, QUERIES_SHIFT_CANCEL, &value, 1, a, &rows, f))
        return false;
    const int32_t count = db_count(rows) < FEED_PEOPLE_MAX ? db_count(rows) : FEED_PEOPLE_MAX;
    int64_t *people = arena_take(a, (size_t)count + 1, sizeof *people);
    const struct db_rows *org;

    for (int32_t i = 0; i < count; i++)
        people[i] = db_get_int(rows, i, 0);
    if (!db_run(db, QUERIES_SHIFT_ORG, &value, 1, a, &org, f))
        return false;
    const struct feed_event event = {
        .kind = "duty",
        .org_id = db_get_int(org, 0, 0),
        .people = people,
        .people_count = count,
        .data = arena_text(a, "{\"shift_id\":%lld,\"state\":\"cancelled\"}", (long long)shift_id),
    };

    return feed_tell(db, &event, f);
}

/* ------------------------------------------------------------------ signing up */

enum {
    JOIN_ORG,
    JOIN_OPEN,
    JOIN_WHO,
    JOIN_APPROVAL,
    JOIN_SQUAD,
    JOIN_IN_SQUAD,
    JOIN_IN_ORG,
    JOIN_HAS_ROLE,
    JOIN_ROLES
};

static bool fail_person(int64_t person_id, struct fail *f)
{
    return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person %lld",
                    (long long)person_id);
}

static bool check_person(struct db *db, int64_t person_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(person_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SIGNUP_FIT, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0 || db_is_null(rows, 0, 0))
        return fail_person(person_id, f);
    if (db_get_bool(rows, 0, 0)) {
        fail_set(f, FAIL_CONFLICT, CREDENTIAL_EXPIRED,
                 "a credential that person %lld must have has expired", (long long)person_id);
        return fail_allowed(f, "renew it first");
    }
    return true;
}

static bool may_join(const struct db_rows *shift, struct fail *f)
{
    const char *joins = db_get_text(shift, 0, JOIN_WHO);

    if ((strcmp(joins, "members") == 0 && db_get_bool(shift, 0, JOIN_IN_ORG)) ||
        (strcmp(joins, "squad") == 0 && db_get_bool(shift, 0, JOIN_IN_SQUAD)))
        return true;
    fail_set(f, FAIL_CONFLICT, JOIN_NOT_ALLOWED, "one cannot sign up for this shift by oneself");
    return fail_allowed(f, strcmp(joins, "squad") == 0 ? "members of its squad, or its organisers"
                                                       : "its organisers");
}

/* The state in which she begins. */
static bool check_shift(struct db *db, const struct shifts_wish *w, const struct shifts_actor *who,
                        struct arena *a, const char **state, struct fail *f)
{
    const struct db_value values[] = { db_int(w->shift_id), db_text(w->role) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SHIFT_JOIN, values, 2, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_SHIFTS, w->shift_id, a, f);
    if (!db_get_bool(rows, 0, JOIN_OPEN))
        return fail_set(f, FAIL_CONFLICT, SHIFT_OVER, "shift %lld is over or cancelled",
                        (long long)w->shift_id);
    if (!db_get_bool(rows, 0, JOIN_HAS_ROLE)) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "this shift needs no %.40s", w->role);
        fail_allowed(f, "%s", db_get_text(rows, 0, JOIN_ROLES));
        fail_at(f, "/role");
        return fail_value(f, w->role);
    }
    if (!who->by_staff && !may_join(rows, f))
        return false;
    *state = who->by_staff || !db_get_bool(rows, 0, JOIN_APPROVAL) ? "approved" : "requested";
    return true;
}

/* What the table's rules mean to who asked. */
static bool explain(const struct db *db, int64_t person_id, struct fail *f)
{
    const char *rule = db_constraint(db);

    if (strcmp(rule, "signup_one_place") == 0)
        return fail_set(f, FAIL_CONFLICT, PERSON_ROSTERED,
                        "person %lld is on another shift or patrol at that time",
                        (long long)person_id);
    if (strcmp(rule, "signup_full") == 0)
        return fail_set(f, FAIL_CONFLICT, ROLE_FULL, "this role has no place left");
    return false;
}

bool shifts_sign_up(struct db *db, const struct shifts_wish *w, const struct shifts_actor *who,
                    struct arena *a, struct fail *f)
{
    const char *state = "approved";

    if ((w->shift_id && !check_shift(db, w, who, a, &state, f)) ||
        !check_person(db, w->person_id, a, f))
        return false;
    const struct db_value values[] = { db_int(w->signup_id),    id_or_null(w->shift_id),
                                       id_or_null(w->claim_id), db_int(w->person_id),
                                       db_text(w->role),        db_text(state) };
    struct shifts_signup s = { 0 };

    if (!db_run(db, QUERIES_SIGNUP_ADD, values, 6, a, NULL, f))
        return explain(db, w->person_id, f);
    return shifts_hold(db, w->signup_id, who, a, &s, f) && tell(db, &s, state, a, f);
}

/* ------------------------------------------------------------------ steps */

enum {
    HOLD_ID,
    HOLD_ORG,
    HOLD_SHIFT,
    HOLD_CLAIM,
    HOLD_PERSON,
    HOLD_ROLE,
    HOLD_STATE,
    HOLD_VERSION,
    HOLD_NOW,
    HOLD_STARTS,
    HOLD_ENDS,
    HOLD_CUTOFF,
    HOLD_RADIUS,
    HOLD_DAY,
    HOLD_OFFERED
};

static int64_t id_at(const struct db_rows *rows, int32_t column)
{
    return db_is_null(rows, 0, column) ? 0 : db_get_int(rows, 0, column);
}

bool shifts_hold(struct db *db, int64_t signup_id, const struct shifts_actor *who, struct arena *a,
                 struct shifts_signup *out, struct fail *f)
{
    const struct db_value value = db_int(signup_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SIGNUP_LOCK, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_SIGNUPS, signup_id, a, f);
    *out = (struct shifts_signup){
        .signup_id = signup_id,
        .org_id = db_get_int(rows, 0, HOLD_ORG),
        .shift_id = id_at(rows, HOLD_SHIFT),
        .claim_id = id_at(rows, HOLD_CLAIM),
        .day_id = id_at(rows, HOLD_DAY),
        .person_id = db_get_int(rows, 0, HOLD_PERSON),
        .role = db_get_text(rows, 0, HOLD_ROLE),
        .offered = db_get_bool(rows, 0, HOLD_OFFERED),
        .radius_m = (int32_t)db_get_int(rows, 0, HOLD_RADIUS),
        .moment = { .now_us = db_get_int(rows, 0, HOLD_NOW),
                    .starts_us = db_get_int(rows, 0, HOLD_STARTS),
                    .ends_us = db_get_int(rows, 0, HOLD_ENDS),
                    .cutoff_us = db_get_int(rows, 0, HOLD_CUTOFF),
                    .by_staff = who->by_staff },
    };
    const bool known = signup_state_of(db_get_text(rows, 0, HOLD_STATE), &out->state);

    assert(known);
    return true;
}

static bool change(struct db *db, const struct shifts_signup *s, enum signup_state state,
                   int32_t late_min, bool offered, int64_t to, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(s->signup_id), db_text(signup_word(state)),
                                       db_int(late_min), db_bool(offered), id_or_null(to) };

    return db_run(db, QUERIES_SIGNUP_CHANGE, values, 5, a, NULL, f);
}

bool shifts_step(struct db *db, const struct shifts_signup *s, enum signup_event event,
                 struct arena *a, struct fail *f)
{
    struct signup_step step;

    return signup_next(s->state, event, &s->moment, &step, f) &&
           change(db, s, step.state, 0, false, 0, a, f) &&
           tell(db, s, signup_word(step.state), a, f);
}

bool shifts_offer(struct db *db, const struct shifts_signup *s, int64_t to_person_id,
                  struct arena *a, struct fail *f)
{
    struct signup_step step;

    return signup_next(s->state, SIGNUP_OFFER, &s->moment, &step, f) &&
           change(db, s, step.state, 0, true, to_person_id, a, f) && tell(db, s, "offered", a, f);
}

bool shifts_take(struct db *db, int64_t signup_id, int64_t new_id, int64_t taker_id,
                 struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(signup_id), db_int(new_id), db_int(taker_id) };
    const struct shifts_actor who = { 0 };
    const struct db_rows *rows;
    struct shifts_signup s = { 0 };

    if (!check_person(db, taker_id, a, f) ||
        !db_run(db, QUERIES_SIGNUP_TAKE, values, 3, a, &rows, f))
        return explain(db, taker_id, f);
    const char *outcome = db_get_text(rows, 0, 0);

    if (strcmp(outcome, "rostered") == 0)
        return fail_set(f, FAIL_CONFLICT, PERSON_ROSTERED,
                        "person %lld is on another shift or patrol at that time",
                        (long long)taker_id);
    if (strcmp(outcome, "cut_off") == 0)
        return fail_set(f, FAIL_CONFLICT, CUT_OFF_PASSED, "the shift has begun");
    if (strcmp(outcome, "taken") != 0)
        return fail_set(f, FAIL_CONFLICT, SWAP_NOT_OFFERED,
                        "the place of sign-up %lld is not offered to person %lld",
                        (long long)signup_id, (long long)taker_id);
    return shifts_hold(db, new_id, &who, a, &s, f) && tell(db, &s, signup_word(s.state), a, f);
}

/* ------------------------------------------------------------------ being there */

bool shifts_code_now(struct db *db, bool of_day, int64_t id, struct arena *a,
                     struct shifts_code *out, struct fail *f)
{
    const struct db_value values[] = { db_text(of_day ? "day" : "shift"), db_int(id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CHECKIN_CODE, values, 2, a, &rows, f))
        return false;
    *out = (struct shifts_code){ db_get_text(rows, 0, 0), db_get_text(rows, 0, 2) };
    return true;
}

/* The code of now, or of the two minutes before: a phone may be slow. */
static bool check_code(struct db *db, const struct shifts_signup *s, const char *code,
                       struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_text(s->shift_id ? "shift" : "day"),
                                       db_int(s->shift_id ? s->shift_id : s->day_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CHECKIN_CODE, values, 2, a, &rows, f))
        return false;
    if (strcmp(code, db_get_text(rows, 0, 0)) == 0 || strcmp(code, db_get_text(rows, 0, 1)) == 0)
        return true;
    fail_set(f, FAIL_CONFLICT, CHECK_IN_REFUSED,
             "this is not the code that is shown here now; it changes every two minutes");
    return fail_at(f, "/code");
}

static bool check_distance(struct db *db, const struct shifts_signup *s, struct point at,
                           struct arena *a, int32_t *distance_m, struct fail *f)
{
    const struct db_value values[] = { db_int(s->signup_id), db_double(at.lon), db_double(at.lat) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SIGNUP_DISTANCE, values, 3, a, &rows, f))
        return false;
    if (db_is_null(rows, 0, 0)) {
        fail_set(f, FAIL_CONFLICT, CHECK_IN_REFUSED, "this shift has no place on the map");
        return fail_allowed(f, "qr, or hand by an organiser");
    }
    const double metres = db_get_double(rows, 0, 0);

    *distance_m = metres < SHIFTS_RADIUS_MAX ? (int32_t)metres : SHIFTS_RADIUS_MAX + 1;
    if (*distance_m <= s->radius_m)
        return true;
    fail_set(f, FAIL_CONFLICT, CHECK_IN_REFUSED, "that is %s%d m from where she should be",
             *distance_m > SHIFTS_RADIUS_MAX ? "more than " : "",
             *distance_m > SHIFTS_RADIUS_MAX ? SHIFTS_RADIUS_MAX : *distance_m);
    fail_allowed(f, "within %d m", s->radius_m);
    return fail_at(f, "/place");
}

/* By hand it is another who says so. */
static bool check_hand(const struct shifts_signup *s, const struct shifts_actor *who,
                       struct fail *f)
{
    if (who->by_staff || who->person_id != s->person_id)
        return true;
    fail_set(f, FAIL_CONFLICT, CHECK_IN_REFUSED, "one cannot check oneself in or out by hand");
    fail_allowed(f, "qr, geofence");
    return fail_at(f, "/how");
}

static bool put_checkin(struct db *db, struct ids *ids, const struct shifts_signup *s,
                        const char *kind, const struct shifts_proof *proof,
                        const struct shifts_actor *who, struct arena *a, struct fail *f)
{
    const bool fence = strcmp(proof->how, "geofence") == 0;
    int32_t distance_m = 0;
    int64_t checkin_id;

    if ((fence && !check_distance(db, s, proof->at, a, &distance_m, f)) ||
        (strcmp(proof->how, "qr") == 0 && !check_code(db, s, proof->code, a, f)) ||
        (strcmp(proof->how, "hand") == 0 && !check_hand(s, who, f)) ||
        !ids_take(ids, db, &checkin_id, f))
        return false;
    const struct db_value values[] = {
        db_int(checkin_id),
        db_int(s->signup_id),
        db_int(s->org_id),
        db_int(s->person_id),
        db_text(kind),
        db_text(proof->how),
        db_int(s->moment.now_us),
        fence ? db_int(distance_m) : db_null(),
        db_text(proof->note),
        db_int(who->token_id),
        db_int(who->person_id),
    };

    return db_run(db, QUERIES_CHECKIN_ADD, values, 11, a, NULL, f);
}

static bool set_duty(struct db *db, const struct shifts_signup *s, bool on_duty, struct arena *a,
                     struct fail *f)
{
    const struct db_value values[] = { db_int(s->person_id), db_bool(on_duty) };

    return db_run(db, QUERIES_SIGNUP_DUTY, values, 2, a, NULL, f);
}

bool shifts_check_in(struct db *db, struct ids *ids, const struct shifts_signup *s,
                     const struct shifts_proof *proof, const struct shifts_actor *who,
                     struct arena *a, struct fail *f)
{
    struct signup_step step;

    return signup_next(s->state, SIGNUP_CHECK_IN, &s->moment, &step, f) &&
           check_person(db, s->person_id, a, f) &&
           put_checkin(db, ids, s, "in", proof, who, a, f) &&
           change(db, s, step.state, step.late_min, false, 0, a, f) &&
           set_duty(db, s, true, a, f) && tell(db, s, signup_word(step.state), a, f);
}

static bool book_hours(struct db *db, struct ids *ids, const struct shifts_signup *s,
                       const struct shifts_actor *who, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(s->signup_id);
    const struct db_rows *rows;
    int64_t entry_id;

    if (!db_run(db, QUERIES_HOURS_CAME, &value, 1, a, &rows, f) || !ids_take(ids, db, &entry_id, f))
        return false;
    const int64_t came_us = db_count(rows) ? db_get_int(rows, 0, 0) : s->moment.now_us;
    const struct db_value values[] = {
        db_int(entry_id),
        db_int(s->signup_id),
        db_int(signup_minutes(came_us, s->moment.now_us, &s->moment)),
        db_int(who->token_id),
    };

    return db_run(db, QUERIES_HOURS_EARN, values, 4, a, NULL, f);
}

bool shifts_check_out(struct db *db, struct ids *ids, const struct shifts_signup *s,
                      const struct shifts_proof *proof, const struct shifts_actor *who,
                      struct arena *a, struct fail *f)
{
    struct signup_step out, credit;

    return signup_next(s->state, SIGNUP_CHECK_OUT, &s->moment, &out, f) &&
           signup_next(out.state, SIGNUP_CREDIT, &s->moment, &credit, f) &&
           put_checkin(db, ids, s, "out", proof, who, a, f) && book_hours(db, ids, s, who, a, f) &&
           change(db, s, credit.state, 0, false, 0, a, f) && set_duty(db, s, false, a, f) &&
           tell(db, s, signup_word(credit.state), a, f);
}

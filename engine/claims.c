#include "engine/claims.h"

#include <assert.h>
#include <string.h>

#include "engine/feed.h"
#include "engine/pgwire.h"
#include "engine/rota.h"

bool claims_tell(struct db *db, int64_t claim_id, int64_t squad_org_id, const char *state,
                 const int64_t *leaders, int32_t leader_count, struct arena *a, struct fail *f)
{
    const struct feed_event event = {
        .kind = "claim",
        .org_id = squad_org_id,
        .people = leaders,
        .people_count = leader_count < FEED_PEOPLE_MAX ? leader_count : FEED_PEOPLE_MAX,
        .data = arena_text(a, "{\"claim_id\":%lld,\"state\":\"%s\"}", (long long)claim_id, state),
    };

    return feed_tell(db, &event, f);
}

/* Tells the leaders of a claim: of the caller's own, or of one that it is exchanged with. */
static bool tell(struct db *db, int64_t own_id, int64_t claim_id, int64_t squad_org_id,
                 const char *state, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(own_id), db_int(claim_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLAIM_LEADERS, values, 2, a, &rows, f))
        return false;
    int64_t *leaders = arena_take(a, (size_t)db_count(rows) + 1, sizeof *leaders);

    for (int32_t i = 0; i < db_count(rows); i++)
        leaders[i] = db_get_int(rows, i, 0);
    return claims_tell(db, claim_id, squad_org_id, state, leaders, db_count(rows), a, f);
}

/* ------------------------------------------------------------------ asking */

static bool fail_squad(int64_t squad_id, struct fail *f)
{
    return fail_set(f, FAIL_MISSING, SQUAD_UNKNOWN, "there is no squad %lld that you may act for",
                    (long long)squad_id);
}

/* Why a claim was not taken, as a sentence. */
static bool explain(const char *why, int64_t day_id, int64_t squad_id, struct fail *f)
{
    if (strcmp(why, "not_yet") == 0) {
        fail_set(f, FAIL_CONFLICT, NOT_OPEN_YET, "patrol day %lld is not open for claiming yet",
                 (long long)day_id);
        return fail_allowed(f, "from its opens_at on");
    }
    if (strcmp(why, "cut_off") == 0) {
        fail_set(f, FAIL_CONFLICT, CUT_OFF_PASSED,
                 "the cut-off of patrol day %lld has passed: it can no longer be claimed",
                 (long long)day_id);
        return fail_allowed(f, "before its cutoff_at");
    }
    if (strcmp(why, "over") == 0)
        return fail_set(f, FAIL_CONFLICT, SHIFT_OVER, "patrol day %lld is over or cancelled",
                        (long long)day_id);
    if (strcmp(why, "again") == 0)
        return fail_set(f, FAIL_CONFLICT, CLAIM_AGAIN, "squad %lld has claimed day %lld already",
                        (long long)squad_id, (long long)day_id);
    if (strcmp(why, "busy") == 0)
        return fail_set(f, FAIL_CONFLICT, SQUAD_BUSY, "squad %lld is on another beat at that time",
                        (long long)squad_id);
    if (strcmp(why, "squad_elsewhere") == 0) {
        fail_set(f, FAIL_CONFLICT, JOIN_NOT_ALLOWED,
                 "squad %lld does not belong to the organisation of day %lld", (long long)squad_id,
                 (long long)day_id);
        return fail_allowed(f, "squads at or below the day's organisation");
    }
    return fail_squad(squad_id, f);
}

bool claims_ask(struct db *db, int64_t claim_id, int64_t day_id, int64_t squad_id, struct arena *a,
                struct fail *f)
{
    const struct db_value values[] = { db_int(claim_id), db_int(day_id), db_int(squad_id) };
    const struct db_rows *rows;
    enum patrol_state state;
    struct rota_item item;

    /* The day must be one that the caller sees; the claim then runs as the engine. */
    if (!rota_get(db, ROTA_PATROL_DAYS, day_id, a, &item, f) ||
        !db_run(db, QUERIES_CLAIM_ASK, values, 3, a, &rows, f))
        return false;
    const char *outcome = db_get_text(rows, 0, 0);

    if (!patrol_state_of(outcome, &state))
        return explain(outcome, day_id, squad_id, f);
    if (!rota_get(db, ROTA_CLAIMS, claim_id, a, &item, f))
        return false;
    const struct db_value claim = db_int(claim_id);

    return db_run(db, QUERIES_CLAIM_SQUAD_ORG, &claim, 1, a, &rows, f) &&
           tell(db, claim_id, claim_id, db_get_int(rows, 0, 0), outcome, a, f);
}

/* ------------------------------------------------------------------ steps */

enum {
    HOLD_ID,
    HOLD_DAY,
    HOLD_ORG,
    HOLD_SQUAD,
    HOLD_SQUAD_ORG,
    HOLD_STATE,
    HOLD_NOW,
    HOLD_STARTS,
    HOLD_ENDS,
    HOLD_CUTOFF,
    HOLD_MIN,
    HOLD_MAX,
    HOLD_PEOPLE,
    HOLD_ORGS_OWN,
    HOLD_MAY
};

bool claims_hold(struct db *db, int64_t claim_id, struct arena *a, struct claims_claim *out,
                 struct fail *f)
{
    const struct db_value value = db_int(claim_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLAIM_LOCK, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_CLAIMS, claim_id, a, f);
    const bool by_staff = db_get_bool(rows, 0, HOLD_ORGS_OWN);

    *out = (struct claims_claim){
        .claim_id = claim_id,
        .day_id = db_get_int(rows, 0, HOLD_DAY),
        .org_id = db_get_int(rows, 0, HOLD_ORG),
        .squad_id = db_get_int(rows, 0, HOLD_SQUAD),
        .squad_org_id = db_get_int(rows, 0, HOLD_SQUAD_ORG),
        .moment = { .now_us = db_get_int(rows, 0, HOLD_NOW),
                    .starts_us = db_get_int(rows, 0, HOLD_STARTS),
                    .ends_us = db_get_int(rows, 0, HOLD_ENDS),
                    .cutoff_us = db_get_int(rows, 0, HOLD_CUTOFF),
                    .by_staff = by_staff,
                    .people = (int32_t)db_get_int(rows, 0, HOLD_PEOPLE),
                    .min_people = (int32_t)db_get_int(rows, 0, HOLD_MIN),
                    .max_people = (int32_t)db_get_int(rows, 0, HOLD_MAX) },
    };
    const bool known = patrol_state_of(db_get_text(rows, 0, HOLD_STATE), &out->state);

    assert(known);
    return by_staff || db_get_bool(rows, 0, HOLD_MAY) || fail_squad(out->squad_id, f);
}

static bool change(struct db *db, const struct claims_claim *c, enum patrol_state state,
                   struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(c->claim_id), db_text(patrol_word(state)),
                                       db_bool(patrol_holds(state)) };

    return db_run(db, QUERIES_CLAIM_CHANGE, values, 3, a, NULL, f);
}

/* Who moved up is told. */
static bool serve_waiting(struct db *db, int64_t day_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(day_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLAIM_SERVE, &value, 1, a, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        int32_t count;
        const void *led = db_get_ints(rows, i, 2, &count);
        int64_t *leaders = arena_take(a, (size_t)count + 1, sizeof *leaders);

        for (int32_t k = 0; k < count; k++)
            leaders[k] = pgwire_item(led, k);
        if (!claims_tell(db, db_get_int(rows, i, 0), db_get_int(rows, i, 1), "claimed", leaders,
                         count, a, f))
            return false;
    }
    return true;
}

/* Whoever is there goes home, with her hours; whoever is not yet need not come. */
static bool end_people(struct db *db, struct ids *ids, const struct claims_claim *c,
                       const struct shifts_actor *who, struct arena *a, struct fail *f)
{
    static const struct shifts_proof PROOF = { .how = "auto" };
    const struct db_value value = db_int(c->claim_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CLAIM_PEOPLE_IN, &value, 1, a, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        struct shifts_signup s;

        if (!shifts_hold(db, db_get_int(rows, i, 0), who, a, &s, f) ||
            !shifts_check_out(db, ids, &s, &PROOF, who, a, f))
            return false;
    }
    return db_run(db, QUERIES_CLAIM_PEOPLE_END, &value, 1, a, NULL, f);
}

bool claims_step(struct db *db, struct ids *ids, const struct claims_claim *c,
                 enum patrol_event event, const struct shifts_actor *who, struct arena *a,
                 struct fail *f)
{
    struct patrol_step step;

    return patrol_next(c->state, event, &c->moment, &step, f) &&
           (!step.ends_people || end_people(db, ids, c, who, a, f)) &&
           change(db, c, step.state, a, f) &&
           tell(db, c->claim_id, c->claim_id, c->squad_org_id, patrol_word(step.state), a, f) &&
           (!step.gives_place || serve_waiting(db, c->day_id, a, f));
}

bool claims_swap(struct db *db, const struct claims_claim *c, int64_t with_claim_id,
                 struct arena *a, bool *done, struct fail *f)
{
    const struct db_value values[] = { db_int(c->claim_id), db_int(with_claim_id) };
    const struct db_rows *rows;
    struct patrol_step step;

    if (!patrol_next(c->state, PATROL_SWAP, &c->moment, &step, f) ||
        !db_run(db, QUERIES_CLAIM_OFFER, values, 2, a, &rows, f))
        return false;
    if (db_changed(rows) == 0)
        return rota_missing(ROTA_CLAIMS, with_claim_id, a, f);
    if (!db_run(db, QUERIES_CLAIM_EXCHANGE, values, 2, a, &rows, f))
        return false;
    const char *outcome = db_get_text(rows, 0, 0);

    *done = strcmp(outcome, "exchanged") == 0;
    if (!*done && strcmp(outcome, "offered") != 0)
        return explain(outcome, c->day_id, c->squad_id, f);
    /* Once exchanged, the other's claim is one's own. */
    const int64_t own = *done ? with_claim_id : c->claim_id;
    const int64_t theirs = *done ? c->claim_id : with_claim_id;

    return tell(db, own, own, c->squad_org_id, *done ? "swapped" : "swap_offered", a, f) &&
           tell(db, own, theirs, c->squad_org_id, *done ? "swapped" : "swap_wished", a, f);
}

bool claims_prove(struct db *db, const struct claims_claim *c, int64_t sharp_h, struct arena *a,
                  struct fail *f)
{
    const struct db_value values[] = { db_int(c->claim_id), db_int(sharp_h) };
    const struct db_rows *rows;

    if (c->state != PATROL_FINISHED && c->state != PATROL_VERIFIED && c->state != PATROL_CREDITED) {
        fail_set(f, FAIL_CONFLICT, PATROL_STATE, "a patrol that is %s cannot be proven",
                 patrol_word(c->state));
        fail_allowed(f, "finished, verified or credited");
        return fail_value(f, patrol_word(c->state));
    }
    if (!db_run(db, QUERIES_CLAIM_PROVE, values, 2, a, &rows, f))
        return false;
    if (db_changed(rows) > 0)
        return true;
    fail_set(f, FAIL_CONFLICT, PROOF_COARSE,
             "the positions of claim %lld are not kept exactly any more", (long long)c->claim_id);
    return fail_allowed(f, "within %lld hours of its start", (long long)sharp_h);
}

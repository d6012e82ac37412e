/* People in their places: signing up, coming and going. */
#include <string.h>

#include "api/handlers.h"
#include "api/rotas.h"
#include "engine/claims.h"
#include "engine/engine.h"
#include "engine/shifts.h"
#include "geo/frame.h"

/* ---- signing up */

struct creation {
    const struct request *r;
    struct shifts_wish wish;
};

static bool sign_up(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct creation *c = self;
    const struct shifts_actor who = rotas_actor(c->r);
    struct claims_claim claim;

    c->wish.signup_id = id;
    if (c->wish.claim_id) {
        if (!claims_hold(db, c->wish.claim_id, c->r->arena, &claim, f))
            return false;
        if (claim.state != PATROL_CLAIMED && claim.state != PATROL_CONFIRMED) {
            fail_set(f, FAIL_CONFLICT, PATROL_STATE, "nobody can be named for a patrol that is %s",
                     patrol_word(claim.state));
            return fail_allowed(f, "claimed, confirmed");
        }
    }
    return shifts_sign_up(db, &c->wish, &who, c->r->arena, f);
}

/* A volunteer means herself unless she names somebody of her squad. */
static bool read_wish(const struct request *r, struct shifts_wish *w, struct fail *f)
{
    struct input_key keys[] = { { "person_id", r->caller.role != ROLE_VOLUNTEER, NULL },
                                { "role", false, NULL } };
    const struct input *body;

    w->person_id = r->caller.person_id;
    w->role = "member";
    return request_json(r, &body, f) && input_keys(body, keys, 2, f) &&
           rotas_read_id(keys[0].value, &w->person_id, f) &&
           (!keys[1].value || input_text(keys[1].value, SHIFTS_ROLE_MAX, &w->role, f));
}

static bool create(struct creation *c, struct reply *out, struct fail *f)
{
    const struct rotas_making making = { c->r, ROTA_SIGNUPS, sign_up, c };

    if (!read_wish(c->r, &c->wish, f))
        return false;
    if (c->wish.shift_id && c->r->caller.role == ROLE_VOLUNTEER &&
        c->wish.person_id != c->r->caller.person_id)
        return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person %lld",
                        (long long)c->wish.person_id);
    return rotas_make(&making, out, f);
}

bool on_signups_of_shift(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r };

    return rotas_id(r, ROTA_SHIFTS, &c.wish.shift_id, f) && create(&c, out, f);
}

bool on_signups_of_claim(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r };

    return rotas_id(r, ROTA_CLAIMS, &c.wish.claim_id, f) && create(&c, out, f);
}

/* Of a parent that the caller does not see there is no list. */
static bool list_below(const struct request *r, enum rota_noun parent, struct reply *out,
                       struct fail *f)
{
    struct rota_item item;
    struct db *db;
    int64_t id;

    return rotas_id(r, parent, &id, f) && request_db(r, &db, f) &&
           rota_get(db, parent, id, r->arena, &item, f) &&
           rotas_list(r, parent == ROTA_CLAIMS ? ROTA_SIGNUPS_OF_CLAIM : ROTA_SIGNUPS, id, out, f);
}

bool on_signups_list_of_shift(const struct request *r, struct reply *out, struct fail *f)
{
    return list_below(r, ROTA_SHIFTS, out, f);
}

bool on_signups_list_of_claim(const struct request *r, struct reply *out, struct fail *f)
{
    return list_below(r, ROTA_CLAIMS, out, f);
}

bool on_signups_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_SIGNUPS, out, f);
}

/* ---- steps */

struct step {
    const struct request *r;
    int64_t signup_id;
    enum signup_event event;
    struct shifts_proof proof;
    int64_t to_person_id;
};

static bool take_step(void *self, struct db *db, struct fail *f)
{
    const struct step *s = self;
    const struct shifts_actor who = rotas_actor(s->r);
    struct ids *ids = engine_ids(s->r->engine);
    struct arena *a = s->r->arena;
    struct shifts_signup signup;

    if (!shifts_hold(db, s->signup_id, &who, a, &signup, f))
        return false;
    switch (s->event) {
    case SIGNUP_OFFER:
        return shifts_offer(db, &signup, s->to_person_id, a, f);
    case SIGNUP_CHECK_IN:
        return shifts_check_in(db, ids, &signup, &s->proof, &who, a, f);
    case SIGNUP_CHECK_OUT:
        return shifts_check_out(db, ids, &signup, &s->proof, &who, a, f);
    case SIGNUP_APPROVE:
    case SIGNUP_CONFIRM:
    case SIGNUP_CANCEL:
    case SIGNUP_TAKE:
    case SIGNUP_CREDIT:
    case SIGNUP_MISS:
    case SIGNUP_EVENTS:
        break;
    }
    return shifts_step(db, &signup, s->event, a, f);
}

static bool step(struct step *s, struct reply *out, struct fail *f)
{
    return rotas_id(s->r, ROTA_SIGNUPS, &s->signup_id, f) &&
           rotas_change(s->r, ROTA_SIGNUPS, &s->signup_id, take_step, s, out, f);
}

bool on_signups_approve(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = SIGNUP_APPROVE }, out, f);
}

bool on_signups_confirm(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = SIGNUP_CONFIRM }, out, f);
}

bool on_signups_cancel(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = SIGNUP_CANCEL }, out, f);
}

bool on_signups_swap(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "to_person_id", false, NULL } };
    struct step s = { .r = r, .event = SIGNUP_OFFER };
    const struct input *body;

    return request_json(r, &body, f) && input_keys(body, keys, 1, f) &&
           rotas_read_id(keys[0].value, &s.to_person_id, f) && step(&s, out, f);
}

struct taking {
    const struct request *r;
    int64_t signup_id, taker_id;
};

static bool take(void *self, struct db *db, int64_t id, struct fail *f)
{
    const struct taking *t = self;
    struct rota_item item;

    return rota_get(db, ROTA_SIGNUPS, t->signup_id, t->r->arena, &item, f) &&
           shifts_take(db, t->signup_id, id, t->taker_id, t->r->arena, f);
}

bool on_signups_take(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "person_id", r->caller.role != ROLE_VOLUNTEER, NULL } };
    struct taking t = { .r = r, .taker_id = r->caller.person_id };
    const struct rotas_making making = { r, ROTA_SIGNUPS, take, &t };
    const struct input *body;

    if (!rotas_id(r, ROTA_SIGNUPS, &t.signup_id, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 1, f) || !rotas_read_id(keys[0].value, &t.taker_id, f))
        return false;
    if (r->caller.role == ROLE_VOLUNTEER && t.taker_id != r->caller.person_id)
        return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person %lld",
                        (long long)t.taker_id);
    return rotas_make(&making, out, f);
}

/* ---- being there */

enum { HOW, CODE, PLACE, NOTE, PROOF_KEYS };
enum { HOW_QR, HOW_GEOFENCE, HOW_HAND, HOWS };
enum { CODE_LENGTH = 8 };

static const char *const HOW_WORDS[HOWS] = { "qr", "geofence", "hand" };

/* What a way of checking in needs is there. */
static bool fail_needed(const char *how, const char *key, struct fail *f)
{
    fail_set(f, FAIL_INPUT, KEY_MISSING, "checking in by %s needs the key %s", how, key);
    fail_allowed(f, "%s", key);
    return fail_at(f, "");
}

static bool read_proof(const struct request *r, struct shifts_proof *p, struct fail *f)
{
    struct input_key keys[PROOF_KEYS] = {
        [HOW] = { "how", true, NULL },
        [CODE] = { "code", false, NULL },
        [PLACE] = { "place", false, NULL },
        [NOTE] = { "note", false, NULL },
    };
    const struct input *body;
    int32_t how;

    if (!request_json(r, &body, f) || !input_keys(body, keys, PROOF_KEYS, f) ||
        !input_word(keys[HOW].value, HOW_WORDS, HOWS, &how, f) ||
        (keys[CODE].value && !input_text(keys[CODE].value, CODE_LENGTH, &p->code, f)) ||
        (keys[PLACE].value && !frame_read_place(keys[PLACE].value, &p->at, f)) ||
        (keys[NOTE].value && !input_text(keys[NOTE].value, SHIFTS_NOTE_MAX, &p->note, f)))
        return false;
    p->how = HOW_WORDS[how];
    if (how == HOW_QR && !p->code)
        return fail_needed(p->how, "code", f);
    if (how == HOW_GEOFENCE && !keys[PLACE].value)
        return fail_needed(p->how, "place", f);
    return true;
}

/* Whoever looks for people finds her at once, or no longer; should the look fail now,
 * the timer's next one does it. */
static bool check(const struct request *r, enum signup_event event, struct reply *out,
                  struct fail *f)
{
    struct step s = { .r = r, .event = event };
    struct fail later;

    if (!read_proof(r, &s.proof, f) || !step(&s, out, f))
        return false;
    (void)engine_follow(r->engine, &later);
    return true;
}

bool on_signups_check_in(const struct request *r, struct reply *out, struct fail *f)
{
    return check(r, SIGNUP_CHECK_IN, out, f);
}

bool on_signups_check_out(const struct request *r, struct reply *out, struct fail *f)
{
    return check(r, SIGNUP_CHECK_OUT, out, f);
}

bool on_signups_mine(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list_of(r, ROTA_SIGNUPS, r->caller.person_id, out, f);
}

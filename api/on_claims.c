/* 义巡日认领: squads claim patrol days, and walk them. */
#include "api/handlers.h"
#include "api/rotas.h"
#include "engine/claims.h"
#include "engine/engine.h"

struct asking {
    const struct request *r;
    int64_t day_id, squad_id;
};

static bool ask(void *self, struct db *db, int64_t id, struct fail *f)
{
    const struct asking *k = self;

    return claims_ask(db, id, k->day_id, k->squad_id, k->r->arena, f);
}

bool on_claims_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "squad_id", true, NULL } };
    struct asking k = { .r = r };
    const struct rotas_making making = { r, ROTA_CLAIMS, ask, &k };
    const struct input *body;

    return rotas_id(r, ROTA_PATROL_DAYS, &k.day_id, f) && request_json(r, &body, f) &&
           input_keys(body, keys, 1, f) && rotas_read_id(keys[0].value, &k.squad_id, f) &&
           rotas_make(&making, out, f);
}

bool on_claims_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct rota_item item;
    struct db *db;
    int64_t id;

    return rotas_id(r, ROTA_PATROL_DAYS, &id, f) && request_db(r, &db, f) &&
           rota_get(db, ROTA_PATROL_DAYS, id, r->arena, &item, f) &&
           rotas_list(r, ROTA_CLAIMS, id, out, f);
}

bool on_claims_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_CLAIMS, out, f);
}

/* Claims of the squads she is in. */
bool on_claims_mine(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_CLAIMS, 0, out, f);
}

struct step {
    const struct request *r;
    int64_t claim_id;
    enum patrol_event event;
    int64_t with_claim_id;
};

static bool take_step(void *self, struct db *db, struct fail *f)
{
    struct step *s = self;
    const struct shifts_actor who = rotas_actor(s->r);
    struct claims_claim claim;
    bool done;

    if (!claims_hold(db, s->claim_id, s->r->arena, &claim, f))
        return false;
    if (s->event != PATROL_SWAP)
        return claims_step(db, engine_ids(s->r->engine), &claim, s->event, &who, s->r->arena, f);
    if (!claims_swap(db, &claim, s->with_claim_id, s->r->arena, &done, f))
        return false;
    if (done)
        s->claim_id = s->with_claim_id; /* which is now hers */
    return true;
}

static bool step(struct step *s, struct reply *out, struct fail *f)
{
    return rotas_id(s->r, ROTA_CLAIMS, &s->claim_id, f) &&
           rotas_change(s->r, ROTA_CLAIMS, &s->claim_id, take_step, s, out, f);
}

bool on_claims_confirm(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = PATROL_CONFIRM }, out, f);
}

bool on_claims_cancel(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = PATROL_CANCEL }, out, f);
}

bool on_claims_start(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = PATROL_START }, out, f);
}

bool on_claims_pause(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = PATROL_PAUSE }, out, f);
}

bool on_claims_resume(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = PATROL_RESUME }, out, f);
}

bool on_claims_finish(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = PATROL_FINISH }, out, f);
}

bool on_claims_abandon(const struct request *r, struct reply *out, struct fail *f)
{
    return step(&(struct step){ .r = r, .event = PATROL_ABANDON }, out, f);
}

bool on_claims_swap(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { "with_claim_id", true, NULL } };
    struct step s = { .r = r, .event = PATROL_SWAP };
    const struct input *body;

    return request_json(r, &body, f) && input_keys(body, keys, 1, f) &&
           rotas_read_id(keys[0].value, &s.with_claim_id, f) && step(&s, out, f);
}

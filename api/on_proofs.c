/* What a patrol is proven to have walked. */
#include <string.h>

#include "api/handlers.h"
#include "api/rotas.h"
#include "engine/claims.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/proof.h"

/* The claim comes first: of one that the caller does not see there is no proof either. */
static bool find(const struct request *r, struct db **db, int64_t *claim_id, struct fail *f)
{
    struct rota_item item;

    return rotas_id(r, ROTA_CLAIMS, claim_id, f) && request_db(r, db, f) &&
           rota_get(*db, ROTA_CLAIMS, *claim_id, r->arena, &item, f);
}

bool on_proofs_get(const struct request *r, struct reply *out, struct fail *f)
{
    const char *json;
    struct db *db;
    int64_t id;

    if (!find(r, &db, &id, f) || !proof_json(db, id, r->arena, &json, f))
        return false;
    buf_put(reply_bytes(out, REPLY_OK, "application/json"), json, strlen(json));
    return true;
}

bool on_proofs_geojson(const struct request *r, struct reply *out, struct fail *f)
{
    const char *json;
    struct db *db;
    int64_t id;

    if (!find(r, &db, &id, f) || !proof_geojson(db, id, r->arena, &json, f))
        return false;
    buf_put(reply_bytes(out, REPLY_OK, "application/geo+json"), json, strlen(json));
    return true;
}

struct step {
    const struct request *r;
    int64_t claim_id;
};

static bool prove(void *self, struct db *db, struct fail *f)
{
    const struct step *s = self;
    const int64_t sharp_h = config_int(engine_config(s->r->engine), CONFIG_COARSEN_POSITIONS_H);
    struct claims_claim claim;

    return claims_hold(db, s->claim_id, s->r->arena, &claim, f) &&
           claims_prove(db, &claim, sharp_h, s->r->arena, f);
}

static bool credit(void *self, struct db *db, struct fail *f)
{
    const struct step *s = self;
    const struct shifts_actor who = rotas_actor(s->r);
    struct claims_claim claim;

    return claims_hold(db, s->claim_id, s->r->arena, &claim, f) &&
           claims_step(db, engine_ids(s->r->engine), &claim, PATROL_CREDIT, &who, s->r->arena, f);
}

bool on_proofs_again(const struct request *r, struct reply *out, struct fail *f)
{
    struct step s = { .r = r };

    if (!rotas_id(r, ROTA_CLAIMS, &s.claim_id, f) ||
        !rotas_change(r, ROTA_CLAIMS, &s.claim_id, prove, &s, out, f))
        return false;
    proof_wake(engine_proof(r->engine));
    return true;
}

bool on_proofs_credit(const struct request *r, struct reply *out, struct fail *f)
{
    struct step s = { .r = r };

    return rotas_id(r, ROTA_CLAIMS, &s.claim_id, f) &&
           rotas_change(r, ROTA_CLAIMS, &s.claim_id, credit, &s, out, f);
}

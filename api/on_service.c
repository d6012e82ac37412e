/* What the machinery around the service asks: is it alive, is it ready, what
 * does it count, what can it do. */
#include "api/auth.h"
#include "api/endpoints.h"
#include "api/handlers.h"
#include "api/openapi.h"
#include "api/service.h"
#include "api/words.h"
#include "engine/engine.h"
#include "engine/metrics.h"
#include "engine/migrate.h"
#include "engine/reach.h"
#include "geo/instant.h"

bool on_service_health(const struct request *r, struct reply *out, struct fail *f)
{
    struct emit *e = reply_json(out, REPLY_OK);

    (void)r;
    (void)f;
    emit_object(e);
    emit_key_text(e, "status", "alive");
    emit_key_text(e, "version", VIGIL_VERSION);
    emit_end(e);
    return true;
}

/* Asked until it fits once: whoever migrates it further while we serve knows of us. */
static bool schema_fits(const struct request *r, struct fail *f)
{
    struct db *db;

    if (r->service->schema_fits || reach_is_away())
        return true;
    if (!request_db(r, &db, f))
        return false;
    r->service->schema_fits = migrate_check(db, MIGRATIONS_TEXTS, f);
    if (!r->service->schema_fits)
        f->kind = FAIL_BUSY; /* once somebody has migrated, we are ready */
    return r->service->schema_fits;
}

static void write_readiness(struct emit *e)
{
    const int64_t since_us = reach_away_since_us();
    char since[INSTANT_SIZE];

    emit_object(e);
    emit_key_text(e, "status", "ready");
    emit_key_text(e, "database", since_us ? "away" : "ok");
    if (since_us) {
        instant_write(since_us, since);
        emit_key_text(e, "database_away_since", since);
    }
    emit_end(e);
}

/* A city must be there, and a schema that is ours. Without its database a node stays
 * ready: it reads from memory and keeps what is reported, and a proxy that took all
 * nodes out would refuse both. */
bool on_service_ready(const struct request *r, struct reply *out, struct fail *f)
{
    if (r->service->stopping)
        return fail_set(f, FAIL_BUSY, SERVER_STOPPING, "the server is stopping");
    if (r->engine) {
        const struct world *w = engine_hold_city(r->engine, f);

        if (!w)
            return false;
        world_drop(w);
    }
    if (!schema_fits(r, f))
        return false;
    write_readiness(reply_json(out, REPLY_OK));
    return true;
}

static const char *help(const char *word)
{
    char key[64];

    snprintf(key, sizeof key, "metric.%.50s", word);
    return words_text(WORDS_EN, key);
}

bool on_service_metrics(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    (void)f;
    metrics_write(reply_bytes(out, REPLY_OK, "text/plain; version=0.0.4; charset=utf-8"), help);
    return true;
}

bool on_service_openapi(const struct request *r, struct reply *out, struct fail *f)
{
    (void)f;
    openapi_write(r->service->endpoints, r->service->endpoint_count, r->arena,
                  reply_json(out, REPLY_OK));
    return true;
}

/* The table itself, for whoever has only a terminal. */
/* Who may and whose rows: what the permission matrix is made from. */
static void write_who(struct emit *e, const struct endpoint *row)
{
    static const char *const SCOPES[] = {
        [ENDPOINTS_PUBLIC] = "public",
        [ENDPOINTS_ORG] = "org",
        [ENDPOINTS_OWN] = "own",
    };

    emit_key(e, "roles");
    emit_array(e);
    for (int i = 0; i < ROLE_COUNT; i++)
        if (row->roles >> i & 1)
            emit_text(e, auth_role_word((enum role)i));
    emit_end(e);
    emit_key_text(e, "scope", SCOPES[row->scope]);
    emit_key_bool(e, "from_memory", row->from_memory);
}

bool on_service_index(const struct request *r, struct reply *out, struct fail *f)
{
    struct emit *e = reply_json(out, REPLY_OK);

    (void)f;
    emit_object(e);
    emit_key(e, "endpoints");
    emit_array(e);
    for (int32_t i = 0; i < r->service->endpoint_count; i++) {
        const struct endpoint *row = &r->service->endpoints[i];

        emit_object(e);
        emit_key_text(e, "method", row->method);
        emit_key_text(e, "path", row->path);
        write_who(e, row);
        emit_key_text(e, "summary", row->summary);
        emit_end(e);
    }
    emit_end(e);
    emit_key_text(e, "description", "/openapi.json");
    emit_end(e);
    return true;
}

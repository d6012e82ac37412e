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

/* A city must be there, the database must answer, and its schema must be ours. */
bool on_service_ready(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;

    if (r->service->stopping)
        return fail_set(f, FAIL_BUSY, SERVER_STOPPING, "the server is stopping");
    if (r->engine) {
        const struct world *w = engine_hold_city(r->engine, f);

        if (!w)
            return false;
        world_drop(w);
    }
    if (!request_db(r, &db, f))
        return false;
    if (!migrate_check(db, MIGRATIONS_TEXTS, f)) {
        f->kind = FAIL_BUSY; /* once somebody has migrated, we are ready */
        return false;
    }
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_text(e, "status", "ready");
    emit_end(e);
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

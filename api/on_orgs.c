/* What registrar.h does, for the organisation tree; and how much stands at each. */
#include "api/handlers.h"

#include "api/registrar.h"
#include "api/registrar_json.h"
#include "api/registrar_refs.h"
#include "engine/engine.h"
#include "engine/orgs.h"

bool on_orgs_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_ORGS, out, f);
}

bool on_orgs_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_ORGS, out, f);
}

bool on_orgs_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_ORGS, out, f);
}

bool on_orgs_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_ORGS, out, f);
}

/* ------------------------------------------------------------------ counts */

/* Of each the count right at the organisation, then that at or below it. */
static const char *const COUNTS[] = { "children", "stations", "lookout_points", "squads" };

struct branch {
    const struct orgs *orgs;
    int64_t org_id;
    bool below; /* those below it, too */
};

static bool is_counted(const void *self, int64_t org_id)
{
    const struct branch *b = self;

    return b->below ? orgs_within(b->orgs, b->org_id, org_id) : org_id == b->org_id;
}

/* Out of memory: at home in a city are more people than can be counted at each look. */
static struct muster_count count_people(const struct request *r, int64_t org_id, bool below)
{
    const struct orgs *o = engine_orgs(r->engine);
    const struct branch branch = { o, org_id, below };
    struct live *live = engine_live(r->engine);

    live_read(live);
    const struct muster_count count = muster_sum(live_muster(live), is_counted, &branch);

    live_read_end(live);
    orgs_drop(o);
    return count;
}

static void write_counts(struct emit *e, const struct db_rows *rows,
                         const struct muster_count *people, bool below)
{
    emit_key(e, below ? "all" : "own");
    emit_object(e);
    for (int32_t i = 0; i < (int32_t)(sizeof COUNTS / sizeof *COUNTS); i++)
        emit_key_int(e, COUNTS[i], db_get_int(rows, 0, 2 * i + below));
    emit_key_int(e, "people", people->known);
    emit_key_int(e, "on_duty", people->on_duty);
    emit_end(e);
}

bool on_orgs_get(const struct request *r, struct reply *out, struct fail *f)
{
    struct registry_item item;
    const struct db_rows *counts;
    struct db *db;
    enum frame frame;
    int64_t org_id;

    if (!registrar_frame(r, &frame, f) || !request_param_id(r, "org_id", &org_id, f) ||
        !request_db(r, &db, f) || !registrar_refs_get(r, db, REGISTRY_ORGS, org_id, &item, f) ||
        !registrar_json_turn(&item, 1, frame, r->arena, f))
        return false;
    const struct db_value value = db_int(org_id);

    if (!db_run(db, QUERIES_ORG_COUNTS, &value, 1, r->arena, &counts, f))
        return false;
    const struct muster_count own = count_people(r, org_id, false);
    const struct muster_count all = count_people(r, org_id, true);
    struct emit *e = reply_json(out, REPLY_OK);

    registrar_json_write(e, REGISTRY_ORGS, &item, frame);
    emit_key(e, "counts");
    emit_object(e);
    write_counts(e, counts, &own, false);
    write_counts(e, counts, &all, true);
    emit_end(e);
    emit_end(e);
    reply_etag(out, arena_text(r->arena, "%lld", (long long)item.version));
    return true;
}

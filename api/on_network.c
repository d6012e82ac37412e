/* What is wrong with the streets for sending people. */
#include "api/handlers.h"
#include "engine/doctor_json.h"
#include "engine/engine.h"

enum { SHOWN_OTHERWISE = 100 };

static bool look(const struct request *r, struct db *db, const struct world *w, struct reply *out,
                 struct fail *f)
{
    const struct doctor_city city = { w->city_name, w->network, w->parts, w->streets };
    struct doctor_report report;
    int64_t shown;

    if (!request_query_int(r, "limit", 1, DOCTOR_SHOWN_MAX, SHOWN_OTHERWISE, &shown, f) ||
        !doctor_look(&city, db, r->caller.org_id, (int32_t)shown, r->arena, &report, f))
        return false;
    doctor_json_write(reply_json(out, REPLY_OK), &report);
    return true;
}

bool on_network_report(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;

    if (!request_db(r, &db, f))
        return false;
    const struct world *w = engine_hold_city(r->engine, f);
    const bool done = w && look(r, db, w, out, f);

    world_drop(w);
    return done;
}

#include "api/staff.h"

#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/orgs.h"

bool staff_person(const struct request *r, struct db *db, struct person *out, struct fail *f)
{
    int64_t id;

    return request_param_id(r, "person_id", &id, f) &&
           person_get(db, r->caller.org_id, id, r->arena, out, f);
}

static bool is_open_within(const struct request *r, int64_t org_id, bool or_closed)
{
    const struct orgs *orgs = engine_orgs(r->engine);
    struct orgs_one org;
    const bool found = orgs_within(orgs, r->caller.org_id, org_id) &&
                       orgs_get(orgs, org_id, &org) && (or_closed || !org.is_closed);

    orgs_drop(orgs);
    return found;
}

bool staff_person_at_home(const struct request *r, struct db *db, struct person *out,
                          struct fail *f)
{
    if (!staff_person(r, db, out, f))
        return false;
    if (is_open_within(r, out->org_id, true))
        return true;
    return fail_set(f, FAIL_CONFLICT, PERSON_ELSEWHERE,
                    "person %lld is a member here, and at home in another organisation",
                    (long long)out->person_id);
}

bool staff_org(const struct request *r, int64_t org_id, struct fail *f)
{
    if (is_open_within(r, org_id, false))
        return true;
    fail_set(f, FAIL_INPUT, ORG_UNKNOWN, "there is no open organisation %lld", (long long)org_id);
    fail_at(f, "/org_id");
    return fail_value(f, arena_text(r->arena, "%lld", (long long)org_id));
}

bool staff_record(const struct request *r, struct db *db, const struct person *p,
                  const char *action, const char *detail, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = p->org_id,
        .action = action,
        .subject = arena_text(r->arena, "person %lld", (long long)p->person_id),
        .request_id = r->id,
        .detail = detail,
    };

    return audit_add(db, &entry, f);
}

void staff_make_known(const struct request *r)
{
    struct fail later;

    engine_follow(r->engine, &later);
}

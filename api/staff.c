#include "api/staff.h"

#include <string.h>

#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/orgs.h"
#include "engine/people.h"

static const int64_t ID_MAX = INT64_C(9007199254740991);

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

/* ------------------------------------------------------------------ what a list is narrowed to */

/* A query parameter that is one of these words, or NULL when it is not there. */
static bool read_one_of(const struct request *r, const char *name, const char *const *words,
                        int32_t count, const char **out, struct fail *f)
{
    const char *value = request_query(r, name);
    const char *allowed = "";

    *out = value;
    if (!value)
        return true;
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(value, words[i]) == 0)
            return true;
        allowed = arena_text(r->arena, "%s%s%s", allowed, i ? ", " : "", words[i]);
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s cannot be \"%.40s\"", name, value);
    fail_allowed(f, "%s", allowed);
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, value);
}

static bool read_yes_no(const struct request *r, const char *name, int32_t *out, struct fail *f)
{
    static const char *const WORDS[] = { "false", "true" };
    const char *word;

    if (!read_one_of(r, name, WORDS, 2, &word, f))
        return false;
    *out = word ? strcmp(word, "true") == 0 : -1;
    return true;
}

bool staff_filters(const struct request *r, struct person_wish *w, struct fail *f)
{
    static const char *const MODES[] = { "foot", "ebike", "car", "bus", "taxi" };
    const char *skill = request_query(r, "skill");

    return request_query_int(r, "org", 1, ID_MAX, r->caller.org_id, &w->org_id, f) &&
           read_one_of(r, "mode", MODES, sizeof MODES / sizeof *MODES, &w->mode, f) &&
           read_one_of(r, "recruit", PERSON_RECRUIT_WORDS, PERSON_RECRUITS, &w->recruit, f) &&
           read_yes_no(r, "on_duty", &w->on_duty, f) &&
           read_yes_no(r, "available", &w->available, f) &&
           (!skill || people_skill(skill, &w->skills, f) || fail_at(f, "/skill"));
}

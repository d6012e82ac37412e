/* Asked of the tree in memory; the database's own rules stand behind it. */
#include "api/registrar_refs.h"

#include <string.h>

#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/orgs.h"
#include "geo/base/buf.h"

static const char *number_text(const struct request *r, int64_t number)
{
    return arena_text(r->arena, "%lld", (long long)number);
}

/* ------------------------------------------------------------------ seeing */

static const int64_t ID_MAX = (INT64_C(1) << 53) - 1;
static const int64_t NOBODYS = -1; /* no organisation has this id */

/* The database's own wall says the same; neither trusts the other. */
static bool is_seen(const struct request *r, const struct orgs *o, enum registry_noun noun,
                    const struct registry_item *item)
{
    const struct registry_kind *kind = registry_kind(noun);

    if (noun == REGISTRY_ORGS)
        return orgs_within(o, r->caller.org_id, item->id);
    for (int32_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].refers == REGISTRY_TO_ORG &&
            orgs_within(o, r->caller.org_id, item->values[i].number))
            return true;
    return false;
}

static void hide_above(const struct request *r, const struct orgs *o, struct registry_item *item)
{
    struct registry_value *parent = registry_value(REGISTRY_ORGS, item, "parent_id");

    if (!orgs_within(o, r->caller.org_id, parent->number))
        parent->number = 0;
}

bool registrar_refs_get(const struct request *r, struct db *db, enum registry_noun noun, int64_t id,
                        struct registry_item *item, struct fail *f)
{
    if (!registry_get(db, noun, id, r->arena, item, f))
        return false;
    const struct orgs *o = engine_orgs(r->engine);
    const bool seen = is_seen(r, o, noun, item);

    if (seen && noun == REGISTRY_ORGS)
        hide_above(r, o, item);
    orgs_drop(o);
    return seen || registry_fail_missing(noun, id, r->arena, f);
}

bool registrar_refs_narrow(const struct request *r, struct registry_filter *filter, struct fail *f)
{
    if (!request_query_int(r, "org", 1, ID_MAX, r->caller.org_id, &filter->org_id, f))
        return false;
    const struct orgs *o = engine_orgs(r->engine);

    if (!orgs_within(o, r->caller.org_id, filter->org_id))
        filter->org_id = NOBODYS;
    orgs_drop(o);
    return true;
}

/* ------------------------------------------------------------------ naming */

void registrar_refs_fill(const struct request *r, enum registry_noun noun,
                         struct registry_item *item)
{
    const struct registry_kind *kind = registry_kind(noun);

    for (int32_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].refers == REGISTRY_TO_ORG && item->values[i].number == 0)
            item->values[i].number = r->caller.org_id;
}

static bool refuse(const struct request *r, const char *field, int64_t id, const char *what,
                   struct fail *f)
{
    fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no open %s %lld", what, (long long)id);
    fail_at(f, arena_text(r->arena, "/%s", field));
    return fail_value(f, number_text(r, id));
}

static bool check_org(const struct request *r, const struct orgs *o, const char *field,
                      int64_t org_id, struct fail *f)
{
    struct orgs_one one;

    if (orgs_within(o, r->caller.org_id, org_id) && orgs_get(o, org_id, &one) && !one.is_closed)
        return true;
    return refuse(r, field, org_id, "organisation", f);
}

static bool check_station(const struct request *r, struct db *db, const char *field,
                          int64_t station_id, struct fail *f)
{
    struct registry_item station;

    if (registrar_refs_get(r, db, REGISTRY_STATIONS, station_id, &station, f))
        return !station.valid_to || refuse(r, field, station_id, "station", f);
    return f->kind == FAIL_MISSING ? refuse(r, field, station_id, "station", f) : false;
}

static bool fail_field(const struct request *r, const char *pointer, int64_t id,
                       const char *allowed, struct fail *f)
{
    fail_at(f, pointer);
    fail_allowed(f, "%s", allowed);
    return fail_value(f, number_text(r, id));
}

static bool check_move(const struct request *r, const struct orgs *o,
                       const struct registry_item *item, struct fail *f)
{
    struct registry_item copy = *item;
    const int64_t parent_id = registry_value(REGISTRY_ORGS, &copy, "parent_id")->number;

    if (item->id == 0 || parent_id == 0 || !orgs_within(o, item->id, parent_id))
        return true;
    fail_set(f, FAIL_INPUT, ORG_LOOP, "organisation %lld cannot stand below %lld, which is %s",
             (long long)item->id, (long long)parent_id,
             item->id == parent_id ? "itself" : "below it");
    return fail_field(r, "/parent_id", parent_id, "an organisation that is not at or below it", f);
}

static bool check_site(const struct request *r, const struct orgs *o,
                       const struct registry_item *item, struct fail *f)
{
    struct registry_item copy = *item;
    const int64_t org_id = registry_value(REGISTRY_SITES, &copy, "org_id")->number;
    struct orgs_one one;

    if (orgs_get(o, org_id, &one) && one.kind == ORGS_FIRM)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "a site belongs to a firm, and %lld is none",
             (long long)org_id);
    return fail_field(r, "/org_id", org_id, "an organisation of kind firm", f);
}

static bool check_aid(const struct request *r, struct db *db, const struct orgs *o,
                      const struct registry_item *item, struct fail *f)
{
    struct registry_item copy = *item;
    const int64_t lender_id = registry_value(REGISTRY_MUTUAL_AID, &copy, "lender_id")->number;
    const int64_t borrower_id = registry_value(REGISTRY_MUTUAL_AID, &copy, "borrower_id")->number;
    struct registry_item borrower;

    if (orgs_within(o, lender_id, borrower_id) || orgs_within(o, borrower_id, lender_id)) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
                 "aid is between neighbours, and of %lld and %lld one is above the other",
                 (long long)lender_id, (long long)borrower_id);
        return fail_field(r, "/borrower_id", borrower_id, "two of which neither is above the other",
                          f);
    }
    if (!registry_get(db, REGISTRY_ORGS, borrower_id, r->arena, &borrower, f))
        return false;
    if (borrower.figure.point_count > 0)
        return true;
    fail_set(f, FAIL_INPUT, AREA_MISSING,
             "organisation %lld has no area yet, so nobody is near its border",
             (long long)borrower_id);
    return fail_field(r, "/borrower_id", borrower_id, "an organisation with an area", f);
}

static bool check_refs(const struct request *r, struct db *db, const struct orgs *o,
                       enum registry_noun noun, const struct registry_item *item, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);

    for (int32_t i = 0; i < kind->field_count; i++) {
        const struct registry_field *field = &kind->fields[i];
        const int64_t id = item->values[i].number;

        if (field->type != REGISTRY_ID || id == 0)
            continue;
        if (field->refers == REGISTRY_TO_ORG && !check_org(r, o, field->name, id, f))
            return false;
        if (field->refers == REGISTRY_TO_STATION && !check_station(r, db, field->name, id, f))
            return false;
    }
    return true;
}

bool registrar_refs_check(const struct request *r, struct db *db, enum registry_noun noun,
                          const struct registry_item *item, struct fail *f)
{
    const struct orgs *o = engine_orgs(r->engine);
    bool is_good = check_refs(r, db, o, noun, item, f);

    if (is_good && noun == REGISTRY_ORGS)
        is_good = check_move(r, o, item, f);
    if (is_good && noun == REGISTRY_SITES)
        is_good = check_site(r, o, item, f);
    if (is_good && noun == REGISTRY_MUTUAL_AID)
        is_good = check_aid(r, db, o, item, f);
    orgs_drop(o);
    return is_good;
}

/* "2 organisations, 1 person and 3 stations" */
static const char *list_contents(const struct request *r, const struct db_rows *rows)
{
    const char *list = "";

    for (int32_t i = 0; i < db_count(rows); i++) {
        const int64_t count = db_get_int(rows, i, 0);

        list = arena_text(r->arena, "%s%s%lld %s", list,
                          i == 0                    ? ""
                          : i + 1 == db_count(rows) ? " and "
                                                    : ", ",
                          (long long)count, db_get_text(rows, i, count == 1 ? 1 : 2));
    }
    return list;
}

/* A rule is seen from both sides; who ends it must have both in scope. */
static bool holds_both(const struct request *r, struct db *db, int64_t rule_id, struct fail *f)
{
    struct registry_item rule;

    if (!registry_get(db, REGISTRY_MUTUAL_AID, rule_id, r->arena, &rule, f))
        return false;
    const struct orgs *o = engine_orgs(r->engine);
    const bool both =
        orgs_within(o, r->caller.org_id,
                    registry_value(REGISTRY_MUTUAL_AID, &rule, "lender_id")->number) &&
        orgs_within(o, r->caller.org_id,
                    registry_value(REGISTRY_MUTUAL_AID, &rule, "borrower_id")->number);

    orgs_drop(o);
    return both || registry_fail_missing(REGISTRY_MUTUAL_AID, rule_id, r->arena, f);
}

bool registrar_refs_may_close(const struct request *r, struct db *db, enum registry_noun noun,
                              int64_t id, struct fail *f)
{
    const struct db_value value = db_int(id);
    const struct db_rows *rows;

    if (noun == REGISTRY_MUTUAL_AID)
        return holds_both(r, db, id, f);
    if (noun != REGISTRY_ORGS)
        return true;
    if (id == ORGS_CITY_ID)
        return fail_set(f, FAIL_CONFLICT, ORG_NOT_EMPTY, "the city itself cannot be closed");
    if (!db_run(db, QUERIES_ORG_CONTENTS, &value, 1, r->arena, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return true;
    return fail_set(f, FAIL_CONFLICT, ORG_NOT_EMPTY, "organisation %lld still has %s",
                    (long long)id, list_contents(r, rows));
}

/* ------------------------------------------------------------------ the audit */

/* "mutual_aid_rule_created" */
static const char *action_of(const struct request *r, enum registry_noun noun, const char *done)
{
    char *action =
        arena_copy(r->arena, registry_kind(noun)->noun, strlen(registry_kind(noun)->noun));

    for (char *c = action; *c; c++)
        if (*c == ' ')
            *c = '_';
    return arena_text(r->arena, "%s_%s", action, done);
}

static int64_t org_of(enum registry_noun noun, const struct registry_item *item)
{
    const struct registry_kind *kind = registry_kind(noun);

    if (noun == REGISTRY_ORGS)
        return item->id;
    for (int32_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].refers == REGISTRY_TO_ORG)
            return item->values[i].number;
    return ORGS_CITY_ID;
}

bool registrar_refs_record(const struct request *r, struct db *db, enum registry_noun noun,
                           const struct registry_item *item, const char *done, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = org_of(noun, item),
        .action = action_of(r, noun, done),
        .subject = arena_text(r->arena, "%s %lld", registry_kind(noun)->noun, (long long)item->id),
        .request_id = r->id,
    };

    return audit_add(db, &entry, f);
}

bool registrar_refs_record_import(const struct request *r, struct db *db, enum registry_noun noun,
                                  int32_t count, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = r->caller.org_id,
        .action = action_of(r, noun, "imported"),
        .subject = registry_kind(noun)->path,
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"added\":%d}", count),
    };

    return audit_add(db, &entry, f);
}

void registrar_refs_follow(const struct request *r, enum registry_noun noun)
{
    struct fail unused;

    if (noun == REGISTRY_ORGS || noun == REGISTRY_MUTUAL_AID)
        (void)engine_follow(r->engine, &unused);
}

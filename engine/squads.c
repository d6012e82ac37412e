/* Reading and writing vigil.squad_member. */
#include "engine/squads.h"

#include "engine/registry.h"

static struct squads_member member_of(const struct db_rows *rows, int32_t row)
{
    return (struct squads_member){
        .person_id = db_get_int(rows, row, 0),
        .name = db_get_text(rows, row, 1),
        .mode = db_get_text(rows, row, 2),
        .on_duty = db_get_bool(rows, row, 3),
        .role = db_get_text(rows, row, 4),
        .valid_from = db_get_text(rows, row, 5),
    };
}

static bool list(struct db *db, int64_t squad_id, int64_t person_id, struct arena *a,
                 const struct db_rows **rows, struct fail *f)
{
    const struct db_value values[] = { db_int(squad_id),
                                       person_id ? db_int(person_id) : db_null() };

    return db_run(db, QUERIES_SQUAD_MEMBER_LIST, values, 2, a, rows, f);
}

bool squads_members(struct db *db, int64_t squad_id, struct arena *a, struct squads_member **out,
                    int32_t *count, struct fail *f)
{
    struct registry_item squad;
    const struct db_rows *rows;

    if (!registry_get(db, REGISTRY_SQUADS, squad_id, a, &squad, f) ||
        !list(db, squad_id, 0, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = member_of(rows, i);
    return true;
}

/* Locks the squad, so that two who join at once are counted one after the other. */
static bool has_room(struct db *db, int64_t squad_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(squad_id);
    const struct db_rows *rows;
    struct registry_item squad;

    if (!registry_get(db, REGISTRY_SQUADS, squad_id, a, &squad, f))
        return false;
    if (squad.valid_to)
        return fail_set(f, FAIL_CONFLICT, ALREADY_CLOSED, "squad %lld was closed at %s",
                        (long long)squad_id, squad.valid_to);
    if (!db_run(db, QUERIES_SQUAD_MEMBER_COUNT, &value, 1, a, &rows, f))
        return false;
    if (db_get_int(rows, 0, 0) < SQUADS_MEMBERS_MAX)
        return true;
    fail_set(f, FAIL_CONFLICT, SQUAD_FULL, "squad %lld has %d members already", (long long)squad_id,
             SQUADS_MEMBERS_MAX);
    return fail_allowed(f, "at most %d", SQUADS_MEMBERS_MAX);
}

static bool fail_person(int64_t person_id, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_INPUT, PERSON_UNKNOWN, "there is no person %lld", (long long)person_id);
    fail_at(f, "/person_id");
    return fail_value(f, arena_text(a, "%lld", (long long)person_id));
}

bool squads_join(struct db *db, int64_t squad_id, int64_t person_id, const char *role,
                 struct arena *a, struct squads_member *out, struct fail *f)
{
    const struct db_value values[] = { db_int(squad_id), db_int(person_id), db_text(role) };
    const struct db_rows *rows;

    if (!has_room(db, squad_id, a, f) || !list(db, squad_id, person_id, a, &rows, f))
        return false;
    if (db_count(rows) > 0)
        return fail_set(f, FAIL_CONFLICT, ALREADY_THERE, "person %lld is in squad %lld already",
                        (long long)person_id, (long long)squad_id);
    if (!db_run(db, QUERIES_SQUAD_MEMBER_ADD, values, 3, a, &rows, f))
        return false;
    if (db_changed(rows) == 0)
        return fail_person(person_id, a, f);
    if (!list(db, squad_id, person_id, a, &rows, f))
        return false;
    *out = member_of(rows, 0);
    return true;
}

bool squads_leave(struct db *db, int64_t squad_id, int64_t person_id, struct arena *a,
                  struct fail *f)
{
    const struct db_value values[] = { db_int(squad_id), db_int(person_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SQUAD_MEMBER_END, values, 2, a, &rows, f))
        return false;
    return db_changed(rows) > 0 ||
           fail_set(f, FAIL_MISSING, NOT_FOUND, "person %lld is not in a squad %lld",
                    (long long)person_id, (long long)squad_id);
}

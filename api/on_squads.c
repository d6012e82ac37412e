/* What registrar.h does, for squads; and who is in them. */
#include "api/handlers.h"

#include "api/registrar.h"
#include "api/registrar_refs.h"
#include "engine/audit.h"
#include "engine/squads.h"

static const char *const ROLES[] = { "leader", "member", "driver" };
enum { MEMBER = 1, ROLES_COUNT = sizeof ROLES / sizeof *ROLES };

bool on_squads_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_SQUADS, out, f);
}

bool on_squads_get(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_get(r, REGISTRY_SQUADS, out, f);
}

bool on_squads_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_SQUADS, out, f);
}

bool on_squads_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_SQUADS, out, f);
}

bool on_squads_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_SQUADS, out, f);
}

/* ------------------------------------------------------------------ members */

/* The squad of the path, which the caller must be able to see. */
static bool read_squad(const struct request *r, struct registry_item *squad, struct db **db,
                       struct fail *f)
{
    int64_t squad_id;

    return request_param_id(r, "squad_id", &squad_id, f) && request_db(r, db, f) &&
           registrar_refs_get(r, *db, REGISTRY_SQUADS, squad_id, squad, f);
}

static void write_member(struct emit *e, const struct squads_member *m)
{
    emit_object(e);
    emit_key_int(e, "person_id", m->person_id);
    emit_key_text(e, "name", m->name);
    emit_key_text(e, "mode", m->mode);
    emit_key_bool(e, "on_duty", m->on_duty);
    emit_key_text(e, "role", m->role);
    emit_key_text(e, "valid_from", m->valid_from);
    emit_end(e);
}

bool on_squads_members(const struct request *r, struct reply *out, struct fail *f)
{
    struct squads_member *members;
    struct registry_item squad;
    struct db *db;
    int32_t count;

    if (!read_squad(r, &squad, &db, f) ||
        !squads_members(db, squad.id, r->arena, &members, &count, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_member(e, &members[i]);
    emit_end(e);
    emit_key_text(e, "next", NULL);
    emit_end(e);
    return true;
}

static bool record(const struct request *r, struct db *db, const struct registry_item *squad,
                   int64_t person_id, const char *action, struct fail *f)
{
    struct registry_item copy = *squad;
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = registry_value(REGISTRY_SQUADS, &copy, "org_id")->number,
        .action = action,
        .subject = arena_text(r->arena, "squad %lld", (long long)squad->id),
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"person_id\":%lld}", (long long)person_id),
    };

    return audit_add(db, &entry, f);
}

struct joining {
    const struct request *r;
    struct registry_item squad;
    int64_t person_id;
    const char *role;
};

static bool join(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    const struct joining *j = self;
    struct squads_member member;

    if (!squads_join(db, j->squad.id, j->person_id, j->role, j->r->arena, &member, f) ||
        !record(j->r, db, &j->squad, j->person_id, "squad_joined", f))
        return false;
    write_member(e, &member);
    *location = arena_text(j->r->arena, "/v1/squads/%lld/members", (long long)j->squad.id);
    return true;
}

bool on_squads_join(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { .name = "person_id", .required = true }, { .name = "role" } };
    struct joining j = { .r = r };
    const struct input *body;
    struct db *db;
    int32_t role = MEMBER;

    if (!read_squad(r, &j.squad, &db, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 2, f) ||
        !input_int(keys[0].value, 1, (INT64_C(1) << 53) - 1, &j.person_id, f) ||
        (keys[1].value && !input_word(keys[1].value, ROLES, ROLES_COUNT, &role, f)))
        return false;
    j.role = ROLES[role];
    return registrar_once(r, out, join, &j, f);
}

bool on_squads_leave(const struct request *r, struct reply *out, struct fail *f)
{
    struct registry_item squad;
    int64_t person_id;
    struct db *db;

    if (!read_squad(r, &squad, &db, f) || !request_param_id(r, "person_id", &person_id, f) ||
        !db_begin(db, f))
        return false;
    if (!squads_leave(db, squad.id, person_id, r->arena, f) ||
        !record(r, db, &squad, person_id, "squad_left", f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

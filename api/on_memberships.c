/* Where a person belongs beside her home. */
#include "api/handlers.h"
#include "api/registrar.h"
#include "api/staff.h"
#include "engine/engine.h"
#include "engine/ids.h"
#include "engine/membership.h"

static void write_one(struct emit *e, const struct membership *m)
{
    emit_object(e);
    emit_key_int(e, "membership_id", m->membership_id);
    emit_key_int(e, "version", m->version);
    emit_key_int(e, "person_id", m->person_id);
    emit_key_int(e, "org_id", m->org_id);
    emit_key_text(e, "role", MEMBERSHIP_ROLE_WORDS[m->role]);
    emit_key_text(e, "recruit", PERSON_RECRUIT_WORDS[m->recruit]);
    emit_key_text(e, "valid_from", m->valid_from);
    emit_key_text(e, "valid_to", m->valid_to);
    emit_end(e);
}

bool on_memberships_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct membership *memberships;
    struct person person;
    struct db *db;
    bool history;
    int32_t count;

    if (!registrar_flag(r, "history", &history, f) || !request_db(r, &db, f) ||
        !staff_person(r, db, &person, f) ||
        !membership_list(db, r->caller.org_id, person.person_id, history, r->arena, &memberships,
                         &count, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_one(e, &memberships[i]);
    emit_end(e);
    emit_key_text(e, "next", NULL);
    emit_end(e);
    return true;
}

/* ------------------------------------------------------------------ open and close */

static bool read_body(const struct input *body, struct membership *m, struct fail *f)
{
    enum { ORG, ROLE, RECRUIT, KEYS };
    struct input_key keys[KEYS] = { [ORG] = { "org_id", true, NULL },
                                    [ROLE] = { "role", false, NULL },
                                    [RECRUIT] = { "recruit", false, NULL } };
    int32_t role = MEMBERSHIP_MEMBER;
    int32_t recruit = PERSON_LONG_TERM;

    if (!input_keys(body, keys, KEYS, f) ||
        !input_int(keys[ORG].value, 1, INT64_C(9007199254740991), &m->org_id, f) ||
        (keys[ROLE].value &&
         !input_word(keys[ROLE].value, MEMBERSHIP_ROLE_WORDS, MEMBERSHIP_ROLES, &role, f)) ||
        (keys[RECRUIT].value &&
         !input_word(keys[RECRUIT].value, PERSON_RECRUIT_WORDS, PERSON_RECRUITS, &recruit, f)))
        return false;
    m->role = (enum membership_role)role;
    m->recruit = (enum person_recruit)recruit;
    return true;
}

struct opening {
    const struct request *r;
    struct membership membership;
    struct person person;
    bool is_made;
};

static const char *detail_of(const struct request *r, const struct membership *m)
{
    return arena_text(r->arena, "{\"membership_id\":%lld,\"org_id\":%lld,\"role\":\"%s\"}",
                      (long long)m->membership_id, (long long)m->org_id,
                      MEMBERSHIP_ROLE_WORDS[m->role]);
}

static bool make(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct opening *o = self;
    const struct request *r = o->r;
    struct membership *m = &o->membership;

    if (!staff_person(r, db, &o->person, f))
        return false;
    m->person_id = o->person.person_id;
    if (!ids_take(engine_ids(r->engine), db, &m->membership_id, f) ||
        !membership_add(db, m, r->arena, f) ||
        !staff_record(r, db, &o->person, "membership_opened", detail_of(r, m), f))
        return false;
    o->is_made = true;
    *location = arena_text(r->arena, "/v1/people/%lld/memberships/%lld", (long long)m->person_id,
                           (long long)m->membership_id);
    write_one(e, m);
    return true;
}

bool on_memberships_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct opening o = { .r = r };
    const struct input *body;

    if (!request_json(r, &body, f) || !read_body(body, &o.membership, f) ||
        !staff_org(r, o.membership.org_id, f) || !registrar_once(r, out, make, &o, f))
        return false;
    if (o.is_made)
        staff_make_known(r);
    return true;
}

bool on_memberships_close(const struct request *r, struct reply *out, struct fail *f)
{
    struct membership m = { 0 };
    struct person person;
    struct db *db;

    if (!registrar_version(r, false, &m.version, f) ||
        !request_param_id(r, "membership_id", &m.membership_id, f) || !request_db(r, &db, f) ||
        !staff_person(r, db, &person, f) || !db_begin(db, f))
        return false;
    m.person_id = person.person_id;
    if (!membership_close(db, r->caller.org_id, &m, r->arena, f) ||
        !staff_record(r, db, &person, "membership_closed",
                      arena_text(r->arena, "{\"membership_id\":%lld}", (long long)m.membership_id),
                      f) ||
        !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    staff_make_known(r);
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

/* What kinds of incident there are, and where volunteers may be sent. */
#include "api/handlers.h"
#include "api/registrar.h"
#include "engine/audit.h"
#include "engine/incident_types.h"

static void write_type(struct emit *e, const struct incident_types_type *t)
{
    emit_object(e);
    emit_key_text(e, "type", t->type);
    emit_key_int(e, "version", t->version);
    emit_key_text(e, "name_zh", t->name_zh);
    emit_key_text(e, "name_en", t->name_en);
    emit_key_int(e, "priority", t->priority);
    emit_key_bool(e, "volunteer_allowed", t->volunteer_allowed);
    emit_key_int(e, "min_age", t->min_age);
    emit_end(e);
}

bool on_incident_types_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct incident_types_type *types;
    struct db *db;
    int32_t count;

    if (!request_db(r, &db, f) || !incident_types_list(db, r->arena, &types, &count, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_type(e, &types[i]);
    emit_end(e);
    emit_end(e);
    return true;
}

enum { TYPE, ZH, EN, PRIORITY, ALLOWED, AGE, KEYS };

/* Writes the keys that are there over what the type is. */
static bool read_type(const struct input *body, bool is_new, struct incident_types_type *t,
                      struct fail *f)
{
    struct input_key keys[KEYS] = {
        [ZH] = { "name_zh", is_new, NULL },       [EN] = { "name_en", is_new, NULL },
        [PRIORITY] = { "priority", false, NULL }, [ALLOWED] = { "volunteer_allowed", is_new, NULL },
        [AGE] = { "min_age", false, NULL },       [TYPE] = { "type", true, NULL },
    };
    int64_t priority = t->priority;
    int64_t age = t->min_age;

    if (!input_keys(body, is_new ? keys : keys + 1, is_new ? KEYS : KEYS - 1, f) ||
        (is_new && !input_text(keys[TYPE].value, INCIDENT_TYPES_WORD_MAX, &t->type, f)) ||
        (keys[ZH].value && !input_text(keys[ZH].value, INCIDENT_TYPES_NAME_MAX, &t->name_zh, f)) ||
        (keys[EN].value && !input_text(keys[EN].value, INCIDENT_TYPES_NAME_MAX, &t->name_en, f)) ||
        (keys[PRIORITY].value && !input_int(keys[PRIORITY].value, 1, 3, &priority, f)) ||
        (keys[ALLOWED].value && !input_bool(keys[ALLOWED].value, &t->volunteer_allowed, f)) ||
        (keys[AGE].value && !input_int(keys[AGE].value, 0, INCIDENT_TYPES_AGE_MAX, &age, f)))
        return false;
    t->priority = (int32_t)priority;
    t->min_age = (int32_t)age;
    return true;
}

/* Who opens or shuts the gate for volunteers is remembered. */
static bool record(const struct request *r, struct db *db, const struct incident_types_type *t,
                   const char *action, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = r->caller.org_id,
        .action = action,
        .subject = arena_text(r->arena, "incident_type %s", t->type),
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"volunteer_allowed\":%s,\"min_age\":%d}",
                             t->volunteer_allowed ? "true" : "false", t->min_age),
    };

    return audit_add(db, &entry, f);
}

struct creation {
    const struct request *r;
    struct incident_types_type type;
};

static bool create(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct creation *c = self;

    (void)location;
    if (!incident_types_add(db, &c->type, c->r->arena, f) ||
        !record(c->r, db, &c->type, "incident_type_created", f))
        return false;
    write_type(e, &c->type);
    return true;
}

bool on_incident_types_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r, .type = { .priority = 2, .min_age = 18 } };
    const struct input *body;

    return request_json(r, &body, f) && read_type(body, true, &c.type, f) &&
           registrar_once(r, out, create, &c, f);
}

static bool change(const struct request *r, struct db *db, struct incident_types_type *t,
                   struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (incident_types_change(db, t, r->arena, f) && record(r, db, t, "incident_type_changed", f) &&
        db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

bool on_incident_types_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct incident_types_type type;
    const struct input *body;
    struct db *db;
    int64_t version;

    if (!registrar_version(r, true, &version, f) || !request_json(r, &body, f) ||
        !request_db(r, &db, f) ||
        !incident_types_get(db, request_param(r, "type"), r->arena, &type, f))
        return false;
    if (version)
        type.version = version;
    if (!read_type(body, false, &type, f) || !change(r, db, &type, f))
        return false;
    write_type(reply_json(out, REPLY_OK), &type);
    reply_etag(out, arena_text(r->arena, "%lld", (long long)type.version));
    return true;
}

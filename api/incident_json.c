#include "api/incident_json.h"

#include "api/way.h"
#include "engine/engine.h"
#include "engine/personal.h"

struct incidents_who incident_json_who(const struct request *r)
{
    struct incidents_who who = {
        .kind = INCIDENTS_STAFF,
        .token_id = r->caller.token_id,
        .org_id = r->caller.org_id,
        .person_id = r->caller.person_id,
        .request_id = r->id,
    };

    if (r->caller.role == ROLE_PARTNER)
        who.kind = INCIDENTS_PARTNER;
    if (r->caller.role == ROLE_VOLUNTEER || r->caller.role == ROLE_DEVICE)
        who.kind = INCIDENTS_HERSELF;
    return who;
}

bool incident_json_turn(struct incidents_incident *i, enum frame frame, struct fail *f)
{
    return frame_from_wgs84(frame, i->place, &i->place, f);
}

static void write_id(struct emit *e, const char *key, int64_t id)
{
    emit_key(e, key);
    if (id)
        emit_int(e, id);
    else
        emit_null(e);
}

/* A number that the key in use cannot open is there all the same. */
static const char *mask(const struct request *r, const struct incidents_incident *i)
{
    struct fail unused = { 0 };
    const struct personal *personal = i->phone ? engine_personal(r->engine, &unused) : NULL;
    const char *phone;

    if (!i->phone)
        return NULL;
    if (!personal || !personal_unseal(personal, i->incident_id, PERSONAL_PHONE, i->phone,
                                      i->phone_size, r->arena, &phone, &unused))
        return "****";
    return personal_mask(PERSONAL_PHONE, phone, r->arena);
}

static void write_stamps(struct emit *e, const struct incidents_incident *i)
{
    static const char *const NAMES[INCIDENTS_STAMPS] = { "t0", "t1", "t2", "t3",
                                                         "t4", "t5", "t6", "t7" };

    emit_key(e, "stamps");
    emit_object(e);
    for (int32_t n = 0; n < INCIDENTS_STAMPS; n++)
        emit_key_text(e, NAMES[n], i->stamps[n]);
    emit_end(e);
}

void incident_json_open(const struct request *r, struct emit *e, const struct incidents_incident *i,
                        enum frame frame)
{
    emit_object(e);
    emit_key_int(e, "incident_id", i->incident_id);
    emit_key_int(e, "version", i->version);
    emit_key_int(e, "org_id", i->org_id);
    write_id(e, "firm_id", i->firm_id);
    emit_key_text(e, "type", i->type);
    emit_key_text(e, "type_zh", i->type_zh);
    emit_key_text(e, "type_en", i->type_en);
    emit_key_bool(e, "volunteer_allowed", i->volunteer_allowed);
    emit_key_int(e, "priority", i->priority);
    emit_key_text(e, "state", incident_states_shown(i->state, i->stage));
    emit_key_text(e, "state_since", i->state_since);
    emit_key(e, "place");
    way_write_place(e, i->place, frame);
    emit_key_text(e, "address", i->address);
    write_id(e, "grid_id", i->grid_id);
    emit_key_text(e, "note", i->note);
    emit_key_text(e, "reporter_phone", mask(r, i));
    emit_key_text(e, "disposition", i->disposition);
    write_id(e, "merged_into", i->merged_into);
    write_stamps(e, i);
}

static void write_person(struct emit *e, const struct dispatches_person *p)
{
    emit_object(e);
    emit_key_int(e, "person_id", p->person_id);
    emit_key_text(e, "name", p->name);
    emit_key_text(e, "state", dispatch_states_word(p->state));
    emit_key_text(e, "state_since", p->state_since);
    emit_key_text(e, "how", p->how);
    emit_key_text(e, "reason", p->reason);
    emit_key_text(e, "taken_from", p->taken_from);
    emit_key_text(e, "taken_to", p->taken_to);
    emit_end(e);
}

void incident_json_dispatch(struct emit *e, const struct dispatches_dispatch *d)
{
    emit_object(e);
    emit_key_int(e, "dispatch_id", d->dispatch_id);
    emit_key_int(e, "incident_id", d->incident_id);
    write_id(e, "squad_id", d->squad_id);
    emit_key_text(e, "state", dispatch_states_word(d->state));
    emit_key_text(e, "incident_state", d->incident_state);
    emit_key_text(e, "reason", d->reason);
    write_id(e, "by_token_id", d->by_token_id);
    write_id(e, "by_person_id", d->by_person_id);
    emit_key_text(e, "ordered_at", d->ordered_at);
    emit_key_text(e, "expires_at", d->expires_at);
    emit_key(e, "people");
    emit_array(e);
    for (int32_t i = 0; i < d->people_count; i++)
        write_person(e, &d->people[i]);
    emit_end(e);
    emit_end(e);
}

bool incident_json_keys(const struct request *r, struct input_key *keys, int32_t key_count,
                        struct fail *f)
{
    const struct input *body;

    if (r->body_size == 0)
        return true;
    return request_json(r, &body, f) && input_keys(body, keys, key_count, f);
}

bool incident_json_text(const struct input *v, size_t max_bytes, const char **out, struct fail *f)
{
    *out = NULL;
    return !v || input_text(v, max_bytes, out, f);
}

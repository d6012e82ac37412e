/* Fences: who watches which place, and what came of it. */
#include "api/handlers.h"
#include "api/registrar.h"
#include "api/rotas.h"
#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/fence_edit.h"
#include "geo/fence.h"
#include "geo/shape.h"

enum {
    /* what may be changed */
    NAME,
    RADIUS,
    MARGIN,
    KINDS,
    DWELL,
    GRACE,
    /* what stays */
    ORG,
    LOOKOUT_POINT,
    GRID,
    INCIDENT,
    PLACE,
    AREA,
    WHOM,
    SQUAD,
    KEYS,
    KEYS_OF_RULES = ORG
};

/* ------------------------------------------------------------------ reading */

static bool read_kinds(const struct input *v, uint32_t *out, struct fail *f)
{
    int32_t count;

    if (!v)
        return true;
    if (!input_array(v, 1, FENCE_EDIT_KINDS, &count, f))
        return false;
    *out = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t kind;

        if (!input_word(input_item(v, i), FENCE_EDIT_KIND_WORDS, FENCE_EDIT_KINDS, &kind, f))
            return false;
        *out |= 1u << kind;
    }
    return true;
}

/* What is absent stays as it is; a stay is timed only where dwell is asked for. */
static bool read_rules(const struct input_key *keys, struct fence_edit_rules *rules, struct fail *f)
{
    if ((keys[NAME].value && !input_text(keys[NAME].value, FENCE_EDIT_NAME_MAX, &rules->name, f)) ||
        !rotas_read_int(keys[RADIUS].value, FENCE_EDIT_RADIUS_MIN, FENCE_REACH_MAX_M,
                        &rules->radius_m, f) ||
        !rotas_read_int(keys[MARGIN].value, 0, FENCE_EDIT_MARGIN_MAX, &rules->margin_m, f) ||
        !read_kinds(keys[KINDS].value, &rules->kinds, f))
        return false;
    if (!(rules->kinds >> FENCE_EDIT_DWELL & 1))
        rules->dwell_s = 0;
    return rotas_read_int(keys[DWELL].value, FENCE_EDIT_DWELL_MIN, FENCE_EDIT_DWELL_MAX,
                          &rules->dwell_s, f) &&
           rotas_read_int(keys[GRACE].value, 0, FENCE_EDIT_GRACE_MAX, &rules->grace_s, f);
}

static bool read_place(const struct request *r, const struct input *v, struct fence_edit *e,
                       struct fail *f)
{
    struct point place;

    if (!frame_read_place(v, &place, f))
        return false;
    struct figure *figure = arena_take(r->arena, 1, sizeof *figure);

    *figure = figure_point(r->arena, place);
    e->figure = figure;
    return true;
}

static bool read_area(const struct request *r, const struct input *v, struct fence_edit *e,
                      struct fail *f)
{
    e->is_area = true;
    return rotas_read_area(r, v, FENCE_POINTS_MAX, &e->figure, f);
}

static bool read_around(const struct request *r, const struct input_key *keys, struct fence_edit *e,
                        struct fail *f)
{
    if (!rotas_read_id(keys[LOOKOUT_POINT].value, &e->lookout_point_id, f) ||
        !rotas_read_id(keys[GRID].value, &e->grid_id, f) ||
        !rotas_read_id(keys[INCIDENT].value, &e->incident_id, f))
        return false;
    e->is_area = e->grid_id != 0;
    return (!keys[PLACE].value || read_place(r, keys[PLACE].value, e, f)) &&
           (!keys[AREA].value || read_area(r, keys[AREA].value, e, f));
}

/* Around an incident it is about whom the incident has, if nothing else is said. */
static bool read_whom(const struct input_key *keys, struct fence_edit *e, struct fail *f)
{
    int32_t whom = e->incident_id ? FENCE_EDIT_DISPATCHED : FENCE_EDIT_EVERYONE;

    if ((keys[WHOM].value &&
         !input_word(keys[WHOM].value, FENCE_EDIT_WHOM_WORDS, FENCE_EDIT_WHOMS, &whom, f)) ||
        !rotas_read_id(keys[SQUAD].value, &e->squad_id, f))
        return false;
    e->whom = (enum fence_edit_whom)whom;
    return true;
}

static const struct input_key NAMES[KEYS] = {
    [NAME] = { "name", true, NULL },        [RADIUS] = { "radius_m", false, NULL },
    [MARGIN] = { "margin_m", false, NULL }, [KINDS] = { "kinds", true, NULL },
    [DWELL] = { "dwell_s", false, NULL },   [GRACE] = { "grace_s", false, NULL },
    [ORG] = { "org_id", false, NULL },      [LOOKOUT_POINT] = { "lookout_point_id", false, NULL },
    [GRID] = { "grid_id", false, NULL },    [INCIDENT] = { "incident_id", false, NULL },
    [PLACE] = { "place", false, NULL },     [AREA] = { "area", false, NULL },
    [WHOM] = { "whom", false, NULL },       [SQUAD] = { "squad_id", false, NULL },
};

static void take_keys(struct input_key *keys, int32_t count, bool is_new)
{
    for (int32_t i = 0; i < count; i++) {
        keys[i] = NAMES[i];
        keys[i].required = keys[i].required && is_new;
    }
}

/* ------------------------------------------------------------------ doing */

static bool record(const struct request *r, struct db *db, const struct fence_edit *e,
                   const char *action, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = e->org_id,
        .action = action,
        .subject = arena_text(r->arena, "fence %lld", (long long)e->fence_id),
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"whom\":\"%s\"}", FENCE_EDIT_WHOM_WORDS[e->whom]),
    };

    return audit_add(db, &entry, f);
}

static bool offer_repair(const struct request *r, const struct input *area,
                         const struct figure *figure, struct reply *out, struct fail *f)
{
    enum frame frame = FRAME_WGS84;
    struct fail unused;

    frame_read_word(input_get(area, "frame"), &frame, &unused); /* it was read before */
    fail_at(f, "/area");
    return registrar_offer_repair(r, figure, frame, out, f);
}

struct creation {
    const struct request *r;
    struct fence_edit edit;
};

static bool make(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct creation *c = self;

    c->edit.fence_id = id;
    return fence_edit_add(db, &c->edit, c->r->arena, f) &&
           record(c->r, db, &c->edit, "fence_created", f);
}

bool on_fences_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r,
                          .edit = { .org_id = r->caller.org_id,
                                    .rules = { .margin_m = FENCE_EDIT_MARGIN_USUAL,
                                               .grace_s = FENCE_EDIT_GRACE_USUAL } } };
    const struct rotas_making making = { r, ROTA_FENCES, make, &c };
    struct input_key keys[KEYS];
    const struct input *body;

    take_keys(keys, KEYS, true);
    if (!request_json(r, &body, f) || !input_keys(body, keys, KEYS, f) ||
        !rotas_read_id(keys[ORG].value, &c.edit.org_id, f) || !read_around(r, keys, &c.edit, f) ||
        !read_rules(keys, &c.edit.rules, f) || !read_whom(keys, &c.edit, f) ||
        !fence_edit_check(&c.edit, f))
        return false;
    if (keys[AREA].value && !shape_check(shape_take(r->arena), c.edit.figure, f))
        return offer_repair(r, keys[AREA].value, c.edit.figure, out, f);
    return rotas_make(&making, out, f);
}

struct change {
    const struct request *r;
    int64_t fence_id;
    int64_t version;
    const struct input_key *keys;
};

static bool change(void *self, struct db *db, struct fail *f)
{
    const struct change *c = self;
    struct fence_edit e;

    if (!fence_edit_get(db, c->fence_id, c->r->arena, &e, f) || !read_rules(c->keys, &e.rules, f) ||
        !fence_edit_check_rules(&e, f))
        return false;
    e.version = c->version;
    return fence_edit_change(db, &e, c->r->arena, f) && record(c->r, db, &e, "fence_changed", f);
}

bool on_fences_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[KEYS_OF_RULES];
    struct change c = { .r = r, .keys = keys };
    const struct input *body;

    take_keys(keys, KEYS_OF_RULES, false);
    return rotas_id(r, ROTA_FENCES, &c.fence_id, f) && registrar_version(r, true, &c.version, f) &&
           request_json(r, &body, f) && input_keys(body, keys, KEYS_OF_RULES, f) &&
           rotas_change(r, ROTA_FENCES, &c.fence_id, change, &c, out, f);
}

/* Closing what is closed changes nothing. */
static bool close_it(const struct request *r, struct db *db, int64_t id, struct fail *f)
{
    struct fence_edit e = { .fence_id = id };
    struct rota_item item;

    return rota_get(db, ROTA_FENCES, id, r->arena, &item, f) &&
           fence_edit_close(db, &e, r->arena, f) &&
           (e.org_id == 0 || record(r, db, &e, "fence_closed", f)) && db_commit(db, f);
}

bool on_fences_close(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;
    int64_t id;

    if (!rotas_id(r, ROTA_FENCES, &id, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!close_it(r, db, id, f)) {
        db_rollback(db);
        return false;
    }
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

/* ------------------------------------------------------------------ lists */

bool on_fences_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_FENCES, 0, out, f);
}

bool on_fences_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_FENCES, out, f);
}

bool on_fences_visits(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_FENCE_VISITS, 0, out, f);
}

bool on_fences_absences(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_FENCE_ABSENCES, 0, out, f);
}

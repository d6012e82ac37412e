#include "engine/fence_edit.h"

#include <string.h>

#include "engine/fences.h"
#include "engine/rota.h"
#include "geo/base/buf.h"
#include "geo/wkb.h"

const char *const FENCE_EDIT_KIND_WORDS[FENCE_EDIT_KINDS] = { "enter", "leave", "dwell", "absent" };
const char *const FENCE_EDIT_WHOM_WORDS[FENCE_EDIT_WHOMS] = { "everyone", "squad", "rostered",
                                                              "dispatched" };

/* ------------------------------------------------------------------ what goes together */

static bool has(const struct fence_edit *e, enum fence_edit_kind kind)
{
    return e->rules.kinds >> kind & 1;
}

static bool refuse(struct fail *f, const char *pointer, const char *allowed)
{
    fail_at(f, pointer);
    return fail_allowed(f, "%s", allowed);
}

static bool check_around(const struct fence_edit *e, struct fail *f)
{
    const int count = !!e->lookout_point_id + !!e->grid_id + !!e->incident_id + !!e->figure;

    if (count == 1)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "a fence is around one thing, not %d", count);
    return refuse(f, "", "one of lookout_point_id, grid_id, incident_id, place, area");
}

static bool check_radius(const struct fence_edit *e, struct fail *f)
{
    if (e->rules.radius_m && e->is_area) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "an area has no radius_m: %lld",
                 (long long)e->rules.radius_m);
        return refuse(f, "/radius_m", "only around a place, lookout point or incident");
    }
    if (!e->rules.radius_m && e->figure && !e->is_area) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "a fence around a place needs radius_m");
        return refuse(f, "/radius_m", "10 to 5000");
    }
    return true;
}

static bool check_whom(const struct fence_edit *e, struct fail *f)
{
    if ((e->whom == FENCE_EDIT_SQUAD) != (e->squad_id != 0)) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "whom and squad_id do not go together");
        return refuse(f, "/squad_id", "with whom squad, and only then");
    }
    if (e->whom == FENCE_EDIT_ROSTERED && !e->lookout_point_id) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "rostered are people at a lookout point");
        return refuse(f, "/whom", "rostered only with lookout_point_id");
    }
    if (e->whom == FENCE_EDIT_DISPATCHED && !e->incident_id) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "dispatched are people to an incident");
        return refuse(f, "/whom", "dispatched only with incident_id");
    }
    return true;
}

static bool check_kinds(const struct fence_edit *e, struct fail *f)
{
    if (has(e, FENCE_EDIT_DWELL) && !e->rules.dwell_s) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "the kind dwell needs dwell_s");
        return refuse(f, "/dwell_s", "10 to 86400");
    }
    if (!has(e, FENCE_EDIT_DWELL) && e->rules.dwell_s) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "dwell_s without the kind dwell: %lld",
                 (long long)e->rules.dwell_s);
        return refuse(f, "/dwell_s", "only with dwell among kinds");
    }
    if (has(e, FENCE_EDIT_ABSENT) && !e->lookout_point_id) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "absent is who has a shift at a lookout point");
        return refuse(f, "/kinds", "absent only with lookout_point_id");
    }
    return true;
}

bool fence_edit_check(const struct fence_edit *e, struct fail *f)
{
    return check_around(e, f) && check_whom(e, f) && fence_edit_check_rules(e, f);
}

bool fence_edit_check_rules(const struct fence_edit *e, struct fail *f)
{
    return check_radius(e, f) && check_kinds(e, f);
}

/* ------------------------------------------------------------------ making */

static bool fail_absent(const char *key, int64_t id, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no %s %lld here", key, (long long)id);
    fail_allowed(f, "an open one at or below the organisation, in your scope");
    fail_at(f, arena_text(a, "/%s", key));
    return fail_value(f, arena_text(a, "%lld", (long long)id));
}

static struct db_value id_or_null(int64_t id)
{
    return id ? db_int(id) : db_null();
}

static bool stands(struct db *db, const struct fence_edit *e, struct arena *a, struct fail *f)
{
    const struct {
        const char *key;
        int64_t id;
    } named[] = { { "org_id", e->org_id },
                  { "lookout_point_id", e->lookout_point_id },
                  { "grid_id", e->grid_id },
                  { "incident_id", e->incident_id },
                  { "squad_id", e->squad_id } };
    struct db_value values[5];
    const struct db_rows *rows;

    for (int i = 0; i < 5; i++)
        values[i] = id_or_null(named[i].id);
    if (!db_run(db, QUERIES_FENCE_STANDS, values, 5, a, &rows, f))
        return false;
    for (int i = 0; i < 5; i++)
        if (named[i].id && !db_get_bool(rows, 0, i))
            return fail_absent(named[i].key, named[i].id, a, f);
    if (db_get_int(rows, 0, 5) < FENCES_MAX)
        return true;
    return fail_set(f, FAIL_CONFLICT, FENCES_TOO_MANY, "the city has %d fences; close some first",
                    FENCES_MAX);
}

static const char *kinds_text(uint32_t kinds, struct arena *a)
{
    const char *text = "";

    for (int i = 0; i < FENCE_EDIT_KINDS; i++)
        if (kinds >> i & 1)
            text = arena_text(a, "%s%s%s", text, text[0] ? " " : "", FENCE_EDIT_KIND_WORDS[i]);
    return text;
}

static struct db_value number_or_null(int64_t value)
{
    return value ? db_int(value) : db_null();
}

bool fence_edit_add(struct db *db, const struct fence_edit *e, struct arena *a, struct fail *f)
{
    const struct fence_edit_rules *rules = &e->rules;
    struct buf shape = { 0 };

    if (!stands(db, e, a, f))
        return false;
    if (e->figure) {
        const struct figure written =
            e->figure->kind == FIGURE_AREAS ? figure_as_multi(e->figure) : *e->figure;

        wkb_write(&shape, &written);
    }
    const struct db_value values[] = {
        db_int(e->fence_id),
        db_int(e->org_id),
        db_text(rules->name),
        id_or_null(e->lookout_point_id),
        id_or_null(e->grid_id),
        id_or_null(e->incident_id),
        e->figure ? db_bytes(shape.bytes, shape.size) : db_null(),
        number_or_null(rules->radius_m),
        db_int(rules->margin_m),
        db_text(FENCE_EDIT_WHOM_WORDS[e->whom]),
        id_or_null(e->squad_id),
        db_text(kinds_text(rules->kinds, a)),
        number_or_null(rules->dwell_s),
        db_int(rules->grace_s),
    };
    const bool is_added = db_run(db, QUERIES_FENCE_ADD, values, 14, a, NULL, f);

    buf_free(&shape);
    return is_added;
}

/* ------------------------------------------------------------------ changing */

static enum fence_edit_whom whom_of(const char *word)
{
    int i = 0;

    while (i < FENCE_EDIT_WHOMS - 1 && strcmp(FENCE_EDIT_WHOM_WORDS[i], word) != 0)
        i++;
    return (enum fence_edit_whom)i;
}

static uint32_t kinds_of(const char *text)
{
    uint32_t kinds = 0;

    for (int i = 0; i < FENCE_EDIT_KINDS; i++)
        if (strstr(text, FENCE_EDIT_KIND_WORDS[i]))
            kinds |= 1u << i;
    return kinds;
}

bool fence_edit_get(struct db *db, int64_t fence_id, struct arena *a, struct fence_edit *out,
                    struct fail *f)
{
    const struct db_value id = db_int(fence_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_FENCE_GET, &id, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_FENCES, fence_id, a, f);
    *out = (struct fence_edit){
        .fence_id = fence_id,
        .version = db_get_int(rows, 0, 0),
        .org_id = db_get_int(rows, 0, 1),
        .lookout_point_id = db_get_int(rows, 0, 2),
        .grid_id = db_get_int(rows, 0, 3),
        .incident_id = db_get_int(rows, 0, 4),
        .whom = whom_of(db_get_text(rows, 0, 5)),
        .squad_id = db_get_int(rows, 0, 6),
        .is_area = db_get_int(rows, 0, 8) == 0,
        .rules = { .name = db_get_text(rows, 0, 7),
                   .radius_m = db_get_int(rows, 0, 8),
                   .margin_m = db_get_int(rows, 0, 9),
                   .kinds = kinds_of(db_get_text(rows, 0, 10)),
                   .dwell_s = db_get_int(rows, 0, 11),
                   .grace_s = db_get_int(rows, 0, 12) },
    };
    return true;
}

bool fence_edit_change(struct db *db, const struct fence_edit *e, struct arena *a, struct fail *f)
{
    const struct fence_edit_rules *rules = &e->rules;
    const struct db_value values[] = {
        db_int(e->fence_id),
        db_int(e->version),
        db_text(rules->name),
        number_or_null(rules->radius_m),
        db_int(rules->margin_m),
        db_text(kinds_text(rules->kinds, a)),
        number_or_null(rules->dwell_s),
        db_int(rules->grace_s),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_FENCE_CHANGE, values, 8, a, &rows, f))
        return false;
    if (db_changed(rows) > 0)
        return true;
    fail_set(f, FAIL_CONFLICT, VERSION_STALE, "fence %lld is not at version %lld any more",
             (long long)e->fence_id, (long long)e->version);
    return fail_value(f, arena_text(a, "%lld", (long long)e->version));
}

bool fence_edit_close(struct db *db, struct fence_edit *e, struct arena *a, struct fail *f)
{
    const struct db_value id = db_int(e->fence_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_FENCE_CLOSE, &id, 1, a, &rows, f))
        return false;
    if (db_count(rows) > 0) {
        e->org_id = db_get_int(rows, 0, 0);
        e->whom = whom_of(db_get_text(rows, 0, 1));
    }
    return true;
}

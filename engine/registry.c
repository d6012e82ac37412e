/* A query of a noun names id, version, times and geometry first and then the fields in
 * the order of the table, so that one reader and one writer serve all. */
#include "engine/registry.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/orgs.h"
#include "engine/registry_kinds.h"
#include "geo/base/buf.h"
#include "geo/base/emit.h"
#include "geo/crs.h"
#include "geo/grid.h"
#include "geo/wkb.h"

enum {
    COLUMN_ID,
    COLUMN_VERSION,
    COLUMN_FROM,
    COLUMN_TO,
    COLUMN_FIGURE,
    COLUMN_FIELDS,
    LIST_VALUES_MAX = 10,
};

enum { FIELD_CODE = 0, GRID_FIELD_PROFILE = 1 };

struct noun_queries {
    enum queries_id list, get, change, close, taken, add;
};

#define NOUN_QUERIES(NOUN)                                                                         \
    {                                                                                              \
        QUERIES_##NOUN##_LIST, QUERIES_##NOUN##_GET, QUERIES_##NOUN##_CHANGE,                      \
            QUERIES_##NOUN##_CLOSE, QUERIES_##NOUN##_TAKEN, QUERIES_##NOUN##_ADD                   \
    }

static const struct noun_queries QUERIES[REGISTRY_NOUNS] = {
    [REGISTRY_STATIONS] = NOUN_QUERIES(STATION),
    [REGISTRY_LOOKOUT_POINTS] = NOUN_QUERIES(LOOKOUT_POINT),
    [REGISTRY_GRIDS] = NOUN_QUERIES(GRID),
    [REGISTRY_SITES] = NOUN_QUERIES(SITE),
    [REGISTRY_ORGS] = NOUN_QUERIES(ORG),
    [REGISTRY_SQUADS] = NOUN_QUERIES(SQUAD),
    [REGISTRY_MUTUAL_AID] = NOUN_QUERIES(MUTUAL_AID),
    [REGISTRY_HOT_SPOTS] = NOUN_QUERIES(HOT_SPOT),
};

const struct registry_kind *registry_kind(enum registry_noun noun)
{
    return registry_kinds_of(noun);
}

int32_t registry_field_find(const struct registry_kind *kind, const char *name)
{
    for (int32_t i = 0; i < kind->field_count; i++)
        if (strcmp(kind->fields[i].name, name) == 0)
            return i;
    return -1;
}

struct registry_item registry_blank(enum registry_noun noun)
{
    const struct registry_kind *kind = registry_kind(noun);
    struct registry_item item = { .version = 1 };

    for (int32_t i = 0; i < kind->field_count; i++)
        item.values[i] = (struct registry_value){ kind->fields[i].text, kind->fields[i].number };
    return item;
}

const char *registry_code(const struct registry_item *item)
{
    return item->values[FIELD_CODE].text;
}

struct registry_value *registry_value(enum registry_noun noun, struct registry_item *item,
                                      const char *field)
{
    const int32_t at = registry_field_find(registry_kind(noun), field);

    assert(at >= 0);
    return &item->values[at];
}

/* ---- reading */

static bool is_number(enum registry_type type)
{
    return type == REGISTRY_INT || type == REGISTRY_ID;
}

static bool read_row(const struct registry_kind *kind, const struct db_rows *rows, int32_t row,
                     struct arena *a, struct registry_item *item, struct fail *f)
{
    *item = (struct registry_item){
        .id = db_get_int(rows, row, COLUMN_ID),
        .version = db_get_int(rows, row, COLUMN_VERSION),
        .valid_from = db_get_text(rows, row, COLUMN_FROM),
        .valid_to = db_get_text(rows, row, COLUMN_TO),
    };
    for (int32_t i = 0; i < kind->field_count; i++) {
        if (!is_number(kind->fields[i].type))
            item->values[i].text = db_get_text(rows, row, COLUMN_FIELDS + i);
        else if (!db_is_null(rows, row, COLUMN_FIELDS + i))
            item->values[i].number = db_get_int(rows, row, COLUMN_FIELDS + i);
    }
    item->figure.kind = kind->shape == REGISTRY_POINT ? FIGURE_POINTS : FIGURE_AREAS;
    if (db_is_null(rows, row, COLUMN_FIGURE))
        return true;
    size_t size;
    const void *wkb = db_get_bytes(rows, row, COLUMN_FIGURE, &size);

    return wkb_read(a, wkb, size, &item->figure, f);
}

/* What a list is narrowed to, in the order of the queries' parameters; how many. */
static int32_t list_values(const struct registry_kind *kind, const struct registry_filter *filter,
                           struct db_value values[LIST_VALUES_MAX])
{
    const struct box *box = &filter->box;
    const double sides[] = { box->min.lon, box->min.lat, box->max.lon, box->max.lat };
    int32_t count = 0;

    values[count++] = db_int(filter->after_id);
    values[count++] = db_int(filter->limit + 1); /* to see whether there are more */
    for (int i = 0; i < 4 && kind->shape != REGISTRY_NONE; i++)
        values[count++] = filter->boxed ? db_double(sides[i]) : db_null();
    values[count++] = db_text(filter->containing);
    values[count++] = filter->org_id ? db_int(filter->org_id) : db_null();
    if (kind->by_kind)
        values[count++] = db_text(filter->kind);
    if (kind->by_parent)
        values[count++] = filter->parent_id ? db_int(filter->parent_id) : db_null();
    return count;
}

bool registry_list(struct db *db, enum registry_noun noun, const struct registry_filter *filter,
                   struct arena *a, struct registry_page *page, struct fail *f)
{
    struct db_value values[LIST_VALUES_MAX];
    const int32_t value_count = list_values(registry_kind(noun), filter, values);
    const struct db_rows *rows;
    int32_t points = 0;

    if (!db_run(db, QUERIES[noun].list, values, value_count, a, &rows, f))
        return false;
    *page = (struct registry_page){
        .items = arena_take(a, (size_t)filter->limit + 1, sizeof *page->items),
    };
    while (page->count < db_count(rows) && page->count < filter->limit &&
           points < REGISTRY_PAGE_POINTS_MAX) {
        struct registry_item *item = &page->items[page->count];

        if (!read_row(registry_kind(noun), rows, page->count, a, item, f))
            return false;
        points += item->figure.point_count;
        page->count++;
    }
    page->more = page->count < db_count(rows);
    return true;
}

bool registry_fail_missing(enum registry_noun noun, int64_t id, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %lld", registry_kind(noun)->noun,
             (long long)id);
    return fail_value(f, arena_text(a, "%lld", (long long)id));
}

bool registry_get(struct db *db, enum registry_noun noun, int64_t id, struct arena *a,
                  struct registry_item *item, struct fail *f)
{
    const struct db_value values[] = { db_int(id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES[noun].get, values, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return registry_fail_missing(noun, id, a, f);
    return read_row(registry_kind(noun), rows, 0, a, item, f);
}

/* ---- checking */

static bool check_blanks(const struct registry_item *item, struct fail *f)
{
    const char *code = registry_code(item);

    if (code[0] != ' ' && code[strlen(code) - 1] != ' ')
        return true;
    fail_set(f, FAIL_INPUT, CODE_MALFORMED, "a code must not begin or end with a blank: \"%.40s\"",
             code);
    fail_allowed(f, "1 to %d bytes without blanks at the ends", REGISTRY_CODE_MAX);
    fail_at(f, "/code");
    return fail_value(f, code);
}

static bool fail_pair(const char *pointer, const char *value, const char *why, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s", why);
    fail_at(f, pointer);
    return fail_value(f, value);
}

/* Fields that hang together. */
static bool check_fields(enum registry_noun noun, const struct registry_item *item, struct fail *f)
{
    struct registry_item copy = *item;

    if (noun == REGISTRY_ORGS) {
        const char *trade = registry_value(noun, &copy, "trade")->text;

        if (trade[0] && strcmp(registry_value(noun, &copy, "kind")->text, "firm") != 0)
            return fail_pair("/trade", trade, "only a firm has a trade", f);
    }
    if (noun == REGISTRY_SQUADS) {
        const char *line = registry_value(noun, &copy, "line")->text;
        const bool by_bus = strcmp(registry_value(noun, &copy, "mode")->text, "bus") == 0;

        if (by_bus && !line[0])
            return fail_pair("/line", "", "a crew of mode bus needs the line that it runs on", f);
        if (!by_bus && line[0])
            return fail_pair("/line", line, "only a crew of mode bus runs on a line", f);
    }
    return true;
}

static bool check_grid_code(const struct registry_item *item, struct fail *f)
{
    enum grid_profile profile;
    struct grid_code code;

    if (!grid_profile_from_word(item->values[GRID_FIELD_PROFILE].text, &profile, f))
        return fail_at(f, "/profile");
    if (!grid_code_parse(profile, registry_code(item), &code, f))
        return fail_at(f, "/code");
    return true;
}

/* Who draws a line there and back means no area; as one it would have no streets, or would
 * cut a few centimetres out of somebody else's. */
static bool check_size(const struct registry_kind *kind, const struct figure *area, struct fail *f)
{
    const double size_m2 = crs_area_m2(area);
    char value[40];

    if (size_m2 >= REGISTRY_AREA_LEAST_M2)
        return true;
    snprintf(value, sizeof value, "0.%03d m²", (int)(size_m2 * 1000));
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "the area of this %s is a sliver of %s", kind->noun,
             value);
    fail_allowed(f, "an area of at least %d m²", REGISTRY_AREA_LEAST_M2);
    fail_at(f, "/area");
    return fail_value(f, value);
}

bool registry_check(enum registry_noun noun, const struct registry_item *item, struct shape *s,
                    struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);

    if (kind->coded && !(noun == REGISTRY_GRIDS ? check_grid_code(item, f) : check_blanks(item, f)))
        return false;
    if (!check_fields(noun, item, f))
        return false;
    if (item->figure.point_count == 0 && kind->shape <= REGISTRY_AREA) {
        fail_set(f, FAIL_INPUT, FIGURE_MALFORMED, "a %s needs a shape that is not empty",
                 kind->noun);
        return fail_at(f, kind->shape == REGISTRY_POINT ? "/place" : "/area");
    }
    if (kind->shape == REGISTRY_POINT || item->figure.point_count == 0)
        return true;
    if (item->figure.point_count > REGISTRY_POINTS_MAX) {
        fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE, "a %s may have %d points and this one has %d",
                 kind->noun, REGISTRY_POINTS_MAX, item->figure.point_count);
        fail_allowed(f, "at most %d points", REGISTRY_POINTS_MAX);
        return fail_at(f, "/area");
    }
    if (!shape_check(s, &item->figure, f))
        return fail_at(f, "/area");
    return check_size(kind, &item->figure, f);
}

/* ---- writing */

bool registry_begin_writing(struct db *db, enum registry_noun noun, struct fail *f)
{
    const struct db_value values[] = { db_text(registry_kind(noun)->layer) };
    struct arena *a = arena_new();
    const bool ok = db_run(db, QUERIES_LAYER_CHANGED, values, 1, a, NULL, f);

    arena_free(a);
    return ok;
}

/* What no two open rows have in common. */
static const char *identity(enum registry_noun noun, const struct registry_item *item,
                            struct arena *a)
{
    struct registry_item copy = *item;

    if (noun == REGISTRY_GRIDS)
        return arena_text(a, "%s %s", item->values[GRID_FIELD_PROFILE].text, registry_code(item));
    if (noun == REGISTRY_SQUADS)
        return arena_text(a, "%lld %s", (long long)registry_value(noun, &copy, "org_id")->number,
                          registry_code(item));
    if (noun == REGISTRY_MUTUAL_AID)
        return arena_text(a, "%lld %lld",
                          (long long)registry_value(noun, &copy, "lender_id")->number,
                          (long long)registry_value(noun, &copy, "borrower_id")->number);
    return registry_code(item);
}

bool registry_find_taken(struct db *db, enum registry_noun noun, const struct registry_item *items,
                         int32_t count, struct arena *a, struct registry_taken *out, struct fail *f)
{
    struct buf codes = { 0 };
    struct emit e = emit_to(&codes);

    emit_array(&e);
    for (int32_t i = 0; i < count; i++)
        emit_text(&e, identity(noun, &items[i], a));
    emit_end(&e);

    const struct db_value values[] = { db_text(buf_text(&codes)) };
    const struct db_rows *rows = NULL;
    const bool ok = db_run(db, QUERIES[noun].taken, values, 1, a, &rows, f);

    buf_free(&codes);
    if (!ok)
        return false;
    int32_t *item_at = arena_take(a, (size_t)db_count(rows) + 1, sizeof *item_at);
    int64_t *id = arena_take(a, (size_t)db_count(rows) + 1, sizeof *id);

    for (int32_t i = 0; i < db_count(rows); i++) {
        item_at[i] = (int32_t)db_get_int(rows, i, 0);
        id[i] = db_get_int(rows, i, 1);
    }
    *out = (struct registry_taken){ db_count(rows), item_at, id };
    return true;
}

bool registry_fail_taken(enum registry_noun noun, const struct registry_item *item,
                         int64_t taken_id, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);

    if (!kind->coded)
        return fail_set(f, FAIL_CONFLICT, ALREADY_THERE, "%s %lld says this already", kind->noun,
                        (long long)taken_id);
    fail_set(f, FAIL_CONFLICT, CODE_TAKEN, "the code %.40s belongs to %s %lld", registry_code(item),
             kind->noun, (long long)taken_id);
    fail_allowed(f, "a code that no open %s has", kind->noun);
    fail_at(f, "/code");
    return fail_value(f, registry_code(item));
}

static void put_figure(struct emit *e, const struct registry_kind *kind,
                       const struct registry_item *item, struct buf *wkb, struct buf *hex)
{
    const struct figure figure =
        kind->shape == REGISTRY_POINT ? item->figure : figure_as_multi(&item->figure);

    buf_clear(wkb);
    buf_clear(hex);
    wkb_write(wkb, &figure);
    for (size_t i = 0; i < wkb->size; i++)
        buf_format(hex, "%02x", (unsigned)(unsigned char)wkb->bytes[i]);
    emit_key_text(e, "figure", buf_text(hex));
}

static void put_value(struct emit *e, const struct registry_field *field,
                      const struct registry_value *value)
{
    emit_key(e, field->name);
    if (!is_number(field->type) && field->type != REGISTRY_LIST)
        emit_text(e, value->text);
    else if (field->type == REGISTRY_LIST)
        emit_raw(e, value->text, strlen(value->text));
    else if (field->type == REGISTRY_ID && value->number == 0)
        emit_null(e);
    else
        emit_int(e, value->number);
}

static void put_rows(struct emit *e, const struct registry_kind *kind,
                     const struct registry_item *items, int32_t count)
{
    struct buf wkb = { 0 };
    struct buf hex = { 0 };

    emit_array(e);
    for (int32_t i = 0; i < count; i++) {
        emit_object(e);
        emit_key_int(e, "id", items[i].id);
        if (items[i].figure.point_count > 0)
            put_figure(e, kind, &items[i], &wkb, &hex);
        for (int32_t k = 0; k < kind->field_count; k++)
            put_value(e, &kind->fields[k], &items[i].values[k]);
        emit_end(e);
    }
    emit_end(e);
    buf_free(&wkb);
    buf_free(&hex);
}

/* Whose a row is that names no organisation: the city's. */
static void fill_orgs(const struct registry_kind *kind, struct registry_item *item)
{
    for (int32_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].refers == REGISTRY_TO_ORG && item->values[i].number == 0)
            item->values[i].number = ORGS_CITY_ID;
}

bool registry_add(struct db *db, struct ids *ids, enum registry_noun noun,
                  struct registry_item *items, int32_t count, struct fail *f)
{
    struct buf rows = { 0 };
    struct emit e = emit_to(&rows);

    assert(count <= REGISTRY_ADD_MAX);
    for (int32_t i = 0; i < count; i++) {
        if (!ids_take(ids, db, &items[i].id, f))
            return false;
        items[i].version = 1;
        fill_orgs(registry_kind(noun), &items[i]);
    }
    put_rows(&e, registry_kind(noun), items, count);

    const struct db_value value = db_text(buf_text(&rows));
    struct arena *a = arena_new();
    const bool ok = db_run(db, QUERIES[noun].add, &value, 1, a, NULL, f);

    arena_free(a);
    buf_free(&rows);
    return ok;
}

static bool fail_stale(const struct registry_kind *kind, int64_t id, int64_t version,
                       int64_t wanted, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_CONFLICT, VERSION_STALE, "%s %lld is at version %lld, not %lld", kind->noun,
             (long long)id, (long long)version, (long long)wanted);
    fail_allowed(f, "\"%lld\"", (long long)version);
    return fail_value(f, arena_text(a, "%lld", (long long)wanted));
}

static bool identity_is_free(struct db *db, enum registry_noun noun,
                             const struct registry_item *item, struct arena *a, struct fail *f)
{
    struct registry_taken taken;

    if (!registry_find_taken(db, noun, item, 1, a, &taken, f))
        return false;
    if (taken.count > 0 && taken.id[0] != item->id)
        return registry_fail_taken(noun, item, taken.id[0], f);
    return true;
}

static struct db_value column_of(const struct registry_field *field,
                                 const struct registry_value *value)
{
    if (!is_number(field->type))
        return db_text(value->text);
    return field->type == REGISTRY_ID && value->number == 0 ? db_null() : db_int(value->number);
}

static bool write_row(struct db *db, enum registry_noun noun, const struct registry_item *item,
                      struct arena *a, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);
    const struct figure figure =
        kind->shape == REGISTRY_POINT ? item->figure : figure_as_multi(&item->figure);
    struct db_value values[2 + REGISTRY_FIELDS_MAX];
    struct buf wkb = { 0 };
    int32_t count = 0;

    values[count++] = db_int(item->id);
    if (item->figure.point_count > 0)
        wkb_write(&wkb, &figure);
    if (kind->shape != REGISTRY_NONE)
        values[count++] = wkb.size > 0 ? db_bytes(wkb.bytes, wkb.size) : db_null();
    for (int32_t i = 0; i < kind->field_count; i++)
        values[count++] = column_of(&kind->fields[i], &item->values[i]);

    const bool ok = db_run(db, QUERIES[noun].change, values, count, a, NULL, f);

    buf_free(&wkb);
    return ok;
}

bool registry_change(struct db *db, enum registry_noun noun, struct registry_item *item,
                     struct arena *a, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);
    struct registry_item now;

    if (!registry_get(db, noun, item->id, a, &now, f))
        return false;
    if (now.valid_to) {
        fail_set(f, FAIL_CONFLICT, ALREADY_CLOSED, "%s %lld was closed at %s", kind->noun,
                 (long long)item->id, now.valid_to);
        return fail_value(f, now.valid_to);
    }
    if (now.version != item->version)
        return fail_stale(kind, item->id, now.version, item->version, a, f);
    if (!identity_is_free(db, noun, item, a, f) || !write_row(db, noun, item, a, f))
        return false;
    item->version++;
    return true;
}

bool registry_close(struct db *db, enum registry_noun noun, int64_t id, int64_t version,
                    struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(id) };
    struct registry_item now;

    if (!registry_get(db, noun, id, a, &now, f))
        return false;
    if (version != 0 && now.version != version)
        return fail_stale(registry_kind(noun), id, now.version, version, a, f);
    return now.valid_to || db_run(db, QUERIES[noun].close, values, 1, a, NULL, f);
}

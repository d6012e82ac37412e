/* The three nouns as a table, and what is done with them. A query of a noun names
 * id, version, times and geometry first and then the fields in the order of the
 * table, so that one reader and one writer serve all. */
#include "engine/registry.h"

#include <assert.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/base/emit.h"
#include "geo/grid.h"
#include "geo/wkb.h"

enum {
    COLUMN_ID,
    COLUMN_VERSION,
    COLUMN_FROM,
    COLUMN_TO,
    COLUMN_FIGURE,
    COLUMN_FIELDS,
    LIST_VALUES = 7,
};

/* "closed" is what closing makes of it, not something to be set. */
static const char *const STATES[] = { "proposed", "approved", "active", "suspended" };
static const char *const PROFILES[] = { "DB11-15", "CJT213-14", "CJT349-20", "free" };
static const char *const CELLS[] = { "square", "hexagon", "drawn" };

#define WORDS(list) .words = (list), .word_count = sizeof(list) / sizeof *(list)

static const struct registry_kind KINDS[REGISTRY_NOUNS] = {
    [REGISTRY_STATIONS] = {
        .noun = "station", .path = "/v1/stations", .id_name = "station_id", .layer = "stations",
        .field_count = 5,
        .fields = {
            { .name = "code", .required = true, .max = REGISTRY_CODE_MAX },
            { .name = "name", .required = true, .max = REGISTRY_NAME_MAX },
            { .name = "address", .max = REGISTRY_WORDS_MAX, .text = "" },
            { .name = "opening_hours", .max = REGISTRY_WORDS_MAX, .text = "" },
            { .name = "phone", .max = REGISTRY_CODE_MAX, .text = "" },
        },
    },
    [REGISTRY_LOOKOUT_POINTS] = {
        .noun = "lookout point", .path = "/v1/lookout_points", .id_name = "lookout_point_id",
        .layer = "lookouts", .field_count = 6,
        .fields = {
            { .name = "code", .required = true, .max = REGISTRY_CODE_MAX },
            { .name = "name", .required = true, .max = REGISTRY_NAME_MAX },
            { .name = "state", .type = REGISTRY_WORD, .text = "proposed", WORDS(STATES) },
            { .name = "reach_m", .type = REGISTRY_INT, .min = 1, .max = 5000, .number = 100 },
            { .name = "min_staff", .type = REGISTRY_INT, .min = 0, .max = 100, .number = 1 },
            { .name = "hours", .max = REGISTRY_WORDS_MAX, .text = "" },
        },
    },
    [REGISTRY_GRIDS] = {
        .noun = "grid", .path = "/v1/grids", .id_name = "grid_id", .layer = "grids", .area = true,
        .field_count = 5,
        .fields = {
            { .name = "code", .required = true, .max = REGISTRY_CODE_MAX },
            { .name = "profile", .type = REGISTRY_WORD, .text = "free", WORDS(PROFILES) },
            { .name = "name", .max = REGISTRY_NAME_MAX, .text = "" },
            { .name = "kind", .type = REGISTRY_WORD, .text = "drawn", WORDS(CELLS) },
            { .name = "responsible", .max = REGISTRY_NAME_MAX, .text = "" },
        },
    },
};

enum { FIELD_CODE = 0, GRID_FIELD_PROFILE = 1 };

struct noun_queries {
    const char *table;
    enum queries_id list, get, change, close, taken, copy;
};

#define NOUN_QUERIES(TABLE, NOUN)                                                                  \
    {                                                                                              \
        TABLE, QUERIES_##NOUN##_LIST, QUERIES_##NOUN##_GET, QUERIES_##NOUN##_CHANGE,               \
            QUERIES_##NOUN##_CLOSE, QUERIES_##NOUN##_TAKEN, QUERIES_##NOUN##_COPY                  \
    }

static const struct noun_queries QUERIES[REGISTRY_NOUNS] = {
    [REGISTRY_STATIONS] = NOUN_QUERIES("station", STATION),
    [REGISTRY_LOOKOUT_POINTS] = NOUN_QUERIES("lookout_point", LOOKOUT_POINT),
    [REGISTRY_GRIDS] = NOUN_QUERIES("grid", GRID),
};

const struct registry_kind *registry_kind(enum registry_noun noun)
{
    assert(noun < REGISTRY_NOUNS);
    return &KINDS[noun];
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

/* ---- reading */

static bool read_row(const struct registry_kind *kind, const struct db_rows *rows, int32_t row,
                     struct arena *a, struct registry_item *item, struct fail *f)
{
    size_t size;
    const void *wkb = db_get_bytes(rows, row, COLUMN_FIGURE, &size);

    *item = (struct registry_item){
        .id = db_get_int(rows, row, COLUMN_ID),
        .version = db_get_int(rows, row, COLUMN_VERSION),
        .valid_from = db_get_text(rows, row, COLUMN_FROM),
        .valid_to = db_get_text(rows, row, COLUMN_TO),
    };
    for (int32_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].type == REGISTRY_INT)
            item->values[i].number = db_get_int(rows, row, COLUMN_FIELDS + i);
        else
            item->values[i].text = db_get_text(rows, row, COLUMN_FIELDS + i);
    }
    return wkb_read(a, wkb, size, &item->figure, f);
}

bool registry_list(struct db *db, enum registry_noun noun, const struct registry_filter *filter,
                   struct arena *a, struct registry_page *page, struct fail *f)
{
    const struct box *box = &filter->box;
    const struct db_value values[LIST_VALUES] = {
        db_int(filter->after_id),
        db_int(filter->limit + 1), /* to see whether there are more */
        filter->boxed ? db_double(box->min.lon) : db_null(),
        filter->boxed ? db_double(box->min.lat) : db_null(),
        filter->boxed ? db_double(box->max.lon) : db_null(),
        filter->boxed ? db_double(box->max.lat) : db_null(),
        db_text(filter->containing),
    };
    const struct db_rows *rows;
    int32_t points = 0;

    if (!db_run(db, QUERIES[noun].list, values, LIST_VALUES, a, &rows, f))
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

bool registry_get(struct db *db, enum registry_noun noun, int64_t id, struct arena *a,
                  struct registry_item *item, struct fail *f)
{
    const struct db_value values[] = { db_int(id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES[noun].get, values, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %lld", registry_kind(noun)->noun,
                 (long long)id);
        return fail_value(f, arena_text(a, "%lld", (long long)id));
    }
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

bool registry_check(enum registry_noun noun, const struct registry_item *item, struct shape *s,
                    struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);

    if (!(noun == REGISTRY_GRIDS ? check_grid_code(item, f) : check_blanks(item, f)))
        return false;
    if (item->figure.point_count == 0) {
        fail_set(f, FAIL_INPUT, FIGURE_MALFORMED, "a %s needs a shape that is not empty",
                 kind->noun);
        return fail_at(f, kind->area ? "/area" : "/place");
    }
    if (!kind->area)
        return true;
    if (item->figure.point_count > REGISTRY_POINTS_MAX) {
        fail_set(f, FAIL_INPUT, FIGURE_TOO_LARGE, "a %s may have %d points and this one has %d",
                 kind->noun, REGISTRY_POINTS_MAX, item->figure.point_count);
        fail_allowed(f, "at most %d points", REGISTRY_POINTS_MAX);
        return fail_at(f, "/area");
    }
    if (!shape_check(s, &item->figure, f))
        return fail_at(f, "/area");
    return true;
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

bool registry_find_taken(struct db *db, enum registry_noun noun, const struct registry_item *items,
                         int32_t count, struct arena *a, struct registry_taken *out, struct fail *f)
{
    struct buf codes = { 0 };
    struct emit e = emit_to(&codes);

    emit_array(&e);
    for (int32_t i = 0; i < count; i++)
        emit_text(&e, noun == REGISTRY_GRIDS
                          ? arena_text(a, "%s %s", items[i].values[GRID_FIELD_PROFILE].text,
                                       registry_code(&items[i]))
                          : registry_code(&items[i]));
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

    fail_set(f, FAIL_CONFLICT, CODE_TAKEN, "the code %.40s belongs to %s %lld", registry_code(item),
             kind->noun, (long long)taken_id);
    fail_allowed(f, "a code that no open %s has", kind->noun);
    fail_at(f, "/code");
    return fail_value(f, registry_code(item));
}

/* The binary format of COPY (PostgreSQL manual, "COPY", File Formats): big-endian
 * counts and lengths in front of what the types' own binary input takes. */
static void put_number(struct buf *out, uint64_t value, int32_t bytes)
{
    while (bytes-- > 0)
        buf_byte(out, (unsigned char)(value >> (8 * bytes)));
}

static void put_field(struct buf *out, const void *bytes, size_t size)
{
    put_number(out, size, 4);
    buf_put(out, bytes, size);
}

static void put_figure(struct buf *out, struct buf *scratch, const struct registry_kind *kind,
                       const struct registry_item *item)
{
    const struct figure figure = kind->area ? figure_as_multi(&item->figure) : item->figure;

    buf_clear(scratch);
    wkb_write(scratch, &figure);
    put_field(out, scratch->bytes, scratch->size);
}

static void put_row(struct buf *out, struct buf *scratch, const struct registry_kind *kind,
                    const struct registry_item *item)
{
    put_number(out, (uint64_t)kind->field_count + 2, 2);
    put_number(out, 8, 4);
    put_number(out, (uint64_t)item->id, 8);
    put_figure(out, scratch, kind, item);
    for (int32_t i = 0; i < kind->field_count; i++) {
        const struct registry_value *value = &item->values[i];

        if (kind->fields[i].type == REGISTRY_INT) {
            put_number(out, 4, 4);
            put_number(out, (uint64_t)value->number, 4);
        } else {
            put_field(out, value->text, strlen(value->text));
        }
    }
}

bool registry_add(struct db *db, struct ids *ids, enum registry_noun noun,
                  struct registry_item *items, int32_t count, struct fail *f)
{
    static const unsigned char HEAD[] = "PGCOPY\n\377\r\n";
    struct buf stream = { 0 };
    struct buf scratch = { 0 };

    assert(count <= REGISTRY_ADD_MAX);
    for (int32_t i = 0; i < count; i++) {
        if (!ids_take(ids, db, &items[i].id, f))
            return false;
        items[i].version = 1;
    }
    buf_put(&stream, HEAD, sizeof HEAD);
    put_number(&stream, 0, 8); /* no flags, no extension */
    for (int32_t i = 0; i < count; i++)
        put_row(&stream, &scratch, registry_kind(noun), &items[i]);
    put_number(&stream, UINT16_MAX, 2); /* the end: a row of -1 fields */

    const bool ok = db_load(db, QUERIES[noun].table, QUERIES[noun].copy, &stream, f);

    buf_free(&stream);
    buf_free(&scratch);
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

static bool code_is_free(struct db *db, enum registry_noun noun, const struct registry_item *item,
                         struct arena *a, struct fail *f)
{
    struct registry_taken taken;

    if (!registry_find_taken(db, noun, item, 1, a, &taken, f))
        return false;
    if (taken.count > 0 && taken.id[0] != item->id)
        return registry_fail_taken(noun, item, taken.id[0], f);
    return true;
}

static bool write_row(struct db *db, enum registry_noun noun, const struct registry_item *item,
                      struct arena *a, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);
    const struct figure figure = kind->area ? figure_as_multi(&item->figure) : item->figure;
    struct db_value values[2 + REGISTRY_FIELDS_MAX];
    struct buf wkb = { 0 };

    wkb_write(&wkb, &figure);
    values[0] = db_int(item->id);
    values[1] = db_bytes(wkb.bytes, wkb.size);
    for (int32_t i = 0; i < kind->field_count; i++)
        values[2 + i] = kind->fields[i].type == REGISTRY_INT ? db_int(item->values[i].number)
                                                             : db_text(item->values[i].text);

    const bool ok = db_run(db, QUERIES[noun].change, values, 2 + kind->field_count, a, NULL, f);

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
    if (!code_is_free(db, noun, item, a, f) || !write_row(db, noun, item, a, f))
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

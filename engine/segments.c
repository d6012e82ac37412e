/* Three passes: the nodes come in, sorted; the ways come in, of which only the
 * streets are kept, their nodes as places in the table; then every street is cut,
 * for only now is it known where others meet it. */
#include "engine/segments.h"

#include <endian.h>
#include <string.h>

#include "engine/osm_tags.h"
#include "engine/pgwire.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/road/access.h"
#include "geo/road/split.h"

enum {
    COPY_BYTES = 8 << 20, /* sent at a time */
    ASK_EVERY = 1024,     /* rows */
    COLUMN_COUNT = 14,
    EWKB_HEAD = 13,
    EWKB_POINT = 16,
};

enum name_kind { NAME_SIGNED, NAME_ZH, NAME_EN, NAME_REF, NAME_KINDS };

struct street {
    int64_t way_id;
    size_t first_ref;
    int32_t ref_count;
    struct access access;
    const char *names[NAME_KINDS]; /* never NULL */
};

struct work {
    struct db *db;
    bool (*go_on)(void *self);
    void *self;
    struct buf ids;     /* int64_t of each node */
    struct buf places;  /* struct point_e7 */
    struct buf uses;    /* uint8_t */
    struct buf refs;    /* int32_t: places in the node table, street after street */
    struct buf streets; /* struct street */
    struct split_nodes nodes;
    struct arena *kept;    /* names */
    struct arena *passing; /* one way */
    struct buf stream;
    int32_t rows;
    int32_t segment_count;
};

static bool may_go_on(struct work *w, struct fail *f)
{
    if (w->rows++ % ASK_EVERY != 0 || !w->go_on || w->go_on(w->self))
        return true;
    return fail_set(f, FAIL_BUSY, INTERRUPTED, "interrupted while the streets were made");
}

/* ---- nodes */

static bool take_node(void *self, const struct db_rows *row, struct fail *f)
{
    struct work *w = self;
    const int64_t id = db_get_int(row, 0, 0);
    const struct point_e7 at = { (int32_t)db_get_int(row, 0, 1), (int32_t)db_get_int(row, 0, 2) };

    if (w->nodes.count == SEGMENTS_NODE_MAX)
        return fail_set(f, FAIL_INPUT, EXTRACT_TOO_LARGE,
                        "the streets have more than %d nodes: take a smaller extract",
                        SEGMENTS_NODE_MAX);
    buf_put(&w->ids, &id, sizeof id);
    buf_put(&w->places, &at, sizeof at);
    buf_byte(&w->uses, 0);
    w->nodes.count++;
    /* A barrier cuts whatever comes by; that is what two streets would do. */
    if (db_get_bool(row, 0, 3)) {
        w->nodes.use = (uint8_t *)w->uses.bytes;
        split_cut(&w->nodes, w->nodes.count - 1);
    }
    return may_go_on(w, f);
}

static bool take_nodes(struct work *w, struct fail *f)
{
    if (!db_each(w->db, QUERIES_STAGING_NODES, NULL, 0, take_node, w, f))
        return false;
    w->nodes.id = (const int64_t *)(const void *)w->ids.bytes;
    w->nodes.at = (const struct point_e7 *)(const void *)w->places.bytes;
    w->nodes.use = (uint8_t *)w->uses.bytes;
    return true;
}

/* ---- ways */

static const char *find_tag(const struct access_tag *tags, int32_t count, const char *key)
{
    for (int32_t i = 0; i < count; i++)
        if (strcmp(tags[i].key, key) == 0)
            return tags[i].value;
    return "";
}

static void read_names(struct work *w, const struct access_tag *tags, int32_t count,
                       struct street *s)
{
    static const char *const KEYS[NAME_KINDS] = {
        [NAME_SIGNED] = "name", [NAME_ZH] = "name:zh", [NAME_EN] = "name:en", [NAME_REF] = "ref"
    };

    for (int kind = 0; kind < NAME_KINDS; kind++) {
        const char *text = find_tag(tags, count, KEYS[kind]);

        s->names[kind] = text[0] ? arena_copy(w->kept, text, strlen(text)) : "";
    }
    for (int kind = NAME_ZH; kind < NAME_KINDS && !s->names[NAME_SIGNED][0]; kind++)
        s->names[NAME_SIGNED] = s->names[kind];
}

static bool take_refs(struct work *w, const struct db_rows *row, struct street *s, struct fail *f)
{
    const void *items = db_get_ints(row, 0, 1, &s->ref_count);

    s->first_ref = w->refs.size / sizeof(int32_t);
    if (s->first_ref + (size_t)s->ref_count > SEGMENTS_REF_MAX)
        return fail_set(f, FAIL_INPUT, EXTRACT_TOO_LARGE,
                        "the streets name more than %d nodes: take a smaller extract",
                        SEGMENTS_REF_MAX);
    for (int32_t i = 0; i < s->ref_count; i++) {
        const int32_t node = split_find(&w->nodes, pgwire_item(items, i));

        buf_put(&w->refs, &node, sizeof node);
    }
    split_count(&w->nodes, (const int32_t *)(const void *)w->refs.bytes + s->first_ref,
                s->ref_count);
    return true;
}

static bool take_way(void *self, const struct db_rows *row, struct fail *f)
{
    struct work *w = self;
    struct access_tag tags[OSM_TAGS_MAX];
    struct street s = { .way_id = db_get_int(row, 0, 0) };
    const char *json = db_get_text(row, 0, 2);
    int32_t count = 0;

    arena_reset(w->passing);
    if (!may_go_on(w, f) || !osm_tags_read(w->passing, json, tags, &count, f))
        return false;
    if (!access_read(tags, count, &s.access))
        return true;
    if (w->streets.size / sizeof s == SEGMENTS_WAY_MAX)
        return fail_set(f, FAIL_INPUT, EXTRACT_TOO_LARGE,
                        "there are more than %d streets: take a smaller extract", SEGMENTS_WAY_MAX);
    if (!take_refs(w, row, &s, f))
        return false;
    read_names(w, tags, count, &s);
    buf_put(&w->streets, &s, sizeof s);
    return true;
}

/* ---- segments */

static void put_double(struct buf *b, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits = htole64(bits);
    buf_put(b, &bits, sizeof bits);
}

/* A LineString in PostGIS's EWKB, little-endian, with SRID 4326. */
static void put_line(struct buf *b, const struct split_piece *piece)
{
    static const unsigned char HEAD[] = { 1, 2, 0, 0, 0x20, 0xE6, 0x10, 0, 0 };
    const uint32_t count = htole32((uint32_t)piece->point_count);

    pgwire_size(b, EWKB_HEAD + EWKB_POINT * piece->point_count);
    buf_put(b, HEAD, sizeof HEAD);
    buf_put(b, &count, sizeof count);
    for (int32_t i = 0; i < piece->point_count; i++) {
        const struct point at = point_from_e7(piece->points[i]);

        put_double(b, at.lon);
        put_double(b, at.lat);
    }
}

static void put_text(struct buf *b, const char *text)
{
    pgwire_bytes(b, text, (int32_t)strlen(text));
}

static void put_segment(struct buf *b, const struct street *s, const struct split_piece *piece)
{
    pgwire_row(b, COLUMN_COUNT);
    pgwire_int8(b, s->way_id);
    pgwire_int8(b, piece->from_node);
    pgwire_int8(b, piece->to_node);
    pgwire_int4(b, piece->ordinal);
    pgwire_int8(b, piece->start_cm);
    pgwire_int4(b, piece->length_cm);
    pgwire_int2(b, (int16_t)s->access.street_class);
    pgwire_int2(b, s->access.bits);
    if (s->access.maxspeed_kmh > 0)
        pgwire_int2(b, s->access.maxspeed_kmh);
    else
        pgwire_null(b);
    for (int kind = 0; kind < NAME_KINDS; kind++)
        put_text(b, s->names[kind]);
    put_line(b, piece);
}

static bool send(struct work *w, struct fail *f)
{
    pgwire_copy_end(&w->stream);
    if (!db_copy(w->db, QUERIES_STAGING_SEGMENT_COPY, &w->stream, f))
        return false;
    buf_clear(&w->stream);
    pgwire_copy_begin(&w->stream);
    return true;
}

static bool cut_street(struct work *w, const struct street *s, struct fail *f)
{
    const int32_t *refs = (const int32_t *)(const void *)w->refs.bytes + s->first_ref;
    const struct split_piece *pieces;
    int32_t count;

    arena_reset(w->passing);
    count = split_way(&w->nodes, refs, s->ref_count, w->passing, &pieces);
    for (int32_t i = 0; i < count; i++)
        put_segment(&w->stream, s, &pieces[i]);
    w->segment_count += count;
    return w->stream.size < COPY_BYTES || send(w, f);
}

static bool cut_streets(struct work *w, struct fail *f)
{
    const struct street *streets = (const struct street *)(const void *)w->streets.bytes;
    const size_t count = w->streets.size / sizeof *streets;

    pgwire_copy_begin(&w->stream);
    for (size_t i = 0; i < count; i++)
        if (!may_go_on(w, f) || !cut_street(w, &streets[i], f))
            return false;
    if (w->segment_count == 0)
        return fail_set(f, FAIL_INPUT, EXTRACT_WITHOUT_ROADS,
                        "there is no street in this extract that somebody could move along");
    return send(w, f);
}

bool segments_make(struct db *db, bool (*go_on)(void *self), void *self, struct segments_made *made,
                   struct fail *f)
{
    struct work w = {
        .db = db, .go_on = go_on, .self = self, .kept = arena_new(), .passing = arena_new()
    };
    const bool good =
        db_run(db, QUERIES_STAGING_SEGMENT, NULL, 0, NULL, NULL, f) && take_nodes(&w, f) &&
        db_each(db, QUERIES_STAGING_WAYS, NULL, 0, take_way, &w, f) && cut_streets(&w, f) &&
        db_run(db, QUERIES_STAGING_SEGMENT_KEY, NULL, 0, NULL, NULL, f) &&
        db_run(db, QUERIES_STAGING_SEGMENT_ANALYZE, NULL, 0, NULL, NULL, f);

    if (good) {
        made->segment_count = w.segment_count;
        made->way_count = (int32_t)(w.streets.size / sizeof(struct street));
    }
    buf_free(&w.ids);
    buf_free(&w.places);
    buf_free(&w.uses);
    buf_free(&w.refs);
    buf_free(&w.streets);
    buf_free(&w.stream);
    arena_free(w.kept);
    arena_free(w.passing);
    return good;
}

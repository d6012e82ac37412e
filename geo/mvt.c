/* The tile's protocol buffer is written by hand: a feature is a few varints, and
 * the layer that holds them is put together when it ends, because its size comes
 * first. Field numbers are those of vector_tile.proto, version 2.1. */
#include "geo/mvt.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VERSION = 2,
    VARINT_MAX = 10,
    LAYERS_MAX = 32,
    FIRST_SLOTS = 256,

    /* Field number << 3 | wire type. */
    TILE_LAYER = 3 << 3 | 2,
    LAYER_NAME = 1 << 3 | 2,
    LAYER_FEATURE = 2 << 3 | 2,
    LAYER_KEY = 3 << 3 | 2,
    LAYER_VALUE = 4 << 3 | 2,
    LAYER_EXTENT = 5 << 3 | 0,
    LAYER_VERSION = 15 << 3 | 0,
    VALUE_TEXT = 1 << 3 | 2,
    VALUE_DOUBLE = 3 << 3 | 1,
    VALUE_UINT = 5 << 3 | 0,
    VALUE_SINT = 6 << 3 | 0,
    VALUE_BOOL = 7 << 3 | 0,
    FEATURE_ID = 1 << 3 | 0,
    FEATURE_TAGS = 2 << 3 | 2,
    FEATURE_TYPE = 3 << 3 | 0,
    FEATURE_GEOMETRY = 4 << 3 | 2,

    COMMAND_MOVE = 1,
    COMMAND_LINE = 2,
    COMMAND_CLOSE = 7,
};

/* The window in which something is drawn, in units. */
static const double LOW = -TILE_BUFFER;
static const double HIGH = TILE_EXTENT + TILE_BUFFER;

/* Texts (or encoded values) that stand once, found by hash. A slot of an earlier
 * layer counts as free: so nothing need be cleared between layers. */
struct table_slot {
    uint32_t layer;
    uint32_t hash;
    uint32_t number;
    uint32_t size;
    size_t at; /* in bytes */
};

struct table {
    struct table_slot *slots;
    uint32_t slot_count; /* a power of two */
    uint32_t count;
    struct buf bytes; /* the entries as they stand in the layer */
};

/* A place in whole units. */
struct unit {
    int32_t x;
    int32_t y;
};

struct path {
    struct tile_xy *at;
    size_t count;
    size_t room;
};

struct mvt {
    struct tile_plane plane;
    struct buf *out; /* NULL between tiles */
    struct buf name; /* of the layer that is open */
    struct buf features;
    struct buf tags;
    struct buf geometry;
    struct table keys;
    struct table values;
    struct path path; /* the line or ring at hand */
    struct path spare;
    struct unit *units; /* the same, rounded */
    size_t unit_room;
    struct unit pen; /* where the geometry's last command ended */
    uint32_t layer_number;
    uint32_t layer_hashes[LAYERS_MAX];
    int32_t layer_count;
    int32_t feature_count;
    int64_t feature_id;
    bool layer_open;
    bool feature_open;
};

static void *grown(void *old, size_t count, size_t size)
{
    void *bigger = reallocarray(old, count, size);

    if (!bigger) {
        fprintf(stderr, "out of memory: %zu times %zu bytes\n", count, size);
        abort();
    }
    return bigger;
}

struct mvt *mvt_new(void)
{
    struct mvt *m = grown(NULL, 1, sizeof *m);

    *m = (struct mvt){ 0 };
    return m;
}

void mvt_free(struct mvt *m)
{
    if (!m)
        return;
    buf_free(&m->name);
    buf_free(&m->features);
    buf_free(&m->tags);
    buf_free(&m->geometry);
    buf_free(&m->keys.bytes);
    buf_free(&m->values.bytes);
    free(m->keys.slots);
    free(m->values.slots);
    free(m->path.at);
    free(m->spare.at);
    free(m->units);
    free(m);
}

/* ---- varints: seven bits a byte, the lowest first */

static unsigned char *write_varint(unsigned char *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (unsigned char)value;
    return at;
}

static size_t varint_size(uint64_t value)
{
    size_t size = 1;

    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
}

static void put_varint(struct buf *b, uint64_t value)
{
    unsigned char *start = (unsigned char *)buf_reserve(b, VARINT_MAX);

    b->size += (size_t)(write_varint(start, value) - start);
}

static uint32_t zigzag(int32_t value)
{
    return value < 0 ? ~((uint32_t)value << 1) : (uint32_t)value << 1;
}

static void put_sized(struct buf *b, unsigned char field, const void *bytes, size_t size)
{
    buf_byte(b, field);
    put_varint(b, size);
    buf_put(b, bytes, size);
}

/* ---- the tables of keys and values */

static uint32_t hash_of(const void *bytes, size_t size)
{
    const unsigned char *c = bytes;
    uint32_t hash = 2166136261U; /* FNV-1a */

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ c[i]) * 16777619U;
    return hash ^ hash >> 15;
}

static struct table_slot *find_slot(const struct table *t, uint32_t layer, uint32_t hash,
                                    const void *bytes, size_t size)
{
    for (uint32_t i = hash & (t->slot_count - 1);; i = (i + 1) & (t->slot_count - 1)) {
        struct table_slot *slot = &t->slots[i];

        if (slot->layer != layer)
            return slot;
        if (slot->hash == hash && slot->size == size &&
            memcmp(t->bytes.bytes + slot->at, bytes, size) == 0)
            return slot;
    }
}

static void widen(struct table *t, uint32_t layer)
{
    const struct table old = *t;

    t->slot_count = old.slot_count > 0 ? old.slot_count * 2 : FIRST_SLOTS;
    t->slots = grown(NULL, t->slot_count, sizeof *t->slots);
    memset(t->slots, 0, t->slot_count * sizeof *t->slots);
    for (uint32_t i = 0; i < old.slot_count; i++) {
        const struct table_slot *slot = &old.slots[i];

        if (slot->layer == layer)
            *find_slot(t, layer, slot->hash, t->bytes.bytes + slot->at, slot->size) = *slot;
    }
    free(old.slots);
}

/* `field` is the layer's: what is entered is written as it will stand there. */
static uint32_t enter(struct table *t, uint32_t layer, unsigned char field, const void *bytes,
                      size_t size)
{
    const uint32_t hash = hash_of(bytes, size);

    if ((t->count + 1) * 2 > t->slot_count)
        widen(t, layer);
    struct table_slot *slot = find_slot(t, layer, hash, bytes, size);

    if (slot->layer != layer) {
        put_sized(&t->bytes, field, bytes, size);
        *slot = (struct table_slot){ .layer = layer,
                                     .hash = hash,
                                     .number = t->count++,
                                     .size = (uint32_t)size,
                                     .at = t->bytes.size - size };
    }
    return slot->number;
}

uint32_t mvt_key(struct mvt *m, const char *key)
{
    assert(m->layer_open);
    return enter(&m->keys, m->layer_number, LAYER_KEY, key, strlen(key));
}

static uint32_t enter_value(struct mvt *m, const void *bytes, size_t size)
{
    assert(m->layer_open);
    return enter(&m->values, m->layer_number, LAYER_VALUE, bytes, size);
}

static uint32_t enter_number(struct mvt *m, unsigned char field, uint64_t number)
{
    unsigned char bytes[1 + VARINT_MAX];

    bytes[0] = field;
    return enter_value(m, bytes, (size_t)(write_varint(bytes + 1, number) - bytes));
}

uint32_t mvt_text(struct mvt *m, const char *text)
{
    enum { TEXT_ON_STACK = 240 };
    unsigned char bytes[1 + VARINT_MAX + TEXT_ON_STACK];
    const size_t length = strlen(text);
    struct buf encoded = { 0 };

    bytes[0] = VALUE_TEXT;
    if (length <= TEXT_ON_STACK) {
        unsigned char *at = write_varint(bytes + 1, length);

        memcpy(at, text, length);
        return enter_value(m, bytes, (size_t)(at - bytes) + length);
    }
    put_sized(&encoded, VALUE_TEXT, text, length);
    const uint32_t number = enter_value(m, encoded.bytes, encoded.size);

    buf_free(&encoded);
    return number;
}

uint32_t mvt_int(struct mvt *m, int64_t value)
{
    if (value >= 0)
        return enter_number(m, VALUE_UINT, (uint64_t)value);
    return enter_number(m, VALUE_SINT, ~((uint64_t)value << 1));
}

uint32_t mvt_bool(struct mvt *m, bool value)
{
    return enter_number(m, VALUE_BOOL, value);
}

uint32_t mvt_double(struct mvt *m, double value)
{
    unsigned char bytes[1 + sizeof value];

    bytes[0] = VALUE_DOUBLE;
    memcpy(bytes + 1, &value, sizeof value);
    return enter_value(m, bytes, sizeof bytes);
}

/* ---- tiles and layers */

void mvt_start(struct mvt *m, struct tile tile, struct buf *out)
{
    assert(!m->out);
    m->plane = tile_plane(tile);
    m->out = out;
    m->layer_count = 0;
    m->feature_count = 0;
}

static void end_layer(struct mvt *m)
{
    assert(!m->feature_open);
    if (!m->layer_open)
        return;
    m->layer_open = false;
    if (m->features.size == 0)
        return;
    const size_t size = 2 + 1 + varint_size(m->name.size) + m->name.size + m->features.size +
                        m->keys.bytes.size + m->values.bytes.size + 1 + varint_size(TILE_EXTENT);

    buf_byte(m->out, TILE_LAYER);
    put_varint(m->out, size);
    const size_t start = m->out->size;

    buf_byte(m->out, LAYER_VERSION);
    put_varint(m->out, VERSION);
    put_sized(m->out, LAYER_NAME, m->name.bytes, m->name.size);
    buf_put(m->out, m->features.bytes, m->features.size);
    buf_put(m->out, m->keys.bytes.bytes, m->keys.bytes.size);
    buf_put(m->out, m->values.bytes.bytes, m->values.bytes.size);
    buf_byte(m->out, LAYER_EXTENT);
    put_varint(m->out, TILE_EXTENT);
    assert(m->out->size - start == size);
}

static void clear_table(struct table *t)
{
    t->count = 0;
    buf_clear(&t->bytes);
}

/* Slots say which layer they belong to by its number, so when the numbers have
 * all been used the slots must be cleared for once. */
static void next_layer_number(struct mvt *m)
{
    if (++m->layer_number != 0)
        return;
    m->layer_number = 1;
    if (m->keys.slots)
        memset(m->keys.slots, 0, m->keys.slot_count * sizeof *m->keys.slots);
    if (m->values.slots)
        memset(m->values.slots, 0, m->values.slot_count * sizeof *m->values.slots);
}

void mvt_layer(struct mvt *m, const char *name)
{
    const uint32_t hash = hash_of(name, strlen(name));

    assert(m->out && *name);
    end_layer(m);
    assert(m->layer_count < LAYERS_MAX);
    for (int32_t i = 0; i < m->layer_count; i++)
        assert(m->layer_hashes[i] != hash);
    m->layer_hashes[m->layer_count++] = hash;
    next_layer_number(m);
    buf_clear(&m->name);
    buf_string(&m->name, name);
    buf_clear(&m->features);
    clear_table(&m->keys);
    clear_table(&m->values);
    m->layer_open = true;
}

void mvt_end(struct mvt *m)
{
    assert(m->out);
    end_layer(m);
    m->out = NULL;
}

int32_t mvt_feature_count(const struct mvt *m)
{
    return m->feature_count;
}

/* ---- features */

void mvt_feature(struct mvt *m, int64_t id)
{
    assert(m->layer_open && !m->feature_open);
    m->feature_open = true;
    m->feature_id = id;
    m->tags.size = 0;
}

void mvt_tag(struct mvt *m, uint32_t key, uint32_t value)
{
    assert(m->feature_open && key < m->keys.count && value < m->values.count);
    unsigned char *start = (unsigned char *)buf_reserve(&m->tags, 2 * VARINT_MAX);

    m->tags.size += (size_t)(write_varint(write_varint(start, key), value) - start);
}

/* Writes the feature with this geometry. Its size is known only afterwards: one
 * byte is left for it, and moving the rest is the exception. */
static void put_feature(struct mvt *m, enum figure_kind kind, const void *geometry, size_t size)
{
    const size_t most = 6 * VARINT_MAX + m->tags.size + size;
    unsigned char *start = (unsigned char *)buf_reserve(&m->features, most);
    unsigned char *const body = start + 2;
    unsigned char *at = body;

    if (m->feature_id >= 0) {
        *at++ = FEATURE_ID;
        at = write_varint(at, (uint64_t)m->feature_id);
    }
    if (m->tags.size > 0) {
        *at++ = FEATURE_TAGS;
        at = write_varint(at, m->tags.size);
        memcpy(at, m->tags.bytes, m->tags.size);
        at += m->tags.size;
    }
    *at++ = FEATURE_TYPE;
    *at++ = (unsigned char)(kind + 1);
    *at++ = FEATURE_GEOMETRY;
    at = write_varint(at, size);
    memcpy(at, geometry, size);
    at += size;

    const size_t body_size = (size_t)(at - body);
    const size_t extra = varint_size(body_size) - 1;

    if (extra > 0)
        memmove(body + extra, body, body_size);
    start[0] = LAYER_FEATURE;
    write_varint(start + 1, body_size);
    m->features.size += 2 + extra + body_size;
    m->feature_count++;
}

static uint32_t command(uint32_t what, size_t count)
{
    return (uint32_t)count << 3 | what;
}

bool mvt_put_xy(struct mvt *m, int32_t x, int32_t y)
{
    unsigned char geometry[1 + 2 * VARINT_MAX];

    assert(m->feature_open);
    m->feature_open = false;
    if (x < -TILE_BUFFER || x > TILE_EXTENT + TILE_BUFFER || y < -TILE_BUFFER ||
        y > TILE_EXTENT + TILE_BUFFER)
        return false;
    geometry[0] = (unsigned char)command(COMMAND_MOVE, 1);
    const unsigned char *end = write_varint(write_varint(geometry + 1, zigzag(x)), zigzag(y));

    put_feature(m, FIGURE_POINTS, geometry, (size_t)(end - geometry));
    return true;
}

static bool in_window(struct tile_xy p)
{
    return p.x >= LOW && p.x <= HIGH && p.y >= LOW && p.y <= HIGH;
}

static struct unit to_unit(struct tile_xy p)
{
    return (struct unit){ (int32_t)lrint(p.x), (int32_t)lrint(p.y) };
}

bool mvt_put_point(struct mvt *m, struct point p)
{
    const struct tile_xy xy = tile_plane_xy(&m->plane, p);

    if (!in_window(xy)) {
        assert(m->feature_open);
        m->feature_open = false;
        return false;
    }
    const struct unit u = to_unit(xy);

    return mvt_put_xy(m, u.x, u.y);
}

static void put_move(struct mvt *m, struct unit to)
{
    put_varint(&m->geometry, zigzag(to.x - m->pen.x));
    put_varint(&m->geometry, zigzag(to.y - m->pen.y));
    m->pen = to;
}

/* ---- lines and rings: clip, round, drop what says nothing */

static void path_add(struct path *path, struct tile_xy p)
{
    enum { FIRST_ROOM = 256 };

    if (path->count == path->room) {
        path->room = path->room > 0 ? path->room * 2 : FIRST_ROOM;
        path->at = grown(path->at, path->room, sizeof *path->at);
    }
    path->at[path->count++] = p;
}

/* -1, 0, 1: left of, within, right of the window. */
static int side_of(double value)
{
    return (value > HIGH) - (value < LOW);
}

/* Brings a run into the tile; false when all of it lies beyond one side. */
static bool bring(struct mvt *m, const struct figure *figure, int32_t run)
{
    int x_side = 2;
    int y_side = 2;

    m->path.count = 0;
    for (int32_t i = figure->first_point[run]; i < figure->first_point[run + 1]; i++) {
        const struct tile_xy p = tile_plane_xy(&m->plane, figure->points[i]);
        const int x = side_of(p.x);
        const int y = side_of(p.y);

        x_side = x_side == 2 || x_side == x ? x : 0;
        y_side = y_side == 2 || y_side == y ? y : 0;
        path_add(&m->path, p);
    }
    return m->path.count > 0 && x_side == 0 && y_side == 0;
}

/* Whether b says nothing between a and c: it lies straight on the way, or, in a
 * ring, at the tip of a spike that encloses nothing. */
static bool needless(struct unit a, struct unit b, struct unit c, bool ring)
{
    const int64_t ux = b.x - a.x;
    const int64_t uy = b.y - a.y;
    const int64_t vx = c.x - b.x;
    const int64_t vy = c.y - b.y;

    return ux * vy == uy * vx && (ring || ux * vx + uy * vy > 0);
}

static bool same_unit(struct unit a, struct unit b)
{
    return a.x == b.x && a.y == b.y;
}

/* Rounds points to units and leaves out the repeated and the needless. Returns
 * how many stay. */
static size_t round_points(struct mvt *m, const struct tile_xy *points, size_t count, bool ring)
{
    size_t kept = 0;

    if (m->unit_room < count) {
        m->units = grown(m->units, count * 2, sizeof *m->units);
        m->unit_room = count * 2;
    }
    struct unit *u = m->units;

    for (size_t i = 0; i < count; i++) {
        const struct unit next = to_unit(points[i]);

        while (kept > 1 && needless(u[kept - 2], u[kept - 1], next, ring))
            kept--;
        if (kept == 0 || !same_unit(u[kept - 1], next))
            u[kept++] = next;
    }
    return kept;
}

static void put_stretch(struct mvt *m, const struct unit *units, size_t count, bool close)
{
    put_varint(&m->geometry, command(COMMAND_MOVE, 1));
    put_move(m, units[0]);
    put_varint(&m->geometry, command(COMMAND_LINE, count - 1));
    for (size_t i = 1; i < count; i++)
        put_move(m, units[i]);
    if (close)
        put_varint(&m->geometry, command(COMMAND_CLOSE, 1));
}

/* Narrows [*from, *to] of a segment to where start + t * step is on the inner
 * side of `edge`; `sign` 1 keeps what is above it (Liang and Barsky, 1984). */
static bool narrow(double start, double step, double edge, double sign, double *from, double *to)
{
    const double in = sign * (start - edge);
    const double run = sign * step;

    if (run > 0.0)
        *from = fmax(*from, -in / run);
    else if (run < 0.0)
        *to = fmin(*to, in / -run);
    else
        return in >= 0.0;
    return *from <= *to;
}

static bool clip_segment(struct tile_xy a, struct tile_xy b, double *from, double *to)
{
    const double x = b.x - a.x;
    const double y = b.y - a.y;

    *from = 0.0;
    *to = 1.0;
    return narrow(a.x, x, LOW, 1.0, from, to) && narrow(a.x, x, HIGH, -1.0, from, to) &&
           narrow(a.y, y, LOW, 1.0, from, to) && narrow(a.y, y, HIGH, -1.0, from, to);
}

static struct tile_xy between(struct tile_xy a, struct tile_xy b, double part)
{
    return (struct tile_xy){ a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part };
}

static void end_stretch(struct mvt *m)
{
    const size_t count = round_points(m, m->spare.at, m->spare.count, false);

    if (count > 1)
        put_stretch(m, m->units, count, false);
    m->spare.count = 0;
}

static void put_line(struct mvt *m, const struct figure *figure, int32_t run)
{
    if (!bring(m, figure, run))
        return;
    m->spare.count = 0;
    for (size_t i = 0; i + 1 < m->path.count; i++) {
        const struct tile_xy a = m->path.at[i];
        const struct tile_xy b = m->path.at[i + 1];
        double from;
        double to;

        if (!clip_segment(a, b, &from, &to)) {
            end_stretch(m);
            continue;
        }
        if (m->spare.count == 0)
            path_add(&m->spare, from > 0.0 ? between(a, b, from) : a);
        path_add(&m->spare, to < 1.0 ? between(a, b, to) : b);
        if (to < 1.0)
            end_stretch(m);
    }
    end_stretch(m);
}

/* How far p is on the inner side of one of the window's four edges. */
static double inside_by(struct tile_xy p, int edge)
{
    switch (edge) {
    case 0:
        return p.x - LOW;
    case 1:
        return HIGH - p.x;
    case 2:
        return p.y - LOW;
    default:
        return HIGH - p.y;
    }
}

/* One edge of Sutherland and Hodgman's clipping (1974), from path to spare. A
 * ring that leaves and comes back is joined along the edge, which lies outside
 * the visible tile. */
static void clip_ring_at(struct mvt *m, int edge)
{
    const size_t count = m->path.count;

    m->spare.count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct tile_xy a = m->path.at[i > 0 ? i - 1 : count - 1];
        const struct tile_xy b = m->path.at[i];
        const double a_in = inside_by(a, edge);
        const double b_in = inside_by(b, edge);

        if ((a_in < 0.0 && b_in > 0.0) || (a_in > 0.0 && b_in < 0.0))
            path_add(&m->spare, between(a, b, a_in / (a_in - b_in)));
        if (b_in >= 0.0)
            path_add(&m->spare, b);
    }
    const struct path clipped = m->spare;

    m->spare = m->path;
    m->path = clipped;
}

/* A ring in units without its closing point; what is needless across its start
 * goes too. */
static size_t round_ring(struct mvt *m)
{
    size_t count = round_points(m, m->path.at, m->path.count, true);
    struct unit *u = m->units;
    size_t before;

    do {
        before = count;
        while (count > 1 && same_unit(u[count - 1], u[0]))
            count--;
        if (count > 2 && needless(u[count - 2], u[count - 1], u[0], true))
            count--;
        else if (count > 2 && needless(u[count - 1], u[0], u[1], true))
            u[0] = u[--count];
    } while (count < before);
    return count;
}

/* Twice the area, positive where the specification calls the ring exterior. */
static int64_t area_of(const struct unit *u, size_t count)
{
    int64_t area = 0;

    for (size_t i = 0; i < count; i++) {
        const struct unit a = u[i];
        const struct unit b = u[i + 1 < count ? i + 1 : 0];

        area += (int64_t)a.x * b.y - (int64_t)b.x * a.y;
    }
    return area;
}

static bool put_ring(struct mvt *m, const struct figure *figure, int32_t run, bool hole)
{
    if (!bring(m, figure, run))
        return false;
    m->path.count--; /* the closing point */
    for (int edge = 0; edge < 4; edge++)
        clip_ring_at(m, edge);
    const size_t count = round_ring(m);

    if (count < 3)
        return false;
    const int64_t area = area_of(m->units, count);

    if (area == 0)
        return false;
    if ((area < 0) != hole) {
        for (size_t i = 0, k = count - 1; i < k; i++, k--) {
            const struct unit held = m->units[i];

            m->units[i] = m->units[k];
            m->units[k] = held;
        }
    }
    put_stretch(m, m->units, count, true);
    return true;
}

static void put_area(struct mvt *m, const struct figure *figure, int32_t area)
{
    const int32_t first = figure->first_run[area];

    if (!put_ring(m, figure, first, false))
        return;
    for (int32_t run = first + 1; run < figure->first_run[area + 1]; run++)
        put_ring(m, figure, run, true);
}

static void put_points(struct mvt *m, const struct figure *figure)
{
    size_t count = 0;

    m->path.count = 0;
    for (int32_t i = 0; i < figure->point_count; i++) {
        const struct tile_xy p = tile_plane_xy(&m->plane, figure->points[i]);

        if (in_window(p)) {
            path_add(&m->path, p);
            count++;
        }
    }
    if (count == 0)
        return;
    put_varint(&m->geometry, command(COMMAND_MOVE, count));
    for (size_t i = 0; i < count; i++)
        put_move(m, to_unit(m->path.at[i]));
}

bool mvt_put_figure(struct mvt *m, const struct figure *figure)
{
    assert(m->feature_open);
    m->feature_open = false;
    m->pen = (struct unit){ 0, 0 };
    buf_clear(&m->geometry);
    switch (figure->kind) {
    case FIGURE_POINTS:
        put_points(m, figure);
        break;
    case FIGURE_LINES:
        for (int32_t run = 0; run < figure->run_count; run++)
            put_line(m, figure, run);
        break;
    case FIGURE_AREAS:
        for (int32_t area = 0; area < figure->area_count; area++)
            put_area(m, figure, area);
        break;
    }
    if (m->geometry.size == 0)
        return false;
    put_feature(m, figure->kind, m->geometry.bytes, m->geometry.size);
    return true;
}

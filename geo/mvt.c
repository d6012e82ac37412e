/* The tile's protocol buffer is written by hand: a feature is a few varints, and
 * the layer that holds them is put together when it ends, because its size comes
 * first. Field numbers are those of vector_tile.proto, version 2.1. */
#include "geo/mvt.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/clip.h"

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

struct mvt {
    struct tile_plane plane;
    struct buf *out; /* NULL between tiles */
    struct buf name; /* of the layer that is open */
    struct buf features;
    struct buf tags;
    struct buf geometry;
    struct table keys;
    struct table values;
    struct clip clip;
    struct clip_unit pen; /* where the geometry's last command ended */
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
    clip_free(&m->clip);
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

bool mvt_put_point(struct mvt *m, struct point p)
{
    const struct tile_xy xy = tile_plane_xy(&m->plane, p);

    if (!clip_holds(xy)) {
        assert(m->feature_open);
        m->feature_open = false;
        return false;
    }
    const struct clip_unit u = clip_round(xy);

    return mvt_put_xy(m, u.x, u.y);
}

static void put_move(struct mvt *m, struct clip_unit to)
{
    put_varint(&m->geometry, zigzag(to.x - m->pen.x));
    put_varint(&m->geometry, zigzag(to.y - m->pen.y));
    m->pen = to;
}

/* ---- lines and areas */

static void put_stretch(void *encoder, const struct clip_unit *units, size_t count)
{
    struct mvt *m = encoder;

    put_varint(&m->geometry, command(COMMAND_MOVE, 1));
    put_move(m, units[0]);
    put_varint(&m->geometry, command(COMMAND_LINE, count - 1));
    for (size_t i = 1; i < count; i++)
        put_move(m, units[i]);
}

static void put_line(struct mvt *m, const struct figure *figure, int32_t run)
{
    const int32_t from = figure->first_point[run];

    clip_line(&m->clip, &m->plane, figure->points + from, figure->first_point[run + 1] - from,
              put_stretch, m);
}

static bool put_ring(struct mvt *m, const struct figure *figure, int32_t run, bool hole)
{
    const int32_t from = figure->first_point[run];
    const size_t count = clip_ring(&m->clip, &m->plane, figure->points + from,
                                   figure->first_point[run + 1] - from, hole);

    if (count == 0)
        return false;
    put_stretch(m, m->clip.units, count);
    put_varint(&m->geometry, command(COMMAND_CLOSE, 1));
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

    for (int32_t i = 0; i < figure->point_count; i++)
        count += clip_holds(tile_plane_xy(&m->plane, figure->points[i]));
    if (count == 0)
        return;
    put_varint(&m->geometry, command(COMMAND_MOVE, count));
    for (int32_t i = 0; i < figure->point_count; i++) {
        const struct tile_xy p = tile_plane_xy(&m->plane, figure->points[i]);

        if (clip_holds(p))
            put_move(m, clip_round(p));
    }
}

bool mvt_put_figure(struct mvt *m, const struct figure *figure)
{
    assert(m->feature_open);
    m->feature_open = false;
    m->pen = (struct clip_unit){ 0, 0 };
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

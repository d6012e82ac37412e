/* A vector tile, taken apart. Counts come first, so that arrays are taken once. */
#include "tests/support/mvt_read.h"

#include <string.h>

enum {
    WIRE_VARINT = 0,
    WIRE_8 = 1,
    WIRE_SIZED = 2,
    WIRE_4 = 5,
    VERSION = 2,
};

struct cursor {
    const unsigned char *at;
    const unsigned char *end;
};

/* One field of a message: a number, or a stretch of bytes. */
struct field {
    uint32_t number;
    int wire;
    uint64_t value;
    struct cursor bytes;
};

static bool read_varint(struct cursor *c, uint64_t *out)
{
    uint64_t value = 0;

    for (int shift = 0; shift < 64 && c->at < c->end; shift += 7) {
        const unsigned char byte = *c->at++;

        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool read_field(struct cursor *c, struct field *out)
{
    uint64_t key;
    uint64_t size;

    if (!read_varint(c, &key))
        return false;
    *out = (struct field){ .number = (uint32_t)(key >> 3), .wire = (int)(key & 7) };
    switch (out->wire) {
    case WIRE_VARINT:
        return read_varint(c, &out->value);
    case WIRE_8:
    case WIRE_4:
        size = out->wire == WIRE_8 ? 8 : 4;
        break;
    case WIRE_SIZED:
        if (!read_varint(c, &size))
            return false;
        break;
    default:
        return false;
    }
    if (size > (uint64_t)(c->end - c->at))
        return false;
    out->bytes = (struct cursor){ c->at, c->at + size };
    c->at += size;
    return true;
}

/* How often the message has the field; -1 when it cannot be read. */
static int32_t count_field(struct cursor c, uint32_t number)
{
    struct field f;
    int32_t count = 0;

    while (c.at < c.end) {
        if (!read_field(&c, &f))
            return -1;
        count += f.number == number;
    }
    return count;
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static const char *read_value(struct arena *a, struct cursor c, struct mvt_read_value *out)
{
    struct field f;
    float single;

    if (!read_field(&c, &f) || c.at != c.end)
        return "a value that is not one field";
    switch (f.number << 3 | (uint32_t)f.wire) {
    case 1 << 3 | WIRE_SIZED:
        *out = (struct mvt_read_value){
            .kind = MVT_READ_TEXT,
            .text = arena_copy(a, f.bytes.at, (size_t)(f.bytes.end - f.bytes.at)),
        };
        return NULL;
    case 2 << 3 | WIRE_4:
        memcpy(&single, f.bytes.at, sizeof single);
        *out = (struct mvt_read_value){ .kind = MVT_READ_DOUBLE, .number = (double)single };
        return NULL;
    case 3 << 3 | WIRE_8:
        *out = (struct mvt_read_value){ .kind = MVT_READ_DOUBLE };
        memcpy(&out->number, f.bytes.at, sizeof out->number);
        return NULL;
    case 4 << 3 | WIRE_VARINT:
    case 5 << 3 | WIRE_VARINT:
        *out = (struct mvt_read_value){ .kind = MVT_READ_INT, .integer = (int64_t)f.value };
        return NULL;
    case 6 << 3 | WIRE_VARINT:
        *out = (struct mvt_read_value){ .kind = MVT_READ_INT, .integer = unzigzag(f.value) };
        return NULL;
    case 7 << 3 | WIRE_VARINT:
        *out = (struct mvt_read_value){ .kind = MVT_READ_BOOL, .integer = f.value != 0 };
        return NULL;
    default:
        return "a value of no known kind";
    }
}

static int32_t count_varints(struct cursor c)
{
    int32_t count = 0;

    for (; c.at < c.end; c.at++)
        count += *c.at < 0x80;
    return count;
}

static const char *read_tags(struct arena *a, struct cursor c, struct mvt_read_feature *out)
{
    const int32_t count = count_varints(c);

    if (count % 2 != 0)
        return "a key without a value";
    out->tag_count = count / 2;
    out->tags = arena_take(a, (size_t)count, sizeof *out->tags);
    for (int32_t i = 0; i < count; i++) {
        uint64_t tag;

        if (!read_varint(&c, &tag) || tag > UINT32_MAX)
            return "a tag that cannot be read";
        out->tags[i] = (uint32_t)tag;
    }
    return NULL;
}

/* The commands of one geometry, as a machine with a pen. */
struct pen {
    struct cursor c;
    struct mvt_read_feature *feature;
    struct arena *arena;
    int64_t x;
    int64_t y;
    int32_t room; /* points that may still come */
};

static const char *draw(struct pen *p, uint32_t count)
{
    struct mvt_read_part *part = &p->feature->parts[p->feature->part_count - 1];

    for (uint32_t i = 0; i < count; i++) {
        uint64_t x;
        uint64_t y;

        if (!read_varint(&p->c, &x) || !read_varint(&p->c, &y))
            return "a geometry that ends within a command";
        if (p->feature->type != 1 && part->count > 0 && x == 0 && y == 0)
            return "a line to where the pen is";
        p->x += unzigzag(x);
        p->y += unzigzag(y);
        if (p->x != (int32_t)p->x || p->y != (int32_t)p->y)
            return "a coordinate beyond 32 bits";
        part->xy[2 * part->count] = (int32_t)p->x;
        part->xy[2 * part->count + 1] = (int32_t)p->y;
        part->count++;
    }
    return NULL;
}

static const char *begin_part(struct pen *p, uint32_t count)
{
    struct mvt_read_feature *feature = p->feature;

    if (count == 0 || (feature->type != 1 && count != 1) ||
        (feature->type == 1 && feature->part_count > 0))
        return "a move that the type does not have";
    feature->parts[feature->part_count++] = (struct mvt_read_part){
        .xy = arena_take(p->arena, (size_t)p->room * 2, sizeof(int32_t)),
    };
    return draw(p, count);
}

static const char *end_line(const struct mvt_read_feature *feature)
{
    const struct mvt_read_part *last =
        feature->part_count > 0 ? &feature->parts[feature->part_count - 1] : NULL;

    if (!last)
        return NULL;
    if (feature->type == 2 && last->count < 2)
        return "a line of one point";
    if (feature->type == 3 && !last->closed)
        return "a ring that is not closed";
    return NULL;
}

static const char *obey(struct pen *p, uint32_t what, uint32_t count)
{
    struct mvt_read_feature *feature = p->feature;
    struct mvt_read_part *last =
        feature->part_count > 0 ? &feature->parts[feature->part_count - 1] : NULL;
    const char *wrong = what == 1 ? end_line(feature) : NULL;

    if (wrong)
        return wrong;
    if (count > (uint32_t)p->room && what != 7)
        return "a command for more points than follow";
    switch (what) {
    case 1:
        return begin_part(p, count);
    case 2:
        if (!last || feature->type == 1 || last->closed || count == 0 || last->count != 1)
            return "a line out of order";
        if (feature->type == 3 && count < 2)
            return "a ring of fewer than three points";
        return draw(p, count);
    case 7:
        if (!last || feature->type != 3 || last->closed || count != 1 || last->count < 3)
            return "a close out of order";
        last->closed = true;
        return mvt_read_area(last) == 0 ? "a ring without area" : NULL;
    default:
        return "a command that does not exist";
    }
}

static const char *read_geometry(struct arena *a, struct cursor c, struct mvt_read_feature *out)
{
    const int32_t numbers = count_varints(c);
    struct pen p = { .c = c, .feature = out, .arena = a, .room = numbers / 2 };
    uint64_t word;

    out->part_count = 0;
    out->parts = arena_take(a, (size_t)numbers, sizeof *out->parts);
    while (p.c.at < p.c.end) {
        if (!read_varint(&p.c, &word))
            return "a command that cannot be read";
        p.room = count_varints(p.c) / 2;
        const char *wrong = obey(&p, (uint32_t)(word & 7), (uint32_t)(word >> 3));

        if (wrong)
            return wrong;
    }
    if (out->part_count == 0)
        return "a feature without geometry";
    if (out->type == 3 && mvt_read_area(&out->parts[0]) < 0)
        return "an area that begins with a hole";
    return end_line(out);
}

static const char *read_feature(struct arena *a, struct cursor c, struct mvt_read_feature *out)
{
    struct cursor geometry = { 0 };
    struct field f;
    const char *wrong = NULL;
    uint32_t seen = 0;

    *out = (struct mvt_read_feature){ .id = -1 };
    while (c.at < c.end && !wrong) {
        if (!read_field(&c, &f))
            return "a feature that cannot be read";
        if (f.number > 4 || (seen & 1U << f.number))
            return "a field that features do not have, or twice";
        seen |= 1U << f.number;
        if (f.number == 1 && f.wire == WIRE_VARINT)
            out->id = (int64_t)f.value;
        else if (f.number == 2 && f.wire == WIRE_SIZED)
            wrong = read_tags(a, f.bytes, out);
        else if (f.number == 3 && f.wire == WIRE_VARINT)
            out->type = (int32_t)f.value;
        else if (f.number == 4 && f.wire == WIRE_SIZED)
            geometry = f.bytes;
        else
            wrong = "a field of another type";
    }
    if (wrong)
        return wrong;
    if (out->type < 1 || out->type > 3)
        return "a feature of no known type";
    return read_geometry(a, geometry, out);
}

static const char *check_tags(const struct mvt_read_layer *layer)
{
    for (int32_t i = 0; i < layer->feature_count; i++) {
        const struct mvt_read_feature *feature = &layer->features[i];

        for (int32_t k = 0; k < feature->tag_count; k++)
            if (feature->tags[2 * k] >= (uint32_t)layer->key_count ||
                feature->tags[2 * k + 1] >= (uint32_t)layer->value_count)
                return "a tag beyond the tables";
    }
    for (int32_t i = 0; i < layer->key_count; i++)
        for (int32_t k = 0; k < i; k++)
            if (strcmp(layer->keys[i], layer->keys[k]) == 0)
                return "a key that is there twice";
    return NULL;
}

static const char *read_layer_field(struct arena *a, const struct field *f,
                                    struct mvt_read_layer *out, uint64_t *version)
{
    switch (f->number << 3 | (uint32_t)f->wire) {
    case 1 << 3 | WIRE_SIZED:
        out->name = arena_copy(a, f->bytes.at, (size_t)(f->bytes.end - f->bytes.at));
        return NULL;
    case 2 << 3 | WIRE_SIZED:
        return read_feature(a, f->bytes, &out->features[out->feature_count++]);
    case 3 << 3 | WIRE_SIZED:
        out->keys[out->key_count++] =
            arena_copy(a, f->bytes.at, (size_t)(f->bytes.end - f->bytes.at));
        return NULL;
    case 4 << 3 | WIRE_SIZED:
        return read_value(a, f->bytes, &out->values[out->value_count++]);
    case 5 << 3 | WIRE_VARINT:
        out->extent = (int64_t)f->value;
        return NULL;
    case 15 << 3 | WIRE_VARINT:
        *version = f->value;
        return NULL;
    default:
        return "a field that layers do not have";
    }
}

static const char *read_layer(struct arena *a, struct cursor c, struct mvt_read_layer *out)
{
    const int32_t features = count_field(c, 2);
    const int32_t keys = count_field(c, 3);
    const int32_t values = count_field(c, 4);
    uint64_t version = 1;
    struct field f;

    if (features < 0 || keys < 0 || values < 0)
        return "a layer that cannot be read";
    *out = (struct mvt_read_layer){
        .extent = 4096,
        .features = arena_take(a, (size_t)features, sizeof *out->features),
        .keys = arena_take(a, (size_t)keys, sizeof *out->keys),
        .values = arena_take(a, (size_t)values, sizeof *out->values),
    };
    while (c.at < c.end) {
        read_field(&c, &f);
        const char *wrong = read_layer_field(a, &f, out, &version);

        if (wrong)
            return wrong;
    }
    if (version != VERSION)
        return "a layer of another version";
    if (!out->name || out->feature_count == 0)
        return "a layer without a name or features";
    return check_tags(out);
}

const char *mvt_read(struct arena *a, const void *bytes, size_t size, struct mvt_read_tile *out)
{
    struct cursor c = { bytes, (const unsigned char *)bytes + size };
    const int32_t count = size > 0 ? count_field(c, 3) : 0;
    struct field f;

    if (count < 0)
        return "a tile that cannot be read";
    *out = (struct mvt_read_tile){ .layers = arena_take(a, (size_t)count, sizeof *out->layers) };
    while (size > 0 && c.at < c.end) {
        read_field(&c, &f);
        if (f.number != 3 || f.wire != WIRE_SIZED)
            return "a field that tiles do not have";
        struct mvt_read_layer *layer = &out->layers[out->layer_count];
        const char *wrong = read_layer(a, f.bytes, layer);

        if (wrong)
            return wrong;
        for (int32_t i = 0; i < out->layer_count; i++)
            if (strcmp(out->layers[i].name, layer->name) == 0)
                return "two layers of one name";
        out->layer_count++;
    }
    return NULL;
}

const struct mvt_read_value *mvt_read_tag(const struct mvt_read_layer *layer,
                                          const struct mvt_read_feature *feature, const char *key)
{
    for (int32_t i = 0; i < feature->tag_count; i++)
        if (strcmp(layer->keys[feature->tags[2 * i]], key) == 0)
            return &layer->values[feature->tags[2 * i + 1]];
    return NULL;
}

int64_t mvt_read_area(const struct mvt_read_part *part)
{
    int64_t area = 0;

    for (int32_t i = 0; i < part->count; i++) {
        const int32_t *a = part->xy + (ptrdiff_t)2 * i;
        const int32_t *b = part->xy + (i + 1 < part->count ? (ptrdiff_t)2 * (i + 1) : 0);

        area += (int64_t)a[0] * b[1] - (int64_t)b[0] * a[1];
    }
    return area;
}

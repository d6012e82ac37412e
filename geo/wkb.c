/* EWKB as PostGIS writes it: byte order, type with flags, SRID, then counts and
 * coordinates. A Multi… holds whole figures with headers of their own. */
#include "geo/wkb.h"

#include <math.h>
#include <string.h>

enum {
    TYPE_POINT = 1,
    TYPE_LINE = 2,
    TYPE_AREA = 3,
    TYPE_MULTI = 3, /* added to a type */
    POINT_SIZE = 16,
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied as they stand");

static const uint32_t FLAG_SRID = 0x20000000;
static const uint32_t FLAGS_ALL = 0xE0000000; /* Z, M and SRID */

struct reader {
    const unsigned char *bytes;
    size_t left;
    bool big_endian;
    struct figure_draft *draft;
    struct fail *fail;
};

static bool malformed(const struct reader *r, const char *why)
{
    return fail_set(r->fail, FAIL_INPUT, WKB_MALFORMED, "the WKB cannot be read: %s", why);
}

static bool read_bytes(struct reader *r, void *out, size_t size)
{
    if (r->left < size)
        return malformed(r, "it ends too early");
    memcpy(out, r->bytes, size);
    r->bytes += size;
    r->left -= size;
    return true;
}

static bool read_u32(struct reader *r, uint32_t *out)
{
    uint32_t raw = 0;

    if (!read_bytes(r, &raw, sizeof raw))
        return false;
    *out = r->big_endian ? __builtin_bswap32(raw) : raw;
    return true;
}

static bool read_point(struct reader *r, struct point *out)
{
    uint64_t raw[2];

    if (!read_bytes(r, raw, sizeof raw))
        return false;
    for (int i = 0; r->big_endian && i < 2; i++)
        raw[i] = __builtin_bswap64(raw[i]);
    memcpy(&out->lon, &raw[0], sizeof out->lon);
    memcpy(&out->lat, &raw[1], sizeof out->lat);
    return true;
}

static bool add_point(struct reader *r)
{
    struct point p;

    if (!read_point(r, &p))
        return false;
    if (!point_valid(p))
        return malformed(r, "a coordinate that is not a place");
    return figure_draft_point(r->draft, p, r->fail);
}

/* A count that the rest cannot hold is refused before anything is read. */
static bool read_count(struct reader *r, size_t item_size, uint32_t *out)
{
    if (!read_u32(r, out))
        return false;
    if (*out > r->left / item_size)
        return malformed(r, "it ends too early");
    return true;
}

static bool read_header(struct reader *r, uint32_t *type)
{
    unsigned char order;
    uint32_t word;
    uint32_t srid = WKB_SRID;

    if (!read_bytes(r, &order, 1))
        return false;
    if (order > 1)
        return malformed(r, "a byte order that is neither 0 nor 1");
    r->big_endian = order == 0;
    if (!read_u32(r, &word))
        return false;
    if ((word & FLAG_SRID) && !read_u32(r, &srid))
        return false;
    if (srid != WKB_SRID && srid != 0)
        return malformed(r, "its SRID is not 4326");
    if (word & FLAGS_ALL & ~FLAG_SRID)
        return malformed(r, "it has more than two dimensions");
    *type = word & ~FLAGS_ALL;
    return true;
}

static bool read_run(struct reader *r)
{
    uint32_t count;

    if (!read_count(r, POINT_SIZE, &count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!add_point(r))
            return false;
    return figure_draft_end_run(r->draft, r->fail);
}

static bool read_single(struct reader *r, uint32_t type)
{
    uint32_t ring_count;

    if (type == TYPE_POINT)
        return add_point(r);
    if (type == TYPE_LINE)
        return read_run(r);
    if (!read_count(r, sizeof(uint32_t), &ring_count))
        return false;
    for (uint32_t i = 0; i < ring_count; i++)
        if (!read_run(r))
            return false;
    return figure_draft_end_area(r->draft, r->fail);
}

static bool read_multi(struct reader *r, uint32_t type)
{
    enum { HEADER_SIZE = 5 };
    uint32_t count;
    uint32_t item_type;

    if (!read_count(r, HEADER_SIZE, &count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!read_header(r, &item_type))
            return false;
        if (item_type != type)
            return malformed(r, "a part of another kind than the whole");
        if (!read_single(r, item_type))
            return false;
    }
    return true;
}

/* PostGIS writes an empty point as two NaN, the other empty figures with a count
 * of zero. */
static bool is_empty(const struct reader *r, uint32_t type)
{
    struct reader ahead = *r;
    struct fail ignored;
    struct point p;
    uint32_t count;

    ahead.fail = &ignored;
    if (type == TYPE_POINT)
        return read_point(&ahead, &p) && isnan(p.lon) && isnan(p.lat) && ahead.left == 0;
    return read_u32(&ahead, &count) && count == 0 && ahead.left == 0;
}

bool wkb_read(struct arena *a, const void *bytes, size_t size, struct figure *out, struct fail *f)
{
    struct reader r = { .bytes = bytes, .left = size, .fail = f };
    uint32_t type;

    if (!read_header(&r, &type))
        return false;
    if (type < TYPE_POINT || type > TYPE_AREA + TYPE_MULTI)
        return malformed(&r, "it is no point, line or area");
    const bool multi = type > TYPE_MULTI;
    const uint32_t single = multi ? type - TYPE_MULTI : type;

    r.draft = figure_draft_take(a, (enum figure_kind)(single - TYPE_POINT));
    if (!is_empty(&r, type)) {
        if (!(multi ? read_multi(&r, single) : read_single(&r, single)))
            return false;
        if (r.left > 0)
            return malformed(&r, "something follows it");
    }
    *out = figure_draft_done(r.draft, multi);
    return true;
}

static void put_u32(struct buf *out, uint32_t value)
{
    const unsigned char bytes[] = { (unsigned char)value, (unsigned char)(value >> 8),
                                    (unsigned char)(value >> 16), (unsigned char)(value >> 24) };

    buf_put(out, bytes, sizeof bytes);
}

static void put_double(struct buf *out, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    put_u32(out, (uint32_t)bits);
    put_u32(out, (uint32_t)(bits >> 32));
}

static void put_points(struct buf *out, const struct figure *figure, int32_t from, int32_t to)
{
    for (int32_t i = from; i < to; i++) {
        put_double(out, figure->points[i].lon);
        put_double(out, figure->points[i].lat);
    }
}

static void put_run(struct buf *out, const struct figure *figure, int32_t run)
{
    const int32_t from = figure->first_point[run];
    const int32_t to = figure->first_point[run + 1];

    put_u32(out, (uint32_t)(to - from));
    put_points(out, figure, from, to);
}

static void put_rings(struct buf *out, const struct figure *figure, int32_t area)
{
    const int32_t from = figure->first_run[area];
    const int32_t to = figure->first_run[area + 1];

    put_u32(out, (uint32_t)(to - from));
    for (int32_t run = from; run < to; run++)
        put_run(out, figure, run);
}

static int32_t piece_count(const struct figure *figure)
{
    switch (figure->kind) {
    case FIGURE_POINTS:
        return figure->point_count;
    case FIGURE_LINES:
        return figure->run_count;
    case FIGURE_AREAS:
        break;
    }
    return figure->area_count;
}

static void put_piece(struct buf *out, const struct figure *figure, int32_t piece)
{
    switch (figure->kind) {
    case FIGURE_POINTS:
        put_points(out, figure, piece, piece + 1);
        return;
    case FIGURE_LINES:
        put_run(out, figure, piece);
        return;
    case FIGURE_AREAS:
        put_rings(out, figure, piece);
    }
}

static void put_header(struct buf *out, uint32_t type, bool with_srid)
{
    buf_byte(out, 1);
    put_u32(out, with_srid ? type | FLAG_SRID : type);
    if (with_srid)
        put_u32(out, WKB_SRID);
}

static void put_empty(struct buf *out, const struct figure *figure)
{
    if (figure->kind == FIGURE_POINTS && !figure->multi) {
        put_double(out, __builtin_nan(""));
        put_double(out, __builtin_nan(""));
        return;
    }
    put_u32(out, 0);
}

static void put_figure(struct buf *out, const struct figure *figure, bool with_srid)
{
    const uint32_t single = TYPE_POINT + (uint32_t)figure->kind;
    const int32_t count = piece_count(figure);

    put_header(out, figure->multi ? single + TYPE_MULTI : single, with_srid);
    if (count == 0) {
        put_empty(out, figure);
        return;
    }
    if (!figure->multi) {
        put_piece(out, figure, 0);
        return;
    }
    put_u32(out, (uint32_t)count);
    for (int32_t i = 0; i < count; i++) {
        put_header(out, single, false);
        put_piece(out, figure, i);
    }
}

void wkb_write(struct buf *out, const struct figure *figure)
{
    put_figure(out, figure, true);
}

void wkb_write_plain(struct buf *out, const struct figure *figure)
{
    put_figure(out, figure, false);
}

/* The layouts are those of PostgreSQL's send and receive functions; that of COPY
 * is in the manual under "COPY, Binary Format". */
#include "engine/pgwire.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

static void put_16(struct buf *b, int16_t value)
{
    const uint16_t wire = htobe16((uint16_t)value);

    buf_put(b, &wire, sizeof wire);
}

static void put_32(struct buf *b, int32_t value)
{
    const uint32_t wire = htobe32((uint32_t)value);

    buf_put(b, &wire, sizeof wire);
}

static void put_64(struct buf *b, int64_t value)
{
    const uint64_t wire = htobe64((uint64_t)value);

    buf_put(b, &wire, sizeof wire);
}

static void put_double(struct buf *b, double value)
{
    int64_t bits;

    memcpy(&bits, &value, sizeof bits);
    put_64(b, bits);
}

static void put_integer(struct buf *b, uint32_t type, int64_t value)
{
    if (type == PGWIRE_INT2) {
        assert(value >= INT16_MIN && value <= INT16_MAX);
        put_16(b, (int16_t)value);
    } else if (type == PGWIRE_INT4) {
        assert(value >= INT32_MIN && value <= INT32_MAX);
        put_32(b, (int32_t)value);
    } else {
        assert(type == PGWIRE_INT8);
        put_64(b, value);
    }
}

static void put_number(struct buf *b, uint32_t type, double value)
{
    if (type == PGWIRE_FLOAT4) {
        const float narrow = (float)value;
        int32_t bits;

        memcpy(&bits, &narrow, sizeof bits);
        put_32(b, bits);
    } else {
        assert(type == PGWIRE_FLOAT8);
        put_double(b, value);
    }
}

/* One dimension from 1: dimensions, has nulls, element type, length, lower bound. */
static void put_array_head(struct buf *b, uint32_t element, size_t count)
{
    assert(count <= INT32_MAX);
    put_32(b, count > 0 ? 1 : 0);
    put_32(b, 0);
    put_32(b, (int32_t)element);
    if (count > 0) {
        put_32(b, (int32_t)count);
        put_32(b, 1);
    }
}

static void put_ints(struct buf *b, uint32_t type, const int64_t *values, size_t count)
{
    const uint32_t element = type == PGWIRE_INT4_ARRAY ? PGWIRE_INT4 : PGWIRE_INT8;

    assert(type == PGWIRE_INT4_ARRAY || type == PGWIRE_INT8_ARRAY);
    put_array_head(b, element, count);
    for (size_t i = 0; i < count; i++) {
        put_32(b, element == PGWIRE_INT4 ? 4 : 8);
        put_integer(b, element, values[i]);
    }
}

static void put_doubles(struct buf *b, uint32_t type, const double *values, size_t count)
{
    assert(type == PGWIRE_FLOAT8_ARRAY);
    put_array_head(b, PGWIRE_FLOAT8, count);
    for (size_t i = 0; i < count; i++) {
        put_32(b, 8);
        put_double(b, values[i]);
    }
}

void pgwire_value(struct buf *b, uint32_t type, const struct db_value *value)
{
    switch (value->kind) {
    case DB_NULL:
        break;
    case DB_INT:
        put_integer(b, type, value->integer);
        break;
    case DB_DOUBLE:
        put_number(b, type, value->number);
        break;
    case DB_BOOL:
        assert(type == PGWIRE_BOOL);
        buf_byte(b, value->integer != 0);
        break;
    case DB_TEXT:
        if (type == PGWIRE_JSONB)
            buf_byte(b, 1); /* the version of its binary form */
        buf_put(b, value->bytes, value->size);
        break;
    case DB_BYTES:
        buf_put(b, value->bytes, value->size);
        break;
    case DB_INTS:
        put_ints(b, type, value->bytes, value->size);
        break;
    case DB_DOUBLES:
        put_doubles(b, type, value->bytes, value->size);
        break;
    }
}

static uint16_t wire_16(const void *bytes)
{
    uint16_t wire;

    memcpy(&wire, bytes, sizeof wire);
    return be16toh(wire);
}

static uint32_t wire_32(const void *bytes)
{
    uint32_t wire;

    memcpy(&wire, bytes, sizeof wire);
    return be32toh(wire);
}

static uint64_t wire_64(const void *bytes)
{
    uint64_t wire;

    memcpy(&wire, bytes, sizeof wire);
    return be64toh(wire);
}

int64_t pgwire_get_int(uint32_t type, const char *bytes)
{
    if (type == PGWIRE_INT2)
        return (int16_t)wire_16(bytes);
    if (type == PGWIRE_INT4)
        return (int32_t)wire_32(bytes);
    if (type == PGWIRE_OID)
        return wire_32(bytes);
    assert(type == PGWIRE_INT8);
    return (int64_t)wire_64(bytes);
}

double pgwire_get_double(uint32_t type, const char *bytes)
{
    if (type == PGWIRE_FLOAT4) {
        const uint32_t bits = wire_32(bytes);
        float value;

        memcpy(&value, &bits, sizeof value);
        return (double)value;
    }
    assert(type == PGWIRE_FLOAT8);
    const uint64_t bits = wire_64(bytes);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

const char *pgwire_get_text(uint32_t type, const char *bytes)
{
    if (type == PGWIRE_JSONB)
        return bytes + 1; /* after the version of its binary form */
    assert(type == PGWIRE_TEXT || type == PGWIRE_VARCHAR || type == PGWIRE_NAME ||
           type == PGWIRE_JSON);
    return bytes;
}

enum {
    ARRAY_HEAD = 12, /* dimensions, has nulls, element type */
    ARRAY_DIMENSION = 8,
    ARRAY_ITEM = 12, /* length and eight bytes */
};

const void *pgwire_array_items(uint32_t type, const char *bytes, int32_t *count)
{
    const uint32_t dimensions = wire_32(bytes);

    assert(type == PGWIRE_INT8_ARRAY && dimensions <= 1 && wire_32(bytes + 4) == 0);
    *count = dimensions == 0 ? 0 : (int32_t)wire_32(bytes + ARRAY_HEAD);
    return bytes + ARRAY_HEAD + ARRAY_DIMENSION;
}

int64_t pgwire_item(const void *items, int32_t index)
{
    return (int64_t)wire_64((const char *)items + (size_t)index * ARRAY_ITEM + 4);
}

void pgwire_copy_begin(struct buf *b)
{
    static const char SIGNATURE[] = "PGCOPY\n\377\r\n"; /* its NUL belongs to it */

    buf_put(b, SIGNATURE, sizeof SIGNATURE);
    put_32(b, 0); /* flags */
    put_32(b, 0); /* no extension */
}

void pgwire_row(struct buf *b, int16_t column_count)
{
    put_16(b, column_count);
}

void pgwire_null(struct buf *b)
{
    put_32(b, -1);
}

void pgwire_int2(struct buf *b, int16_t value)
{
    put_32(b, 2);
    put_16(b, value);
}

void pgwire_int4(struct buf *b, int32_t value)
{
    put_32(b, 4);
    put_32(b, value);
}

void pgwire_int8(struct buf *b, int64_t value)
{
    put_32(b, 8);
    put_64(b, value);
}

void pgwire_bytes(struct buf *b, const void *bytes, int32_t size)
{
    put_32(b, size);
    buf_put(b, bytes, (size_t)size);
}

void pgwire_size(struct buf *b, int32_t size)
{
    put_32(b, size);
}

void pgwire_copy_end(struct buf *b)
{
    put_16(b, -1);
}

#ifndef ENGINE_PGWIRE_H
#define ENGINE_PGWIRE_H

#include <stdint.h>

#include "engine/db.h"
#include "geo/base/buf.h"

/* PostgreSQL's binary forms, in network byte order: how values travel as
 * parameters and results, and how rows are laid out for COPY. Computes only. */

/* Object ids of built-in types, fixed by PostgreSQL's catalogue (pg_type.dat). */
enum pgwire_type {
    PGWIRE_BOOL = 16,
    PGWIRE_BYTEA = 17,
    PGWIRE_NAME = 19,
    PGWIRE_INT8 = 20,
    PGWIRE_INT2 = 21,
    PGWIRE_INT4 = 23,
    PGWIRE_TEXT = 25,
    PGWIRE_OID = 26,
    PGWIRE_JSON = 114,
    PGWIRE_FLOAT4 = 700,
    PGWIRE_FLOAT8 = 701,
    PGWIRE_INT4_ARRAY = 1007,
    PGWIRE_INT8_ARRAY = 1016,
    PGWIRE_FLOAT8_ARRAY = 1022,
    PGWIRE_VARCHAR = 1043,
    PGWIRE_JSONB = 3802,
};

/* Appends a value in the form that `type` wants; nothing for DB_NULL. Asserts
 * on a value that the type cannot hold: limits are checked by the caller. */
void pgwire_value(struct buf *b, uint32_t type, const struct db_value *value);

/* Values as a result holds them. */
int64_t pgwire_get_int(uint32_t type, const char *bytes);
double pgwire_get_double(uint32_t type, const char *bytes);
const char *pgwire_get_text(uint32_t type, const char *bytes);
/* The items of an int8[] of one dimension without nulls; read with pgwire_item. */
const void *pgwire_array_items(uint32_t type, const char *bytes, int32_t *count);
int64_t pgwire_item(const void *items, int32_t index);

/* A stream for `COPY … FROM STDIN (FORMAT binary)`: begin, then for each row
 * pgwire_row and one call per column in order, then end. */
void pgwire_copy_begin(struct buf *b);
void pgwire_row(struct buf *b, int16_t column_count);
void pgwire_null(struct buf *b);
void pgwire_int2(struct buf *b, int16_t value);
void pgwire_int4(struct buf *b, int32_t value);
void pgwire_int8(struct buf *b, int64_t value);
void pgwire_bytes(struct buf *b, const void *bytes, int32_t size); /* text, bytea, EWKB */
void pgwire_size(struct buf *b, int32_t size); /* of a column whose bytes the caller puts */
void pgwire_copy_end(struct buf *b);

#endif

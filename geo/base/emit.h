#ifndef GEO_BASE_EMIT_H
#define GEO_BASE_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"

/* JSON going out, written straight into a buffer: no tree is built. The caller
 * opens, names and closes; commas are put where they belong, and an order that
 * would not be JSON is an assert. Text must be UTF-8: what is not becomes
 * U+FFFD. Start with `struct emit e = emit_to(&buf);`. */
enum { EMIT_DEPTH_MAX = 24 };

struct emit {
    struct buf *out;
    int depth;
    bool wants_comma;
    bool after_key;
    char open[EMIT_DEPTH_MAX]; /* '{' or '[' for each level */
};

struct emit emit_to(struct buf *out);

void emit_object(struct emit *e);
void emit_array(struct emit *e);
void emit_end(struct emit *e); /* closes the innermost object or array */

void emit_key(struct emit *e, const char *key);

void emit_text(struct emit *e, const char *text); /* NULL writes null */
void emit_text_sized(struct emit *e, const char *text, size_t length);
void emit_int(struct emit *e, int64_t value);
void emit_bool(struct emit *e, bool value);
void emit_null(struct emit *e);

/* A number with at most `decimals` (0 to 9) digits after the point, trailing
 * zeros left out; what is not finite becomes null. */
void emit_number(struct emit *e, double value, int decimals);

/* Bytes that are JSON already, as one value. */
void emit_raw(struct emit *e, const char *json, size_t length);

/* emit_key and a value in one line. */
void emit_key_text(struct emit *e, const char *key, const char *text);
void emit_key_int(struct emit *e, const char *key, int64_t value);
void emit_key_bool(struct emit *e, const char *key, bool value);
void emit_key_number(struct emit *e, const char *key, double value, int decimals);

#endif

#ifndef GEO_SCAN_H
#define GEO_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* JSON read from front to back without building a tree, for bodies of one known
 * shape that come thousands of times a second (geo/fixes); all else goes through
 * geo/base/input. The caller walks: it takes the brackets and commas it expects
 * and reads or steps over the values between them. No recursion, at most
 * INPUT_DEPTH_MAX levels. Start with
 * `struct scan s = { .start = bytes, .at = bytes, .end = bytes + size, .arena = a, .fail = f };` */
struct scan {
    const char *start;
    const char *at;
    const char *end;
    struct arena *arena;
    struct fail *fail;
    int depth; /* of objects and arrays that are open; the caller counts down his own */
};

enum { SCAN_TEXT_ROOM = 64 };

/* A value that was read. Of texts the first bytes are kept, characters that were
 * escaped and are not ASCII as U+007F: enough to tell words apart. */
struct scan_value {
    enum { SCAN_NULL, SCAN_NUMBER, SCAN_TEXT, SCAN_TRUE, SCAN_FALSE, SCAN_OTHER } kind;
    double number; /* the nearest double; infinite when too large */
    bool is_whole; /* written without fraction and exponent, and fits `whole` */
    int64_t whole;
    char text[SCAN_TEXT_ROOM];
    bool is_long; /* the text did not fit */
};

/* The next byte that is no white space, not yet taken; NUL at the end, with which
 * no value begins either. */
char scan_peek(struct scan *s);
/* Takes it if it is `c`. */
bool scan_take(struct scan *s, char c);

/* A key and its colon. */
bool scan_key(struct scan *s, struct scan_value *out);
/* A whole value; objects and arrays are stepped over and are SCAN_OTHER. */
bool scan_value(struct scan *s, struct scan_value *out);

/* Counts one level more before the caller takes a bracket; false with JSON_DEEP. */
bool scan_deeper(struct scan *s);
/* Says JSON_MALFORMED with line and column; returns false. */
bool scan_malformed(struct scan *s, const char *what);

#endif

#ifndef GEO_BASE_FAIL_H
#define GEO_BASE_FAIL_H

#include <stdbool.h>

#include "geo/base/fail_codes.h"

/* Why something could not be done. There is one kind for each thing a caller
 * would do differently, and no more: the code and the text carry the rest. */
enum fail_kind {
    FAIL_NONE,
    FAIL_INPUT,    /* what was asked makes no sense: ask something else */
    FAIL_MISSING,  /* what was named does not exist */
    FAIL_CONFLICT, /* the world has moved on: look again, then ask again */
    FAIL_BUSY,     /* try again later, unchanged */
    FAIL_BROKEN,   /* our fault or our database's */
};

/* The stable reason, for programs and for the catalogues of both languages. */
enum fail_code {
    CODE_NONE,
#define FAIL_ENUM(name, word) CODE_##name,
    FAIL_CODES(FAIL_ENUM)
#undef FAIL_ENUM
        CODE_COUNT,
};

/* What went wrong. `text` is a sentence for the user and names the value;
 * `pointer` (RFC 6901) says where in the request it stood, `value` repeats it
 * and `allowed` says what would have been right. All four may be empty. They are
 * valid UTF-8 without control characters whatever they were made of, and cut at
 * a whole character when too long. */
struct fail {
    enum fail_kind kind;
    enum fail_code code;
    char text[320];
    char pointer[128];
    char value[96];
    char allowed[160];
};

/* Records a failure and returns false, so that a function can end with
 * `return fail_set(f, FAIL_INPUT, ZOOM_RANGE, "zoom %d is above %d", z, TILE_ZOOM_MAX);`
 * The pointer, value and allowed of an earlier failure are forgotten. */
#define fail_set(f, kind, code, ...) fail_false(fail_record((f), (kind), CODE_##code, __VA_ARGS__))

/* What fail_set stands for; `f` must not be NULL. Returns false. */
__attribute__((format(printf, 4, 5))) bool
fail_record(struct fail *f, enum fail_kind kind, enum fail_code code, const char *format, ...);

/* Says in every file what these functions always return: compilers and
 * analyzers, which see one file at a time, would follow paths that are not. */
static inline bool fail_false(bool recorded)
{
    (void)recorded;
    return false;
}

/* What the next three stand for. */
void fail_keep_pointer(struct fail *f, const char *pointer);
void fail_keep_value(struct fail *f, const char *value);
__attribute__((format(printf, 2, 3))) bool fail_keep_allowed(struct fail *f, const char *format,
                                                             ...);

/* Complete a recorded failure; each returns false. */
static inline bool fail_at(struct fail *f, const char *pointer)
{
    fail_keep_pointer(f, pointer);
    return false;
}

static inline bool fail_value(struct fail *f, const char *value)
{
    fail_keep_value(f, value);
    return false;
}

#define fail_allowed(f, ...) fail_false(fail_keep_allowed((f), __VA_ARGS__))

/* The stable word of a code ("zoom_range"); "none" for CODE_NONE. Static. */
const char *fail_word(enum fail_code code);

#endif

#ifndef API_GATE_H
#define API_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* What is let in. A request whose framing could be read in two ways (RFC 9112
 * section 6.3, request smuggling) or whose target is not exactly one path is
 * refused before its body is looked at. Pure: no library, no socket. */
enum {
    GATE_TARGET_MAX = 4096,
    GATE_FIELDS_MAX = 64,
    GATE_PATH_PARTS_MAX = 24,
    GATE_QUERIES_MAX = 32,
    GATE_REQUEST_ID_MAX = 64,
};

struct gate_field {
    const char *name;
    size_t name_size;
    const char *value; /* terminated, and may hold further NULs before value_size */
    size_t value_size;
};

/* The request as it came. */
struct gate_head {
    const char *method;
    const char *target; /* raw, with its query */
    const char *version;
    const struct gate_field *fields;
    int32_t field_count;
};

struct gate_query {
    const char *name;
    const char *value;
};

/* The request as it may be believed. */
struct gate_pass {
    const char *path; /* decoded */
    int32_t query_count;
    struct gate_query queries[GATE_QUERIES_MAX]; /* decoded */
    bool has_body;
    int64_t body_size; /* -1: chunked */
};

/* False: answer with the failure's status and close the connection, since nobody
 * knows where the next request begins. */
bool gate_check(const struct gate_head *head, struct arena *a, struct gate_pass *out,
                struct fail *f);

/* Whether the parts of a head stand close together where they were read.
 *
 * libmicrohttpd 0.9.75 parses in place: it overwrites the end of each part by NUL
 * bytes and hands out pointers into what it received. How far the end of one part
 * is from the beginning of the next therefore shows a bare LF, a NUL, a folded line
 * or a doubled blank, which it lets pass in silence. `target` is where the raw
 * target stood, `size` counts the bytes of the whole head, which began with
 * head->method. Compares addresses and reads nothing. */
bool gate_is_tight(const struct gate_head *head, const char *target, size_t target_size,
                   size_t size);

/* The path of a raw target, decoded: no %00, %2f, control byte, "." or "..",
 * empty segment, or bytes that are not UTF-8. */
bool gate_path(const char *raw, size_t size, struct arena *a, const char **out, struct fail *f);
/* The queries of a raw target, decoded; a name may stand only once. */
bool gate_queries(const char *raw, size_t size, struct arena *a, struct gate_pass *out,
                  struct fail *f);

/* Letters, digits, '.', '_' and '-', 1 to GATE_REQUEST_ID_MAX of them. */
bool gate_request_id(const char *text);

#endif

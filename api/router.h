#ifndef API_ROUTER_H
#define API_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/endpoints.h"
#include "geo/base/arena.h"

/* Which endpoint a path means. A path of the table is segments between slashes;
 * a segment is literal or holds one {name} with literal text around it
 * ("{layer}.json"). Where several fit, the one with the fewest names wins. */
enum { ROUTER_PARAMS_MAX = 6 };

struct router_param {
    const char *name; /* not terminated: name_size bytes of the table's path */
    size_t name_size;
    const char *value; /* in the arena; never empty */
};

struct router_match {
    const struct endpoint *endpoint; /* NULL when the method is not there */
    int32_t param_count;
    struct router_param params[ROUTER_PARAMS_MAX];
    bool path_known;  /* some method takes this path */
    char allowed[64]; /* the methods it takes: "GET, HEAD, OPTIONS" */
};

/* `path` is decoded; HEAD is looked up as GET. */
void router_find(const struct endpoint *table, int32_t count, const char *method, const char *path,
                 struct arena *a, struct router_match *out);

#endif

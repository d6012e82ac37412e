/* The table has some two hundred rows and a comparison mostly ends at the first
 * bytes: a walk through it costs about a microsecond, so there is no tree. */
#include "api/router.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static size_t segment_size(const char *at)
{
    return strcspn(at, "/");
}

/* One segment of the table's path against one of the asked path. */
static bool segment_fits(const char *row, size_t row_size, const char *asked, size_t asked_size,
                         struct arena *a, struct router_match *m)
{
    const char *brace = memchr(row, '{', row_size);

    if (!brace)
        return row_size == asked_size && memcmp(row, asked, row_size) == 0;
    const char *end = memchr(row, '}', row_size);
    const size_t before = (size_t)(brace - row);
    const size_t name_size = (size_t)(end - brace) - 1;
    const char *after = end + 1;
    const size_t after_size = row_size - (size_t)(after - row);

    if (asked_size <= before + after_size || memcmp(row, asked, before) != 0 ||
        memcmp(asked + asked_size - after_size, after, after_size) != 0)
        return false;
    assert(m->param_count < ROUTER_PARAMS_MAX);
    m->params[m->param_count++] = (struct router_param){
        .name = brace + 1,
        .name_size = name_size,
        .value = arena_copy(a, asked + before, asked_size - before - after_size),
    };
    return true;
}

/* Up to the first name: there most rows end. */
static bool begins_alike(const char *row, const char *asked)
{
    for (; *row && *row != '{'; row++, asked++)
        if (*row != *asked)
            return false;
    return true;
}

static bool path_fits(const char *row, const char *asked, struct arena *a, struct router_match *m)
{
    m->param_count = 0;
    if (!begins_alike(row, asked))
        return false;
    while (*row == '/' && *asked == '/') {
        const size_t row_size = segment_size(++row);
        const size_t asked_size = segment_size(++asked);

        if (!segment_fits(row, row_size, asked, asked_size, a, m))
            return false;
        row += row_size;
        asked += asked_size;
    }
    return *row == '\0' && *asked == '\0';
}

static void allow(struct router_match *m, const char *method)
{
    const size_t used = strlen(m->allowed);

    snprintf(m->allowed + used, sizeof m->allowed - used, "%s%s%s", used > 0 ? ", " : "", method,
             strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

void router_find(const struct endpoint *table, int32_t count, const char *method, const char *path,
                 struct arena *a, struct router_match *out)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    int32_t fewest = ROUTER_PARAMS_MAX + 1; /* names in the best path so far */

    *out = (struct router_match){ 0 };
    for (int32_t i = 0; i < count; i++) {
        struct router_match m = { 0 };

        if (!path_fits(table[i].path, path, a, &m) || m.param_count > fewest)
            continue;
        if (m.param_count < fewest) {
            *out = (struct router_match){ .path_known = true };
            fewest = m.param_count;
        }
        allow(out, table[i].method);
        if (strcmp(table[i].method, wanted) != 0)
            continue;
        out->endpoint = &table[i];
        out->param_count = m.param_count;
        memcpy(out->params, m.params, sizeof m.params);
    }
    if (out->path_known)
        allow(out, "OPTIONS");
}

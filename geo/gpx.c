#include "geo/gpx.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/instant.h"

static const char POINT[] = "<trkpt", POINT_END[] = "</trkpt>", TIME[] = "<time>";
static const char TIME_END[] = "</time>", COMMENT[] = "<!--", COMMENT_END[] = "-->";

enum { NUMBER_MAX = 40 };

/* A part of the file. */
struct span {
    const char *at, *end;
};

static const char *find(struct span in, const char *what)
{
    return in.at < in.end ? memmem(in.at, (size_t)(in.end - in.at), what, strlen(what)) : NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of an attribute of an opening tag: after a blank its name, "=", a quote. */
static bool read_attribute(struct span tag, const char *name, double *out)
{
    char text[NUMBER_MAX + 1];
    char *end;

    for (const char *at = tag.at; (at = find((struct span){ at, tag.end }, name)); at++) {
        const char *value = at + strlen(name);

        if (at == tag.at || !is_blank(at[-1]))
            continue;
        while (value < tag.end && is_blank(*value))
            value++;
        if (value == tag.end || *value++ != '=')
            continue;
        while (value < tag.end && is_blank(*value))
            value++;
        const char quote = value < tag.end ? *value++ : '\0';
        const char *close =
            quote == '"' || quote == '\'' ? memchr(value, quote, (size_t)(tag.end - value)) : NULL;

        if (!close || close == value || close - value > NUMBER_MAX || *value == '\0' ||
            !strchr("+-.0123456789", *value))
            return false;
        memcpy(text, value, (size_t)(close - value));
        text[close - value] = '\0';
        *out = strtod(text, &end);
        return *end == '\0';
    }
    return false;
}

static bool blame(int32_t number, const char *what, struct fail *f)
{
    fail_set(f, FAIL_INPUT, GPX_MALFORMED, "track point %d has no %s that can be read", number,
             what);
    return fail_allowed(f, "<trkpt lat=\"39.9\" lon=\"116.4\"><time>2026-11-22T07:15:00Z</time>");
}

/* One point, from behind "<trkpt" to where the next element of its kind may begin. */
static bool read_point(struct span body, int32_t number, struct gpx_point *out, struct fail *f)
{
    const char *open_end = find(body, ">");
    const struct span tag = { body.at, open_end ? open_end : body.end };
    const char *time = find(body, TIME);
    const char *time_end = time ? find((struct span){ time, body.end }, TIME_END) : NULL;

    if (!read_attribute(tag, "lat", &out->at.lat) || !read_attribute(tag, "lon", &out->at.lon) ||
        !point_valid(out->at))
        return blame(number, "place", f);
    if (!time_end)
        return blame(number, "time", f);
    for (time += sizeof TIME - 1; time < time_end && is_blank(*time); time++)
        ;
    while (time_end > time && is_blank(time_end[-1]))
        time_end--;
    return instant_read(time, (size_t)(time_end - time), &out->at_us) || blame(number, "time", f);
}

/* The next point that is not in a comment; NULL: there is none. */
static const char *next_point(struct span *rest)
{
    const char *point = find(*rest, POINT);

    for (const char *comment = find(*rest, COMMENT); point && comment && comment < point;
         comment = find(*rest, COMMENT)) {
        const char *end = find((struct span){ comment, rest->end }, COMMENT_END);

        rest->at = end ? end : rest->end;
        point = find(*rest, POINT);
    }
    return point;
}

bool gpx_read(struct arena *a, const char *bytes, size_t size, const struct gpx_point **points,
              int32_t *count, struct fail *f)
{
    struct span rest = { bytes, bytes + size };
    struct buf found = { 0 };
    int32_t number = 0;
    bool good = true;

    for (const char *at; good && (at = next_point(&rest)); number++) {
        struct gpx_point point;
        struct span body = { at + sizeof POINT - 1, rest.end };
        const char *end = find(body, POINT_END);

        body.end = end ? end : body.end;
        good = number < GPX_POINT_MAX
                   ? read_point(body, number + 1, &point, f)
                   : fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "a track may have %d points at most",
                              GPX_POINT_MAX);
        if (good)
            buf_put(&found, &point, sizeof point);
        rest.at = body.end;
    }
    if (good && number == 0)
        good = fail_set(f, FAIL_INPUT, GPX_MALFORMED, "there is no track point in it");
    if (good) {
        struct gpx_point *kept = arena_take(a, (size_t)number, sizeof *kept);

        memcpy(kept, found.bytes, found.size);
        *points = kept;
        *count = number;
    }
    buf_free(&found);
    return good;
}

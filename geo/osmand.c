#include "geo/osmand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/input.h"
#include "geo/instant.h"
#include "geo/scan.h"

enum { DIGITS_MAX = 15, NUMBER_MAX = 40 };
static const int64_t SECONDS_MAX = INT32_MAX; /* a larger timestamp is in milliseconds */
static const double KNOT_MPS = 1852.0 / 3600.0;

/* ------------------------------------------------------------------ texts */

/* strtod takes blanks, hexadecimal numbers and infinity. */
static bool read_number(const char *text, double *out)
{
    const size_t size = strlen(text);
    char *end;

    if (size == 0 || size > NUMBER_MAX || strspn(text, "0123456789+-.eE") != size)
        return false;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

static bool read_whole(const char *text, int64_t *out)
{
    const size_t size = strlen(text);

    if (size == 0 || size > DIGITS_MAX || strspn(text, "0123456789") != size)
        return false;
    *out = strtoll(text, NULL, 10);
    return true;
}

/* *is_ms: as OsmAnd tells it. */
static bool read_time(const char *text, int64_t *out_us, bool *is_ms)
{
    int64_t number;

    *is_ms = false;
    if (!read_whole(text, &number))
        return instant_read(text, strlen(text), out_us);
    *is_ms = number > SECONDS_MAX;
    *out_us = number * (*is_ms ? 1000 : 1000000);
    return true;
}

static bool is_yes(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

/* ------------------------------------------------------------------ parameters */

static const char *find(const struct osmand_pair *pairs, int32_t count, const char *name)
{
    for (int32_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return NULL;
}

static bool missing(const char *name, struct fail *f)
{
    fail_set(f, FAIL_INPUT, KEY_MISSING, "the parameter %s is missing", name);
    fail_allowed(f, "lat, lon and timestamp");
    return fail_at(f, name);
}

/* What was sent of a fix, still as text; NULL: nothing. */
struct texts {
    const char *lat, *lon, *timestamp, *accuracy, *speed, *valid;
};

static bool is_bad(const char *text, double *out)
{
    return text && !read_number(text, out);
}

/* Which of them is no number; NULL: none. */
static const char *no_number(const struct texts *t, struct fixes_reading *r)
{
    return is_bad(t->lat, &r->place.lat)         ? "lat"
           : is_bad(t->lon, &r->place.lon)       ? "lon"
           : is_bad(t->accuracy, &r->accuracy_m) ? "accuracy"
           : is_bad(t->speed, &r->speed_mps)     ? "speed"
                                                 : NULL;
}

/* An item without a code when they can be read. */
static struct fixes_item read_texts(const struct texts *t, struct fixes_reading *r)
{
    bool is_ms;

    if (t->valid && !is_yes(t->valid))
        return (struct fixes_item){ .code = CODE_FIX_INVALID, .key = "valid" };
    if (!read_time(t->timestamp, &r->fix_us, &is_ms))
        return (struct fixes_item){ .code = CODE_TIME_MALFORMED, .key = "timestamp" };
    const char *wrong = no_number(t, r);

    if (wrong)
        return (struct fixes_item){ .code = CODE_VALUE_WRONG_TYPE, .key = wrong };
    if (r->accuracy_m <= 0)
        r->accuracy_m = -1;
    if (!is_ms)
        r->speed_mps *= KNOT_MPS;
    return (struct fixes_item){ .code = CODE_NONE };
}

static struct fixes one_item(struct arena *a, struct fixes_item item)
{
    struct fixes fixes = { .count = 1, .items = arena_take(a, 1, sizeof item) };

    fixes.items[0] = item;
    return fixes;
}

bool osmand_read(struct arena *a, const struct osmand_pair *pairs, int32_t count, int64_t now_us,
                 const struct fixes_sender *sender, struct fixes *out, struct fail *f)
{
    struct fixes_reading reading = { .accuracy_m = -1, .speed_mps = -1, .hired = -1 };
    struct texts t = {
        .lat = find(pairs, count, "lat"),
        .lon = find(pairs, count, "lon"),
        .timestamp = find(pairs, count, "timestamp"),
        .accuracy = find(pairs, count, "accuracy"),
        .speed = find(pairs, count, "speed"),
        .valid = find(pairs, count, "valid"),
    };
    int64_t unused;
    bool is_ms = false;

    if (!t.lat || !t.lon || !t.timestamp)
        return missing(!t.lat ? "lat" : !t.lon ? "lon" : "timestamp", f);
    if (!t.accuracy && read_time(t.timestamp, &unused, &is_ms) && is_ms)
        t.accuracy = find(pairs, count, "hdop");
    struct fixes_item item = read_texts(&t, &reading);

    if (item.code == CODE_NONE)
        item = fixes_item_of(&reading, sender, now_us);
    *out = one_item(a, item);
    return true;
}

static bool keep_id(const char *text, char out[OSMAND_ID_SIZE])
{
    if (!text || strlen(text) >= OSMAND_ID_SIZE)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

bool osmand_id(const struct osmand_pair *pairs, int32_t count, char out[OSMAND_ID_SIZE])
{
    const char *id = find(pairs, count, "id");

    return keep_id(id ? id : find(pairs, count, "deviceid"), out);
}

/* ------------------------------------------------------------------ JSON */

static bool take_number(const struct input *v, double *out)
{
    struct fail unused;

    return !v || input_number(v, -1e300, 1e300, out, &unused);
}

static enum fail_code read_location(const struct input *v, struct fixes_reading *r)
{
    enum { TIME_MAX = 40 };
    const struct input *coords = input_is_object(v) ? input_get(v, "coords") : NULL;
    const struct input *time = input_is_object(v) ? input_get(v, "timestamp") : NULL;
    struct fail unused;
    const char *text;

    if (!coords || !time || !input_is_object(coords))
        return CODE_KEY_MISSING;
    if (!input_text(time, TIME_MAX, &text, &unused) ||
        !instant_read(text, strlen(text), &r->fix_us))
        return CODE_TIME_MALFORMED;
    if (!input_get(coords, "latitude") || !input_get(coords, "longitude"))
        return CODE_KEY_MISSING;
    if (!take_number(input_get(coords, "latitude"), &r->place.lat) ||
        !take_number(input_get(coords, "longitude"), &r->place.lon) ||
        !take_number(input_get(coords, "accuracy"), &r->accuracy_m) ||
        !take_number(input_get(coords, "speed"), &r->speed_mps))
        return CODE_VALUE_WRONG_TYPE;
    if (r->accuracy_m <= 0)
        r->accuracy_m = -1;
    return CODE_NONE;
}

static struct fixes_item item_of(const struct input *location, const struct fixes_sender *sender,
                                 int64_t now_us)
{
    struct fixes_reading reading = { .accuracy_m = -1, .speed_mps = -1, .hired = -1 };
    const enum fail_code code = read_location(location, &reading);

    if (code != CODE_NONE)
        return (struct fixes_item){ .code = code };
    return fixes_item_of(&reading, sender, now_us);
}

bool osmand_read_json(struct arena *a, const char *bytes, size_t size, int64_t now_us,
                      const struct fixes_sender *sender, struct fixes *out, struct fail *f)
{
    const struct input *body = input_parse(a, bytes, size, f);

    if (!body)
        return false;
    const struct input *location = input_is_object(body) ? input_get(body, "location") : NULL;
    int32_t count = 1;

    if (!location) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "the body has no location");
        return fail_at(f, "/location");
    }
    if (!input_is_array(location)) {
        *out = one_item(a, item_of(location, sender, now_us));
        return true;
    }
    if (!input_array(location, 1, FIXES_COUNT_MAX, &count, f))
        return false;
    struct fixes found = { .count = count,
                           .items = arena_take(a, (size_t)count, sizeof *found.items) };

    for (int32_t i = 0; i < count; i++)
        found.items[i] = item_of(input_item(location, i), sender, now_us);
    *out = found;
    return true;
}

/* Read before anything else of it is believed. */
bool osmand_id_json(struct arena *a, const char *bytes, size_t size, char out[OSMAND_ID_SIZE])
{
    struct fail unused;
    struct scan s = {
        .start = bytes, .at = bytes, .end = bytes + size, .arena = a, .fail = &unused
    };
    struct scan_value name, value;

    if (size == 0 || !scan_take(&s, '{'))
        return false;
    s.depth = 1;
    do {
        if (!scan_key(&s, &name) || !scan_value(&s, &value))
            return false;
        if (!name.is_long && strcmp(name.text, "device_id") == 0)
            return value.kind == SCAN_TEXT && !value.is_long && keep_id(value.text, out);
    } while (scan_take(&s, ','));
    return false;
}

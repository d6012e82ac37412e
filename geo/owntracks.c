#include "geo/owntracks.h"

#include <math.h>
#include <string.h>

#include "geo/base/input.h"

enum { TYPE_MAX = 60 };
static const double KMH_MPS = 1.0 / 3.6;
static const double TIME_MAX_S = 253402300799; /* the end of 9999 */

static bool take_number(const struct input *v, double *out)
{
    struct fail unused;

    return !v || input_number(v, -1e300, 1e300, out, &unused);
}

static enum fail_code read_location(const struct input *v, struct fixes_reading *r)
{
    const struct input *lat = input_get(v, "lat"), *lon = input_get(v, "lon");
    const struct input *tst = input_get(v, "tst");
    double time_s = 0, vel_kmh = -1;

    if (!lat || !lon || !tst)
        return CODE_KEY_MISSING;
    if (!take_number(lat, &r->place.lat) || !take_number(lon, &r->place.lon) ||
        !take_number(tst, &time_s) || !take_number(input_get(v, "acc"), &r->accuracy_m) ||
        !take_number(input_get(v, "vel"), &vel_kmh))
        return CODE_VALUE_WRONG_TYPE;
    if (!(time_s >= 0 && time_s <= TIME_MAX_S))
        return CODE_TIME_MALFORMED;
    r->fix_us = llround(time_s * 1e6);
    r->speed_mps = vel_kmh * KMH_MPS;
    if (r->accuracy_m <= 0)
        r->accuracy_m = -1;
    return CODE_NONE;
}

static bool read_type(const struct input *message, const char **out, struct fail *f)
{
    const struct input *type = input_is_object(message) ? input_get(message, "_type") : NULL;

    if (type)
        return input_text(type, TYPE_MAX, out, f);
    fail_set(f, FAIL_INPUT, KEY_MISSING, "the body is no message of OwnTracks: it has no _type");
    return fail_at(f, "/_type");
}

bool owntracks_read(struct arena *a, const char *bytes, size_t size, int64_t now_us,
                    const struct fixes_sender *sender, struct fixes *out, struct fail *f)
{
    struct fixes_reading reading = { .accuracy_m = -1, .speed_mps = -1, .hired = -1 };
    struct fixes found = { 0 };
    const char *type = "";

    if (size > 0) {
        const struct input *message = input_parse(a, bytes, size, f);

        if (!message || !read_type(message, &type, f))
            return false;
        if (strcmp(type, "encrypted") == 0)
            return fail_set(f, FAIL_INPUT, POSITION_ENCRYPTED,
                            "the app encrypts its messages: that must be switched off in it");
        if (strcmp(type, "location") == 0) {
            const enum fail_code code = read_location(message, &reading);

            found = (struct fixes){ .count = 1, .items = arena_take(a, 1, sizeof *found.items) };
            found.items[0] = code == CODE_NONE ? fixes_item_of(&reading, sender, now_us)
                                               : (struct fixes_item){ .code = code };
        }
    }
    *out = found;
    return true;
}

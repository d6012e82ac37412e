/* Fuzz target of geo/owntracks.c: no message but a location leaves anything, and that
 * is either refused or within its limits. */
#include "geo/owntracks.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t NOW_US = 1795331700000000; /* 2026-11-22T07:15:00Z */

static bool within(int64_t value, int64_t min, int64_t max)
{
    return value >= min && value <= max;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fixes_sender SENDER = { .person_id = 7, .frame = FRAME_BD09 };
    struct arena *a = arena_new();
    struct fixes found;
    struct fail f = { 0 };
    const char *body = arena_copy(a, data, size);

    if (owntracks_read(a, body, size, NOW_US, &SENDER, &found, &f) && found.count > 0) {
        const struct fixes_item *item = &found.items[0];

        assert(found.count == 1);
        assert(item->code != CODE_NONE ||
               (item->person_id == 7 && point_valid(point_from_e7(item->at)) &&
                within(item->accuracy_dm, -1, FIXES_ACCURACY_MAX_M * 10) &&
                within(item->speed_cms, -1, FIXES_SPEED_MAX_MPS * 100) &&
                within(item->fix_us, NOW_US - FIXES_OLD_MAX_S * 1000000LL,
                       NOW_US + FIXES_AHEAD_MAX_S * 1000000LL)));
    }
    arena_free(a);
    return 0;
}

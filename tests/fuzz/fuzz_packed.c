/* Fuzz target of geo/packed.c: whatever comes in, each fix is either refused or within
 * its limits, and nothing is read behind the end. */
#include "geo/packed.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t NOW_US = 1795331700000000; /* 2026-11-22T07:15:00Z */

static bool within(int64_t value, int64_t min, int64_t max)
{
    return value >= min && value <= max;
}

static void check_item(const struct fixes_item *item)
{
    if (item->code != CODE_NONE)
        return;
    assert(item->person_id >= 1 && item->person_id < 1LL << 53);
    assert(point_valid(point_from_e7(item->at)) && within(item->hired, -1, 1));
    assert(within(item->accuracy_dm, -1, FIXES_ACCURACY_MAX_M * 10) &&
           within(item->speed_cms, -1, FIXES_SPEED_MAX_MPS * 100) &&
           within(item->fix_us, NOW_US - FIXES_OLD_MAX_S * 1000000LL,
                  NOW_US + FIXES_AHEAD_MAX_S * 1000000LL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fixes_sender SENDER = { .person_id = 7, .frame = FRAME_GCJ02 };
    struct arena *a = arena_new();
    struct fixes found;
    struct fail f = { 0 };

    /* A copy of exactly this size, so that a read behind the end is seen. */
    const char *body = arena_copy(a, data, size);

    for (int i = 0; i < 2; i++) {
        if (!packed_read(a, body, size, NOW_US, i ? &SENDER : NULL, &found, &f))
            continue;
        assert(found.count >= 1 && found.count <= FIXES_COUNT_MAX);
        for (int32_t k = 0; k < found.count; k++)
            check_item(&found.items[k]);
    }
    arena_free(a);
    return 0;
}

/* Fuzz target of geo/fixes.c: whatever comes in, each item is either refused or
 * within its limits, and a body that one parser of JSON cannot read is not
 * accepted by the other. */
#include "geo/fixes.h"

#include <assert.h>
#include <string.h>

#include "geo/base/input.h"

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
    assert(item->person_id >= 1 && point_valid(point_from_e7(item->at)));
    assert(within(item->accuracy_dm, -1, FIXES_ACCURACY_MAX_M * 10) &&
           within(item->speed_cms, -1, FIXES_SPEED_MAX_MPS * 100) &&
           within(item->fix_us, NOW_US - FIXES_OLD_MAX_S * 1000000LL,
                  NOW_US + FIXES_AHEAD_MAX_S * 1000000LL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct fixes found;
    struct fail ours = { 0 };
    struct fail other = { 0 };

    /* A copy of exactly this size, so that a read behind the end is seen. */
    char *body = arena_copy(a, data, size);
    const bool is_read = fixes_read(a, body, size, NOW_US, &found, &ours);

    if (is_read) {
        assert(found.count >= 1 && found.count <= FIXES_COUNT_MAX);
        for (int32_t i = 0; i < found.count; i++)
            check_item(&found.items[i]);
    }
    if (is_read && size < 4096 && !input_parse(a, body, size, &other))
        assert(other.code == CODE_JSON_DUPLICATE_KEY || strstr(other.text, "too big") ||
               strstr(other.text, "overflow"));
    arena_free(a);
    return 0;
}

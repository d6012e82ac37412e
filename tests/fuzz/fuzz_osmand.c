/* Fuzz target of geo/osmand.c: the same bytes as JSON, and as parameters parted by & and
 * = as the gate parts them. */
#include "geo/osmand.h"

#include <assert.h>
#include <string.h>

#include "geo/fixes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAIRS = 32 };
static const int64_t NOW_US = 1795331700000000; /* 2026-11-22T07:15:00Z */
static const struct fixes_sender SENDER = { .person_id = 7, .frame = FRAME_GCJ02 };

static bool within(int64_t value, int64_t min, int64_t max)
{
    return value >= min && value <= max;
}

static void check(const struct fixes *found)
{
    assert(found->count >= 1 && found->count <= FIXES_COUNT_MAX);
    for (int32_t i = 0; i < found->count; i++) {
        const struct fixes_item *item = &found->items[i];

        if (item->code != CODE_NONE)
            continue;
        assert(item->person_id == 7 && point_valid(point_from_e7(item->at)) && item->hired == -1);
        assert(within(item->accuracy_dm, -1, FIXES_ACCURACY_MAX_M * 10) &&
               within(item->speed_cms, -1, FIXES_SPEED_MAX_MPS * 100) &&
               within(item->fix_us, NOW_US - FIXES_OLD_MAX_S * 1000000LL,
                      NOW_US + FIXES_AHEAD_MAX_S * 1000000LL));
    }
}

static int32_t part(char *text, struct osmand_pair *out)
{
    int32_t count = 0;

    while (text && count < PAIRS) {
        char *next = strchr(text, '&');

        if (next)
            *next++ = '\0';
        char *value = strchr(text, '=');

        if (value)
            *value++ = '\0';
        out[count++] = (struct osmand_pair){ text, value ? value : "" };
        text = next;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct osmand_pair pairs[PAIRS];
    char id[OSMAND_ID_SIZE];
    struct fixes found;
    struct fail f = { 0 };

    /* Of exactly this size, so that a read behind the end is seen; arena_text adds its
     * NUL. */
    const char *body = arena_copy(a, data, size);

    if (osmand_read_json(a, body, size, NOW_US, &SENDER, &found, &f))
        check(&found);
    if (osmand_id_json(a, body, size, id))
        assert(strlen(id) < OSMAND_ID_SIZE);
    const int32_t count =
        part(arena_text(a, "%.*s", (int)(size < 4096 ? size : 4096), body), pairs);

    if (osmand_read(a, pairs, count, NOW_US, &SENDER, &found, &f))
        check(&found);
    if (osmand_id(pairs, count, id))
        assert(strlen(id) < OSMAND_ID_SIZE);
    arena_free(a);
    return 0;
}

/* Fuzz target of geo/track.c: what is read is in order and on the earth, is written and
 * read again as the same track, and can be made coarse. */
#include "geo/track.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct arena *a, struct track_fix *fixes, int32_t count)
{
    struct buf out = { 0 };
    struct fail f = { 0 };
    struct track_fix *again;
    int32_t again_count;

    assert(track_sort(fixes, count) == count);
    track_encode(&out, fixes, count);
    assert(track_decode(a, out.bytes, out.size, &again, &again_count, &f));
    assert(again_count == count);
    for (int32_t i = 0; i < count; i++) {
        assert(again[i].fix_us == fixes[i].fix_us && again[i].flags == fixes[i].flags);
        assert(again[i].at.lon == fixes[i].at.lon && again[i].at.lat == fixes[i].at.lat);
        assert(again[i].accuracy_dm == fixes[i].accuracy_dm);
        assert(again[i].speed_cms == fixes[i].speed_cms);
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct track_fix *fixes;
    struct fail f = { 0 };
    int32_t count;

    if (track_decode(a, data, size, &fixes, &count, &f)) {
        assert(count >= 1 && count <= TRACK_FIX_MAX);
        check_again(a, fixes, count);
        const int32_t coarse = track_coarsen(fixes, count);

        assert(coarse >= 1 && coarse <= count);
        check_again(a, fixes, coarse);
    } else {
        assert(f.kind == FAIL_BROKEN && f.text[0]);
    }
    arena_free(a);
    return 0;
}

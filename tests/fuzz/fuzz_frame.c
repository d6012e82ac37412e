/* Fuzz target of geo/frame.c: whatever place is read is on the earth, and it goes
 * into every frame that takes it and back. */
#include "geo/frame.h"

#include <assert.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(struct point p)
{
    assert(point_valid(p));
    for (int i = 0; i < FRAME_COUNT; i++) {
        struct point there;
        struct point back;
        struct fail f;

        if (!frame_from_wgs84((enum frame)i, p, &there, &f)) {
            assert(i == FRAME_BD09 && f.code == CODE_FRAME_OUTSIDE_CHINA && !frame_in_china(p));
            continue;
        }
        assert(frame_to_wgs84((enum frame)i, there, &back, &f));
        assert(!frame_in_china(p) || point_distance_m(p, back) < 0.001);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct fail f = { 0 };
    char *body = arena_copy(a, data, size);
    const struct input *v = input_parse(a, body, size, &f);
    enum frame frame;
    struct point p;

    if (v && frame_read_place(v, &p, &f))
        check_place(p);
    else
        assert(f.code != CODE_NONE && f.kind == FAIL_INPUT && f.text[0]);
    if (frame_from_word(body, &frame, &f))
        assert(frame < FRAME_COUNT);
    arena_free(a);
    return 0;
}

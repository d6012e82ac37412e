/* Fuzz target of what a path or a query says of tiles and boxes (geo/tile.c and
 * geo/box.c): a tile that is read is written the same way. */
#include "geo/tile.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "geo/base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char *text = arena_copy(a, data, size);
    struct fail f = { 0 };
    struct tile t;
    struct box b;

    if (tile_parse(text, &t, &f)) {
        assert(t.z <= TILE_ZOOM_MAX);
        assert(strcmp(arena_text(a, "%d/%d/%d.mvt", t.z, t.x, t.y), text) == 0);
        const struct tile middle = tile_at(box_middle(tile_box(t)), t.z);

        assert(middle.x == t.x && middle.z == t.z);
    } else {
        assert(f.kind == FAIL_INPUT && f.text[0]);
    }
    if (box_parse(text, &b, &f))
        assert(point_valid(b.min) && point_valid(b.max) && !box_is_empty(b));
    arena_free(a);
    return 0;
}

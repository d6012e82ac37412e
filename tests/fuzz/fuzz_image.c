/* The street file under any bytes: refused, or safe to search. The checksum is put
 * right first, or else nothing but it would ever be tried. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "geo/road/image.h"
#include "geo/road/nearest.h"
#include "geo/road/route.h"
#include "geo/road/snap.h"
#include "tests/support/town.h"

enum { HEAD_SIZE = 88, IMPORT = 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void search(const struct network *n, struct arena *a)
{
    struct snap_index *index = snap_index_new(n);
    struct crowd *c = crowd_new(n);
    struct roads *roads = town_roads(n, a);
    struct nearest_room *near_room = nearest_room_new();
    struct route_room *way_room = route_room_new();
    const int32_t last = n->segment_count - 1;
    const struct spot far = { last, n->length_cm[last] / 2 };
    const struct nearest_wish wish = { .place = network_point(n, far), .k = 3 };
    struct nearest_answer nearest;
    struct route route;
    struct snap snap;
    struct fail f;

    for (int32_t s = 0; s < n->segment_count && s < 50; s++)
        crowd_put(c, &(struct crowd_person){ .person_id = s + 1,
                                             .spot = { s, n->length_cm[s] },
                                             .mode = (enum mode)(s % MODE_COUNT),
                                             .available = true });
    snap_to(index, MODE_FOOT, wish.place, &snap, &f);
    nearest_find(roads, index, c, &wish, near_room, a, &nearest, &f);
    route_find(roads, MODE_CAR, (struct spot){ 0, 0 }, far, way_room, a, &route, &f);
    nearest_room_free(near_room);
    route_room_free(way_room);
    crowd_free(c);
    snap_index_free(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct network_speeds speeds;
    struct network n;
    struct fail f;

    if (size < HEAD_SIZE)
        return image_open(data, size, IMPORT, 0, &n, &f);
    struct arena *a = arena_new();
    char *bytes = arena_copy(a, data, size);

    for (int32_t class = 0; class < STREET_CLASS_COUNT; class ++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            speeds.kmh[class][mode] = 5 + class;
    image_seal(bytes, size);
    if (image_open(bytes, size, IMPORT, 0, &n, &f)) {
        network_price(&n, &speeds, a);
        search(&n, a);
    }
    arena_free(a);
    return 0;
}

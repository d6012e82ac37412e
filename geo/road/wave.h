#ifndef GEO_ROAD_WAVE_H
#define GEO_ROAD_WAVE_H

#include "geo/base/buf.h"
#include "geo/road/podium.h"

/* A Dijkstra backwards from a place through the states of the graph, for several modes
 * at once, that offers the podium everyone it meets: nobody whom it has not met can come
 * sooner than its frontier, by whatever mode. Room of one thread; starts as { 0 }, ends
 * with wave_room_free. */
struct wave_room {
    struct buf labels;  /* of states, mode after mode */
    struct buf lengths; /* of the same, in centimetres: when ways are measured */
    uint32_t round;
    struct buf heap;
};

void wave_room_free(struct wave_room *room);

struct wave {
    const struct inward *in[MODE_COUNT];
    struct crowd_view view;
    struct crowd_filter filter;
    struct podium *podium;
    struct wave_room *room;
    uint32_t *lengths; /* NULL: ways are not measured */
    int32_t state_count;
    int32_t heap_count;
    int32_t settled;
};

void wave_start(struct wave *w, const struct roads *r, const struct crowd_filter *filter,
                struct podium *podium, struct wave_room *room);

/* From a state, by rank, it is that much and that far to the place. */
void wave_seed(struct wave *w, enum mode mode, int32_t rank, uint32_t cost_ms, uint32_t length_cm);

/* Goes on until the podium is right, which is true, or that many states more have been
 * settled. */
bool wave_run(struct wave *w, int64_t settle_max);

#endif

#ifndef GEO_ROAD_SNAP_H
#define GEO_ROAD_SNAP_H

#include "geo/road/network.h"

/* Finds the nearest street to a point. The index is a grid of segments, built
 * once from a network (which must outlive it), read by any number of threads. */
struct snap_index;

struct snap_index *snap_index_new(const struct network *n);
void snap_index_free(struct snap_index *index);
/* Memory held, for metrics: at most 96 bytes a point of the shape. */
size_t snap_index_bytes(const struct snap_index *index);

/* Streets that are passed over when another is hardly further away: per segment the modes,
 * as bits 1 << mode, for which it is one of them; it must outlive the index. Before others
 * read it. */
void snap_index_pass_over(struct snap_index *index, const uint8_t *modes);

enum snap_side { SNAP_LEFT = -1, SNAP_ON = 0, SNAP_RIGHT = 1 };

struct snap {
    struct spot spot;
    double off_m;        /* from the point to the street */
    enum snap_side side; /* of the street in way direction, where the point lies */
};

/* How far a street may be from the point asked for. */
enum { SNAP_REACH_M = 2000 };

/* How much further a street may be than the nearest one, if that is to be passed over. */
enum { SNAP_FURTHER_M = 50 };

/* The nearest spot on a segment that `mode` may use in at least one direction;
 * of equally near ones the lower segment index. When that segment is to be passed over,
 * the nearest on one that is not, if that is at most SNAP_FURTHER_M further away. False with
 * NO_STREET_NEAR when there is none within SNAP_REACH_M. */
bool snap_to(const struct snap_index *index, enum mode mode, struct point p, struct snap *out,
             struct fail *f);

/* The streets around a point: of each segment that `mode` may use and that comes within
 * `reach_m` (at most SNAP_REACH_M) the nearest spot; the nearest first, equally near ones
 * by segment, at most `count_max`. How many. */
enum { SNAP_WITHIN_MAX = 64 };
int32_t snap_within(const struct snap_index *index, enum mode mode, struct point p, double reach_m,
                    struct snap *out, int32_t count_max);

/* How far it is to the nearest straight piece of a street that runs within
 * `within_deg` of a direction, either way; `reach_m`, at most SNAP_REACH_M, when there
 * is none nearer. 360 degrees: whatever its direction. */
struct snap_course {
    double bearing_deg, within_deg;
};
double snap_off_m(const struct snap_index *index, enum mode mode, struct point p,
                  struct snap_course course, double reach_m);

#endif

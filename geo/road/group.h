#ifndef GEO_ROAD_GROUP_H
#define GEO_ROAD_GROUP_H

#include "geo/road/match.h"

/* Fixes of a track that follow one another so closely that they count as one: they are off
 * in all directions, and a way drawn through each of them would go to and fro. Begins as
 * { 0 }, without fixes. */
struct group {
    struct match_fix first;
    double sigma_m; /* of one of them, on average */
    int32_t count;
    int64_t last_us;
    /* Sums from the first on, for the straight line through them: seconds and their
     * squares, degrees, and the products of both. */
    double s, ss, lon, lat, s_lon, s_lat;
};
enum { GROUP_MAX = 16 };

/* Whether a later fix is near enough, in time and place, to be one of them. */
bool group_takes(const struct group *g, const struct match_fix *fix);
void group_add(struct group *g, const struct match_fix *fix);

/* The fix that a group stands for at a moment of its: on the straight line through its
 * fixes, as accurate as that is. */
struct match_fix group_at(const struct group *g, int64_t at_us);
int64_t group_middle_us(const struct group *g);

#endif

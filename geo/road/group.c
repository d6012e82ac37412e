#include "geo/road/group.h"

#include <math.h>

#include "geo/road/lattice.h"

static const double NEAR_SIGMAS = 3;
static const int64_t TOGETHER_US = 30 * INT64_C(1000000);
/* What a receiver is off by changes slowly: fixes say no more than one for each so many
 * seconds, however many there are. */
static const double ALIKE_S = 10;

static double seconds_into(const struct group *g, int64_t at_us)
{
    return (double)(at_us - g->first.at_us) / 1e6;
}

bool group_takes(const struct group *g, const struct match_fix *fix)
{
    if (g->count == 0)
        return true;
    const struct point middle = { g->first.at.lon + g->lon / g->count,
                                  g->first.at.lat + g->lat / g->count };

    return g->count < GROUP_MAX && fix->at_us - g->first.at_us <= TOGETHER_US &&
           point_distance_m(middle, fix->at) <= NEAR_SIGMAS * lattice_sigma_m(fix);
}

void group_add(struct group *g, const struct match_fix *fix)
{
    if (g->count == 0)
        g->first = *fix;
    const double s = seconds_into(g, fix->at_us);
    const double lon = fix->at.lon - g->first.at.lon, lat = fix->at.lat - g->first.at.lat;

    g->count++;
    g->sigma_m += (lattice_sigma_m(fix) - g->sigma_m) / g->count;
    g->last_us = fix->at_us;
    g->s += s;
    g->ss += s * s;
    g->lon += lon;
    g->lat += lat;
    g->s_lon += s * lon;
    g->s_lat += s * lat;
}

int64_t group_middle_us(const struct group *g)
{
    return g->first.at_us + (int64_t)(g->s / g->count * 1e6);
}

/* The line of least squares over time. Of n fixes that say as much as `apart` independent
 * ones, its variance at a moment is that of one times share. */
struct match_fix group_at(const struct group *g, int64_t at_us)
{
    const double n = g->count, middle_s = g->s / n, off_s = seconds_into(g, at_us) - middle_s;
    const double spread = g->ss - g->s * middle_s;
    const double apart = fmin(n, 1 + seconds_into(g, g->last_us) / ALIKE_S);
    const double rate = spread > 0 ? off_s / spread : 0;
    const double share = (1 + n * off_s * rate) / apart;
    struct match_fix fix = g->first;

    fix.at_us = at_us;
    fix.at.lon += g->lon / n + (g->s_lon - g->lon * middle_s) * rate;
    fix.at.lat += g->lat / n + (g->s_lat - g->lat * middle_s) * rate;
    fix.accuracy_m = lattice_accuracy_m(g->sigma_m * sqrt(fmin(1, share)));
    return fix;
}

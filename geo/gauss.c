/* Krüger's series (Konforme Abbildung des Erdellipsoids in der Ebene, 1912), as Karney
 * gives them (Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85,
 * 2011), cut after the fourth power of the third flattening: what is left out is below a
 * ten-thousandth of a millimetre. */
#include "geo/gauss.h"

#include <math.h>

static const double RADIANS = 3.14159265358979323846 / 180.0;

/* Of WGS 84. */
static const double ECCENTRICITY = 0.0818191908426214957;
static const double N = 0.00167922038638370426;           /* f / (2 - f) */
static const double RECTIFYING_M = 6367449.1458234153093; /* radius of the meridian's circle */

enum { TERMS = 4, NEWTON_STEPS = 4 };

/* Away from where the equator is a quarter of the earth off: the one place without one. */
static const double LEAST = 1e-6;

struct series {
    double of[TERMS];
};

static struct series there(void)
{
    const double n2 = N * N;
    const double n3 = n2 * N;
    const double n4 = n2 * n2;

    return (struct series){ { N / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180,
                              13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440,
                              61 * n3 / 240 - 103 * n4 / 140, 49561 * n4 / 161280 } };
}

static struct series back(void)
{
    const double n2 = N * N;
    const double n3 = n2 * N;
    const double n4 = n2 * n2;

    return (struct series){ { N / 2 - 2 * n2 / 3 + 37 * n3 / 96 - n4 / 360,
                              n2 / 48 + n3 / 15 - 437 * n4 / 1440, 17 * n3 / 480 - 37 * n4 / 840,
                              4397 * n4 / 161280 } };
}

/* The sums of a sin 2jx cosh 2jy and of a cos 2jx sinh 2jy: the parts of the sum of
 * a sin 2j(x + iy). Each sine of a multiple follows from the two before it. */
static struct crs_xy sums(const struct series *a, double north, double east)
{
    const double c = 2 * cos(2 * north) * cosh(2 * east);
    const double d = -2 * sin(2 * north) * sinh(2 * east); /* c + id: twice the cosine */
    double before_n = 0, before_e = 0;
    double now_n = sin(2 * north) * cosh(2 * east);
    double now_e = cos(2 * north) * sinh(2 * east);
    struct crs_xy sum = { 0, 0 };

    for (int j = 0; j < TERMS; j++) {
        const double next_n = c * now_n - d * now_e - before_n;
        const double next_e = c * now_e + d * now_n - before_e;

        sum.y += a->of[j] * now_n;
        sum.x += a->of[j] * now_e;
        before_n = now_n;
        before_e = now_e;
        now_n = next_n;
        now_e = next_e;
    }
    return sum;
}

/* The tangent of the conformal latitude. */
static double conformal(double sine)
{
    return sinh(atanh(sine) - ECCENTRICITY * atanh(ECCENTRICITY * sine));
}

static struct crs_xy put(struct point p, double middle_lon)
{
    static const double WHOLE = 360.0;
    const struct series series = there();
    const double t = conformal(sin(p.lat * RADIANS));
    const double lon = remainder(p.lon - middle_lon, WHOLE) * RADIANS;
    const double north = atan2(t, cos(lon));
    const double east = asinh(sin(lon) / fmax(hypot(t, cos(lon)), LEAST));
    const struct crs_xy more = sums(&series, north, east);

    return (struct crs_xy){ RECTIFYING_M * (east + more.x), RECTIFYING_M * (north + more.y) };
}

struct gauss gauss_at(struct point middle)
{
    return (struct gauss){ middle, put(middle, middle.lon).y };
}

struct crs_xy gauss_put(const struct gauss *g, struct point p)
{
    struct crs_xy xy = put(p, g->middle.lon);

    xy.y -= g->origin_m;
    return xy;
}

struct point gauss_back(const struct gauss *g, struct crs_xy xy)
{
    const struct series series = back();
    const double north = (xy.y + g->origin_m) / RECTIFYING_M;
    const double east = xy.x / RECTIFYING_M;
    const struct crs_xy less = sums(&series, north, east);
    const double n = north - less.y;
    const double e = east - less.x;
    const double t = sin(n) / hypot(sinh(e), cos(n));
    /* The sine whose conformal latitude has this tangent, by Newton's way. */
    double tau = t;

    for (int i = 0; i < NEWTON_STEPS; i++) {
        const double sine = tau / sqrt(1 + tau * tau);
        const double now = conformal(sine);
        const double square = 1 - ECCENTRICITY * ECCENTRICITY;

        tau += (t - now) / sqrt(1 + now * now) * (1 + square * tau * tau) /
               (square * sqrt(1 + tau * tau));
    }
    return (struct point){ g->middle.lon + atan2(sinh(e), cos(n)) / RADIANS, atan(tau) / RADIANS };
}

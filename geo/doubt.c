/* Jumps by the speed that they imply, frames by the distance from the streets.
 *
 * People who are out move along streets. Under the frame that a phone really sends,
 * its fixes lie beside streets that run the way they go, as far as its accuracy leaves
 * open; under another they are pushed some hundred metres to one side and lie anywhere.
 * So each fix says how badly it fits, capped so that a yard or a missing street cannot
 * outvote the others, and the frames are compared by the sums. */
#include "geo/doubt.h"

#include <math.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ jumps */

/* Metres a second that nobody exceeds for long who goes by this mode: a runner, an
 * e-bike downhill, a car on a motorway. */
static const double REACH_MPS[MODE_COUNT + 1] = { 8, 20, 55, 55 };

/* What both ends of a way may be beside the truth. */
static const double UNKNOWN_M = 50;    /* accuracy that is not stated */
static const double ALWAYS_M = 30;     /* beyond what is stated: it is not a limit but a spread */
static const double BELIEVED_M = 2000; /* more is not believed of an accuracy */
static const double STATED_MORE = 1.5; /* a stated speed is an average, too */

enum { RIDING_FIXES = 5 };

static double accuracy_m(const struct doubt_fix *fix)
{
    return fix->accuracy_dm < 0 ? UNKNOWN_M : fmin(fix->accuracy_dm / 10.0, BELIEVED_M);
}

/* Whether one can have come from the one to the other, either way in time. */
static bool reaches(const struct doubt_fix *a, const struct doubt_fix *b, double mps)
{
    const double apart_m = point_distance_m(point_from_e7(a->at), point_from_e7(b->at));
    const double between_s = (double)llabs(b->fix_us - a->fix_us) / 1e6;

    return apart_m <= ALWAYS_M + accuracy_m(a) + accuracy_m(b) + mps * fmax(between_s, 1);
}

static double speed_of(const struct doubt_jumps *j, enum mode mode, const struct doubt_fix *fix)
{
    const double stated_mps = STATED_MORE * fix->speed_cms / 100.0;

    if (j->riding > 0)
        return REACH_MPS[MODE_CAR];
    return fmin(fmax(REACH_MPS[mode], stated_mps), REACH_MPS[MODE_CAR]);
}

static void believe(struct doubt_jumps *j, enum mode mode, const struct doubt_fix *fix)
{
    if (j->has_believed && !reaches(&j->believed, fix, REACH_MPS[mode]))
        j->riding = RIDING_FIXES;
    else if (j->riding > 0)
        j->riding--;
    j->believed = *fix;
    j->has_believed = true;
    j->agreeing = 0;
}

bool doubt_jump(struct doubt_jumps *j, enum mode mode, const struct doubt_fix *fix)
{
    const bool fits = !j->has_believed || reaches(&j->believed, fix, speed_of(j, mode, fix));

    if (j->has_believed && fix->fix_us < j->believed.fix_us)
        return !fits;
    if (!fits) {
        const bool agrees = j->agreeing > 0 && reaches(&j->newest, fix, REACH_MPS[MODE_CAR]);

        j->agreeing = (int8_t)(agrees ? j->agreeing + 1 : 1);
        j->newest = *fix;
        if (j->agreeing < DOUBT_AGREE)
            return true;
    }
    believe(j, mode, fix);
    return false;
}

/* ------------------------------------------------------------------ clocks */

static const int64_t LATE_MAX_US = 5LL * 60 * 1000000; /* more is flagged */
static const int64_t EARLY_MAX_US = 60LL * 1000000;    /* from five minutes on it is refused */
static const int64_t EQUAL_US = 60LL * 1000000;
static const int64_t SPELL_US = 120LL * 1000000;

static enum doubt_clock_says weigh(struct doubt_clock *c, int64_t *late_us)
{
    const int64_t late = c->received_us - c->fix_us;

    if (c->count > 0 && llabs(late - c->first_late_us) <= EQUAL_US) {
        c->count++;
    } else {
        c->count = 1;
        c->first_late_us = late;
        c->since_us = c->fix_us;
    }
    if (c->count < DOUBT_REQUESTS || c->fix_us - c->since_us < SPELL_US)
        return DOUBT_CLOCK_NOTHING;
    *late_us = late;
    return late > LATE_MAX_US || late < -EARLY_MAX_US ? DOUBT_CLOCK_WRONG : DOUBT_CLOCK_RIGHT;
}

enum doubt_clock_says doubt_clock(struct doubt_clock *c, int64_t fix_us, int64_t received_us,
                                  int64_t *late_us)
{
    enum doubt_clock_says says = DOUBT_CLOCK_NOTHING;

    if (received_us == c->received_us) {
        c->fix_us = fix_us > c->fix_us ? fix_us : c->fix_us;
        return says;
    }
    if (c->received_us)
        says = weigh(c, late_us);
    c->received_us = received_us;
    c->fix_us = fix_us;
    return says;
}

/* ------------------------------------------------------------------ frames */

enum {
    MOVED_M = 100,         /* from fix to fix: less says the same thing twice */
    AGAIN_M = 50,          /* from where she has been: so does going round a block */
    ACCURACY_MAX_DM = 500, /* worse than half a block says nothing */
};

/* How far a fix lies beside the middle of its street: half of the street's width, and
 * the part of a stated accuracy that counts across it. */
static const double STREET_M = 3;
static const double ACROSS = 0.7;
static const double UNKNOWN_SHARP_M = 12; /* accuracy that is not stated */
static const double SHARP_MIN_M = 4;

/* A fix three deviations off lies on no street, and one that is further off is not
 * worse. One beside a street that runs another way is a little worse than it looks. */
static const double MISFIT_MAX = 4.5;
static const double TURNED = 1.5;
static const double ALONG_DEG = 25;
static const double OFF_MAX_M = 500; /* what is further off is told as this */

/* Found by `tools/bar frame`, each in the middle of a range in which it holds: how well a
 * frame has to fit, how badly the declared one, and which part of the declared one's
 * misfit the other may have at most. That leaves those alone who go where the map has no
 * streets, where any frame may be the least bad; and the other way round it clears. */
static const double FITS_MAX = 34;
static const double FITS_NOT_MIN = 16;
static const double PART_MAX = 0.5;

/* Far enough from the fix before, and not where she has been. */
static bool is_new_ground(const struct doubt_window *w, struct point at)
{
    for (int32_t i = 0; i < w->count; i++) {
        const int32_t place = (w->next + DOUBT_FIXES - 1 - i) % DOUBT_FIXES;
        const double apart_m = point_distance_m(point_from_e7(w->at[place]), at);

        if (apart_m < (i == 0 ? MOVED_M : AGAIN_M))
            return false;
    }
    return true;
}

bool doubt_keep(struct doubt_window *w, enum frame declared, const struct doubt_fix *fix)
{
    if (fix->accuracy_dm > ACCURACY_MAX_DM)
        return false;
    if (w->count == 0 || w->declared != declared)
        *w = (struct doubt_window){ .declared = declared };
    else if (!is_new_ground(w, point_from_e7(fix->at)))
        return false;
    w->at[w->next] = fix->at;
    w->accuracy_dm[w->next] = (int16_t)fix->accuracy_dm;
    w->next = (w->next + 1) % DOUBT_FIXES;
    w->count += w->count < DOUBT_FIXES;
    return true;
}

/* How the fixes lie under one frame. */
struct fit {
    double misfit; /* sum of the squared deviations, halved, each at most MISFIT_MAX */
    double middle_m;
};

static const enum frame FRAMES[] = { FRAME_WGS84, FRAME_GCJ02, FRAME_BD09 };
enum { FRAMES_COUNT = sizeof FRAMES / sizeof *FRAMES };

static int by_size(const void *one, const void *other)
{
    const double a = *(const double *)one;
    const double b = *(const double *)other;

    return (a > b) - (a < b);
}

/* The window's fixes in their order, as places under a frame; false where it is not
 * defined. */
static bool turn(const struct doubt_window *w, enum frame frame, struct point at[DOUBT_FIXES])
{
    for (int32_t i = 0; i < DOUBT_FIXES; i++) {
        struct point sent;
        struct fail why;

        if (!frame_from_wgs84(w->declared, point_from_e7(w->at[(w->next + i) % DOUBT_FIXES]), &sent,
                              &why) ||
            !frame_to_wgs84(frame, sent, &at[i], &why))
            return false;
    }
    return true;
}

static double misfit_of(double off_m, double spread_m)
{
    return fmin(off_m * off_m / (2 * spread_m * spread_m), MISFIT_MAX);
}

/* How badly one of the places lies beside a street that runs the way she came or goes;
 * beside another one it lies a little worse, for she may have turned. */
static double misfit_at(const struct point at[DOUBT_FIXES], int32_t i, double spread_m,
                        const struct snap_index *streets, enum mode mode, double *off_m)
{
    const double reach_m = 3 * spread_m;
    const struct snap_course any = { 0, 360 };
    double least;

    *off_m = snap_off_m(streets, mode, at[i], any, OFF_MAX_M);
    if (*off_m >= reach_m)
        return MISFIT_MAX;
    least = fmin(misfit_of(*off_m, spread_m) + TURNED, MISFIT_MAX);
    for (int32_t k = i > 0 ? i - 1 : 0; k < i + 1 && k + 1 < DOUBT_FIXES; k++) {
        const struct snap_course course = { point_bearing_deg(at[k], at[k + 1]), ALONG_DEG };

        least = fmin(least, misfit_of(snap_off_m(streets, mode, at[i], course, reach_m), spread_m));
    }
    return least;
}

static bool fit_of(const struct doubt_window *w, const struct snap_index *streets, enum mode mode,
                   enum frame frame, struct fit *out)
{
    struct point at[DOUBT_FIXES];
    double off_m[DOUBT_FIXES];
    struct fit fit = { 0 };

    if (!turn(w, frame, at))
        return false;
    for (int32_t i = 0; i < DOUBT_FIXES; i++) {
        const int32_t accuracy_dm = w->accuracy_dm[(w->next + i) % DOUBT_FIXES];
        const double told_m = accuracy_dm < 0 ? UNKNOWN_SHARP_M : accuracy_dm / 10.0;
        const double spread_m = hypot(ACROSS * fmax(told_m, SHARP_MIN_M), STREET_M);

        fit.misfit += misfit_at(at, i, spread_m, streets, mode, &off_m[i]);
    }
    qsort(off_m, DOUBT_FIXES, sizeof *off_m, by_size);
    fit.middle_m = off_m[DOUBT_FIXES / 2];
    *out = fit;
    return true;
}

static bool beats(const struct fit *one, const struct fit *other)
{
    return one->misfit <= FITS_MAX && other->misfit >= FITS_NOT_MIN &&
           one->misfit <= PART_MAX * other->misfit;
}

bool doubt_frame(const struct doubt_window *w, const struct snap_index *streets, enum mode mode,
                 struct doubt_verdict *out)
{
    const enum frame kind = w->declared == FRAME_CGCS2000 ? FRAME_WGS84 : w->declared;
    struct fit declared, best = { .misfit = INFINITY };
    enum frame likely = w->declared;

    if (w->count < DOUBT_FIXES || !frame_in_china(point_from_e7(w->at[0])) ||
        !fit_of(w, streets, mode, kind, &declared))
        return false;
    for (int32_t i = 0; i < FRAMES_COUNT; i++) {
        struct fit fit;

        if (FRAMES[i] == kind)
            continue;
        if (!fit_of(w, streets, mode, FRAMES[i], &fit))
            return false;
        if (fit.misfit < best.misfit) {
            best = fit;
            likely = FRAMES[i];
        }
    }
    const bool is_beaten = best.misfit < declared.misfit;

    *out = (struct doubt_verdict){
        .is_doubted = beats(&best, &declared),
        .is_cleared = beats(&declared, &best),
        .likely = is_beaten ? likely : w->declared,
        .declared_m = declared.middle_m,
        .likely_m = is_beaten ? best.middle_m : declared.middle_m,
    };
    return true;
}

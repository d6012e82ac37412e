/* A fix goes through three hands: `guard` believes it or not, `pace` learns from it who
 * rides, `match` puts it on the streets. What comes out of match waits until the fixes after
 * it, and a minute of pace, are known. */
#include "geo/cover/witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t SECOND_US = 1000000;

/* Metres a second of somebody who hurries, and what two fixes may be off together: their
 * accuracies are spreads, not limits. */
static const double STRIDE_MPS = 1.7; /* of a patrol that does not dawdle: 6 km/h */
static const double HURRY_MPS = 2, VEHICLE_MPS = 40, NOISE_SHARE = 1.2;
static const double UNKNOWN_M = 20, BELIEVED_M = 100;
/* So many in a row that are not where she was are believed: it was that one that was wrong,
 * or she really went there. */
enum { HELD_MAX = 4 };

/* Steps that are shorter say more of the noise than of the pace. */
static const int64_t STEP_US = 18 * INT64_C(1000000);
/* The way may be longer than she went because of a jump; not when her fixes hurry, too. */
static const double HURRY_KMH = 8;
static const int64_t WINDOW_US = 75 * INT64_C(1000000);
/* Who rode is not on foot so long before and after, and what is shorter between two rides
 * was a halt. */
static const int64_t MARGIN_US = 60 * INT64_C(1000000), HALT_US = 180 * INT64_C(1000000);
enum { STEPS_MAX = 8, WINDOW_STEPS = 4, HURRY_STEPS = 3 };
/* The way through her fixes tells a ride in less time than the fixes alone. */
static const int64_t WAY_US = 50 * INT64_C(1000000);
/* By how much the shortest way may be longer than the straight line. */
static const double DETOUR = 1.3;

struct span {
    int64_t from_us, to_us;
};

/* Rides, with their margins: the newest, and those before it that pieces wait for. */
struct rides {
    struct span newest;
    struct buf before;
};

/* How far she has come by the matched way. */
struct gone {
    int64_t at_us, cm;
    int32_t run;
};

struct seen {
    int64_t at_us;
    struct spot spot;
    int32_t run;
};

struct witness {
    struct match *match;
    struct match_streets streets;
    struct witness_account account;

    struct match_fix believed; /* the newest */
    bool has_believed;
    struct match_fix held[HELD_MAX];
    int32_t held_count;

    struct match_fix steps[STEPS_MAX]; /* believed ones, STEP_US apart */
    int32_t step_count;
    struct buf gone;                                 /* of the last WINDOW_US, the newest last */
    struct rides seen_rides, hurries, matched_rides; /* by her fixes, and by the way through them */

    int64_t matched_us; /* up to here fixes have come out of match */
    struct buf seen;    /* placed fixes, from the last one before the first piece that waits */
    struct buf waiting; /* match pieces */
    struct buf told;
};

static const struct span NEVER = { INT64_MIN, INT64_MIN };

struct witness *witness_new(const struct match_streets *streets, int32_t lag)
{
    struct witness *w = calloc(1, sizeof *w);

    if (!w)
        abort();
    w->match = match_new(streets, lag);
    w->streets = *streets;
    w->seen_rides.newest = w->hurries.newest = w->matched_rides.newest = NEVER;
    return w;
}

void witness_free(struct witness *w)
{
    if (!w)
        return;
    match_free(w->match);
    buf_free(&w->gone);
    buf_free(&w->seen_rides.before);
    buf_free(&w->hurries.before);
    buf_free(&w->matched_rides.before);
    buf_free(&w->seen);
    buf_free(&w->waiting);
    buf_free(&w->told);
    free(w);
}

const struct witness_account *witness_sum(const struct witness *w)
{
    return &w->account;
}

static uint32_t span_cm(uint32_t one_cm, uint32_t other_cm)
{
    return one_cm < other_cm ? other_cm - one_cm : one_cm - other_cm;
}

static void drop_front(struct buf *b, size_t bytes)
{
    if (bytes == 0)
        return;
    memmove(b->bytes, b->bytes + bytes, b->size - bytes);
    b->size -= bytes;
}

/* ------------------------------------------------------------------ pace */

static void note_ride(struct rides *r, int64_t from_us, int64_t to_us)
{
    const struct span ride = { from_us - MARGIN_US, to_us + MARGIN_US };

    if (r->newest.to_us != INT64_MIN && ride.from_us <= r->newest.to_us + HALT_US) {
        r->newest.to_us = ride.to_us;
        return;
    }
    if (r->newest.to_us != INT64_MIN)
        buf_put(&r->before, &r->newest, sizeof r->newest);
    r->newest = ride;
}

/* How fast she went from the step `first` to the newest, in the best light: without any one
 * of the steps between, which may have been a jump that nobody noticed. */
static double mps_without(const struct witness *w, int32_t first, int32_t left_out)
{
    const struct match_fix *begin = &w->steps[first + (left_out == first)];
    const struct match_fix *at = begin;
    double gone_m = 0;

    for (const struct match_fix *s = begin + 1; s < w->steps + w->step_count; s++) {
        if (s == w->steps + left_out)
            continue;
        gone_m += point_distance_m(at->at, s->at);
        at = s;
    }
    return at == begin ? 0 : gone_m / ((double)(at->at_us - begin->at_us) / 1e6);
}

static double least_mps(const struct witness *w, int32_t first)
{
    double least = INFINITY;

    for (int32_t i = first; i < w->step_count; i++)
        least = fmin(least, mps_without(w, first, i));
    return least;
}

/* The last of so many steps back, or more, that were so long ago; -1 when there is none. */
static int32_t step_before(const struct witness *w, int32_t steps, int64_t ago_us)
{
    const struct match_fix *last = &w->steps[w->step_count - 1];
    int32_t first = w->step_count - steps;

    while (first > 0 && last->at_us - w->steps[first].at_us < ago_us)
        first--;
    return first;
}

static void weigh_pace(struct witness *w)
{
    const struct match_fix *last = &w->steps[w->step_count - 1];
    const int32_t hurried = step_before(w, HURRY_STEPS, WAY_US);
    const int32_t first = step_before(w, WINDOW_STEPS, WINDOW_US);

    if (hurried >= 0 && least_mps(w, hurried) * 3.6 > HURRY_KMH)
        note_ride(&w->hurries, w->steps[hurried].at_us, last->at_us);
    if (first < 0 || least_mps(w, first) * 3.6 <= WITNESS_KMH)
        return;
    w->account.ridden_m += (int64_t)point_distance_m(last[-1].at, last->at);
    note_ride(&w->seen_rides, w->steps[first].at_us, last->at_us);
}

static void pace(struct witness *w, const struct match_fix *fix)
{
    if (w->step_count > 0 && fix->at_us - w->steps[w->step_count - 1].at_us < STEP_US)
        return;
    if (w->step_count == STEPS_MAX) {
        w->step_count--;
        memmove(w->steps, w->steps + 1, (STEPS_MAX - 1) * sizeof *w->steps);
    }
    w->steps[w->step_count++] = *fix;
    weigh_pace(w);
}

static bool overlaps(struct span s, int64_t from_us, int64_t to_us)
{
    return from_us < s.to_us && to_us > s.from_us;
}

static bool is_in(const struct rides *r, int64_t from_us, int64_t to_us)
{
    const struct span *before = (const struct span *)(const void *)r->before.bytes;

    for (size_t i = 0; i < r->before.size / sizeof *before; i++)
        if (overlaps(before[i], from_us, to_us))
            return true;
    return overlaps(r->newest, from_us, to_us);
}

/* The way through the fixes is as long as she went, and jumps are not on it. */
static void weigh_way(struct witness *w, const struct match_piece *piece)
{
    const struct gone *last =
        w->gone.size > 0 ? (const struct gone *)(const void *)(w->gone.bytes + w->gone.size) - 1
                         : NULL;
    const int64_t before_cm = last && last->run == piece->run ? last->cm : 0;
    const struct gone begin = { piece->from_us, before_cm, piece->run };
    const struct gone end = { piece->to_us, before_cm + span_cm(piece->from_cm, piece->to_cm),
                              piece->run };

    if (last && last->run != piece->run)
        buf_clear(&w->gone);
    if (!last || last->run != piece->run || last->at_us < piece->from_us)
        buf_put(&w->gone, &begin, sizeof begin);
    buf_put(&w->gone, &end, sizeof end);
    const struct gone *gone = (const struct gone *)(const void *)w->gone.bytes;
    size_t first = 0;

    while (first + 1 < w->gone.size / sizeof *gone && gone[first + 1].at_us <= end.at_us - WAY_US)
        first++;
    drop_front(&w->gone, first * sizeof *gone);
    const int64_t took_us = end.at_us - gone->at_us;

    if (took_us >= WAY_US && is_in(&w->hurries, gone->at_us, end.at_us) &&
        (double)(end.cm - gone->cm) * 0.036 > WITNESS_WAY_KMH * ((double)took_us / 1e6))
        note_ride(&w->matched_rides, gone->at_us, end.at_us);
}

static void forget_rides(struct rides *r, int64_t told_us)
{
    const struct span *before = (const struct span *)(const void *)r->before.bytes;
    size_t over = 0;

    while (over < r->before.size / sizeof *before && before[over].to_us <= told_us)
        over++;
    drop_front(&r->before, over * sizeof *before);
}

/* ------------------------------------------------------------------ guard */

static double noise_m(const struct match_fix *fix)
{
    return NOISE_SHARE * (fix->accuracy_m > 0 ? fmin(fix->accuracy_m, BELIEVED_M) : UNKNOWN_M);
}

static bool is_far(const struct match_fix *from, const struct match_fix *to)
{
    const double between_s = (double)(to->at_us - from->at_us) / 1e6;

    return point_distance_m(from->at, to->at) > HURRY_MPS * between_s + noise_m(from) + noise_m(to);
}

static void keep_found(struct witness *w, const struct match_found *found)
{
    for (int32_t i = 0; i < found->place_count; i++) {
        const struct match_place *p = &found->places[i];
        const struct seen seen = { p->at_us, p->spot, p->run };

        if (p->verdict != MATCH_LATE)
            w->matched_us = p->at_us;
        if (p->verdict == MATCH_OUTLIER)
            w->account.jumps++;
        if (p->verdict == MATCH_PLACED && p->spot.segment >= 0)
            buf_put(&w->seen, &seen, sizeof seen);
    }
    for (int32_t i = 0; i < found->piece_count; i++)
        weigh_way(w, &found->pieces[i]);
    buf_put(&w->waiting, found->pieces, (size_t)found->piece_count * sizeof *found->pieces);
}

static void believe(struct witness *w, const struct witness_room *room, const struct match_fix *fix)
{
    struct match_found found;

    w->believed = *fix;
    w->has_believed = true;
    pace(w, fix);
    match_add(w->match, room->hop, fix, &found);
    keep_found(w, &found);
}

/* Whether somebody in a vehicle can have come from the one to the other. */
static bool agrees(const struct match_fix *from, const struct match_fix *to)
{
    const double between_s = (double)(to->at_us - from->at_us) / 1e6;

    return point_distance_m(from->at, to->at) <=
           VEHICLE_MPS * between_s + noise_m(from) + noise_m(to);
}

static void guard(struct witness *w, const struct witness_room *room, const struct match_fix *fix)
{
    if (!w->has_believed || !is_far(&w->believed, fix)) {
        w->account.jumps += w->held_count;
        w->held_count = 0;
        believe(w, room, fix);
        return;
    }
    if (w->held_count > 0 && !agrees(&w->held[w->held_count - 1], fix)) {
        w->account.jumps += w->held_count;
        w->held_count = 0;
    }
    w->held[w->held_count++] = *fix;
    if (w->held_count < HELD_MAX)
        return;
    for (int32_t i = 0; i < HELD_MAX; i++)
        believe(w, room, &w->held[i]);
    w->held_count = 0;
}

/* ------------------------------------------------------------------ telling */

static void tell(struct witness *w, const struct witness_piece *p)
{
    struct witness_piece *last =
        w->told.size > 0 ? (struct witness_piece *)(void *)(w->told.bytes + w->told.size) - 1
                         : NULL;

    w->account.cm[p->basis] += span_cm(p->from_cm, p->to_cm);
    w->account.us[p->basis] += p->to_us - p->from_us;
    if (last && last->edge == p->edge && last->to_cm == p->from_cm && last->basis == p->basis &&
        last->to_us == p->from_us) {
        last->to_cm = p->to_cm;
        last->to_us = p->to_us;
    } else if (p->from_cm != p->to_cm) {
        buf_put(&w->told, p, sizeof *p);
    }
}

/* Where somebody is on a piece at a time. */
static uint32_t place_at(const struct match_piece *p, int64_t at_us)
{
    if (at_us <= p->from_us)
        return p->from_cm;
    if (at_us >= p->to_us)
        return p->to_cm;
    const double share = (double)(at_us - p->from_us) / (double)(p->to_us - p->from_us);

    return (uint32_t)((double)p->from_cm + share * ((double)p->to_cm - p->from_cm) + 0.5);
}

static bool is_only_way(const struct witness *w, const struct witness_room *room,
                        const struct seen *before, const struct seen *after,
                        const struct witness_piece *p)
{
    const struct network *n = w->streets.streets.network;
    const double gap_s = (double)(after->at_us - before->at_us) / 1e6;
    const double straight_m =
        point_distance_m(network_point(n, before->spot), network_point(n, after->spot));
    const double limit_m = fmax(STRIDE_MPS * gap_s, DETOUR * straight_m);
    const struct range_piece piece = { p->edge >> 1, p->from_cm < p->to_cm ? p->from_cm : p->to_cm,
                                       p->from_cm < p->to_cm ? p->to_cm : p->from_cm };

    return before->run == after->run && !bypass_exists(room->bypass, before->spot, after->spot,
                                                       &piece, (uint32_t)(limit_m * 100));
}

/* The part of a piece that was passed between two fixes. */
static void tell_between(struct witness *w, const struct witness_room *room,
                         const struct match_piece *piece, const struct seen *before,
                         const struct seen *after)
{
    struct witness_piece p = { .edge = piece->edge,
                               .from_us =
                                   piece->from_us > before->at_us ? piece->from_us : before->at_us,
                               .to_us = piece->to_us < after->at_us ? piece->to_us : after->at_us };

    if (p.from_us > p.to_us)
        return;
    p.from_cm = place_at(piece, p.from_us);
    p.to_cm = place_at(piece, p.to_us);
    if (is_in(&w->seen_rides, p.from_us, p.to_us) || is_in(&w->matched_rides, p.from_us, p.to_us))
        p.basis = WITNESS_RIDDEN;
    else if (after->at_us - before->at_us <= WITNESS_GAP_S * SECOND_US)
        p.basis = WITNESS_POSITIONS;
    else if (p.from_cm != p.to_cm && is_only_way(w, room, before, after, &p))
        p.basis = WITNESS_ONLY_WAY;
    else
        p.basis = WITNESS_THIN;
    tell(w, &p);
}

static const struct seen *seen_of(const struct witness *w, size_t *count)
{
    *count = w->seen.size / sizeof(struct seen);
    return (const struct seen *)(const void *)w->seen.bytes;
}

static void tell_piece(struct witness *w, const struct witness_room *room,
                       const struct match_piece *piece)
{
    size_t count, i = 0;
    const struct seen *seen = seen_of(w, &count);

    while (i + 1 < count && seen[i + 1].at_us <= piece->from_us)
        i++;
    for (; i + 1 < count && (seen[i].at_us < piece->to_us || seen[i].at_us == piece->from_us); i++)
        tell_between(w, room, piece, &seen[i], &seen[i + 1]);
}

/* Forgets what no piece to come is measured by. */
static void forget(struct witness *w, int64_t told_us)
{
    size_t count, seen = 0;
    const struct seen *all = seen_of(w, &count);

    while (seen + 1 < count && all[seen + 1].at_us <= told_us)
        seen++;
    drop_front(&w->seen, seen * sizeof *all);
    forget_rides(&w->seen_rides, told_us);
    forget_rides(&w->hurries, told_us);
    forget_rides(&w->matched_rides, told_us);
}

static void tell_until(struct witness *w, const struct witness_room *room, int64_t until_us)
{
    const struct match_piece *pieces = (const struct match_piece *)(const void *)w->waiting.bytes;
    const size_t count = w->waiting.size / sizeof *pieces;
    size_t seen_count, told = 0;
    const struct seen *seen = seen_of(w, &seen_count);
    const int64_t newest_us = seen_count > 0 ? seen[seen_count - 1].at_us : INT64_MIN;

    for (; told < count && pieces[told].to_us <= until_us && pieces[told].to_us <= newest_us;
         told++)
        tell_piece(w, room, &pieces[told]);
    if (told == 0)
        return;
    forget(w, pieces[told - 1].to_us);
    drop_front(&w->waiting, told * sizeof *pieces);
}

static void give(const struct witness *w, struct witness_told *out)
{
    out->pieces = (const struct witness_piece *)(const void *)w->told.bytes;
    out->count = (int32_t)(w->told.size / sizeof *out->pieces);
}

void witness_add(struct witness *w, const struct witness_room *room, const struct match_fix *fix,
                 struct witness_told *out)
{
    buf_clear(&w->told);
    w->account.fixes++;
    guard(w, room, fix);
    tell_until(w, room, w->matched_us - MARGIN_US - WINDOW_US);
    give(w, out);
}

void witness_end(struct witness *w, const struct witness_room *room, struct witness_told *out)
{
    struct match_found found;

    buf_clear(&w->told);
    w->account.jumps += w->held_count;
    w->held_count = 0;
    match_end(w->match, room->hop, &found);
    keep_found(w, &found);
    tell_until(w, room, INT64_MAX);
    buf_clear(&w->waiting);
    buf_clear(&w->seen);
    buf_clear(&w->gone);
    buf_clear(&w->seen_rides.before);
    buf_clear(&w->hurries.before);
    buf_clear(&w->matched_rides.before);
    w->has_believed = false;
    w->step_count = 0;
    w->seen_rides.newest = w->hurries.newest = w->matched_rides.newest = NEVER;
    w->matched_us = 0;
    give(w, out);
}

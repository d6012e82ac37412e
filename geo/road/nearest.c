/* Which of the two ways takes less is estimated from how many people probably pass and
 * how many states there are for each of them. The figures are nanoseconds as measured on
 * Porto and on the shape of New York; they need only be right to one another, and not
 * very: where the two ways cost alike it does not matter which is taken. */
#include "geo/road/nearest.h"

#include <assert.h>
#include <stdio.h>

#include "geo/road/aim.h"
#include "geo/road/place.h"
#include "geo/road/podium.h"
#include "geo/road/wave.h"

enum {
    SETTLE_NS = 120,      /* a state of the wave */
    LIST_NS = 70,         /* somebody listed and found too far */
    LIST_STALE_NS = 3000, /* the same without labels */
    AIM_NS = 3000,        /* before the first of them */
    SLOTS = 2048,         /* that are listed at a time */
};

struct nearest_room {
    struct arena *arena;
    struct wave_room wave;
    struct aim_room aim;
    int32_t slots[SLOTS];
};

struct nearest_room *nearest_room_new(void)
{
    struct arena *a = arena_new();
    struct nearest_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    return room;
}

void nearest_room_free(struct nearest_room *room)
{
    if (!room)
        return;
    wave_room_free(&room->wave);
    aim_room_free(&room->aim);
    arena_free(room->arena);
}

bool nearest_has(const struct nearest_ids *in, int64_t id)
{
    int32_t low = 0;

    for (int32_t high = in->count; low < high;) {
        const int32_t middle = low + (high - low) / 2;

        if (in->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < in->count && in->ids[low] == id;
}

struct search {
    const struct roads *roads;
    const struct crowd *crowd;
    const struct nearest_wish *wish;
    const struct spot *spots;
    struct nearest_room *room;
    struct arena *arena;
    struct crowd_filter filter;
    uint32_t modes; /* of which anybody may pass */
    double passing; /* how many that probably are */
    struct podium podium;
    struct nearest_answer *out;
};

/* ------------------------------------------------------------------ before either way */

/* How many of a mode probably pass: those who are asked for are as any others. */
static double expect(const struct search *s, enum mode mode)
{
    const double passing = crowd_expect(s->crowd, &s->filter, mode);
    const struct nearest_ids *only = s->wish->only;

    if (!only || only->count >= crowd_count(s->crowd))
        return passing;
    return passing * only->count / crowd_count(s->crowd);
}

static bool is_in(const struct search *s, enum mode mode)
{
    return s->modes & 1u << mode;
}

static uint32_t apart(uint32_t one_cm, uint32_t other_cm)
{
    return one_cm < other_cm ? other_cm - one_cm : one_cm - other_cm;
}

/* Everyone on the place's own segment who need not leave it. */
static void offer_neighbours(struct search *s, enum mode mode)
{
    const struct network *n = roads_network(s->roads);
    const struct crowd_view view = crowd_view(s->crowd);
    const struct spot place = s->spots[mode];
    const struct crowd_stands on = crowd_on(&view, place.segment);

    for (int32_t i = 0; i < on.count; i++) {
        const struct crowd_stand *one = &on.stands[i];
        const struct spot spot = { place.segment, one->along_cm };

        if (one->mode == mode && crowd_passes(&s->filter, one))
            podium_offer(&s->podium, (int32_t)one->slot, place_direct(n, mode, spot, place, NULL),
                         apart(spot.along_cm, place.along_cm));
    }
}

/* What is known of the place's segment is in as many places, fetched at once. */
static void fetch(const struct search *s, enum mode mode)
{
    const struct network *n = roads_network(s->roads);
    const struct graph *g = roads_base(s->roads)->graph;
    const struct crowd_view view = crowd_view(s->crowd);
    const int32_t segment = s->spots[mode].segment;

    __builtin_prefetch(&view.segments[segment]);
    __builtin_prefetch(&n->length_cm[segment]);
    __builtin_prefetch(&n->from[segment]);
    __builtin_prefetch(&n->to[segment]);
    __builtin_prefetch(&n->cost_ms[mode][2 * segment]);
    __builtin_prefetch(&g->first_arc[2 * segment]);
}

static void look_around(struct search *s)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (s->wish->modes & 1u << mode)
            fetch(s, mode);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        const double passing = (s->wish->modes & 1u << mode) ? expect(s, mode) : 0;

        if (passing <= 0)
            continue;
        s->modes |= 1u << mode;
        s->passing += passing;
        offer_neighbours(s, mode);
    }
}

/* ------------------------------------------------------------------ the two ways */

/* People of a mode in the slots of the room, up to SLOTS; 0 after the last. *from starts
 * at 0. */
static int32_t list(const struct search *s, enum mode mode, int32_t *from)
{
    const struct nearest_ids *only = s->wish->only;
    struct crowd_person p;
    int32_t count = 0;

    if (!only)
        return crowd_sift(s->crowd, &s->filter, mode, from, s->room->slots, SLOTS);
    for (; *from < only->count && count < SLOTS; (*from)++) {
        const int32_t slot = crowd_find(s->crowd, only->ids[*from]);

        if (slot < 0)
            continue;
        crowd_at(s->crowd, slot, &p);
        const struct crowd_stand stand = { .skills = p.skills,
                                           .available = p.available,
                                           .groups = p.groups };

        if (p.mode == mode && crowd_passes(&s->filter, &stand))
            s->room->slots[count++] = slot;
    }
    return count;
}

/* Weighs everyone who passes. False when there are more than `most`: then the podium has
 * the best of some of them. */
static bool aim_at(struct search *s, double most)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        int32_t from = 0, count;
        struct aim *aim;

        if (!is_in(s, mode))
            continue;
        aim = aim_take(s->roads, mode, s->spots[mode], &s->room->aim, s->arena);
        while ((count = list(s, mode, &from)) > 0) {
            s->out->listed += count;
            if (s->out->listed > most)
                return false;
            aim_offer(aim, s->room->slots, count, &s->podium);
        }
    }
    return true;
}

static void seed(const struct search *s, struct wave *w, enum mode mode)
{
    const struct roads_base *base = roads_base(s->roads);
    struct place_door doors[PLACE_IN_MAX];
    const struct network *n = roads_network(s->roads);
    const struct spot spot = s->spots[mode];
    const int32_t count = place_in(n, base->graph, mode, spot, doors);

    for (int32_t i = 0; i < count; i++) {
        const bool is_back = doors[i].edge & 1;
        const uint32_t begin_cm = is_back ? n->length_cm[spot.segment] : 0;
        const bool is_there = doors[i].edge == PLACE_NO_EDGE;

        wave_seed(w, mode, base->hierarchy->rank_of[doors[i].state], doors[i].cost_ms,
                  is_there ? 0 : apart(begin_cm, spot.along_cm));
    }
}

static bool wave_from(struct search *s, int64_t settle_max)
{
    struct wave w;

    wave_start(&w, s->roads, &s->filter, &s->podium, &s->room->wave);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (is_in(s, mode))
            seed(s, &w, mode);
    const bool is_right = wave_run(&w, settle_max);

    s->out->settled += w.settled;
    return is_right;
}

/* One way, then the other if that was not enough; false when the effort that is allowed is
 * not enough for one of them. */
static bool search_by(struct search *s, enum nearest_way way, double wave_ns, double aim_ns)
{
    const double most_ns = s->wish->effort_most * 1e3;
    const bool is_bounded = most_ns > 0;

    if (is_bounded && (way == NEAREST_LIST ? aim_ns : wave_ns) > most_ns)
        return false;
    if (way == NEAREST_LIST) {
        const double people = s->wish->way ? CROWD_PEOPLE_MAX : 4 * s->passing + SLOTS;

        return aim_at(s, people) || (!is_bounded && wave_from(s, INT64_MAX));
    }
    const double states = (is_bounded ? most_ns : wave_ns + aim_ns) / SETTLE_NS;

    return wave_from(s, s->wish->way ? INT64_MAX : (int64_t)states) ||
           (!is_bounded && aim_at(s, CROWD_PEOPLE_MAX));
}

static void find(struct search *s)
{
    const double states =
        (double)roads_base(s->roads)->graph->state_count * __builtin_popcount(s->modes);
    bool is_fresh = true;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        is_fresh &= !is_in(s, mode) || roads_labels(s->roads, mode);
    const double settled = states * s->wish->k / (s->passing + s->wish->k) + 1;
    const double wave_ns = settled * SETTLE_NS;
    const double aim_ns = AIM_NS + s->passing * (is_fresh ? LIST_NS : LIST_STALE_NS);
    const enum nearest_way way = s->wish->way       ? s->wish->way
                                 : wave_ns > aim_ns ? NEAREST_LIST
                                                    : NEAREST_WAVE;

    s->out->gave_up = !search_by(s, way, wave_ns, aim_ns);
}

void nearest_at(const struct roads *r, const struct crowd *c, const struct nearest_wish *wish,
                const struct spot spots[MODE_COUNT], struct nearest_room *room, struct arena *a,
                struct nearest_answer *out)
{
    struct nearest_answer answer = { 0 };
    struct search s = { .roads = r,
                        .crowd = c,
                        .wish = wish,
                        .spots = spots,
                        .room = room,
                        .arena = a,
                        .filter = { wish->skills_all, wish->groups_any, wish->unavailable },
                        .out = &answer };

    assert(wish->k >= 1 && wish->k <= NEAREST_K_MAX && wish->modes < 1u << MODE_COUNT);
    podium_start(&s.podium, c, wish, a);
    look_around(&s);
    if (s.modes)
        find(&s);
    answer.count = s.podium.count;
    answer.hits = arena_take(a, (size_t)answer.count + 1, sizeof *answer.hits);
    for (int32_t i = 0; i < answer.count; i++) {
        struct nearest_hit *hit = &answer.hits[i];

        crowd_at(c, s.podium.slots[i], &hit->person);
        hit->delay_ms = s.podium.delay_ms[i];
        hit->cost_ms = s.podium.late_ms[i] - hit->delay_ms;
        hit->length_cm = wish->measures ? s.podium.length_cm[i] : NEAREST_UNMEASURED;
        hit->place = spots[hit->person.mode];
    }
    *out = answer;
}

/* ------------------------------------------------------------------ where the place is */

static bool fail_no_street(uint32_t modes, struct point p, struct fail *f)
{
    char words[64] = "", place[POINT_TEXT_SIZE];
    size_t size = 0;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (modes & 1u << mode)
            size += (size_t)snprintf(words + size, sizeof words - size, "%s%s",
                                     size > 0 ? " or " : "", network_mode_word(mode));
    point_write(p, place);
    fail_set(f, FAIL_INPUT, NO_STREET_NEAR, "no street for %s within %d m of %s (wgs84)", words,
             SNAP_REACH_M, place);
    fail_allowed(f, "a place at most %d m from a street that one of the modes may use",
                 SNAP_REACH_M);
    return fail_value(f, place);
}

bool nearest_find(const struct roads *r, const struct snap_index *index, const struct crowd *c,
                  const struct nearest_wish *wish, struct nearest_room *room, struct arena *a,
                  struct nearest_answer *out, struct fail *f)
{
    const uint32_t modes = wish->modes ? wish->modes : (1u << MODE_COUNT) - 1;
    struct nearest_wish near = *wish;
    struct spot spots[MODE_COUNT] = { 0 };

    near.modes = 0;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct snap snap;

        if (!(modes & 1u << mode) || !snap_to(index, mode, wish->place, &snap, f))
            continue;
        spots[mode] = snap.spot;
        near.modes |= 1u << mode;
    }
    if (!near.modes)
        return fail_no_street(modes, wish->place, f);
    nearest_at(r, c, &near, spots, room, a, out);
    return true;
}

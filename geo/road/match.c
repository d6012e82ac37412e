/* What is decided about single fixes (late, too near, impossible), and how decided steps
 * become places and pieces. Which ways are likely is lattice's. */
#include "geo/road/match.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "geo/plane.h"
#include "geo/road/group.h"
#include "geo/road/lattice.h"
#include "geo/road/surety.h"

/* A group whose middle is within STAY_SIGMAS of the step before says no more than that she
 * was still there. */
static const double STAY_SIGMAS = 2;
static const int64_t SILENCE_US = 180 * INT64_C(1000000); /* a longer one ends the run */

enum {
    AROUND_CM = 5000,
    HELD_MAX = 3,                /* groups in a row that do not fit: the way broke */
    NOTES_A_LAG = 4 * GROUP_MAX, /* fixes that may wait to be told, for each step */
};

/* A fix that was told to us and is not told back yet. */
struct note {
    struct match_fix fix;
    enum match_verdict verdict;
};

struct match {
    struct arena *arena;
    struct match_streets streets;
    int32_t lag;
    int32_t run;
    struct lattice lattice;
    bool is_told;       /* the first step of the lattice */
    int64_t newest_us;  /* of the fixes; -1 before the first */
    int64_t fitting_us; /* of those that fitted */
    struct buf notes;   /* of all fixes after the last one told */
    struct group group; /* the open one; empty when there is none */
    struct group held[HELD_MAX];
    int32_t held_count;
    double told_confidence; /* of the first step, when it is told */
    struct buf arcs, places, pieces, trace;
};

const char *match_word(enum match_verdict verdict)
{
    static const char *const words[MATCH_VERDICTS] = { "placed", "outlier", "off_road", "late" };

    return words[verdict];
}

struct match *match_new(const struct match_streets *streets, int32_t lag)
{
    struct arena *a = arena_new();
    struct match *m = arena_take(a, 1, sizeof *m);

    assert(lag >= 1 && lag <= MATCH_LAG_MAX);
    m->arena = a;
    m->streets = *streets;
    m->lag = lag;
    m->newest_us = -1;
    return m;
}

void match_free(struct match *m)
{
    if (!m)
        return;
    lattice_free(&m->lattice);
    buf_free(&m->notes);
    buf_free(&m->arcs);
    buf_free(&m->places);
    buf_free(&m->pieces);
    buf_free(&m->trace);
    arena_free(m->arena);
}

/* ------------------------------------------------------------------ pieces */

static uint32_t along(const struct match *m, int32_t edge, uint32_t gone_cm)
{
    const uint32_t length_cm = m->streets.streets.network->length_cm[edge >> 1];

    return edge & 1 ? length_cm - gone_cm : gone_cm;
}

static uint32_t piece_cm(const struct match_piece *p)
{
    return p->from_cm > p->to_cm ? p->from_cm - p->to_cm : p->to_cm - p->from_cm;
}

static void add_piece(struct match *m, int32_t edge, uint32_t from_gone_cm, uint32_t to_gone_cm)
{
    const struct match_piece piece = { .edge = edge,
                                       .from_cm = along(m, edge, from_gone_cm),
                                       .to_cm = along(m, edge, to_gone_cm),
                                       .run = m->run };

    if (from_gone_cm < to_gone_cm)
        buf_put(&m->pieces, &piece, sizeof piece);
}

/* On one street: forward, or there and back in whichever order. */
static void add_turn(struct match *m, int32_t edge, uint32_t from_cm, uint32_t to_cm)
{
    const uint32_t length_cm = m->streets.streets.network->length_cm[edge >> 1];
    const uint32_t from_gone = edge & 1 ? length_cm - from_cm : from_cm;
    const uint32_t to_gone = edge & 1 ? length_cm - to_cm : to_cm;

    if (to_gone > from_gone)
        add_piece(m, edge, from_gone, to_gone);
    else
        add_piece(m, edge ^ 1, length_cm - from_gone, length_cm - to_gone);
}

static void add_hop(struct match *m, struct hop_room *room, int32_t step, int32_t node)
{
    const struct hop_streets *s = &m->streets.streets;
    int32_t count;
    const struct lattice_node *to = &lattice_nodes(&m->lattice, step, &count)[node];
    const struct lattice_node *from = &lattice_nodes(&m->lattice, step - 1, &count)[to->prev];
    const int32_t edge = s->graph->edge[from->place.arc];
    const int32_t last = s->graph->edge[to->place.arc];

    if (to->turned) {
        add_turn(m, edge, lattice_spot(s, from->place).along_cm,
                 lattice_spot(s, to->place).along_cm);
        return;
    }
    if (from->place.arc == to->place.arc && from->place.gone_cm <= to->place.gone_cm) {
        add_piece(m, edge, from->place.gone_cm, to->place.gone_cm);
        return;
    }
    buf_clear(&m->arcs);
    lattice_way(&m->lattice, room, &m->streets, step, node, &m->arcs);
    add_piece(m, edge, from->place.gone_cm, s->network->length_cm[edge >> 1]);
    for (size_t i = 0; i < m->arcs.size / sizeof(int32_t); i++) {
        const int32_t between = s->graph->edge[((int32_t *)(void *)m->arcs.bytes)[i]];

        add_piece(m, between, 0, s->network->length_cm[between >> 1]);
    }
    add_piece(m, last, 0, to->place.gone_cm);
}

static struct match_piece *pieces_from(const struct match *m, size_t begin, int32_t *count)
{
    *count = (int32_t)((m->pieces.size - begin) / sizeof(struct match_piece));
    return (struct match_piece *)(void *)(m->pieces.bytes + begin);
}

/* Times by length, and how sure. */
static void date_pieces(struct match_piece *pieces, int32_t count, int64_t from_us, int64_t to_us,
                        double confidence)
{
    int64_t all_cm = 0, gone_cm = 0;

    for (int32_t i = 0; i < count; i++)
        all_cm += piece_cm(&pieces[i]);
    for (int32_t i = 0; i < count; i++) {
        pieces[i].from_us =
            from_us + (int64_t)((double)(to_us - from_us) * (double)gone_cm / (double)all_cm);
        gone_cm += piece_cm(&pieces[i]);
        pieces[i].to_us =
            from_us + (int64_t)((double)(to_us - from_us) * (double)gone_cm / (double)all_cm);
        pieces[i].confidence = confidence;
    }
}

/* ------------------------------------------------------------------ places */

/* The nearest of a piece to a point. */
struct near {
    struct spot spot;
    int32_t edge;
    double off_m;
};

/* Of the leg from `begin_cm` to `end_cm` along its segment, what is within the piece. */
static void look_at_leg(const struct plane *plane, const struct point_e7 *shape, double begin_cm,
                        double end_cm, const struct match_piece *p, struct near *near)
{
    const struct plane_place a = plane_put(plane, point_from_e7(shape[0]));
    const struct plane_place b = plane_put(plane, point_from_e7(shape[1]));
    const double low = fmin(p->from_cm, p->to_cm), high = fmax(p->from_cm, p->to_cm);
    const double dx = b.x - a.x, dy = b.y - a.y;
    const double square = dx * dx + dy * dy;

    if (end_cm < low || begin_cm > high || end_cm <= begin_cm)
        return;
    const double share = square > 0 ? -(a.x * dx + a.y * dy) / square : 0;
    const double least = fmax(0, (low - begin_cm) / (end_cm - begin_cm));
    const double most = fmin(1, (high - begin_cm) / (end_cm - begin_cm));
    const double at = fmin(fmax(share, least), most);
    const double off_m = hypot(a.x + at * dx, a.y + at * dy);

    if (off_m >= near->off_m)
        return;
    *near = (struct near){ .edge = p->edge, .off_m = off_m };
    near->spot.segment = p->edge >> 1;
    near->spot.along_cm = (uint32_t)(begin_cm + at * (end_cm - begin_cm) + 0.5);
    near->spot.along_cm = (uint32_t)fmin(fmax(near->spot.along_cm, low), high);
}

static void look_at_piece(const struct network *n, const struct plane *plane,
                          const struct match_piece *p, struct near *near)
{
    const int32_t segment = p->edge >> 1;
    const struct point_e7 *shape = n->shape + n->first_shape[segment];
    const int32_t legs = n->first_shape[segment + 1] - n->first_shape[segment] - 1;
    double total_m = 0, gone_m = 0;

    for (int32_t i = 0; i < legs; i++)
        total_m += network_leg_m(shape[i], shape[i + 1]);
    for (int32_t i = 0; i < legs && total_m > 0; i++) {
        const double leg_m = network_leg_m(shape[i], shape[i + 1]);
        const double scale = n->length_cm[segment] / total_m;

        look_at_leg(plane, shape + i, gone_m * scale, (gone_m + leg_m) * scale, p, near);
        gone_m += leg_m;
    }
}

static struct note *note_at(const struct match *m, int32_t i)
{
    return (struct note *)(void *)m->notes.bytes + i;
}

static int32_t note_count(const struct match *m)
{
    return (int32_t)(m->notes.size / sizeof(struct note));
}

static void tell(struct match *m, const struct note *note, const struct near *near,
                 double confidence)
{
    struct match_place place = { .at_us = note->fix.at_us,
                                 .verdict = note->verdict,
                                 .run = m->run,
                                 .spot = { .segment = -1 },
                                 .edge = -1 };

    if (near) {
        place.spot = near->spot;
        place.edge = near->edge;
        place.off_m = near->off_m;
        place.confidence = confidence;
    }
    buf_put(&m->places, &place, sizeof place);
}

/* The street around where she stood at a step, as if it were a piece: the fixes that the
 * step stands for lie on both sides of it. */
static struct match_piece around(const struct network *n, const struct near *at)
{
    const uint32_t length_cm = n->length_cm[at->spot.segment];
    const uint32_t along_cm = at->spot.along_cm;

    return (struct match_piece){
        .edge = at->edge,
        .from_cm = along_cm > AROUND_CM ? along_cm - AROUND_CM : 0,
        .to_cm = length_cm - along_cm > AROUND_CM ? along_cm + AROUND_CM : length_cm,
    };
}

/* Tells one fix: on the pieces that were passed then, or near where she stood. */
static void tell_note(struct match *m, const struct note *note, const struct near *at,
                      const struct match_piece *pieces, int32_t piece_count, double confidence)
{
    const struct network *n = m->streets.streets.network;
    const struct match_piece here = around(n, at);
    const struct plane plane = plane_at(note->fix.at);
    struct near near = *at;

    if (note->verdict != MATCH_PLACED) {
        tell(m, note, NULL, 0);
        return;
    }
    near.off_m = point_distance_m(note->fix.at, network_point(n, at->spot));
    look_at_piece(n, &plane, &here, &near);
    for (int32_t i = 0; i < piece_count; i++)
        look_at_piece(n, &plane, &pieces[i], &near);
    tell(m, note, &near, confidence);
}

static void forget_notes(struct match *m, int32_t count)
{
    const size_t bytes = (size_t)count * sizeof(struct note);

    if (bytes == 0)
        return;
    m->notes.size -= bytes;
    memmove(m->notes.bytes, m->notes.bytes + bytes, m->notes.size);
}

/* Tells the fixes up to a moment. A late one comes with those it came with. */
static void tell_until(struct match *m, int64_t until_us, const struct near *at, double confidence,
                       size_t pieces_begin)
{
    int32_t told = 0, piece_count;
    const struct match_piece *pieces = pieces_from(m, pieces_begin, &piece_count);

    for (; told < note_count(m); told++) {
        const struct note *note = note_at(m, told);

        if (note->verdict != MATCH_LATE && note->fix.at_us > until_us)
            break;
        tell_note(m, note, at, pieces, piece_count, confidence);
    }
    forget_notes(m, told);
}

/* ------------------------------------------------------------------ telling steps */

static struct near stands(const struct match *m, int32_t step, int32_t node)
{
    int32_t count;
    const struct lattice_node *at = &lattice_nodes(&m->lattice, step, &count)[node];

    return (struct near){ .spot = lattice_spot(&m->streets.streets, at->place),
                          .edge = m->streets.streets.graph->edge[at->place.arc] };
}

static void tell_step(struct match *m, struct hop_room *room, int32_t step, int32_t node,
                      double confidence)
{
    const struct match_fix *fix = lattice_fix(&m->lattice, step);
    const struct near at = stands(m, step, node);
    const size_t begin = m->pieces.size;
    int32_t count;

    if (step > 0) {
        add_hop(m, room, step, node);
        struct match_piece *pieces = pieces_from(m, begin, &count);

        date_pieces(pieces, count, lattice_left_us(&m->lattice, step), fix->at_us,
                    fmin(confidence, m->told_confidence));
    }
    tell_until(m, fix->at_us, &at, confidence, begin);
    m->told_confidence = confidence;
}

/* Tells all steps up to one whose place is known, and forgets those before it. */
static void tell_steps(struct match *m, struct hop_room *room, int32_t step, int32_t node)
{
    const struct hop_streets *s = &m->streets.streets;

    buf_clear(&m->trace);
    int32_t *nodes = (void *)buf_reserve(&m->trace, (size_t)(step + 1) * sizeof *nodes);

    lattice_trace(&m->lattice, step, node, nodes);
    surety_weigh(&m->lattice);
    for (int32_t i = m->is_told ? 1 : 0; i <= step; i++)
        tell_step(m, room, i, nodes[i], surety_share(&m->lattice, s, i, nodes[i]));
    m->is_told = true;
    lattice_settle(&m->lattice, step, node);
    lattice_drop(&m->lattice, step);
}

/* Tells the fixes after the last step, where that was. */
static void tell_rest(struct match *m, int64_t until_us)
{
    const struct near at = stands(m, 0, lattice_best(&m->lattice, 0));

    tell_until(m, until_us, &at, m->told_confidence, m->pieces.size);
}

static void tell_all(struct match *m, struct hop_room *room, int64_t until_us)
{
    const int32_t last = lattice_count(&m->lattice) - 1;

    if (last > 0 || !m->is_told)
        tell_steps(m, room, last, lattice_best(&m->lattice, last));
    tell_rest(m, until_us);
}

static void tell_unplaced(struct match *m)
{
    for (int32_t i = 0; i < note_count(m); i++)
        tell(m, note_at(m, i), NULL, 0);
    buf_clear(&m->notes);
}

/* What is decided, or waits for too long. */
static void tell_decided(struct match *m, struct hop_room *room)
{
    const int32_t last = lattice_count(&m->lattice) - 1;
    int32_t step = lattice_decided(&m->lattice);

    if (last - m->lag > step)
        step = last - m->lag;
    if (last >= 0 && step > (m->is_told ? 0 : -1))
        tell_steps(m, room, step, lattice_best(&m->lattice, step));
    if (last >= 0 && note_count(m) > NOTES_A_LAG * m->lag)
        tell_all(m, room, m->fitting_us);
    if (last < 0 && m->group.count == 0 && m->held_count == 0)
        tell_unplaced(m);
}

/* The run is over: whatever is likeliest by now. The fixes from `next_us` on are another's. */
static void end_run(struct match *m, struct hop_room *room, int64_t next_us)
{
    if (lattice_count(&m->lattice) == 0)
        return;
    tell_all(m, room, next_us - 1);
    lattice_clear(&m->lattice);
    m->is_told = false;
    m->run++;
}

/* ------------------------------------------------------------------ groups */

static void take_note(struct match *m, const struct match_fix *fix, enum match_verdict verdict)
{
    const struct note note = { *fix, verdict };

    buf_put(&m->notes, &note, sizeof note);
}

/* The fixes of a group turned out to be something else. */
static void judge(struct match *m, const struct group *g, enum match_verdict verdict)
{
    for (int32_t i = note_count(m) - 1; i >= 0; i--) {
        struct note *note = note_at(m, i);

        if (note->verdict == MATCH_PLACED && note->fix.at_us >= g->first.at_us &&
            note->fix.at_us <= g->last_us)
            note->verdict = verdict;
    }
}

/* What did not fit, and what came after it does. */
static void let_go(struct match *m)
{
    for (int32_t i = 0; i < m->held_count; i++)
        judge(m, &m->held[i], MATCH_OUTLIER);
    m->held_count = 0;
}

/* Whatever comes from `next_us` on has nothing to do with what was before. */
static void begin_anew(struct match *m, struct hop_room *room, int64_t next_us)
{
    let_go(m);
    end_run(m, room, next_us);
}

/* A way begins at the first fix of its first group and ends at the last of its last;
 * otherwise a group stands for its middle. */
static struct match_fix fix_of(const struct match *m, const struct group *g, bool is_last)
{
    if (lattice_count(&m->lattice) == 0)
        return group_at(g, g->first.at_us);
    return group_at(g, is_last ? g->last_us : group_middle_us(g));
}

/* Whether the group could be what comes next. */
static bool fits(struct match *m, struct hop_room *room, const struct group *g, bool is_last)
{
    if (g->first.at_us - m->fitting_us > SILENCE_US)
        begin_anew(m, room, g->first.at_us);
    const struct match_fix fix = fix_of(m, g, is_last);

    const int32_t last = lattice_count(&m->lattice) - 1;
    const struct match_fix *before = last >= 0 ? lattice_fix(&m->lattice, last) : NULL;
    const double far_m = before ? point_distance_m(before->at, fix.at) : 0;
    enum lattice_step taken = LATTICE_TAKEN;

    if (before && far_m * 100 > lattice_limit_cm(m->streets.streets.mode, before, &fix))
        return false;
    if (before && !is_last && far_m < STAY_SIGMAS * lattice_sigma_m(&fix))
        lattice_stay(&m->lattice, g->last_us);
    else
        taken = lattice_add(&m->lattice, room, &m->streets, &fix);
    if (taken == LATTICE_NO_WAY)
        return false;
    let_go(m);
    if (taken == LATTICE_NO_STREET)
        judge(m, g, MATCH_OFF_ROAD);
    else
        m->fitting_us = g->last_us;
    return true;
}

/* The way broke: what was held begins a new one, which breaks again where it must. */
static void begin_again(struct match *m, struct hop_room *room)
{
    const int32_t count = m->held_count;
    struct group held[HELD_MAX];

    memcpy(held, m->held, sizeof held);
    m->held_count = 0;
    end_run(m, room, held[0].first.at_us);
    for (int32_t i = 0; i < count; i++) {
        if (fits(m, room, &held[i], false))
            continue;
        end_run(m, room, held[i].first.at_us);
        fits(m, room, &held[i], false); /* nothing is before it that it could not fit */
    }
}

/* No more fixes go into the open group; the way may be over with it. */
static void close_group(struct match *m, struct hop_room *room, bool is_last)
{
    const struct group g = m->group;

    m->group = (struct group){ 0 };
    if (g.count == 0 || fits(m, room, &g, is_last))
        return;
    m->held[m->held_count++] = g;
    if (m->held_count == HELD_MAX)
        begin_again(m, room);
}

/* ------------------------------------------------------------------ fixes */

static void begin_call(struct match *m)
{
    buf_clear(&m->places);
    buf_clear(&m->pieces);
}

static void end_call(const struct match *m, struct match_found *out)
{
    *out = (struct match_found){
        .places = (const struct match_place *)(const void *)m->places.bytes,
        .place_count = (int32_t)(m->places.size / sizeof(struct match_place)),
        .pieces = (const struct match_piece *)(const void *)m->pieces.bytes,
        .piece_count = (int32_t)(m->pieces.size / sizeof(struct match_piece)),
    };
}

void match_add(struct match *m, struct hop_room *room, const struct match_fix *fix,
               struct match_found *out)
{
    begin_call(m);
    if (fix->at_us <= m->newest_us) {
        take_note(m, fix, MATCH_LATE);
    } else {
        if (!group_takes(&m->group, fix))
            close_group(m, room, fix->at_us - m->group.last_us > SILENCE_US);
        m->newest_us = fix->at_us;
        take_note(m, fix, MATCH_PLACED);
        group_add(&m->group, fix);
    }
    tell_decided(m, room);
    end_call(m, out);
}

void match_end(struct match *m, struct hop_room *room, struct match_found *out)
{
    begin_call(m);
    close_group(m, room, true);
    begin_anew(m, room, INT64_MAX);
    tell_decided(m, room);
    end_call(m, out);
}

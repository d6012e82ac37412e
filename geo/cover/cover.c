/* A change in one layer is met stretch by stretch: what a stretch was is what the layers say
 * now with that layer put back, and where the state differs, its length goes from one sum to
 * the other. So a source that comes where there are enough already costs a look and no more,
 * and whatever the order of the changes, the sums are those of whole numbers. */
#include "geo/cover/cover.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/cover/keys.h"
#include "geo/cover/walk.h"

const char *const COVER_CLASS_WORDS[COVER_CLASS_COUNT] = {
    [COVER_DARK] = "dark",
    [COVER_UNWATCHED] = "unwatched",
    [COVER_UNREACHABLE] = "unreachable",
    [COVER_THIN] = "thin",
};

const char *cover_class_word(enum cover_class class)
{
    assert(class < COVER_CLASS_COUNT);
    return COVER_CLASS_WORDS[class];
}

enum { ALL_PATROLS = 1 }; /* that are told: one source, so that they are no more than one */

struct cover {
    const struct network *network;
    const struct plots *plots;
    struct walk_layers layers;
    struct cover_sums *lots; /* in the arena */
    struct arena *arena;
    struct buf steps;   /* struct sheet_step, scratch */
    struct buf touched; /* struct range_piece: while something is tried, what has changed */
    bool is_trying;
};

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

bool cover_next(const struct cover *c, int32_t segment, struct cover_cursor *cursor,
                struct cover_stretch *out)
{
    struct walk w;

    if (!walk_start(&w, &c->layers, segment, cursor->at_cm))
        return false;
    *out = walk_told(&w, UINT32_MAX);
    cursor->at_cm = out->to_cm;
    return true;
}

/* ------------------------------------------------------------------ what covers */

struct cover *cover_new(const struct cover_wish *wish)
{
    struct arena *a = arena_new();
    struct cover *c = arena_take(a, 1, sizeof *c);
    const struct network *n = wish->visits.network;
    const struct plots *p = wish->plots;
    uint32_t from_cm = 0;

    assert(wish->reach_k > 0 && p->segment_count == n->segment_count);
    *c = (struct cover){ .network = n,
                         .plots = p,
                         .layers = { .plots = p,
                                     .lookouts = sheet_new(n),
                                     .people = sheet_new(n),
                                     .visits = wish->is_moment ? NULL : visits_new(&wish->visits),
                                     .patrols = wish->is_moment ? sheet_new(n) : NULL,
                                     .reach_k = wish->reach_k },
                         .lots = arena_take(a, (size_t)p->lot_count, sizeof *c->lots),
                         .arena = a };
    for (int32_t s = 0; s < p->segment_count; s++, from_cm = 0)
        for (int32_t i = p->first[s]; i < p->first[s + 1]; i++) {
            struct cover_sums *sums = &c->lots[p->plots[i].lot];
            const int64_t length_cm = p->plots[i].to_cm - from_cm;

            sums->length_cm[0] += length_cm;
            sums->weight[0] += length_cm * p->plots[i].weight;
            from_cm = p->plots[i].to_cm;
        }
    return c;
}

void cover_free(struct cover *c)
{
    if (!c)
        return;
    sheet_free(c->layers.lookouts);
    sheet_free(c->layers.people);
    sheet_free(c->layers.patrols);
    visits_free(c->layers.visits);
    buf_free(&c->steps);
    buf_free(&c->touched);
    arena_free(c->arena);
}

size_t cover_bytes(const struct cover *c)
{
    const struct walk_layers *l = &c->layers;

    return arena_used(c->arena) + sheet_bytes(l->lookouts) + sheet_bytes(l->people) +
           (l->visits ? visits_bytes(l->visits) : sheet_bytes(l->patrols)) + c->steps.room;
}

/* By how much the layers of a piece are more than they were; the walk sees what is now. */
struct shift {
    int32_t lookouts, people;
    bool patrols; /* what was patrolled is not, or the other way round */
};

static void move_sums(struct cover *c, const struct range_piece *piece, struct shift by)
{
    struct walk w;
    struct cover_stretch s;

    if (!walk_start(&w, &c->layers, piece->segment, piece->from_cm))
        return;
    if (c->is_trying)
        buf_put(&c->touched, piece, sizeof *piece);
    do {
        s = walk_told(&w, piece->to_cm);
        const uint8_t before =
            walk_state(&c->layers, s.lookouts - (uint32_t)by.lookouts, w.is_patrolled != by.patrols,
                       s.people - (uint32_t)by.people);

        if (before != s.state) {
            struct cover_sums *sums = &c->lots[s.lot];
            const int64_t length_cm = s.to_cm - s.from_cm;

            sums->length_cm[before] -= length_cm;
            sums->length_cm[s.state] += length_cm;
            sums->weight[before] -= length_cm * s.weight;
            sums->weight[s.state] += length_cm * s.weight;
        }
    } while (s.to_cm < piece->to_cm && walk_on(&w, s.to_cm));
}

void cover_lookout(struct cover *c, int64_t lookout_id, const struct range_piece *pieces,
                   int32_t count)
{
    const struct sheet_change *changes;
    const int32_t n = sheet_put(c->layers.lookouts, lookout_id, pieces, count, &changes);

    for (int32_t i = 0; i < n; i++)
        move_sums(c, &changes[i].piece, (struct shift){ .lookouts = changes[i].by });
}

static void move_people(struct cover *c, const struct sheet_change *changes, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        move_sums(c, &changes[i].piece, (struct shift){ .people = changes[i].by });
}

void cover_responder(struct cover *c, int64_t person_id, const struct range_piece *pieces,
                     int32_t count)
{
    const struct sheet_change *changes;
    const int32_t n = sheet_put(c->layers.people, person_id, pieces, count, &changes);

    move_people(c, changes, n);
}

static void put_step(struct cover *c, uint32_t from_cm, uint32_t depth)
{
    const struct sheet_step step = { from_cm, depth };

    buf_put(&c->steps, &step, sizeof step);
}

void cover_reach(struct cover *c, int32_t segment, const struct cover_step *steps, int32_t count)
{
    const struct sheet_change *changes;
    int32_t n;

    buf_clear(&c->steps);
    for (int32_t i = 0; i < count; i++) {
        const bool is_joined = i + 1 < count && steps[i + 1].from_cm == steps[i].to_cm;

        assert(steps[i].from_cm < steps[i].to_cm);
        assert(i == 0 || steps[i - 1].to_cm <= steps[i].from_cm);
        put_step(c, steps[i].from_cm, steps[i].people);
        if (!is_joined)
            put_step(c, steps[i].to_cm, 0);
    }
    n = sheet_level(c->layers.people, segment, (const void *)c->steps.bytes,
                    (int32_t)(c->steps.size / sizeof(struct sheet_step)), &changes);
    move_people(c, changes, n);
}

static void move_flips(struct cover *c, const struct visits_flip *flips, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        move_sums(c, &flips[i].piece, (struct shift){ .patrols = true });
}

void cover_visit(struct cover *c, const struct visits_pass *pass)
{
    const struct visits_flip *flips;
    const int32_t n = visits_add(c->layers.visits, pass, &flips);

    move_flips(c, flips, n);
}

void cover_tick(struct cover *c, uint32_t now_s)
{
    const struct visits_flip *flips;
    const int32_t n = visits_tick(c->layers.visits, now_s, &flips);

    move_flips(c, flips, n);
}

void cover_patrolled(struct cover *c, const struct range_piece *pieces, int32_t count)
{
    const struct sheet_change *changes;
    const int32_t n = sheet_put(c->layers.patrols, ALL_PATROLS, pieces, count, &changes);

    for (int32_t i = 0; i < n; i++)
        move_sums(c, &changes[i].piece, (struct shift){ .patrols = true });
}

const struct visits *cover_visits(const struct cover *c)
{
    return c->layers.visits;
}

/* ------------------------------------------------------------------ sums */

const struct cover_sums *cover_lots(const struct cover *c)
{
    return c->lots;
}

static void add_sums(struct cover_sums *to, const struct cover_sums *sums)
{
    for (int32_t i = 0; i < COVER_STATES; i++) {
        to->length_cm[i] += sums->length_cm[i];
        to->weight[i] += sums->weight[i];
    }
}

void cover_city(const struct cover *c, struct cover_sums *out)
{
    *out = (struct cover_sums){ 0 };
    for (int32_t i = 0; i < c->plots->lot_count; i++)
        add_sums(out, &c->lots[i]);
}

void cover_figure(const int64_t by_state[COVER_STATES], struct cover_figure *out)
{
    *out = (struct cover_figure){ 0 };
    for (int32_t state = 0; state < COVER_STATES; state++) {
        const int64_t value = by_state[state];

        out->length += value;
        out->lookout += state & COVER_LOOKOUT ? value : 0;
        out->patrol += state & COVER_PATROL ? value : 0;
        out->reach += state & COVER_REACH ? value : 0;
        for (int32_t i = 0; i < COVER_CLASS_COUNT; i++)
            out->missing[i] += cover_is((enum cover_class)i, state) ? value : 0;
    }
}

void cover_roll(const struct cover *c, struct arena *a, struct cover_roll *out)
{
    const struct plots *p = c->plots;

    out->cells = arena_take(a, (size_t)p->cell_count, sizeof *out->cells);
    out->orgs = arena_take(a, (size_t)p->org_count, sizeof *out->orgs);
    out->stations = arena_take(a, (size_t)p->station_count, sizeof *out->stations);
    for (int32_t i = 0; i < p->lot_count; i++) {
        add_sums(&out->orgs[p->lots[i].org].sums, &c->lots[i]);
        for (int32_t k = 0; k < PLOTS_PROFILES; k++)
            if (p->lots[i].cell[k] != PLOTS_NO_CELL)
                add_sums(&out->cells[p->lots[i].cell[k]].sums, &c->lots[i]);
        if (p->lots[i].station != PLOTS_NO_STATION)
            add_sums(&out->stations[p->lots[i].station].sums, &c->lots[i]);
    }
    walk_gaps(&c->layers, out);
    for (int32_t i = p->org_count - 1; i > 0; i--)
        add_sums(&out->orgs[p->org_parent[i]].sums, &out->orgs[i].sums);
}

void cover_sum(const struct cover *c, const struct range_piece *pieces, int32_t count,
               struct cover_place *out)
{
    *out = (struct cover_place){ 0 };
    for (int32_t i = 0; i < count; i++) {
        uint32_t gap_cm = 0;
        struct cover_stretch s;
        struct walk w;

        if (!walk_start(&w, &c->layers, pieces[i].segment, pieces[i].from_cm))
            continue;
        do {
            s = walk_told(&w, pieces[i].to_cm);
            out->sums.length_cm[s.state] += s.to_cm - s.from_cm;
            out->sums.weight[s.state] += (int64_t)(s.to_cm - s.from_cm) * s.weight;
            gap_cm = cover_is(COVER_UNWATCHED, s.state) ? gap_cm + s.to_cm - s.from_cm : 0;
            out->longest_cm = most(out->longest_cm, gap_cm);
        } while (s.to_cm < pieces[i].to_cm && walk_on(&w, s.to_cm));
    }
}

/* ------------------------------------------------------------------ and if? */

/* What there was before a change, to be put back: a change of the same kind. */
static struct cover_change save(const struct cover *c, const struct cover_change *change,
                                struct arena *a)
{
    struct cover_change was = { .kind = change->kind,
                                .source_id = change->source_id,
                                .segment = change->segment };

    switch (change->kind) {
    case COVER_OF_LOOKOUT:
        was.count = sheet_pieces(c->layers.lookouts, change->source_id, a, &was.pieces);
        break;
    case COVER_OF_RESPONDER:
        was.count = sheet_pieces(c->layers.people, change->source_id, a, &was.pieces);
        break;
    case COVER_OF_REACH: {
        const struct sheet_row row = sheet_row(c->layers.people, change->segment);
        const uint32_t length_cm = c->network->length_cm[change->segment];
        struct cover_step *steps = arena_take(a, (size_t)row.count + 1, sizeof *steps);
        uint32_t depth = row.depth;
        uint32_t from_cm = 0;

        for (int32_t i = 0; i <= row.count; i++) {
            const uint32_t to_cm = i < row.count ? row.steps[i].from_cm : length_cm;

            if (depth > 0)
                steps[was.count++] = (struct cover_step){ from_cm, to_cm, depth };
            from_cm = to_cm;
            depth = i < row.count ? row.steps[i].depth : 0;
        }
        was.steps = steps;
        break;
    }
    }
    return was;
}

static void apply(struct cover *c, const struct cover_change *change)
{
    switch (change->kind) {
    case COVER_OF_LOOKOUT:
        cover_lookout(c, change->source_id, change->pieces, change->count);
        break;
    case COVER_OF_RESPONDER:
        cover_responder(c, change->source_id, change->pieces, change->count);
        break;
    case COVER_OF_REACH:
        cover_reach(c, change->segment, change->steps, change->count);
        break;
    }
}

static int by_piece(const void *left, const void *right)
{
    const struct range_piece *a = left;
    const struct range_piece *b = right;

    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return a->from_cm < b->from_cm ? -1 : a->from_cm > b->from_cm;
}

/* Sorted, and those that overlap as one. */
static int32_t join_touched(struct cover *c)
{
    struct range_piece *pieces = (void *)c->touched.bytes;
    const int32_t count = (int32_t)(c->touched.size / sizeof *pieces);
    int32_t kept = 0;

    if (count > 0)
        qsort(pieces, (size_t)count, sizeof *pieces, by_piece);
    for (int32_t i = 0; i < count; i++) {
        struct range_piece *last = kept > 0 ? &pieces[kept - 1] : NULL;

        if (last && last->segment == pieces[i].segment && pieces[i].from_cm <= last->to_cm)
            last->to_cm = most(last->to_cm, pieces[i].to_cm);
        else
            pieces[kept++] = pieces[i];
    }
    return kept;
}

/* All that stands on the pieces, one stretch after the other. */
static void tell_pieces(const struct cover *c, const struct range_piece *pieces, int32_t count,
                        struct buf *out)
{
    for (int32_t i = 0; i < count; i++) {
        struct cover_trial_piece told = { .piece.segment = pieces[i].segment };
        struct cover_stretch s;
        struct walk w;

        if (!walk_start(&w, &c->layers, pieces[i].segment, pieces[i].from_cm))
            continue;
        do {
            s = walk_told(&w, pieces[i].to_cm);
            told.piece.from_cm = s.from_cm;
            told.piece.to_cm = s.to_cm;
            told.lot = s.lot;
            told.weight = s.weight;
            told.before = s.state;
            buf_put(out, &told, sizeof told);
        } while (s.to_cm < pieces[i].to_cm && walk_on(&w, s.to_cm));
    }
}

/* Both tell of the same streets; pieces where they differ are put behind each other. */
static void compare(const struct buf *before, const struct buf *after, struct buf *out)
{
    const struct cover_trial_piece *b = (const void *)before->bytes;
    const struct cover_trial_piece *a = (const void *)after->bytes;
    const struct cover_trial_piece *end = b + before->size / sizeof *b;
    uint32_t at_cm = b < end ? b->piece.from_cm : 0;

    while (b < end) {
        struct cover_trial_piece told = *b;
        struct cover_trial_piece *last = (void *)(out->bytes + out->size);

        told.piece.from_cm = at_cm;
        told.piece.to_cm = least(a->piece.to_cm, b->piece.to_cm);
        told.after = a->before;
        at_cm = told.piece.to_cm;
        if (told.before != told.after) {
            if (out->size > 0 && last[-1].piece.segment == told.piece.segment &&
                last[-1].piece.to_cm == told.piece.from_cm && last[-1].lot == told.lot &&
                last[-1].weight == told.weight && last[-1].before == told.before &&
                last[-1].after == told.after)
                last[-1].piece.to_cm = at_cm;
            else
                buf_put(out, &told, sizeof told);
        }
        a += a->piece.to_cm == at_cm;
        if (b->piece.to_cm == at_cm && ++b < end)
            at_cm = b->piece.from_cm;
    }
}

static void change_cell(struct cover_trial_cell *cell, const struct cover_trial_piece *p)
{
    const int64_t cm = p->piece.to_cm - p->piece.from_cm;

    for (int32_t i = 0; i < COVER_CLASS_COUNT; i++)
        cell->change_cm[i] += cm * ((cover_is((enum cover_class)i, p->after) ? 1 : 0) -
                                    (cover_is((enum cover_class)i, p->before) ? 1 : 0));
}

static bool is_changed(const struct cover_trial_cell *cell)
{
    for (int32_t i = 0; i < COVER_CLASS_COUNT; i++)
        if (cell->change_cm[i] != 0)
            return true;
    return false;
}

static void sum_trial(const struct cover *c, struct arena *a, struct cover_trial *out)
{
    struct cover_trial_cell *cells = arena_take(a, (size_t)c->plots->cell_count, sizeof *cells);

    cover_city(c, &out->before);
    out->after = out->before;
    for (int32_t i = 0; i < out->piece_count; i++) {
        const struct cover_trial_piece *p = &out->pieces[i];
        const struct plots_lot *lot = &c->plots->lots[p->lot];
        const int64_t cm = p->piece.to_cm - p->piece.from_cm;

        out->after.length_cm[p->before] -= cm;
        out->after.length_cm[p->after] += cm;
        out->after.weight[p->before] -= cm * p->weight;
        out->after.weight[p->after] += cm * p->weight;
        for (int32_t k = 0; k < PLOTS_PROFILES; k++)
            if (lot->cell[k] != PLOTS_NO_CELL)
                change_cell(&cells[lot->cell[k]], p);
    }
    out->cells = cells;
    for (int32_t i = 0; i < c->plots->cell_count; i++)
        if (is_changed(&cells[i])) {
            cells[i].cell = i;
            cells[out->cell_count++] = cells[i];
        }
}

void cover_try(struct cover *c, const struct cover_change *changes, int32_t count, struct arena *a,
               struct cover_trial *out)
{
    struct cover_change *was = arena_take(a, (size_t)count, sizeof *was);
    struct buf before = { 0 };
    struct buf after = { 0 };
    struct buf pieces = { 0 };
    int32_t touched;

    *out = (struct cover_trial){ 0 };
    buf_clear(&c->touched);
    c->is_trying = true;
    for (int32_t i = 0; i < count; i++) {
        was[i] = save(c, &changes[i], a);
        apply(c, &changes[i]);
    }
    c->is_trying = false;
    touched = join_touched(c);
    tell_pieces(c, (const void *)c->touched.bytes, touched, &after);
    for (int32_t i = count - 1; i >= 0; i--)
        apply(c, &was[i]);
    tell_pieces(c, (const void *)c->touched.bytes, touched, &before);
    compare(&before, &after, &pieces);
    out->piece_count = (int32_t)(pieces.size / sizeof *out->pieces);
    struct cover_trial_piece *kept = arena_take(a, (size_t)out->piece_count, sizeof *kept);

    if (out->piece_count > 0)
        memcpy(kept, pieces.bytes, pieces.size);
    out->pieces = kept;
    buf_free(&before);
    buf_free(&after);
    buf_free(&pieces);
    sum_trial(c, a, out);
}

uint64_t cover_hash(const struct cover *c)
{
    uint64_t hash = keys_stir(sheet_hash(c->layers.lookouts), sheet_hash(c->layers.people));

    hash = keys_stir(hash, c->layers.visits ? visits_hash(c->layers.visits)
                                            : sheet_hash(c->layers.patrols));
    for (int32_t i = 0; i < c->plots->lot_count; i++)
        for (int32_t state = 0; state < COVER_STATES; state++) {
            hash = keys_stir(hash, (uint64_t)c->lots[i].length_cm[state]);
            hash = keys_stir(hash, (uint64_t)c->lots[i].weight[state]);
        }
    return hash;
}

/* A bin stands by itself in 16 bytes: the newest stay, where the older ones are, and until
 * when somebody may have been there. So a pass along a street writes into memory that lies
 * side by side, and a bin that is passed once a day needs nothing else. Older stays are a
 * list, the newest first, and are forgotten when the window has left them.
 *
 * A covered bin waits in a heap for the second in which it would cease to be, as it was when
 * it became covered. When that second comes, it is worked out again: somebody who came
 * meanwhile costs nothing until then. */
#include "geo/cover/visits.h"

#include <assert.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/cover/keys.h"
#include "geo/road/heap.h"

enum { WORD = 64 };

static const uint32_t TIME_END = (1U << 31) - (1U << 27);

struct stay {
    uint32_t from_s, to_s;
    uint32_t older; /* into the stays; 0: none */
};

struct bin {
    struct stay newest; /* to_s 0: nobody ever */
    uint32_t thin_s;    /* somebody may have been there up to then */
};

static_assert(sizeof(struct bin) == 16, "memory per bin is promised");

struct visits {
    struct arena *arena; /* holds all but the bufs */
    const struct network *network;
    const struct visits_rule *rules;
    const uint32_t *first; /* [segment_count + 1] into bins */
    struct bin *bins;
    uint8_t *rule;           /* by bin */
    uint64_t *covered;       /* a bit a bin */
    uint32_t *covered_count; /* by segment */
    struct buf stays;        /* struct stay; the first is not used */
    uint32_t free_stay;
    struct buf heap; /* the second << 32 | bin */
    int32_t waiting;
    uint32_t now_s;
    struct buf flips;
};

static uint32_t bins_of(uint32_t length_cm)
{
    return length_cm / VISITS_BIN_CM + (length_cm % VISITS_BIN_CM > 0 || length_cm == 0);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static struct range_piece piece_of(const struct visits *v, int32_t segment, uint32_t bin)
{
    const uint32_t from_cm = (bin - v->first[segment]) * VISITS_BIN_CM;

    return (struct range_piece){ segment, from_cm,
                                 least(from_cm + VISITS_BIN_CM, v->network->length_cm[segment]) };
}

/* The place in the last bin is as good as its end. */
static uint32_t bin_at(const struct visits *v, struct spot spot)
{
    const uint32_t bin = v->first[spot.segment] + spot.along_cm / VISITS_BIN_CM;

    return least(bin, v->first[spot.segment + 1] - 1);
}

static void lay_spot(struct visits *v, const struct visits_spot *spot)
{
    const int32_t s = spot->piece.segment;

    for (uint32_t bin = v->first[s]; bin < v->first[s + 1]; bin++) {
        const struct range_piece p = piece_of(v, s, bin);
        const uint32_t middle_cm = p.from_cm + (p.to_cm - p.from_cm) / 2;

        if (spot->piece.from_cm <= middle_cm && middle_cm < spot->piece.to_cm)
            v->rule[bin] = spot->rule;
    }
}

static bool is_sound(const struct visits_rule *rule)
{
    return rule->window_s <= VISITS_WINDOW_MAX_S && rule->dwell_s > 0 &&
           rule->dwell_s <= rule->window_s;
}

static const struct visits_rule *take_rules(const struct visits_wish *wish, struct arena *a)
{
    struct visits_rule *rules = arena_take(a, (size_t)wish->rule_count, sizeof *rules);

    assert(wish->rule_count > 0 && wish->rule_count <= VISITS_RULES_MAX);
    memcpy(rules, wish->rules, (size_t)wish->rule_count * sizeof *rules);
    for (int32_t i = 0; i < wish->rule_count; i++)
        assert(is_sound(&rules[i]));
    return rules;
}

static void lay_rules(struct visits *v, const struct visits_wish *wish)
{
    for (int32_t s = 0; s < v->network->segment_count; s++) {
        assert(wish->segment_rule[s] < wish->rule_count);
        memset(v->rule + v->first[s], wish->segment_rule[s], v->first[s + 1] - v->first[s]);
    }
    for (int32_t i = 0; i < wish->spot_count; i++) {
        assert(wish->spots[i].rule < wish->rule_count);
        lay_spot(v, &wish->spots[i]);
    }
}

struct visits *visits_new(const struct visits_wish *wish)
{
    struct arena *a = arena_new();
    struct visits *v = arena_take(a, 1, sizeof *v);
    const struct network *n = wish->network;
    uint32_t *first = arena_take(a, (size_t)n->segment_count + 1, sizeof *first);

    for (int32_t s = 0; s < n->segment_count; s++)
        first[s + 1] = first[s] + bins_of(n->length_cm[s]);
    *v = (struct visits){ .arena = a, .network = n, .rules = take_rules(wish, a), .first = first };
    v->bins = arena_take(a, first[n->segment_count], sizeof *v->bins);
    v->rule = arena_take(a, first[n->segment_count], sizeof *v->rule);
    v->covered = arena_take(a, first[n->segment_count] / WORD + 1, sizeof *v->covered);
    v->covered_count = arena_take(a, (size_t)n->segment_count, sizeof *v->covered_count);
    lay_rules(v, wish);
    buf_put(&v->stays, &(struct stay){ 0 }, sizeof(struct stay));
    return v;
}

void visits_free(struct visits *v)
{
    if (!v)
        return;
    buf_free(&v->stays);
    buf_free(&v->heap);
    buf_free(&v->flips);
    arena_free(v->arena);
}

size_t visits_bytes(const struct visits *v)
{
    return arena_used(v->arena) + v->stays.room + v->heap.room + v->flips.room;
}

/* ------------------------------------------------------------------ stays of a bin */

static struct stay *stay_at(const struct visits *v, uint32_t at)
{
    return (struct stay *)(void *)v->stays.bytes + at;
}

static uint32_t make_stay(struct visits *v, struct stay stay)
{
    uint32_t at = v->free_stay;

    if (at) {
        v->free_stay = stay_at(v, at)->older;
        *stay_at(v, at) = stay;
        return at;
    }
    at = (uint32_t)(v->stays.size / sizeof stay);
    buf_put(&v->stays, &stay, sizeof stay);
    return at;
}

static uint32_t drop_stay(struct visits *v, uint32_t at)
{
    const uint32_t older = stay_at(v, at)->older;

    stay_at(v, at)->older = v->free_stay;
    v->free_stay = at;
    return older;
}

static bool is_past(const struct visits *v, uint32_t bin, uint32_t to_s)
{
    return to_s + v->rules[v->rule[bin]].window_s <= v->now_s;
}

/* Those out of the window are at the end of the list, which is cut off. */
static void forget(struct visits *v, uint32_t bin)
{
    uint32_t *link = &v->bins[bin].newest.older;

    while (*link && !is_past(v, bin, stay_at(v, *link)->to_s))
        link = &stay_at(v, *link)->older;
    while (*link)
        *link = drop_stay(v, *link);
}

/* The stay takes in those of the list, from *older on, that touch it. */
static void take_in(struct visits *v, struct stay *stay)
{
    while (stay->older && stay_at(v, stay->older)->to_s >= stay->from_s) {
        stay->from_s = least(stay->from_s, stay_at(v, stay->older)->from_s);
        stay->older = drop_stay(v, stay->older);
    }
}

/* A stay that is older than the newest and does not touch it. */
static void add_older(struct visits *v, uint32_t bin, struct stay stay)
{
    uint32_t before = 0; /* the last one that is newer; 0: the bin's own */
    uint32_t at = v->bins[bin].newest.older;

    while (at && stay_at(v, at)->from_s > stay.to_s) {
        before = at;
        at = stay_at(v, at)->older;
    }
    stay.older = at;
    if (at)
        stay.to_s = most(stay.to_s, stay_at(v, at)->to_s);
    take_in(v, &stay);
    at = make_stay(v, stay);
    if (before)
        stay_at(v, before)->older = at;
    else
        v->bins[bin].newest.older = at;
}

static void add_stay(struct visits *v, uint32_t bin, uint32_t from_s, uint32_t to_s)
{
    struct stay *newest = &v->bins[bin].newest;
    struct stay stay = { from_s, to_s, newest->older };

    if (newest->to_s == 0) {
        *newest = stay;
    } else if (from_s > newest->to_s) {
        if (newest->older)
            forget(v, bin);
        if (!is_past(v, bin, newest->to_s))
            stay.older = make_stay(v, *newest);
        else
            stay.older = 0;
        v->bins[bin].newest = stay;
    } else if (to_s >= newest->from_s) {
        stay.from_s = least(from_s, newest->from_s);
        stay.to_s = most(to_s, newest->to_s);
        take_in(v, &stay);
        *newest = stay;
    } else if (!is_past(v, bin, to_s)) {
        add_older(v, bin, stay);
    }
}

/* Up to when the bin is covered if nobody comes: 0 when it never was. Going back from the
 * newest stay, dwell_s seconds of presence begin at some instant; the bin is covered while the
 * window holds that instant. */
static uint32_t end_of(const struct visits *v, uint32_t bin)
{
    const struct visits_rule rule = v->rules[v->rule[bin]];
    struct stay stay = v->bins[bin].newest;
    uint32_t left_s = rule.dwell_s;

    for (;;) {
        const uint32_t dwell_s = stay.to_s - stay.from_s;

        if (dwell_s >= left_s)
            return stay.to_s - left_s + rule.window_s + 1;
        left_s -= dwell_s;
        if (!stay.older)
            return 0;
        stay = *stay_at(v, stay.older);
    }
}

/* ------------------------------------------------------------------ what is covered */

static bool is_covered(const struct visits *v, uint32_t bin)
{
    return v->covered[bin / WORD] >> bin % WORD & 1;
}

static void flip(struct visits *v, int32_t segment, uint32_t bin)
{
    const bool is = !is_covered(v, bin);
    const struct visits_flip f = { piece_of(v, segment, bin), is };

    v->covered[bin / WORD] ^= (uint64_t)1 << bin % WORD;
    v->covered_count[segment] += is ? 1U : -1U;
    buf_put(&v->flips, &f, sizeof f);
}

static void wait_for(struct visits *v, uint32_t end_s, uint32_t bin)
{
    buf_reserve(&v->heap, sizeof(uint64_t));
    v->heap.size += sizeof(uint64_t);
    heap_put((void *)v->heap.bytes, &v->waiting, (uint64_t)end_s << 32 | bin);
}

static int32_t flipped(const struct visits *v, const struct visits_flip **flips)
{
    *flips = (const void *)v->flips.bytes;
    return (int32_t)(v->flips.size / sizeof **flips);
}

static void add_to_bin(struct visits *v, const struct visits_pass *pass, uint32_t bin,
                       uint32_t from_s, uint32_t to_s)
{
    uint32_t end_s;

    if (from_s >= to_s)
        return;
    if (pass->is_thin) {
        v->bins[bin].thin_s = most(v->bins[bin].thin_s, to_s);
        return;
    }
    add_stay(v, bin, from_s, to_s);
    if (is_covered(v, bin))
        return;
    end_s = end_of(v, bin);
    if (end_s > v->now_s) {
        wait_for(v, end_s, bin);
        flip(v, pass->segment, bin);
    }
}

/* When the pass is at a place that is so far from its beginning. */
static uint32_t when(const struct visits_pass *p, uint32_t gone_cm, uint32_t whole_cm)
{
    return p->from_s + (uint32_t)((uint64_t)(p->to_s - p->from_s) * gone_cm / whole_cm);
}

int32_t visits_add(struct visits *v, const struct visits_pass *pass,
                   const struct visits_flip **flips)
{
    const bool is_back = pass->from_cm > pass->to_cm;
    const uint32_t low_cm = is_back ? pass->to_cm : pass->from_cm;
    const uint32_t high_cm = is_back ? pass->from_cm : pass->to_cm;
    const uint32_t first = bin_at(v, (struct spot){ pass->segment, low_cm });
    const uint32_t last = bin_at(v, (struct spot){ pass->segment, high_cm });

    assert(pass->segment >= 0 && pass->segment < v->network->segment_count);
    assert(high_cm <= v->network->length_cm[pass->segment]);
    assert(pass->from_s <= pass->to_s && pass->to_s < TIME_END);
    buf_clear(&v->flips);
    if (first == last) {
        add_to_bin(v, pass, first, pass->from_s, pass->to_s);
        return flipped(v, flips);
    }
    for (uint32_t bin = first; bin <= last; bin++) {
        const struct range_piece p = piece_of(v, pass->segment, bin);
        const uint32_t from_cm = most(p.from_cm, low_cm);
        const uint32_t to_cm = least(p.to_cm, high_cm);
        const uint32_t in_cm = is_back ? high_cm - to_cm : from_cm - low_cm;
        const uint32_t out_cm = is_back ? high_cm - from_cm : to_cm - low_cm;

        add_to_bin(v, pass, bin, when(pass, in_cm, high_cm - low_cm),
                   when(pass, out_cm, high_cm - low_cm));
    }
    return flipped(v, flips);
}

/* The segment of a bin. */
static int32_t segment_of(const struct visits *v, uint32_t bin)
{
    int32_t low = 0;
    int32_t high = v->network->segment_count;

    while (high - low > 1) {
        const int32_t middle = low + (high - low) / 2;

        if (v->first[middle] <= bin)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t visits_tick(struct visits *v, uint32_t now_s, const struct visits_flip **flips)
{
    uint64_t *heap = (void *)v->heap.bytes;

    assert(now_s < TIME_END);
    buf_clear(&v->flips);
    v->now_s = most(v->now_s, now_s);
    while (v->waiting > 0 && heap[0] >> 32 <= v->now_s) {
        const uint32_t bin = (uint32_t)heap_take(heap, &v->waiting);
        const uint32_t end_s = end_of(v, bin);

        if (end_s > v->now_s) {
            heap_put(heap, &v->waiting, (uint64_t)end_s << 32 | bin);
        } else {
            flip(v, segment_of(v, bin), bin);
            forget(v, bin);
        }
    }
    v->heap.size = (size_t)v->waiting * sizeof *heap;
    return flipped(v, flips);
}

uint32_t visits_run(const struct visits *v, int32_t segment, uint32_t along_cm, bool *covered)
{
    const uint32_t count = v->covered_count[segment];
    const uint32_t end = v->first[segment + 1];
    uint32_t bin;

    if (count == 0 || count == end - v->first[segment]) {
        *covered = count > 0;
        return v->network->length_cm[segment];
    }
    bin = bin_at(v, (struct spot){ segment, along_cm });
    *covered = is_covered(v, bin);
    do
        bin++;
    while (bin < end && is_covered(v, bin) == *covered);
    return least((bin - v->first[segment]) * VISITS_BIN_CM, v->network->length_cm[segment]);
}

void visits_tell(const struct visits *v, struct spot spot, struct visits_told *out)
{
    const uint32_t bin = bin_at(v, spot);
    const struct bin *b = &v->bins[bin];
    const uint32_t window_s = v->rules[v->rule[bin]].window_s;
    const uint32_t since_s = v->now_s > window_s ? v->now_s - window_s : 0;
    struct stay stay = b->newest;

    *out = (struct visits_told){ .is_covered = is_covered(v, bin), .last_s = stay.to_s };
    out->until_s = out->is_covered ? end_of(v, bin) : 0;
    out->is_unknown = !out->is_covered && b->thin_s > since_s;
    for (;;) {
        if (stay.to_s > since_s) {
            out->visits++;
            out->dwell_s += stay.to_s - most(stay.from_s, since_s);
        }
        if (!stay.older)
            break;
        stay = *stay_at(v, stay.older);
    }
}

/* ------------------------------------------------------------------ a hash */

uint64_t visits_hash(const struct visits *v)
{
    uint64_t hash = v->now_s;

    for (uint32_t bin = 0; bin < v->first[v->network->segment_count]; bin++) {
        const struct bin *b = &v->bins[bin];
        const uint32_t window_s = v->rules[v->rule[bin]].window_s;
        const uint32_t since_s = v->now_s > window_s ? v->now_s - window_s : 0;
        struct stay stay = b->newest;

        if (stay.to_s == 0 && b->thin_s == 0)
            continue;
        hash = keys_stir(keys_stir(hash, bin), (uint64_t)stay.to_s << 32 | b->thin_s);
        hash = keys_stir(hash, is_covered(v, bin));
        while (stay.to_s > since_s) {
            hash = keys_stir(hash, (uint64_t)most(stay.from_s, since_s) << 32 | stay.to_s);
            if (!stay.older)
                break;
            stay = *stay_at(v, stay.older);
        }
    }
    return hash;
}

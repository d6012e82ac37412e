#include "tests/support/plain_cover.h"

#include <stdlib.h>

#include "geo/base/buf.h"

/* Everything of one kind by segment: what and where. */
struct sorted {
    int32_t *first; /* [segment_count + 1] */
    struct range_piece *pieces;
};

struct plain {
    const struct plain_cover *wish;
    const struct network *network;
    struct sorted lookouts, people;
    int32_t *first_pass; /* [segment_count + 1] */
    struct visits_pass *passes;
    struct buf cuts;    /* uint32_t, of the segment at hand */
    struct buf stays;   /* uint32_t[2], of the bin at hand */
    struct buf covered; /* bool a bin of the segment */
    struct cover_sums *lots;
};

static void add_up(int32_t *first, int32_t count)
{
    for (int32_t s = 0; s < count; s++)
        first[s + 1] += first[s];
}

static void move_back(int32_t *first, int32_t count)
{
    for (int32_t s = count; s > 0; s--)
        first[s] = first[s - 1];
    first[0] = 0;
}

static struct sorted sort_sources(const struct network *n, const struct plain_source *sources,
                                  int32_t count, struct arena *a)
{
    struct sorted s = { .first = arena_take(a, (size_t)n->segment_count + 1, sizeof *s.first) };

    for (int32_t i = 0; i < count; i++)
        for (int32_t p = 0; p < sources[i].count; p++)
            s.first[sources[i].pieces[p].segment + 1]++;
    add_up(s.first, n->segment_count);
    s.pieces = arena_take(a, (size_t)s.first[n->segment_count], sizeof *s.pieces);
    for (int32_t i = 0; i < count; i++)
        for (int32_t p = 0; p < sources[i].count; p++)
            s.pieces[s.first[sources[i].pieces[p].segment]++] = sources[i].pieces[p];
    move_back(s.first, n->segment_count);
    return s;
}

static void sort_passes(struct plain *p, struct arena *a)
{
    const struct plain_cover *w = p->wish;
    const int32_t count = p->network->segment_count;

    p->first_pass = arena_take(a, (size_t)count + 1, sizeof *p->first_pass);
    p->passes = arena_take(a, (size_t)w->pass_count, sizeof *p->passes);
    for (int32_t i = 0; i < w->pass_count; i++)
        p->first_pass[w->passes[i].segment + 1]++;
    add_up(p->first_pass, count);
    for (int32_t i = 0; i < w->pass_count; i++)
        p->passes[p->first_pass[w->passes[i].segment]++] = w->passes[i];
    move_back(p->first_pass, count);
}

static int by_number(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

/* The whole seconds in which a pass is between two places. */
static bool seconds_in(const struct visits_pass *p, int64_t low_cm, int64_t high_cm,
                       uint32_t seconds[2])
{
    const bool is_back = p->from_cm > p->to_cm;
    const int64_t begin = is_back ? p->to_cm : p->from_cm;
    const int64_t end = is_back ? p->from_cm : p->to_cm;
    const int64_t taken_s = p->to_s - p->from_s;

    if (begin == end) {
        seconds[0] = p->from_s;
        seconds[1] = p->to_s;
        return begin >= low_cm && begin < high_cm && taken_s > 0;
    }
    low_cm = low_cm > begin ? low_cm : begin;
    high_cm = high_cm < end ? high_cm : end;
    if (low_cm >= high_cm)
        return false;
    seconds[0] = p->from_s +
                 (uint32_t)(taken_s * (is_back ? end - high_cm : low_cm - begin) / (end - begin));
    seconds[1] = p->from_s +
                 (uint32_t)(taken_s * (is_back ? end - low_cm : high_cm - begin) / (end - begin));
    return seconds[0] < seconds[1];
}

static bool is_bin_covered(struct plain *p, int32_t segment, uint32_t from_cm, uint32_t to_cm)
{
    const struct visits_rule rule = p->wish->visits->rules[p->wish->visits->segment_rule[segment]];
    const uint32_t since_s = p->wish->now_s > rule.window_s ? p->wish->now_s - rule.window_s : 0;
    uint32_t at_s = since_s;
    uint32_t dwell_s = 0;

    buf_clear(&p->stays);
    for (int32_t i = p->first_pass[segment]; i < p->first_pass[segment + 1]; i++) {
        uint32_t seconds[2];

        if (!p->passes[i].is_thin && seconds_in(&p->passes[i], from_cm, to_cm, seconds))
            buf_put(&p->stays, seconds, sizeof seconds);
    }
    if (p->stays.size == 0)
        return false;
    qsort(p->stays.bytes, p->stays.size / 8, 8, by_number);
    for (size_t i = 0; i < p->stays.size / 8; i++) {
        const uint32_t *stay = (const uint32_t *)(const void *)p->stays.bytes + 2 * i;
        const uint32_t from_s = stay[0] > at_s ? stay[0] : at_s;

        if (stay[1] <= from_s)
            continue;
        dwell_s += stay[1] - from_s;
        at_s = stay[1];
    }
    return dwell_s >= rule.dwell_s;
}

static uint32_t count_on(const struct sorted *s, int32_t segment, uint32_t at_cm)
{
    uint32_t count = 0;

    for (int32_t i = s->first[segment]; i < s->first[segment + 1]; i++)
        count += s->pieces[i].from_cm <= at_cm && at_cm < s->pieces[i].to_cm;
    return count;
}

static void cut(struct plain *p, uint32_t at_cm)
{
    buf_put(&p->cuts, &at_cm, sizeof at_cm);
}

static void cut_sources(struct plain *p, const struct sorted *s, int32_t segment)
{
    for (int32_t i = s->first[segment]; i < s->first[segment + 1]; i++) {
        cut(p, s->pieces[i].from_cm);
        cut(p, s->pieces[i].to_cm);
    }
}

/* Cuts the segment, and says which of its bins are covered. */
static void prepare(struct plain *p, int32_t segment)
{
    const uint32_t length_cm = p->network->length_cm[segment];

    buf_clear(&p->cuts);
    buf_clear(&p->covered);
    for (uint32_t from_cm = 0; from_cm < length_cm; from_cm += VISITS_BIN_CM) {
        const uint32_t end_cm =
            from_cm + VISITS_BIN_CM < length_cm ? from_cm + VISITS_BIN_CM : length_cm;

        buf_byte(&p->covered, is_bin_covered(p, segment, from_cm, end_cm));
        cut(p, end_cm);
    }
    for (int32_t i = p->wish->plots->first[segment]; i < p->wish->plots->first[segment + 1]; i++)
        cut(p, p->wish->plots->plots[i].to_cm);
    cut_sources(p, &p->lookouts, segment);
    cut_sources(p, &p->people, segment);
    qsort(p->cuts.bytes, p->cuts.size / sizeof(uint32_t), sizeof(uint32_t), by_number);
}

static void sum_segment(struct plain *p, int32_t segment)
{
    const struct plot *plot = &p->wish->plots->plots[p->wish->plots->first[segment]];
    const uint32_t *cuts;
    uint32_t at_cm = 0;

    prepare(p, segment);
    cuts = (const void *)p->cuts.bytes;
    for (size_t i = 0; i < p->cuts.size / sizeof *cuts; i++) {
        if (cuts[i] <= at_cm)
            continue;
        while (plot->to_cm <= at_cm)
            plot++;
        const uint32_t lookouts = count_on(&p->lookouts, segment, at_cm);
        const uint32_t people = count_on(&p->people, segment, at_cm);
        const uint32_t patrols = p->covered.bytes[at_cm / VISITS_BIN_CM] ? 1 : 0;
        const int32_t state = (lookouts > 0 ? COVER_LOOKOUT : 0) | (patrols ? COVER_PATROL : 0) |
                              (people >= p->wish->reach_k ? COVER_REACH : 0) |
                              (lookouts + people + patrols == 1 ? COVER_ALONE : 0);

        p->lots[plot->lot].length_cm[state] += cuts[i] - at_cm;
        p->lots[plot->lot].weight[state] += (int64_t)(cuts[i] - at_cm) * plot->weight;
        at_cm = cuts[i];
    }
}

const struct cover_sums *plain_cover_lots(const struct plain_cover *c, struct arena *a)
{
    struct arena *scratch = arena_new();
    struct plain p = { .wish = c, .network = c->visits->network };

    p.lots = arena_take(a, (size_t)c->plots->lot_count, sizeof *p.lots);
    p.lookouts = sort_sources(p.network, c->lookouts, c->lookout_count, scratch);
    p.people = sort_sources(p.network, c->people, c->people_count, scratch);
    sort_passes(&p, scratch);
    for (int32_t s = 0; s < p.network->segment_count; s++)
        if (c->plots->first[s] < c->plots->first[s + 1])
            sum_segment(&p, s);
    buf_free(&p.cuts);
    buf_free(&p.stays);
    buf_free(&p.covered);
    arena_free(scratch);
    return p.lots;
}

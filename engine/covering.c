#include "engine/covering.h"

#include "engine/coverage.h"

enum {
    RULE_USUAL_S = 24 * 3600, /* where the terrain names none */
    DEPTH_LEAST = 2,          /* people told apart, so that `thin` is known */
};

/* Rules 0 and 1 of every city; the others are the windows of its streets. */
enum { RULE_USUAL, RULE_HOT, RULES_FIRST };

static const struct visits_spot *hot_spots(const struct terrain *t, struct arena *a)
{
    struct visits_spot *spots = arena_take(a, (size_t)t->hot.piece_count + 1, sizeof *spots);

    for (int32_t i = 0; i < t->hot.piece_count; i++)
        spots[i] = (struct visits_spot){ t->hot.pieces[i], RULE_HOT };
    return spots;
}

/* How long a visit counts, as few rules as there are different windows. */
static struct visits_wish visits_of(const struct terrain *t, struct arena *a)
{
    const struct network *n = t->world->network;
    struct visits_rule *rules = arena_take(a, VISITS_RULES_MAX, sizeof *rules);
    uint8_t *segment_rule = arena_take(a, (size_t)n->segment_count + 1, sizeof *segment_rule);
    int32_t count = RULES_FIRST;

    rules[RULE_USUAL] = (struct visits_rule){ RULE_USUAL_S, 1 };
    rules[RULE_HOT] = (struct visits_rule){ TERRAIN_HOT_S, TERRAIN_HOT_DWELL_S };
    for (int32_t segment = 0; segment < n->segment_count; segment++) {
        int32_t rule = RULES_FIRST;

        while (rule < count && rules[rule].window_s != (uint32_t)t->window_s[segment])
            rule++;
        if (rule == VISITS_RULES_MAX || t->window_s[segment] <= 0)
            rule = RULE_USUAL;
        else if (rule == count)
            rules[count++] = (struct visits_rule){ (uint32_t)t->window_s[segment], 1 };
        segment_rule[segment] = (uint8_t)rule;
    }
    return (struct visits_wish){ .network = n,
                                 .rules = rules,
                                 .rule_count = count,
                                 .segment_rule = segment_rule,
                                 .spots = hot_spots(t, a),
                                 .spot_count = t->hot.piece_count };
}

struct covering covering_start(const struct terrain *t, const struct covering_rule *rule)
{
    struct arena *a = arena_new();
    const struct cover_wish wish = { .plots = t->plots,
                                     .visits = visits_of(t, a),
                                     .reach_k = rule->reach_k };
    const struct covering s = { .terrain = terrain_hold_again(t),
                                .cover = cover_new(&wish),
                                .shares = shares_new(t->plots, COVERAGE_SHARES, rule->reach_k) };

    arena_free(a);
    return s;
}

void covering_end(struct covering *s)
{
    if (!s->terrain)
        return;
    cover_free(s->cover);
    shares_free(s->shares);
    buf_free(&s->staffed);
    terrain_drop(s->terrain);
    *s = (struct covering){ 0 };
}

int32_t covering_window_s(const struct terrain *t)
{
    int32_t longest_s = 0;

    for (int32_t i = 0; i < t->world->network->segment_count; i++)
        longest_s = t->window_s[i] > longest_s ? t->window_s[i] : longest_s;
    return longest_s;
}

/* ------------------------------------------------------------------ lookout points */

static bool has_id(const struct buf *ids, int64_t id)
{
    const int64_t *all = (const void *)ids->bytes;
    size_t low = 0, high = ids->size / sizeof *all;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (all[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ids->size / sizeof *all && all[low] == id;
}

bool covering_is_staffed(const struct covering *s, int64_t lookout_point_id)
{
    return has_id(&s->staffed, lookout_point_id);
}

bool covering_staff(struct covering *s, const struct buf *staffed, bool is_other)
{
    const struct terrain *t = s->terrain;
    struct buf now = { 0 };
    bool is_new = false;

    for (size_t i = 0; i < staffed->size / sizeof(int64_t); i++) {
        const int64_t id = ((const int64_t *)(const void *)staffed->bytes)[i];
        const int32_t place = terrain_lookout(t, id);

        if (place < 0 || !t->lookouts[place].is_active)
            continue;
        buf_put(&now, &id, sizeof id);
        if (!is_other && has_id(&s->staffed, id))
            continue;
        cover_lookout(s->cover, id, t->lookouts[place].seen.pieces,
                      t->lookouts[place].seen.piece_count);
        is_new = true;
    }
    for (size_t i = 0; i < s->staffed.size / sizeof(int64_t); i++) {
        const int64_t id = ((const int64_t *)(const void *)s->staffed.bytes)[i];

        if (has_id(&now, id))
            continue;
        cover_lookout(s->cover, id, NULL, 0);
        is_new = true;
    }
    buf_free(&s->staffed);
    s->staffed = now;
    return is_new;
}

/* ------------------------------------------------------------------ patrols */

uint32_t covering_second(int64_t at_us)
{
    const int64_t at_s = at_us / 1000000 - COVERAGE_EPOCH_S;

    return at_s > 0 ? (uint32_t)at_s : 0;
}

void covering_pass(struct covering *s, const struct proof_interval *proven, int32_t count,
                   const struct buf *told)
{
    const struct witness_piece *pieces = (const void *)told->bytes;

    for (int32_t i = 0; i < count; i++)
        if (proven[i].is_planned)
            cover_visit(s->cover,
                        &(struct visits_pass){ .segment = proven[i].piece.segment,
                                               .from_cm = proven[i].piece.from_cm,
                                               .to_cm = proven[i].piece.to_cm,
                                               .from_s = covering_second(proven[i].from_us),
                                               .to_s = covering_second(proven[i].until_us) });
    for (size_t i = 0; i < told->size / sizeof *pieces; i++)
        if (pieces[i].basis != WITNESS_RIDDEN)
            cover_visit(s->cover,
                        &(struct visits_pass){ .segment = pieces[i].edge >> 1,
                                               .from_cm = pieces[i].from_cm,
                                               .to_cm = pieces[i].to_cm,
                                               .from_s = covering_second(pieces[i].from_us),
                                               .to_s = covering_second(pieces[i].to_us),
                                               .is_thin = !witness_walked(pieces[i].basis) });
}

/* ------------------------------------------------------------------ people */

struct within_options covering_depth(const struct covering_rule *rule)
{
    const uint32_t shares_ms = (uint32_t)COVERAGE_SHARES_S[COVERAGE_SHARES - 1] * 1000;

    return (struct within_options){
        .depth = rule->reach_k > DEPTH_LEAST ? (int32_t)rule->reach_k : DEPTH_LEAST,
        .limit_ms = rule->reach_ms > shares_ms ? rule->reach_ms : shares_ms,
    };
}

void covering_reach(struct covering *s, const struct covering_rule *rule, struct within *w,
                    int32_t segment)
{
    const struct cover_step *steps;
    int32_t count = within_steps(w, segment, rule->reach_ms, &steps);

    cover_reach(s->cover, segment, steps, count);
    for (int32_t i = 0; i < COVERAGE_SHARES; i++) {
        count = within_steps(w, segment, (uint32_t)COVERAGE_SHARES_S[i] * 1000, &steps);
        shares_put(s->shares, segment, i, steps, count);
    }
}

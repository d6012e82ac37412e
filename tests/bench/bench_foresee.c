/* And if the plan were another? asked in a row, against recomputations:
 *
 *   bench_foresee NETWORK SEED CASES [control]
 *
 * NETWORK as for tests/support/cover_scene.h. A week with 365 lookout points that have three
 * shifts a day, and 38 patrols that walk a beat on most days. Candidates of up to 20 changes
 * (shifts held at other times, cancelled and new; lookout points closed, moved and new) are
 * tried 20 in a row, timed with the making of what would be; what is said of each is compared
 * with a table that is told so from nothing. With `control` it is compared with what is said
 * of another candidate. Exits 1 when something differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/cover/otherwise.h"
#include "geo/cover/rounds.h"
#include "geo/cover/stint.h"
#include "tests/support/cover_scene.h"

enum {
    CANDIDATES = 20,
    CHANGES = 20,
    LOOKOUTS = 365,
    PATROLS = 38,
    SOURCES = LOOKOUTS + 8 * PATROLS,
    HOURS = 168,
    SHIFTS = 21,
    SHIFTS_ROOM = SHIFTS + CHANGES,
    LEGS = 60,
};

static const int64_t BEGIN_S = 1800000000;

struct post {
    struct stint shifts[SHIFTS_ROOM];
    int32_t shift_count;
    struct range_band seen; /* in the arena in which it was made */
};

struct source {
    const struct slab *slabs;
    int32_t count;
};

struct candidate {
    struct post posts[CHANGES];
    int32_t lookouts[CHANGES]; /* whose; LOOKOUTS and more: new ones */
    struct otherwise_change changes[CHANGES];
    int32_t count;
    struct otherwise found;
};

/* Large, and one. */
static struct {
    struct cover_scene scene;
    struct post posts[LOOKOUTS];
    struct source sources[SOURCES];
    int32_t source_count;
    struct candidate candidates[CANDIDATES];
} all; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

/* ------------------------------------------------------------------ the week */

static struct range_band see_from_somewhere(struct arena *a)
{
    struct cover_scene *s = &all.scene;
    struct range_band band;

    disc_find(s->ground, network_point(s->n, town_spot(&s->dice, s->n)), cover_scene_reach_m(s), a,
              &band);
    return band;
}

static struct stint some_shift(int32_t day, int32_t third)
{
    struct town_dice *dice = &all.scene.dice;
    const int64_t from_s = BEGIN_S + day * 86400LL + third * 28800LL + 600LL * town_pick(dice, 12);

    return (struct stint){ from_s, from_s + 7200 + 600LL * town_pick(dice, 40) };
}

static int32_t slabs_of(const struct post *post, struct arena *a, const struct slab **out)
{
    const struct stint *manned;
    const int32_t count = stint_manned(post->shifts, post->shift_count, 1, a, &manned);
    struct slab *slabs =
        arena_take(a, (size_t)count * (size_t)post->seen.piece_count + 1, sizeof *slabs);
    int32_t n = 0;

    for (int32_t i = 0; i < post->seen.piece_count; i++)
        for (int32_t k = 0; k < count; k++)
            slabs[n++] = (struct slab){ .piece = post->seen.pieces[i],
                                        .from_s = manned[k].from_s,
                                        .to_s = manned[k].to_s };
    *out = slabs;
    return n;
}

static void add_lookouts(void)
{
    for (int32_t i = 0; i < LOOKOUTS; i++) {
        struct post *post = &all.posts[i];
        struct source *source = &all.sources[all.source_count++];

        post->seen = see_from_somewhere(all.scene.arena);
        for (int32_t k = 0; k < SHIFTS; k++)
            post->shifts[post->shift_count++] = some_shift(k / 3, k % 3);
        source->count = slabs_of(post, all.scene.arena, &source->slabs);
    }
}

/* Segments that follow one another by number lie near each other. */
static void add_patrols(void)
{
    struct cover_scene *s = &all.scene;
    int32_t *window_s = arena_take(s->arena, (size_t)s->n->segment_count, sizeof *window_s);

    for (int32_t i = 0; i < s->n->segment_count; i++)
        window_s[i] = i % 3 ? 28800 : 86400;
    for (int32_t i = 0; i < PATROLS; i++) {
        const int32_t first = town_pick(&s->dice, s->n->segment_count - LEGS);
        struct rounds_leg legs[LEGS] = { 0 };

        for (int32_t k = 0; k < LEGS; k++)
            legs[k].piece = (struct range_piece){ first + k, 0, s->n->length_cm[first + k] };
        for (int32_t day = -1; day < 7; day++) {
            const int64_t from_s = BEGIN_S + day * 86400LL + 1800LL * town_pick(&s->dice, 40);
            struct source *source = &all.sources[all.source_count];

            if (town_pick(&s->dice, 5) == 0)
                continue;
            all.source_count++;
            source->count =
                rounds_walk(legs, LEGS, from_s, from_s + 7200, window_s, s->arena, &source->slabs);
        }
    }
}

static struct slab_table *table_of(void)
{
    struct slab_table *t = slab_new(all.scene.n, all.scene.plots, BEGIN_S, HOURS, SLAB_NONE);

    for (int32_t i = 0; i < all.source_count; i++)
        slab_put(t, i, all.sources[i].slabs, all.sources[i].count);
    return t;
}

/* ------------------------------------------------------------------ and if? */

static void change_post(struct post *post, int32_t kind)
{
    struct town_dice *dice = &all.scene.dice;
    const int32_t one = town_pick(dice, SHIFTS);

    switch (kind) {
    case 0: /* at another time */
        post->shifts[one] = some_shift(town_pick(dice, 7), town_pick(dice, 3));
        break;
    case 1: /* cancelled */
        post->shifts[one] = post->shifts[--post->shift_count];
        break;
    case 2: /* one more */
        post->shifts[post->shift_count++] = some_shift(town_pick(dice, 7), town_pick(dice, 3));
        break;
    case 3: /* closed */
        post->shift_count = 0;
        break;
    default: /* elsewhere */
        post->seen = see_from_somewhere(all.scene.scratch);
        break;
    }
}

/* Each lookout point once. */
static void draw_candidate(struct candidate *c)
{
    struct town_dice *dice = &all.scene.dice;
    const int32_t first = town_pick(dice, LOOKOUTS);

    c->count = 1 + town_pick(dice, CHANGES);
    for (int32_t i = 0; i < c->count; i++) {
        const int32_t kind = town_pick(dice, 6);

        c->lookouts[i] = (first + i * 17) % LOOKOUTS;
        c->posts[i] = all.posts[c->lookouts[i]];
        if (kind < 5) {
            change_post(&c->posts[i], kind);
            continue;
        }
        c->lookouts[i] = all.source_count + i; /* a new one */
        c->posts[i].seen = see_from_somewhere(all.scene.scratch);
    }
}

static void try_candidate(const struct slab_table *t, struct candidate *c)
{
    for (int32_t i = 0; i < c->count; i++) {
        c->changes[i].source_id = c->lookouts[i];
        c->changes[i].count = slabs_of(&c->posts[i], all.scene.scratch, &c->changes[i].slabs);
    }
    otherwise_try(t, all.scene.plots, c->changes, c->count, all.scene.scratch, &c->found);
}

/* The 20 in a row; the time of all of them. */
static double try_all(const struct slab_table *t)
{
    for (int32_t i = 0; i < CANDIDATES; i++)
        draw_candidate(&all.candidates[i]);
    const double start_s = cover_scene_cpu_s();

    for (int32_t i = 0; i < CANDIDATES; i++)
        try_candidate(t, &all.candidates[i]);
    return cover_scene_cpu_s() - start_s;
}

/* ------------------------------------------------------------------ from nothing */

static bool is_same(const struct slab_table *before, const struct slab_table *after,
                    const struct otherwise *found)
{
    static const struct slab_gap NOTHING[HOURS];
    int32_t next = 0;

    for (int32_t lot = 0; lot < all.scene.plots->lot_count; lot++) {
        const struct slab_gap *was = slab_lot(before, lot), *is = slab_lot(after, lot);
        const struct slab_gap *change = NOTHING;

        if (next < found->lot_count && found->lots[next].lot == lot)
            change = found->lots[next++].hours;
        for (int32_t h = 0; h < HOURS; h++)
            if (is[h].cm_s != was[h].cm_s + change[h].cm_s ||
                is[h].weight_s != was[h].weight_s + change[h].weight_s)
                return false;
    }
    return next == found->lot_count;
}

/* What is lost and gained on the streets is what the hours miss more and less. */
static bool adds_up(const struct otherwise *found)
{
    int64_t cm_s = 0;

    for (int32_t i = 0; i < found->piece_count; i++)
        cm_s += ((int64_t)found->pieces[i].piece.to_cm - found->pieces[i].piece.from_cm) *
                (found->pieces[i].lost_s - found->pieces[i].gained_s);
    for (int32_t i = 0; i < found->lot_count; i++)
        for (int32_t h = 0; h < HOURS; h++)
            cm_s -= found->lots[i].hours[h].cm_s;
    return cm_s == 0;
}

static bool is_right(const struct slab_table *before, const struct candidate *c,
                     const struct otherwise *found)
{
    struct slab_table *after = table_of();

    for (int32_t i = 0; i < c->count; i++)
        slab_put(after, c->changes[i].source_id, c->changes[i].slabs, c->changes[i].count);
    slab_settle(after);
    const bool is_it = is_same(before, after, found) && adds_up(found);

    slab_free(after);
    return is_it;
}

static int foresee(int32_t cases, bool is_control)
{
    struct slab_table *t = table_of();
    struct cover_scene_times taken = { 0 };
    int32_t right = 0, asked = 0, changes = 0;

    slab_settle(t);
    for (; asked < cases; arena_reset(all.scene.scratch)) {
        cover_scene_take_time(&taken, try_all(t));
        for (int32_t i = 0; i < CANDIDATES; i++) {
            const int32_t other = is_control ? (i + 1) % CANDIDATES : i;

            right += is_right(t, &all.candidates[i], &all.candidates[other].found);
            changes += all.candidates[i].count;
            asked++;
        }
    }
    slab_free(t);
    cover_scene_print("twenty", &taken);
    printf("cases %d %d %d\n", right, asked, changes);
    return right < asked;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        cover_scene_give_up("usage", "bench_foresee NETWORK SEED CASES [control]");
    cover_scene_make(&all.scene, argv[1], strtoull(argv[2], NULL, 10));
    add_lookouts();
    add_patrols();
    return foresee((int32_t)strtol(argv[3], NULL, 10), argc > 4);
}

/* And if? asked in a row, against recomputations:
 *
 *   bench_whatif NETWORK SEED CASES [control]
 *
 * NETWORK as for tests/support/cover_scene.h. Candidates of up to 20 changes (lookouts closed,
 * moved, added; people sent elsewhere) are tried 20 in a row, timed with the searches for what
 * is seen and reached; what is said of each is compared with tests/support/plain_cover, told
 * the same. With `control` it is compared with what is said of another candidate. Exits 1 when
 * something differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cover_scene.h"

enum { CANDIDATES = 20, LOOKOUT_M = 150 };

static struct cover_scene
    scene; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): large

/* ------------------------------------------------------------------ and if? */

/* One of 1 to 20 changes: lookouts are closed, moved and added, people sent elsewhere. */
static int32_t draw_changes(struct cover_scene *s, struct cover_change *changes, struct spot *to)
{
    const int32_t count = 1 + town_pick(&s->dice, COVER_SCENE_MORE);

    for (int32_t i = 0; i < count; i++) {
        const int32_t kind = town_pick(&s->dice, 4);

        changes[i] =
            (struct cover_change){ .kind = COVER_OF_LOOKOUT,
                                   .source_id = town_pick(&s->dice, COVER_SCENE_LOOKOUTS) };
        if (kind == 0)
            changes[i] =
                (struct cover_change){ .kind = COVER_OF_RESPONDER,
                                       .source_id = town_pick(&s->dice, COVER_SCENE_PEOPLE) };
        else if (kind == 1)
            changes[i].source_id = COVER_SCENE_LOOKOUTS + i;
        to[i] = town_spot(&s->dice, s->n);
        if (kind == 2)
            to[i].segment = -1; /* closed */
    }
    return count;
}

static void search(struct cover_scene *s, struct cover_change *change, struct spot to)
{
    struct range_band band = { 0 };

    if (to.segment >= 0)
        band = change->kind == COVER_OF_LOOKOUT ? cover_scene_see(s, to, LOOKOUT_M)
                                                : cover_scene_reach(s, to);
    change->pieces = band.pieces;
    change->count = band.piece_count;
}

struct candidate {
    struct cover_change changes[COVER_SCENE_MORE];
    struct spot to[COVER_SCENE_MORE];
    int32_t count;
    struct cover_trial trial;
};

/* With the changes made, or with them taken back: the two are exchanged. */
static void exchange(struct cover_scene *s, const struct candidate *c, struct plain_source *was,
                     bool is_back)
{
    for (int32_t k = 0; k < c->count; k++) {
        const int32_t i = is_back ? c->count - 1 - k : k;
        const struct cover_change *change = &c->changes[i];
        struct plain_source *source = change->kind == COVER_OF_LOOKOUT
                                          ? &s->lookouts[change->source_id]
                                          : &s->people[change->source_id];

        if (is_back) {
            *source = was[i];
            continue;
        }
        was[i] = *source;
        memcpy(&source->pieces, &change->pieces, sizeof change->pieces); /* only read there */
        source->count = change->count;
    }
}

static void add_lots(const struct cover_scene *s, const struct cover_sums *lots,
                     struct cover_sums *city, struct cover_sums *cells)
{
    for (int32_t i = 0; i < s->plots->lot_count; i++)
        for (int32_t k = 0; k < COVER_STATES; k++) {
            struct cover_sums *cell = &cells[s->plots->lots[i].cell[0]];

            city->length_cm[k] += lots[i].length_cm[k];
            city->weight[k] += lots[i].weight[k];
            cell->length_cm[k] += lots[i].length_cm[k];
        }
}

static bool are_cells_right(const struct cover_scene *s, const struct cover_trial *t,
                            const struct cover_sums *before, const struct cover_sums *after)
{
    int32_t told = 0;

    for (int32_t i = 0; i < s->plots->cell_count; i++) {
        struct cover_figure was;
        struct cover_figure is;
        bool differs = false;

        cover_figure(before[i].length_cm, &was);
        cover_figure(after[i].length_cm, &is);
        for (int32_t k = 0; k < COVER_CLASS_COUNT; k++)
            differs |= was.missing[k] != is.missing[k];
        if (!differs)
            continue;
        if (told == t->cell_count || t->cells[told].cell != i)
            return false;
        for (int32_t k = 0; k < COVER_CLASS_COUNT; k++)
            if (t->cells[told].change_cm[k] != is.missing[k] - was.missing[k])
                return false;
        told++;
    }
    return told == t->cell_count;
}

/* Whether a trial says what comes out when the changes of a candidate are made. */
static bool is_right(struct cover_scene *s, const struct candidate *c, const struct cover_trial *t,
                     const struct cover_sums *before)
{
    struct plain_source was[COVER_SCENE_MORE];
    struct arena *a = arena_new();
    const size_t cell_count = (size_t)s->plots->cell_count;
    struct cover_sums *cells[2] = { arena_take(a, cell_count, sizeof(struct cover_sums)),
                                    arena_take(a, cell_count, sizeof(struct cover_sums)) };
    struct cover_sums city[2] = { 0 };
    bool is_same;

    exchange(s, c, was, false);
    add_lots(s, before, &city[0], cells[0]);
    add_lots(s, cover_scene_lots(s, a), &city[1], cells[1]);
    exchange(s, c, was, true);
    is_same = memcmp(&city[0], &t->before, sizeof city[0]) == 0 &&
              memcmp(&city[1], &t->after, sizeof city[1]) == 0 &&
              are_cells_right(s, t, cells[0], cells[1]);
    arena_free(a);
    return is_same;
}

/* The 20 in a row; the time of all of them with their searches. */
static double try_all(struct cover_scene *s, struct candidate *candidates)
{
    double start_s;

    for (int32_t i = 0; i < CANDIDATES; i++)
        candidates[i].count = draw_changes(s, candidates[i].changes, candidates[i].to);
    start_s = cover_scene_cpu_s();
    for (int32_t i = 0; i < CANDIDATES; i++) {
        for (int32_t k = 0; k < candidates[i].count; k++)
            search(s, &candidates[i].changes[k], candidates[i].to[k]);
        cover_try(s->cover, candidates[i].changes, candidates[i].count, s->scratch,
                  &candidates[i].trial);
    }
    return cover_scene_cpu_s() - start_s;
}

static int what_if(struct cover_scene *s, int32_t cases, bool is_control)
{
    static struct candidate candidates[CANDIDATES];
    struct cover_scene_times taken = { 0 };
    const struct cover_sums *before = cover_scene_lots(s, s->arena);
    const uint64_t hash = cover_hash(s->cover);
    int32_t right = 0;
    int32_t changes = 0;

    for (int32_t done = 0; done < cases; done += CANDIDATES) {
        cover_scene_take_time(&taken, try_all(s, candidates));
        for (int32_t i = 0; i < CANDIDATES; i++) {
            const int32_t other = is_control ? (i + 1) % CANDIDATES : i;

            right += is_right(s, &candidates[i], &candidates[other].trial, before);
            changes += candidates[i].count;
        }
        arena_reset(s->scratch);
    }
    const int32_t asked = (cases + CANDIDATES - 1) / CANDIDATES * CANDIDATES;

    cover_scene_print("twenty", &taken);
    printf("cases %d %d %d\n", right, asked, changes);
    printf("untouched %s\n", cover_hash(s->cover) == hash ? "yes" : "no");
    return right < asked || cover_hash(s->cover) != hash;
}

int main(int argc, char **argv)
{
    struct cover_scene *s = &scene;

    if (argc < 4)
        cover_scene_give_up("usage", "bench_whatif NETWORK SEED CASES [control]");
    cover_scene_make(s, argv[1], strtoull(argv[2], NULL, 10));
    cover_scene_fill(s);
    printf("city %d %d %d\n", s->n->node_count, s->n->segment_count, s->plots->cell_count);
    return what_if(s, (int32_t)strtol(argv[3], NULL, 10), argc > 4);
}

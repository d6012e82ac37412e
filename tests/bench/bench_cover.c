/* What covers the streets, changed in place, against the same worked out from nothing:
 *
 *   bench_cover live NETWORK SEED CHANGES [control]
 *   bench_cover roll NETWORK SEED ROUNDS [control]
 *
 * NETWORK as for tests/support/cover_scene.h. Lookouts see as far as a circle reaches, people
 * reach 1.5 km by e-bike, patrols walk. CPU times of one thread, with the search for what is
 * seen or reached; prints a line a figure.
 *
 * `live` changes one thing after the other at random and compares the sums of all lots with
 * those of tests/support/plain_cover, and the hash with that of a cover that is told all at
 * once, backwards. With `control` one change is kept from the cover. `roll` asks for all cells
 * and organisations; with `control` lookouts are closed afterwards. Exits 1 when something differs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cover_scene.h"

enum {
    WALKERS = 600,
    FIX_S = 5,
    FIX_CM = 700,
    BATCH = 256, /* fixes in a row */
    OTHERS = 12, /* lookouts and people after them, each */
};

struct walker {
    struct spot spot;
    bool is_back;
};

struct bench {
    struct cover_scene scene;
    struct walker walkers[WALKERS];
    int64_t pieces; /* of what was changed */
};

static struct bench bench; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): large

/* ------------------------------------------------------------------ changes */

/* Closed, opened or moved, with the search for what it sees. */
static double change_lookout(struct bench *b, bool is_kept_back)
{
    struct cover_scene *s = &b->scene;
    const int32_t i = town_pick(&s->dice, COVER_SCENE_LOOKOUTS);
    struct plain_source *source = &s->lookouts[i];
    const struct spot spot = town_spot(&s->dice, s->n);
    const double reach_m = cover_scene_reach_m(s);
    const bool is_closed = source->count > 0 && town_pick(&s->dice, 2) == 0;
    const double start_s = cover_scene_cpu_s();
    struct range_band band = { 0 };

    if (!is_closed)
        band = cover_scene_see(s, spot, reach_m);
    if (!is_kept_back)
        cover_lookout(s->cover, i, band.pieces, band.piece_count);
    const double taken_s = cover_scene_cpu_s() - start_s;

    cover_scene_keep(source, &band);
    arena_reset(s->scratch);
    return taken_s;
}

/* A segment that begins or ends where this one does. */
static int32_t next_door(struct cover_scene *s, int32_t segment, bool is_back)
{
    const int32_t node = is_back ? s->n->from[segment] : s->n->to[segment];
    const int32_t first = s->n->first_out[node];

    return s->n->out_edge[first + town_pick(&s->dice, s->n->first_out[node + 1] - first)];
}

/* Seven metres on, or to the end of the street and then another one. */
static struct visits_pass walk_on(struct bench *b, int32_t i)
{
    struct cover_scene *s = &b->scene;
    struct walker *w = &b->walkers[i];
    const uint32_t length_cm = s->n->length_cm[w->spot.segment];
    const uint32_t left_cm = w->is_back ? w->spot.along_cm : length_cm - w->spot.along_cm;
    const uint32_t gone_cm = left_cm < FIX_CM ? left_cm : FIX_CM;
    struct visits_pass pass = { .segment = w->spot.segment,
                                .from_cm = w->spot.along_cm,
                                .from_s = s->now_s,
                                .to_s = s->now_s + FIX_S,
                                .is_thin = town_pick(&s->dice, 50) == 0 };

    pass.to_cm = w->is_back ? pass.from_cm - gone_cm : pass.from_cm + gone_cm;
    w->spot.along_cm = pass.to_cm;
    if (left_cm <= FIX_CM) {
        const int32_t edge = next_door(s, w->spot.segment, w->is_back);

        w->is_back = edge & 1;
        w->spot.segment = edge >> 1;
        w->spot.along_cm = w->is_back ? s->n->length_cm[edge >> 1] : 0;
    }
    return pass;
}

/* A fix of each of some walkers; the time of one of them. */
static double walk(struct bench *b)
{
    struct cover_scene *s = &b->scene;
    struct visits_pass passes[BATCH];
    double start_s;
    double taken_s;

    for (int32_t i = 0; i < BATCH; i++) {
        passes[i] = walk_on(b, town_pick(&s->dice, WALKERS));
        if (passes[i].from_cm == passes[i].to_cm)
            passes[i].to_s = passes[i].from_s;
    }
    start_s = cover_scene_cpu_s();
    for (int32_t i = 0; i < BATCH; i++)
        cover_visit(s->cover, &passes[i]);
    taken_s = cover_scene_cpu_s() - start_s;
    buf_put(&s->passes, passes, sizeof passes);
    return taken_s / BATCH;
}

/* Told everything at once, backwards. */
static uint64_t hash_anew(const struct cover_scene *s)
{
    const struct visits_pass *passes = (const void *)s->passes.bytes;
    struct cover *c = cover_scene_cover(s);
    uint64_t hash;

    cover_tick(c, s->now_s);
    for (int32_t i = (int32_t)(s->passes.size / sizeof *passes) - 1; i >= 0; i--)
        cover_visit(c, &passes[i]);
    for (int32_t i = COVER_SCENE_PEOPLE - 1; i >= 0; i--)
        cover_responder(c, i, s->people[i].pieces, s->people[i].count);
    for (int32_t i = COVER_SCENE_LOOKOUTS - 1; i >= 0; i--)
        cover_lookout(c, i, s->lookouts[i].pieces, s->lookouts[i].count);
    hash = cover_hash(c);
    cover_free(c);
    return hash;
}

/* ------------------------------------------------------------------ live */

struct figures {
    struct cover_scene_times lookout, person, person_alone, person_engine, fix, tick;
};

/* To a street next door. */
static void move_person(struct bench *b, struct figures *f)
{
    struct cover_scene *s = &b->scene;
    const int32_t i = town_pick(&s->dice, COVER_SCENE_PEOPLE);
    const int32_t segment = next_door(s, s->at[i].segment, town_pick(&s->dice, 2) == 0) >> 1;
    const double start_s = cover_scene_cpu_s();

    s->at[i] = (struct spot){ segment, s->n->length_cm[segment] / 2 };
    const struct range_band band = cover_scene_reach(s, s->at[i]);
    const double found_s = cover_scene_cpu_s();

    cover_responder(s->cover, i, band.pieces, band.piece_count);
    const double told_s = cover_scene_cpu_s();

    cover_scene_put_within(s, i);
    cover_scene_take_time(&f->person_engine, cover_scene_cpu_s() - told_s);
    cover_scene_take_time(&f->person, told_s - start_s);
    cover_scene_take_time(&f->person_alone, told_s - found_s);
    b->pieces += band.piece_count;
    cover_scene_keep(&s->people[i], &band);
    arena_reset(s->scratch);
}

/* What changes in five seconds; how many changes that were. */
static int32_t go_on(struct bench *b, struct figures *f, bool is_kept_back)
{
    struct cover_scene *s = &b->scene;

    for (int32_t i = 0; i < OTHERS; i++)
        cover_scene_take_time(&f->lookout, change_lookout(b, is_kept_back && i == 0));
    for (int32_t i = 0; i < OTHERS; i++)
        move_person(b, f);
    cover_scene_take_time(&f->fix, walk(b));
    s->now_s += FIX_S;
    const double start_s = cover_scene_cpu_s();

    cover_tick(s->cover, s->now_s);
    cover_scene_take_time(&f->tick, cover_scene_cpu_s() - start_s);
    return 2 * OTHERS + BATCH;
}

static int32_t lots_that_differ(const struct cover_scene *s, const struct cover_sums *one,
                                const struct cover_sums *other)
{
    int32_t count = 0;

    for (int32_t i = 0; i < s->plots->lot_count; i++)
        count += memcmp(&one[i], &other[i], sizeof *one) != 0;
    return count;
}

/* People by their pieces, and as the engine keeps them: the same streets. */
static int32_t lots_of_engine_that_differ(const struct cover_scene *s)
{
    struct cover *c = cover_scene_cover(s);
    int32_t count;

    for (int32_t i = 0; i < COVER_SCENE_PEOPLE; i++)
        cover_responder(c, i, s->people[i].pieces, s->people[i].count);
    count = lots_that_differ(s, cover_lots(c), cover_lots(s->engine));
    cover_free(c);
    return count;
}

static bool compare(const struct cover_scene *s)
{
    const int32_t lots = s->plots->lot_count;
    const int32_t wrong = lots_that_differ(s, cover_lots(s->cover), cover_scene_lots(s, s->arena));
    const int32_t engine = lots_of_engine_that_differ(s);
    const bool is_same_hash = cover_hash(s->cover) == hash_anew(s);

    printf("lots %d %d\n", lots - wrong, lots);
    printf("engine %d %d\n", lots - engine, lots);
    printf("hash %s\n", is_same_hash ? "same" : "differs");
    return wrong == 0 && engine == 0 && is_same_hash;
}

static int live(struct bench *b, int32_t changes, bool is_control)
{
    struct cover_scene *s = &b->scene;
    struct figures f = { 0 };
    int32_t done = 0;

    cover_scene_fill(s);
    for (int32_t i = 0; i < WALKERS; i++)
        b->walkers[i].spot = town_spot(&s->dice, s->n);
    while (done < changes)
        done += go_on(b, &f, false);
    if (is_control)
        done += go_on(b, &f, true);
    printf("changes %d %d\n", done, (int)(b->pieces / f.person.count));
    cover_scene_print("lookout", &f.lookout);
    cover_scene_print("person", &f.person);
    cover_scene_print("person_alone", &f.person_alone);
    cover_scene_print("person_engine", &f.person_engine);
    cover_scene_print("fix", &f.fix);
    cover_scene_print("tick", &f.tick);
    printf("bytes %zu\n", cover_bytes(s->cover));
    return !compare(s);
}

/* ------------------------------------------------------------------ all cells and organisations */

/* Streets that people reach and where patrols have been, without a search. */
static void fill_at_random(struct cover_scene *s)
{
    for (int32_t i = 0; i < COVER_SCENE_LOOKOUTS; i++) {
        const struct range_band band =
            cover_scene_see(s, town_spot(&s->dice, s->n), cover_scene_reach_m(s));

        cover_lookout(s->cover, i, band.pieces, band.piece_count);
        arena_reset(s->scratch);
    }
    for (int32_t i = 0; i < s->n->segment_count; i++) {
        const uint32_t length_cm = s->n->length_cm[i];
        const uint32_t some_cm = (uint32_t)town_pick(&s->dice, (int32_t)length_cm);
        const struct cover_step steps[] = { { 0, some_cm, 1 }, { some_cm, length_cm, 2 } };
        const struct visits_pass pass = { .segment = i, .to_cm = some_cm, .to_s = 100 };

        if (town_pick(&s->dice, 5) > 0 && some_cm > 0)
            cover_reach(s->cover, i, steps, 1 + town_pick(&s->dice, 2));
        if (town_pick(&s->dice, 3) == 0)
            cover_visit(s->cover, &pass);
    }
}

/* Every street is asked by itself, as a reader of one street would. */
static bool is_summed(const struct cover_scene *s, const struct cover_roll *roll)
{
    struct cover_sums *cells = arena_take(s->arena, (size_t)s->plots->cell_count, sizeof *cells);
    struct cover_sums *stations = arena_take(s->arena, COVER_SCENE_STATIONS, sizeof *stations);
    struct cover_sums city = { 0 };
    const int32_t count = s->plots->cell_count + COVER_SCENE_STATIONS + 1;
    int64_t differing = 0;

    for (int32_t i = 0; i < s->n->segment_count; i++) {
        struct cover_cursor cursor = { 0 };
        struct cover_stretch stretch;

        while (cover_next(s->cover, i, &cursor, &stretch)) {
            const struct plots_lot *lot = &s->plots->lots[stretch.lot];
            const int64_t cm = stretch.to_cm - stretch.from_cm;

            city.length_cm[stretch.state] += cm;
            city.weight[stretch.state] += cm * stretch.weight;
            cells[lot->cell[0]].length_cm[stretch.state] += cm;
            cells[lot->cell[0]].weight[stretch.state] += cm * stretch.weight;
            if (lot->station != PLOTS_NO_STATION) {
                stations[lot->station].length_cm[stretch.state] += cm;
                stations[lot->station].weight[stretch.state] += cm * stretch.weight;
            }
        }
    }
    for (int32_t i = 0; roll->cells && roll->orgs && i < s->plots->cell_count; i++)
        differing += memcmp(&cells[i], &roll->cells[i].sums, sizeof *cells) != 0;
    for (int32_t i = 0; roll->stations && i < COVER_SCENE_STATIONS; i++)
        differing += memcmp(&stations[i], &roll->stations[i].sums, sizeof *stations) != 0;
    differing += !roll->orgs || memcmp(&city, &roll->orgs[0].sums, sizeof city) != 0;
    printf("sums %d %d\n", (int)(count - differing), count);
    return differing == 0;
}

static int roll(struct cover_scene *s, int32_t rounds, bool is_control)
{
    struct cover_scene_times taken = { 0 };
    struct cover_roll out = { 0 };

    fill_at_random(s);
    for (int32_t i = 0; i < rounds; i++) {
        const double start_s = cover_scene_cpu_s();

        arena_reset(s->scratch);
        cover_roll(s->cover, s->scratch, &out);
        cover_scene_take_time(&taken, cover_scene_cpu_s() - start_s);
    }
    cover_scene_print("roll", &taken);
    for (int32_t i = 0; is_control && i < COVER_SCENE_LOOKOUTS; i += 2)
        cover_lookout(s->cover, i, NULL, 0);
    return !is_summed(s, &out);
}

int main(int argc, char **argv)
{
    struct bench *b = &bench;
    const struct cover_scene *s = &b->scene;

    if (argc < 5)
        cover_scene_give_up("usage", "bench_cover live|roll NETWORK SEED COUNT [control]");
    const int32_t count = (int32_t)strtol(argv[4], NULL, 10);

    cover_scene_make(&b->scene, argv[2], strtoull(argv[3], NULL, 10));
    printf("city %d %d %d %d %d %d\n", s->n->node_count, s->n->segment_count, s->plots->cell_count,
           s->plots->org_count, s->plots->station_count, s->plots->lot_count);
    return strcmp(argv[1], "roll") == 0 ? roll(&b->scene, count, argc > 5)
                                        : live(b, count, argc > 5);
}

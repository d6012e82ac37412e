/* Tracks matched to the streets of a database:
 *
 *   bench_match ADDRESS SEED TRACKS [TAXIS]
 *   bench_match ADDRESS SEED TRACKS control
 *
 * Walks TRACKS random ways by each mode with the speeds of the streets, reports a fix every
 * few seconds that is off by 15 m (standard deviation, east and north each), and compares
 * what is matched with the way that was gone, metre by metre and direction by direction.
 * TAXIS are real tracks with the places that another matcher gave them. Every way that is
 * matched is walked again over the arrays of the network alone. With `control` each fix is
 * given to the nearest street instead: the figures must be missed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/match.h"
#include "geo/road/route.h"
#include "tests/support/town.h"

static const double NOISE_M = 15, PI = 3.14159265358979323846;
static const double SAME_M = 10;

enum {
    TRACK_FIXES_MAX = 4000,
    LINE_MAX = 512,
    COLUMNS = 6,
    SHOWN_MAX = 5,
};

/* A part of an edge, low to high along its segment. */
struct part {
    int32_t edge;
    uint32_t low_cm, high_cm;
};

struct parts {
    struct part *parts;
    int32_t count, room;
};

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    struct roads *roads;
    struct snap_index *index;
    struct hop_room *room;
    struct route_room *route_room;
    bool is_control;
    struct match_fix *fixes;
    struct match_place *places; /* of one track */
    int32_t fix_count, place_count;
    struct parts truth, matched;
    struct match_piece *way;
    int32_t way_count, way_room;
    double spent_s;
    int64_t matched_fixes;
    int32_t broken, shown; /* ways that are not connected or not legal */
    int32_t runs, tracks;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_match: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ parts of streets */

static void add_part(struct parts *p, int32_t edge, uint32_t one_cm, uint32_t other_cm)
{
    if (p->count == p->room) {
        p->room = 2 * p->room + 256;
        p->parts = realloc(p->parts, (size_t)p->room * sizeof *p->parts);
        if (!p->parts)
            give_up("memory", "none left");
    }
    p->parts[p->count++] = (struct part){ edge, one_cm < other_cm ? one_cm : other_cm,
                                          one_cm < other_cm ? other_cm : one_cm };
}

static int by_place(const void *left, const void *right)
{
    const struct part *a = left;
    const struct part *b = right;

    if (a->edge != b->edge)
        return a->edge < b->edge ? -1 : 1;
    return a->low_cm < b->low_cm ? -1 : a->low_cm > b->low_cm;
}

/* Sorted, and no metre twice. */
static void tidy(struct parts *p)
{
    int32_t kept = 0;

    qsort(p->parts, (size_t)p->count, sizeof *p->parts, by_place);
    for (int32_t i = 0; i < p->count; i++) {
        struct part *last = kept > 0 ? &p->parts[kept - 1] : NULL;

        if (last && last->edge == p->parts[i].edge && p->parts[i].low_cm <= last->high_cm) {
            if (p->parts[i].high_cm > last->high_cm)
                last->high_cm = p->parts[i].high_cm;
        } else {
            p->parts[kept++] = p->parts[i];
        }
    }
    p->count = kept;
}

static int64_t sum_cm(const struct parts *p)
{
    int64_t sum = 0;

    for (int32_t i = 0; i < p->count; i++)
        sum += p->parts[i].high_cm - p->parts[i].low_cm;
    return sum;
}

static int64_t common_cm(const struct parts *one, const struct parts *other)
{
    int64_t sum = 0;

    for (int32_t i = 0, j = 0; i < one->count && j < other->count;) {
        const struct part *a = &one->parts[i];
        const struct part *b = &other->parts[j];

        if (a->edge == b->edge) {
            const uint32_t low = a->low_cm > b->low_cm ? a->low_cm : b->low_cm;
            const uint32_t high = a->high_cm < b->high_cm ? a->high_cm : b->high_cm;

            sum += high > low ? high - low : 0;
        }
        if (a->edge < b->edge || (a->edge == b->edge && a->high_cm < b->high_cm))
            i++;
        else
            j++;
    }
    return sum;
}

/* ------------------------------------------------------------------ matching */

/* Whether one piece can follow the other: on along the street, over a junction by streets
 * that touch it, or round on the spot. Says nothing that the network's arrays do not. */
static bool follows(const struct network *n, const struct match_piece *a,
                    const struct match_piece *b)
{
    const uint32_t end = a->edge & 1 ? 0 : n->length_cm[a->edge >> 1];
    const uint32_t begin = b->edge & 1 ? n->length_cm[b->edge >> 1] : 0;

    if (a->edge >> 1 == b->edge >> 1 && a->to_cm == b->from_cm)
        return true;
    return a->to_cm == end && b->from_cm == begin &&
           network_head(n, a->edge) == network_tail(n, b->edge);
}

static bool is_legal(const struct network *n, enum mode mode, const struct match_piece *p)
{
    const uint32_t length_cm = n->length_cm[p->edge >> 1];
    const bool onward = p->edge & 1 ? p->from_cm >= p->to_cm : p->from_cm <= p->to_cm;

    return (n->access[p->edge >> 1] & 1u << (2 * mode + (p->edge & 1))) != 0 && onward &&
           p->from_cm <= length_cm && p->to_cm <= length_cm && p->from_us <= p->to_us;
}

/* The edges from junction to junction; -1 parts what no junction joins. */
static int32_t list_edges(const struct bench *b, int32_t *edges)
{
    int32_t count = 0;

    for (int32_t i = 0; i < b->way_count; i++) {
        const struct match_piece *p = &b->way[i];
        const uint32_t begin = p->edge & 1 ? b->n->length_cm[p->edge >> 1] : 0;
        const bool goes_on = i > 0 && p[-1].run == p->run;

        if (goes_on && p[-1].edge == p->edge && p[-1].to_cm == p->from_cm)
            continue;
        if (!goes_on || p->from_cm != begin || p[-1].edge >> 1 == p->edge >> 1)
            edges[count++] = -1;
        edges[count++] = p->edge;
    }
    return count;
}

/* Whether the way holds, anywhere, all edges of a ban one after the other. */
static bool is_banned(const struct network *n, enum mode mode, const int32_t *edges, int32_t count)
{
    for (int32_t ban = 0; ban < n->ban_count; ban++) {
        const int32_t *banned = n->ban_edge + n->first_ban_edge[ban];
        const int32_t length = n->first_ban_edge[ban + 1] - n->first_ban_edge[ban];

        for (int32_t i = 0; (n->ban_modes[ban] & 1u << mode) && i + length <= count; i++)
            if (memcmp(edges + i, banned, (size_t)length * sizeof *edges) == 0)
                return true;
    }
    return false;
}

static void check_turns(struct bench *b, enum mode mode)
{
    int32_t *edges = malloc((2 * (size_t)b->way_count + 1) * sizeof *edges);

    if (!edges)
        give_up("memory", "none left");
    if (is_banned(b->n, mode, edges, list_edges(b, edges))) {
        b->broken++;
        if (b->shown++ < SHOWN_MAX)
            fprintf(stderr, "a way by %s takes a turn that is forbidden\n",
                    network_mode_word(mode));
    }
    free(edges);
}

static void check_way(struct bench *b, enum mode mode)
{
    check_turns(b, mode);
    for (int32_t i = 0; i < b->way_count; i++) {
        const struct match_piece *p = &b->way[i];
        const struct match_piece *before = i > 0 ? p - 1 : NULL;
        const bool fits = !before || before->run != p->run ||
                          (follows(b->n, before, p) && before->to_us <= p->from_us);

        if (fits && is_legal(b->n, mode, p))
            continue;
        b->broken++;
        if (b->shown++ < SHOWN_MAX)
            fprintf(stderr, "a way by %s breaks at piece %d: edge %d, %u to %u cm\n",
                    network_mode_word(mode), i, p->edge, p->from_cm, p->to_cm);
        return;
    }
}

static void keep_found(struct bench *b, const struct match_found *found)
{
    memcpy(b->places + b->place_count, found->places,
           (size_t)found->place_count * sizeof *found->places);
    b->place_count += found->place_count;
    if (b->way_count + found->piece_count > b->way_room) {
        b->way_room = 2 * (b->way_count + found->piece_count) + 256;
        b->way = realloc(b->way, (size_t)b->way_room * sizeof *b->way);
        if (!b->way)
            give_up("memory", "none left");
    }
    if (found->piece_count > 0)
        memcpy(b->way + b->way_count, found->pieces,
               (size_t)found->piece_count * sizeof *found->pieces);
    b->way_count += found->piece_count;
}

static void match_track(struct bench *b, enum mode mode, int32_t lag)
{
    const struct match_streets streets = { { b->n, roads_base(b->roads)->graph, mode }, b->index };
    struct match *m = match_new(&streets, lag);
    struct match_found found;

    b->place_count = b->way_count = 0;
    for (int32_t i = 0; i < b->fix_count; i++) {
        const double begin_s = now_s();

        match_add(m, b->room, &b->fixes[i], &found);
        b->spent_s += now_s() - begin_s;
        keep_found(b, &found);
    }
    match_end(m, b->room, &found);
    keep_found(b, &found);
    match_free(m);
    b->matched_fixes += b->fix_count;
    if (b->place_count != b->fix_count)
        give_up("match", "there is not one place for each fix");
    b->tracks++;
    b->runs += b->way_count > 0 ? b->way[b->way_count - 1].run + 1 : 0;
    check_way(b, mode);
}

/* ------------------------------------------------------------------ made-up tracks */

static double chance(struct bench *b)
{
    return ((double)(town_roll(&b->dice) >> 11) + 0.5) / 9007199254740992.0;
}

static struct point noisy(struct bench *b, struct point p)
{
    const double far_m = NOISE_M * sqrt(-2 * log(chance(b)));
    const double angle = 2 * PI * chance(b);

    p.lat += far_m * cos(angle) / 111132.0;
    p.lon += far_m * sin(angle) / (111320.0 * cos(p.lat * PI / 180));
    return p;
}

static void add_fix(struct bench *b, double at_ms, struct spot spot)
{
    if (b->fix_count < TRACK_FIXES_MAX)
        b->fixes[b->fix_count++] = (struct match_fix){
            .at_us = 1000000000 + (int64_t)(at_ms * 1000),
            .at = noisy(b, network_point(b->n, spot)),
            .accuracy_m = NOISE_M * 1.515,
        };
}

/* Walks an edge from one place to another and reports when it is time. */
static void walk_edge(struct bench *b, enum mode mode, int32_t edge, uint32_t from_cm,
                      uint32_t to_cm, double every_ms, double *clock_ms)
{
    const double ms_a_cm = (double)b->n->cost_ms[mode][edge] / (double)b->n->length_cm[edge >> 1];
    const double length_cm = fabs((double)to_cm - from_cm);
    double next_ms = ceil(*clock_ms / every_ms) * every_ms;

    for (; next_ms < *clock_ms + length_cm * ms_a_cm; next_ms += every_ms) {
        const double gone = (next_ms - *clock_ms) / ms_a_cm;
        const double along = from_cm < to_cm ? from_cm + gone : from_cm - gone;

        add_fix(b, next_ms, (struct spot){ edge >> 1, (uint32_t)along });
    }
    *clock_ms += length_cm * ms_a_cm;
    add_part(&b->truth, edge, from_cm, to_cm);
}

/* Where an edge of the way begins and ends: at the spots, or whole. */
static void walk(struct bench *b, enum mode mode, const struct route *r, double every_ms)
{
    double clock_ms = 0;

    for (int32_t i = 0; i < r->edge_count; i++) {
        const int32_t edge = r->edges[i];
        const uint32_t length_cm = b->n->length_cm[edge >> 1];
        uint32_t from_cm = edge & 1 ? length_cm : 0;
        uint32_t to_cm = edge & 1 ? 0 : length_cm;

        if (i == 0 && edge >> 1 == r->from.segment)
            from_cm = r->from.along_cm;
        if (i == r->edge_count - 1 && edge >> 1 == r->to.segment)
            to_cm = r->to.along_cm;
        walk_edge(b, mode, edge, from_cm, to_cm, every_ms, &clock_ms);
    }
    add_fix(b, clock_ms + 1, r->to);
}

/* A way of a few kilometres, by streets that the mode may use. */
static bool make_track(struct bench *b, enum mode mode, struct arena *a)
{
    static const uint32_t least_cm[MODE_COUNT] = { 300000, 400000, 600000 };
    static const uint32_t most_cm[MODE_COUNT] = { 800000, 1000000, 2000000 };
    static const int32_t seconds_max[MODE_COUNT] = { 15, 15, 15 };
    const struct spot from = town_spot(&b->dice, b->n);
    const struct spot to = town_spot(&b->dice, b->n);
    struct route r;
    struct fail f;

    b->fix_count = b->truth.count = b->matched.count = 0;
    if (!network_usable(b->n, mode, from.segment) || !network_usable(b->n, mode, to.segment) ||
        !route_find(b->roads, mode, from, to, b->route_room, a, &r, &f) ||
        r.length_cm < least_cm[mode] || r.length_cm > most_cm[mode])
        return false;
    walk(b, mode, &r, 1000.0 * (1 + town_pick(&b->dice, seconds_max[mode])));
    return b->fix_count > 2 && b->fix_count < TRACK_FIXES_MAX;
}

/* The control: every fix by itself. */
static void match_nearest(struct bench *b, enum mode mode)
{
    struct snap last = { .spot = { .segment = -1 } };

    for (int32_t i = 0; i < b->fix_count; i++) {
        struct snap snap;
        struct fail f;

        if (!snap_to(b->index, mode, b->fixes[i].at, &snap, &f))
            continue;
        if (last.spot.segment == snap.spot.segment)
            add_part(&b->matched, 2 * snap.spot.segment + (snap.spot.along_cm < last.spot.along_cm),
                     last.spot.along_cm, snap.spot.along_cm);
        last = snap;
    }
}

static void run_made_up(struct bench *b, enum mode mode, int32_t tracks, int32_t lag)
{
    int64_t gone_cm = 0, right_cm = 0, claimed_cm = 0;
    const double spent_s = b->spent_s;
    const int64_t fixes = b->matched_fixes;
    const int32_t runs = b->runs;

    for (int32_t made = 0, tried = 0; made < tracks && tried < 1000 * tracks; tried++) {
        struct arena *a = arena_new();

        if (make_track(b, mode, a)) {
            made++;
            if (b->is_control)
                match_nearest(b, mode);
            else
                match_track(b, mode, lag);
            for (int32_t i = 0; !b->is_control && i < b->way_count; i++)
                add_part(&b->matched, b->way[i].edge, b->way[i].from_cm, b->way[i].to_cm);
            tidy(&b->truth);
            tidy(&b->matched);
            gone_cm += sum_cm(&b->truth);
            claimed_cm += sum_cm(&b->matched);
            right_cm += common_cm(&b->truth, &b->matched);
        }
        arena_free(a);
    }
    printf("made-up %s %s: %.2f %% of %.1f km right, %.2f %% claimed besides, %d runs of %d "
           "tracks, %.0f fixes/s\n",
           network_mode_word(mode), lag == MATCH_LAG_MAX ? "offline" : "online",
           100.0 * (double)right_cm / (double)gone_cm, (double)gone_cm / 1e5,
           100.0 * (double)(claimed_cm - right_cm) / (double)gone_cm, b->runs - runs, tracks,
           b->is_control ? 0 : (double)(b->matched_fixes - fixes) / (b->spent_s - spent_s));
}

/* ------------------------------------------------------------------ taxis */

struct taxi {
    struct point given;
};

/* Of trips with even numbers and of those with odd ones: what was tried on the ones is shown
 * on the others. */
struct taxis {
    int64_t all, same, same_nearest, half[2], same_half[2];
    int64_t verdicts[MATCH_VERDICTS];
    int64_t no_street, ours_nearer, given_nearer; /* of those with another place */
};

/* Why a place is another: no street of ours is there, or one of both is further off the fix. */
static void explain(const struct bench *b, struct point given, struct point fix, double off_m,
                    struct taxis *sum)
{
    struct snap snap;
    struct fail f;

    if (!snap_to(b->index, MODE_CAR, given, &snap, &f) || snap.off_m > SAME_M)
        sum->no_street++;
    else if (off_m < point_distance_m(fix, given))
        sum->ours_nearer++;
    else
        sum->given_nearer++;
}

static void judge(struct bench *b, int32_t trip, const struct taxi *given, struct taxis *sum)
{
    for (int32_t i = 0; i < b->fix_count; i++) {
        const struct match_place *p = &b->places[i];
        const bool is_same = p->spot.segment >= 0 && point_distance_m(network_point(b->n, p->spot),
                                                                      given[i].given) <= SAME_M;
        struct snap snap;
        struct fail f;

        sum->all++;
        sum->half[trip & 1]++;
        sum->verdicts[p->verdict]++;
        sum->same += is_same;
        sum->same_half[trip & 1] += is_same;
        if (!is_same)
            explain(b, given[i].given, b->fixes[i].at, p->spot.segment >= 0 ? p->off_m : HUGE_VAL,
                    sum);
        if (snap_to(b->index, MODE_CAR, b->fixes[i].at, &snap, &f) &&
            point_distance_m(network_point(b->n, snap.spot), given[i].given) <= SAME_M)
            sum->same_nearest++;
    }
}

static void print_taxis(const struct taxis *sum)
{
    printf("  even trips %.2f %%, odd trips %.2f %%; elsewhere: ours nearer to the fix %lld, the "
           "given one nearer %lld, no street at the given one %lld\n  ",
           100.0 * (double)sum->same_half[0] / (double)sum->half[0],
           100.0 * (double)sum->same_half[1] / (double)sum->half[1], (long long)sum->ours_nearer,
           (long long)sum->given_nearer, (long long)sum->no_street);
    for (enum match_verdict v = 0; v < MATCH_VERDICTS; v++)
        printf("%s %lld  ", match_word(v), (long long)sum->verdicts[v]);
    printf("\n");
}

static bool read_taxi(const char *line, int32_t *trip, struct match_fix *fix, struct taxi *taxi)
{
    double v[COLUMNS];
    const char *at = line;

    for (int i = 0; i < COLUMNS; i++) {
        char *end;

        v[i] = strtod(at, &end);
        if (end == at || (i < COLUMNS - 1 && *end != ','))
            return false;
        at = end + 1;
    }
    *trip = (int32_t)v[0];
    *fix = (struct match_fix){ .at_us = (int64_t)v[1] * 1000000, .at = { v[3], v[2] } };
    taxi->given = (struct point){ v[5], v[4] };
    return true;
}

static void run_taxis(struct bench *b, const char *path, int32_t lag)
{
    FILE *file = fopen(path, "r");
    struct taxi *given = arena_take(b->arena, TRACK_FIXES_MAX, sizeof *given);
    char line[LINE_MAX];
    int32_t trip = -1, next = -1;
    struct taxis sum = { 0 };
    struct match_fix fix = { 0 };
    struct taxi taxi = { 0 };
    const double spent_s = b->spent_s;
    const int32_t runs = b->runs, tracks = b->tracks;

    if (!file)
        give_up(path, "cannot be opened");
    b->fix_count = 0;
    for (bool more = true; more;) {
        more = fgets(line, sizeof line, file) != NULL;
        if (more && !read_taxi(line, &next, &fix, &taxi))
            continue;
        if ((!more || next != trip) && b->fix_count > 0) {
            match_track(b, MODE_CAR, lag);
            judge(b, trip, given, &sum);
            b->fix_count = 0;
        }
        trip = next;
        given[b->fix_count] = taxi;
        b->fixes[b->fix_count++] = fix;
    }
    fclose(file);
    printf("taxis %s: %.2f %% of %lld fixes within 10 m of the given place, nearest road %.2f %%, "
           "%d runs of %d tracks, %.0f fixes/s\n",
           lag == MATCH_LAG_MAX ? "offline" : "online", 100.0 * (double)sum.same / (double)sum.all,
           (long long)sum.all, 100.0 * (double)sum.same_nearest / (double)sum.all, b->runs - runs,
           b->tracks - tracks, (double)sum.all / (b->spent_s - spent_s));
    print_taxis(&sum);
}

/* ------------------------------------------------------------------ the city */

static void open_city(struct bench *b, const char *address)
{
    struct fail f;
    struct db *db = db_open(address, &f);

    if (!db || !streets_load(db, NULL, b->arena, &b->streets, &f))
        give_up(address, f.text);
    db_close(db);
    b->n = &b->streets.network;
    b->roads = town_roads(b->n, b->arena);
    b->index = snap_index_new(b->n);
    b->room = hop_room_new();
    b->route_room = route_room_new();
    b->fixes = arena_take(b->arena, TRACK_FIXES_MAX, sizeof *b->fixes);
    b->places = arena_take(b->arena, TRACK_FIXES_MAX, sizeof *b->places);
}

int main(int argc, char **argv)
{
    struct bench b = { .arena = arena_new() };

    if (argc != 4 && argc != 5)
        give_up("usage", "bench_match ADDRESS SEED TRACKS [TAXIS | control]");
    b.dice.state = strtoull(argv[2], NULL, 10);
    b.is_control = argc == 5 && strcmp(argv[4], "control") == 0;
    open_city(&b, argv[1]);
    const int32_t tracks = (int32_t)strtol(argv[3], NULL, 10);

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        run_made_up(&b, mode, tracks, MATCH_LAG_MAX);
        if (!b.is_control)
            run_made_up(&b, mode, tracks, MATCH_LAG_ONLINE);
    }
    if (argc == 5 && !b.is_control) {
        run_taxis(&b, argv[4], MATCH_LAG_MAX);
        run_taxis(&b, argv[4], MATCH_LAG_ONLINE);
    }
    if (!b.is_control)
        printf("ways: %d of %d connected and legal\n", b.tracks - b.broken, b.tracks);
    free(b.truth.parts);
    free(b.matched.parts);
    free(b.way);
    hop_room_free(b.room);
    route_room_free(b.route_room);
    snap_index_free(b.index);
    arena_free(b.arena);
    return b.broken > 0;
}

/* The encoder of vector tiles, from the outside.
 *
 *   bench_mvt write TILE.mvt FEATURES.json SEED   a tile of random features, and what went in
 *   bench_mvt check TILE.mvt                      exits 0 when it is as the specification says
 *   bench_mvt speed                               CPU time for each feature, with its bars
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/base/emit.h"
#include "geo/geojson.h"
#include "geo/mvt.h"
#include "tests/support/mvt_read.h"

enum { FEATURE_COUNT = 600, FILE_MAX = 8 * 1024 * 1024 };

static const struct tile TILE = { 14, 13525, 6530 }; /* Xuzhou */

static uint64_t random_state;

/* splitmix64 (Steele, Lea and Flood, 2014). */
static double next_part(void)
{
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (double)(z >> 11) / (double)(UINT64_C(1) << 53);
}

static int next_below(int limit)
{
    return (int)(next_part() * limit);
}

static void write_file(const char *path, struct buf *bytes)
{
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(bytes->bytes, 1, bytes->size, file) != bytes->size || fclose(file) != 0) {
        fprintf(stderr, "%s cannot be written\n", path);
        exit(2);
    }
    buf_free(bytes);
}

/* A star around a middle: never crosses itself. */
static void add_star(struct figure_draft *d, double x, double y, double reach)
{
    const int corners = 3 + next_below(12);
    struct point first = { 0, 0 };
    struct fail f;

    for (int i = 0; i < corners; i++) {
        const double far = reach * (0.3 + 0.7 * next_part());
        const double turn = 6.283185307179586 * i / corners;
        const struct point p =
            tile_point(TILE, (struct tile_xy){ x + far * cos(turn), y + far * sin(turn) });

        first = i == 0 ? p : first;
        figure_draft_point(d, p, &f);
    }
    figure_draft_point(d, first, &f);
    figure_draft_end_run(d, &f);
    figure_draft_end_area(d, &f);
}

static void add_walk(struct figure_draft *d, double x, double y, double reach)
{
    const int corners = 2 + next_below(20);
    struct fail f;

    for (int i = 0; i < corners; i++) {
        figure_draft_point(d, tile_point(TILE, (struct tile_xy){ x, y }), &f);
        x += (next_part() - 0.5) * reach;
        y += (next_part() - 0.5) * reach;
    }
    figure_draft_end_run(d, &f);
}

static struct figure next_figure(struct arena *a)
{
    const enum figure_kind kind = (enum figure_kind)next_below(3);
    struct figure_draft *d = figure_draft_take(a, kind);
    const int pieces = next_below(4) == 0 ? 2 : 1;
    struct fail f;

    for (int i = 0; i < pieces; i++) {
        const double x = (next_part() * 1.4 - 0.2) * TILE_EXTENT;
        const double y = (next_part() * 1.4 - 0.2) * TILE_EXTENT;
        const double reach = 10.0 + next_part() * 900.0;

        if (kind == FIGURE_POINTS)
            figure_draft_point(d, tile_point(TILE, (struct tile_xy){ x, y }), &f);
        else if (kind == FIGURE_LINES)
            add_walk(d, x, y, reach);
        else
            add_star(d, x + i * 3000, y, fmin(reach, 1200));
    }
    return figure_draft_done(d, false);
}

static void add_feature(struct mvt *m, struct emit *e, struct arena *a, int64_t id)
{
    static const char *const NAMES[] = { "云龙路", "Kungsgatan", "Rua de Santa Catarina", "" };
    const struct figure figure = next_figure(a);
    const char *name = NAMES[next_below(4)];
    const int64_t count = next_below(2000) - 1000;
    const double share = next_part();

    mvt_feature(m, id);
    mvt_tag(m, mvt_key(m, "name"), mvt_text(m, name));
    mvt_tag(m, mvt_key(m, "count"), mvt_int(m, count));
    mvt_tag(m, mvt_key(m, "share"), mvt_double(m, share));
    mvt_tag(m, mvt_key(m, "even"), mvt_bool(m, id % 2 == 0));
    const bool is_written = mvt_put_figure(m, &figure);

    emit_object(e);
    emit_key_int(e, "id", id);
    emit_key_bool(e, "written", is_written);
    emit_key(e, "properties");
    emit_object(e);
    emit_key_text(e, "name", name);
    emit_key_int(e, "count", count);
    emit_key_number(e, "share", share, 9);
    emit_key_bool(e, "even", id % 2 == 0);
    emit_end(e);
    emit_key(e, "geometry");
    geojson_write(e, &figure);
    emit_end(e);
}

static void write_tile(const char *tile_path, const char *features_path, const char *seed)
{
    struct mvt *m = mvt_new();
    struct arena *a = arena_new();
    struct buf tile = { 0 };
    struct buf features = { 0 };
    struct emit e = emit_to(&features);

    random_state = strtoull(seed, NULL, 10);
    mvt_start(m, TILE, &tile);
    emit_object(&e);
    emit_key_int(&e, "z", TILE.z);
    emit_key_int(&e, "x", TILE.x);
    emit_key_int(&e, "y", TILE.y);
    emit_key(&e, "layers");
    emit_object(&e);
    for (int layer = 0; layer < 2; layer++) {
        mvt_layer(m, layer == 0 ? "first" : "second");
        emit_key(&e, layer == 0 ? "first" : "second");
        emit_array(&e);
        for (int i = 0; i < FEATURE_COUNT; i++)
            add_feature(m, &e, a, i);
        emit_end(&e);
    }
    emit_end(&e);
    emit_end(&e);
    mvt_end(m);
    write_file(tile_path, &tile);
    write_file(features_path, &features);
    mvt_free(m);
    arena_free(a);
}

static int check_tile(const char *path)
{
    struct arena *a = arena_new();
    char *bytes = arena_take(a, FILE_MAX, 1);
    FILE *file = fopen(path, "rb");
    struct mvt_read_tile tile;

    if (!file) {
        fprintf(stderr, "%s cannot be read\n", path);
        return 2;
    }
    const size_t size = fread(bytes, 1, FILE_MAX, file);

    fclose(file);
    const char *wrong = mvt_read(a, bytes, size, &tile);

    puts(wrong ? wrong : "as the specification says");
    arena_free(a);
    return wrong != NULL;
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_people(struct mvt *m, const struct point *places, int count)
{
    mvt_layer(m, "people");
    const uint32_t mode = mvt_key(m, "mode");
    const uint32_t age = mvt_key(m, "age_s");
    const uint32_t modes[] = { mvt_text(m, "foot"), mvt_text(m, "ebike"), mvt_text(m, "car") };

    for (int i = 0; i < count; i++) {
        mvt_feature(m, 1000000 + i);
        mvt_tag(m, mode, modes[i % 3]);
        mvt_tag(m, age, mvt_int(m, i % 60));
        mvt_put_point(m, places[i]);
    }
}

static void put_lines(struct mvt *m, const struct figure *lines, int count)
{
    mvt_layer(m, "streets");
    const uint32_t name = mvt_key(m, "name");

    for (int i = 0; i < count; i++) {
        mvt_feature(m, i);
        mvt_tag(m, name, mvt_text(m, i % 7 == 0 ? "Kungsgatan" : "云龙路"));
        mvt_put_figure(m, &lines[i]);
    }
}

static int report(const char *name, double each_ns, double bar_ns)
{
    printf("%s\t%.0f ns of CPU time\t%.0f ns\t%s\n", name, each_ns, bar_ns,
           each_ns <= bar_ns ? "ok" : "missed");
    return each_ns > bar_ns;
}

static int speed(void)
{
    enum { PEOPLE = 3387, LINES = 2000, ROUNDS = 100, CORNERS = 8 };
    struct mvt *m = mvt_new();
    struct arena *a = arena_new();
    struct point *places = arena_take(a, PEOPLE, sizeof *places);
    struct figure *lines = arena_take(a, LINES, sizeof *lines);
    struct buf out = { 0 };
    double start;
    int missed = 0;

    for (int i = 0; i < PEOPLE; i++)
        places[i] = tile_point(
            TILE, (struct tile_xy){ next_part() * TILE_EXTENT, next_part() * TILE_EXTENT });
    for (int i = 0; i < LINES; i++) {
        struct point line[CORNERS];
        double x = next_part() * TILE_EXTENT;

        for (int k = 0; k < CORNERS; k++) {
            x += next_part() * 30;
            line[k] = tile_point(TILE, (struct tile_xy){ x, x / 2 + k * 11 });
        }
        lines[i] = figure_line(a, line, CORNERS);
    }
    start = cpu_s();
    for (int i = 0; i < ROUNDS; i++) {
        buf_clear(&out);
        mvt_start(m, TILE, &out);
        put_people(m, places, PEOPLE);
        mvt_end(m);
    }
    /* 100 ns makes a tile of 3,400 people in a third of a millisecond. */
    missed += report("a person in a live tile", (cpu_s() - start) / ROUNDS / PEOPLE * 1e9, 100);
    start = cpu_s();
    for (int i = 0; i < ROUNDS; i++) {
        buf_clear(&out);
        mvt_start(m, TILE, &out);
        put_lines(m, lines, LINES);
        mvt_end(m);
    }
    missed += report("a street of 8 points", (cpu_s() - start) / ROUNDS / LINES * 1e9, 1000);
    buf_free(&out);
    mvt_free(m);
    arena_free(a);
    return missed > 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "write") == 0) {
        write_tile(argv[2], argv[3], argv[4]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "check") == 0)
        return check_tile(argv[2]);
    if (argc == 2 && strcmp(argv[1], "speed") == 0)
        return speed();
    fprintf(stderr, "usage: bench_mvt write TILE FEATURES SEED | check TILE | speed\n");
    return 2;
}

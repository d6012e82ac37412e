#include "tests/bench/dimacs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geo/base/buf.h"

enum { LENGTH_LEAST_CM = 1000, LENGTH_SPAN_CM = 29000, STEP_E7 = 10000, LINE_MAX_BYTES = 64 };

/* Centimetres a second. */
static const int32_t SPEEDS[MODE_COUNT] = { 120, 420, 1000 };

/* Undirected edges, as they come. */
struct net {
    int32_t node_count;
    struct buf ends; /* int32_t: both ends of each */
};

_Noreturn static void give_up(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s\n", path, why);
    exit(2);
}

static void add(struct net *net, int32_t one, int32_t other)
{
    const int32_t ends[] = { one, other };

    buf_put(&net->ends, ends, sizeof ends);
}

/* ------------------------------------------------------------------ as a network */

static void draw_costs(struct network *n, uint64_t seed, struct arena *a)
{
    struct town_dice dice = { seed };
    uint32_t *length = arena_take(a, (size_t)n->segment_count + 1, sizeof *length);
    uint32_t *cost[MODE_COUNT];

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        cost[mode] = arena_take(a, 2 * (size_t)n->segment_count + 1, sizeof *cost[mode]);
        n->cost_ms[mode] = cost[mode];
    }
    for (int32_t s = 0; s < n->segment_count; s++) {
        length[s] = (uint32_t)(LENGTH_LEAST_CM + town_pick(&dice, LENGTH_SPAN_CM));
        for (int32_t k = 0; k < 2 * MODE_COUNT; k++) {
            /* Of the mode's speed 50 to 149 in a hundred. */
            const int64_t speed = (int64_t)SPEEDS[k / 2] * (50 + town_pick(&dice, 100)) / 100;

            cost[k / 2][2 * (size_t)s + (k & 1)] =
                (uint32_t)((int64_t)length[s] * 1000 / speed + 1);
        }
    }
    n->length_cm = length;
}

static void list_out(struct network *n, struct arena *a)
{
    const int32_t edge_count = 2 * n->segment_count;
    int32_t *first = arena_take(a, (size_t)n->node_count + 2, sizeof *first);
    int32_t *out = arena_take(a, (size_t)edge_count + 1, sizeof *out);

    for (int32_t e = 0; e < edge_count; e++)
        first[network_tail(n, e) + 2]++;
    for (int32_t v = 1; v <= n->node_count; v++)
        first[v + 1] += first[v];
    for (int32_t e = 0; e < edge_count; e++)
        out[first[network_tail(n, e) + 1]++] = e;
    n->first_out = first;
    n->out_edge = out;
}

static void place(struct network *n, struct arena *a)
{
    struct point_e7 *at = arena_take(a, (size_t)n->node_count + 1, sizeof *at);
    struct point_e7 *shape = arena_take(a, 2 * (size_t)n->segment_count + 1, sizeof *shape);
    int32_t *first = arena_take(a, (size_t)n->segment_count + 1, sizeof *first);
    int64_t *id = arena_take(a, (size_t)n->node_count + 1, sizeof *id);
    int32_t side = 1;

    while (side * side < n->node_count)
        side++;
    for (int32_t v = 0; v < n->node_count; v++) {
        at[v] = (struct point_e7){ v % side * STEP_E7, v / side * STEP_E7 };
        id[v] = v + 1;
    }
    for (int32_t s = 0; s < n->segment_count; s++) {
        shape[2 * (size_t)s] = at[n->from[s]];
        shape[2 * (size_t)s + 1] = at[n->to[s]];
        first[s + 1] = 2 * (s + 1);
    }
    n->node_at = at;
    n->node_id = id;
    n->shape = shape;
    n->first_shape = first;
    n->shape_count = 2 * n->segment_count;
}

static const struct network *finish(struct net *net, uint64_t seed, struct arena *a)
{
    const int32_t count = (int32_t)(net->ends.size / (2 * sizeof(int32_t)));
    const int32_t *ends = (const void *)net->ends.bytes;
    const size_t room = (size_t)count + 1;
    struct network *n = arena_take(a, 1, sizeof *n);
    int32_t *from = arena_take(a, room, sizeof *from), *to = arena_take(a, room, sizeof *to);
    int64_t *id = arena_take(a, room, sizeof *id);
    uint8_t *class = arena_take(a, room, 1), *access = arena_take(a, room, 1);

    for (int32_t s = 0; s < count; s++) {
        from[s] = ends[2 * (size_t)s];
        to[s] = ends[2 * (size_t)s + 1];
        id[s] = s + 1;
        class[s] = STREET_RESIDENTIAL;
        access[s] = (1u << NETWORK_ACCESS_BITS) - 1;
    }
    *n = (struct network){ .import_id = 1,
                           .node_count = net->node_count,
                           .segment_count = count,
                           .name_bytes = 1,
                           .segment_id = id,
                           .way_id = id,
                           .from = from,
                           .to = to,
                           .street_class = class,
                           .access = access,
                           .maxspeed_kmh = arena_take(a, room, 1),
                           .name_at = arena_take(a, room, sizeof *n->name_at),
                           .names = "" };
    buf_free(&net->ends);
    draw_costs(n, seed, a);
    list_out(n, a);
    place(n, a);
    return n;
}

/* ------------------------------------------------------------------ from a file, or made up */

/* xz unpacks, a process of its own. */
static FILE *unpack(const char *path, pid_t *pid)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0 || (*pid = fork()) < 0)
        give_up(path, "no process for xz");
    if (*pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execlp("xz", "xz", "-dc", "--", path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *file = fdopen(ends[0], "r");

    if (!file)
        give_up(path, "no stream");
    return file;
}

/* One line: "p tw NODES EDGES", or an edge. Gives the count of edges once it is known. */
static int32_t read_line(const char *path, const char *line, struct net *net)
{
    const bool is_head = line[0] == 'p';
    char *rest;
    const long one = strtol(is_head ? line + strcspn(line, "0123456789") : line, &rest, 10);
    const long other = strtol(rest, NULL, 10);

    if (is_head) {
        net->node_count = (int32_t)one;
        return (int32_t)other;
    }
    if (one < 1 || one > net->node_count || other < 1 || other > net->node_count)
        give_up(path, line);
    add(net, (int32_t)one - 1, (int32_t)other - 1);
    return 0;
}

const struct network *dimacs_network(const char *path, uint64_t seed, struct arena *a)
{
    struct net net = { 0 };
    char line[LINE_MAX_BYTES];
    size_t expected = 0;
    int status;
    pid_t xz;

    if (access(path, R_OK) != 0)
        return NULL;
    FILE *file = unpack(path, &xz);

    while (fgets(line, sizeof line, file))
        if (line[0] != 'c')
            expected += (size_t)read_line(path, line, &net);
    fclose(file);
    if (waitpid(xz, &status, 0) != xz || status != 0 || expected == 0 ||
        net.ends.size != 2 * sizeof(int32_t) * expected)
        give_up(path, "is damaged, or has other edges than it says");
    return finish(&net, seed, a);
}

const struct network *dimacs_made_up(int32_t side, uint64_t seed, struct arena *a)
{
    struct net net = { .node_count = side * side };
    struct town_dice dice = { seed ^ 1 };

    for (int32_t v = 0; v < net.node_count; v++) {
        if (v % side != side - 1 && town_pick(&dice, 3) > 0)
            add(&net, v, v + 1);
        if (v + side < net.node_count && town_pick(&dice, 3) > 0)
            add(&net, v, v + side);
    }
    return finish(&net, seed, a);
}

struct hierarchy_edges dimacs_edges(const struct network *n, struct arena *a)
{
    const int32_t count = 2 * n->segment_count;
    int32_t *from = arena_take(a, (size_t)count + 1, sizeof *from);
    int32_t *to = arena_take(a, (size_t)count + 1, sizeof *to);

    for (int32_t e = 0; e < count; e++) {
        from[e] = network_tail(n, e);
        to[e] = network_head(n, e);
    }
    return (struct hierarchy_edges){ n->node_count, count, from, to };
}

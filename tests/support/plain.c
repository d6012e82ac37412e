/* The view's rows, sorted; Dijkstra with a binary heap, backwards from the place. */
#include "tests/support/plain.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/pile.h"

enum { NEVER = INT32_MAX };

struct street {
    int64_t segment_id;
    int64_t end[2]; /* node ids, then node numbers: beginning, end */
    int64_t length_cm;
    int64_t ms[2][PLAIN_MODES]; /* onward, against */
};

struct arc {
    int32_t from;
    int32_t ms;
};

struct plain {
    int32_t street_count;
    int32_t node_count;
    struct street *streets; /* by id */
    int64_t *nodes;         /* ids, ascending */
    int32_t *first[PLAIN_MODES];
    struct arc *into[PLAIN_MODES]; /* arcs by the node they lead to */
    int64_t *cost;
    struct buf pile;
    struct plain_place place;
};

static void *room(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);

    if (!memory)
        abort();
    return memory;
}

static int64_t number(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? NEVER
                                          : strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

static int by_number(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;

    return a < b ? -1 : a > b;
}

/* Two rows make a street: onward and against. */
static void read_streets(struct plain *p, const PGresult *rows)
{
    p->street_count = PQntuples(rows) / 2;
    p->streets = room((size_t)p->street_count, sizeof *p->streets);
    for (int row = 0; row < PQntuples(rows); row++) {
        struct street *s = &p->streets[row / 2];

        s->segment_id = number(rows, row, 0);
        s->length_cm = number(rows, row, 3);
        if (row % 2 == 0) {
            s->end[0] = number(rows, row, 1);
            s->end[1] = number(rows, row, 2);
        }
        for (int mode = 0; mode < PLAIN_MODES; mode++)
            s->ms[row % 2][mode] = number(rows, row, 4 + mode);
    }
}

static void number_nodes(struct plain *p)
{
    const size_t ends = 2 * (size_t)p->street_count;

    p->nodes = room(ends, sizeof *p->nodes);
    for (int32_t s = 0; s < p->street_count; s++) {
        p->nodes[2 * (size_t)s] = p->streets[s].end[0];
        p->nodes[2 * (size_t)s + 1] = p->streets[s].end[1];
    }
    qsort(p->nodes, ends, sizeof *p->nodes, by_number);
    for (size_t i = 0; i < ends; i++)
        if (p->node_count == 0 || p->nodes[p->node_count - 1] != p->nodes[i])
            p->nodes[p->node_count++] = p->nodes[i];
    for (int32_t s = 0; s < p->street_count; s++)
        for (int end = 0; end < 2; end++) {
            const int64_t *found = bsearch(&p->streets[s].end[end], p->nodes, (size_t)p->node_count,
                                           sizeof *p->nodes, by_number);

            p->streets[s].end[end] = found - p->nodes;
        }
}

/* Arcs of one mode in the order of the nodes that they lead to. */
static void list_arcs(struct plain *p, int mode)
{
    int32_t *first = room((size_t)p->node_count + 2, sizeof *first);
    struct arc *into = room(2 * (size_t)p->street_count, sizeof *into);

    for (int32_t s = 0; s < p->street_count; s++)
        for (int against = 0; against < 2; against++)
            if (p->streets[s].ms[against][mode] < NEVER)
                first[p->streets[s].end[!against] + 2]++;
    for (int32_t v = 0; v < p->node_count; v++)
        first[v + 2] += first[v + 1];
    for (int32_t s = 0; s < p->street_count; s++)
        for (int against = 0; against < 2; against++)
            if (p->streets[s].ms[against][mode] < NEVER)
                into[first[p->streets[s].end[!against] + 1]++] =
                    (struct arc){ (int32_t)p->streets[s].end[against],
                                  (int32_t)p->streets[s].ms[against][mode] };
    p->first[mode] = first;
    p->into[mode] = into;
}

struct plain *plain_new(const char *address)
{
    struct plain *p = room(1, sizeof *p);
    PGconn *link = PQconnectdb(address);
    PGresult *rows = PQexec(link, "SELECT segment_id, source, target, length_cm, foot_ms, ebike_ms,"
                                  " car_ms FROM vigil.edge ORDER BY segment_id, against");

    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        fprintf(stderr, "plain: %s\n", PQerrorMessage(link));
        exit(1); // NOLINT(concurrency-mt-unsafe): one thread
    }
    read_streets(p, rows);
    PQclear(rows);
    PQfinish(link);
    number_nodes(p);
    for (int mode = 0; mode < PLAIN_MODES; mode++)
        list_arcs(p, mode);
    p->cost = room((size_t)p->node_count, sizeof *p->cost);
    return p;
}

void plain_free(struct plain *p)
{
    if (!p)
        return;
    for (int mode = 0; mode < PLAIN_MODES; mode++) {
        free(p->first[mode]);
        free(p->into[mode]);
    }
    free(p->streets);
    free(p->nodes);
    free(p->cost);
    buf_free(&p->pile);
    free(p);
}

int32_t plain_nodes(const struct plain *p)
{
    return p->node_count;
}

int32_t plain_edges(const struct plain *p)
{
    return 2 * p->street_count;
}

static void push(struct plain *p, int64_t cost, int64_t node)
{
    if (cost >= NEVER || cost >= p->cost[node])
        return;
    p->cost[node] = cost;
    pile_put(&p->pile, cost, (int32_t)node);
}

static const struct street *street_of(const struct plain *p, int64_t segment_id)
{
    int32_t low = 0;
    int32_t high = p->street_count - 1;

    while (low < high) {
        const int32_t middle = (low + high + 1) / 2;

        if (p->streets[middle].segment_id <= segment_id)
            low = middle;
        else
            high = middle - 1;
    }
    if (p->streets[low].segment_id != segment_id)
        abort();
    return &p->streets[low];
}

/* No part of a street costs nothing; of a closed one, no other part can be used. */
static int64_t part(const struct street *s, int against, int mode, int64_t cm)
{
    if (cm == 0)
        return 0;
    return s->ms[against][mode] == NEVER ? NEVER : s->ms[against][mode] * cm / s->length_cm;
}

void plain_search(struct plain *p, int mode, struct plain_place place)
{
    const struct street *s = street_of(p, place.segment_id);

    p->place = place;
    buf_clear(&p->pile);
    for (int32_t v = 0; v < p->node_count; v++)
        p->cost[v] = NEVER;
    push(p, part(s, 0, mode, place.along_cm), s->end[0]);
    push(p, part(s, 1, mode, s->length_cm - place.along_cm), s->end[1]);
    while (p->pile.size > 0) {
        const struct pile_entry top = pile_take(&p->pile);

        if (top.cost > p->cost[top.node])
            continue;
        for (int32_t i = p->first[mode][top.node]; i < p->first[mode][top.node + 1]; i++)
            push(p, top.cost + p->into[mode][i].ms, p->into[mode][i].from);
    }
}

static int64_t less(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t plain_cost(const struct plain *p, int mode, struct plain_place from)
{
    const struct street *s = street_of(p, from.segment_id);
    const int64_t gap = p->place.along_cm - from.along_cm;
    int64_t best = NEVER;

    best = less(best, part(s, 0, mode, s->length_cm - from.along_cm) + p->cost[s->end[1]]);
    best = less(best, part(s, 1, mode, from.along_cm) + p->cost[s->end[0]]);
    if (from.segment_id == p->place.segment_id && gap >= 0)
        best = less(best, part(s, 0, mode, gap));
    if (from.segment_id == p->place.segment_id && gap <= 0)
        best = less(best, part(s, 1, mode, -gap));
    return best;
}

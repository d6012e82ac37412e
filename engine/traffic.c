#include "engine/traffic.h"

#include "engine/turns.h"

struct traffic {
    struct arena *arena; /* holds this, and what never changes */
    struct graph graph;
    struct hierarchy hierarchy;
    struct turns *turns; /* guards the roads */
    struct roads *roads;
};

struct traffic *traffic_new(const struct network *n, struct fail *f)
{
    struct arena *a = arena_new();
    struct traffic *t = arena_take(a, 1, sizeof *t);

    t->arena = a;
    graph_take(n, a, &t->graph);
    if (!roads_hierarchy_known(n, &t->graph, a, &t->hierarchy, f)) {
        arena_free(a);
        return NULL;
    }
    t->turns = turns_new();
    t->roads = roads_new(&(struct roads_base){ n, &t->graph, &t->hierarchy });
    return t;
}

void traffic_free(struct traffic *t)
{
    if (!t)
        return;
    roads_free(t->roads);
    turns_free(t->turns);
    arena_free(t->arena);
}

const struct roads *traffic_read(struct traffic *t)
{
    turns_read(t->turns);
    return t->roads;
}

void traffic_read_end(struct traffic *t)
{
    turns_read_end(t->turns);
}

void traffic_change(struct traffic *t, const struct traffic_change *change)
{
    turns_claim(t->turns);
    turns_write(t->turns);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        roads_change(t->roads, mode, change->changes[mode], change->count[mode]);
    turns_write_end(t->turns);
    turns_release(t->turns);
}

void traffic_price(struct traffic *t, const uint32_t *const cost_ms[MODE_COUNT])
{
    turns_claim(t->turns);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        roads_draft(t->roads, mode, cost_ms[mode]);
    turns_write(t->turns);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        roads_adopt(t->roads, mode);
    turns_write_end(t->turns);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        roads_tidy(t->roads, mode);
    turns_release(t->turns);
}

/* Nobody is given labels that are being filled: until the moment of writing they are out
 * of date. */
void traffic_label(struct traffic *t, enum mode mode)
{
    turns_claim(t->turns);
    if (!roads_labels(t->roads, mode)) {
        roads_label(t->roads, mode);
        turns_write(t->turns);
        roads_labelled(t->roads, mode);
        turns_write_end(t->turns);
    }
    turns_release(t->turns);
}

size_t traffic_bytes(const struct traffic *t)
{
    return roads_bytes(t->roads) + graph_bytes(&t->graph);
}

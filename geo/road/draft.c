/* From rows to flat arrays. The rows are kept column by column in growing bytes;
 * nodes get their index by sorting the ids of all ends, so equal rows always give
 * an equal network. */
#include "geo/road/draft.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

enum { NAME_SLOTS_FIRST = 1024 };

struct draft {
    struct arena *arena; /* holds this struct, and the ids of restrictions */
    int32_t count;
    int64_t last_id;
    struct buf segment_id, way_id, from_node, to_node, length_cm;
    struct buf street_class, access, maxspeed_kmh, name_at, first_shape;
    struct buf shape;
    struct buf names;
    struct buf restrictions, barriers; /* struct bans_restriction, bans_barrier */

    /* Names already seen: open addressing over their offsets, 0 where free. */
    struct buf name_slots;
    uint32_t name_slot_count; /* a power of two */
    uint32_t name_count;
};

static void slots_make(struct draft *d, uint32_t count)
{
    const size_t bytes = count * sizeof(int32_t);

    d->name_slots = (struct buf){ 0 };
    d->name_slot_count = count;
    memset(buf_reserve(&d->name_slots, bytes), 0, bytes);
    d->name_slots.size = bytes;
}

static int32_t *slots_of(const struct draft *d)
{
    return (void *)d->name_slots.bytes;
}

struct draft *draft_new(void)
{
    struct arena *a = arena_new();
    struct draft *d = arena_take(a, 1, sizeof *d);

    d->arena = a;
    slots_make(d, NAME_SLOTS_FIRST);
    buf_byte(&d->names, 0); /* offset 0 is the empty name */
    return d;
}

void draft_free(struct draft *d)
{
    if (!d)
        return;
    struct buf *const columns[] = { &d->segment_id,  &d->way_id,       &d->from_node,
                                    &d->to_node,     &d->length_cm,    &d->street_class,
                                    &d->access,      &d->maxspeed_kmh, &d->name_at,
                                    &d->first_shape, &d->shape,        &d->names,
                                    &d->name_slots,  &d->restrictions, &d->barriers };

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        buf_free(columns[i]);
    arena_free(d->arena);
}

/* FNV-1a. */
static uint32_t name_hash(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

/* The slot that holds the name, or the free one where it belongs. */
static int32_t *name_slot(const struct draft *d, const char *name)
{
    const uint32_t mask = d->name_slot_count - 1;
    int32_t *slots = slots_of(d);
    uint32_t i = name_hash(name) & mask;

    while (slots[i] && strcmp(d->names.bytes + slots[i], name) != 0)
        i = (i + 1) & mask;
    return slots + i;
}

static void name_slots_double(struct draft *d)
{
    struct buf old = d->name_slots;
    const int32_t *old_slots = slots_of(d);
    const uint32_t old_count = d->name_slot_count;

    slots_make(d, 2 * old_count);
    for (uint32_t i = 0; i < old_count; i++)
        if (old_slots[i])
            *name_slot(d, d->names.bytes + old_slots[i]) = old_slots[i];
    buf_free(&old);
}

/* The offset of the name, which is stored once however often it comes. */
static int32_t name_keep(struct draft *d, const char *name)
{
    if (name[0] == '\0')
        return 0;
    int32_t *slot = name_slot(d, name);

    if (*slot)
        return *slot;
    if (2 * (d->name_count + 1) > d->name_slot_count) {
        name_slots_double(d);
        slot = name_slot(d, name);
    }
    *slot = (int32_t)d->names.size;
    d->name_count++;
    buf_put(&d->names, name, strlen(name) + 1);
    return *slot;
}

static int32_t shape_count_of(const struct draft *d)
{
    return (int32_t)(d->shape.size / sizeof(struct point_e7));
}

static bool sound_values(const struct draft *d, const struct draft_segment *s, struct fail *f)
{
    const long long id = (long long)s->segment_id;

    if (s->segment_id <= d->last_id)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND,
                        "segment %lld comes after %lld: ids must be positive and ascend", id,
                        (long long)d->last_id);
    if (s->length_cm < 1 || s->length_cm > NETWORK_LENGTH_MAX_CM)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND, "segment %lld is %u cm long, not 1 to %d",
                        id, s->length_cm, NETWORK_LENGTH_MAX_CM);
    if (s->street_class < 0 || s->street_class >= STREET_CLASS_COUNT)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND,
                        "segment %lld has the class %d, not 0 to %d", id, s->street_class,
                        STREET_CLASS_COUNT - 1);
    if (s->access < 0 || s->access >= 1 << NETWORK_ACCESS_BITS)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND,
                        "segment %lld has the access %d, not 0 to %d", id, s->access,
                        (1 << NETWORK_ACCESS_BITS) - 1);
    if (s->maxspeed_kmh < 0)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND, "segment %lld has the speed limit %d km/h",
                        id, s->maxspeed_kmh);
    return true;
}

static bool sound_shape(const struct draft_segment *s, struct fail *f)
{
    const long long id = (long long)s->segment_id;

    if (s->shape_count < 2 || s->shape_count > NETWORK_POINTS_MAX)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND, "segment %lld has %d points, not 2 to %d",
                        id, s->shape_count, NETWORK_POINTS_MAX);
    for (int32_t i = 0; i < s->shape_count; i++)
        if (!point_valid(point_from_e7(s->shape[i])))
            return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND,
                            "point %d of segment %lld is not on the earth", i, id);
    if (strlen(s->name) > NETWORK_NAME_MAX)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND,
                        "the name of segment %lld is over %d bytes", id, NETWORK_NAME_MAX);
    return true;
}

static bool has_room(const struct draft *d, const struct draft_segment *s, struct fail *f)
{
    if (d->count >= NETWORK_SEGMENTS_MAX)
        return fail_set(f, FAIL_INPUT, STREETS_TOO_MANY, "more than %d street segments",
                        NETWORK_SEGMENTS_MAX);
    if (shape_count_of(d) > NETWORK_SHAPE_MAX - s->shape_count)
        return fail_set(f, FAIL_INPUT, STREETS_TOO_MANY, "the streets have more than %d points",
                        NETWORK_SHAPE_MAX);
    if (d->names.size + strlen(s->name) >= NETWORK_NAMES_MAX)
        return fail_set(f, FAIL_INPUT, STREETS_TOO_MANY, "the street names are over %d bytes",
                        NETWORK_NAMES_MAX);
    return true;
}

bool draft_add(struct draft *d, const struct draft_segment *s, struct fail *f)
{
    if (!sound_values(d, s, f) || !sound_shape(s, f) || !has_room(d, s, f))
        return false;
    const int32_t first_shape = shape_count_of(d);
    const int32_t name_at = name_keep(d, s->name);
    const uint8_t maxspeed_kmh =
        (uint8_t)(s->maxspeed_kmh < UINT8_MAX ? s->maxspeed_kmh : UINT8_MAX);

    buf_put(&d->segment_id, &s->segment_id, sizeof s->segment_id);
    buf_put(&d->way_id, &s->way_id, sizeof s->way_id);
    buf_put(&d->from_node, &s->from_node, sizeof s->from_node);
    buf_put(&d->to_node, &s->to_node, sizeof s->to_node);
    buf_put(&d->length_cm, &s->length_cm, sizeof s->length_cm);
    buf_byte(&d->street_class, (unsigned char)s->street_class);
    buf_byte(&d->access, (unsigned char)s->access);
    buf_byte(&d->maxspeed_kmh, maxspeed_kmh);
    buf_put(&d->name_at, &name_at, sizeof name_at);
    buf_put(&d->first_shape, &first_shape, sizeof first_shape);
    buf_put(&d->shape, s->shape, (size_t)s->shape_count * sizeof *s->shape);
    d->last_id = s->segment_id;
    d->count++;
    return true;
}

static const int64_t *keep_ids(struct draft *d, const int64_t *ids, int32_t count)
{
    int64_t *kept = arena_take(d->arena, (size_t)count + 1, sizeof *kept);

    if (count > 0)
        memcpy(kept, ids, (size_t)count * sizeof *kept);
    return kept;
}

void draft_restriction(struct draft *d, const struct bans_restriction *r)
{
    struct bans_restriction kept = *r;

    kept.from = keep_ids(d, r->from, r->from_count);
    kept.via = keep_ids(d, r->via, r->via_count);
    kept.to = keep_ids(d, r->to, r->to_count);
    buf_put(&d->restrictions, &kept, sizeof kept);
}

void draft_barrier(struct draft *d, const struct bans_barrier *b)
{
    buf_put(&d->barriers, b, sizeof *b);
}

/* Moves a column into the arena, so that it is never held twice for long. */
static void *settle(struct buf *column, struct arena *a)
{
    void *kept = arena_take(a, column->size, 1);

    memcpy(kept, column->bytes, column->size);
    buf_free(column);
    return kept;
}

static int by_id(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static int32_t node_index(const int64_t *nodes, int32_t count, int64_t id)
{
    const int64_t *found = bsearch(&id, nodes, (size_t)count, sizeof *nodes, by_id);

    assert(found);
    return (int32_t)(found - nodes);
}

/* All node ids once, ascending. */
static void number_nodes(struct draft *d, struct arena *a, struct network *n)
{
    const int64_t *from = (const void *)d->from_node.bytes;
    const int64_t *to = (const void *)d->to_node.bytes;
    const size_t ends = 2 * (size_t)n->segment_count;
    struct arena *brief = arena_new();
    int64_t *ids = arena_take(brief, ends, sizeof *ids);
    int32_t count = 0;

    memcpy(ids, from, ends / 2 * sizeof *ids);
    memcpy(ids + ends / 2, to, ends / 2 * sizeof *ids);
    qsort(ids, ends, sizeof *ids, by_id);
    for (size_t i = 0; i < ends; i++)
        if (count == 0 || ids[count - 1] != ids[i])
            ids[count++] = ids[i];

    int64_t *node_id = arena_take(a, (size_t)count, sizeof *node_id);
    struct point_e7 *node_at = arena_take(a, (size_t)count, sizeof *node_at);
    int32_t *segment_from = arena_take(a, ends / 2, sizeof *segment_from);
    int32_t *segment_to = arena_take(a, ends / 2, sizeof *segment_to);

    memcpy(node_id, ids, (size_t)count * sizeof *ids);
    arena_free(brief);
    for (int32_t s = 0; s < n->segment_count; s++) {
        segment_from[s] = node_index(node_id, count, from[s]);
        segment_to[s] = node_index(node_id, count, to[s]);
        node_at[segment_from[s]] = n->shape[n->first_shape[s]];
        node_at[segment_to[s]] = n->shape[n->first_shape[s + 1] - 1];
    }
    n->node_count = count;
    n->node_id = node_id;
    n->node_at = node_at;
    n->from = segment_from;
    n->to = segment_to;
    buf_free(&d->from_node);
    buf_free(&d->to_node);
}

/* A counting sort of the edges by their tail: ascending within each node. */
static void list_edges(struct arena *a, struct network *n)
{
    const int32_t edge_count = 2 * n->segment_count;
    int32_t *first_out = arena_take(a, (size_t)n->node_count + 1, sizeof *first_out);
    int32_t *out_edge = arena_take(a, (size_t)edge_count, sizeof *out_edge);

    for (int32_t e = 0; e < edge_count; e++)
        first_out[network_tail(n, e) + 1]++;
    for (int32_t v = 0; v < n->node_count; v++)
        first_out[v + 1] += first_out[v];
    for (int32_t e = 0; e < edge_count; e++)
        out_edge[first_out[network_tail(n, e)]++] = e;
    /* Each start has moved on to the next node's: move them back. */
    memmove(first_out + 1, first_out, (size_t)n->node_count * sizeof *first_out);
    first_out[0] = 0;
    n->first_out = first_out;
    n->out_edge = out_edge;
}

bool draft_finish(struct draft *d, int64_t import_id, struct arena *a, struct network *out,
                  struct fail *f)
{
    if (d->count == 0)
        return fail_set(f, FAIL_INPUT, NO_STREETS, "the city has no streets");
    struct network n = { .import_id = import_id, .segment_count = d->count };
    const int32_t shape_end = shape_count_of(d);

    buf_put(&d->first_shape, &shape_end, sizeof shape_end);
    n.shape_count = shape_end;
    n.name_bytes = (int32_t)d->names.size;
    n.segment_id = settle(&d->segment_id, a);
    n.way_id = settle(&d->way_id, a);
    n.length_cm = settle(&d->length_cm, a);
    n.street_class = settle(&d->street_class, a);
    n.access = settle(&d->access, a);
    n.maxspeed_kmh = settle(&d->maxspeed_kmh, a);
    n.name_at = settle(&d->name_at, a);
    n.first_shape = settle(&d->first_shape, a);
    n.shape = settle(&d->shape, a);
    n.names = settle(&d->names, a);
    number_nodes(d, a, &n);
    list_edges(a, &n);
    d->count = 0;

    const struct bans_source source = {
        .restrictions = (const void *)d->restrictions.bytes,
        .restriction_count = (int32_t)(d->restrictions.size / sizeof *source.restrictions),
        .barriers = (const void *)d->barriers.bytes,
        .barrier_count = (int32_t)(d->barriers.size / sizeof *source.barriers),
    };

    if (!bans_find(&n, &source, a, f))
        return false;
    *out = n;
    return true;
}

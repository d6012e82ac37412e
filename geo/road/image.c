/* A head of fixed size, then the arrays of struct network one after the other, each
 * at a multiple of 64 bytes so that it begins with a cache line. Where each begins
 * follows from the counts alone: there is no offset to arrays that could be wrong. */
#include "geo/road/image.h"

#include <assert.h>
#include <string.h>

enum { ALIGN = 64, BYTE_ORDER_MARK = 0x01020304, COLUMNS = 28 };

static const char MAGIC[8] = { 'V', 'I', 'G', 'I', 'L', 'M', 'A', 'P' };

struct head {
    char magic[8];
    uint64_t checksum; /* of everything else */
    uint64_t size;
    int64_t import_id;
    int64_t import_mark;
    uint32_t version;
    uint32_t byte_order;
    int32_t node_count;
    int32_t segment_count;
    int32_t shape_count;
    int32_t name_bytes;
    int32_t ban_count;
    int32_t ban_edge_count;
    int32_t state_count; /* of the hierarchy; 0: there is none */
    int32_t arc_count;
    int32_t height;
    int32_t nothing;
};

static_assert(sizeof(struct head) == 88, "no gaps: every byte is checked");
static_assert(ALIGN % sizeof(uint64_t) == 0, "the checksum reads whole words");

/* One array of the network: how many of what, and where the pointer to it is. */
struct column {
    void *pointer;
    size_t count;
    size_t item;
};

static void list_columns(struct network *n, struct column columns[COLUMNS])
{
    const size_t nodes = (size_t)n->node_count;
    const size_t segments = (size_t)n->segment_count;
    const size_t bans = (size_t)n->ban_count;
    struct hierarchy *h = &n->hierarchy;
    const size_t states = (size_t)h->node_count;
    const size_t arcs = (size_t)h->arc_count;
    const struct column all[COLUMNS] = {
        { &n->node_id, nodes, sizeof *n->node_id },
        { &n->node_at, nodes, sizeof *n->node_at },
        { &n->first_out, nodes + 1, sizeof *n->first_out },
        { &n->out_edge, 2 * segments, sizeof *n->out_edge },
        { &n->segment_id, segments, sizeof *n->segment_id },
        { &n->way_id, segments, sizeof *n->way_id },
        { &n->from, segments, sizeof *n->from },
        { &n->to, segments, sizeof *n->to },
        { &n->length_cm, segments, sizeof *n->length_cm },
        { &n->name_at, segments, sizeof *n->name_at },
        { &n->first_shape, segments + 1, sizeof *n->first_shape },
        { &n->shape, (size_t)n->shape_count, sizeof *n->shape },
        { &n->street_class, segments, sizeof *n->street_class },
        { &n->access, segments, sizeof *n->access },
        { &n->maxspeed_kmh, segments, sizeof *n->maxspeed_kmh },
        { &n->names, (size_t)n->name_bytes, sizeof *n->names },
        { &n->first_ban_edge, bans > 0 ? bans + 1 : 0, sizeof *n->first_ban_edge },
        { &n->ban_edge, (size_t)n->ban_edge_count, sizeof *n->ban_edge },
        { &n->ban_modes, bans, sizeof *n->ban_modes },
        { &h->rank_of, states, sizeof *h->rank_of },
        { &h->node_of, states, sizeof *h->node_of },
        { &h->up_first, states > 0 ? states + 1 : 0, sizeof *h->up_first },
        { &h->tail, arcs, sizeof *h->tail },
        { &h->head, arcs, sizeof *h->head },
        { &h->down_first, states > 0 ? states + 1 : 0, sizeof *h->down_first },
        { &h->down, arcs, sizeof *h->down },
        { &h->parent, states, sizeof *h->parent },
        { &h->depth, states, sizeof *h->depth },
    };

    memcpy(columns, all, sizeof all);
}

static size_t aligned(size_t size)
{
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

static size_t image_size(const struct column columns[COLUMNS])
{
    size_t size = aligned(sizeof(struct head));

    for (int i = 0; i < COLUMNS; i++)
        size += aligned(columns[i].count * columns[i].item);
    return size;
}

/* Every step can be undone when the word is known, so two images that differ in one
 * word never have the same sum; the checksum's own word counts as 0. It guards
 * against failing disks and torn writes, not against an enemy. */
static uint64_t sum_of(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint64_t sum = 0x9e3779b97f4a7c15u;

    for (size_t i = 0; i < size / sizeof sum; i++) {
        uint64_t word;

        memcpy(&word, at + i * sizeof word, sizeof word);
        if (i == offsetof(struct head, checksum) / sizeof word)
            word = 0;
        sum = (sum ^ word) * 0xff51afd7ed558ccdu;
        sum ^= sum >> 32;
    }
    return sum;
}

void image_seal(void *bytes, size_t size)
{
    assert(size >= sizeof(struct head));
    const uint64_t sum = sum_of(bytes, size);

    memcpy((unsigned char *)bytes + offsetof(struct head, checksum), &sum, sizeof sum);
}

void image_write(const struct network *n, struct buf *out)
{
    struct network copy = *n; /* only to list its columns */
    struct column columns[COLUMNS];
    struct head head = { .import_id = n->import_id,
                         .import_mark = n->import_mark,
                         .version = IMAGE_VERSION,
                         .byte_order = BYTE_ORDER_MARK,
                         .node_count = n->node_count,
                         .segment_count = n->segment_count,
                         .shape_count = n->shape_count,
                         .name_bytes = n->name_bytes,
                         .ban_count = n->ban_count,
                         .ban_edge_count = n->ban_edge_count,
                         .state_count = n->hierarchy.node_count,
                         .arc_count = n->hierarchy.arc_count,
                         .height = n->hierarchy.height };
    size_t at = aligned(sizeof head);

    assert(out->size == 0);
    list_columns(&copy, columns);
    memcpy(head.magic, MAGIC, sizeof MAGIC);
    head.size = image_size(columns);
    char *bytes = buf_reserve(out, head.size);

    memset(bytes, 0, head.size);
    memcpy(bytes, &head, sizeof head);
    for (int i = 0; i < COLUMNS; i++) {
        const void *from;

        memcpy(&from, columns[i].pointer, sizeof from);
        if (columns[i].count > 0)
            memcpy(bytes + at, from, columns[i].count * columns[i].item);
        at += aligned(columns[i].count * columns[i].item);
    }
    image_seal(bytes, head.size);
    out->size = head.size;
}

static bool refuse(struct fail *f, const char *what)
{
    return fail_set(f, FAIL_BROKEN, STREETS_FILE_REFUSED, "the street file is refused: %s", what);
}

static bool counts_sound(const struct head *h)
{
    return h->segment_count >= 1 && h->segment_count <= NETWORK_SEGMENTS_MAX &&
           h->node_count >= 1 && h->node_count <= 2 * h->segment_count &&
           h->shape_count >= 2 * h->segment_count && h->shape_count <= NETWORK_SHAPE_MAX &&
           h->name_bytes >= 1 && h->name_bytes <= NETWORK_NAMES_MAX && h->ban_count >= 0 &&
           h->ban_count <= NETWORK_BANS_MAX && h->ban_edge_count >= 2 * h->ban_count &&
           h->ban_edge_count <= NETWORK_BAN_EDGES_MAX * h->ban_count && h->state_count >= 0 &&
           h->state_count <= h->node_count + h->ban_edge_count && h->arc_count >= 0 &&
           h->arc_count <= (h->state_count > 0 ? HIERARCHY_ARCS_MAX : 0);
}

static bool points_sound(const struct point_e7 *points, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (!point_valid(point_from_e7(points[i])))
            return false;
    return true;
}

/* Each node lists just the edges that leave it, ascending: as there are as many
 * places as edges, each edge then stands in one of them. */
static bool nodes_sound(const struct network *n)
{
    if (n->first_out[0] != 0 || n->first_out[n->node_count] != 2 * n->segment_count)
        return false;
    for (int32_t v = 0; v < n->node_count; v++) {
        if (n->first_out[v + 1] < n->first_out[v] || n->first_out[v + 1] > 2 * n->segment_count ||
            (v > 0 && n->node_id[v] <= n->node_id[v - 1]))
            return false;
        for (int32_t i = n->first_out[v]; i < n->first_out[v + 1]; i++) {
            const int32_t edge = n->out_edge[i];

            if (edge < 0 || edge >= 2 * n->segment_count || network_tail(n, edge) != v ||
                (i > n->first_out[v] && edge <= n->out_edge[i - 1]))
                return false;
        }
    }
    return true;
}

static bool segment_sound(const struct network *n, int32_t s)
{
    const int64_t points = (int64_t)n->first_shape[s + 1] - n->first_shape[s];

    return n->segment_id[s] > (s > 0 ? n->segment_id[s - 1] : 0) && n->from[s] >= 0 &&
           n->from[s] < n->node_count && n->to[s] >= 0 && n->to[s] < n->node_count &&
           n->length_cm[s] >= 1 && n->length_cm[s] <= NETWORK_LENGTH_MAX_CM &&
           n->street_class[s] < STREET_CLASS_COUNT && n->access[s] < 1 << NETWORK_ACCESS_BITS &&
           n->name_at[s] >= 0 && n->name_at[s] < n->name_bytes && points >= 2 &&
           points <= NETWORK_POINTS_MAX && n->first_shape[s + 1] <= n->shape_count;
}

static bool segments_sound(const struct network *n)
{
    if (n->first_shape[0] != 0 || n->first_shape[n->segment_count] != n->shape_count)
        return false;
    for (int32_t s = 0; s < n->segment_count; s++)
        if (!segment_sound(n, s))
            return false;
    return true;
}

/* Whether the edges may follow one another; the network is sound but for its bans. */
static bool ban_sound(const struct network *n, int32_t ban)
{
    const int32_t *edges = n->ban_edge + n->first_ban_edge[ban];
    const int32_t count = n->first_ban_edge[ban + 1] - n->first_ban_edge[ban];

    for (int32_t i = 0; i < count; i++)
        if (edges[i] < 0 || edges[i] >= 2 * n->segment_count ||
            (i > 0 && network_tail(n, edges[i]) != network_head(n, edges[i - 1])))
            return false;
    return n->ban_modes[ban] > 0 && n->ban_modes[ban] < 1 << MODE_COUNT;
}

static bool follows(const struct network *n, int32_t ban)
{
    const int32_t *a = n->ban_edge + n->first_ban_edge[ban - 1];
    const int32_t *b = n->ban_edge + n->first_ban_edge[ban];
    const int32_t a_count = n->first_ban_edge[ban] - n->first_ban_edge[ban - 1];
    const int32_t b_count = n->first_ban_edge[ban + 1] - n->first_ban_edge[ban];

    for (int32_t i = 0; i < a_count && i < b_count; i++)
        if (a[i] != b[i])
            return a[i] < b[i];
    return a_count < b_count;
}

static bool bans_sound(const struct network *n)
{
    if (n->ban_count == 0)
        return true;
    if (n->first_ban_edge[0] != 0 || n->first_ban_edge[n->ban_count] != n->ban_edge_count)
        return false;
    for (int32_t i = 0; i < n->ban_count; i++) {
        const int64_t count = (int64_t)n->first_ban_edge[i + 1] - n->first_ban_edge[i];

        if (count < 2 || count > NETWORK_BAN_EDGES_MAX ||
            n->first_ban_edge[i + 1] > n->ban_edge_count || !ban_sound(n, i) ||
            (i > 0 && !follows(n, i)))
            return false;
    }
    return true;
}

static bool hierarchy_fits(const struct hierarchy *h)
{
    return h->node_count > 0 ? hierarchy_sound(h) : h->height == 0;
}

static bool head_sound(const struct head *h, size_t size, struct fail *f)
{
    if (memcmp(h->magic, MAGIC, sizeof MAGIC) != 0)
        return refuse(f, "it is not a street file");
    if (h->version != IMAGE_VERSION || h->byte_order != BYTE_ORDER_MARK)
        return refuse(f, "it is of another version or machine");
    if (h->size != size)
        return refuse(f, "it is cut off or too long");
    if (!counts_sound(h))
        return refuse(f, "its counts are out of range");
    return true;
}

bool image_open(const void *bytes, size_t size, int64_t import_id, int64_t import_mark,
                struct network *out, struct fail *f)
{
    struct head h;
    struct column columns[COLUMNS];
    size_t at = aligned(sizeof h);

    if (size < at)
        return refuse(f, "it is cut off");
    memcpy(&h, bytes, sizeof h);
    if (!head_sound(&h, size, f))
        return false;
    if (h.import_id != import_id || h.import_mark != import_mark)
        return refuse(f, "it is of another import");
    struct network n = {
        .import_id = h.import_id,
        .import_mark = h.import_mark,
        .node_count = h.node_count,
        .segment_count = h.segment_count,
        .shape_count = h.shape_count,
        .name_bytes = h.name_bytes,
        .ban_count = h.ban_count,
        .ban_edge_count = h.ban_edge_count,
        .hierarchy = { .node_count = h.state_count, .arc_count = h.arc_count, .height = h.height }
    };

    list_columns(&n, columns);
    if (image_size(columns) != size)
        return refuse(f, "its size does not fit its counts");
    if (sum_of(bytes, size) != h.checksum)
        return refuse(f, "its checksum is wrong");
    for (int i = 0; i < COLUMNS; i++) {
        const void *here = (const unsigned char *)bytes + at;

        memcpy(columns[i].pointer, &here, sizeof here);
        at += aligned(columns[i].count * columns[i].item);
    }
    if (n.names[0] != '\0' || n.names[n.name_bytes - 1] != '\0')
        return refuse(f, "its names have no end");
    if (!segments_sound(&n) || !nodes_sound(&n) || !bans_sound(&n))
        return refuse(f, "its streets contradict themselves");
    if (!hierarchy_fits(&n.hierarchy))
        return refuse(f, "its hierarchy is none");
    if (!points_sound(n.node_at, n.node_count) || !points_sound(n.shape, n.shape_count))
        return refuse(f, "a point of it is not on the earth");
    *out = n;
    return true;
}

/* The tree as one array by preorder: whoever stands below an organisation stands
 * behind it, up to its last. A hash finds the place of an id. Mutual aid is asked for
 * every person that a search meets, so a border is a plain list of corners beside its
 * box, and a distance is taken in a plane laid at the place that is asked about: near
 * it, where the limits are, that is true to some 1 : 10,000. */
#include "engine/orgs.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "geo/box.h"
#include "geo/figure.h"
#include "geo/wkb.h"

enum { NOWHERE = -1 };

static const double DEGREE = 0.017453292519943295;

struct node {
    struct orgs_one one;
    int32_t last; /* of its subtree; NOWHERE when it hangs in no tree */
};

/* Links by place while the tree is numbered. */
struct link {
    int32_t up, down, next;
    int32_t number; /* in preorder */
    int32_t last;
};

struct rule {
    int64_t lender_id, borrower_id;
    double reach_m;
    struct box near; /* holds every place within reach */
    struct figure area;
};

struct orgs {
    atomic_int *holders; /* the one thing of it that changes */
    struct arena *arena; /* holds all of it */
    int32_t count;
    struct node *nodes; /* in preorder */
    uint32_t mask;
    int32_t *table; /* place in nodes by hash of the id, or NOWHERE */
    int32_t rule_count;
    struct rule *rules;
};

static const char *const KINDS[ORGS_KINDS] = {
    [ORGS_CITY] = "city",       [ORGS_COUNTY] = "county", [ORGS_TOWNSHIP] = "township",
    [ORGS_VILLAGE] = "village", [ORGS_SECTOR] = "sector", [ORGS_FIRM] = "firm",
};

const char *orgs_kind_word(enum orgs_kind kind)
{
    assert(kind < ORGS_KINDS);
    return KINDS[kind];
}

bool orgs_kind_of(const char *word, enum orgs_kind *out)
{
    for (int i = 0; i < ORGS_KINDS; i++) {
        if (strcmp(word, KINDS[i]) == 0) {
            *out = (enum orgs_kind)i;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ finding */

/* Fibonacci hashing: the high bits of the product depend on every bit of the id. */
static uint32_t slot_of(const struct orgs *o, int64_t org_id)
{
    return (uint32_t)(((uint64_t)org_id * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & o->mask;
}

static int32_t find(const struct orgs *o, int64_t org_id)
{
    for (uint32_t i = slot_of(o, org_id);; i = (i + 1) & o->mask) {
        const int32_t at = o->table[i];

        if (at == NOWHERE || o->nodes[at].one.org_id == org_id)
            return at;
    }
}

static void index_nodes(struct orgs *o)
{
    uint32_t size = 8;

    while (size < 2 * (uint32_t)o->count)
        size *= 2;
    o->mask = size - 1;
    o->table = arena_take(o->arena, size, sizeof *o->table);
    for (uint32_t i = 0; i < size; i++)
        o->table[i] = NOWHERE;
    for (int32_t at = 0; at < o->count; at++) {
        uint32_t i = slot_of(o, o->nodes[at].one.org_id);

        while (o->table[i] != NOWHERE)
            i = (i + 1) & o->mask;
        o->table[i] = at;
    }
}

bool orgs_within(const struct orgs *o, int64_t ancestor_id, int64_t org_id)
{
    const int32_t above = find(o, ancestor_id);
    const int32_t at = find(o, org_id);

    return above != NOWHERE && at != NOWHERE && above <= at && at <= o->nodes[above].last;
}

int32_t orgs_below(const struct orgs *o, int64_t org_id, int32_t *first)
{
    *first = find(o, org_id);
    return *first == NOWHERE || o->nodes[*first].last == NOWHERE
               ? 0
               : o->nodes[*first].last - *first + 1;
}

int64_t orgs_at(const struct orgs *o, int32_t place)
{
    assert(place >= 0 && place < o->count);
    return o->nodes[place].one.org_id;
}

bool orgs_get(const struct orgs *o, int64_t org_id, struct orgs_one *out)
{
    const int32_t at = find(o, org_id);

    if (at != NOWHERE)
        *out = o->nodes[at].one;
    return at != NOWHERE;
}

int32_t orgs_count(const struct orgs *o)
{
    return o->count;
}

/* ------------------------------------------------------------------ numbering */

/* Rows come by ascending id. */
static int32_t row_of(const struct orgs_one *rows, int32_t count, int64_t org_id)
{
    int32_t low = 0;
    int32_t high = count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (rows[middle].org_id < org_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && rows[low].org_id == org_id ? low : NOWHERE;
}

static void link_rows(const struct orgs_one *rows, int32_t count, struct link *links)
{
    for (int32_t i = 0; i < count; i++)
        links[i] = (struct link){ NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE };
    for (int32_t i = count - 1; i >= 0; i--) { /* so that children follow each other by id */
        const int32_t up = row_of(rows, count, rows[i].parent_id);

        links[i].up = up;
        if (up != NOWHERE) {
            links[i].next = links[up].down;
            links[up].down = i;
        }
    }
}

/* Down to the first child, else to the next one, else back up to where there is a
 * next one. What is not under the root is never met and keeps no number. */
static int32_t number_links(struct link *links, int32_t root)
{
    int32_t number = 0;
    int32_t at = root;

    while (at != NOWHERE) {
        links[at].number = number++;
        if (links[at].down != NOWHERE) {
            at = links[at].down;
            continue;
        }
        links[at].last = number - 1;
        while (at != NOWHERE && links[at].next == NOWHERE) {
            at = links[at].up;
            if (at != NOWHERE)
                links[at].last = number - 1;
        }
        if (at != NOWHERE)
            at = links[at].next;
    }
    return number;
}

static void build_tree(struct orgs *o, const struct orgs_one *rows, int32_t count)
{
    struct link *links = arena_take(o->arena, (size_t)count + 1, sizeof *links);

    link_rows(rows, count, links);
    o->count = number_links(links, row_of(rows, count, ORGS_CITY_ID));
    o->nodes = arena_take(o->arena, (size_t)o->count + 1, sizeof *o->nodes);
    for (int32_t i = 0; i < count; i++)
        if (links[i].number != NOWHERE)
            o->nodes[links[i].number] = (struct node){ rows[i], links[i].last };
    index_nodes(o);
}

/* ------------------------------------------------------------------ loading */

static const char *keep_text(struct arena *a, const char *text)
{
    return arena_copy(a, text, strlen(text));
}

static bool load_tree(struct db *db, struct orgs *o, struct arena *scratch, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ORG_TREE, NULL, 0, scratch, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    struct orgs_one *all = arena_take(o->arena, (size_t)count + 1, sizeof *all);

    for (int32_t i = 0; i < count; i++) {
        all[i] = (struct orgs_one){
            .org_id = db_get_int(rows, i, 0),
            .parent_id = db_get_int(rows, i, 1),
            .code = keep_text(o->arena, db_get_text(rows, i, 3)),
            .name = keep_text(o->arena, db_get_text(rows, i, 4)),
            .is_closed = db_get_bool(rows, i, 5),
        };
        const bool known = orgs_kind_of(db_get_text(rows, i, 2), &all[i].kind);

        assert(known); /* a check of the table */
    }
    build_tree(o, all, count);
    return true;
}

static bool load_rules(struct db *db, struct orgs *o, struct arena *scratch, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_MUTUAL_AID_RULES, NULL, 0, scratch, &rows, f))
        return false;
    o->rules = arena_take(o->arena, (size_t)db_count(rows) + 1, sizeof *o->rules);
    for (int32_t i = 0; i < db_count(rows); i++) {
        struct rule *rule = &o->rules[i];
        size_t size;
        const void *wkb = db_get_bytes(rows, i, 3, &size);

        *rule = (struct rule){
            .lender_id = db_get_int(rows, i, 0),
            .borrower_id = db_get_int(rows, i, 1),
            .reach_m = (double)db_get_int(rows, i, 2),
        };
        if (!wkb_read(o->arena, wkb, size, &rule->area, f))
            return false;
        rule->near = box_grown(figure_box(&rule->area), rule->reach_m);
    }
    o->rule_count = db_count(rows);
    return true;
}

const struct orgs *orgs_load(struct db *db, struct fail *f)
{
    struct arena *a = arena_new();
    struct arena *scratch = arena_new();
    struct orgs *o = arena_take(a, 1, sizeof *o);

    o->arena = a;
    o->holders = arena_take(a, 1, sizeof *o->holders);
    atomic_init(o->holders, 1);
    const bool is_read = load_tree(db, o, scratch, f) && load_rules(db, o, scratch, f);

    arena_free(scratch);
    if (is_read)
        return o;
    arena_free(a);
    return NULL;
}

const struct orgs *orgs_hold(const struct orgs *o)
{
    atomic_fetch_add_explicit(o->holders, 1, memory_order_relaxed);
    return o;
}

void orgs_drop(const struct orgs *o)
{
    if (o && atomic_fetch_sub_explicit(o->holders, 1, memory_order_acq_rel) == 1)
        arena_free(o->arena);
}

/* ------------------------------------------------------------------ mutual aid */

/* Metres east and north of the place asked about. */
struct offset {
    double x, y;
};

struct plane {
    struct point origin;
    double east_m, north_m; /* of a degree */
};

/* The first terms of the series of a degree's length on the WGS 84 ellipsoid (Snyder,
 * Map Projections, 3-20 and 4-22): within 1 : 100,000. */
static struct plane plane_at(struct point p)
{
    const double lat = p.lat * DEGREE;

    return (struct plane){
        .origin = p,
        .east_m = 111412.84 * cos(lat) - 93.50 * cos(3 * lat),
        .north_m = 111132.92 - 559.82 * cos(2 * lat),
    };
}

static struct offset offset_of(const struct plane *plane, struct point p)
{
    return (struct offset){ (p.lon - plane->origin.lon) * plane->east_m,
                            (p.lat - plane->origin.lat) * plane->north_m };
}

/* The square of the distance from the origin to the edge. */
static double edge_distance_2(struct offset a, struct offset b)
{
    const double x = b.x - a.x;
    const double y = b.y - a.y;
    const double length_2 = x * x + y * y;
    double t = length_2 > 0 ? -(a.x * x + a.y * y) / length_2 : 0;

    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return (a.x + t * x) * (a.x + t * x) + (a.y + t * y) * (a.y + t * y);
}

/* Whether the edge crosses the ray from the origin to the east. */
static bool crosses_east(struct offset a, struct offset b)
{
    return (a.y > 0) != (b.y > 0) && a.x - a.y * (b.x - a.x) / (b.y - a.y) > 0;
}

/* Inside is where a ray crosses all rings, holes too, an odd number of times. */
static bool is_near(const struct figure *area, struct point at, double reach_m)
{
    const struct plane plane = plane_at(at);
    const double reach_2 = reach_m * reach_m;
    bool is_inside = false;

    for (int32_t run = 0; run < area->run_count; run++) {
        const int32_t first = area->first_point[run];
        struct offset a = offset_of(&plane, area->points[first]);

        for (int32_t i = first + 1; i < area->first_point[run + 1]; i++) {
            const struct offset b = offset_of(&plane, area->points[i]);

            if (edge_distance_2(a, b) <= reach_2)
                return true;
            is_inside ^= crosses_east(a, b);
            a = b;
        }
    }
    return is_inside;
}

bool orgs_lends(const struct orgs *o, int64_t lender_id, int64_t borrower_id, struct point at)
{
    for (int32_t i = 0; i < o->rule_count; i++) {
        const struct rule *rule = &o->rules[i];

        if (box_holds(rule->near, at) && orgs_within(o, rule->lender_id, lender_id) &&
            orgs_within(o, rule->borrower_id, borrower_id) &&
            is_near(&rule->area, at, rule->reach_m))
            return true;
    }
    return false;
}

bool orgs_borrows(const struct orgs *o, int64_t borrower_id)
{
    for (int32_t i = 0; i < o->rule_count; i++)
        if (orgs_within(o, o->rules[i].borrower_id, borrower_id))
            return true;
    return false;
}

#include "engine/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "engine/osm_tags.h"
#include "geo/base/buf.h"
#include "geo/road/rules.h"

/* ------------------------------------------------------------------ what hangs together */

static void sum_up(const struct parts *p, int32_t shown, struct doctor_mode *out)
{
    const int32_t off = p->patch_count > 0 && p->patches[0].standing == PARTS_MAIN ? 1 : 0;

    *out = (struct doctor_mode){ .strong_count = p->strong_count, .weak_count = p->weak_count };
    for (int32_t i = 0; i < p->patch_count; i++) {
        struct doctor_sum *sum = &out->sums[p->patches[i].standing];

        sum->patches++;
        sum->segments += p->patches[i].segment_count;
        sum->length_cm += p->patches[i].length_cm;
    }
    out->patches = p->patches + off;
    out->shown = p->patch_count - off < shown ? p->patch_count - off : shown;
}

/* ------------------------------------------------------------------ barriers */

/* A junction by its number on the map. */
struct junction {
    int64_t node_id;
    int32_t node;
};

static int by_id(const void *one, const void *other)
{
    const struct junction *p = one;
    const struct junction *q = other;

    return (p->node_id > q->node_id) - (p->node_id < q->node_id);
}

static struct junction *sort_junctions(const struct network *n, struct arena *a)
{
    struct junction *all = arena_take(a, (size_t)n->node_count + 1, sizeof *all);

    for (int32_t i = 0; i < n->node_count; i++)
        all[i] = (struct junction){ n->node_id[i], i };
    qsort(all, (size_t)n->node_count, sizeof *all, by_id);
    return all;
}

/* What is collected while barriers come row by row. */
struct looking {
    const struct doctor_city *city;
    const struct junction *junctions;
    struct arena *arena;
    struct buf cuts; /* struct doctor_cut */
};

/* The longest patch off the main part that meets it at the junction, or -1. */
static int32_t cut_off(const struct doctor_city *city, enum mode mode, int32_t node)
{
    const struct network *n = city->network;
    const struct parts *p = &city->parts[mode];
    bool meets_main = false;
    int32_t patch = -1;

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t here = p->patch_of[n->out_edge[i] >> 1];

        if (here < 0)
            continue;
        if (p->patches[here].standing == PARTS_MAIN)
            meets_main = true;
        else if (patch < 0 || here < patch)
            patch = here; /* they are sorted by length */
    }
    return meets_main ? patch : -1;
}

/* The modes that the barrier of the row stops. */
static bool stops(const struct db_rows *row, uint8_t *modes, struct fail *f)
{
    struct arena *a = arena_new();
    struct access_tag tags[OSM_TAGS_MAX];
    int32_t tag_count;
    const bool is_read = osm_tags_read(a, db_get_text(row, 0, 2), tags, &tag_count, f);

    *modes = is_read ? rules_barrier(tags, tag_count) : 0;
    arena_free(a);
    return is_read;
}

static bool take_barrier(void *self, const struct db_rows *row, struct fail *f)
{
    struct looking *l = self;
    const struct junction wanted = { .node_id = db_get_int(row, 0, 0) };
    const struct network *n = l->city->network;
    const struct junction *found =
        bsearch(&wanted, l->junctions, (size_t)n->node_count, sizeof wanted, by_id);
    const char *kind = NULL;
    uint8_t modes = 0;

    if (found && !stops(row, &modes, f))
        return false;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        const int32_t patch = (modes & 1u << mode) ? cut_off(l->city, mode, found->node) : -1;

        if (patch < 0)
            continue;
        if (!kind)
            kind = arena_text(l->arena, "%s", db_get_text(row, 0, 1));
        const struct doctor_cut cut = {
            .node_id = wanted.node_id,
            .kind = kind,
            .mode = mode,
            .standing = l->city->parts[mode].patches[patch].standing,
            .length_cm = l->city->parts[mode].patches[patch].length_cm,
            .at = point_from_e7(n->node_at[found->node]),
        };

        buf_put(&l->cuts, &cut, sizeof cut);
    }
    return true;
}

/* Those that cut off most first. */
static int by_length(const void *one, const void *other)
{
    const struct doctor_cut *p = one;
    const struct doctor_cut *q = other;

    if (p->length_cm != q->length_cm)
        return p->length_cm > q->length_cm ? -1 : 1;
    if (p->node_id != q->node_id)
        return p->node_id < q->node_id ? -1 : 1;
    return (p->mode > q->mode) - (p->mode < q->mode);
}

static bool find_cuts(struct db *db, int32_t shown, struct arena *a, struct doctor_report *out,
                      struct fail *f)
{
    struct arena *own = arena_new();
    struct looking l = { .city = out->city,
                         .junctions = sort_junctions(out->city->network, own),
                         .arena = a };
    const bool done = db_each(db, QUERIES_DOCTOR_BARRIERS, NULL, 0, take_barrier, &l, f);
    const size_t count = l.cuts.size / sizeof(struct doctor_cut);
    struct doctor_cut *cuts = arena_take(a, count + 1, sizeof *cuts);

    if (count > 0)
        memcpy(cuts, l.cuts.bytes, l.cuts.size);
    qsort(cuts, count, sizeof *cuts, by_length);
    out->cuts = cuts;
    out->cut_count = (int32_t)count;
    out->cuts_shown = out->cut_count < shown ? out->cut_count : shown;
    buf_free(&l.cuts);
    arena_free(own);
    return done;
}

/* ------------------------------------------------------------------ places */

/* Where whoever is sent to the place would come to stand. */
static enum parts_standing stands(const struct doctor_city *city, enum mode mode, struct point at)
{
    struct snap snap;
    struct fail unsaid;

    if (!snap_to(city->streets, mode, at, &snap, &unsaid))
        return PARTS_CLOSED;
    return parts_of(&city->parts[mode], snap.spot.segment);
}

static bool find_places(struct db *db, int64_t org_id, int32_t shown, struct arena *a,
                        struct doctor_report *out, struct fail *f)
{
    const struct db_value values[] = { org_id ? db_int(org_id) : db_null(),
                                       db_int(DOCTOR_PLACES_MAX + 1) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DOCTOR_PLACES, values, 2, a, &rows, f))
        return false;
    struct doctor_place *places = arena_take(a, (size_t)shown + 1, sizeof *places);

    out->is_partial = db_count(rows) > DOCTOR_PLACES_MAX;
    out->places_looked_at = out->is_partial ? DOCTOR_PLACES_MAX : db_count(rows);
    for (int32_t i = 0; i < out->places_looked_at; i++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            const struct point at = { db_get_double(rows, i, 4), db_get_double(rows, i, 5) };
            const enum parts_standing standing = stands(out->city, mode, at);

            if (standing == PARTS_MAIN || out->place_count++ >= shown)
                continue;
            places[out->place_count - 1] = (struct doctor_place){
                .kind = db_get_text(rows, i, 0),
                .id = db_get_int(rows, i, 1),
                .code = db_get_text(rows, i, 2),
                .name = db_get_text(rows, i, 3),
                .at = at,
                .mode = mode,
                .standing = standing,
            };
        }
    out->places = places;
    out->places_shown = out->place_count < shown ? out->place_count : shown;
    return true;
}

/* ------------------------------------------------------------------ all of it */

/* So many of each kind, in their order. */
static void find_odds(int32_t shown, struct arena *a, struct doctor_report *out)
{
    const struct odd *all;
    const int32_t count = odd_find(out->city->network, a, &all);
    struct odd *kept = arena_take(a, (size_t)count + 1, sizeof *kept);

    for (int32_t i = 0; i < count; i++)
        if (out->odd_counts[all[i].kind]++ < shown)
            kept[out->odd_count++] = all[i];
    out->odds = kept;
}

bool doctor_look(const struct doctor_city *city, struct db *db, int64_t org_id, int32_t shown,
                 struct arena *a, struct doctor_report *out, struct fail *f)
{
    *out = (struct doctor_report){ .city = city };
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        sum_up(&city->parts[mode], shown, &out->modes[mode]);
    find_odds(shown, a, out);
    return find_cuts(db, shown, a, out, f) && find_places(db, org_id, shown, a, out, f);
}

#include "geo/plan/sites_file.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/base/input.h"
#include "geo/gauss.h"

enum { POINTS, SHARE, RADIUS, DISTANCE, SHARES, GROUPS, DEMAND, SITES, KEY_COUNT };

struct reading {
    struct arena *arena;
    const struct input_key *keys;
    struct sites_file *out;
    const struct input **sites; /* the objects themselves, to blame */
    struct crs_xy *site_at, *demand_at;
    double *radius_m;
    struct name *groups; /* sorted by id */
    double distance_m;
};

struct name {
    const char *id;
    int32_t at;
};

/* A place and which one it is, by x. */
struct mark {
    double x, y;
    int32_t at;
};

static int by_id(const void *one, const void *other)
{
    return strcmp(((const struct name *)one)->id, ((const struct name *)other)->id);
}

static int by_x(const void *one, const void *other)
{
    const struct mark *a = one, *b = other;

    if (a->x < b->x || a->x > b->x)
        return a->x < b->x ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

/* The ids sorted; the same one twice is refused. */
static bool sort_names(struct name *names, int32_t count, const struct input *list, struct fail *f)
{
    qsort(names, (size_t)count, sizeof *names, by_id);
    for (int32_t i = 1; i < count; i++)
        if (strcmp(names[i - 1].id, names[i].id) == 0) {
            fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "%.64s stands there twice", names[i].id);
            fail_value(f, names[i].id);
            return input_blame(list, f);
        }
    return true;
}

static bool read_place(const struct input *v, struct point *out, struct fail *f)
{
    double pair[2];
    int32_t count;

    if (!input_numbers(v, 2, 2, pair, &count, f))
        return false;
    *out = (struct point){ pair[0], pair[1] };
    if (pair[0] >= -180 && pair[0] <= 180 && pair[1] >= -90 && pair[1] <= 90)
        return true;
    fail_set(f, FAIL_INPUT, PLACE_OUT_OF_RANGE, "%f, %f is no place", pair[0], pair[1]);
    fail_allowed(f, "longitude -180 to 180, latitude -90 to 90");
    return input_blame(v, f);
}

/* ------------------------------------------------------------------ the numbers of all */

static bool read_shares(const struct input *v, struct siting_question *q, struct fail *f)
{
    q->share_count = 1;
    q->shares[0] = 1;
    if (!v)
        return true;
    if (!input_array(v, 1, SITING_SHARES_MAX, &q->share_count, f))
        return false;
    for (int32_t k = 0; k < q->share_count; k++)
        if (!input_int(input_item(v, k), 1, SITING_SHARE_MAX, &q->shares[k], f))
            return false;
    return true;
}

static bool read_goal(struct reading *r, struct fail *f)
{
    int64_t number = 0;

    if (!r->keys[POINTS].value == !r->keys[SHARE].value)
        return fail_set(f, FAIL_INPUT, PLAN_MALFORMED,
                        "how many? Either points or share_percent says so");
    if (r->keys[SHARE].value) {
        if (!input_int(r->keys[SHARE].value, 1, 100, &number, f))
            return false;
        r->out->share_percent = (int32_t)number;
        r->out->question.count = SITES_FILE_SITES_MAX;
    } else {
        if (!input_int(r->keys[POINTS].value, 1, SITES_FILE_SITES_MAX, &number, f))
            return false;
        r->out->question.count = (int32_t)number;
    }
    return (!r->keys[DISTANCE].value ||
            input_number(r->keys[DISTANCE].value, 0, SITES_FILE_RADIUS_MAX_M, &r->distance_m, f)) &&
           read_shares(r->keys[SHARES].value, &r->out->question, f);
}

static bool read_groups(struct reading *r, struct fail *f)
{
    const struct input *list = r->keys[GROUPS].value;
    struct siting_question *q = &r->out->question;

    if (!list)
        return true;
    if (!input_array(list, 1, SITING_GROUPS_MAX, &q->group_count, f))
        return false;
    int32_t *quotas = arena_take(r->arena, (size_t)q->group_count, sizeof *quotas);
    const char **ids = arena_take(r->arena, (size_t)q->group_count, sizeof *ids);

    r->groups = arena_take(r->arena, (size_t)q->group_count, sizeof *r->groups);
    for (int32_t g = 0; g < q->group_count; g++) {
        struct input_key keys[] = { { "group_id", true, NULL }, { "quota", true, NULL } };
        int64_t quota;

        if (!input_keys(input_item(list, g), keys, 2, f) ||
            !input_text(keys[0].value, SITES_FILE_ID_MAX, &ids[g], f) ||
            !input_int(keys[1].value, 0, SITES_FILE_SITES_MAX, &quota, f))
            return false;
        quotas[g] = (int32_t)quota;
        r->groups[g] = (struct name){ ids[g], g };
    }
    q->quotas = quotas;
    r->out->group_ids = ids;
    return sort_names(r->groups, q->group_count, list, f);
}

/* ------------------------------------------------------------------ sites and demand */

struct site_lists {
    struct point *places;
    const char **ids;
    int32_t *groups;
    bool *is_fixed, *is_barred;
    struct name *names;
};

static bool read_group(const struct reading *r, const struct input *site, const struct input *v,
                       int32_t *out, struct fail *f)
{
    struct name wanted = { NULL, 0 };
    const struct name *found;

    if (!r->out->question.group_count && !v)
        return true;
    if (!v || !r->out->question.group_count) {
        fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "with groups each site has a group_id");
        return input_blame(v ? v : site, f);
    }
    if (!input_text(v, SITES_FILE_ID_MAX, &wanted.id, f))
        return false;
    found = bsearch(&wanted, r->groups, (size_t)r->out->question.group_count, sizeof wanted, by_id);
    if (!found) {
        fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "there is no group %.64s", wanted.id);
        fail_value(f, wanted.id);
        return input_blame(v, f);
    }
    *out = found->at;
    return true;
}

static bool read_site(struct reading *r, int32_t i, struct site_lists *l, struct fail *f)
{
    enum { ID, AT, GROUP, OWN_RADIUS, STANDS, BARRED, COUNT };
    struct input_key keys[COUNT] = {
        [ID] = { "site_id", true, NULL },      [AT] = { "at", true, NULL },
        [GROUP] = { "group_id", false, NULL }, [OWN_RADIUS] = { "radius_m", false, NULL },
        [STANDS] = { "stands", false, NULL },  [BARRED] = { "barred", false, NULL },
    };
    const struct input *site = input_item(r->keys[SITES].value, i);

    if (!input_keys(site, keys, COUNT, f) ||
        !input_text(keys[ID].value, SITES_FILE_ID_MAX, &l->ids[i], f) ||
        !read_place(keys[AT].value, &l->places[i], f) ||
        !read_group(r, site, keys[GROUP].value, &l->groups[i], f) ||
        (keys[STANDS].value && !input_bool(keys[STANDS].value, &l->is_fixed[i], f)) ||
        (keys[BARRED].value && !input_bool(keys[BARRED].value, &l->is_barred[i], f)))
        return false;
    l->names[i] = (struct name){ l->ids[i], i };
    const struct input *radius =
        keys[OWN_RADIUS].value ? keys[OWN_RADIUS].value : r->keys[RADIUS].value;

    if (radius)
        return input_number(radius, 0, SITES_FILE_RADIUS_MAX_M, &r->radius_m[i], f);
    fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "how far does this site reach? radius_m says so");
    return input_blame(site, f);
}

static bool read_sites(struct reading *r, struct gauss *plane, struct fail *f)
{
    struct siting_question *q = &r->out->question;
    struct site_lists l;

    if (!input_array(r->keys[SITES].value, 1, SITES_FILE_SITES_MAX, &q->site_count, f))
        return false;
    const size_t count = (size_t)q->site_count;

    l = (struct site_lists){ arena_take(r->arena, count, sizeof *l.places),
                             arena_take(r->arena, count, sizeof *l.ids),
                             arena_take(r->arena, count, sizeof *l.groups),
                             arena_take(r->arena, count, sizeof *l.is_fixed),
                             arena_take(r->arena, count, sizeof *l.is_barred),
                             arena_take(r->arena, count, sizeof *l.names) };
    r->radius_m = arena_take(r->arena, count, sizeof *r->radius_m);
    r->site_at = arena_take(r->arena, count, sizeof *r->site_at);
    for (int32_t i = 0; i < q->site_count; i++)
        if (!read_site(r, i, &l, f))
            return false;
    *plane = gauss_at(l.places[0]);
    for (int32_t i = 0; i < q->site_count; i++)
        r->site_at[i] = gauss_put(plane, l.places[i]);
    q->groups = l.groups;
    q->is_fixed = l.is_fixed;
    q->is_barred = l.is_barred;
    r->out->site_ids = l.ids;
    if (q->count > q->site_count && r->out->share_percent)
        q->count = q->site_count;
    return sort_names(l.names, q->site_count, r->keys[SITES].value, f);
}

static bool read_demand(struct reading *r, const struct gauss *plane, struct fail *f)
{
    struct siting_question *q = &r->out->question;
    const struct input *list = r->keys[DEMAND].value;

    if (!input_array(list, 1, SITES_FILE_DEMAND_MAX, &q->piece_count, f))
        return false;
    int64_t *weights = arena_take(r->arena, (size_t)q->piece_count, sizeof *weights);

    r->demand_at = arena_take(r->arena, (size_t)q->piece_count, sizeof *r->demand_at);
    for (int32_t j = 0; j < q->piece_count; j++) {
        struct input_key keys[] = { { "at", true, NULL }, { "weight", true, NULL } };
        struct point at;

        if (!input_keys(input_item(list, j), keys, 2, f) || !read_place(keys[0].value, &at, f) ||
            !input_int(keys[1].value, 0, SITES_FILE_WEIGHT_MAX, &weights[j], f))
            return false;
        r->demand_at[j] = gauss_put(plane, at);
    }
    q->weights = weights;
    return true;
}

/* ------------------------------------------------------------------ who is near whom */

static struct mark *marks_of(const struct crs_xy *at, int32_t count, struct arena *a)
{
    struct mark *marks = arena_take(a, (size_t)count, sizeof *marks);

    for (int32_t i = 0; i < count; i++)
        marks[i] = (struct mark){ at[i].x, at[i].y, i };
    qsort(marks, (size_t)count, sizeof *marks, by_x);
    return marks;
}

/* The first mark that is not west of x. */
static int32_t from_x(const struct mark *marks, int32_t count, double x)
{
    int32_t low = 0, high = count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (marks[middle].x < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_within(const struct mark *m, struct crs_xy at, double metres)
{
    return (m->x - at.x) * (m->x - at.x) + (m->y - at.y) * (m->y - at.y) <= metres * metres;
}

static bool too_many(const char *what, int32_t most, struct fail *f)
{
    fail_set(f, FAIL_INPUT, PLAN_TOO_LARGE, "there are too many %s", what);
    return fail_allowed(f, "at most %d", most);
}

static bool link_up(struct reading *r, struct fail *f)
{
    struct siting_question *q = &r->out->question;
    const struct mark *marks = marks_of(r->demand_at, q->piece_count, r->arena);
    int32_t *first = arena_take(r->arena, (size_t)q->site_count + 1, sizeof *first), *pieces;
    struct buf links = { 0 };

    for (int32_t i = 0; i < q->site_count; i++) {
        const double reach = r->radius_m[i];

        for (int32_t k = from_x(marks, q->piece_count, r->site_at[i].x - reach);
             k < q->piece_count && marks[k].x <= r->site_at[i].x + reach; k++)
            if (is_within(&marks[k], r->site_at[i], reach))
                buf_put(&links, &marks[k].at, sizeof marks[k].at);
        if (links.size / sizeof *pieces > SITING_LINKS_MAX / 4) {
            buf_free(&links);
            return too_many("pairs of a site and what it covers", SITING_LINKS_MAX / 4, f);
        }
        first[i + 1] = (int32_t)(links.size / sizeof *pieces);
    }
    pieces = arena_take(r->arena, links.size / sizeof *pieces + 1, sizeof *pieces);
    if (links.size)
        memcpy(pieces, links.bytes, links.size);
    buf_free(&links);
    q->first = first;
    q->pieces = pieces;
    return true;
}

static bool keep_apart(struct reading *r, struct fail *f)
{
    struct siting_question *q = &r->out->question;
    const struct mark *marks = marks_of(r->site_at, q->site_count, r->arena);
    struct buf found = { 0 };
    struct siting_pair *pairs;

    for (int32_t i = 0; r->distance_m > 0 && i < q->site_count; i++)
        for (int32_t k = i + 1; k < q->site_count && marks[k].x < marks[i].x + r->distance_m; k++) {
            const struct siting_pair pair = { marks[i].at, marks[k].at };

            if (!is_within(&marks[k], r->site_at[pair.one], r->distance_m))
                continue;
            buf_put(&found, &pair, sizeof pair);
            if (found.size / sizeof pair > SITES_FILE_PAIRS_MAX) {
                buf_free(&found);
                return too_many("pairs of sites that are too close", SITES_FILE_PAIRS_MAX, f);
            }
        }
    q->pair_count = (int32_t)(found.size / sizeof *pairs);
    pairs = arena_take(r->arena, (size_t)q->pair_count + 1, sizeof *pairs);
    if (found.size)
        memcpy(pairs, found.bytes, found.size);
    buf_free(&found);
    q->pairs = pairs;
    return true;
}

bool sites_file_read(struct arena *a, const char *bytes, size_t size, struct sites_file *out,
                     struct fail *f)
{
    struct input_key keys[KEY_COUNT] = {
        [POINTS] = { "points", false, NULL },   [SHARE] = { "share_percent", false, NULL },
        [RADIUS] = { "radius_m", false, NULL }, [DISTANCE] = { "distance_m", false, NULL },
        [SHARES] = { "shares", false, NULL },   [GROUPS] = { "groups", false, NULL },
        [DEMAND] = { "demand", true, NULL },    [SITES] = { "sites", true, NULL },
    };
    struct sites_file file = { 0 };
    struct reading r = { .arena = a, .keys = keys, .out = &file };
    const struct input *v = input_parse(a, bytes, size, f);
    struct gauss plane;

    if (!v || !input_keys(v, keys, KEY_COUNT, f) || !read_goal(&r, f) || !read_groups(&r, f) ||
        !read_sites(&r, &plane, f) || !read_demand(&r, &plane, f) || !link_up(&r, f) ||
        !keep_apart(&r, f))
        return false;
    *out = file;
    return true;
}

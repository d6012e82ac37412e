#include "engine/weights.h"

#include <assert.h>
#include <math.h>

#include "engine/ids.h"
#include "engine/terrain.h"
#include "geo/cover/density.h"
#include "geo/cover/field.h"
#include "geo/cover/span.h"
#include "geo/wkb.h"

enum {
    CITY = 1,             /* the organisation above all others */
    STEP = 10,            /* thousandths: what differs by less weighs the same */
    ROWS_AT_ONCE = 20000, /* pieces in one statement */
};

struct rule {
    double incidents, points, hot_spots, floor;
    int64_t days, half_life_days, reach_m;
    bool use;
};

static const struct rule USUAL = { 1, 0.5, 2, 0.2, 365, 90, 200, true };

/* ------------------------------------------------------------------ the wish */

static bool read_factor(const struct input *v, double *out, struct fail *f)
{
    return !v || input_number(v, 0, WEIGHTS_FACTOR_MAX, out, f);
}

static bool read_rule(const struct input *wish, struct rule *out, struct fail *f)
{
    struct input_key keys[] = { { "incidents", false, NULL }, { "points", false, NULL },
                                { "hot_spots", false, NULL }, { "floor", false, NULL },
                                { "days", false, NULL },      { "half_life_days", false, NULL },
                                { "reach_m", false, NULL },   { "use", false, NULL } };

    *out = USUAL;
    return input_keys(wish, keys, 8, f) && read_factor(keys[0].value, &out->incidents, f) &&
           read_factor(keys[1].value, &out->points, f) &&
           read_factor(keys[2].value, &out->hot_spots, f) &&
           read_factor(keys[3].value, &out->floor, f) &&
           (!keys[4].value || input_int(keys[4].value, 1, WEIGHTS_DAYS_MAX, &out->days, f)) &&
           (!keys[5].value ||
            input_int(keys[5].value, 1, WEIGHTS_DAYS_MAX, &out->half_life_days, f)) &&
           (!keys[6].value ||
            input_int(keys[6].value, WEIGHTS_REACH_MIN_M, WEIGHTS_REACH_MAX_M, &out->reach_m, f)) &&
           (!keys[7].value || input_bool(keys[7].value, &out->use, f));
}

bool weights_check(const struct input *wish, struct fail *f)
{
    struct rule unused;

    return read_rule(wish, &unused, f);
}

/* ------------------------------------------------------------------ working it out */

/* What a version is made of. Its arena goes with it. */
struct draft {
    struct job *job;
    struct rule rule;
    const struct terrain *terrain;
    struct arena *arena;
    int32_t incident_count, point_count, hot_spot_count;
    struct density incidents, points;
    struct range_band hot;
    struct plots_weight *pieces;
    int32_t piece_count;
    uint32_t rest;
    struct fail why; /* the job is to end */
    double from, to; /* of the job, what the search at hand is */
    int32_t events;
};

static bool go_on(void *self, int32_t done)
{
    struct draft *d = self;

    return done % 1000 != 0 ||
           jobs_step(d->job, d->from + (d->to - d->from) * done / d->events, "weighing", &d->why);
}

/* Events as the statement tells them: where, and how many days ago. */
static bool spread(struct draft *d, enum queries_id query, const struct db_value *value,
                   int32_t *count, struct density *out, struct fail *f)
{
    const struct network *n = d->terrain->world->network;
    const struct db_rows *rows;
    struct arena *own = arena_new();
    bool ok = db_run(d->job->db, query, value, value ? 1 : 0, own, &rows, f);

    if (ok) {
        struct density_event *events = arena_take(own, (size_t)db_count(rows) + 1, sizeof *events);
        struct density_wish wish = { n, d->terrain->counts, events, 0,
                                     (uint32_t)d->rule.reach_m * 100 };

        for (int32_t i = 0; i < db_count(rows); i++) {
            const struct point at = { db_get_double(rows, i, 0), db_get_double(rows, i, 1) };
            struct fail far = { 0 };
            struct snap snap;

            if (snap_to(d->terrain->world->streets, MODE_FOOT, at, &snap, &far))
                events[wish.event_count++] = (struct density_event){
                    snap.spot, exp2(-db_get_double(rows, i, 2) / (double)d->rule.half_life_days)
                };
        }
        *count = d->events = wish.event_count;
        ok = density_find(&wish, &(struct density_watch){ go_on, d }, d->arena, out);
        if (!ok)
            *f = d->why;
    }
    arena_free(own);
    return ok;
}

static uint32_t bin_end_cm(const struct network *n, int32_t segment, uint32_t start_cm)
{
    const uint32_t length_cm = n->length_cm[segment];

    return length_cm - start_cm > DENSITY_BIN_CM ? start_cm + DENSITY_BIN_CM : length_cm;
}

/* 1 over the mean a metre, 0 where there is nothing. */
static double scale(const struct network *n, const struct density *density)
{
    double mass = 0, length_m = 0;

    for (int32_t segment = 0; segment < n->segment_count; segment++) {
        uint32_t start_cm = 0;

        for (int32_t bin = density->first[segment]; bin < density->first[segment + 1]; bin++) {
            const uint32_t end_cm = bin_end_cm(n, segment, start_cm);

            mass += density->mass_m[bin] * (end_cm - start_cm) / 100;
            length_m += (end_cm - start_cm) / 100.0;
            start_cm = end_cm;
        }
    }
    return mass > 0 ? length_m / mass : 0;
}

static uint32_t thousandths(double weight)
{
    const double most = PLOTS_WEIGHT_MAX;
    const double value = round(weight * 1000 / STEP) * STEP;

    return (uint32_t)(value < most ? value : most);
}

static void put_piece(struct draft *d, struct range_piece piece, uint32_t weight)
{
    struct plots_weight *last = d->piece_count > 0 ? &d->pieces[d->piece_count - 1] : NULL;

    assert(d->pieces);
    if (weight == d->rest)
        return;
    if (last && last->piece.segment == piece.segment && last->piece.to_cm == piece.from_cm &&
        last->weight == weight)
        last->piece.to_cm = piece.to_cm;
    else
        d->pieces[d->piece_count++] = (struct plots_weight){ piece, weight };
}

/* Asked in order along the streets: *next is the first piece that ends behind the place. */
static bool is_hot(const struct draft *d, int32_t *next, int32_t segment, uint32_t at_cm)
{
    for (; *next < d->hot.piece_count; ++*next) {
        const struct range_piece *piece = &d->hot.pieces[*next];

        if (piece->segment > segment || (piece->segment == segment && piece->to_cm > at_cm))
            return piece->segment == segment && piece->from_cm <= at_cm;
    }
    return false;
}

/* Bin by bin, along with the pieces of hot spots, which ascend like them. */
static void compose(struct draft *d)
{
    const struct network *n = d->terrain->world->network;
    const double by_incidents = d->rule.incidents * scale(n, &d->incidents);
    const double by_points = d->rule.points * scale(n, &d->points);
    int32_t hot = 0;

    d->rest = thousandths(d->rule.floor);
    d->pieces =
        arena_take(d->arena, (size_t)d->incidents.first[n->segment_count] + 1, sizeof *d->pieces);
    for (int32_t segment = 0; segment < n->segment_count; segment++) {
        uint32_t start_cm = 0;

        for (int32_t bin = d->incidents.first[segment]; bin < d->incidents.first[segment + 1];
             bin++) {
            const uint32_t end_cm = bin_end_cm(n, segment, start_cm);
            const uint32_t middle_cm = start_cm + (end_cm - start_cm) / 2;

            put_piece(d, (struct range_piece){ segment, start_cm, end_cm },
                      thousandths(d->rule.floor + by_incidents * d->incidents.mass_m[bin] +
                                  by_points * d->points.mass_m[bin] +
                                  (is_hot(d, &hot, segment, middle_cm) ? d->rule.hot_spots : 0)));
            start_cm = end_cm;
        }
    }
}

/* ------------------------------------------------------------------ keeping it */

static bool keep_pieces(struct draft *d, int64_t version_id, struct fail *f)
{
    const struct network *n = d->terrain->world->network;
    int64_t *columns = arena_take(d->arena, 4 * (size_t)ROWS_AT_ONCE, sizeof *columns);
    int64_t *const segments = columns, *const from = columns + ROWS_AT_ONCE;
    int64_t *const to = columns + 2 * (size_t)ROWS_AT_ONCE;
    int64_t *const weights = columns + 3 * (size_t)ROWS_AT_ONCE;

    for (int32_t first = 0; first < d->piece_count; first += ROWS_AT_ONCE) {
        const int32_t left = d->piece_count - first;
        const int32_t count = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;

        for (int32_t i = 0; i < count; i++) {
            const struct plots_weight *one = &d->pieces[first + i];

            segments[i] = n->segment_id[one->piece.segment];
            from[i] = one->piece.from_cm;
            to[i] = one->piece.to_cm;
            weights[i] = one->weight;
        }
        const struct db_value values[] = { db_int(version_id), db_ints(segments, (size_t)count),
                                           db_ints(from, (size_t)count), db_ints(to, (size_t)count),
                                           db_ints(weights, (size_t)count) };

        if (!db_run(d->job->db, QUERIES_WEIGHT_KEEP_PIECES, values, 5, NULL, NULL, f))
            return false;
    }
    return true;
}

static const char *rule_text(const struct rule *rule, struct arena *a)
{
    return arena_text(a,
                      "{\"incidents\":%.6g,\"points\":%.6g,\"hot_spots\":%.6g,\"floor\":%.6g,"
                      "\"days\":%d,\"half_life_days\":%d,\"reach_m\":%d}",
                      rule->incidents, rule->points, rule->hot_spots, rule->floor, (int)rule->days,
                      (int)rule->half_life_days, (int)rule->reach_m);
}

static bool keep(struct draft *d, int64_t version_id, struct fail *f)
{
    const struct db_value values[] = { db_int(version_id),
                                       db_int(d->terrain->world->network->import_id),
                                       db_text(rule_text(&d->rule, d->arena)),
                                       db_int(d->incident_count),
                                       db_int(d->point_count),
                                       db_int(d->hot_spot_count),
                                       db_int(d->rest) };

    return db_run(d->job->db, QUERIES_WEIGHT_KEEP, values, 7, NULL, NULL, f) &&
           keep_pieces(d, version_id, f) &&
           (!d->rule.use || weights_use(d->job->db, version_id, d->arena, f));
}

static bool work_out(struct draft *d, struct fail *f)
{
    const struct db_value days = db_int(d->rule.days);
    const struct db_rows *spots;

    if (!db_run(d->job->db, QUERIES_WEIGHT_HOT_SPOTS, NULL, 0, d->arena, &spots, f) ||
        !weights_hot_streets(d->job->db, d->terrain->ground, d->arena, &d->hot, f))
        return false;
    d->hot_spot_count = db_count(spots);
    d->from = 0.05;
    d->to = 0.5;
    if (!spread(d, QUERIES_WEIGHT_INCIDENTS, &days, &d->incident_count, &d->incidents, f))
        return false;
    d->from = d->to;
    d->to = 0.9;
    if (!spread(d, QUERIES_WEIGHT_POINTS, NULL, &d->point_count, &d->points, f))
        return false;
    compose(d);
    return true;
}

static bool write(struct draft *d, const char **result, struct fail *f)
{
    int64_t version_id;

    if (!jobs_step(d->job, 0.9, "writing", f) ||
        !ids_take(d->job->means.ids, d->job->db, &version_id, f) || !db_begin(d->job->db, f))
        return false;
    if (!keep(d, version_id, f) || !db_commit(d->job->db, f)) {
        db_rollback(d->job->db);
        return false;
    }
    *result = arena_text(d->job->arena,
                         "{\"weight_version_id\":%lld,\"incident_count\":%d,\"point_count\":%d,"
                         "\"hot_spot_count\":%d,\"pieces\":%d,\"in_use\":%s}",
                         (long long)version_id, d->incident_count, d->point_count,
                         d->hot_spot_count, d->piece_count, d->rule.use ? "true" : "false");
    return true;
}

bool weights_run(struct job *job, const char **result, struct fail *f)
{
    struct draft d = { .job = job };

    if (!read_rule(job->wish, &d.rule, f))
        return false;
    if (job->org_id != CITY)
        return fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
                        "weights are the whole city's: organisation %lld cannot have its own",
                        (long long)job->org_id);
    d.terrain = terrain_hold(job->means.terrain);
    if (!d.terrain)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    d.arena = arena_new();
    const bool ok = work_out(&d, f) && write(&d, result, f);

    arena_free(d.arena);
    terrain_drop(d.terrain);
    return ok;
}

/* ------------------------------------------------------------------ using and reading */

bool weights_use(struct db *db, int64_t version_id, struct arena *a, struct fail *f)
{
    const struct db_value value = version_id ? db_int(version_id) : db_null();
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_WEIGHT_LET_GO, &value, 1, NULL, NULL, f))
        return false;
    if (version_id == 0)
        return true;
    if (!db_run(db, QUERIES_WEIGHT_USE, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) > 0)
        return true;
    fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no version %lld of weights",
             (long long)version_id);
    fail_allowed(f, "one that GET /v1/coverage/weights lists, or null");
    return fail_value(f, arena_text(a, "%lld", (long long)version_id));
}

bool weights_read(struct db *db, const struct network *n, struct arena *a, struct weights *out,
                  struct fail *f)
{
    const struct db_rows *rows;

    *out = (struct weights){ .rest = WEIGHTS_REST };
    if (!db_run(db, QUERIES_WEIGHT_REST, NULL, 0, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return true;
    out->version_id = db_get_int(rows, 0, 0);
    out->rest = (uint32_t)db_get_int(rows, 0, 1);
    const struct db_value value = db_int(out->version_id);

    if (!db_run(db, QUERIES_WEIGHT_PIECES, &value, 1, a, &rows, f))
        return false;
    struct plots_weight *pieces = arena_take(a, (size_t)db_count(rows) + 1, sizeof *pieces);

    for (int32_t i = 0; i < db_count(rows); i++) {
        const int32_t segment = network_find(n, db_get_int(rows, i, 0));

        /* A street may have gone, or become shorter, since. */
        if (segment < 0 || db_get_int(rows, i, 2) > n->length_cm[segment])
            continue;
        pieces[out->count++] = (struct plots_weight){ { segment, (uint32_t)db_get_int(rows, i, 1),
                                                        (uint32_t)db_get_int(rows, i, 2) },
                                                      (uint32_t)db_get_int(rows, i, 3) };
    }
    out->pieces = pieces;
    return true;
}

bool weights_hot_streets(struct db *db, const struct ground *g, struct arena *a,
                         struct range_band *out, struct fail *f)
{
    const struct db_rows *rows;

    *out = (struct range_band){ 0 };
    if (!db_run(db, QUERIES_WEIGHT_HOT_SPOTS, NULL, 0, a, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct range_band before = *out;
        struct range_band band;
        struct figure area;
        size_t size;
        const void *bytes = db_get_bytes(rows, i, 1, &size);

        if (!wkb_read(a, bytes, size, &area, f))
            return false;
        field_find(field_take(g, &area, a), g, a, &band);
        span_mix(SPAN_OR, &before, &band, a, out);
    }
    return true;
}

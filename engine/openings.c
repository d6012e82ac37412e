#include "engine/openings.h"

#include "engine/week_store.h"
#include "geo/base/emit.h"
#include "geo/cover/areas.h"
#include "geo/geojson.h"
#include "geo/instant.h"
#include "geo/wkb.h"

enum { TOLD_EVERY = 20 };

/* What is seen in the hour, and how it is written. */
struct look {
    struct job *job;
    const struct terrain *terrain;
    struct weeks_wish wish;
    int32_t seen_count;
    const struct areas *seen;
    struct areas_notice notice;
    struct emit *out;
    struct buf *bytes;
    int32_t left_out;
};

bool openings_check(const struct input *wish, struct fail *f)
{
    struct weeks_wish unused;

    return week_store_read(wish, &unused, f);
}

/* ------------------------------------------------------------------ what is seen */

static bool is_staffed(const struct week_sources_time *time, const struct week_sources_one *one)
{
    if (one->layer != WEEK_SOURCES_LOOKOUT)
        return false;
    for (int32_t i = 0; i < one->stint_count; i++)
        if (one->stints[i].from_s < time->to_s && one->stints[i].to_s > time->from_s)
            return true;
    return false;
}

static bool outline(const struct look *l, int32_t lookout, struct figure *out, struct fail *f)
{
    const struct views_lookout *v = &l->terrain->lookouts[lookout];

    return views_outline(l->job->db, l->terrain->ground, v->at, v->reach_m, l->job->arena, out, f);
}

static bool gather_seen(struct look *l, struct fail *f)
{
    const int64_t to_s = l->wish.from_s + SLAB_HOUR_S;
    const struct week_sources_time time = {
        .kind = l->wish.kind, .from_s = l->wish.from_s, .to_s = to_s, .known_s = to_s
    };
    struct arena *a = l->job->arena;
    struct week_sources sources;

    if (!week_sources_read(l->job->db, l->terrain, &time, a, &sources, f))
        return false;
    struct figure *seen = arena_take(a, (size_t)sources.count + 1, sizeof *seen);

    for (int32_t i = 0; i < sources.count; i++) {
        if (i % TOLD_EVERY == 0 && !jobs_step(l->job, 0.5 * i / sources.count, "scoring", f))
            return false;
        if (!is_staffed(&time, &sources.items[i]))
            continue;
        if (!outline(l, sources.items[i].lookout, &seen[l->seen_count], f))
            return false;
        l->seen_count += seen[l->seen_count].point_count > 0;
    }
    return areas_take(l->terrain->ground, seen, l->seen_count, a, &l->seen, &l->notice, f);
}

/* ------------------------------------------------------------------ what is left */

static void write_gap(struct look *l, const struct db_rows *rows, int32_t i,
                      const struct areas_gap *gap)
{
    struct emit *e = l->out;
    const bool is_drawn = l->bytes->size < OPENINGS_BYTES_MAX;

    emit_object(e);
    emit_key_text(e, "by", db_get_text(rows, i, 0));
    emit_key_int(e, "id", db_get_int(rows, i, 1));
    emit_key_text(e, "code", db_get_text(rows, i, 2));
    emit_key_text(e, "name", db_get_text(rows, i, 3));
    emit_key_number(e, "whole_m2", gap->whole_m2, 1);
    emit_key_number(e, "open_m2", gap->open_m2, 1);
    emit_key(e, "area");
    if (is_drawn && gap->open.point_count > 0)
        geojson_write(e, &gap->open);
    else
        emit_null(e);
    emit_end(e);
    l->left_out += !is_drawn && gap->open.point_count > 0;
}

static bool take_gap(struct look *l, const struct db_rows *rows, int32_t i, struct fail *f)
{
    struct arena *own = arena_new();
    struct areas_gap gap;
    struct figure area;
    size_t size;
    const void *bytes = db_get_bytes(rows, i, 4, &size);
    const bool ok = wkb_read(own, bytes, size, &area, f) && areas_gap(l->seen, &area, own, &gap, f);

    if (ok)
        write_gap(l, rows, i, &gap);
    arena_free(own);
    return ok;
}

static bool write_gaps(struct look *l, struct fail *f)
{
    const struct db_value values[] = { db_int(l->job->org_id), db_int(OPENINGS_AREAS_MAX) };
    const struct db_rows *rows;

    if (!db_run(l->job->db, QUERIES_OPENING_AREAS, values, 2, l->job->arena, &rows, f))
        return false;
    const int32_t count = db_count(rows);

    emit_key(l->out, "items");
    emit_array(l->out);
    for (int32_t i = 0; i < count; i++)
        if ((i % TOLD_EVERY == 0 && !jobs_step(l->job, 0.5 + 0.5 * i / count, "writing", f)) ||
            !take_gap(l, rows, i, f))
            return false;
    emit_end(l->out);
    return true;
}

static bool write_result(struct look *l, struct fail *f)
{
    char text[INSTANT_SIZE];

    instant_write(l->wish.from_s * INT64_C(1000000), text);
    emit_object(l->out);
    emit_key_text(l->out, "of", WEEK_SOURCES_KIND_WORDS[l->wish.kind]);
    emit_key_text(l->out, "from", text);
    emit_key_text(l->out, "frame", "wgs84");
    emit_key_int(l->out, "lookouts", l->seen_count);
    emit_key_int(l->out, "repaired", l->notice.repaired);
    if (!write_gaps(l, f))
        return false;
    emit_key_int(l->out, "areas_left_out", l->left_out);
    emit_end(l->out);
    return true;
}

bool openings_run(struct job *job, const char **result, struct fail *f)
{
    struct buf bytes = { 0 };
    struct emit out = emit_to(&bytes);
    struct look l = { .job = job, .out = &out, .bytes = &bytes };

    if (!week_store_read(job->wish, &l.wish, f))
        return false;
    l.terrain = terrain_hold(job->means.terrain);
    if (!l.terrain)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city is in service yet");
    const bool ok = gather_seen(&l, f) && write_result(&l, f);

    if (ok)
        *result = arena_copy(job->arena, bytes.bytes, bytes.size);
    terrain_drop(l.terrain);
    buf_free(&bytes);
    return ok;
}

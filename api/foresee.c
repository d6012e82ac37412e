#include "api/foresee.h"

#include "engine/engine.h"
#include "engine/replans.h"
#include "geo/cover/cover.h"
#include "geo/geojson.h"
#include "geo/instant.h"

enum { DECIMALS = 2, SHARE_DECIMALS = 6 };

static const int64_t SECOND_US = 1000000;

/* A shift that is named in a change and that the caller sees. */
struct named {
    int64_t shift_id;
    int64_t lookout_point_id; /* 0: it is somewhere else */
    bool is_cancelled;
};

/* The streets that somebody watches for less long, or for longer. */
struct lines {
    int64_t cm_s;
    struct figure figure;
};

struct asking {
    const struct request *r;
    const struct suppose *wish;
    const struct terrain *terrain; /* held */
    struct sight sight;
    struct named *shifts;
    int32_t shift_count;
    struct replans_candidate *candidates;
    const bool *lots; /* by lot: whether the caller sees it */
    int64_t data_us;
    int64_t *looked_m2;          /* from new places, so far */
    struct weeks_area area;      /* of what she sees */
    struct slab_gap *before;     /* of that, by hour */
    struct lines *lost, *gained; /* by candidate */
};

/* ------------------------------------------------------------------ what is meant */

static bool read_shifts(struct asking *k, struct db *db, struct fail *f)
{
    const struct suppose *w = k->wish;
    int64_t *ids =
        arena_take(k->r->arena, SUPPOSE_CANDIDATES_MAX * SUPPOSE_CHANGES_MAX, sizeof *ids);
    const struct db_rows *rows;
    int32_t count = 0;

    for (int32_t i = 0; i < w->count; i++)
        for (int32_t c = 0; c < w->items[i].count; c++)
            if (w->items[i].changes[c].shift_id)
                ids[count++] = w->items[i].changes[c].shift_id;
    const struct db_value wanted = db_ints(ids, (size_t)count);

    if (count == 0)
        return true;
    if (!db_run(db, QUERIES_WHAT_IF_SHIFTS, &wanted, 1, k->r->arena, &rows, f))
        return false;
    k->shift_count = db_count(rows);
    k->shifts = arena_take(k->r->arena, (size_t)k->shift_count + 1, sizeof *k->shifts);
    for (int32_t i = 0; i < k->shift_count; i++)
        k->shifts[i] = (struct named){ db_get_int(rows, i, 0),
                                       db_is_null(rows, i, 1) ? 0 : db_get_int(rows, i, 1),
                                       db_get_bool(rows, i, 2) };
    return true;
}

/* One that is cancelled stays so, and one at a station or of a squad covers no street. */
static bool mean_shift(const struct asking *k, const struct suppose_change *c,
                       struct replans_change *out, struct fail *f)
{
    const struct named *shift = NULL;

    for (int32_t i = 0; i < k->shift_count; i++)
        if (k->shifts[i].shift_id == c->shift_id)
            shift = &k->shifts[i];
    if (!shift)
        return suppose_missing(c, "shift", c->shift_id, f);
    if (shift->is_cancelled || shift->lookout_point_id == 0) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "shift %lld %s", (long long)c->shift_id,
                 shift->is_cancelled ? "is cancelled" : "is not at a lookout point");
        fail_allowed(f, "a shift at a lookout point that is not cancelled");
        return input_blame(c->at, f);
    }
    out->lookout = terrain_lookout(k->terrain, shift->lookout_point_id);
    return out->lookout >= 0 || suppose_missing(c, "lookout point", shift->lookout_point_id, f);
}

static bool mean_lookout(const struct asking *k, const struct suppose_change *c,
                         struct replans_change *out, struct fail *f)
{
    out->lookout = terrain_lookout(k->terrain, c->id);
    return (out->lookout >= 0 &&
            sight_covers(&k->sight, k->terrain->lookouts[out->lookout].org_id)) ||
           suppose_missing(c, "lookout point", c->id, f);
}

static bool mean(const struct asking *k, const struct suppose_change *c, struct replans_change *out,
                 struct fail *f)
{
    static const enum replans_kind KINDS[SUPPOSE_KINDS] = {
        [SUPPOSE_ADD] = REPLANS_ADD,     [SUPPOSE_MOVE] = REPLANS_MOVE,
        [SUPPOSE_CLOSE] = REPLANS_CLOSE, [SUPPOSE_STAFF] = REPLANS_STAFF,
        [SUPPOSE_SHIFT] = REPLANS_HOLD,  [SUPPOSE_CANCEL] = REPLANS_CANCEL
    };
    const struct weeks_wish *hours = &k->wish->hours;
    int64_t reach_m = c->reach_m;

    *out = (struct replans_change){
        .kind = KINDS[c->kind], .lookout = -1, .shift_id = c->shift_id, .time = c->time
    };
    if (c->kind == SUPPOSE_ADD && c->time.from_s == c->time.to_s)
        out->time = (struct stint){ hours->from_s,
                                    hours->from_s + (int64_t)hours->hour_count * SLAB_HOUR_S };
    if (c->kind != SUPPOSE_ADD &&
        !(c->shift_id ? mean_shift(k, c, out, f) : mean_lookout(k, c, out, f)))
        return false;
    if (c->kind == SUPPOSE_MOVE)
        reach_m = k->terrain->lookouts[out->lookout].reach_m;
    return !c->has_place ||
           suppose_see(k->r, k->terrain, c, (int32_t)reach_m, k->looked_m2, &out->seen, f);
}

static bool mean_all(struct asking *k, struct fail *f)
{
    const struct suppose *w = k->wish;
    struct db *db;

    if (!request_db(k->r, &db, f) || !read_shifts(k, db, f))
        return false;
    k->candidates = arena_take(k->r->arena, (size_t)w->count, sizeof *k->candidates);
    for (int32_t i = 0; i < w->count; i++) {
        const struct suppose_candidate *asked = &w->items[i];
        struct replans_change *changes =
            arena_take(k->r->arena, (size_t)asked->count, sizeof *changes);

        for (int32_t c = 0; c < asked->count; c++)
            if (!mean(k, &asked->changes[c], &changes[c], f))
                return false;
        k->candidates[i] = (struct replans_candidate){ .changes = changes, .count = asked->count };
    }
    return true;
}

/* ------------------------------------------------------------------ what is found */

/* What the caller sees of the hours as they are planned. */
static void take_before(struct asking *k, const struct weeks_book *b)
{
    const struct terrain *t = b->terrain;
    const struct plots *p = t->plots;
    bool *lots = arena_take(k->r->arena, (size_t)p->lot_count + 1, sizeof *lots);

    k->before = arena_take(k->r->arena, (size_t)b->hour_count, sizeof *k->before);
    for (int32_t lot = 0; lot < p->lot_count; lot++) {
        const struct slab_gap *hours = slab_lot(b->table, lot);

        lots[lot] = sight_covers(&k->sight, t->orgs[p->lots[lot].org].id);
        for (int32_t h = 0; h < b->hour_count && lots[lot]; h++) {
            k->before[h].cm_s += hours[h].cm_s;
            k->before[h].weight_s += hours[h].weight_s;
        }
    }
    for (int32_t s = 0; s < p->segment_count; s++) {
        uint32_t from_cm = 0;

        for (int32_t i = p->first[s]; i < p->first[s + 1]; i++) {
            const struct plot *plot = &p->plots[i];

            k->area.length_cm += lots[plot->lot] ? plot->to_cm - from_cm : 0;
            k->area.weight += lots[plot->lot] ? (int64_t)(plot->to_cm - from_cm) * plot->weight : 0;
            from_cm = plot->to_cm;
        }
    }
    k->lots = lots;
    k->data_us = b->data_us;
}

static bool find(struct asking *k, struct fail *f)
{
    struct weeks *weeks = engine_weeks(k->r->engine);
    const struct weeks_book *book;

    if (!weeks_take(weeks, &k->wish->hours, &book, f))
        return false;
    bool ok = book->terrain->version == k->terrain->version ||
              fail_set(f, FAIL_BUSY, COVERAGE_MOVED_ON, "what is counted has just changed");

    ok = ok && replans_try(weeks, book, k->candidates, k->wish->count, k->r->arena, f);
    if (ok)
        take_before(k, book);
    weeks_give(weeks);
    return ok;
}

/* A stretch may be lost in one hour and gained in another. */
static bool draw_one(const struct asking *k, const struct otherwise *found, bool is_lost,
                     struct lines *out, struct fail *f)
{
    struct range_piece *pieces =
        arena_take(k->r->arena, (size_t)found->piece_count + 1, sizeof *pieces);
    int32_t count = 0;

    for (int32_t i = 0; i < found->piece_count; i++) {
        const struct otherwise_piece *p = &found->pieces[i];
        const int64_t s = is_lost ? p->lost_s : p->gained_s;

        if (s == 0 || !k->lots[p->lot])
            continue;
        out->cm_s += s * ((int64_t)p->piece.to_cm - p->piece.from_cm);
        suppose_add_piece(pieces, &count, p->piece);
    }
    return suppose_draw(k->r, k->terrain->world->network, pieces, count, k->wish->frame,
                        &out->figure, f);
}

static bool draw(struct asking *k, struct fail *f)
{
    const int32_t count = k->wish->count;

    k->lost = arena_take(k->r->arena, (size_t)count, sizeof *k->lost);
    k->gained = arena_take(k->r->arena, (size_t)count, sizeof *k->gained);
    for (int32_t i = 0; i < count; i++)
        if (!draw_one(k, &k->candidates[i].found, true, &k->lost[i], f) ||
            !draw_one(k, &k->candidates[i].found, false, &k->gained[i], f))
            return false;
    return true;
}

/* ------------------------------------------------------------------ the answer */

static void write_m_h(struct emit *e, const char *key, int64_t cm_s)
{
    emit_key_number(e, key, (double)cm_s / 100 / SLAB_HOUR_S, DECIMALS);
}

static void write_gap(struct emit *e, struct slab_gap gap)
{
    write_m_h(e, "gap_m_h", gap.cm_s);
    emit_key_number(e, "gap_weight_h", (double)gap.weight_s / 100 / 1000 / SLAB_HOUR_S, DECIMALS);
}

/* Of all hours together, with the share that is covered. */
static void write_whole(struct emit *e, const char *key, const struct asking *k,
                        const struct slab_gap *hours)
{
    const int32_t count = k->wish->hours.hour_count;
    const double all = (double)k->area.length_cm * count * SLAB_HOUR_S;
    struct slab_gap sum = { 0 };

    for (int32_t h = 0; h < count; h++) {
        sum.cm_s += hours[h].cm_s;
        sum.weight_s += hours[h].weight_s;
    }
    emit_key(e, key);
    emit_object(e);
    write_gap(e, sum);
    emit_key(e, "share");
    if (all > 0)
        emit_number(e, 1 - (double)sum.cm_s / all, SHARE_DECIMALS);
    else
        emit_null(e);
    emit_end(e);
}

static void write_moment(struct emit *e, const char *key, int64_t us)
{
    char text[INSTANT_SIZE];

    instant_write(us, text);
    emit_key_text(e, key, text);
}

static void write_hours(struct emit *e, const struct asking *k, const struct slab_gap *hours)
{
    emit_key(e, "hours");
    emit_array(e);
    for (int32_t h = 0; h < k->wish->hours.hour_count; h++) {
        emit_object(e);
        write_moment(e, "from", (k->wish->hours.from_s + (int64_t)h * SLAB_HOUR_S) * SECOND_US);
        write_gap(e, hours[h]);
        emit_end(e);
    }
    emit_end(e);
}

static void write_change(struct emit *e, int64_t cm_s)
{
    emit_key(e, "change_m_h");
    emit_object(e);
    write_m_h(e, COVER_CLASS_WORDS[COVER_UNWATCHED], cm_s);
    emit_end(e);
}

static void write_cell(struct emit *e, const struct terrain_area *cell,
                       const struct slab_gap *hours, int32_t count)
{
    int64_t cm_s = 0;

    for (int32_t h = 0; h < count; h++)
        cm_s += hours[h].cm_s;
    emit_object(e);
    emit_key_int(e, "grid_id", cell->id);
    emit_key_text(e, "code", cell->code);
    write_change(e, cm_s);
    emit_key(e, "hours");
    emit_array(e);
    for (int32_t h = 0; h < count; h++)
        emit_number(e, (double)hours[h].cm_s / 100 / SLAB_HOUR_S, DECIMALS);
    emit_end(e);
    emit_end(e);
}

/* By cell, in those where anything changes; of somebody else's cell nothing is told. */
static void write_cells(struct emit *e, const struct asking *k, const struct otherwise *found)
{
    const struct terrain *t = k->terrain;
    const int32_t count = k->wish->hours.hour_count;
    struct slab_gap **cells =
        arena_take(k->r->arena, (size_t)t->plots->cell_count + 1, sizeof *cells);

    for (int32_t i = 0; i < found->lot_count; i++) {
        const struct plots_lot *lot = &t->plots->lots[found->lots[i].lot];

        for (int32_t p = 0; p < PLOTS_PROFILES; p++) {
            const int32_t cell = lot->cell[p];

            if (cell == PLOTS_NO_CELL || !sight_covers(&k->sight, t->cells[cell].org_id))
                continue;
            if (!cells[cell])
                cells[cell] = arena_take(k->r->arena, (size_t)count, sizeof **cells);
            for (int32_t h = 0; h < count; h++)
                cells[cell][h].cm_s += found->lots[i].hours[h].cm_s;
        }
    }
    emit_key(e, "grids");
    emit_array(e);
    for (int32_t i = 0; i < t->plots->cell_count; i++)
        if (cells[i])
            write_cell(e, &t->cells[i], cells[i], count);
    emit_end(e);
}

static void write_lines(struct emit *e, const char *m_h, const char *key, const struct lines *lines)
{
    write_m_h(e, m_h, lines->cm_s);
    emit_key(e, key);
    geojson_write(e, &lines->figure);
}

static void write_candidate(struct emit *e, const struct asking *k, int32_t place)
{
    const struct otherwise *found = &k->candidates[place].found;
    const int32_t count = k->wish->hours.hour_count;
    struct slab_gap *after = arena_take(k->r->arena, (size_t)count, sizeof *after);
    int64_t change_cm_s = 0;

    for (int32_t h = 0; h < count; h++)
        after[h] = k->before[h];
    for (int32_t i = 0; i < found->lot_count; i++) {
        const struct otherwise_lot *lot = &found->lots[i];

        for (int32_t h = 0; h < count && k->lots[lot->lot]; h++) {
            after[h].cm_s += lot->hours[h].cm_s;
            after[h].weight_s += lot->hours[h].weight_s;
            change_cm_s += lot->hours[h].cm_s;
        }
    }
    emit_object(e);
    write_whole(e, "after", k, after);
    write_change(e, change_cm_s);
    write_hours(e, k, after);
    write_cells(e, k, found);
    write_lines(e, "lost_m_h", "lost", &k->lost[place]);
    write_lines(e, "gained_m_h", "gained", &k->gained[place]);
    emit_end(e);
}

static void write_answer(struct emit *e, const struct asking *k)
{
    const struct weeks_wish *hours = &k->wish->hours;

    emit_object(e);
    emit_key_text(e, "frame", frame_word(k->wish->frame));
    emit_key_int(e, "org_id", k->r->caller.org_id);
    emit_key_text(e, "kind", WEEK_SOURCES_KIND_WORDS[hours->kind]);
    write_moment(e, "from", hours->from_s * SECOND_US);
    write_moment(e, "to", (hours->from_s + (int64_t)hours->hour_count * SLAB_HOUR_S) * SECOND_US);
    write_moment(e, "data_at", k->data_us);
    emit_key_number(e, "length_m", (double)k->area.length_cm / 100, DECIMALS);
    emit_key_number(e, "weight", (double)k->area.weight / 100 / 1000, DECIMALS);
    write_whole(e, "before", k, k->before);
    write_hours(e, k, k->before);
    emit_key(e, "candidates");
    emit_array(e);
    for (int32_t i = 0; i < k->wish->count; i++)
        write_candidate(e, k, i);
    emit_end(e);
    emit_end(e);
}

bool foresee_answer(const struct request *r, const struct suppose *w, struct reply *out,
                    struct fail *f)
{
    struct asking k = { .r = r, .wish = w, .sight = request_sight(r) };

    k.looked_m2 = arena_take(r->arena, 1, sizeof *k.looked_m2);
    k.terrain = terrain_hold(engine_terrain(r->engine));
    if (!k.terrain)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    const bool ok = mean_all(&k, f) && find(&k, f) && draw(&k, f);

    if (ok)
        write_answer(reply_json(out, REPLY_OK), &k);

    terrain_drop(k.terrain);
    return ok;
}

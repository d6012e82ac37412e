/* And if? What changes now if lookout points came, went or moved, and people were sent away. */
#include "api/foresee.h"
#include "api/handlers.h"
#include "api/suppose.h"
#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/figures.h"
#include "geo/geojson.h"

/* One of those that were asked for. */
struct candidate {
    const struct suppose_candidate *asked;
    struct cover_trial trial;
    struct figure lost, gained; /* streets that nobody watches any more, or somebody does now */
};

/* ------------------------------------------------------------------ what is meant */

struct asking {
    const struct request *r;
    const struct terrain *terrain; /* held */
    struct sight sight;
    const bool *staffed;      /* by place of the terrain's lookout points */
    const bool *lots;         /* by lot: whether the caller sees it */
    struct cover_sums before; /* of what she sees */
    int64_t *looked_m2;       /* from new places, so far */
};

/* One that is closed or not staffed now stays so when it is moved; a new one is staffed. */
static bool mean_lookout(const struct asking *k, const struct suppose_change *c, int32_t number,
                         struct coverage_change *out, struct fail *f)
{
    const struct terrain *t = k->terrain;
    const int32_t place = c->kind == SUPPOSE_ADD ? -1 : terrain_lookout(t, c->id);

    *out = (struct coverage_change){ .kind = COVERAGE_LOOKOUT, .id = c->id };
    if (c->kind == SUPPOSE_ADD) {
        out->id = -1 - number;
        return suppose_see(k->r, t, c, (int32_t)c->reach_m, k->looked_m2, &out->seen, f);
    }
    if (place < 0 || !sight_covers(&k->sight, t->lookouts[place].org_id))
        return suppose_missing(c, "lookout point", c->id, f);
    if (c->kind == SUPPOSE_STAFF)
        out->seen = t->lookouts[place].seen;
    return c->kind != SUPPOSE_MOVE || !k->staffed[place] ||
           suppose_see(k->r, t, c, t->lookouts[place].reach_m, k->looked_m2, &out->seen, f);
}

/* Where she would stand, for her own mode; a place without a street is refused. */
static bool mean_send(const struct asking *k, const struct suppose_change *c,
                      struct coverage_change *out, struct fail *f)
{
    struct live *l = engine_live(k->r->engine);
    const struct world *w = k->terrain->world;
    struct live_person her;
    struct snap near;

    live_read(l);
    const bool is_known = live_get(l, c->id, &her) && sight_sees(&k->sight, &her);

    live_read_end(l);
    *out = (struct coverage_change){ .kind = COVERAGE_SEND, .id = c->id };
    if (!is_known)
        return suppose_missing(c, "person", c->id, f);
    if (!c->stays_free)
        return true;
    out->kind = COVERAGE_POST;
    if (!snap_to(w->streets, her.mode, c->place, &near, f))
        return input_blame(c->at, f);
    out->spot = near.spot;
    return true;
}

static bool try_one(const struct asking *k, struct candidate *c, struct fail *f)
{
    struct coverage_change changes[SUPPOSE_CHANGES_MAX];

    for (int32_t i = 0; i < c->asked->count; i++) {
        const struct suppose_change *asked = &c->asked->changes[i];

        if (!(asked->kind == SUPPOSE_SEND ? mean_send(k, asked, &changes[i], f)
                                          : mean_lookout(k, asked, i, &changes[i], f)))
            return false;
    }
    return coverage_try(engine_coverage(k->r->engine), k->terrain->laid, changes, c->asked->count,
                        k->r->arena, &c->trial, f);
}

/* ------------------------------------------------------------------ what changes */

/* While the coverage is read: what is needed of it later. */
static bool begin(const struct request *r, struct asking *k, struct fail *f)
{
    struct coverage *c = engine_coverage(r->engine);
    struct coverage_view v;

    *k = (struct asking){ .r = r, .sight = request_sight(r) };
    k->looked_m2 = arena_take(r->arena, 1, sizeof *k->looked_m2);
    if (!coverage_read(c, &v, f))
        return false;
    const struct terrain *t = v.terrain;
    const struct cover_sums *sums = cover_lots(v.cover);
    bool *staffed = arena_take(r->arena, (size_t)t->lookout_count + 1, sizeof *staffed);
    bool *lots = arena_take(r->arena, (size_t)t->plots->lot_count + 1, sizeof *lots);

    for (int32_t i = 0; i < t->lookout_count; i++)
        staffed[i] = coverage_staffed(c, t->lookouts[i].lookout_point_id);
    for (int32_t i = 0; i < t->plots->lot_count; i++) {
        lots[i] = sight_covers(&k->sight, t->orgs[t->plots->lots[i].org].id);
        for (int32_t state = 0; state < COVER_STATES && lots[i]; state++) {
            k->before.length_cm[state] += sums[i].length_cm[state];
            k->before.weight[state] += sums[i].weight[state];
        }
    }
    k->staffed = staffed;
    k->lots = lots;
    k->terrain = terrain_hold_again(t);
    coverage_read_end(c);
    return true;
}

static struct cover_sums after(const struct asking *k, const struct cover_trial *trial)
{
    struct cover_sums sums = k->before;

    for (int32_t i = 0; i < trial->piece_count; i++) {
        const struct cover_trial_piece *p = &trial->pieces[i];
        const int64_t cm = (int64_t)p->piece.to_cm - p->piece.from_cm;

        if (!k->lots[p->lot])
            continue;
        sums.length_cm[p->before] -= cm;
        sums.length_cm[p->after] += cm;
        sums.weight[p->before] -= cm * p->weight;
        sums.weight[p->after] += cm * p->weight;
    }
    return sums;
}

/* Where one of the layers is there in the one state and not in the other. */
static bool draw(const struct asking *k, const struct cover_trial *trial, bool is_lost,
                 enum frame frame, struct figure *out, struct fail *f)
{
    enum { LAYERS = COVER_LOOKOUT | COVER_PATROL | COVER_REACH };
    struct range_piece *pieces =
        arena_take(k->r->arena, (size_t)trial->piece_count + 1, sizeof *pieces);
    int32_t count = 0;

    for (int32_t i = 0; i < trial->piece_count; i++) {
        const struct cover_trial_piece *p = &trial->pieces[i];
        const int32_t was = is_lost ? p->before : p->after, is = is_lost ? p->after : p->before;

        if (k->lots[p->lot] && (was & ~is & LAYERS))
            suppose_add_piece(pieces, &count, p->piece);
    }
    return suppose_draw(k->r, k->terrain->world->network, pieces, count, frame, out, f);
}

/* ------------------------------------------------------------------ the answer */

static void write_sums(struct emit *e, const char *key, const struct cover_sums *sums)
{
    struct figures figures;

    figures_of_sums(sums, &figures);
    emit_key(e, key);
    emit_object(e);
    figures_write(e, &figures);
    emit_end(e);
}

static void write_change(struct emit *e, const int64_t change_cm[COVER_CLASS_COUNT])
{
    emit_key(e, "change_m");
    emit_object(e);
    for (enum cover_class class = 0; class < COVER_CLASS_COUNT; class ++)
        emit_key_number(e, COVER_CLASS_WORDS[class], (double)change_cm[class] / 100, 2);
    emit_end(e);
}

static void write_cells(struct emit *e, const struct asking *k, const struct cover_trial *trial)
{
    emit_key(e, "grids");
    emit_array(e);
    for (int32_t i = 0; i < trial->cell_count; i++) {
        const struct terrain_area *cell = &k->terrain->cells[trial->cells[i].cell];

        if (!sight_covers(&k->sight, cell->org_id))
            continue;
        emit_object(e);
        emit_key_int(e, "grid_id", cell->id);
        emit_key_text(e, "code", cell->code);
        write_change(e, trial->cells[i].change_cm);
        emit_end(e);
    }
    emit_end(e);
}

static void write_candidate(struct emit *e, const struct asking *k, const struct candidate *c)
{
    const struct cover_sums sums = after(k, &c->trial);
    struct cover_figure was, is;
    int64_t change_cm[COVER_CLASS_COUNT];

    cover_figure(k->before.length_cm, &was);
    cover_figure(sums.length_cm, &is);
    for (enum cover_class class = 0; class < COVER_CLASS_COUNT; class ++)
        change_cm[class] = is.missing[class] - was.missing[class];
    emit_object(e);
    write_sums(e, "after", &sums);
    write_change(e, change_cm);
    write_cells(e, k, &c->trial);
    emit_key(e, "lost");
    geojson_write(e, &c->lost);
    emit_key(e, "gained");
    geojson_write(e, &c->gained);
    emit_end(e);
}

static void write_answer(struct emit *e, const struct asking *k, const struct suppose *w,
                         const struct candidate *candidates)
{
    emit_object(e);
    emit_key_text(e, "frame", frame_word(w->frame));
    emit_key_int(e, "org_id", k->r->caller.org_id);
    write_sums(e, "before", &k->before);
    emit_key(e, "candidates");
    emit_array(e);
    for (int32_t i = 0; i < w->count; i++)
        write_candidate(e, k, &candidates[i]);
    emit_end(e);
    emit_end(e);
}

static bool find_now(const struct request *r, const struct suppose *w, struct reply *out,
                     struct fail *f)
{
    struct candidate *candidates = arena_take(r->arena, (size_t)w->count, sizeof *candidates);
    struct asking k;
    bool ok = true;

    if (!begin(r, &k, f))
        return false;
    for (int32_t i = 0; i < w->count && ok; i++) {
        struct candidate *c = &candidates[i];

        c->asked = &w->items[i];
        ok = try_one(&k, c, f) && draw(&k, &c->trial, true, w->frame, &c->lost, f) &&
             draw(&k, &c->trial, false, w->frame, &c->gained, f);
    }
    if (ok)
        write_answer(reply_json(out, REPLY_OK), &k, w, candidates);
    terrain_drop(k.terrain);
    return ok;
}

bool on_what_if_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct suppose wish;

    return suppose_read(r, &wish, f) &&
           (wish.is_now ? find_now(r, &wish, out, f) : foresee_answer(r, &wish, out, f));
}

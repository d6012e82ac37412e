/* And if? What changes if lookout points came, went or moved, and people were sent away. */
#include <stdio.h>

#include "api/handlers.h"
#include "api/way.h"
#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/figures.h"
#include "geo/geojson.h"
#include "geo/road/outline.h"

enum { CANDIDATES_MAX = 20, CHANGES_MAX = 20, REACH_MAX_M = 5000 };

enum kind { ADD, MOVE, CLOSE, STAFF, SEND, KINDS };
static const char *const KIND_WORDS[KINDS] = { "add_lookout", "move_lookout", "close_lookout",
                                               "staff_lookout", "send" };

/* One change as it was asked for. */
struct change {
    enum kind kind;
    int64_t id; /* of the lookout point or the person */
    struct point place;
    bool has_place;
    int64_t reach_m;
    bool stays_free;        /* who is sent can be sent on from there */
    const struct input *at; /* to blame */
};

struct candidate {
    struct change *changes;
    int32_t count;
    struct cover_trial trial;
    struct figure lost, gained; /* streets that nobody watches any more, or somebody does now */
};

struct wish {
    struct candidate *items;
    int32_t count;
    enum frame frame;
};

/* ------------------------------------------------------------------ the wish */

static bool read_id(const struct input *v, int64_t *out, struct fail *f)
{
    return input_int(v, 1, (INT64_C(1) << 53) - 1, out, f);
}

static bool read_place(const struct input *v, struct change *c, struct fail *f)
{
    c->has_place = v != NULL;
    return !v || frame_read_place(v, &c->place, f);
}

static bool read_add(const struct input *v, struct change *c, struct fail *f)
{
    struct input_key keys[] = { { "place", true, NULL }, { "reach_m", true, NULL } };

    return input_keys(v, keys, 2, f) && read_place(keys[0].value, c, f) &&
           input_int(keys[1].value, 1, REACH_MAX_M, &c->reach_m, f);
}

static bool read_lookout(const struct input *v, struct change *c, struct fail *f)
{
    struct input_key keys[] = { { "lookout_point_id", true, NULL }, { "place", true, NULL } };

    return input_keys(v, keys, c->kind == MOVE ? 2 : 1, f) && read_id(keys[0].value, &c->id, f) &&
           read_place(keys[1].value, c, f);
}

static bool read_send(const struct input *v, struct change *c, struct fail *f)
{
    struct input_key keys[] = { { "person_id", true, NULL },
                                { "to", false, NULL },
                                { "stays_free", false, NULL } };
    struct input_key place = { "place", true, NULL };

    if (!input_keys(v, keys, 3, f) || !read_id(keys[0].value, &c->id, f) ||
        (keys[1].value && !input_keys(keys[1].value, &place, 1, f)) ||
        !read_place(place.value, c, f) ||
        (keys[2].value && !input_bool(keys[2].value, &c->stays_free, f)))
        return false;
    if (!c->stays_free || c->has_place)
        return true;
    fail_set(f, FAIL_INPUT, KEY_MISSING, "who stays free is somewhere: \"to\" says where");
    return input_blame(v, f);
}

static bool read_change(const struct input *v, struct change *c, struct fail *f)
{
    struct input_key keys[KINDS];
    int32_t said = 0;

    for (int32_t i = 0; i < KINDS; i++)
        keys[i] = (struct input_key){ KIND_WORDS[i], false, NULL };
    if (!input_keys(v, keys, KINDS, f))
        return false;
    *c = (struct change){ .at = v };
    for (int32_t i = 0; i < KINDS; i++)
        if (keys[i].value) {
            c->kind = (enum kind)i;
            said++;
        }
    if (said != 1) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "a change says one thing, and this one %d", said);
        fail_allowed(f, "one of add_lookout, move_lookout, close_lookout, staff_lookout, send");
        return input_blame(v, f);
    }
    switch (c->kind) {
    case ADD:
        return read_add(keys[ADD].value, c, f);
    case SEND:
        return read_send(keys[SEND].value, c, f);
    case MOVE:
    case CLOSE:
    case STAFF:
    case KINDS:
        break;
    }
    return read_lookout(keys[c->kind].value, c, f);
}

static bool read_candidate(const struct input *v, struct arena *a, struct candidate *out,
                           struct fail *f)
{
    if (!input_array(v, 1, CHANGES_MAX, &out->count, f))
        return false;
    out->changes = arena_take(a, (size_t)out->count, sizeof *out->changes);
    for (int32_t i = 0; i < out->count; i++)
        if (!read_change(input_item(v, i), &out->changes[i], f))
            return false;
    return true;
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[] = { { "candidates", true, NULL }, { "at", false, NULL } };
    static const char *const NOW[] = { "now" };
    const struct input *body;
    int32_t now;

    *w = (struct wish){ 0 };
    if (!way_read_frame(request_query(r, "frame"), &w->frame, f) || !request_json(r, &body, f) ||
        !input_keys(body, keys, 2, f) ||
        (keys[1].value && !input_word(keys[1].value, NOW, 1, &now, f)) ||
        !input_array(keys[0].value, 1, CANDIDATES_MAX, &w->count, f))
        return false;
    w->items = arena_take(r->arena, (size_t)w->count, sizeof *w->items);
    for (int32_t i = 0; i < w->count; i++)
        if (!read_candidate(input_item(keys[0].value, i), r->arena, &w->items[i], f))
            return false;
    return true;
}

/* ------------------------------------------------------------------ what is meant */

struct asking {
    const struct request *r;
    const struct terrain *terrain; /* held */
    struct sight sight;
    const bool *staffed;      /* by place of the terrain's lookout points */
    const bool *lots;         /* by lot: whether the caller sees it */
    struct cover_sums before; /* of what she sees */
};

static bool missing(const struct change *c, const char *what, struct fail *f)
{
    char id[24];

    snprintf(id, sizeof id, "%lld", (long long)c->id);
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %s", what, id);
    fail_value(f, id);
    return input_blame(c->at, f);
}

static bool see(const struct asking *k, const struct change *c, int32_t reach_m,
                struct range_band *out, struct fail *f)
{
    struct db *db;

    return request_db(k->r, &db, f) &&
           views_see(db, k->terrain->ground, c->place, reach_m, k->r->arena, out, f);
}

/* One that is closed or not staffed now stays so when it is moved; a new one is staffed. */
static bool mean_lookout(const struct asking *k, const struct change *c, int32_t number,
                         struct coverage_change *out, struct fail *f)
{
    const struct terrain *t = k->terrain;
    const int32_t place = c->kind == ADD ? -1 : terrain_lookout(t, c->id);

    *out = (struct coverage_change){ .kind = COVERAGE_LOOKOUT, .id = c->id };
    if (c->kind == ADD) {
        out->id = -1 - number;
        return see(k, c, (int32_t)c->reach_m, &out->seen, f);
    }
    if (place < 0 || !sight_covers(&k->sight, t->lookouts[place].org_id))
        return missing(c, "lookout point", f);
    if (c->kind == STAFF)
        out->seen = t->lookouts[place].seen;
    return c->kind != MOVE || !k->staffed[place] ||
           see(k, c, t->lookouts[place].reach_m, &out->seen, f);
}

/* Where she would stand, for her own mode; a place without a street is refused. */
static bool mean_send(const struct asking *k, const struct change *c, struct coverage_change *out,
                      struct fail *f)
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
        return missing(c, "person", f);
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
    struct coverage_change changes[CHANGES_MAX];

    for (int32_t i = 0; i < c->count; i++)
        if (!(c->changes[i].kind == SEND ? mean_send(k, &c->changes[i], &changes[i], f)
                                         : mean_lookout(k, &c->changes[i], i, &changes[i], f)))
            return false;
    return coverage_try(engine_coverage(k->r->engine), k->terrain->laid, changes, c->count,
                        k->r->arena, &c->trial, f);
}

/* ------------------------------------------------------------------ what changes */

/* While the coverage is read: what is needed of it later. */
static bool begin(const struct request *r, struct asking *k, struct fail *f)
{
    struct coverage *c = engine_coverage(r->engine);
    struct coverage_view v;

    *k = (struct asking){ .r = r, .sight = request_sight(r) };
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

/* What follows on is one line. */
static void add_piece(struct range_piece *pieces, int32_t *count, struct range_piece next)
{
    struct range_piece *last = *count > 0 ? &pieces[*count - 1] : NULL;

    if (last && last->segment == next.segment && last->to_cm == next.from_cm)
        last->to_cm = next.to_cm;
    else
        pieces[(*count)++] = next;
}

/* Where one of the layers is there in the one state and not in the other. */
static bool draw(const struct asking *k, const struct cover_trial *trial, bool is_lost,
                 enum frame frame, struct figure *out, struct fail *f)
{
    enum { LAYERS = COVER_LOOKOUT | COVER_PATROL | COVER_REACH };
    struct range_piece *pieces =
        arena_take(k->r->arena, (size_t)trial->piece_count + 1, sizeof *pieces);
    struct range_band band = { .pieces = pieces };
    struct figure lines;

    for (int32_t i = 0; i < trial->piece_count; i++) {
        const struct cover_trial_piece *p = &trial->pieces[i];
        const int32_t was = is_lost ? p->before : p->after, is = is_lost ? p->after : p->before;

        if (k->lots[p->lot] && (was & ~is & LAYERS))
            add_piece(pieces, &band.piece_count, p->piece);
    }
    return outline_streets(k->terrain->world->network, &band, k->r->arena, &lines, f) &&
           figure_from_wgs84(k->r->arena, frame, &lines, out, f);
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

static void write_answer(struct emit *e, const struct asking *k, const struct wish *w)
{
    emit_object(e);
    emit_key_text(e, "frame", frame_word(w->frame));
    emit_key_int(e, "org_id", k->r->caller.org_id);
    write_sums(e, "before", &k->before);
    emit_key(e, "candidates");
    emit_array(e);
    for (int32_t i = 0; i < w->count; i++)
        write_candidate(e, k, &w->items[i]);
    emit_end(e);
    emit_end(e);
}

bool on_what_if_find(const struct request *r, struct reply *out, struct fail *f)
{
    struct asking k;
    struct wish wish;
    bool ok = true;

    if (!read_wish(r, &wish, f) || !begin(r, &k, f))
        return false;
    for (int32_t i = 0; i < wish.count && ok; i++)
        ok = try_one(&k, &wish.items[i], f) &&
             draw(&k, &wish.items[i].trial, true, wish.frame, &wish.items[i].lost, f) &&
             draw(&k, &wish.items[i].trial, false, wish.frame, &wish.items[i].gained, f);
    if (ok)
        write_answer(reply_json(out, REPLY_OK), &k, &wish);
    terrain_drop(k.terrain);
    return ok;
}

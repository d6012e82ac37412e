#include "engine/walks.h"

#include <stdlib.h>

#include "engine/matches.h"
#include "geo/cover/beside.h"
#include "geo/cover/span.h"

enum { FIXES_MAX = 50000 }; /* of the history, of one person */

/* Of whom nothing comes for so long, all is told; what comes later than that is proven in the
 * end, and not seen now. */
static const int64_t LATE_US = 600 * INT64_C(1000000);

struct walk {
    int64_t person_id;
    int64_t until_us; /* her last fix that was taken */
    int64_t from_us;  /* nothing before this is looked for any more */
    struct witness *witness;
    bool is_told;    /* all of it: nothing has come of her for so long */
    struct buf beat; /* struct range_piece, ascending and disjoint */
};

struct walks {
    const struct world *world;
    struct match_streets streets;
    struct witness_room room;
    struct buf walks; /* struct walk, ascending by person */
};

struct walks *walks_new(const struct world *world)
{
    struct walks *w = calloc(1, sizeof *w);

    if (!w)
        abort();
    w->world = world_hold_again(world);
    w->streets = matches_streets(world, MODE_FOOT);
    w->room = (struct witness_room){ hop_room_new(), bypass_new(world->network, MODE_FOOT) };
    return w;
}

static struct walk *walk_at(const struct buf *walks, size_t i)
{
    return (struct walk *)(void *)walks->bytes + i;
}

static size_t walk_count(const struct buf *walks)
{
    return walks->size / sizeof(struct walk);
}

static void forget(struct walk *walk)
{
    witness_free(walk->witness);
    buf_free(&walk->beat);
}

void walks_free(struct walks *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < walk_count(&w->walks); i++)
        forget(walk_at(&w->walks, i));
    buf_free(&w->walks);
    hop_room_free(w->room.hop);
    bypass_free(w->room.bypass);
    world_drop(w->world);
    free(w);
}

bool walks_patrolling(struct db *db, struct arena *a, const struct walks_one **out, int32_t *count,
                      struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_COVERAGE_PATROLLING, NULL, 0, a, &rows, f))
        return false;
    struct walks_one *all = arena_take(a, (size_t)db_count(rows) + 1, sizeof *all);

    *count = db_count(rows);
    for (int32_t i = 0; i < *count; i++)
        all[i] = (struct walks_one){ db_get_int(rows, i, 0), db_get_int(rows, i, 1) };
    *out = all;
    return true;
}

/* ------------------------------------------------------------------ her beat */

static bool read_beat(const struct walks *w, const struct walks_room *room, struct walk *walk,
                      struct fail *f)
{
    const struct db_value person = db_int(walk->person_id);
    const struct db_rows *rows;

    if (!db_run(room->db, QUERIES_COVERAGE_BEAT, &person, 1, room->arena, &rows, f))
        return false;
    struct range_piece *beat = arena_take(room->arena, (size_t)db_count(rows) + 1, sizeof *beat);
    int32_t count = 0;

    for (int32_t i = 0; i < db_count(rows); i++) {
        const int32_t segment = network_find(w->world->network, db_get_int(rows, i, 0));

        if (segment >= 0)
            beat[count++] = (struct range_piece){ segment, (uint32_t)db_get_int(rows, i, 1),
                                                  (uint32_t)db_get_int(rows, i, 2) };
    }
    count = span_tidy_pieces(beat, count);
    buf_clear(&walk->beat);
    buf_put(&walk->beat, beat, (size_t)count * sizeof *beat);
    return true;
}

/* Of a piece what lies on the beat, in her direction. */
static void tell_on_beat(const struct walk *walk, const struct witness_piece *piece,
                         struct buf *told)
{
    const struct range_piece *beat = (const struct range_piece *)(const void *)walk->beat.bytes;
    const bool is_back = piece->from_cm > piece->to_cm;
    const uint32_t low_cm = is_back ? piece->to_cm : piece->from_cm;
    const uint32_t high_cm = is_back ? piece->from_cm : piece->to_cm;

    for (size_t i = 0; i < walk->beat.size / sizeof *beat; i++) {
        const uint32_t from_cm = low_cm > beat[i].from_cm ? low_cm : beat[i].from_cm;
        const uint32_t to_cm = high_cm < beat[i].to_cm ? high_cm : beat[i].to_cm;
        struct witness_piece part = *piece;

        if (beat[i].segment != piece->edge >> 1 || from_cm >= to_cm)
            continue;
        part.from_cm = is_back ? to_cm : from_cm;
        part.to_cm = is_back ? from_cm : to_cm;
        buf_put(told, &part, sizeof part);
    }
}

/* ------------------------------------------------------------------ her positions */

/* Out of the history: what was before memory remembers. */
static bool read_history(const struct walks_room *room, int64_t person_id, int64_t since_us,
                         struct track_fix **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_ints(&person_id, 1), db_int(since_us),
                                       db_int(room->now_us), db_int(FIXES_MAX) };
    const struct db_rows *rows;

    if (!db_run(room->db, QUERIES_PROOF_FIXES, values, 4, room->arena, &rows, f))
        return false;
    *out = arena_take(room->arena, (size_t)db_count(rows) + 1, sizeof **out);
    for (int32_t i = 0; i < db_count(rows); i++)
        (*out)[i] = (struct track_fix){ .fix_us = db_get_int(rows, i, 1),
                                        .at = { (int32_t)db_get_int(rows, i, 2),
                                                (int32_t)db_get_int(rows, i, 3) },
                                        .accuracy_dm = (int32_t)db_get_int(rows, i, 4),
                                        .speed_cms = (int32_t)db_get_int(rows, i, 5),
                                        .flags = (uint32_t)db_get_int(rows, i, 6) };
    *count = track_sort(*out, db_count(rows));
    return true;
}

/* On her beat, or on a street that is beside it: the way that positions seem to show elsewhere
 * is too often not the one that was taken. */
static void tell(const struct walks *w, const struct walk *walk, struct buf *told,
                 const struct witness_told *found)
{
    const struct range_piece *beat = (const struct range_piece *)(const void *)walk->beat.bytes;
    const struct witness_piece *beside;
    int32_t count;

    if (found->count == 0 || walk->beat.size == 0)
        return;
    struct arena *a = arena_new();

    for (int32_t i = 0; i < found->count; i++)
        tell_on_beat(walk, &found->pieces[i], told);
    beside_find(w->world->network, beat, (int32_t)(walk->beat.size / sizeof *beat), found->pieces,
                found->count, a, &beside, &count);
    if (count > 0)
        buf_put(told, beside, (size_t)count * sizeof *beside);
    arena_free(a);
}

static void tell_rest(const struct walks *w, struct walk *walk, struct buf *told)
{
    struct witness_told found;

    witness_end(walk->witness, &w->room, &found);
    tell(w, walk, told, &found);
    walk->is_told = true;
}

static bool follow(struct walks *w, const struct walks_room *room, struct walk *walk,
                   struct buf *told, struct fail *f)
{
    struct track_fix *fixes;
    int32_t count;

    if (!trail_read(room->trail, walk->person_id, walk->from_us, room->now_us, room->now_us,
                    room->arena, &fixes, &count) &&
        !read_history(room, walk->person_id, walk->from_us, &fixes, &count, f))
        return false;
    const struct match_fix *all = matches_fixes(fixes, count, room->arena);

    for (int32_t i = 0; i < count; i++) {
        struct witness_told found;

        witness_add(walk->witness, &w->room, &all[i], &found);
        tell(w, walk, told, &found);
        walk->until_us = fixes[i].fix_us;
        walk->is_told = false;
    }
    if (!walk->is_told && walk->until_us < room->now_us - LATE_US)
        tell_rest(w, walk, told);
    walk->from_us =
        walk->until_us < room->now_us - LATE_US ? room->now_us - LATE_US : walk->until_us + 1;
    return true;
}

static void end(const struct walks *w, struct walk *walk, struct buf *told)
{
    tell_rest(w, walk, told);
    forget(walk);
}

/* Both lists ascend: those who are in the old one alone have ended. */
bool walks_look(struct walks *w, const struct walks_room *room, const struct walks_one *people,
                int32_t count, struct buf *told, struct fail *f)
{
    struct buf next = { 0 };
    size_t old = 0;
    bool ok = true;

    for (int32_t i = 0; i < count; i++) {
        struct walk walk = { .person_id = people[i].person_id,
                             .until_us = people[i].since_us - 1,
                             .from_us = people[i].since_us };

        while (old < walk_count(&w->walks) && walk_at(&w->walks, old)->person_id < walk.person_id)
            end(w, walk_at(&w->walks, old++), told);
        if (old < walk_count(&w->walks) && walk_at(&w->walks, old)->person_id == walk.person_id)
            walk = *walk_at(&w->walks, old++);
        else
            walk.witness = witness_new(&w->streets, MATCH_LAG_ONLINE);
        ok = ok && (walk.beat.size > 0 || read_beat(w, room, &walk, f));
        ok = ok && follow(w, room, &walk, told, f);
        buf_put(&next, &walk, sizeof walk);
    }
    while (old < walk_count(&w->walks))
        end(w, walk_at(&w->walks, old++), told);
    buf_free(&w->walks);
    w->walks = next;
    return ok;
}

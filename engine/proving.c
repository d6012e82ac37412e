/* One claim in one transaction, which holds its row: whoever comes second finds nothing to
 * do. Its tracks are read once, single fixes before packed hours, so that what is packed in
 * between is in both. */
#include "engine/proving.h"

#include <string.h>

#include "engine/claims.h"
#include "engine/evidence.h"
#include "engine/matches.h"
#include "geo/base/emit.h"

static const int64_t SECOND_US = 1000000;

enum { PROVEN_COLUMNS = 7, SPELL_S = 120 };

/* ------------------------------------------------------------------ one claim's tracks */

struct member {
    int64_t signup_id, person_id;
    int64_t from_us, until_us;
    bool agrees, is_coarse;
    struct track_fix *fixes;
    int32_t count, room;
};

/* A time when the patrol paused. */
struct rest {
    int64_t from_us, until_us;
};

struct checkpoint {
    int64_t position;
    const char *name;
    struct spot spot;
    int64_t reached_us; /* 0: never */
    int64_t stayed_us;
};

/* A claim on its way to its proof; everything in the arena. */
struct work {
    const struct proving_wish *wish;
    struct arena *arena;
    int64_t beat_id, from_us, until_us;
    int64_t beat_cm; /* as the beat says */
    struct claims_claim claim;
    struct evidence_streets streets;
    struct member *members;
    int32_t member_count;
    const struct rest *rests; /* ascending */
    int32_t rest_count;
    struct checkpoint *checkpoints;
    int32_t checkpoint_count;
    struct buf pieces; /* struct evidence_piece of all */
    int64_t unknown_s;
};

static struct member *member_of(const struct work *p, int64_t person_id, int32_t nth)
{
    for (int32_t i = 0; i < p->member_count; i++)
        if (p->members[i].person_id == person_id && nth-- == 0)
            return &p->members[i];
    return NULL;
}

static bool is_resting(const struct work *p, int64_t at_us)
{
    for (int32_t i = 0; i < p->rest_count; i++)
        if (at_us >= p->rests[i].from_us && at_us < p->rests[i].until_us)
            return true;
    return false;
}

static void add_fix(const struct work *p, struct member *m, const struct track_fix *fix)
{
    if (fix->fix_us < m->from_us || fix->fix_us > m->until_us || is_resting(p, fix->fix_us))
        return;
    if (m->count == m->room) {
        struct track_fix *wider = arena_take(p->arena, 2 * (size_t)m->room + 1024, sizeof *wider);

        if (m->count > 0)
            memcpy(wider, m->fixes, (size_t)m->count * sizeof *wider);
        m->fixes = wider;
        m->room = 2 * m->room + 1024;
    }
    m->fixes[m->count++] = *fix;
}

/* Who came twice has two rows. */
static void add_to(struct work *p, int64_t person_id, const struct track_fix *fix)
{
    struct member *m;

    for (int32_t i = 0; (m = member_of(p, person_id, i)) != NULL; i++)
        add_fix(p, m, fix);
}

static bool add_packed(struct work *p, const struct db_rows *rows, int32_t row, struct fail *f)
{
    struct track_fix *fixes = NULL;
    struct member *m;
    int32_t count = 0;
    size_t size;
    const void *bytes = db_get_bytes(rows, row, 2, &size);

    if (db_get_bool(rows, row, 1)) {
        for (int32_t i = 0; (m = member_of(p, db_get_int(rows, row, 0), i)) != NULL; i++)
            m->is_coarse = true;
        return true;
    }
    if (!track_decode(p->arena, bytes, size, &fixes, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        add_to(p, db_get_int(rows, row, 0), &fixes[i]);
    return true;
}

static bool read_tracks(struct work *p, struct fail *f)
{
    int64_t *people = arena_take(p->arena, (size_t)p->member_count + 1, sizeof *people);
    const struct db_rows *rows;
    int32_t count = 0;

    for (int32_t i = 0; i < p->member_count; i++)
        if (p->members[i].agrees)
            people[count++] = p->members[i].person_id;
    const struct db_value values[] = { db_ints(people, (size_t)count), db_int(p->from_us),
                                       db_int(p->until_us), db_int(PROVING_FIXES_MAX) };

    if (count == 0)
        return true;
    if (!db_run(p->wish->db, QUERIES_PROOF_FIXES, values, 4, p->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct track_fix fix = {
            .fix_us = db_get_int(rows, i, 1),
            .at = { (int32_t)db_get_int(rows, i, 2), (int32_t)db_get_int(rows, i, 3) },
            .accuracy_dm = (int32_t)db_get_int(rows, i, 4),
            .speed_cms = (int32_t)db_get_int(rows, i, 5),
            .flags = (uint32_t)db_get_int(rows, i, 6),
        };

        add_to(p, db_get_int(rows, i, 0), &fix);
    }
    if (!db_run(p->wish->db, QUERIES_PROOF_HOURS, values, 3, p->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++)
        if (!add_packed(p, rows, i, f))
            return false;
    return true;
}

/* Whoever walks on after a pause begins anew: which way she went meanwhile proves nothing. */
static bool read_rests(struct work *p, struct fail *f)
{
    const struct db_value value = db_int(p->claim.claim_id);
    const struct db_rows *rows;

    if (!db_run(p->wish->db, QUERIES_PROOF_PAUSES, &value, 1, p->arena, &rows, f))
        return false;
    struct rest *rests = arena_take(p->arena, (size_t)db_count(rows) + 1, sizeof *rests);
    int64_t *begins = arena_take(p->arena, (size_t)db_count(rows) + 1, sizeof *begins);

    for (int32_t i = 0; i < db_count(rows); i++) {
        rests[i] = (struct rest){ db_get_int(rows, i, 0), db_get_int(rows, i, 1) };
        begins[i] = rests[i].until_us;
    }
    p->rests = rests;
    p->streets.begins_us = begins;
    p->rest_count = p->streets.begin_count = db_count(rows);
    return true;
}

static bool read_members(struct work *p, struct fail *f)
{
    const struct db_value values[] = { db_int(p->claim.claim_id), db_int(p->from_us),
                                       db_int(p->until_us) };
    const struct db_rows *rows;

    if (!db_run(p->wish->db, QUERIES_PROOF_MEMBERS, values, 3, p->arena, &rows, f))
        return false;
    p->member_count = db_count(rows);
    p->members = arena_take(p->arena, (size_t)p->member_count + 1, sizeof *p->members);
    for (int32_t i = 0; i < p->member_count; i++)
        p->members[i] = (struct member){ .signup_id = db_get_int(rows, i, 0),
                                         .person_id = db_get_int(rows, i, 1),
                                         .from_us = db_get_int(rows, i, 2),
                                         .until_us = db_get_int(rows, i, 3),
                                         .agrees = db_get_bool(rows, i, 4) };
    return read_tracks(p, f);
}

/* ------------------------------------------------------------------ its streets */

static bool read_beat(struct work *p, struct fail *f)
{
    const struct network *n = p->streets.match.streets.network;
    const struct db_value value = db_int(p->beat_id);
    const struct db_rows *rows;
    int32_t count = 0;

    if (!db_run(p->wish->db, QUERIES_PROOF_BEAT, &value, 1, p->arena, &rows, f))
        return false;
    struct range_piece *beat = arena_take(p->arena, (size_t)db_count(rows) + 1, sizeof *beat);

    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct range_piece piece = { network_find(n, db_get_int(rows, i, 0)),
                                           (uint32_t)db_get_int(rows, i, 1),
                                           (uint32_t)db_get_int(rows, i, 2) };
        struct range_piece *last = count > 0 ? &beat[count - 1] : NULL;

        if (piece.segment < 0)
            continue;
        if (last && last->segment == piece.segment && piece.from_cm <= last->to_cm)
            last->to_cm = piece.to_cm > last->to_cm ? piece.to_cm : last->to_cm;
        else
            beat[count++] = piece;
    }
    p->streets.beat = beat;
    p->streets.beat_count = count;
    int64_t length_cm = 0;

    for (int32_t i = 0; i < count; i++)
        length_cm += beat[i].to_cm - beat[i].from_cm;
    p->beat_cm = length_cm > 0 ? length_cm : p->beat_cm;
    return true;
}

static bool read_checkpoints(struct work *p, struct fail *f)
{
    const struct network *n = p->streets.match.streets.network;
    const struct db_value value = db_int(p->beat_id);
    const struct db_rows *rows;

    if (!db_run(p->wish->db, QUERIES_PROOF_CHECKPOINTS, &value, 1, p->arena, &rows, f))
        return false;
    p->checkpoint_count = db_count(rows);
    p->checkpoints = arena_take(p->arena, (size_t)p->checkpoint_count + 1, sizeof *p->checkpoints);
    for (int32_t i = 0; i < p->checkpoint_count; i++)
        p->checkpoints[i] = (struct checkpoint){
            .position = db_get_int(rows, i, 0),
            .name = db_get_text(rows, i, 1),
            .spot = { network_find(n, db_get_int(rows, i, 2)), (uint32_t)db_get_int(rows, i, 3) },
        };
    return true;
}

/* ------------------------------------------------------------------ checkpoints */

static void look_past(struct checkpoint *c, const struct evidence_piece *piece)
{
    const uint32_t near_cm = 100 * PROVING_CHECKPOINT_M;

    if (piece->piece.segment != c->spot.segment ||
        piece->piece.from_cm > c->spot.along_cm + near_cm ||
        piece->piece.to_cm + near_cm < c->spot.along_cm)
        return;
    if (c->reached_us == 0 || piece->from_us < c->reached_us)
        c->reached_us = piece->from_us;
}

/* The longest time that she was near, as one position after another says. */
static void look_stay(struct checkpoint *c, const struct network *n, const struct member *m)
{
    const struct point at = network_point(n, c->spot);
    int64_t begin_us = 0, last_us = 0;

    for (int32_t i = 0; i < m->count; i++) {
        const bool is_near = point_distance_m(at, point_from_e7(m->fixes[i].at)) <= PROVING_STAY_M;

        if (is_near && begin_us > 0 && m->fixes[i].fix_us - last_us > SPELL_S * SECOND_US)
            begin_us = 0;
        if (is_near && begin_us == 0)
            begin_us = m->fixes[i].fix_us;
        if (is_near && m->fixes[i].fix_us - begin_us > c->stayed_us)
            c->stayed_us = m->fixes[i].fix_us - begin_us;
        if (is_near)
            last_us = m->fixes[i].fix_us;
    }
}

static void look_at_checkpoints(struct work *p, const struct member *m, const struct evidence *e)
{
    for (int32_t i = 0; i < p->checkpoint_count; i++) {
        struct checkpoint *c = &p->checkpoints[i];

        if (c->spot.segment < 0 || e->piece_count == 0)
            continue;
        for (int32_t k = 0; k < e->piece_count; k++)
            look_past(c, &e->pieces[k]);
        look_stay(c, p->streets.match.streets.network, m);
    }
}

static const char *checkpoints_json(const struct work *p)
{
    struct buf b = { 0 };
    struct emit e = emit_to(&b);

    emit_array(&e);
    for (int32_t i = 0; i < p->checkpoint_count; i++) {
        const struct checkpoint *c = &p->checkpoints[i];

        emit_object(&e);
        emit_key_int(&e, "position", c->position);
        emit_key_text(&e, "name", c->name);
        emit_key_int(&e, "reached_us", c->reached_us);
        emit_key_int(&e, "stayed_s", c->reached_us > 0 ? c->stayed_us / SECOND_US : 0);
        emit_end(&e);
    }
    emit_end(&e);
    const char *json = arena_copy(p->arena, b.bytes, b.size);

    buf_free(&b);
    return json;
}

/* ------------------------------------------------------------------ writing */

static bool add_proven(struct work *p, const struct member *m, const struct evidence *e,
                       struct fail *f)
{
    const struct network *n = p->streets.match.streets.network;
    const size_t count = (size_t)e->piece_count;
    int64_t *columns[PROVEN_COLUMNS];

    for (int k = 0; k < PROVEN_COLUMNS; k++)
        columns[k] = arena_take(p->arena, count + 1, sizeof *columns[k]);
    for (size_t i = 0; i < count; i++) {
        const struct evidence_piece *piece = &e->pieces[i];

        columns[0][i] = n->segment_id[piece->piece.segment];
        columns[1][i] = piece->piece.from_cm;
        columns[2][i] = piece->piece.to_cm;
        columns[3][i] = piece->from_us;
        columns[4][i] = piece->until_us;
        columns[5][i] = piece->kind;
        columns[6][i] = piece->is_planned;
    }
    struct db_value values[2 + PROVEN_COLUMNS] = { db_int(p->claim.claim_id),
                                                   db_int(m->person_id) };

    for (int k = 0; k < PROVEN_COLUMNS; k++)
        values[2 + k] = db_ints(columns[k], count);
    buf_put(&p->pieces, e->pieces, count * sizeof *e->pieces);
    return count == 0 || db_run(p->wish->db, QUERIES_PROOF_PROVEN_ADD, values, 2 + PROVEN_COLUMNS,
                                p->arena, NULL, f);
}

static bool add_track(struct work *p, const struct member *m, const struct evidence *e,
                      int64_t like_claim, struct fail *f)
{
    const struct db_value values[] = {
        db_int(p->claim.claim_id),
        db_int(m->signup_id),
        db_int(m->person_id),
        db_text(e->reason == CODE_NONE ? "proven"
                : e->is_refused        ? "refused"
                                       : "nothing"),
        db_text(e->reason == CODE_NONE ? NULL : fail_word(e->reason)),
        like_claim ? db_int(like_claim) : db_null(),
        db_int(m->from_us),
        db_int(m->until_us > m->from_us ? m->until_us : m->from_us),
        db_int(e->fixes),
        db_int(e->jumps),
        db_int(e->walked_cm),
        db_int(e->ridden_cm),
        db_int(e->unknown_s),
        db_ints(e->marks, (size_t)e->mark_count),
    };

    return db_run(p->wish->db, QUERIES_PROOF_TRACK_ADD, values, 14, p->arena, NULL, f);
}

/* A track that was sent before, by somebody else or on another day, proves nothing. */
static bool look_for_repeats(struct work *p, const struct member *m, struct evidence *e,
                             int64_t *like_claim, struct fail *f)
{
    const struct db_value values[] = { db_ints(e->marks, (size_t)e->mark_count),
                                       db_int(p->claim.claim_id), db_int(m->signup_id) };
    const struct db_rows *rows;

    *like_claim = 0;
    if (e->mark_count < EVIDENCE_MARKS_LEAST)
        return true;
    if (!db_run(p->wish->db, QUERIES_PROOF_ALIKE, values, 3, p->arena, &rows, f))
        return false;
    if (db_count(rows) == 0 || !evidence_repeats(db_get_int(rows, 0, 1), e->mark_count))
        return true;
    *like_claim = db_get_int(rows, 0, 0);
    e->is_refused = true;
    e->reason = CODE_PROOF_REPEATED;
    e->piece_count = 0;
    e->walked_cm = 0;
    return true;
}

static bool prove_member(struct work *p, struct member *m, struct fail *f)
{
    struct evidence e = { .reason = m->agrees ? CODE_PROOF_COARSE : CODE_PROOF_NOT_AGREED };
    int64_t like_claim = 0;

    m->count = m->count > 0 ? track_sort(m->fixes, m->count) : 0;
    if (m->agrees && (m->count > 0 || !m->is_coarse))
        evidence_weigh(&p->streets, m->fixes, m->count, p->arena, &e);
    if (!look_for_repeats(p, m, &e, &like_claim, f) || !add_track(p, m, &e, like_claim, f) ||
        !add_proven(p, m, &e, f))
        return false;
    look_at_checkpoints(p, m, &e);
    p->unknown_s += e.unknown_s;
    return true;
}

/* ------------------------------------------------------------------ the claim */

static bool step(struct work *p, enum patrol_event event, struct fail *f)
{
    static const struct shifts_actor ENGINE = { .by_staff = true };
    struct patrol_step next;

    if (!claims_step(p->wish->db, p->wish->ids, &p->claim, event, &ENGINE, p->arena, f) ||
        !patrol_next(p->claim.state, event, &p->claim.moment, &next, f))
        return false;
    p->claim.state = next.state;
    return true;
}

static bool conclude(struct work *p, struct fail *f)
{
    struct evidence_piece *all = (struct evidence_piece *)(void *)p->pieces.bytes;
    const int32_t count = (int32_t)(p->pieces.size / sizeof *all);
    int64_t walked_cm = evidence_length_cm(all, count, true);

    walked_cm = walked_cm < p->beat_cm ? walked_cm : p->beat_cm;
    const struct db_value id = db_int(p->claim.claim_id);
    const struct db_value values[] = {
        id,
        db_int(p->beat_cm),
        db_int(walked_cm),
        db_int(evidence_length_cm(all, count, false)),
        db_int(p->unknown_s),
        db_text(checkpoints_json(p)),
    };

    if (!db_run(p->wish->db, QUERIES_PROOF_PUT, values, 6, p->arena, NULL, f) ||
        !db_run(p->wish->db, QUERIES_PROOF_DONE, &id, 1, p->arena, NULL, f))
        return false;
    if (p->claim.state == PATROL_FINISHED && !step(p, PATROL_VERIFY, f))
        return false;
    return p->claim.state != PATROL_VERIFIED ||
           walked_cm * 100 < p->beat_cm * p->wish->credit_percent || step(p, PATROL_CREDIT, f);
}

static bool prove(struct work *p, struct fail *f)
{
    const struct db_value id = db_int(p->claim.claim_id);

    if (!db_run(p->wish->db, QUERIES_PROOF_CLEAR, &id, 1, p->arena, NULL, f) || !read_beat(p, f) ||
        !read_checkpoints(p, f) || !read_rests(p, f) || !read_members(p, f))
        return false;
    for (int32_t i = 0; i < p->member_count; i++)
        if (!prove_member(p, &p->members[i], f))
            return false;
    return conclude(p, f);
}

/* Not taken: there is nothing to do, or another is at it. */
static bool take(struct work *p, bool *is_taken, struct fail *f)
{
    const struct db_value id = db_int(p->claim.claim_id);
    const struct db_rows *rows;

    *is_taken = false;
    if (!db_run(p->wish->db, QUERIES_PROOF_TAKE, &id, 1, p->arena, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return true;
    p->claim.day_id = db_get_int(rows, 0, 0);
    p->claim.org_id = db_get_int(rows, 0, 1);
    p->claim.squad_id = db_get_int(rows, 0, 2);
    p->claim.squad_org_id = db_get_int(rows, 0, 3);
    p->beat_id = db_get_int(rows, 0, 5);
    p->beat_cm = db_get_int(rows, 0, 6);
    p->from_us = db_get_int(rows, 0, 7);
    p->until_us = db_get_int(rows, 0, 8);
    *is_taken = patrol_state_of(db_get_text(rows, 0, 4), &p->claim.state);
    return true;
}

bool proving_claim(const struct proving_wish *wish, int64_t claim_id, bool *is_done, struct fail *f)
{
    struct arena *a = arena_new();
    struct work p = { .wish = wish,
                      .arena = a,
                      .claim.claim_id = claim_id,
                      .streets = { .match = wish->streets, .room = wish->room } };

    *is_done = false;
    bool is_good = db_begin(wish->db, f);

    if (is_good)
        is_good = take(&p, is_done, f) && (!*is_done || prove(&p, f)) && db_commit(wish->db, f);
    if (!is_good)
        db_rollback(wish->db);
    *is_done = *is_done && is_good;
    buf_free(&p.pieces);
    arena_free(a);
    return is_good;
}

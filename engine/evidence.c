#include "engine/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "engine/matches.h"
#include "geo/cover/beside.h"

/* Places are rounded to this for marks, so that the way through another frame and back
 * changes hardly any. */
enum { MARK_E7 = 10, MARK_PLACES = 3 };

/* One in so many marks in common: whoever sends half a track again has half of them. */
enum { REPEATED_IN = 8 };

/* ------------------------------------------------------------------ marks */

static uint64_t stir(uint64_t h, int64_t value)
{
    h ^= (uint64_t)value;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ (h >> 32);
}

static int64_t round_e7(int32_t value)
{
    return (value + (value < 0 ? -MARK_E7 / 2 : MARK_E7 / 2)) / MARK_E7;
}

/* Keeps the smallest, ascending, each once. */
static void keep_mark(struct evidence *e, int64_t mark)
{
    int32_t at = e->mark_count;

    while (at > 0 && e->marks[at - 1] > mark)
        at--;
    if ((at > 0 && e->marks[at - 1] == mark) || at == EVIDENCE_MARKS_MAX)
        return;
    if (e->mark_count < EVIDENCE_MARKS_MAX)
        e->mark_count++;
    memmove(e->marks + at + 1, e->marks + at, (size_t)(e->mark_count - 1 - at) * sizeof *e->marks);
    e->marks[at] = mark;
}

/* Who stands still says the same place again and again: that is no mark. */
static void mark_track(const struct track_fix *fixes, int32_t count, struct evidence *e)
{
    int64_t last[MARK_PLACES][2] = { 0 };
    int32_t known = 0;

    for (int32_t i = 0; i < count; i++) {
        const int64_t lon = round_e7(fixes[i].at.lon), lat = round_e7(fixes[i].at.lat);
        uint64_t h = 0;

        if (known > 0 && last[MARK_PLACES - 1][0] == lon && last[MARK_PLACES - 1][1] == lat)
            continue;
        memmove(last[0], last[1], sizeof last - sizeof last[0]);
        last[MARK_PLACES - 1][0] = lon;
        last[MARK_PLACES - 1][1] = lat;
        if (++known < MARK_PLACES)
            continue;
        for (int32_t k = 0; k < MARK_PLACES; k++)
            h = stir(stir(h, last[k][0]), last[k][1]);
        keep_mark(e, (int64_t)(h >> 1));
    }
}

bool evidence_repeats(int64_t common, int32_t mark_count)
{
    return mark_count >= EVIDENCE_MARKS_LEAST && REPEATED_IN * common >= mark_count;
}

/* ------------------------------------------------------------------ pieces */

static int by_place(const void *left, const void *right)
{
    const struct evidence_piece *a = left;
    const struct evidence_piece *b = right;

    if (a->piece.segment != b->piece.segment)
        return a->piece.segment < b->piece.segment ? -1 : 1;
    if (a->piece.from_cm != b->piece.from_cm)
        return a->piece.from_cm < b->piece.from_cm ? -1 : 1;
    return a->from_us < b->from_us ? -1 : a->from_us > b->from_us;
}

int64_t evidence_length_cm(struct evidence_piece *pieces, int32_t count, bool is_planned)
{
    int32_t segment = -1;
    uint32_t end_cm = 0;
    int64_t sum_cm = 0;

    if (count > 0)
        qsort(pieces, (size_t)count, sizeof *pieces, by_place);
    for (int32_t i = 0; i < count; i++) {
        const struct range_piece *p = &pieces[i].piece;

        if (pieces[i].is_planned != is_planned)
            continue;
        const uint32_t from_cm = p->segment == segment && end_cm > p->from_cm ? end_cm : p->from_cm;

        if (p->to_cm > from_cm)
            sum_cm += p->to_cm - from_cm;
        end_cm = p->segment == segment && end_cm > p->to_cm ? end_cm : p->to_cm;
        segment = p->segment;
    }
    return sum_cm;
}

static void put(struct buf *b, struct evidence_piece piece, uint32_t from_cm, uint32_t to_cm,
                bool is_planned)
{
    if (to_cm <= from_cm)
        return;
    piece.piece.from_cm = from_cm;
    piece.piece.to_cm = to_cm;
    piece.is_planned = is_planned;
    buf_put(b, &piece, sizeof piece);
}

/* Parted where the beat begins and ends; it seldom does so within a street. */
static void put_parted(const struct evidence_streets *s, const struct evidence_piece *piece,
                       struct buf *out)
{
    uint32_t done_cm = piece->piece.from_cm;

    for (int32_t i = 0; i < s->beat_count; i++) {
        const struct range_piece *b = &s->beat[i];

        if (b->segment != piece->piece.segment || b->to_cm <= done_cm ||
            b->from_cm >= piece->piece.to_cm)
            continue;
        const uint32_t begin_cm = b->from_cm > done_cm ? b->from_cm : done_cm;
        const uint32_t end_cm = b->to_cm < piece->piece.to_cm ? b->to_cm : piece->piece.to_cm;

        put(out, *piece, done_cm, begin_cm, false);
        put(out, *piece, begin_cm, end_cm, true);
        done_cm = end_cm;
    }
    put(out, *piece, done_cm, piece->piece.to_cm, false);
}

static struct evidence_piece piece_of(const struct witness_piece *w, enum evidence_kind kind)
{
    const bool is_back = w->from_cm > w->to_cm;

    return (struct evidence_piece){
        .piece = { w->edge >> 1, is_back ? w->to_cm : w->from_cm, is_back ? w->from_cm : w->to_cm },
        .from_us = w->from_us,
        .until_us = w->to_us,
        .kind = kind,
    };
}

static void take_pieces(const struct evidence_streets *s, const struct buf *told, struct arena *a,
                        struct evidence *e)
{
    const struct witness_piece *walked = (const struct witness_piece *)(const void *)told->bytes;
    const int32_t count = (int32_t)(told->size / sizeof *walked);
    const struct witness_piece *beside;
    struct buf pieces = { 0 };
    int32_t beside_count;

    for (int32_t i = 0; i < count; i++) {
        const struct evidence_piece piece =
            piece_of(&walked[i],
                     walked[i].basis == WITNESS_ONLY_WAY ? EVIDENCE_ONLY_WAY : EVIDENCE_POSITIONS);

        if (witness_walked(walked[i].basis))
            put_parted(s, &piece, &pieces);
    }
    beside_find(s->match.streets.network, s->beat, s->beat_count, walked, count, a, &beside,
                &beside_count);
    for (int32_t i = 0; i < beside_count; i++) {
        const struct evidence_piece piece = piece_of(&beside[i], EVIDENCE_ALONGSIDE);

        put(&pieces, piece, piece.piece.from_cm, piece.piece.to_cm, true);
    }
    struct evidence_piece *kept = arena_take(a, pieces.size + 1, 1);

    e->piece_count = (int32_t)(pieces.size / sizeof *kept);
    if (pieces.size > 0)
        memcpy(kept, pieces.bytes, pieces.size);
    e->pieces = kept;
    e->walked_cm = evidence_length_cm(kept, e->piece_count, true);
    buf_free(&pieces);
}

/* ------------------------------------------------------------------ a track */

static struct witness_account bear_witness(const struct evidence_streets *s,
                                           const struct match_fix *fixes, int32_t count,
                                           struct buf *all)
{
    struct witness *w = witness_new(&s->match, MATCH_LAG_MAX);
    struct witness_told told;

    for (int32_t i = 0, begun = 0; i < count; i++) {
        const int32_t was = begun;

        while (begun < s->begin_count && s->begins_us[begun] <= fixes[i].at_us)
            begun++;
        if (i > 0 && begun > was) {
            witness_end(w, &s->room, &told);
            buf_put(all, told.pieces, (size_t)told.count * sizeof *told.pieces);
        }
        witness_add(w, &s->room, &fixes[i], &told);
        buf_put(all, told.pieces, (size_t)told.count * sizeof *told.pieces);
    }
    witness_end(w, &s->room, &told);
    buf_put(all, told.pieces, (size_t)told.count * sizeof *told.pieces);
    const struct witness_account account = *witness_sum(w);

    witness_free(w);
    return account;
}

/* Rides are measured where there are streets to ride on, and between fixes elsewhere. */
static int64_t ridden_cm(const struct witness_account *account)
{
    const int64_t straight_cm = 100 * account->ridden_m;

    return account->cm[WITNESS_RIDDEN] > straight_cm ? account->cm[WITNESS_RIDDEN] : straight_cm;
}

void evidence_weigh(const struct evidence_streets *streets, const struct track_fix *fixes,
                    int32_t count, struct arena *a, struct evidence *out)
{
    struct buf told = { 0 };

    *out = (struct evidence){ .fixes = count, .reason = CODE_PROOF_NO_POSITIONS };
    if (count == 0)
        return;
    const struct witness_account account =
        bear_witness(streets, matches_fixes(fixes, count, a), count, &told);
    const int64_t on_foot_cm = account.cm[WITNESS_POSITIONS] + account.cm[WITNESS_ONLY_WAY];

    out->jumps = account.jumps;
    out->ridden_cm = ridden_cm(&account);
    out->unknown_s = account.us[WITNESS_THIN] / 1000000;
    mark_track(fixes, count, out);
    if (4 * out->ridden_cm > 3 * on_foot_cm) {
        out->reason = CODE_PROOF_RIDDEN;
        out->is_refused = true;
    } else {
        take_pieces(streets, &told, a, out);
        out->reason = out->walked_cm > 0 ? CODE_NONE : CODE_PROOF_ELSEWHERE;
    }
    buf_free(&told);
}

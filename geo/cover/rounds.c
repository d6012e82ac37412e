#include "geo/cover/rounds.h"

/* The junction to which a leg leads; -1 where it ends within its segment. */
static int32_t end_of(const struct network *n, const struct rounds_leg *leg, bool is_back)
{
    const int32_t s = leg->piece.segment;

    if (is_back)
        return leg->piece.from_cm == 0 ? n->from[s] : -1;
    return leg->piece.to_cm == n->length_cm[s] ? n->to[s] : -1;
}

static bool meets(const struct network *n, const struct rounds_leg *leg, int32_t node)
{
    return node >= 0 && (end_of(n, leg, false) == node || end_of(n, leg, true) == node);
}

/* Two halves of one segment, the second one farther along it or nearer to its beginning. */
static bool goes_on_back(const struct rounds_leg *leg, const struct rounds_leg *next)
{
    return next->piece.segment == leg->piece.segment && next->piece.to_cm <= leg->piece.from_cm;
}

void rounds_turn(const struct network *n, struct rounds_leg *legs, int32_t count)
{
    for (int32_t i = 0; i + 1 < count; i++)
        legs[i].is_back = goes_on_back(&legs[i], &legs[i + 1]) ||
                          (legs[i].piece.segment != legs[i + 1].piece.segment &&
                           !meets(n, &legs[i + 1], end_of(n, &legs[i], false)) &&
                           meets(n, &legs[i + 1], end_of(n, &legs[i], true)));
    if (count < 2)
        return;
    /* The last one leads away from where the one before it ended. */
    struct rounds_leg *last = &legs[count - 1];
    const int32_t node = end_of(n, last - 1, last[-1].is_back);

    last->is_back = (last[-1].is_back && goes_on_back(last - 1, last)) ||
                    (node >= 0 && end_of(n, last, false) == node && end_of(n, last, true) != node);
}

static int32_t bins_of(const struct range_piece *p)
{
    return (int32_t)((p->to_cm - 1) / ROUNDS_BIN_CM - p->from_cm / ROUNDS_BIN_CM + 1);
}

/* The bin of a leg in the order in which it is walked. */
static struct range_piece bin_of(const struct rounds_leg *leg, int32_t i)
{
    const struct range_piece *p = &leg->piece;
    const uint32_t first = p->from_cm / ROUNDS_BIN_CM;
    const uint32_t bin = first + (uint32_t)(leg->is_back ? bins_of(p) - 1 - i : i);
    const uint32_t from_cm = bin * ROUNDS_BIN_CM, to_cm = from_cm + ROUNDS_BIN_CM;

    return (struct range_piece){ p->segment, from_cm > p->from_cm ? from_cm : p->from_cm,
                                 to_cm < p->to_cm ? to_cm : p->to_cm };
}

int32_t rounds_walk(const struct rounds_leg *legs, int32_t count, int64_t from_s, int64_t to_s,
                    const int32_t *window_s, struct arena *a, const struct slab **out)
{
    int64_t length_cm = 0, walked_cm = 0;
    int32_t slab_count = 0;
    size_t room = 1;

    for (int32_t i = 0; i < count; i++) {
        length_cm += (int64_t)legs[i].piece.to_cm - legs[i].piece.from_cm;
        room += (size_t)bins_of(&legs[i].piece);
    }
    struct slab *slabs = arena_take(a, room, sizeof *slabs);

    for (int32_t i = 0; i < count; i++) {
        for (int32_t k = 0; k < bins_of(&legs[i].piece); k++) {
            const struct range_piece piece = bin_of(&legs[i], k);

            walked_cm += (int64_t)piece.to_cm - piece.from_cm;
            const int64_t at_s = from_s + (walked_cm * (to_s - from_s) + length_cm - 1) / length_cm;

            slabs[slab_count++] = (struct slab){ .piece = piece,
                                                 .from_s = at_s,
                                                 .to_s = at_s + window_s[piece.segment] };
        }
    }
    *out = slabs;
    return slab_count;
}

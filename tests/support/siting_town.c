#include "tests/support/siting_town.h"

#include <math.h>
#include <string.h>

#include "geo/base/buf.h"
#include "tests/support/town.h"

enum { SIDE_M = 30000, PITCH_M = 150, CENTRES = 40, SPLITS_MAX = 256, HUNDRED = 100 };

static double unit(struct town_dice *d)
{
    return (double)(town_roll(d) >> 11) * 0x1p-53;
}

static double bell(struct town_dice *d)
{
    const double spread = sqrt(-2 * log(unit(d) + 1e-300));

    return spread * cos(6.283185307179586 * unit(d));
}

/* ------------------------------------------------------------------ pieces and sites */

static struct crs_xy piece_place(struct town_dice *d, bool is_clustered,
                                 const struct crs_xy *centres, const double *wide)
{
    struct crs_xy p;

    do {
        if (!is_clustered || unit(d) < 0.35) {
            p = (struct crs_xy){ SIDE_M * unit(d), SIDE_M * unit(d) };
        } else {
            const int32_t k = town_pick(d, CENTRES);

            p.x = centres[k].x + wide[k] * bell(d);
            p.y = centres[k].y + wide[k] * bell(d);
        }
    } while (p.x < 0 || p.y < 0 || p.x >= SIDE_M || p.y >= SIDE_M);
    if (unit(d) < 0.5)
        p.x = floor(p.x / PITCH_M) * PITCH_M + 6 * bell(d);
    else
        p.y = floor(p.y / PITCH_M) * PITCH_M + 6 * bell(d);
    return p;
}

static void make_pieces(struct town_dice *d, const struct siting_town_wish *wish,
                        struct crs_xy *places, int64_t *weights)
{
    struct crs_xy centres[CENTRES];
    double wide[CENTRES];

    for (int32_t k = 0; k < CENTRES; k++) {
        centres[k] = (struct crs_xy){ SIDE_M * unit(d), SIDE_M * unit(d) };
        wide[k] = 500 + 2000 * unit(d);
    }
    for (int32_t j = 0; j < wish->piece_count; j++) {
        const double hot = wish->is_clustered ? exp(0.8 * bell(d)) : 1;

        places[j] = piece_place(d, wish->is_clustered, centres, wide);
        weights[j] = (int64_t)(floor(10 + 90 * unit(d)) * hot) + 1;
    }
}

/* Pieces by squares of the radius, so that a site looks at nine of them. */
static void link_up(const struct siting_town_wish *wish, const struct crs_xy *pieces,
                    const struct crs_xy *sites, struct arena *a, struct siting_question *out)
{
    const int32_t across = SIDE_M / wish->radius_m + 1;
    int32_t *first = arena_take(a, (size_t)(across * across) + 2, sizeof *first);
    int32_t *items = arena_take(a, (size_t)wish->piece_count, sizeof *items);
    int32_t *site_first = arena_take(a, (size_t)wish->site_count + 1, sizeof *site_first);
    struct buf links = { 0 };

#define SQUARE(v) ((v) < 0 ? 0 : (v) >= SIDE_M ? across - 1 : (int32_t)((v) / wish->radius_m))
    for (int32_t j = 0; j < wish->piece_count; j++)
        first[SQUARE(pieces[j].x) * across + SQUARE(pieces[j].y) + 2]++;
    for (int32_t c = 2; c <= across * across + 1; c++)
        first[c] += first[c - 1];
    for (int32_t j = 0; j < wish->piece_count; j++)
        items[first[SQUARE(pieces[j].x) * across + SQUARE(pieces[j].y) + 1]++] = j;
    for (int32_t i = 0; i < wish->site_count; i++) {
        const int32_t x = SQUARE(sites[i].x), y = SQUARE(sites[i].y);

        for (int32_t c = (x ? x - 1 : 0) * across; c <= (x + 1) * across && c < across * across;
             c += across)
            for (int32_t k = first[c + (y ? y - 1 : 0)];
                 k < first[c + (y + 1 < across ? y + 1 : y) + 1]; k++)
                if (hypot(pieces[items[k]].x - sites[i].x, pieces[items[k]].y - sites[i].y) <=
                    wish->radius_m)
                    buf_put(&links, &items[k], sizeof items[k]);
        site_first[i + 1] = (int32_t)(links.size / sizeof(int32_t));
    }
#undef SQUARE
    int32_t *site_pieces = arena_take(a, links.size / sizeof(int32_t) + 1, sizeof *site_pieces);

    if (links.size)
        memcpy(site_pieces, links.bytes, links.size);
    buf_free(&links);
    out->first = site_first;
    out->pieces = site_pieces;
}

/* ------------------------------------------------------------------ districts */

struct split {
    int32_t low, high, parts, base;
};

static double along(const struct crs_xy *p, bool is_x)
{
    return is_x ? p->x : p->y;
}

/* The `middle` lowest first. */
static void part(const struct crs_xy *sites, bool is_x, int32_t *order, struct split s,
                 int32_t middle)
{
    int32_t low = s.low, high = s.high - 1;

    while (low < high) {
        const double pivot = along(&sites[order[(low + high) / 2]], is_x);
        int32_t i = low, j = high;

        while (i <= j) {
            while (along(&sites[order[i]], is_x) < pivot)
                i++;
            while (along(&sites[order[j]], is_x) > pivot)
                j--;
            if (i <= j) {
                const int32_t held = order[i];

                order[i++] = order[j];
                order[j--] = held;
            }
        }
        if (middle <= j)
            high = j;
        else if (middle >= i)
            low = i;
        else
            break;
    }
}

static bool is_wide(const struct crs_xy *sites, const int32_t *order, struct split s)
{
    double least[2] = { HUGE_VAL, HUGE_VAL }, most[2] = { -HUGE_VAL, -HUGE_VAL };

    for (int32_t k = s.low; k < s.high; k++)
        for (int32_t side = 0; side < 2; side++) {
            least[side] = fmin(least[side], along(&sites[order[k]], side == 0));
            most[side] = fmax(most[side], along(&sites[order[k]], side == 0));
        }
    return most[0] - least[0] > most[1] - least[1];
}

void siting_town_districts(const struct crs_xy *sites, int32_t count, int32_t parts,
                           struct arena *a, int32_t *groups)
{
    int32_t *order = arena_take(a, (size_t)count, sizeof *order);
    struct split stack[SPLITS_MAX] = { { 0, count, parts, 0 } };
    int32_t top = 1;

    for (int32_t i = 0; i < count; i++)
        order[i] = i;
    while (top) {
        const struct split s = stack[--top];
        const int32_t half = s.parts / 2;
        const int32_t middle =
            s.low + (int32_t)((int64_t)(s.high - s.low) * half / (s.parts ? s.parts : 1));

        if (s.parts <= 1) {
            for (int32_t k = s.low; k < s.high; k++)
                groups[order[k]] = s.base;
            continue;
        }
        part(sites, is_wide(sites, order, s), order, s, middle);
        stack[top++] = (struct split){ s.low, middle, half, s.base };
        stack[top++] = (struct split){ middle, s.high, s.parts - half, s.base + half };
    }
}

static void make_districts(const struct siting_town_wish *wish, const struct crs_xy *sites,
                           struct arena *a, struct siting_question *out)
{
    int32_t *groups = arena_take(a, (size_t)wish->site_count, sizeof *groups);
    int32_t *quotas;

    out->group_count = wish->count / wish->quota;
    quotas = arena_take(a, (size_t)out->group_count, sizeof *quotas);
    for (int32_t g = 0; g < out->group_count; g++)
        quotas[g] = wish->quota;
    siting_town_districts(sites, wish->site_count, out->group_count, a, groups);
    out->groups = groups;
    out->quotas = quotas;
}

void siting_town(const struct siting_town_wish *wish, struct arena *a, struct siting_question *out)
{
    struct town_dice d = { wish->seed };
    struct crs_xy *pieces = arena_take(a, (size_t)wish->piece_count, sizeof *pieces);
    struct crs_xy *sites = arena_take(a, (size_t)wish->site_count, sizeof *sites);
    int64_t *weights = arena_take(a, (size_t)wish->piece_count, sizeof *weights);

    *out = (struct siting_question){ .piece_count = wish->piece_count,
                                     .weights = weights,
                                     .site_count = wish->site_count,
                                     .count = wish->count,
                                     .share_count = 1,
                                     .shares = { 1 } };
    make_pieces(&d, wish, pieces, weights);
    for (int32_t i = 0; i < wish->site_count; i++) {
        const struct crs_xy at = pieces[town_pick(&d, wish->piece_count)];

        sites[i].x = at.x + 15 * bell(&d);
        sites[i].y = at.y + 15 * bell(&d);
    }
    link_up(wish, pieces, sites, a, out);
    if (wish->quota)
        make_districts(wish, sites, a, out);
}

/* ------------------------------------------------------------------ a hundred sites */

struct seen {
    uint64_t low, high;
    int64_t weight;
};

static struct seen *slot_of(struct seen *slots, uint32_t mask, uint64_t low, uint64_t high)
{
    uint64_t at = (low * UINT64_C(0x9e3779b97f4a7c15) ^ high * UINT64_C(0xc2b2ae3d27d4eb4f)) >> 40;

    while (slots[at & mask].weight &&
           (slots[at & mask].low != low || slots[at & mask].high != high))
        at++;
    return &slots[at & mask];
}

void siting_town_hundred(uint64_t seed, int64_t piece_count, double radius, int32_t count,
                         struct arena *a, struct siting_question *out)
{
    const uint32_t mask = (1 << 20) - 1;
    struct arena *scratch = arena_new();
    struct seen *slots = arena_take(scratch, (size_t)mask + 1, sizeof *slots);
    struct town_dice d = { seed };
    struct crs_xy sites[HUNDRED];
    int32_t *first = arena_take(a, HUNDRED + 1, sizeof *first), n = 0, links = 0;

    for (int32_t i = 0; i < HUNDRED; i++)
        sites[i] = (struct crs_xy){ 30 * unit(&d), 30 * unit(&d) };
    for (int64_t j = 0; j < piece_count; j++) {
        const double x = 30 * unit(&d), y = 30 * unit(&d);
        const int32_t weight = 1 + town_pick(&d, 100);
        uint64_t covers[2] = { 0, 0 };

        for (int32_t i = 0; i < HUNDRED; i++) {
            const double u = x - sites[i].x, v = y - sites[i].y;

            covers[i / 64] |= (uint64_t)(u * u + v * v <= radius * radius) << (i % 64);
        }
        if (!covers[0] && !covers[1])
            continue;
        struct seen *s = slot_of(slots, mask, covers[0], covers[1]);

        n += !s->weight;
        links += s->weight ? 0 : __builtin_popcountll(covers[0]) + __builtin_popcountll(covers[1]);
        *s = (struct seen){ covers[0], covers[1], s->weight + weight };
    }
    int32_t *pieces = arena_take(a, (size_t)links + 1, sizeof *pieces);
    int64_t *weights = arena_take(a, (size_t)n + 1, sizeof *weights);

    for (int32_t i = 0, k = 0; i < HUNDRED; i++) {
        int32_t j = 0;

        for (uint32_t at = 0; at <= mask; at++) {
            if (!slots[at].weight)
                continue;
            weights[j] = slots[at].weight;
            if ((i < 64 ? slots[at].low >> i : slots[at].high >> (i - 64)) & 1)
                pieces[k++] = j;
            j++;
        }
        first[i + 1] = k;
    }
    arena_free(scratch);
    *out = (struct siting_question){ .piece_count = n,
                                     .weights = weights,
                                     .site_count = HUNDRED,
                                     .first = first,
                                     .pieces = pieces,
                                     .count = count,
                                     .share_count = 1,
                                     .shares = { 1 } };
}

#include "geo/cover/recount.h"

#include <math.h>
#include <stdlib.h>

#include "geo/base/buf.h"
#include "geo/cover/areas.h"
#include "geo/shape.h"

static const double TURN = 6.283185307179586;
static const int64_t NO_GAP = -1;
enum { HOUR_S = 3600 };

/* ------------------------------------------------------------------ areas */

static struct figure circle(struct crs_xy middle, double reach_m, struct arena *a)
{
    struct point ring[RECOUNT_CORNERS + 1];
    const double corner = TURN / RECOUNT_CORNERS;
    const double out_m = reach_m * sqrt(corner / sin(corner)); /* as large as the true circle */

    for (int i = 0; i <= RECOUNT_CORNERS; i++) {
        const double turn = corner * (i % RECOUNT_CORNERS);

        ring[i] = (struct point){ middle.x + out_m * cos(turn), middle.y + out_m * sin(turn) };
    }
    return figure_ring(a, ring, RECOUNT_CORNERS + 1);
}

bool recount_circle(const struct ground *g, struct point place, double reach_m,
                    const struct figure *outline, struct arena *a, struct figure *flat,
                    struct fail *f)
{
    const struct figure round = circle(ground_put(g, place), reach_m, a);
    struct figure seen;
    bool is_repaired;

    if (!outline) {
        *flat = round;
        return true;
    }
    const struct figure drawn = areas_flat(g, outline, a);

    return areas_mend(&drawn, a, &seen, &is_repaired, f) &&
           shape_intersection(shape_take(a), &round, &seen, flat, f);
}

static struct mesh_box box_of(const struct figure *flat)
{
    const struct box box = figure_box(flat);

    return (struct mesh_box){ box.min.lon, box.min.lat, box.max.lon, box.max.lat };
}

/* Leg by leg, so that a place along the street is never in doubt where it crosses itself. */
static bool cut_leg(const struct shape_ready *area, int32_t segment, const struct ground_point *leg,
                    struct ground_runs *out, struct fail *f)
{
    const struct point from = { leg[0].x, leg[0].y }, to = { leg[1].x, leg[1].y };
    const double length_cm = leg[1].along_cm - leg[0].along_cm;
    struct shape_part parts[SHAPE_PARTS_MAX];
    int32_t count;

    if (!(length_cm > 0))
        return true;
    if (!shape_ready_cut(area, from, to, parts, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        ground_run_add(out,
                       (struct ground_run){ segment, leg[0].along_cm + parts[i].from * length_cm,
                                            leg[0].along_cm + parts[i].to * length_cm });
    return true;
}

bool recount_runs(const struct ground *g, const struct figure *flat, struct ground_runs *out,
                  struct fail *f)
{
    const struct ground_point *points = ground_points(g);
    struct arena *own = arena_new();
    const struct shape_ready *area = NULL;
    int32_t count = 0;
    const struct ground_part *parts =
        flat->point_count > 0 ? ground_parts_in(g, box_of(flat), own, &count) : NULL;
    bool ok = count == 0 || shape_prepare(shape_take(own), flat, &area, f);

    for (int32_t i = 0; ok && i < count; i++)
        for (int32_t k = 0; ok && k < parts[i].leg_count; k++)
            ok = cut_leg(area, parts[i].segment, &points[parts[i].first + k], out, f);
    arena_free(own);
    return ok;
}

/* ------------------------------------------------------------------ comparing */

/* All that is known of one segment. */
struct street {
    const struct recount_wish *wish;
    const struct recount_cover *const *covers;
    int32_t cover_count;
    const struct recount_item *items;
    int32_t item_count;
    const struct plot *plots;
    int32_t plot_count;
    struct buf cuts, times; /* double; struct stint */
};

static int by_size(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static int by_start(const void *one, const void *other)
{
    const int64_t a = ((const struct stint *)one)->from_s,
                  b = ((const struct stint *)other)->from_s;

    return (a > b) - (a < b);
}

static bool covers(const struct recount_cover *c, double at_cm)
{
    return c->from_cm <= at_cm && at_cm < c->to_cm;
}

static int64_t class_at(const struct street *s, double at_cm)
{
    int32_t sources = 0, state = 0;

    for (int32_t i = 0; i < s->cover_count; i++) {
        const struct recount_cover *c = s->covers[i];

        if (!covers(c, at_cm))
            continue;
        switch (c->layer) {
        case RECOUNT_LOOKOUT:
            sources++;
            state |= COVER_LOOKOUT;
            break;
        case RECOUNT_PATROL:
            sources += !(state & COVER_PATROL); /* several are one */
            state |= COVER_PATROL;
            break;
        case RECOUNT_PEOPLE:
            sources += c->people;
            state |= c->is_enough ? COVER_REACH : 0;
        }
    }
    state |= sources == 1 ? COVER_ALONE : 0;
    for (enum cover_class class = 0; class < COVER_CLASS_COUNT; class ++)
        if ((s->wish->classes & 1u << class) && cover_is(class, state))
            return (int64_t) class;
    return NO_GAP;
}

static int64_t seconds_at(struct street *s, double at_cm)
{
    const struct stint *all = &s->wish->hours;
    int64_t missing_s = all->to_s - all->from_s, past_s = all->from_s;

    buf_clear(&s->times);
    for (int32_t i = 0; i < s->cover_count; i++)
        if (covers(s->covers[i], at_cm))
            buf_put(&s->times, &(struct stint){ s->covers[i]->from_s, s->covers[i]->to_s },
                    sizeof(struct stint));
    struct stint *times = (void *)s->times.bytes;
    const size_t count = s->times.size / sizeof *times;

    if (!times || count == 0)
        return missing_s > 0 ? missing_s : NO_GAP;
    qsort(times, count, sizeof *times, by_start);
    for (size_t i = 0; i < count; i++) {
        const int64_t from_s = times[i].from_s > past_s ? times[i].from_s : past_s;
        const int64_t to_s = times[i].to_s < all->to_s ? times[i].to_s : all->to_s;

        if (to_s <= from_s)
            continue;
        missing_s -= to_s - from_s;
        past_s = to_s;
    }
    return missing_s > 0 ? missing_s : NO_GAP;
}

static int64_t list_at(const struct street *s, double at_cm)
{
    for (int32_t i = 0; i < s->item_count; i++)
        if (s->items[i].piece.from_cm <= at_cm && at_cm < s->items[i].piece.to_cm)
            return s->items[i].says;
    return NO_GAP;
}

static bool is_wished(const struct street *s, double at_cm)
{
    for (int32_t i = 0; i < s->plot_count; i++)
        if (at_cm < s->plots[i].to_cm)
            return s->wish->lots[s->plots[i].lot];
    return false;
}

static void cut(struct street *s, double at_cm)
{
    buf_put(&s->cuts, &at_cm, sizeof at_cm);
}

static const double *cut_all(struct street *s, int32_t *count)
{
    buf_clear(&s->cuts);
    cut(s, 0);
    for (int32_t i = 0; i < s->cover_count; i++) {
        cut(s, s->covers[i]->from_cm);
        cut(s, s->covers[i]->to_cm);
    }
    for (int32_t i = 0; i < s->item_count; i++) {
        cut(s, s->items[i].piece.from_cm);
        cut(s, s->items[i].piece.to_cm);
    }
    for (int32_t i = 0; i < s->plot_count; i++)
        cut(s, s->plots[i].to_cm);
    *count = (int32_t)(s->cuts.size / sizeof(double));
    qsort(s->cuts.bytes, (size_t)*count, sizeof(double), by_size);
    return (const void *)s->cuts.bytes;
}

static void compare_street(struct street *s, int32_t segment, struct recount_found *out)
{
    const bool is_now = s->wish->hours.to_s <= s->wish->hours.from_s;
    double differs_m = 0;
    int32_t count;
    const double *cuts = cut_all(s, &count);

    for (int32_t i = 0; i + 1 < count; i++) {
        const double length_m = (cuts[i + 1] - cuts[i]) / 100;
        const double at_cm = cuts[i] + (cuts[i + 1] - cuts[i]) / 2;

        if (!(length_m > 0) || !is_wished(s, at_cm))
            continue;
        const int64_t truth = is_now ? class_at(s, at_cm) : seconds_at(s, at_cm);
        const int64_t says = list_at(s, at_cm);

        out->geos_m += truth == NO_GAP ? 0 : length_m;
        out->list_m += says == NO_GAP ? 0 : length_m;
        if (truth == says)
            continue;
        differs_m += length_m;
        if (!is_now)
            out->difference_mh +=
                length_m * fabs(fmax((double)truth, 0) - fmax((double)says, 0)) / HOUR_S;
    }
    out->street_count++;
    out->difference_m += differs_m;
    if (differs_m > out->worst_m) {
        out->worst = segment;
        out->worst_m = differs_m;
    }
}

/* Covers by segment, in the order in which they came. */
static const struct recount_cover **sort_covers(const struct recount_wish *wish, int32_t *first,
                                                struct arena *a)
{
    const struct recount_cover **sorted =
        arena_take(a, (size_t)wish->cover_count + 1, sizeof *sorted);

    for (int32_t i = 0; i < wish->cover_count; i++)
        first[wish->covers[i].segment + 1]++;
    for (int32_t i = 0; i < wish->plots->segment_count; i++)
        first[i + 1] += first[i];
    for (int32_t i = wish->cover_count - 1; i >= 0; i--)
        sorted[--first[wish->covers[i].segment + 1]] = &wish->covers[i];
    return sorted;
}

void recount_compare(const struct recount_wish *wish, struct recount_found *out)
{
    const struct plots *p = wish->plots;
    struct arena *a = arena_new();
    int32_t *first = arena_take(a, (size_t)p->segment_count + 2, sizeof *first);
    const struct recount_cover **sorted = sort_covers(wish, first, a);
    struct street s = { .wish = wish };
    int32_t item = 0;

    *out = (struct recount_found){ .worst = -1 };
    for (int32_t i = 0; i < p->segment_count; i++) {
        s.items = wish->items + item;
        for (s.item_count = 0; item < wish->item_count && wish->items[item].piece.segment == i;
             item++)
            s.item_count++;
        s.covers = sorted + first[i + 1];
        s.cover_count =
            (i + 1 < p->segment_count ? first[i + 2] : wish->cover_count) - first[i + 1];
        s.plots = p->plots + p->first[i];
        s.plot_count = p->first[i + 1] - p->first[i];
        if (wish->streets[i] && s.plot_count > 0)
            compare_street(&s, i, out);
    }
    buf_free(&s.cuts);
    buf_free(&s.times);
    arena_free(a);
}

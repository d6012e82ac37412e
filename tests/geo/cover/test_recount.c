/* A list of gaps is held against polygons of GEOS; one that was changed is found out. */
#include "geo/cover/recount.h"

#include <stdlib.h>
#include <string.h>

#include "geo/cover/areas.h"
#include "geo/cover/disc.h"
#include "geo/cover/field.h"
#include "geo/cover/span.h"
#include "tests/support/check_near.h"
#include "tests/support/gap_city.h"

enum { SIDE = 24, LOOKOUTS = 120, UNWATCHED = COVER_UNWATCHED };

/* A city, what its lookouts see by circles, and the list of what they do not. */
struct scene {
    struct arena *arena;
    struct gap_city city;
    const struct plots *plots;
    uint8_t *ones;
    struct buf covers, items;
};

static struct point place_of(const struct scene *s, int32_t i)
{
    return gauss_back(ground_plane(s->city.ground), s->city.middles[i]);
}

static void lay_plots(struct scene *s)
{
    const struct plots_area org = { .org = -1 };
    const int32_t count = s->city.network.segment_count;

    s->ones = arena_take(s->arena, (size_t)count + 1, 1);
    memset(s->ones, 1, (size_t)count + 1);
    s->plots = plots_lay(&(struct plots_wish){ .network = &s->city.network,
                                               .counts = s->ones,
                                               .orgs = &org,
                                               .org_count = 1,
                                               .weight = 1000 },
                         s->arena);
}

static void add_covers(struct scene *s, const struct figure *flat, struct stint time)
{
    struct ground_runs runs = { .arena = s->arena };
    struct fail f = { 0 };

    assert_true(recount_runs(s->city.ground, flat, &runs, &f));
    for (int32_t i = 0; i < runs.count; i++)
        buf_put(&s->covers,
                &(struct recount_cover){ .segment = runs.items[i].segment,
                                         .layer = RECOUNT_LOOKOUT,
                                         .from_cm = runs.items[i].from_cm,
                                         .to_cm = runs.items[i].to_cm,
                                         .from_s = time.from_s,
                                         .to_s = time.to_s },
                sizeof(struct recount_cover));
}

static void add_items(struct scene *s, const struct range_band *seen, int64_t says)
{
    struct range_band gaps;

    span_rest(&s->city.network, seen, s->arena, &gaps);
    for (int32_t i = 0; i < gaps.piece_count; i++)
        buf_put(&s->items, &(struct recount_item){ gaps.pieces[i], says },
                sizeof(struct recount_item));
}

static void take_scene(struct scene *s)
{
    *s = (struct scene){ .arena = arena_new() };
    gap_city_take(11, SIDE, LOOKOUTS, s->arena, &s->city);
    lay_plots(s);
}

static void end_scene(struct scene *s)
{
    buf_free(&s->covers);
    buf_free(&s->items);
    arena_free(s->arena);
}

/* What all circles see, as it is found for the list. */
static struct range_band circles(struct scene *s)
{
    struct range_band all = { 0 };

    for (int32_t i = 0; i < LOOKOUTS; i++) {
        struct range_band one, both;

        disc_find(s->city.ground, place_of(s, i), s->city.reach_m[i], s->arena, &one);
        span_mix(SPAN_OR, &all, &one, s->arena, &both);
        all = both;
    }
    return all;
}

static void cover_circles(struct scene *s)
{
    for (int32_t i = 0; i < LOOKOUTS; i++) {
        struct fail f = { 0 };
        struct figure flat;

        assert_true(recount_circle(s->city.ground, place_of(s, i), s->city.reach_m[i], NULL,
                                   s->arena, &flat, &f));
        add_covers(s, &flat, (struct stint){ 0, 0 });
    }
}

static struct recount_found compared(const struct scene *s, struct stint hours)
{
    const struct recount_wish wish = {
        .plots = s->plots,
        .classes = 1u << UNWATCHED,
        .hours = hours,
        .lots = s->ones,
        .streets = s->ones,
        .covers = (const void *)s->covers.bytes,
        .cover_count = (int32_t)(s->covers.size / sizeof(struct recount_cover)),
        .items = (const void *)s->items.bytes,
        .item_count = (int32_t)(s->items.size / sizeof(struct recount_item)),
    };
    struct recount_found found;

    recount_compare(&wish, &found);
    return found;
}

static struct recount_item *item_at(const struct scene *s, int32_t i)
{
    return &((struct recount_item *)(void *)s->items.bytes)[i];
}

/* Each end by less than a centimetre but where a circle is grazed; 2,800 ends. */
static void gaps_beside_circles_are_those_that_geos_leaves(void **state)
{
    struct scene s;

    (void)state;
    take_scene(&s);
    cover_circles(&s);
    const struct range_band seen = circles(&s);

    add_items(&s, &seen, UNWATCHED);
    const struct recount_found found = compared(&s, (struct stint){ 0, 0 });

    assert_int_equal(found.street_count, s.city.network.segment_count);
    assert_true(found.list_m > 30000 && found.list_m < 200000);
    check_near(found.geos_m, found.list_m, 1);
    assert_true(found.difference_m > 0 && found.difference_m < 15);
    assert_true(found.worst_m < 0.5);
    end_scene(&s);
}

static void areas_that_are_drawn_are_cut_to_the_centimetre(void **state)
{
    struct range_band all = { 0 };
    struct scene s;

    (void)state;
    take_scene(&s);
    for (int32_t i = 0; i < LOOKOUTS; i++) {
        struct range_band one, both;

        add_covers(&s, &s.city.areas[i], (struct stint){ 0, 0 });
        field_find(field_take_flat(&s.city.areas[i], s.arena), s.city.ground, s.arena, &one);
        span_mix(SPAN_OR, &all, &one, s.arena, &both);
        all = both;
    }
    add_items(&s, &all, UNWATCHED);
    const struct recount_found found = compared(&s, (struct stint){ 0, 0 });

    check_near(found.geos_m, found.list_m, 0.5);
    assert_true(found.difference_m < 15); /* half a centimetre an end, each rounded once */
    assert_true(found.worst_m < 0.1);
    end_scene(&s);
}

static void a_list_that_was_changed_is_found_out(void **state)
{
    struct scene s;

    (void)state;
    take_scene(&s);
    cover_circles(&s);
    const struct range_band seen = circles(&s);

    add_items(&s, &seen, UNWATCHED);
    const struct recount_found good = compared(&s, (struct stint){ 0, 0 });
    int32_t at = 0;

    while (item_at(&s, at)->piece.to_cm - item_at(&s, at)->piece.from_cm < 2000)
        at++;
    struct recount_item *item = item_at(&s, at);
    const struct recount_item was = *item;

    item->piece.to_cm -= 500;
    struct recount_found bad = compared(&s, (struct stint){ 0, 0 });

    check_near(bad.difference_m - good.difference_m, 5, 0.05);
    check_near(good.list_m - bad.list_m, 5, 1e-6);
    assert_int_equal(bad.worst, was.piece.segment);
    check_near(bad.worst_m, 5, 0.5);
    *item = was;
    item->says = COVER_DARK; /* where nobody asked for it */
    bad = compared(&s, (struct stint){ 0, 0 });
    assert_int_equal(bad.worst, was.piece.segment);
    assert_true(bad.worst_m > 19.9);
    *item = was;
    item->piece.from_cm += 400; /* as long as before, elsewhere */
    item->piece.to_cm -= 400;
    bad = compared(&s, (struct stint){ 0, 0 });
    check_near(bad.difference_m - good.difference_m, 8, 0.05);
    *item = was;
    s.items.size -= sizeof(struct recount_item); /* the last is not listed */
    bad = compared(&s, (struct stint){ 0, 0 });
    assert_true(bad.difference_m > good.difference_m);
    end_scene(&s);
}

/* One lookout is there for the first hour, and again for the third. */
static void hours_are_counted_where_somebody_was_there_for_some_of_them(void **state)
{
    static const struct stint DAY = { 1000, 1000 + 4 * 3600 };
    struct scene s;
    struct figure flat;
    struct fail f = { 0 };
    struct range_band seen;

    (void)state;
    take_scene(&s);
    assert_true(recount_circle(s.city.ground, place_of(&s, 0), s.city.reach_m[0], NULL, s.arena,
                               &flat, &f));
    add_covers(&s, &flat, (struct stint){ 0, 4600 });
    add_covers(&s, &flat, (struct stint){ 2000, 4000 }); /* says nothing new */
    add_covers(&s, &flat, (struct stint){ 8200, 11800 });
    disc_find(s.city.ground, place_of(&s, 0), s.city.reach_m[0], s.arena, &seen);
    add_items(&s, &seen, 4 * 3600);
    struct recount_found found = compared(&s, DAY);

    check_near(found.difference_m, (double)seen.length_cm / 100, 0.5); /* a gap for two hours */
    check_near(found.difference_mh, 2 * (double)seen.length_cm / 100, 1);
    for (int32_t i = 0; i < seen.piece_count; i++)
        buf_put(&s.items, &(struct recount_item){ seen.pieces[i], 2 * 3600 },
                sizeof(struct recount_item));
    struct recount_item *items = (void *)s.items.bytes;
    const int32_t count = (int32_t)(s.items.size / sizeof *items);

    for (int32_t i = 1; i < count; i++) /* into their order */
        for (int32_t k = i; k > 0 && (items[k].piece.segment < items[k - 1].piece.segment ||
                                      (items[k].piece.segment == items[k - 1].piece.segment &&
                                       items[k].piece.from_cm < items[k - 1].piece.from_cm));
             k--) {
            const struct recount_item swap = items[k];

            items[k] = items[k - 1];
            items[k - 1] = swap;
        }
    found = compared(&s, DAY);
    assert_true(found.difference_m < 0.5);
    items[0].says -= 60; /* a minute less */
    found = compared(&s, DAY);
    check_near(found.difference_mh,
               (double)(items[0].piece.to_cm - items[0].piece.from_cm) / 100 / 60, 1);
    assert_int_equal(found.worst, items[0].piece.segment);
    end_scene(&s);
}

/* The outline of a view takes away what it hides; a bow-tie is mended and covers what it
 * should. */
static void an_outline_hides_and_a_wrong_one_is_mended(void **state)
{
    struct scene s;
    struct figure flat;
    struct fail f = { 0 };
    struct ground_runs half = { 0 }, whole = { 0 };

    (void)state;
    take_scene(&s);
    const struct crs_xy at = s.city.middles[0];
    const struct crs_xy corners[] = { { at.x - 500, at.y - 500 },
                                      { at.x + 500, at.y + 500 },
                                      { at.x + 500, at.y - 500 },
                                      { at.x - 500, at.y + 500 },
                                      { at.x - 500, at.y - 500 } };
    struct point ring[5];

    for (int i = 0; i < 5; i++)
        ring[i] = gauss_back(ground_plane(s.city.ground), corners[i]);
    const struct figure tie = figure_ring(s.arena, ring, 5);

    half.arena = whole.arena = s.arena;
    assert_true(recount_circle(s.city.ground, place_of(&s, 0), 250, &tie, s.arena, &flat, &f));
    assert_true(recount_runs(s.city.ground, &flat, &half, &f));
    assert_true(recount_circle(s.city.ground, place_of(&s, 0), 250, NULL, s.arena, &flat, &f));
    assert_true(recount_runs(s.city.ground, &flat, &whole, &f));
    double half_cm = 0, whole_cm = 0;

    for (int32_t i = 0; i < half.count; i++)
        half_cm += half.items[i].to_cm - half.items[i].from_cm;
    for (int32_t i = 0; i < whole.count; i++)
        whole_cm += whole.items[i].to_cm - whole.items[i].from_cm;
    assert_true(half_cm > 0.2 * whole_cm && half_cm < 0.8 * whole_cm);
    end_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_beside_circles_are_those_that_geos_leaves),
        cmocka_unit_test(areas_that_are_drawn_are_cut_to_the_centimetre),
        cmocka_unit_test(a_list_that_was_changed_is_found_out),
        cmocka_unit_test(hours_are_counted_where_somebody_was_there_for_some_of_them),
        cmocka_unit_test(an_outline_hides_and_a_wrong_one_is_mended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of engine/recall.c: what was committed is known again, however it comes, and after
 * a start, too. */
#include "engine/recall.h"

#include <stdlib.h>

#include "engine/clock.h"
#include "engine/people.h"
#include "engine/positions.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

enum { WALKER_ID = 7 };

static const int64_t SECOND_US = 1000000;
static const struct sight EVERYONE = { .everyone = true };

/* A process that takes positions: it is started, and started again. */
struct process {
    struct database *d;
    struct live *live;
    struct trail *trail;
    struct positions *positions;
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void start(struct process *p)
{
    struct people_mark mark = { 0 };
    struct fail f = { 0 };

    p->live = live_new();
    must(people_follow(p->d->db, p->live, p->d->arena, &mark, &f), &f);
    p->trail = trail_new(clock_wall_us());
    must(recall_trail(p->d->db, p->trail, &f), &f);
    p->positions = positions_open(p->d->address, p->live, &POSITIONS_USUAL, &f);
    must(p->positions != NULL, &f);
    positions_add_stage(p->positions, trail_stage(p->trail));
}

static void stop(struct process *p)
{
    positions_close(p->positions);
    trail_free(p->trail);
    live_free(p->live);
}

static int set_up(void **state)
{
    struct process *p = calloc(1, sizeof *p);
    struct fail f = { 0 };

    p->d = database_new(true);
    must(db_script(p->d->db,
                   "INSERT INTO vigil.person (person_id, display_name, on_duty, location_consent)"
                   " VALUES (7, 'walker', true, true)",
                   &f),
         &f);
    start(p);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct process *p = *state;

    stop(p);
    database_free(p->d);
    free(p);
    return 0;
}

/* She is there at that time; and how many rows of history there are then. */
static int64_t send(struct process *p, int32_t lon, int64_t fix_us)
{
    struct fixes_item item = { .person_id = WALKER_ID,
                               .at = { lon, 1 },
                               .accuracy_dm = -1,
                               .speed_cms = -1,
                               .fix_us = fix_us };
    struct fixes fixes = { .count = 1, .items = &item };
    struct arena *a = arena_new();
    struct fail f = { 0 };

    must(positions_take(p->positions, &EVERYONE, &fixes, a, &f), &f);
    assert_int_equal(item.code, CODE_NONE);
    arena_free(a);
    return database_int(p->d, "SELECT count(*) FROM vigil.position_history");
}

static void what_comes_again_behind_something_newer_is_written_once(void **state)
{
    struct process *p = *state;
    const int64_t then_us = clock_wall_us() - 2 * SECOND_US;

    assert_int_equal(send(p, 1, then_us), 1);
    assert_int_equal(send(p, 2, then_us + SECOND_US), 2);
    assert_int_equal(send(p, 1, then_us), 2);
    assert_int_equal(send(p, 3, then_us), 3); /* from somewhere else */
    stop(p);
    start(p);
    assert_int_equal(send(p, 1, then_us), 3);
    assert_int_equal(send(p, 4, then_us - SECOND_US), 4); /* nobody has this one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_comes_again_behind_something_newer_is_written_once,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of engine/world.c. */
#include "engine/world.h"

#include <pthread.h>
#include <stdatomic.h>

#include "tests/support/check_near.h"

static atomic_int freed;

static void count_freed(void *thing)
{
    (void)thing;
    atomic_fetch_add(&freed, 1);
}

static struct world *draft(struct world_slot *slot)
{
    struct arena *a = arena_new();

    arena_defer(a, count_freed, a);
    return world_draft(slot, a);
}

static void before_the_first_there_is_none(void **state)
{
    struct world_slot *slot = world_slot_new();

    (void)state;
    assert_null(world_hold(slot));
    world_drop(NULL);
    world_slot_free(slot);
    world_slot_free(NULL);
}

static void a_held_world_outlives_the_next_and_the_slot(void **state)
{
    struct world_slot *slot = world_slot_new();

    (void)state;
    freed = 0;
    world_publish(slot, draft(slot));
    const struct world *first = world_hold(slot);

    world_publish(slot, draft(slot));
    const struct world *second = world_hold(slot);
    const struct world *again = world_hold_again(second);

    assert_int_equal(first->version, 1);
    assert_int_equal(second->version, 2);
    assert_int_equal(freed, 0);
    world_drop(first);
    assert_int_equal(freed, 1);
    world_slot_free(slot);
    world_drop(second);
    assert_int_equal(freed, 1);
    assert_int_equal(again->version, 2);
    world_drop(again);
    assert_int_equal(freed, 2);
}

static void a_draft_that_is_not_published_is_dropped(void **state)
{
    struct world_slot *slot = world_slot_new();

    (void)state;
    freed = 0;
    world_drop(draft(slot));
    assert_int_equal(freed, 1);
    world_slot_free(slot);
}

enum { READERS = 4, WORLDS = 2000 };

static void *read_on(void *self)
{
    struct world_slot *slot = self;
    uint64_t last = 0;

    while (last < WORLDS) {
        const struct world *w = world_hold(slot);

        if (w) {
            /* What a reader sees never goes back, and is whole. */
            if (w->version < last || w->centre.lon < (double)w->version - 0.5)
                return self;
            last = w->version;
        }
        world_drop(w);
    }
    return NULL;
}

static void many_read_while_one_publishes(void **state)
{
    struct world_slot *slot = world_slot_new();
    pthread_t readers[READERS];

    (void)state;
    freed = 0;
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, slot), 0);
    for (int i = 0; i < WORLDS; i++) {
        struct world *w = draft(slot);

        w->centre.lon = (double)w->version;
        world_publish(slot, w);
    }
    for (int i = 0; i < READERS; i++) {
        void *wrong;

        pthread_join(readers[i], &wrong);
        assert_null(wrong);
    }
    world_slot_free(slot);
    assert_int_equal(freed, WORLDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_there_is_none),
        cmocka_unit_test(a_held_world_outlives_the_next_and_the_slot),
        cmocka_unit_test(a_draft_that_is_not_published_is_dropped),
        cmocka_unit_test(many_read_while_one_publishes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#ifndef TESTS_SUPPORT_ROOM_H
#define TESTS_SUPPORT_ROOM_H

#include "geo/base/arena.h"

/* What most tests of formats need: an arena of their own, new for each test.
 * For cmocka_unit_test_setup_teardown. */
struct room {
    struct arena *arena;
};

int room_open(void **state);
int room_close(void **state);

#endif

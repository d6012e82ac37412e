/* An arena for each test. */
#include "tests/support/room.h"

int room_open(void **state)
{
    static struct room room;

    room.arena = arena_new();
    *state = &room;
    return 0;
}

int room_close(void **state)
{
    arena_free(((struct room *)*state)->arena);
    return 0;
}

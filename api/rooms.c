#include "api/rooms.h"

#include <pthread.h>
#include <stdlib.h>

#include "api/request.h"
#include "geo/road/hop.h"
#include "geo/road/matrix.h"
#include "geo/road/nearest.h"
#include "geo/road/range.h"
#include "geo/road/route.h"

void rooms_new(struct worker *w)
{
    w->nearest_room = nearest_room_new();
    w->range_room = range_room_new();
    w->route_room = route_room_new();
    w->hop_room = hop_room_new();
    w->matrix_room = matrix_room_new();
}

void rooms_free(struct worker *w)
{
    nearest_room_free(w->nearest_room);
    range_room_free(w->range_room);
    route_room_free(w->route_room);
    hop_room_free(w->hop_room);
    matrix_room_free(w->matrix_room);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t passing;

static void leave(void *self)
{
    rooms_free(self);
    free(self);
}

static void make_key(void)
{
    if (pthread_key_create(&passing, leave) != 0)
        abort();
}

struct worker *rooms_in_passing(void)
{
    pthread_once(&once, make_key);
    struct worker *w = pthread_getspecific(passing);

    if (w)
        return w;
    w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->in_passing = true;
    rooms_new(w);
    pthread_setspecific(passing, w);
    return w;
}

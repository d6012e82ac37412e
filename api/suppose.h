#ifndef API_SUPPOSE_H
#define API_SUPPOSE_H

#include "api/request.h"
#include "engine/weeks.h"
#include "geo/figure.h"
#include "geo/frame.h"
#include "geo/point.h"
#include "geo/road/range.h"

/* What an "and if?" asks for: candidates of changes, each by itself, now or in hours of a
 * plan; and what answers to both have alike. */
enum {
    SUPPOSE_CANDIDATES_MAX = 20,
    SUPPOSE_CHANGES_MAX = 20,
    SUPPOSE_REACH_MAX_M = 5000,
    SUPPOSE_SIGHT_MAX_KM2 = 200, /* that are looked over from new places, all together, as
                                  * squares of what is reached: 8 of 5 km, 400 of 700 m */
};

enum suppose_kind {
    SUPPOSE_ADD,
    SUPPOSE_MOVE,
    SUPPOSE_CLOSE,
    SUPPOSE_STAFF,
    SUPPOSE_SEND,  /* now only */
    SUPPOSE_SHIFT, /* in hours only */
    SUPPOSE_CANCEL,
    SUPPOSE_KINDS,
};

/* One change as it was asked for. */
struct suppose_change {
    enum suppose_kind kind;
    int64_t id;       /* of the lookout point or the person; 0: the shift says where */
    int64_t shift_id; /* 0: a new one */
    struct point place;
    bool has_place;
    int64_t reach_m;
    bool stays_free;        /* who is sent can be sent on from there */
    struct stint time;      /* of a shift, in whole seconds; of a new lookout point, or of
                             * from_s = to_s: all the time */
    const struct input *at; /* to blame */
};

struct suppose_candidate {
    struct suppose_change *changes;
    int32_t count;
};

struct suppose {
    struct suppose_candidate *items;
    int32_t count;
    enum frame frame;
    bool is_now;
    struct weeks_wish hours; /* when it is not */
};

bool suppose_read(const struct request *r, struct suppose *out, struct fail *f);

/* NOT_FOUND of what a change names. */
bool suppose_missing(const struct suppose_change *c, const char *what, int64_t id, struct fail *f);

/* What would be seen from the place of a change; *looked_m2 counts what has been looked over
 * before. VALUE_OUT_OF_RANGE when that is too much for one request. */
bool suppose_see(const struct request *r, const struct terrain *t, const struct suppose_change *c,
                 int32_t reach_m, int64_t *looked_m2, struct range_band *out, struct fail *f);

/* A stretch more, after all others; what follows on is one line. */
void suppose_add_piece(struct range_piece *pieces, int32_t *count, struct range_piece next);

/* Stretches as lines in the frame of the answer; in the request's arena. */
bool suppose_draw(const struct request *r, const struct network *n,
                  const struct range_piece *pieces, int32_t count, enum frame frame,
                  struct figure *out, struct fail *f);

#endif

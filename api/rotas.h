#ifndef API_ROTAS_H
#define API_ROTAS_H

#include <stdbool.h>
#include <stdint.h>

#include "api/reply.h"
#include "api/request.h"
#include "engine/rota.h"
#include "engine/shifts.h"
#include "geo/base/input.h"
#include "geo/figure.h"

/* What the handlers of shifts, patrols, claims and hours do alike. */

/* Lists a noun by the query parameters that its table row names. A list that stands
 * below another thing ("/v1/shifts/{shift_id}/signups") is of that parent; 0: of none. */
bool rotas_list(const struct request *r, enum rota_noun noun, int64_t parent_id, struct reply *out,
                struct fail *f);
/* The same for one person's or squad's own. */
bool rotas_list_of(const struct request *r, enum rota_noun noun, int64_t other_id,
                   struct reply *out, struct fail *f);
/* One of them, by the path. */
bool rotas_get(const struct request *r, enum rota_noun noun, struct reply *out, struct fail *f);
/* The id in the path of a noun. */
bool rotas_id(const struct request *r, enum rota_noun noun, int64_t *id, struct fail *f);

/* Who asks, as rosters see her. */
struct shifts_actor rotas_actor(const struct request *r);

/* Does something to one of them in a transaction and answers with the one that *id
 * names then. */
bool rotas_change(const struct request *r, enum rota_noun noun, const int64_t *id,
                  bool (*act)(void *self, struct db *db, struct fail *f), void *self,
                  struct reply *out, struct fail *f);
/* Does something in a transaction and answers 204. */
bool rotas_close(const struct request *r, enum rota_noun noun,
                 bool (*act)(struct db *db, int64_t id, struct arena *a, struct fail *f),
                 struct reply *out, struct fail *f);

/* Makes one under an Idempotency-Key: `make` writes the row with the id it is given. */
struct rotas_making {
    const struct request *r;
    enum rota_noun noun;
    bool (*make)(void *self, struct db *db, int64_t id, struct fail *f);
    void *self;
};
bool rotas_make(const struct rotas_making *making, struct reply *out, struct fail *f);

/* Whether the organisation of a body is in scope and what is named with it stands at or
 * below it; points the failure at the key. */
struct rotas_standing {
    int64_t org_id;
    int64_t station_id, lookout_point_id, squad_id, beat_id; /* one, or none: 0 */
};
bool rotas_stands(const struct request *r, struct db *db, const struct rotas_standing *s,
                  struct fail *f);

/* An id: 1 to 2^53-1. An absent one leaves *out. */
bool rotas_read_id(const struct input *v, int64_t *out, struct fail *f);
/* "20:00" as minutes of the day. */
bool rotas_read_clock(const struct input *v, int64_t *out, struct fail *f);
/* [1, 5]: Monday and Friday, as bits from Monday. */
bool rotas_read_weekdays(const struct input *v, int64_t *out, struct fail *f);
/* A moment in RFC 3339. */
bool rotas_read_moment(const struct input *v, int64_t *out_us, struct fail *f);
/* An area with a frame of its own, of at most so many points (FIGURE_TOO_LARGE); in the
 * arena. Whether it is valid is not looked at. */
bool rotas_read_area(const struct request *r, const struct input *v, int32_t points_max,
                     const struct figure **out, struct fail *f);
/* An optional whole number. */
bool rotas_read_int(const struct input *v, int64_t min, int64_t max, int64_t *out, struct fail *f);

#endif

#ifndef API_END_JSON_H
#define API_END_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"
#include "engine/ends.h"
#include "geo/base/emit.h"
#include "geo/base/input.h"

/* Where a way begins or ends, in JSON: an object with one of place, person_id,
 * station_id, lookout_point_id, site_id and incident_id. Many of them are an array of such
 * objects or, all of one kind, {"station_ids": [1, 2, …]}. */
enum { END_JSON_MAX = 1000 };

bool end_json_read(const struct input *v, struct ends_wish *out, struct fail *f);
/* At most END_JSON_MAX; in the arena. */
bool end_json_read_list(const struct input *v, struct arena *a, struct ends_wish **out,
                        int32_t *count, struct fail *f);

/* Without a mode each goes by her own, so that all must be people. */
bool end_json_are_people(const struct ends_wish *wishes, int32_t count, struct fail *f);

/* Finds all of them for the caller, in memory and where needed in the database, for the
 * modes (bits; 0: each person's own); see ends_find. To be given back with ends_done. */
bool end_json_find(const struct request *r, const struct ends_wish *wishes, int32_t count,
                   uint32_t modes, struct ends *out, struct fail *f);

/* Why no way begins or ends at one of them. */
enum end_json_absence {
    END_JSON_MISSING,
    END_JSON_UNPLACED,
    END_JSON_OFF_STREET,
    END_JSON_ABSENCES
};
/* "missing": unknown, closed, or not the caller's; "unplaced": a person without a position
 * now; "off_street": near no street of the modes. */
extern const char *const END_JSON_ABSENCE_WORDS[END_JSON_ABSENCES];
/* An array: of those from `first` on, `count` of them, the places of the ones that are
 * absent like this. */
void end_json_write_absent(struct emit *e, enum end_json_absence absence, const struct ends *ends,
                           int32_t first, int32_t count);

#endif

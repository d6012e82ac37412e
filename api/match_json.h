#ifndef API_MATCH_JSON_H
#define API_MATCH_JSON_H

#include "engine/matches.h"
#include "geo/base/emit.h"
#include "geo/base/fail.h"
#include "geo/base/input.h"
#include "geo/frame.h"

struct request;
struct reply;

/* A track on the streets as requests and answers write it. */

/* An array of {lon, lat, frame, fix_time, accuracy_m}, the last optional. */
bool match_json_read(const struct input *v, struct arena *a, const struct match_fix **out,
                     int32_t *count, struct fail *f);

/* The word of a mode as a query parameter or an option has it; NULL is foot. */
bool match_json_mode(const char *word, enum mode *out, struct fail *f);

/* GeoJSON: a feature for each run, and what became of each fix. False, with nothing written,
 * when a place of it cannot be said in the frame. */
bool match_json_emit(struct emit *e, const struct matches *m, enum mode mode, enum frame frame,
                     struct arena *a, struct fail *f);
/* The same as an answer. */
bool match_json_write(const struct request *r, const struct matches *m, enum mode mode,
                      enum frame frame, struct reply *out, struct fail *f);

#endif

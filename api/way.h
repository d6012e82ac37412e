#ifndef API_WAY_H
#define API_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/emit.h"
#include "geo/base/fail.h"
#include "geo/base/input.h"
#include "geo/box.h"
#include "geo/frame.h"
#include "geo/road/route.h"

/* Places, modes, skills and routes as requests and answers write them. */

/* The frame that an answer is wanted in: the query parameter, or wgs84. */
bool way_read_frame(const char *word, enum frame *out, struct fail *f);

/* A box west,south,east,north in a frame, as the box in WGS 84 that holds its corners. */
bool way_read_box(const char *text, enum frame frame, struct box *out, struct fail *f);

/* "foot", "ebike" or "car". */
bool way_read_mode(const struct input *v, enum mode *out, struct fail *f);

/* An array of the words of skills, as bits; NULL is none. */
bool way_read_skills(const struct input *v, uint64_t *out, struct fail *f);
/* The key "skills" of an open object. */
void way_write_skills(struct emit *e, uint64_t skills);

/* {"lon": …, "lat": …, "frame": …} of a point that is in that frame. */
void way_write_place(struct emit *e, struct point p, enum frame frame);

/* The points of a route in the frame of the answer, in the arena. */
bool way_turn(const struct route *route, enum frame frame, struct arena *a,
              const struct point **out, struct fail *f);

/* The keys "polyline" (5 digits) and "geometry" of an open object. */
void way_write_line(struct emit *e, const struct point *points, int32_t count);

/* The key "steps": what to do at each turn, in English and Chinese. */
void way_write_steps(struct emit *e, const struct route *route, const struct point *points,
                     enum frame frame);

#endif

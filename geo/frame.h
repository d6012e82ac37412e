#ifndef GEO_FRAME_H
#define GEO_FRAME_H

#include <stdbool.h>

#include "geo/base/fail.h"
#include "geo/base/input.h"
#include "geo/point.h"

/* In which frame a coordinate is given. Every coordinate that comes in declares
 * one; inside there is only WGS 84.
 *
 * gcj02 is what AMap, Tencent and WeChat show, bd09 what Baidu shows; both are
 * shifts of WGS 84 by some hundred metres. The shift is defined on the rectangle
 * from 72.004 E to 137.8347 E and from 0.8293 N to 55.8271 N, measured in WGS 84,
 * which holds all of China and parts of its neighbours. Outside it gcj02 equals
 * WGS 84 and bd09 is refused (FRAME_OUTSIDE_CHINA).
 *
 * cgcs2000 is taken as WGS 84: both are realisations of ITRS on ellipsoids whose
 * polar radii differ by 0.1 mm; the plates have since moved apart by some
 * decimetres, which is less than a phone can measure. */
enum frame { FRAME_WGS84, FRAME_CGCS2000, FRAME_GCJ02, FRAME_BD09, FRAME_COUNT };

/* "wgs84", "cgcs2000", "gcj02", "bd09". */
const char *frame_word(enum frame frame);
/* The way back. False with FRAME_UNKNOWN, or FRAME_MISSING for NULL and "". */
bool frame_from_word(const char *word, enum frame *out, struct fail *f);

/* From and to WGS 84; the way back undoes the way there within 1 mm. False with
 * PLACE_OUT_OF_RANGE or FRAME_OUTSIDE_CHINA. */
bool frame_to_wgs84(enum frame frame, struct point p, struct point *out, struct fail *f);
bool frame_from_wgs84(enum frame frame, struct point p, struct point *out, struct fail *f);

/* Whether gcj02 and bd09 are defined at this WGS 84 place. */
bool frame_in_china(struct point p);

/* Reads {"lon": …, "lat": …, "frame": "…"}, these keys and no other, and gives
 * the place in WGS 84. */
bool frame_read_place(const struct input *v, struct point *out, struct fail *f);

/* Reads the word of a frame; v may be NULL, which is FRAME_MISSING. */
bool frame_read_word(const struct input *v, enum frame *out, struct fail *f);

#endif

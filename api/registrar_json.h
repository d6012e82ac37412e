#ifndef API_REGISTRAR_JSON_H
#define API_REGISTRAR_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/grids.h"
#include "engine/registry.h"
#include "geo/base/emit.h"
#include "geo/base/input.h"
#include "geo/frame.h"

/* What stands in the registry as JSON and GeoJSON. */

/* The body of a creating request: every field of the noun and its "place" or
 * "area", in any frame. */
bool registrar_json_read(enum registry_noun noun, const struct input *v, struct arena *a,
                         struct registry_item *item, struct fail *f);

/* A merge patch (RFC 7396) of such an object: absent keys stay, null makes a
 * field what it is when it is not given. */
bool registrar_json_patch(enum registry_noun noun, const struct input *v, struct arena *a,
                          struct registry_item *item, struct fail *f);

/* The fields of a GeoJSON feature's properties; those of other names are left to
 * the caller. `v` may be NULL. */
bool registrar_json_properties(enum registry_noun noun, const struct input *v, struct arena *a,
                               struct registry_item *item, struct fail *f);

/* Brings items into the frame that an answer is wanted in; then they can be
 * written. */
bool registrar_json_turn(struct registry_item *items, int32_t count, enum frame frame,
                         struct arena *a, struct fail *f);

/* One item, as an object that is left open for further keys. */
void registrar_json_write(struct emit *e, enum registry_noun noun, const struct registry_item *item,
                          enum frame frame);
/* The same as a GeoJSON feature. */
void registrar_json_feature(struct emit *e, enum registry_noun noun,
                            const struct registry_item *item);

/* {"frame": …, "type": …, "coordinates": …} of a figure that is in that frame. */
void registrar_json_figure(struct emit *e, const struct figure *figure, enum frame frame);
/* {"lon": …, "lat": …, "frame": …} */
void registrar_json_place(struct emit *e, struct point p, enum frame frame);

/* "warnings": the overlaps of what was written. */
void registrar_json_overlaps(struct emit *e, const struct grids_overlaps *overlaps);

#endif

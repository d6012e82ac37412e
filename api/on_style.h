#ifndef API_ON_STYLE_H
#define API_ON_STYLE_H

#include "api/request.h"

/* GET /style.json?theme=light|dark: the city's map as a MapLibre style, for the
 * console and for whoever else draws it. It names no glyphs and no sprite: text
 * is drawn with the viewer's own fonts. */
bool on_style_get(const struct request *r, struct reply *out, struct fail *f);

#endif

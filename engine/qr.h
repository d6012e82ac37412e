#ifndef ENGINE_QR_H
#define ENGINE_QR_H

#include <stdbool.h>

#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* A text as a QR code, drawn as an SVG of black squares on white with the quiet zone
 * that the standard asks for. The home of libqrencode. Any thread. */
enum { QR_TEXT_MAX = 500 /* bytes */ };

/* False with QR_TOO_LONG. */
bool qr_svg(const char *text, struct buf *out, struct fail *f);

#endif

#include "engine/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET = 4 /* modules around it, ISO/IEC 18004 */, DARK = 1 };

/* Each run of dark modules of a row is one stroke. */
static void write_row(struct buf *out, const QRcode *code, int y)
{
    const unsigned char *row = code->data + (size_t)y * (size_t)code->width;

    for (int x = 0; x < code->width;) {
        int end = x;

        while (end < code->width && (row[end] & DARK))
            end++;
        if (end > x)
            buf_format(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, end - x, end - x);
        x = end + 1;
    }
}

bool qr_svg(const char *text, struct buf *out, struct fail *f)
{
    const size_t size = strlen(text);
    QRcode *code = size > 0 && size <= QR_TEXT_MAX
                       ? QRcode_encodeData((int)size, (const unsigned char *)text, 0, QR_ECLEVEL_M)
                       : NULL;

    if (!code && size > 0 && size <= QR_TEXT_MAX && errno == ENOMEM)
        abort();
    if (!code)
        return fail_set(f, FAIL_INPUT, QR_TOO_LONG, "a QR code here holds 1 to %d bytes, not %zu",
                        QR_TEXT_MAX, size);
    const int side = code->width + 2 * QUIET;

    buf_format(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
               "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
               side, side, side, side);
    for (int y = 0; y < code->width; y++)
        write_row(out, code, y);
    buf_string(out, "\"/></svg>\n");
    QRcode_free(code);
    return true;
}

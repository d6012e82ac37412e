/* The map style: the console's template with the colours of a theme and our own
 * address put in. */
#include "api/handlers.h"

#include <string.h>

#include "api/address.h"
#include "api/assets.h"

/* One colour table for each theme, in palette.json. */
static bool read_palette(const struct request *r, const struct input **out, struct fail *f)
{
    const struct asset *file = assets_find("palette.json");
    const char *theme = request_query(r, "theme");
    const struct input *all;

    if (!file)
        return fail_set(f, FAIL_BROKEN, CONSOLE_MISSING,
                        "this server was started without a console");
    all = input_parse(r->arena, file->bytes, file->size, f);
    if (!all)
        return false;
    *out = input_get(all, theme ? theme : "light");
    if (*out)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "there is no theme \"%.40s\"", theme);
    fail_at(f, "/theme");
    fail_value(f, theme);
    return fail_allowed(f, "light, dark");
}

/* Puts in what "@word" stands for: "@base" the address, else a colour. */
static bool write_word(struct buf *out, const char *word, size_t length, const char *base,
                       const struct input *palette, struct fail *f)
{
    char name[40];
    const char *colour;

    if (length < sizeof name) {
        memcpy(name, word, length);
        name[length] = '\0';
        if (strcmp(name, "base") == 0) {
            buf_string(out, base);
            return true;
        }
        const struct input *v = input_get(palette, name);

        if (v && input_text(v, sizeof name, &colour, f)) {
            buf_string(out, colour);
            return true;
        }
    }
    return fail_set(f, FAIL_BROKEN, STYLE_BROKEN, "the style names an unknown colour: %.*s",
                    (int)length, word);
}

static bool fill(const struct asset *style, const char *base, const struct input *palette,
                 struct buf *out, struct fail *f)
{
    const char *end = style->bytes + style->size;

    for (const char *at = style->bytes; at < end;) {
        const char *mark = memchr(at, '@', (size_t)(end - at));

        if (!mark)
            mark = end;
        buf_put(out, at, (size_t)(mark - at));
        if (mark == end)
            break;
        const size_t length = strspn(mark + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");

        if (!write_word(out, mark + 1, length, base, palette, f))
            return false;
        at = mark + 1 + length;
    }
    return true;
}

bool on_style_get(const struct request *r, struct reply *out, struct fail *f)
{
    const struct asset *style = assets_find("style.json");
    const struct input *palette;
    struct buf text = { 0 };

    if (!read_palette(r, &palette, f))
        return false;
    if (!style)
        return fail_set(f, FAIL_BROKEN, CONSOLE_MISSING,
                        "the console's folder holds no style.json");
    const bool filled = fill(style, address_base(r), palette, &text, f);

    if (filled) {
        buf_put(reply_bytes(out, REPLY_OK, "application/json"), text.bytes, text.size);
        reply_header(out, "Cache-Control", "private, no-cache");
    }
    buf_free(&text);
    return filled;
}

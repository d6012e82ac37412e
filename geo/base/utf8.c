/* The well-formed byte sequences, as table 3-7 of the Unicode standard has them. */
#include "geo/base/utf8.h"

size_t utf8_character(const char *bytes, size_t left)
{
    static const struct {
        unsigned char from, to, second_from, second_to;
        size_t length;
    } FORMS[] = {
        { 0x00, 0x7F, 0, 0, 1 },       { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
        { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    const unsigned char *s = (const unsigned char *)bytes;

    if (left == 0)
        return 0;
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        if (s[0] < FORMS[i].from || s[0] > FORMS[i].to)
            continue;
        if (FORMS[i].length > left)
            return 0;
        if (FORMS[i].length > 1 && (s[1] < FORMS[i].second_from || s[1] > FORMS[i].second_to))
            return 0;
        for (size_t k = 2; k < FORMS[i].length; k++)
            if ((s[k] & 0xC0) != 0x80)
                return 0;
        return FORMS[i].length;
    }
    return 0;
}

bool utf8_valid(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size;) {
        const size_t n = utf8_character(bytes + i, size - i);

        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

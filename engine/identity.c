/* The check digit is that of ISO 7064, MOD 11-2. */
#include "engine/identity.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { CARD_DIGITS = 18, SHORTEST = 5, YEAR_AT = 6, YEAR_MIN = 1900, YEAR_MAX = 2100 };

static bool malformed(const char *why, struct fail *f)
{
    fail_set(f, FAIL_INPUT, IDENTITY_MALFORMED, "this identity number %s", why);
    return fail_allowed(f, "18 digits of an identity card, or 5 to 24 letters and digits");
}

static bool is_card(const char *text)
{
    return strlen(text) == CARD_DIGITS && strspn(text, "0123456789") >= CARD_DIGITS - 1 &&
           strchr("0123456789X", text[CARD_DIGITS - 1]) != NULL;
}

static bool has_right_check(const char *card)
{
    int32_t sum = 0;

    for (int i = 0; i < CARD_DIGITS - 1; i++)
        sum = (sum + card[i] - '0') * 2 % 11;
    return "10X98765432"[sum % 11] == card[CARD_DIGITS - 1];
}

static int32_t year_of(const char *card)
{
    int32_t year = 0;

    for (int i = 0; i < 4; i++)
        year = 10 * year + card[YEAR_AT + i] - '0';
    return year;
}

/* Without blanks, in capitals. */
static bool squeeze(const char *text, char out[IDENTITY_SIZE], struct fail *f)
{
    size_t size = 0;

    for (const char *at = text; *at; at++) {
        if (*at == ' ')
            continue;
        if (!isalnum((unsigned char)*at))
            return malformed("has a character that such numbers do not have", f);
        if (size == IDENTITY_SIZE - 1)
            return malformed("is too long", f);
        out[size++] = (char)toupper((unsigned char)*at);
    }
    out[size] = '\0';
    return size >= SHORTEST || malformed("is too short", f);
}

bool identity_read(const char *text, char out[IDENTITY_SIZE], int32_t *birth_year, struct fail *f)
{
    *birth_year = 0;
    if (!squeeze(text, out, f))
        return false;
    if (!is_card(out))
        return true;
    if (!has_right_check(out))
        return malformed("is mistyped: its check digit does not fit", f);
    if (year_of(out) < YEAR_MIN || year_of(out) > YEAR_MAX)
        return malformed("names no year of birth", f);
    *birth_year = year_of(out);
    return true;
}

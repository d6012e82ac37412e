/* RFC 3339, section 5.6, read by hand: strptime takes blanks, local names and
 * dates that do not exist. The count of days is Howard Hinnant's days_from_civil
 * (chrono-compatible low-level date algorithms). */
#include "geo/instant.h"

#include <assert.h>
#include <string.h>

static const int64_t SECOND_US = 1000000;
static const int64_t LAST_US = 253402300800LL * 1000000 - 1; /* 9999-12-31T23:59:59.999999Z */

enum {
    YEAR_MIN = 1970,
    FRACTION_MAX = 9,
    EPOCH_SHIFT = 719468,
    ERA_DAYS = 146097,
    ERA_YEARS = 400
};

struct text {
    const char *at;
    const char *end;
};

static bool digit(struct text *t, int *out)
{
    if (t->at == t->end || *t->at < '0' || *t->at > '9')
        return false;
    *out = *t->at++ - '0';
    return true;
}

static bool number(struct text *t, int digits, int min, int max, int *out)
{
    int value = 0;

    for (int i = 0; i < digits; i++) {
        int d;

        if (!digit(t, &d))
            return false;
        value = value * 10 + d;
    }
    *out = value;
    return value >= min && value <= max;
}

static bool letter(struct text *t, char one, char other)
{
    if (t->at == t->end || (*t->at != one && *t->at != other))
        return false;
    t->at++;
    return true;
}

static int days_in(int year, int month)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return DAYS[month - 1] + (month == 2 && is_leap);
}

static int64_t days_since_1970(int year, int month, int day)
{
    const int64_t y = year - (month <= 2);
    const int64_t era = y / ERA_YEARS;
    const int64_t of_era = y - era * ERA_YEARS;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - EPOCH_SHIFT;
}

static bool fraction(struct text *t, int64_t *us)
{
    int64_t unit = SECOND_US / 10;
    int d;

    *us = 0;
    if (!letter(t, '.', '.'))
        return true;
    for (int digits = 0; digits < FRACTION_MAX && digit(t, &d); digits++, unit /= 10) {
        *us += d * unit;
        if (t->at == t->end || *t->at < '0' || *t->at > '9')
            return true;
    }
    return false;
}

static bool offset(struct text *t, int *minutes)
{
    int hour, minute;

    *minutes = 0;
    if (letter(t, 'Z', 'z'))
        return true;
    if (t->at == t->end)
        return false;
    const int sign = *t->at == '-' ? -1 : 1;

    if (!letter(t, '+', '-') || !number(t, 2, 0, 23, &hour) || !letter(t, ':', ':') ||
        !number(t, 2, 0, 59, &minute))
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

bool instant_read(const char *text, size_t length, int64_t *out_us)
{
    struct text t = { text, text + length };
    int year, month, day, hour, minute, second, ahead;
    int64_t us;

    if (!number(&t, 4, YEAR_MIN, 9999, &year) || !letter(&t, '-', '-') ||
        !number(&t, 2, 1, 12, &month) || !letter(&t, '-', '-') ||
        !number(&t, 2, 1, days_in(year, month), &day) || !letter(&t, 'T', 't') ||
        !number(&t, 2, 0, 23, &hour) || !letter(&t, ':', ':') || !number(&t, 2, 0, 59, &minute) ||
        !letter(&t, ':', ':') || !number(&t, 2, 0, 60, &second) || !fraction(&t, &us) ||
        !offset(&t, &ahead) || t.at != t.end)
        return false;

    const int64_t minutes = (days_since_1970(year, month, day) * 24 + hour) * 60 + minute - ahead;
    const int64_t whole = (minutes * 60 + second) * SECOND_US + us;

    if (whole < 0 || whole > LAST_US)
        return false;
    *out_us = whole;
    return true;
}

/* Over the zeros that end there: printf would take longer than all the rest of an answer. */
static void put_digits(char *end, int value)
{
    for (; value > 0; value /= 10)
        *--end = (char)('0' + value % 10);
}

void instant_write(int64_t us, char out[INSTANT_SIZE])
{
    assert(us >= 0 && us <= LAST_US);

    const int64_t ms = us / 1000;
    const int64_t day_ms = 24LL * 3600 * 1000;
    const int of_day = (int)(ms % day_ms);
    /* civil_from_days of the same source; all counts are positive here. */
    const int64_t days = ms / day_ms + EPOCH_SHIFT;
    const int64_t era = days / ERA_DAYS;
    const int of_era = (int)(days - era * ERA_DAYS);
    const int era_year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int of_year = of_era - (365 * era_year + era_year / 4 - era_year / 100);
    const int shifted = (5 * of_year + 2) / 153; /* months since March */
    const int month = shifted < 10 ? shifted + 3 : shifted - 9;
    const int day = of_year - (153 * shifted + 2) / 5 + 1;
    const int year = era_year + (int)era * ERA_YEARS + (month <= 2);

    memcpy(out, "0000-00-00T00:00:00.000Z", INSTANT_SIZE);
    put_digits(out + 4, year);
    put_digits(out + 7, month);
    put_digits(out + 10, day);
    put_digits(out + 13, of_day / 3600000);
    put_digits(out + 16, of_day / 60000 % 60);
    put_digits(out + 19, of_day / 1000 % 60);
    put_digits(out + 23, of_day % 1000);
}

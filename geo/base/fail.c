/* The failure value: see the header for what it promises. */
#include "geo/base/fail.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const WORDS[CODE_COUNT] = { [CODE_NONE] = "none",
#define FAIL_WORD(name, word) [CODE_##name] = (word),
                                               FAIL_CODES(FAIL_WORD)
#undef FAIL_WORD
};

/* A text cut inside a character would make the whole answer invalid UTF-8. */
static void end_at_whole_character(char *text, size_t length)
{
    size_t start = length;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    const unsigned char lead = (unsigned char)text[start - 1];
    const size_t promised = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;

    if (length - (start - 1) < promised)
        text[start - 1] = '\0';
}

__attribute__((format(printf, 3, 0))) static void put_formatted(char *field, size_t room,
                                                                const char *format, va_list args)
{
    const int wanted = vsnprintf(field, room, format, args);

    if (wanted >= 0 && (size_t)wanted >= room)
        end_at_whole_character(field, room - 1);
}

static void put(char *field, size_t room, const char *text)
{
    const size_t length = strnlen(text, room);

    if (length < room) {
        memcpy(field, text, length + 1);
        return;
    }
    memcpy(field, text, room - 1);
    field[room - 1] = '\0';
    end_at_whole_character(field, room - 1);
}

bool fail_record(struct fail *f, enum fail_kind kind, enum fail_code code, const char *format, ...)
{
    va_list args;

    f->kind = kind;
    f->code = code;
    f->pointer[0] = f->value[0] = f->allowed[0] = '\0';
    va_start(args, format);
    put_formatted(f->text, sizeof f->text, format, args);
    va_end(args);
    return false;
}

void fail_keep_pointer(struct fail *f, const char *pointer)
{
    put(f->pointer, sizeof f->pointer, pointer);
}

void fail_keep_value(struct fail *f, const char *value)
{
    put(f->value, sizeof f->value, value);
}

bool fail_keep_allowed(struct fail *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put_formatted(f->allowed, sizeof f->allowed, format, args);
    va_end(args);
    return false;
}

const char *fail_word(enum fail_code code)
{
    return WORDS[code];
}

/* The failure value: see the header for what it promises. */
#include "geo/base/fail.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "geo/base/utf8.h"

static const char *const WORDS[CODE_COUNT] = { [CODE_NONE] = "none",
#define FAIL_WORD(name, word) [CODE_##name] = (word),
                                               FAIL_CODES(FAIL_WORD)
#undef FAIL_WORD
};

/* Copies what fits, whole characters only. Texts come from outside, cut anywhere:
 * bytes that are no UTF-8 are left out, and a control character, which could
 * drive the reader's terminal, becomes a blank. */
static void put(char *field, size_t room, const char *text)
{
    size_t left = strlen(text);
    size_t size = 0;

    while (left > 0) {
        const size_t length = utf8_character(text, left);

        if (size + length >= room)
            break;
        if (length == 1)
            field[size] = (unsigned char)*text < 0x20 || *text == 0x7F ? ' ' : *text;
        else
            memcpy(field + size, text, length);
        size += length;
        text += length > 0 ? length : 1;
        left -= length > 0 ? length : 1;
    }
    field[size] = '\0';
}

/* By way of a copy, because the arguments may be fields of the failure itself:
 * "in line 4: %s" with the text it had. */
__attribute__((format(printf, 3, 0))) static void put_formatted(char *field, size_t room,
                                                                const char *format, va_list args)
{
    char copy[2 * sizeof(struct fail)];

    if (vsnprintf(copy, sizeof copy, format, args) < 0)
        copy[0] = '\0';
    put(field, room, copy);
}

/* The same for a text that is a field itself. */
static void put_text(char *field, size_t room, const char *text)
{
    if (text != field)
        put(field, room, text);
}

bool fail_record(struct fail *f, enum fail_kind kind, enum fail_code code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put_formatted(f->text, sizeof f->text, format, args);
    va_end(args);
    f->kind = kind;
    f->code = code;
    f->pointer[0] = f->value[0] = f->allowed[0] = '\0';
    return false;
}

void fail_keep_pointer(struct fail *f, const char *pointer)
{
    put_text(f->pointer, sizeof f->pointer, pointer);
}

void fail_keep_value(struct fail *f, const char *value)
{
    put_text(f->value, sizeof f->value, value);
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
    assert(code < CODE_COUNT);
    return WORDS[code];
}

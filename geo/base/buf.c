/* Growth doubles, so that writing n bytes costs n copies at the most. */
#include "geo/base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/pages.h"

enum { FIRST_ROOM = 256 };

void buf_free(struct buf *b)
{
    free(b->bytes);
    *b = (struct buf){ 0 };
}

void buf_clear(struct buf *b)
{
    b->size = 0;
}

/* Apart from what is done for every byte, which is so little that it is done in place. */
__attribute__((noinline)) static void grow(struct buf *b, size_t more)
{
    size_t room = b->room > 0 ? b->room : FIRST_ROOM;

    while (room - b->size < more && room < SIZE_MAX / 4)
        room *= 2;
    char *bytes = room - b->size >= more ? realloc(b->bytes, room) : NULL;

    if (!bytes) {
        fprintf(stderr, "out of memory: a buffer of %zu and %zu bytes\n", b->size, more);
        abort();
    }
    b->bytes = pages_large(bytes, room);
    b->room = room;
}

char *buf_reserve(struct buf *b, size_t more)
{
    if (!b->bytes || more > b->room - b->size)
        grow(b, more);
    return b->bytes + b->size;
}

bool buf_zeroed(struct buf *b, size_t bytes)
{
    if (b->size >= bytes)
        return false;
    buf_reserve(b, bytes - b->size);
    memset(b->bytes + b->size, 0, bytes - b->size);
    b->size = bytes;
    return true;
}

void buf_put(struct buf *b, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    memcpy(buf_reserve(b, length), bytes, length);
    b->size += length;
}

void buf_byte(struct buf *b, unsigned char byte)
{
    *buf_reserve(b, 1) = (char)byte;
    b->size++;
}

void buf_string(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void buf_format(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int length = vsnprintf(NULL, 0, format, args);

    va_end(args);
    if (length <= 0)
        return;
    char *end = buf_reserve(b, (size_t)length + 1);

    va_start(args, format);
    vsnprintf(end, (size_t)length + 1, format, args);
    va_end(args);
    b->size += (size_t)length;
}

const char *buf_text(struct buf *b)
{
    *buf_reserve(b, 1) = '\0';
    return b->bytes;
}

#ifndef GEO_BASE_BUF_H
#define GEO_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that grow at the end. Start with `struct buf b = { 0 };` and end with
 * buf_free(&b). Running out of memory ends the process, as with arenas; what
 * writes into it from outside must check its own limit first. */
struct buf {
    char *bytes; /* NULL while empty; not terminated unless buf_text is called */
    size_t size;
    size_t room;
};

/* Gives the memory back and leaves an empty buf. */
void buf_free(struct buf *b);

/* Forgets the content and keeps the room. */
void buf_clear(struct buf *b);

/* Room for `more` bytes at the end (a place that exists even for 0), which the caller writes and
 * then counts by adding to `size`. Valid until the next call on this buf. */
char *buf_reserve(struct buf *b, size_t more);

/* At least so many bytes, those that are new 0; true when any is. */
bool buf_zeroed(struct buf *b, size_t bytes);

/* What is put in must not stand in the buf itself: the buf may move. */
void buf_put(struct buf *b, const void *bytes, size_t length);
void buf_byte(struct buf *b, unsigned char byte);
void buf_string(struct buf *b, const char *text);
__attribute__((format(printf, 2, 3))) void buf_format(struct buf *b, const char *format, ...);

/* The content as a terminated string, owned by the buf. */
const char *buf_text(struct buf *b);

#endif

#ifndef TESTS_SUPPORT_EAR_H
#define TESTS_SUPPORT_EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A client that asks once and hears an answer that may never end. */
struct ear {
    int fd;
    char *text; /* all that was heard so far, the head first, chunks joined */
    size_t size, room;
    char *raw; /* what was read and is not yet taken apart */
    size_t raw_size;
    bool head_over, over; /* over: the last chunk has come */
};

/* GET of a target at a port of this machine; `header` is whole lines, or "". The
 * socket takes in `receive_bytes`, or as many as it likes when that is 0. */
struct ear ear_open(int port, const char *token, const char *target, const char *header,
                    int receive_bytes);
void ear_close(struct ear *ear);

/* Listens until the text was heard; false when it was not in time. */
bool ear_hears(struct ear *ear, const char *text, int64_t within_ms);
/* Listens until the answer has ended; false when it does not in time. */
bool ear_ends(struct ear *ear, int64_t within_ms);

#endif

#include "engine/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "engine/clock.h"
#include "geo/base/emit.h"
#include "geo/instant.h"

static const char *const LEVELS[] = { "debug", "info", "warning", "error" };
static _Atomic int least = LOG_INFO;

enum { DECIMALS = 3 };

void log_from(enum log_level level)
{
    least = (int)level;
}

/* One write a line keeps lines of several threads apart (they are far below the
 * size that a pipe writes in one piece). A log that nobody takes is lost. */
static void put(const struct buf *line)
{
    for (size_t at = 0; at < line->size;) {
        const ssize_t n = write(STDERR_FILENO, line->bytes + at, line->size - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        at += (size_t)n;
    }
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t field_count)
{
    char now[INSTANT_SIZE];
    struct buf line = { 0 };
    struct emit e = emit_to(&line);

    if ((int)level < least)
        return;
    instant_write(clock_wall_us(), now);
    emit_object(&e);
    emit_key_text(&e, "time", now);
    emit_key_text(&e, "level", LEVELS[level]);
    emit_key_text(&e, "event", event);
    for (size_t i = 0; i < field_count; i++) {
        switch (fields[i].kind) {
        case LOG_FIELD_TEXT:
            emit_key_text(&e, fields[i].key, fields[i].text);
            break;
        case LOG_FIELD_INT:
            emit_key_int(&e, fields[i].key, fields[i].integer);
            break;
        case LOG_FIELD_NUMBER:
            emit_key_number(&e, fields[i].key, fields[i].number, DECIMALS);
            break;
        }
    }
    emit_end(&e);
    buf_byte(&line, '\n');
    put(&line);
    buf_free(&line);
}

#ifndef ENGINE_LOG_H
#define ENGINE_LOG_H

#include <stddef.h>
#include <stdint.h>

/* One line of JSON on stderr for each event: {"time":…, "level":…, "event":…,
 * then the fields in order}. Ids, never names; no bodies, no tokens. Any thread
 * may log; a line is written whole. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *key;
    enum { LOG_FIELD_TEXT, LOG_FIELD_INT, LOG_FIELD_NUMBER } kind;
    const char *text;
    int64_t integer;
    double number;
};

static inline struct log_field log_text(const char *key, const char *text)
{
    return (struct log_field){ .key = key, .kind = LOG_FIELD_TEXT, .text = text };
}

static inline struct log_field log_int(const char *key, int64_t value)
{
    return (struct log_field){ .key = key, .kind = LOG_FIELD_INT, .integer = value };
}

static inline struct log_field log_number(const char *key, double value)
{
    return (struct log_field){ .key = key, .kind = LOG_FIELD_NUMBER, .number = value };
}

/* log_line(LOG_INFO, "listening", log_text("address", "127.0.0.1"), log_int("port", 8080));
 * needs at least one field. */
#define log_line(level, event, ...)                                                                \
    log_write((level), (event), (const struct log_field[]){ __VA_ARGS__ },                         \
              sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t field_count);

/* Lines below this level are left out; LOG_INFO at first. */
void log_from(enum log_level level);

#endif

#ifndef API_LINES_H
#define API_LINES_H

#include <stdint.h>

/* The open connections and until when each must have moved on. A thread of its
 * own cuts those that are late: libmicrohttpd's time limit begins anew with every
 * byte, so that a sender of one byte a second would be served for ever. */
struct lines;
struct line;

struct lines *lines_open(void);
void lines_close(struct lines *lines);

/* A connection came; `fd` stays open until lines_drop. */
struct line *lines_add(struct lines *lines, int fd, int64_t deadline_us);
/* To be called before `fd` is closed: afterwards the number may be a stranger's. */
void lines_drop(struct lines *lines, struct line *line);

/* By the steady clock; 0 means no deadline. NULL is no line. Any thread. */
void lines_set(struct line *line, int64_t deadline_us);
/* The same, and as much later as so many bytes may take: who is slower is cut. */
void lines_allow(struct line *line, int64_t until_us, int64_t bytes);

#endif

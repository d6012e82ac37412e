#ifndef ENGINE_CLOSURE_BOOK_H
#define ENGINE_CLOSURE_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/world.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/pace.h"

/* What is closed or slowed in the streets of one world, as the database has it, and the
 * hour; and the one place where this becomes costs. One thread at a time. */
struct closure_book;

/* `zone` is the city's time zone and must outlive it. */
struct closure_book *closure_book_new(const char *zone);
void closure_book_free(struct closure_book *b);

/* What one look has found. */
struct closure_book_look {
    int64_t now_us;        /* of the database's clock, by which time is told */
    int64_t next_us;       /* when by that clock something begins or ends by itself */
    int32_t changed_count; /* costs that are different now, all modes together */
    bool is_news;          /* something is in force that was not, or the other way round */
};

/* Reads what is in force and brings the costs of the world's traffic to it; its labels are
 * the caller's to bring after it. Closures whose streets are known are not read again, so
 * a look at nothing new costs three small queries. Also tells listeners of windows that
 * have opened or passed. */
bool closure_book_bring(struct closure_book *b, struct db *db, const struct world *w,
                        struct closure_book_look *look, struct fail *f);

/* A closure in force and its streets, each once. */
struct closure_book_one {
    int64_t closure_id;
    uint32_t modes; /* bits 1 << mode */
    int32_t factor; /* thousandths; 0 with the next: closed */
    int32_t speed_mh;
    int64_t starts_us, ends_us; /* 0: until it is lifted */
    int32_t segment_count;
    const int32_t *segments; /* of the world's network, ascending */
};

/* Those in force at the last look, by id, in the arena; their streets, too. */
int32_t closure_book_list(const struct closure_book *b, struct arena *a,
                          const struct closure_book_one **out);

#endif

#ifndef ENGINE_CREWS_H
#define ENGINE_CREWS_H

#include <stdbool.h>

#include "engine/db.h"
#include "engine/live.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/fixes.h"

/* Crews that drive along as moving eyes: what a taxi's terminal says of its fare, with
 * each position, becomes what is known of the taxi when it is news. So thousands of
 * positions an hour cost the few changes that there are. */

/* Whether any taxi on duty, that the sender sees, says other than what is known; of an
 * older position than its last nothing is learnt. Asks memory alone. */
bool crews_has_news(struct live *l, const struct sight *sight, const struct fixes *fixes);

/* Writes it, each taxi in a transaction of its own, and tells `l`. Whoever is no taxi,
 * off duty or out of the connection's scope by now is passed over. */
bool crews_note(struct db *db, struct live *l, const struct sight *sight, const struct fixes *fixes,
                struct arena *a, struct fail *f);

#endif

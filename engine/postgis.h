#ifndef ENGINE_POSTGIS_H
#define ENGINE_POSTGIS_H

#include <stdbool.h>

#include "geo/base/fail.h"

/* Whether a server will do: PostgreSQL 14 or newer with PostGIS 3.1 or newer.
 * `server` is as libpq counts (150020 for 15.20); `postgis` is the version that
 * the database has or could have, "" for none. */
bool postgis_check(int server, const char *postgis, struct fail *f);

#endif

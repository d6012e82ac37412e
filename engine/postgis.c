/* PostGIS 3.1 brought the fast ST_AsMVT; PostgreSQL 14 is the oldest release that
 * is still cared for. */
#include "engine/postgis.h"

#include <stdlib.h>

enum { SERVER_MAJOR_MIN = 14, SERVER_MAJOR = 10000, POSTGIS_MAJOR_MIN = 3, POSTGIS_MINOR_MIN = 1 };

static bool read_version(const char *text, long *major, long *minor)
{
    char *end;

    *major = strtol(text, &end, 10);
    if (end == text || *end != '.')
        return false;
    text = end + 1;
    *minor = strtol(text, &end, 10);
    return end != text;
}

bool postgis_check(int server, const char *postgis, struct fail *f)
{
    const int server_major = server / SERVER_MAJOR;
    long major;
    long minor;

    if (server_major < SERVER_MAJOR_MIN)
        return fail_set(f, FAIL_BROKEN, POSTGRESQL_OLD,
                        "the server is PostgreSQL %d: %d or newer is needed", server_major,
                        SERVER_MAJOR_MIN);
    if (postgis[0] == '\0')
        return fail_set(f, FAIL_BROKEN, POSTGIS_MISSING,
                        "the database server has no PostGIS: install postgresql-%d-postgis-3 there",
                        server_major);
    if (!read_version(postgis, &major, &minor) || major < POSTGIS_MAJOR_MIN ||
        (major == POSTGIS_MAJOR_MIN && minor < POSTGIS_MINOR_MIN))
        return fail_set(f, FAIL_BROKEN, POSTGIS_OLD,
                        "the database server has PostGIS %.20s: %d.%d or newer is needed", postgis,
                        POSTGIS_MAJOR_MIN, POSTGIS_MINOR_MIN);
    return true;
}

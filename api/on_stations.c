/* What registrar.h does, for service stations. */
#include "api/handlers.h"

#include "api/registrar.h"
#include "api/registrar_import.h"

bool on_stations_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_STATIONS, out, f);
}

bool on_stations_get(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_get(r, REGISTRY_STATIONS, out, f);
}

bool on_stations_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_STATIONS, out, f);
}

bool on_stations_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_STATIONS, out, f);
}

bool on_stations_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_STATIONS, out, f);
}

bool on_stations_import(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_import(r, REGISTRY_STATIONS, out, f);
}

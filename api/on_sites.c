/* What registrar.h does, for the sites of firms. */
#include "api/handlers.h"

#include "api/registrar.h"
#include "api/registrar_import.h"

bool on_sites_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_SITES, out, f);
}

bool on_sites_get(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_get(r, REGISTRY_SITES, out, f);
}

bool on_sites_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_SITES, out, f);
}

bool on_sites_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_SITES, out, f);
}

bool on_sites_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_SITES, out, f);
}

bool on_sites_import(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_import(r, REGISTRY_SITES, out, f);
}

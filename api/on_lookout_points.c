/* What registrar.h does, for lookout points. */
#include "api/handlers.h"

#include "api/registrar.h"
#include "api/registrar_import.h"

bool on_lookout_points_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_LOOKOUT_POINTS, out, f);
}

bool on_lookout_points_get(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_get(r, REGISTRY_LOOKOUT_POINTS, out, f);
}

bool on_lookout_points_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_LOOKOUT_POINTS, out, f);
}

bool on_lookout_points_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_LOOKOUT_POINTS, out, f);
}

bool on_lookout_points_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_LOOKOUT_POINTS, out, f);
}

bool on_lookout_points_import(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_import(r, REGISTRY_LOOKOUT_POINTS, out, f);
}

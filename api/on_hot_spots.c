/* What registrar.h does, for hot spots. */
#include "api/handlers.h"

#include "api/registrar.h"

bool on_hot_spots_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_HOT_SPOTS, out, f);
}

bool on_hot_spots_get(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_get(r, REGISTRY_HOT_SPOTS, out, f);
}

bool on_hot_spots_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_HOT_SPOTS, out, f);
}

bool on_hot_spots_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_HOT_SPOTS, out, f);
}

bool on_hot_spots_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_HOT_SPOTS, out, f);
}

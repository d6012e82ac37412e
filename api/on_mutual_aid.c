/* What registrar.h does, for rules of mutual aid. */
#include "api/handlers.h"

#include "api/registrar.h"

bool on_mutual_aid_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_MUTUAL_AID, out, f);
}

bool on_mutual_aid_get(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_get(r, REGISTRY_MUTUAL_AID, out, f);
}

bool on_mutual_aid_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_MUTUAL_AID, out, f);
}

bool on_mutual_aid_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_MUTUAL_AID, out, f);
}

bool on_mutual_aid_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_MUTUAL_AID, out, f);
}

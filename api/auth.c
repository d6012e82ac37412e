#include "api/auth.h"

#include "api/endpoints.h"

bool auth_check(const struct request *r, struct caller *out, struct fail *f)
{
    *out = (struct caller){ 0 };
    if (r->endpoint->roles == 0 || (r->endpoint->open_here && r->from_this_machine))
        return true;
    return fail_set(f, FAIL_INPUT, NOT_SIGNED_IN, "this needs a token or a session");
}

/* What the machinery around the service asks: is it alive, is it ready, what
 * does it count, what can it do. */
#include "api/handlers.h"

bool on_healthz(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    (void)f;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_text(e, "status", "alive");
    emit_key_text(e, "version", VIGIL_VERSION);
    emit_end(e);
    return true;
}

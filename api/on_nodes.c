/* The nodes as this one knows them, from memory: asked for most when something is wrong. */
#include "api/handlers.h"

#include "engine/engine.h"
#include "engine/nodes.h"
#include "geo/instant.h"

enum { SECONDS_DECIMALS = 3 };

static void write_instant(struct emit *e, const char *key, int64_t us)
{
    char text[INSTANT_SIZE];

    if (us)
        instant_write(us, text);
    emit_key_text(e, key, us ? text : NULL);
}

static const char *state_of(const struct nodes_one *one)
{
    return one->is_silent ? "silent" : one->stale_since_us ? "stale" : "in_step";
}

/* The hash is a text: its 64 bits do not fit a number in JSON. */
static void write_one(struct emit *e, const struct nodes_one *one, struct arena *a)
{
    emit_object(e);
    emit_key_int(e, "node_id", one->node_id);
    emit_key_text(e, "name", one->name);
    emit_key_text(e, "version", one->version);
    emit_key_bool(e, "self", one->is_self);
    emit_key_text(e, "state", state_of(one));
    write_instant(e, "started_at", one->started_us);
    emit_key_number(e, "silence_s", (double)one->silence_us / 1e6, SECONDS_DECIMALS);
    emit_key_text(e, "index_hash", arena_text(a, "%016llx", (unsigned long long)one->index_hash));
    emit_key_int(e, "placed_count", one->placed_count);
    emit_key_number(e, "lag_s", (double)one->lag_us / 1e6, SECONDS_DECIMALS);
    emit_key_int(e, "resync_count", one->resync_count);
    write_instant(e, "stale_since", one->stale_since_us);
    emit_end(e);
}

bool on_nodes_list(const struct request *r, struct reply *out, struct fail *f)
{
    const struct nodes_one *all;
    const int32_t count = nodes_list(engine_nodes(r->engine), r->arena, &all);
    struct emit *e = reply_json(out, REPLY_OK);

    (void)f;
    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_one(e, &all[i], r->arena);
    emit_end(e);
    emit_key(e, "next");
    emit_null(e);
    emit_end(e);
    return true;
}

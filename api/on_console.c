/* The console's pages. */
#include "api/handlers.h"

#include "api/assets.h"
#include "api/fresh.h"

static const char NO_DEVICES[] = "geolocation=(), camera=(), microphone=()";

static void write_caching(struct reply *out, const struct asset *asset, const char *permissions)
{
    reply_header(out, "Cache-Control",
                 asset->versioned ? "public, max-age=31536000, immutable" : "no-cache");
    reply_etag(out, asset->tag);
    reply_header(out, "Permissions-Policy", permissions);
}

static bool write_page(const struct request *r, const char *name, const char *permissions,
                       struct reply *out, struct fail *f)
{
    const struct asset *asset = assets_find(name);

    if (!asset) {
        fail_set(f, FAIL_MISSING, NOT_FOUND, "the console has no file %.80s", name);
        return fail_value(f, name);
    }
    if (fresh_copy(r, asset->tag))
        reply_empty(out, REPLY_NOT_MODIFIED);
    else
        buf_put(reply_bytes(out, REPLY_OK, asset->type), asset->bytes, asset->size);
    write_caching(out, asset, permissions);
    return true;
}

static bool write_file(const struct request *r, const char *name, struct reply *out, struct fail *f)
{
    return write_page(r, name, NO_DEVICES, out, f);
}

bool on_console_home(const struct request *r, struct reply *out, struct fail *f)
{
    return write_file(r, "index.html", out, f);
}

bool on_console_enter(const struct request *r, struct reply *out, struct fail *f)
{
    return write_file(r, "enter.html", out, f);
}

bool on_console_enrol(const struct request *r, struct reply *out, struct fail *f)
{
    return write_file(r, "enrol.html", out, f);
}

bool on_console_me(const struct request *r, struct reply *out, struct fail *f)
{
    return write_page(r, "me.html", "geolocation=(self), camera=(), microphone=()", out, f);
}

bool on_console_file(const struct request *r, struct reply *out, struct fail *f)
{
    return write_file(r, request_param(r, "file"), out, f);
}

bool on_console_folder_file(const struct request *r, struct reply *out, struct fail *f)
{
    return write_file(
        r, arena_text(r->arena, "%s/%s", request_param(r, "folder"), request_param(r, "file")), out,
        f);
}

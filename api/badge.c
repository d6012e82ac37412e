#include "api/badge.h"

#include <string.h>
#include <strings.h>

#include "api/endpoints.h"
#include "api/gate.h"
#include "engine/engine.h"
#include "engine/keyring.h"
#include "engine/secret.h"
#include "geo/osmand.h"

enum { BASIC_MAX = 512 /* bytes of name and password together */ };

/* ------------------------------------------------------------------ how it is shown */

/* What follows a scheme in the header Authorization, or NULL. */
static const char *credentials(const struct request *r, const char *scheme)
{
    const char *header = request_header(r, "Authorization");
    const size_t size = strlen(scheme);

    return header && strncasecmp(header, scheme, size) == 0 && header[size] == ' '
               ? header + size + 1
               : NULL;
}

static void keep(const char *text, size_t size, char out[DEVICES_SECRET_SIZE])
{
    const size_t kept = size < DEVICES_SECRET_SIZE ? size : 0;

    memcpy(out, text, kept);
    out[kept] = '\0';
}

static bool shown_as_bearer(const struct request *r, char out[DEVICES_SECRET_SIZE])
{
    const char *text = credentials(r, "Bearer");

    if (!text || !devices_is_secret(text))
        return false;
    keep(text, strlen(text), out);
    return true;
}

void badge_password(const char *credentials, char out[DEVICES_SECRET_SIZE])
{
    char pair[BASIC_MAX];
    size_t size = 0;

    out[0] = '\0';
    if (secret_base64(credentials, pair, sizeof pair, &size)) {
        const char *colon = memchr(pair, ':', size);

        if (colon)
            keep(colon + 1, size - (size_t)(colon + 1 - pair), out);
    }
    secret_wipe(pair, sizeof pair);
}

static bool shown_as_password(const struct request *r, char out[DEVICES_SECRET_SIZE])
{
    const char *text = credentials(r, "Basic");

    if (text)
        badge_password(text, out);
    return text != NULL;
}

bool badge_has_json(const struct request *r)
{
    return r->body_size > 0 && r->body[strspn(r->body, " \t\r\n")] == '{';
}

bool badge_pairs(const struct request *r, const struct osmand_pair **out, int32_t *count,
                 struct fail *f)
{
    const struct gate_pass *pass = r->parts->pass;

    if (pass->query_count == 0 && r->body_size > 0) {
        struct gate_pass *form = arena_take(r->arena, 1, sizeof *form);

        if (!gate_queries(r->body, r->body_size, r->arena, form, f)) {
            const char *why = strstr(f->text, ": ");

            why = arena_text(r->arena, "%s", why ? why : "");
            return fail_set(f, FAIL_INPUT, FORM_MALFORMED, "the form cannot be read%s", why);
        }
        pass = form;
    }
    struct osmand_pair *pairs = arena_take(r->arena, (size_t)pass->query_count + 1, sizeof *pairs);

    for (int32_t i = 0; i < pass->query_count; i++)
        pairs[i] = (struct osmand_pair){ pass->queries[i].name, pass->queries[i].value };
    *out = pairs;
    *count = pass->query_count;
    return true;
}

static bool shown_as_id(const struct request *r, char out[DEVICES_SECRET_SIZE])
{
    const char *token = request_header(r, "Authorization");
    const struct osmand_pair *pairs;
    char id[OSMAND_ID_SIZE];
    struct fail unused;
    int32_t count;

    if (token && token[0])
        return false;
    if (!(badge_has_json(r) && osmand_id_json(r->arena, r->body, r->body_size, id)) &&
        !(badge_pairs(r, &pairs, &count, &unused) && osmand_id(pairs, count, id)))
        return false;
    keep(id, strlen(id), out);
    return true;
}

bool badge_shown(const struct request *r, char out[DEVICES_SECRET_SIZE])
{
    switch (r->endpoint->device_by) {
    case ENDPOINTS_NO_DEVICE:
        return false;
    case ENDPOINTS_BEARER:
        return shown_as_bearer(r, out);
    case ENDPOINTS_ID:
        return shown_as_id(r, out);
    case ENDPOINTS_BASIC:
        return shown_as_password(r, out);
    }
    return false;
}

/* ------------------------------------------------------------------ what it opens */

bool badge_check(const struct request *r, const char *secret, struct caller *out, struct fail *f)
{
    unsigned char hash[DEVICES_HASH_BYTES];
    struct keyring_device device;

    if (!r->engine || !devices_hash(secret, hash) ||
        !keyring_find(engine_keyring(r->engine), hash, &device))
        return fail_set(f, FAIL_INPUT, TOKEN_INVALID, "the secret of the device is not valid");
    *out = (struct caller){ .role = ROLE_DEVICE,
                            .org_id = device.org_id,
                            .person_id = device.person_id,
                            .device = device };
    return true;
}

bool badge_speaks(const struct request *r, enum devices_format format, struct fail *f)
{
    const struct keyring_device *device = &r->caller.device;

    if (device->device_id != 0 && device->format == format)
        return true;
    if (device->device_id == 0) {
        fail_set(f, FAIL_INPUT, DEVICE_FORMAT,
                 "only a device that was enrolled for %s may post here, with its own secret",
                 DEVICES_FORMAT_WORDS[format]);
    } else {
        fail_set(f, FAIL_INPUT, DEVICE_FORMAT, "device %lld was enrolled for %s",
                 (long long)device->device_id, DEVICES_FORMAT_WORDS[device->format]);
        fail_value(f, DEVICES_FORMAT_WORDS[device->format]);
    }
    return fail_allowed(f, "%s", DEVICES_FORMAT_WORDS[format]);
}

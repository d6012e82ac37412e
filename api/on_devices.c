/* Devices: which phone or terminal says where someone is, in which format and frame.
 * The secret that lets one in is told once and kept nowhere; a repeated request hears
 * all but the secret. */
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "api/staff.h"
#include "engine/audit.h"
#include "engine/cursor.h"
#include "engine/devices.h"
#include "engine/engine.h"
#include "engine/idempotency.h"
#include "engine/ids.h"
#include "engine/keyring.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };
static const int64_t ID_MAX = INT64_C(9007199254740991);

/* ------------------------------------------------------------------ writing */

/* The keys of a device into an object that is open. */
static void write_keys(struct emit *e, const struct devices_one *d)
{
    emit_key_int(e, "device_id", d->device_id);
    emit_key_int(e, "version", d->version);
    emit_key_int(e, "org_id", d->org_id);
    emit_key_int(e, "person_id", d->person_id);
    emit_key_text(e, "name", d->name);
    emit_key_text(e, "format", DEVICES_FORMAT_WORDS[d->format]);
    emit_key_text(e, "frame", frame_word(d->frame));
    emit_key_text(e, "valid_from", d->valid_from);
    emit_key_text(e, "rotated_at", d->rotated_at);
}

static void write_one(struct emit *e, const struct devices_one *d)
{
    emit_object(e);
    write_keys(e, d);
    emit_end(e);
}

static void tag(const struct request *r, const struct devices_one *d, struct reply *out)
{
    reply_etag(out, arena_text(r->arena, "%lld", (long long)d->version));
}

/* ------------------------------------------------------------------ list, get */

bool on_devices_list(const struct request *r, struct reply *out, struct fail *f)
{
    const char *cursor = request_query(r, "cursor"), *next = NULL;
    struct devices_wish wish = { 0 };
    struct devices_one *devices;
    struct db *db;
    int64_t limit;
    int32_t count;

    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, f) ||
        !request_query_int(r, "person_id", 1, ID_MAX, 0, &wish.person_id, f) ||
        !request_db(r, &db, f))
        return false;
    const char *list = arena_text(r->arena, "/v1/devices?of=%lld&person_id=%lld",
                                  (long long)r->caller.org_id, (long long)wish.person_id);

    if (cursor && !cursor_read(db, list, cursor, r->arena, &wish.after_id, f))
        return false;
    wish.limit = limit + 1; /* one more than asked for says whether there is a next page */
    if (!devices_list(db, &wish, r->arena, &devices, &count, f))
        return false;
    if (count > limit) {
        count = (int32_t)limit;
        if (!cursor_make(db, list, devices[count - 1].device_id, r->arena, &next, f))
            return false;
    }
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_one(e, &devices[i]);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
    return true;
}

/* The device of the path. */
static bool find(const struct request *r, struct db **db, struct devices_one *d, struct fail *f)
{
    int64_t id;

    return request_param_id(r, "device_id", &id, f) && request_db(r, db, f) &&
           devices_get(*db, id, r->arena, d, f);
}

bool on_devices_get(const struct request *r, struct reply *out, struct fail *f)
{
    struct devices_one d;
    struct db *db;

    if (!find(r, &db, &d, f))
        return false;
    write_one(reply_json(out, REPLY_OK), &d);
    tag(r, &d, out);
    return true;
}

/* ------------------------------------------------------------------ reading */

enum { PERSON, NAME, FORMAT, FRAME, KEYS };

/* A merge patch needs none of them, and does not give a device to somebody else. */
static bool read_body(const struct request *r, bool is_new, struct devices_one *d, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [PERSON] = { "person_id", true, NULL },
        [NAME] = { "name", is_new, NULL },
        [FORMAT] = { "format", is_new, NULL },
        [FRAME] = { "frame", is_new, NULL },
    };
    const int32_t from = is_new ? PERSON : NAME;
    const struct input *body;
    int32_t format = (int32_t)d->format;

    if (!request_json(r, &body, f) || !input_keys(body, keys + from, KEYS - from, f) ||
        (is_new && !input_int(keys[PERSON].value, 1, ID_MAX, &d->person_id, f)) ||
        (keys[NAME].value && !input_text(keys[NAME].value, DEVICES_NAME_MAX, &d->name, f)) ||
        (keys[FORMAT].value &&
         !input_word(keys[FORMAT].value, DEVICES_FORMAT_WORDS, DEVICES_FORMATS, &format, f)) ||
        (keys[FRAME].value && !frame_read_word(keys[FRAME].value, &d->frame, f)))
        return false;
    d->format = (enum devices_format)format;
    return true;
}

static bool record(const struct request *r, struct db *db, const struct devices_one *d,
                   const char *action, const char *purpose, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = d->org_id,
        .action = action,
        .subject = arena_text(r->arena, "device %lld", (long long)d->device_id),
        .purpose = purpose,
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"person_id\":%lld,\"format\":\"%s\",\"frame\":\"%s\"}",
                             (long long)d->person_id, DEVICES_FORMAT_WORDS[d->format],
                             frame_word(d->frame)),
    };

    return audit_add(db, &entry, f);
}

/* This process lets it in, or no more, from now on; others follow the database. */
static void make_known(const struct request *r, const struct devices_one *d,
                       const unsigned char *hash)
{
    const struct keyring_device known = { .device_id = d->device_id,
                                          .person_id = d->person_id,
                                          .org_id = d->org_id,
                                          .format = d->format,
                                          .frame = d->frame };

    keyring_put(engine_keyring(r->engine), hash, &known);
}

/* ------------------------------------------------------------------ a secret, told once */

/* What makes one: a new device, or an old one that gets another. */
struct minting {
    struct devices_one device;
    bool is_new;
    const char *purpose;              /* why an old one gets another */
    char secret[DEVICES_SECRET_SIZE]; /* "" when it was told before */
    unsigned char hash[DEVICES_HASH_BYTES];
};

static bool carry_out(const struct request *r, struct db *db, struct minting *m, struct fail *f)
{
    struct devices_one *d = &m->device;

    devices_secret(m->secret, m->hash);
    if (m->is_new)
        return ids_take(engine_ids(r->engine), db, &d->device_id, f) &&
               devices_add(db, d, m->hash, r->arena, f) &&
               record(r, db, d, "device_enrolled", NULL, f);
    return devices_rotate(db, d, m->hash, r->arena, f) &&
           record(r, db, d, "device_rotated", m->purpose, f);
}

/* The answer that is kept for a repeat ends before the secret. */
static bool make(const struct request *r, struct db *db, struct minting *m,
                 struct idempotency_answer *kept, struct buf *bytes, struct fail *f)
{
    struct emit e = emit_to(bytes);

    if (!carry_out(r, db, m, f))
        return false;
    emit_object(&e);
    write_keys(&e, &m->device);
    emit_key_text(&e, "secret", NULL);
    emit_end(&e);
    kept->location = arena_text(r->arena, "/v1/devices/%lld", (long long)m->device.device_id);
    kept->bytes = bytes->bytes;
    kept->size = bytes->size;
    return true;
}

static void give(const struct idempotency_answer *kept, const char *secret, struct reply *out)
{
    static const char NULL_END[] = "null}";
    struct emit *e = reply_json(out, (enum reply_status)kept->status);
    const size_t head = kept->size - (sizeof NULL_END - 1);

    emit_raw(e, kept->bytes, secret[0] ? head : kept->size);
    reply_header(out, "Location", kept->location);
    if (!secret[0])
        return;
    buf_byte(&out->body, '"');
    buf_put(&out->body, secret, strlen(secret));
    buf_put(&out->body, "\"}", 2);
}

static bool mint(const struct request *r, struct db *db, struct minting *m, struct reply *out,
                 struct fail *f)
{
    const struct idempotency_ask ask = { .token_id = r->caller.token_id,
                                         .key = request_header(r, "Idempotency-Key"),
                                         .what = arena_text(r->arena, "POST %s", r->path),
                                         .body = r->body,
                                         .body_size = r->body_size };
    struct idempotency_answer kept = { .status = REPLY_CREATED, .type = "application/json" };
    struct buf bytes = { 0 };
    bool again = false;

    if (!idempotency_begin(db, &ask, r->arena, &again, &kept, f))
        return false;
    const bool good =
        again || (make(r, db, m, &kept, &bytes, f) && idempotency_finish(db, &ask, &kept, f));

    if (good && !again)
        make_known(r, &m->device, m->hash);
    if (good)
        give(&kept, again ? "" : m->secret, out);
    else
        db_rollback(db);
    buf_free(&bytes);
    return good;
}

bool on_devices_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct minting m = { .is_new = true };
    struct db *db;

    return read_body(r, true, &m.device, f) && request_db(r, &db, f) && mint(r, db, &m, out, f);
}

bool on_devices_rotate(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key key = { "purpose", true, NULL };
    struct minting m = { .is_new = false };
    const struct input *body;
    struct db *db;

    return request_json(r, &body, f) && input_keys(body, &key, 1, f) &&
           input_text(key.value, AUDIT_PURPOSE_MAX, &m.purpose, f) && find(r, &db, &m.device, f) &&
           mint(r, db, &m, out, f);
}

/* ------------------------------------------------------------------ change, close */

bool on_devices_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct devices_one d;
    struct db *db;
    int64_t version;

    if (!registrar_version(r, true, &version, f) || !find(r, &db, &d, f) ||
        !read_body(r, false, &d, f) || !db_begin(db, f))
        return false;
    d.version = version;
    if (!devices_change(db, &d, r->arena, f) || !record(r, db, &d, "device_changed", NULL, f) ||
        !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    make_known(r, &d, NULL);
    write_one(reply_json(out, REPLY_OK), &d);
    tag(r, &d, out);
    return true;
}

bool on_devices_close(const struct request *r, struct reply *out, struct fail *f)
{
    struct devices_one d;
    struct db *db;
    int64_t version;

    if (!registrar_version(r, false, &version, f) || !find(r, &db, &d, f) || !db_begin(db, f))
        return false;
    d.version = version;
    if (!devices_close(db, &d, r->arena, f) || !record(r, db, &d, "device_closed", NULL, f) ||
        !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    keyring_drop(engine_keyring(r->engine), d.device_id);
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

/* Reading and writing vigil.device, and the secrets it keeps the hashes of. */
#include "engine/devices.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/secret.h"

const char *const DEVICES_FORMAT_WORDS[DEVICES_FORMATS] = { "json", "packed", "osmand",
                                                            "owntracks" };

static const char PREFIX[] = "vgd_";

bool devices_format_of(const char *word, enum devices_format *out)
{
    for (int i = 0; i < DEVICES_FORMATS; i++) {
        if (strcmp(DEVICES_FORMAT_WORDS[i], word) == 0) {
            *out = (enum devices_format)i;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ secrets */

void devices_secret(char text[DEVICES_SECRET_SIZE], unsigned char hash[DEVICES_HASH_BYTES])
{
    const size_t skipped = sizeof PREFIX - 1;
    unsigned char bytes[DEVICES_SECRET_BYTES];

    secret_random(bytes, sizeof bytes);
    memcpy(text, PREFIX, skipped);
    secret_text(bytes, sizeof bytes, text + skipped, DEVICES_SECRET_SIZE - skipped);
    secret_hash(bytes, sizeof bytes, hash);
    secret_wipe(bytes, sizeof bytes);
}

bool devices_is_secret(const char *text)
{
    return strncmp(text, PREFIX, sizeof PREFIX - 1) == 0;
}

bool devices_hash(const char *text, unsigned char hash[DEVICES_HASH_BYTES])
{
    unsigned char bytes[DEVICES_SECRET_BYTES];

    if (!devices_is_secret(text) || strlen(text) >= DEVICES_SECRET_SIZE ||
        !secret_bytes(text + sizeof PREFIX - 1, bytes, sizeof bytes))
        return false;
    secret_hash(bytes, sizeof bytes, hash);
    secret_wipe(bytes, sizeof bytes);
    return true;
}

/* ------------------------------------------------------------------ rows */

static struct devices_one read_row(const struct db_rows *rows, int32_t i)
{
    struct devices_one d = {
        .device_id = db_get_int(rows, i, 0),
        .version = db_get_int(rows, i, 1),
        .org_id = db_get_int(rows, i, 2),
        .person_id = db_get_int(rows, i, 3),
        .name = db_get_text(rows, i, 4),
        .valid_from = db_get_text(rows, i, 7),
        .rotated_at = db_get_text(rows, i, 8),
    };
    struct fail unused;
    const bool is_known = devices_format_of(db_get_text(rows, i, 5), &d.format) &&
                          frame_from_word(db_get_text(rows, i, 6), &d.frame, &unused);

    assert(is_known);
    (void)is_known;
    return d;
}

bool devices_get(struct db *db, int64_t device_id, struct arena *a, struct devices_one *out,
                 struct fail *f)
{
    const struct db_value value = db_int(device_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DEVICE_GET, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, DEVICE_UNKNOWN, "there is no device %lld",
                        (long long)device_id);
    *out = read_row(rows, 0);
    return true;
}

bool devices_list(struct db *db, const struct devices_wish *wish, struct arena *a,
                  struct devices_one **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(wish->after_id), db_int(wish->limit),
                                       db_int(wish->person_id) };
    const struct db_rows *rows;

    assert(wish->limit <= DEVICES_LIST_MAX);
    if (!db_run(db, QUERIES_DEVICE_LIST, values, 3, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = read_row(rows, i);
    return true;
}

bool devices_add(struct db *db, struct devices_one *d, const unsigned char *hash, struct arena *a,
                 struct fail *f)
{
    const struct db_value values[] = {
        db_int(d->device_id),
        db_int(d->person_id),
        db_text(d->name),
        db_text(DEVICES_FORMAT_WORDS[d->format]),
        db_text(frame_word(d->frame)),
        db_bytes(hash, DEVICES_HASH_BYTES),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DEVICE_ADD, values, 6, a, &rows, f))
        return false;
    if (db_changed(rows) == 1)
        return devices_get(db, d->device_id, a, d, f);
    fail_set(f, FAIL_INPUT, PERSON_UNKNOWN, "there is no person %lld", (long long)d->person_id);
    fail_at(f, "/person_id");
    return fail_value(f, arena_text(a, "%lld", (long long)d->person_id));
}

/* Nothing was written: it is gone, or somebody was quicker. */
static bool refused(struct db *db, const struct devices_one *d, struct arena *a, struct fail *f)
{
    struct devices_one now;

    return devices_get(db, d->device_id, a, &now, f) &&
           fail_set(f, FAIL_CONFLICT, VERSION_STALE, "device %lld is no longer at version %lld",
                    (long long)d->device_id, (long long)d->version);
}

bool devices_change(struct db *db, struct devices_one *d, struct arena *a, struct fail *f)
{
    const struct db_value values[] = {
        db_int(d->device_id),          db_text(d->name),   db_text(DEVICES_FORMAT_WORDS[d->format]),
        db_text(frame_word(d->frame)), db_int(d->version),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DEVICE_CHANGE, values, 5, a, &rows, f))
        return false;
    return db_changed(rows) == 1 ? devices_get(db, d->device_id, a, d, f) : refused(db, d, a, f);
}

bool devices_rotate(struct db *db, struct devices_one *d, const unsigned char *hash,
                    struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(d->device_id), db_bytes(hash, DEVICES_HASH_BYTES) };

    return db_run(db, QUERIES_DEVICE_ROTATE, values, 2, a, NULL, f) &&
           devices_get(db, d->device_id, a, d, f);
}

bool devices_close(struct db *db, const struct devices_one *d, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(d->device_id), db_int(d->version) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DEVICE_CLOSE, values, 2, a, &rows, f))
        return false;
    return db_changed(rows) == 1 || refused(db, d, a, f);
}

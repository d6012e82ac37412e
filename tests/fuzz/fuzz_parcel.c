/* A record of a spool under any bytes: refused, or the same again when it is written. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/parcel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fixes(const uint8_t *data, size_t size, struct arena *a)
{
    struct fail f = { 0 };
    struct parcel_fixes fixes = { .count = -1 };
    struct parcel_fixes again;
    struct buf out = { 0 };
    int32_t known = 0;

    if (!parcel_get_fixes(data, size, a, &fixes, &f)) {
        assert(f.code == CODE_PARCEL_MALFORMED && fixes.count == -1);
        return;
    }
    parcel_put_fixes(&out, &fixes);
    for (int32_t i = 0; i < fixes.count; i++)
        known += fixes.fixes[i].person_id != 0;
    assert(parcel_get_fixes(out.bytes, out.size, a, &again, &f));
    assert(again.count == known && again.maybe_written == fixes.maybe_written);
    assert(known < fixes.count ||
           (out.size == size && memcmp(out.bytes + 1, data + 1, size - 1) == 0));
    buf_free(&out);
}

static void check_incident(const uint8_t *data, size_t size, struct arena *a)
{
    struct fail f = { 0 };
    struct parcel_incident incident;
    struct parcel_incident again;
    struct buf out = { 0 };
    struct buf twice = { 0 };

    if (!parcel_get_incident(data, size, a, &incident, &f)) {
        assert(f.code == CODE_PARCEL_MALFORMED);
        return;
    }
    parcel_put_incident(&out, &incident);
    assert(parcel_get_incident(out.bytes, out.size, a, &again, &f));
    assert(strcmp(again.key, incident.key) == 0);
    parcel_put_incident(&twice, &again);
    assert(twice.size == out.size && memcmp(twice.bytes, out.bytes, out.size) == 0);
    buf_free(&twice);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();

    check_fixes(data, size, a);
    check_incident(data, size, a);
    arena_free(a);
    return 0;
}

#include "engine/parcel.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <string.h>

/* ---- writing */

static void put_u32(struct buf *out, uint32_t value)
{
    value = htole32(value);
    buf_put(out, &value, sizeof value);
}

static void put_i64(struct buf *out, int64_t value)
{
    const uint64_t bits = htole64((uint64_t)value);

    buf_put(out, &bits, sizeof bits);
}

static void put_double(struct buf *out, double value)
{
    int64_t bits;

    memcpy(&bits, &value, sizeof bits);
    put_i64(out, bits);
}

static void put_bytes(struct buf *out, const void *bytes, size_t size)
{
    assert(size <= PARCEL_TEXT_MAX);
    put_u32(out, (uint32_t)size);
    if (size > 0)
        buf_put(out, bytes, size);
}

/* NULL is told from an empty text. */
static void put_text(struct buf *out, const char *text)
{
    buf_byte(out, text != NULL);
    put_bytes(out, text, text ? strlen(text) : 0);
}

void parcel_put_fixes(struct buf *out, const struct parcel_fixes *fixes)
{
    uint32_t count = 0;

    for (int32_t i = 0; i < fixes->count; i++)
        count += fixes->fixes[i].person_id != 0;
    assert(count <= PARCEL_FIXES_MAX);
    buf_byte(out, fixes->maybe_written);
    put_u32(out, count);
    for (int32_t i = 0; i < fixes->count; i++) {
        const struct live_fix *fix = &fixes->fixes[i];

        if (fix->person_id == 0)
            continue;
        put_i64(out, fix->person_id);
        put_u32(out, (uint32_t)fix->at.lon);
        put_u32(out, (uint32_t)fix->at.lat);
        put_u32(out, (uint32_t)fix->accuracy_dm);
        put_u32(out, (uint32_t)fix->speed_cms);
        put_i64(out, fix->fix_us);
        put_i64(out, fix->received_us);
        put_u32(out, fix->flags);
    }
}

void parcel_put_incident(struct buf *out, const struct parcel_incident *p)
{
    const struct incidents_incident *i = &p->incident;

    put_i64(out, p->received_us);
    put_u32(out, (uint32_t)p->who.kind);
    put_i64(out, p->who.token_id);
    put_i64(out, p->who.org_id);
    put_i64(out, p->who.person_id);
    put_text(out, p->who.request_id);
    put_i64(out, i->incident_id);
    put_u32(out, (uint32_t)i->priority);
    put_double(out, i->place.lon);
    put_double(out, i->place.lat);
    put_text(out, i->type);
    put_text(out, i->address);
    put_text(out, i->note);
    put_bytes(out, i->phone, i->phone ? i->phone_size : 0);
    put_text(out, p->key);
    buf_put(out, p->asked, sizeof p->asked);
    put_u32(out, (uint32_t)p->answer.status);
    put_text(out, p->answer.type);
    put_text(out, p->answer.location);
    put_bytes(out, p->answer.bytes, p->answer.size);
}

/* ---- reading */

struct reader {
    const unsigned char *at;
    size_t left;
    bool is_bad;
};

static const void *take(struct reader *r, size_t size)
{
    const void *at = r->at;

    if (r->is_bad || size > r->left) {
        r->is_bad = true;
        return NULL;
    }
    r->at += size;
    r->left -= size;
    return at;
}

static uint32_t get_u32(struct reader *r)
{
    const void *at = take(r, sizeof(uint32_t));
    uint32_t value = 0;

    if (at)
        memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static int64_t get_i64(struct reader *r)
{
    const void *at = take(r, sizeof(uint64_t));
    uint64_t value = 0;

    if (at)
        memcpy(&value, at, sizeof value);
    return (int64_t)le64toh(value);
}

static double get_double(struct reader *r)
{
    const int64_t bits = get_i64(r);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static unsigned char get_byte(struct reader *r)
{
    const unsigned char *at = take(r, 1);

    return at ? *at : 0;
}

static const void *get_bytes(struct reader *r, struct arena *a, size_t *size)
{
    *size = get_u32(r);
    r->is_bad |= *size > PARCEL_TEXT_MAX;
    const void *at = take(r, *size);

    return at ? arena_copy(a, at, *size) : NULL;
}

static const char *get_text(struct reader *r, struct arena *a)
{
    const bool is_there = get_byte(r) != 0;
    size_t size;
    const char *text = get_bytes(r, a, &size);

    if (!text || !is_there)
        return NULL;
    r->is_bad |= strlen(text) != size;
    return text;
}

static bool end(const struct reader *r, struct fail *f)
{
    if (!r->is_bad && r->left == 0)
        return true;
    return fail_set(f, FAIL_BROKEN, PARCEL_MALFORMED, "a record of the spool cannot be read");
}

static void get_fix(struct reader *r, struct live_fix *out)
{
    *out = (struct live_fix){ .person_id = get_i64(r) };
    out->at.lon = (int32_t)get_u32(r);
    out->at.lat = (int32_t)get_u32(r);
    out->accuracy_dm = (int32_t)get_u32(r);
    out->speed_cms = (int32_t)get_u32(r);
    out->fix_us = get_i64(r);
    out->received_us = get_i64(r);
    out->flags = get_u32(r);
}

bool parcel_get_fixes(const void *bytes, size_t size, struct arena *a, struct parcel_fixes *out,
                      struct fail *f)
{
    struct reader r = { bytes, size, false };
    const bool maybe_written = get_byte(&r) != 0;
    const uint32_t count = get_u32(&r);

    r.is_bad |= count > PARCEL_FIXES_MAX;
    struct live_fix *fixes = arena_take(a, r.is_bad ? 1 : count + 1, sizeof *fixes);

    for (uint32_t i = 0; i < count && !r.is_bad; i++)
        get_fix(&r, &fixes[i]);
    if (!end(&r, f))
        return false;
    *out = (struct parcel_fixes){ fixes, (int32_t)count, maybe_written };
    return true;
}

bool parcel_get_incident(const void *bytes, size_t size, struct arena *a,
                         struct parcel_incident *out, struct fail *f)
{
    struct reader r = { bytes, size, false };
    struct parcel_incident p = { .received_us = get_i64(&r) };
    struct incidents_incident *i = &p.incident;
    const uint32_t kind = get_u32(&r);
    const void *asked;

    r.is_bad |= kind > INCIDENTS_TIMER;
    p.who.kind = r.is_bad ? INCIDENTS_STAFF : kind;
    p.who.token_id = get_i64(&r);
    p.who.org_id = get_i64(&r);
    p.who.person_id = get_i64(&r);
    p.who.request_id = get_text(&r, a);
    i->incident_id = get_i64(&r);
    i->priority = (int32_t)get_u32(&r);
    i->place.lon = get_double(&r);
    i->place.lat = get_double(&r);
    i->type = get_text(&r, a);
    i->address = get_text(&r, a);
    i->note = get_text(&r, a);
    i->phone = get_bytes(&r, a, &i->phone_size);
    i->phone = i->phone_size > 0 ? i->phone : NULL;
    p.key = get_text(&r, a);
    asked = take(&r, sizeof p.asked);
    if (asked)
        memcpy(p.asked, asked, sizeof p.asked);
    p.answer.status = (int32_t)get_u32(&r);
    p.answer.type = get_text(&r, a);
    p.answer.location = get_text(&r, a);
    p.answer.bytes = get_bytes(&r, a, &p.answer.size);
    r.is_bad |= !i->type || !i->address || !i->note || !p.key || !p.answer.type ||
                !isfinite(i->place.lon) || !isfinite(i->place.lat);
    if (!end(&r, f))
        return false;
    *out = p;
    return true;
}

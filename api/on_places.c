/* Reads what was typed, and from where. */
#include "api/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "api/registrar.h"
#include "api/registrar_json.h"
#include "engine/places.h"

enum { LIMIT_DEFAULT = 10, METRES_DECIMALS = 0 };

static bool fail_near(const char *text, struct fail *f)
{
    fail_set(f, FAIL_INPUT, NEAR_MALFORMED, "near must be longitude,latitude: %.60s", text);
    fail_allowed(f, "two numbers with a comma between them, in the frame that frame= names");
    fail_at(f, "/near");
    return fail_value(f, text);
}

/* strtod takes blanks, hexadecimal and names of infinity: only what a decimal
 * number has may come. */
static bool read_number(const char **at, char end, double *out)
{
    const size_t length = strspn(*at, "+-.0123456789eE");
    char *stop;

    *out = strtod(*at, &stop);
    if (length == 0 || stop != *at + length || *stop != end)
        return false;
    *at = stop + 1;
    return true;
}

static bool read_near(const struct request *r, struct places_wish *wish, struct fail *f)
{
    const char *text = request_query(r, "near");
    const char *at = text;
    enum frame frame;

    if (!text)
        return true;
    if (!frame_from_word(request_query(r, "frame"), &frame, f))
        return fail_at(f, "/frame");
    if (!read_number(&at, ',', &wish->here.lon) || !read_number(&at, '\0', &wish->here.lat))
        return fail_near(text, f);
    if (!frame_to_wgs84(frame, wish->here, &wish->here, f))
        return fail_at(f, "/near");
    wish->nearby = true;
    return true;
}

static bool read_wish(const struct request *r, struct places_wish *wish, struct fail *f)
{
    int64_t limit;

    *wish = (struct places_wish){ .typed = request_query(r, "q") };
    if (!wish->typed || strspn(wish->typed, " \t") == strlen(wish->typed)) {
        fail_set(f, FAIL_INPUT, VALUE_EMPTY, "q, the name to look for, must not be empty");
        fail_allowed(f, "1 to %d bytes", PLACES_TYPED_MAX);
        return fail_at(f, "/q");
    }
    if (strlen(wish->typed) > PLACES_TYPED_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "q must have 1 to %d bytes: %.60s",
                 PLACES_TYPED_MAX, wish->typed);
        fail_allowed(f, "1 to %d bytes", PLACES_TYPED_MAX);
        return fail_at(f, "/q");
    }
    if (!request_query_int(r, "limit", 1, PLACES_FOUND_MAX, LIMIT_DEFAULT, &limit, f))
        return false;
    wish->limit = (int32_t)limit;
    return read_near(r, wish, f);
}

static void write_found(struct emit *e, const struct places_found *found, enum frame frame,
                        bool nearby)
{
    emit_object(e);
    emit_key_text(e, "kind", found->kind);
    emit_key_text(e, "name", found->name);
    if (found->code)
        emit_key_text(e, "code", found->code);
    if (found->id != 0)
        emit_key_int(e, "id", found->id);
    emit_key(e, "place");
    registrar_json_place(e, found->place, frame);
    if (nearby)
        emit_key_number(e, "distance_m", found->distance_m, METRES_DECIMALS);
    emit_end(e);
}

bool on_places_search(const struct request *r, struct reply *out, struct fail *f)
{
    struct places_wish wish;
    struct places_found *found;
    enum frame frame;
    struct db *db;
    int32_t count;

    if (!registrar_frame(r, &frame, f) || !read_wish(r, &wish, f) || !request_db(r, &db, f) ||
        !places_search(db, &wish, r->arena, &found, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        if (!frame_from_wgs84(frame, found[i].place, &found[i].place, f))
            return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_found(e, &found[i], frame, wish.nearby);
    emit_end(e);
    emit_end(e);
    return true;
}

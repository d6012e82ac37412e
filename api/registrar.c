/* One handler of each kind for three nouns. Whatever can fail is done before the
 * first byte of an answer is written. */
#include "api/registrar.h"

#include <stdlib.h>
#include <string.h>

#include "api/endpoints.h"
#include "api/registrar_json.h"
#include "api/registrar_refs.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/grids.h"
#include "engine/idempotency.h"
#include "geo/base/buf.h"
#include "geo/shape.h"

enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100, TYPED_MAX = 200, BOX_STEPS = 2 };

static const char GEOJSON[] = "application/geo+json";
static const char JSON[] = "application/json";

/* ---- what the request says beside its body */

bool registrar_frame(const struct request *r, enum frame *out, struct fail *f)
{
    const char *word = request_query(r, "frame");

    *out = FRAME_WGS84;
    return !word || frame_from_word(word, out, f);
}

bool registrar_flag(const struct request *r, const char *name, bool *out, struct fail *f)
{
    const char *word = request_query(r, name);

    *out = word && strcmp(word, "true") == 0;
    if (!word || *out || strcmp(word, "false") == 0)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s must be true or false: %.40s", name, word);
    fail_allowed(f, "true, false");
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, word);
}

/* Whether GeoJSON is asked for: by ?format= or else by the Accept header. */
static bool read_format(const struct request *r, bool *geojson, struct fail *f)
{
    const char *format = request_query(r, "format");
    const char *accept = request_header(r, "Accept");

    *geojson = format ? strcmp(format, "geojson") == 0 : accept && strstr(accept, GEOJSON);
    if (!format || *geojson || strcmp(format, "json") == 0)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "format must be json or geojson: %.40s", format);
    fail_allowed(f, "json, geojson");
    fail_at(f, "/format");
    return fail_value(f, format);
}

/* A box in another frame is not a box in WGS 84: what holds its corners, the
 * middles of its edges and its middle comes within metres of it. */
static bool read_box(const struct request *r, struct registry_filter *filter, struct fail *f)
{
    const char *text = request_query(r, "bbox");
    enum frame frame;
    struct box box;

    if (!text)
        return true;
    if (!frame_from_word(request_query(r, "frame"), &frame, f))
        return fail_at(f, "/frame");
    if (!box_parse(text, &box, f))
        return fail_at(f, "/bbox");
    filter->boxed = true;
    filter->box = box_empty();
    for (int32_t i = 0; i <= BOX_STEPS; i++) {
        for (int32_t j = 0; j <= BOX_STEPS; j++) {
            struct point p = {
                .lon = box.min.lon + (box.max.lon - box.min.lon) * i / BOX_STEPS,
                .lat = box.min.lat + (box.max.lat - box.min.lat) * j / BOX_STEPS,
            };

            if (!frame_to_wgs84(frame, p, &p, f))
                return fail_at(f, "/bbox");
            filter->box = box_with(filter->box, p);
        }
    }
    return true;
}

static bool check_typed(const char *typed, struct fail *f)
{
    const size_t length = typed ? strlen(typed) : 1;

    if (length > 0 && length <= TYPED_MAX)
        return true;
    if (length == 0)
        fail_set(f, FAIL_INPUT, VALUE_EMPTY, "q must not be empty");
    else
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "q must have 1 to %d bytes: %.60s", TYPED_MAX,
                 typed);
    fail_allowed(f, "1 to %d bytes", TYPED_MAX);
    fail_at(f, "/q");
    return fail_value(f, typed);
}

static const int64_t ID_MAX = (INT64_C(1) << 53) - 1;

/* Of whom and what: ?org=, and where the noun has them ?kind= and ?parent=. */
static bool read_whose(const struct request *r, const struct registry_kind *kind,
                       struct registry_filter *filter, struct fail *f)
{
    const int32_t at = kind->by_kind ? registry_field_find(kind, "kind") : -1;

    if (!registrar_refs_narrow(r, filter, f) ||
        (kind->by_parent && !request_query_int(r, "parent", 1, ID_MAX, 0, &filter->parent_id, f)))
        return false;
    filter->kind = at >= 0 ? request_query(r, "kind") : NULL;
    if (!filter->kind)
        return true;
    const struct registry_field *field = &kind->fields[at];
    const char *allowed = "";

    for (int32_t i = 0; i < field->word_count; i++) {
        if (strcmp(filter->kind, field->words[i]) == 0)
            return true;
        allowed = arena_text(r->arena, "%s%s%s", allowed, i ? ", " : "", field->words[i]);
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "no %s is of kind %.40s", kind->noun, filter->kind);
    fail_allowed(f, "%s", allowed);
    fail_at(f, "/kind");
    return fail_value(f, filter->kind);
}

struct wanted {
    enum frame frame;
    bool geojson;
    struct registry_filter filter;
    const char *list; /* what the cursor is sealed with */
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* Parameters of a list of nouns that have a shape. */
static bool read_shaped(const struct request *r, struct wanted *w, struct fail *f)
{
    return registrar_frame(r, &w->frame, f) && read_format(r, &w->geojson, f) &&
           read_box(r, &w->filter, f);
}

static bool read_wanted(const struct request *r, enum registry_noun noun, struct db *db,
                        struct wanted *w, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(noun);
    const bool shaped = kind->shape != REGISTRY_NONE;
    const char *cursor = request_query(r, "cursor");
    const char *typed = kind->coded ? request_query(r, "q") : NULL;
    int64_t limit;

    *w = (struct wanted){ .frame = FRAME_WGS84 };
    if ((shaped && !read_shaped(r, w, f)) || !check_typed(typed, f) ||
        !read_whose(r, kind, &w->filter, f) ||
        !request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, f))
        return false;
    w->filter.containing = typed;
    w->filter.limit = (int32_t)limit;
    w->list =
        arena_text(r->arena, "%s?q=%s&frame=%s&bbox=%s&org=%lld&kind=%s&parent=%lld", kind->path,
                   or_empty(typed), w->filter.boxed ? frame_word(w->frame) : "",
                   w->filter.boxed ? request_query(r, "bbox") : "", (long long)w->filter.org_id,
                   or_empty(w->filter.kind), (long long)w->filter.parent_id);
    return !cursor || cursor_read(db, w->list, cursor, r->arena, &w->filter.after_id, f);
}

/* ---- list and get */

static void write_page(struct reply *out, enum registry_noun noun, const struct wanted *w,
                       const struct registry_page *page, const char *next)
{
    struct emit *e = reply_json_as(out, REPLY_OK, w->geojson ? GEOJSON : JSON);

    emit_object(e);
    if (w->geojson) {
        emit_key_text(e, "type", "FeatureCollection");
        emit_key_text(e, "frame", frame_word(w->frame));
    }
    emit_key(e, w->geojson ? "features" : "items");
    emit_array(e);
    for (int32_t i = 0; i < page->count; i++) {
        if (w->geojson) {
            registrar_json_feature(e, noun, &page->items[i]);
        } else {
            registrar_json_write(e, noun, &page->items[i], w->frame);
            emit_end(e);
        }
    }
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

bool registrar_list(const struct request *r, enum registry_noun noun, struct reply *out,
                    struct fail *f)
{
    struct db *db;
    struct wanted w;
    struct registry_page page;
    const char *next = NULL;

    if (!request_db(r, &db, f) || !read_wanted(r, noun, db, &w, f) ||
        !registry_list(db, noun, &w.filter, r->arena, &page, f))
        return false;
    if (page.more && !cursor_make(db, w.list, page.items[page.count - 1].id, r->arena, &next, f))
        return false;
    if (!registrar_json_turn(page.items, page.count, w.frame, r->arena, f))
        return false;
    write_page(out, noun, &w, &page, next);
    return true;
}

static bool frame_of_answer(const struct request *r, enum registry_noun noun, enum frame *out,
                            struct fail *f)
{
    *out = FRAME_WGS84;
    return registry_kind(noun)->shape == REGISTRY_NONE || registrar_frame(r, out, f);
}

static void tag(struct reply *out, const struct request *r, int64_t version)
{
    reply_etag(out, arena_text(r->arena, "%lld", (long long)version));
}

static bool reply_item(const struct request *r, enum registry_noun noun, struct registry_item *item,
                       struct reply *out, struct fail *f)
{
    enum frame frame;

    if (!frame_of_answer(r, noun, &frame, f) || !registrar_json_turn(item, 1, frame, r->arena, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    registrar_json_write(e, noun, item, frame);
    emit_end(e);
    tag(out, r, item->version);
    return true;
}

bool registrar_get(const struct request *r, enum registry_noun noun, struct reply *out,
                   struct fail *f)
{
    struct db *db;
    struct registry_item item;
    int64_t id;

    return request_param_id(r, registry_kind(noun)->id_name, &id, f) && request_db(r, &db, f) &&
           registrar_refs_get(r, db, noun, id, &item, f) && reply_item(r, noun, &item, out, f);
}

/* ---- once */

void registrar_replay(const struct idempotency_answer *answer, struct reply *out)
{
    struct buf *bytes = reply_bytes(out, (enum reply_status)answer->status, JSON);

    buf_put(bytes, answer->bytes, answer->size);
    if (answer->location) {
        reply_header(out, "Location", answer->location);
        reply_etag(out, "1"); /* what was created had its first version */
    }
}

/* An endpoint without coordinates takes no frame. */
static const char *frame_asked(const struct request *r)
{
    const char *queries = r->endpoint->queries;

    return queries && strstr(queries, "frame") ? or_empty(request_query(r, "frame")) : "";
}

struct idempotency_ask registrar_ask(const struct request *r)
{
    return (struct idempotency_ask){
        .token_id = r->caller.token_id,
        .key = request_header(r, "Idempotency-Key"),
        .what = arena_text(r->arena, "%s %s?frame=%s", r->method, r->path, frame_asked(r)),
        .body = r->body,
        .body_size = r->body_size,
    };
}

bool registrar_once(const struct request *r, struct reply *out,
                    bool (*make)(void *self, struct db *db, struct emit *e, const char **location,
                                 struct fail *f),
                    void *self, struct fail *f)
{
    const struct idempotency_ask ask = registrar_ask(r);
    struct idempotency_answer answer = { .status = r->endpoint->success, .type = JSON };
    struct buf bytes = { 0 };
    struct emit e = emit_to(&bytes);
    struct db *db;
    bool again;

    if (!idempotency_check(ask.key, f) || !request_db(r, &db, f) ||
        !idempotency_begin(db, &ask, r->arena, &again, &answer, f))
        return false;
    if (!again && !make(self, db, &e, &answer.location, f)) {
        db_rollback(db);
        buf_free(&bytes);
        return false;
    }
    if (!again) {
        answer.bytes = bytes.bytes;
        answer.size = bytes.size;
    }
    const bool ok = again || idempotency_finish(db, &ask, &answer, f);

    if (ok)
        registrar_replay(&answer, out);
    buf_free(&bytes);
    return ok;
}

/* ---- create */

bool registrar_turn_failure(struct fail *f, enum frame frame, struct arena *a, struct point *where)
{
    const char *reason = strstr(f->text, ": ");
    const char *pointer = arena_text(a, "%s", f->pointer);
    struct fail unused;
    char *end;

    if (f->code != CODE_SHAPE_INVALID)
        return false;
    where->lon = strtod(f->value, &end);
    if (*end != ',')
        return false;
    where->lat = strtod(end + 1, NULL);
    if (!frame_from_wgs84(frame, *where, where, &unused))
        return false;
    reason = arena_text(a, "%s", reason ? reason : "");
    fail_set(f, FAIL_INPUT, SHAPE_INVALID, "the shape is not valid at %.7f, %.7f%s", where->lon,
             where->lat, reason);
    fail_value(f, arena_text(a, "%.7f,%.7f", where->lon, where->lat));
    fail_at(f, pointer);
    return true;
}

void registrar_write_repair(struct emit *e, const struct figure *area, enum frame frame,
                            struct arena *a)
{
    struct fail unused;
    struct figure repaired;

    if (!shape_repair(shape_take(a), area, &repaired, &unused) || repaired.point_count == 0 ||
        !figure_from_wgs84(a, frame, &repaired, &repaired, &unused))
        return;
    emit_key(e, "repaired");
    registrar_json_figure(e, &repaired, frame);
}

bool registrar_offer_repair(const struct request *r, const struct figure *area, enum frame frame,
                            struct reply *out, struct fail *f)
{
    struct point where;

    if (!registrar_turn_failure(f, frame, r->arena, &where))
        return false;
    struct emit *e = reply_problem(out, 0, f);

    emit_key(e, "where");
    registrar_json_place(e, where, frame);
    registrar_write_repair(e, area, frame, r->arena);
    emit_end(e);
    return true;
}

/* The frame that the area of a body declares; it was read before. */
static enum frame frame_of_body(const struct input *body)
{
    const struct input *area = input_get(body, "area");
    enum frame frame = FRAME_WGS84;
    struct fail unused;

    if (area)
        frame_read_word(input_get(area, "frame"), &frame, &unused);
    return frame;
}

/* The item as it is written, with its times, in the frame of the answer. */
static bool write_made(struct db *db, enum registry_noun noun, int64_t id, enum frame frame,
                       struct arena *a, struct emit *e, struct fail *f)
{
    struct registry_item item;
    struct grids_overlaps overlaps;

    if (!registry_get(db, noun, id, a, &item, f) ||
        (noun == REGISTRY_GRIDS && !grids_find_overlaps(db, &item, 1, false, a, &overlaps, f)) ||
        !registrar_json_turn(&item, 1, frame, a, f))
        return false;
    registrar_json_write(e, noun, &item, frame);
    if (noun == REGISTRY_GRIDS)
        registrar_json_overlaps(e, &overlaps);
    emit_end(e);
    return true;
}

struct creation {
    const struct request *r;
    enum registry_noun noun;
    enum frame frame;
    struct registry_item *item;
};

static bool create(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    const struct creation *c = self;
    struct arena *a = c->r->arena;
    struct registry_taken taken;

    if (!registry_begin_writing(db, c->noun, f) ||
        !registrar_refs_check(c->r, db, c->noun, c->item, f) ||
        !registry_find_taken(db, c->noun, c->item, 1, a, &taken, f))
        return false;
    if (taken.count > 0)
        return registry_fail_taken(c->noun, c->item, taken.id[0], f);
    if (!registry_add(db, engine_ids(c->r->engine), c->noun, c->item, 1, f) ||
        !registrar_refs_record(c->r, db, c->noun, c->item, "created", f) ||
        !write_made(db, c->noun, c->item->id, c->frame, a, e, f))
        return false;
    *location = arena_text(a, "%s/%lld", registry_kind(c->noun)->path, (long long)c->item->id);
    return true;
}

bool registrar_create(const struct request *r, enum registry_noun noun, struct reply *out,
                      struct fail *f)
{
    struct registry_item item;
    struct creation creation = { .r = r, .noun = noun, .item = &item };
    const struct input *body;

    if (!frame_of_answer(r, noun, &creation.frame, f) || !request_json(r, &body, f) ||
        !registrar_json_read(noun, body, r->arena, &item, f))
        return false;
    registrar_refs_fill(r, noun, &item);
    if (!registry_check(noun, &item, shape_take(r->arena), f))
        return registrar_offer_repair(r, &item.figure, frame_of_body(body), out, f);
    if (!registrar_once(r, out, create, &creation, f))
        return false;
    registrar_refs_follow(r, noun);
    return true;
}

/* ---- change and close */

bool registrar_version(const struct request *r, bool required, int64_t *out, struct fail *f)
{
    const char *match = request_header(r, "If-Match");
    char *end;

    *out = 0;
    if (!match && !required)
        return true;
    if (!match) {
        fail_set(f, FAIL_INPUT, VERSION_MISSING, "a change needs the header If-Match");
        return fail_allowed(f, "the ETag of the last answer");
    }
    if (strcmp(match, "*") == 0)
        return true;
    *out = match[0] == '"' && match[1] >= '1' && match[1] <= '9' ? strtoll(match + 1, &end, 10) : 0;
    if (*out > 0 && strcmp(end, "\"") == 0)
        return true;
    fail_set(f, FAIL_INPUT, VERSION_MALFORMED, "this If-Match cannot be read: %.40s", match);
    fail_allowed(f, "one ETag as an answer gave it, like \"3\", or *");
    return fail_value(f, match);
}

static bool change(const struct request *r, enum registry_noun noun, struct db *db,
                   struct registry_item *item, struct emit *e, struct fail *f)
{
    enum frame frame;

    if (!frame_of_answer(r, noun, &frame, f) || !db_begin(db, f))
        return false;
    if (registry_begin_writing(db, noun, f) && registrar_refs_check(r, db, noun, item, f) &&
        registry_change(db, noun, item, r->arena, f) &&
        registrar_refs_record(r, db, noun, item, "changed", f) &&
        write_made(db, noun, item->id, frame, r->arena, e, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

bool registrar_change(const struct request *r, enum registry_noun noun, struct reply *out,
                      struct fail *f)
{
    struct registry_item item;
    const struct input *body;
    struct buf bytes = { 0 };
    struct emit e = emit_to(&bytes);
    struct db *db;
    int64_t id, version;

    if (!request_param_id(r, registry_kind(noun)->id_name, &id, f) ||
        !registrar_version(r, true, &version, f) || !request_json(r, &body, f) ||
        !request_db(r, &db, f) || !registrar_refs_get(r, db, noun, id, &item, f))
        return false;
    if (version != 0)
        item.version = version;
    if (!registrar_json_patch(noun, body, r->arena, &item, f))
        return false;
    if (!registry_check(noun, &item, shape_take(r->arena), f))
        return registrar_offer_repair(r, &item.figure, frame_of_body(body), out, f);
    const bool ok = change(r, noun, db, &item, &e, f);

    if (ok) {
        buf_put(reply_bytes(out, REPLY_OK, JSON), bytes.bytes, bytes.size);
        tag(out, r, item.version);
        registrar_refs_follow(r, noun);
    }
    buf_free(&bytes);
    return ok;
}

bool registrar_close(const struct request *r, enum registry_noun noun, struct reply *out,
                     struct fail *f)
{
    struct registry_item item;
    struct db *db;
    int64_t id, version;

    if (!request_param_id(r, registry_kind(noun)->id_name, &id, f) ||
        !registrar_version(r, false, &version, f) || !request_db(r, &db, f) ||
        !registrar_refs_get(r, db, noun, id, &item, f) || !db_begin(db, f))
        return false;
    if (!registry_begin_writing(db, noun, f) ||
        !registry_close(db, noun, id, version, r->arena, f) ||
        !registrar_refs_may_close(r, db, noun, id, f) ||
        !registrar_refs_record(r, db, noun, &item, "closed", f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    registrar_refs_follow(r, noun);
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

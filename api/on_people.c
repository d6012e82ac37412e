/* The volunteers: who they are, and where each was last. */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/person_json.h"
#include "api/registrar.h"
#include "api/staff.h"
#include "api/way.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/ids.h"
#include "engine/person.h"
#include "geo/box.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, TEXT_MAX = 200, BOX_PEOPLE_MAX = 10000 };

static void tag(const struct request *r, const struct person *p, struct reply *out)
{
    reply_etag(out, arena_text(r->arena, "%lld", (long long)p->version));
}

static bool reply_person(const struct request *r, const struct person *p, enum frame frame,
                         struct reply *out, struct fail *f)
{
    struct person_json_told told;

    if (!person_json_tell(r, p, frame, &told, f))
        return false;
    person_json_write(reply_json(out, REPLY_OK), &told, frame, true);
    tag(r, p, out);
    return true;
}

/* ------------------------------------------------------------------ list and get */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool read_typed(const struct request *r, struct person_wish *w, struct fail *f)
{
    w->typed = request_query(r, "q");
    if (!w->typed || (w->typed[0] && strlen(w->typed) <= TEXT_MAX))
        return true;
    fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "q must have 1 to %d bytes", TEXT_MAX);
    fail_allowed(f, "1 to %d bytes", TEXT_MAX);
    return fail_at(f, "/q");
}

/* Ids in a box, ascending; at most BOX_PEOPLE_MAX of them, the lowest. */
struct ids_in_box {
    struct sight sight;
    int64_t after_id;
    struct arena *arena;
    int64_t *ids;
    int32_t count;
    int32_t room;
};

static void note_person(void *self, const struct live_person *person)
{
    struct ids_in_box *in = self;

    if (person->person_id <= in->after_id || !sight_sees(&in->sight, person))
        return;
    if (in->count == in->room) {
        const int32_t room = in->room ? 2 * in->room : LIMIT_MAX;
        int64_t *ids = arena_take(in->arena, (size_t)room, sizeof *ids);

        if (in->count > 0)
            memcpy(ids, in->ids, (size_t)in->count * sizeof *ids);
        in->ids = ids;
        in->room = room;
    }
    in->ids[in->count++] = person->person_id;
}

static int ascending(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one;
    const int64_t b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

static bool narrow_to_box(const struct request *r, enum frame frame, struct person_wish *w,
                          struct fail *f)
{
    const char *text = request_query(r, "bbox");
    struct ids_in_box in = { .sight = request_sight(r),
                             .after_id = w->after_id,
                             .arena = r->arena };
    struct live *live = engine_live(r->engine);
    struct box box;

    if (!text)
        return true;
    if (!way_read_box(text, frame, &box, f))
        return false;
    in.ids = arena_take(r->arena, 1, sizeof *in.ids);
    live_read(live);
    live_each_in_box(live, point_to_e7(box.min), point_to_e7(box.max), note_person, &in);
    live_read_end(live);
    qsort(in.ids, (size_t)in.count, sizeof *in.ids, ascending);
    w->ids = in.ids;
    w->id_count = in.count < BOX_PEOPLE_MAX ? in.count : BOX_PEOPLE_MAX;
    return true;
}

/* What looks like a whole phone number is one: nobody's name is made of digits. */
static bool narrow_to_phone(const struct request *r, struct db *db, struct person_wish *w,
                            struct fail *f)
{
    const char *typed = w->typed;
    const struct personal *keys;
    struct fail no_phone;
    char phone[24];
    int64_t *id = arena_take(r->arena, 1, sizeof *id);

    if (!typed || typed[strspn(typed, "+0123456789 -().")] != '\0' ||
        !personal_phone(typed, phone, &no_phone))
        return true;
    keys = engine_personal(r->engine, f);
    if (!keys || !person_with_phone(db, keys, phone, r->arena, id, f))
        return false;
    w->typed = NULL;
    w->ids = id;
    w->id_count = *id ? 1 : 0;
    return true;
}

/* One more than asked for is read, to know whether there is a next page. */
static bool read_list(const struct request *r, struct db *db, enum frame frame,
                      struct person_wish *w, const char **list, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");

    *w = (struct person_wish){ 0 };
    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &w->limit, f) ||
        !read_typed(r, w, f) || !staff_filters(r, w, f))
        return false;
    w->limit++;
    *list = arena_text(
        r->arena, "/v1/people?q=%s&%lld&%s&%s&%d&%d&%llu&bbox=%s&frame=%s", or_empty(w->typed),
        (long long)w->org_id, or_empty(w->mode), or_empty(w->recruit), w->on_duty, w->available,
        (unsigned long long)w->skills, or_empty(request_query(r, "bbox")), frame_word(frame));
    return (!cursor || cursor_read(db, *list, cursor, r->arena, &w->after_id, f)) &&
           narrow_to_box(r, frame, w, f) && (w->ids || narrow_to_phone(r, db, w, f));
}

/* After whom the list goes on; 0 at its end. A box with more people than are looked
 * at in one go goes on behind the last of those. */
static int64_t next_after(const struct person_wish *w, const struct person *people, int32_t *count)
{
    if (*count == w->limit)
        return people[--*count - 1].person_id;
    return w->ids && w->id_count == BOX_PEOPLE_MAX ? w->ids[BOX_PEOPLE_MAX - 1] : 0;
}

static void write_list(struct emit *e, const struct person_json_told *told, int32_t count,
                       enum frame frame, const char *next)
{
    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        person_json_write(e, &told[i], frame, false);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

bool on_people_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct person_wish wish;
    struct person *people;
    const char *list, *next = NULL;
    enum frame frame;
    struct db *db;
    int32_t count;

    if (!way_read_frame(request_query(r, "frame"), &frame, f) || !request_db(r, &db, f) ||
        !read_list(r, db, frame, &wish, &list, f) ||
        !person_find(db, &wish, r->arena, &people, &count, f))
        return false;
    const int64_t after_id = next_after(&wish, people, &count);

    if (after_id && !cursor_make(db, list, after_id, r->arena, &next, f))
        return false;
    struct person_json_told *told = arena_take(r->arena, (size_t)count + 1, sizeof *told);

    for (int32_t i = 0; i < count; i++)
        if (!person_json_tell(r, &people[i], frame, &told[i], f))
            return false;
    write_list(reply_json(out, REPLY_OK), told, count, frame, next);
    return true;
}

bool on_people_get(const struct request *r, struct reply *out, struct fail *f)
{
    struct person person;
    enum frame frame;
    struct db *db;

    return way_read_frame(request_query(r, "frame"), &frame, f) && request_db(r, &db, f) &&
           staff_person(r, db, &person, f) && reply_person(r, &person, frame, out, f);
}

/* ------------------------------------------------------------------ create, change, close */

/* Whoever is on her way ends that first. */
static bool is_free(const struct request *r, const struct person *p, struct fail *f)
{
    struct live *live = engine_live(r->engine);
    struct live_person seen = { 0 };

    live_read(live);
    live_get(live, p->person_id, &seen);
    live_read_end(live);
    return seen.taken_incident_id == 0 ||
           fail_set(f, FAIL_CONFLICT, PERSON_TAKEN,
                    "person %lld is in an order: that has to end first", (long long)p->person_id);
}

struct creation {
    const struct request *r;
    const struct personal *keys;
    struct person person;
    struct person_said said;
    enum frame frame;
    bool is_made; /* false when the answer of the first time was given again */
};

static bool create(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct creation *c = self;
    const struct request *r = c->r;
    struct person_json_told told;

    if (!ids_take(engine_ids(r->engine), db, &c->person.person_id, f) ||
        !person_add(db, c->keys, &c->person, &c->said, r->arena, f) ||
        !staff_record(r, db, &c->person, "person_created", NULL, f) ||
        !person_json_tell(r, &c->person, c->frame, &told, f))
        return false;
    c->is_made = true;
    *location = arena_text(r->arena, "/v1/people/%lld", (long long)c->person.person_id);
    person_json_write(e, &told, c->frame, true);
    return true;
}

bool on_people_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r,
                          .person = { .org_id = r->caller.org_id, .mode = MODE_FOOT, .line = "" } };
    const struct input *body;

    if (!way_read_frame(request_query(r, "frame"), &c.frame, f) || !request_json(r, &body, f) ||
        !person_json_read(body, true, r->arena, &c.person, &c.said, f) ||
        !staff_org(r, c.person.org_id, f) || !(c.keys = engine_personal(r->engine, f)) ||
        !registrar_once(r, out, create, &c, f))
        return false;
    if (c.is_made)
        staff_make_known(r);
    return true;
}

static bool change(const struct request *r, struct db *db, struct person *p,
                   const struct person_said *said, struct fail *f)
{
    const struct personal *keys = engine_personal(r->engine, f);

    if (!keys || !db_begin(db, f))
        return false;
    if (person_change(db, keys, p, said, r->arena, f) &&
        staff_record(r, db, p, "person_changed", NULL, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

bool on_people_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct person person;
    struct person_said said;
    const struct input *body;
    enum frame frame;
    struct db *db;
    int64_t version;

    if (!way_read_frame(request_query(r, "frame"), &frame, f) ||
        !registrar_version(r, true, &version, f) || !request_json(r, &body, f) ||
        !request_db(r, &db, f) || !staff_person_at_home(r, db, &person, f))
        return false;
    if (version != 0)
        person.version = version;
    if (!person_json_read(body, false, r->arena, &person, &said, f) ||
        !staff_org(r, person.org_id, f) || !change(r, db, &person, &said, f))
        return false;
    staff_make_known(r);
    return reply_person(r, &person, frame, out, f);
}

bool on_people_close(const struct request *r, struct reply *out, struct fail *f)
{
    struct person person;
    struct db *db;
    int64_t version;

    if (!registrar_version(r, false, &version, f) || !request_db(r, &db, f) ||
        !staff_person_at_home(r, db, &person, f) || !is_free(r, &person, f) || !db_begin(db, f))
        return false;
    if (!person_close(db, person.person_id, version, r->arena, f) ||
        !staff_record(r, db, &person, "person_closed", NULL, f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    staff_make_known(r);
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

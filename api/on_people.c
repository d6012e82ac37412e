/* The volunteers: who they are, and where each was last. */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/registrar.h"
#include "api/way.h"
#include "engine/clock.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/ids.h"
#include "engine/people.h"
#include "geo/box.h"
#include "geo/instant.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, TEXT_MAX = 200, BOX_PEOPLE_MAX = 10000 };

/* A person as an answer shows her. */
struct told {
    const struct people_person *person;
    bool has_fix;
    struct live_fix fix;
    struct point at; /* in the frame of the answer */
};

/* ------------------------------------------------------------------ writing */

/* The position comes from memory: it is as new as the last answer to a phone. */
static bool look_up(const struct request *r, const struct people_person *person, enum frame frame,
                    struct told *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    struct live *live = engine_live(r->engine);
    struct live_person seen = { 0 };

    live_read(live);
    if (!live_get(live, person->person_id, &seen) || !sight_sees(&sight, &seen))
        seen.has_fix = false;
    live_read_end(live);
    *out = (struct told){ .person = person, .has_fix = seen.has_fix, .fix = seen.fix };
    return !seen.has_fix || frame_from_wgs84(frame, point_from_e7(seen.fix.at), &out->at, f);
}

static void write_fix(struct emit *e, const struct told *t, enum frame frame)
{
    const int64_t now_us = clock_wall_us();
    char fix_time[INSTANT_SIZE];

    emit_key(e, "position");
    if (!t->has_fix) {
        emit_null(e);
        return;
    }
    way_write_place(e, t->at, frame);
    instant_write(t->fix.fix_us, fix_time);
    emit_key_text(e, "fix_time", fix_time);
    emit_key_number(e, "fix_age_s",
                    t->fix.fix_us < now_us ? (double)(now_us - t->fix.fix_us) / 1e6 : 0, 3);
    if (t->fix.accuracy_dm >= 0)
        emit_key_number(e, "accuracy_m", t->fix.accuracy_dm / 10.0, 1);
}

static void write_person(struct emit *e, const struct told *t, enum frame frame)
{
    const struct people_person *p = t->person;

    emit_object(e);
    emit_key_int(e, "person_id", p->person_id);
    emit_key_int(e, "version", p->version);
    emit_key_text(e, "name", p->name);
    emit_key_text(e, "mode", network_mode_word(p->mode));
    way_write_skills(e, p->skills);
    emit_key_bool(e, "on_duty", p->on_duty);
    emit_key_text(e, "valid_from", p->valid_from);
    emit_key_text(e, "valid_to", p->valid_to);
    write_fix(e, t, frame);
    emit_end(e);
}

static void tag(const struct request *r, const struct people_person *p, struct reply *out)
{
    reply_etag(out, arena_text(r->arena, "%lld", (long long)p->version));
}

static bool reply_person(const struct request *r, const struct people_person *p, enum frame frame,
                         struct reply *out, struct fail *f)
{
    struct told told;

    if (!look_up(r, p, frame, &told, f))
        return false;
    write_person(reply_json(out, REPLY_OK), &told, frame);
    tag(r, p, out);
    return true;
}

/* ------------------------------------------------------------------ list and get */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool bad_query(const char *name, const char *value, const char *allowed, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s cannot be \"%.40s\"", name, value);
    fail_allowed(f, "%s", allowed);
    return fail_value(f, value);
}

static bool read_filters(const struct request *r, struct people_wish *w, struct fail *f)
{
    const char *mode = request_query(r, "mode");
    const char *on_duty = request_query(r, "on_duty");

    w->text = request_query(r, "q");
    w->mode = mode ? MODE_COUNT : -1;
    w->on_duty = on_duty ? strcmp(on_duty, "true") == 0 : -1;
    for (int32_t i = 0; mode && i < MODE_COUNT; i++)
        if (strcmp(mode, network_mode_word((enum mode)i)) == 0)
            w->mode = i;
    if (w->mode == MODE_COUNT)
        return bad_query("mode", mode, "foot, ebike, car", f);
    if (w->on_duty == 0 && strcmp(on_duty, "false") != 0)
        return bad_query("on_duty", on_duty, "true, false", f);
    if (w->text && (!w->text[0] || strlen(w->text) > TEXT_MAX)) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "q must have 1 to %d bytes", TEXT_MAX);
        return fail_allowed(f, "1 to %d bytes", TEXT_MAX);
    }
    return true;
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

static bool narrow_to_box(const struct request *r, enum frame frame, struct people_wish *w,
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

/* One more than asked for is read, to know whether there is a next page. */
static bool read_list(const struct request *r, struct db *db, enum frame frame,
                      struct people_wish *w, const char **list, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");

    *w = (struct people_wish){ 0 };
    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &w->limit, f) ||
        !read_filters(r, w, f))
        return false;
    w->limit++;
    *list = arena_text(r->arena, "/v1/people?q=%s&mode=%d&on_duty=%d&bbox=%s&frame=%s",
                       or_empty(w->text), w->mode, w->on_duty, or_empty(request_query(r, "bbox")),
                       frame_word(frame));
    return (!cursor || cursor_read(db, *list, cursor, r->arena, &w->after_id, f)) &&
           narrow_to_box(r, frame, w, f);
}

/* After whom the list goes on; 0 at its end. A box with more people than are looked
 * at in one go goes on behind the last of those. */
static int64_t next_after(const struct people_wish *w, const struct people_person *people,
                          int32_t *count)
{
    if (*count == w->limit)
        return people[--*count - 1].person_id;
    return w->ids && w->id_count == BOX_PEOPLE_MAX ? w->ids[BOX_PEOPLE_MAX - 1] : 0;
}

static void write_list(struct emit *e, const struct told *told, int32_t count, enum frame frame,
                       const char *next)
{
    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_person(e, &told[i], frame);
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

bool on_people_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct people_wish wish;
    struct people_person *people;
    const char *list, *next = NULL;
    enum frame frame;
    struct db *db;
    int32_t count;

    if (!way_read_frame(request_query(r, "frame"), &frame, f) || !request_db(r, &db, f) ||
        !read_list(r, db, frame, &wish, &list, f) ||
        !people_list(db, &wish, r->arena, &people, &count, f))
        return false;
    const int64_t after_id = next_after(&wish, people, &count);

    if (after_id && !cursor_make(db, list, after_id, r->arena, &next, f))
        return false;
    struct told *told = arena_take(r->arena, (size_t)count + 1, sizeof *told);

    for (int32_t i = 0; i < count; i++)
        if (!look_up(r, &people[i], frame, &told[i], f))
            return false;
    write_list(reply_json(out, REPLY_OK), told, count, frame, next);
    return true;
}

bool on_people_get(const struct request *r, struct reply *out, struct fail *f)
{
    struct people_person person;
    enum frame frame;
    struct db *db;
    int64_t id;

    return way_read_frame(request_query(r, "frame"), &frame, f) &&
           request_param_id(r, "person_id", &id, f) && request_db(r, &db, f) &&
           people_get(db, id, r->arena, &person, f) && reply_person(r, &person, frame, out, f);
}

/* ------------------------------------------------------------------ create and change */

enum { NAME, MODE, SKILLS, ON_DUTY, KEYS };

/* Writes the keys that are there over what the person is. */
static bool read_person(const struct input *body, bool required, struct people_person *p,
                        struct fail *f)
{
    struct input_key keys[KEYS] = {
        [NAME] = { "name", required, NULL },
        [MODE] = { "mode", false, NULL },
        [SKILLS] = { "skills", false, NULL },
        [ON_DUTY] = { "on_duty", false, NULL },
    };

    return input_keys(body, keys, KEYS, f) &&
           (!keys[NAME].value || input_text(keys[NAME].value, PEOPLE_NAME_MAX, &p->name, f)) &&
           (!keys[MODE].value || way_read_mode(keys[MODE].value, &p->mode, f)) &&
           (!keys[SKILLS].value || way_read_skills(keys[SKILLS].value, &p->skills, f)) &&
           (!keys[ON_DUTY].value || input_bool(keys[ON_DUTY].value, &p->on_duty, f));
}

struct creation {
    const struct request *r;
    struct people_person person;
    enum frame frame;
    bool is_made; /* false when the answer of the first time was given again */
};

static bool create(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct creation *c = self;
    struct told told = { .person = &c->person };

    if (!ids_take(engine_ids(c->r->engine), db, &c->person.person_id, f) ||
        !people_add(db, &c->person, c->r->arena, f))
        return false;
    c->is_made = true;
    *location = arena_text(c->r->arena, "/v1/people/%lld", (long long)c->person.person_id);
    write_person(e, &told, c->frame);
    return true;
}

/* The live index learns at once; other processes learn by following. */
static void make_known(const struct request *r, const struct people_person *p)
{
    const struct live_person person = people_live(p);

    live_know(engine_live(r->engine), &person, 1);
}

bool on_people_create(const struct request *r, struct reply *out, struct fail *f)
{
    struct creation c = { .r = r, .person = { .mode = MODE_FOOT, .on_duty = true } };
    const struct input *body;

    if (!way_read_frame(request_query(r, "frame"), &c.frame, f) || !request_json(r, &body, f) ||
        !read_person(body, true, &c.person, f) || !registrar_once(r, out, create, &c, f))
        return false;
    if (c.is_made)
        make_known(r, &c.person);
    return true;
}

bool on_people_change(const struct request *r, struct reply *out, struct fail *f)
{
    struct people_person person;
    const struct input *body;
    enum frame frame;
    struct db *db;
    int64_t id, version;

    if (!way_read_frame(request_query(r, "frame"), &frame, f) ||
        !request_param_id(r, "person_id", &id, f) || !registrar_version(r, true, &version, f) ||
        !request_json(r, &body, f) || !request_db(r, &db, f) ||
        !people_get(db, id, r->arena, &person, f))
        return false;
    if (version != 0)
        person.version = version;
    if (!read_person(body, false, &person, f) || !people_change(db, &person, r->arena, f))
        return false;
    make_known(r, &person);
    return reply_person(r, &person, frame, out, f);
}

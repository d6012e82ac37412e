#include "geo/plan/people_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/input.h"
#include "geo/instant.h"

enum { DAY_S = 86400, US = 1000000, ORGS_MAX = 1000 };

static const double SPEED_MAX_MPS = 50;
static const double DETOUR_MAX = 10;

/* ------------------------------------------------------------------ ids */

/* The ids of one kind in order, each with its place in the file. */
struct name {
    const char *id;
    int32_t at;
};

struct names {
    struct name *sorted;
    const char **ids; /* as they stand in the file */
    int32_t count;
};

static int by_id(const void *left, const void *right)
{
    const struct name *a = left;
    const struct name *b = right;

    return strcmp(a->id, b->id);
}

/* Reads the id of each item of a list; the same one twice is refused. */
static bool read_names(const struct input *list, const char *key, struct arena *a,
                       struct names *out, struct fail *f)
{
    for (int32_t i = 0; i < out->count; i++) {
        const struct input *item = input_item(list, i);
        const struct input *id = input_get(item, key);

        if (!id) {
            fail_set(f, FAIL_INPUT, VALUE_WRONG_TYPE, "each item needs a %s", key);
            return input_blame(item, f);
        }
        if (!input_text(id, PEOPLE_FILE_ID_MAX, &out->ids[i], f))
            return false;
        out->sorted[i] = (struct name){ out->ids[i], i };
    }
    qsort(out->sorted, (size_t)out->count, sizeof *out->sorted, by_id);
    for (int32_t i = 1; i < out->count; i++)
        if (strcmp(out->sorted[i - 1].id, out->sorted[i].id) == 0) {
            const char *id = arena_text(a, "%s", out->sorted[i].id);

            fail_set(f, FAIL_INPUT, PLAN_MALFORMED, "%s %.64s stands there twice", key, id);
            fail_value(f, id);
            return input_blame(list, f);
        }
    return true;
}

static int32_t place_of(const struct names *names, const char *id)
{
    const struct name key = { id, 0 };
    const struct name *found = names->count > 0 ? bsearch(&key, names->sorted, (size_t)names->count,
                                                          sizeof *names->sorted, by_id)
                                                : NULL;

    return found ? found->at : -1;
}

/* ------------------------------------------------------------------ the reading */

struct reading {
    struct arena *arena;
    struct fail *f;
    struct people_file *out;
    struct names skills, shifts, homes, musters, posts, people;
    struct name *orgs; /* those met, few */
    int32_t org_count;
    int64_t rest_s, travel_max_s;
    struct mobilise_slot *slots;
    int32_t slot_count;
};

/* An id that is one of `names`; absent is -1. */
static bool read_place(const struct reading *r, const struct input *v, const struct names *names,
                       int32_t *out)
{
    const char *id;

    *out = -1;
    if (!v)
        return true;
    if (!input_text(v, PEOPLE_FILE_ID_MAX, &id, r->f))
        return false;
    *out = place_of(names, id);
    if (*out >= 0)
        return true;
    fail_set(r->f, FAIL_INPUT, PLAN_MALFORMED, "there is no %.64s in the file", id);
    fail_value(r->f, id);
    return input_blame(v, r->f);
}

/* Ids as bits; absent is `absent`. */
static bool read_bits(const struct reading *r, const struct input *v, const struct names *names,
                      uint64_t absent, uint64_t *out)
{
    int32_t count = 0;

    *out = v ? 0 : absent;
    if (v && !input_array(v, 0, MOBILISE_SKILLS_MAX, &count, r->f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        int32_t at;

        if (!read_place(r, input_item(v, i), names, &at) || at < 0)
            return false;
        *out |= (uint64_t)1 << at;
    }
    return true;
}

/* Organisations are what is called the same. */
static bool read_org(struct reading *r, const struct input *v, int32_t *out)
{
    const char *id;

    *out = -1;
    if (!v)
        return true;
    if (!input_text(v, PEOPLE_FILE_ID_MAX, &id, r->f))
        return false;
    for (int32_t i = 0; i < r->org_count; i++)
        if (strcmp(r->orgs[i].id, id) == 0)
            *out = i;
    if (*out >= 0)
        return true;
    if (r->org_count == ORGS_MAX) {
        fail_set(r->f, FAIL_INPUT, PLAN_TOO_LARGE, "more than %d organisations", r->org_count);
        return input_blame(v, r->f);
    }
    *out = r->org_count;
    r->orgs[r->org_count++].id = id;
    return true;
}

static bool read_at(const struct reading *r, const struct input *v, struct point *out)
{
    double numbers[2];
    int32_t count;

    if (!input_numbers(v, 2, 2, numbers, &count, r->f))
        return false;
    *out = (struct point){ numbers[0], numbers[1] };
    if (point_valid(*out))
        return true;
    fail_set(r->f, FAIL_INPUT, PLACE_OUT_OF_RANGE, "[%g, %g] is no longitude and latitude",
             numbers[0], numbers[1]);
    return input_blame(v, r->f);
}

static bool read_time(const struct reading *r, const struct input *v, int64_t *out_us)
{
    const char *text;

    if (!input_text(v, PEOPLE_FILE_ID_MAX, &text, r->f))
        return false;
    if (instant_read(text, strlen(text), out_us))
        return true;
    fail_set(r->f, FAIL_INPUT, TIME_MALFORMED, "no moment: %.40s", text);
    fail_allowed(r->f, "RFC 3339, such as 2026-11-22T15:15:00+08:00");
    fail_value(r->f, text);
    return input_blame(v, r->f);
}

/* From and to, the second after the first. */
static bool read_span(const struct reading *r, const struct input *from, const struct input *to,
                      int64_t *out_from_us, int64_t *out_to_us)
{
    if (!read_time(r, from, out_from_us) || !read_time(r, to, out_to_us))
        return false;
    if (*out_from_us < *out_to_us)
        return true;
    fail_set(r->f, FAIL_INPUT, PLAN_MALFORMED, "it ends before it begins");
    return input_blame(to, r->f);
}

static bool read_whole(const struct reading *r, const struct input *v, int64_t min, int64_t max,
                       int64_t *out)
{
    return !v || input_int(v, min, max, out, r->f);
}

/* ------------------------------------------------------------------ its parts */

static bool read_shifts(struct reading *r, const struct input *list)
{
    struct people_file_shift *shifts =
        arena_take(r->arena, (size_t)r->shifts.count + 1, sizeof *shifts);

    for (int32_t i = 0; i < r->shifts.count; i++) {
        struct input_key keys[] = { { "shift_id", true, NULL },
                                    { "starts_at", true, NULL },
                                    { "ends_at", true, NULL } };

        if (!input_keys(input_item(list, i), keys, 3, r->f) ||
            !read_span(r, keys[1].value, keys[2].value, &shifts[i].starts_us, &shifts[i].ends_us))
            return false;
        shifts[i].id = r->shifts.ids[i];
    }
    r->out->shifts = shifts;
    r->out->shift_count = r->shifts.count;
    return true;
}

static bool read_homes(struct reading *r, const struct input *list)
{
    int32_t *keep = arena_take(r->arena, (size_t)r->homes.count + 1, sizeof *keep);

    for (int32_t i = 0; i < r->homes.count; i++) {
        struct input_key keys[] = { { "home_id", true, NULL }, { "keep", false, NULL } };
        int64_t number = 0;

        if (!input_keys(input_item(list, i), keys, 2, r->f) ||
            !read_whole(r, keys[1].value, 0, MOBILISE_IN_ALL_MAX, &number))
            return false;
        keep[i] = (int32_t)number;
    }
    r->out->ask.keep = keep;
    r->out->ask.home_count = r->homes.count;
    return true;
}

static bool read_musters(struct reading *r, const struct input *list)
{
    struct point *at = arena_take(r->arena, (size_t)r->musters.count + 1, sizeof *at);

    for (int32_t i = 0; i < r->musters.count; i++) {
        struct input_key keys[] = { { "muster_id", true, NULL }, { "at", true, NULL } };

        if (!input_keys(input_item(list, i), keys, 2, r->f) || !read_at(r, keys[1].value, &at[i]))
            return false;
    }
    r->out->muster_at = at;
    r->out->muster_count = r->musters.count;
    return true;
}

static bool read_slot(struct reading *r, const struct input *v, struct mobilise_slot *s)
{
    struct input_key keys[] = { { "shift_id", true, NULL },
                                { "people", true, NULL },
                                { "skills", false, NULL },
                                { "weight", false, NULL } };
    int64_t people = 0;
    int64_t weight = 1;

    if (!input_keys(v, keys, 4, r->f) || !read_place(r, keys[0].value, &r->shifts, &s->shift) ||
        !read_whole(r, keys[1].value, 0, MOBILISE_PLACES_MAX, &people) ||
        !read_bits(r, keys[2].value, &r->skills, 0, &s->skills) ||
        !read_whole(r, keys[3].value, 1, MOBILISE_WEIGHT_MAX, &weight))
        return false;
    s->people = (int32_t)people;
    s->weight = (int32_t)weight;
    return true;
}

/* A post with its slots, which go to the end of all slots. */
static bool read_post(struct reading *r, const struct input *v, int32_t post, struct point *at)
{
    struct input_key keys[] = { { "post_id", true, NULL },
                                { "at", true, NULL },
                                { "org_id", false, NULL },
                                { "slots", true, NULL } };
    int32_t count;
    int32_t org;

    if (!input_keys(v, keys, 4, r->f) || !read_at(r, keys[1].value, at) ||
        !read_org(r, keys[2].value, &org) ||
        !input_array(keys[3].value, 0, MOBILISE_SLOTS_MAX, &count, r->f))
        return false;
    if (r->slot_count > MOBILISE_SLOTS_MAX - count) {
        fail_set(r->f, FAIL_INPUT, PLAN_TOO_LARGE, "more than %d slots", MOBILISE_SLOTS_MAX);
        return input_blame(keys[3].value, r->f);
    }
    for (int32_t i = 0; i < count; i++) {
        struct mobilise_slot *s = &r->slots[r->slot_count++];

        *s = (struct mobilise_slot){ .post = post, .org = org };
        if (!read_slot(r, input_item(keys[3].value, i), s))
            return false;
    }
    return true;
}

static bool read_posts(struct reading *r, const struct input *list)
{
    struct point *at = arena_take(r->arena, (size_t)r->posts.count + 1, sizeof *at);

    r->slots = arena_take(r->arena, MOBILISE_SLOTS_MAX, sizeof *r->slots);
    for (int32_t i = 0; i < r->posts.count; i++)
        if (!read_post(r, input_item(list, i), i, &at[i]))
            return false;
    r->out->post_at = at;
    r->out->ask.slots = r->slots;
    r->out->ask.slot_count = r->slot_count;
    r->out->ask.post_count = r->posts.count;
    return true;
}

/* Takes the shifts out that begin or end too near to what she is busy with. */
static bool read_busy(const struct reading *r, const struct input *v, uint64_t *rested)
{
    int32_t count = 0;

    if (v && !input_array(v, 0, PEOPLE_FILE_BUSY_MAX, &count, r->f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        struct input_key keys[] = { { "from", true, NULL }, { "to", true, NULL } };
        int64_t from_us;
        int64_t to_us;

        if (!input_keys(input_item(v, i), keys, 2, r->f) ||
            !read_span(r, keys[0].value, keys[1].value, &from_us, &to_us))
            return false;
        for (int32_t s = 0; s < r->shifts.count; s++)
            if (r->out->shifts[s].starts_us < to_us + r->rest_s * US &&
                from_us < r->out->shifts[s].ends_us + r->rest_s * US)
                *rested &= ~((uint64_t)1 << s);
    }
    return true;
}

enum { ID, AT, HOME, ORG, SKILLS, SHIFTS, TRAVEL, BUSY, DECLINED, PERSON_KEYS };

static bool read_person(struct reading *r, const struct input *v, struct mobilise_person *p,
                        struct point *at, bool *has_declined)
{
    struct input_key keys[PERSON_KEYS] = {
        [ID] = { "person_id", true, NULL },         [AT] = { "at", true, NULL },
        [HOME] = { "home_id", false, NULL },        [ORG] = { "org_id", false, NULL },
        [SKILLS] = { "skills", false, NULL },       [SHIFTS] = { "shifts", false, NULL },
        [TRAVEL] = { "travel_max_s", false, NULL }, [BUSY] = { "busy", false, NULL },
        [DECLINED] = { "declined", false, NULL },
    };
    int64_t travel_max_s = r->travel_max_s;

    p->rested = UINT64_MAX;
    if (!input_keys(v, keys, PERSON_KEYS, r->f) || !read_at(r, keys[AT].value, at) ||
        !read_place(r, keys[HOME].value, &r->homes, &p->home) ||
        !read_org(r, keys[ORG].value, &p->org) ||
        !read_bits(r, keys[SKILLS].value, &r->skills, 0, &p->skills) ||
        !read_bits(r, keys[SHIFTS].value, &r->shifts, UINT64_MAX, &p->free) ||
        !read_whole(r, keys[TRAVEL].value, 0, MOBILISE_TRAVEL_MAX_S, &travel_max_s) ||
        !read_busy(r, keys[BUSY].value, &p->rested) ||
        (keys[DECLINED].value && !input_bool(keys[DECLINED].value, has_declined, r->f)))
        return false;
    p->travel_max_s = (int32_t)travel_max_s;
    return true;
}

static bool read_people(struct reading *r, const struct input *list)
{
    const size_t room = (size_t)r->people.count + 1;
    struct mobilise_person *people = arena_take(r->arena, room, sizeof *people);
    struct point *at = arena_take(r->arena, room, sizeof *at);
    bool *has_declined = arena_take(r->arena, room, sizeof *has_declined);

    for (int32_t i = 0; i < r->people.count; i++)
        if (!read_person(r, input_item(list, i), &people[i], &at[i], &has_declined[i]))
            return false;
    r->out->ask.people = people;
    r->out->ask.person_count = r->people.count;
    r->out->person_at = at;
    r->out->has_declined = has_declined;
    return true;
}

/* ------------------------------------------------------------------ the whole */

int32_t people_file_travel_s(const struct people_file *p, struct point from, struct point to)
{
    const double s = ceil(point_distance_m(from, to) * p->detour / p->speed_mps);

    return s > DAY_S ? MOBILISE_NEVER_S : (int32_t)s;
}

static void travel(void *self, int32_t post, int32_t *out_s)
{
    const struct people_file *p = self;

    for (int32_t i = 0; i < p->ask.person_count; i++)
        out_s[i] = people_file_travel_s(p, p->person_at[i], p->post_at[post]);
}

enum { SKILL_LIST, SHIFT_LIST, HOME_LIST, MUSTER_LIST, POST_LIST, PEOPLE_LIST, LISTS };
enum { REST = LISTS, LIMIT, SPEED, DETOUR, WAVE, FILE_KEYS };

/* How many there are of everything, and what they are called. */
static bool read_lists(struct reading *r, const struct input_key *keys)
{
    static const char *const ID_KEYS[LISTS] = { NULL,        "shift_id", "home_id",
                                                "muster_id", "post_id",  "person_id" };
    const int32_t most[LISTS] = {
        MOBILISE_SKILLS_MAX,     MOBILISE_SHIFTS_MAX,   MOBILISE_IN_ALL_MAX,
        PEOPLE_FILE_MUSTERS_MAX, PEOPLE_FILE_POSTS_MAX, MOBILISE_IN_ALL_MAX,
    };
    struct names *const all[LISTS] = { &r->skills,  &r->shifts, &r->homes,
                                       &r->musters, &r->posts,  &r->people };

    for (int32_t i = 0; i < LISTS; i++) {
        struct names *n = all[i];

        if (keys[i].value && !input_array(keys[i].value, 0, most[i], &n->count, r->f))
            return false;
        n->ids = arena_take(r->arena, (size_t)n->count + 1, sizeof *n->ids);
        n->sorted = arena_take(r->arena, (size_t)n->count + 1, sizeof *n->sorted);
        if (ID_KEYS[i] && !read_names(keys[i].value, ID_KEYS[i], r->arena, n, r->f))
            return false;
    }
    return true;
}

/* Skills are their own ids. */
static bool read_skills(struct reading *r, const struct input *list)
{
    for (int32_t i = 0; i < r->skills.count; i++) {
        if (!input_text(input_item(list, i), PEOPLE_FILE_ID_MAX, &r->skills.ids[i], r->f))
            return false;
        r->skills.sorted[i] = (struct name){ r->skills.ids[i], i };
    }
    qsort(r->skills.sorted, (size_t)r->skills.count, sizeof *r->skills.sorted, by_id);
    return true;
}

static bool read_settings(struct reading *r, const struct input_key *keys)
{
    int64_t wave_s = 900;

    r->rest_s = 8 * 3600;
    r->travel_max_s = 1800;
    r->out->speed_mps = 1.2;
    r->out->detour = 1.3;
    if (!read_whole(r, keys[REST].value, 0, PEOPLE_FILE_REST_MAX_S, &r->rest_s) ||
        !read_whole(r, keys[LIMIT].value, 0, MOBILISE_TRAVEL_MAX_S, &r->travel_max_s) ||
        !read_whole(r, keys[WAVE].value, 1, PEOPLE_FILE_WAVE_MAX_S, &wave_s))
        return false;
    r->out->wave_s = (int32_t)wave_s;
    return (!keys[SPEED].value ||
            input_number(keys[SPEED].value, 0.1, SPEED_MAX_MPS, &r->out->speed_mps, r->f)) &&
           (!keys[DETOUR].value ||
            input_number(keys[DETOUR].value, 1, DETOUR_MAX, &r->out->detour, r->f));
}

bool people_file_read(struct arena *a, const char *bytes, size_t size,
                      const struct people_file **out, struct fail *f)
{
    const struct input *v = input_parse(a, bytes, size, f);
    struct people_file *file = arena_take(a, 1, sizeof *file);
    struct reading r = { .arena = a, .f = f, .out = file };
    struct input_key keys[FILE_KEYS] = {
        [SKILL_LIST] = { "skills", false, NULL }, [SHIFT_LIST] = { "shifts", true, NULL },
        [HOME_LIST] = { "homes", false, NULL },   [MUSTER_LIST] = { "musters", false, NULL },
        [POST_LIST] = { "posts", true, NULL },    [PEOPLE_LIST] = { "people", true, NULL },
        [REST] = { "rest_s", false, NULL },       [LIMIT] = { "travel_max_s", false, NULL },
        [SPEED] = { "speed_mps", false, NULL },   [DETOUR] = { "detour", false, NULL },
        [WAVE] = { "wave_s", false, NULL },
    };

    r.orgs = arena_take(a, ORGS_MAX, sizeof *r.orgs);
    if (!v || !input_keys(v, keys, FILE_KEYS, f) || !read_settings(&r, keys) ||
        !read_lists(&r, keys) || !read_skills(&r, keys[SKILL_LIST].value) ||
        !read_shifts(&r, keys[SHIFT_LIST].value) || !read_homes(&r, keys[HOME_LIST].value) ||
        !read_musters(&r, keys[MUSTER_LIST].value) || !read_posts(&r, keys[POST_LIST].value) ||
        !read_people(&r, keys[PEOPLE_LIST].value))
        return false;
    file->homes = r.homes.ids;
    file->musters = r.musters.ids;
    file->posts = r.posts.ids;
    file->people = r.people.ids;
    file->ask.travel = travel;
    file->ask.self = file;
    *out = file;
    return true;
}

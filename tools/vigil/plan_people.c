/* vigil plan people FILE [--csv] */
#include <stdio.h>
#include <string.h>

#include "engine/csv.h"
#include "geo/base/emit.h"
#include "geo/instant.h"
#include "geo/plan/apart.h"
#include "geo/plan/lack.h"
#include "geo/plan/musters.h"
#include "geo/plan/people_file.h"
#include "tools/vigil/command.h"
#include "tools/vigil/plans.h"

enum { US = 1000000 };

struct answer {
    const struct people_file *file;
    struct mobilise *plan;
    struct mobilise_figures figures;
    struct musters musters;
    const struct lack *lacks;
    int32_t lack_count;
    int32_t parts; /* 0: all at once */
};

/* ------------------------------------------------------------------ planning */

static void to_muster(void *self, int32_t muster, int32_t *out_s)
{
    const struct people_file *p = self;

    for (int32_t i = 0; i < p->ask.person_count; i++)
        out_s[i] = people_file_travel_s(p, p->person_at[i], p->muster_at[muster]);
}

static int32_t to_post(void *self, int32_t muster, int32_t post)
{
    const struct people_file *p = self;

    return people_file_travel_s(p, p->muster_at[muster], p->post_at[post]);
}

/* Those who have declined were planned with first, since that is what the others were told. */
static bool make_plan(struct answer *out, struct arena *a, struct fail *f)
{
    const struct people_file *file = out->file;
    int64_t *starts_s = arena_take(a, (size_t)file->shift_count + 1, sizeof *starts_s);

    out->plan = mobilise_new(&file->ask, f);
    if (!out->plan)
        return false;
    mobilise_run(out->plan, NULL, NULL);
    for (int32_t p = 0; p < file->ask.person_count; p++)
        if (file->has_declined[p])
            mobilise_decline(out->plan, p);
    mobilise_run(out->plan, NULL, NULL);
    out->figures = mobilise_figures(out->plan);
    out->lack_count = lack_list(out->plan, a, &out->lacks);
    for (int32_t s = 0; s < file->shift_count; s++)
        starts_s[s] = file->shifts[s].starts_us / US;
    const struct musters_ask ask = { .plan = out->plan,
                                     .muster_count = file->muster_count,
                                     .shift_starts_s = starts_s,
                                     .wave_s = file->wave_s,
                                     .to_muster = to_muster,
                                     .to_post = to_post,
                                     .self = file->ask.self };

    musters_take(&ask, a, &out->musters);
    return true;
}

/* Too many for one flow: organisation by organisation, everybody straight from home. */
static bool make_parts(struct answer *out, struct arena *a, struct fail *f)
{
    const struct people_file *file = out->file;
    const size_t room = (size_t)file->ask.person_count + 1;
    struct mobilise_person *people = arena_take(a, room, sizeof *people);
    struct musters_way *ways = arena_take(a, room, sizeof *ways);
    struct mobilise_ask ask = file->ask;
    struct apart got;

    for (int32_t p = 0; p < ask.person_count; p++) {
        people[p] = file->ask.people[p];
        people[p].free = file->has_declined[p] ? 0 : people[p].free;
        out->figures.declined += file->has_declined[p];
    }
    ask.people = people;
    if (!apart_take(&ask, a, &got, f))
        return false;
    out->musters.ways = ways;
    for (int32_t p = 0; p < ask.person_count; p++) {
        if (got.slot_of[p] < 0)
            continue;
        const int32_t shift = ask.slots[got.slot_of[p]].shift;
        const int64_t home_s = file->shifts[shift].starts_us / US - got.travel_s[p];

        ways[out->musters.way_count++] = (struct musters_way){
            .person = p, .slot = got.slot_of[p], .muster = -1, .home_s = home_s, .leave_s = home_s
        };
        out->figures.travel_s += got.travel_s[p];
    }
    for (int32_t s = 0; s < ask.slot_count; s++)
        out->figures.places += ask.slots[s].people;
    out->figures.filled = got.filled;
    out->figures.empty_weight = got.empty_weight;
    out->figures.cost = got.cost;
    out->figures.bound = got.bound;
    out->figures.is_best = got.cost == got.bound;
    out->parts = got.parts;
    return true;
}

/* ------------------------------------------------------------------ telling */

static const char *moment(int64_t s, char *text)
{
    instant_write(s * US, text);
    return text;
}

static void emit_slot(struct emit *e, const struct people_file *file, int32_t slot)
{
    const struct mobilise_slot *s = &file->ask.slots[slot];

    emit_key_text(e, "post_id", file->posts[s->post]);
    emit_key_text(e, "shift_id", file->shifts[s->shift].id);
}

static void emit_figures(struct emit *e, const struct mobilise_figures *g)
{
    emit_key_int(e, "places", g->places);
    emit_key_int(e, "filled", g->filled);
    emit_key_int(e, "empty_weight", g->empty_weight);
    emit_key_int(e, "travel_s", g->travel_s);
    emit_key_int(e, "declined", g->declined);
    emit_key_int(e, "moved", g->moved);
    emit_key_int(e, "cost", g->cost);
    emit_key_int(e, "bound", g->bound);
    emit_key_bool(e, "is_best", g->is_best);
}

static void emit_ways(struct emit *e, const struct answer *a)
{
    emit_key(e, "people");
    emit_array(e);
    for (int32_t i = 0; i < a->musters.way_count; i++) {
        const struct musters_way *w = &a->musters.ways[i];
        char time[INSTANT_SIZE];

        emit_object(e);
        emit_key_text(e, "person_id", a->file->people[w->person]);
        emit_slot(e, a->file, w->slot);
        emit_key_text(e, "leaves_home_at", moment(w->home_s, time));
        emit_key_text(e, "muster_id", w->muster < 0 ? NULL : a->file->musters[w->muster]);
        emit_end(e);
    }
    emit_end(e);
}

static void emit_waves(struct emit *e, const struct answer *a)
{
    emit_key(e, "waves");
    emit_array(e);
    for (int32_t i = 0; i < a->musters.wave_count; i++) {
        const struct musters_wave *w = &a->musters.waves[i];
        char time[INSTANT_SIZE];

        emit_object(e);
        emit_key_text(e, "muster_id", a->file->musters[w->muster]);
        emit_key_text(e, "leaves_at", moment(w->leave_s, time));
        emit_key(e, "people");
        emit_array(e);
        for (int32_t k = w->first; k < w->first + w->count; k++)
            emit_text(e, a->file->people[a->musters.ways[k].person]);
        emit_end(e);
        emit_end(e);
    }
    emit_end(e);
}

static void emit_lack(struct emit *e, const struct people_file *file, const struct lack *l)
{
    emit_object(e);
    emit_slot(e, file, l->slot);
    emit_key_int(e, "missing", l->missing);
    emit_key_text(e, "why", lack_word(l->why));
    emit_key(e, "people_left");
    emit_object(e);
    for (int32_t i = 0; i < LACK_FLOORS; i++)
        emit_key_int(e, lack_word((enum lack_rule)i), l->left[i]);
    emit_end(e);
    emit_key_int(e, "rival_slots", l->rivals - 1);
    emit_key_int(e, "rivals_want", l->rivals_want);
    emit_key_int(e, "rivals_people", l->rivals_people);
    emit_key_int(e, "rivals_kept", l->rivals_kept);
    if (l->home >= 0) {
        emit_key(e, "one_less_kept");
        emit_object(e);
        emit_key_text(e, "home_id", file->homes[l->home]);
        emit_key_int(e, "keep", file->ask.keep[l->home] - 1);
        emit_end(e);
    }
    if (l->longer_s >= 0) {
        emit_key(e, "one_longer_way");
        emit_object(e);
        emit_key_text(e, "person_id", file->people[l->longer_person]);
        emit_key_int(e, "travel_max_s",
                     file->ask.people[l->longer_person].travel_max_s + l->longer_s);
        emit_end(e);
    }
    emit_end(e);
}

static void emit_answer(struct buf *out, const struct answer *a)
{
    struct emit e = emit_to(out);

    emit_object(&e);
    emit_figures(&e, &a->figures);
    emit_key_int(&e, "parts", a->parts);
    emit_key(&e, "shortfalls");
    emit_array(&e);
    for (int32_t i = 0; i < a->lack_count; i++)
        emit_lack(&e, a->file, &a->lacks[i]);
    emit_end(&e);
    emit_waves(&e, a);
    emit_ways(&e, a);
    emit_end(&e);
    buf_byte(out, '\n');
}

static void write_csv(struct buf *out, const struct answer *a)
{
    static const char *const HEADER[] = { "person_id", "post_id", "shift_id", "leaves_home_at",
                                          "muster_id" };

    csv_write(out, HEADER, sizeof HEADER / sizeof *HEADER);
    for (int32_t i = 0; i < a->musters.way_count; i++) {
        const struct musters_way *w = &a->musters.ways[i];
        const struct mobilise_slot *s = &a->file->ask.slots[w->slot];
        char time[INSTANT_SIZE];
        const char *cells[] = { a->file->people[w->person], a->file->posts[s->post],
                                a->file->shifts[s->shift].id, moment(w->home_s, time),
                                w->muster < 0 ? "" : a->file->musters[w->muster] };

        csv_write(out, cells, sizeof cells / sizeof *cells);
    }
}

/* ------------------------------------------------------------------ the command */

static bool plan_file(const char *path, bool as_csv, struct arena *a, struct fail *f)
{
    struct buf bytes = { 0 };
    struct buf out = { 0 };
    struct answer answer = { 0 };
    const bool good = plans_read(path, &bytes, f) &&
                      people_file_read(a, bytes.bytes, bytes.size, &answer.file, f) &&
                      (answer.file->ask.person_count > APART_PEOPLE ? make_parts(&answer, a, f)
                                                                    : make_plan(&answer, a, f));

    if (good && as_csv)
        write_csv(&out, &answer);
    else if (good)
        emit_answer(&out, &answer);
    if (good)
        fwrite(out.bytes, 1, out.size, stdout);
    mobilise_free(answer.plan);
    buf_free(&out);
    buf_free(&bytes);
    return good;
}

int plan_people(int argc, char **argv)
{
    bool as_csv = false;
    const struct command_option options[] = { { .name = "csv", .given = &as_csv } };
    struct arena *a = arena_new();
    struct command_line line;
    struct fail f = { 0 };
    bool good = command_read(argc, argv, options, 1, 1, &line, &f);

    if (good && line.operand_count == 0) {
        good = fail_set(&f, FAIL_INPUT, OPERAND_COUNT, "vigil plan people needs a file");
        fail_allowed(&f, "FILE, or - for what comes in");
    }
    good = good && plan_file(line.operands[0], as_csv, a, &f);
    arena_free(a);
    return good ? COMMAND_DONE : command_fail(&f);
}

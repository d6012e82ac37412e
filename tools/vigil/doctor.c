/* vigil doctor network [--show N] [--json]: can people be sent everywhere? */
#include "engine/doctor.h"

#include <stdio.h>
#include <string.h>

#include "engine/doctor_json.h"
#include "engine/streets.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { SHOWN_OTHERWISE = 10, CM_PER_M = 100, CM_PER_KM = 100 * 1000 };

/* The streets, read for this one look. */
struct patient {
    struct streets streets;
    struct parts parts[MODE_COUNT];
    struct snap_index *index;
    struct doctor_city city;
};

static bool take_in(struct db *db, struct arena *a, struct patient *p, struct fail *f)
{
    const struct network *n = &p->streets.network;
    struct graph graph;

    if (!streets_load(db, NULL, a, &p->streets, f))
        return false;
    graph_take(n, a, &graph);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        parts_take(n, &graph, mode, a, &p->parts[mode]);
    p->index = snap_index_new(n);
    snap_index_pass_over(p->index, parts_small(p->parts, n->segment_count, a));
    p->city = (struct doctor_city){ p->streets.city_name, n, p->parts, p->index };
    return true;
}

static const char *say_standing(enum parts_standing standing)
{
    switch (standing) {
    case PARTS_CLOSED:
        return command_say("no street near", "附近没有道路");
    case PARTS_ISLAND:
        return command_say("cut off both ways", "与主路网双向隔绝");
    case PARTS_TRAP:
        return command_say("no way out", "只进不出");
    case PARTS_SOURCE:
        return command_say("no way in", "只出不进");
    case PARTS_MAIN:
    case PARTS_STANDINGS:
        break;
    }
    return command_say("main part", "主路网");
}

static const char *say_odd(enum odd_kind kind)
{
    switch (kind) {
    case ODD_FAST:
        return command_say("limit too high for such a street, km/h", "限速对此类道路过高，km/h");
    case ODD_SLOW:
        return command_say("limit too low for such a street, km/h", "限速对此类道路过低，km/h");
    case ODD_LONG:
        return command_say("very long between two junctions, m", "两路口之间过长，米");
    case ODD_DRAWN:
        return command_say("drawn longer or shorter than it is, m", "线形长度与记录不符，米");
    case ODD_KINDS:
        break;
    }
    return "";
}

static void show_mode(const struct doctor_report *r, enum mode mode)
{
    const struct doctor_mode *m = &r->modes[mode];
    const struct network *n = r->city->network;

    printf("\n%s\n", network_mode_word(mode));
    for (enum parts_standing s = PARTS_MAIN; s < PARTS_STANDINGS; s++)
        printf(command_say("  %-18s %6d patches %8d segments %11.1f km\n",
                           "  %-18s %6d 片 %8d 路段 %11.1f 公里\n"),
               say_standing(s), m->sums[s].patches, m->sums[s].segments,
               (double)m->sums[s].length_cm / CM_PER_KM);
    printf(command_say("  parts: %d to go round in, %d that hang together\n",
                       "  强连通部分 %d 个，弱连通部分 %d 个\n"),
           m->strong_count, m->weak_count);
    for (int32_t i = 0; i < m->shown; i++) {
        const struct parts_patch *p = &m->patches[i];
        const struct point at = network_point(n, (struct spot){ p->longest, 0 });

        printf("    %-18s %6d %10.1f m  %.6f %.6f  way %lld %s\n", say_standing(p->standing),
               p->segment_count, (double)p->length_cm / CM_PER_M, at.lon, at.lat,
               (long long)n->way_id[p->longest], network_name(n, p->longest));
    }
}

static void show_cuts(const struct doctor_report *r)
{
    printf(command_say("\nbarriers that cut streets off: %d\n", "\n造成隔断的障碍物：%d\n"),
           r->cut_count);
    for (int32_t i = 0; i < r->cuts_shown; i++) {
        const struct doctor_cut *c = &r->cuts[i];

        printf("    %-18s %-6s %10.1f m  %.6f %.6f  node %lld %s\n", say_standing(c->standing),
               network_mode_word(c->mode), (double)c->length_cm / CM_PER_M, c->at.lon, c->at.lat,
               (long long)c->node_id, c->kind);
    }
}

static void show_odds(const struct doctor_report *r)
{
    const struct network *n = r->city->network;

    for (enum odd_kind kind = 0; kind < ODD_KINDS; kind++) {
        printf("\n%s: %d\n", say_odd(kind), r->odd_counts[kind]);
        for (int32_t i = 0; i < r->odd_count; i++) {
            const struct odd *o = &r->odds[i];
            const struct point at = network_point(n, (struct spot){ o->segment, 0 });

            if (o->kind == kind)
                printf("    %10.1f  %-12s %.6f %.6f  way %lld %s\n", o->value,
                       network_class_word(n->street_class[o->segment]), at.lon, at.lat,
                       (long long)n->way_id[o->segment], network_name(n, o->segment));
        }
    }
}

static void show_places(const struct doctor_report *r)
{
    printf(command_say("\nstations and lookout points: %d looked at, %d troubles\n",
                       "\n站点与瞭望点：检查 %d 个，问题 %d 项\n"),
           r->places_looked_at, r->place_count);
    if (r->is_partial)
        printf(command_say("    there are more, which were not looked at\n", "    其余未检查\n"));
    for (int32_t i = 0; i < r->places_shown; i++) {
        const struct doctor_place *p = &r->places[i];

        printf("    %-18s %-6s %-13s %lld %s %s\n", say_standing(p->standing),
               network_mode_word(p->mode), p->kind, (long long)p->id, p->code, p->name);
    }
}

static void show(const struct doctor_report *r)
{
    printf(command_say("%s: %d segments, %d junctions (import %lld)\n",
                       "%s：路段 %d，路口 %d（导入 %lld）\n"),
           r->city->name, r->city->network->segment_count, r->city->network->node_count,
           (long long)r->city->network->import_id);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        show_mode(r, mode);
    show_cuts(r);
    show_odds(r);
    show_places(r);
}

static void print_json(const struct doctor_report *r)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);

    doctor_json_write(&e, r);
    puts(buf_text(&text));
    buf_free(&text);
}

static bool examine(struct db *db, int32_t shown, bool as_json, struct fail *f)
{
    struct arena *a = arena_new();
    struct patient p = { .index = NULL };
    struct doctor_report r;
    bool good = take_in(db, a, &p, f) && doctor_look(&p.city, db, 0, shown, a, &r, f);

    if (good && as_json)
        print_json(&r);
    else if (good)
        show(&r);
    if (good && r.place_count > 0)
        good = fail_set(f, FAIL_MISSING, PLACES_CUT_OFF,
                        "%d times a station or lookout point cannot be reached or left",
                        r.place_count);
    snap_index_free(p.index);
    arena_free(a);
    return good;
}

int doctor_command(int argc, char **argv)
{
    int64_t shown = SHOWN_OTHERWISE;
    const char *shown_text = NULL;
    bool as_json = false;
    const struct command_option options[] = { { .name = "show", .value = &shown_text },
                                              { .name = "json", .given = &as_json } };
    struct command_line line;
    struct fail f = { 0 };

    if (!command_read(argc, argv, options, 2, 1, &line, &f) ||
        (shown_text && !command_number("show", shown_text, 0, DOCTOR_SHOWN_MAX, &shown, &f)))
        return command_fail(&f);
    if (line.operand_count == 0 || strcmp(line.operands[0], "network") != 0) {
        fail_set(&f, FAIL_INPUT, OPERAND_COUNT, "vigil doctor cannot examine this: %.40s",
                 line.operand_count ? line.operands[0] : "");
        fail_allowed(&f, "network");
        return command_fail(&f);
    }
    struct db *db = command_city(&f);

    if (!db)
        return command_fail(&f);
    const bool good = examine(db, (int32_t)shown, as_json, &f);

    db_close(db);
    return good ? COMMAND_DONE : command_fail(&f);
}

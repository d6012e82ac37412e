/* What registrar.h does, for grids; and laying them. */
#include "api/handlers.h"

#include "api/registrar.h"
#include "api/registrar_import.h"
#include "engine/grids.h"
#include "geo/geojson.h"
#include "geo/grid.h"
#include "geo/shape.h"

enum { CELL_MAX = 99999999 /* the largest number of a first cell */ };

enum {
    KEY_AREA,
    KEY_KIND,
    KEY_SIDE,
    KEY_PREFIX,
    KEY_PROFILE,
    KEY_FIRST,
    KEY_RESPONSIBLE,
    KEY_COUNT
};

bool on_grids_list(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_list(r, REGISTRY_GRIDS, out, f);
}

bool on_grids_get(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_get(r, REGISTRY_GRIDS, out, f);
}

bool on_grids_create(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_create(r, REGISTRY_GRIDS, out, f);
}

bool on_grids_change(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_change(r, REGISTRY_GRIDS, out, f);
}

bool on_grids_close(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_close(r, REGISTRY_GRIDS, out, f);
}

bool on_grids_import(const struct request *r, struct reply *out, struct fail *f)
{
    return registrar_import(r, REGISTRY_GRIDS, out, f);
}

struct wish {
    struct grid_plan plan;
    struct figure area;
    enum frame frame;
    const char *responsible;
};

/* What the plan's numbers must be is said by grid_lay, but for what no number of
 * the kind could be. */
static bool read_plan(struct input_key *keys, struct wish *w, struct fail *f)
{
    static const char *const KINDS[] = { "square", "hexagon" };
    static const char *const PROFILES[] = { "DB11-15", "CJT213-14", "CJT349-20", "free" };
    int32_t kind;
    int32_t profile = GRID_PROFILE_FREE;
    int64_t first = 1;

    if (!input_word(keys[KEY_KIND].value, KINDS, 2, &kind, f) ||
        !input_number(keys[KEY_SIDE].value, GRID_SIDE_MIN_M, GRID_SIDE_MAX_M, &w->plan.side_m, f) ||
        (keys[KEY_PROFILE].value &&
         !input_word(keys[KEY_PROFILE].value, PROFILES, GRID_PROFILE_COUNT, &profile, f)) ||
        !input_text(keys[KEY_PREFIX].value, GRID_CODE_MAX, &w->plan.prefix, f) ||
        (keys[KEY_FIRST].value && !input_int(keys[KEY_FIRST].value, 1, CELL_MAX, &first, f)))
        return false;
    w->plan.kind = (enum grid_kind)kind;
    w->plan.profile = (enum grid_profile)profile;
    w->plan.first_cell = (int32_t)first;
    return true;
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[] = {
        [KEY_AREA] = { .name = "area", .required = true },
        [KEY_KIND] = { .name = "kind", .required = true },
        [KEY_SIDE] = { .name = "side_m", .required = true },
        [KEY_PREFIX] = { .name = "prefix", .required = true },
        [KEY_PROFILE] = { .name = "profile" },
        [KEY_FIRST] = { .name = "first_cell" },
        [KEY_RESPONSIBLE] = { .name = "responsible" },
    };
    const struct input *body;

    *w = (struct wish){ .responsible = "" };
    return request_json(r, &body, f) && input_keys(body, keys, KEY_COUNT, f) &&
           read_plan(keys, w, f) &&
           (!keys[KEY_RESPONSIBLE].value ||
            input_text(keys[KEY_RESPONSIBLE].value, REGISTRY_NAME_MAX, &w->responsible, f)) &&
           geojson_read_figure(r->arena, keys[KEY_AREA].value, FIGURE_AREAS, &w->area, f) &&
           frame_read_word(input_get(keys[KEY_AREA].value, "frame"), &w->frame, f);
}

bool on_grids_lay(const struct request *r, struct reply *out, struct fail *f)
{
    struct registrar_import batch = { .r = r, .noun = REGISTRY_GRIDS, .laid = true };
    struct wish wish;
    bool dry_run;

    if (!registrar_flag(r, "dry_run", &dry_run, f) || !registrar_frame(r, &batch.frame, f) ||
        !read_wish(r, &wish, f))
        return false;
    if (!shape_check(shape_take(r->arena), &wish.area, f)) {
        fail_at(f, "/area");
        return registrar_offer_repair(r, &wish.area, wish.frame, out, f);
    }
    return grids_lay(r->arena, &wish.plan, &wish.area, wish.responsible, &batch.items, &batch.count,
                     f) &&
           registrar_import_add(&batch, dry_run, out, f);
}

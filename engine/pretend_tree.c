/* From the whole to the parts: the streets are cut into counties, those into
 * townships, those into villages; everything else is put onto the patches. Codes say
 * what a thing is, so that a second run finds it. */
#include "engine/pretend_tree.h"

#include <stdlib.h>
#include <string.h>

#include "engine/orgs.h"
#include "engine/pretend_names.h"
#include "engine/registry.h"
#include "geo/shape.h"
#include "geo/wkb.h"

enum {
    MARGIN_M = 20000, /* the city's boxes reach beyond its hull */
    AID_REACH_M = 2000,
    VILLAGE_NAMES_FROM = 300, /* counties and townships have the names before */
    BUS_LINES = 60,
};

static const struct pretend_tree_size SIZES[] = {
    { .word = "small",
      .counties = 2,
      .townships = 6,
      .urban = 2,
      .villages = 3,
      .stations = 20,
      .lookouts = 5,
      .squads = 4,
      .buses = 6,
      .taxis = 10,
      .firms = 6,
      .firm_people = 30,
      .people = 2000,
      .on_duty = 400 },
    { .word = "demo",
      .counties = 4,
      .townships = 20,
      .urban = 8,
      .villages = 6,
      .stations = 60,
      .lookouts = 5,
      .squads = 12,
      .buses = 30,
      .taxis = 50,
      .firms = 40,
      .firm_people = 200,
      .people = 10000,
      .on_duty = 2000 },
    { .word = "full",
      .counties = 10,
      .townships = 186,
      .urban = 73,
      .villages = 12,
      .stations = 1843,
      .lookouts = 5,
      .squads = 38,
      .buses = 525,
      .taxis = 800,
      .firms = 602,
      .firm_people = 3000,
      .people = 600000,
      .on_duty = 60000 },
};

static const char *const SECTORS[PRETEND_TREE_SECTORS][2] = {
    { "SECTOR-BUS", "公交行业分会" },      { "SECTOR-TAXI", "出租行业分会" },
    { "SECTOR-COURIER", "快递行业分会" },  { "SECTOR-PROPERTY", "物业行业分会" },
    { "SECTOR-SCHOOL", "教育行业分会" },   { "SECTOR-HEALTH", "卫生行业分会" },
    { "SECTOR-SECURITY", "保安行业分会" }, { "SECTOR-WATER", "水上救援分会" },
};
enum { SECTOR_BUS, SECTOR_TAXI };

static const char *const TRADES[][2] = {
    { "shop", "商店" },         { "restaurant", "餐馆" },    { "hotel", "宾馆" },
    { "bank", "银行网点" },     { "factory", "工厂" },       { "logistics", "物流" },
    { "property", "物业" },     { "entertainment", "娱乐" }, { "hospital", "诊所" },
    { "security", "保安公司" },
};
enum { TRADE_COUNT = sizeof TRADES / sizeof *TRADES };

const struct pretend_tree_size *pretend_tree_size(const char *word)
{
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        if (strcmp(SIZES[i].word, word) == 0)
            return &SIZES[i];
    return NULL;
}

/* What the making works with. */
struct maker {
    struct db *db;
    struct ids *ids;
    struct arena *arena;
    struct shape *shape;
    struct figure hull;
    struct pretend_tree *tree;
};

/* ------------------------------------------------------------------ rows */

static void set(struct registry_item *item, enum registry_noun noun, const char *field,
                const char *text)
{
    registry_value(noun, item, field)->text = text;
}

static void refer(struct registry_item *item, enum registry_noun noun, const char *field,
                  int64_t id)
{
    registry_value(noun, item, field)->number = id;
}

/* Adds those whose code nobody has, and gives all of them their ids. */
static bool ensure(struct maker *m, enum registry_noun noun, struct registry_item *items,
                   int32_t count, struct fail *f)
{
    struct registry_item *missing = arena_take(m->arena, (size_t)count + 1, sizeof *missing);
    int32_t *place = arena_take(m->arena, (size_t)count + 1, sizeof *place);
    struct registry_taken taken;
    int32_t missing_count = 0;

    if (count == 0)
        return true;
    if (!registry_find_taken(m->db, noun, items, count, m->arena, &taken, f))
        return false;
    for (int32_t i = 0; i < taken.count; i++)
        items[taken.item_at[i]].id = taken.id[i];
    for (int32_t i = 0; i < count; i++) {
        if (items[i].id)
            continue;
        place[missing_count] = i;
        missing[missing_count++] = items[i];
    }
    if (missing_count == 0)
        return true;
    if (!registry_begin_writing(m->db, noun, f) ||
        !registry_add(m->db, m->ids, noun, missing, missing_count, f))
        return false;
    for (int32_t i = 0; i < missing_count; i++)
        items[place[i]].id = missing[i].id;
    return true;
}

static struct registry_item *blanks(struct maker *m, enum registry_noun noun, int32_t count)
{
    struct registry_item *items = arena_take(m->arena, (size_t)count + 1, sizeof *items);

    for (int32_t i = 0; i < count; i++)
        items[i] = registry_blank(noun);
    return items;
}

static int64_t *ids_of(struct maker *m, const struct registry_item *items, int32_t count)
{
    int64_t *ids = arena_take(m->arena, (size_t)count + 1, sizeof *ids);

    for (int32_t i = 0; i < count; i++)
        ids[i] = items[i].id;
    return ids;
}

/* ------------------------------------------------------------------ areas */

/* The part of the city's hull in a box; nothing where the hull does not reach. */
static bool area_of(struct maker *m, struct box box, struct figure *out, struct fail *f)
{
    const struct point ring[] = {
        box.min, { box.max.lon, box.min.lat }, box.max, { box.min.lon, box.max.lat }, box.min
    };
    const struct figure whole = figure_ring(m->arena, ring, 5);

    return shape_intersection(m->shape, &m->hull, &whole, out, f);
}

static bool read_hull(struct maker *m, struct fail *f)
{
    const struct db_rows *rows;
    size_t size;

    if (!db_run(m->db, QUERIES_CITY_HULL, NULL, 0, m->arena, &rows, f))
        return false;
    const void *wkb = db_get_bytes(rows, 0, 0, &size);

    return wkb_read(m->arena, wkb, size, &m->hull, f);
}

/* ------------------------------------------------------------------ the tree */

static void name_org(struct maker *m, struct registry_item *item, const char *kind,
                     const char *code, const char *name, int64_t parent_id)
{
    (void)m;
    set(item, REGISTRY_ORGS, "code", code);
    set(item, REGISTRY_ORGS, "name", name);
    set(item, REGISTRY_ORGS, "kind", kind);
    refer(item, REGISTRY_ORGS, "parent_id", parent_id);
}

static const char *place_name(struct maker *m, int32_t number, const char *ending)
{
    char name[PRETEND_NAMES_PLACE_BYTES];

    pretend_names_place(number % PRETEND_NAMES_PLACES, name);
    return arena_text(m->arena, "%s%s", name, ending);
}

/* The codes are of no real division: those begin with 11 to 82. */
static bool make_counties(struct maker *m, struct pretend_town_patch *patches, struct fail *f)
{
    const int32_t count = m->tree->size->counties;
    struct registry_item *items = blanks(m, REGISTRY_ORGS, count);

    for (int32_t i = 0; i < count; i++) {
        name_org(m, &items[i], "county", arena_text(m->arena, "9901%02d", i + 1),
                 place_name(m, i, i < count / 2 ? "区" : "县"), ORGS_CITY_ID);
        if (!area_of(m, patches[i].box, &items[i].figure, f))
            return false;
    }
    if (!ensure(m, REGISTRY_ORGS, items, count, f))
        return false;
    m->tree->counties = ids_of(m, items, count);
    return true;
}

struct density {
    double per_area;
    int32_t township;
};

static int denser_first(const void *one, const void *other)
{
    const struct density *a = one;
    const struct density *b = other;

    if (a->per_area > b->per_area || a->per_area < b->per_area)
        return a->per_area > b->per_area ? -1 : 1;
    return a->township - b->township;
}

/* The sub-districts are the townships with the densest streets. */
static void find_urban(struct maker *m)
{
    struct pretend_tree *t = m->tree;
    struct density *all = arena_take(m->arena, (size_t)t->size->townships + 1, sizeof *all);

    for (int32_t i = 0; i < t->size->townships; i++) {
        const struct box box = t->townships[i].patch.box;

        all[i] = (struct density){ t->townships[i].patch.count /
                                       ((box.max.lon - box.min.lon) * (box.max.lat - box.min.lat)),
                                   i };
    }
    qsort(all, (size_t)t->size->townships, sizeof *all, denser_first);
    for (int32_t i = 0; i < t->size->urban; i++)
        t->townships[all[i].township].is_urban = true;
}

static void cut_townships(struct maker *m, const struct pretend_town_patch *counties)
{
    struct pretend_tree *t = m->tree;
    const struct pretend_tree_size *size = t->size;
    struct pretend_town_patch *patches =
        arena_take(m->arena, (size_t)size->townships, sizeof *patches);

    t->townships = arena_take(m->arena, (size_t)size->townships, sizeof *t->townships);
    for (int32_t c = 0; c < size->counties; c++) {
        const int32_t first = size->townships * c / size->counties;
        const int32_t next = size->townships * (c + 1) / size->counties;

        pretend_town_split(&t->town, counties[c], next - first, patches);
        for (int32_t i = first; i < next; i++) {
            t->townships[i].patch = patches[i - first];
            t->townships[i].county_id = t->counties[c];
        }
    }
}

static bool make_townships(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t count = t->size->townships;
    struct registry_item *items = blanks(m, REGISTRY_ORGS, count);

    for (int32_t i = 0; i < count; i++) {
        const int32_t county = (int32_t)(((int64_t)i * t->size->counties) / count);

        name_org(m, &items[i], "township", arena_text(m->arena, "9901%02d%03d", county + 1, i + 1),
                 place_name(m, t->size->counties + i, t->townships[i].is_urban ? "街道" : "镇"),
                 t->townships[i].county_id);
        if (!area_of(m, t->townships[i].patch.box, &items[i].figure, f))
            return false;
    }
    if (!ensure(m, REGISTRY_ORGS, items, count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        t->townships[i].org_id = items[i].id;
    return true;
}

static bool make_villages(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t each = t->size->villages;
    const int32_t count = each * t->size->townships;
    struct registry_item *items = blanks(m, REGISTRY_ORGS, count);

    for (int32_t i = 0; i < count; i++) {
        const struct pretend_tree_township *township = &t->townships[i / each];

        name_org(m, &items[i], "village",
                 arena_text(m->arena, "99%05d%03d", i / each + 1, 200 + i % each),
                 place_name(m, VILLAGE_NAMES_FROM + i, township->is_urban ? "社区" : "村"),
                 township->org_id);
    }
    if (!ensure(m, REGISTRY_ORGS, items, count, f))
        return false;
    const int64_t *villages = ids_of(m, items, count);

    for (int32_t i = 0; i < t->size->townships; i++)
        t->townships[i].villages = &villages[(size_t)i * (size_t)each];
    return true;
}

static bool make_sectors(struct maker *m, struct fail *f)
{
    struct registry_item *items = blanks(m, REGISTRY_ORGS, PRETEND_TREE_SECTORS);

    for (int32_t i = 0; i < PRETEND_TREE_SECTORS; i++)
        name_org(m, &items[i], "sector", SECTORS[i][0], SECTORS[i][1], ORGS_CITY_ID);
    if (!ensure(m, REGISTRY_ORGS, items, PRETEND_TREE_SECTORS, f))
        return false;
    for (int32_t i = 0; i < PRETEND_TREE_SECTORS; i++)
        m->tree->sectors[i] = items[i].id;
    m->tree->bus_sector_id = items[SECTOR_BUS].id;
    m->tree->taxi_sector_id = items[SECTOR_TAXI].id;
    return true;
}

static struct pretend_tree_township *township_of(struct pretend_tree *t, int32_t number)
{
    return &t->townships[number % t->size->townships];
}

/* Somewhere in the patch: junctions in turn, so that places do not stand together. */
static const struct pretend_town_junction *
junction_of(const struct pretend_tree *t, const struct pretend_town_patch *patch, int32_t number)
{
    struct pretend_town_patch spot = *patch;

    if (patch->count > 0) {
        spot.first += (int32_t)(pretend_town_mix((uint64_t)number) % (uint64_t)patch->count);
        spot.count = 0;
    }
    return pretend_town_middle(&t->town, &spot);
}

static bool make_firms(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t count = t->size->firms;
    struct registry_item *firms = blanks(m, REGISTRY_ORGS, count);
    struct registry_item *sites = blanks(m, REGISTRY_SITES, count);

    for (int32_t i = 0; i < count; i++) {
        const char *const *trade = TRADES[i % TRADE_COUNT];

        name_org(m, &firms[i], "firm", arena_text(m->arena, "FIRM-%04d", i + 1),
                 place_name(m, i * 7, trade[1]), township_of(t, i)->org_id);
        set(&firms[i], REGISTRY_ORGS, "trade", trade[0]);
    }
    if (!ensure(m, REGISTRY_ORGS, firms, count, f))
        return false;
    t->firms = ids_of(m, firms, count);
    for (int32_t i = 0; i < count; i++) {
        const struct pretend_town_junction *at = junction_of(t, &township_of(t, i)->patch, 5 * i);

        set(&sites[i], REGISTRY_SITES, "code", arena_text(m->arena, "SITE-%04d", i + 1));
        set(&sites[i], REGISTRY_SITES, "name",
            registry_value(REGISTRY_ORGS, &firms[i], "name")->text);
        set(&sites[i], REGISTRY_SITES, "kind", i % 3 ? "shop" : "office");
        set(&sites[i], REGISTRY_SITES, "address", pretend_town_street(at));
        refer(&sites[i], REGISTRY_SITES, "camera_count", 2 + i % 15);
        refer(&sites[i], REGISTRY_SITES, "org_id", t->firms[i]);
        sites[i].figure = figure_point(m->arena, at->at);
    }
    return ensure(m, REGISTRY_SITES, sites, count, f);
}

/* ------------------------------------------------------------------ places */

static bool make_stations(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t count = t->size->stations;
    const int32_t parts = t->size->townships;
    struct registry_item *items = blanks(m, REGISTRY_STATIONS, count);
    struct pretend_town_patch *spots = arena_take(m->arena, (size_t)count + 1, sizeof *spots);

    for (int32_t p = 0; p < parts; p++) {
        const int32_t first = (int32_t)((int64_t)count * p / parts);
        const int32_t next = (int32_t)((int64_t)count * (p + 1) / parts);

        if (next > first)
            pretend_town_split(&t->town, t->townships[p].patch, next - first, &spots[first]);
        for (int32_t i = first; i < next; i++) {
            const struct pretend_town_junction *at = pretend_town_middle(&t->town, &spots[i]);

            set(&items[i], REGISTRY_STATIONS, "code", arena_text(m->arena, "STATION-%04d", i + 1));
            set(&items[i], REGISTRY_STATIONS, "name",
                pretend_town_name(at, "平安服务站", "Station", i + 1, m->arena));
            set(&items[i], REGISTRY_STATIONS, "address", pretend_town_street(at));
            set(&items[i], REGISTRY_STATIONS, "opening_hours", "08:00-22:00");
            refer(&items[i], REGISTRY_STATIONS, "org_id", t->townships[p].org_id);
            items[i].figure = figure_point(m->arena, at->at);
        }
    }
    t->station_count = count;
    return ensure(m, REGISTRY_STATIONS, items, count, f);
}

static bool make_lookouts(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t each = t->size->lookouts;
    const int32_t count = each * t->size->urban;
    struct registry_item *items = blanks(m, REGISTRY_LOOKOUT_POINTS, count);
    struct pretend_town_patch *spots = arena_take(m->arena, (size_t)each + 1, sizeof *spots);
    int32_t made = 0;

    for (int32_t p = 0; p < t->size->townships; p++) {
        if (!t->townships[p].is_urban)
            continue;
        pretend_town_split(&t->town, t->townships[p].patch, each, spots);
        for (int32_t i = 0; i < each; i++, made++) {
            const struct pretend_town_junction *at = pretend_town_middle(&t->town, &spots[i]);
            struct registry_item *item = &items[made];

            set(item, REGISTRY_LOOKOUT_POINTS, "code",
                arena_text(m->arena, "LOOKOUT-%04d", made + 1));
            set(item, REGISTRY_LOOKOUT_POINTS, "name",
                pretend_town_name(at, "瞭望点", "Lookout", made + 1, m->arena));
            set(item, REGISTRY_LOOKOUT_POINTS, "state", "active");
            set(item, REGISTRY_LOOKOUT_POINTS, "hours", "18:00-24:00");
            refer(item, REGISTRY_LOOKOUT_POINTS, "reach_m", 80 + 10 * (made % 8));
            refer(item, REGISTRY_LOOKOUT_POINTS, "org_id", t->townships[p].org_id);
            item->figure = figure_point(m->arena, at->at);
        }
    }
    t->lookout_count = count;
    return ensure(m, REGISTRY_LOOKOUT_POINTS, items, made, f);
}

/* ------------------------------------------------------------------ squads and crews */

static void name_squad(struct registry_item *item, const char *kind, const char *mode,
                       const char *code, const char *name, int64_t org_id)
{
    set(item, REGISTRY_SQUADS, "kind", kind);
    set(item, REGISTRY_SQUADS, "mode", mode);
    set(item, REGISTRY_SQUADS, "code", code);
    set(item, REGISTRY_SQUADS, "name", name);
    refer(item, REGISTRY_SQUADS, "org_id", org_id);
}

static bool make_squads(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t count = t->size->squads;
    struct registry_item *items = blanks(m, REGISTRY_SQUADS, count);

    for (int32_t i = 0; i < count; i++) {
        name_squad(&items[i], "squad", i % 2 ? "ebike" : "foot",
                   arena_text(m->arena, "SQUAD-%02d", i + 1), place_name(m, 31 * i + 5, "义警队"),
                   township_of(t, i)->org_id);
        set(&items[i], REGISTRY_SQUADS, "equipment",
            "[{\"item\":\"反光背心\",\"count\":12},{\"item\":\"强光手电\",\"count\":12},"
            "{\"item\":\"对讲机\",\"count\":4},{\"item\":\"急救包\",\"count\":2}]");
        set(&items[i], REGISTRY_SQUADS, "insurer", "志愿者意外险");
        set(&items[i], REGISTRY_SQUADS, "policy", arena_text(m->arena, "ZY-%06d", 4000 + i));
        set(&items[i], REGISTRY_SQUADS, "insured_until", i % 10 ? "2030-12-31" : "2024-12-31");
    }
    if (!ensure(m, REGISTRY_SQUADS, items, count, f))
        return false;
    t->squads = ids_of(m, items, count);
    return true;
}

static bool make_crews(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t bus_count = t->size->buses;
    const int32_t count = bus_count + t->size->taxis;
    struct registry_item *items = blanks(m, REGISTRY_SQUADS, count);

    for (int32_t i = 0; i < count; i++) {
        const bool by_bus = i < bus_count;
        const int32_t number = by_bus ? i : i - bus_count;
        const int32_t line = 1 + number % BUS_LINES;

        name_squad(&items[i], "crew", by_bus ? "bus" : "taxi",
                   arena_text(m->arena, by_bus ? "BUS-%04d" : "TAXI-%04d", number + 1),
                   by_bus ? arena_text(m->arena, "%d路 %d 班", line, 1 + number / BUS_LINES)
                          : arena_text(m->arena, "出租 %04d 号车", number + 1),
                   by_bus ? t->bus_sector_id : t->taxi_sector_id);
        set(&items[i], REGISTRY_SQUADS, "plate", arena_text(m->arena, "试%05d", 10000 + i));
        if (by_bus)
            set(&items[i], REGISTRY_SQUADS, "line", arena_text(m->arena, "%d", line));
    }
    if (!ensure(m, REGISTRY_SQUADS, items, count, f))
        return false;
    t->buses = ids_of(m, items, bus_count);
    t->taxis = ids_of(m, &items[bus_count], t->size->taxis);
    return true;
}

static bool make_firm_teams(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t count = t->size->firms;
    struct registry_item *items = blanks(m, REGISTRY_SQUADS, count);

    for (int32_t i = 0; i < count; i++)
        name_squad(&items[i], "firm_team", "foot", arena_text(m->arena, "TEAM-%04d", i + 1),
                   place_name(m, i * 7, "联防小组"), t->firms[i]);
    if (!ensure(m, REGISTRY_SQUADS, items, count, f))
        return false;
    t->firm_teams = ids_of(m, items, count);
    return true;
}

/* ------------------------------------------------------------------ mutual aid */

static bool make_aid(struct maker *m, const struct pretend_town_patch *counties, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    const int32_t most = t->size->counties * t->size->counties;
    struct registry_item *items = blanks(m, REGISTRY_MUTUAL_AID, most);
    int32_t count = 0;

    for (int32_t i = 0; i < t->size->counties; i++) {
        for (int32_t k = 0; k < t->size->counties; k++) {
            if (i == k || !box_meets(counties[i].box, counties[k].box))
                continue;
            refer(&items[count], REGISTRY_MUTUAL_AID, "lender_id", t->counties[i]);
            refer(&items[count], REGISTRY_MUTUAL_AID, "borrower_id", t->counties[k]);
            refer(&items[count++], REGISTRY_MUTUAL_AID, "reach_m", AID_REACH_M);
        }
    }
    return ensure(m, REGISTRY_MUTUAL_AID, items, count, f);
}

/* ------------------------------------------------------------------ all of it */

static bool make_all(struct maker *m, struct fail *f)
{
    struct pretend_tree *t = m->tree;
    struct pretend_town_patch *counties =
        arena_take(m->arena, (size_t)t->size->counties, sizeof *counties);

    if (!pretend_town_read(m->db, m->arena, &t->town, f) || !read_hull(m, f))
        return false;
    pretend_town_split(&t->town, pretend_town_whole(&t->town, box_grown(t->town.box, MARGIN_M)),
                       t->size->counties, counties);
    if (!make_counties(m, counties, f))
        return false;
    cut_townships(m, counties);
    find_urban(m);
    return make_townships(m, f) && make_villages(m, f) && make_sectors(m, f) && make_firms(m, f) &&
           make_aid(m, counties, f) && make_stations(m, f) && make_lookouts(m, f) &&
           make_squads(m, f) && make_crews(m, f) && make_firm_teams(m, f);
}

bool pretend_tree_make(struct db *db, struct ids *ids, const struct pretend_tree_size *size,
                       struct arena *a, struct pretend_tree *out, struct fail *f)
{
    struct maker m = { .db = db, .ids = ids, .arena = a, .shape = shape_take(a), .tree = out };

    *out = (struct pretend_tree){ .size = size };
    if (!make_all(&m, f))
        return false;
    out->org_count = 1 + size->counties + size->townships * (1 + size->villages) +
                     PRETEND_TREE_SECTORS + size->firms;
    return true;
}

const struct pretend_tree_township *pretend_tree_find(const struct pretend_tree *t, struct point at)
{
    for (int32_t i = 0; i < t->size->townships; i++)
        if (box_holds(t->townships[i].patch.box, at))
            return &t->townships[i];
    return &t->townships[0];
}

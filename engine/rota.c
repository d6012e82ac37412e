#include "engine/rota.h"

#include <assert.h>
#include <string.h>

#include "geo/instant.h"

enum { VALUES = 9, DAY_LENGTH = 10, MONTH_LENGTH = 7, MONDAY = 3 };

static const int64_t DAY_US = 86400LL * 1000000;

/* `of` lists what stands below a parent and `own` what is one person's, where there are
 * so many that they need an index; else they are `rows`. */
static const struct {
    const char *name;
    enum queries_id rows, of, own;
} NOUNS[ROTA_NOUNS] = {
    [ROTA_SHIFT_TEMPLATES] = { "shift template", QUERIES_SHIFT_TEMPLATE_ROWS,
                               QUERIES_SHIFT_TEMPLATE_ROWS, QUERIES_SHIFT_TEMPLATE_ROWS },
    [ROTA_SHIFTS] = { "shift", QUERIES_SHIFT_ROWS, QUERIES_SHIFT_ROWS, QUERIES_SHIFT_ROWS },
    [ROTA_SIGNUPS] = { "sign-up", QUERIES_SIGNUP_ROWS, QUERIES_SIGNUP_OF_SHIFT_ROWS,
                       QUERIES_SIGNUP_OWN_ROWS },
    [ROTA_SIGNUPS_OF_CLAIM] = { "sign-up", QUERIES_SIGNUP_ROWS, QUERIES_SIGNUP_OF_CLAIM_ROWS,
                                QUERIES_SIGNUP_OWN_ROWS },
    [ROTA_BEATS] = { "beat", QUERIES_BEAT_ROWS, QUERIES_BEAT_ROWS, QUERIES_BEAT_ROWS },
    [ROTA_PATROL_PLANS] = { "patrol plan", QUERIES_PATROL_PLAN_ROWS, QUERIES_PATROL_PLAN_ROWS,
                            QUERIES_PATROL_PLAN_ROWS },
    [ROTA_PATROL_DAYS] = { "patrol day", QUERIES_PATROL_DAY_ROWS, QUERIES_PATROL_DAY_ROWS,
                           QUERIES_PATROL_DAY_ROWS },
    [ROTA_CLAIMS] = { "claim", QUERIES_CLAIM_ROWS, QUERIES_CLAIM_OF_DAY_ROWS, QUERIES_CLAIM_ROWS },
    [ROTA_HOURS] = { "entry", QUERIES_HOURS_ROWS, QUERIES_HOURS_ROWS, QUERIES_HOURS_OWN_ROWS },
    [ROTA_FENCES] = { "fence", QUERIES_FENCE_ROWS, QUERIES_FENCE_ROWS, QUERIES_FENCE_ROWS },
    [ROTA_FENCE_VISITS] = { "visit", QUERIES_FENCE_VISIT_ROWS, QUERIES_FENCE_VISIT_ROWS,
                            QUERIES_FENCE_VISIT_ROWS },
    [ROTA_FENCE_ABSENCES] = { "absence", QUERIES_FENCE_ABSENCE_ROWS, QUERIES_FENCE_ABSENCE_ROWS,
                              QUERIES_FENCE_ABSENCE_ROWS },
    [ROTA_BUS_LINES] = { "bus line", QUERIES_BUS_LINE_ROWS, QUERIES_BUS_LINE_ROWS,
                         QUERIES_BUS_LINE_ROWS },
    [ROTA_CLOSURES] = { "closure", QUERIES_CLOSURE_ROWS, QUERIES_CLOSURE_ROWS,
                        QUERIES_CLOSURE_ROWS },
    [ROTA_JOBS] = { "job", QUERIES_JOB_ROWS, QUERIES_JOB_ROWS, QUERIES_JOB_ROWS },
};

static struct db_value id_or_null(int64_t id)
{
    return id ? db_int(id) : db_null();
}

static bool run(struct db *db, enum rota_noun noun, int64_t id, const struct rota_filter *filter,
                struct arena *a, const struct db_rows **rows, struct fail *f)
{
    const struct db_value values[VALUES] = {
        id_or_null(id),
        db_int(filter->after_id),
        db_int(filter->limit + 1), /* to see whether there are more */
        id_or_null(filter->org_id),
        id_or_null(filter->parent_id),
        db_text(filter->from),
        db_text(filter->to),
        db_text(filter->word),
        id_or_null(filter->other_id),
    };

    assert(noun < ROTA_NOUNS);
    return db_run(db,
                  filter->parent_id  ? NOUNS[noun].of
                  : filter->other_id ? NOUNS[noun].own
                                     : NOUNS[noun].rows,
                  values, VALUES, a, rows, f);
}

static struct rota_item read_item(const struct db_rows *rows, int32_t i)
{
    return (struct rota_item){ .id = db_get_int(rows, i, 0),
                               .version = db_get_int(rows, i, 1),
                               .json = db_get_text(rows, i, 2) };
}

bool rota_list(struct db *db, enum rota_noun noun, const struct rota_filter *filter,
               struct arena *a, struct rota_page *page, struct fail *f)
{
    const struct db_rows *rows;

    if (!run(db, noun, 0, filter, a, &rows, f))
        return false;
    page->more = db_count(rows) > filter->limit;
    page->count = page->more ? (int32_t)filter->limit : db_count(rows);
    page->items = arena_take(a, (size_t)page->count + 1, sizeof *page->items);
    for (int32_t i = 0; i < page->count; i++)
        page->items[i] = read_item(rows, i);
    return true;
}

bool rota_missing(enum rota_noun noun, int64_t id, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no %s %lld", NOUNS[noun].name, (long long)id);
    return fail_value(f, arena_text(a, "%lld", (long long)id));
}

bool rota_get(struct db *db, enum rota_noun noun, int64_t id, struct arena *a,
              struct rota_item *item, struct fail *f)
{
    const struct rota_filter all = { .after_id = id - 1, .limit = 1 };
    const struct db_rows *rows;

    if (!run(db, noun, id, &all, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(noun, id, a, f);
    *item = read_item(rows, 0);
    return true;
}

/* The first moment of a day in UTC. */
static bool day_begins(const char *text, int64_t *us)
{
    char moment[] = "0000-00-00T00:00:00Z";

    if (strlen(text) != DAY_LENGTH)
        return false;
    memcpy(moment, text, DAY_LENGTH);
    return instant_read(moment, sizeof moment - 1, us);
}

bool rota_is_day(const char *text)
{
    int64_t us;

    return day_begins(text, &us);
}

/* 1970 began on a Thursday. */
bool rota_is_monday(const char *day)
{
    int64_t us;

    return day_begins(day, &us) && (us / DAY_US + MONDAY) % 7 == 0;
}

const char *rota_month(const char *text, struct arena *a)
{
    const char *first = arena_text(a, "%.*s-01", MONTH_LENGTH, text);

    return strlen(text) == MONTH_LENGTH && rota_is_day(first) ? first : NULL;
}

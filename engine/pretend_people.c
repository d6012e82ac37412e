/* Everything about a person comes from one number, which comes from the seed and her
 * place in the line: first the people of firms, then the crews, then the squads, then
 * everybody else. */
#include "engine/pretend_people.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "engine/pgwire.h"
#include "engine/pretend_names.h"

enum {
    COLUMNS = 15,
    MANDATORY_PER_CENT = 12,
    LAST_DAY = 21184,    /* 2028-01-01, in days since 1970 */
    EXPIRED_DAY = 20269, /* 2025-06-30 */
    ROLE_MEMBER = 1,
    ROLE_LEADER = 2,
    ROLE_DRIVER = 3, /* in a squad; in a membership an organiser */
    SQUAD_SIZE = 10,
};

static const int64_t DAY_US = 86400LL * 1000000;
static const int64_t POSTGRES_EPOCH_DAYS = 10957; /* 2000-01-01 */

/* Of a hundred people so many have the skill, by bit. */
static const int32_t SKILL_PER_CENT[] = { 30, 15, 8, 4, 5, 1, 20, 12, 10, 2 };

/* Places on streets, by township. */
struct spots {
    struct point *at;
    int32_t *first; /* [townships + 1] */
};

/* What a chunk adds beside its people, as columns. */
struct column_set {
    int32_t count;
    int64_t *columns[4];
};

struct chunk {
    struct arena *arena;
    struct buf people;
    struct column_set memberships, credentials, members, positions;
};

struct making {
    const struct pretend_people_wish *wish;
    struct ids *ids;
    struct spots spots;
    int32_t *township_of_share; /* a township's number as often as it has shares */
    int32_t share_count;
    int32_t chunk_count;

    pthread_mutex_t lock; /* guards the rest */
    int32_t next;
    int32_t done;
    int32_t made;
    bool failed;
    struct fail why;
};

struct someone {
    int64_t person_id;
    int32_t number;
    uint64_t draw; /* of what is still to be decided */
    int32_t township;
    int64_t org_id;
    int64_t squad_id; /* 0: none */
    int64_t squad_role;
    const char *mode;
    const char *line;
    bool on_duty, hired;
};

/* ------------------------------------------------------------------ drawing */

static int32_t pick(struct someone *p, int32_t below)
{
    p->draw = pretend_town_mix(p->draw);
    return (int32_t)(p->draw >> 33) % below;
}

static bool happens(struct someone *p, int32_t per_cent)
{
    return pick(p, 100) < per_cent;
}

/* ------------------------------------------------------------------ who she is */

static void join_firm(const struct making *m, struct someone *p)
{
    const struct pretend_tree *t = m->wish->tree;
    const int32_t firm =
        (int32_t)((int64_t)p->number * t->size->firms / t->size->firm_people) % t->size->firms;

    p->township = firm % t->size->townships;
    p->org_id = t->firms[firm];
    p->squad_id = t->firm_teams[firm];
    p->squad_role = ROLE_MEMBER;
}

static void join_crew(const struct making *m, struct someone *p, int32_t crew)
{
    const struct pretend_tree *t = m->wish->tree;
    const bool by_bus = crew < t->size->buses;

    p->township = pick(p, t->size->townships);
    p->org_id = by_bus ? t->bus_sector_id : t->taxi_sector_id;
    p->squad_id = by_bus ? t->buses[crew] : t->taxis[crew - t->size->buses];
    p->squad_role = ROLE_DRIVER;
    p->mode = by_bus ? "bus" : "taxi";
    p->line = by_bus ? "1" : "";
    p->hired = !by_bus && happens(p, 40);
}

static void join_squad(const struct making *m, struct someone *p, int32_t place)
{
    const struct pretend_tree *t = m->wish->tree;
    const int32_t squad = place / SQUAD_SIZE;

    p->township = squad % t->size->townships;
    p->org_id = t->townships[p->township].villages[place % t->size->villages];
    p->squad_id = t->squads[squad];
    p->squad_role = place % SQUAD_SIZE == 0 ? ROLE_LEADER : ROLE_MEMBER;
}

static void join_place(const struct making *m, struct someone *p)
{
    const struct pretend_tree *t = m->wish->tree;
    const int32_t level = pick(p, 100);

    p->township = m->township_of_share[pick(p, m->share_count)];
    if (level < 83)
        p->org_id = t->townships[p->township].villages[pick(p, t->size->villages)];
    else if (level < 95)
        p->org_id = t->townships[p->township].org_id;
    else if (level < 98)
        p->org_id = t->townships[p->township].county_id;
    else
        p->org_id = t->sectors[pick(p, PRETEND_TREE_SECTORS)];
}

/* Whether the one at this place of so many is among the wished ones, spread evenly. */
static bool is_chosen(int64_t place, int64_t wished, int64_t of)
{
    return (place + 1) * wished / of > place * wished / of;
}

/* Squads all and of the crews three in five; of the others so many that exactly as
 * many as wished are on duty. */
static bool is_on_duty(const struct making *m, int32_t number)
{
    const struct pretend_tree_size *size = m->wish->tree->size;
    const int32_t crew_count = size->buses + size->taxis;
    const int32_t crews = size->firm_people;
    const int32_t squads = crews + crew_count;
    const int32_t others = squads + size->squads * SQUAD_SIZE;
    const int32_t due = m->wish->on_duty - crew_count * 3 / 5 - size->squads * SQUAD_SIZE;
    const int32_t left = m->wish->people - (others - crews);

    if (due < 0 || left < due) /* too few for that */
        return is_chosen(number, m->wish->on_duty, m->wish->people);
    if (number >= crews && number < squads)
        return is_chosen(number - crews, crew_count * 3 / 5, crew_count);
    if (number >= squads && number < others)
        return true;
    return is_chosen(number < crews ? number : number - (others - crews), due, left);
}

static struct someone someone_of(const struct making *m, int32_t number)
{
    static const char *const MODES[] = { "foot", "foot",  "foot",  "foot",  "ebike",
                                         "foot", "ebike", "ebike", "ebike", "car" };
    const struct pretend_tree_size *size = m->wish->tree->size;
    const int32_t crews = size->firm_people;
    const int32_t squads = crews + size->buses + size->taxis;
    const int32_t others = squads + size->squads * SQUAD_SIZE;
    struct someone p = {
        .number = number,
        .draw = pretend_town_mix(m->wish->seed ^ pretend_town_mix((uint64_t)number)),
        .line = "",
        .on_duty = is_on_duty(m, number),
    };

    p.mode = MODES[pick(&p, 10)];
    if (number < crews)
        join_firm(m, &p);
    else if (number < squads)
        join_crew(m, &p, number - crews);
    else if (number < others)
        join_squad(m, &p, number - squads);
    else
        join_place(m, &p);
    return p;
}

/* ------------------------------------------------------------------ rows */

static void put_text(struct buf *rows, const char *text)
{
    pgwire_bytes(rows, text, (int32_t)strlen(text));
}

static void put_flag(struct buf *rows, bool flag)
{
    pgwire_bytes(rows, flag ? "\1" : "\0", 1);
}

/* Numbers that machines have and no telephone; each once. */
static void put_phone(const struct making *m, struct chunk *c, const struct someone *p)
{
    char phone[24];
    unsigned char hash[PERSONAL_HASH_BYTES];
    size_t size;

    snprintf(phone, sizeof phone, "140%08lld", (long long)p->number * 48271 % 100000000);
    const void *sealed =
        personal_seal(m->wish->personal, p->person_id, PERSONAL_PHONE, phone, c->arena, &size);

    personal_hash(m->wish->personal, PERSONAL_PHONE, phone, hash);
    pgwire_bytes(&c->people, sealed, (int32_t)size);
    pgwire_bytes(&c->people, hash, sizeof hash);
}

/* One in a hundred is a child; most were born before 1985. */
static int16_t birth_year(struct someone *p)
{
    const int32_t age = pick(p, 100);

    if (age == 0)
        return (int16_t)(2010 + pick(p, 2));
    return (int16_t)(age < 60 ? 1948 + pick(p, 37) : 1985 + pick(p, 22));
}

static const char *recruit(struct someone *p)
{
    const int32_t part = pick(p, 100);

    return part < 80 ? "long_term" : part < 95 ? "short_term" : "reserve";
}

static uint64_t skills(struct someone *p)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < sizeof SKILL_PER_CENT / sizeof *SKILL_PER_CENT; i++)
        if (happens(p, SKILL_PER_CENT[i]))
            bits |= 1ULL << i;
    return bits;
}

/* The last day of what she may not patrol without; 0: she needs none. */
static int64_t credential_day(struct someone *p)
{
    if (!happens(p, MANDATORY_PER_CENT))
        return 0;
    return happens(p, 5) ? EXPIRED_DAY : LAST_DAY + pick(p, 700);
}

static void put_person(const struct making *m, struct chunk *c, struct someone *p, int64_t last_day)
{
    struct pretend_names_person named;

    p->draw = pretend_town_mix(p->draw);
    pretend_names_person(p->draw, &named);
    pgwire_row(&c->people, COLUMNS);
    pgwire_int8(&c->people, p->person_id);
    put_text(&c->people, named.name);
    put_text(&c->people, named.initials);
    put_text(&c->people, p->mode);
    pgwire_int8(&c->people, (int64_t)skills(p));
    put_flag(&c->people, p->on_duty);
    pgwire_int8(&c->people, p->org_id);
    pgwire_int2(&c->people, birth_year(p));
    put_text(&c->people, recruit(p));
    put_text(&c->people, p->line);
    put_flag(&c->people, p->hired);
    put_phone(m, c, p);
    put_flag(&c->people, true);
    if (last_day)
        pgwire_int8(&c->people, (last_day + 1 - POSTGRES_EPOCH_DAYS) * DAY_US);
    else
        pgwire_null(&c->people);
}

static void add(struct column_set *set, int64_t a, int64_t b, int64_t c, int64_t d)
{
    const int64_t row[] = { a, b, c, d };

    for (int i = 0; i < 4; i++)
        set->columns[i][set->count] = row[i];
    set->count++;
}

/* One in seven belongs to a second organisation, one in thirty to a third. */
static bool put_memberships(const struct making *m, struct db *db, struct chunk *c,
                            struct someone *p, struct fail *f)
{
    const struct pretend_tree *t = m->wish->tree;
    const int32_t draw = pick(p, 100);
    const int32_t count = draw < 3 ? 2 : draw < 17 ? 1 : 0;
    const int32_t sector = pick(p, PRETEND_TREE_SECTORS);
    const int32_t township = pick(p, t->size->townships);

    for (int32_t i = 0; i < count; i++) {
        const int64_t org_id = i == 0 ? t->sectors[sector] : t->townships[township].org_id;
        int64_t membership_id;

        if (org_id == p->org_id)
            continue;
        if (!ids_take(m->ids, db, &membership_id, f))
            return false;
        add(&c->memberships, membership_id, p->person_id, org_id,
            happens(p, 5) ? 2 + pick(p, 3) : ROLE_MEMBER);
    }
    return true;
}

static void put_position(const struct making *m, struct chunk *c, struct someone *p)
{
    const struct spots *s = &m->spots;
    const int32_t first = s->first[p->township];
    const int32_t count = s->first[p->township + 1] - first;
    const int32_t all = s->first[m->wish->tree->size->townships];

    if (!p->on_duty || all == 0)
        return;
    const struct point_e7 at =
        point_to_e7(s->at[count > 0 ? first + pick(p, count) : pick(p, all)]);

    add(&c->positions, p->person_id, at.lon, at.lat, 0);
}

static bool put_someone(const struct making *m, struct db *db, struct chunk *c, int32_t number,
                        struct fail *f)
{
    struct someone p = someone_of(m, number);
    const int64_t last_day = credential_day(&p);
    int64_t credential_id;

    if (!ids_take(m->ids, db, &p.person_id, f))
        return false;
    put_person(m, c, &p, last_day);
    if (p.squad_id)
        add(&c->members, p.squad_id, p.person_id, p.squad_role, 0);
    if (last_day) {
        if (!ids_take(m->ids, db, &credential_id, f))
            return false;
        add(&c->credentials, credential_id, p.person_id, p.org_id, last_day);
    }
    put_position(m, c, &p);
    return put_memberships(m, db, c, &p, f);
}

/* ------------------------------------------------------------------ chunks */

static bool insert(struct db *db, enum queries_id query, const struct column_set *set,
                   int32_t column_count, struct arena *a, struct fail *f)
{
    struct db_value values[4];

    for (int32_t i = 0; i < column_count; i++)
        values[i] = db_ints(set->columns[i], (size_t)set->count);
    return set->count == 0 || db_run(db, query, values, column_count, a, NULL, f);
}

static void make_room(struct arena *a, struct column_set *set, size_t room)
{
    for (int i = 0; i < 4; i++)
        set->columns[i] = arena_take(a, room, sizeof **set->columns);
}

static bool write_chunk(struct db *db, struct chunk *c, const char *what, struct fail *f)
{
    const struct db_value note = db_text(what);

    return db_load(db, "person", QUERIES_PRETEND_PEOPLE_COPY, &c->people, f) &&
           insert(db, QUERIES_PRETEND_MEMBERSHIPS, &c->memberships, 4, c->arena, f) &&
           insert(db, QUERIES_PRETEND_CREDENTIALS, &c->credentials, 4, c->arena, f) &&
           insert(db, QUERIES_PRETEND_MEMBERS, &c->members, 3, c->arena, f) &&
           insert(db, QUERIES_PRETEND_POSITIONS, &c->positions, 3, c->arena, f) &&
           db_run(db, QUERIES_PRETEND_NOTE, &note, 1, c->arena, NULL, f);
}

static bool fill_chunk(const struct making *m, struct db *db, struct chunk *c, int32_t first,
                       int32_t next, struct fail *f)
{
    make_room(c->arena, &c->memberships, 2 * (size_t)(next - first));
    make_room(c->arena, &c->credentials, (size_t)(next - first));
    make_room(c->arena, &c->members, (size_t)(next - first));
    make_room(c->arena, &c->positions, (size_t)(next - first));
    pgwire_copy_begin(&c->people);
    for (int32_t number = first; number < next; number++)
        if (!put_someone(m, db, c, number, f))
            return false;
    pgwire_copy_end(&c->people);
    return true;
}

static bool make_chunk(const struct making *m, struct db *db, int32_t number, int32_t *made,
                       struct fail *f)
{
    const int32_t first = number * PRETEND_PEOPLE_CHUNK;
    const int32_t left = m->wish->people - first;
    const int32_t next = first + (left < PRETEND_PEOPLE_CHUNK ? left : PRETEND_PEOPLE_CHUNK);
    struct chunk c = { .arena = arena_new() };
    const char *what = arena_text(c.arena, "people %d", number);
    const struct db_value value = db_text(what);
    const struct db_rows *rows;
    bool is_good = db_run(db, QUERIES_PRETEND_FIND, &value, 1, c.arena, &rows, f);

    *made = 0;
    if (is_good && !db_get_bool(rows, 0, 0)) {
        is_good = fill_chunk(m, db, &c, first, next, f) && db_begin(db, f);
        if (is_good) {
            is_good = write_chunk(db, &c, what, f) && db_commit(db, f);
            if (!is_good)
                db_rollback(db);
        }
        *made = next - first;
    }
    buf_free(&c.people);
    arena_free(c.arena);
    return is_good;
}

static bool take_chunk(struct making *m, int32_t *number)
{
    pthread_mutex_lock(&m->lock);
    const bool taken = !m->failed && m->next < m->chunk_count;

    *number = m->next;
    m->next += taken;
    pthread_mutex_unlock(&m->lock);
    return taken;
}

static void note_failure(struct making *m, const struct fail *f)
{
    pthread_mutex_lock(&m->lock);
    if (!m->failed)
        m->why = *f;
    m->failed = true;
    pthread_mutex_unlock(&m->lock);
}

static void *work(void *self)
{
    struct making *m = self;
    struct fail f = { 0 };
    struct db *db = db_open(m->wish->database, &f);
    int32_t number, made;
    bool is_good = db && db_become(db, DB_ENGINE, &f) && db_limit(db, 0, &f);

    while (is_good && take_chunk(m, &number)) {
        is_good = make_chunk(m, db, number, &made, &f);
        if (!is_good)
            break;
        pthread_mutex_lock(&m->lock);
        m->made += made;
        m->done++;
        if (m->wish->progress)
            m->wish->progress(m->wish->self, m->done, m->chunk_count);
        pthread_mutex_unlock(&m->lock);
    }
    if (!is_good)
        note_failure(m, &f);
    db_close(db);
    return NULL;
}

/* ------------------------------------------------------------------ the ground */

static int32_t number_of(const struct pretend_tree *t, const struct pretend_tree_township *township)
{
    return (int32_t)(township - t->townships);
}

/* Counts, then places: the spots of a township follow each other. */
static bool read_spots(struct db *db, const struct pretend_tree *t, struct arena *a,
                       struct spots *out, struct fail *f)
{
    const int32_t townships = t->size->townships;
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CITY_SPOTS, NULL, 0, a, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    int32_t *township = arena_take(a, (size_t)count + 1, sizeof *township);
    int32_t *next = arena_take(a, (size_t)townships + 1, sizeof *next);

    out->at = arena_take(a, (size_t)count + 1, sizeof *out->at);
    out->first = arena_take(a, (size_t)townships + 1, sizeof *out->first);
    for (int32_t i = 0; i < count; i++) {
        const struct point at = { db_get_double(rows, i, 0), db_get_double(rows, i, 1) };

        township[i] = number_of(t, pretend_tree_find(t, at));
        out->first[township[i] + 1]++;
    }
    for (int32_t i = 0; i < townships; i++)
        next[i + 1] = out->first[i + 1] += out->first[i];
    for (int32_t i = 0; i < count; i++)
        out->at[next[township[i]]++] =
            (struct point){ db_get_double(rows, i, 0), db_get_double(rows, i, 1) };
    return true;
}

/* A sub-district has twice the people of a town. */
static void share_out(struct making *m, struct arena *a)
{
    const struct pretend_tree *t = m->wish->tree;

    m->township_of_share = arena_take(a, 2 * (size_t)t->size->townships, sizeof(int32_t));
    for (int32_t i = 0; i < t->size->townships; i++) {
        m->township_of_share[m->share_count++] = i;
        if (t->townships[i].is_urban)
            m->township_of_share[m->share_count++] = i;
    }
}

static bool run(struct making *m, struct fail *f)
{
    pthread_t hands[PRETEND_PEOPLE_HANDS];
    int32_t count = 0;

    while (count < PRETEND_PEOPLE_HANDS && pthread_create(&hands[count], NULL, work, m) == 0)
        count++;
    if (count == 0)
        return fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread");
    for (int32_t i = 0; i < count; i++)
        pthread_join(hands[i], NULL);
    if (m->failed)
        *f = m->why;
    return !m->failed;
}

bool pretend_people_make(const struct pretend_people_wish *wish, struct ids *ids, int32_t *made,
                         struct fail *f)
{
    struct arena *a = arena_new();
    struct making m = { .wish = wish, .ids = ids };
    struct db *db = db_open(wish->database, f);
    bool is_good = db && db_become(db, DB_ENGINE, f) && read_spots(db, wish->tree, a, &m.spots, f);

    db_close(db);
    if (is_good) {
        pretend_names_open();
        share_out(&m, a);
        m.chunk_count = (wish->people + PRETEND_PEOPLE_CHUNK - 1) / PRETEND_PEOPLE_CHUNK;
        pthread_mutex_init(&m.lock, NULL);
        is_good = run(&m, f);
        pthread_mutex_destroy(&m.lock);
        *made = m.made;
    }
    arena_free(a);
    return is_good;
}

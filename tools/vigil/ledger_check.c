/* Both sides come in the same order and are compared as they pass. */
#include "tools/vigil/ledger_check.h"

/* How far the comparison has come. */
struct passage {
    const struct ledger *ledger;
    enum ledger_kind kind;
    int64_t at;   /* the entry that the next row may belong to */
    int64_t rows; /* that belonged to it so far */
    struct ledger_check_figures *figures;
};

static int compare(const struct ledger_entry *e, int64_t key, int64_t part)
{
    if (e->key != key)
        return e->key < key ? -1 : 1;
    return (e->part > part) - (e->part < part);
}

static bool is_acknowledged(const struct ledger_entry *e)
{
    return e->fate == LEDGER_STORED || e->fate == LEDGER_NODE_LOCAL;
}

/* The entry's rows have all passed. */
static void close_entry(struct passage *p)
{
    const struct ledger_entry *e = &p->ledger->entries[p->kind][p->at];
    struct ledger_check_figures *figures = p->figures;

    figures->stored += e->fate == LEDGER_STORED;
    figures->node_local += e->fate == LEDGER_NODE_LOCAL;
    figures->refused += e->fate == LEDGER_REFUSED;
    figures->unknown += e->fate == LEDGER_UNKNOWN;
    figures->lost += is_acknowledged(e) && p->rows == 0;
    figures->twice += p->rows > 1 && e->tries <= 1;
    figures->twice_resent += p->rows > 1 && e->tries > 1;
    figures->refused_stored += e->fate == LEDGER_REFUSED && p->rows > 0;
    figures->unknown_stored += e->fate == LEDGER_UNKNOWN && p->rows > 0;
    p->at++;
    p->rows = 0;
}

static bool pass(void *self, const struct db_rows *row, struct fail *f)
{
    struct passage *p = self;
    const struct ledger_entry *entries = p->ledger->entries[p->kind];
    const int64_t count = p->ledger->counts[p->kind];
    const int64_t key = db_get_int(row, 0, 0);
    const int64_t part = db_get_int(row, 0, 1);

    (void)f;
    while (p->at < count && compare(&entries[p->at], key, part) < 0)
        close_entry(p);
    if (p->at == count || compare(&entries[p->at], key, part) > 0) {
        p->figures->strangers++;
        return true;
    }
    const struct ledger_entry *e = &entries[p->at];

    p->rows++;
    p->figures->altered += is_acknowledged(e) &&
                           (db_get_int(row, 0, 2) != e->first || db_get_int(row, 0, 3) != e->last);
    return true;
}

static bool check_positions(struct db *db, struct passage *p, struct fail *f)
{
    const struct ledger *l = p->ledger;
    int64_t from = INT64_MAX, to = INT64_MIN;

    for (int64_t i = 0; i < l->counts[LEDGER_POSITION]; i++) {
        const int64_t fix_us = l->entries[LEDGER_POSITION][i].part;

        from = fix_us < from ? fix_us : from;
        to = fix_us > to ? fix_us : to;
    }
    const struct db_value values[] = { db_int(from), db_int(to) };

    return db_each(db, QUERIES_LEDGER_POSITIONS, values, 2, pass, p, f);
}

static bool check_one(struct db *db, struct passage *p, struct fail *f)
{
    const struct db_value run = db_text(p->ledger->run);
    bool is_good = true;

    if (p->ledger->counts[p->kind] == 0)
        return true;
    switch (p->kind) {
    case LEDGER_POSITION:
        is_good = check_positions(db, p, f);
        break;
    case LEDGER_INCIDENT:
        is_good = db_each(db, QUERIES_LEDGER_INCIDENTS, &run, 1, pass, p, f);
        break;
    case LEDGER_ORDER:
    case LEDGER_KINDS:
        is_good = db_each(db, QUERIES_LEDGER_ORDERS, &run, 1, pass, p, f);
        break;
    }
    while (is_good && p->at < p->ledger->counts[p->kind])
        close_entry(p);
    return is_good;
}

bool ledger_check(struct db *db, const struct ledger *l,
                  struct ledger_check_figures out[LEDGER_KINDS], struct fail *f)
{
    if (!db_limit(db, 0, f))
        return false;
    for (int kind = 0; kind < LEDGER_KINDS; kind++) {
        struct passage p = { .ledger = l, .kind = (enum ledger_kind)kind, .figures = &out[kind] };

        out[kind] = (struct ledger_check_figures){ 0 };
        if (!check_one(db, &p, f))
            return false;
    }
    return true;
}

bool ledger_check_is_good(const struct ledger_check_figures *figures)
{
    return figures->lost == 0 && figures->altered == 0 && figures->twice == 0 &&
           figures->twice_resent == 0 && figures->refused_stored == 0;
}

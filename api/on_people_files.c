/* People as tables: in, with every bad line named, and out. */
#include "api/handlers.h"
#include "api/registrar.h"
#include "api/staff.h"
#include "engine/audit.h"
#include "engine/cursor.h"
#include "engine/engine.h"
#include "engine/orgs.h"
#include "engine/people_csv.h"

enum { EXPORT_MAX = 20000 /* as many lines as an import takes */ };
static const int64_t ID_MAX = INT64_C(9007199254740991);

/* ------------------------------------------------------------------ in */

struct intake {
    const struct request *r;
    const struct personal *keys;
    struct csv csv;
    int64_t org_id;
    bool dry_run;
    bool is_made;
};

/* The answer of an import is kept for a day under its key, and personal values are not
 * kept in the clear: only the preview, of which nothing stays, shows them. That somebody
 * is there twice is said without her number, and is said here, too. */
static const char *detail_of(const struct fail *f, bool hides)
{
    if (!hides || f->code == CODE_PERSON_REGISTERED || f->code == CODE_PERSON_REPEATED)
        return f->text;
    return "this personal value cannot be taken; the preview (dry_run=true) shows it";
}

static void write_error(struct emit *e, const struct people_csv_error *error, bool dry_run)
{
    const bool hides = error->is_personal && !dry_run;

    emit_object(e);
    emit_key_int(e, "line", error->line);
    emit_key_text(e, "column", error->column);
    emit_key_text(e, "value", hides ? NULL : error->value);
    emit_key_text(e, "code", fail_word(error->fail.code));
    emit_key_text(e, "detail", detail_of(&error->fail, hides));
    if (error->fail.allowed[0])
        emit_key_text(e, "allowed", error->fail.allowed);
    emit_end(e);
}

static void write_report(struct emit *e, const struct intake *in,
                         const struct people_csv_report *report)
{
    emit_object(e);
    emit_key_bool(e, "dry_run", in->dry_run);
    emit_key_text(e, "encoding", in->csv.encoding);
    emit_key_int(e, "lines", report->line_count);
    emit_key_int(e, "accepted", report->accepted);
    emit_key_int(e, "refused", report->refused);
    emit_key(e, "errors");
    emit_array(e);
    for (int32_t i = 0; i < report->error_count; i++)
        write_error(e, &report->errors[i], in->dry_run);
    emit_end(e);
    emit_end(e);
}

static bool record_import(const struct intake *in, struct db *db,
                          const struct people_csv_report *report, struct fail *f)
{
    const struct request *r = in->r;
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = in->org_id,
        .action = "people_imported",
        .subject = arena_text(r->arena, "org %lld", (long long)in->org_id),
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"accepted\":%d,\"refused\":%d}", report->accepted,
                             report->refused),
    };

    return audit_add(db, &entry, f);
}

static bool let_in(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct intake *in = self;
    const struct people_csv_means means = { .db = db,
                                            .ids = engine_ids(in->r->engine),
                                            .keys = in->keys,
                                            .org_id = in->org_id,
                                            .arena = in->r->arena };
    struct people_csv_report report;

    (void)location;
    if (!people_csv_import(&means, &in->csv, &report, f) || !record_import(in, db, &report, f))
        return false;
    in->is_made = true;
    write_report(e, in, &report);
    return true;
}

/* The same as the import itself, and then taken back: so it sees what that would see. */
static bool preview(struct intake *in, struct reply *out, struct fail *f)
{
    struct buf bytes = { 0 };
    struct emit e = emit_to(&bytes);
    const char *unused;
    struct db *db;

    if (!request_db(in->r, &db, f) || !db_begin(db, f))
        return false;
    const bool is_read = let_in(in, db, &e, &unused, f);

    db_rollback(db);
    if (is_read)
        buf_put(reply_bytes(out, REPLY_OK, "application/json"), bytes.bytes, bytes.size);
    buf_free(&bytes);
    return is_read;
}

bool on_people_files_import(const struct request *r, struct reply *out, struct fail *f)
{
    struct intake in = { .r = r };

    if (!registrar_flag(r, "dry_run", &in.dry_run, f) ||
        !request_query_int(r, "org", 1, ID_MAX, r->caller.org_id, &in.org_id, f) ||
        !staff_org(r, in.org_id, f) || !csv_read(r->body, r->body_size, r->arena, &in.csv, f) ||
        !(in.keys = engine_personal(r->engine, f)))
        return false;
    if (in.dry_run)
        return preview(&in, out, f);
    if (!registrar_once(r, out, let_in, &in, f))
        return false;
    if (in.is_made)
        staff_make_known(r);
    return true;
}

/* ------------------------------------------------------------------ out */

struct outgoing {
    struct person_wish wish;
    struct person *people;
    int32_t count;
    const char *purpose; /* NULL: masked */
    const char *next;
};

static bool record_export(const struct request *r, struct db *db, const struct outgoing *o,
                          struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = o->wish.org_id,
        .action = "people_exported",
        .subject = arena_text(r->arena, "org %lld", (long long)o->wish.org_id),
        .purpose = o->purpose,
        .request_id = r->id,
        .detail = arena_text(r->arena, "{\"people\":%d,\"masked\":%s}", o->count,
                             o->purpose ? "false" : "true"),
    };

    return audit_add(db, &entry, f);
}

static bool find_people(const struct request *r, struct db *db, struct outgoing *o, struct fail *f)
{
    const char *cursor = request_query(r, "cursor");
    const char *list;

    if (!request_query_int(r, "limit", 1, EXPORT_MAX, EXPORT_MAX, &o->wish.limit, f) ||
        !staff_filters(r, &o->wish, f) || !staff_org(r, o->wish.org_id, f))
        return false;
    list =
        arena_text(r->arena, "/v1/people/export?%lld&%s&%s&%d&%d&%llu", (long long)o->wish.org_id,
                   o->wish.mode ? o->wish.mode : "", o->wish.recruit ? o->wish.recruit : "",
                   o->wish.on_duty, o->wish.available, (unsigned long long)o->wish.skills);
    o->wish.limit++;
    if ((cursor && !cursor_read(db, list, cursor, r->arena, &o->wish.after_id, f)) ||
        !person_find(db, &o->wish, r->arena, &o->people, &o->count, f))
        return false;
    return o->count < o->wish.limit ||
           cursor_make(db, list, o->people[--o->count - 1].person_id, r->arena, &o->next, f);
}

static bool write_people(const struct request *r, const struct outgoing *o, struct buf *b,
                         struct fail *f)
{
    const struct personal *keys = engine_personal(r->engine, f);
    const struct orgs *orgs = engine_orgs(r->engine);
    bool is_good = keys != NULL;

    csv_write_mark(b);
    people_csv_write_head(b);
    for (int32_t i = 0; is_good && i < o->count; i++)
        is_good = people_csv_write(b, &o->people[i], orgs, keys, !o->purpose, r->arena, f);
    orgs_drop(orgs);
    return is_good;
}

/* Who took what along, and why, is committed before a byte of it is sent. */
bool on_people_files_export(const struct request *r, struct reply *out, struct fail *f)
{
    struct outgoing o = { .purpose = request_query(r, "purpose") };
    struct buf bytes = { 0 };
    struct db *db;

    if (!request_db(r, &db, f) || !db_begin(db, f))
        return false;
    const bool is_good = find_people(r, db, &o, f) && write_people(r, &o, &bytes, f) &&
                         record_export(r, db, &o, f) && db_commit(db, f);

    if (is_good) {
        buf_put(reply_bytes(out, REPLY_OK, "text/csv; charset=utf-8"), bytes.bytes, bytes.size);
        reply_header(out, "Content-Disposition", "attachment; filename=\"people.csv\"");
        if (o.next)
            reply_header(out, "Vigil-Next", o.next);
    } else {
        db_rollback(db);
    }
    buf_free(&bytes);
    return is_good;
}

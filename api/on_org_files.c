/* The organisation tree as a table that spreadsheets read and write. */
#include "api/handlers.h"

#include <string.h>

#include "api/registrar.h"
#include "api/registrar_refs.h"
#include "engine/engine.h"
#include "engine/org_table.h"
#include "engine/orgs.h"

enum { ERRORS_MAX = 200 };

struct import {
    const struct request *r;
    struct org_table table;
    bool dry_run;
};

static bool may_be_above(const void *self, int64_t parent_id)
{
    const struct request *r = self;
    const struct orgs *o = engine_orgs(r->engine);
    const bool within = orgs_within(o, r->caller.org_id, parent_id);

    orgs_drop(o);
    return within;
}

static void write_error(struct emit *e, const struct org_table_line *line)
{
    const struct fail *f = &line->wrong;

    emit_object(e);
    emit_key_int(e, "line", line->line);
    emit_key_text(e, "code", fail_word(f->code));
    emit_key_text(e, "detail", f->text);
    if (f->value[0])
        emit_key_text(e, "value", f->value);
    if (f->allowed[0])
        emit_key_text(e, "allowed", f->allowed);
    emit_end(e);
}

static void write_result(struct emit *e, const struct import *import, int32_t added)
{
    const struct org_table *t = &import->table;
    int32_t written = 0;

    emit_object(e);
    emit_key_bool(e, "dry_run", import->dry_run);
    emit_key_text(e, "encoding", t->encoding);
    emit_key_int(e, "read", t->count);
    emit_key_int(e, "added", added);
    emit_key_int(e, "refused", t->count - added);
    emit_key(e, "errors");
    emit_array(e);
    for (int32_t i = 0; i < t->count && written < ERRORS_MAX; i++) {
        if (t->lines[i].wrong.kind == FAIL_NONE)
            continue;
        write_error(e, &t->lines[i]);
        written++;
    }
    emit_end(e);
    emit_end(e);
}

static bool add(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct import *import = self;
    const struct request *r = import->r;
    const struct org_table_scope scope = { r->caller.org_id, may_be_above, r };
    int32_t added;

    *location = NULL;
    if (!registry_begin_writing(db, REGISTRY_ORGS, f) ||
        !org_table_add(db, engine_ids(r->engine), &scope, &import->table, r->arena, &added, f) ||
        !registrar_refs_record_import(r, db, REGISTRY_ORGS, added, f))
        return false;
    write_result(e, import, added);
    return true;
}

/* Everything is done and then undone. */
static bool preview(struct import *import, struct reply *out, struct fail *f)
{
    struct buf bytes = { 0 };
    struct emit e = emit_to(&bytes);
    const char *location;
    struct db *db;

    if (!request_db(import->r, &db, f) || !db_begin(db, f))
        return false;
    const bool is_good = add(import, db, &e, &location, f);

    db_rollback(db);
    if (is_good)
        buf_put(reply_bytes(out, REPLY_OK, "application/json"), bytes.bytes, bytes.size);
    buf_free(&bytes);
    return is_good;
}

bool on_org_files_import(const struct request *r, struct reply *out, struct fail *f)
{
    struct import import = { .r = r };

    if (!registrar_flag(r, "dry_run", &import.dry_run, f) ||
        !org_table_read(r->body ? r->body : "", r->body_size, r->arena, &import.table, f))
        return false;
    if (import.dry_run)
        return preview(&import, out, f);
    if (!registrar_once(r, out, add, &import, f))
        return false;
    registrar_refs_follow(r, REGISTRY_ORGS);
    return true;
}

bool on_org_files_export(const struct request *r, struct reply *out, struct fail *f)
{
    struct registry_filter filter = { 0 };
    struct buf bytes = { 0 };
    struct db *db;
    bool is_good;

    if (!registrar_refs_narrow(r, &filter, f) || !request_db(r, &db, f))
        return false;
    is_good = org_table_write(db, filter.org_id, r->arena, &bytes, f);
    if (is_good) {
        buf_put(reply_bytes(out, REPLY_OK, "text/csv; charset=utf-8"), bytes.bytes, bytes.size);
        reply_header(out, "Content-Disposition", "attachment; filename=\"organisations.csv\"");
    }
    buf_free(&bytes);
    return is_good;
}

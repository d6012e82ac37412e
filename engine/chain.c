/* Sealing and checking read the same columns and make a link with the same function,
 * so that they cannot come apart. After a wrong link the check goes on from the link
 * that is written, not from the one it should be: one change is found once, where it
 * is, and the next one, too. */
#include "engine/chain.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/log.h"

/* Columns of audit_pending and audit_chain; the last three of audit_chain alone. */
enum {
    AUDIT_ID,
    AT_US,
    ORG_ID,
    TOKEN_ID,
    PERSON_ID,
    ACTION,
    SUBJECT,
    PURPOSE,
    REQUEST_ID,
    DETAIL,
    SEAL_SEQ,
    SEAL_AUDIT_ID,
    SEAL_HASH,
};

enum { TICK_BATCHES = 20, SEQ_DIGITS_MAX = 16 };

/* ------------------------------------------------------------------ one link */

static void put_number(struct buf *b, int64_t value)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
    buf_put(b, bytes, sizeof bytes);
}

static void put_known(struct buf *b, bool is_known, int64_t value)
{
    buf_put(b, is_known ? "\1" : "\0", 1);
    if (is_known)
        put_number(b, value);
}

static void put_text(struct buf *b, const char *text)
{
    const size_t size = text ? strlen(text) : 0;
    const unsigned char length[] = { 1, (unsigned char)(size >> 24), (unsigned char)(size >> 16),
                                     (unsigned char)(size >> 8), (unsigned char)size };

    assert(size <= INT32_MAX);
    if (!text) {
        buf_put(b, "\0", 1);
        return;
    }
    buf_put(b, length, sizeof length);
    buf_put(b, text, size);
}

void chain_link(const unsigned char last[CHAIN_HASH_BYTES], int64_t seq,
                const struct chain_entry *entry, struct buf *scratch,
                unsigned char out[CHAIN_HASH_BYTES])
{
    buf_clear(scratch);
    buf_put(scratch, last, CHAIN_HASH_BYTES);
    put_number(scratch, seq);
    put_known(scratch, true, entry->audit_id);
    put_known(scratch, true, entry->at_us);
    put_known(scratch, true, entry->org_id);
    put_known(scratch, entry->has_token, entry->token_id);
    put_known(scratch, entry->has_person, entry->person_id);
    put_text(scratch, entry->action);
    put_text(scratch, entry->subject);
    put_text(scratch, entry->purpose);
    put_text(scratch, entry->request_id);
    put_text(scratch, entry->detail);
    secret_hash(scratch->bytes, scratch->size, out);
}

static struct chain_entry read_entry(const struct db_rows *rows, int32_t i)
{
    const bool has_token = !db_is_null(rows, i, TOKEN_ID);
    const bool has_person = !db_is_null(rows, i, PERSON_ID);

    return (struct chain_entry){
        .audit_id = db_get_int(rows, i, AUDIT_ID),
        .at_us = db_get_int(rows, i, AT_US),
        .org_id = db_get_int(rows, i, ORG_ID),
        .has_token = has_token,
        .token_id = has_token ? db_get_int(rows, i, TOKEN_ID) : 0,
        .has_person = has_person,
        .person_id = has_person ? db_get_int(rows, i, PERSON_ID) : 0,
        .action = db_get_text(rows, i, ACTION),
        .subject = db_get_text(rows, i, SUBJECT),
        .purpose = db_get_text(rows, i, PURPOSE),
        .request_id = db_get_text(rows, i, REQUEST_ID),
        .detail = db_get_text(rows, i, DETAIL),
    };
}

/* ------------------------------------------------------------------ sealing */

bool chain_head(struct db *db, struct arena *a, struct chain_head *out, struct fail *f)
{
    const struct db_rows *rows;
    size_t size = 0;

    if (!db_run(db, QUERIES_AUDIT_HEAD, NULL, 0, a, &rows, f))
        return false;
    *out = (struct chain_head){ .seq = db_get_int(rows, 0, 0), .waiting = db_get_int(rows, 0, 2) };
    if (out->seq > 0) {
        const void *hash = db_get_bytes(rows, 0, 1, &size);

        assert(size == sizeof out->hash);
        memcpy(out->hash, hash, size);
    }
    return true;
}

/* The links of these entries, behind the head; their ids into `ids`. */
static void make_links(const struct chain_head *head, const struct db_rows *rows, int64_t *ids,
                       unsigned char *links)
{
    const unsigned char *last = head->hash;
    struct buf scratch = { 0 };

    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct chain_entry entry = read_entry(rows, i);
        unsigned char *link = links + (size_t)i * CHAIN_HASH_BYTES;

        ids[i] = entry.audit_id;
        chain_link(last, head->seq + 1 + i, &entry, &scratch, link);
        last = link;
    }
    buf_free(&scratch);
}

/* In an open transaction. */
static bool seal_batch(struct db *db, struct arena *a, int32_t *count, struct fail *f)
{
    const struct db_value most = db_int(CHAIN_BATCH);
    const struct db_rows *rows;
    struct chain_head head;

    *count = 0;
    if (!db_run(db, QUERIES_AUDIT_LOCK, NULL, 0, a, &rows, f))
        return false;
    if (!db_get_bool(rows, 0, 0))
        return true;
    if (!chain_head(db, a, &head, f) || !db_run(db, QUERIES_AUDIT_PENDING, &most, 1, a, &rows, f))
        return false;
    const size_t found = (size_t)db_count(rows);
    int64_t *ids = arena_take(a, found + 1, sizeof *ids);
    unsigned char *links = arena_take(a, found + 1, CHAIN_HASH_BYTES);

    if (found == 0)
        return true;
    make_links(&head, rows, ids, links);
    const struct db_value values[] = { db_int(head.seq), db_ints(ids, found),
                                       db_bytes(links, found * CHAIN_HASH_BYTES) };

    *count = (int32_t)found;
    return db_run(db, QUERIES_AUDIT_SEAL, values, 3, a, NULL, f) &&
           db_run(db, QUERIES_AUDIT_SEALED, &values[1], 1, a, NULL, f);
}

bool chain_seal(struct db *db, int32_t batches, int64_t *sealed, struct fail *f)
{
    struct arena *a = arena_new();
    int32_t count = CHAIN_BATCH;
    bool good = true;

    *sealed = 0;
    for (int32_t i = 0; good && i < batches && count == CHAIN_BATCH; i++) {
        good = db_begin(db, f);
        if (!good)
            break;
        good = seal_batch(db, a, &count, f) && db_commit(db, f);
        if (!good)
            db_rollback(db);
        *sealed += good ? count : 0;
        arena_reset(a);
    }
    arena_free(a);
    return good;
}

void chain_tick(void *self, struct db *db)
{
    struct fail why = { 0 };
    int64_t sealed;

    (void)self;
    if (!chain_seal(db, TICK_BATCHES, &sealed, &why))
        log_line(LOG_WARNING, "audit_not_sealed", log_text("code", fail_word(why.code)),
                 log_text("detail", why.text));
}

/* ------------------------------------------------------------------ checking */

struct check {
    const struct chain_head *kept;
    void (*say)(void *self, enum chain_finding finding, int64_t seq);
    void *self;
    struct chain_report report;
    struct buf scratch;
};

static void found(struct check *c, enum chain_finding finding, int64_t seq)
{
    if (c->report.first_bad == 0)
        c->report.first_bad = seq;
    if (c->say)
        c->say(c->self, finding, seq);
}

/* What stands in the place of a kept head's link must be that link. */
static void compare_with_kept(struct check *c)
{
    const struct chain_head *head = &c->report.head;

    if (c->kept && c->kept->seq == head->seq)
        c->report.is_behind = memcmp(c->kept->hash, head->hash, CHAIN_HASH_BYTES) != 0;
}

static bool check_link(void *self, const struct db_rows *row, struct fail *f)
{
    struct check *c = self;
    struct chain_head *head = &c->report.head;
    unsigned char want[CHAIN_HASH_BYTES];
    const int64_t seq = db_get_int(row, 0, SEAL_SEQ);
    size_t size = 0;
    const void *hash = db_get_bytes(row, 0, SEAL_HASH, &size);

    (void)f;
    c->report.link_count++;
    if (seq != head->seq + 1) {
        c->report.link_gone_count += seq - head->seq - 1;
        found(c, CHAIN_LINK_GONE, head->seq + 1);
    }
    if (db_is_null(row, 0, AUDIT_ID)) {
        c->report.entry_gone_count++;
        found(c, CHAIN_ENTRY_GONE, seq);
    } else {
        const struct chain_entry entry = read_entry(row, 0);

        chain_link(head->hash, seq, &entry, &c->scratch, want);
        if (size != sizeof want || memcmp(want, hash, size) != 0) {
            c->report.altered_count++;
            found(c, CHAIN_ALTERED, seq);
        }
    }
    head->seq = seq;
    memset(head->hash, 0, sizeof head->hash);
    memcpy(head->hash, hash, size < sizeof head->hash ? size : sizeof head->hash);
    compare_with_kept(c);
    return true;
}

static bool check_loose(struct db *db, struct chain_report *report, struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows;
    const bool good = db_run(db, QUERIES_AUDIT_LOOSE, NULL, 0, a, &rows, f);

    if (good) {
        report->loose_count = db_get_int(rows, 0, 0);
        report->late_count = db_get_int(rows, 0, 1);
        report->lost_count = db_get_int(rows, 0, 2);
        report->first_loose = db_get_int(rows, 0, 3);
    }
    arena_free(a);
    return good;
}

bool chain_verify(struct db *db, const struct chain_head *kept,
                  void (*say)(void *self, enum chain_finding finding, int64_t seq), void *self,
                  struct chain_report *out, struct fail *f)
{
    struct check c = { .kept = kept, .say = say, .self = self };
    bool good = db_limit(db, 0, f) &&
                db_each(db, QUERIES_AUDIT_CHAIN, NULL, 0, check_link, &c, f) &&
                check_loose(db, &c.report, f);
    struct fail unused;

    buf_free(&c.scratch);
    good = db_limit(db, DB_LIMIT_MS, good ? f : &unused) && good;
    if (!good)
        return false;
    if (kept && kept->seq > c.report.head.seq)
        c.report.is_behind = true;
    *out = c.report;
    return true;
}

bool chain_is_whole(const struct chain_report *report)
{
    return report->first_bad == 0 && report->late_count == 0 && report->lost_count == 0 &&
           !report->is_behind;
}

const char *chain_word(enum chain_finding finding)
{
    static const char *const WORDS[] = { "altered", "entry_gone", "link_gone" };

    return WORDS[finding];
}

/* ------------------------------------------------------------------ a head as text */

void chain_hex(const unsigned char hash[CHAIN_HASH_BYTES], char out[2 * CHAIN_HASH_BYTES + 1])
{
    for (size_t i = 0; i < CHAIN_HASH_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

void chain_head_text(const struct chain_head *head, char out[CHAIN_HEAD_SIZE])
{
    char hex[2 * CHAIN_HASH_BYTES + 1];

    chain_hex(head->hash, hex);
    snprintf(out, CHAIN_HEAD_SIZE, "%lld:%s", (long long)head->seq, hex);
}

static int digit(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *at = c ? strchr(DIGITS, c) : NULL;

    return at ? (int)(at - DIGITS) : -1;
}

bool chain_head_read(const char *text, struct chain_head *out)
{
    const size_t digits = strspn(text, "0123456789");
    struct chain_head head = { 0 };

    if (digits == 0 || digits > SEQ_DIGITS_MAX || text[digits] != ':' ||
        strlen(text + digits + 1) != 2 * CHAIN_HASH_BYTES)
        return false;
    head.seq = strtoll(text, NULL, 10);
    text += digits + 1;
    for (size_t i = 0; i < CHAIN_HASH_BYTES; i++) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        head.hash[i] = (unsigned char)(high * 16 + low);
    }
    *out = head;
    return true;
}

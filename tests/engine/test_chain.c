/* The audit: entries, their chain, and that nothing done to it behind the program's
 * back stays unseen. The tests' role owns the tables: it can switch the triggers off,
 * as whoever takes over the database could. */
#include "engine/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/audit.h"
#include "tests/support/database.h"

enum { ENTRIES = 12 };

static void add(struct database *d, const struct audit_entry *entry)
{
    struct fail f = { 0 };

    if (!audit_add(d->db, entry, &f))
        fail_msg("%s", f.text);
}

static void seal(struct database *d, int64_t want)
{
    struct fail f = { 0 };
    int64_t sealed = -1;

    if (!chain_seal(d->db, 100, &sealed, &f))
        fail_msg("%s", f.text);
    assert_int_equal(sealed, want);
}

static struct chain_report verify(struct database *d, const struct chain_head *kept)
{
    struct chain_report report;
    struct fail f = { 0 };

    if (!chain_verify(d->db, kept, NULL, NULL, &report, &f))
        fail_msg("%s", f.text);
    return report;
}

static void change(struct database *d, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(d->db,
                   arena_text(d->arena,
                              "SET session_replication_role = replica; %s;"
                              "SET session_replication_role = origin",
                              sql),
                   &f))
        fail_msg("%s: %s", sql, f.text);
}

/* Some entries of every shape: with and without each value that may be null. */
static int set_up(void **state)
{
    struct database *d = database_new(true);

    for (int i = 0; i < ENTRIES; i++) {
        const struct audit_entry entry = {
            .org_id = 1,
            .token_id = i % 2 ? 40 + i : 0,
            .person_id = i % 3 ? 70 + i : 0,
            .action = i % 4 ? "person_revealed" : "token_created",
            .subject = arena_text(d->arena, "person %d", i),
            .purpose = i % 4 ? "回访：核对保险" : NULL,
            .request_id = i % 5 ? "0123456789abcdef" : NULL,
            .detail = i % 6 ? "{ \"fields\" : [\"phone\"] }" : NULL,
        };

        add(d, &entry);
    }
    seal(d, ENTRIES);
    *state = d;
    return 0;
}

static void what_was_sealed_is_whole(void **state)
{
    struct database *d = *state;
    const struct chain_report report = verify(d, NULL);

    assert_true(chain_is_whole(&report));
    assert_int_equal(report.link_count, ENTRIES);
    assert_int_equal(report.head.seq, ENTRIES);
    assert_int_equal(report.loose_count, 0);
    seal(d, 0);
}

static void a_link_is_what_the_header_says(void **state)
{
    struct database *d = *state;
    static const char SQL[] =
        "WITH RECURSIVE made (n, hash) AS ("
        " SELECT 0::bigint, decode(repeat('00', 32), 'hex')"
        " UNION ALL"
        " SELECT n + 1, sha256(made.hash || int8send(n + 1) || '\\x01' || int8send(a.audit_id)"
        "  || '\\x01' || int8send((extract(epoch FROM a.at) * 1000000)::bigint)"
        "  || '\\x01' || int8send(a.org_id)"
        "  || coalesce('\\x01' || int8send(a.token_id), '\\x00')"
        "  || coalesce('\\x01' || int8send(a.person_id), '\\x00')"
        "  || '\\x01' || int4send(octet_length(a.action)) || convert_to(a.action, 'UTF8')"
        "  || '\\x01' || int4send(octet_length(a.subject)) || convert_to(a.subject, 'UTF8')"
        "  || coalesce('\\x01' || int4send(octet_length(a.purpose))"
        "              || convert_to(a.purpose, 'UTF8'), '\\x00')"
        "  || coalesce('\\x01' || int4send(octet_length(a.request_id))"
        "              || convert_to(a.request_id, 'UTF8'), '\\x00')"
        "  || coalesce('\\x01' || int4send(octet_length(a.detail::text))"
        "              || convert_to(a.detail::text, 'UTF8'), '\\x00'))"
        " FROM made JOIN vigil.audit_seal s ON s.seq = n + 1 JOIN vigil.audit a USING (audit_id))"
        "SELECT count(*) FROM made JOIN vigil.audit_seal s ON s.seq = n AND s.hash = made.hash";

    assert_int_equal(database_int(d, SQL), ENTRIES);
}

static void every_change_of_every_column_is_found(void **state)
{
    static const struct {
        const char *sql;
        int64_t first_bad;
    } CHANGES[] = {
        { "UPDATE vigil.audit SET at = at + interval '1 microsecond' WHERE audit_id = 5", 5 },
        { "UPDATE vigil.audit SET org_id = 2 WHERE audit_id = 5", 5 },
        { "UPDATE vigil.audit SET token_id = 0 WHERE audit_id = 5", 5 },
        { "UPDATE vigil.audit SET token_id = NULL WHERE audit_id = 6", 6 },
        { "UPDATE vigil.audit SET person_id = 0 WHERE audit_id = 1", 1 },
        { "UPDATE vigil.audit SET action = 'person_read' WHERE audit_id = 12", 12 },
        { "UPDATE vigil.audit SET subject = 'person 44' WHERE audit_id = 5", 5 },
        { "UPDATE vigil.audit SET purpose = purpose || ' ' WHERE audit_id = 6", 6 },
        { "UPDATE vigil.audit SET purpose = 'x' WHERE audit_id = 5", 5 },
        { "UPDATE vigil.audit SET request_id = NULL WHERE audit_id = 2", 2 },
        { "UPDATE vigil.audit SET detail = '{\"fields\" : [\"phone\"] }' WHERE audit_id = 2", 2 },
        { "UPDATE vigil.audit SET purpose = request_id, request_id = purpose WHERE audit_id = 2",
          2 },
        { "UPDATE vigil.audit SET audit_id = 99 WHERE audit_id = 4", 4 },
        { "DELETE FROM vigil.audit WHERE audit_id = 7", 7 },
        { "UPDATE vigil.audit_seal SET hash = set_byte(hash, 31, 255 - get_byte(hash, 31))"
          " WHERE seq = 8",
          8 },
        { "UPDATE vigil.audit_seal SET hash = '\\x' WHERE seq = 8", 8 },
        { "UPDATE vigil.audit_seal SET seq = 99 WHERE seq = 9", 9 },
        { "UPDATE vigil.audit_seal SET seq = 13 WHERE seq = 12", 12 },
        { "UPDATE vigil.audit_seal SET audit_id = 99 WHERE seq = 3", 3 },
        { "DELETE FROM vigil.audit_seal WHERE seq = 1", 1 },
        { "DELETE FROM vigil.audit_seal WHERE seq = 10; DELETE FROM vigil.audit WHERE audit_id = "
          "10",
          10 },
        { "UPDATE vigil.audit_seal SET audit_id = -audit_id WHERE seq IN (2, 3);"
          "UPDATE vigil.audit_seal SET audit_id = CASE seq WHEN 2 THEN 3 ELSE 2 END"
          " WHERE seq IN (2, 3)",
          2 },
    };

    struct database *d = *state;

    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        struct fail f = { 0 };

        assert_true(db_begin(d->db, &f));
        if (!db_script(
                d->db,
                arena_text(d->arena,
                           "ALTER TABLE vigil.audit_seal DROP CONSTRAINT audit_seal_hash_check;"
                           "ALTER TABLE vigil.audit ALTER audit_id DROP IDENTITY;"
                           "SET LOCAL session_replication_role = replica; %s",
                           CHANGES[i].sql),
                &f))
            fail_msg("%s: %s", CHANGES[i].sql, f.text);
        const struct chain_report report = verify(d, NULL);

        db_rollback(d->db);
        if (chain_is_whole(&report) || report.first_bad != CHANGES[i].first_bad)
            fail_msg("%s: first bad %lld", CHANGES[i].sql, (long long)report.first_bad);
    }
}

static void every_wrong_link_is_told_once(void **state)
{
    struct database *d = *state;

    change(d, "UPDATE vigil.audit SET subject = 'x' WHERE audit_id IN (2, 3, 11);"
              "DELETE FROM vigil.audit WHERE audit_id = 6;"
              "DELETE FROM vigil.audit_seal WHERE seq IN (8, 9)");
    const struct chain_report report = verify(d, NULL);

    assert_int_equal(report.altered_count, 3 + 1); /* link 10 stands on one that is gone */
    assert_int_equal(report.entry_gone_count, 1);
    assert_int_equal(report.link_gone_count, 2);
    assert_int_equal(report.first_bad, 2);
}

static void an_end_that_was_cut_off_is_found_by_a_kept_head(void **state)
{
    struct database *d = *state;
    struct chain_report report = verify(d, NULL);
    const struct chain_head kept = report.head;

    report = verify(d, &kept);
    assert_true(chain_is_whole(&report));
    change(d, "DELETE FROM vigil.audit_seal WHERE seq > 9;"
              "DELETE FROM vigil.audit WHERE audit_id > 9");
    report = verify(d, NULL);
    assert_true(chain_is_whole(&report)); /* from the inside nothing is wrong */
    report = verify(d, &kept);
    assert_true(report.is_behind);
    assert_false(chain_is_whole(&report));
}

static void a_chain_made_anew_is_found_by_a_kept_head(void **state)
{
    struct database *d = *state;
    struct chain_report report = verify(d, NULL);
    const struct chain_head kept = report.head;

    change(d, "UPDATE vigil.audit SET subject = 'nobody' WHERE audit_id = 3;"
              "DELETE FROM vigil.audit_seal;"
              "INSERT INTO vigil.audit_pending SELECT audit_id FROM vigil.audit");
    seal(d, ENTRIES);
    report = verify(d, NULL);
    assert_true(chain_is_whole(&report));
    report = verify(d, &kept);
    assert_false(chain_is_whole(&report));
}

static void an_old_entry_without_a_link_is_found(void **state)
{
    struct database *d = *state;
    const struct audit_entry entry = { .org_id = 1, .action = "tried", .subject = "nothing" };

    add(d, &entry);
    struct chain_report report = verify(d, NULL);

    assert_true(chain_is_whole(&report)); /* it is young */
    assert_int_equal(report.loose_count, 1);
    change(d, "UPDATE vigil.audit SET at = at - interval '11 seconds' WHERE audit_id = 13");
    report = verify(d, NULL);
    assert_int_equal(report.late_count, 1);
    assert_int_equal(report.first_loose, 13);
    assert_false(chain_is_whole(&report));
    change(d, "UPDATE vigil.audit SET at = now() WHERE audit_id = 13;"
              "DELETE FROM vigil.audit_pending");
    report = verify(d, NULL);
    assert_int_equal(report.lost_count, 1);
    assert_false(chain_is_whole(&report));
}

static void an_entry_shares_the_fate_of_its_transaction(void **state)
{
    struct database *d = *state;
    const struct audit_entry entry = { .org_id = 1, .action = "tried", .subject = "nothing" };
    struct fail f = { 0 };

    assert_true(db_begin(d->db, &f));
    add(d, &entry);
    db_rollback(d->db);
    seal(d, 0);
    add(d, &entry); /* its id is not the next one, its number in the chain is */
    seal(d, 1);
    const struct chain_report report = verify(d, NULL);

    assert_int_equal(report.head.seq, ENTRIES + 1);
    assert_true(chain_is_whole(&report));
}

static void while_one_seals_another_does_nothing(void **state)
{
    struct database *d = *state;
    const struct audit_entry entry = { .org_id = 1, .action = "tried", .subject = "nothing" };
    struct fail f = { 0 };
    struct db *other = db_open(d->address, &f);

    assert_non_null(other);
    add(d, &entry);
    assert_true(db_begin(other, &f));
    assert_true(db_run(other, QUERIES_AUDIT_LOCK, NULL, 0, NULL, NULL, &f));
    seal(d, 0);
    db_rollback(other);
    seal(d, 1);
    db_close(other);
}

static void rows_are_added_and_never_changed(void **state)
{
    static const char *const REFUSED[] = {
        "UPDATE vigil.audit SET subject = 'x'",
        "DELETE FROM vigil.audit",
        "TRUNCATE vigil.audit CASCADE",
        "UPDATE vigil.audit_seal SET seq = seq",
        "DELETE FROM vigil.audit_seal WHERE false",
        "TRUNCATE vigil.audit_seal",
    };
    struct database *d = *state;

    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct fail f = { 0 };

        if (db_script(d->db, REFUSED[i], &f))
            fail_msg("%s was done", REFUSED[i]);
    }
    const struct chain_report report = verify(d, NULL);

    assert_true(chain_is_whole(&report));
}

static void the_application_adds_and_reads_its_own_scope_alone(void **state)
{
    struct database *d = *state;
    static const char TRY[] = "DO $$ BEGIN %s; RAISE EXCEPTION 'done';"
                              " EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;";
    static const char *const REFUSED[] = {
        "UPDATE vigil.audit SET subject = 'x'",
        "DELETE FROM vigil.audit",
        "DELETE FROM vigil.audit_pending",
        "INSERT INTO vigil.audit_seal VALUES (99, 1, decode(repeat('00', 32), 'hex'))",
    };
    struct fail f = { 0 };

    database_int(d, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name)"
                    " VALUES (2, 1, 'county', '2', 'Two'), (3, 1, 'county', '3', 'Three');"
                    "INSERT INTO vigil.audit (org_id, action, subject) VALUES (2, 'tried', 'x');"
                    "SELECT 1");
    assert_true(db_script(d->db, "SET ROLE vigil_app", &f));
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (!db_script(d->db, arena_text(d->arena, TRY, REFUSED[i]), &f))
            fail_msg("%s: %s", REFUSED[i], f.text);
    const struct audit_wish wish = { .limit = 100 };
    struct audit_row *rows;
    int32_t count;

    if (!audit_list(d->db, &wish, d->arena, &rows, &count, &f))
        fail_msg("%s", f.text);
    assert_int_equal(count, 0); /* no scope, no rows */
    assert_true(db_script(d->db, "SET vigil.org = '3'", &f));
    assert_true(audit_list(d->db, &wish, d->arena, &rows, &count, &f));
    assert_int_equal(count, 0);
    assert_true(db_script(d->db, "SET vigil.org = '2'", &f));
    assert_true(audit_list(d->db, &wish, d->arena, &rows, &count, &f));
    assert_int_equal(count, 1);
    assert_true(db_script(d->db, "RESET ROLE", &f));
}

static void a_head_is_read_as_it_was_written_and_nothing_else_is(void **state)
{
    static const char *const BAD[] = {
        "",
        "1",
        "1:",
        ":00",
        "-1:00",
        "1:0g",
        "1:00000000000000000000000000000000000000000000000000000000000000000",
        "1:0000000000000000000000000000000000000000000000000000000000000000 ",
        "1:0G00000000000000000000000000000000000000000000000000000000000000",
        "99999999999999999:0000000000000000000000000000000000000000000000000000000000000000",
    };
    struct chain_head head = { .seq = 42 }, back;
    char text[CHAIN_HEAD_SIZE];

    (void)state;
    for (int i = 0; i < CHAIN_HASH_BYTES; i++)
        head.hash[i] = (unsigned char)(i * 37);
    chain_head_text(&head, text);
    assert_true(chain_head_read(text, &back));
    assert_int_equal(back.seq, 42);
    assert_memory_equal(back.hash, head.hash, sizeof head.hash);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (chain_head_read(BAD[i], &back))
            fail_msg("%s was read", BAD[i]);
}

static void a_purpose_has_some_length(void **state)
{
    struct database *d = *state;
    char long_one[AUDIT_PURPOSE_MAX + 2];
    struct audit_entry entry = { .org_id = 1, .action = "tried", .subject = "x", .purpose = "" };
    struct fail f = { 0 };

    assert_false(audit_add(d->db, &entry, &f));
    assert_int_equal(f.code, CODE_VALUE_TOO_LONG);
    memset(long_one, 'a', sizeof long_one);
    long_one[sizeof long_one - 1] = '\0';
    entry.purpose = long_one;
    assert_false(audit_add(d->db, &entry, &f));
    assert_string_equal(f.pointer, "/purpose");
    long_one[AUDIT_PURPOSE_MAX] = '\0';
    assert_true(audit_add(d->db, &entry, &f));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, database_teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_was_sealed_is_whole),
        CASE(a_link_is_what_the_header_says),
        CASE(every_change_of_every_column_is_found),
        CASE(every_wrong_link_is_told_once),
        CASE(an_end_that_was_cut_off_is_found_by_a_kept_head),
        CASE(a_chain_made_anew_is_found_by_a_kept_head),
        CASE(an_old_entry_without_a_link_is_found),
        CASE(an_entry_shares_the_fate_of_its_transaction),
        CASE(while_one_seals_another_does_nothing),
        CASE(rows_are_added_and_never_changed),
        CASE(the_application_adds_and_reads_its_own_scope_alone),
        cmocka_unit_test(a_head_is_read_as_it_was_written_and_nothing_else_is),
        CASE(a_purpose_has_some_length),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}

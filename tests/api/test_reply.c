/* Tests of api/reply.c: what a failure says to the outside. */
#include "api/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/asking.h"
#include "tests/support/database.h"

struct problem {
    struct arena *arena;
    struct reply reply;
    const char *body;
};

static void tell(struct problem *p, const struct fail *f)
{
    p->arena = arena_new();
    p->reply = reply_start(p->arena, "id-1");
    emit_end(reply_problem(&p->reply, 0, f));
    p->body = buf_text(&p->reply.body);
}

static void forget(struct problem *p)
{
    reply_clear(&p->reply);
    arena_free(p->arena);
}

static void what_a_failure_of_ours_says_is_told(void **state)
{
    struct problem p;
    struct fail f = { 0 };

    (void)state;
    fail_set(&f, FAIL_INPUT, ZOOM_RANGE, "zoom 31 is above 24");
    tell(&p, &f);
    assert_non_null(strstr(p.body, "\"detail\":\"zoom 31 is above 24\""));
    assert_null(p.reply.unsaid);
    forget(&p);
}

static void a_token_in_the_wrong_place_is_not_said_again(void **state)
{
    struct problem p;
    struct fail f = { 0 };

    (void)state;
    fail_set(&f, FAIL_INPUT, PATH_UNKNOWN, "nothing at /x/vgl_12_aB-c_9 or vgd_Zz, vgx_1 or vg");
    fail_value(&f, "/x/vgl_12_aB-c_9/y");
    tell(&p, &f);
    assert_non_null(strstr(p.body, "\"detail\":\"nothing at /x/vg* or vg*, vgx_1 or vg\""));
    assert_non_null(strstr(p.body, "\"value\":\"/x/vg*/y\""));
    forget(&p);
}

static void what_the_database_says_is_for_the_log_alone(void **state)
{
    static const struct {
        enum fail_kind kind;
        enum fail_code code;
        const char *word;
    } CASES[] = {
        { FAIL_CONFLICT, CODE_ALREADY_EXISTS, "already_exists" },
        { FAIL_BUSY, CODE_DATABASE_AWAY, "database_away" },
        { FAIL_BUSY, CODE_DATABASE_CONTENDED, "database_contended" },
        { FAIL_BROKEN, CODE_DATABASE_FAILED, "database_failed" },
        { FAIL_BUSY, CODE_DATABASE_SLOW, "database_slow" },
        { FAIL_BUSY, CODE_DISK_FULL, "disk_full" },
        { FAIL_INPUT, CODE_REFERENCE_UNKNOWN, "reference_unknown" },
        { FAIL_INPUT, CODE_RULE_BROKEN, "rule_broken" },
        { FAIL_INPUT, CODE_SHAPE_REFUSED, "shape_refused" },
    };
    static const char SAID[] = "connection to server on socket \"/run/pg/.s.PGSQL.5432\" failed";

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct fail f = { .kind = CASES[i].kind, .code = CASES[i].code };
        struct problem p;

        memcpy(f.text, SAID, sizeof SAID);
        tell(&p, &f);
        assert_null(strstr(p.body, "PGSQL"));
        assert_non_null(strstr(p.body, CASES[i].word));
        assert_null(strstr(p.body, "\"detail\":\"code.")); /* the catalogue has a sentence */
        assert_null(strstr(p.body, "\"detail\":\"\""));
        assert_string_equal(p.reply.unsaid, SAID);
        forget(&p);
    }
}

static struct asking_room room;

static int open_room(void **state)
{
    return asking_open_room(&room, state);
}

static int close_room(void **state)
{
    (void)state;
    return asking_close_room(&room);
}

static void a_broken_statement_is_not_shown_to_who_asked(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_true(
        db_script(room.d->db, "ALTER VIEW vigil.person_card RENAME TO person_card_gone", &f));
    const struct asking_answer answer = asking_send(room.worker, "GET", "/v1/people/1", NULL, NULL);

    asking_expect(&answer, 500, "database_failed");
    assert_null(strstr(answer.body, "relation"));
    assert_null(strstr(answer.body, "vigil.person"));
    assert_non_null(strstr(answer.reply->unsaid, "vigil.person"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_failure_of_ours_says_is_told),
        cmocka_unit_test(a_token_in_the_wrong_place_is_not_said_again),
        cmocka_unit_test(what_the_database_says_is_for_the_log_alone),
        cmocka_unit_test_setup_teardown(a_broken_statement_is_not_shown_to_who_asked, open_room,
                                        close_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

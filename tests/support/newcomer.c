#include "tests/support/newcomer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check_near.h"

const char NEWCOMER_CLAIM[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const char NEWCOMER_OTHER_CLAIM[] = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";

struct asking_room NEWCOMER_ROOM;

struct asking_answer newcomer_ask(const char *method, const char *target, const char *headers,
                                  const char *body)
{
    return asking_send(NEWCOMER_ROOM.worker, method, target, headers, body);
}

struct asking_answer newcomer_post(const char *target, const char *body)
{
    return newcomer_ask("POST", target, asking_fresh_key(&NEWCOMER_ROOM), body);
}

const char *newcomer_text(const char *format, ...)
{
    char made[4000];
    va_list list;

    va_start(list, format);
    vsnprintf(made, sizeof made, format, list);
    va_end(list);
    return arena_copy(NEWCOMER_ROOM.d->arena, made, strlen(made));
}

/* Two counties; organisation 2 is where the tests enrol, 3 is the neighbour. */
int newcomer_open(void **state)
{
    const int failed = asking_open_room(&NEWCOMER_ROOM, state);

    database_int(NEWCOMER_ROOM.d,
                 "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
                 " (2, 1, 'county', '2', '云龙区'), (3, 1, 'county', '3', '泉山区');"
                 "SELECT 1");
    return failed;
}

int newcomer_close(void **state)
{
    (void)state;
    return asking_close_room(&NEWCOMER_ROOM);
}

void newcomer_as_manager_of(int64_t org_id)
{
    asking_as(NEWCOMER_ROOM.worker, ROLE_MANAGER, org_id, 0);
}

void newcomer_as_herself(int64_t person_id)
{
    asking_as(NEWCOMER_ROOM.worker, ROLE_VOLUNTEER, 2, person_id);
}

int64_t newcomer_code(const char **code)
{
    newcomer_as_manager_of(2);
    const struct asking_answer a =
        newcomer_post("/v1/enrolment_codes", "{\"label\":\"和平路站\",\"org_id\":2}");

    asking_expect(&a, 201, NULL);
    *code = newcomer_text("%s", asking_text(&a, "/code"));
    return asking_int(&a, "/code_id");
}

const char *newcomer_enrolment(const char *code, const char *claim, const char *phone)
{
    return newcomer_text(
        "{\"code\":\"%s\",\"claim\":\"%s\",\"name\":\"王小明\",\"phone\":\"%s\","
        "\"identity\":\"320301199001011237\",\"birth_year\":1990,\"language\":\"zh\","
        "\"emergency\":\"王母 13900139000\","
        "\"consents\":[{\"purpose\":\"contact\",\"version\":1},"
        "{\"purpose\":\"location\",\"version\":1}]}",
        code, claim, phone);
}

int64_t newcomer_pending(void)
{
    newcomer_as_manager_of(2);
    const struct asking_answer a = newcomer_ask("GET", "/v1/enrolments?state=pending", NULL, NULL);

    asking_expect(&a, 200, NULL);
    return asking_int(&a, "/items/0/enrolment_id");
}

/* Somebody with a code, enrolled and approved; her person_id. */
int64_t newcomer_let_in(void)
{
    const char *code;

    newcomer_code(&code);
    struct asking_answer a = newcomer_post(
        "/v1/enrolments", newcomer_enrolment(code, NEWCOMER_CLAIM, "+86 138 0013 1234"));

    asking_expect(&a, 201, NULL);
    a = newcomer_ask("POST",
                     newcomer_text("/v1/enrolments/%lld/approve", (long long)newcomer_pending()),
                     NULL, "{}");
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/state"), "approved");
    return asking_int(&a, "/person_id");
}

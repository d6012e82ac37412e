/* The description is made from the table, so what is tested is that the table and
 * the schemas hold together. */
#include "api/openapi.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/router.h"
#include "geo/base/input.h"
#include "schema/openapi.h"

static struct arena *arena;
static const struct endpoint *endpoints;
static int32_t endpoint_count;
static const struct input *description;

static const struct input *get(const struct input *v, const char *key)
{
    const struct input *value = v ? input_get(v, key) : NULL;

    if (!value)
        fail_msg("%s is missing", key);
    return value;
}

static int setup(void **state)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);
    struct fail f = { 0 };

    (void)state;
    arena = arena_new();
    endpoints = endpoints_table(&endpoint_count);
    openapi_write(endpoints, endpoint_count, arena, &e);
    description = input_parse(arena, text.bytes, text.size, &f);
    if (!description)
        fprintf(stderr, "%s\n", f.text);
    buf_free(&text);
    return description ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct input *operation(const struct endpoint *row)
{
    char method[16] = { 0 };

    for (size_t i = 0; row->method[i] && i + 1 < sizeof method; i++)
        method[i] = (char)tolower((unsigned char)row->method[i]);
    return get(get(get(description, "paths"), row->path), method);
}

static void every_row_is_described_with_its_answers(void **state)
{
    (void)state;
    for (int32_t i = 0; i < endpoint_count; i++) {
        const struct endpoint *row = &endpoints[i];
        const struct input *answers = get(operation(row), "responses");
        char status[8];

        snprintf(status, sizeof status, "%d", row->success % 1000);
        get(answers, status);
        get(answers, "400");
        get(answers, "503");
        if (row->roles) {
            get(answers, "401");
            get(answers, "403");
        }
        assert_true((input_get(operation(row), "requestBody") != NULL) == (row->body_max > 0));
        assert_true(row->summary && row->summary[0]);
    }
}

static void a_row_is_well_formed(void **state)
{
    (void)state;
    for (int32_t i = 0; i < endpoint_count; i++) {
        const struct endpoint *row = &endpoints[i];
        const bool creates = row->idempotent_key;

        assert_non_null(row->handle);
        assert_int_equal(row->path[0], '/');
        if (creates)
            assert_string_equal(row->method, "POST");
        if (row->body && row->body_max == 0)
            fail_msg("%s %s has a body's schema and takes no body", row->method, row->path);
        if (row->success == 204 && (row->answer || row->type))
            fail_msg("%s %s answers nothing and says what", row->method, row->path);
    }
}

static void every_row_is_found_by_the_router_and_by_no_other(void **state)
{
    (void)state;
    for (int32_t i = 0; i < endpoint_count; i++) {
        struct buf path = { 0 };
        struct router_match m;

        for (const char *c = endpoints[i].path; *c; c++) {
            if (*c == '{') {
                c = strchr(c, '}');
                buf_string(&path, "77");
            } else {
                buf_byte(&path, (unsigned char)*c);
            }
        }
        router_find(endpoints, endpoint_count, endpoints[i].method, buf_text(&path), arena, &m);
        if (m.endpoint != &endpoints[i])
            fail_msg("%s %s leads to %s", endpoints[i].method, buf_text(&path),
                     m.endpoint ? m.endpoint->path : "nothing");
        buf_free(&path);
    }
}

static void every_schema_named_by_a_row_is_there(void **state)
{
    (void)state;
    for (int32_t i = 0; i < endpoint_count; i++) {
        const char *const names[] = { endpoints[i].body, endpoints[i].answer };

        for (size_t k = 0; k < 2; k++)
            if (names[k] && !openapi_schema(names[k]))
                fail_msg("%s %s: api/openapi/%s.json is missing", endpoints[i].method,
                         endpoints[i].path, names[k]);
    }
}

/* Every "$ref" of a text leads to a schema. */
static void check_references(const char *name, const char *text)
{
    static const char MARK[] = "#/components/schemas/";

    for (const char *at = strstr(text, MARK); at; at = strstr(at + 1, MARK)) {
        char target[80] = { 0 };
        const char *from = at + sizeof MARK - 1;
        const size_t size = strcspn(from, "\"");

        assert_true(size < sizeof target);
        memcpy(target, from, size);
        if (!openapi_schema(target))
            fail_msg("%s refers to %s, which is not there", name, target);
    }
}

static void every_schema_is_json_and_refers_to_schemas(void **state)
{
    (void)state;
    assert_true(OPENAPI_COUNT > 0);
    for (int i = 0; i < OPENAPI_COUNT; i++) {
        struct fail f = { 0 };
        const char *text = OPENAPI_TEXTS[i].text;
        const struct input *v = input_parse(arena, text, strlen(text), &f);

        if (!v || !input_is_object(v))
            fail_msg("%s: %s", OPENAPI_TEXTS[i].name, f.text);
        check_references(OPENAPI_TEXTS[i].name, text);
    }
}

static void operations_have_names_of_their_own(void **state)
{
    (void)state;
    for (int32_t i = 0; i < endpoint_count; i++) {
        const char *mine;
        struct fail f;

        assert_true(input_text(get(operation(&endpoints[i]), "operationId"), 200, &mine, &f));
        for (int32_t k = 0; k < i; k++) {
            const char *other;

            assert_true(input_text(get(operation(&endpoints[k]), "operationId"), 200, &other, &f));
            assert_string_not_equal(mine, other);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_described_with_its_answers),
        cmocka_unit_test(a_row_is_well_formed),
        cmocka_unit_test(every_row_is_found_by_the_router_and_by_no_other),
        cmocka_unit_test(every_schema_named_by_a_row_is_there),
        cmocka_unit_test(every_schema_is_json_and_refers_to_schemas),
        cmocka_unit_test(operations_have_names_of_their_own),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}

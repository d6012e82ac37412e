/* The address of a request: whatever comes, what passes is one clean path. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "api/gate.h"
#include "geo/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_text(const char *text)
{
    assert(utf8_valid(text, strlen(text)));
    for (; *text; text++)
        assert((unsigned char)*text >= 0x20 && *text != 0x7F);
}

static void check_pass(const struct gate_pass *pass)
{
    check_text(pass->path);
    assert(pass->path[0] == '/');
    assert(!strstr(pass->path, "/../") && !strstr(pass->path, "//") && !strstr(pass->path, "/./"));
    assert(!strchr(pass->path, '\\'));
    for (int32_t i = 0; i < pass->query_count; i++) {
        check_text(pass->queries[i].name);
        check_text(pass->queries[i].value);
    }
}

/* Cuts the next line off *rest; NULL when there is none. */
static char *take_line(char **rest)
{
    char *line = *rest;

    if (!line)
        return NULL;
    *rest = strchr(line, '\n');
    if (*rest)
        *(*rest)++ = '\0';
    return line;
}

/* The first line of the input is the target, the others are headers. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *a = arena_new();
    char *rest = arena_copy(a, bytes, size);
    struct gate_field fields[GATE_FIELDS_MAX + 1];
    struct gate_head head = { "POST", take_line(&rest), "HTTP/1.1", fields, 0 };
    struct gate_pass pass;
    struct fail f = { 0 };

    for (char *line; head.field_count <= GATE_FIELDS_MAX && (line = take_line(&rest));) {
        char *colon = strchr(line, ':');

        if (!colon)
            continue;
        *colon = '\0';
        fields[head.field_count++] =
            (struct gate_field){ line, strlen(line), colon + 1, strlen(colon + 1) };
    }
    if (gate_check(&head, a, &pass, &f))
        check_pass(&pass);
    else
        assert(f.kind == FAIL_INPUT && f.text[0]);
    arena_free(a);
    return 0;
}

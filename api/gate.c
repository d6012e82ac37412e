/* libmicrohttpd 0.9.75 reads several malformed requests in a way that another
 * hop reads otherwise; what is checked here was measured against it (tests/fault).
 * Where RFC 9112 lets a server choose between repairing and refusing, we refuse. */
#include "api/gate.h"

#include <string.h>
#include <strings.h>

#include "geo/base/utf8.h"

enum { CONTENT_LENGTH_DIGITS_MAX = 15 };

/* tchar of RFC 9110 section 5.6.2. */
static bool is_token_byte(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_token_byte((unsigned char)text[i]))
            return false;
    return size > 0;
}

static bool is_named(const struct gate_field *field, const char *name)
{
    return strlen(name) == field->name_size &&
           strncasecmp(field->name, name, field->name_size) == 0;
}

static bool malformed(struct fail *f, const char *what)
{
    return fail_set(f, FAIL_INPUT, REQUEST_MALFORMED, "the request is not well-formed HTTP: %s",
                    what);
}

static bool check_field(const struct gate_field *field, struct fail *f)
{
    if (!is_token(field->name, field->name_size))
        return malformed(f, "a header's name holds a byte that no name may have");
    for (size_t i = 0; i < field->value_size; i++) {
        const unsigned char c = (unsigned char)field->value[i];

        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return malformed(f, "a header's value holds a control byte");
    }
    return true;
}

/* What the headers say about framing, counted. */
struct framing {
    int lengths, codings, hosts;
    int64_t length;
};

static bool read_length(const struct gate_field *field, int64_t *out, struct fail *f)
{
    int64_t length = 0;

    if (field->value_size == 0 || field->value_size > CONTENT_LENGTH_DIGITS_MAX)
        return malformed(f, "Content-Length is not a number of at most 15 digits");
    for (size_t i = 0; i < field->value_size; i++) {
        const char c = field->value[i];

        if (c < '0' || c > '9')
            return malformed(f, "Content-Length is not a number");
        length = length * 10 + (c - '0');
    }
    *out = length;
    return true;
}

static bool read_framing(const struct gate_head *head, struct framing *out, struct fail *f)
{
    for (int32_t i = 0; i < head->field_count; i++) {
        const struct gate_field *field = &head->fields[i];

        if (!check_field(field, f))
            return false;
        if (is_named(field, "Content-Length")) {
            out->lengths++;
            if (!read_length(field, &out->length, f))
                return false;
        } else if (is_named(field, "Transfer-Encoding")) {
            out->codings++;
            if (strcasecmp(field->value, "chunked") != 0)
                return malformed(f, "Transfer-Encoding may only be chunked");
        } else if (is_named(field, "Host")) {
            out->hosts++;
            if (strpbrk(field->value, " \t,/?#@\\"))
                return malformed(f, "Host is not a host");
        }
    }
    return true;
}

static bool check_framing(const struct gate_head *head, struct gate_pass *out, struct fail *f)
{
    struct framing seen = { 0 };
    const bool is_1_1 = strcmp(head->version, "HTTP/1.1") == 0;

    if (!is_1_1 && strcmp(head->version, "HTTP/1.0") != 0)
        return malformed(f, "the version must be HTTP/1.1 or HTTP/1.0");
    if (!is_token(head->method, strlen(head->method)))
        return malformed(f, "the method is not a word");
    if (!read_framing(head, &seen, f))
        return false;
    if (seen.lengths > 1)
        return malformed(f, "Content-Length stands more than once");
    if (seen.codings > 1)
        return malformed(f, "Transfer-Encoding stands more than once");
    if (seen.lengths > 0 && seen.codings > 0)
        return malformed(f, "Content-Length and Transfer-Encoding exclude each other");
    if (seen.codings > 0 && !is_1_1)
        return malformed(f, "HTTP/1.0 has no Transfer-Encoding");
    if (seen.hosts > 1 || (is_1_1 && seen.hosts == 0))
        return malformed(f, "there must be exactly one Host");
    out->has_body = seen.codings > 0 || seen.length > 0;
    out->body_size = seen.codings > 0 ? -1 : seen.length;
    return true;
}

static bool bad_target(struct fail *f, const char *what)
{
    return fail_set(f, FAIL_INPUT, TARGET_MALFORMED, "the address cannot be read: %s", what);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that "%xx" at `raw` stands for, or -1. */
static int escaped(const char *raw, size_t left)
{
    const int high = left >= 3 ? hex_digit(raw[1]) : -1;
    const int low = high >= 0 ? hex_digit(raw[2]) : -1;

    return low >= 0 ? high * 16 + low : -1;
}

static bool take_escaped(const char *raw, size_t left, bool is_query, unsigned char *out,
                         struct fail *f)
{
    const int c = escaped(raw, left);

    if (c < 0)
        return bad_target(f, "a percent sign is not followed by two hex digits");
    if (c < 0x20 || c == 0x7F)
        return bad_target(f, "it holds a control byte");
    if (!is_query && (c == '/' || c == '\\'))
        return bad_target(f, "a path's segment holds an encoded slash");
    *out = (unsigned char)c;
    return true;
}

/* Percent-decoding (RFC 3986 section 2.1) into `text`, which has room for `size`
 * bytes and a NUL. In a path "%2f" is refused: it would be a slash that parts
 * nothing, and the next hop may read it otherwise. */
static bool decode(const char *raw, size_t size, bool is_query, char *text, struct fail *f)
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)raw[i];

        if (c <= 0x20 || c >= 0x7F || strchr("\"<>\\^`{|}#", c))
            return bad_target(f, "it holds a byte that must be percent-encoded");
        if (c == '%') {
            if (!take_escaped(raw + i, size - i, is_query, &c, f))
                return false;
            i += 2;
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        text[used++] = (char)c;
    }
    text[used] = '\0';
    if (!utf8_valid(text, used))
        return bad_target(f, "it is not UTF-8");
    return true;
}

static bool is_dots(const char *segment, size_t size)
{
    return (size == 1 && segment[0] == '.') || (size == 2 && memcmp(segment, "..", 2) == 0);
}

/* Decoded, so that an encoded dot is a dot. */
static bool check_segments(const char *path, struct fail *f)
{
    int parts = 0;

    for (const char *at = path; *at == '/';) {
        const size_t size = strcspn(++at, "/");

        if (is_dots(at, size))
            return bad_target(f, "a path's segment is only dots");
        if (size == 0 && at[0] != '\0')
            return bad_target(f, "a path's segment is empty");
        if (++parts > GATE_PATH_PARTS_MAX)
            return bad_target(f, "the path has too many segments");
        at += size;
    }
    return true;
}

bool gate_path(const char *raw, size_t size, struct arena *a, const char **out, struct fail *f)
{
    char *path = arena_take(a, size + 1, 1);

    if (size == 0 || raw[0] != '/')
        return bad_target(f, "it must be a path that begins with a slash");
    if (!decode(raw, size, false, path, f) || !check_segments(path, f))
        return false;
    *out = path;
    return true;
}

static bool add_query(const char *raw, size_t size, struct arena *a, struct gate_pass *out,
                      struct fail *f)
{
    const char *equals = memchr(raw, '=', size);
    const size_t name_size = equals ? (size_t)(equals - raw) : size;
    const size_t skipped = equals ? name_size + 1 : name_size;
    char *name = arena_take(a, name_size + 1, 1);
    char *value = arena_take(a, size - skipped + 1, 1);

    if (name_size == 0)
        return bad_target(f, "a query parameter has no name");
    if (!decode(raw, name_size, true, name, f) ||
        !decode(raw + skipped, size - skipped, true, value, f))
        return false;
    for (int32_t i = 0; i < out->query_count; i++)
        if (strcmp(out->queries[i].name, name) == 0)
            return bad_target(f, "a query parameter stands more than once");
    if (out->query_count == GATE_QUERIES_MAX)
        return bad_target(f, "it has too many query parameters");
    out->queries[out->query_count++] = (struct gate_query){ name, value };
    return true;
}

bool gate_queries(const char *raw, size_t size, struct arena *a, struct gate_pass *out,
                  struct fail *f)
{
    out->query_count = 0;
    for (size_t at = 0; at < size;) {
        const char *end = memchr(raw + at, '&', size - at);
        const size_t part = end ? (size_t)(end - (raw + at)) : size - at;

        if (!add_query(raw + at, part, a, out, f))
            return false;
        at += part + (end ? 1 : 0);
    }
    return true;
}

bool gate_check(const struct gate_head *head, struct arena *a, struct gate_pass *out,
                struct fail *f)
{
    const size_t size = strlen(head->target);

    *out = (struct gate_pass){ 0 };
    if (size > GATE_TARGET_MAX)
        return fail_set(f, FAIL_INPUT, TARGET_TOO_LONG, "the address is longer than %d bytes",
                        GATE_TARGET_MAX);
    if (head->field_count > GATE_FIELDS_MAX)
        return fail_set(f, FAIL_INPUT, HEADERS_TOO_LARGE, "there are more than %d headers",
                        GATE_FIELDS_MAX);
    if (!check_framing(head, out, f))
        return false;
    const size_t path_size = strcspn(head->target, "?");

    if (!gate_path(head->target, path_size, a, &out->path, f))
        return false;
    if (path_size == size)
        return true;
    return gate_queries(head->target + path_size + 1, size - path_size - 1, a, out, f);
}

bool gate_request_id(const char *text)
{
    const size_t size = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");

    return size > 0 && size <= GATE_REQUEST_ID_MAX && text[size] == '\0';
}

static bool is_gap(const char *from, const char *to, size_t size)
{
    const uintptr_t a = (uintptr_t)from;
    const uintptr_t b = (uintptr_t)to;

    return b >= a && b - a == size;
}

bool gate_is_tight(const struct gate_head *head, const char *target, size_t target_size,
                   size_t size)
{
    enum { BLANK = 1, LINE_END = 2 };
    const char *end = head->version + strlen(head->version);

    if (!is_gap(head->method + strlen(head->method), target, BLANK) ||
        !is_gap(target + target_size, head->version, BLANK))
        return false;
    for (int32_t i = 0; i < head->field_count; i++) {
        if (!is_gap(end, head->fields[i].name, LINE_END))
            return false;
        end = head->fields[i].value + head->fields[i].value_size;
    }
    return is_gap(end, head->method + size, (size_t)2 * LINE_END);
}

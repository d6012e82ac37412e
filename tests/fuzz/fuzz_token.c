/* Tokens, cookies and secrets of devices as they come in headers. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "api/auth.h"
#include "api/badge.h"
#include "engine/tokens.h"
#include "geo/base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *a = arena_new();
    const char *text = arena_copy(a, bytes, size);
    char value[TOKENS_TEXT_SIZE];
    unsigned char hash[DEVICES_HASH_BYTES];
    char secret[DEVICES_SECRET_SIZE];
    struct tokens_parts parts = { 0 };

    if (tokens_parse(text, &parts))
        assert(parts.token_id > 0 && strlen(text) < TOKENS_TEXT_SIZE);
    if (auth_cookie(text, "vigil_session", value, sizeof value)) {
        assert(value[0] != '\0' && strlen(value) < sizeof value);
        assert(strstr(text, value) && !strchr(value, ';'));
    }
    badge_password(text, secret);
    assert(strlen(secret) < sizeof secret);
    if (devices_hash(text, hash))
        assert(devices_is_secret(text) && strlen(text) < DEVICES_SECRET_SIZE);
    arena_free(a);
    return 0;
}

/* A settings file: read whole or refused with a reason; what was read can be
 * printed and read again. */
#include <assert.h>
#include <stdint.h>

#include "engine/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct config *c = config_new();
    struct fail f = { 0 };

    if (config_read(c, (const char *)bytes, size, "fuzz", &f)) {
        struct config *again = config_new();
        struct buf text = { 0 };

        config_print(c, &text);
        assert(config_read(again, text.bytes, text.size, "printed", &f));
        assert(config_int(c, CONFIG_WORKERS) == config_int(again, CONFIG_WORKERS));
        config_free(again);
        buf_free(&text);
    } else {
        assert(f.kind == FAIL_INPUT && f.text[0]);
    }
    config_free(c);
    return 0;
}

/* The control of the fuzz bar: a parser with a bug, reached only by bytes that
 * begin with a word. A fuzzer that does not find this within seconds would find
 * nothing elsewhere either. Not part of any build but the bar's own. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *copy;

    if (size < 8 || memcmp(bytes, "vigil", 5) != 0)
        return 0;
    copy = malloc(size);
    if (!copy)
        return 0;
    memcpy(copy, bytes, size);
    copy[bytes[5]] ^= 1; /* the length that the input claims is believed */
    free(copy);
    return 0;
}

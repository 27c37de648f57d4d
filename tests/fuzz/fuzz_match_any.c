#include "fuzz_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_match(data, size, NULL);
}

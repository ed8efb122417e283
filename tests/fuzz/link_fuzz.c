/* link_fuzz: no bytes pass for a token; as a token's body they are read or refused without harm,
 * and what is read can be signed again. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/suite/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[LINK_KEY_BYTES] = { 7 };
    static const char context[] = "redress link 1";
    struct arena a = { 0 };
    struct link l = { 0 };
    struct text again;
    uint8_t bytes[512 + 16];
    char token[1024];
    if (size > 512)
        return 0;
    must(link_read(key, (struct text){ (const char *)data, (uint32_t)size }, 0, &a, &l) ==
         -EBADMSG);
    crypto_generichash_state h;
    crypto_generichash_init(&h, key, sizeof key, 16);
    crypto_generichash_update(&h, (const uint8_t *)context, sizeof context);
    crypto_generichash_update(&h, data, size);
    if (size)
        memcpy(bytes, data, size);
    crypto_generichash_final(&h, bytes + size, 16);
    sodium_bin2base64(token, sizeof token, bytes, size + 16,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    int r = link_read(key, text_from(token), 0, &a, &l);
    must(r == 0 || r == -EBADMSG || r == -ETIME);
    must(r == -EBADMSG || link_sign(key, &l, &a, &again) == 0);
    arena_free(&a);
    return 0;
}

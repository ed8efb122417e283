/* scope: see scope.h. */
#include "services/kpi/scope.h"

enum { HASH_DIGITS = 16, NAME_KEPT = SCOPE_NAME_MAX - 1 - HASH_DIGITS };

uint64_t hash_text(uint64_t hash, struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        hash = (hash ^ (uint8_t)t.at[i]) * UINT64_C(1099511628211);
    return hash;
}

/* Ids are told in events, so what is kept of a long name ends with a whole character. */
static uint32_t cut_at(struct text name, uint32_t most)
{
    while (((uint8_t)name.at[most] & 0xc0) == 0x80)
        most--;
    return most;
}

uint32_t scope_name(char out[static SCOPE_NAME_MAX], struct text name)
{
    bool whole = name.length <= SCOPE_NAME_MAX;
    uint32_t length = whole ? name.length : cut_at(name, NAME_KEPT);
    if (length)
        memcpy(out, name.at, length);
    if (whole)
        return length;
    uint64_t hash = hash_text(HASH_EMPTY, name);
    out[length++] = '~';
    for (int i = 0; i < HASH_DIGITS; i++, hash >>= 4)
        out[length++] = "0123456789abcdef"[hash & 15];
    return length;
}

/* phrase: see phrase.h. */
#include "services/kpi/phrase.h"

#include <string.h>

void phrase_text(struct phrase *p, struct text t)
{
    uint32_t length = t.length;
    if (length > PHRASE_MAX - p->length) {
        length = PHRASE_MAX - p->length;
        while (length && ((uint8_t)t.at[length] & 0xC0) == 0x80)
            length--;
    }
    if (length)
        memcpy(p->at + p->length, t.at, length);
    p->length += length;
}

void phrase_words(struct phrase *p, const char *words)
{
    phrase_text(p, text_from(words));
}

void phrase_number(struct phrase *p, int64_t n)
{
    char digits[20];
    uint32_t length = 0;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    if (n < 0)
        phrase_words(p, "-");
    do
        digits[sizeof digits - ++length] = (char)('0' + rest % 10);
    while (rest /= 10);
    phrase_text(p, (struct text){ digits + sizeof digits - length, length });
}

struct text phrase_is(const struct phrase *p)
{
    return (struct text){ p->at, p->length };
}

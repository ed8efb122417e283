/* id: UUIDs by libsodium. Chosen ids take their random bits from the kernel; derived ids are pure
 * functions of their cause. */
#include "common/base/id.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>

enum { HASH_BYTES = 16, COUNTER_BITS = 12 };

/* A clock that steps back less than this is jitter, and ids stay in order; further back it is
 * another clock (a simulation, an import) whose ids must carry its own time, or the command would
 * be refused as one from the future. */
enum { JITTER_MS = 10000 };

static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t last; /* milliseconds and counter of the newest id, under last_lock */

static void put_number(uint8_t *out, uint64_t v, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (uint8_t)v;
        v >>= 8;
    }
}

static void set_version(struct id *id, unsigned version)
{
    id->at[6] = (uint8_t)((id->at[6] & 0x0f) | version << 4);
    id->at[8] = (uint8_t)((id->at[8] & 0x3f) | 0x80);
}

static uint64_t milliseconds_of(int64_t instant)
{
    return (instant < 0 ? 0 : (uint64_t)instant / 1000) & ((UINT64_C(1) << 48) - 1);
}

/* 48 bits of milliseconds and 12 of a counter that begins at random, in its lower half to leave
 * room for a burst. A burst beyond it runs into the next millisecond, as RFC 9562 6.2 allows. */
static uint64_t next_tick(uint64_t milliseconds, uint64_t random)
{
    uint64_t tick = milliseconds << COUNTER_BITS | (random & ((1 << (COUNTER_BITS - 1)) - 1));
    pthread_mutex_lock(&last_lock);
    if (tick <= last && milliseconds + JITTER_MS > last >> COUNTER_BITS)
        tick = last + 1;
    last = tick;
    pthread_mutex_unlock(&last_lock);
    return tick;
}

struct id id_new(int64_t now)
{
    struct id id;
    uint8_t random[2];
    randombytes_buf(&id, sizeof id);
    randombytes_buf(random, sizeof random);
    uint64_t tick = next_tick(milliseconds_of(now), (uint64_t)random[0] << 8 | random[1]);
    put_number(id.at, tick >> COUNTER_BITS, 6);
    put_number(id.at + 6, tick & ((1 << COUNTER_BITS) - 1), 2);
    set_version(&id, 7);
    return id;
}

/* `tag` keeps ids of causes and ids of bytes apart, whatever the bytes are. */
static struct id derive(char tag, const char *kind, uint64_t milliseconds, const void *bytes,
                        size_t size, uint64_t number)
{
    struct id id;
    uint8_t numbers[8];
    crypto_generichash_state state;
    put_number(numbers, number, sizeof numbers);
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)&tag, 1);
    crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, numbers, sizeof numbers);
    crypto_generichash_update(&state, bytes, size);
    crypto_generichash_final(&state, id.at, HASH_BYTES);
    put_number(id.at, milliseconds, 6);
    set_version(&id, 8);
    return id;
}

struct id id_derive(const char *kind, const struct id *cause, uint32_t n)
{
    return derive('c', kind, (uint64_t)id_milliseconds(cause), cause->at, sizeof cause->at, n);
}

struct id id_derive_bytes(const char *kind, int64_t instant, const void *bytes, size_t size)
{
    return derive('b', kind, milliseconds_of(instant), bytes, size, (uint64_t)instant);
}

int64_t id_milliseconds(const struct id *id)
{
    int64_t v = 0;
    for (int i = 0; i < 6; i++)
        v = v << 8 | id->at[i];
    return v;
}

void id_print(const struct id *id, char out[static ID_TEXT + 1])
{
    static const char digits[] = "0123456789abcdef";
    char *at = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[id->at[i] >> 4];
        *at++ = digits[id->at[i] & 15];
    }
    *at = 0;
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

int id_parse(struct text t, struct id *ret)
{
    struct id id;
    const char *at = t.at;
    if (t.length != ID_TEXT)
        return -EINVAL;
    for (int i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *at++ != '-')
            return -EINVAL;
        int high = hex_digit(at[0]), low = hex_digit(at[1]);
        if (high < 0 || low < 0)
            return -EINVAL;
        id.at[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    *ret = id;
    return 0;
}

int id_version(const struct id *id)
{
    return id->at[6] >> 4;
}

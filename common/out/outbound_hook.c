/* outbound_hook: a hook is one HTTP POST, signed by Standard Webhooks (standardwebhooks.com). */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "common/out/outbound_try.h"
#include "common/suite/suite.h"

/* --- signing ------------------------------------------------------------------------------------
 */

struct text outbound_sign(const struct text *secrets, size_t count, struct text id, int64_t seconds,
                          struct text body, struct arena *a)
{
    struct text all = { 0 };
    struct text head = arena_printf(a, "%.*s.%lld.", TEXT_ARG(id), (long long)seconds);
    for (size_t i = 0; i < count; i++) {
        uint8_t mac[crypto_auth_hmacsha256_BYTES];
        char encoded[sodium_base64_ENCODED_LEN(sizeof mac, sodium_base64_VARIANT_ORIGINAL)];
        crypto_auth_hmacsha256_state state;
        crypto_auth_hmacsha256_init(&state, (const uint8_t *)secrets[i].at, secrets[i].length);
        crypto_auth_hmacsha256_update(&state, (const uint8_t *)head.at, head.length);
        crypto_auth_hmacsha256_update(&state, (const uint8_t *)body.at, body.length);
        crypto_auth_hmacsha256_final(&state, mac);
        sodium_memzero(&state, sizeof state);
        sodium_bin2base64(encoded, sizeof encoded, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
        all = arena_printf(a, "%.*s%sv1,%s", TEXT_ARG(all), i ? " " : "", encoded);
    }
    return all;
}

/* The signature header's value; false with the outcome when there is no secret to sign with. The
 * secrets are wiped as soon as they have signed. */
static bool sign(struct outbound_try *t, struct text body, int64_t seconds, struct text *ret)
{
    struct text lines[OUTBOUND_SECRETS_MAX], secrets[OUTBOUND_SECRETS_MAX] = { { 0 } };
    const struct effect *e = &t->effect;
    int count = outbound_secret_lines(t->settings->secrets, e->secret, &t->arena, lines,
                                      OUTBOUND_SECRETS_MAX);
    int bad = 0;
    for (int i = 0; i < count; i++)
        if (outbound_secret_bytes(lines[i], &t->arena, &secrets[i]) < 0)
            bad++;
    if (count < 0)
        outbound_fail(t, EFFECT_secret_missing,
                      arena_printf(&t->arena, "%.*s cannot be read: %s", TEXT_ARG(e->secret),
                                   count == -ENODATA ? "it is empty" : strerror(-count)));
    else if (bad)
        outbound_fail(
            t, EFFECT_secret_missing,
            arena_printf(&t->arena, "%.*s is no base64 behind whsec_", TEXT_ARG(e->secret)));
    else
        *ret = outbound_sign(secrets, (size_t)count, e->id, seconds, body, &t->arena);
    for (int i = 0; i < count; i++) {
        outbound_secret_wipe(secrets[i]);
        outbound_secret_wipe(lines[i]);
    }
    return count > 0 && !bad;
}

/* --- the exchange -------------------------------------------------------------------------------
 */

/* The beginning of what the peer answers. */
struct answer_bytes {
    uint32_t size;
    char at[OUTBOUND_ANSWER_MAX];
};

static size_t take_answer(char *bytes, size_t one, size_t size, void *arg)
{
    struct answer_bytes *b = arg;
    size_t room = sizeof b->at - b->size, n = size < room ? size : room;
    (void)one; /* libcurl says that it is 1 */
    memcpy(b->at + b->size, bytes, n);
    b->size += (uint32_t)n;
    return n; /* fewer than given ends the transfer */
}

/* Judges the address that is about to be connected to: whatever the name was resolved to, and
 * whatever it will be next time. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct outbound_try *t = arg;
    (void)purpose;
    if (!t->settings->allow_private && !outbound_is_public(&address->addr)) {
        t->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Who opens a socket closes it, so that a sanitizer sees both ends of its number's life. */
static int close_socket(void *arg, curl_socket_t fd)
{
    (void)arg;
    return close(fd);
}

static bool header_add(struct curl_slist **list, struct arena *a, const char *name,
                       struct text value)
{
    struct curl_slist *longer =
        curl_slist_append(*list, arena_printf(a, "%s: %.*s", name, TEXT_ARG(value)).at);
    if (longer)
        *list = longer;
    return longer;
}

static bool headers_make(struct outbound_try *t, struct text signature, int64_t seconds,
                         struct curl_slist **ret)
{
    struct arena *a = &t->arena;
    struct curl_slist *bare = curl_slist_append(NULL, "Expect:"); /* no waiting for 100 */
    *ret = bare;
    return bare && header_add(ret, a, "content-type", text_from("application/json")) &&
           header_add(ret, a, "user-agent", text_from("redress")) &&
           header_add(ret, a, "webhook-id", t->effect.id) &&
           header_add(ret, a, "webhook-timestamp", arena_printf(a, "%lld", (long long)seconds)) &&
           (text_empty(signature) || header_add(ret, a, "webhook-signature", signature));
}

static CURLcode perform(struct outbound_try *t, CURL *curl, struct text body,
                        struct curl_slist *headers, struct answer_bytes *answer)
{
    CURLcode r = outbound_prepare(curl, t, "http,https");
#define SET(option, value)                                                                         \
    if (r == CURLE_OK)                                                                             \
        r = curl_easy_setopt(curl, CURLOPT_##option, value);
    SET(URL, arena_text(&t->arena, t->effect.to).at)
    SET(POST, 1L)
    SET(POSTFIELDS, body.at)
    SET(POSTFIELDSIZE, (long)body.length)
    SET(HTTPHEADER, headers)
    SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1)
    SET(OPENSOCKETFUNCTION, open_socket)
    SET(OPENSOCKETDATA, t)
    SET(CLOSESOCKETFUNCTION, close_socket)
    SET(WRITEFUNCTION, take_answer)
    SET(WRITEDATA, answer)
#undef SET
    return r == CURLE_OK ? curl_easy_perform(curl) : r;
}

/* --- what came of it ----------------------------------------------------------------------------
 */

static const struct {
    long from, to;
    enum effect_failure failure;
} statuses[] = { /* the first that fits; 2xx is none */
                 { 300, 399, EFFECT_redirected }, { 408, 408, EFFECT_busy },
                 { 410, 410, EFFECT_gone },       { 425, 425, EFFECT_busy },
                 { 429, 429, EFFECT_busy },       { 400, 499, EFFECT_rejected },
                 { 503, 503, EFFECT_busy },       { 0, 999, EFFECT_peer_failed }
};

/* The status decides as soon as it is there, whatever becomes of the rest of the answer. */
static void judge(struct outbound_try *t, CURL *curl, CURLcode code,
                  const struct answer_bytes *answer)
{
    long status = 0;
    curl_off_t wait_s = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait_s);
    if (status < 200) {
        outbound_fail_by_code(t, code);
        return;
    }
    struct text words = arena_printf(&t->arena, "%ld%s%.*s", status, answer->size ? " " : "",
                                     (int)answer->size, answer->at);
    if (status <= 299) {
        outbound_succeed(t, true, words);
        return;
    }
    size_t i = 0;
    while (status < statuses[i].from || status > statuses[i].to)
        i++;
    outbound_fail(t, statuses[i].failure, words);
    if (t->outcome.temporary && wait_s > 0)
        t->outcome.retry_after =
            (wait_s < OUTBOUND_RETRY_AFTER_S ? wait_s : OUTBOUND_RETRY_AFTER_S) * SECONDS;
}

void outbound_hook(struct outbound_try *t, CURL *curl)
{
    char host[OUTBOUND_HOST_MAX + 1];
    const char *rule = NULL;
    struct text signature = { 0 };
    struct curl_slist *headers = NULL;
    int64_t seconds = real_now() / SECONDS;
    struct text body = outbound_hook_body(&t->effect, &t->arena);
    if (outbound_url(t->effect.to, "http https", host, &rule) < 0) {
        outbound_fail(t, EFFECT_bad_address, arena_printf(&t->arena, "The URL %s.", rule));
        return;
    }
    if (t->effect.secret.length && !sign(t, body, seconds, &signature))
        return;
    struct answer_bytes *answer = arena_alloc(&t->arena, sizeof *answer);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (headers_make(t, signature, seconds, &headers))
        code = perform(t, curl, body, headers, answer);
    judge(t, curl, code, answer);
    curl_slist_free_all(headers);
}

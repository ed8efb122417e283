/* outbound_run: one try from the effect to its outcome, in a thread of its own. */
#include <stdio.h>
#include <string.h>

#include "common/base/monotonic.h"
#include "common/out/outbound_try.h"

enum { PARTING_MS = 1000 /* for a relay to answer QUIT */ };

void outbound_fail(struct outbound_try *t, enum effect_failure failure, struct text words)
{
#define FAILURE_IS_TEMPORARY(name, number, temporary, doc) [number] = (temporary),
    static const bool temporary[] = { EFFECT_FAILURES(FAILURE_IS_TEMPORARY) };
    t->outcome = (struct outcome){ .kind = OUTCOME_FAILED,
                                   .failure = failure,
                                   .temporary = temporary[failure],
                                   .detail = outbound_line(words, &t->arena),
                                   .digest = t->outcome.digest };
}

void outbound_succeed(struct outbound_try *t, bool delivered, struct text words)
{
    t->outcome = (struct outcome){ .kind = delivered ? OUTCOME_DELIVERED : OUTCOME_SENT,
                                   .detail = outbound_line(words, &t->arena),
                                   .digest = t->outcome.digest };
}

static const struct {
    CURLcode code;
    enum effect_failure failure;
} codes[] = { { CURLE_COULDNT_RESOLVE_HOST, EFFECT_name_unknown },
              { CURLE_COULDNT_CONNECT, EFFECT_unreachable },
              { CURLE_INTERFACE_FAILED, EFFECT_unreachable },
              { CURLE_OPERATION_TIMEDOUT, EFFECT_timeout },
              { CURLE_PEER_FAILED_VERIFICATION, EFFECT_untrusted },
              { CURLE_SSL_ISSUER_ERROR, EFFECT_untrusted },
              { CURLE_SSL_INVALIDCERTSTATUS, EFFECT_untrusted },
              { CURLE_USE_SSL_FAILED, EFFECT_untrusted },
              { CURLE_URL_MALFORMAT, EFFECT_bad_address },
              { CURLE_ABORTED_BY_CALLBACK, EFFECT_interrupted },
              { CURLE_OUT_OF_MEMORY, EFFECT_interrupted } };

void outbound_fail_by_code(struct outbound_try *t, CURLcode code)
{
    enum effect_failure failure = EFFECT_peer_failed;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            failure = codes[i].failure;
    if (failure == EFFECT_unreachable && t->forbidden)
        outbound_fail(t, EFFECT_target_forbidden,
                      text_from("The target is a private or loopback address (allow_private)."));
    else
        outbound_fail(t, failure, text_from(t->error[0] ? t->error : curl_easy_strerror(code)));
}

/* libcurl asks at least once a second: a process that ends waits no longer than that. */
static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct outbound_try *t = arg;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(t->stop) || (t->enough_ms && monotonic_ms() - t->enough_ms > PARTING_MS);
}

CURLcode outbound_prepare(CURL *curl, struct outbound_try *t, const char *protocols)
{
    CURLcode r = CURLE_OK;
    t->error[0] = 0;
#define SET(option, value)                                                                         \
    if (r == CURLE_OK)                                                                             \
        r = curl_easy_setopt(curl, CURLOPT_##option, value);
    SET(ERRORBUFFER, t->error)
    SET(NOSIGNAL, 1L)
    /* A name that is not answered for must not hold up the thread beyond its timeout. */
    SET(QUICK_EXIT, 1L)
    SET(PROTOCOLS_STR, protocols)
    SET(REDIR_PROTOCOLS_STR, protocols) /* none are followed */
    SET(FOLLOWLOCATION, 0L)
    SET(PROXY, "") /* and none from the environment */
    SET(NETRC, (long)CURL_NETRC_IGNORED)
    /* One try, one connection: what it leads to is judged, and nothing is sent again unasked. */
    SET(FRESH_CONNECT, 1L)
    SET(FORBID_REUSE, 1L)
    SET(CONNECTTIMEOUT_MS, (long)OUTBOUND_CONNECT_MS)
    SET(TIMEOUT_MS, (long)OUTBOUND_TIMEOUT_MS)
    SET(SERVER_RESPONSE_TIMEOUT, (long)OUTBOUND_TIMEOUT_MS / 1000)
    SET(NOPROGRESS, 0L)
    SET(XFERINFOFUNCTION, on_progress)
    SET(XFERINFODATA, t)
#undef SET
    return r;
}

static size_t size_of(const struct effect *e)
{
    size_t size = (size_t)e->plain.length + e->html.length + e->subject.length + e->to_name.length;
    for (uint32_t i = 0; i < e->data.count; i++)
        size += (size_t)e->data.at[i].key.length + e->data.at[i].value.length;
    return size;
}

/* Every outcome is made here or below; `interrupted` stays where nothing else was said. */
void outbound_run(struct outbound_try *t, CURL *curl)
{
    const struct effect *e = &t->effect;
    struct text copy = { 0 };
    outbound_fail(t, EFFECT_interrupted, text_from("The try could not begin."));
    if (!curl || atomic_load(t->stop))
        return;
    curl_easy_reset(curl);
    if (!outbound_is_id(e->id))
        outbound_fail(t, EFFECT_bad_address, text_from("The id cannot stand in a header."));
    else if (size_of(e) > OUTBOUND_MESSAGE_MAX)
        outbound_fail(t, EFFECT_rejected, text_from("The message is longer than a mebibyte."));
    else if (text_empty(copy = outbound_copy(e, &t->arena)))
        outbound_fail(t, EFFECT_bad_address, text_from("The message is no UTF-8 text."));
    else
        t->outcome.digest = outbound_digest(copy, &t->arena);
    if (text_empty(t->outcome.digest))
        return;
    int r = outbound_copy_keep(t->settings->directory, copy, t->outcome.digest);
    if (r < 0)
        outbound_fail(t, EFFECT_interrupted,
                      arena_printf(&t->arena, "The copy cannot be written: %s", strerror(-r)));
    else if (e->kind == EFFECT_MAIL)
        outbound_mail(t, curl);
    else
        outbound_hook(t, curl);
}

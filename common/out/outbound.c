/* outbound: the threads that try, and who may be tried when.
 *
 * A try has a thread for itself while it lasts. One thread with a multi handle would be cheaper and
 * would be wrong: libcurl waits inside one call for the relay's answer to a whole message and to
 * QUIT, so that one slow relay or content scanner would hold up every other mail and hook.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/monotonic.h"
#include "common/base/token.h"
#include "common/out/outbound_try.h"
#include "common/suite/suite.h"

enum {
    PEERS_MAX = 4096, /* destinations that were tried a moment ago */
    QUEUE_MAX = 1024, /* tries that were submitted */
    BUSY_MS = 200, /* until somebody should ask again who only waits for a try to end */
    STACK_BYTES = 512 << 10,
};

/* A destination, known by a hash. Its tokens are one instant (GCRA): when it will have all of them
 * again. */
struct outbound_peer {
    uint64_t name; /* 0: free */
    uint32_t waiting, tried; /* tries in the queue and under way */
    int64_t full_at; /* monotonic microseconds */
};

struct queue {
    struct outbound_try *first, **last;
    size_t count;
};

struct outbound {
    struct outbound_settings settings;
    int64_t interval, burst; /* microseconds to earn a try; tries that may come at once */
    int fd; /* eventfd: results */
    atomic_bool stop;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t work;
    bool ready; /* lock and cond are made */
    struct queue waiting, done;
    size_t tried;
    size_t thread_count, idle;
    pthread_t threads[OUTBOUND_TRIES_MAX];
    size_t peer_count; /* slots that were ever used */
    struct outbound_peer peers[PEERS_MAX];
};

static void queue_put(struct queue *q, struct outbound_try *t)
{
    t->next = NULL;
    *q->last = t;
    q->last = &t->next;
    q->count++;
}

/* Takes out what *link points at. */
static struct outbound_try *queue_take(struct queue *q, struct outbound_try **link)
{
    struct outbound_try *t = *link;
    *link = t->next;
    if (q->last == &t->next)
        q->last = link;
    q->count--;
    return t;
}

static void try_free(struct outbound_try *t)
{
    arena_free(&t->arena);
    free(t);
}

/* --- destinations ----------------------------------------------------------------------------- */

/* Mail goes by its address, hooks by their host: one server has many paths. */
static uint64_t peer_name(const struct effect *e)
{
    char host[OUTBOUND_HOST_MAX + 1], lower[OUTBOUND_ADDRESS_MAX];
    const char *rule;
    uint8_t hash[crypto_generichash_BYTES_MIN];
    uint64_t name;
    struct text at = e->to;
    if (e->kind == EFFECT_HOOK && outbound_url(e->to, "http https", host, &rule) == 0)
        at = text_from(host);
    size_t n = at.length < sizeof lower ? at.length : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = at.at[i] >= 'A' && at.at[i] <= 'Z' ? (char)(at.at[i] + 32) : at.at[i];
    crypto_generichash_state state;
    const uint8_t kind = (uint8_t)e->kind;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, &kind, 1);
    crypto_generichash_update(&state, (const uint8_t *)lower, n);
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&name, hash, sizeof name);
    return name ? name : 1;
}

/* The destination; a free slot, named so, when it was not tried for a while; NULL when all are in
 * use. A destination that has all its tokens and no tries is as good as unknown. */
static struct outbound_peer *peer_find(struct outbound *o, uint64_t name, int64_t now)
{
    struct outbound_peer *free_one = NULL;
    for (size_t i = 0; i < o->peer_count; i++) {
        struct outbound_peer *p = &o->peers[i];
        if (p->name == name)
            return p;
        if (!free_one && p->waiting + p->tried == 0 && p->full_at <= now)
            free_one = p;
    }
    if (!free_one && o->peer_count < PEERS_MAX)
        free_one = &o->peers[o->peer_count++];
    if (free_one)
        *free_one = (struct outbound_peer){ .name = name };
    return free_one;
}

/* When the next try may begin as to the tokens. */
static int64_t peer_token_at(const struct outbound *o, const struct outbound_peer *p)
{
    return p->full_at - (o->burst - 1) * o->interval;
}

/* --- workers ---------------------------------------------------------------------------------- */

static void *work(void *arg);

/* Somebody must be there for whatever waits, and know until when. 0, or -errno when there is not
 * even one thread. */
static int workers_tend(struct outbound *o)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    if (o->waiting.count == 0)
        return 0;
    if (o->idle) {
        pthread_cond_signal(&o->work);
        return 0;
    }
    if (o->thread_count == OUTBOUND_TRIES_MAX)
        return 0;
    int r = pthread_attr_init(&attributes);
    if (r == 0) {
        pthread_attr_setstacksize(&attributes, STACK_BYTES);
        /* Signals are the process's business; SIGPIPE of a TLS connection is nobody's. */
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        r = pthread_create(&o->threads[o->thread_count], &attributes, work, o);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        pthread_attr_destroy(&attributes);
    }
    if (r == 0)
        o->thread_count++;
    return o->thread_count ? 0 : -r;
}

/* The first try that may begin; else NULL, and the instant at which one may as to its tokens. */
static struct outbound_try *try_choose(struct outbound *o, int64_t *ret_at)
{
    int64_t now = monotonic_us();
    *ret_at = INT64_MAX;
    for (struct outbound_try **link = &o->waiting.first; *link; link = &(*link)->next) {
        struct outbound_try *t = *link;
        if (t->peer->tried >= OUTBOUND_PEER_TRIES_MAX)
            continue;
        if (t->not_before > now) {
            *ret_at = t->not_before < *ret_at ? t->not_before : *ret_at;
            continue;
        }
        t->peer->waiting--;
        t->peer->tried++;
        o->tried++;
        return queue_take(&o->waiting, link);
    }
    return NULL;
}

static void wait_for_work(struct outbound *o, int64_t until)
{
    const struct timespec t = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
    o->idle++;
    if (until == INT64_MAX)
        pthread_cond_wait(&o->work, &o->lock);
    else
        pthread_cond_timedwait(&o->work, &o->lock, &t);
    o->idle--;
}

static void try_done(struct outbound *o, struct outbound_try *t)
{
    const uint64_t one = 1;
    t->peer->tried--;
    o->tried--;
    queue_put(&o->done, t);
    /* The counter cannot overflow, and a descriptor that is readable already is all it is for. */
    ssize_t written = write(o->fd, &one, sizeof one);
    (void)written;
}

static void *work(void *arg)
{
    struct outbound *o = arg;
    int64_t until;
    CURL *curl = curl_easy_init();
    pthread_mutex_lock(&o->lock);
    while (!atomic_load(&o->stop)) {
        struct outbound_try *t = try_choose(o, &until);
        if (!t) {
            wait_for_work(o, until);
            continue;
        }
        workers_tend(o); /* this one looks after nothing else for a while */
        pthread_mutex_unlock(&o->lock);
        outbound_run(t, curl);
        pthread_mutex_lock(&o->lock);
        try_done(o, t);
    }
    pthread_mutex_unlock(&o->lock);
    curl_easy_cleanup(curl);
    return NULL;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int begun = -EIO;

static void begin(void)
{
    if (sodium_init() >= 0 && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        begun = 0;
}

/* A bucket that is full gives `burst` at once, and what it earns within the same minute must not
 * take it beyond the throttle. */
static void throttle_set(struct outbound *o)
{
    const int64_t most = o->settings.throttle;
    o->burst = most / 6 > 0 ? most / 6 : 1;
    o->interval = MINUTES / (most - o->burst + 1);
}

static int directories_make(const struct outbound *o)
{
    char path[SUITE_PATH_MAX + 8];
    const char *const names[] = { "", "/blobs" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%.*s%s", TEXT_ARG(o->settings.directory), names[i]);
        if (mkdir(path, 0700) < 0 && errno != EEXIST)
            return -errno;
    }
    return 0;
}

static int locks_make(struct outbound *o)
{
    pthread_condattr_t attributes;
    int r = pthread_condattr_init(&attributes);
    if (r)
        return -r;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    r = pthread_mutex_init(&o->lock, NULL);
    if (r == 0) {
        r = pthread_cond_init(&o->work, &attributes);
        o->ready = r == 0;
        if (r)
            pthread_mutex_destroy(&o->lock);
    }
    pthread_condattr_destroy(&attributes);
    return -r;
}

static int build(struct outbound *o, const struct outbound_options *options, const char *directory,
                 const char *secrets, const char *domain, struct msg_error *reterr)
{
    struct outbound_settings *s = &o->settings;
    pthread_once(&once, begin);
    if (begun < 0)
        return begun;
    if (strlen(directory) >= SUITE_PATH_MAX)
        return -ENAMETOOLONG;
    s->domain = arena_text(&s->arena, text_from(domain));
    s->directory = arena_text(&s->arena, text_from(directory));
    s->secrets = arena_text(&s->arena, text_from(secrets));
    int r = outbound_settings_read(options, s, reterr);
    if (r == 0)
        r = directories_make(o);
    if (r == 0)
        r = locks_make(o);
    if (r < 0)
        return r;
    throttle_set(o);
    o->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return o->fd < 0 ? -errno : 0;
}

int outbound_open(const struct outbound_options *options, const char *directory,
                  const char *secrets, const char *domain, struct outbound **ret,
                  struct msg_error *reterr)
{
    struct outbound *o = calloc(1, sizeof *o);
    if (!o)
        return -ENOMEM;
    o->fd = -1;
    o->waiting.last = &o->waiting.first;
    o->done.last = &o->done.first;
    int r = build(o, options, directory, secrets, domain, reterr);
    if (r < 0) {
        outbound_close(&o);
        return r;
    }
    *ret = o;
    return 0;
}

static void queue_free(struct queue *q)
{
    while (q->first)
        try_free(queue_take(q, &q->first));
}

void outbound_close(struct outbound **where)
{
    struct outbound *o = *where;
    if (!o)
        return;
    *where = NULL;
    if (o->ready) {
        pthread_mutex_lock(&o->lock);
        atomic_store(&o->stop, true);
        pthread_cond_broadcast(&o->work);
        pthread_mutex_unlock(&o->lock);
        for (size_t i = 0; i < o->thread_count; i++)
            pthread_join(o->threads[i], NULL);
        pthread_cond_destroy(&o->work);
        pthread_mutex_destroy(&o->lock);
    }
    queue_free(&o->waiting);
    queue_free(&o->done);
    if (o->fd >= 0)
        close(o->fd);
    arena_free(&o->settings.arena);
    free(o);
}

/* --- what the caller does --------------------------------------------------------------------- */

int outbound_fd(const struct outbound *o)
{
    return o->fd;
}

struct text outbound_public_url(const struct outbound *o)
{
    return o->settings.public_url;
}

bool outbound_room(struct outbound *o, const struct effect *e, int64_t *ret_wait_ms)
{
    uint64_t name = peer_name(e);
    int64_t now = monotonic_us(), wait_ms = 0;
    pthread_mutex_lock(&o->lock);
    const struct outbound_peer *p = peer_find(o, name, now);
    if (!p || p->waiting + p->tried >= OUTBOUND_PEER_TRIES_MAX ||
        o->waiting.count + o->tried >= OUTBOUND_TRIES_MAX)
        wait_ms = BUSY_MS;
    else if (peer_token_at(o, p) > now)
        wait_ms = (peer_token_at(o, p) - now) / 1000 + 1;
    pthread_mutex_unlock(&o->lock);
    *ret_wait_ms = wait_ms;
    return wait_ms == 0;
}

static void effect_copy(const struct effect *from, struct effect *to, struct arena *a)
{
    struct text *const texts[] = { &to->id,      &to->to,    &to->to_name, &to->secret, &to->thread,
                                   &to->subject, &to->plain, &to->html,    &to->type };
    *to = *from;
    to->turn = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_text(a, *texts[i]);
    struct text_pair *pairs = arena_alloc(a, from->data.count * sizeof *pairs);
    for (uint32_t i = 0; i < from->data.count; i++)
        pairs[i] = (struct text_pair){ arena_text(a, from->data.at[i].key),
                                       arena_text(a, from->data.at[i].value) };
    to->data.at = pairs;
}

/* Behind the tokens of the tries before it: a caller that submits more than there was room for is
 * late, not too loud. */
static int submit_locked(struct outbound *o, struct outbound_try *t, uint64_t name)
{
    int64_t now = monotonic_us();
    if (o->waiting.count + o->tried + o->done.count >= QUEUE_MAX)
        return -EAGAIN;
    struct outbound_peer *p = peer_find(o, name, now);
    if (!p)
        return -EAGAIN;
    t->peer = p;
    t->not_before = peer_token_at(o, p);
    p->full_at = (p->full_at > now ? p->full_at : now) + o->interval;
    p->waiting++;
    queue_put(&o->waiting, t);
    int r = workers_tend(o);
    if (r == 0)
        return 0;
    struct outbound_try **link = &o->waiting.first;
    while (*link != t)
        link = &(*link)->next;
    queue_take(&o->waiting, link);
    p->waiting--;
    return r;
}

int outbound_submit(struct outbound *o, const struct effect *e, uint64_t tag)
{
    if (e->kind != EFFECT_MAIL && e->kind != EFFECT_HOOK)
        return -EINVAL;
    struct outbound_try *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    t->settings = &o->settings;
    t->stop = &o->stop;
    t->tag = tag;
    t->submitted = real_now();
    effect_copy(e, &t->effect, &t->arena);
    uint64_t name = peer_name(&t->effect);
    pthread_mutex_lock(&o->lock);
    int r = submit_locked(o, t, name);
    pthread_mutex_unlock(&o->lock);
    if (r < 0)
        try_free(t);
    return r;
}

bool outbound_result(struct outbound *o, struct arena *a, uint64_t *ret_tag, struct outcome *ret)
{
    uint64_t count;
    pthread_mutex_lock(&o->lock);
    struct outbound_try *t = o->done.first ? queue_take(&o->done, &o->done.first) : NULL;
    if (!t && read(o->fd, &count, sizeof count) < 0)
        count = 0; /* it was not readable, which is what is wanted */
    pthread_mutex_unlock(&o->lock);
    if (!t)
        return false;
    *ret_tag = t->tag;
    *ret = t->outcome;
    ret->detail = arena_text(a, ret->detail);
    ret->digest = arena_text(a, ret->digest);
    try_free(t);
    return true;
}

size_t outbound_under_way(struct outbound *o)
{
    pthread_mutex_lock(&o->lock);
    size_t count = o->waiting.count + o->tried + o->done.count;
    pthread_mutex_unlock(&o->lock);
    return count;
}

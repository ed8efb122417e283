/* peer: see peer.h. A thread accepts, and each connection has one. */
#include "tests/unit/peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { HEARD_MAX = 256 << 10, CONNECTIONS_MAX = 512, LINE_BYTES = 4096 };

struct peer {
    struct peer_script script;
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock; /* of what is below */
    bool stop;
    int connections, at_once, most;
    int fds[CONNECTIONS_MAX];
    pthread_t threads[CONNECTIONS_MAX];
    char *heard;
    size_t heard_size;
};

/* One connection: its own record, published when it is over or has said enough. */
struct call {
    struct peer *peer;
    int number, fd;
    bool left; /* counted out already */
    char *heard;
    size_t size, at; /* at: what was taken as lines already */
};

/* Before the answer, or a caller that has it could be here again while this one still counts. */
static void leave(struct call *c)
{
    pthread_mutex_lock(&c->peer->lock);
    c->peer->at_once -= !c->left;
    pthread_mutex_unlock(&c->peer->lock);
    c->left = true;
}

static void say(struct call *c, const char *what)
{
    ssize_t n = send(c->fd, what, strlen(what), MSG_NOSIGNAL);
    (void)n; /* whoever is gone hears nothing */
}

static void publish(struct call *c)
{
    if (!c->size)
        return;
    pthread_mutex_lock(&c->peer->lock);
    memcpy(c->peer->heard, c->heard, c->size);
    c->peer->heard_size = c->size;
    pthread_mutex_unlock(&c->peer->lock);
}

/* False when the caller is gone or the test is over. */
static bool hear(struct call *c)
{
    if (c->size == HEARD_MAX)
        return false;
    ssize_t n = recv(c->fd, c->heard + c->size, HEARD_MAX - c->size, 0);
    if (n <= 0)
        return false;
    c->size += (size_t)n;
    return true;
}

static void wait_for_end(struct call *c)
{
    publish(c);
    while (hear(c))
        continue;
}

/* --- HTTP ---------------------------------------------------------------------------------------
 */

static bool request_is_whole(const struct call *c)
{
    const char *end = memmem(c->heard, c->size, "\r\n\r\n", 4);
    if (!end)
        return false;
    size_t head = (size_t)(end - c->heard) + 4, length = 0;
    for (const char *at = c->heard; at < end; at++)
        if (at[0] == '\n' && strncasecmp(at + 1, "content-length:", 15) == 0)
            length = strtoul(at + 16, NULL, 10);
    return c->size >= head + length;
}

static void serve_http(struct call *c)
{
    const struct peer_script *s = &c->peer->script;
    const struct timespec delay = { s->delay_ms / 1000, s->delay_ms % 1000 * 1000000L };
    while (!request_is_whole(c))
        if (!hear(c))
            return;
    publish(c);
    nanosleep(&delay, NULL);
    if (strcmp(s->answer, "close") == 0)
        return;
    if (!s->answer[0])
        wait_for_end(c);
    leave(c);
    say(c, s->answer);
}

/* --- SMTP ---------------------------------------------------------------------------------------
 */

static const char *const good[STAGES] = {
    "220 peer ESMTP\r\n", "250-peer\r\n250-AUTH PLAIN\r\n250 SIZE 1000000\r\n",
    "250 2.1.0 Ok\r\n",   "250 2.1.5 Ok\r\n",
    "354 go on\r\n",      "250 2.0.0 queued as 4711\r\n",
    "221 bye\r\n"
};

/* False when the connection is over. */
static bool reply(struct call *c, enum peer_stage stage, const char *recipient)
{
    const char *r = c->peer->script.replies[stage];
    const char *bar = r ? strchr(r, '|') : NULL;
    if (bar) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(bar - r), r);
        r = strstr(recipient, name) ? bar + 1 : NULL;
    }
    if (!r)
        r = good[stage];
    if (strcmp(r, "close") == 0)
        return false;
    if (!r[0]) {
        wait_for_end(c);
        return false;
    }
    publish(c);
    say(c, r);
    return true;
}

static bool line_next(struct call *c, char line[static LINE_BYTES])
{
    for (;;) {
        const char *begin = c->heard + c->at;
        const char *end = memchr(begin, '\n', c->size - c->at);
        if (end) {
            snprintf(line, LINE_BYTES, "%.*s", (int)(end - begin), begin);
            c->at += (size_t)(end - begin) + 1;
            return true;
        }
        if (!hear(c))
            return false;
    }
}

static void serve_smtp(struct call *c)
{
    static const struct {
        const char *word;
        enum peer_stage stage;
    } words[] = { { "EHLO", STAGE_EHLO },
                  { "MAIL", STAGE_MAIL },
                  { "RCPT", STAGE_RCPT },
                  { "DATA", STAGE_DATA },
                  { "QUIT", STAGE_QUIT } };
    char line[LINE_BYTES], recipient[LINE_BYTES] = "";
    bool goes_on = reply(c, STAGE_GREETING, ""), message = false, login = false;
    while (goes_on && line_next(c, line)) {
        enum peer_stage stage = STAGES;
        bool asks = strcasecmp(line, "AUTH PLAIN\r") == 0;
        for (size_t i = 0; !message && i < sizeof words / sizeof *words; i++)
            if (strncasecmp(line, words[i].word, 4) == 0)
                stage = words[i].stage;
        if (message && strcmp(line, ".\r") == 0)
            stage = STAGE_MESSAGE;
        if (stage == STAGE_RCPT)
            snprintf(recipient, sizeof recipient, "%s", line);
        if (stage != STAGES)
            goes_on = reply(c, stage, recipient);
        else if (!message)
            say(c, login ? "235 welcome\r\n" : asks ? "334 \r\n" : "502 what?\r\n");
        login = asks;
        const char *data = c->peer->script.replies[STAGE_DATA];
        if (stage == STAGE_DATA || stage == STAGE_MESSAGE)
            message = stage == STAGE_DATA && (!data || data[0] == '3');
        goes_on = goes_on && stage != STAGE_QUIT;
    }
}

/* --- connections --------------------------------------------------------------------------------
 */

static void *serve(void *arg)
{
    struct call *c = arg;
    if (c->peer->script.kind == PEER_HTTP)
        serve_http(c);
    else if (c->peer->script.kind == PEER_SMTP)
        serve_smtp(c);
    else
        wait_for_end(c);
    publish(c);
    leave(c);
    pthread_mutex_lock(&c->peer->lock);
    c->peer->fds[c->number] = -1;
    close(c->fd);
    pthread_mutex_unlock(&c->peer->lock);
    free(c->heard);
    free(c);
    return NULL;
}

static void take_call(struct peer *p, int fd)
{
    struct call *c = calloc(1, sizeof *c);
    c->heard = malloc(HEARD_MAX);
    c->peer = p;
    c->fd = fd;
    pthread_mutex_lock(&p->lock);
    c->number = p->connections++;
    p->fds[c->number] = fd;
    if (++p->at_once > p->most)
        p->most = p->at_once;
    pthread_create(&p->threads[c->number], NULL, serve, c);
    pthread_mutex_unlock(&p->lock);
}

static void *take_calls(void *arg)
{
    struct peer *p = arg;
    for (;;) {
        int fd = accept(p->fd, NULL, NULL);
        pthread_mutex_lock(&p->lock);
        bool stop = p->stop || p->connections == CONNECTIONS_MAX;
        pthread_mutex_unlock(&p->lock);
        if (stop) {
            if (fd >= 0)
                close(fd);
            return NULL;
        }
        if (fd >= 0)
            take_call(p, fd);
    }
}

struct peer *peer_open(const struct peer_script *script)
{
    struct peer *p = calloc(1, sizeof *p);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    assert_non_null(p);
    p->script = *script;
    p->heard = calloc(1, HEARD_MAX);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(p->fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(p->fd, 128), 0);
    assert_int_equal(getsockname(p->fd, (struct sockaddr *)&at, &size), 0);
    p->port = ntohs(at.sin_port);
    pthread_mutex_init(&p->lock, NULL);
    assert_int_equal(pthread_create(&p->thread, NULL, take_calls, p), 0);
    return p;
}

void peer_close(struct peer **where)
{
    struct peer *p = *where;
    if (!p)
        return;
    *where = NULL;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    shutdown(p->fd, SHUT_RDWR); /* ends accept */
    for (int i = 0; i < p->connections; i++)
        if (p->fds[i] >= 0)
            shutdown(p->fds[i], SHUT_RDWR);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    for (int i = 0; i < p->connections; i++)
        pthread_join(p->threads[i], NULL);
    close(p->fd);
    pthread_mutex_destroy(&p->lock);
    free(p->heard);
    free(p);
}

int peer_port(const struct peer *p)
{
    return p->port;
}

struct text peer_heard(struct peer *p, struct arena *a)
{
    pthread_mutex_lock(&p->lock);
    struct text t = arena_text(a, (struct text){ p->heard, (uint32_t)p->heard_size });
    pthread_mutex_unlock(&p->lock);
    return t;
}

static int read_locked(struct peer *p, const int *what)
{
    pthread_mutex_lock(&p->lock);
    int v = *what;
    pthread_mutex_unlock(&p->lock);
    return v;
}

int peer_connections(struct peer *p)
{
    return read_locked(p, &p->connections);
}

int peer_most_at_once(struct peer *p)
{
    return read_locked(p, &p->most);
}

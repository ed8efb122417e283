/* gateway: the suite's door for HTTP. So far it answers what operators ask: is it alive, is it
 * ready, what do its metrics say.
 *
 * One thread, one libevent loop. Every question to the suite is an inquiry: it goes to the
 * partitions at once, and is answered when all have answered or INQUIRY_MS have passed, so that a
 * process that hangs costs its own lines and nobody's time.
 */
#ifndef REDRESS_GATEWAY_H
#define REDRESS_GATEWAY_H

#include <event2/event.h>
#include <event2/http.h>

#include "common/suite.h"
#include "common/wire.h"

enum {
    INQUIRY_MS = 2000,
    INQUIRIES_MAX = 64, /* at once; beyond them 503 with Retry-After */
    HTTP_HEADERS_MAX = 16 << 10, /* bytes */
    HTTP_BODY_MAX = 1 << 20, /* bytes */
    HTTP_TIMEOUT_S = 10, /* for a request to arrive and a reply to leave */
};

struct gateway {
    struct event_base *base;
    struct evhttp *http;
    void *zmq;
    const struct suite *suite;
    uint32_t inquiries;
};

/* What one partition answered to an op: reply.result when status is ok. */
struct answered {
    const char *service;
    uint32_t partition;
    bool came;
    struct reply reply;
};

/* Told once, with every partition of every service; the answers and the arena live until it
 * returns. */
typedef void inquiry_done(struct gateway *g, void *arg, const struct answered *answers,
                          size_t count, struct arena *a);

/* Asks every partition. 0, -EBUSY at INQUIRIES_MAX, -errno. */
int inquiry_start(struct gateway *g, const char *op, inquiry_done *done, void *arg);

/* Puts several expositions of the Prometheus text format into one: the lines of a metric stand
 * together under one HELP and TYPE. */
struct text exposition_merge(const struct text *texts, size_t count, struct arena *a);

/* The routes, on g->http. */
void routes_open(struct gateway *g);

#endif

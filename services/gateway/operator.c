/* operator: what those ask who run the suite: is it alive, is it ready, what do its metrics say. */
#include "services/gateway/handlers.h"

#include <errno.h>

#include "common/suite/observe.h"
#include "services/gateway/bus.h"

/* Nobody needs a token for these, so together they may take a small part of the bus only. */
enum { INQUIRIES_MAX = 16 };
static uint32_t inquiries;

static void send_metrics(void *arg, const struct bus_answer *answers, uint32_t count,
                         struct arena *a)
{
    struct text *texts = arena_alloc(a, (count + 1) * sizeof *texts);
    size_t n = 0;
    inquiries--;
    for (uint32_t i = 0; i < count; i++) {
        const struct reply *r = &answers[i].reply;
        if (answers[i].error == 0 && r->status == STATUS_ok && r->result &&
            msg_read_text(r->result, r->result_size, &texts[n]) == 0)
            n++;
    }
    texts[n++] = metrics_print(a);
    call_reply(arg, 200, "text/plain; version=0.0.4; charset=utf-8", exposition_merge(texts, n, a));
}

static bool is_ready(const struct bus_answer *a)
{
    const void *at;
    size_t size;
    return a->error == 0 && a->reply.status == STATUS_ok && a->reply.result &&
           msg_member(a->reply.result, a->reply.result_size, "ready", &at, &size) == 0 &&
           size == 1 && *(const uint8_t *)at == 0xc3; /* true */
}

static void send_ready(void *arg, const struct bus_answer *answers, uint32_t count, struct arena *a)
{
    json_t *missing = json_array();
    inquiries--;
    for (uint32_t i = 0; i < count; i++) {
        struct text name =
            arena_printf(a, "%s/%03u", answers[i].service->name, answers[i].partition);
        if (!is_ready(&answers[i]))
            json_array_append_new(missing, json_stringn(name.at, name.length));
    }
    bool all = json_array_size(missing) == 0;
    call_json(arg, all ? 200 : 503, json_pack("{sb so}", "ready", all, "missing", missing));
}

static void inquire(struct call *c, const char *op, bus_all_done *done)
{
    int error = inquiries < INQUIRIES_MAX ? bus_inquire(c->gateway->bus, op, done, c) : -EBUSY;
    if (error < 0)
        call_failed(c, error, NULL);
    else
        inquiries++;
}

void operator_metrics(struct call *c)
{
    inquire(c, "metrics", send_metrics);
}

void operator_ready(struct call *c)
{
    inquire(c, "health", send_ready);
}

void operator_health(struct call *c)
{
    call_json(c, 200, json_pack("{sb}", "alive", 1));
}

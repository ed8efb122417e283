/* An import into a running suite: facts over the bus, many in flight. */
#include <errno.h>
#include <stdio.h>

#include "services/cli/import.h"
#include "services/cli/query.h"

static void answered(void *arg, uint64_t tag, const struct reply *reply)
{
    struct import *i = arg;
    import_answered(i, &i->facts.at[tag], reply);
}

static int send_all(struct import *i, struct client *c)
{
    int r = 0;
    for (size_t n = 0; n < i->facts.count && r == 0 && !cli_stopped; n++) {
        struct request request;
        import_request(i, &i->facts.at[n], &request);
        r = client_send(c, i->service->name, &request, n, answered, i);
        if (n % 1024 == 0)
            cli_progress("sending", n, i->facts.count);
    }
    int drained = client_drain(c);
    return r < 0 ? r : drained;
}

static int ask_totals(struct import *i, struct client *c)
{
    struct msg_buffer body = { .arena = &i->arena };
    struct reply reply = { 0 };
    struct msg_error why;
    void *empty = arena_alloc(&i->arena, i->summary->parameters->size);
    msg_encode(i->summary->parameters, empty, &body);
    struct request q = {
        .query = true,
        .id = id_new(real_now()),
        .type = text_from(i->summary->name),
        .data = body.at,
        .data_size = body.size,
    };
    int r = client_query_all(c, i->service->name, i->summary, &q, &i->arena, &reply);
    if (r < 0)
        return cli_fail(r, NULL, "%s", i->summary->name);
    if (reply.status != STATUS_ok)
        return cli_answer_failed(&reply);
    i->totals = arena_alloc(&i->arena, i->summary->result->size);
    r = msg_decode(i->summary->result, reply.result, reply.result_size, &i->arena, i->totals, &why);
    return r < 0 ? cli_fail(r, &why, "%s", i->summary->name) : 0;
}

int import_bus(struct import *i)
{
    struct client *client = NULL;
    int r = client_open(&i->suite, &client);
    if (r == 0)
        r = send_all(i, client);
    int code = r < 0 ? cli_fail(r, NULL, "%s", i->service->name) : 0;
    if (code == 0 && !cli_stopped)
        code = ask_totals(i, client);
    client_close(&client);
    return code;
}

/* An import into a running suite: facts over the bus, many in flight. */
#include <errno.h>
#include <stdio.h>

#include "services/cli/import.h"
#include "services/cli/query.h"

static void answered(void *arg, uint64_t tag, const struct reply *reply)
{
    struct load *l = arg;
    import_answered(l, &l->facts.at[tag], reply);
}

static int send_all(struct import *i, struct load *l, struct client *c)
{
    int r = 0;
    for (size_t n = 0; n < l->facts.count && r == 0 && !cli_stopped; n++) {
        struct request request;
        import_request(i, l, &l->facts.at[n], &request);
        r = client_send(c, l->service->name, &request, n, answered, l);
        if (n % 1024 == 0)
            cli_progress("sending", n, l->facts.count);
    }
    int drained = client_drain(c);
    return r < 0 ? r : drained;
}

static int ask_totals(struct import *i, struct load *l, struct client *c)
{
    struct msg_buffer body = { .arena = &i->arena };
    struct reply reply = { 0 };
    struct msg_error why;
    void *empty = arena_alloc(&i->arena, l->summary->parameters->size);
    msg_encode(l->summary->parameters, empty, &body);
    struct request q = {
        .query = true,
        .id = id_new(real_now()),
        .type = text_from(l->summary->name),
        .data = body.at,
        .data_size = body.size,
    };
    int r = client_query_all(c, l->service->name, l->summary, &q, &i->arena, &reply);
    if (r < 0)
        return cli_fail(r, NULL, "%s", l->summary->name);
    if (reply.status != STATUS_ok)
        return cli_answer_failed(&reply);
    l->totals = arena_alloc(&i->arena, l->summary->result->size);
    r = msg_decode(l->summary->result, reply.result, reply.result_size, &i->arena, l->totals, &why);
    return r < 0 ? cli_fail(r, &why, "%s", l->summary->name) : 0;
}

int import_bus(struct import *i)
{
    struct client *client = NULL;
    int r = client_open(&i->suite, &client);
    int code = r < 0 ? cli_fail(r, NULL, "%s", i->suite.directory) : 0;
    for (size_t n = 0; n < i->count && code == 0 && !cli_stopped; n++) {
        r = send_all(i, &i->loads[n], client);
        code = r < 0 ? cli_fail(r, NULL, "%s", i->loads[n].service->name) : 0;
    }
    for (size_t n = 0; n < i->count && code == 0 && !cli_stopped; n++)
        code = i->loads[n].summary ? ask_totals(i, &i->loads[n], client) : 0;
    client_close(&client);
    return code;
}

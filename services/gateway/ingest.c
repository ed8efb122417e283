/* ingest: a document becomes facts, all of them or none; it is answered when all are committed. A
 * sender that is told of trouble sends again, and facts that are known already change nothing. */
#include "services/gateway/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/gateway/auth.h"
#include "services/gateway/bus.h"
#include "services/gateway/ingest.h"
#include "services/gateway/roles.h"
#include "services/registry.h"

/* Outlives its call by the moment in which that is answered. */
struct ingest {
    struct call *call;
    const struct mapping *mapping;
    json_t *document;
    const struct service_type *service;
    const struct command_row *command;
    struct mapped *facts;
    uint32_t count, next, under_way;
    bool failed; /* the first that failed says how */
    int error;
    struct reply reply;
};

static uint32_t running; /* documents being taken */

/* --- answering -------------------------------------------------------------------------------- */

static void finish(struct ingest *i)
{
    json_decref(i->document);
    free(i);
    running--;
}

/* In the words of the protocol that the mapping speaks, where it has any. */
static bool answer_by_mapping(struct ingest *i, const struct msg_error *why)
{
    json_t *body = NULL;
    unsigned status =
        mapping_reply(i->mapping, i->document, i->count ? i->facts : NULL, why, &body);
    if (status == 0)
        return false;
    call_json(i->call, (int)status, body);
    return true;
}

static void reject(struct ingest *i, const struct msg_error *why)
{
    if (!answer_by_mapping(i, why))
        call_problem(i->call, PROBLEM_invalid, text_from(why->field), text_from(why->rule));
    finish(i);
}

static void accept_all(struct ingest *i)
{
    if (!answer_by_mapping(i, NULL))
        call_json(i->call, 200, json_pack("{si}", "records", (int)i->count));
    finish(i);
}

/* A fact that a rule refuses would be refused again; anything else may go better next time. */
static void answer_failed(struct ingest *i)
{
    struct msg_error why = { 0 };
    const struct reply *r = &i->reply;
    if (i->error == 0 && (r->status == STATUS_refused || r->status == STATUS_invalid)) {
        snprintf(why.field, sizeof why.field, "%.*s", TEXT_ARG(r->field));
        snprintf(why.rule, sizeof why.rule, "%.*s", TEXT_ARG(r->message));
        if (!answer_by_mapping(i, &why))
            call_failed(i->call, 0, r);
    } else if (i->error == 0 && r->status != STATUS_full) {
        CALL_PROBLEM(i->call, unavailable, "", "Not everything was taken; send it again.");
    } else {
        call_failed(i->call, i->error, r);
    }
    finish(i);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void fact_came(void *arg, int error, const struct reply *reply, struct arena *a);

static void fail(struct ingest *i, int error, const struct reply *reply)
{
    if (i->failed)
        return;
    i->failed = true;
    i->error = error;
    if (reply)
        bus_keep(&i->reply, reply, &i->call->arena);
}

static void send_some(struct ingest *i)
{
    while (!i->failed && i->under_way < INGEST_AT_ONCE && i->next < i->count) {
        const struct mapped *fact = &i->facts[i->next++];
        const struct request r = {
            .type = text_from(i->command->name),
            .client = fact->client,
            .actor = i->call->who.actor,
            .data = fact->body,
            .data_size = fact->body_size,
        };
        int error = bus_ask(i->call->gateway->bus, i->service, &r, fact_came, i);
        if (error < 0)
            fail(i, error, NULL);
        else
            i->under_way++;
    }
    if (i->under_way)
        return;
    if (i->failed)
        answer_failed(i);
    else
        accept_all(i);
}

static void fact_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct ingest *i = arg;
    (void)a;
    i->under_way--;
    if (error < 0 || reply->status != STATUS_ok)
        fail(i, error, reply);
    send_some(i);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The client of what names none: the request's, else the only one of the token. */
static struct text default_client(struct call *c)
{
    struct text named = call_param(c, "client");
    return text_empty(named) && c->who.client_count == 1 ? c->who.clients[0] : named;
}

static void denied(struct ingest *i)
{
    CALL_PROBLEM(i->call, denied, "client", "The token does not report tickets for this client.");
    finish(i);
}

static void map(struct ingest *i)
{
    struct call *c = i->call;
    struct msg_error why;
    const struct mapping_context context = {
        .client = default_client(c),
        .source = call_param(c, "source"),
        .received_at = suite_now(&c->gateway->suite->clock),
    };
    if (!c->who.role->reports ||
        (!text_empty(context.client) && !principal_sees(&c->who, context.client))) {
        denied(i);
        return;
    }
    if (mapping_json(i->mapping, i->document, &context, &c->arena, &i->facts, &i->count, &why) <
        0) {
        i->count = 0;
        reject(i, &why);
        return;
    }
    for (uint32_t n = 0; n < i->count; n++)
        if (!principal_sees(&c->who, i->facts[n].client)) {
            denied(i);
            return;
        }
    send_some(i);
}

static void take(struct call *c)
{
    struct msg_error why = { 0 };
    struct noun tickets;
    struct ingest *i = running < INGEST_RUNNING_MAX ? calloc(1, sizeof *i) : NULL;
    if (!i || !http_noun_find(services, text_from("tickets"), &tickets)) {
        free(i);
        CALL_PROBLEM(c, unavailable, "", "Too many documents are being taken; send it again.");
        return;
    }
    running++;
    *i = (struct ingest){ .call = c,
                          .mapping = c->state,
                          .service = tickets.service,
                          .command = tickets.create,
                          .document = json_parse(call_body(c), &why) };
    if (i->document) {
        map(i);
    } else {
        i->document = json_null();
        reject(i, &why);
    }
}

/* The document's own secret, which some protocols put there; "" when it has none. */
static struct text secret_of(struct call *c, const struct mapping *m)
{
    struct msg_error why;
    struct text token = { 0 };
    json_t *document = json_parse(call_body(c), &why);
    if (mapping_token(m, document, &token) == 0)
        token = arena_text(&c->arena, token);
    json_decref(document);
    return token;
}

static void begin(struct call *c, struct text source)
{
    const struct mapping *m = maps_find(c->gateway->maps, source);
    c->state = (void *)(uintptr_t)m;
    if (!m)
        CALL_PROBLEM(c, not_found, "source", "There is no mapping of this name.");
    else if (c->who.role)
        take(c);
    else
        auth_token(c, secret_of(c, m), take);
}

void ingest_post(struct call *c)
{
    static const char *const names[] = { "client", "source", NULL };
    if (call_params_only(c, names))
        begin(c, c->segments[2]);
}

void ingest_pagerduty(struct call *c)
{
    static const char *const names[] = { NULL };
    if (call_params_only(c, names))
        begin(c, text_from("pagerduty"));
}

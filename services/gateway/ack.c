/* ack: links in messages that acknowledge an escalation without a login (link.h). Programs that
 * scan mails follow every link, so GET only shows what POST would do; and the command's id is made
 * of the token, so that the service itself knows a link that was used. No script is needed. */
#include "services/gateway/handlers.h"

#include <errno.h>

#include "common/msg/json.h"
#include "services/gateway/bus.h"
#include "services/gateway/plain.h"
#include "services/registry.h"

struct ack {
    struct link link;
    struct text token, client, id;
    const struct service_type *service;
};

static const struct text GET_ESCALATION = TEXT_OF("escalation.get");
static const struct text ACK_ESCALATION = TEXT_OF("escalation.ack");

static void trouble(struct call *c, int error, const struct reply *reply)
{
    if (error == 0 && reply->status == STATUS_refused)
        plain_sentence(c, 422, "It was not acknowledged", reply->message);
    else if (error == 0 && reply->status == STATUS_not_found)
        plain_sentence(c, 404, "There is no such escalation",
                       text_from("It may have been merged."));
    else if (error == 0 && (reply->status == STATUS_invalid || reply->status == STATUS_id_reused))
        plain_sentence(c, 410, "This link has ended",
                       text_from("Newer messages have newer links."));
    else
        plain_sentence(
            c, 503, "Please try again",
            text_from("The service does not answer just now. Nothing is lost: this link stays "
                      "as it is."));
}

/* --- the token -------------------------------------------------------------------------------- */

/* NULL: answered. */
static struct ack *read_link(struct call *c)
{
    struct ack *a = arena_alloc(&c->arena, sizeof *a);
    a->token = c->segments[1];
    int r = link_read(c->gateway->key, a->token, suite_now(&c->gateway->suite->clock), &c->arena,
                      &a->link);
    if (r == 0 || r == -ETIME)
        subject_split(a->link.subject, &a->client, &a->id);
    bool ours = (r == 0 || r == -ETIME) && text_equal(a->link.purpose, text_from("ack")) &&
                !text_empty(a->id) && http_query(services, GET_ESCALATION, &a->service);
    if (ours && r == 0) {
        c->state = a;
        return a;
    }
    if (ours)
        plain_sentence(c, 410, "This link has expired",
                       text_from("Newer messages have newer links."));
    else
        plain_sentence(c, 404, "There is nothing here",
                       text_from("The link is incomplete or not ours."));
    return NULL;
}

static struct text body_of(struct call *c, struct text id)
{
    struct msg_buffer b = { .arena = &c->arena };
    msg_put_map(&b, 1);
    msg_put_key(&b, "escalation");
    msg_put_text(&b, id);
    return (struct text){ (const char *)b.at, (uint32_t)b.size };
}

/* --- GET -------------------------------------------------------------------------------------- */

static void show(struct call *c, const json_t *row)
{
    const struct ack *a = c->state;
    struct text title = plain_member(c, row, "title"), state = plain_member(c, row, "state");
    bool open = text_equal(state, text_from("open"));
    struct text list = arena_printf(
        &c->arena, "<dl>\n%.*s%.*s%.*s%.*s%.*s%.*s%.*s</dl>\n",
        TEXT_ARG(plain_term(c, "Escalation", text_empty(title) ? a->id : title)),
        TEXT_ARG(plain_term(c, "Client", a->client)), TEXT_ARG(plain_term(c, "State", state)),
        TEXT_ARG(plain_term(c, "Level", plain_member(c, row, "level"))),
        TEXT_ARG(plain_term(c, "Severity", plain_member(c, row, "severity"))),
        TEXT_ARG(plain_term(c, "Acknowledged by", plain_member(c, row, "acked_by"))),
        TEXT_ARG(plain_term(c, "You are", plain_who(a->link.actor))));
    struct text button =
        open ? (struct text)TEXT_OF(
                   "<p>The button says that you take this escalation: it does not climb with time "
                   "until the acknowledgement expires.</p>\n"
                   "<form method=\"post\"><button>Acknowledge</button></form>\n")
             : (struct text)TEXT_OF("<p>It is not open any more: there is nothing to do.</p>\n");
    plain_page(c, 200,
               text_from(open ? "Acknowledge this escalation?" : "This escalation has ended"),
               arena_printf(&c->arena, "%.*s%.*s", TEXT_ARG(list), TEXT_ARG(button)));
}

static void shown(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        trouble(c, error, reply);
        return;
    }
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    if (json_array_size(rows))
        show(c, json_array_get(rows, 0));
    else
        plain_sentence(c, 404, "There is no such escalation",
                       text_from("It is not there any more."));
    json_decref(rows);
}

void ack_get(struct call *c)
{
    const struct ack *a = read_link(c);
    if (!a)
        return;
    struct text body = body_of(c, a->id);
    const struct request r = {
        .query = true,
        .type = GET_ESCALATION,
        .client = a->client,
        .data = body.at,
        .data_size = body.length,
    };
    int error = bus_ask(c->gateway->bus, a->service, &r, shown, c);
    if (error < 0)
        trouble(c, error, NULL);
}

/* --- POST ------------------------------------------------------------------------------------- */

static void done(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok)
        trouble(c, error, reply);
    else if (reply->replayed)
        plain_sentence(c, 410, "This link was used already",
                       text_from("The escalation was acknowledged by it before."));
    else
        plain_sentence(
            c, 200, "Acknowledged",
            text_from("Thank you. The escalation is yours until the acknowledgement expires."));
}

void ack_post(struct call *c)
{
    const struct ack *a = read_link(c);
    if (!a)
        return;
    struct text body = body_of(c, a->id);
    const struct request r = {
        .id = link_command(&c->gateway->suite->clock, &a->link, a->token),
        .type = ACK_ESCALATION,
        .client = a->client,
        .actor = a->link.actor,
        .data = body.at,
        .data_size = body.length,
    };
    int error = bus_ask(c->gateway->bus, a->service, &r, done, c);
    if (error < 0)
        trouble(c, error, NULL);
}
